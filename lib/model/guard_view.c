#include "model/guard_view.h"

enum { FIND, METERS };

static const struct query Q[] QUERIES = {
	[FIND] = { .sql = "SELECT g.guard, g.tested_at, m.number FROM model_guard g"
			  " JOIN meter m ON m.meter_id = g.meter_id WHERE g.meter_model_id = ?",
	    .bounded = "primary key" },
	/* Who answers now comes first: the test is over in seconds there. */
	[METERS] = { .sql = "SELECT m.meter_id, m.bus_id, m.number, COALESCE(p.name, '')"
			    " FROM meter m JOIN v_meter_scope s ON s.meter_id = m.meter_id"
			    " LEFT JOIN place p ON p.place_id = m.place_id"
			    " LEFT JOIN meter_link l ON l.meter_id = m.meter_id"
			    " WHERE m.meter_model_id = ? AND m.removed_at IS NULL"
			    " AND (? = '' OR FIND_IN_SET(s.scope_id, ?))"
			    " AND NOT EXISTS (SELECT 1 FROM account_meter a"
			    " WHERE a.active_meter = m.meter_id)"
			    " AND NOT EXISTS (SELECT 1 FROM meter_epoch e"
			    " WHERE e.active_meter = m.meter_id)"
			    " ORDER BY l.lost_since IS NOT NULL, m.number LIMIT 200" },
};

enum rc
guard_find(struct db *db, struct arena *arena, int64_t meter_model_id, struct guard_view *view)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FIND], ARGS(I(meter_model_id)), &rows);

	*view = (struct guard_view){ .guard = GUARD_UNKNOWN, .number = "" };
	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		*view = (struct guard_view){ .guard = delivery_guard_find(rows_text(rows, 0)),
			.tested_at = rows_int(rows, 1),
			.number = arena_strdup(arena, rows_text(rows, 2)) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
guard_meters(struct db *db, struct arena *arena, const struct scope *scope, int64_t meter_model_id,
    struct guard_meter **meters, size_t *count)
{
	const char *limit = scope_text(scope);
	struct rows *rows;
	enum rc rc = db_query(db, &Q[METERS], ARGS(I(meter_model_id), S(limit), S(limit)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	*meters = arena_alloc(arena, GUARD_METERS_MAX * sizeof(**meters));
	while ((rc = rows_next(rows)) == RC_OK && *count < GUARD_METERS_MAX)
		(*meters)[(*count)++] = (struct guard_meter){ .meter_id = rows_int(rows, 0),
			.bus_id = rows_int(rows, 1),
			.number = arena_strdup(arena, rows_text(rows, 2)),
			.place = arena_strdup(arena, rows_text(rows, 3)) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
