/* What a day's use costs, and what it does to the ledger. */
#include "back.h"
#include "charging.h"

static int64_t cashier;

static int
open_all(void **state)
{
	if (open_counter(state) != 0)
		return -1;
	cashier = make_cashier("cashier");
	return 0;
}

/* Price 0.80: 10 kWh are 8.00. */
static void
whole_days_are_charged_once(void **state)
{
	struct shop shop = make_shop_at(noon(3), 100000, 5000, 3);

	(void)state;
	read_at(&shop, noon(3) + CLOCK_HOUR, 101000, 4920, 3);
	read_at(&shop, night(3), 105000, 4600, 3);
	read_at(&shop, noon(2), 107000, 4440, 3);
	read_at(&shop, night(2), 110000, 4197, 3); /* three fen less than reckoned */
	read_at(&shop, noon(1), 110000, 4197, 3);
	read_at(&shop, night(1), 115000, 3797, 3);
	read_at(&shop, night(1) + CLOCK_HOUR / 2, 115100, 3789, 3);
	charge_all();
	assert_string_equal(charged(&shop),
	    "5000 0 0 400 0 4600 3 5000|4600 0 0 400 -3 4197 3 5000|4197 0 0 400 0 3797 3 5000");
	assert_balance(&shop, 0, 3797, 0);
	assert_int_equal(owed("revenue", shop.account_id), 1200);
	assert_int_equal(owed("metering", shop.account_id), 3);
	charge_all();
	assert_int_equal(number_by(&CHARGING[CHARGING_SUM], ARGS(I(shop.meter_id))), 3);
	assert_balance(&shop, 0, 3797, 0);
	assert_books();
}

static void
a_silent_day_carries_on(void **state)
{
	struct shop shop = make_shop_at(noon(4), 100000, 5000, 3);

	(void)state;
	read_at(&shop, night(4), 105000, 4600, 3);
	read_at(&shop, noon(2), 109000, 4280, 3);
	charge_all_at(noon(0));
	/* Yesterday may still be read: not charged before it was silent for 36 hours. */
	assert_string_equal(charged(&shop),
	    "5000 0 0 400 0 4600 3 5000|4600 0 0 0 0 4600 3 0|4600 0 0 320 0 4280 3 4000");
	assert_books();
}

/* Credit that no confirmed order explains is not taken for use. */
static void
a_purchase_counts_when_it_is_confirmed(void **state)
{
	struct shop shop = make_shop_at(noon(2), 100000, 5000, 3);
	int64_t sale_id = sell(&shop, cashier, 10000, 0);

	(void)state;
	read_at(&shop, noon(2) + CLOCK_HOUR, 101000, 4920, 3);
	read_at(&shop, night(2), 102000, 14840, 4); /* it is in the meter, and nobody knows yet */
	read_at(&shop, noon(1), 103000, 14760, 4);
	read_at(&shop, night(1), 104000, 14680, 4);
	charge_all();
	assert_string_equal(charged(&shop), "5000 0 0 80 0 4920 3 1000|4920 0 0 0 0 4920 3 0");
	show(shop.meter_id, 3, 4920, 101000);
	carry_out(sale_id, shop.meter_id, DELIVERY_DONE);
	assert_balance(&shop, 0, 14920, 0);
	assert_books();
}

static void
the_last_day_leaves_nothing(void **state)
{
	struct shop shop = make_shop_at(noon(2), 100000, 5000, 3);
	struct charge_end end = {
		.at = clock_now(), .energy_wh = 120000, .credit_fen = 0, .count = 4
	};
	struct epoch epoch;
	const struct posting out[] = {
		{ LEDGER_CREDIT, shop.account_id, shop.meter_id, 0, CHANNEL_NONE, NULL, 3399 },
		{ LEDGER_PAYABLE, shop.account_id, shop.meter_id, 0, CHANNEL_NONE, NULL, -3399 },
	};

	(void)state;
	read_at(&shop, night(2), 105000, 4600, 3);
	read_at(&shop, night(1), 110000, 4200, 3);
	assert_int_equal(db_begin(collector), RC_OK);
	assert_int_equal(epoch_find(collector, shop.meter_id, &epoch), RC_OK);
	assert_int_equal(ledger_write(collector,
			     &(struct journal){ .kind = JOURNAL_DEDUCTION,
				 .at = end.at,
				 .account_id = shop.account_id,
				 .source_key = named("last", shop.meter_id) },
			     out, 2, NULL),
	    RC_OK);
	assert_int_equal(charge_last_day(collector, epoch.epoch_id, &end, end.at), RC_OK);
	assert_int_equal(epoch_end(collector, shop.meter_id, end.at), RC_OK);
	assert_int_equal(db_end(collector, RC_OK), RC_OK);
	/* 10 kWh today are 8.00; the meter gave back 33.99 of the 34.00 that should be left. */
	assert_string_equal(charged(&shop),
	    "5000 0 0 400 0 4600 3 5000|4600 0 0 400 0 4200 3 5000|4200 0 3399 800 -1 0 4 10000");
	assert_balance(&shop, 0, 0, 3399);
	assert_books();
}

/* What two persons adopted is neither use nor a difference. */
static void
what_was_explained_is_no_use(void **state)
{
	struct shop shop = make_shop_at(noon(2), 100000, 5000, 3);
	const struct posting gone[] = {
		{ LEDGER_CREDIT, shop.account_id, shop.meter_id, 0, CHANNEL_NONE, NULL, 500 },
		{ LEDGER_SUSPENSE, shop.account_id, shop.meter_id, 0, CHANNEL_NONE, NULL, -500 },
	};
	struct epoch epoch;
	int64_t fen = 0;

	(void)state;
	read_at(&shop, night(2), 105000, 4600, 3);
	read_at(&shop, noon(1), 107000, 3940, 3); /* 5.00 are missing */
	assert_int_equal(db_begin(collector), RC_OK);
	assert_int_equal(epoch_find(collector, shop.meter_id, &epoch), RC_OK);
	assert_int_equal(
	    charge_since(collector, epoch.epoch_id, noon(1) + CLOCK_HOUR, 108000, &fen), RC_OK);
	assert_int_equal(fen, 640);
	assert_int_equal(ledger_write(collector,
			     &(struct journal){ .kind = JOURNAL_EXPLAINED,
				 .at = noon(1) + CLOCK_HOUR,
				 .account_id = shop.account_id,
				 .source_key = named("gone", shop.meter_id) },
			     gone, 2, NULL),
	    RC_OK);
	assert_int_equal(db_end(collector, RC_OK), RC_OK);
	read_at(&shop, night(1), 110000, 3700, 3);
	charge_all();
	assert_string_equal(
	    charged(&shop), "5000 0 0 400 0 4600 3 5000|4600 0 500 400 0 3700 3 5000");
	assert_balance(&shop, 0, 3700, 0);
	assert_books();
}

/* The remainder of rounding goes on from day to day: the parts sum to the whole. */
static void
no_fen_is_lost_between_days(void **state)
{
	struct shop shop = make_shop_at(noon(4), 100000, 5000, 3);

	(void)state;
	/* 1.006 kWh a day are 80.48 fen; the meter counts 80. */
	for (int days = 4; days >= 1; days--)
		read_at(&shop, night(days), 100000 + (5 - days) * 1006, 5000 - (5 - days) * 80, 3);
	charge_all();
	/* 4.024 kWh are 321.92. */
	assert_int_equal(owed("revenue", shop.account_id), 322);
	assert_int_equal(owed("metering", shop.account_id), -2);
	assert_balance(&shop, 0, 4680, 0);
}

static void
a_difference_that_is_not_small_is_an_alarm(void **state)
{
	struct shop shop = make_shop_at(noon(2), 100000, 5000, 3);

	(void)state;
	read_at(&shop, night(2), 105000, 4450, 3); /* 5.50 for 4.00 */
	charge_all();
	assert_int_equal(
	    number_by(&MONEY[MONEY_ALARMS], ARGS(I(shop.meter_id), S("metering_difference"))), 1);
	read_at(&shop, night(1), 110000, 4050, 3);
	read_at(&shop, night(1) + CLOCK_HOUR / 2, 110000, 4050, 3);
	charge_all();
	assert_int_equal(
	    number_by(&MONEY[MONEY_ALARMS], ARGS(I(shop.meter_id), S("metering_difference"))), 0);
}

/* A meter that counts nothing: what is left is what was bought less what was used. */
static void
a_server_meter_has_no_difference(void **state)
{
	struct shop shop = make_shop_of("server", 0, 0);
	int64_t sale_id = sell(&shop, cashier, 5000, 0);

	(void)state;
	(void)sale_id;
	assert_int_equal(charge_all().failed, 0);
	assert_balance(&shop, 0, 5000, 0);
	assert_books();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_days_are_charged_once),
		cmocka_unit_test(a_silent_day_carries_on),
		cmocka_unit_test(a_purchase_counts_when_it_is_confirmed),
		cmocka_unit_test(the_last_day_leaves_nothing),
		cmocka_unit_test(what_was_explained_is_no_use),
		cmocka_unit_test(no_fen_is_lost_between_days),
		cmocka_unit_test(a_difference_that_is_not_small_is_an_alarm),
		cmocka_unit_test(a_server_meter_has_no_difference),
	};

	log_open("test_charge", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, open_all, close_counter);
}
