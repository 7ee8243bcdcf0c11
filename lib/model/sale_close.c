/* A meter is emptied for good, and the money goes back. */
#include <assert.h>

#include "model/sale_leave.h"

static void
digest_wish(const struct closing_wish *wish, struct sale_request *request)
{
	struct sale_digest digest = { .length = 0 };

	digest_text(&digest, "closing");
	digest_int(&digest, wish->account_id);
	digest_int(&digest, wish->meter_id);
	digest_int(&digest, wish->channel);
	digest_int(&digest, wish->is_manual);
	digest_int(&digest, wish->manual_fen);
	digest_int(&digest, wish->manual_wh);
	digest_text(&digest, wish->reason);
	sale_request_digest(request, &digest);
}

enum rc
sale_close_meter(
    struct db *db, const struct closing_wish *wish, struct faults *faults, int64_t *sale_id)
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
	if ((size_t)wish->channel >= CHANNEL_NONE)
		fault_add(faults, "channel", "Required", "%s", "");
	digest_wish(wish, &request);
	rc = sale_leave_check(db, &leaving, faults);
	if (rc == RC_OK)
		rc = sale_insert(db,
		    &(struct sale_document){ .kind = SALE_CLOSING,
			.state = SALE_BOOKED,
			.key = request.key,
			.digest = request.digest,
			.by = &wish->asker.by,
			.day = leaving.desk.day,
			.account_id = wish->account_id,
			.meter_id = wish->meter_id,
			.channel = wish->channel,
			.balance_fen = leaving.meter.shown_fen,
			.approved_by = wish->second_by,
			.approved_at = wish->second_by != 0 ? wish->asker.by.now : 0,
			.reason = wish->reason },
		    sale_id);
	return rc == RC_OK ? sale_leave(db, &leaving, *sale_id) : rc;
}
