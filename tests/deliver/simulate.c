/*
 * simulate - the delivery machine against a world of faults (world.h), many seeded runs of it.
 *
 *   simulate [--runs N] [--from SEED] [--only CONFIG] [--break NAME]
 *   simulate --seed SEED --only CONFIG        replays one run and tells what happens
 *
 * In each run three orders go to one meter until each has come to its end, with kills and second
 * collectors in between. A run is bad when the meter executed an order twice, or a booked one not
 * at all, or one that failed; or, where lines repeat frames and meters do not guard themselves,
 * when that happened and nobody would notice. Nor may too many orders be held. --break breaks a
 * rule of the protocol on purpose: the runs must then go bad, which proves that they would tell.
 */
#include "world.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rc.h"

#define STEPS_MAX    4000
#define FAULTS_UNTIL 10 /* attempts of an order; later ones meet none, and must come to an end */
#define RETRY_MS     30000
#define OFTEN	     1000
#define AGE_MAX_MS   60000
#define BAD_SHOWN    5
#define NEVER_SILENT true

enum breakage { WHOLE, QUIET, INTENT, BLIND, CLOCK, RESEND };
static const char *const BREAKAGES[] = { "", "quiet", "intent", "blind", "clock", "resend" };

struct config {
	const char *name;
	enum delivery_guard meter, believed;
	struct faults faults;
	int held_max;	 /* of 10,000 orders */
	bool may_double; /* but must never do so unnoticed */
};

#define USUAL                                                                             \
	.request_lost = 600, .answer_lost = 600, .late = 800, .stale = 50, .flipped = 20, \
	.other_meter = 5, .kill = 400, .away = 200, .unsaid = 100
/* A gateway that answers from a store. */
#define STALE .request_lost = 600, .answer_lost = 600, .late = 800, .kill = 100, .stale = 3000
#define HARSH USUAL, .twice = 50, .second_collector = 100

static const struct config CONFIGS[] = {
	{ "checks", GUARD_CHECKS, GUARD_CHECKS, { HARSH }, 50, false },
	{ "stores", GUARD_STORES, GUARD_STORES, { USUAL }, 150, false },
	{ "adds", GUARD_ADDS, GUARD_ADDS, { USUAL }, 150, false },
	{ "unknown", GUARD_STORES, GUARD_UNKNOWN, { USUAL }, 1000, false },
	{ "stores_stale", GUARD_STORES, GUARD_STORES, { STALE }, 1000, false },
	{ "stores_harsh", GUARD_STORES, GUARD_STORES, { HARSH }, 300, NEVER_SILENT },
	{ "adds_harsh", GUARD_ADDS, GUARD_ADDS, { HARSH }, 300, NEVER_SILENT },
	{ "unknown_harsh", GUARD_ADDS, GUARD_UNKNOWN, { HARSH }, 1200, NEVER_SILENT },
};

struct run {
	struct world world;
	const struct config *config;
	enum breakage breakage;
	int steps;
	int64_t quiet_until, written_until, clock_ahead;
	bool is_second;
};

static void collect(struct run *run, int order);

/* ---- one collector at work ---- */

static struct delivery_job
load(const struct run *run, int order)
{
	const struct world *world = &run->world;
	const struct order_row *row = &world->orders[order];

	return (struct delivery_job){ .kind = row->kind,
		.guard = run->config->believed,
		.amount_fen = row->kind == DELIVERY_CLEAR ? 0 : row->amount_fen,
		.last_count = world->last_count,
		.has_intent = row->has_intent,
		.want_count = row->want_count,
		.before_fen = row->before_fen,
		.before_wh = row->before_wh,
		.target_fen = row->target_fen,
		.sends = row->sends,
		.price_max_uyuan = PRICE_UYUAN,
		.last_fen = world->last_fen,
		.last_wh = world->last_wh };
}

/* Nothing is known of what was written before. */
static void
begin_bus(struct run *run)
{
	run->quiet_until = run->written_until = run->world.now + QUIET_MS;
	run->clock_ahead = 0;
}

/* This collector stands still, another takes the bus and works on it. */
static void
take_over(struct run *run, int order)
{
	if (run->is_second || !world_chance(&run->world, run->world.faults.second_collector))
		return;
	world_trace(&run->world, "-- another collector takes over");
	run->world.lease++;
	run->is_second = true;
	begin_bus(run);
	collect(run, order);
	run->is_second = false;
	begin_bus(run);
	world_trace(&run->world, "-- the first goes on");
}

static void
identify(struct run *run, struct deliver *deliver)
{
	struct world *world = &run->world;

	world_pass(world, 50);
	if (world_chance(world, world->faults.answer_lost))
		deliver_silent(deliver, "timeout", world->now);
	else if (world_chance(world, world->faults.other_meter))
		deliver_identified(deliver, IDENTITY_OTHER, world->now);
	else
		deliver_identified(deliver, IDENTITY_FITS, world->now);
}

static void
read_block(struct run *run, struct deliver *deliver)
{
	struct world *world = &run->world;
	struct deliver_seen seen;

	if (!world_read(world, deliver->shorter, &seen)) {
		deliver_silent(deliver, "timeout", world->now);
		return;
	}
	if (run->breakage == CLOCK)
		seen.clock_at = world->now;
	if (run->clock_ahead == 0 || seen.clock_at - world->now > run->clock_ahead)
		run->clock_ahead = seen.clock_at - world->now;
	deliver_saw(deliver, &seen, world->now);
}

/* The desk asks again when nobody said whether it was committed, and mostly finds out. */
static void
intend(struct run *run, struct deliver *deliver, int64_t lease, int order)
{
	struct world *world = &run->world;

	if (run->breakage == INTENT) {
		deliver_stored(deliver, true, world->now);
		return;
	}
	enum db_answer answer = world_intend(world, lease, order, &deliver->intent);
	bool is_stored = answer == DB_DONE || (answer == DB_UNSAID && world_random(world, 4) != 0);
	deliver_stored(deliver, is_stored, world->now);
}

static void
write_frame(struct run *run, struct deliver *deliver, int64_t lease, int order)
{
	struct world *world = &run->world;
	int exception;

	if (lease != world->lease) {
		deliver_wrote(deliver, ANSWER_NOT_SENT, 0, world->now);
		return;
	}
	/* Between the look at the lease and the bytes. */
	take_over(run, order);
	enum deliver_answer answer = world_write(world, order, &deliver->intent, &exception);
	if (answer == ANSWER_LOST && run->breakage == RESEND)
		answer = world_write(world, order, &deliver->intent, &exception);
	deliver_wrote(deliver, answer, exception, world->now);
	if (run->breakage != BLIND)
		return;
	deliver->phase = PHASE_END;
	deliver->state = DELIVERY_DONE;
	deliver->amount_fen = deliver->job.amount_fen;
	deliver->after = (struct deliver_seen){ .count = deliver->intent.want_count,
		.credit_fen = deliver->intent.before_fen + deliver->job.amount_fen,
		.energy_wh = deliver->intent.before_wh };
}

/* Results wait until the database takes them. */
static void
settle(struct run *run, const struct deliver *deliver, int64_t lease, int order)
{
	if (deliver->quiet_until > run->quiet_until)
		run->quiet_until = deliver->quiet_until;
	if (deliver->written_until > run->written_until)
		run->written_until = deliver->written_until;
	while (world_settle(&run->world, lease, order, deliver) == DB_AWAY)
		if (world_chance(&run->world, run->world.faults.kill))
			return;
}

/* False: over. */
static bool
step(struct run *run, struct deliver *deliver, int64_t lease, int order)
{
	struct world *world = &run->world;

	switch (deliver_next(deliver, world->now)) {
	case DELIVER_IDENTIFY:
		identify(run, deliver);
		break;
	case DELIVER_READ:
		read_block(run, deliver);
		break;
	case DELIVER_INTEND:
		intend(run, deliver, lease, order);
		break;
	case DELIVER_WRITE:
		write_frame(run, deliver, lease, order);
		break;
	case DELIVER_WAIT:
		world_pass(world, deliver->until - world->now);
		break;
	case DELIVER_END:
		settle(run, deliver, lease, order);
		return false;
	}
	return true;
}

/* One attempt, until it ends or the collector is killed. */
static void
collect(struct run *run, int order)
{
	struct world *world = &run->world;
	struct order_row *row = &world->orders[order];
	struct delivery_job job = load(run, order);
	struct deliver_policy policy = { .quiet_ms = run->breakage == QUIET ? 0 : QUIET_MS,
		.step_wh = STEP_WH,
		.range_wh = RANGE_WH,
		.count_range = COUNT_RANGE,
		.clock_ahead = run->clock_ahead,
		.tries = 3,
		.attempt = ++row->attempts };
	struct deliver deliver;
	int64_t lease = world->lease;

	if (row->state > DELIVERY_SENT)
		return;
	int64_t until = deliver_is_set(row->kind) ? run->written_until : run->quiet_until;
	if (world->now < until)
		world_pass(world, until - world->now);
	deliver_begin(&deliver, &job, &policy, world->now);
	while (step(run, &deliver, lease, order)) {
		run->steps++;
		assert(run->steps < STEPS_MAX);
		take_over(run, order);
		if (!world_chance(world, world->faults.kill))
			continue;
		world_trace(world, "-- killed");
		world_pass(world, 200 + (int64_t)world_random(world, 3000));
		begin_bus(run);
		return;
	}
}

/* Orders of a meter go one after another; one that is held stops those behind it. */
static void
deliver_all(struct run *run)
{
	struct world *world = &run->world;

	for (int i = 0; i < ORDERS; i++) {
		struct order_row *row = &world->orders[i];
		while (row->state <= DELIVERY_SENT) {
			if (row->attempts > FAULTS_UNTIL)
				world->faults = (struct faults){ 0 };
			collect(run, i);
			if (row->state <= DELIVERY_SENT)
				world_pass(world, (int64_t)world_random(world, RETRY_MS));
		}
		if (row->state == DELIVERY_HELD)
			return;
	}
}

/* ---- what came of it ---- */

struct tally {
	long runs, done, held, failed, behind, noticed, bad, doubled, lost, wrong;
};

/* The next reading shows it, or a person looks because of the one that is held. */
static bool
is_noticed(const struct world *world)
{
	for (int i = 0; i < ORDERS; i++)
		if (world->orders[i].state == DELIVERY_HELD)
			return true;
	return world->count != world->last_count || world->credit_fen > world->last_fen;
}

/* What the books say is in the meter. What was used from the reading until a credit was set is
 * lost; where a gateway answers from a store after a restart, that reading may be old. */
static bool
is_booked_right(const struct world *world, const struct config *config)
{
	int64_t old_ms = config->faults.stale > OFTEN ? AGE_MAX_MS : 0;
	int64_t expected = world->opening_fen - world->used_fen, slack = 0;

	for (int i = 0; i < ORDERS; i++) {
		const struct order_row *row = &world->orders[i];
		expected += row->booked_fen;
		if (row->kind != DELIVERY_CREDIT && row->executed > 0)
			slack += (QUIET_MS + old_ms) / world->load_ms + 2 + row->used_between;
	}
	return llabs(world->credit_fen - expected) <= slack;
}

static void
judge(const struct run *run, struct tally *tally, uint64_t seed)
{
	const struct world *world = &run->world;
	bool is_doubled = false, is_lost = false, is_wrong = false;

	for (int i = 0; i < ORDERS; i++) {
		const struct order_row *row = &world->orders[i];
		is_doubled |= row->kind == DELIVERY_CREDIT && row->executed > 1;
		is_lost |= row->state == DELIVERY_DONE && row->executed == 0;
		is_wrong |= row->state == DELIVERY_FAILED && row->executed > 0;
		tally->done += row->state == DELIVERY_DONE;
		tally->held += row->state == DELIVERY_HELD;
		tally->failed += row->state == DELIVERY_FAILED;
		tally->behind += row->state <= DELIVERY_SENT;
	}
	bool is_seen = is_noticed(world);
	is_wrong |= !is_seen && !is_booked_right(world, run->config);
	tally->runs++;
	tally->doubled += is_doubled;
	tally->lost += is_lost;
	tally->wrong += is_wrong;
	tally->noticed += is_doubled && is_seen;
	bool is_bad = is_lost || is_wrong || (is_doubled && !(run->config->may_double && is_seen));
	if (is_bad && ++tally->bad <= BAD_SHOWN)
		printf("%s: bad run: --only %s --seed %llu:%s%s%s\n", run->config->name,
		    run->config->name, (unsigned long long)seed, is_doubled ? " doubled" : "",
		    is_lost ? " lost" : "", is_wrong ? " wrong" : "");
}

static void
run_one(const struct config *config, enum breakage breakage, uint64_t seed, bool traces,
    struct tally *tally)
{
	static struct run run;

	run = (struct run){ .config = config, .breakage = breakage };
	world_begin(&run.world, seed, config->meter, &config->faults);
	run.world.traces = traces;
	deliver_all(&run);
	world_settle_down(&run.world);
	judge(&run, tally, seed);
}

static bool
run_config(
    const struct config *config, enum breakage breakage, uint64_t from, long runs, bool traces)
{
	struct tally tally = { 0 };

	for (long i = 0; i < runs; i++)
		run_one(config, breakage, from + (uint64_t)i, traces, &tally);
	printf("%-14s %ld runs: %ld doubled (%ld of them noticed), %ld lost, %ld booked wrong; "
	       "%.3f %% held, %.3f %% behind them, %.2f %% failed\n",
	    config->name, tally.runs, tally.doubled, tally.noticed, tally.lost, tally.wrong,
	    100.0 * (double)tally.held / (double)(tally.runs * ORDERS),
	    100.0 * (double)tally.behind / (double)(tally.runs * ORDERS),
	    100.0 * (double)tally.failed / (double)(tally.runs * ORDERS));
	bool is_held_too_often = tally.held * 10000 > tally.runs * ORDERS * config->held_max;
	if (is_held_too_often && runs > 1)
		printf("%s: more than %d of 10,000 are held\n", config->name, config->held_max);
	return tally.bad == 0 && !(is_held_too_often && runs > 1);
}

static enum breakage
find_breakage(const char *name)
{
	for (size_t i = 1; i < COUNT(BREAKAGES); i++)
		if (strcmp(BREAKAGES[i], name) == 0)
			return (enum breakage)i;
	fprintf(stderr, "simulate: there is no --break %s\n", name);
	exit(2);
}

int
main(int argc, char **argv)
{
	const char *only = NULL;
	enum breakage breakage = WHOLE;
	uint64_t from = 1;
	long runs = 20000;
	bool traces = false, is_good = true, has_run = false;

	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--runs") == 0)
			runs = atol(argv[i + 1]);
		else if (strcmp(argv[i], "--only") == 0)
			only = argv[i + 1];
		else if (strcmp(argv[i], "--break") == 0)
			breakage = find_breakage(argv[i + 1]);
		else if (strcmp(argv[i], "--from") == 0 || strcmp(argv[i], "--seed") == 0)
			from = strtoull(argv[i + 1], NULL, 10);
		traces |= strcmp(argv[i], "--seed") == 0;
	}
	for (size_t i = 0; i < COUNT(CONFIGS); i++) {
		if (only != NULL && strcmp(only, CONFIGS[i].name) != 0)
			continue;
		has_run = true;
		is_good =
		    run_config(&CONFIGS[i], breakage, from, traces ? 1 : runs, traces) && is_good;
	}
	return is_good && has_run ? 0 : 1;
}
