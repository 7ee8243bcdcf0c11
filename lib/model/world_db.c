/*
 * world_db.c - a world that asks the server for each look-up: for a form, which asks a few.
 */
#include "base/text.h"
#include "model/bus_edit.h"
#include "model/meter_model.h"
#include "model/place_edit.h"
#include "model/world.h"

#define NEIGHBOURS_MAX 400 /* a bus holds 247 addresses */

enum {
	PLACE_NAMED,
	SITE_NAMED,
	GATEWAY,
	GATEWAY_NAMED,
	BUS_NAMED,
	BUS_AT,
	MODEL,
	NUMBERED,
	METERS
};

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[PLACE_NAMED] = { .sql = "SELECT place_id FROM place WHERE parent_id = ? AND name = ?",
	    .bounded = "unique key" },
	[SITE_NAMED] = { .sql = "SELECT place_id FROM place WHERE parent_id IS NULL AND name = ?"
				" LIMIT 1" },
	[GATEWAY] = { .sql = "SELECT gateway_id FROM gateway WHERE gateway_id = ?",
	    .bounded = "primary key" },
	[GATEWAY_NAMED] = { .sql = "SELECT gateway_id FROM gateway WHERE name = ?",
	    .bounded = "unique key" },
	[BUS_NAMED] = { .sql = "SELECT bus_id FROM bus WHERE gateway_id = ? AND name = ?",
	    .bounded = "unique key" },
	[BUS_AT] = { .sql = "SELECT bus_id FROM bus WHERE host = ? AND port = ? AND device = ?"
			    " AND disabled_at IS NULL ORDER BY bus_id LIMIT 1" },
	[MODEL] = { .sql = "SELECT code FROM meter_model WHERE meter_model_id = ?",
	    .bounded = "primary key" },
	[NUMBERED] = { .sql = "SELECT meter_id FROM meter WHERE active_number = ?",
	    .bounded = "unique key" },
	[METERS] = { .sql =
			 "SELECT m.meter_id, m.unit, COALESCE(m.box_position, 0), m.phases,"
			 " m.ct_ratio, mm.code, m.number, IF(m.name <> '' OR p.name IS NULL,"
			 " m.name, p.name) FROM meter m"
			 " JOIN meter_model mm ON mm.meter_model_id = m.meter_model_id"
			 " LEFT JOIN place p ON p.place_id = m.place_id"
			 " WHERE m.bus_id = ? AND m.removed_at IS NULL ORDER BY m.unit LIMIT 400" },
};
/* clang-format on */

struct view_of_db {
	struct db *db;
	struct arena *arena;
	struct meter_neighbour *neighbours;
	enum rc failure;
};

/* True when it was found; a failure is kept. */
static bool
found(struct view_of_db *view, enum rc rc)
{
	if (rc != RC_OK && rc != RC_NOT_FOUND && view->failure == RC_OK)
		view->failure = rc;
	return rc == RC_OK;
}

static int64_t
find(struct view_of_db *view, const struct query *query, struct args args)
{
	int64_t id = 0;

	return found(view, db_int(view->db, query, args, &id)) ? id : 0;
}

static bool
world_place(void *context, int64_t place_id, struct place_row *place)
{
	struct view_of_db *view = context;

	return found(view, place_load(view->db, place_id, place));
}

static int64_t
world_place_named(void *context, int64_t parent_id, const char *name)
{
	if (parent_id == 0)
		return find(context, &Q[SITE_NAMED], ARGS(S(name)));
	return find(context, &Q[PLACE_NAMED], ARGS(I(parent_id), S(name)));
}

static bool
world_gateway(void *context, int64_t gateway_id)
{
	return find(context, &Q[GATEWAY], ARGS(I(gateway_id))) != 0;
}

static int64_t
world_gateway_named(void *context, const char *name)
{
	return find(context, &Q[GATEWAY_NAMED], ARGS(S(name)));
}

static bool
world_bus(void *context, int64_t bus_id, struct bus_row *bus)
{
	struct view_of_db *view = context;

	return found(view, bus_load(view->db, bus_id, bus));
}

static int64_t
world_bus_named(void *context, int64_t gateway_id, const char *name)
{
	return find(context, &Q[BUS_NAMED], ARGS(I(gateway_id), S(name)));
}

static int64_t
world_bus_at(void *context, const char *host, int64_t port, const char *device)
{
	return find(context, &Q[BUS_AT], ARGS(S(host), I(port), S(device)));
}

static const struct meter_model *
world_model(void *context, int64_t meter_model_id)
{
	struct view_of_db *view = context;
	const char *code;

	if (!found(view, db_text(view->db, &Q[MODEL], ARGS(I(meter_model_id)), view->arena, &code)))
		return NULL;
	return meter_model_find(code);
}

static int64_t
world_meter_numbered(void *context, const char *number)
{
	return find(context, &Q[NUMBERED], ARGS(S(number)));
}

static void
fill(const struct rows *rows, struct meter_neighbour *n)
{
	const struct meter_model *model = meter_model_find(rows_text(rows, 5));

	*n = (struct meter_neighbour){ .meter_id = rows_int(rows, 0),
		.unit = rows_int(rows, 1),
		.box_position = rows_int(rows, 2),
		.phases = rows_int(rows, 3),
		.ct_ratio = rows_int(rows, 4),
		.addresses = meter_model_addresses(model, rows_int(rows, 3)),
		.is_box = model != NULL && model->is_box };
	(void)text_copy(n->number, sizeof(n->number), rows_text(rows, 6));
	(void)text_copy(n->place, sizeof(n->place), rows_text(rows, 7));
}

static const struct meter_neighbour *
world_meters(void *context, int64_t bus_id, size_t *count)
{
	struct view_of_db *view = context;
	struct rows *rows;
	enum rc rc;

	*count = 0;
	if (!found(view, rc = db_query(view->db, &Q[METERS], ARGS(I(bus_id)), &rows)))
		return view->neighbours;
	if (view->neighbours == NULL)
		view->neighbours =
		    arena_alloc(view->arena, NEIGHBOURS_MAX * sizeof(*view->neighbours));
	while ((rc = rows_next(rows)) == RC_OK && *count < NEIGHBOURS_MAX)
		fill(rows, &view->neighbours[(*count)++]);
	rows_end(rows);
	(void)found(view, rc);
	return view->neighbours;
}

struct world *
world_of_database(struct db *db, struct arena *arena)
{
	struct view_of_db *view = arena_alloc(arena, sizeof(*view));
	struct world *world = arena_alloc(arena, sizeof(*world));

	*view = (struct view_of_db){ .db = db, .arena = arena };
	*world = (struct world){ .context = view,
		.place = world_place,
		.place_named = world_place_named,
		.gateway_exists = world_gateway,
		.gateway_named = world_gateway_named,
		.bus = world_bus,
		.bus_named = world_bus_named,
		.bus_at = world_bus_at,
		.model = world_model,
		.meter_numbered = world_meter_numbered,
		.meters_of_bus = world_meters };
	return world;
}

enum rc
world_failed(const struct world *world)
{
	return ((const struct view_of_db *)world->context)->failure;
}
