/*
 * place_world.h - a small town in memory, for the tests of validation: one site (1) with a building
 * (2) "Tower" with a floor (3) "1F" with room (4) "101" and a second building (5) "Annex"; gateway
 * 1 "Cabinet" with bus 1 "Port 1" at 10.0.0.9:502 and a disabled bus 2; models 1 adf300, 2
 * ddsy1352, 3 dtsy1946.
 */
#ifndef VOLTILL_TEST_PLACE_WORLD_H
#define VOLTILL_TEST_PLACE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "model/bus_edit.h"
#include "model/meter_model.h"
#include "model/place_edit.h"
#include "model/world.h"

static struct meter_neighbour town_meters[64];
static size_t town_meter_count;

static const struct place_row town_places[] = {
	{ 1, 0, KIND_SITE, "Park", "", 1, 0 },
	{ 2, 1, KIND_BUILDING, "Tower", "", 1, 0 },
	{ 3, 2, KIND_FLOOR, "1F", "", 1, 0 },
	{ 4, 3, KIND_ROOM, "101", "", 1, 0 },
	{ 5, 1, KIND_BUILDING, "Annex", "", 2, 0 },
};

static const struct bus_row town_buses[] = {
	{ .bus_id = 1,
	    .gateway_id = 1,
	    .name = "Port 1",
	    .transport = BUS_TCP,
	    .host = "10.0.0.9",
	    .port = 502 },
	{ .bus_id = 2,
	    .gateway_id = 1,
	    .name = "Port 2",
	    .transport = BUS_TCP,
	    .host = "10.0.0.9",
	    .port = 503,
	    .disabled_at = 1 },
	{ .bus_id = 3,
	    .gateway_id = 1,
	    .name = "Serial",
	    .transport = BUS_RTU,
	    .device = "/dev/ttyS0" },
};

static const char *
town_model_code(int64_t meter_model_id)
{
	static const char *const codes[] = { "", "adf300", "ddsy1352", "dtsy1946" };

	return meter_model_id > 0 && meter_model_id < 4 ? codes[meter_model_id] : "";
}

static void
town_clear(void)
{
	town_meter_count = 0;
}

static void
town_add_meter(
    int64_t meter_id, int64_t model_id, int64_t unit, int64_t position, int64_t phases, int64_t ct)
{
	const struct meter_model *model = meter_model_find(town_model_code(model_id));
	struct meter_neighbour *n = &town_meters[town_meter_count++];

	*n = (struct meter_neighbour){ .meter_id = meter_id,
		.unit = unit,
		.box_position = position,
		.phases = phases,
		.ct_ratio = ct,
		.addresses = meter_model_addresses(model, phases),
		.is_box = model->is_box };
	(void)snprintf(n->number, sizeof(n->number), "N%d", (int)unit);
	(void)snprintf(n->place, sizeof(n->place), "at %d", (int)unit);
}

static bool
town_place(void *context, int64_t place_id, struct place_row *place)
{
	(void)context;
	if (place_id < 1 || place_id > (int64_t)COUNT(town_places))
		return false;
	*place = town_places[place_id - 1];
	return true;
}

static int64_t
town_place_named(void *context, int64_t parent_id, const char *name)
{
	(void)context;
	for (size_t i = 0; i < COUNT(town_places); i++)
		if (town_places[i].parent_id == parent_id && strcmp(town_places[i].name, name) == 0)
			return town_places[i].place_id;
	return 0;
}

static bool
town_gateway(void *context, int64_t gateway_id)
{
	(void)context;
	return gateway_id == 1;
}

static int64_t
town_gateway_named(void *context, const char *name)
{
	(void)context;
	return strcmp(name, "Cabinet") == 0 ? 1 : 0;
}

static bool
town_bus(void *context, int64_t bus_id, struct bus_row *bus)
{
	(void)context;
	if (bus_id < 1 || bus_id > (int64_t)COUNT(town_buses))
		return false;
	*bus = town_buses[bus_id - 1];
	return true;
}

static int64_t
town_bus_named(void *context, int64_t gateway_id, const char *name)
{
	(void)context;
	for (size_t i = 0; i < COUNT(town_buses); i++)
		if (gateway_id == 1 && strcmp(town_buses[i].name, name) == 0)
			return town_buses[i].bus_id;
	return 0;
}

static int64_t
town_bus_at(void *context, const char *host, int64_t port, const char *device)
{
	(void)context;
	for (size_t i = 0; i < COUNT(town_buses); i++)
		if (town_buses[i].disabled_at == 0 && strcmp(town_buses[i].host, host) == 0 &&
		    town_buses[i].port == port && strcmp(town_buses[i].device, device) == 0)
			return town_buses[i].bus_id;
	return 0;
}

static const struct meter_model *
town_model(void *context, int64_t meter_model_id)
{
	(void)context;
	return meter_model_find(town_model_code(meter_model_id));
}

static int64_t
town_meter_numbered(void *context, const char *number)
{
	(void)context;
	for (size_t i = 0; i < town_meter_count; i++)
		if (strcmp(town_meters[i].number, number) == 0)
			return town_meters[i].meter_id;
	return 0;
}

static const struct meter_neighbour *
town_meters_of_bus(void *context, int64_t bus_id, size_t *count)
{
	(void)context;
	*count = bus_id == 1 ? town_meter_count : 0;
	return town_meters;
}

static const struct world town = {
	.place = town_place,
	.place_named = town_place_named,
	.gateway_exists = town_gateway,
	.gateway_named = town_gateway_named,
	.bus = town_bus,
	.bus_named = town_bus_named,
	.bus_at = town_bus_at,
	.model = town_model,
	.meter_numbered = town_meter_numbered,
	.meters_of_bus = town_meters_of_bus,
};

#endif
