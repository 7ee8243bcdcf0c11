/* The state of a meter: precedence, and what does not count. tests/web/accounts-state.test.mjs
 * holds the same rule of SQL against this one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../lib/model/meter.c"

static const struct meter FINE = {
	.account_id = 1,
	.phases = 1,
	.has_state = true,
	.credit_fen = 10000,
	.alarm1_fen = 5000,
	.alarm2_fen = 2000,
	.power_w = 100,
	.spent_day_fen = -1,
	.phone = "13800001234",
	.search = "301\n\n京东西北\n000000000301\njdxb\n",
	.control = { .relay_closed = 1, .fee_state = 9 },
};

static void
the_first_that_holds_is_shown(void **state)
{
	struct meter meter = FINE;

	(void)state;
	assert_int_equal(meter_status(&meter), STATUS_OPEN);
	meter.control.force_state = CONTROL_ACTIVE | 1;
	assert_int_equal(meter_status(&meter), STATUS_PROTECTED);
	meter.credit_fen = 5000;
	assert_int_equal(meter_status(&meter), STATUS_ALARM1);
	meter.credit_fen = 2000;
	assert_int_equal(meter_status(&meter), STATUS_ALARM2);
	meter.credit_fen = 0;
	assert_int_equal(meter_status(&meter), STATUS_ALARM2);
	meter.credit_fen = -1;
	assert_int_equal(meter_status(&meter), STATUS_ARREARS);
	meter.control.relay_closed = 0;
	assert_int_equal(meter_status(&meter), STATUS_TRIPPED);
	meter.lost_since = 1;
	assert_int_equal(meter_status(&meter), STATUS_LOST);
	assert_int_equal(meter_status_before(&meter), STATUS_TRIPPED);
}

static void
the_meters_own_flag_is_arrears(void **state)
{
	struct meter meter = FINE;

	(void)state;
	meter.control.flags = FLAG_ARREARS;
	assert_int_equal(meter_status(&meter), STATUS_ARREARS);
}

static void
who_has_no_account_owes_nothing(void **state)
{
	struct meter meter = FINE;

	(void)state;
	meter.account_id = 0;
	meter.credit_fen = -100;
	meter.control.flags = FLAG_ARREARS;
	meter.control.relay_closed = 0;
	assert_int_equal(meter_status(&meter), STATUS_UNOPENED);
	meter.is_protected = true;
	assert_int_equal(meter_status(&meter), STATUS_PROTECTED);
	meter.lost_since = 1;
	assert_int_equal(meter_status(&meter), STATUS_LOST);
}

static void
a_meter_that_only_measures_needs_no_account(void **state)
{
	struct meter meter = FINE;

	(void)state;
	meter.account_id = 0;
	meter.credit_mode = CREDIT_MONITOR;
	meter.credit_fen = METER_NO_CREDIT;
	meter.control.relay_closed = -1;
	assert_int_equal(meter_status(&meter), STATUS_OPEN);
	meter.control.relay_closed = 0;
	assert_int_equal(meter_status(&meter), STATUS_TRIPPED);
}

static void
never_read_is_lost(void **state)
{
	struct meter meter = FINE;

	(void)state;
	meter.has_state = false;
	assert_int_equal(meter_status(&meter), STATUS_LOST);
	assert_true(meter_is_old(&meter, 1));
}

static void
no_warning_amount_is_no_warning(void **state)
{
	struct meter meter = FINE;

	(void)state;
	meter.alarm1_fen = meter.alarm2_fen = METER_NO_CREDIT;
	meter.credit_fen = 1;
	assert_int_equal(meter_status(&meter), STATUS_OPEN);
}

static void
one_open_phase_of_three_is_tripped(void **state)
{
	struct meter meter = FINE;

	(void)state;
	meter.phases = 3;
	meter.control.relay_closed = 7;
	assert_int_equal(meter_status(&meter), STATUS_OPEN);
	meter.control.relay_closed = 5;
	assert_int_equal(meter_status(&meter), STATUS_TRIPPED);
	meter.control.relay_closed = 7;
	meter.control.force_state = CONTROL_ACTIVE | 3;
	assert_int_equal(meter_status(&meter), STATUS_OPEN);
}

static void
days_left_follow_spending(void **state)
{
	struct meter meter = FINE;

	(void)state;
	assert_int_equal(meter_days_left(&meter), -1);
	meter.spent_day_fen = 3000;
	assert_int_equal(meter_days_left(&meter), 3);
	meter.credit_fen = 2999;
	assert_int_equal(meter_days_left(&meter), 0);
	meter.spent_day_fen = 0;
	assert_int_equal(meter_days_left(&meter), -1);
	meter.credit_fen = -5;
	assert_int_equal(meter_days_left(&meter), 0);
	meter.account_id = 0;
	assert_int_equal(meter_days_left(&meter), -1);
}

static void
names_are_found_again(void **state)
{
	(void)state;
	for (enum meter_status status = 0; status < STATUSES; status++)
		assert_int_equal(meter_status_find(meter_status_name(status)), status);
	assert_int_equal(meter_status_find("nonsense"), STATUSES);
	assert_int_equal(meter_status_find(""), STATUSES);
}

static void
a_search_finds_parts_and_phone_tails(void **state)
{
	static const struct {
		const char *search;
		bool is_found;
	} cases[] = { { "", true }, { "301", true }, { "京东", true }, { "jdx", true },
		{ "1234", true }, { "01234", true }, { "234", false }, { "1380", false },
		{ "%", false }, { "_", false }, { "西东", false } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (meter_matches_search(&FINE, cases[i].search) != cases[i].is_found)
			fail_msg("%s", cases[i].search);
}

static void
a_place_holds_what_is_below_it(void **state)
{
	struct meter meter = FINE;

	(void)state;
	meter.place_id = 40;
	meter.floor_id = 30;
	meter.building_id = 20;
	meter.site_id = 10;
	for (int64_t place = 0; place <= 40; place += 10)
		assert_true(meter_matches_place(&meter, place));
	assert_false(meter_matches_place(&meter, 50));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_that_holds_is_shown),
		cmocka_unit_test(the_meters_own_flag_is_arrears),
		cmocka_unit_test(who_has_no_account_owes_nothing),
		cmocka_unit_test(a_meter_that_only_measures_needs_no_account),
		cmocka_unit_test(never_read_is_lost),
		cmocka_unit_test(no_warning_amount_is_no_warning),
		cmocka_unit_test(one_open_phase_of_three_is_tripped),
		cmocka_unit_test(days_left_follow_spending),
		cmocka_unit_test(names_are_found_again),
		cmocka_unit_test(a_search_finds_parts_and_phone_tails),
		cmocka_unit_test(a_place_holds_what_is_below_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
