#include "model/sale_back.h"

#include "base/arena.h"
#include "model/approval.h"
#include "model/shift.h"

enum { LIVING, IS_LAST, REVERSED };
static const struct query Q[] QUERIES = {
	[LIVING] = { .sql = "SELECT command_id FROM delivery WHERE sale_id = ? AND active_leg = 1",
	    .bounded = "unique key" },
	[IS_LAST] = { .sql = "SELECT COUNT(*) = 0 FROM sale WHERE meter_id = ? AND sale_id > ?"
			     " AND kind = 'purchase' AND state <> 'cancelled'",
	    .bounded = "one row" },
	[REVERSED] = { .sql = "SELECT COUNT(*) > 0 FROM sale WHERE active_reverses = ?"
			      " AND sale_id <> ?",
	    .bounded = "one row" },
};

struct deed {
	const struct reversal_wish *wish;
	const struct sale_request *request;
	struct sale_stored purchase;
	struct sale_meter meter;
	struct sale_desk desk;
	bool needs_second;
};

/* ---- what speaks against it ---- */

/* It was never sent, as far as one can see: the order is to be taken back. */
static bool
is_waiting(const struct sale_stored *purchase)
{
	return purchase->state == SALE_BOOKED || purchase->state == SALE_HELD;
}

static enum rc
check_order(
    struct db *db, const struct sale_stored *purchase, int64_t reversal_id, struct faults *faults)
{
	int64_t is_last = 0, is_reversed = 0;
	enum rc rc =
	    db_int(db, &Q[IS_LAST], ARGS(I(purchase->meter_id), I(purchase->sale_id)), &is_last);

	if (rc == RC_OK)
		rc = db_int(
		    db, &Q[REVERSED], ARGS(I(purchase->sale_id), I(reversal_id)), &is_reversed);
	if (rc != RC_OK)
		return rc;
	if (is_reversed)
		fault_add(faults, "", "WasReversed", "%s", "");
	else if (!is_last)
		fault_add(faults, "", "NotLast", "%s", "");
	return RC_OK;
}

/* What was delivered must still be in the meter. */
static enum rc
check_delivered(struct db *db, const struct sale_stored *purchase, const struct sale_meter *meter,
    struct faults *faults)
{
	int64_t most;
	enum rc rc = sale_back_most(db, meter, &most);

	if (rc != RC_OK)
		return rc;
	if (purchase->state != SALE_DELIVERED)
		fault_add(faults, "", "StateNow", "%s", sale_state_name(purchase->state));
	else if (meter->has_held)
		fault_add(faults, "", "MeterStopped", "%s", "");
	else if (meter->open > 0)
		fault_add(faults, "", "InFlight", "%s", "");
	else if (purchase->credit_fen > most)
		sale_back_fault(faults, "", "RefundMax", most);
	return RC_OK;
}

/* The meter of the purchase, held, and the purchase as it is then. reversal_id 0: a new one. */
static enum rc
check_purchase(struct db *db, struct sale_stored *purchase, struct sale_meter *meter,
    int64_t reversal_id, const struct operator_actor *by, struct faults *faults)
{
	int64_t sale_id = purchase->sale_id;
	enum rc rc = sale_hold_meter(
	    db, purchase->account_id, purchase->meter_id, true, by->now, faults, meter);

	if (rc == RC_OK && faults->count == 0)
		rc = sale_load(db, sale_id, purchase);
	if (rc == RC_OK && faults->count == 0)
		rc = check_order(db, purchase, reversal_id, faults);
	if (rc == RC_OK && faults->count == 0 && !is_waiting(purchase))
		rc = check_delivered(db, purchase, meter, faults);
	return rc;
}

/* The order that waits goes back. A fault when it is too late: it is on its way, or held. The
 * purchase is locked before: a change of its delivery locks it for reading. */
static enum rc
take_back(struct db *db, struct sale_stored *purchase, int64_t now, struct faults *faults)
{
	int64_t command_id;
	enum rc rc = sale_lock(db, purchase->sale_id, purchase);

	if (rc == RC_OK)
		rc = db_int(db, &Q[LIVING], ARGS(I(purchase->sale_id)), &command_id);
	if (rc == RC_NOT_FOUND)
		return RC_OK; /* two persons found that a held one was not delivered */
	if (rc == RC_OK)
		rc = delivery_cancel(db, command_id, now);
	if (rc == RC_CONFLICT) {
		fault_add(faults, "", "StateNow", "%s", sale_state_name(purchase->state));
		return RC_OK;
	}
	return rc;
}

static enum rc
check_cash(
    struct db *db, const struct sale_stored *purchase, int64_t shift_id, struct faults *faults)
{
	int64_t cash;

	if (purchase->channel != CHANNEL_CASH)
		return RC_OK;
	enum rc rc = shift_cash(db, shift_id, &cash);
	if (rc == RC_OK && cash < purchase->amount_fen)
		sale_back_fault(faults, "", "CashShort", cash);
	return rc;
}

static enum rc
check_desk(struct db *db, struct deed *deed)
{
	const struct operator_actor *by = &deed->wish->asker.by;
	struct faults *faults = deed->request->faults;
	enum rc rc = sale_open_desk(db, by, true, faults, &deed->desk);

	if (rc == RC_OK && faults->count == 0)
		rc = sale_back_check_day(db, &deed->desk.limits, by->operator_id, deed->desk.day,
		    deed->purchase.amount_fen, "", faults);
	if (rc == RC_OK && faults->count == 0 && !deed->needs_second && is_waiting(&deed->purchase))
		rc = check_cash(db, &deed->purchase, deed->desk.shift_id, faults);
	return rc;
}

static enum rc
check(struct db *db, struct deed *deed)
{
	const struct operator_actor *by = &deed->wish->asker.by;
	struct faults *faults = deed->request->faults;
	struct sale_stored *purchase = &deed->purchase;
	struct sale_limits limits;
	enum rc rc;

	sale_check_reason(faults, "reason", deed->wish->reason, true);
	if (purchase->kind != SALE_PURCHASE)
		fault_add(faults, "", "NotPurchase", "%s", "");
	if (faults->count > 0)
		return RC_OK;
	rc = check_purchase(db, purchase, &deed->meter, 0, by, faults);
	if (rc == RC_OK && faults->count == 0)
		rc = sale_limits(db, by->operator_id, &limits);
	if (rc != RC_OK || faults->count > 0)
		return rc;
	deed->needs_second = purchase->amount_fen > limits.second_max_fen ||
			     purchase->day.number != clock_day(by->now).number;
	rc = check_desk(db, deed);
	if (rc == RC_OK && faults->count == 0 && !deed->needs_second && is_waiting(purchase))
		rc = take_back(db, purchase, by->now, faults);
	return rc;
}

/* ---- doing it ---- */

/* Books a purchase back that no meter ever saw. shift_id 0: nobody handed the money over yet. */
static enum rc
book_back(struct db *db, const struct sale_stored *purchase, int64_t reversal_id, int64_t shift_id,
    const struct operator_actor *by)
{
	struct sale_quote_line fees[SALE_FEES_MAX];
	struct posting postings[SALE_FEES_MAX + 2];
	struct arena *arena = arena_new();
	size_t fee_count = 0, count = 0;
	enum rc rc = sale_fee_lines(db, arena, purchase->sale_id, fees, &fee_count);

	postings[count++] = sale_posting(
	    LEDGER_TRANSIT, purchase->account_id, purchase->meter_id, purchase->credit_fen);
	for (size_t i = 0; i < fee_count; i++)
		postings[count++] = sale_posting_fee(fees[i].name, fees[i].amount_fen);
	postings[count++] =
	    shift_id != 0 ? sale_posting_cash(shift_id, purchase->channel, -purchase->amount_fen)
			  : sale_posting(LEDGER_PAYABLE, purchase->account_id, purchase->meter_id,
				-purchase->amount_fen);
	if (rc == RC_OK)
		rc = sale_book(db,
		    &(struct sale_booking){ .kind = JOURNAL_REVERSAL,
			.what = "reversal",
			.id = reversal_id,
			.at = by->now,
			.sale_id = reversal_id,
			.account_id = purchase->account_id,
			.operator_id = by->operator_id,
			.shift_id = shift_id },
		    postings, count);
	arena_free(arena);
	return rc;
}

static enum sale_state
state_of(const struct deed *deed)
{
	if (deed->needs_second)
		return SALE_ASKED;
	return is_waiting(&deed->purchase) ? SALE_PAID : SALE_BOOKED;
}

static enum rc
insert(struct db *db, const struct deed *deed, int64_t *sale_id)
{
	const struct sale_stored *purchase = &deed->purchase;
	const struct operator_actor *by = &deed->wish->asker.by;
	enum sale_state state = state_of(deed);
	bool is_paid = state == SALE_PAID;

	return sale_insert(db,
	    &(struct sale_document){ .kind = SALE_REVERSAL,
		.state = state,
		.key = deed->request->key,
		.digest = deed->request->digest,
		.by = by,
		.day = deed->desk.day,
		.shift_id = deed->desk.shift_id,
		.account_id = purchase->account_id,
		.meter_id = purchase->meter_id,
		.channel = purchase->channel,
		.amount_fen = purchase->amount_fen,
		.credit_fen = purchase->credit_fen,
		.balance_fen = deed->meter.shown_fen,
		.reverses_sale_id = purchase->sale_id,
		.settled_at = is_paid ? by->now : 0,
		.paid_at = is_paid ? by->now : 0,
		.paid_by = is_paid ? by->operator_id : 0,
		.paid_shift_id = is_paid ? deed->desk.shift_id : 0,
		.reason = deed->wish->reason },
	    sale_id);
}

static enum rc
ask(struct db *db, const struct deed *deed, int64_t sale_id)
{
	int64_t approval_id;

	return approval_ask(db,
	    &(struct approval_ask){ .kind = APPROVAL_REVERSAL,
		.sale_id = sale_id,
		.meter_id = deed->purchase.meter_id,
		.amount_fen = deed->purchase.amount_fen,
		.payload = "",
		.reason = deed->wish->reason,
		.by = deed->wish->asker.by },
	    &approval_id);
}

static enum rc
reverse(struct db *db, void *context, int64_t *sale_id)
{
	struct deed *deed = context;
	const struct operator_actor *by = &deed->wish->asker.by;
	const struct sale_stored *purchase = &deed->purchase;
	enum rc rc = check(db, deed);

	if (rc == RC_OK)
		rc = sale_verdict(deed->request->faults);
	if (rc == RC_OK && state_of(deed) == SALE_PAID)
		rc = sale_move(db, purchase->sale_id, purchase->state, SALE_CANCELLED, by->now);
	if (rc == RC_OK)
		rc = insert(db, deed, sale_id);
	if (rc != RC_OK)
		return rc;
	if (deed->needs_second)
		return ask(db, deed, *sale_id);
	return is_waiting(purchase) ? book_back(db, purchase, *sale_id, deed->desk.shift_id, by)
				    : sale_back_order(db, *sale_id, &deed->meter, DELIVERY_DEDUCT,
					  purchase->credit_fen, by);
}

enum rc
sale_reverse(struct db *db, const struct reversal_wish *wish, struct faults *faults,
    int64_t *sale_id, bool *is_old)
{
	struct deed deed = { .wish = wish };
	struct sale_request request = {
		.key = wish->asker.request_key, .faults = faults, .work = reverse, .context = &deed
	};
	struct sale_digest digest = { .length = 0 };
	enum rc rc = sale_load(db, wish->sale_id, &deed.purchase);

	if (rc != RC_OK)
		return rc;
	deed.request = &request;
	digest_text(&digest, "reversal");
	digest_int(&digest, wish->sale_id);
	digest_text(&digest, wish->reason);
	sale_request_digest(&request, &digest);
	return sale_run(db, &request, sale_id, is_old);
}

/* ---- the second person said yes ---- */

/* Nobody stands at the counter now: what goes back waits until somebody hands it over. */
static enum rc
cancel_approved(struct db *db, const struct sale_stored *purchase, int64_t reversal_id,
    const struct operator_actor *by)
{
	enum rc rc = sale_move(db, purchase->sale_id, purchase->state, SALE_CANCELLED, by->now);

	if (rc == RC_OK)
		rc = sale_back_approve(db, reversal_id, SALE_DUE, by->now, by);
	return rc == RC_OK ? book_back(db, purchase, reversal_id, 0, by) : rc;
}

enum rc
sale_reversal_approved(
    struct db *db, int64_t sale_id, const struct operator_actor *by, struct faults *faults)
{
	struct sale_stored reversal, purchase;
	struct sale_meter meter;
	enum rc rc = sale_load(db, sale_id, &reversal);

	if (rc == RC_OK)
		rc = sale_load(db, reversal.reverses_sale_id, &purchase);
	if (rc == RC_OK)
		rc = check_purchase(db, &purchase, &meter, sale_id, by, faults);
	if (rc == RC_OK && faults->count == 0 && is_waiting(&purchase))
		rc = take_back(db, &purchase, by->now, faults);
	if (rc == RC_OK)
		rc = sale_back_verdict(faults);
	if (rc != RC_OK)
		return rc;
	if (is_waiting(&purchase))
		return cancel_approved(db, &purchase, sale_id, by);
	rc = sale_back_approve(db, sale_id, SALE_BOOKED, 0, by);
	return rc == RC_OK
		   ? sale_back_order(db, sale_id, &meter, DELIVERY_DEDUCT, purchase.credit_fen, by)
		   : rc;
}
