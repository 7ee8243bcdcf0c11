/*
 * check_work.c - what the worker writes: apart from check_run.c, because the pages have no right to
 * it.
 */
#include "model/check_run.h"

enum { BEGIN, WAITING, TAKE, STORE, END };
static const struct query Q[] QUERIES = {
	[BEGIN] = { .sql = "INSERT INTO check_run (asked_at, began_at) VALUES (?, ?)" },
	[WAITING] = { .sql = "SELECT check_run_id FROM check_run WHERE ended_at IS NULL"
			     " AND (began_at IS NULL OR began_at < ?)"
			     " ORDER BY check_run_id LIMIT 1" },
	[TAKE] = { .sql = "UPDATE check_run SET began_at = ? WHERE check_run_id = ?"
			  " AND ended_at IS NULL AND (began_at IS NULL OR began_at < ?)" },
	[STORE] = { .sql = "INSERT INTO check_result (check_run_id, code, violations, took_ms,"
			   " sample) VALUES (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE"
			   " violations = VALUES(violations), took_ms = VALUES(took_ms),"
			   " sample = VALUES(sample)" },
	[END] = { .sql = "UPDATE check_run SET ended_at = ?, violations = ?"
			 " WHERE check_run_id = ?" },
};

enum rc
check_begin(struct db *db, int64_t now, int64_t *check_run_id)
{
	enum rc rc = db_exec(db, &Q[BEGIN], ARGS(T(now), T(now)));

	if (rc == RC_OK)
		*check_run_id = db_last_id(db);
	return rc;
}

enum rc
check_claim(struct db *db, int64_t now, int64_t *check_run_id)
{
	int64_t dead_at = now - CHECK_DEAD_MS;
	enum rc rc = db_int(db, &Q[WAITING], ARGS(T(dead_at)), check_run_id);

	if (rc == RC_OK)
		rc = db_exec(db, &Q[TAKE], ARGS(T(now), I(*check_run_id), T(dead_at)));
	if (rc != RC_OK)
		return rc;
	return db_affected(db) == 1 ? RC_OK : RC_NOT_FOUND;
}

enum rc
check_store(struct db *db, int64_t check_run_id, const struct check_result *result)
{
	return db_exec(db, &Q[STORE],
	    ARGS(I(check_run_id), S(result->code), I(result->violations), I(result->took_ms),
		S(result->sample)));
}

enum rc
check_end(struct db *db, int64_t check_run_id, int64_t violations, int64_t now)
{
	return db_exec(db, &Q[END], ARGS(T(now), I(violations), I(check_run_id)));
}
