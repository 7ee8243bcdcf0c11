/* How long a credit lasts, from the credit at midnights. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../lib/model/account.c"

#define DAY (24 * CLOCK_HOUR)

/* Midnights of Shanghai, from 2026-11-01 on. */
static struct midnight
night(int day, int64_t credit_fen, int64_t purchases)
{
	return (struct midnight){ 1793462400000LL + day * DAY, credit_fen, purchases };
}

static void
plain_days_give_their_mean(void **state)
{
	struct midnight nights[] = { night(0, 10000, 1), night(1, 9000, 1), night(2, 8500, 1),
		night(3, 7000, 1) };

	(void)state;
	assert_int_equal(account_mean_spending(nights, 4), 1000);
}

static void
a_day_with_a_purchase_is_passed_over(void **state)
{
	struct midnight nights[] = { night(0, 10000, 1), night(1, 9000, 1), night(2, 58000, 2),
		night(3, 57000, 2), night(4, 56000, 2) };

	(void)state;
	assert_int_equal(account_mean_spending(nights, 5), 1000);
}

static void
a_missing_midnight_is_no_day(void **state)
{
	struct midnight nights[] = { night(0, 10000, 1), night(2, 4000, 1), night(3, 3000, 1),
		night(4, 2000, 1), night(5, 1000, 1) };

	(void)state;
	assert_int_equal(account_mean_spending(nights, 5), 1000);
}

static void
credit_that_grew_without_a_purchase_is_no_spending(void **state)
{
	struct midnight nights[] = { night(0, 1000, 1), night(1, 5000, 1), night(2, 4000, 1),
		night(3, 3000, 1), night(4, 2000, 1) };

	(void)state;
	assert_int_equal(account_mean_spending(nights, 5), 1000);
}

static void
too_few_days_say_nothing(void **state)
{
	struct midnight nights[] = { night(0, 10000, 1), night(1, 9000, 1), night(2, 8000, 1) };

	(void)state;
	assert_int_equal(account_mean_spending(nights, 3), -1);
	assert_int_equal(account_mean_spending(nights, 0), -1);
}

static void
only_the_last_seven_days_count(void **state)
{
	struct midnight nights[FORECAST_BACK + 1];
	int64_t credit = 1000000;

	(void)state;
	for (int i = 0; i <= FORECAST_BACK; i++) {
		nights[i] = night(i, credit, 1);
		credit -= i < FORECAST_BACK - FORECAST_DAYS ? 9000 : 700;
	}
	assert_int_equal(account_mean_spending(nights, COUNT(nights)), 700);
}

static void
spending_is_found_by_meter(void **state)
{
	struct account_spending list[] = { { 2, 20 }, { 5, 50 }, { 9, 90 } };
	struct account_forecast forecast = { list, 3 };

	(void)state;
	assert_int_equal(account_spent_day(&forecast, 5), 50);
	assert_int_equal(account_spent_day(&forecast, 9), 90);
	assert_int_equal(account_spent_day(&forecast, 1), -1);
	assert_int_equal(account_spent_day(&forecast, 10), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_days_give_their_mean),
		cmocka_unit_test(a_day_with_a_purchase_is_passed_over),
		cmocka_unit_test(a_missing_midnight_is_no_day),
		cmocka_unit_test(credit_that_grew_without_a_purchase_is_no_spending),
		cmocka_unit_test(too_few_days_say_nothing),
		cmocka_unit_test(only_the_last_seven_days_count),
		cmocka_unit_test(spending_is_found_by_meter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
