#include "model/command_list.h"

#include <string.h>

#include "base/text.h"

enum { COUNT_BATCHES, BATCHES, EXPORT_BATCHES, BATCH, HIDDEN, COUNT_ROWS, ROWS, EXPORT_ROWS };

/* Three times the scope. */
#define SEEN                                                                               \
	"(? = '' OR EXISTS (SELECT 1 FROM v_meter_scope ms WHERE ms.meter_id = c.meter_id" \
	" AND FIND_IN_SET(ms.scope_id, ?)) OR (c.meter_id IS NULL AND EXISTS (SELECT 1"    \
	" FROM bus sb JOIN gateway sg ON sg.gateway_id = sb.gateway_id"                    \
	" JOIN v_place_scope sp ON sp.place_id = sg.place_id WHERE sb.bus_id = c.bus_id"   \
	" AND FIND_IN_SET(sp.scope_id, ?))))"

#define FROM_BATCH                                                                        \
	" FROM command_batch b JOIN command c ON c.command_batch_id = b.command_batch_id" \
	" LEFT JOIN operator o ON o.operator_id = b.created_by WHERE " SEEN

/* Search three times, then by the system. */
#define FILTERED                                                                                         \
	" AND (? = '' OR b.reason LIKE ? OR o.display_name LIKE ? OR EXISTS (SELECT 1"                   \
	" FROM command f JOIN meter fm ON fm.meter_id = f.meter_id"                                      \
	" WHERE f.command_batch_id = b.command_batch_id AND CONCAT_WS('', b.reason, fm.number) LIKE ?))" \
	" AND (? OR b.created_by IS NOT NULL)"

#define STATE_OF_BATCH                                                                          \
	" GROUP BY b.command_batch_id HAVING CASE ? WHEN 'open' THEN queued + taken + held > 0" \
	" WHEN 'failed' THEN failed > 0 WHEN 'done' THEN queued + taken + held = 0 ELSE TRUE END"

#define COUNTS                                                                         \
	" COUNT(*) AS total, CAST(SUM(c.state = 'confirmed') AS SIGNED) AS confirmed," \
	" CAST(SUM(c.state = 'failed') AS SIGNED) AS failed,"                          \
	" CAST(SUM(c.state = 'cancelled') AS SIGNED) AS cancelled,"                    \
	" CAST(SUM(c.state = 'queued') AS SIGNED) AS queued,"                          \
	" CAST(SUM(c.state = 'taken') AS SIGNED) AS taken,"                            \
	" CAST(SUM(c.state = 'held') AS SIGNED) AS held"

#define BATCH_COLUMNS                                                                    \
	"SELECT b.command_batch_id, b.created_at, b.kind, COALESCE(o.display_name, '')," \
	" b.reason," COUNTS ", MAX(c.ended_at), MIN(c.taken_at),"                        \
	" CAST(SUM(c.state = 'queued' AND c.attempts > 0) AS SIGNED),"                   \
	" MAX(c.not_before), MAX(c.force_before) IS NOT NULL"

/* A constant here would be dropped for ever from a prepared statement: CASE stays. */
#define BATCH_ORDER                                                                               \
	" ORDER BY CASE ? WHEN 'kind' THEN b.kind END, CASE ? WHEN '-kind' THEN b.kind END DESC," \
	" CASE ? WHEN 'by' THEN o.display_name END, CASE ? WHEN '-by' THEN o.display_name END"    \
	" DESC, CASE ? WHEN 'time' THEN b.command_batch_id END, b.command_batch_id DESC"

#define FROM_ROWS                                                                                    \
	" FROM command c JOIN bus b ON b.bus_id = c.bus_id"                                          \
	" LEFT JOIN meter m ON m.meter_id = c.meter_id"                                              \
	" LEFT JOIN v_meter_now n ON n.meter_id = c.meter_id WHERE c.command_batch_id = ? AND " SEEN \
	" AND (? = '' OR c.state = ?)"

static const struct query Q[] QUERIES = {
	[COUNT_BATCHES] = { .sql =
				"SELECT COUNT(*) FROM (SELECT b.command_batch_id," COUNTS FROM_BATCH
				    FILTERED STATE_OF_BATCH " LIMIT 1000000) t",
	    .bounded = "one row" },
	[BATCHES] = { .sql = BATCH_COLUMNS FROM_BATCH FILTERED STATE_OF_BATCH BATCH_ORDER
		      " LIMIT ? OFFSET ?" },
	[EXPORT_BATCHES] = { .sql =
				 "SELECT b.created_at, b.kind, o.display_name, b.reason," COUNTS
				 ", MAX(c.ended_at)" FROM_BATCH FILTERED STATE_OF_BATCH BATCH_ORDER
				 " LIMIT ? OFFSET ?" },
	[BATCH] = { .sql = BATCH_COLUMNS FROM_BATCH " AND b.command_batch_id = ?"
						    " GROUP BY b.command_batch_id",
	    .bounded = "primary key" },
	[HIDDEN] = { .sql = "SELECT COUNT(*) FROM command c WHERE c.command_batch_id = ?"
			    " AND NOT " SEEN,
	    .bounded = "one row" },
	[COUNT_ROWS] = { .sql = "SELECT COUNT(*)" FROM_ROWS, .bounded = "one row" },
	[ROWS] = { .sql =
		       "SELECT c.command_id, COALESCE(c.meter_id, 0), c.bus_id,"
		       " COALESCE(m.unit, 0), COALESCE(n.building, ''),"
		       " COALESCE(NULLIF(n.room, ''), NULLIF(n.name, ''), n.floor, ''),"
		       " COALESCE(m.number, ''), COALESCE(n.tenant, ''), b.name, c.kind, c.state,"
		       " c.result, c.step, c.steps, c.attempts, c.created_at, c.taken_at,"
		       " c.tried_at, c.ended_at, c.expires_at, n.lost_since, c.not_before,"
		       " c.until_at" FROM_ROWS " ORDER BY c.command_id LIMIT ? OFFSET ?" },
	[EXPORT_ROWS] = { .sql = "SELECT n.building,"
				 " COALESCE(NULLIF(n.room, ''), NULLIF(n.name, ''), n.floor),"
				 " m.number, n.tenant, b.name, m.unit, c.kind, c.state, c.result,"
				 " c.attempts, c.created_at, c.ended_at" FROM_ROWS
				 " ORDER BY c.command_id LIMIT 1000000" },
};

/* ---- batches ---- */

#define LIKE_MAX 420

/* The arguments of a filter, in the order of the statements. */
struct filter_args {
	struct value values[20];
	size_t count;
	char like[LIKE_MAX];
	char sort[16];
};

static void
add(struct filter_args *args, struct value value)
{
	args->values[args->count++] = value;
}

static void
make_args(struct filter_args *args, const struct scope *scope, const struct batch_filter *filter)
{
	args->count = 0;
	text_like(filter->search, args->like, sizeof(args->like));
	for (int i = 0; i < 3; i++)
		add(args, S(scope_text(scope)));
	add(args, S(filter->search));
	for (int i = 0; i < 3; i++)
		add(args, S(args->like));
	add(args, I(filter->is_by_system));
	add(args, S(filter->state));
}

static void
add_order(struct filter_args *args, const struct batch_filter *filter)
{
	args->sort[0] = '-';
	(void)text_copy(args->sort + filter->is_descending,
	    sizeof(args->sort) - filter->is_descending, filter->sort);
	for (int i = 0; i < 5; i++)
		add(args, S(args->sort));
	add(args, I(filter->limit));
	add(args, I(filter->offset));
}

enum rc
command_count_batches(
    struct db *db, const struct scope *scope, const struct batch_filter *filter, int64_t *total)
{
	struct filter_args args;

	make_args(&args, scope, filter);
	return db_int(db, &Q[COUNT_BATCHES], (struct args){ args.values, args.count }, total);
}

static void
read_batch(const struct rows *rows, struct arena *arena, struct batch_row *batch)
{
	*batch = (struct batch_row){ .batch_id = rows_int(rows, 0),
		.created_at = rows_int(rows, 1),
		.kind = arena_strdup(arena, rows_text(rows, 2)),
		.operator_name = arena_strdup(arena, rows_text(rows, 3)),
		.reason = arena_strdup(arena, rows_text(rows, 4)),
		.total = rows_int(rows, 5),
		.confirmed = rows_int(rows, 6),
		.failed = rows_int(rows, 7),
		.cancelled = rows_int(rows, 8),
		.queued = rows_int(rows, 9),
		.taken = rows_int(rows, 10),
		.held = rows_int(rows, 11),
		.ended_at = rows_int(rows, 12),
		.began_at = rows_int(rows, 13),
		.waiting = rows_int(rows, 14),
		.starts_at = rows_int(rows, 15),
		.has_before = rows_int(rows, 16) != 0 };
	if (batch->queued + batch->taken + batch->held > 0)
		batch->ended_at = 0;
}

enum rc
command_list_batches(struct db *db, struct arena *arena, const struct scope *scope,
    const struct batch_filter *filter, struct batch_row **batches, size_t *count)
{
	struct filter_args args;
	struct rows *rows;

	make_args(&args, scope, filter);
	add_order(&args, filter);
	enum rc rc = db_query(db, &Q[BATCHES], (struct args){ args.values, args.count }, &rows);
	*count = 0;
	if (rc != RC_OK)
		return rc;
	*batches = arena_alloc(arena, ((size_t)filter->limit + 1) * sizeof(**batches));
	while ((rc = rows_next(rows)) == RC_OK)
		read_batch(rows, arena, &(*batches)[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
command_export_batches(
    struct db *db, const struct scope *scope, const struct batch_filter *filter, struct rows **rows)
{
	struct filter_args args;

	make_args(&args, scope, filter);
	add_order(&args, filter);
	return db_stream(db, &Q[EXPORT_BATCHES], (struct args){ args.values, args.count }, rows);
}

enum rc
command_find_batch(struct db *db, struct arena *arena, const struct scope *scope, int64_t batch_id,
    struct batch_row *batch)
{
	struct value in = S(scope_text(scope));
	struct rows *rows;
	enum rc rc = db_query(db, &Q[BATCH], ARGS(in, in, in, I(batch_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		read_batch(rows, arena, batch);
	rows_end(rows);
	return rc == RC_OK ? db_int(db, &Q[HIDDEN], ARGS(I(batch_id), in, in, in), &batch->hidden)
			   : rc;
}

/* ---- commands of a batch ---- */

static void
read_row(const struct rows *rows, struct arena *arena, struct command_row *command)
{
	*command = (struct command_row){ .command_id = rows_int(rows, 0),
		.meter_id = rows_int(rows, 1),
		.bus_id = rows_int(rows, 2),
		.unit = rows_int(rows, 3),
		.building = arena_strdup(arena, rows_text(rows, 4)),
		.place = arena_strdup(arena, rows_text(rows, 5)),
		.number = arena_strdup(arena, rows_text(rows, 6)),
		.tenant = arena_strdup(arena, rows_text(rows, 7)),
		.bus = arena_strdup(arena, rows_text(rows, 8)),
		.kind = arena_strdup(arena, rows_text(rows, 9)),
		.state = arena_strdup(arena, rows_text(rows, 10)),
		.result = arena_strdup(arena, rows_text(rows, 11)),
		.step = rows_int(rows, 12),
		.steps = rows_int(rows, 13),
		.attempts = rows_int(rows, 14),
		.created_at = rows_int(rows, 15),
		.taken_at = rows_int(rows, 16),
		.tried_at = rows_int(rows, 17),
		.ended_at = rows_int(rows, 18),
		.expires_at = rows_int(rows, 19),
		.lost_since = rows_int(rows, 20),
		.not_before = rows_int(rows, 21),
		.until_at = rows_int(rows, 22) };
}

enum rc
command_list_rows(struct db *db, struct arena *arena, const struct scope *scope, int64_t batch_id,
    const char *state, int64_t limit, int64_t offset, struct command_row **commands, size_t *count,
    int64_t *total)
{
	struct value in = S(scope_text(scope));
	struct rows *rows;
	enum rc rc =
	    db_int(db, &Q[COUNT_ROWS], ARGS(I(batch_id), in, in, in, S(state), S(state)), total);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	rc = db_query(db, &Q[ROWS],
	    ARGS(I(batch_id), in, in, in, S(state), S(state), I(limit), I(offset)), &rows);
	if (rc != RC_OK)
		return rc;
	*commands = arena_alloc(arena, ((size_t)limit + 1) * sizeof(**commands));
	while ((rc = rows_next(rows)) == RC_OK)
		read_row(rows, arena, &(*commands)[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
command_export_rows(struct db *db, const struct scope *scope, int64_t batch_id, const char *state,
    struct rows **rows)
{
	struct value in = S(scope_text(scope));

	return db_stream(
	    db, &Q[EXPORT_ROWS], ARGS(I(batch_id), in, in, in, S(state), S(state)), rows);
}
