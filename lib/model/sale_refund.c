#include "model/sale_back.h"

#include "model/approval.h"

struct deed {
	const struct refund_wish *wish;
	const struct sale_request *request;
	struct sale_meter meter;
	struct sale_desk desk;
	int64_t most_fen, amount_fen; /* amount_fen: of everything what it showed last */
	bool needs_second;
};

/* ---- what speaks against it ---- */

/* The meter, and how much is in it. */
static enum rc
check_meter(struct db *db, const struct sale_meter *meter, int64_t wanted_fen,
    struct faults *faults, int64_t *most_fen)
{
	enum rc rc = sale_back_most(db, meter, most_fen);

	if (rc != RC_OK)
		return rc;
	if (meter->open > 0)
		fault_add(faults, "", "InFlight", "%s", "");
	else if (*most_fen <= 0 || wanted_fen > *most_fen)
		sale_back_fault(faults, "amount", "RefundMax", *most_fen);
	return RC_OK;
}

static enum rc
check(struct db *db, struct deed *deed)
{
	const struct refund_wish *wish = deed->wish;
	const struct operator_actor *by = &wish->asker.by;
	struct faults *faults = deed->request->faults;
	enum rc rc;

	sale_check_reason(faults, "reason", wish->reason, true);
	sale_check_reason(faults, "note", wish->note, false);
	if (wish->channel >= CHANNEL_NONE)
		fault_add(faults, "channel", "Required", "%s", "");
	if (wish->amount_fen < 0 || wish->amount_fen > SALE_MAX_FEN)
		sale_back_fault(faults, "amount", "RefundMax", SALE_MAX_FEN);
	rc = sale_hold_meter(
	    db, wish->account_id, wish->meter_id, false, by->now, faults, &deed->meter);
	if (rc == RC_OK && faults->count == 0)
		rc = sale_open_desk(db, by, true, faults, &deed->desk);
	if (rc == RC_OK && faults->count == 0)
		rc = check_meter(db, &deed->meter, wish->amount_fen, faults, &deed->most_fen);
	if (rc != RC_OK || faults->count > 0)
		return rc;
	deed->amount_fen = wish->amount_fen != 0 ? wish->amount_fen : deed->most_fen;
	deed->needs_second = deed->amount_fen > deed->desk.limits.second_max_fen;
	return sale_back_check_day(db, &deed->desk.limits, by->operator_id, deed->desk.day,
	    deed->amount_fen, "amount", faults);
}

/* ---- doing it ---- */

static enum rc
insert(struct db *db, const struct deed *deed, int64_t *sale_id)
{
	const struct refund_wish *wish = deed->wish;

	return sale_insert(db,
	    &(struct sale_document){ .kind = SALE_REFUND,
		.state = deed->needs_second ? SALE_ASKED : SALE_BOOKED,
		.key = deed->request->key,
		.digest = deed->request->digest,
		.by = &wish->asker.by,
		.day = deed->desk.day,
		.shift_id = deed->desk.shift_id,
		.account_id = wish->account_id,
		.meter_id = wish->meter_id,
		.channel = wish->channel,
		.amount_fen = wish->amount_fen,
		.credit_fen = wish->amount_fen,
		.balance_fen = deed->most_fen,
		.reason = wish->reason,
		.note = wish->note },
	    sale_id);
}

static enum rc
ask(struct db *db, const struct deed *deed, int64_t sale_id)
{
	int64_t approval_id;

	return approval_ask(db,
	    &(struct approval_ask){ .kind = APPROVAL_REFUND,
		.sale_id = sale_id,
		.meter_id = deed->wish->meter_id,
		.amount_fen = deed->amount_fen,
		.payload = "",
		.reason = deed->wish->reason,
		.by = deed->wish->asker.by },
	    &approval_id);
}

static enum delivery_kind
kind_of(int64_t wanted_fen)
{
	return wanted_fen == 0 ? DELIVERY_CLEAR : DELIVERY_DEDUCT;
}

static enum rc
refund(struct db *db, void *context, int64_t *sale_id)
{
	struct deed *deed = context;
	const struct refund_wish *wish = deed->wish;
	enum rc rc = check(db, deed);

	if (rc == RC_OK)
		rc = sale_verdict(deed->request->faults);
	if (rc == RC_OK)
		rc = insert(db, deed, sale_id);
	if (rc != RC_OK)
		return rc;
	return deed->needs_second
		   ? ask(db, deed, *sale_id)
		   : sale_back_order(db, *sale_id, &deed->meter, kind_of(wish->amount_fen),
			 deed->amount_fen, &wish->asker.by);
}

enum rc
sale_refund(struct db *db, const struct refund_wish *wish, struct faults *faults, int64_t *sale_id,
    bool *is_old)
{
	struct deed deed = { .wish = wish };
	struct sale_request request = {
		.key = wish->asker.request_key, .faults = faults, .work = refund, .context = &deed
	};
	struct sale_digest digest = { .length = 0 };

	deed.request = &request;
	digest_text(&digest, "refund");
	digest_int(&digest, wish->account_id);
	digest_int(&digest, wish->meter_id);
	digest_int(&digest, wish->amount_fen);
	digest_int(&digest, wish->channel);
	digest_text(&digest, wish->reason);
	digest_text(&digest, wish->note);
	sale_request_digest(&request, &digest);
	return sale_run(db, &request, sale_id, is_old);
}

/* ---- the second person said yes ---- */

enum rc
sale_refund_approved(
    struct db *db, int64_t sale_id, const struct operator_actor *by, struct faults *faults)
{
	struct sale_stored sale;
	struct sale_meter meter;
	int64_t most = 0;
	enum rc rc = sale_load(db, sale_id, &sale);

	if (rc == RC_OK)
		rc = sale_hold_meter(
		    db, sale.account_id, sale.meter_id, false, by->now, faults, &meter);
	if (rc == RC_OK && faults->count == 0)
		rc = check_meter(db, &meter, sale.amount_fen, faults, &most);
	if (rc == RC_OK)
		rc = sale_back_verdict(faults);
	if (rc == RC_OK)
		rc = sale_back_approve(db, sale_id, SALE_BOOKED, 0, by);
	return rc == RC_OK ? sale_back_order(db, sale_id, &meter, kind_of(sale.amount_fen),
				 sale.amount_fen != 0 ? sale.amount_fen : most, by)
			   : rc;
}
