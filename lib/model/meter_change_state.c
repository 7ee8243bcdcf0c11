#include "model/meter_change_private.h"

#include <string.h>

#include "base/text.h"
#include "model/meter_row.h"

enum { LOCK, MOVE };
static const struct query Q[] QUERIES = {
	[LOCK] = { .sql = "SELECT meter_change_id, account_id, old_meter_id, new_meter_id, sale_id,"
			  " began_by, request_key, kind + 0, state + 0, is_manual, new_number,"
			  " old_fen, old_wh FROM meter_change WHERE meter_change_id = ? FOR UPDATE",
	    .bounded = "primary key" },
	[MOVE] = { .sql = "UPDATE meter_change SET state = ?, ended_at = ?"
			  " WHERE meter_change_id = ? AND state = ?" },
};

static const char *const KINDS[CHANGE_KINDS] = { "replacement", "move" };
static const char *const STATES[CHANGE_STATES] = { "asked", "clearing", "cleared", "crediting",
	"done", "held", "cancelled" };

const char *
change_kind_name(enum change_kind kind)
{
	return (size_t)kind < CHANGE_KINDS ? KINDS[kind] : "";
}

const char *
change_state_name(enum change_state state)
{
	return (size_t)state < CHANGE_STATES ? STATES[state] : "";
}

enum rc
change_lock(struct db *db, int64_t change_id, struct change_stored *change)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LOCK], ARGS(I(change_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		*change = (struct change_stored){ .change_id = rows_int(rows, 0),
			.account_id = rows_int(rows, 1),
			.old_meter_id = rows_int(rows, 2),
			.new_meter_id = rows_int(rows, 3),
			.sale_id = rows_int(rows, 4),
			.began_by = rows_int(rows, 5),
			.kind = (enum change_kind)(rows_int(rows, 7) - 1),
			.state = (enum change_state)(rows_int(rows, 8) - 1),
			.is_manual = rows_int(rows, 9) != 0,
			.old_fen = row_int(rows, 11, METER_NO_CREDIT),
			.old_wh = row_int(rows, 12, -1) };
		memcpy(change->request_key, rows_text(rows, 6), SALE_KEY);
		(void)text_copy(
		    change->new_number, sizeof(change->new_number), rows_text(rows, 10));
	}
	rows_end(rows);
	return rc;
}

enum rc
change_move(struct db *db, struct change_stored *change, enum change_state to, int64_t now)
{
	bool is_over = to == CHANGE_DONE || to == CHANGE_CANCELLED;
	enum rc rc = db_exec(db, &Q[MOVE],
	    ARGS(S(STATES[to]), is_over ? T(now) : NIL, I(change->change_id),
		S(STATES[change->state])));

	if (rc != RC_OK)
		return rc;
	if (db_affected(db) == 0)
		return RC_CONFLICT;
	change->state = to;
	return RC_OK;
}
