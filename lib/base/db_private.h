/*
 * db_private.h - what db.c, db_statement.c, db_rows.c and db_script.c share. Nobody else includes
 * it.
 */
#ifndef VOLTILL_DB_PRIVATE_H
#define VOLTILL_DB_PRIVATE_H

#include <mariadb/mysql.h>

#include "base/db.h"

struct rows {
	struct db *db;
	struct statement *statement;
	bool is_stream;
	bool has_row;
	enum rc failure; /* what rows_next goes on to say after a failure */
};

/* One column of a result: where a fetched value lands. */
struct cell {
	enum value_kind kind;
	enum enum_field_types type;
	bool is_unsigned;
	my_bool is_null, is_cut;
	unsigned long length, capacity; /* capacity: without the terminating NUL */
	int64_t number;
	MYSQL_TIME time;
	char *text;	    /* NUL-terminated, grows to the longest value seen */
	char formatted[32]; /* rows_text of a number or a time */
};

/* A prepared statement and its buffers; lives as long as its connection, then until its last rows
 * end. */
struct statement {
	struct statement *next;
	const struct query *query;
	MYSQL_STMT *handle; /* NULL: its connection is gone */
	bool is_bulk;
	bool is_busy; /* an unread result hangs on it */
	size_t parameters;
	MYSQL_BIND *parameter_binds;
	MYSQL_TIME *parameter_times;
	unsigned long *parameter_lengths;
	size_t columns;
	MYSQL_BIND *column_binds;
	struct cell *cells;
	struct rows rows;
};

/* Scratch of array binding, kept so that storing readings allocates nothing after the first time.
 */
struct bulk_scratch {
	MYSQL_TIME *times;
	void **pointers;
	unsigned long *lengths;
	char *indicators;
	size_t room; /* cells in each */
};

#define STATEMENT_BUCKETS 64

struct db {
	const struct conf *conf;
	char account[64];
	bool is_checked; /* opened by db_open: checks at every connect */
	MYSQL *mysql;	 /* NULL: not connected */
	bool is_lost;	 /* the connection died; nothing runs on it any more */
	bool is_opening;
	bool in_transaction;
	bool is_aborted; /* the transaction is gone already, only db_end is left */
	enum rc failure; /* first failure in this transaction */
	unsigned error;	 /* MariaDB's number of the last failure, 0 after a success */
	int64_t affected, last_id;
	struct rows *stream; /* the result that keeps the connection busy */
	struct statement *buckets[STATEMENT_BUCKETS];
	struct bulk_scratch scratch;
};

/* db.c */
enum rc db_ready(struct db *db); /* connected, or connected again where that is allowed */
/* Logs the failure with its statement, remembers it, and says what it means. */
enum rc db_failed(struct db *db, unsigned error, const char *message, const char *sql);
bool db_is_connection_error(unsigned error);
enum rc db_run(struct db *db, const char *sql); /* without parameters and without a result */

/* db_statement.c */
enum rc statement_get(
    struct db *db, const struct query *query, bool is_bulk, struct statement **statement);
enum rc statement_prepare(struct db *db, const struct query *query, struct statement **statement);
void statement_free(struct statement *statement);
void statements_drop(struct db *db); /* all of them: their connection is gone */
enum rc statement_execute(struct db *db, struct statement *statement, struct args args);
enum rc statement_failed(struct db *db, const struct statement *statement);
void *grow(
    void *memory, size_t count, size_t size); /* realloc that ends the program at no memory */

/* db_rows.c */
void statement_free_cells(struct statement *statement);

#endif
