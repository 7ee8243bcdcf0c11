#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "bus_private.h"

struct item
item_of(const struct bus *bus, enum item_kind kind)
{
	return (
	    struct item){ .kind = kind, .bus_id = bus->definition->bus_id, .epoch = bus->epoch };
}

void
tell_event(
    struct bus *bus, enum item_kind kind, uint32_t meter_id, int64_t at, enum trouble trouble)
{
	struct item item = item_of(bus, kind);

	item.u.event =
	    (struct item_event){ .meter_id = meter_id, .at = at, .trouble = (int)trouble };
	outbox_put(bus->outbox, &item);
}

void
tell_other_meter(struct bus *bus, uint32_t meter_id, int64_t at, const char *number)
{
	struct item item = item_of(bus, ITEM_OTHER_METER);

	item.u.event = (struct item_event){ .meter_id = meter_id, .at = at };
	(void)text_copy(item.u.event.number, sizeof(item.u.event.number), number);
	outbox_put(bus->outbox, &item);
}

void
tell_bus_lost(struct bus *bus, enum trouble trouble, int64_t wall)
{
	if (bus->told == NEWS_LOST)
		return;
	bus->told = NEWS_LOST;
	log_warn(bus->definition->name, "lost: %s%s%s", trouble_name(trouble),
	    trouble == TROUBLE_OPEN ? ", " : "",
	    trouble == TROUBLE_OPEN ? link_reason(bus->link) : "");
	tell_event(
	    bus, ITEM_BUS_LOST, 0, bus->missed_since != 0 ? bus->missed_since : wall, trouble);
}

void
tell_bus_back(struct bus *bus, int64_t wall)
{
	if (bus->told == NEWS_BACK)
		return;
	if (bus->told == NEWS_LOST)
		log_info(bus->definition->name, "back");
	bus->told = NEWS_BACK;
	tell_event(bus, ITEM_BUS_BACK, 0, wall, TROUBLE_NONE);
}

void
tell_change(struct bus *bus, struct station *station, enum plan_change change, int64_t wall,
    enum trouble trouble)
{
	const struct meter_definition *meter = station->definition;

	switch (change) {
	case PLAN_SAME:
		break;
	case PLAN_LOST:
		log_warn(bus->definition->name, "meter %u (unit %u) lost: %s", meter->meter_id,
		    meter->unit, trouble_name(trouble));
		tell_event(bus, ITEM_METER_LOST, meter->meter_id, station->missed_since, trouble);
		break;
	case PLAN_BACK:
		if (station->missed_since != 0)
			log_info(bus->definition->name, "meter %u (unit %u) back", meter->meter_id,
			    meter->unit);
		tell_event(bus, ITEM_METER_BACK, meter->meter_id, wall, TROUBLE_NONE);
		break;
	}
}

void
tell_polls(struct bus *bus)
{
	for (size_t i = 0; i < bus->definition->meter_count; i++) {
		struct station *station = &bus->stations[i];
		struct item item = item_of(bus, ITEM_POLLS);
		if (station->polls.asked == 0)
			continue;
		item.u.polls = station->polls;
		item.u.polls.meter_id = station->definition->meter_id;
		item.u.polls.hour_at = bus->hour_at;
		station->polls = (struct item_polls){ 0 };
		outbox_put(bus->outbox, &item);
	}
}

void
tell_polls_in_time(struct bus *bus, int64_t now, int64_t wall)
{
	int64_t hour_at = wall - wall % CLOCK_HOUR;

	if (hour_at == bus->hour_at && now - bus->polls_told_at < POLLS_PERIOD_MS)
		return;
	tell_polls(bus);
	bus->hour_at = hour_at;
	bus->polls_told_at = now;
}

void
tell_round(struct bus *bus, int64_t now, int64_t wall)
{
	struct item item = item_of(bus, ITEM_BUS_ROUND);
	int64_t round_ms;

	if (!plan_round_ended(bus->plan, now, &round_ms) ||
	    now - bus->round_told_at < ROUND_PERIOD_MS)
		return;
	bus->round_told_at = now;
	item.u.round = (struct item_round){ .at = wall,
		.round_ms = (uint32_t)round_ms,
		.meters = (uint32_t)bus->definition->meter_count,
		.meters_lost = (uint32_t)plan_lost_count(bus->plan) };
	outbox_put(bus->outbox, &item);
}
