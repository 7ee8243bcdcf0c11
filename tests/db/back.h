/*
 * back.h - what the tests of refunds, reversals and approvals share: a counter, a collector, and
 * what is stored.
 */
#ifndef VOLTILL_TEST_BACK_H
#define VOLTILL_TEST_BACK_H

#include "money.h"

#include "model/alarm.h"
#include "model/approval.h"
#include "model/command_run.h"
#include "model/delivery.h"
#include "model/sale.h"
#include "model/shift.h"

enum {
	BACK_STORED,
	BACK_SALE,
	BACK_COMMAND,
	BACK_DELIVERY,
	BACK_STATE,
	BACK_LIMITS,
	BACK_APPROVAL,
	BACK_OUTCOME,
	BACK_AUDITS,
	BACK_CASH,
	BACK_FEE,
	BACK_FEE_SUM,
	BACK_REVERSALS,
};
static const struct query BACK[] QUERIES = {
	/* All that a refusal must leave alone. */
	[BACK_STORED] = { .sql =
			      "SELECT (SELECT COUNT(*) FROM sale) + (SELECT COUNT(*) FROM journal)"
			      " + (SELECT COUNT(*) FROM posting) + (SELECT COUNT(*) FROM command)"
			      " + (SELECT COUNT(*) FROM delivery) + (SELECT COUNT(*) FROM approval)"
			      " + (SELECT COALESCE(SUM(last_seq), 0) FROM receipt_counter)",
	    .bounded = "one row" },
	[BACK_SALE] = { .sql = "SELECT CONCAT_WS(' ', kind, state, channel, amount_fen, credit_fen,"
			       " COALESCE(paid_by, 0) > 0, COALESCE(approved_by, 0) > 0)"
			       " FROM sale WHERE sale_id = ?",
	    .bounded = "primary key" },
	[BACK_COMMAND] = { .sql = "SELECT command_id FROM delivery WHERE sale_id = ?"
				  " ORDER BY command_id DESC LIMIT 1" },
	[BACK_DELIVERY] = { .sql = "SELECT CONCAT_WS(' ', d.kind, d.state, c.state, d.amount_fen)"
				   " FROM delivery d JOIN command c USING (command_id)"
				   " WHERE d.command_id = ?",
	    .bounded = "primary key" },
	[BACK_STATE] = { .sql = "SELECT credit_fen FROM meter_state WHERE meter_id = ?",
	    .bounded = "primary key" },
	[BACK_LIMITS] = { .sql = "UPDATE role r JOIN operator o USING (role_id)"
				 " SET r.refund_day_max_fen = ?, r.second_max_fen = ?"
				 " WHERE o.operator_id = ?" },
	[BACK_APPROVAL] = { .sql = "SELECT approval_id FROM approval WHERE sale_id = ?"
				   " ORDER BY approval_id DESC LIMIT 1" },
	[BACK_OUTCOME] = { .sql = "SELECT CONCAT_WS('|', COALESCE(outcome, 'open'),"
				  " COALESCE(decided_by, 0), note) FROM approval"
				  " WHERE approval_id = ?",
	    .bounded = "primary key" },
	[BACK_AUDITS] = { .sql = "SELECT COUNT(*) FROM audit WHERE action = ? AND object_id = ?",
	    .bounded = "one row" },
	[BACK_CASH] = { .sql = "SELECT CAST(COALESCE(SUM(p.amount_fen), 0) AS SIGNED)"
			       " FROM posting p JOIN shift s USING (shift_id)"
			       " WHERE p.ledger = 'cash' AND p.channel = 'cash'"
			       " AND s.operator_id = ?",
	    .bounded = "one row" },
	[BACK_FEE] = { .sql = "INSERT INTO fee (name, kind, value) VALUES (?, 'fixed', ?)" },
	[BACK_FEE_SUM] = { .sql = "SELECT CAST(COALESCE(SUM(amount_fen), 0) AS SIGNED) FROM posting"
				  " WHERE ledger = 'fee' AND name = ?",
	    .bounded = "one row" },
	[BACK_REVERSALS] = { .sql = "SELECT COUNT(*) FROM sale WHERE reverses_sale_id = ?",
	    .bounded = "one row" },
};

static struct db *counter, *collector;

static int
open_counter(void **state)
{
	if (open_building(state) != 0)
		return -1;
	counter = open_as("voltill_sales");
	collector = open_as("voltill_collector");
	return 0;
}

static int
close_counter(void **state)
{
	db_close(counter);
	db_close(collector);
	return close_building(state);
}

static struct sale_asker
asker(int64_t operator_id)
{
	struct sale_asker asker = { .by = actor(operator_id) };

	secret_random(asker.request_key, sizeof(asker.request_key));
	return asker;
}

/* ---- what is stored ---- */

static const char *
sale_now(int64_t sale_id)
{
	return text_by(&BACK[BACK_SALE], ARGS(I(sale_id)));
}

static int64_t
command_of(int64_t sale_id)
{
	return number_by(&BACK[BACK_COMMAND], ARGS(I(sale_id)));
}

static const char *
delivery_now(int64_t sale_id)
{
	return text_by(&BACK[BACK_DELIVERY], ARGS(I(command_of(sale_id))));
}

static int64_t
approval_of(int64_t sale_id)
{
	return number_by(&BACK[BACK_APPROVAL], ARGS(I(sale_id)));
}

static int64_t
stored(void)
{
	return number_by(&BACK[BACK_STORED], NO_ARGS);
}

static int64_t
audited(const char *action, int64_t object_id)
{
	return number_by(&BACK[BACK_AUDITS], ARGS(S(action), I(object_id)));
}

static int64_t
drawer(int64_t operator_id)
{
	return number_by(&BACK[BACK_CASH], ARGS(I(operator_id)));
}

/* -1: none. */
static void
set_limits(int64_t operator_id, int64_t day_fen, int64_t second_fen)
{
	assert_int_equal(db_exec(admin, &BACK[BACK_LIMITS],
			     ARGS(day_fen < 0 ? NIL : I(day_fen),
				 second_fen < 0 ? NIL : I(second_fen), I(operator_id))),
	    RC_OK);
}

static void
assert_fault(const struct faults *faults, const char *field, const char *key)
{
	assert_int_equal(faults->count, 1);
	assert_string_equal(faults->list[0].key, key);
	assert_string_equal(faults->list[0].field, field);
}

/* ---- the counter ---- */

static int64_t
sell(const struct shop *shop, int64_t operator_id, int64_t amount_fen, int64_t fee_id)
{
	struct sale_wish wish = { .asker = asker(operator_id),
		.account_id = shop->account_id,
		.meter_id = shop->meter_id,
		.channel = CHANNEL_CASH,
		.amount_fen = amount_fen,
		.fee_ids = { fee_id },
		.fee_count = fee_id != 0,
		.is_duplicate_meant = true,
		.note = "" };
	struct faults faults = { 0 };
	int64_t sale_id = 0;
	bool is_old;

	assert_int_equal(sale_record(counter, &wish, &faults, &sale_id, &is_old), RC_OK);
	return sale_id;
}

static enum rc
refund(const struct shop *shop, int64_t operator_id, int64_t amount_fen, struct faults *faults,
    int64_t *sale_id)
{
	struct refund_wish wish = { .asker = asker(operator_id),
		.account_id = shop->account_id,
		.meter_id = shop->meter_id,
		.channel = CHANNEL_CASH,
		.amount_fen = amount_fen,
		.reason = "租户要求",
		.note = "" };
	bool is_old;

	*faults = (struct faults){ 0 };
	return sale_refund(counter, &wish, faults, sale_id, &is_old);
}

/* days later: on another business day. */
static enum rc
reverse_later(
    int64_t purchase_id, int64_t operator_id, int days, struct faults *faults, int64_t *sale_id)
{
	struct reversal_wish wish = {
		.asker = asker(operator_id), .sale_id = purchase_id, .reason = "金额输错"
	};
	bool is_old;

	wish.asker.by.now += days * 24 * CLOCK_HOUR;
	*faults = (struct faults){ 0 };
	return sale_reverse(counter, &wish, faults, sale_id, &is_old);
}

static enum rc
reverse(int64_t purchase_id, int64_t operator_id, struct faults *faults, int64_t *sale_id)
{
	return reverse_later(purchase_id, operator_id, 0, faults, sale_id);
}

static enum rc
pay(int64_t sale_id, int64_t operator_id, struct faults *faults)
{
	struct operator_actor by = actor(operator_id);

	*faults = (struct faults){ 0 };
	return sale_pay(counter, sale_id, &by, faults);
}

static enum rc
approve(int64_t approval_id, int64_t operator_id, struct faults *faults)
{
	struct operator_actor by = actor(operator_id);

	return approval_approve(counter, approval_id, "同意", &by, faults);
}

/* ---- the collector, and a meter that does as it is told ---- */

struct attempt {
	int64_t command_id;
	enum delivery_state state;
	struct delivery_job job;
	int64_t before_fen;
	bool stops_after_intent;
};

static enum rc
take(struct db *db, void *context)
{
	struct attempt *attempt = context;
	struct command command = { .command_id = attempt->command_id, .kind = COMMAND_KINDS };
	enum rc rc =
	    command_hold(db, (uint32_t)building.collector_id, (uint32_t)building.bus_id, 1);

	if (rc == RC_OK)
		rc = command_take(db, &command, 1, clock_now());
	return rc == RC_OK ? delivery_load(db, attempt->command_id, &attempt->job) : rc;
}

static int64_t
target_of(const struct attempt *attempt)
{
	const struct delivery_job *job = &attempt->job;

	if (job->kind == DELIVERY_CLEAR)
		return 0;
	return attempt->before_fen +
	       (job->kind == DELIVERY_CREDIT ? job->amount_fen : -job->amount_fen);
}

static enum rc
intend(struct db *db, void *context)
{
	struct attempt *attempt = context;
	struct delivery_intent intent = { .command_id = attempt->command_id,
		.lease_epoch = 1,
		.want_count = attempt->job.last_count + 1,
		.before_fen = attempt->before_fen,
		.before_wh = attempt->job.last_wh,
		.target_fen = target_of(attempt),
		.sends = 1,
		.at = clock_now() };
	enum rc rc =
	    command_hold(db, (uint32_t)building.collector_id, (uint32_t)building.bus_id, 1);

	return rc == RC_OK ? delivery_intend(db, &intent) : rc;
}

static enum rc
settle(struct db *db, void *context)
{
	struct attempt *attempt = context;
	int64_t target = target_of(attempt), now = clock_now();
	bool is_done = attempt->state == DELIVERY_DONE;
	struct delivery_end end = { .command_id = attempt->command_id,
		.lease_epoch = 1,
		.state = attempt->state,
		.amount_fen = attempt->job.kind == DELIVERY_CREDIT ? target - attempt->before_fen
								   : attempt->before_fen - target,
		.after_count = attempt->job.last_count + 1,
		.after_fen = is_done ? target : attempt->before_fen + 1,
		.after_wh = attempt->job.last_wh,
		.began_at = now,
		.ended_at = now,
		.attempt = 1,
		.outcome = is_done ? "" : "less_than_wanted" };
	enum rc rc =
	    command_hold(db, (uint32_t)building.collector_id, (uint32_t)building.bus_id, 1);

	return rc == RC_OK ? delivery_settle(db, &end) : rc;
}

/* Carries an order out up to that state; in its meter is what shows afterwards. */
static void
carry_out(int64_t sale_id, int64_t meter_id, enum delivery_state state)
{
	struct attempt attempt = { .command_id = command_of(sale_id),
		.state = state,
		.before_fen = number_by(&BACK[BACK_STATE], ARGS(I(meter_id))) };

	assert_int_equal(db_transact(collector, take, &attempt), RC_OK);
	if (state != DELIVERY_FAILED)
		assert_int_equal(db_transact(collector, intend, &attempt), RC_OK);
	if (state == DELIVERY_SENT)
		return;
	assert_int_equal(db_transact(collector, settle, &attempt), RC_OK);
	if (state == DELIVERY_DONE)
		show(meter_id, attempt.job.last_count + 1, target_of(&attempt), 100000);
}

/* The same for one whose intent is stored. */
static void
confirm(int64_t sale_id, int64_t meter_id)
{
	struct attempt attempt = { .command_id = command_of(sale_id),
		.state = DELIVERY_DONE,
		.before_fen = number_by(&BACK[BACK_STATE], ARGS(I(meter_id))) };

	assert_int_equal(delivery_load(collector, attempt.command_id, &attempt.job), RC_OK);
	assert_int_equal(db_transact(collector, settle, &attempt), RC_OK);
	show(meter_id, attempt.job.last_count + 1, target_of(&attempt), 100000);
}

/* A shop that bought and got it. */
static struct shop
make_buyer(int64_t operator_id, int64_t amount_fen, int64_t *purchase_id)
{
	struct shop shop = make_shop(3, 0);

	*purchase_id = sell(&shop, operator_id, amount_fen, 0);
	carry_out(*purchase_id, shop.meter_id, DELIVERY_DONE);
	return shop;
}

#endif
