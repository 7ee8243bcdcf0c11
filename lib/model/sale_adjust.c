#include "model/sale_back.h"

#include <stdlib.h>

#include "model/approval.h"

struct deed {
	const struct adjustment_wish *wish;
	const struct sale_request *request;
	struct sale_meter meter;
	struct sale_desk desk;
};

/* What is taken out must be in it. */
static enum rc
check_meter(
    struct db *db, const struct sale_meter *meter, int64_t amount_fen, struct faults *faults)
{
	int64_t most;
	enum rc rc = sale_back_most(db, meter, &most);

	if (rc != RC_OK)
		return rc;
	if (meter->open > 0)
		fault_add(faults, "", "InFlight", "%s", "");
	else if (amount_fen < 0 && -amount_fen > most)
		sale_back_fault(faults, "amount", "RefundMax", most);
	return RC_OK;
}

static enum rc
check(struct db *db, struct deed *deed)
{
	const struct adjustment_wish *wish = deed->wish;
	const struct operator_actor *by = &wish->asker.by;
	struct faults *faults = deed->request->faults;
	enum rc rc;

	sale_check_reason(faults, "reason", wish->reason, true);
	if (wish->amount_fen == 0)
		fault_add(faults, "amount", "Required", "%s", "");
	else if (llabs(wish->amount_fen) > SALE_MAX_FEN)
		sale_back_fault(faults, "amount", "SaleMax", SALE_MAX_FEN);
	if (faults->count > 0)
		return RC_OK;
	rc = sale_hold_meter(
	    db, wish->account_id, wish->meter_id, false, by->now, faults, &deed->meter);
	if (rc == RC_OK && faults->count == 0)
		rc = sale_open_desk(db, by, false, faults, &deed->desk);
	return rc == RC_OK && faults->count == 0
		   ? check_meter(db, &deed->meter, wish->amount_fen, faults)
		   : rc;
}

static enum rc
insert(struct db *db, const struct deed *deed, int64_t *sale_id)
{
	const struct adjustment_wish *wish = deed->wish;

	return sale_insert(db,
	    &(struct sale_document){ .kind = SALE_ADJUSTMENT,
		.state = SALE_ASKED,
		.key = deed->request->key,
		.digest = deed->request->digest,
		.by = &wish->asker.by,
		.day = deed->desk.day,
		.account_id = wish->account_id,
		.meter_id = wish->meter_id,
		.channel = CHANNEL_NONE,
		.amount_fen = 0,
		.credit_fen = wish->amount_fen,
		.balance_fen = deed->meter.shown_fen,
		.reason = wish->reason },
	    sale_id);
}

static enum rc
adjust(struct db *db, void *context, int64_t *sale_id)
{
	struct deed *deed = context;
	const struct adjustment_wish *wish = deed->wish;
	int64_t approval_id;
	enum rc rc = check(db, deed);

	if (rc == RC_OK)
		rc = sale_verdict(deed->request->faults);
	if (rc == RC_OK)
		rc = insert(db, deed, sale_id);
	return rc == RC_OK ? approval_ask(db,
				 &(struct approval_ask){ .kind = APPROVAL_ADJUSTMENT,
				     .sale_id = *sale_id,
				     .meter_id = wish->meter_id,
				     .amount_fen = wish->amount_fen,
				     .payload = "",
				     .reason = wish->reason,
				     .by = wish->asker.by },
				 &approval_id)
			   : rc;
}

enum rc
sale_adjust(struct db *db, const struct adjustment_wish *wish, struct faults *faults,
    int64_t *sale_id, bool *is_old)
{
	struct deed deed = { .wish = wish };
	struct sale_request request = {
		.key = wish->asker.request_key, .faults = faults, .work = adjust, .context = &deed
	};
	struct sale_digest digest = { .length = 0 };

	deed.request = &request;
	digest_text(&digest, "adjustment");
	digest_int(&digest, wish->account_id);
	digest_int(&digest, wish->meter_id);
	digest_int(&digest, wish->amount_fen);
	digest_text(&digest, wish->reason);
	sale_request_digest(&request, &digest);
	return sale_run(db, &request, sale_id, is_old);
}

/* ---- the second person said yes ---- */

enum rc
sale_adjustment_approved(
    struct db *db, int64_t sale_id, const struct operator_actor *by, struct faults *faults)
{
	struct sale_stored sale;
	struct sale_meter meter;
	enum rc rc = sale_load(db, sale_id, &sale);

	if (rc == RC_OK)
		rc = sale_hold_meter(
		    db, sale.account_id, sale.meter_id, false, by->now, faults, &meter);
	if (rc == RC_OK && faults->count == 0)
		rc = check_meter(db, &meter, sale.credit_fen, faults);
	if (rc == RC_OK)
		rc = sale_back_verdict(faults);
	if (rc == RC_OK)
		rc = sale_back_approve(db, sale_id, SALE_BOOKED, 0, by);
	return rc == RC_OK ? sale_back_order(db, sale_id, &meter,
				 sale.credit_fen > 0 ? DELIVERY_CREDIT : DELIVERY_DEDUCT,
				 llabs(sale.credit_fen), by)
			   : rc;
}
