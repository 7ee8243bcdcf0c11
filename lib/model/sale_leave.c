#include "model/sale_leave.h"

#include "model/charge.h"
#include "model/delivery_private.h"

enum rc
sale_leave_check(struct db *db, struct sale_leaving *leaving, struct faults *faults)
{
	const struct operator_actor *by = &leaving->asker->by;
	enum rc rc;

	sale_check_reason(faults, "reason", leaving->reason, leaving->is_manual);
	rc = sale_hold_meter(db, leaving->account_id, leaving->meter_id, leaving->is_manual,
	    by->now, faults, &leaving->meter);
	if (rc == RC_OK && faults->count == 0 && leaving->meter.open > 0)
		fault_add(faults, "", "InFlight", "%s", "");
	if (rc == RC_OK && faults->count == 0)
		rc = sale_open_desk(db, by, false, faults, &leaving->desk);
	return rc == RC_OK ? sale_verdict(faults) : rc;
}

static enum rc
order(struct db *db, const struct sale_leaving *leaving, int64_t sale_id)
{
	int64_t command_id;

	return delivery_order(db,
	    &(struct delivery_order){ .sale_id = sale_id,
		.meter_id = leaving->meter_id,
		.leg = 1,
		.kind = DELIVERY_CLEAR,
		.operator_id = leaving->asker->by.operator_id,
		.at = leaving->asker->by.now },
	    &command_id);
}

/* The server itself counts: what is left after the use up to the newest answer. */
static enum rc
charge_server(struct db *db, struct sale_effect *effect)
{
	struct epoch_figures figures;
	struct ledger_balance balance;
	enum rc rc = epoch_figures(db, effect->meter_id, &figures);

	if (rc != RC_OK)
		return rc;
	rc = charge_last_day(db, effect->epoch_id,
	    &(struct charge_end){ .at = figures.at, .energy_wh = figures.energy_wh }, effect->at);
	if (rc == RC_OK)
		rc = ledger_balance_lock(db, effect->sale->account_id, effect->meter_id, &balance);
	effect->energy_wh = figures.energy_wh;
	effect->amount_fen = rc == RC_OK ? balance.credit_fen : 0;
	effect->is_charged = true;
	return rc;
}

enum rc
sale_leave(struct db *db, const struct sale_leaving *leaving, int64_t sale_id)
{
	const struct operator_actor *by = &leaving->asker->by;
	struct sale_stored sale;
	struct sale_effect effect = { .sale = &sale,
		.leg = 1,
		.kind = DELIVERY_CLEAR,
		.meter_id = leaving->meter_id,
		.epoch_id = leaving->meter.epoch.epoch_id,
		.amount_fen = leaving->manual_fen,
		.count = leaving->meter.epoch.last_count,
		.energy_wh = leaving->manual_wh,
		.at = by->now,
		.operator_id = by->operator_id };

	if (!leaving->is_manual && leaving->meter.mode == CREDIT_METER)
		return order(db, leaving, sale_id);
	enum rc rc = sale_lock(db, sale_id, &sale);
	if (rc == RC_OK && leaving->meter.mode != CREDIT_METER)
		rc = charge_server(db, &effect);
	return rc == RC_OK ? sale_take_effect(db, &effect) : rc;
}
