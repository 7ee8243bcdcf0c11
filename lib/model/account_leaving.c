/* How far an account has come in leaving its meters. */
#include "model/account_close.h"

#include <string.h>

#include "model/meter_row.h"

enum { LEAVING };

/* The closing document of the stretch, and the figures typed for it that wait. */
#define DOCUMENT                                                                \
	"(SELECT MAX(x.sale_id) FROM sale x WHERE x.account_id = am.account_id" \
	" AND x.meter_id = am.meter_id AND x.kind = 'closing'"                  \
	" AND x.state NOT IN ('rejected', 'cancelled', 'failed') AND x.created_at >= am.began_at)"
#define QUESTION                                                             \
	"(SELECT MAX(y.approval_id) FROM approval y WHERE y.outcome IS NULL" \
	" AND y.kind = 'closing' AND y.meter_id = am.meter_id)"

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[LEAVING] = { .sql =
			  "SELECT am.meter_id, am.began_at, am.ended_at, n.number, COALESCE(n.building, ''),"
			  " COALESCE(NULLIF(n.room, ''), NULLIF(n.name, ''), n.floor, ''), n.credit_mode + 0,"
			  " n.read_at, n.lost_since, n.status_period_s, n.credit_fen, n.energy_wh,"
			  " s.sale_id, s.receipt_number, s.state, s.credit_fen, s.settled_at,"
			  " d.after_wh, d.command_id IS NULL, q.approval_id, q.asked_by, q.amount_fen,"
			  " EXISTS (SELECT 1 FROM command k WHERE k.meter_id = am.meter_id"
			  " AND k.kind = 'keep_on' AND k.created_at >= s.created_at - INTERVAL 1 SECOND"
			  " AND k.state NOT IN ('failed', 'cancelled')),"
			  " (SELECT COUNT(*) FROM delivery o WHERE o.meter_id = am.meter_id"
			  " AND o.state IN ('queued', 'sent') AND (s.sale_id IS NULL OR o.sale_id <> s.sale_id)),"
			  " (SELECT COUNT(*) FROM delivery h WHERE h.meter_id = am.meter_id"
			  " AND h.state = 'held' AND h.resolved_as IS NULL),"
			  " EXISTS (SELECT 1 FROM meter_change c WHERE c.active_old = am.meter_id),"
			  " COALESCE(b.transit_fen, 0), COALESCE(b.credit_fen, 0), COALESCE(b.payable_fen, 0), s.created_at"
			  " FROM account a JOIN account_meter am ON am.account_id = a.account_id"
			  " JOIN v_meter_now n ON n.meter_id = am.meter_id"
			  " LEFT JOIN sale s ON s.sale_id = " DOCUMENT
			  " LEFT JOIN approval q ON q.approval_id = " QUESTION
			  " LEFT JOIN delivery d ON d.sale_id = s.sale_id AND d.state = 'done'"
			  " LEFT JOIN ledger_balance b ON b.account_id = am.account_id"
			  " AND b.meter_id = am.meter_id"
			  " WHERE a.account_id = ? AND (am.ended_at IS NULL OR s.state = 'due'"
			  " OR am.ended_at >= a.closing_at)"
			  " ORDER BY n.building_order, n.floor_order, n.room_order, am.meter_id LIMIT ?" },
};
/* clang-format on */

const char *
leaving_state_name(enum leaving_state state)
{
	static const char *const NAMES[LEAVING_STATES] = { "not", "asked", "clearing", "held",
		"due", "settled" };

	return (size_t)state < LEAVING_STATES ? NAMES[state] : "";
}

static enum leaving_state
state_of(const struct rows *rows)
{
	if (rows_is_null(rows, 12))
		return rows_is_null(rows, 19) ? LEAVING_NOT : LEAVING_ASKED;
	switch (sale_state_find(rows_text(rows, 14))) {
	case SALE_HELD:
		return LEAVING_HELD;
	case SALE_DUE:
		return LEAVING_DUE;
	case SALE_PAID:
	case SALE_DELIVERED:
		return LEAVING_SETTLED;
	default:
		return LEAVING_CLEARING;
	}
}

static unsigned
obstacles_of(const struct rows *rows)
{
	return (rows_int(rows, 23) > 0 || rows_int(rows, 26) != 0 ? OBSTACLE_OPEN : 0u) |
	       (rows_int(rows, 24) > 0 ? OBSTACLE_HELD : 0u) |
	       (rows_int(rows, 25) != 0 ? OBSTACLE_CHANGE : 0u);
}

static void
load(const struct rows *rows, struct arena *arena, struct leaving_meter *meter)
{
	*meter = (struct leaving_meter){ .meter_id = rows_int(rows, 0),
		.began_at = rows_int(rows, 1),
		.ended_at = rows_int(rows, 2),
		.number = arena_strdup(arena, rows_text(rows, 3)),
		.building = arena_strdup(arena, rows_text(rows, 4)),
		.place = arena_strdup(arena, rows_text(rows, 5)),
		.credit_mode = (enum credit_mode)(rows_int(rows, 6) - 1),
		.read_at = rows_int(rows, 7),
		.lost_since = rows_int(rows, 8),
		.old_after_ms = 2 * rows_int(rows, 9) * CLOCK_SECOND + CLOCK_MINUTE,
		.credit_fen = row_int(rows, 10, METER_NO_CREDIT),
		.energy_wh = row_int(rows, 11, -1),
		.obstacles = obstacles_of(rows),
		.state = state_of(rows),
		.sale_id = rows_int(rows, 12),
		.begun_at = rows_int(rows, 29),
		.receipt_number = arena_strdup(arena, rows_text(rows, 13)),
		.taken_fen = rows_int(rows, 15),
		.cleared_at = rows_int(rows, 16),
		.final_wh = row_int(rows, 17, -1),
		.is_manual = !rows_is_null(rows, 12) && rows_int(rows, 18) != 0,
		.approval_id = rows_int(rows, 19),
		.asked_by = rows_int(rows, 20),
		.asked_fen = rows_int(rows, 21),
		.is_kept = rows_int(rows, 22) != 0,
		.balance = { rows_int(rows, 26), rows_int(rows, 27), rows_int(rows, 28) } };
	if (meter->state != LEAVING_DUE && meter->state != LEAVING_SETTLED)
		meter->taken_fen = meter->cleared_at = 0;
	if (meter->credit_mode != CREDIT_METER)
		meter->is_manual = false;
}

enum rc
account_leaving(struct db *db, struct arena *arena, int64_t account_id, struct leaving_meter **list,
    size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LEAVING], ARGS(I(account_id), I(LEAVING_MAX)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, LEAVING_MAX * sizeof(**list));
	while (*count < LEAVING_MAX && (rc = rows_next(rows)) == RC_OK)
		load(rows, arena, &(*list)[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
