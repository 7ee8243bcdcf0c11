/*
 * import_world_private.h - how import_world keeps things; for its own files.
 */
#ifndef VOLTILL_IMPORT_WORLD_PRIVATE_H
#define VOLTILL_IMPORT_WORLD_PRIVATE_H

#include "model/import_index.h"
#include "model/import_world.h"

struct place_item {
	int64_t id, parent_id, sort_order, revision;
	const char *name, *initials;
	enum place_kind kind;
};

struct gateway_item {
	int64_t id, place_id, revision;
	const char *name, *note;
};

struct model_item {
	int64_t id;
	const char *code, *name;
	const struct meter_model *model; /* NULL: nothing reads it */
};

struct meter_item {
	int64_t id, bus_id, place_id, account_id;
	int64_t alarm1_fen, alarm2_fen, overload_w, overdraft_fen, installed_at;
	const char *name, *note;
	int32_t model_id, ct_ratio, pt_ratio, rated_power_w;
	uint32_t next; /* of the same bus, place in the list + 1 */
	uint32_t revision;
	uint16_t unit, box_position;
	uint8_t phases, credit_mode, hold_mode;
	bool is_protected;
	char number[METER_NUMBER_MAX + 1];
};

struct account_item {
	int64_t id, opened_at, revision;
	const char *number, *name, *initials, *phone;
};

struct tariff_item {
	struct tariff_row row;
	int64_t version_id;
	const struct tariff_version *version;
};

/* Items one after the other; the list moves when it grows. */
struct list_of {
	void *items;
	size_t count, room;
};

struct import_world {
	struct world lookups;
	struct arena *arena;
	const struct scope *scope;
	int64_t next_id;
	struct list_of places, gateways, buses, models, meters, accounts;
	struct tariff_item *tariffs;
	size_t tariff_count;
	struct index tariff_ids, tariff_names;
	struct index place_ids, gateway_ids, bus_ids, model_ids, meter_ids, account_ids;
	struct index place_names, gateway_names, bus_names, model_names, end_points;
	struct index meter_numbers, account_numbers;
	struct index bus_meters;	    /* the first meter of a bus, place + 1 */
	struct meter_neighbour *neighbours; /* scratch of meters_of_bus */
	size_t neighbour_room;
};

#define NAME_FOLDED   512
#define WORLD_END_MAX 256

/* Item n of a list, of an index's value n + 1. */
#define ITEM(type, list, n) (&((struct type *)(list).items)[n])
#define FIND(type, list, ids, id) \
	((struct type *)world_item(&(list), &(ids), id, sizeof(struct type)))

/* import_world_ask.c */
void *world_item(const struct list_of *list, const struct index *ids, int64_t id, size_t size);
int64_t world_name(const struct index *names, int64_t scope, const char *name);
/* Where a bus listens, as one text. */
void world_end_point(char end[WORLD_END_MAX], const char *host, int64_t port, const char *device);
void world_ask(struct import_world *world);

/* import_world_load.c */
enum rc world_load(struct import_world *world, struct db *db, unsigned parts);
/* import_world_tariff.c */
enum rc world_load_tariffs(struct import_world *world, struct db *db);

void world_put_model(struct import_world *world, int64_t id, const char *code, const char *name);

#endif
