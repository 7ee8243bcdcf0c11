/*
 * import_world.h - the building in memory while a file is imported: struct world without a query
 * for each row, what is stored with the rows of the file laid over it.
 *
 * Compact: 20,000 meters take about 6 MB. Only what a kind of file needs is loaded.
 */
#ifndef VOLTILL_IMPORT_WORLD_H
#define VOLTILL_IMPORT_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/account_edit.h"
#include "model/bus_edit.h"
#include "model/gateway_edit.h"
#include "model/import_match.h"
#include "model/meter_edit.h"
#include "model/place_edit.h"
#include "model/scope.h"
#include "model/tariff_edit.h"
#include "model/world.h"

/* Parts of the building; a kind of file names those it needs. */
enum {
	WORLD_PLACES = 1,
	WORLD_GATEWAYS = 2,
	WORLD_BUSES = 4,
	WORLD_METERS = 8,
	WORLD_ACCOUNTS = 16,
	WORLD_TARIFFS = 32,
};

struct import_world;

/* Reads the parts; everything lives as long as the arena. */
enum rc import_world_open(struct db *db, struct arena *arena, const struct scope *scope,
    unsigned parts, struct import_world **world);

/* The look-ups of a validation: they see everything. */
const struct world *world_lookups(const struct import_world *world);

/* A number for what a check would make; no stored thing has it. */
int64_t world_new_id(struct import_world *world);

/* What the operator may see: everything, or what is in the buildings of the scope. */
bool world_sees_place(const struct import_world *world, int64_t place_id);
bool world_sees_gateway(const struct import_world *world, int64_t gateway_id);

/* Finds by name, whatever the scope; 0 without one. */
int64_t world_place(const struct import_world *world, int64_t parent_id, const char *name);
int64_t world_gateway(const struct import_world *world, const char *name);
int64_t world_bus(const struct import_world *world, int64_t gateway_id, const char *name);
int64_t world_model(const struct import_world *world, const char *name); /* code or name */
int64_t world_meter(const struct import_world *world, const char *number);
int64_t world_account(const struct import_world *world, const char *number);
/* The account a meter serves; 0: none. */
int64_t world_account_of(const struct import_world *world, int64_t meter_id);

/* The whole row; false without one. */
bool world_place_row(const struct import_world *world, int64_t place_id, struct place_row *row);
bool world_gateway_row(
    const struct import_world *world, int64_t gateway_id, struct gateway_row *row);
bool world_bus_row(const struct import_world *world, int64_t bus_id, struct bus_row *row);
bool world_meter_row(const struct import_world *world, int64_t meter_id, struct meter_row *row);
bool world_account_row(
    const struct import_world *world, int64_t account_id, struct account_row *row);
const char *world_model_code(const struct import_world *world, int64_t meter_model_id);

/* Lays a row over what is there: new, or in place of the one of its number. */
void world_put_place(struct import_world *world, const struct place_row *row);
void world_put_gateway(struct import_world *world, const struct gateway_row *row);
void world_put_bus(struct import_world *world, const struct bus_row *row);
void world_put_meter(struct import_world *world, const struct meter_row *row);
void world_put_account(struct import_world *world, const struct account_row *row);
void world_put_tenant(struct import_world *world, int64_t meter_id, int64_t account_id);

/* Tries every name of that kind the operator may see: those of a place's children, of gateways, of
 * a gateway's buses, of models, of meters. */
void world_near_place(const struct import_world *world, int64_t parent_id, struct near *near);
void world_near_gateway(const struct import_world *world, struct near *near);
void world_near_bus(const struct import_world *world, int64_t gateway_id, struct near *near);
void world_near_model(const struct import_world *world, struct near *near);
void world_near_meter(const struct import_world *world, struct near *near);

/* "Site / 1号楼 / 3层", as much as fits; "" for 0. */
void world_path(const struct import_world *world, int64_t place_id, char *path, size_t size);

/* Calls each for everything of a kind the operator may see, in the order of a template. */
size_t world_place_count(const struct import_world *world);
int64_t world_place_at(const struct import_world *world, size_t n);
size_t world_gateway_count(const struct import_world *world);
int64_t world_gateway_at(const struct import_world *world, size_t n);
size_t world_bus_count(const struct import_world *world);
int64_t world_bus_at(const struct import_world *world, size_t n);
size_t world_meter_count(const struct import_world *world);
int64_t world_meter_at(const struct import_world *world, size_t n);

/* Tariffs with their newest version, NULL without one. */
int64_t world_tariff(
    const struct import_world *world, const char *name, const struct tariff_version **version);
bool world_tariff_row(const struct import_world *world, int64_t tariff_id, struct tariff_row *row,
    const struct tariff_version **version);
void world_put_tariff(
    struct import_world *world, const struct tariff_row *row, const struct tariff_version *version);
size_t world_tariff_count(const struct import_world *world);
int64_t world_tariff_at(const struct import_world *world, size_t n);
/* The only version of a tariff, if it is a draft; else RC_NOT_FOUND. */
enum rc world_draft_of(struct db *db, int64_t tariff_id, int64_t *version_id);

#endif
