/* Documents that exist, moved on: also by the collector, which writes none. */
#include "base/arena.h"
#include "base/text.h"
#include "model/sale_private.h"
#include "model/sale_view.h"

#define STORED                                                                          \
	"SELECT sale_id, account_id, meter_id, COALESCE(to_meter_id, 0), operator_id,"  \
	" COALESCE(shift_id, 0), kind, state, channel, amount_fen, credit_fen,"         \
	" COALESCE(reverses_sale_id, 0), created_at, biz_day, receipt_number FROM sale" \
	" WHERE sale_id = ?"

enum { LOAD, LOCK, MOVE, AMOUNTS, FEES };
static const struct query Q[] QUERIES = {
	[LOAD] = { .sql = STORED, .bounded = "primary key" },
	[LOCK] = { .sql = STORED " FOR UPDATE", .bounded = "primary key" },
	[MOVE] = { .sql = "UPDATE sale SET state = ?, settled_at = COALESCE(?, settled_at)"
			  " WHERE sale_id = ? AND state = ?" },
	[AMOUNTS] = { .sql = "UPDATE sale SET amount_fen = ?, credit_fen = ? WHERE sale_id = ?" },
	[FEES] = { .sql = "SELECT name, amount_fen FROM sale_line WHERE sale_id = ?"
			  " AND kind = 'fee' ORDER BY line LIMIT 8" },
};

static enum rc
read_stored(struct db *db, const struct query *query, int64_t sale_id, struct sale_stored *sale)
{
	struct rows *rows;
	enum rc rc = db_query(db, query, ARGS(I(sale_id)), &rows);

	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc == RC_OK) {
		*sale = (struct sale_stored){ .sale_id = rows_int(rows, 0),
			.account_id = rows_int(rows, 1),
			.meter_id = rows_int(rows, 2),
			.to_meter_id = rows_int(rows, 3),
			.operator_id = rows_int(rows, 4),
			.shift_id = rows_int(rows, 5),
			.kind = sale_kind_find(rows_text(rows, 6)),
			.state = sale_state_find(rows_text(rows, 7)),
			.channel = channel_find(rows_text(rows, 8)),
			.amount_fen = rows_int(rows, 9),
			.credit_fen = rows_int(rows, 10),
			.reverses_sale_id = rows_int(rows, 11),
			.created_at = rows_int(rows, 12),
			.day = rows_day(rows, 13) };
		(void)text_copy(
		    sale->receipt_number, sizeof(sale->receipt_number), rows_text(rows, 14));
	}
	rows_end(rows);
	return rc;
}

enum rc
sale_load(struct db *db, int64_t sale_id, struct sale_stored *sale)
{
	return read_stored(db, &Q[LOAD], sale_id, sale);
}

enum rc
sale_lock(struct db *db, int64_t sale_id, struct sale_stored *sale)
{
	return read_stored(db, &Q[LOCK], sale_id, sale);
}

enum rc
sale_move(
    struct db *db, int64_t sale_id, enum sale_state from, enum sale_state to, int64_t settled_at)
{
	enum rc rc = db_exec(db, &Q[MOVE],
	    ARGS(S(sale_state_name(to)), settled_at != 0 ? T(settled_at) : NIL, I(sale_id),
		S(sale_state_name(from))));

	return rc == RC_OK && db_affected(db) == 0 ? RC_CONFLICT : rc;
}

enum rc
sale_set_amounts(struct db *db, int64_t sale_id, int64_t amount_fen, int64_t credit_fen)
{
	return db_exec(db, &Q[AMOUNTS], ARGS(I(amount_fen), I(credit_fen), I(sale_id)));
}

enum rc
sale_fee_lines(struct db *db, struct arena *arena, int64_t sale_id, struct sale_quote_line *lines,
    size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FEES], ARGS(I(sale_id)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK)
		lines[(*count)++] = (struct sale_quote_line){ .is_fee = true,
			.name = arena_strdup(arena, rows_text(rows, 0)),
			.amount_fen = rows_int(rows, 1) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
