#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../lib/model/throttle.c"

static const struct throttle_rules NO_LOCK = { 0 };

static const int64_t NOW = 1795000000000;

static void
five_failures_begin_a_growing_delay(void **state)
{
	(void)state;
	assert_int_equal(throttle_delay_ms(THROTTLE_PAIR, 4), 0);
	assert_int_equal(throttle_delay_ms(THROTTLE_PAIR, 5), 5 * CLOCK_SECOND);
	assert_int_equal(throttle_delay_ms(THROTTLE_PAIR, 6), 10 * CLOCK_SECOND);
	for (int n = 5; n < 40; n++)
		assert_true(throttle_delay_ms(THROTTLE_ACCOUNT, n) >=
			    throttle_delay_ms(THROTTLE_ACCOUNT, n - 1));
}

static void
twenty_failures_wait_a_quarter_of_an_hour_and_never_longer(void **state)
{
	(void)state;
	assert_int_equal(throttle_delay_ms(THROTTLE_ACCOUNT, 19), 5 * CLOCK_MINUTE);
	assert_int_equal(throttle_delay_ms(THROTTLE_ACCOUNT, 20), 15 * CLOCK_MINUTE);
	assert_int_equal(throttle_delay_ms(THROTTLE_ACCOUNT, INT64_MAX), 15 * CLOCK_MINUTE);
}

static void
an_office_behind_one_address_may_fail_four_times_as_often(void **state)
{
	(void)state;
	assert_int_equal(throttle_delay_ms(THROTTLE_ADDRESS, 19), 0);
	assert_int_equal(throttle_delay_ms(THROTTLE_ADDRESS, 20), 5 * CLOCK_SECOND);
	assert_int_equal(throttle_delay_ms(THROTTLE_ADDRESS, 80), 15 * CLOCK_MINUTE);
}

static void
a_failure_counts_and_blocks(void **state)
{
	(void)state;
	struct throttle_counter counter = { .failures = 4, .last_at = NOW - 1 };
	throttle_fail(THROTTLE_PAIR, &counter, NOW);
	assert_int_equal(counter.failures, 5);
	assert_int_equal(counter.last_at, NOW);
	assert_int_equal(counter.blocked_until, NOW + 5 * CLOCK_SECOND);
}

static void
a_day_of_quiet_forgets(void **state)
{
	(void)state;
	struct throttle_counter counter = { .failures = 30, .last_at = NOW - THROTTLE_FORGET - 1 };
	throttle_fail(THROTTLE_ACCOUNT, &counter, NOW);
	assert_int_equal(counter.failures, 1);
	assert_int_equal(counter.blocked_until, 0);
}

static void
the_longest_delay_counts(void **state)
{
	(void)state;
	struct throttle_counter counters[THROTTLE_KINDS] = {
		[THROTTLE_ADDRESS] = { .blocked_until = NOW + 3000 },
		[THROTTLE_PAIR] = { .blocked_until = NOW + 9000 },
	};
	assert_int_equal(throttle_wait_ms(counters, false, &NO_LOCK, NOW), 9000);
	assert_int_equal(throttle_wait_ms(counters, false, &NO_LOCK, NOW + 9000), 0);
}

static void
a_known_address_is_not_bound_by_the_whole_account(void **state)
{
	(void)state;
	struct throttle_counter counters[THROTTLE_KINDS] = {
		[THROTTLE_ACCOUNT] = { .blocked_until = NOW + 60000 },
	};
	assert_int_equal(throttle_wait_ms(counters, false, &NO_LOCK, NOW), 60000);
	assert_int_equal(throttle_wait_ms(counters, true, &NO_LOCK, NOW), 0);
	counters[THROTTLE_PAIR].blocked_until = NOW + 1000;
	assert_int_equal(throttle_wait_ms(counters, true, &NO_LOCK, NOW), 1000);
}

static void
a_clock_that_was_set_back_does_not_lock_out(void **state)
{
	(void)state;
	struct throttle_counter counters[THROTTLE_KINDS] = {
		[THROTTLE_PAIR] = { .blocked_until = NOW + 365 * 24 * CLOCK_HOUR },
	};
	assert_int_equal(throttle_wait_ms(counters, true, &NO_LOCK, NOW), THROTTLE_LONG);
}

static void
an_installation_may_lock_accounts(void **state)
{
	const struct throttle_rules rules = { .lock_failures = 5, .lock_ms = 30 * CLOCK_MINUTE };
	struct throttle_counter counters[THROTTLE_KINDS] = { 0 };
	(void)state;
	for (int n = 1; n <= 5; n++)
		for (int kind = 0; kind < THROTTLE_KINDS; kind++) {
			throttle_fail((enum throttle_kind)kind, &counters[kind], NOW);
			throttle_lock((enum throttle_kind)kind, &rules, &counters[kind], NOW);
			if (n < 5)
				assert_int_equal(throttle_wait_ms(counters, false, &rules, NOW), 0);
		}
	assert_int_equal(throttle_wait_ms(counters, false, &rules, NOW), rules.lock_ms);
	assert_int_equal(throttle_wait_ms(counters, true, &rules, NOW), rules.lock_ms);
	assert_int_equal(counters[THROTTLE_ADDRESS].blocked_until, 0);
	assert_int_equal(throttle_wait_ms(counters, true, &rules, NOW - CLOCK_HOUR), rules.lock_ms);
}

static void
one_network_is_one_address(void **state)
{
	static const char *const table[][2] = {
		{ "10.0.3.7", "10.0.3.7" },
		{ "2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64" },
		{ "2001:db8:1:2:bbbb:0:0:2", "2001:db8:1:2::/64" },
		{ "2001:db8:1:3::1", "2001:db8:1:3::/64" },
		{ "::ffff:10.0.3.7", "10.0.3.7" },
		{ "", "" },
	};
	char network[THROTTLE_NETWORK];
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		throttle_network(table[i][0], network);
		assert_string_equal(network, table[i][1]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(five_failures_begin_a_growing_delay),
		cmocka_unit_test(twenty_failures_wait_a_quarter_of_an_hour_and_never_longer),
		cmocka_unit_test(an_office_behind_one_address_may_fail_four_times_as_often),
		cmocka_unit_test(a_failure_counts_and_blocks),
		cmocka_unit_test(a_day_of_quiet_forgets),
		cmocka_unit_test(the_longest_delay_counts),
		cmocka_unit_test(a_known_address_is_not_bound_by_the_whole_account),
		cmocka_unit_test(a_clock_that_was_set_back_does_not_lock_out),
		cmocka_unit_test(an_installation_may_lock_accounts),
		cmocka_unit_test(one_network_is_one_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
