/* The ends of money commands: what the collector and two persons share. By itself, so that no
 * program holds statements of the collector. */
#include <string.h>

#include "model/alarm.h"
#include "model/delivery_private.h"

enum { EPOCH_OF, EPOCH, COMMAND, DELIVERY, DONE, FAILED, CONFIRMED, UNSENT, HELD_COUNT };
static const struct query Q[] QUERIES = {
	/* Found first, then locked: a subquery would make the wait for the lock an error 1020. An
	 * epoch that has ended is locked all the same. */
	[EPOCH_OF] = { .sql = "SELECT meter_epoch_id FROM delivery WHERE command_id = ?",
	    .bounded = "primary key" },
	[EPOCH] = { .sql = "SELECT meter_epoch_id, meter_id, account_id, last_count,"
			   " last_credit_fen FROM meter_epoch WHERE meter_epoch_id = ? FOR UPDATE",
	    .bounded = "primary key" },
	[COMMAND] = { .sql = "SELECT state, COALESCE(taken_epoch, 0) FROM command"
			     " WHERE command_id = ? FOR UPDATE",
	    .bounded = "primary key" },
	[DELIVERY] = { .sql = "SELECT sale_id, leg, kind, state, amount_fen,"
			      " COALESCE(want_count, -1), before_fen FROM delivery"
			      " WHERE command_id = ? FOR UPDATE",
	    .bounded = "primary key" },
	[DONE] = { .sql = "UPDATE delivery SET state = 'done', amount_fen = ?, want_count = ?,"
			  " after_count = ?, after_fen = ?, after_wh = ?, ended_at = ?,"
			  " intent_at = COALESCE(intent_at, ?) WHERE command_id = ?" },
	[FAILED] = { .sql = "UPDATE delivery SET state = 'failed', outcome = ?, ended_at = ?"
			    " WHERE command_id = ?" },
	[CONFIRMED] = { .sql = "UPDATE meter_epoch SET last_count = ?, last_credit_fen = ?,"
			       " last_energy_wh = ?, last_at = ?, flight_count = NULL,"
			       " changed_at = GREATEST(changed_at, ?) WHERE meter_epoch_id = ?" },
	[UNSENT] = { .sql = "UPDATE meter_epoch SET flight_count = NULL,"
			    " changed_at = GREATEST(changed_at, ?) WHERE meter_epoch_id = ?" },
	[HELD_COUNT] = { .sql = "SELECT COUNT(*) FROM delivery WHERE meter_id = ?"
				" AND state = 'held'",
	    .bounded = "one row" },
};

/* ---- loading ---- */

static enum command_state
command_state_of(const char *name)
{
	size_t state = 0;

	while (state + 1 < COMMAND_STATES &&
	       strcmp(command_state_name((enum command_state)state), name) != 0)
		state++;
	return (enum command_state)state;
}

static enum rc
lock_epoch(struct db *db, struct delivery_stored *delivery)
{
	struct rows *rows;
	int64_t epoch_id;
	enum rc rc = db_int(db, &Q[EPOCH_OF], ARGS(I(delivery->command_id)), &epoch_id);

	if (rc == RC_OK)
		rc = db_query(db, &Q[EPOCH], ARGS(I(epoch_id)), &rows);
	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc == RC_OK) {
		delivery->epoch_id = rows_int(rows, 0);
		delivery->meter_id = rows_int(rows, 1);
		delivery->account_id = rows_int(rows, 2);
		delivery->last_count = rows_int(rows, 3);
		delivery->last_credit_fen = rows_int(rows, 4);
	}
	rows_end(rows);
	return rc;
}

static enum rc
lock_command(struct db *db, struct delivery_stored *delivery)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[COMMAND], ARGS(I(delivery->command_id)), &rows);

	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc == RC_OK) {
		delivery->command_state = command_state_of(rows_text(rows, 0));
		delivery->lease_epoch = (uint64_t)rows_int(rows, 1);
	}
	rows_end(rows);
	return rc;
}

static enum rc
lock_delivery(struct db *db, struct delivery_stored *delivery)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[DELIVERY], ARGS(I(delivery->command_id)), &rows);

	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc == RC_OK) {
		delivery->sale_id = rows_int(rows, 0);
		delivery->leg = (int)rows_int(rows, 1);
		delivery->kind = delivery_kind_find(rows_text(rows, 2));
		delivery->state = delivery_state_find(rows_text(rows, 3));
		delivery->amount_fen = rows_int(rows, 4);
		delivery->want_count = rows_int(rows, 5);
		delivery->before_fen = rows_is_null(rows, 6) ? METER_NO_CREDIT : rows_int(rows, 6);
	}
	rows_end(rows);
	return rc;
}

enum rc
delivery_lock(struct db *db, int64_t command_id, struct delivery_stored *delivery)
{
	*delivery = (struct delivery_stored){ .command_id = command_id };
	enum rc rc = lock_epoch(db, delivery);

	if (rc == RC_OK)
		rc = lock_command(db, delivery);
	if (rc == RC_OK)
		rc = lock_delivery(db, delivery);
	return rc == RC_OK ? sale_lock(db, delivery->sale_id, &delivery->sale) : rc;
}

/* ---- ends ---- */

enum rc
delivery_confirm(
    struct db *db, const struct delivery_stored *delivery, const struct delivery_done *done)
{
	enum rc rc = db_exec(db, &Q[DONE],
	    ARGS(I(done->amount_fen), I(delivery->want_count), I(done->count), I(done->credit_fen),
		I(done->energy_wh), T(done->at), T(done->at), I(delivery->command_id)));

	if (rc == RC_OK)
		rc = db_exec(db, &Q[CONFIRMED],
		    ARGS(I(delivery->want_count), I(done->credit_fen), I(done->energy_wh),
			T(done->at), T(done->at), I(delivery->epoch_id)));
	if (rc != RC_OK)
		return rc;
	return sale_take_effect(db, &(struct sale_effect){ .sale = &delivery->sale,
					.leg = delivery->leg,
					.kind = delivery->kind,
					.command_id = delivery->command_id,
					.meter_id = delivery->meter_id,
					.epoch_id = delivery->epoch_id,
					.amount_fen = done->amount_fen,
					.count = delivery->want_count,
					.energy_wh = done->energy_wh,
					.at = done->at,
					.operator_id = done->operator_id });
}

enum rc
delivery_fail(struct db *db, const struct delivery_stored *delivery, const char *outcome,
    int64_t at, int64_t operator_id)
{
	enum rc rc = db_exec(db, &Q[FAILED], ARGS(S(outcome), T(at), I(delivery->command_id)));

	if (rc == RC_OK)
		rc = db_exec(db, &Q[UNSENT], ARGS(T(at), I(delivery->epoch_id)));
	return rc == RC_OK ? sale_take_failure(db, &delivery->sale, delivery->leg, at, operator_id)
			   : rc;
}

enum rc
delivery_calm(struct db *db, int64_t meter_id, int64_t at)
{
	int64_t held = 0;
	enum rc rc = db_int(db, &Q[HELD_COUNT], ARGS(I(meter_id)), &held);

	if (rc != RC_OK || held > 0)
		return rc;
	return alarm_end(
	    db, &(struct alarm){
		    .kind = ALARM_DELIVERY_HELD, .meter_id = (uint32_t)meter_id, .at = at });
}
