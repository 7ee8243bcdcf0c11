#include "world.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- chance ---- */

/* splitmix64: good enough, and the same everywhere. */
uint64_t
world_random(struct world *world, uint64_t below)
{
	uint64_t z = world->random += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return (z ^ z >> 31) % below;
}

bool
world_chance(struct world *world, int in_10000)
{
	return in_10000 > 0 && world_random(world, 10000) < (uint64_t)in_10000;
}

void
world_trace(const struct world *world, const char *format, ...)
{
	va_list values;

	if (!world->traces)
		return;
	printf("%9.3f ", (double)world->now / 1000);
	va_start(values, format);
	(void)vprintf(format, values);
	va_end(values);
	putchar('\n');
}

/* ---- the meter ---- */

static void
make_orders(struct world *world)
{
	for (int i = 0; i < ORDERS; i++) {
		struct order_row *order = &world->orders[i];
		uint64_t kind = world_random(world, 10);
		order->kind = kind == 0	  ? DELIVERY_CLEAR
			      : kind == 1 ? DELIVERY_DEDUCT
					  : DELIVERY_CREDIT;
		order->amount_fen = 2000 + (int64_t)world_random(world, 100000);
	}
}

void
world_begin(
    struct world *world, uint64_t seed, enum delivery_guard guard, const struct faults *faults)
{
	*world = (struct world){ .random = seed, .faults = *faults, .meter_guard = guard };
	for (int i = 0; i < 4; i++)
		(void)world_random(world, 1);
	/* Close to the ends of its registers now and then. */
	world->count =
	    world_random(world, 8) == 0 ? COUNT_RANGE - 2 : (uint32_t)world_random(world, 1000);
	world->energy_wh = world_random(world, 8) == 0
			       ? RANGE_WH - 2 * STEP_WH
			       : (int64_t)world_random(world, 1000000) * STEP_WH;
	world->credit_fen = (int64_t)world_random(world, 200000) - 1000;
	world->load_ms = 200 + (int64_t)world_random(world, 60000);
	world->opening_fen = world->last_fen = world->credit_fen;
	world->last_wh = world->energy_wh;
	world->last_count = world->count;
	make_orders(world);
}

static bool
accepts(const struct world *world, const struct frame *frame)
{
	return world->meter_guard != GUARD_CHECKS ||
	       frame->count == (world->count + 1) % COUNT_RANGE;
}

static bool
execute(struct world *world, const struct frame *frame)
{
	struct order_row *order = &world->orders[frame->order];

	if (order->kind != DELIVERY_CREDIT) {
		world->credit_fen = frame->target_fen;
		world->count = frame->count;
	} else if (accepts(world, frame)) {
		bool counts = world->meter_guard == GUARD_ADDS;
		world->credit_fen += order->amount_fen;
		world->count = counts ? (world->count + 1) % COUNT_RANGE : frame->count;
	} else {
		world_trace(world, "          meter refuses %d", frame->order);
		return false;
	}
	order->executed++;
	order->used_between = world->used_fen - order->used_first;
	world_trace(world, "          meter executes %d: count %u credit %lld", frame->order,
	    world->count, (long long)world->credit_fen);
	return true;
}

/* ---- time ---- */

static void
use_energy(struct world *world, int64_t until)
{
	while (world->load_at + world->load_ms <= until) {
		world->load_at += world->load_ms;
		world->energy_wh = (world->energy_wh + STEP_WH) % RANGE_WH;
		world->credit_fen--;
		world->used_fen++;
	}
}

/* The index of the frame that arrives next, -1: none does before then. */
static int
next_frame(const struct world *world, int64_t until)
{
	int next = -1;

	for (int i = 0; i < world->frame_count; i++) {
		const struct frame *frame = &world->frames[i];
		if (frame->at <= until && (next < 0 || frame->at < world->frames[next].at))
			next = i;
	}
	return next;
}

void
world_pass(struct world *world, int64_t ms)
{
	int64_t until = world->now + ms;

	for (int i; (i = next_frame(world, until)) >= 0;) {
		struct frame frame = world->frames[i];
		world->frames[i] = world->frames[--world->frame_count];
		use_energy(world, frame.at);
		if (frame.at > world->now)
			world->now = frame.at;
		(void)execute(world, &frame);
	}
	use_energy(world, until);
	world->now = until;
}

void
world_settle_down(struct world *world)
{
	world_pass(world, 4 * QUIET_MS);
	assert(world->frame_count == 0);
}

static void
put_off(struct world *world, const struct frame *frame)
{
	assert(world->frame_count < FRAMES_MAX);
	world->frames[world->frame_count] = *frame;
	world->frames[world->frame_count++].at +=
	    1 + (int64_t)world_random(world, DELAY_MAX_MS - 1);
}

/* ---- the line ---- */

/* One bit that a gateway turned before it made the checksum. */
static void
flip(struct world *world, struct deliver_seen *seen)
{
	unsigned bit = (unsigned)world_random(world, 16);

	switch (world_random(world, 3)) {
	case 0:
		seen->count ^= 1u << bit;
		break;
	case 1:
		seen->credit_fen ^= 1 << bit;
		break;
	default:
		seen->energy_wh ^= 1 << bit;
		break;
	}
}

bool
world_read(struct world *world, int shorter, struct deliver_seen *seen)
{
	struct deliver_seen *snapshot = &world->snapshots[shorter];

	world_pass(world, 70);
	if (world_chance(world, world->faults.request_lost) ||
	    world_chance(world, world->faults.answer_lost)) {
		world_pass(world, TIMEOUT_MS);
		return false;
	}
	*seen = (struct deliver_seen){ .count = world->count,
		.credit_fen = world->credit_fen,
		.energy_wh = world->energy_wh,
		/* Whole seconds. */
		.clock_at = 1700000000000 + world->now / 1000 * 1000 };
	bool is_stale = world->has_snapshot[shorter] && world_chance(world, world->faults.stale);
	struct deliver_seen before = *snapshot;
	*snapshot = *seen;
	world->has_snapshot[shorter] = true;
	if (is_stale)
		*seen = before;
	if (world_chance(world, world->faults.flipped))
		flip(world, seen);
	world_pass(world, 70);
	world_trace(world, "read -%d: count %u credit %lld%s", shorter, seen->count,
	    (long long)seen->credit_fen, is_stale ? " (stale)" : "");
	return true;
}

enum deliver_answer
world_write(struct world *world, int order, const struct deliver_intent *intent, int *exception)
{
	struct frame frame = { .at = world->now,
		.order = order,
		.count = intent->want_count,
		.target_fen = intent->target_fen };
	bool is_executed = false;

	*exception = 0;
	world_pass(world, 30);
	if (world_chance(world, world->faults.twice))
		put_off(world, &frame);
	if (world_chance(world, world->faults.request_lost)) {
		world_trace(world, "write %d is lost", order);
	} else if (world_chance(world, world->faults.late)) {
		world_trace(world, "write %d is late", order);
		put_off(world, &frame);
	} else {
		is_executed = execute(world, &frame);
		if (!world_chance(world, world->faults.answer_lost)) {
			world_pass(world, 30);
			*exception = 3;
			return is_executed ? ANSWER_TAKEN : ANSWER_REFUSED;
		}
	}
	world_pass(world, TIMEOUT_MS);
	return ANSWER_LOST;
}

/* ---- the database ---- */

static enum db_answer
ask_database(struct world *world)
{
	world_pass(world, 5);
	if (world_chance(world, world->faults.away)) {
		world_pass(world, 1000 + (int64_t)world_random(world, 20000));
		return DB_AWAY;
	}
	return world_chance(world, world->faults.unsaid) ? DB_UNSAID : DB_DONE;
}

enum db_answer
world_intend(struct world *world, int64_t lease, int order, const struct deliver_intent *intent)
{
	struct order_row *row = &world->orders[order];
	enum db_answer answer = ask_database(world);

	if (answer == DB_AWAY)
		return answer;
	if (lease != world->lease || row->state > DELIVERY_SENT)
		return DB_REFUSED;
	if (!row->has_intent)
		row->used_first = world->used_fen;
	row->has_intent = true;
	row->state = DELIVERY_SENT;
	row->want_count = intent->want_count;
	row->before_fen = intent->before_fen;
	row->before_wh = intent->before_wh;
	row->target_fen = intent->target_fen;
	row->sends = intent->sends;
	world_trace(world, "intent %d: count %u, send %u", order, intent->want_count,
	    (unsigned)intent->sends);
	return answer;
}

enum db_answer
world_settle(struct world *world, int64_t lease, int order, const struct deliver *deliver)
{
	struct order_row *row = &world->orders[order];
	enum db_answer answer = ask_database(world);

	if (answer == DB_AWAY)
		return answer;
	if (lease != world->lease || row->state > DELIVERY_SENT)
		return DB_REFUSED;
	world_trace(world, "%d: %d %s", order, (int)deliver->state, deliver->outcome);
	if (deliver->state == DELIVERY_QUEUED)
		return answer;
	row->state = deliver->state;
	if (deliver->state != DELIVERY_DONE)
		return answer;
	row->booked_fen = row->kind == DELIVERY_CREDIT ? deliver->amount_fen : -deliver->amount_fen;
	world->last_count = deliver->after.count;
	world->last_fen = deliver->after.credit_fen;
	world->last_wh = deliver->after.energy_wh;
	return answer;
}
