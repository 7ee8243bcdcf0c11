#include "model/sale_view.h"

#include <string.h>

#include "base/text.h"
#include "model/meter.h"

enum { FIND, LINES, DELIVERIES, BY_NUMBER, BY_CODE, BY_KEY };

/* Twice the scope. */
#define SEEN "(? = '' OR FIND_IN_SET(n.scope_id, ?))"

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[FIND] = { .sql =
		       "SELECT s.sale_id, s.kind, s.state, s.receipt_number, LOWER(HEX(s.verify_code)),"
		       " s.biz_day, s.created_at, s.settled_at, s.paid_at, s.approved_at, s.operator_id,"
		       " s.approved_by, s.paid_by, o.display_name, ao.display_name, po.display_name,"
		       " s.shift_id, s.paid_shift_id, a.account_id, a.number, a.name, a.phone,"
		       " a.closed_at IS NOT NULL, s.meter_id, s.to_meter_id, n.number,"
		       " COALESCE(NULLIF(n.room, ''), NULLIF(n.name, ''), n.floor), n.building, tm.number,"
		       " COALESCE(tp.name, tm.name), COALESCE(n.account_id, 0) = s.account_id,"
		       " n.credit_mode, s.channel, s.amount_fen, s.credit_fen, s.tendered_fen,"
		       " s.balance_fen, s.reason, s.note, s.reverses_sale_id, r.receipt_number,"
		       " b.sale_id, b.receipt_number, p.approval_id, p.asked_by,"
		       " (SELECT COUNT(*) FROM receipt_print i WHERE i.sale_id = s.sale_id),"
		       " NOT EXISTS (SELECT 1 FROM sale l WHERE l.meter_id = s.meter_id"
		       " AND l.sale_id > s.sale_id AND l.kind = 'purchase' AND l.state <> 'cancelled')"
		       " FROM sale s JOIN v_meter_now n ON n.meter_id = s.meter_id"
		       " JOIN account a ON a.account_id = s.account_id"
		       " JOIN operator o ON o.operator_id = s.operator_id"
		       " LEFT JOIN operator ao ON ao.operator_id = s.approved_by"
		       " LEFT JOIN operator po ON po.operator_id = s.paid_by"
		       " LEFT JOIN meter tm ON tm.meter_id = s.to_meter_id"
		       " LEFT JOIN place tp ON tp.place_id = tm.place_id"
		       " LEFT JOIN sale r ON r.sale_id = s.reverses_sale_id"
		       " LEFT JOIN sale b ON b.active_reverses = s.sale_id"
		       " LEFT JOIN approval p ON p.sale_id = s.sale_id AND p.outcome IS NULL"
		       " WHERE s.sale_id = ? AND " SEEN " LIMIT 1" },
	[LINES] = { .sql = "SELECT kind = 'fee', name, amount_fen FROM sale_line"
			   " WHERE sale_id = ? ORDER BY line LIMIT 9" },
	[DELIVERIES] = { .sql =
			     "SELECT d.command_id, d.leg, d.meter_id, m.number, d.kind, d.state,"
			     " c.state = 'taken', d.amount_fen, d.want_count, d.before_fen, d.after_fen,"
			     " d.after_count, c.created_at, d.sent_at, c.tried_at, c.retry_at,"
			     " COALESCE(d.ended_at, c.ended_at), d.sends, c.attempts, d.outcome, c.result,"
			     " d.found_count, d.found_fen, d.resolved_as, (SELECT COUNT(*) FROM delivery x"
			     " WHERE x.meter_id = d.meter_id AND x.state IN ('queued', 'sent', 'held')"
			     " AND x.command_id < d.command_id), l.lost_since, s.read_at, s.relay_closed,"
			     " m.phases FROM delivery d JOIN command c ON c.command_id = d.command_id"
			     " JOIN meter m ON m.meter_id = d.meter_id"
			     " LEFT JOIN meter_link l ON l.meter_id = d.meter_id"
			     " LEFT JOIN meter_state s ON s.meter_id = d.meter_id"
			     " WHERE d.sale_id = ? ORDER BY d.command_id LIMIT 16" },
	[BY_NUMBER] = { .sql = "SELECT s.sale_id FROM sale s"
			       " JOIN v_meter_scope n ON n.meter_id = s.meter_id"
			       " WHERE s.receipt_number = UPPER(?) AND " SEEN,
	    .bounded = "unique key" },
	[BY_CODE] = { .sql = "SELECT s.sale_id FROM sale s"
			     " JOIN v_meter_scope n ON n.meter_id = s.meter_id"
			     " WHERE s.verify_code = ? AND " SEEN " LIMIT 1" },
	[BY_KEY] = { .sql = "SELECT sale_id FROM sale WHERE request_key = ?",
	    .bounded = "unique key" },
};
/* clang-format on */

/* ---- the document ---- */

static int64_t
number_or(const struct rows *rows, size_t column, int64_t unknown)
{
	return rows_is_null(rows, column) ? unknown : rows_int(rows, column);
}

static void
take_people(const struct rows *rows, struct arena *arena, struct sale_view *sale)
{
	sale->operator_id = rows_int(rows, 10);
	sale->approved_by = rows_int(rows, 11);
	sale->paid_by = rows_int(rows, 12);
	sale->operator_name = arena_strdup(arena, rows_text(rows, 13));
	sale->approved_name = arena_strdup(arena, rows_text(rows, 14));
	sale->paid_name = arena_strdup(arena, rows_text(rows, 15));
	sale->shift_id = rows_int(rows, 16);
	sale->paid_shift_id = rows_int(rows, 17);
	sale->account_id = rows_int(rows, 18);
	sale->account_number = arena_strdup(arena, rows_text(rows, 19));
	sale->tenant = arena_strdup(arena, rows_text(rows, 20));
	sale->phone = arena_strdup(arena, rows_text(rows, 21));
	sale->is_account_closed = rows_int(rows, 22) != 0;
}

static void
take_meter(const struct rows *rows, struct arena *arena, struct sale_view *sale)
{
	sale->meter_id = rows_int(rows, 23);
	sale->to_meter_id = rows_int(rows, 24);
	sale->number = arena_strdup(arena, rows_text(rows, 25));
	sale->place = arena_strdup(arena, rows_text(rows, 26));
	sale->building = arena_strdup(arena, rows_text(rows, 27));
	sale->to_number = arena_strdup(arena, rows_text(rows, 28));
	sale->to_place = arena_strdup(arena, rows_text(rows, 29));
	sale->is_meter_of_account = rows_int(rows, 30) != 0;
	sale->credit_mode = credit_mode_find(rows_text(rows, 31));
}

static void
take_sale(const struct rows *rows, struct arena *arena, struct sale_view *sale)
{
	*sale = (struct sale_view){ .sale_id = rows_int(rows, 0),
		.kind = sale_kind_find(rows_text(rows, 1)),
		.state = sale_state_find(rows_text(rows, 2)),
		.receipt_number = arena_strdup(arena, rows_text(rows, 3)),
		.biz_day = rows_day(rows, 5),
		.created_at = rows_int(rows, 6),
		.settled_at = rows_int(rows, 7),
		.paid_at = rows_int(rows, 8),
		.approved_at = rows_int(rows, 9),
		.channel = channel_find(rows_text(rows, 32)),
		.amount_fen = rows_int(rows, 33),
		.credit_fen = rows_int(rows, 34),
		.tendered_fen = rows_int(rows, 35),
		.balance_fen = number_or(rows, 36, METER_NO_CREDIT),
		.reason = arena_strdup(arena, rows_text(rows, 37)),
		.note = arena_strdup(arena, rows_text(rows, 38)),
		.reverses_sale_id = rows_int(rows, 39),
		.reverses_number = arena_strdup(arena, rows_text(rows, 40)),
		.reversed_by_sale_id = rows_int(rows, 41),
		.reversed_number = arena_strdup(arena, rows_text(rows, 42)),
		.approval_id = rows_int(rows, 43),
		.approval_asked_by = rows_int(rows, 44),
		.prints = rows_int(rows, 45) };
	sale->is_last = sale->kind == SALE_PURCHASE && rows_int(rows, 46) != 0;
	(void)text_copy(sale->verify_code, sizeof(sale->verify_code), rows_text(rows, 4));
	take_people(rows, arena, sale);
	take_meter(rows, arena, sale);
}

static enum rc
load_lines(struct db *db, struct arena *arena, struct sale_view *sale)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LINES], ARGS(I(sale->sale_id)), &rows);

	if (rc != RC_OK)
		return rc;
	while (sale->line_count < COUNT(sale->lines) && (rc = rows_next(rows)) == RC_OK)
		sale->lines[sale->line_count++] =
		    (struct sale_line){ .is_fee = rows_int(rows, 0) != 0,
			    .name = arena_strdup(arena, rows_text(rows, 1)),
			    .amount_fen = rows_int(rows, 2) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- its orders ---- */

/* What the newest answer says, if it came after the end of the order. */
static enum relay_state
relay_after(const struct rows *rows, int64_t ended_at)
{
	const struct meter_control control = { .relay_closed = (int)number_or(rows, 27, -1),
		.fee_state = -1,
		.load_state = -1,
		.time_state = -1,
		.force_state = -1 };
	struct relay_view view;

	if (ended_at == 0 || rows_int(rows, 26) <= ended_at)
		return RELAY_UNKNOWN;
	relay_explain(&control, (int)rows_int(rows, 28), METER_NO_CREDIT, -1, -1, &view);
	return view.state;
}

static void
take_delivery(const struct rows *rows, struct arena *arena, struct sale_delivery *delivery)
{
	int64_t want = number_or(rows, 8, -1);

	*delivery = (struct sale_delivery){ .command_id = rows_int(rows, 0),
		.leg = (int)rows_int(rows, 1),
		.meter_id = rows_int(rows, 2),
		.number = arena_strdup(arena, rows_text(rows, 3)),
		.kind = delivery_kind_find(rows_text(rows, 4)),
		.state = delivery_state_find(rows_text(rows, 5)),
		.is_taken = rows_int(rows, 6) != 0,
		.amount_fen = rows_int(rows, 7),
		.from_count = want > 0	  ? want - 1
			      : want == 0 ? UINT16_MAX
					  : -1,
		.want_count = want,
		.before_fen = number_or(rows, 9, METER_NO_CREDIT),
		.after_fen = number_or(rows, 10, METER_NO_CREDIT),
		.after_count = number_or(rows, 11, -1),
		.created_at = rows_int(rows, 12),
		.sent_at = rows_int(rows, 13),
		.tried_at = rows_int(rows, 14),
		.retry_at = rows_int(rows, 15),
		.ended_at = rows_int(rows, 16),
		.sends = rows_int(rows, 17),
		.attempts = rows_int(rows, 18),
		.outcome = arena_strdup(arena, rows_text(rows, 19)),
		.result = arena_strdup(arena, rows_text(rows, 20)),
		.found_count = number_or(rows, 21, -1),
		.found_fen = number_or(rows, 22, METER_NO_CREDIT),
		.resolved_as = arena_strdup(arena, rows_text(rows, 23)),
		.ahead = rows_int(rows, 24),
		.lost_since = rows_int(rows, 25),
		.read_at = rows_int(rows, 26) };
	delivery->relay = relay_after(rows, delivery->ended_at);
}

static enum rc
load_deliveries(struct db *db, struct arena *arena, struct sale_view *sale)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[DELIVERIES], ARGS(I(sale->sale_id)), &rows);

	if (rc != RC_OK)
		return rc;
	while (sale->delivery_count < SALE_DELIVERIES_MAX && (rc = rows_next(rows)) == RC_OK)
		take_delivery(rows, arena, &sale->deliveries[sale->delivery_count++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- finding ---- */

enum rc
sale_find(struct db *db, struct arena *arena, const struct scope *scope, int64_t sale_id,
    struct sale_view *sale)
{
	struct value in = S(scope_text(scope));
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FIND], ARGS(I(sale_id), in, in), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		take_sale(rows, arena, sale);
	rows_end(rows);
	if (rc == RC_OK)
		rc = load_lines(db, arena, sale);
	return rc == RC_OK ? load_deliveries(db, arena, sale) : rc;
}

enum rc
sale_find_receipt(struct db *db, const struct scope *scope, const char *text, int64_t *sale_id)
{
	unsigned char code[SALE_VERIFY];
	struct value in = S(scope_text(scope));

	if (text_unhex(text, code, sizeof(code)) == RC_OK)
		return db_int(db, &Q[BY_CODE], ARGS(B(code, sizeof(code)), in, in), sale_id);
	/* Every number begins with a letter and is short. */
	if (strlen(text) > RECEIPT_NUMBER_MAX || !text_is_utf8(text, strlen(text)))
		return RC_NOT_FOUND;
	return db_int(db, &Q[BY_NUMBER], ARGS(S(text), in, in), sale_id);
}

enum rc
sale_find_request(struct db *db, const unsigned char request_key[SALE_KEY], int64_t *sale_id)
{
	return db_int(db, &Q[BY_KEY], ARGS(B(request_key, SALE_KEY)), sale_id);
}
