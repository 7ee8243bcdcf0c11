/* Money commands: the intent before the first byte, one in flight, and what becomes of each. */
#include "selling.h"

#include "model/delivery.h"

enum { EPOCH_FLIGHT, ATTEMPTS };
static const struct query Q[] QUERIES = {
	[EPOCH_FLIGHT] = { .sql = "SELECT COALESCE(flight_count, -1) FROM meter_epoch"
				  " WHERE active_meter = ?",
	    .bounded = "unique key" },
	[ATTEMPTS] = { .sql = "SELECT COUNT(*) FROM command_attempt WHERE command_id = ?",
	    .bounded = "one row" },
};

static const char *
delivery_state(int64_t command_id)
{
	return text_by(&MONEY[MONEY_DELIVERY_STATE], ARGS(I(command_id)));
}

static const char *
command_state(int64_t command_id)
{
	return text_by(&MONEY[MONEY_COMMAND_STATE], ARGS(I(command_id)));
}

static int64_t
flight(const struct shop *shop)
{
	return number_by(&Q[EPOCH_FLIGHT], ARGS(I(shop->meter_id)));
}

static int64_t
alarms(const struct shop *shop)
{
	return number_by(&MONEY[MONEY_ALARMS], ARGS(I(shop->meter_id), S("delivery_held")));
}

static void
a_job_says_what_must_be_known(void **state)
{
	struct shop shop = make_shop(12, 4000);
	int64_t sale_id = sell(&shop, make_cashier("cashier"), 5000), order = order_of(sale_id);
	struct delivery_job job;

	(void)state;
	assert_int_equal(delivery_load(collector, order, &job), RC_OK);
	assert_int_equal(job.sale_id, sale_id);
	assert_int_equal(job.meter_id, shop.meter_id);
	assert_int_equal(job.kind, DELIVERY_CREDIT);
	assert_int_equal(job.guard, GUARD_UNKNOWN);
	assert_int_equal(job.amount_fen, 5000);
	assert_int_equal(job.last_count, 12);
	assert_int_equal(job.last_fen, 4000);
	assert_false(job.has_intent);
	job = begin_order(collector, order, 4000);
	assert_int_equal(delivery_load(collector, order, &job), RC_OK);
	assert_true(job.has_intent);
	assert_int_equal(job.want_count, 13);
	assert_int_equal(job.before_fen, 4000);
	assert_int_equal(job.sends, 1);
	assert_int_equal(delivery_load(collector, order + 1000000, &job), RC_NOT_FOUND);
}

static void
an_intent_is_refused_to_all_but_one(void **state)
{
	struct shop shop = make_shop(5, 0);
	int64_t cashier = make_cashier("cashier");
	int64_t first = order_of(sell(&shop, cashier, 1000)),
		second = order_of(sell(&shop, cashier, 2000));
	struct delivery_job job, later;

	(void)state;
	assert_int_equal(delivery_load(collector, first, &job), RC_OK);
	assert_int_equal(intend(collector, &job, 0, 0), RC_CONFLICT); /* not taken */
	assert_int_equal(take(collector, first), RC_OK);
	assert_int_equal(take(collector, first), RC_NOT_FOUND);
	job.last_count = 6; /* the count after the next */
	assert_int_equal(intend(collector, &job, 0, 0), RC_CONFLICT);
	job.last_count = 5;
	assert_int_equal(intend(collector, &job, 0, 0), RC_OK);
	assert_int_equal(flight(&shop), 6);
	assert_int_equal(intend(collector, &job, 0, 0), RC_CONFLICT); /* the same write again */
	job.sends = 1;
	assert_int_equal(intend(collector, &job, 0, 0), RC_OK);
	/* Another of this meter, taken by mistake. */
	assert_int_equal(take(collector, second), RC_OK);
	assert_int_equal(delivery_load(collector, second, &later), RC_OK);
	assert_int_equal(intend(collector, &later, 0, 0), RC_CONFLICT);
	struct delivery_end end = ended(first, DELIVERY_DONE, 1000, 6, 1000);
	end.lease_epoch = LEASE + 1;
	assert_int_equal(settle(collector, &end), RC_NOT_FOUND);
	end.lease_epoch = LEASE;
	assert_int_equal(settle(collector, &end), RC_OK);
	assert_int_equal(settle(collector, &end), RC_NOT_FOUND);
	assert_int_equal(flight(&shop), -1);
	assert_int_equal(last_count(shop.meter_id), 6);
	later.last_count = 6;
	assert_int_equal(intend(collector, &later, 1000, 0), RC_OK);
	end = ended(second, DELIVERY_DONE, 2000, 7, 3000);
	assert_int_equal(settle(collector, &end), RC_OK);
	assert_balance(&shop, 0, 3000, 0);
	assert_books();
}

static void
silence_puts_it_back(void **state)
{
	struct shop shop = make_shop(5, 0);
	int64_t sale_id = sell(&shop, make_cashier("cashier"), 1000), order = order_of(sale_id);

	(void)state;
	assert_int_equal(take(collector, order), RC_OK);
	struct delivery_end end = ended(order, DELIVERY_QUEUED, 0, 0, 0);
	assert_int_equal(settle(collector, &end), RC_OK);
	assert_string_equal(command_state(order), "queued");
	assert_string_equal(sale_state(sale_id), "booked");
	assert_int_equal(number_by(&Q[ATTEMPTS], ARGS(I(order))), 1);
	deliver_order(collector, order, 0);
	assert_string_equal(sale_state(sale_id), "delivered");
	assert_string_equal(command_state(order), "confirmed");
	assert_books();
}

/* ---- held ---- */

/* A purchase of 10.00 on a meter at count 5 with 20.00 that shows 7 and 40.00. */
static int64_t
hold(const struct shop *shop, int64_t sale_id)
{
	int64_t order = order_of(sale_id);

	(void)begin_order(collector, order, 2000);
	struct delivery_end end = ended(order, DELIVERY_HELD, 0, 7, 4000);
	assert_int_equal(settle(collector, &end), RC_OK);
	assert_string_equal(delivery_state(order), "held");
	assert_string_equal(command_state(order), "held");
	assert_string_equal(sale_state(sale_id), "held");
	assert_int_equal(alarms(shop), 1);
	assert_int_equal(flight(shop), 6);
	return order;
}

static enum rc
resolve(struct db *through, void *context)
{
	return delivery_resolve(through, context);
}

static struct delivery_verdict
verdict(int64_t order, bool is_delivered, int64_t count, int64_t credit_fen)
{
	return (struct delivery_verdict){ .command_id = order,
		.is_delivered = is_delivered,
		.count = count,
		.credit_fen = credit_fen,
		.energy_wh = 100000,
		.resolved_by = make_operator("manager"),
		.second_by = make_operator("manager"),
		.at = clock_now() };
}

static void
a_held_one_stops_the_meter(void **state)
{
	struct shop shop = make_shop(5, 2000);
	int64_t cashier = make_cashier("cashier"), sale_id = sell(&shop, cashier, 1000);
	struct sale_wish wish = wish_of(&shop, cashier, 3000);
	struct faults faults = { 0 };
	int64_t order, other;
	bool is_old;

	(void)state;
	int64_t behind = order_of(sell(&shop, cashier, 1100));
	order = hold(&shop, sale_id);
	assert_int_equal(sale_record(db, &wish, &faults, &other, &is_old), RC_INVALID);
	assert_string_equal(faults.list[0].key, "MeterStopped");
	assert_balance(&shop, 2100, 2000, 0);
	/* The one behind it cannot be sent either. */
	struct delivery_job job;
	assert_int_equal(take(collector, behind), RC_OK);
	assert_int_equal(delivery_load(collector, behind, &job), RC_OK);
	assert_int_equal(intend(collector, &job, 2000, 0), RC_CONFLICT);

	struct delivery_verdict yes = verdict(order, true, 6, 3000);
	assert_int_equal(db_transact(db, resolve, &yes), RC_OK);
	assert_string_equal(sale_state(sale_id), "delivered");
	assert_string_equal(delivery_state(order), "done");
	assert_int_equal(alarms(&shop), 0);
	assert_int_equal(last_count(shop.meter_id), 6);
	assert_balance(&shop, 1100, 3000, 0);
	assert_int_equal(db_transact(db, resolve, &yes), RC_CONFLICT);
	job.last_count = 6;
	assert_int_equal(intend(collector, &job, 3000, 0), RC_OK);
	assert_books();
}

static void
one_that_was_not_delivered_is_sent_again(void **state)
{
	struct shop shop = make_shop(5, 2000);
	int64_t cashier = make_cashier("manager"), sale_id = sell(&shop, cashier, 1000), order;
	struct operator_actor by = actor(cashier);
	struct faults faults = { 0 };

	(void)state;
	order = hold(&shop, sale_id);
	assert_int_equal(sale_resend(db, sale_id, &by, &faults), RC_INVALID);
	struct delivery_verdict no = verdict(order, false, 5, 1990);
	assert_int_equal(db_transact(db, resolve, &no), RC_OK);
	assert_string_equal(sale_state(sale_id), "held");
	assert_string_equal(delivery_state(order), "failed");
	assert_string_equal(command_state(order), "failed");
	assert_int_equal(alarms(&shop), 0);
	assert_int_equal(flight(&shop), -1);
	assert_balance(&shop, 1000, 2000, 0);
	faults = (struct faults){ 0 };
	assert_int_equal(sale_resend(db, sale_id, &by, &faults), RC_OK);
	assert_int_not_equal(order_of(sale_id), order);
	deliver_order(collector, order_of(sale_id), 1990);
	assert_string_equal(sale_state(sale_id), "delivered");
	assert_int_equal(last_count(shop.meter_id), 6);
	assert_books();
}

/* What the meter refused is owed all the same, until a person sends it again. */
static void
a_refused_purchase_waits_for_a_person(void **state)
{
	struct shop shop = make_shop(5, 2000);
	int64_t cashier = make_cashier("manager"), sale_id = sell(&shop, cashier, 1000);
	struct operator_actor by = actor(cashier);
	struct faults faults = { 0 };

	(void)state;
	(void)begin_order(collector, order_of(sale_id), 2000);
	struct delivery_end end = ended(order_of(sale_id), DELIVERY_FAILED, 0, 0, 0);
	assert_int_equal(settle(collector, &end), RC_OK);
	assert_string_equal(sale_state(sale_id), "held");
	assert_int_equal(flight(&shop), -1);
	assert_balance(&shop, 1000, 2000, 0);
	assert_int_equal(sale_resend(db, sale_id, &by, &faults), RC_OK);
	deliver_order(collector, order_of(sale_id), 2000);
	assert_string_equal(sale_state(sale_id), "delivered");
	assert_books();
}

/* After 65535 comes 0. */
static void
a_count_runs_over(void **state)
{
	struct shop shop = make_shop(65535, 0);
	int64_t sale_id = sell(&shop, make_cashier("cashier"), 1000), order = order_of(sale_id);
	struct delivery_job job;

	(void)state;
	assert_int_equal(take(collector, order), RC_OK);
	assert_int_equal(delivery_load(collector, order, &job), RC_OK);
	job.last_count = UINT32_MAX; /* so that the next is 0 */
	assert_int_equal(intend(collector, &job, 0, 0), RC_OK);
	struct delivery_end end = ended(order, DELIVERY_DONE, 1000, 0, 1000);
	assert_int_equal(settle(collector, &end), RC_OK);
	assert_int_equal(last_count(shop.meter_id), 0);
	assert_string_equal(sale_state(sale_id), "delivered");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_job_says_what_must_be_known),
		cmocka_unit_test(an_intent_is_refused_to_all_but_one),
		cmocka_unit_test(silence_puts_it_back),
		cmocka_unit_test(a_held_one_stops_the_meter),
		cmocka_unit_test(one_that_was_not_delivered_is_sent_again),
		cmocka_unit_test(a_refused_purchase_waits_for_a_person),
		cmocka_unit_test(a_count_runs_over),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
