/*
 * world.h - a bus in simulated time, for the tests of the plan: hours pass in a moment.
 */
#ifndef VOLTILL_WORLD_H
#define VOLTILL_WORLD_H

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
		.probe_cost_ms = SILENT_MS,
		.may_hurry = true };

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
	int64_t patience_ms = plan_patience_ms(world->plan);
	int64_t limit_ms = patience_ms != 0 ? patience_ms : world->silent_ms;
	bool answers = world->is_alive[i] && world->live_ms <= limit_ms;
	int64_t took_ms = answers ? world->live_ms : limit_ms;

	pass(world, took_ms);
	world->asked[i]++;
	world->busy_ms += took_ms;
	if (!answers) {
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

#endif
