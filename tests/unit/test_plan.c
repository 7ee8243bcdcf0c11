#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../../collector/plan.c"

#define METERS	   247
#define LIVE_MS	   161 /* 48 registers at 9600 baud with 40 ms of answer delay */
#define SILENT_MS  1000
#define START	   1000
#define START_WALL 1795000020000LL /* not on a slot boundary */

/* A bus in simulated time: who answers, and what the plan made of it. */
struct world {
	struct plan *plan;
	size_t count;
	int64_t now, wall;
	bool is_alive[METERS];
	int64_t live_ms, silent_ms;
	int64_t read_at[METERS]; /* 0: never */
	int64_t oldest_ms[METERS];
	int asked[METERS], lost[METERS], back[METERS];
	int64_t slots[METERS];
	int64_t busy_ms, silent_total_ms, rounds, round_ms;
};

static void
begin(struct world *world, size_t count, int64_t status_period_ms)
{
	struct plan_timing timing = { .status_period_ms = status_period_ms,
		.reading_period_ms = 30 * CLOCK_MINUTE,
		.probe_cost_ms = SILENT_MS };

	*world = (struct world){ .plan = plan_new(&timing, count),
		.count = count,
		.now = START,
		.wall = START_WALL,
		.live_ms = LIVE_MS,
		.silent_ms = SILENT_MS };
	for (size_t i = 0; i < count; i++)
		world->is_alive[i] = true;
}

static void
pass(struct world *world, int64_t ms)
{
	world->now += ms;
	world->wall += ms;
}

static void
note_change(struct world *world, size_t i, enum plan_change change)
{
	world->lost[i] += change == PLAN_LOST;
	world->back[i] += change == PLAN_BACK;
}

static void
ask(struct world *world, size_t i)
{
	int64_t took_ms = world->is_alive[i] ? world->live_ms : world->silent_ms;

	pass(world, took_ms);
	world->asked[i]++;
	world->busy_ms += took_ms;
	if (!world->is_alive[i]) {
		world->silent_total_ms += took_ms;
		note_change(world, i, plan_silent(world->plan, i, world->now));
		return;
	}
	if (plan_slot(world->plan, i, world->wall) != 0)
		world->slots[i]++;
	note_change(world, i, plan_answered(world->plan, i, world->now, world->wall));
	world->read_at[i] = world->now;
}

/* The next question, after whatever wait comes before it. */
static void
ask_due(struct world *world)
{
	int64_t wait_ms;
	int i;

	while ((i = plan_next(world->plan, world->now, world->wall, &wait_ms)) < 0)
		pass(world, wait_ms);
	ask(world, (size_t)i);
}

static void
run_for(struct world *world, int64_t ms)
{
	int64_t until = world->now + ms, wait_ms, round_ms;

	while (world->now < until) {
		int i = plan_next(world->plan, world->now, world->wall, &wait_ms);
		if (i < 0) {
			assert_true(wait_ms >= 1 && wait_ms <= 60000);
			pass(world, wait_ms < until - world->now ? wait_ms : until - world->now);
		} else {
			assert_true((size_t)i < world->count);
			ask(world, (size_t)i);
		}
		if (plan_round_ended(world->plan, world->now, &round_ms)) {
			world->rounds++;
			world->round_ms = round_ms;
		}
		for (size_t k = 0; k < world->count; k++)
			if (world->is_alive[k] && world->read_at[k] != 0 &&
			    world->now - world->read_at[k] > world->oldest_ms[k])
				world->oldest_ms[k] = world->now - world->read_at[k];
	}
}

/* Forgets the statistics, not the plan. */
static void
measure_from_now(struct world *world)
{
	memset(world->asked, 0, sizeof(world->asked));
	memset(world->lost, 0, sizeof(world->lost));
	memset(world->back, 0, sizeof(world->back));
	memset(world->oldest_ms, 0, sizeof(world->oldest_ms));
	memset(world->slots, 0, sizeof(world->slots));
	world->busy_ms = world->silent_total_ms = world->rounds = 0;
	for (size_t i = 0; i < world->count; i++)
		if (world->read_at[i] != 0)
			world->read_at[i] = world->now;
}

static void
end(struct world *world)
{
	plan_free(world->plan);
}

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
one_dead_of_thirty_costs_a_twentieth_at_most(void **state)
{
	(void)state;
	struct world world;

	begin(&world, 30, 0);
	world.is_alive[7] = false;
	run_for(&world, 100000);
	/* From the very start, with everything still to be learned. */
	assert_true(world.silent_total_ms <= 100000 / 20 + SILENT_MS);
	assert_int_equal(world.lost[7], 1);
	assert_true(plan_is_lost(world.plan, 7));
	assert_int_equal(plan_lost_count(world.plan), 1);
	measure_from_now(&world);
	run_for(&world, 3600000);
	assert_true(world.silent_total_ms <= 3600000 / 20 + SILENT_MS);
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
			assert_true(world.silent_total_ms <= 3600000 / 20 + SILENT_MS);
		}
		end(&world);
	}
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
		cmocka_unit_test(one_dead_of_thirty_costs_a_twentieth_at_most),
		cmocka_unit_test(thirty_dead_of_32_do_not_starve_the_two),
		cmocka_unit_test(the_two_are_found_among_the_dead_at_the_start),
		cmocka_unit_test(ten_dead_of_thirty_are_lost_within_minutes_and_live_ones_fresh),
		cmocka_unit_test(a_silent_meter_is_asked_once_a_round),
		cmocka_unit_test(a_hiccup_costs_no_freshness),
		cmocka_unit_test(the_first_to_come_back_brings_the_others),
		cmocka_unit_test(a_silent_bus_is_known_within_a_round_and_seen_back_within_seconds),
		cmocka_unit_test(one_meter_alone_on_a_bus_is_not_lost_by_one_hiccup),
		cmocka_unit_test(one_answer_makes_a_bus_worth_waiting_for),
		cmocka_unit_test(a_silent_bus_without_a_period_is_asked_gently_too),
		cmocka_unit_test(a_round_is_measured_without_the_pauses_in_it),
		cmocka_unit_test(each_slot_is_read_once_and_soon),
		cmocka_unit_test(a_slot_known_from_before_the_start_is_not_read_again),
		cmocka_unit_test(a_clock_that_jumps_stops_nothing),
		cmocka_unit_test(without_slots_every_answer_is_a_reading),
		cmocka_unit_test(a_resting_meter_is_neither_live_nor_lost),
		cmocka_unit_test(a_meter_nobody_told_about_stays_due),
		cmocka_unit_test(a_reload_keeps_what_was_learned),
		cmocka_unit_test(a_full_bus_of_247_is_served_evenly),
		cmocka_unit_test(an_empty_bus_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
