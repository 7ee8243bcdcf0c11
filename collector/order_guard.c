/*
 * The commissioning test of the purchase count: a fen goes in with the next count, then the same
 * frame again, then one with a count too far, then one with the count that the meter shows. What it
 * does with the last three says what its model does with counts (reliability.md §3.1a).
 */
#include <stdio.h>

#include "base/clock.h"
#include "money_desk.h"
#include "order.h"

#define FEN	  1
#define TRIES_MAX 6 /* reads until two agree */
#define PROBES	  3
#define TOO_FAR	  2

enum stage {
	STAGE_ASK,   /* whether nobody owns the meter */
	STAGE_LOOK,  /* two reads that agree; then judge */
	STAGE_WRITE, /* frame number order->writes: the purchase, the probes, the way back */
};

#define FRAME_BACK (1 + PROBES)

static uint32_t
ahead(const struct meter_definition *meter, uint32_t count, uint32_t of)
{
	uint32_t range = meter->profile->money->count_range;

	return (count + range - of) % range;
}

/* ---- its end ---- */

static void
fail(struct bus *bus, struct order *order, const char *result)
{
	order_end(bus, order, COMMAND_FAILED, result);
}

static void
succeed(struct bus *bus, struct order *order)
{
	struct item item = item_of(bus, ITEM_ORDER_GUARD);
	char result[ITEM_RESULT_MAX];

	item.u.guard = (struct item_guard){ .command_id = order->command.command_id,
		.meter_id = order->command.meter_id,
		.guard = order->guard.found,
		.at = clock_now() };
	outbox_put(bus->outbox, &item);
	(void)snprintf(result, sizeof(result), "guard %s", delivery_guard_name(order->guard.found));
	order_end(bus, order, COMMAND_CONFIRMED, result);
}

/* ---- what the meter did ---- */

/* One frame after the other, as count and credit moved; use may have taken a fen meanwhile. */
static enum delivery_guard
conclude(const struct guard_test *test)
{
	const uint32_t *moved = test->moved + 1;
	int64_t gained_fen = test->shown_fen[PROBES] - test->shown_fen[0];

	if (moved[0] == 0 && moved[1] == 0 && moved[2] == 0)
		return gained_fen <= 0 ? GUARD_CHECKS : GUARD_UNKNOWN;
	if (gained_fen < FEN)
		return GUARD_UNKNOWN;
	if (moved[0] == 0 && moved[1] == TOO_FAR && moved[2] == 0)
		return GUARD_STORES;
	return moved[0] == 1 && moved[1] == 1 && moved[2] == 1 ? GUARD_ADDS : GUARD_UNKNOWN;
}

/* What is put back: without the fens of the test, and without what was used meanwhile. */
static int64_t
credit_back(const struct guard_test *test, int64_t credit_fen)
{
	int64_t added = test->found == GUARD_CHECKS ? FEN : (1 + PROBES) * FEN;
	int64_t back = credit_fen - added;

	if (test->found == GUARD_UNKNOWN)
		back = credit_fen < test->before_fen ? credit_fen : test->before_fen;
	return back > 0 ? back : 0;
}

static void
judge_back(struct bus *bus, struct order *order, size_t i, const struct reading *reading)
{
	const struct guard_test *test = &order->guard;

	order_tell_reading(bus, i, reading);
	if (reading->purchase_count != test->before_count || reading->credit_fen > test->back_fen)
		fail(bus, order, "guard_not_restored");
	else if (test->found != GUARD_UNKNOWN)
		succeed(bus, order);
	else
		fail(bus, order, test->why);
}

static void
give_up(struct order *order, const char *why)
{
	order->guard.why = why;
	order->guard.found = GUARD_UNKNOWN;
	order->writes = FRAME_BACK;
}

/* The meter as it is before frame number order->writes. */
static void
judge(struct bus *bus, struct order *order, size_t i, const struct reading *reading)
{
	const struct meter_definition *meter = &bus->definition->meters[i];
	struct guard_test *test = &order->guard;
	int done = order->writes - 1;

	order->guard.stage = STAGE_WRITE;
	if (order->writes == 0) {
		test->before_count = reading->purchase_count;
		test->before_fen = reading->credit_fen;
		if (reading->credit_fen < 0)
			fail(bus, order, "guard_debt");
	} else if (order->writes > FRAME_BACK) {
		judge_back(bus, order, i, reading);
		return;
	} else if (test->is_back_due) {
		test->is_back_due = false;
	} else {
		test->moved[done] = ahead(meter, reading->purchase_count, test->count);
		test->shown_fen[done] = reading->credit_fen;
		if (done == 0 && test->moved[0] != 1)
			give_up(order, "guard_refused");
		else if (done == PROBES) {
			test->found = conclude(test);
			test->why = "guard_odd";
		}
	}
	test->count = reading->purchase_count;
	test->credit_fen = reading->credit_fen;
}

/* ---- one transaction ---- */

static void
look(struct bus *bus, struct order *order, size_t i)
{
	struct guard_test *test = &order->guard;
	struct reading reading;
	const char *why = order_read(bus, i, order->looks % 2, &reading);

	if (link_trouble(bus->link) == TROUBLE_STOPPED)
		return;
	if (!link_is_open(bus->link))
		bus_note_closed(bus, link_trouble(bus->link), clock_mono(), clock_now());
	order->looks++;
	bool does_agree = why == NULL && test->has_first &&
			  reading.purchase_count == test->first_count &&
			  reading.credit_fen <= test->first_fen;
	test->has_first = why == NULL;
	test->first_count = reading.purchase_count;
	test->first_fen = reading.credit_fen;
	if (does_agree) {
		order->tries = 0;
		test->has_first = false;
		judge(bus, order, i, &reading);
	} else if (++order->tries == TRIES_MAX) {
		fail(bus, order, order->writes == 0 ? "guard_silent" : "guard_not_restored");
	}
}

static uint32_t
count_of(const struct meter_definition *meter, const struct guard_test *test, int frame)
{
	uint32_t range = meter->profile->money->count_range;

	if (frame <= 1)
		return (test->before_count + 1) % range;
	return (test->count + (frame == PROBES ? 0 : TOO_FAR)) % range;
}

static bool
make_request(
    struct order *order, const struct meter_definition *meter, struct money_request *request)
{
	const struct money_frames *frames = meter->profile->money;
	struct guard_test *test = &order->guard;

	if (order->writes < FRAME_BACK)
		return money_frame_credit(
		    frames, meter->unit, FEN, count_of(meter, test, order->writes), request);
	test->back_fen = credit_back(test, test->credit_fen);
	return money_frame_set(frames, meter->unit, test->back_fen, test->before_count, request);
}

/* A frame whose answer is lost may still be executed: then nothing can be concluded. */
static void
write_frame(struct bus *bus, struct order *order, const struct meter_definition *meter)
{
	struct money_request request;
	int exception;

	if (!make_request(order, meter, &request)) {
		fail(bus, order, "does_not_fit credit");
		return;
	}
	enum deliver_answer answer = order_send(bus, meter, &request, &exception);
	if (answer == ANSWER_NOT_SENT)
		return;
	bool was_back = order->writes == FRAME_BACK;
	order->writes++;
	order->guard.stage = STAGE_LOOK;
	if (answer != ANSWER_LOST)
		return;
	order->not_before = clock_mono() + order_quiet_ms(bus, meter);
	if (was_back)
		return;
	give_up(order, "guard_line");
	order->guard.is_back_due = true;
}

/* ---- the order ---- */

static void
ask(struct bus *bus, struct order *order)
{
	if (order->desk_answer == DESK_NONE) {
		order->desk_answer = DESK_AWAITED;
		order->not_before = INT64_MAX;
		money_desk_may_test(bus->desk, bus->definition->bus_id, bus->epoch,
		    order->command.command_id, order->command.meter_id);
	} else if (order->desk_answer == DESK_YES) {
		order->guard.stage = STAGE_LOOK;
	} else {
		fail(bus, order, "guard_in_use");
	}
}

void
order_guard_turn(struct bus *bus, struct order *order)
{
	size_t i = order_meter(bus, order);
	const struct meter_definition *meter = &bus->definition->meters[i];

	if (i == bus->definition->meter_count)
		fail(bus, order, "gone");
	else if (meter->profile->money == NULL)
		fail(bus, order, "unsupported");
	else if (bus->stations[i].is_other_meter && order->writes == 0)
		fail(bus, order, "other_meter");
	else if (order->guard.stage == STAGE_ASK)
		ask(bus, order);
	else if (order->guard.stage == STAGE_LOOK)
		look(bus, order, i);
	else
		write_frame(bus, order, meter);
}
