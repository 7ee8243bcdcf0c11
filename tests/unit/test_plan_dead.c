#include "world.h"

static void
one_dead_of_thirty_costs_a_thirtieth_at_most(void **state)
{
	(void)state;
	struct world world;

	begin(&world, 30, 0);
	world.is_alive[7] = false;
	run_for(&world, 100000);
	/* From the very start, with everything still to be learned. */
	assert_true(world.silent_total_ms <= 100000 / 30 + SILENT_MS);
	assert_int_equal(world.lost[7], 1);
	assert_true(plan_is_lost(world.plan, 7));
	assert_int_equal(plan_lost_count(world.plan), 1);
	measure_from_now(&world);
	run_for(&world, 3600000);
	assert_true(world.silent_total_ms <= 3600000 / 30 + SILENT_MS);
	assert_true(world.asked[7] >= 6); /* it is not forgotten either */
	assert_int_equal(world.lost[7], 0);
	end(&world);
}

static void
thirty_dead_of_32_do_not_starve_the_two(void **state)
{
	(void)state;
	struct world world;

	for (int64_t period_ms = 0; period_ms <= 10000; period_ms += 10000) {
		begin(&world, 32, period_ms);
		for (size_t i = 2; i < 32; i++)
			world.is_alive[i] = false;
		run_for(&world, 3600000);
		assert_true(world.oldest_ms[0] <= 15000);
		assert_true(world.oldest_ms[1] <= 15000);
		for (size_t i = 2; i < 32; i++)
			assert_int_equal(world.lost[i], 1);
		assert_false(plan_is_silent(world.plan));
		if (period_ms == 0) {
			measure_from_now(&world);
			run_for(&world, 3600000);
			assert_true(world.silent_total_ms <= 3600000 / 30 + SILENT_MS);
		}
		end(&world);
	}
}

/* The fuse of thirty goes in the middle of the day: each would cost a time-out of a second before
 * it is known, and the two alive may stand anywhere among them. */
static void
let_thirty_fall_silent(struct world *world, int64_t period_ms, bool may_hurry, size_t first,
    size_t second, int64_t after_ms)
{
	begin(world, 32, period_ms);
	world->plan->timing.may_hurry = may_hurry;
	run_for(world, 123456 + after_ms);
	memset(world->oldest_ms, 0, sizeof(world->oldest_ms));
	for (size_t i = 0; i < 32; i++)
		world->is_alive[i] = i == first || i == second;
	run_for(world, 300000);
	assert_int_equal(plan_lost_count(world->plan), 30);
	for (size_t i = 0; i < 32; i++)
		assert_int_equal(world->lost[i], !world->is_alive[i]);
}

static void
thirty_that_fall_silent_together_do_not_starve_the_two(void **state)
{
	(void)state;
	struct world world;

	for (size_t first = 0; first < 32; first += 5) {
		for (int64_t after_ms = 0; after_ms < 10000; after_ms += 900) {
			for (int64_t period_ms = 0; period_ms <= 10000; period_ms += 5000) {
				size_t second = (first + 1 + (size_t)after_ms / 900) % 32;
				let_thirty_fall_silent(
				    &world, period_ms, true, first, second, after_ms);
				assert_true(world.oldest_ms[first] <= 15000);
				assert_true(world.oldest_ms[second] <= 15000);
				end(&world);
			}
		}
	}
}

/* Behind a gateway that waits for each in our place: one pass of its time-outs, not two. */
static void
where_hurry_does_not_help_the_two_wait_one_pass(void **state)
{
	(void)state;
	struct world world;

	for (size_t first = 0; first <= 30; first += 6) {
		for (int64_t period_ms = 0; period_ms <= 10000; period_ms += 5000) {
			let_thirty_fall_silent(
			    &world, period_ms, false, first, first + 1, (int64_t)first * 777);
			int64_t most_ms = period_ms + 32 * SILENT_MS;
			assert_true(world.oldest_ms[first] <= most_ms);
			assert_true(world.oldest_ms[first + 1] <= most_ms);
			end(&world);
		}
	}
}

/* One is silent, and the others take longer from now on than they ever did. */
static void
who_is_slow_in_trouble_is_asked_again_and_not_lost(void **state)
{
	(void)state;
	struct world world;

	begin(&world, 32, 10000);
	run_for(&world, 60000);
	world.is_alive[5] = false;
	world.live_ms = 4 * LIVE_MS;
	memset(world.oldest_ms, 0, sizeof(world.oldest_ms));
	run_for(&world, 300000);
	assert_int_equal(plan_lost_count(world.plan), 1);
	for (size_t i = 0; i < 32; i++) {
		assert_int_equal(world.lost[i], i == 5);
		assert_true(world.oldest_ms[i] <= 60000);
	}
	end(&world);
}

static void
the_two_are_found_among_the_dead_at_the_start(void **state)
{
	(void)state;
	struct world world;

	/* The worst place for them: asked last, after 30 time-outs. */
	begin(&world, 32, 0);
	for (size_t i = 0; i < 30; i++)
		world.is_alive[i] = false;
	run_for(&world, 33000);
	assert_true(world.read_at[30] != 0 && world.read_at[31] != 0);
	end(&world);

	/* What was read before the restart is asked first. */
	begin(&world, 32, 0);
	for (size_t i = 0; i < 32; i++)
		plan_remember(world.plan, i, 0, START_WALL - (i < 30 ? 86400000 : 60000));
	for (size_t i = 0; i < 30; i++)
		world.is_alive[i] = false;
	run_for(&world, 1000);
	assert_true(world.read_at[30] != 0 && world.read_at[31] != 0);
	run_for(&world, 3600000);
	assert_true(world.oldest_ms[30] <= 15000);
	end(&world);
}

static void
ten_dead_of_thirty_are_lost_within_minutes_and_live_ones_fresh(void **state)
{
	(void)state;
	struct world world;

	begin(&world, 30, 60000);
	run_for(&world, 120000);
	measure_from_now(&world);
	for (size_t i = 0; i < 10; i++)
		world.is_alive[i] = false;
	run_for(&world, 4 * 60000);
	for (size_t i = 0; i < 10; i++)
		assert_int_equal(world.lost[i], 1);
	for (size_t i = 10; i < 30; i++)
		assert_true(world.oldest_ms[i] <= 75000);
	/* Growing back-off: at most one in ten rounds in the end. */
	run_for(&world, 3600000);
	measure_from_now(&world);
	run_for(&world, 3600000);
	for (size_t i = 0; i < 10; i++)
		assert_in_range(world.asked[i], 5, 7);
	end(&world);
}

static void
a_silent_meter_is_asked_once_a_round(void **state)
{
	(void)state;
	struct world world;

	begin(&world, 5, 60000);
	run_for(&world, 120000);
	measure_from_now(&world);
	world.is_alive[3] = false;
	run_for(&world, 60000);
	assert_int_equal(world.asked[3], 1);
	assert_int_equal(world.lost[3], 0);
	run_for(&world, 120000);
	assert_int_equal(world.asked[3], 3);
	assert_int_equal(world.lost[3], 1);
	world.is_alive[3] = true;
	run_for(&world, 10 * 60000);
	assert_int_equal(world.back[3], 1);
	end(&world);
}

static void
a_hiccup_costs_no_freshness(void **state)
{
	(void)state;
	struct world world;

	begin(&world, 30, 0);
	run_for(&world, 60000);
	measure_from_now(&world);
	world.is_alive[4] = false;
	while (world.asked[4] == 0)
		run_for(&world, 1);
	world.is_alive[4] = true;
	run_for(&world, 60000);
	assert_true(world.oldest_ms[4] <= 2 * 30 * LIVE_MS + SILENT_MS);
	end(&world);
}

static void
the_first_to_come_back_brings_the_others(void **state)
{
	(void)state;
	struct world world;

	begin(&world, 30, 60000);
	for (size_t i = 10; i < 30; i++)
		world.is_alive[i] = false;
	run_for(&world, 2 * 3600000);
	for (size_t i = 10; i < 30; i++) {
		assert_true(plan_is_lost(world.plan, i));
		world.is_alive[i] = true;
	}
	int64_t began = world.now;
	while (plan_lost_count(world.plan) == 20)
		run_for(&world, 1000);
	assert_true(world.now - began <= 10 * 60000);
	run_for(&world, 15000);
	assert_int_equal(plan_lost_count(world.plan), 0);
	end(&world);
}

static void
a_silent_bus_is_known_within_a_round_and_seen_back_within_seconds(void **state)
{
	(void)state;
	struct world world;

	begin(&world, 30, 60000);
	run_for(&world, 120000);
	for (size_t i = 0; i < 30; i++)
		world.is_alive[i] = false;
	run_for(&world, 60000 + 31 * SILENT_MS + 5000);
	assert_true(plan_is_silent(world.plan));
	run_for(&world, 3600000);
	assert_int_equal(plan_lost_count(world.plan), 30);
	/* Gently: not more than a third of the time is spent on asking. */
	measure_from_now(&world);
	run_for(&world, 600000);
	assert_true(world.busy_ms <= 200000 + SILENT_MS);
	for (size_t i = 0; i < 30; i++)
		world.is_alive[i] = true;
	run_for(&world, 10000);
	assert_false(plan_is_silent(world.plan));
	assert_int_equal(plan_lost_count(world.plan), 0);
	end(&world);
}

static void
one_meter_alone_on_a_bus_is_not_lost_by_one_hiccup(void **state)
{
	(void)state;
	struct world world;

	begin(&world, 1, 60000);
	run_for(&world, 90000);
	world.is_alive[0] = false;
	run_for(&world, 60000);
	assert_false(plan_is_silent(world.plan));
	run_for(&world, 60000);
	assert_true(plan_is_silent(world.plan));
	assert_int_equal(world.lost[0], 1);
	end(&world);
}

static void
one_answer_makes_a_bus_worth_waiting_for(void **state)
{
	(void)state;
	struct world world;

	begin(&world, 1, 60000);
	ask_due(&world);
	for (int i = 0; i < 2; i++) {
		world.is_alive[0] = false;
		ask_due(&world);
		ask_due(&world);
		assert_false(plan_is_silent(world.plan));
		world.is_alive[0] = true;
		ask_due(&world);
	}
	end(&world);
}

static void
a_silent_bus_without_a_period_is_asked_gently_too(void **state)
{
	(void)state;
	struct world world;

	begin(&world, 30, 0);
	for (size_t i = 0; i < 30; i++)
		world.is_alive[i] = false;
	run_for(&world, 600000);
	measure_from_now(&world);
	run_for(&world, 600000);
	assert_in_range(world.busy_ms, 150000, 200000 + SILENT_MS);
	end(&world);
}

static void
a_resting_meter_is_neither_live_nor_lost(void **state)
{
	(void)state;
	struct world world;
	int64_t wait_ms;

	begin(&world, 1, 60000);
	assert_int_equal(plan_next(world.plan, START, START_WALL, &wait_ms), 0);
	assert_int_equal(plan_rest(world.plan, 0, START + 20, 600000), PLAN_BACK);
	assert_int_equal(plan_next(world.plan, START + 20, START_WALL + 20, &wait_ms), -1);
	assert_true(wait_ms >= 60000 - 20);
	assert_false(plan_is_silent(world.plan));
	assert_false(plan_is_lost(world.plan, 0));
	assert_int_equal(plan_next(world.plan, START + 600020, START_WALL + 600020, &wait_ms), 0);
	assert_int_equal(
	    plan_answered(world.plan, 0, START + 600040, START_WALL + 600040), PLAN_SAME);
	end(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_dead_of_thirty_costs_a_thirtieth_at_most),
		cmocka_unit_test(thirty_dead_of_32_do_not_starve_the_two),
		cmocka_unit_test(thirty_that_fall_silent_together_do_not_starve_the_two),
		cmocka_unit_test(where_hurry_does_not_help_the_two_wait_one_pass),
		cmocka_unit_test(who_is_slow_in_trouble_is_asked_again_and_not_lost),
		cmocka_unit_test(the_two_are_found_among_the_dead_at_the_start),
		cmocka_unit_test(ten_dead_of_thirty_are_lost_within_minutes_and_live_ones_fresh),
		cmocka_unit_test(a_silent_meter_is_asked_once_a_round),
		cmocka_unit_test(a_hiccup_costs_no_freshness),
		cmocka_unit_test(the_first_to_come_back_brings_the_others),
		cmocka_unit_test(a_silent_bus_is_known_within_a_round_and_seen_back_within_seconds),
		cmocka_unit_test(one_meter_alone_on_a_bus_is_not_lost_by_one_hiccup),
		cmocka_unit_test(one_answer_makes_a_bus_worth_waiting_for),
		cmocka_unit_test(a_silent_bus_without_a_period_is_asked_gently_too),
		cmocka_unit_test(a_resting_meter_is_neither_live_nor_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
