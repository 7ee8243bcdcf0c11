/*
 * delivering.h - the collector's side of a money command, for tests: take, intend, settle.
 */
#ifndef VOLTILL_TEST_DELIVERING_H
#define VOLTILL_TEST_DELIVERING_H

#include "model/command_run.h"
#include "model/delivery.h"
#include "money.h"

#define LEASE 1 /* the epoch of the bus lease, see open_building */

enum { DELIVERING_TAKE, DELIVERING_LAST };
static const struct query DELIVERING[] QUERIES = {
	[DELIVERING_TAKE] = { .sql = "UPDATE command SET state = 'taken', taken_at = ?,"
				     " taken_epoch = ?, attempts = attempts + 1"
				     " WHERE command_id = ? AND state = 'queued'" },
	[DELIVERING_LAST] = { .sql = "SELECT last_count FROM meter_epoch WHERE active_meter = ?",
	    .bounded = "unique key" },
};

static int64_t
order_of(int64_t sale_id)
{
	return number_by(&MONEY[MONEY_DELIVERY], ARGS(I(sale_id)));
}

/* RC_NOT_FOUND: it is not queued. */
static enum rc
take(struct db *db, int64_t command_id)
{
	enum rc rc = db_begin(db);

	if (rc == RC_OK)
		rc = command_hold(
		    db, (uint32_t)building.collector_id, (uint32_t)building.bus_id, LEASE);
	if (rc == RC_OK)
		rc = db_exec(db, &DELIVERING[DELIVERING_TAKE],
		    ARGS(T(clock_now()), I(LEASE), I(command_id)));
	if (rc == RC_OK && db_affected(db) == 0)
		rc = RC_NOT_FOUND;
	return db_end(db, rc);
}

static enum rc
intend(struct db *db, const struct delivery_job *job, int64_t before_fen, int64_t target_fen)
{
	enum rc rc = db_begin(db);

	if (rc == RC_OK)
		rc = command_hold(
		    db, (uint32_t)building.collector_id, (uint32_t)building.bus_id, LEASE);
	if (rc == RC_OK)
		rc = delivery_intend(db, &(struct delivery_intent){ .command_id = job->command_id,
					     .lease_epoch = LEASE,
					     .want_count = job->last_count + 1,
					     .before_fen = before_fen,
					     .before_wh = 100000,
					     .target_fen = target_fen,
					     .sends = (uint8_t)(job->sends + 1),
					     .at = clock_now() });
	return db_end(db, rc);
}

static enum rc
settle(struct db *db, const struct delivery_end *end)
{
	enum rc rc = db_begin(db);

	if (rc == RC_OK)
		rc = command_hold(
		    db, (uint32_t)building.collector_id, (uint32_t)building.bus_id, LEASE);
	if (rc == RC_OK)
		rc = delivery_settle(db, end);
	return db_end(db, rc);
}

/* An end at this moment; after_fen and amount_fen matter when it is done. */
static struct delivery_end
ended(int64_t command_id, enum delivery_state state, int64_t amount_fen, int64_t after_count,
    int64_t after_fen)
{
	int64_t now = clock_now();

	return (struct delivery_end){ .command_id = command_id,
		.lease_epoch = LEASE,
		.state = state,
		.amount_fen = amount_fen,
		.after_count = (uint32_t)after_count,
		.after_fen = after_fen,
		.after_wh = 100000,
		.began_at = now,
		.ended_at = now,
		.retry_at = now + CLOCK_MINUTE,
		.attempt = 1,
		.outcome = state == DELIVERY_DONE ? "" : "test" };
}

/* Takes the order and stores the intent. */
static struct delivery_job
begin_order(struct db *db, int64_t command_id, int64_t before_fen)
{
	struct delivery_job job;

	assert_int_equal(take(db, command_id), RC_OK);
	assert_int_equal(delivery_load(db, command_id, &job), RC_OK);
	int64_t target = job.kind == DELIVERY_CLEAR    ? 0
			 : job.kind == DELIVERY_DEDUCT ? before_fen - job.amount_fen
						       : 0;
	assert_int_equal(intend(db, &job, before_fen, target), RC_OK);
	return job;
}

/* The whole way, with a meter that shows before_fen and does what it is told. */
static void
deliver_order(struct db *db, int64_t command_id, int64_t before_fen)
{
	struct delivery_job job = begin_order(db, command_id, before_fen);
	int64_t amount = job.kind == DELIVERY_CLEAR ? before_fen : job.amount_fen;
	int64_t after = job.kind == DELIVERY_CREDIT ? before_fen + amount : before_fen - amount;
	struct delivery_end end =
	    ended(command_id, DELIVERY_DONE, amount, job.last_count + 1, after);

	assert_int_equal(settle(db, &end), RC_OK);
	show(job.meter_id, job.last_count + 1, after, 100000);
}

static const char *
sale_state(int64_t sale_id)
{
	return text_by(&MONEY[MONEY_SALE_STATE], ARGS(I(sale_id)));
}

static int64_t
last_count(int64_t meter_id)
{
	return number_by(&DELIVERING[DELIVERING_LAST], ARGS(I(meter_id)));
}

#endif
