#include "model/command_target.h"

enum { METERS, TARIFFS, BUS, LAST };

static const struct query Q[] QUERIES = {
	[METERS] = { .sql =
			 "SELECT n.meter_id, n.bus_id, n.phases, COALESCE(n.building, ''),"
			 " COALESCE(NULLIF(n.room, ''), NULLIF(n.name, ''), n.floor, ''),"
			 " n.number, COALESCE(n.tenant, ''), n.lost_since,"
			 " b.disabled_at IS NOT NULL FROM v_meter_now n"
			 " JOIN bus b ON b.bus_id = n.bus_id WHERE n.removed_at IS NULL"
			 " AND (? = '' OR FIND_IN_SET(n.scope_id, ?))"
			 " AND (? = 0 OR n.meter_id = ?)"
			 " AND (? = 0 OR ? IN (n.place_id, n.floor_id, n.building_id, n.site_id))"
			 " AND (? = 0 OR ? = (SELECT t.tariff_id FROM meter_tariff t"
			 " WHERE t.meter_id = n.meter_id AND t.valid_from <= ?"
			 " ORDER BY t.valid_from DESC LIMIT 1))"
			 " ORDER BY n.site_order, n.building_order, n.floor_order, n.room_order,"
			 " n.meter_id LIMIT ?" },
	[TARIFFS] = { .sql = "SELECT tariff_id, name FROM tariff WHERE archived_at IS NULL"
			     " ORDER BY name LIMIT 500" },
	[BUS] = { .sql = "SELECT b.bus_id, b.gateway_id, b.name, g.name, b.transport, b.host,"
			 " b.device, b.port, b.disabled_at IS NOT NULL,"
			 " COALESCE(IF(l.expires_at > ?, c.name, ''), '')"
			 " FROM bus b JOIN gateway g ON g.gateway_id = b.gateway_id"
			 " LEFT JOIN v_place_scope p ON p.place_id = g.place_id"
			 " LEFT JOIN bus_lease l ON l.bus_id = b.bus_id"
			 " LEFT JOIN collector c ON c.collector_id = l.collector_id"
			 " WHERE b.bus_id = ? AND (? = '' OR FIND_IN_SET(p.scope_id, ?)"
			 " OR (g.place_id IS NULL AND EXISTS (SELECT 1 FROM v_meter_scope m"
			 " WHERE m.bus_id = b.bus_id AND m.removed_at IS NULL"
			 " AND FIND_IN_SET(m.scope_id, ?))))",
	    .bounded = "primary key" },
	[LAST] = { .sql = "SELECT command_id, command_batch_id, created_at, taken_at, ended_at,"
			  " step, steps, state, result, payload, cancel_at IS NOT NULL FROM command"
			  " WHERE bus_id = ? AND kind = ? ORDER BY command_id DESC LIMIT 1" },
};

enum rc
command_targets(struct db *db, struct arena *arena, const struct scope *scope,
    const struct target_filter *filter, struct target_row **targets, size_t *count)
{
	struct value in = S(scope_text(scope));
	struct rows *rows;
	enum rc rc = db_query(db, &Q[METERS],
	    ARGS(in, in, I(filter->meter_id), I(filter->meter_id), I(filter->place_id),
		I(filter->place_id), I(filter->tariff_id), I(filter->tariff_id),
		D(clock_day(filter->now)), I(TARGETS_MAX)),
	    &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	*targets = arena_alloc(arena, TARGETS_MAX * sizeof(**targets));
	while ((rc = rows_next(rows)) == RC_OK)
		(*targets)[(*count)++] = (struct target_row){ .meter_id = rows_int(rows, 0),
			.bus_id = rows_int(rows, 1),
			.phases = rows_int(rows, 2),
			.building = arena_strdup(arena, rows_text(rows, 3)),
			.place = arena_strdup(arena, rows_text(rows, 4)),
			.number = arena_strdup(arena, rows_text(rows, 5)),
			.tenant = arena_strdup(arena, rows_text(rows, 6)),
			.lost_since = rows_int(rows, 7),
			.is_bus_disabled = rows_int(rows, 8) != 0 };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
command_target_tariffs(struct db *db, struct rows **rows)
{
	return db_query(db, &Q[TARIFFS], NO_ARGS, rows);
}

enum rc
command_target_bus(struct db *db, struct arena *arena, const struct scope *scope, int64_t bus_id,
    int64_t now, struct target_bus *bus)
{
	struct value in = S(scope_text(scope));
	struct rows *rows;
	enum rc rc = db_query(db, &Q[BUS], ARGS(T(now), I(bus_id), in, in, in), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		*bus = (struct target_bus){ .bus_id = rows_int(rows, 0),
			.gateway_id = rows_int(rows, 1),
			.name = arena_strdup(arena, rows_text(rows, 2)),
			.gateway = arena_strdup(arena, rows_text(rows, 3)),
			.transport = arena_strdup(arena, rows_text(rows, 4)),
			.host = arena_strdup(arena, rows_text(rows, 5)),
			.device = arena_strdup(arena, rows_text(rows, 6)),
			.port = rows_int(rows, 7),
			.is_disabled = rows_int(rows, 8) != 0,
			.collector = arena_strdup(arena, rows_text(rows, 9)) };
	rows_end(rows);
	return rc;
}

enum rc
command_last_of_bus(struct db *db, struct arena *arena, int64_t bus_id, const char *kind,
    struct bus_order_row *order)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LAST], ARGS(I(bus_id), S(kind)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		*order = (struct bus_order_row){ .command_id = rows_int(rows, 0),
			.batch_id = rows_int(rows, 1),
			.created_at = rows_int(rows, 2),
			.taken_at = rows_int(rows, 3),
			.ended_at = rows_int(rows, 4),
			.step = rows_int(rows, 5),
			.steps = rows_int(rows, 6),
			.state = arena_strdup(arena, rows_text(rows, 7)),
			.result = arena_strdup(arena, rows_text(rows, 8)),
			.payload = arena_strdup(arena, rows_text(rows, 9)),
			.is_cancelling = rows_int(rows, 10) != 0 };
	rows_end(rows);
	return rc;
}
