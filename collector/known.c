#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "known.h"

#define ROOM_AT_FIRST 256

static void *
grown(void *memory, size_t count, size_t size)
{
	memory = realloc(memory, count * size);
	if (memory == NULL)
		log_fatal("memory", "no room for %zu meters", count);
	return memory;
}

/* Where id is, or where it belongs. ids of a table are counted up, so they spread by themselves. */
static size_t
find_slot(const struct known_index *index, const uint32_t *ids, size_t stride, uint32_t id)
{
	size_t slot = id & (index->room - 1);

	while (index->slots[slot] != 0) {
		const char *entry = (const char *)ids + (index->slots[slot] - 1) * stride;
		if (*(const uint32_t *)(const void *)entry == id)
			break;
		slot = (slot + 1) & (index->room - 1);
	}
	return slot;
}

/* At most half full, so that a search is short. */
static void
rebuild(struct known_index *index, const uint32_t *ids, size_t stride, size_t count, size_t room)
{
	index->room = 2 * room;
	index->slots = grown(index->slots, index->room, sizeof(*index->slots));
	memset(index->slots, 0, index->room * sizeof(*index->slots));
	for (size_t i = 0; i < count; i++) {
		const char *entry = (const char *)ids + i * stride;
		uint32_t id = *(const uint32_t *)(const void *)entry;
		index->slots[find_slot(index, ids, stride, id)] = (uint32_t)i + 1;
	}
}

static void
grow_meters(struct known *known)
{
	size_t room = known->meter_room == 0 ? ROOM_AT_FIRST : 2 * known->meter_room;

	known->meters = grown(known->meters, room, sizeof(*known->meters));
	known->states.places = grown(known->states.places, room, sizeof(*known->states.places));
	known->polled.places = grown(known->polled.places, room, sizeof(*known->polled.places));
	known->meter_room = room;
	rebuild(&known->meter_index, &known->meters->meter_id, sizeof(*known->meters),
	    known->meter_count, room);
}

static void
grow_buses(struct known *known)
{
	size_t room = known->bus_room == 0 ? ROOM_AT_FIRST : 2 * known->bus_room;

	known->buses = grown(known->buses, room, sizeof(*known->buses));
	known->bus_room = room;
	rebuild(&known->bus_index, &known->buses->bus_id, sizeof(*known->buses), known->bus_count,
	    room);
}

struct known *
known_new(void)
{
	struct known *known = grown(NULL, 1, sizeof(*known));

	*known = (struct known){ 0 };
	grow_meters(known);
	grow_buses(known);
	return known;
}

void
known_free(struct known *known)
{
	if (known == NULL)
		return;
	free(known->meters);
	free(known->buses);
	free(known->meter_index.slots);
	free(known->bus_index.slots);
	free(known->states.places);
	free(known->polled.places);
	free(known);
}

struct known_meter *
known_meter(struct known *known, uint32_t meter_id)
{
	size_t slot = find_slot(
	    &known->meter_index, &known->meters->meter_id, sizeof(*known->meters), meter_id);

	if (known->meter_index.slots[slot] != 0)
		return &known->meters[known->meter_index.slots[slot] - 1];
	if (known->meter_count == known->meter_room) {
		grow_meters(known);
		return known_meter(known, meter_id);
	}
	known->meters[known->meter_count] = (struct known_meter){ .meter_id = meter_id };
	known->meter_index.slots[slot] = (uint32_t)++known->meter_count;
	return &known->meters[known->meter_count - 1];
}

struct known_meter *
known_find_meter(struct known *known, uint32_t meter_id)
{
	size_t slot = find_slot(
	    &known->meter_index, &known->meters->meter_id, sizeof(*known->meters), meter_id);
	uint32_t place = known->meter_index.slots[slot];

	return place == 0 ? NULL : &known->meters[place - 1];
}

void
known_watch(struct known_meter *meter, const struct epoch_watch *epoch)
{
	struct known_credit *credit = &meter->credit;
	bool is_same = credit->epoch.epoch_id == epoch->epoch_id &&
		       credit->epoch.changed_at == epoch->changed_at;

	credit->epoch = *epoch;
	if (!is_same)
		credit->misfit_at = credit->drift_at = credit->seen_at = 0;
}

struct known_bus *
known_bus(struct known *known, uint32_t bus_id)
{
	size_t slot =
	    find_slot(&known->bus_index, &known->buses->bus_id, sizeof(*known->buses), bus_id);

	if (known->bus_index.slots[slot] != 0)
		return &known->buses[known->bus_index.slots[slot] - 1];
	if (known->bus_count == known->bus_room) {
		grow_buses(known);
		return known_bus(known, bus_id);
	}
	known->buses[known->bus_count] = (struct known_bus){ .bus_id = bus_id };
	known->bus_index.slots[slot] = (uint32_t)++known->bus_count;
	return &known->buses[known->bus_count - 1];
}

static void
list_add(struct known *known, struct known_list *list, const struct known_meter *meter)
{
	assert(list->count < known->meter_room);
	list->places[list->count++] = (uint32_t)(meter - known->meters);
}

static struct known_meter *
meter_of(struct known *known, uint32_t meter_id, uint32_t bus_id, uint64_t epoch)
{
	struct known_meter *meter = known_meter(known, meter_id);

	meter->bus_id = bus_id;
	meter->epoch = epoch;
	return meter;
}

void
known_put_state(struct known *known, const struct reading *reading, uint32_t bus_id, uint64_t epoch)
{
	struct known_meter *meter = meter_of(known, reading->meter_id, bus_id, epoch);

	meter->state = *reading;
	meter->doubts |= reading->quality;
	if (meter->has_state)
		return;
	meter->has_state = true;
	list_add(known, &known->states, meter);
}

void
known_put_polls(struct known *known, const struct bus_polls *polls, uint32_t bus_id, uint64_t epoch)
{
	struct known_meter *meter = meter_of(known, polls->meter_id, bus_id, epoch);
	struct bus_polls *newest = &meter->polls[1];

	if (!meter->has_polls) {
		meter->has_polls = true;
		list_add(known, &known->polled, meter);
		meter->polls[0] = (struct bus_polls){ 0 };
		*newest = *polls;
		return;
	}
	if (newest->hour_at != polls->hour_at) {
		meter->polls[0] = *newest;
		*newest = *polls;
		return;
	}
	newest->asked += polls->asked;
	newest->answered += polls->answered;
	newest->timeouts += polls->timeouts;
	newest->damaged += polls->damaged;
	newest->refused += polls->refused;
	newest->answer_ms += polls->answer_ms;
}

void
known_put_round(struct known *known, const struct bus_round *round, uint64_t epoch)
{
	struct known_bus *bus = known_bus(known, round->bus_id);

	bus->round = *round;
	bus->round_epoch = epoch;
	bus->has_round = true;
	known->has_rounds = true;
}

void
known_drop(struct known_list *list, size_t count)
{
	assert(count <= list->count);
	list->count -= count;
	memmove(list->places, list->places + count, list->count * sizeof(*list->places));
}

void
known_clear_marks(struct known *known)
{
	for (size_t i = 0; i < known->meter_count; i++)
		known->meters[i].marks = known->meters[i].new_marks = 0;
	for (size_t i = 0; i < known->bus_count; i++)
		known->buses[i].marks = known->buses[i].new_marks = 0;
}
