#include "model/shift.h"

#include "model/shift_private.h"

enum { FIND_OPEN, FIND, OPEN, HOLD, CASH };
static const struct query Q[] QUERIES = {
	[FIND_OPEN] = { .sql = SHIFT_SELECT "WHERE s.active_operator = ?" SHIFT_GROUP,
	    .bounded = "unique key" },
	[FIND] = { .sql = SHIFT_SELECT "WHERE s.shift_id = ?" SHIFT_GROUP,
	    .bounded = "primary key" },
	[OPEN] = { .sql = "SELECT shift_id FROM shift WHERE active_operator = ?",
	    .bounded = "unique key" },
	/* By its number, as who closes it does: by the other key they would deadlock. Not in share
	 * mode: what two pages of one person do to a drawer follows each other. */
	[HOLD] = { .sql = "SELECT shift_id FROM shift WHERE shift_id = ? AND closed_at IS NULL"
			  " FOR UPDATE",
	    .bounded = "primary key" },
	[CASH] = { .sql = "SELECT CAST(s.float_fen + COALESCE((SELECT SUM(p.amount_fen)"
			  " FROM posting p WHERE p.shift_id = s.shift_id AND p.ledger = 'cash'"
			  " AND p.channel = 'cash'), 0) AS SIGNED) FROM shift s"
			  " WHERE s.shift_id = ? AND s.closed_at IS NULL",
	    .bounded = "primary key" },
};

static const int64_t denominations[] = { 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2,
	1 };
_Static_assert(COUNT(denominations) <= SHIFT_DENOMINATIONS_MAX, "they fit into a closing");

const int64_t *
shift_denominations(size_t *count)
{
	*count = COUNT(denominations);
	return denominations;
}

void
shift_load(const struct rows *rows, struct arena *arena, struct shift *shift)
{
	*shift = (struct shift){
		.shift_id = rows_int(rows, 0),
		.operator_id = rows_int(rows, 1),
		.operator_name = arena_strdup(arena, rows_text(rows, 2)),
		.opened_at = rows_int(rows, 3),
		.closed_at = rows_int(rows, 4),
		.day = rows_day(rows, 5),
		.float_fen = rows_int(rows, 6),
		.expected_fen = rows_int(rows, 7),
		.counted_fen = rows_int(rows, 8),
		.note = arena_strdup(arena, rows_text(rows, 9)),
		.closed_by = arena_strdup(arena, rows_text(rows, 10)),
		.sales = rows_int(rows, 11),
		.channel_fen = { [CHANNEL_CASH] = rows_int(rows, 12),
		    [CHANNEL_TRANSFER] = rows_int(rows, 13),
		    [CHANNEL_POS] = rows_int(rows, 14),
		    [CHANNEL_QR] = rows_int(rows, 15) },
		.purchases_fen = rows_int(rows, 16),
		.payouts_fen = rows_int(rows, 17),
	};
}

static enum rc
find(struct db *db, struct arena *arena, const struct query *query, int64_t id, struct shift *shift)
{
	struct rows *rows;
	enum rc rc = db_query(db, query, ARGS(I(id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		shift_load(rows, arena, shift);
	rows_end(rows);
	return rc;
}

enum rc
shift_find_open(struct db *db, struct arena *arena, int64_t operator_id, struct shift *shift)
{
	return find(db, arena, &Q[FIND_OPEN], operator_id, shift);
}

enum rc
shift_find(struct db *db, struct arena *arena, int64_t shift_id, struct shift *shift)
{
	return find(db, arena, &Q[FIND], shift_id, shift);
}

enum rc
shift_hold(struct db *db, int64_t operator_id, int64_t *shift_id)
{
	int64_t open;
	enum rc rc = db_int(db, &Q[OPEN], ARGS(I(operator_id)), &open);

	return rc == RC_OK ? db_int(db, &Q[HOLD], ARGS(I(open)), shift_id) : rc;
}

enum rc
shift_cash(struct db *db, int64_t shift_id, int64_t *cash_fen)
{
	return db_int(db, &Q[CASH], ARGS(I(shift_id)), cash_fen);
}
