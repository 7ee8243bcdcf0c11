/* What is asked of the world: by validations, by whoever looks for a name that is near. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "model/import_world_private.h"
#include "model/meter_model.h"

void *
world_item(const struct list_of *list, const struct index *ids, int64_t id, size_t size)
{
	int64_t at = index_find(ids, id, "");

	return at == 0 ? NULL : (char *)list->items + (size_t)(at - 1) * size;
}

int64_t
world_name(const struct index *names, int64_t scope, const char *name)
{
	char folded[NAME_FOLDED];

	text_fold(name, folded, sizeof(folded));
	return index_find(names, scope, folded);
}

void
world_end_point(char end[WORLD_END_MAX], const char *host, int64_t port, const char *device)
{
	snprintf(end, WORLD_END_MAX, "%s\t%lld\t%s", host, (long long)port, device);
}

void
world_path(const struct import_world *world, int64_t place_id, char *path, size_t size)
{
	const struct place_item *items[PLACE_KINDS];
	size_t count = 0, used = 0;

	path[0] = '\0';
	while (place_id != 0 && count < PLACE_KINDS) {
		items[count] = FIND(place_item, world->places, world->place_ids, place_id);
		if (items[count] == NULL)
			break;
		place_id = items[count++]->parent_id;
	}
	while (count > 0 && used < size) {
		if (used > 0)
			text_copy(path + used, size - used, " / ");
		used = strlen(path);
		text_copy(path + used, size - used, items[--count]->name);
		used = strlen(path);
	}
}

/* ---- names that are near ---- */

void
world_near_place(const struct import_world *world, int64_t parent_id, struct near *near)
{
	for (size_t i = 0; i < world->places.count; i++) {
		const struct place_item *item = ITEM(place_item, world->places, i);
		if (item->parent_id == parent_id && world_sees_place(world, item->id))
			near_try(near, item->name);
	}
}

void
world_near_gateway(const struct import_world *world, struct near *near)
{
	for (size_t i = 0; i < world->gateways.count; i++) {
		const struct gateway_item *item = ITEM(gateway_item, world->gateways, i);
		if (world_sees_place(world, item->place_id))
			near_try(near, item->name);
	}
}

void
world_near_bus(const struct import_world *world, int64_t gateway_id, struct near *near)
{
	for (size_t i = 0; i < world->buses.count; i++) {
		const struct bus_row *item = ITEM(bus_row, world->buses, i);
		if (item->gateway_id == gateway_id)
			near_try(near, item->name);
	}
}

void
world_near_model(const struct import_world *world, struct near *near)
{
	for (size_t i = 0; i < world->models.count; i++) {
		const struct model_item *item = ITEM(model_item, world->models, i);
		near_try(near, item->code);
		near_try(near, item->name);
	}
}

void
world_near_meter(const struct import_world *world, struct near *near)
{
	for (size_t i = 0; i < world->meters.count; i++) {
		const struct meter_item *item = ITEM(meter_item, world->meters, i);
		if (world_sees_place(world, item->place_id))
			near_try(near, item->number);
	}
}

/* ---- what validations ask ---- */

static bool
ask_place(void *context, int64_t place_id, struct place_row *place)
{
	return world_place_row(context, place_id, place);
}

static int64_t
ask_place_named(void *context, int64_t parent_id, const char *name)
{
	return world_place(context, parent_id, name);
}

static bool
ask_gateway(void *context, int64_t gateway_id)
{
	const struct import_world *world = context;

	return index_find(&world->gateway_ids, gateway_id, "") != 0;
}

static int64_t
ask_gateway_named(void *context, const char *name)
{
	return world_gateway(context, name);
}

static bool
ask_bus(void *context, int64_t bus_id, struct bus_row *bus)
{
	return world_bus_row(context, bus_id, bus);
}

static int64_t
ask_bus_named(void *context, int64_t gateway_id, const char *name)
{
	return world_bus(context, gateway_id, name);
}

static int64_t
ask_bus_at(void *context, const char *host, int64_t port, const char *device)
{
	const struct import_world *world = context;
	char end[WORLD_END_MAX];

	world_end_point(end, host, port, device);
	return world_name(&world->end_points, 0, end);
}

static const struct meter_model *
ask_model(void *context, int64_t meter_model_id)
{
	const struct import_world *world = context;
	const struct model_item *item =
	    FIND(model_item, world->models, world->model_ids, meter_model_id);

	return item == NULL ? NULL : item->model;
}

static int64_t
ask_meter_numbered(void *context, const char *number)
{
	return world_meter(context, number);
}

static void
describe(struct import_world *world, const struct meter_item *item, struct meter_neighbour *out)
{
	const struct place_item *place =
	    FIND(place_item, world->places, world->place_ids, item->place_id);
	const struct meter_model *model = ask_model(world, item->model_id);

	*out = (struct meter_neighbour){ .meter_id = item->id,
		.unit = item->unit,
		.box_position = item->box_position,
		.phases = item->phases,
		.ct_ratio = item->ct_ratio,
		.addresses = meter_model_addresses(model, item->phases),
		.is_box = model != NULL && model->is_box };
	text_copy(out->number, sizeof(out->number), item->number);
	text_copy(out->place, sizeof(out->place), place != NULL ? place->name : item->name);
}

static const struct meter_neighbour *
ask_meters_of_bus(void *context, int64_t bus_id, size_t *count)
{
	struct import_world *world = context;

	*count = 0;
	for (int64_t at = index_find(&world->bus_meters, bus_id, ""); at != 0;) {
		const struct meter_item *item = ITEM(meter_item, world->meters, at - 1);
		if (*count == world->neighbour_room) {
			world->neighbour_room = world->neighbour_room * 2 + 64;
			world->neighbours = realloc(
			    world->neighbours, world->neighbour_room * sizeof(*world->neighbours));
			if (world->neighbours == NULL)
				log_fatal("memory", "no room for the meters of a bus");
		}
		describe(world, item, &world->neighbours[(*count)++]);
		at = item->next;
	}
	return world->neighbours;
}

void
world_ask(struct import_world *world)
{
	world->lookups = (struct world){ .context = world,
		.place = ask_place,
		.place_named = ask_place_named,
		.gateway_exists = ask_gateway,
		.gateway_named = ask_gateway_named,
		.bus = ask_bus,
		.bus_named = ask_bus_named,
		.bus_at = ask_bus_at,
		.model = ask_model,
		.meter_numbered = ask_meter_numbered,
		.meters_of_bus = ask_meters_of_bus };
}
