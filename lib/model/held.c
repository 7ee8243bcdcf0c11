#include "model/held.h"

#include <inttypes.h>
#include <stdio.h>

#include "model/approval.h"
#include "model/edit.h"
#include "model/meter.h"

#define COUNT_MAX 65535 /* two bytes in every model */

enum {
	HELD_TOTAL,
	HELD_LIST,
	HELD_FIND,
	HELD_LOCK,
	HELD_EXPORT,
	STOPPED_TOTAL,
	STOPPED_LIST,
	STOPPED_FIND,
	STOPPED_EXPORT
};

/* Twice the scope. */
#define SEEN "(? = '' OR FIND_IN_SET(n.scope_id, ?))"

/* clang-format off: it breaks texts in the middle of a word */
/* Of n (the meter), e (its epoch), a (the account): rows for load_meter. */
#define METER                                                                           \
	"n.meter_id, a.account_id, n.number, n.building,"                               \
	" COALESCE(NULLIF(n.room, ''), NULLIF(n.name, ''), n.floor), a.number, a.name," \
	" n.lost_since, e.last_count, e.last_credit_fen, e.last_energy_wh, e.last_at,"  \
	" n.purchase_count, n.credit_fen, n.energy_wh, n.read_at"
#define METER_COLUMNS 16

#define HELD_FROM                                                               \
	" FROM delivery d JOIN command c ON c.command_id = d.command_id"        \
	" JOIN sale s ON s.sale_id = d.sale_id"                                 \
	" JOIN operator o ON o.operator_id = s.operator_id"                     \
	" JOIN meter_epoch e ON e.meter_epoch_id = d.meter_epoch_id"            \
	" JOIN v_meter_now n ON n.meter_id = d.meter_id"                        \
	" JOIN account a ON a.account_id = s.account_id"                        \
	" LEFT JOIN approval p ON p.active_key = CONCAT('held:', d.command_id)" \
	" WHERE d.state = 'held' AND " SEEN
#define HELD_SELECT                                                                       \
	"SELECT " METER ", d.command_id, d.sale_id, d.leg, d.kind, d.amount_fen, s.kind," \
	" s.receipt_number, o.display_name, d.want_count, d.before_fen, d.before_wh,"     \
	" d.target_fen, d.found_count, d.found_fen, d.sends, c.created_at, d.sent_at,"    \
	" COALESCE(d.ended_at, c.ended_at, c.tried_at), d.outcome, p.approval_id, p.asked_by" HELD_FROM

#define STOPPED_ALARMS "kind IN ('count_mismatch', 'balance_drift')"
#define STOPPED_FROM                                                                  \
	" FROM (SELECT meter_id, MIN(began_at) began_at, MIN(alarm_id) alarm_id,"     \
	" MAX(kind = 'count_mismatch') is_count_off, MAX(kind = 'balance_drift')"     \
	" is_credit_off FROM alarm WHERE active_key IS NOT NULL AND " STOPPED_ALARMS  \
	" AND meter_id IS NOT NULL GROUP BY meter_id LIMIT 100000) t"                 \
	" JOIN alarm f ON f.alarm_id = t.alarm_id"                                    \
	" JOIN v_meter_now n ON n.meter_id = t.meter_id"                              \
	" LEFT JOIN meter_epoch e ON e.active_meter = t.meter_id"                     \
	" LEFT JOIN account a ON a.account_id = COALESCE(e.account_id, n.account_id)" \
	" LEFT JOIN ledger_balance b ON b.account_id = a.account_id"                  \
	" AND b.meter_id = t.meter_id"                                                \
	" LEFT JOIN approval p ON p.active_key = CONCAT('explain:', t.meter_id)"      \
	" WHERE " SEEN
#define STOPPED_SELECT                                                                      \
	"SELECT " METER ", t.is_count_off, t.is_credit_off, f.detail, t.began_at,"          \
	" b.credit_fen, (SELECT COUNT(*) FROM delivery d WHERE d.meter_id = t.meter_id"     \
	" AND d.state IN ('queued', 'sent', 'held')), (SELECT COUNT(*) > 0 FROM delivery d" \
	" WHERE d.meter_id = t.meter_id AND d.state = 'held'), p.approval_id, p.asked_by" STOPPED_FROM
/* clang-format on */

static const struct query Q[] QUERIES = {
	[HELD_TOTAL] = { .sql = "SELECT COUNT(*)" HELD_FROM, .bounded = "one row" },
	[HELD_LIST] = { .sql = HELD_SELECT " ORDER BY d.command_id LIMIT ? OFFSET ?" },
	[HELD_FIND] = { .sql = HELD_SELECT " AND d.command_id = ?", .bounded = "primary key" },
	[HELD_LOCK] = { .sql = "SELECT meter_id, amount_fen FROM delivery WHERE command_id = ?"
			       " AND state = 'held' FOR UPDATE",
	    .bounded = "primary key" },
	[HELD_EXPORT] = { .sql = "SELECT s.receipt_number, s.kind, d.kind, a.name, n.building,"
				 " COALESCE(NULLIF(n.room, ''), NULLIF(n.name, ''), n.floor),"
				 " n.number, d.amount_fen, d.want_count, d.found_count,"
				 " d.found_fen, d.sends, COALESCE(d.ended_at, c.ended_at,"
				 " c.tried_at), d.outcome" HELD_FROM
				 " ORDER BY d.command_id LIMIT 100000" },
	[STOPPED_TOTAL] = { .sql = "SELECT COUNT(*)" STOPPED_FROM, .bounded = "one row" },
	[STOPPED_LIST] = { .sql =
			       STOPPED_SELECT " ORDER BY t.began_at, t.meter_id LIMIT ? OFFSET ?" },
	[STOPPED_FIND] = { .sql = STOPPED_SELECT " AND t.meter_id = ? LIMIT 1" },
	[STOPPED_EXPORT] = { .sql = "SELECT n.number, n.building,"
				    " COALESCE(NULLIF(n.room, ''), NULLIF(n.name, ''), n.floor),"
				    " a.name, f.kind, t.began_at, e.last_count, n.purchase_count,"
				    " COALESCE(b.credit_fen, 0), n.credit_fen,"
				    " n.credit_fen - COALESCE(b.credit_fen, 0),"
				    " n.read_at" STOPPED_FROM
				    " ORDER BY t.began_at, t.meter_id LIMIT 100000" },
};

/* ---- rows ---- */

static int64_t
number_or(const struct rows *rows, size_t column, int64_t unknown)
{
	return rows_is_null(rows, column) ? unknown : rows_int(rows, column);
}

/* Four columns: count, credit, energy, when. */
static struct held_figures
figures(const struct rows *rows, size_t column)
{
	return (struct held_figures){ .count = number_or(rows, column, -1),
		.credit_fen = number_or(rows, column + 1, METER_NO_CREDIT),
		.energy_wh = rows_int(rows, column + 2),
		.at = rows_int(rows, column + 3) };
}

static struct held_meter
load_meter(const struct rows *rows, struct arena *arena)
{
	return (struct held_meter){ .meter_id = rows_int(rows, 0),
		.account_id = rows_int(rows, 1),
		.number = arena_strdup(arena, rows_text(rows, 2)),
		.building = arena_strdup(arena, rows_text(rows, 3)),
		.place = arena_strdup(arena, rows_text(rows, 4)),
		.account_number = arena_strdup(arena, rows_text(rows, 5)),
		.tenant = arena_strdup(arena, rows_text(rows, 6)),
		.lost_since = rows_int(rows, 7),
		.expected = figures(rows, 8),
		.now = figures(rows, 12) };
}

static void
load_held(const struct rows *rows, struct arena *arena, struct held_delivery *held)
{
	const size_t at = METER_COLUMNS;

	*held = (struct held_delivery){
		.meter = load_meter(rows, arena),
		.command_id = rows_int(rows, at),
		.sale_id = rows_int(rows, at + 1),
		.leg = (int)rows_int(rows, at + 2),
		.kind = delivery_kind_find(rows_text(rows, at + 3)),
		.amount_fen = rows_int(rows, at + 4),
		.sale_kind = sale_kind_find(rows_text(rows, at + 5)),
		.receipt_number = arena_strdup(arena, rows_text(rows, at + 6)),
		.operator_name = arena_strdup(arena, rows_text(rows, at + 7)),
		.want_count = number_or(rows, at + 8, -1),
		.before_fen = number_or(rows, at + 9, METER_NO_CREDIT),
		.before_wh = number_or(rows, at + 10, METER_NO_CREDIT),
		.target_fen = number_or(rows, at + 11, METER_NO_CREDIT),
		.found = { .count = number_or(rows, at + 12, -1),
		    .credit_fen = number_or(rows, at + 13, METER_NO_CREDIT),
		    .at = rows_int(rows, at + 17) },
		.sends = rows_int(rows, at + 14),
		.created_at = rows_int(rows, at + 15),
		.sent_at = rows_int(rows, at + 16),
		.held_at = rows_int(rows, at + 17),
		.outcome = arena_strdup(arena, rows_text(rows, at + 18)),
		.approval_id = rows_int(rows, at + 19),
		.asked_by = rows_int(rows, at + 20),
	};
}

static void
load_stopped(const struct rows *rows, struct arena *arena, struct stopped_meter *stopped)
{
	const size_t at = METER_COLUMNS;

	*stopped = (struct stopped_meter){
		.meter = load_meter(rows, arena),
		.is_count_off = rows_int(rows, at) != 0,
		.is_credit_off = rows_int(rows, at + 1) != 0,
		.detail = arena_strdup(arena, rows_text(rows, at + 2)),
		.began_at = rows_int(rows, at + 3),
		.ledger_fen = rows_int(rows, at + 4),
		.open = rows_int(rows, at + 5),
		.has_held = rows_int(rows, at + 6) != 0,
		.approval_id = rows_int(rows, at + 7),
		.asked_by = rows_int(rows, at + 8),
	};
}

/* ---- held deliveries ---- */

enum rc
held_list(struct db *db, struct arena *arena, const struct held_filter *filter,
    struct held_delivery **list, size_t *count, int64_t *total)
{
	struct value in = S(scope_text(filter->scope));
	struct rows *rows;
	enum rc rc = db_int(db, &Q[HELD_TOTAL], ARGS(in, in), total);

	*count = 0;
	if (rc == RC_OK)
		rc = db_query(
		    db, &Q[HELD_LIST], ARGS(in, in, I(filter->limit), I(filter->offset)), &rows);
	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, ((size_t)filter->limit + 1) * sizeof(**list));
	while ((rc = rows_next(rows)) == RC_OK)
		load_held(rows, arena, &(*list)[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
held_find(struct db *db, struct arena *arena, const struct scope *scope, int64_t command_id,
    struct held_delivery *held)
{
	struct value in = S(scope_text(scope));
	struct rows *rows;
	enum rc rc = db_query(db, &Q[HELD_FIND], ARGS(in, in, I(command_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		load_held(rows, arena, held);
	rows_end(rows);
	return rc;
}

/* ---- meters whose sales are stopped ---- */

enum rc
stopped_list(struct db *db, struct arena *arena, const struct held_filter *filter,
    struct stopped_meter **list, size_t *count, int64_t *total)
{
	struct value in = S(scope_text(filter->scope));
	struct rows *rows;
	enum rc rc = db_int(db, &Q[STOPPED_TOTAL], ARGS(in, in), total);

	*count = 0;
	if (rc == RC_OK)
		rc = db_query(
		    db, &Q[STOPPED_LIST], ARGS(in, in, I(filter->limit), I(filter->offset)), &rows);
	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, ((size_t)filter->limit + 1) * sizeof(**list));
	while ((rc = rows_next(rows)) == RC_OK)
		load_stopped(rows, arena, &(*list)[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
stopped_find(struct db *db, struct arena *arena, const struct scope *scope, int64_t meter_id,
    struct stopped_meter *stopped)
{
	struct value in = S(scope_text(scope));
	struct rows *rows;
	enum rc rc = db_query(db, &Q[STOPPED_FIND], ARGS(in, in, I(meter_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		load_stopped(rows, arena, stopped);
	rows_end(rows);
	return rc;
}

/* ---- asking about a held one ---- */

struct asking {
	const struct held_wish *wish;
	int64_t *approval_id;
};

static enum rc
lock_held(struct db *db, int64_t command_id, int64_t *meter_id, int64_t *amount_fen)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[HELD_LOCK], ARGS(I(command_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		*meter_id = rows_int(rows, 0);
		*amount_fen = rows_int(rows, 1);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_CONFLICT : rc;
}

static enum rc
ask(struct db *db, void *context)
{
	const struct asking *asking = context;
	const struct held_wish *wish = asking->wish;
	int64_t meter_id, amount_fen;
	char payload[120];
	enum rc rc = lock_held(db, wish->command_id, &meter_id, &amount_fen);

	if (rc != RC_OK)
		return rc;
	(void)snprintf(payload, sizeof(payload), "%s %" PRId64 " %" PRId64 " %" PRId64,
	    wish->is_delivered ? "delivered" : "not_delivered", wish->count, wish->credit_fen,
	    wish->energy_wh);
	return approval_ask(db,
	    &(struct approval_ask){ .kind = APPROVAL_HELD,
		.command_id = wish->command_id,
		.meter_id = meter_id,
		.amount_fen = amount_fen,
		.payload = payload,
		.reason = wish->reason,
		.by = wish->by },
	    asking->approval_id);
}

enum rc
held_ask(struct db *db, const struct held_wish *wish, struct faults *faults, int64_t *approval_id)
{
	struct asking asking = { wish, approval_id };

	edit_check_text(faults, "reason", wish->reason, SALE_TEXT_MAX, true);
	edit_check_range(faults, "count", wish->count, 0, COUNT_MAX);
	return faults->count > 0 ? RC_INVALID : db_transact(db, ask, &asking);
}

enum rc
held_export(struct db *db, const struct scope *scope, struct rows **rows)
{
	struct value in = S(scope_text(scope));

	return db_stream(db, &Q[HELD_EXPORT], ARGS(in, in), rows);
}

enum rc
stopped_export(struct db *db, const struct scope *scope, struct rows **rows)
{
	struct value in = S(scope_text(scope));

	return db_stream(db, &Q[STOPPED_EXPORT], ARGS(in, in), rows);
}
