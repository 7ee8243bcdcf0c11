#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "bus_private.h"

#define PERIOD_MS (24 * CLOCK_HOUR)
#define SPREAD_MS CLOCK_MINUTE /* per meter: they are asked together today, not tomorrow */
#define RETRY_MS  CLOCK_MINUTE /* twice as long after each failure, up to PERIOD_MS */

void
identity_redefine(struct station *station, const struct station *before)
{
	const struct meter_definition *meter = station->definition;

	station->identity_at = 0;
	station->identity_failures = 0;
	if (before == NULL)
		station->is_other_meter = meter->was_other_meter;
	else if (strcmp(before->definition->identity, meter->identity) != 0)
		station->was_itself = false;
	if (meter->identity[0] == '\0')
		station->is_other_meter = false;
}

/* Its values stopped following those before: asked once, not with every reading that follows. */
static bool
has_jumped(struct station *station, const struct reading *reading)
{
	bool was_implausible = station->is_implausible;

	station->is_implausible = (reading->quality & (QUALITY_DECREASED | QUALITY_JUMP)) != 0;
	return station->is_implausible && !was_implausible;
}

static bool
is_of_another(const struct bus *bus, const char *number)
{
	for (size_t i = 0; i < bus->definition->meter_count; i++)
		if (strcmp(bus->definition->meters[i].identity, number) == 0)
			return true;
	return false;
}

static bool
is_other_meter(const struct bus *bus, const struct station *station, const char *number)
{
	const struct meter_definition *meter = station->definition;

	if (number[0] == '\0' || strcmp(number, meter->identity) == 0)
		return false;
	return !meter->profile->identity.is_shared || station->was_itself ||
	       is_of_another(bus, number);
}

/* The question was not answered: what was known stays. A meter that refuses it does not have these
 * registers and will not have them in a minute either. */
static void
note_failure(struct station *station, enum trouble trouble, int64_t now)
{
	int64_t pause_ms = trouble == TROUBLE_REFUSED ? PERIOD_MS : RETRY_MS;

	for (int i = 0; i < station->identity_failures && pause_ms < PERIOD_MS; i++)
		pause_ms *= 2;
	station->identity_failures++;
	station->identity_at = now + (pause_ms < PERIOD_MS ? pause_ms : PERIOD_MS);
}

/* Who is at the place of another is missed at its own: all are asked again. */
static void
note_other(struct bus *bus, struct station *station, const char *number, int64_t wall)
{
	const struct meter_definition *meter = station->definition;

	log_error(bus->definition->name, "meter %u (unit %u) shows number %s instead of %s",
	    meter->meter_id, meter->unit, number, meter->identity);
	tell_other_meter(bus, meter->meter_id, wall, number);
	for (size_t i = 0; i < bus->definition->meter_count; i++)
		if (&bus->stations[i] != station)
			bus->stations[i].identity_at = 0;
}

static void
settle_number(struct bus *bus, size_t i, const char *number, int64_t now, int64_t wall)
{
	struct station *station = &bus->stations[i];
	const struct meter_definition *meter = station->definition;
	bool was_other = station->is_other_meter;

	station->is_other_meter = is_other_meter(bus, station, number);
	station->was_itself |= strcmp(number, meter->identity) == 0;
	station->identity_failures = 0;
	station->identity_at =
	    now + (station->is_other_meter ? RETRY_MS : PERIOD_MS + (int64_t)i * SPREAD_MS);
	if (station->is_other_meter && !was_other)
		note_other(bus, station, number, wall);
	if (was_other && !station->is_other_meter)
		log_info(bus->definition->name, "meter %u (unit %u) shows its own number",
		    meter->meter_id, meter->unit);
}

enum trouble
identity_ask(struct bus *bus, size_t i)
{
	struct station *station = &bus->stations[i];
	const struct profile *profile = station->definition->profile;
	const struct block *block = &profile->identity.block;
	uint16_t registers[PROFILE_REGISTERS_MAX];
	char number[IDENTITY_ROOM];
	enum rc rc =
	    link_read(bus->link, station->definition->unit, block->function, block->address,
		block->count, registers, bus_timeout_ms(bus, profile), profile->min_gap_ms);
	int64_t now = clock_mono(), wall = clock_now();

	if (rc != RC_OK) {
		enum trouble trouble = link_trouble(bus->link);
		note_failure(station, trouble, now);
		if (!link_is_open(bus->link))
			bus_note_closed(bus, trouble, now, wall);
		return trouble;
	}
	identity_decode(&profile->identity, registers, number);
	settle_number(bus, i, number, now, wall);
	return TROUBLE_NONE;
}

void
identity_check(struct bus *bus, size_t i, struct reading *reading)
{
	struct station *station = &bus->stations[i];
	bool has_to_ask = has_jumped(station, reading) || clock_mono() >= station->identity_at;

	if (station->definition->identity[0] == '\0')
		return;
	if (has_to_ask)
		(void)identity_ask(bus, i);
	if (!station->is_other_meter)
		return;
	reading->quality |= QUALITY_OTHER_METER;
	reading_check(reading, &station->last, station->definition->rated_power_w);
}
