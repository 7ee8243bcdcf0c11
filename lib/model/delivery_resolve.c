/* What two persons found out about a held delivery. */
#include "model/delivery_private.h"

enum { COMMAND, RESOLVED, SEEN };
static const struct query Q[] QUERIES = {
	[COMMAND] = { .sql = "UPDATE command SET state = ?, ended_at = ?, step = ?"
			     " WHERE command_id = ? AND state = 'held'" },
	[RESOLVED] = { .sql = "UPDATE delivery SET resolved_as = ?, resolved_by = ?,"
			      " resolved_at = ? WHERE command_id = ?" },
	/* With the count that was expected, the other figures are as good as a confirmation. */
	[SEEN] = { .sql = "UPDATE meter_epoch SET last_credit_fen = ?, last_energy_wh = ?,"
			  " last_at = ? WHERE meter_epoch_id = ? AND last_count = ?" },
};

/* What was put in or taken out, as far as the figures before are known. */
static int64_t
amount_of(const struct delivery_stored *delivery, const struct delivery_verdict *verdict)
{
	int64_t before = delivery->before_fen != METER_NO_CREDIT ? delivery->before_fen
								 : delivery->last_credit_fen;

	return delivery->kind == DELIVERY_CLEAR ? before - verdict->credit_fen
						: delivery->amount_fen;
}

static enum rc
confirm(struct db *db, struct delivery_stored *delivery, const struct delivery_verdict *verdict)
{
	/* Held before anything was allowed to go out: somebody brought it there by hand. */
	if (delivery->want_count < 0)
		delivery->want_count = delivery->last_count + 1;
	return delivery_confirm(db, delivery,
	    &(struct delivery_done){ .amount_fen = amount_of(delivery, verdict),
		.count = verdict->count,
		.credit_fen = verdict->credit_fen,
		.energy_wh = verdict->energy_wh,
		.at = verdict->at,
		.operator_id = verdict->second_by });
}

static enum rc
refuse(
    struct db *db, const struct delivery_stored *delivery, const struct delivery_verdict *verdict)
{
	enum rc rc = delivery_fail(db, delivery, "not_delivered", verdict->at, verdict->second_by);

	return rc == RC_OK ? db_exec(db, &Q[SEEN],
				 ARGS(I(verdict->credit_fen), I(verdict->energy_wh), T(verdict->at),
				     I(delivery->epoch_id), I(verdict->count)))
			   : rc;
}

enum rc
delivery_resolve(struct db *db, const struct delivery_verdict *verdict)
{
	struct delivery_stored delivery;
	bool is_delivered = verdict->is_delivered;
	enum command_state state = is_delivered ? COMMAND_CONFIRMED : COMMAND_FAILED;
	enum rc rc = delivery_lock(db, verdict->command_id, &delivery);

	if (rc != RC_OK)
		return rc;
	if (delivery.state != DELIVERY_HELD || delivery.command_state != COMMAND_HELD)
		return RC_CONFLICT;
	rc = db_exec(db, &Q[COMMAND],
	    ARGS(S(command_state_name(state)), T(verdict->at), I(is_delivered),
		I(verdict->command_id)));
	if (rc == RC_OK)
		rc = db_exec(db, &Q[RESOLVED],
		    ARGS(S(is_delivered ? "delivered" : "not_delivered"), I(verdict->resolved_by),
			T(verdict->at), I(verdict->command_id)));
	if (rc == RC_OK)
		rc =
		    is_delivered ? confirm(db, &delivery, verdict) : refuse(db, &delivery, verdict);
	return rc == RC_OK ? delivery_calm(db, delivery.meter_id, verdict->at) : rc;
}
