#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/db_private.h"
#include "base/log.h"

#define TEXT_FIRST_BYTES 255 /* most values fit; longer ones are fetched once more */
#define CHARSET_BINARY	 63
/* A read that failed this soon was not stopped by the time-out, and may be asked again. */
#define RETRY_WITHIN_MS	 1000

/* ---- cells ---- */

void
statement_free_cells(struct statement *statement)
{
	for (size_t i = 0; i < statement->columns; i++)
		free(statement->cells[i].text);
	free(statement->cells);
	free(statement->column_binds);
	statement->cells = NULL;
	statement->column_binds = NULL;
	statement->columns = 0;
}

static enum value_kind
kind_of(const MYSQL_FIELD *field)
{
	switch (field->type) {
	case MYSQL_TYPE_TINY:
	case MYSQL_TYPE_SHORT:
	case MYSQL_TYPE_INT24:
	case MYSQL_TYPE_LONG:
	case MYSQL_TYPE_LONGLONG:
	case MYSQL_TYPE_YEAR:
		return VALUE_INT;
	case MYSQL_TYPE_NEWDECIMAL:
		return field->decimals == 0 ? VALUE_INT : VALUE_TEXT; /* SUM of integers */
	case MYSQL_TYPE_DATETIME:
	case MYSQL_TYPE_TIMESTAMP:
		return VALUE_TIME;
	case MYSQL_TYPE_DATE:
		return VALUE_DAY;
	case MYSQL_TYPE_TINY_BLOB:
	case MYSQL_TYPE_MEDIUM_BLOB:
	case MYSQL_TYPE_LONG_BLOB:
	case MYSQL_TYPE_BLOB:
	case MYSQL_TYPE_STRING:
	case MYSQL_TYPE_VAR_STRING:
		return field->charsetnr == CHARSET_BINARY ? VALUE_BLOB : VALUE_TEXT;
	default:
		return VALUE_TEXT;
	}
}

static void
bind_cell(MYSQL_BIND *bind, struct cell *cell)
{
	*bind = (MYSQL_BIND){
		.is_null = &cell->is_null,
		.error = &cell->is_cut,
		.length = &cell->length,
	};
	switch (cell->kind) {
	case VALUE_INT:
		bind->buffer_type = MYSQL_TYPE_LONGLONG;
		bind->buffer = &cell->number;
		bind->buffer_length = sizeof(cell->number);
		bind->is_unsigned = cell->is_unsigned;
		break;
	case VALUE_TIME:
	case VALUE_DAY:
		bind->buffer_type = cell->kind == VALUE_DAY ? MYSQL_TYPE_DATE : MYSQL_TYPE_DATETIME;
		bind->buffer = &cell->time;
		bind->buffer_length = sizeof(cell->time);
		break;
	default:
		bind->buffer_type = MYSQL_TYPE_STRING;
		bind->buffer = cell->text;
		bind->buffer_length = cell->capacity;
	}
}

static bool
cells_fit(const struct statement *statement, const MYSQL_FIELD *fields, size_t count)
{
	if (statement->columns != count)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (statement->cells[i].type != fields[i].type ||
		    statement->cells[i].kind != kind_of(&fields[i]))
			return false;
	}
	return true;
}

/* Cells for the result as it is now: a changed table may have changed the types. */
static void
make_cells(struct statement *statement, const MYSQL_FIELD *fields, size_t count)
{
	if (cells_fit(statement, fields, count))
		return;
	statement_free_cells(statement);
	statement->cells = grow(NULL, count, sizeof(*statement->cells));
	statement->column_binds = grow(NULL, count, sizeof(*statement->column_binds));
	statement->columns = count;
	for (size_t i = 0; i < count; i++) {
		struct cell *cell = &statement->cells[i];
		*cell = (struct cell){
			.kind = kind_of(&fields[i]),
			.type = fields[i].type,
			.is_unsigned = (fields[i].flags & UNSIGNED_FLAG) != 0 &&
				       fields[i].type != MYSQL_TYPE_NEWDECIMAL,
		};
		if (cell->kind == VALUE_TEXT || cell->kind == VALUE_BLOB) {
			cell->capacity = TEXT_FIRST_BYTES;
			cell->text = grow(NULL, cell->capacity + 1, 1);
		}
		bind_cell(&statement->column_binds[i], cell);
	}
}

/* ---- running a SELECT ---- */

static enum rc
read_once(struct db *db, const struct query *query, struct args args, bool is_stream,
    struct statement **result)
{
	struct statement *statement;
	enum rc rc = db_ready(db);

	if (rc == RC_OK)
		rc = statement_get(db, query, false, &statement);
	if (rc == RC_OK)
		rc = statement_execute(db, statement, args);
	if (rc != RC_OK)
		return rc;
	make_cells(statement, mariadb_stmt_fetch_fields(statement->handle),
	    mysql_stmt_field_count(statement->handle));
	if (statement->columns == 0) {
		log_error("database", "\"%s\" returns no rows", query->sql);
		return RC_BUG;
	}
	if (mysql_stmt_bind_result(statement->handle, statement->column_binds) ||
	    (!is_stream && mysql_stmt_store_result(statement->handle) != 0)) {
		rc = statement_failed(db, statement);
		(void)mysql_stmt_free_result(statement->handle);
		return rc;
	}
	*result = statement;
	return RC_OK;
}

static enum rc
read_rows(
    struct db *db, const struct query *query, struct args args, bool is_stream, struct rows **rows)
{
	struct statement *statement;
	int64_t began = clock_mono();
	enum rc rc = read_once(db, query, args, is_stream, &statement);

	/* The server closed the connection or restarted meanwhile. Reading again is harmless. */
	if (rc == RC_UNAVAILABLE && db->is_lost && !db->in_transaction && !db->is_opening &&
	    clock_mono() - began < RETRY_WITHIN_MS)
		rc = read_once(db, query, args, is_stream, &statement);
	if (rc != RC_OK)
		return rc;
	statement->is_busy = true;
	statement->rows = (struct rows){
		.db = db,
		.statement = statement,
		.is_stream = is_stream,
	};
	if (is_stream)
		db->stream = &statement->rows;
	*rows = &statement->rows;
	return RC_OK;
}

enum rc
db_query(struct db *db, const struct query *query, struct args args, struct rows **rows)
{
	return read_rows(db, query, args, false, rows);
}

enum rc
db_stream(struct db *db, const struct query *query, struct args args, struct rows **rows)
{
	return read_rows(db, query, args, true, rows);
}

/* ---- fetching ---- */

/* Fetches a long value into a larger buffer, which later rows then have too. */
static enum rc
fetch_again(struct rows *rows, size_t column)
{
	struct statement *statement = rows->statement;
	struct cell *cell = &statement->cells[column];

	if (cell->kind != VALUE_TEXT && cell->kind != VALUE_BLOB) {
		log_error("database", "column %zu of \"%s\" does not fit into 64 bits", column,
		    statement->query->sql);
		return RC_BUG;
	}
	cell->capacity = cell->length * 2;
	cell->text = grow(cell->text, cell->capacity + 1, 1);
	bind_cell(&statement->column_binds[column], cell);
	if (mysql_stmt_fetch_column(
		statement->handle, &statement->column_binds[column], (unsigned)column, 0) != 0)
		return statement_failed(rows->db, statement);
	return RC_OK;
}

static int64_t
instant_of(const MYSQL_TIME *time)
{
	struct civil civil = {
		.year = (int)time->year,
		.month = (int)time->month,
		.day = (int)time->day,
		.hour = (int)time->hour,
		.minute = (int)time->minute,
		.second = (int)time->second,
		.millisecond = (int)(time->second_part / 1000),
	};
	return clock_from_utc(&civil);
}

static void
finish_cell(struct cell *cell)
{
	if (cell->is_null)
		cell->number = 0;
	else if (cell->kind == VALUE_TIME)
		cell->number = instant_of(&cell->time);
	else if (cell->kind == VALUE_DAY)
		cell->number = instant_of(&cell->time) / (24 * CLOCK_HOUR);
	if (cell->is_null)
		cell->length = 0;
	if (cell->text != NULL)
		cell->text[cell->length] = '\0';
}

static enum rc
finish_cells(struct rows *rows)
{
	struct statement *statement = rows->statement;
	bool has_grown = false;
	enum rc rc = RC_OK;

	for (size_t i = 0; i < statement->columns && rc == RC_OK; i++) {
		struct cell *cell = &statement->cells[i];
		if (!cell->is_null &&
		    (cell->is_cut || (cell->text != NULL && cell->length > cell->capacity))) {
			rc = fetch_again(rows, i);
			has_grown = true;
		}
		if (rc == RC_OK)
			finish_cell(cell);
	}
	/* Only now: binding forgets where the columns of this row lie. */
	if (rc == RC_OK && has_grown &&
	    mysql_stmt_bind_result(statement->handle, statement->column_binds))
		rc = statement_failed(rows->db, statement);
	return rc;
}

static enum rc
fetch_row(struct rows *rows)
{
	struct statement *statement = rows->statement;

	if (statement->handle == NULL)
		return RC_UNAVAILABLE; /* the connection was lost and opened again */
	for (size_t i = 0; i < statement->columns; i++)
		statement->cells[i].is_cut = statement->cells[i].is_null = 0;
	switch (mysql_stmt_fetch(statement->handle)) {
	case 0:
	case MYSQL_DATA_TRUNCATED:
		return finish_cells(rows);
	case MYSQL_NO_DATA:
		return RC_NOT_FOUND;
	default:
		return statement_failed(rows->db, statement);
	}
}

enum rc
rows_next(struct rows *rows)
{
	if (rows->failure == RC_OK)
		rows->failure = fetch_row(rows);
	rows->has_row = rows->failure == RC_OK;
	return rows->failure;
}

void
rows_end(struct rows *rows)
{
	if (rows == NULL)
		return;
	struct statement *statement = rows->statement;
	assert(statement->is_busy);
	statement->is_busy = false;
	if (rows->is_stream)
		rows->db->stream = NULL;
	if (statement->handle == NULL)
		statement_free(statement);
	else if (mysql_stmt_free_result(statement->handle))
		rows->db->is_lost = true;
}

/* ---- values ---- */

static struct cell *
cell_of(const struct rows *rows, size_t column)
{
	assert(rows->has_row && column < rows->statement->columns);
	return &rows->statement->cells[column];
}

size_t
rows_columns(const struct rows *rows)
{
	return rows->statement->columns;
}

const char *
rows_name(const struct rows *rows, size_t column)
{
	assert(column < rows->statement->columns);
	if (rows->statement->handle == NULL)
		return "";
	return mariadb_stmt_fetch_fields(rows->statement->handle)[column].name;
}

enum value_kind
rows_kind(const struct rows *rows, size_t column)
{
	assert(column < rows->statement->columns);
	return rows->statement->cells[column].kind;
}

bool
rows_is_null(const struct rows *rows, size_t column)
{
	return cell_of(rows, column)->is_null;
}

int64_t
rows_int(const struct rows *rows, size_t column)
{
	struct cell *cell = cell_of(rows, column);
	char *end;

	if (cell->is_null || cell->text == NULL)
		return cell->number;
	errno = 0;
	int64_t number = strtoll(cell->text, &end, 10);
	if (errno != 0 || end == cell->text || *end != '\0')
		log_fatal("database", "column %s of \"%s\" is no number", rows_name(rows, column),
		    rows->statement->query->sql);
	return number;
}

struct day
rows_day(const struct rows *rows, size_t column)
{
	return (struct day){ (int32_t)rows_int(rows, column) };
}

const char *
rows_text(const struct rows *rows, size_t column)
{
	struct cell *cell = cell_of(rows, column);

	if (cell->is_null)
		return "";
	switch (cell->kind) {
	case VALUE_INT:
		if (cell->is_unsigned)
			(void)snprintf(cell->formatted, sizeof(cell->formatted), "%" PRIu64,
			    (uint64_t)cell->number);
		else
			(void)snprintf(
			    cell->formatted, sizeof(cell->formatted), "%" PRId64, cell->number);
		return cell->formatted;
	case VALUE_TIME:
		clock_format(cell->number, cell->formatted, sizeof(cell->formatted));
		return cell->formatted;
	case VALUE_DAY:
		clock_format_day((struct day){ (int32_t)cell->number }, cell->formatted,
		    sizeof(cell->formatted));
		return cell->formatted;
	default:
		return cell->text;
	}
}

size_t
rows_length(const struct rows *rows, size_t column)
{
	struct cell *cell = cell_of(rows, column);

	return cell->text != NULL ? cell->length : strlen(rows_text(rows, column));
}

/* ---- one value ---- */

static enum rc
read_first(struct db *db, const struct query *query, struct args args, struct rows **rows)
{
	enum rc rc = db_query(db, query, args, rows);

	if (rc != RC_OK)
		return rc;
	rc = rows_next(*rows);
	if (rc != RC_OK)
		rows_end(*rows);
	return rc;
}

enum rc
db_int(struct db *db, const struct query *query, struct args args, int64_t *value)
{
	struct rows *rows;
	enum rc rc = read_first(db, query, args, &rows);

	if (rc != RC_OK)
		return rc;
	*value = rows_int(rows, 0);
	rows_end(rows);
	return RC_OK;
}

enum rc
db_text(struct db *db, const struct query *query, struct args args, struct arena *arena,
    const char **value)
{
	struct rows *rows;
	enum rc rc = read_first(db, query, args, &rows);

	if (rc != RC_OK)
		return rc;
	*value = arena_strdup(arena, rows_text(rows, 0));
	rows_end(rows);
	return RC_OK;
}
