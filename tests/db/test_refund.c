/* Refunds: out of the meter first, then out of the drawer; what is refused leaves nothing behind.
 */
#include "back.h"

enum { CLOSE_DAY, OPEN_DAY };
static const struct query Q[] QUERIES = {
	[CLOSE_DAY] = { .sql = "INSERT INTO business_day (day, closed_at)"
			       " VALUES (?, UTC_TIMESTAMP(3))"
			       " ON DUPLICATE KEY UPDATE closed_at = VALUES(closed_at)" },
	[OPEN_DAY] = { .sql = "UPDATE business_day SET closed_at = NULL WHERE day = ?" },
};

static void
credit_comes_out_of_the_meter_before_cash_out_of_the_drawer(void **state)
{
	int64_t cashier = make_cashier("cashier"), purchase, sale_id = 0;
	struct shop shop = make_buyer(cashier, 10000, &purchase);
	struct faults faults;

	(void)state;
	assert_balance(&shop, 0, 10000, 0);
	assert_int_equal(refund(&shop, cashier, 3000, &faults, &sale_id), RC_OK);
	assert_string_equal(sale_now(sale_id), "refund booked cash 3000 3000 0 0");
	assert_string_equal(delivery_now(sale_id), "deduct queued queued 3000");
	assert_balance(&shop, 0, 10000, 0);
	/* Nothing to hand over yet. */
	assert_int_equal(pay(sale_id, cashier, &faults), RC_CONFLICT);
	assert_int_equal(drawer(cashier), 10000);
	carry_out(sale_id, shop.meter_id, DELIVERY_DONE);
	assert_string_equal(sale_now(sale_id), "refund due cash 3000 3000 0 0");
	assert_balance(&shop, 0, 7000, 3000);
	assert_int_equal(pay(sale_id, cashier, &faults), RC_OK);
	assert_string_equal(sale_now(sale_id), "refund paid cash 3000 3000 1 0");
	assert_balance(&shop, 0, 7000, 0);
	assert_int_equal(drawer(cashier), 7000);
	assert_int_equal(audited("sale.pay", sale_id), 1);
	assert_int_equal(pay(sale_id, cashier, &faults), RC_CONFLICT);
	assert_int_equal(drawer(cashier), 7000);
	assert_books();
}

static void
everything_is_what_the_meter_holds_when_the_order_comes(void **state)
{
	int64_t cashier = make_cashier("cashier"), purchase, sale_id = 0;
	struct shop shop = make_buyer(cashier, 10000, &purchase);
	struct faults faults;

	(void)state;
	assert_int_equal(refund(&shop, cashier, 0, &faults, &sale_id), RC_OK);
	assert_string_equal(delivery_now(sale_id), "clear queued queued 0");
	show(shop.meter_id, 4, 9876, 101000);
	carry_out(sale_id, shop.meter_id, DELIVERY_DONE);
	assert_string_equal(sale_now(sale_id), "refund due cash 9876 9876 0 0");
	assert_balance(&shop, 0, 124, 9876);
	assert_int_equal(pay(sale_id, cashier, &faults), RC_OK);
	assert_int_equal(drawer(cashier), 124);
	assert_books();
}

static void
a_debt_that_was_wiped_is_collected(void **state)
{
	int64_t cashier = make_cashier("cashier"), purchase, sale_id = 0;
	struct shop shop = make_buyer(cashier, 10000, &purchase);
	struct faults faults;

	(void)state;
	assert_int_equal(refund(&shop, cashier, 0, &faults, &sale_id), RC_OK);
	/* The meter was away for long. */
	show(shop.meter_id, 4, -300, 120000);
	carry_out(sale_id, shop.meter_id, DELIVERY_DONE);
	assert_string_equal(sale_now(sale_id), "refund due cash 0 -300 0 0");
	assert_balance(&shop, 0, 10300, -300);
	assert_int_equal(pay(sale_id, cashier, &faults), RC_OK);
	assert_int_equal(drawer(cashier), 10300);
	assert_balance(&shop, 0, 10300, 0);
	assert_books();
}

static void
a_meter_that_counts_nothing_gives_back_at_once(void **state)
{
	int64_t cashier = make_cashier("cashier"), sale_id = 0;
	struct shop shop = make_shop_of("server", 0, 0);
	struct faults faults;

	(void)state;
	assert_int_equal(refund(&shop, cashier, 0, &faults, &sale_id), RC_INVALID);
	assert_fault(&faults, "amount", "RefundMax");
	(void)sell(&shop, cashier, 10000, 0);
	assert_balance(&shop, 0, 10000, 0);
	assert_int_equal(refund(&shop, cashier, 4000, &faults, &sale_id), RC_OK);
	assert_string_equal(sale_now(sale_id), "refund due cash 4000 4000 0 0");
	assert_balance(&shop, 0, 6000, 4000);
	assert_int_equal(refund(&shop, cashier, 0, &faults, &sale_id), RC_OK);
	assert_string_equal(sale_now(sale_id), "refund due cash 6000 6000 0 0");
	assert_balance(&shop, 0, 0, 10000);
	assert_books();
}

/* ---- refusals ---- */

static struct refund_wish
wish_of(const struct shop *shop, int64_t operator_id, int64_t amount_fen)
{
	return (struct refund_wish){ .asker = asker(operator_id),
		.account_id = shop->account_id,
		.meter_id = shop->meter_id,
		.channel = CHANNEL_CASH,
		.amount_fen = amount_fen,
		.reason = "租户要求",
		.note = "" };
}

static void
assert_refused(const struct refund_wish *wish, const char *field, const char *key)
{
	int64_t before = stored(), sale_id = 0;
	struct faults faults = { 0 };
	bool is_old;

	assert_int_equal(sale_refund(counter, wish, &faults, &sale_id, &is_old), RC_INVALID);
	assert_fault(&faults, field, key);
	assert_int_equal(stored(), before);
}

static void
what_is_refused_leaves_nothing_behind(void **state)
{
	int64_t cashier = make_cashier("cashier"), purchase;
	struct shop shop = make_buyer(cashier, 10000, &purchase), other = make_shop(0, 0);
	struct refund_wish wish = wish_of(&shop, cashier, 10001);
	struct day today = clock_day(clock_now());

	(void)state;
	assert_refused(&wish, "amount", "RefundMax");
	wish = wish_of(&shop, cashier, 100);
	wish.reason = "";
	assert_refused(&wish, "reason", "Required");
	wish = wish_of(&shop, cashier, 100);
	wish.channel = CHANNEL_NONE;
	assert_refused(&wish, "channel", "Required");
	wish = wish_of(&shop, make_operator("cashier"), 100);
	assert_refused(&wish, "", "NoShift");
	wish = wish_of(&shop, cashier, 100);
	wish.account_id = other.account_id;
	assert_refused(&wish, "", "NotItsAccount");
	wish = wish_of(&other, cashier, 0);
	assert_refused(&wish, "amount", "RefundMax");
	wish = wish_of(&shop, cashier, 100);
	assert_int_equal(db_exec(admin, &Q[CLOSE_DAY], ARGS(D(today))), RC_OK);
	assert_refused(&wish, "", "DayClosed");
	assert_int_equal(db_exec(admin, &Q[OPEN_DAY], ARGS(D(today))), RC_OK);
}

static void
a_busy_or_stopped_meter_gives_nothing_back(void **state)
{
	int64_t cashier = make_cashier("cashier"), purchase, sale_id = 0;
	struct shop shop = make_buyer(cashier, 10000, &purchase);
	struct refund_wish wish = wish_of(&shop, cashier, 100);
	struct faults faults;

	(void)state;
	(void)sell(&shop, cashier, 500, 0);
	assert_refused(&wish, "", "InFlight");
	shop = make_buyer(cashier, 10000, &purchase);
	assert_int_equal(refund(&shop, cashier, 100, &faults, &sale_id), RC_OK);
	wish = wish_of(&shop, cashier, 100);
	assert_refused(&wish, "", "InFlight");
	shop = make_buyer(cashier, 10000, &purchase);
	assert_int_equal(alarm_begin(admin, &(struct alarm){ .kind = ALARM_BALANCE_DRIFT,
						.meter_id = (uint32_t)shop.meter_id,
						.at = clock_now() }),
	    RC_OK);
	wish = wish_of(&shop, cashier, 100);
	assert_refused(&wish, "", "MeterStopped");
}

static void
a_day_has_a_limit_for_all_that_goes_back(void **state)
{
	int64_t cashier = make_cashier("cashier"), first, second, sale_id = 0, other = 0;
	struct shop one = make_buyer(cashier, 10000, &first);
	struct shop two = make_buyer(cashier, 10000, &second);
	struct refund_wish wish;
	struct faults faults;

	(void)state;
	set_limits(cashier, 15000, -1);
	assert_int_equal(refund(&one, cashier, 0, &faults, &sale_id), RC_OK);
	wish = wish_of(&two, cashier, 5001);
	assert_refused(&wish, "amount", "RefundDayMax");
	/* Reversals are limited and counted too. */
	assert_int_equal(reverse(second, cashier, &faults, &other), RC_INVALID);
	assert_fault(&faults, "", "RefundDayMax");
	int64_t small = sell(&one, cashier, 100, 0);
	assert_int_equal(reverse(small, cashier, &faults, &other), RC_OK);
	wish = wish_of(&two, cashier, 4901);
	assert_refused(&wish, "amount", "RefundDayMax");
	set_limits(cashier, 15100, -1);
	assert_int_equal(refund(&two, cashier, 5000, &faults, &other), RC_OK);
	/* What failed is not. */
	carry_out(other, two.meter_id, DELIVERY_FAILED);
	assert_string_equal(sale_now(other), "refund failed cash 5000 5000 0 0");
	assert_int_equal(refund(&two, cashier, 5000, &faults, &other), RC_OK);
	set_limits(cashier, -1, 50000);
}

/* ---- keys ---- */

static void
a_key_is_one_refund(void **state)
{
	int64_t cashier = make_cashier("cashier"), purchase, first = 0, again = 0;
	struct shop shop = make_buyer(cashier, 10000, &purchase);
	struct refund_wish wish = wish_of(&shop, cashier, 1000);
	struct faults faults = { 0 };
	bool is_old;

	(void)state;
	assert_int_equal(sale_refund(counter, &wish, &faults, &first, &is_old), RC_OK);
	assert_false(is_old);
	int64_t before = stored();
	assert_int_equal(sale_refund(counter, &wish, &faults, &again, &is_old), RC_OK);
	assert_true(is_old);
	assert_int_equal(again, first);
	wish.amount_fen = 1001;
	assert_int_equal(sale_refund(counter, &wish, &faults, &again, &is_old), RC_CONFLICT);
	assert_fault(&faults, "", "KeyReused");
	assert_int_equal(stored(), before);
}

#define PRESSES 16
struct press {
	pthread_t thread;
	struct refund_wish wish;
	int64_t sale_id;
	enum rc rc;
};

static void *
press(void *context)
{
	struct press *one = context;
	struct db *own = open_as("voltill_sales");
	struct faults faults = { 0 };
	bool is_old;

	one->rc = sale_refund(own, &one->wish, &faults, &one->sale_id, &is_old);
	db_close(own);
	return NULL;
}

static void
sixteen_presses_are_one_refund(void **state)
{
	int64_t cashier = make_cashier("cashier"), purchase;
	struct shop shop = make_buyer(cashier, 10000, &purchase);
	struct refund_wish wish = wish_of(&shop, cashier, 1000);
	struct press presses[PRESSES];

	(void)state;
	for (size_t i = 0; i < PRESSES; i++) {
		presses[i] = (struct press){ .wish = wish };
		assert_int_equal(pthread_create(&presses[i].thread, NULL, press, &presses[i]), 0);
	}
	for (size_t i = 0; i < PRESSES; i++)
		pthread_join(presses[i].thread, NULL);
	for (size_t i = 0; i < PRESSES; i++) {
		assert_int_equal(presses[i].rc, RC_OK);
		assert_int_equal(presses[i].sale_id, presses[0].sale_id);
	}
	assert_int_equal(number_by(&MONEY[MONEY_SALES], ARGS(I(shop.account_id))), 2);
	assert_books();
}

/* ---- paying ---- */

static int64_t
make_due(const struct shop *shop, int64_t cashier, int64_t amount_fen)
{
	struct faults faults;
	int64_t sale_id = 0;

	assert_int_equal(refund(shop, cashier, amount_fen, &faults, &sale_id), RC_OK);
	carry_out(sale_id, shop->meter_id, DELIVERY_DONE);
	return sale_id;
}

static void
a_drawer_cannot_give_what_it_does_not_hold(void **state)
{
	int64_t cashier = make_cashier("cashier"), poor = make_cashier("cashier"), purchase;
	struct shop shop = make_buyer(cashier, 10000, &purchase);
	int64_t sale_id = make_due(&shop, cashier, 2000), before = stored();
	struct faults faults;

	(void)state;
	assert_int_equal(pay(sale_id, poor, &faults), RC_INVALID);
	assert_fault(&faults, "", "CashShort");
	assert_string_equal(faults.list[0].value, "0.00");
	assert_int_equal(pay(sale_id, make_operator("cashier"), &faults), RC_INVALID);
	assert_fault(&faults, "", "NoShift");
	assert_int_equal(stored(), before);
	assert_string_equal(sale_now(sale_id), "refund due cash 2000 2000 0 0");
	assert_int_equal(pay(sale_id, cashier, &faults), RC_OK);
}

struct payer {
	pthread_t thread;
	int64_t sale_id, operator_id;
	enum rc rc;
};

static void *
pays(void *context)
{
	struct payer *payer = context;
	struct operator_actor by = actor(payer->operator_id);
	struct db *own = open_as("voltill_sales");
	struct faults faults = { 0 };

	payer->rc = sale_pay(own, payer->sale_id, &by, &faults);
	db_close(own);
	return NULL;
}

static void
sixteen_payments_are_one(void **state)
{
	int64_t cashier = make_cashier("cashier"), other = make_cashier("cashier"), purchase;
	struct shop shop = make_buyer(cashier, 10000, &purchase);
	struct shop another = make_buyer(other, 10000, &purchase);
	int64_t sale_id = make_due(&shop, cashier, 2000), paid = 0;
	struct payer payers[PRESSES];

	(void)state;
	(void)another;
	for (size_t i = 0; i < PRESSES; i++) {
		payers[i] = (struct payer){ .sale_id = sale_id,
			.operator_id = i % 2 == 0 ? cashier : other };
		assert_int_equal(pthread_create(&payers[i].thread, NULL, pays, &payers[i]), 0);
	}
	for (size_t i = 0; i < PRESSES; i++) {
		pthread_join(payers[i].thread, NULL);
		paid += payers[i].rc == RC_OK;
		assert_true(payers[i].rc == RC_OK || payers[i].rc == RC_CONFLICT);
	}
	assert_int_equal(paid, 1);
	assert_int_equal(drawer(cashier) + drawer(other), 18000);
	assert_balance(&shop, 0, 8000, 0);
	assert_books();
}

/* ---- again ---- */

static void
what_failed_is_sent_again_once(void **state)
{
	int64_t cashier = make_cashier("cashier"), purchase, sale_id = 0;
	struct shop shop = make_buyer(cashier, 10000, &purchase);
	struct operator_actor by = actor(cashier);
	struct faults faults = { 0 };

	(void)state;
	assert_int_equal(sale_resend(counter, purchase, &by, &faults), RC_CONFLICT);
	assert_int_equal(refund(&shop, cashier, 1000, &faults, &sale_id), RC_OK);
	assert_int_equal(sale_resend(counter, sale_id, &by, &faults), RC_INVALID);
	assert_fault(&faults, "", "InFlight");
	carry_out(sale_id, shop.meter_id, DELIVERY_FAILED);
	assert_string_equal(sale_now(sale_id), "refund failed cash 1000 1000 0 0");
	assert_int_equal(sale_resend(counter, sale_id, &by, &faults), RC_OK);
	assert_int_equal(audited("sale.resend", sale_id), 1);
	assert_string_equal(sale_now(sale_id), "refund booked cash 1000 1000 0 0");
	assert_string_equal(delivery_now(sale_id), "deduct queued queued 1000");
	assert_int_equal(sale_resend(counter, sale_id, &by, &faults), RC_INVALID);
	carry_out(sale_id, shop.meter_id, DELIVERY_DONE);
	assert_balance(&shop, 0, 9000, 1000);
	assert_int_equal(sale_resend(counter, sale_id, &by, &faults), RC_CONFLICT);
	assert_books();
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(credit_comes_out_of_the_meter_before_cash_out_of_the_drawer),
		cmocka_unit_test(everything_is_what_the_meter_holds_when_the_order_comes),
		cmocka_unit_test(a_debt_that_was_wiped_is_collected),
		cmocka_unit_test(a_meter_that_counts_nothing_gives_back_at_once),
		cmocka_unit_test(what_is_refused_leaves_nothing_behind),
		cmocka_unit_test(a_busy_or_stopped_meter_gives_nothing_back),
		cmocka_unit_test(a_day_has_a_limit_for_all_that_goes_back),
		cmocka_unit_test(a_key_is_one_refund),
		cmocka_unit_test(sixteen_presses_are_one_refund),
		cmocka_unit_test(a_drawer_cannot_give_what_it_does_not_hold),
		cmocka_unit_test(sixteen_payments_are_one),
		cmocka_unit_test(what_failed_is_sent_again_once),
	};

	secret_init();
	return cmocka_run_group_tests(tests, open_counter, close_counter);
}
