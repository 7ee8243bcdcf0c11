/* What the collector says became of a money command. */
#include <assert.h>

#include "base/text.h"
#include "model/alarm.h"
#include "model/command_run.h"
#include "model/delivery_private.h"

enum { HELD, UNCHANGED };
static const struct query Q[] QUERIES = {
	[HELD] = { .sql = "UPDATE delivery SET state = 'held', outcome = ?, found_count = ?,"
			  " found_fen = ? WHERE command_id = ?" },
	[UNCHANGED] = { .sql = "UPDATE meter_epoch SET changed_at = GREATEST(changed_at, ?)"
			       " WHERE meter_epoch_id = ?" },
};

/* The intent stays in flight: nothing else may go out until two persons have looked. */
static enum rc
hold_back(struct db *db, const struct delivery_stored *delivery, const struct delivery_end *end)
{
	struct alarm alarm = { .kind = ALARM_DELIVERY_HELD,
		.meter_id = (uint32_t)delivery->meter_id,
		.at = end->ended_at };
	enum rc rc = db_exec(db, &Q[HELD],
	    ARGS(S(end->outcome), I(end->after_count), I(end->after_fen), I(end->command_id)));

	if (rc == RC_OK)
		rc = db_exec(db, &Q[UNCHANGED], ARGS(T(end->ended_at), I(delivery->epoch_id)));
	if (rc == RC_OK && delivery->sale.state == SALE_BOOKED)
		rc = sale_move(db, delivery->sale_id, SALE_BOOKED, SALE_HELD, 0);
	if (rc == RC_OK)
		rc = meter_change_move(
		    db, delivery->sale_id, "held", false, end->ended_at, NULL, NULL);
	(void)text_copy(alarm.detail, sizeof(alarm.detail), end->outcome);
	return rc == RC_OK ? alarm_begin(db, &alarm) : rc;
}

/* ---- from the collector ---- */

static enum rc
settle_command(struct db *db, const struct delivery_end *end)
{
	static const enum command_state states[] = {
		[DELIVERY_QUEUED] = COMMAND_QUEUED,
		[DELIVERY_DONE] = COMMAND_CONFIRMED,
		[DELIVERY_HELD] = COMMAND_HELD,
		[DELIVERY_FAILED] = COMMAND_FAILED,
	};

	return command_settle(db, &(struct command_end){ .command_id = end->command_id,
				      .epoch = end->lease_epoch,
				      .state = states[end->state],
				      .began_at = end->began_at,
				      .ended_at = end->ended_at,
				      .retry_at = end->retry_at,
				      .attempt = end->attempt,
				      .step = end->state == DELIVERY_DONE,
				      .result = end->outcome });
}

static enum rc
settle_delivery(
    struct db *db, const struct delivery_stored *delivery, const struct delivery_end *end)
{
	switch (end->state) {
	case DELIVERY_QUEUED:
		return RC_OK;
	case DELIVERY_DONE:
		assert(delivery->want_count >= 0);
		return delivery_confirm(db, delivery,
		    &(struct delivery_done){ .amount_fen = end->amount_fen,
			.count = end->after_count,
			.credit_fen = end->after_fen,
			.energy_wh = end->after_wh,
			.at = end->ended_at });
	case DELIVERY_FAILED:
		return delivery_fail(db, delivery, end->outcome, end->ended_at, 0);
	case DELIVERY_HELD:
		return hold_back(db, delivery, end);
	case DELIVERY_SENT:
	case DELIVERY_CANCELLED:
		break;
	}
	return RC_BUG;
}

enum rc
delivery_settle(struct db *db, const struct delivery_end *end)
{
	struct delivery_stored delivery;
	enum rc rc = delivery_lock(db, end->command_id, &delivery);

	if (rc != RC_OK)
		return rc;
	if (delivery.command_state != COMMAND_TAKEN || delivery.lease_epoch != end->lease_epoch ||
	    (delivery.state != DELIVERY_QUEUED && delivery.state != DELIVERY_SENT))
		return RC_NOT_FOUND;
	rc = settle_command(db, end);
	return rc == RC_OK ? settle_delivery(db, &delivery, end) : rc;
}
