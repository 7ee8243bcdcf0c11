/* Reversals: whole, the last one, once; and never of what the meter has got already. */
#include "back.h"

static void
what_was_not_sent_is_taken_back_at_once(void **state)
{
	int64_t cashier = make_cashier("cashier"), sale_id = 0;
	struct shop shop = make_shop(3, 0);
	const char *fee = named("物业费", 1);
	int64_t fee_id = insert_row(db_exec(admin, &BACK[BACK_FEE], ARGS(S(fee), I(500))));
	int64_t purchase = sell(&shop, cashier, 10000, fee_id);
	struct faults faults;

	(void)state;
	assert_balance(&shop, 9500, 0, 0);
	assert_int_equal(drawer(cashier), 10000);
	assert_int_equal(reverse(purchase, cashier, &faults, &sale_id), RC_OK);
	assert_string_equal(sale_now(purchase), "purchase cancelled cash 10000 9500 0 0");
	assert_string_equal(sale_now(sale_id), "reversal paid cash 10000 9500 1 0");
	assert_string_equal(delivery_now(purchase), "credit cancelled cancelled 9500");
	assert_balance(&shop, 0, 0, 0);
	assert_int_equal(number_by(&BACK[BACK_FEE_SUM], ARGS(S(fee))), 0);
	assert_int_equal(drawer(cashier), 0);
	assert_int_equal(audited("sale.reversal", sale_id), 1);
	/* Once. */
	int64_t before = stored();
	assert_int_equal(reverse(purchase, cashier, &faults, &sale_id), RC_INVALID);
	assert_fault(&faults, "", "WasReversed");
	assert_int_equal(stored(), before);
	assert_books();
}

static void
what_was_delivered_comes_out_of_the_meter_first(void **state)
{
	int64_t cashier = make_cashier("cashier"), sale_id = 0;
	struct shop shop = make_shop(3, 200);
	const char *fee = named("物业费", 2);
	int64_t fee_id = insert_row(db_exec(admin, &BACK[BACK_FEE], ARGS(S(fee), I(500))));
	int64_t purchase = sell(&shop, cashier, 10000, fee_id);
	struct faults faults;

	(void)state;
	carry_out(purchase, shop.meter_id, DELIVERY_DONE);
	assert_balance(&shop, 0, 9700, 0);
	assert_int_equal(reverse(purchase, cashier, &faults, &sale_id), RC_OK);
	assert_string_equal(sale_now(sale_id), "reversal booked cash 10000 9500 0 0");
	assert_string_equal(delivery_now(sale_id), "deduct queued queued 9500");
	assert_int_equal(drawer(cashier), 10000);
	carry_out(sale_id, shop.meter_id, DELIVERY_DONE);
	assert_string_equal(sale_now(sale_id), "reversal due cash 10000 9500 0 0");
	assert_string_equal(sale_now(purchase), "purchase delivered cash 10000 9500 0 0");
	assert_balance(&shop, 0, 200, 10000);
	assert_int_equal(number_by(&BACK[BACK_FEE_SUM], ARGS(S(fee))), 0);
	assert_int_equal(pay(sale_id, cashier, &faults), RC_OK);
	assert_int_equal(drawer(cashier), 0);
	assert_balance(&shop, 0, 200, 0);
	assert_int_equal(reverse(purchase, cashier, &faults, &sale_id), RC_INVALID);
	assert_fault(&faults, "", "WasReversed");
	assert_books();
}

static void
a_meter_that_counts_nothing_gives_back_at_once(void **state)
{
	int64_t cashier = make_cashier("cashier"), sale_id = 0;
	struct shop shop = make_shop_of("server", 0, 0);
	int64_t purchase = sell(&shop, cashier, 10000, 0);
	struct faults faults;

	(void)state;
	assert_int_equal(reverse(purchase, cashier, &faults, &sale_id), RC_OK);
	assert_string_equal(sale_now(sale_id), "reversal due cash 10000 10000 0 0");
	assert_balance(&shop, 0, 0, 10000);
	assert_int_equal(pay(sale_id, cashier, &faults), RC_OK);
	assert_books();
}

/* ---- refusals ---- */

static void
assert_refused(int64_t purchase, int64_t operator_id, const char *key)
{
	int64_t before = stored(), sale_id = 0;
	struct faults faults;

	assert_int_equal(reverse(purchase, operator_id, &faults, &sale_id), RC_INVALID);
	assert_fault(&faults, "", key);
	assert_int_equal(stored(), before);
}

static void
only_the_last_purchase_goes_back(void **state)
{
	int64_t cashier = make_cashier("cashier"), first, sale_id = 0;
	struct shop shop = make_buyer(cashier, 10000, &first);
	int64_t second = sell(&shop, cashier, 2000, 0);
	struct faults faults;

	(void)state;
	assert_refused(first, cashier, "NotLast");
	assert_int_equal(reverse(second, cashier, &faults, &sale_id), RC_OK);
	/* Now the first one is the last that stands. */
	assert_refused(sale_id, cashier, "NotPurchase");
	assert_int_equal(reverse(first, cashier, &faults, &sale_id), RC_OK);
	assert_refused(first, cashier, "WasReversed");
	/* It failed: then it may be tried again. */
	carry_out(sale_id, shop.meter_id, DELIVERY_FAILED);
	assert_string_equal(sale_now(sale_id), "reversal failed cash 10000 10000 0 0");
	assert_int_equal(reverse(first, cashier, &faults, &sale_id), RC_OK);
	assert_int_equal(number_by(&BACK[BACK_REVERSALS], ARGS(I(first))), 2);
	assert_books();
}

static void
what_was_used_does_not_come_back(void **state)
{
	int64_t cashier = make_cashier("cashier"), purchase;
	struct shop shop = make_buyer(cashier, 10000, &purchase);

	(void)state;
	show(shop.meter_id, 4, 9999, 101000);
	assert_refused(purchase, cashier, "RefundMax");
}

static void
what_is_on_its_way_waits_for_the_meter(void **state)
{
	int64_t cashier = make_cashier("cashier"), sale_id = 0;
	struct shop shop = make_shop(3, 0);
	int64_t purchase = sell(&shop, cashier, 10000, 0), before;
	struct faults faults;

	(void)state;
	carry_out(purchase, shop.meter_id, DELIVERY_SENT);
	before = stored();
	assert_int_equal(reverse(purchase, cashier, &faults, &sale_id), RC_INVALID);
	assert_fault(&faults, "", "StateNow");
	assert_string_equal(faults.list[0].value, "booked");
	assert_int_equal(stored(), before);
	assert_string_equal(delivery_now(purchase), "credit sent taken 10000");
	confirm(purchase, shop.meter_id);
	assert_int_equal(reverse(purchase, cashier, &faults, &sale_id), RC_OK);
	assert_string_equal(sale_now(sale_id), "reversal booked cash 10000 10000 0 0");
	assert_books();
}

static void
what_is_held_is_for_two_persons(void **state)
{
	int64_t cashier = make_cashier("cashier"), sale_id = 0;
	struct shop shop = make_shop(3, 0);
	int64_t purchase = sell(&shop, cashier, 10000, 0), before;
	struct faults faults;

	(void)state;
	carry_out(purchase, shop.meter_id, DELIVERY_HELD);
	before = stored();
	assert_int_equal(reverse(purchase, cashier, &faults, &sale_id), RC_INVALID);
	assert_fault(&faults, "", "StateNow");
	assert_string_equal(faults.list[0].value, "held");
	assert_int_equal(stored(), before);
}

static void
a_drawer_cannot_give_what_it_does_not_hold(void **state)
{
	int64_t cashier = make_cashier("cashier"), poor = make_cashier("cashier");
	struct shop shop = make_shop(3, 0);
	int64_t purchase = sell(&shop, cashier, 10000, 0);

	(void)state;
	assert_refused(purchase, make_operator("cashier"), "NoShift");
	assert_refused(purchase, poor, "CashShort");
	/* Nothing was taken back meanwhile. */
	assert_string_equal(delivery_now(purchase), "credit queued queued 10000");
	assert_string_equal(sale_now(purchase), "purchase booked cash 10000 10000 0 0");
}

/* ---- the second person ---- */

static void
another_day_needs_a_second_person(void **state)
{
	int64_t cashier = make_cashier("cashier"), manager = make_operator("manager"), sale_id = 0;
	struct shop shop = make_shop(3, 0);
	int64_t purchase = sell(&shop, cashier, 10000, 0);
	struct faults faults;

	(void)state;
	assert_int_equal(reverse_later(purchase, cashier, 1, &faults, &sale_id), RC_OK);
	assert_string_equal(sale_now(sale_id), "reversal asked cash 10000 10000 0 0");
	assert_string_equal(delivery_now(purchase), "credit queued queued 10000");
	assert_int_equal(approve(approval_of(sale_id), cashier, &faults), RC_DENIED);
	assert_int_equal(approve(approval_of(sale_id), manager, &faults), RC_OK);
	/* It was not sent: the money waits for the one who hands it over. */
	assert_string_equal(sale_now(sale_id), "reversal due cash 10000 10000 0 1");
	assert_string_equal(sale_now(purchase), "purchase cancelled cash 10000 10000 0 0");
	assert_string_equal(delivery_now(purchase), "credit cancelled cancelled 10000");
	assert_balance(&shop, 0, 0, 10000);
	assert_int_equal(drawer(cashier), 10000);
	assert_int_equal(pay(sale_id, cashier, &faults), RC_OK);
	assert_int_equal(drawer(cashier), 0);
	assert_books();
}

static void
a_large_one_needs_a_second_person(void **state)
{
	int64_t cashier = make_cashier("cashier"), manager = make_operator("manager"), purchase;
	struct shop shop = make_buyer(cashier, 60000, &purchase);
	int64_t sale_id = 0;
	struct faults faults;

	(void)state;
	set_limits(cashier, -1, 50000);
	assert_int_equal(reverse(purchase, cashier, &faults, &sale_id), RC_OK);
	assert_string_equal(sale_now(sale_id), "reversal asked cash 60000 60000 0 0");
	assert_refused(purchase, cashier, "WasReversed");
	assert_int_equal(approve(approval_of(sale_id), manager, &faults), RC_OK);
	assert_string_equal(sale_now(sale_id), "reversal booked cash 60000 60000 0 1");
	carry_out(sale_id, shop.meter_id, DELIVERY_DONE);
	assert_string_equal(sale_now(sale_id), "reversal due cash 60000 60000 0 1");
	assert_books();
}

static void
too_late_for_the_second_person_is_not_the_end(void **state)
{
	int64_t cashier = make_cashier("cashier"), manager = make_operator("manager"), sale_id = 0;
	struct shop shop = make_shop(3, 0);
	int64_t purchase = sell(&shop, cashier, 10000, 0);
	struct faults faults;

	(void)state;
	assert_int_equal(reverse_later(purchase, cashier, 1, &faults, &sale_id), RC_OK);
	carry_out(purchase, shop.meter_id, DELIVERY_SENT);
	assert_int_equal(approve(approval_of(sale_id), manager, &faults), RC_INVALID);
	assert_fault(&faults, "", "StateNow");
	assert_string_equal(sale_now(sale_id), "reversal asked cash 10000 10000 0 0");
	confirm(purchase, shop.meter_id);
	assert_int_equal(approve(approval_of(sale_id), manager, &faults), RC_OK);
	assert_string_equal(sale_now(sale_id), "reversal booked cash 10000 10000 0 1");
	assert_books();
}

/* ---- 200 races (M-27) ---- */

#define RACES 200

static struct race {
	pthread_barrier_t barrier;
	int64_t purchase, cashier;
	struct shop shop;
	enum rc reversed, claimed, intended;
	struct faults faults;
} race;

static void *
races_to_reverse(void *context)
{
	struct db *own = open_as("voltill_sales");

	(void)context;
	for (int i = 0; i < RACES; i++) {
		pthread_barrier_wait(&race.barrier);
		struct reversal_wish wish = {
			.asker = asker(race.cashier), .sale_id = race.purchase, .reason = "金额输错"
		};
		int64_t sale_id;
		bool is_old;
		race.faults = (struct faults){ 0 };
		race.reversed = sale_reverse(own, &wish, &race.faults, &sale_id, &is_old);
		pthread_barrier_wait(&race.barrier);
	}
	db_close(own);
	return NULL;
}

/* The collector's claim and its intent. */
static void
claim(int round)
{
	struct attempt attempt = { .command_id = command_of(race.purchase) };

	/* Neither always wins. */
	usleep((useconds_t)(round % 20) * 70);
	race.intended = RC_NOT_FOUND;
	race.claimed = db_transact(collector, take, &attempt);
	if (race.claimed == RC_OK)
		race.intended = db_transact(collector, intend, &attempt);
}

static void
exactly_one_wins_each_race(void **state)
{
	int reversed = 0, delivered = 0;
	pthread_t thread;

	(void)state;
	pthread_barrier_init(&race.barrier, NULL, 2);
	assert_int_equal(pthread_create(&thread, NULL, races_to_reverse, NULL), 0);
	for (int i = 0; i < RACES; i++) {
		/* 100 documents in ten seconds are one person's limit. */
		if (i % 20 == 0)
			race.cashier = make_cashier("cashier");
		race.shop = make_shop(3, 0);
		race.purchase = sell(&race.shop, race.cashier, 10000, 0);
		pthread_barrier_wait(&race.barrier);
		claim(i);
		pthread_barrier_wait(&race.barrier);
		assert_true((race.reversed == RC_OK) != (race.intended == RC_OK));
		if (race.reversed == RC_OK) {
			reversed++;
			assert_string_equal(
			    delivery_now(race.purchase), "credit cancelled cancelled 10000");
			assert_balance(&race.shop, 0, 0, 0);
			continue;
		}
		delivered++;
		assert_int_equal(race.reversed, RC_INVALID);
		assert_fault(&race.faults, "", "StateNow");
		assert_string_equal(delivery_now(race.purchase), "credit sent taken 10000");
		assert_balance(&race.shop, 10000, 0, 0);
	}
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&race.barrier);
	print_message("of %d races %d were reversed, %d were sent\n", RACES, reversed, delivered);
	assert_true(reversed > 0 && delivered > 0);
	assert_books();
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_not_sent_is_taken_back_at_once),
		cmocka_unit_test(what_was_delivered_comes_out_of_the_meter_first),
		cmocka_unit_test(a_meter_that_counts_nothing_gives_back_at_once),
		cmocka_unit_test(only_the_last_purchase_goes_back),
		cmocka_unit_test(what_was_used_does_not_come_back),
		cmocka_unit_test(what_is_on_its_way_waits_for_the_meter),
		cmocka_unit_test(what_is_held_is_for_two_persons),
		cmocka_unit_test(a_drawer_cannot_give_what_it_does_not_hold),
		cmocka_unit_test(another_day_needs_a_second_person),
		cmocka_unit_test(a_large_one_needs_a_second_person),
		cmocka_unit_test(too_late_for_the_second_person_is_not_the_end),
		cmocka_unit_test(exactly_one_wins_each_race),
	};

	secret_init();
	return cmocka_run_group_tests(tests, open_counter, close_counter);
}
