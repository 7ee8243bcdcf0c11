#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <mariadb/errmsg.h>

#include "base/db_private.h"
#include "base/log.h"

void *
grow(void *memory, size_t count, size_t size)
{
	void *grown = reallocarray(memory, count > 0 ? count : 1, size);

	if (grown == NULL)
		log_fatal("memory", "no room for %zu × %zu bytes", count, size);
	return grown;
}

static void *
grow_zeroed(size_t count, size_t size)
{
	return memset(grow(NULL, count, size), 0, (count > 0 ? count : 1) * size);
}

struct value
value_text(const char *text)
{
	if (text == NULL)
		return (struct value){ .kind = VALUE_NULL };
	return (struct value){ .kind = VALUE_TEXT, .text = text, .length = strlen(text) };
}

/* ---- the cache ---- */

static struct statement **
bucket_of(struct db *db, const struct query *query)
{
	return &db->buckets[(uintptr_t)query / sizeof(*query) % STATEMENT_BUCKETS];
}

enum rc
statement_failed(struct db *db, const struct statement *statement)
{
	return db_failed(db, mysql_stmt_errno(statement->handle),
	    mysql_stmt_error(statement->handle), statement->query->sql);
}

enum rc
statement_prepare(struct db *db, const struct query *query, struct statement **result)
{
	struct statement *statement = grow_zeroed(1, sizeof(*statement));

	statement->query = query;
	statement->handle = mysql_stmt_init(db->mysql);
	if (statement->handle == NULL)
		log_fatal("memory", "no room for a statement");
	if (mysql_stmt_prepare(statement->handle, query->sql, strlen(query->sql)) != 0) {
		enum rc rc = statement_failed(db, statement);
		statement_free(statement);
		return rc;
	}
	statement->parameters = mysql_stmt_param_count(statement->handle);
	statement->parameter_binds = grow_zeroed(statement->parameters, sizeof(MYSQL_BIND));
	statement->parameter_times = grow_zeroed(statement->parameters, sizeof(MYSQL_TIME));
	statement->parameter_lengths = grow_zeroed(statement->parameters, sizeof(unsigned long));
	*result = statement;
	return RC_OK;
}

/* Finds an idle statement of the query, or prepares one. A query whose rows are still being read
 * gets a second statement, so that a function may call itself while it walks a tree. */
enum rc
statement_get(struct db *db, const struct query *query, bool is_bulk, struct statement **result)
{
	struct statement **bucket = bucket_of(db, query);

	for (struct statement *each = *bucket; each != NULL; each = each->next) {
		if (each->query == query && each->is_bulk == is_bulk && !each->is_busy) {
			*result = each;
			return RC_OK;
		}
	}
	enum rc rc = statement_prepare(db, query, result);
	if (rc != RC_OK)
		return rc;
	(*result)->is_bulk = is_bulk;
	(*result)->next = *bucket;
	*bucket = *result;
	return RC_OK;
}

void
statement_free(struct statement *statement)
{
	statement_free_cells(statement);
	if (statement->handle != NULL)
		(void)mysql_stmt_close(statement->handle);
	free(statement->parameter_binds);
	free(statement->parameter_times);
	free(statement->parameter_lengths);
	free(statement);
}

void
statements_drop(struct db *db)
{
	for (size_t i = 0; i < STATEMENT_BUCKETS; i++) {
		struct statement *next;
		for (struct statement *each = db->buckets[i]; each != NULL; each = next) {
			next = each->next;
			if (!each->is_busy) {
				statement_free(each);
				continue;
			}
			/* Its rows_end is still to come and frees it. */
			(void)mysql_stmt_close(each->handle);
			each->handle = NULL;
		}
		db->buckets[i] = NULL;
	}
}

/* ---- arguments ---- */

static MYSQL_TIME
database_time(int64_t at, bool is_date)
{
	struct civil civil = clock_utc(at);

	return (MYSQL_TIME){
		.year = (unsigned)civil.year,
		.month = (unsigned)civil.month,
		.day = (unsigned)civil.day,
		.hour = (unsigned)civil.hour,
		.minute = (unsigned)civil.minute,
		.second = (unsigned)civil.second,
		.second_part = (unsigned long)civil.millisecond * 1000,
		.time_type = is_date ? MYSQL_TIMESTAMP_DATE : MYSQL_TIMESTAMP_DATETIME,
	};
}

static MYSQL_TIME
database_value_time(enum value_kind kind, int64_t number)
{
	return kind == VALUE_DAY ? database_time(number * 24 * CLOCK_HOUR, true)
				 : database_time(number, false);
}

static enum enum_field_types
database_type(enum value_kind kind)
{
	switch (kind) {
	case VALUE_INT:
		return MYSQL_TYPE_LONGLONG;
	case VALUE_TEXT:
		return MYSQL_TYPE_STRING;
	case VALUE_BLOB:
		return MYSQL_TYPE_BLOB;
	case VALUE_TIME:
		return MYSQL_TYPE_DATETIME;
	case VALUE_DAY:
		return MYSQL_TYPE_DATE;
	case VALUE_NULL:
		break;
	}
	return MYSQL_TYPE_NULL;
}

static void
bind_value(struct statement *statement, size_t at, const struct value *value)
{
	MYSQL_BIND *bind = &statement->parameter_binds[at];

	*bind = (MYSQL_BIND){ .buffer_type = database_type(value->kind) };
	switch (value->kind) {
	case VALUE_INT:
		bind->buffer = (void *)(uintptr_t)&value->number;
		break;
	case VALUE_TEXT:
	case VALUE_BLOB:
		bind->buffer = (void *)(uintptr_t)value->text;
		bind->buffer_length = value->length;
		statement->parameter_lengths[at] = value->length;
		bind->length = &statement->parameter_lengths[at];
		break;
	case VALUE_TIME:
	case VALUE_DAY:
		statement->parameter_times[at] = database_value_time(value->kind, value->number);
		bind->buffer = &statement->parameter_times[at];
		break;
	case VALUE_NULL:
		break;
	}
}

static enum rc
check_count(struct db *db, const struct statement *statement, size_t given)
{
	if (given == statement->parameters)
		return RC_OK;
	log_error("database", "%zu arguments for the %zu of \"%s\"", given, statement->parameters,
	    statement->query->sql);
	if (db->in_transaction && db->failure == RC_OK)
		db->failure = RC_BUG;
	return RC_BUG;
}

enum rc
statement_execute(struct db *db, struct statement *statement, struct args args)
{
	enum rc rc = check_count(db, statement, args.count);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < args.count; i++)
		bind_value(statement, i, &args.values[i]);
	if (args.count > 0 && mysql_stmt_bind_param(statement->handle, statement->parameter_binds))
		return statement_failed(db, statement);
	if (mysql_stmt_execute(statement->handle) != 0)
		return statement_failed(db, statement);
	db->error = 0;
	return RC_OK;
}

/* ---- statements without a result ---- */

static void
take_counts(struct db *db, const struct statement *statement)
{
	db->affected = (int64_t)mysql_stmt_affected_rows(statement->handle);
	db->last_id = (int64_t)mysql_stmt_insert_id(statement->handle);
}

static enum rc
exec_once(struct db *db, const struct query *query, struct args args)
{
	struct statement *statement;
	enum rc rc = db_ready(db);

	if (rc == RC_OK)
		rc = statement_get(db, query, false, &statement);
	if (rc == RC_OK)
		rc = statement_execute(db, statement, args);
	if (rc == RC_OK)
		take_counts(db, statement);
	return rc;
}

enum rc
db_exec(struct db *db, const struct query *query, struct args args)
{
	db->affected = 0;
	enum rc rc = exec_once(db, query, args);

	/* 2006 means that the statement never left: the server had closed the idle connection.
	 * After 2013 it may have been carried out, so only the caller can know whether to do it
	 * again. */
	if (rc == RC_UNAVAILABLE && db->error == CR_SERVER_GONE_ERROR && !db->in_transaction)
		rc = exec_once(db, query, args);
	return rc;
}

int64_t
db_affected(const struct db *db)
{
	return db->affected;
}

int64_t
db_last_id(const struct db *db)
{
	return db->last_id;
}

/* ---- array binding ---- */

static void
reserve_scratch(struct bulk_scratch *scratch, size_t cells)
{
	if (cells <= scratch->room)
		return;
	scratch->times = grow(scratch->times, cells, sizeof(*scratch->times));
	scratch->pointers = grow(scratch->pointers, cells, sizeof(*scratch->pointers));
	scratch->lengths = grow(scratch->lengths, cells, sizeof(*scratch->lengths));
	scratch->indicators = grow(scratch->indicators, cells, sizeof(*scratch->indicators));
	scratch->room = cells;
}

/* Times are bound as an array of pointers. Neighbours are often equal: one slot, one round. */
static void
fill_times(const struct column *column, MYSQL_TIME *times, void **pointers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && column->numbers[i] == column->numbers[i - 1])
			times[i] = times[i - 1];
		else
			times[i] = database_value_time(column->kind, column->numbers[i]);
		pointers[i] = &times[i];
	}
}

static void
fill_texts(const struct column *column, void **pointers, unsigned long *lengths, char *indicators,
    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *text = column->texts[i];
		bool is_null = text == NULL || (column->nulls != NULL && column->nulls[i]);
		pointers[i] = (void *)(uintptr_t)(is_null ? "" : text);
		lengths[i] = is_null ? 0 : strlen(text);
		indicators[i] = is_null ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE;
	}
}

static_assert(STMT_INDICATOR_NULL == 1 && STMT_INDICATOR_NONE == 0, "nulls are indicators");

static void
bind_column(struct bulk_scratch *scratch, size_t first, MYSQL_BIND *bind,
    const struct column *column, size_t n)
{
	*bind = (MYSQL_BIND){ .buffer_type = database_type(column->kind) };
	bind->u.indicator = (char *)(uintptr_t)column->nulls;
	switch (column->kind) {
	case VALUE_INT:
		bind->buffer = (void *)(uintptr_t)column->numbers;
		break;
	case VALUE_TIME:
	case VALUE_DAY:
		fill_times(column, scratch->times + first, scratch->pointers + first, n);
		bind->buffer = scratch->pointers + first;
		break;
	case VALUE_TEXT:
		fill_texts(column, scratch->pointers + first, scratch->lengths + first,
		    scratch->indicators + first, n);
		bind->buffer = scratch->pointers + first;
		bind->length = scratch->lengths + first;
		bind->u.indicator = scratch->indicators + first;
		break;
	case VALUE_NULL:
	case VALUE_BLOB:
		log_fatal("database", "array binding takes no column of kind %d", column->kind);
	}
}

static enum rc
bulk_once(
    struct db *db, const struct query *query, const struct column *columns, size_t count, size_t n)
{
	struct statement *statement;
	unsigned rows = (unsigned)n;
	enum rc rc = db_ready(db);

	if (rc == RC_OK)
		rc = statement_get(db, query, true, &statement);
	if (rc == RC_OK)
		rc = check_count(db, statement, count);
	if (rc != RC_OK)
		return rc;
	reserve_scratch(&db->scratch, count * n);
	for (size_t i = 0; i < count; i++)
		bind_column(&db->scratch, i * n, &statement->parameter_binds[i], &columns[i], n);
	if (mysql_stmt_attr_set(statement->handle, STMT_ATTR_ARRAY_SIZE, &rows) ||
	    mysql_stmt_bind_param(statement->handle, statement->parameter_binds) ||
	    mysql_stmt_execute(statement->handle) != 0)
		return statement_failed(db, statement);
	db->error = 0;
	take_counts(db, statement);
	return RC_OK;
}

enum rc
db_bulk(
    struct db *db, const struct query *query, const struct column *columns, size_t count, size_t n)
{
	db->affected = 0;
	if (n == 0)
		return RC_OK;
	enum rc rc = bulk_once(db, query, columns, count, n);
	if (rc == RC_UNAVAILABLE && db->error == CR_SERVER_GONE_ERROR && !db->in_transaction)
		rc = bulk_once(db, query, columns, count, n);
	return rc;
}
