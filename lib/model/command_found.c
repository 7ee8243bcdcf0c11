#include "model/command_target.h"

#define FOUND_MAX 247

enum { FOUND };
static const struct query Q[] QUERIES = {
	[FOUND] = { .sql = "SELECT s.unit, COALESCE(s.answer_ms, -1), s.outcome, s.model_code,"
			   " s.number, COALESCE(m.meter_id, 0), COALESCE(m.number, ''),"
			   " COALESCE(mm.code, ''), COALESCE(p.name, m.name, '')"
			   " FROM bus_scan s LEFT JOIN meter m ON m.bus_id = ?"
			   " AND m.removed_at IS NULL AND s.unit >= m.unit AND s.unit < m.unit"
			   " + IF(m.phases = 3 AND m.meter_model_id = (SELECT meter_model_id"
			   " FROM meter_model WHERE code = 'adf300'), 3, 1)"
			   " LEFT JOIN meter_model mm ON mm.meter_model_id = m.meter_model_id"
			   " LEFT JOIN place p ON p.place_id = m.place_id"
			   " WHERE s.command_id = ? ORDER BY s.unit LIMIT 247" },
};

enum rc
command_list_found(struct db *db, struct arena *arena, int64_t command_id, int64_t bus_id,
    struct found_row **found, size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FOUND], ARGS(I(bus_id), I(command_id)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	*found = arena_alloc(arena, FOUND_MAX * sizeof(**found));
	while ((rc = rows_next(rows)) == RC_OK)
		(*found)[(*count)++] = (struct found_row){ .unit = rows_int(rows, 0),
			.answer_ms = rows_int(rows, 1),
			.outcome = arena_strdup(arena, rows_text(rows, 2)),
			.model_code = arena_strdup(arena, rows_text(rows, 3)),
			.number = arena_strdup(arena, rows_text(rows, 4)),
			.meter_id = rows_int(rows, 5),
			.meter_number = arena_strdup(arena, rows_text(rows, 6)),
			.meter_model = arena_strdup(arena, rows_text(rows, 7)),
			.meter_place = arena_strdup(arena, rows_text(rows, 8)) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
