#include "model/check_run.h"

#include "model/change.h"
#include "model/edit.h"

#define RUN_COLUMNS                                                                          \
	"r.check_run_id, r.asked_by, COALESCE(NULLIF(o.display_name, ''), o.username, ''), " \
	"r.asked_at, r.began_at, r.ended_at, r.violations, "                                 \
	"(SELECT COUNT(*) FROM check_result d WHERE d.check_run_id = r.check_run_id), "      \
	"(SELECT COUNT(*) FROM check_result f WHERE f.check_run_id = r.check_run_id AND "    \
	"f.violations > 0) FROM check_run r LEFT JOIN operator o ON o.operator_id = r.asked_by "

enum { OPEN, ASK, LIST, TOTAL, FIND, RESULTS, EXPORT };
static const struct query Q[] QUERIES = {
	[OPEN] = { .sql = "SELECT check_run_id FROM check_run WHERE ended_at IS NULL"
			  " ORDER BY check_run_id LIMIT 1" },
	[ASK] = { .sql = "INSERT INTO check_run (asked_by, asked_at) VALUES (NULLIF(?, 0), ?)" },
	[LIST] = { .sql = "SELECT " RUN_COLUMNS "ORDER BY r.check_run_id DESC LIMIT ? OFFSET ?" },
	[TOTAL] = { .sql = "SELECT COUNT(*) FROM check_run", .bounded = "one number" },
	[FIND] = { .sql = "SELECT " RUN_COLUMNS "WHERE r.check_run_id = ?",
	    .bounded = "primary key" },
	[RESULTS] = { .sql = "SELECT code, violations, took_ms, sample FROM check_result"
			     " WHERE check_run_id = ? ORDER BY code LIMIT 200" },
	[EXPORT] = { .sql = "SELECT code, code AS rule, violations, took_ms, sample"
			    " FROM check_result WHERE check_run_id = ? ORDER BY code LIMIT 200" },
};

#define RESULTS_MAX 200

struct asking {
	const struct operator_actor *by;
	int64_t check_run_id;
};

static enum rc
ask(struct db *db, void *context)
{
	struct asking *asking = context;
	static const struct changes none;
	enum rc rc = db_int(db, &Q[OPEN], NO_ARGS, &asking->check_run_id);

	if (rc != RC_NOT_FOUND)
		return rc == RC_OK ? RC_CONFLICT : rc;
	rc = db_exec(db, &Q[ASK], ARGS(I(asking->by->operator_id), T(asking->by->now)));
	if (rc != RC_OK)
		return rc;
	asking->check_run_id = db_last_id(db);
	return edit_audit(db, asking->by, "check.ask", "check", asking->check_run_id, &none, NULL);
}

enum rc
check_ask(struct db *db, const struct operator_actor *by, int64_t *check_run_id)
{
	struct asking asking = { .by = by };
	enum rc rc = db_transact(db, ask, &asking);

	*check_run_id = asking.check_run_id;
	return rc;
}

static struct check_run
load_run(const struct rows *rows, struct arena *arena)
{
	return (struct check_run){ .check_run_id = rows_int(rows, 0),
		.asked_by = rows_int(rows, 1),
		.asked_name = arena_strdup(arena, rows_text(rows, 2)),
		.asked_at = rows_int(rows, 3),
		.began_at = rows_int(rows, 4),
		.ended_at = rows_int(rows, 5),
		.violations = rows_int(rows, 6),
		.done = rows_int(rows, 7),
		.failed = rows_int(rows, 8) };
}

enum rc
check_list(struct db *db, struct arena *arena, int64_t limit, int64_t offset,
    struct check_run **list, size_t *count, int64_t *total)
{
	size_t room = (size_t)(limit < CHECK_RUNS_MAX ? limit : CHECK_RUNS_MAX);
	struct rows *rows;
	enum rc rc = db_int(db, &Q[TOTAL], NO_ARGS, total);

	*list = arena_alloc(arena, (room + 1) * sizeof(**list));
	*count = 0;
	if (rc != RC_OK)
		return rc;
	if ((rc = db_query(db, &Q[LIST], ARGS(I(room), I(offset)), &rows)) != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK && *count < room)
		(*list)[(*count)++] = load_run(rows, arena);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
check_find(struct db *db, struct arena *arena, int64_t check_run_id, struct check_run *run)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FIND], ARGS(I(check_run_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		*run = load_run(rows, arena);
	rows_end(rows);
	return rc;
}

enum rc
check_results(struct db *db, struct arena *arena, int64_t check_run_id, struct check_result **list,
    size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[RESULTS], ARGS(I(check_run_id)), &rows);

	*list = arena_alloc(arena, RESULTS_MAX * sizeof(**list));
	*count = 0;
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK && *count < RESULTS_MAX)
		(*list)[(*count)++] =
		    (struct check_result){ .code = arena_strdup(arena, rows_text(rows, 0)),
			    .violations = rows_int(rows, 1),
			    .took_ms = rows_int(rows, 2),
			    .sample = arena_strdup(arena, rows_text(rows, 3)) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
check_export(struct db *db, int64_t check_run_id, struct rows **rows)
{
	return db_stream(db, &Q[EXPORT], ARGS(I(check_run_id)), rows);
}
