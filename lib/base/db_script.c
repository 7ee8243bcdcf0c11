#include <string.h>
#include <strings.h>

#include <mariadb/mysqld_error.h>

#include "base/arena.h"
#include "base/db_private.h"
#include "base/log.h"

/* ---- scripts ---- */

/* Bytes of the first statement with its ';', or of all that is left. A ';' ends a statement only
 * at the end of a line that is no comment. */
static size_t
statement_length(const char *sql)
{
	const char *line = sql;

	while (*line != '\0') {
		size_t length = strcspn(line, "\n"), end = length;
		while (end > 0 && strchr(" \t\r", line[end - 1]) != NULL)
			end--;
		bool is_comment = strncmp(line + strspn(line, " \t"), "--", 2) == 0;
		if (end > 0 && line[end - 1] == ';' && !is_comment)
			return (size_t)(line + end - sql);
		line += length + (line[length] == '\n');
	}
	return (size_t)(line - sql);
}

/* True when there is nothing but white space and comments. */
static bool
is_blank(const char *sql, size_t length)
{
	const char *end = sql + length;

	for (const char *line = sql; line < end; line += strcspn(line, "\n") + 1) {
		line += strspn(line, " \t\r");
		if (line < end && *line != '\n' && strncmp(line, "--", 2) != 0)
			return false;
		if (line[strcspn(line, "\n")] == '\0')
			break;
	}
	return true;
}

/* Rows that a statement of a script returns are nobody's. */
static void
drop_result(struct db *db)
{
	MYSQL_RES *result = mysql_store_result(db->mysql);

	if (result != NULL)
		mysql_free_result(result);
}

enum rc
db_script(struct db *db, const char *subject, const char *sql)
{
	struct arena *arena = arena_new();
	enum rc rc = db_ready(db);

	for (int number = 1; *sql != '\0' && rc == RC_OK; number++) {
		size_t length = statement_length(sql);
		if (!is_blank(sql, length)) {
			rc = db_run(db, arena_strndup(arena, sql, length));
			if (rc == RC_OK)
				drop_result(db);
			else
				log_error(subject, "stopped at its statement %d", number);
		}
		sql += length;
	}
	arena_free(arena);
	return rc;
}

/* ---- every statement of the program ---- */

extern const struct query __start_voltill_queries[] __attribute__((weak));
extern const struct query __stop_voltill_queries[] __attribute__((weak));

static bool
has_limit(const char *sql)
{
	for (sql = strpbrk(sql, " \t\n"); sql != NULL; sql = strpbrk(sql + 1, " \t\n")) {
		if (strncasecmp(sql + 1, "LIMIT ", 6) == 0)
			return true;
	}
	return false;
}

static bool
is_bounded(const struct query *query)
{
	const char *sql = query->sql + strspn(query->sql, " \t\n(");
	bool is_read = strncasecmp(sql, "SELECT", 6) == 0 || strncasecmp(sql, "WITH", 4) == 0;

	return !is_read || query->bounded != NULL || has_limit(sql);
}

static bool
is_missing_right(unsigned error)
{
	return error == ER_TABLEACCESS_DENIED_ERROR || error == ER_COLUMNACCESS_DENIED_ERROR ||
	       error == ER_SPECIFIC_ACCESS_DENIED_ERROR || error == ER_DBACCESS_DENIED_ERROR ||
	       error == ER_PROCACCESS_DENIED_ERROR || error == ER_VIEW_INVALID;
}

static bool
check_statement(struct db *db, const struct query *query, bool is_lenient)
{
	struct statement *statement;

	if (!is_bounded(query)) {
		log_error(
		    "statement", "neither a LIMIT nor a reason to have none: \"%s\"", query->sql);
		return false;
	}
	if (db_ready(db) != RC_OK)
		return false;
	if (statement_prepare(db, query, &statement) != RC_OK)
		return is_lenient && is_missing_right(db->error);
	statement_free(statement);
	return true;
}

size_t
db_check_statements(struct db *db, bool lenient)
{
	size_t failures = 0;

	for (const struct query *query = __start_voltill_queries; query < __stop_voltill_queries;
	     query++) {
		/* A table may leave places free, and the linker may pad between tables. */
		if (query->sql != NULL && !check_statement(db, query, lenient))
			failures++;
	}
	return failures;
}
