/* Orders that move credit: deliver.c decides, here it is carried out. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "lease.h"
#include "money_desk.h"
#include "order.h"

#define TRIES_ALIVE  3
#define GATEWAYS     2	       /* times its delay: there and back */
#define ENERGY_STEPS 100000000 /* of a register's range */
#define ANSWER_ROOM  32

int64_t
order_quiet_ms(const struct bus *bus, const struct meter_definition *meter)
{
	int64_t gateway_ms = bus->definition->link.transport == TRANSPORT_RTU
				 ? 0
				 : money_desk_gateway_delay_ms(bus->desk);

	return GATEWAYS * gateway_ms + bus_timeout_ms(bus, meter->profile);
}

/* ---- its end ---- */

/* What people want to know of it: see delivery.h. */
static void
settle(struct bus *bus, const struct order *order, enum delivery_state state, const char *outcome)
{
	const struct deliver *deliver = &order->deliver;
	bool has_seen = order->has_begun && deliver->has_seen;
	int64_t now = clock_now();
	struct delivery_end end = { .command_id = order->command.command_id,
		.lease_epoch = bus->epoch,
		.state = state,
		.began_at = order->began_at,
		.ended_at = now,
		.retry_at = state == DELIVERY_QUEUED ? now + order_pause_ms(order) : 0,
		.attempt = order->command.attempt,
		.outcome = outcome };

	if (has_seen) {
		end.amount_fen = state == DELIVERY_DONE ? deliver->amount_fen : 0;
		end.after_count = deliver->after.count;
		end.after_fen = deliver->after.credit_fen;
		end.after_wh = deliver->after.energy_wh;
	}
	money_desk_settle(bus->desk, bus->definition->bus_id, &end, strcmp(outcome, "gone") == 0);
}

void
order_money_end(
    struct bus *bus, struct order *order, enum delivery_state state, const char *outcome)
{
	if (state == DELIVERY_HELD || state == DELIVERY_FAILED)
		log_warn(bus->definition->name,
		    "order %" PRId64 " (%s, meter %" PRIu32 ") is %s: %s",
		    order->command.command_id, command_trait(order->command.kind)->name,
		    order->command.meter_id, delivery_state_name(state), outcome);
	settle(bus, order, state, outcome);
	order_drop(bus, order);
}

static void
finish(struct bus *bus, struct order *order, size_t i)
{
	struct station *station = &bus->stations[i];
	const struct deliver *deliver = &order->deliver;

	if (deliver->quiet_until > station->quiet_until)
		station->quiet_until = deliver->quiet_until;
	if (deliver->written_until > station->written_until)
		station->written_until = deliver->written_until;
	/* The board shows the new credit, and what the relay makes of it, at once. */
	if (order->shown.read_at != 0)
		order_tell_reading(bus, i, &order->shown);
	order_money_end(bus, order, deliver->state, deliver->outcome);
}

/* ---- one step each ---- */

static void
note_silence(struct bus *bus, struct order *order, const char *why)
{
	if (!link_is_open(bus->link))
		bus_note_closed(bus, link_trouble(bus->link), clock_mono(), clock_now());
	deliver_silent(&order->deliver, why, clock_mono());
}

static void
identify(struct bus *bus, struct order *order, size_t i)
{
	struct station *station = &bus->stations[i];
	enum trouble trouble = TROUBLE_REFUSED;

	if (station->definition->identity[0] != '\0')
		trouble = identity_ask(bus, i);
	if (trouble == TROUBLE_STOPPED)
		return;
	if (trouble == TROUBLE_REFUSED)
		deliver_identified(&order->deliver, IDENTITY_NONE, clock_mono());
	else if (trouble == TROUBLE_NONE)
		deliver_identified(&order->deliver,
		    station->is_other_meter ? IDENTITY_OTHER : IDENTITY_FITS, clock_mono());
	else
		note_silence(bus, order, trouble_name(trouble));
}

static void
look(struct bus *bus, struct order *order, size_t i)
{
	struct reading reading;
	const char *why = order_read(bus, i, order->deliver.shorter, &reading);

	if (link_trouble(bus->link) == TROUBLE_STOPPED)
		return;
	if (why != NULL) {
		note_silence(bus, order, why);
		return;
	}
	order->shown = reading;
	deliver_saw(&order->deliver,
	    &(struct deliver_seen){ .count = reading.purchase_count,
		.credit_fen = reading.credit_fen,
		.energy_wh = reading.energy_wh,
		.clock_at = reading.clock_at },
	    clock_mono());
}

static void
intend(struct bus *bus, struct order *order)
{
	const struct deliver_intent *from = &order->deliver.intent;

	if (order->desk_answer == DESK_NONE) {
		order->desk_answer = DESK_AWAITED;
		order->not_before = INT64_MAX;
		money_desk_intend(bus->desk, bus->definition->bus_id,
		    &(struct delivery_intent){ .command_id = order->command.command_id,
			.lease_epoch = bus->epoch,
			.want_count = from->want_count,
			.before_fen = from->before_fen,
			.before_wh = from->before_wh,
			.target_fen = from->target_fen,
			.sends = from->sends,
			.at = clock_now() });
		return;
	}
	bool is_stored = order->desk_answer == DESK_YES;
	order->desk_answer = DESK_NONE;
	deliver_stored(&order->deliver, is_stored, clock_mono());
}

static bool
make_request(
    const struct order *order, const struct meter_definition *meter, struct money_request *request)
{
	const struct money_frames *frames = meter->profile->money;
	const struct deliver_intent *intent = &order->deliver.intent;

	if (deliver_is_set(order->command.money.kind))
		return money_frame_set(
		    frames, meter->unit, intent->target_fen, intent->want_count, request);
	return money_frame_credit(
	    frames, meter->unit, order->command.money.amount_fen, intent->want_count, request);
}

enum deliver_answer
order_send(struct bus *bus, const struct meter_definition *meter,
    const struct money_request *request, int *exception)
{
	uint8_t answer[ANSWER_ROOM];
	size_t room = sizeof(answer);

	*exception = 0;
	/* Who slept through the end of the lease must not speak any more. */
	if (!lease_holds() || !link_is_open(bus->link))
		return ANSWER_NOT_SENT;
	enum rc rc = link_exchange(bus->link, request->bytes, request->length, answer, &room,
	    bus_timeout_ms(bus, meter->profile));
	enum trouble trouble = link_trouble(bus->link);
	if (rc == RC_OK)
		return ANSWER_TAKEN;
	if (!link_has_sent(bus->link))
		return ANSWER_NOT_SENT;
	if (trouble == TROUBLE_REFUSED) {
		*exception = link_exception(bus->link);
		return ANSWER_REFUSED;
	}
	/* What a gateway did not deliver yet must not arrive later (reliability.md D-27). */
	link_close(bus->link);
	if (trouble != TROUBLE_TIMEOUT && trouble != TROUBLE_STOPPED)
		bus_note_closed(bus, trouble, clock_mono(), clock_now());
	return ANSWER_LOST;
}

static void
write_frame(struct bus *bus, struct order *order, size_t i)
{
	const struct meter_definition *meter = &bus->definition->meters[i];
	struct money_request request;
	int exception;

	if (!make_request(order, meter, &request)) {
		order_money_end(bus, order, DELIVERY_HELD, "does_not_fit");
		return;
	}
	enum deliver_answer answer = order_send(bus, meter, &request, &exception);
	deliver_wrote(&order->deliver, answer, exception, clock_mono());
}

/* ---- the order ---- */

static int64_t
range_of(const struct meter_definition *meter)
{
	__int128 range =
	    (__int128)meter->profile->register_range_wh * meter->ct_ratio * meter->pt_ratio;

	return range > INT64_MAX / 4 ? INT64_MAX / 4 : (int64_t)range;
}

/* False: something that was written before may still come. */
static bool
begin(struct bus *bus, struct order *order, size_t i, int64_t now)
{
	struct station *station = &bus->stations[i];
	const struct meter_definition *meter = station->definition;
	int64_t quiet = order_quiet_ms(bus, meter), range_wh = range_of(meter);
	bool is_set = deliver_is_set(order->command.money.kind);
	int64_t until = is_set ? station->written_until : station->quiet_until;

	if (until < bus->began_at + quiet)
		until = bus->began_at + quiet;
	if (now < until) {
		order->not_before = until;
		return false;
	}
	const struct deliver_policy policy = { .quiet_ms = quiet,
		.step_wh = range_wh > ENERGY_STEPS ? range_wh / ENERGY_STEPS : 1,
		.range_wh = range_wh,
		.count_range = meter->profile->money->count_range,
		.clock_ahead = station->clock_ahead,
		.tries = plan_is_lost(bus->plan, i) ? 1 : TRIES_ALIVE,
		.attempt = order->command.attempt };
	deliver_begin(&order->deliver, &order->command.money, &policy, now);
	order->has_begun = true;
	return true;
}

static void
step(struct bus *bus, struct order *order, size_t i)
{
	switch (deliver_next(&order->deliver, clock_mono())) {
	case DELIVER_IDENTIFY:
		identify(bus, order, i);
		break;
	case DELIVER_READ:
		look(bus, order, i);
		break;
	case DELIVER_INTEND:
		intend(bus, order);
		break;
	case DELIVER_WRITE:
		write_frame(bus, order, i);
		break;
	case DELIVER_WAIT:
		order->not_before = order->deliver.until;
		break;
	case DELIVER_END:
		finish(bus, order, i);
		break;
	}
}

void
order_money_turn(struct bus *bus, struct order *order)
{
	size_t i = order_meter(bus, order);

	if (i == bus->definition->meter_count)
		order_money_end(bus, order, DELIVERY_QUEUED, "gone");
	else if (bus->definition->meters[i].profile->money == NULL)
		order_money_end(bus, order, DELIVERY_HELD, "unsupported");
	else if (order->has_begun || begin(bus, order, i, clock_mono()))
		step(bus, order, i);
}
