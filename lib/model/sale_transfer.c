/* The credit of one meter goes to another. */
#include <assert.h>

#include "model/delivery_private.h"
#include "model/edit.h"
#include "model/sale_leave.h"

enum { OPEN, INTO };
static const struct query Q[] QUERIES = {
	/* Not out of the old meter yet, or on the way into the new one already. */
	[OPEN] = { .sql =
		       "SELECT CAST(COALESCE(SUM(leg = 1 AND state IN ('queued', 'sent', 'held')), 0)"
		       " + 2 * COALESCE(SUM(leg = 2 AND state NOT IN ('failed', 'cancelled')),"
		       " 0) AS SIGNED) FROM delivery WHERE sale_id = ?",
	    .bounded = "one row" },
	[INTO] = { .sql = "UPDATE sale SET to_meter_id = ? WHERE sale_id = ?" },
};

static void
digest_wish(const struct transfer_wish *wish, struct sale_request *request)
{
	struct sale_digest digest = { .length = 0 };

	digest_text(&digest, "transfer");
	digest_int(&digest, wish->account_id);
	digest_int(&digest, wish->meter_id);
	digest_int(&digest, wish->to_meter_id);
	digest_int(&digest, wish->is_manual);
	digest_int(&digest, wish->manual_fen);
	digest_int(&digest, wish->manual_wh);
	digest_text(&digest, wish->reason);
	sale_request_digest(request, &digest);
}

enum rc
sale_transfer(
    struct db *db, const struct transfer_wish *wish, struct faults *faults, int64_t *sale_id)
{
	struct sale_request request = { .key = wish->asker.request_key };
	struct sale_leaving leaving = { .asker = &wish->asker,
		.account_id = wish->account_id,
		.meter_id = wish->meter_id,
		.is_manual = wish->is_manual,
		.manual_fen = wish->manual_fen,
		.manual_wh = wish->manual_wh,
		.reason = wish->reason };
	enum rc rc;

	assert(!wish->is_manual || wish->second_by != 0);
	assert(wish->meter_id != wish->to_meter_id);
	digest_wish(wish, &request);
	rc = sale_leave_check(db, &leaving, faults);
	if (rc == RC_OK)
		rc = sale_insert(db,
		    &(struct sale_document){ .kind = SALE_TRANSFER,
			.state = SALE_BOOKED,
			.key = request.key,
			.digest = request.digest,
			.by = &wish->asker.by,
			.day = leaving.desk.day,
			.account_id = wish->account_id,
			.meter_id = wish->meter_id,
			.to_meter_id = wish->to_meter_id,
			.channel = CHANNEL_NONE,
			.balance_fen = leaving.meter.shown_fen,
			.approved_by = wish->second_by,
			.approved_at = wish->second_by != 0 ? wish->asker.by.now : 0,
			.reason = wish->reason },
		    sale_id);
	return rc == RC_OK ? sale_leave(db, &leaving, *sale_id) : rc;
}

/* ---- the new meter is there ---- */

static enum rc
audit_into(struct db *db, const struct sale_stored *sale, int64_t to_meter_id,
    const struct operator_actor *by)
{
	struct changes changes = { 0 };

	change_int(&changes, "to_meter_id", sale->to_meter_id, to_meter_id);
	return edit_audit(db, by, "sale.transfer_into", "sale", sale->sale_id, &changes, NULL);
}

enum rc
sale_transfer_into(
    struct db *db, int64_t sale_id, int64_t to_meter_id, const struct operator_actor *by)
{
	struct sale_stored sale;
	struct epoch epoch;
	int64_t open = 0;
	enum rc rc = sale_load(db, sale_id, &sale);

	if (rc == RC_OK)
		rc = sale_lock_meter(db, sale.account_id, to_meter_id);
	if (rc == RC_OK)
		rc = epoch_find(db, to_meter_id, &epoch);
	if (rc == RC_OK)
		rc = sale_lock(db, sale_id, &sale);
	if (rc == RC_OK && (sale.kind != SALE_TRANSFER || sale.state != SALE_BOOKED))
		return RC_CONFLICT;
	if (rc == RC_OK)
		rc = db_int(db, &Q[OPEN], ARGS(I(sale_id)), &open);
	if (rc != RC_OK || open > 1)
		return rc == RC_OK ? RC_CONFLICT : rc;
	rc = db_exec(db, &Q[INTO], ARGS(I(to_meter_id), I(sale_id)));
	if (rc == RC_OK)
		rc = audit_into(db, &sale, to_meter_id, by);
	/* Not out of the old one yet: the second leg follows from the first. */
	if (rc != RC_OK || open == 1)
		return rc;
	return sale_transfer_deliver(
	    db, &sale, to_meter_id, sale.credit_fen, by->operator_id, by->now);
}
