/* Orders that force a relay, or end that. What the meter shows says whether they are done; and one
 * that only wants it read. */
#include "base/clock.h"
#include "order.h"

#define TRIES_MAX	3
#define WRITES_MAX	2
#define LOOKS_MAX	3 /* a relay takes its time */
#define LOOK_AGAIN_MS	1000
#define BUSY_PAUSE_MS	1000
#define EXCEPTION_VALUE 3 /* 1 to 3: no such function, register or value */

static unsigned
phases_of(const struct meter_definition *meter)
{
	return meter->phases == 3 ? CONTROL_WANTS : 1;
}

static bool
is_as_ordered(enum command_kind kind, const struct reading *reading, unsigned phases)
{
	bool is_forced = (reading->force_state & CONTROL_ACTIVE) != 0;
	unsigned closed = reading->force_state & phases;

	if (kind == COMMAND_PREPAID)
		return !is_forced;
	return is_forced && closed == (kind == COMMAND_TRIP ? 0 : phases);
}

/* A source that is not in force wants nothing. */
static unsigned
wanted_by(unsigned state, unsigned phases)
{
	return (state & CONTROL_ACTIVE) != 0 ? state & phases : phases;
}

/* What the relay should be, by all that decides about it. */
static unsigned
wanted_relay(enum command_kind kind, const struct reading *reading, unsigned phases)
{
	if (kind == COMMAND_TRIP)
		return 0;
	if (kind == COMMAND_KEEP_ON)
		return phases;
	return wanted_by(reading->fee_state, phases) & wanted_by(reading->load_state, phases) &
	       wanted_by(reading->time_state, phases);
}

static const char *
relay_result(const struct reading *reading, unsigned wanted, unsigned phases)
{
	unsigned relay = reading->relay_closed & phases;

	if (relay == wanted)
		return "";
	return relay == 0 ? "relay_open" : relay == phases ? "relay_closed" : "relay_partly";
}

static void
note_silence(struct bus *bus, struct order *order, size_t i, const char *why)
{
	bool is_alive = !plan_is_lost(bus->plan, i) || order->tries > 0;

	if (order_note_line(bus, order, link_trouble(bus->link)))
		return;
	if (!is_alive || ++order->tries >= TRIES_MAX)
		order_retry(bus, order, why);
}

static void
look(struct bus *bus, struct order *order, size_t i)
{
	const struct meter_definition *meter = &bus->definition->meters[i];
	enum command_kind kind = order->command.kind;
	struct reading reading;
	/* Another length each time: a late answer is not taken for the next. */
	const char *why = order_read(bus, i, order->looks % 2, &reading);

	if (why != NULL) {
		note_silence(bus, order, i, why);
		return;
	}
	if (kind == COMMAND_READ_NOW) {
		order_tell_reading(bus, i, &reading);
		order_end(bus, order, COMMAND_CONFIRMED, "");
		return;
	}
	unsigned phases = phases_of(meter), wanted = wanted_relay(kind, &reading, phases);
	bool is_done = is_as_ordered(kind, &reading, phases);
	const char *result = relay_result(&reading, wanted, phases);
	order->tries = 0;
	if (is_done && (result[0] == '\0' || ++order->looks >= LOOKS_MAX)) {
		order_tell_reading(bus, i, &reading);
		order_end(bus, order, COMMAND_CONFIRMED, result);
	} else if (is_done) {
		order->not_before = clock_mono() + LOOK_AGAIN_MS;
	} else if (order->phase == ORDER_READ || ++order->looks >= LOOKS_MAX) {
		order->phase = ORDER_WRITE;
		order->looks = 0;
	} else {
		order->not_before = clock_mono() + LOOK_AGAIN_MS;
	}
}

static void
note_refusal(struct bus *bus, struct order *order, int exception)
{
	char result[ITEM_RESULT_MAX];

	if (exception > EXCEPTION_VALUE && ++order->tries < TRIES_MAX) {
		order->not_before = clock_mono() + BUSY_PAUSE_MS;
		return;
	}
	(void)snprintf(result, sizeof(result), "refused force %d", exception);
	order_end(bus, order, COMMAND_FAILED, result);
}

static void
write_force(struct bus *bus, struct order *order, const struct meter_definition *meter)
{
	enum command_kind kind = order->command.kind;
	struct money_request request;
	int exception;

	if (order->writes == WRITES_MAX) {
		order_end(bus, order, COMMAND_FAILED, "differs force");
		return;
	}
	money_frame_force(meter->profile->money, meter->unit, kind != COMMAND_PREPAID,
	    kind == COMMAND_TRIP, &request);
	switch (order_send(bus, meter, &request, &exception)) {
	case ANSWER_NOT_SENT:
		return;
	case ANSWER_REFUSED:
		note_refusal(bus, order, exception);
		return;
	case ANSWER_TAKEN:
	case ANSWER_LOST:
		order->writes++;
		order->phase = ORDER_VERIFY;
		order->tries = order->looks = 0;
		return;
	}
}

void
order_control_turn(struct bus *bus, struct order *order)
{
	size_t i = order_meter(bus, order);
	const struct meter_definition *meter = &bus->definition->meters[i];

	if (i == bus->definition->meter_count)
		order_end(bus, order, COMMAND_FAILED, "gone");
	else if (meter->profile->money == NULL && order->command.kind != COMMAND_READ_NOW)
		order_end(bus, order, COMMAND_FAILED, "unsupported");
	else if (meter->is_protected && order->command.kind == COMMAND_TRIP)
		order_end(bus, order, COMMAND_FAILED, "protected");
	else if (bus->stations[i].is_other_meter)
		order_retry(bus, order, "other_meter");
	else if (order->phase == ORDER_WRITE)
		write_force(bus, order, meter);
	else
		look(bus, order, i);
}
