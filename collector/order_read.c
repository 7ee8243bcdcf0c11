#include "base/clock.h"
#include "order.h"

size_t
order_meter(const struct bus *bus, const struct order *order)
{
	size_t i = 0;

	while (i < bus->definition->meter_count &&
	       bus->definition->meters[i].meter_id != order->command.meter_id)
		i++;
	return i;
}

/* All blocks; the first without its last registers. What is left out reads as zero. */
static enum trouble
read_blocks(struct bus *bus, const struct meter_definition *meter, int shorter,
    uint16_t (*registers)[PROFILE_REGISTERS_MAX])
{
	const struct profile *profile = meter->profile;
	uint32_t timeout_ms = bus_timeout_ms(bus, profile);

	for (size_t i = 0; i < PROFILE_BLOCKS_MAX && profile->blocks[i].count > 0; i++) {
		const struct block *block = &profile->blocks[i];
		uint16_t count = (uint16_t)(block->count - (i == 0 ? shorter : 0));
		if (link_read(bus->link, meter->unit, block->function, block->address, count,
			registers[i], timeout_ms, profile->min_gap_ms) != RC_OK)
			return link_trouble(bus->link);
	}
	return TROUBLE_NONE;
}

const char *
order_read(struct bus *bus, size_t i, int shorter, struct reading *reading)
{
	const struct meter_definition *meter = &bus->definition->meters[i];
	uint16_t registers[PROFILE_BLOCKS_MAX][PROFILE_REGISTERS_MAX] = { 0 };
	const struct money_frames *money = meter->profile->money;
	int spare = money == NULL ? 0 : money->spare;
	enum trouble trouble =
	    read_blocks(bus, meter, shorter < spare ? shorter : spare, registers);

	if (trouble != TROUBLE_NONE)
		return trouble_name(trouble);
	if (bus_decode(bus, i, registers, clock_now(), reading) != RC_OK)
		return "model";
	reading_check(reading, &bus->stations[i].last, 0);
	return (reading->quality & QUALITY_EMPTY) != 0 ? "empty" : NULL;
}

void
order_tell_reading(struct bus *bus, size_t i, const struct reading *reading)
{
	struct station *station = &bus->stations[i];
	struct item item = item_of(bus, ITEM_READING);

	item.u.reading = *reading;
	reading_check(&item.u.reading, &station->last, station->definition->rated_power_w);
	reading_accept(&station->last, &item.u.reading);
	outbox_put(bus->outbox, &item);
}
