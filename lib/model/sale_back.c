#include "model/sale_back.h"

#include <string.h>

#include "base/money.h"
#include "model/limit.h"

enum { USED, APPROVE };
static const struct query Q[] QUERIES = {
	/* A refund of everything has no amount before the meter answered: what it showed then. */
	[USED] = { .sql = "SELECT CAST(COALESCE(SUM(IF(amount_fen = 0,"
			  " GREATEST(COALESCE(balance_fen, 0), 0), amount_fen)), 0) AS SIGNED)"
			  " FROM sale WHERE operator_id = ? AND biz_day = ?"
			  " AND kind IN ('refund', 'reversal')"
			  " AND state NOT IN ('rejected', 'cancelled', 'failed')",
	    .bounded = "one row" },
	[APPROVE] = { .sql = "UPDATE sale SET approved_by = ?, approved_at = ?"
			     " WHERE sale_id = ?" },
};

void
sale_back_fault(struct faults *faults, const char *field, const char *key, int64_t amount_fen)
{
	char text[MONEY_TEXT_MAX];

	money_format(amount_fen, text, sizeof(text));
	fault_add(faults, field, key, "%s", text);
}

enum rc
sale_back_most(struct db *db, const struct sale_meter *meter, int64_t *most_fen)
{
	struct ledger_balance balance;
	enum rc rc = RC_OK;

	if (meter->mode == CREDIT_METER) {
		*most_fen = meter->shown_fen != METER_NO_CREDIT ? meter->shown_fen : 0;
		return RC_OK;
	}
	rc = ledger_balance(db, meter->account_id, meter->meter_id, &balance);
	*most_fen = balance.credit_fen;
	return rc;
}

enum rc
sale_back_check_day(struct db *db, const struct sale_limits *limits, int64_t operator_id,
    struct day day, int64_t amount_fen, const char *field, struct faults *faults)
{
	int64_t used = 0;

	if (limits->refund_day_max_fen == LIMIT_NONE)
		return RC_OK;
	enum rc rc = db_int(db, &Q[USED], ARGS(I(operator_id), D(day)), &used);
	if (rc == RC_OK && used + amount_fen > limits->refund_day_max_fen)
		sale_back_fault(faults, field, "RefundDayMax", limits->refund_day_max_fen);
	return rc;
}

enum rc
sale_back_order(struct db *db, int64_t sale_id, const struct sale_meter *meter,
    enum delivery_kind kind, int64_t amount_fen, const struct operator_actor *by)
{
	struct sale_stored sale;
	int64_t command_id;
	enum rc rc;

	if (meter->mode == CREDIT_METER)
		return delivery_order(db,
		    &(struct delivery_order){ .sale_id = sale_id,
			.meter_id = meter->meter_id,
			.leg = 1,
			.kind = kind,
			.amount_fen = kind == DELIVERY_CLEAR ? 0 : amount_fen,
			.operator_id = by->operator_id,
			.at = by->now },
		    &command_id);
	rc = sale_lock(db, sale_id, &sale);
	return rc == RC_OK ? sale_settle_server(db, &sale, meter->meter_id, amount_fen, by) : rc;
}

enum rc
sale_back_approve(struct db *db, int64_t sale_id, enum sale_state state, int64_t settled_at,
    const struct operator_actor *by)
{
	enum rc rc = sale_move(db, sale_id, SALE_ASKED, state, settled_at);

	return rc == RC_OK
		   ? db_exec(db, &Q[APPROVE], ARGS(I(by->operator_id), T(by->now), I(sale_id)))
		   : rc;
}

enum rc
sale_back_verdict(const struct faults *faults)
{
	static const char *const passing[] = { "InFlight", "MeterStopped", "StateNow", "NeverRead",
		"DayClosed", "ClockBehind", "TooFast", "HeldFirst" };

	if (faults->count == 0)
		return RC_OK;
	for (size_t i = 0; i < COUNT(passing); i++)
		if (strcmp(faults->list[0].key, passing[i]) == 0)
			return RC_INVALID;
	return RC_CONFLICT;
}
