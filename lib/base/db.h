/*
 * db.h - the only door to MariaDB. The owner of Connector/C.
 *
 * Statements are literals in a table of the module that uses them (struct query), prepared at first
 * use on a connection and kept with it. Arguments are typed values, never text glued into SQL.
 * A connection that died is opened again by hand at the next statement outside a transaction, never
 * behind our back (reference/stack.md §4). A struct db belongs to one thread.
 */
#ifndef VOLTILL_DB_H
#define VOLTILL_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/rc.h"

#define DB_SCHEMA 14 /* number of the newest migration in sql/; programs refuse any other */

struct db;
struct rows;

/* One statement. Every SELECT has a LIMIT, or says in bounded why it cannot return many rows.
 * Tables of queries are declared with QUERIES so that --check-sql finds and prepares them all. */
struct query {
	const char *sql;
	const char *bounded;
} __attribute__((aligned(16)));

#define QUERIES __attribute__((section("voltill_queries"), used))

struct value {
	enum value_kind {
		VALUE_NULL,
		VALUE_INT,
		VALUE_TEXT,
		VALUE_BLOB,
		VALUE_TIME,
		VALUE_DAY,
	} kind;
	int64_t number;	  /* VALUE_INT, VALUE_TIME (ms UTC), VALUE_DAY (struct day number) */
	const char *text; /* VALUE_TEXT, VALUE_BLOB; borrowed for the call */
	size_t length;	  /* VALUE_BLOB, and VALUE_TEXT */
};

struct value value_text(const char *text); /* NULL becomes SQL NULL */

#define I(x)	((struct value){ .kind = VALUE_INT, .number = (int64_t)(x) })
#define S(x)	value_text(x)
#define B(p, n) ((struct value){ .kind = VALUE_BLOB, .text = (const char *)(p), .length = (n) })
#define T(x)	((struct value){ .kind = VALUE_TIME, .number = (x) }) /* DATETIME(3) UTC from ms */
#define D(x)	((struct value){ .kind = VALUE_DAY, .number = (x).number }) /* DATE */
#define NIL	((struct value){ .kind = VALUE_NULL })

struct args {
	const struct value *values;
	size_t count;
};
#define ARGS(...)                                              \
	((struct args){ (const struct value[]){ __VA_ARGS__ }, \
	    sizeof((const struct value[]){ __VA_ARGS__ }) / sizeof(struct value) })
#define NO_ARGS ((struct args){ NULL, 0 })

/* Connects as database account `account` ("voltill_login"); its password is the first line of
 * conf->database_credentials/<account>, none if there is no such file. Refuses (RC_CONFLICT, with a
 * log line that names it) another schema number than DB_SCHEMA and unsafe durability settings:
 * innodb_flush_log_at_trx_commit must be 1, innodb_rollback_on_timeout and
 * innodb_snapshot_isolation ON, sync_binlog 1 when the binary log is on, a database in utf8mb4. The
 * strict sql_mode and time zone UTC are set for the session. RC_UNAVAILABLE when the server does
 * not answer (logged at most once a minute), RC_DENIED when it refuses the account. *db is set on
 * RC_OK only. conf must outlive db. */
enum rc db_open(const struct conf *conf, const char *account, struct db **db);
/* The same without the checks, for voltillctl migrate. */
enum rc db_open_unchecked(const struct conf *conf, const char *account, struct db **db);
void db_close(struct db *db); /* NULL is allowed */

/* Runs a statement that returns no rows. */
enum rc db_exec(struct db *db, const struct query *query, struct args args);
int64_t db_affected(const struct db *db); /* rows found (changed or not) by the last db_exec */
int64_t db_last_id(const struct db *db);  /* AUTO_INCREMENT of the last db_exec */

/* Runs a SELECT and holds its rows in memory: for pages, where a LIMIT bounds them. */
enum rc db_query(struct db *db, const struct query *query, struct args args, struct rows **rows);
/* The same row by row from the server: for exports. The connection is busy until rows_end. */
enum rc db_stream(struct db *db, const struct query *query, struct args args, struct rows **rows);

/* Next row: RC_OK, RC_NOT_FOUND after the last, else the failure. rows_end follows in any case. */
enum rc rows_next(struct rows *rows);
void rows_end(struct rows *rows); /* NULL is allowed */
size_t rows_columns(const struct rows *rows);
const char *rows_name(const struct rows *rows, size_t column); /* the alias */
bool rows_is_null(const struct rows *rows, size_t column);
/* Integers (also SUM of integers), DATETIME as ms UTC, DATE as day number; 0 for NULL. Text that is
 * no number is a bug and ends the program. */
int64_t rows_int(const struct rows *rows, size_t column);
struct day rows_day(const struct rows *rows, size_t column);
/* Valid until rows_next. "" for NULL. Integers are formatted; DATETIME and DATE too, as
 * clock_format and clock_format_day do. */
const char *rows_text(const struct rows *rows, size_t column);
size_t rows_length(const struct rows *rows, size_t column);	   /* bytes of text or blob */
enum value_kind rows_kind(const struct rows *rows, size_t column); /* what the column holds */

/* First row's first column. RC_NOT_FOUND without a row; NULL reads as 0 or "". */
enum rc db_int(struct db *db, const struct query *query, struct args args, int64_t *value);
enum rc db_text(struct db *db, const struct query *query, struct args args, struct arena *arena,
    const char **value);

/* Array binding: one statement, n rows, one round trip. Each column is an array of n values; a NULL
 * text is SQL NULL. A row that fails takes all others with it. What is sent must fit into the
 * server's max_allowed_packet (16 MB: about 100,000 readings). */
struct column {
	enum value_kind kind; /* VALUE_INT, VALUE_TEXT, VALUE_TIME, VALUE_DAY */
	const int64_t *numbers;
	const char *const *texts;
	const char *nulls; /* n flags, 1 = NULL; NULL pointer: no NULLs */
};
enum rc db_bulk(
    struct db *db, const struct query *query, const struct column *columns, size_t count, size_t n);

/* Transactions. db_end commits on RC_OK, unless a statement in between failed, and rolls back
 * otherwise; it returns rc, or that failure. It is RC_UNAVAILABLE when the outcome of COMMIT is
 * unknown: look the request key up. After a deadlock, a lock time-out or a lost connection every
 * further statement is refused until db_end. */
enum rc db_begin(struct db *db);
enum rc db_end(struct db *db, enum rc rc);
/* Runs work(db, context) in a transaction; on 1213, 1205 and 1020 rolls back and runs it again, at
 * most 3 times in all. work must be repeatable and must not begin or end itself. */
enum rc db_transact(struct db *db, enum rc (*work)(struct db *, void *), void *context);

/* True after a failure that a fresh transaction may survive (1213, 1205, 1020). */
bool db_retryable(const struct db *db);
/* True when the last db_exec or db_bulk failed on a UNIQUE key (1062 -> RC_CONFLICT). */
bool db_is_duplicate(const struct db *db);

/* One round trip; opens the connection again when it died. */
enum rc db_ping(struct db *db);

/* Runs a literal script (migrations, views, grants): statements separated by ';' at line ends.
 * Stops at the first failure, with its number in the log. voltillctl only. */
enum rc db_script(struct db *db, const char *subject, const char *sql);

/* Prepares every statement of the program (QUERIES) on this connection; logs those that fail, and
 * every SELECT that is neither limited nor says why. Number of failures. A statement refused only
 * for a missing right counts as prepared when lenient. */
size_t db_check_statements(struct db *db, bool lenient);

#endif
