#include "model/import_world.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "model/import_world_private.h"
#include "model/meter_model.h"

#define NEW_IDS (1LL << 40) /* above every id of the database */

/* ---- lists ---- */

static void *
list_add(struct list_of *list, size_t size)
{
	if (list->count == list->room) {
		list->room = list->room * 3 / 2 + 64;
		list->items = realloc(list->items, list->room * size);
		if (list->items == NULL)
			log_fatal("memory", "no room for %zu things", list->room);
	}
	void *item = (char *)list->items + list->count++ * size;
	memset(item, 0, size);
	return item;
}

/* The item of that id, or a new one. */
static void *
put_item(struct list_of *list, struct index *ids, int64_t id, size_t size, bool *is_new)
{
	void *item = world_item(list, ids, id, size);

	*is_new = item == NULL;
	if (item == NULL) {
		item = list_add(list, size);
		index_put(ids, id, "", (int64_t)list->count);
	}
	return item;
}

/* Gives the name of a thing to another, or to nobody (id 0) when the thing still has it. */
static void
move_name(struct index *names, int64_t scope, const char *name, int64_t from, int64_t id)
{
	char folded[NAME_FOLDED];

	text_fold(name, folded, sizeof(folded));
	if (id != 0 || index_find(names, scope, folded) == from)
		index_put(names, scope, folded, id);
}

/* Texts that stay the same are kept once. */
static const char *
keep(struct import_world *world, const char *kept, const char *text)
{
	return kept != NULL && strcmp(kept, text) == 0 ? kept : arena_strdup(world->arena, text);
}

static void
free_lists(void *subject)
{
	struct import_world *world = subject;

	free(world->places.items);
	free(world->gateways.items);
	free(world->buses.items);
	free(world->models.items);
	free(world->meters.items);
	free(world->accounts.items);
	free(world->neighbours);
}

/* ---- places ---- */

void
world_put_place(struct import_world *world, const struct place_row *row)
{
	bool is_new;
	struct place_item *item =
	    put_item(&world->places, &world->place_ids, row->place_id, sizeof(*item), &is_new);

	if (!is_new)
		move_name(&world->place_names, item->parent_id, item->name, item->id, 0);
	*item = (struct place_item){ .id = row->place_id,
		.parent_id = row->parent_id,
		.sort_order = row->sort_order,
		.revision = row->revision,
		.name = keep(world, item->name, row->name),
		.initials = keep(world, item->initials, row->initials),
		.kind = row->kind };
	move_name(&world->place_names, row->parent_id, row->name, 0, row->place_id);
}

bool
world_place_row(const struct import_world *world, int64_t place_id, struct place_row *row)
{
	const struct place_item *item = FIND(place_item, world->places, world->place_ids, place_id);

	if (item == NULL)
		return false;
	*row = (struct place_row){ .place_id = item->id,
		.parent_id = item->parent_id,
		.kind = item->kind,
		.sort_order = item->sort_order,
		.revision = item->revision };
	text_copy(row->name, sizeof(row->name), item->name);
	text_copy(row->initials, sizeof(row->initials), item->initials);
	return true;
}

int64_t
world_place(const struct import_world *world, int64_t parent_id, const char *name)
{
	return world_name(&world->place_names, parent_id, name);
}

bool
world_sees_place(const struct import_world *world, int64_t place_id)
{
	if (!scope_is_limited(world->scope))
		return true;
	return place_id != 0 && scope_has(world->scope, place_building(&world->lookups, place_id));
}

size_t
world_place_count(const struct import_world *world)
{
	return world->places.count;
}

int64_t
world_place_at(const struct import_world *world, size_t n)
{
	return ITEM(place_item, world->places, n)->id;
}

/* ---- gateways ---- */

void
world_put_gateway(struct import_world *world, const struct gateway_row *row)
{
	bool is_new;
	struct gateway_item *item = put_item(
	    &world->gateways, &world->gateway_ids, row->gateway_id, sizeof(*item), &is_new);

	if (!is_new)
		move_name(&world->gateway_names, 0, item->name, item->id, 0);
	*item = (struct gateway_item){ .id = row->gateway_id,
		.place_id = row->place_id,
		.revision = row->revision,
		.name = keep(world, item->name, row->name),
		.note = keep(world, item->note, row->note) };
	move_name(&world->gateway_names, 0, row->name, 0, row->gateway_id);
}

bool
world_gateway_row(const struct import_world *world, int64_t gateway_id, struct gateway_row *row)
{
	const struct gateway_item *item =
	    FIND(gateway_item, world->gateways, world->gateway_ids, gateway_id);

	if (item == NULL)
		return false;
	*row = (struct gateway_row){
		.gateway_id = item->id, .place_id = item->place_id, .revision = item->revision
	};
	text_copy(row->name, sizeof(row->name), item->name);
	text_copy(row->note, sizeof(row->note), item->note);
	return true;
}

int64_t
world_gateway(const struct import_world *world, const char *name)
{
	return world_name(&world->gateway_names, 0, name);
}

bool
world_sees_gateway(const struct import_world *world, int64_t gateway_id)
{
	const struct gateway_item *item =
	    FIND(gateway_item, world->gateways, world->gateway_ids, gateway_id);

	return item != NULL && world_sees_place(world, item->place_id);
}

size_t
world_gateway_count(const struct import_world *world)
{
	return world->gateways.count;
}

int64_t
world_gateway_at(const struct import_world *world, size_t n)
{
	return ITEM(gateway_item, world->gateways, n)->id;
}

/* ---- buses ---- */

static void
bus_end_point(char end[WORLD_END_MAX], const struct bus_row *row)
{
	bool is_serial = row->transport == BUS_RTU;

	world_end_point(end, is_serial ? "" : row->host, is_serial ? 0 : row->port,
	    is_serial ? row->device : "");
}

void
world_put_bus(struct import_world *world, const struct bus_row *row)
{
	char end[WORLD_END_MAX];
	bool is_new;
	struct bus_row *item =
	    put_item(&world->buses, &world->bus_ids, row->bus_id, sizeof(*item), &is_new);

	if (!is_new) {
		move_name(&world->bus_names, item->gateway_id, item->name, item->bus_id, 0);
		bus_end_point(end, item);
		move_name(&world->end_points, 0, end, item->bus_id, 0);
	}
	*item = *row;
	move_name(&world->bus_names, row->gateway_id, row->name, 0, row->bus_id);
	bus_end_point(end, row);
	if (row->disabled_at == 0)
		move_name(&world->end_points, 0, end, 0, row->bus_id);
}

bool
world_bus_row(const struct import_world *world, int64_t bus_id, struct bus_row *row)
{
	const struct bus_row *item = FIND(bus_row, world->buses, world->bus_ids, bus_id);

	if (item != NULL)
		*row = *item;
	return item != NULL;
}

int64_t
world_bus(const struct import_world *world, int64_t gateway_id, const char *name)
{
	return world_name(&world->bus_names, gateway_id, name);
}

size_t
world_bus_count(const struct import_world *world)
{
	return world->buses.count;
}

int64_t
world_bus_at(const struct import_world *world, size_t n)
{
	return ITEM(bus_row, world->buses, n)->bus_id;
}

/* ---- models ---- */

void
world_put_model(struct import_world *world, int64_t id, const char *code, const char *name)
{
	bool is_new;
	struct model_item *item =
	    put_item(&world->models, &world->model_ids, id, sizeof(*item), &is_new);

	*item = (struct model_item){ .id = id,
		.code = arena_strdup(world->arena, code),
		.name = arena_strdup(world->arena, name),
		.model = meter_model_find(code) };
	move_name(&world->model_names, 0, code, 0, id);
	move_name(&world->model_names, 0, name, 0, id);
}

int64_t
world_model(const struct import_world *world, const char *name)
{
	return world_name(&world->model_names, 0, name);
}

const char *
world_model_code(const struct import_world *world, int64_t meter_model_id)
{
	const struct model_item *item =
	    FIND(model_item, world->models, world->model_ids, meter_model_id);

	return item == NULL ? "" : item->code;
}

/* ---- meters ---- */

/* Takes a meter out of the chain of its bus. */
static void
unchain(struct import_world *world, const struct meter_item *item)
{
	int64_t self = item - ITEM(meter_item, world->meters, 0) + 1;
	int64_t at = index_find(&world->bus_meters, item->bus_id, "");

	if (at == self) {
		index_put(&world->bus_meters, item->bus_id, "", item->next);
		return;
	}
	while (at != 0) {
		struct meter_item *before = ITEM(meter_item, world->meters, at - 1);
		if (before->next == self) {
			before->next = item->next;
			return;
		}
		at = before->next;
	}
}

static void
chain(struct import_world *world, struct meter_item *item)
{
	int64_t self = item - ITEM(meter_item, world->meters, 0) + 1;

	item->next = (uint32_t)index_find(&world->bus_meters, item->bus_id, "");
	index_put(&world->bus_meters, item->bus_id, "", self);
}

void
world_put_meter(struct import_world *world, const struct meter_row *row)
{
	bool is_new;
	struct meter_item *item =
	    put_item(&world->meters, &world->meter_ids, row->meter_id, sizeof(*item), &is_new);

	if (!is_new) {
		unchain(world, item);
		index_put(&world->meter_numbers, 0, item->number, 0);
	}
	*item = (struct meter_item){ .id = row->meter_id,
		.bus_id = row->bus_id,
		.place_id = row->place_id,
		.account_id = item->account_id,
		.alarm1_fen = row->alarm1_fen,
		.alarm2_fen = row->alarm2_fen,
		.overload_w = row->overload_w,
		.overdraft_fen = row->overdraft_fen,
		.installed_at = row->installed_at,
		.name = keep(world, item->name, row->name),
		.note = keep(world, item->note, row->note),
		.model_id = (int32_t)row->meter_model_id,
		.ct_ratio = (int32_t)row->ct_ratio,
		.pt_ratio = (int32_t)row->pt_ratio,
		.rated_power_w = (int32_t)row->rated_power_w,
		.revision = (uint32_t)row->revision,
		.unit = (uint16_t)row->unit,
		.box_position = (uint16_t)row->box_position,
		.phases = (uint8_t)row->phases,
		.credit_mode = (uint8_t)row->credit_mode,
		.hold_mode = (uint8_t)row->hold_mode,
		.is_protected = row->is_protected };
	text_copy(item->number, sizeof(item->number), row->number);
	index_put(&world->meter_numbers, 0, item->number, item->id);
	chain(world, item);
}

bool
world_meter_row(const struct import_world *world, int64_t meter_id, struct meter_row *row)
{
	const struct meter_item *item = FIND(meter_item, world->meters, world->meter_ids, meter_id);

	if (item == NULL)
		return false;
	*row = (struct meter_row){ .meter_id = item->id,
		.meter_model_id = item->model_id,
		.bus_id = item->bus_id,
		.unit = item->unit,
		.box_position = item->box_position,
		.phases = item->phases,
		.place_id = item->place_id,
		.ct_ratio = item->ct_ratio,
		.pt_ratio = item->pt_ratio,
		.rated_power_w = item->rated_power_w,
		.credit_mode = (enum credit_mode)item->credit_mode,
		.is_protected = item->is_protected,
		.alarm1_fen = item->alarm1_fen,
		.alarm2_fen = item->alarm2_fen,
		.overload_w = item->overload_w,
		.overdraft_fen = item->overdraft_fen,
		.hold_mode = (enum hold_mode)item->hold_mode,
		.installed_at = item->installed_at,
		.revision = item->revision };
	text_copy(row->number, sizeof(row->number), item->number);
	text_copy(row->name, sizeof(row->name), item->name);
	text_copy(row->note, sizeof(row->note), item->note);
	return true;
}

int64_t
world_meter(const struct import_world *world, const char *number)
{
	return index_find(&world->meter_numbers, 0, number);
}

size_t
world_meter_count(const struct import_world *world)
{
	return world->meters.count;
}

int64_t
world_meter_at(const struct import_world *world, size_t n)
{
	return ITEM(meter_item, world->meters, n)->id;
}

/* ---- accounts ---- */

void
world_put_account(struct import_world *world, const struct account_row *row)
{
	bool is_new;
	struct account_item *item = put_item(
	    &world->accounts, &world->account_ids, row->account_id, sizeof(*item), &is_new);

	if (!is_new)
		index_put(&world->account_numbers, 0, item->number, 0);
	*item = (struct account_item){ .id = row->account_id,
		.opened_at = row->opened_at,
		.revision = row->revision,
		.number = keep(world, item->number, row->number),
		.name = keep(world, item->name, row->name),
		.initials = keep(world, item->initials, row->initials),
		.phone = keep(world, item->phone, row->phone) };
	index_put(&world->account_numbers, 0, item->number, item->id);
}

void
world_put_tenant(struct import_world *world, int64_t meter_id, int64_t account_id)
{
	struct meter_item *item = FIND(meter_item, world->meters, world->meter_ids, meter_id);

	if (item != NULL)
		item->account_id = account_id;
}

bool
world_account_row(const struct import_world *world, int64_t account_id, struct account_row *row)
{
	const struct account_item *item =
	    FIND(account_item, world->accounts, world->account_ids, account_id);

	if (item == NULL)
		return false;
	*row = (struct account_row){
		.account_id = item->id, .opened_at = item->opened_at, .revision = item->revision
	};
	text_copy(row->number, sizeof(row->number), item->number);
	text_copy(row->name, sizeof(row->name), item->name);
	text_copy(row->initials, sizeof(row->initials), item->initials);
	text_copy(row->phone, sizeof(row->phone), item->phone);
	return true;
}

int64_t
world_account(const struct import_world *world, const char *number)
{
	return index_find(&world->account_numbers, 0, number);
}

int64_t
world_account_of(const struct import_world *world, int64_t meter_id)
{
	const struct meter_item *item = FIND(meter_item, world->meters, world->meter_ids, meter_id);

	return item == NULL ? 0 : item->account_id;
}

/* ---- the whole ---- */

const struct world *
world_lookups(const struct import_world *world)
{
	return &world->lookups;
}

int64_t
world_new_id(struct import_world *world)
{
	return world->next_id++;
}

enum rc
import_world_open(struct db *db, struct arena *arena, const struct scope *scope, unsigned parts,
    struct import_world **out)
{
	struct import_world *world = arena_alloc(arena, sizeof(*world));
	struct index *const indexes[] = { &world->place_ids, &world->gateway_ids, &world->bus_ids,
		&world->model_ids, &world->meter_ids, &world->account_ids, &world->place_names,
		&world->gateway_names, &world->bus_names, &world->model_names, &world->end_points,
		&world->meter_numbers, &world->account_numbers, &world->bus_meters,
		&world->tariff_ids, &world->tariff_names };

	world->arena = arena;
	world->scope = scope;
	world->next_id = NEW_IDS;
	world_ask(world);
	for (size_t i = 0; i < COUNT(indexes); i++)
		index_begin(indexes[i], arena);
	arena_on_free(arena, free_lists, world);
	*out = world;
	return world_load(world, db, parts);
}
