#include "world.h"

static void
live_meters_are_asked_once_a_period(void **state)
{
	(void)state;
	struct world world;

	begin(&world, 30, 60000);
	run_for(&world, 10 * 60000);
	for (size_t i = 0; i < 30; i++) {
		assert_in_range(world.asked[i], 10, 11);
		assert_true(world.oldest_ms[i] <= 61000);
		assert_int_equal(world.lost[i], 0);
		assert_int_equal(world.back[i], 1); /* the first answer */
	}
	assert_in_range(world.rounds, 10, 11);
	/* A round is as long as its questions, not as the pause between rounds. */
	assert_in_range(world.round_ms, 30 * LIVE_MS, 30 * LIVE_MS + 200);
	end(&world);
}

static void
without_a_period_the_bus_never_rests(void **state)
{
	(void)state;
	struct world world;

	begin(&world, 30, 0);
	run_for(&world, 60000);
	assert_true(world.busy_ms >= 60000);
	for (size_t i = 0; i < 30; i++)
		assert_true(world.oldest_ms[i] <= 31 * LIVE_MS);
	assert_in_range(world.round_ms, 29 * LIVE_MS, 31 * LIVE_MS);
	end(&world);
}

static void
a_round_is_measured_without_the_pauses_in_it(void **state)
{
	(void)state;
	struct world world;

	begin(&world, 2, 60000);
	ask_due(&world);
	/* The second meter is asked half a minute after the first from now on. */
	assert_int_equal(plan_rest(world.plan, 1, world.now, 30000), PLAN_BACK);
	run_for(&world, 10 * 60000);
	assert_true(world.rounds >= 9);
	assert_int_equal(world.round_ms, 2 * LIVE_MS);
	end(&world);
}

static void
each_slot_is_read_once_and_soon(void **state)
{
	(void)state;
	struct world world;
	int64_t wait_ms;

	begin(&world, 30, 600000); /* slow rhythm: only the boundary makes them due */
	run_for(&world, 60000);
	int64_t boundary = clock_slot(world.wall, 30 * CLOCK_MINUTE) + 30 * CLOCK_MINUTE;
	measure_from_now(&world);
	run_for(&world, boundary - world.wall + 30 * LIVE_MS + 100);
	for (size_t i = 0; i < 30; i++)
		assert_int_equal(world.slots[i], 1);
	assert_int_equal(plan_slot(world.plan, 4, world.wall), 0);
	run_for(&world, 10 * 30 * CLOCK_MINUTE);
	for (size_t i = 0; i < 30; i++)
		assert_int_equal(world.slots[i], 11);
	assert_true(plan_next(world.plan, world.now, world.wall, &wait_ms) >= -1);
	end(&world);
}

static void
a_slot_known_from_before_the_start_is_not_read_again(void **state)
{
	(void)state;
	struct world world;
	int64_t slot_at = clock_slot(START_WALL, 30 * CLOCK_MINUTE);

	begin(&world, 2, 60000);
	plan_remember(world.plan, 0, slot_at, START_WALL - 5000);
	assert_int_equal(plan_slot(world.plan, 0, START_WALL), 0);
	assert_int_equal(plan_slot(world.plan, 1, START_WALL), slot_at);
	run_for(&world, 5000);
	assert_int_equal(world.slots[0], 0);
	assert_int_equal(world.slots[1], 1);
	end(&world);
}

static void
a_clock_that_jumps_stops_nothing(void **state)
{
	(void)state;
	struct world world;

	begin(&world, 10, 60000);
	run_for(&world, 3600000);
	/* Back by two seconds over a boundary: the old slot is not read twice. */
	world.wall = clock_slot(world.wall, 30 * CLOCK_MINUTE) - 2000;
	for (size_t i = 0; i < 10; i++)
		assert_int_equal(plan_slot(world.plan, i, world.wall), 0);
	/* A year ahead and back: rounds and slots go on. */
	world.wall += 365 * 24 * CLOCK_HOUR;
	run_for(&world, 3600000);
	world.wall -= 365 * 24 * CLOCK_HOUR;
	measure_from_now(&world);
	run_for(&world, 3600000);
	for (size_t i = 0; i < 10; i++) {
		assert_in_range(world.slots[i], 2, 3);
		assert_true(world.oldest_ms[i] <= 62000);
	}
	end(&world);
}

static void
without_slots_every_answer_is_a_reading(void **state)
{
	(void)state;
	struct plan_timing timing = { .probe_cost_ms = SILENT_MS };
	struct plan *plan = plan_new(&timing, 1);
	int64_t wait_ms;

	assert_int_equal(plan_next(plan, START, START_WALL, &wait_ms), 0);
	assert_int_equal(plan_slot(plan, 0, START_WALL + 7), START_WALL + 7);
	(void)plan_answered(plan, 0, START + 7, START_WALL + 7);
	assert_int_equal(plan_slot(plan, 0, START_WALL + 8), START_WALL + 8);
	assert_int_equal(plan_next(plan, START + 7, START_WALL + 7, &wait_ms), 0);
	plan_free(plan);
}

static void
a_meter_nobody_told_about_stays_due(void **state)
{
	(void)state;
	struct world world;
	int64_t wait_ms;

	begin(&world, 3, 60000);
	run_for(&world, 59000);
	pass(&world, 5000);
	int first = plan_next(world.plan, world.now, world.wall, &wait_ms);
	assert_int_equal(first, 0);
	pass(&world, 500); /* the connection broke: no answer, no time-out */
	assert_int_equal(plan_next(world.plan, world.now, world.wall, &wait_ms), first);
	end(&world);
}

static void
a_reload_keeps_what_was_learned(void **state)
{
	(void)state;
	struct world world, fresh;

	begin(&world, 10, 60000);
	world.is_alive[9] = false;
	run_for(&world, 2 * 3600000);
	assert_true(plan_is_lost(world.plan, 9));
	/* Meter 0 is gone, meter 9 is now the first, one is new. */
	begin(&fresh, 10, 60000);
	fresh.now = world.now;
	fresh.wall = world.wall;
	fresh.is_alive[0] = false;
	plan_adopt(fresh.plan, 0, world.plan, 9);
	for (size_t i = 1; i < 9; i++)
		plan_adopt(fresh.plan, i, world.plan, i);
	assert_true(plan_is_lost(fresh.plan, 0));
	run_for(&fresh, 60000);
	assert_int_equal(fresh.lost[0], 0);
	assert_true(fresh.asked[0] <= 1);
	for (size_t i = 1; i < 9; i++) {
		assert_int_equal(fresh.back[i], 0);
		assert_int_equal(fresh.slots[i], 0); /* the running slot was read before */
	}
	assert_int_equal(fresh.back[9], 1);
	end(&world);
	end(&fresh);
}

static void
a_full_bus_of_247_is_served_evenly(void **state)
{
	(void)state;
	struct world world;

	begin(&world, METERS, 60000);
	world.live_ms = 300; /* a round takes longer than the period */
	world.is_alive[100] = false;
	run_for(&world, 3600000);
	for (size_t i = 0; i < METERS; i++)
		if (i != 100)
			assert_true(world.oldest_ms[i] <= 90000);
	assert_true(world.silent_total_ms <= 3600000 / 20 + 5 * SILENT_MS);
	end(&world);
}

static void
an_empty_bus_waits(void **state)
{
	(void)state;
	struct world world;
	int64_t wait_ms;

	begin(&world, 0, 60000);
	assert_int_equal(plan_next(world.plan, START, START_WALL, &wait_ms), -1);
	assert_true(wait_ms >= 1000);
	assert_false(plan_is_silent(world.plan));
	end(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(live_meters_are_asked_once_a_period),
		cmocka_unit_test(without_a_period_the_bus_never_rests),
		cmocka_unit_test(a_round_is_measured_without_the_pauses_in_it),
		cmocka_unit_test(each_slot_is_read_once_and_soon),
		cmocka_unit_test(a_slot_known_from_before_the_start_is_not_read_again),
		cmocka_unit_test(a_clock_that_jumps_stops_nothing),
		cmocka_unit_test(without_slots_every_answer_is_a_reading),
		cmocka_unit_test(a_meter_nobody_told_about_stays_due),
		cmocka_unit_test(a_reload_keeps_what_was_learned),
		cmocka_unit_test(a_full_bus_of_247_is_served_evenly),
		cmocka_unit_test(an_empty_bus_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
