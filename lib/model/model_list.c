#include "model/model_list.h"

#define MODELS_MAX 200

enum { LIST };

static const struct query Q[] QUERIES = {
	[LIST] = { .sql = "SELECT mm.meter_model_id, mm.code, mm.name, mm.maker, mm.has_credit, "
			  "mm.has_relay, COALESCE(n.meters, 0) FROM meter_model mm LEFT JOIN "
			  "(SELECT m.meter_model_id, COUNT(*) AS meters FROM meter m "
			  "JOIN v_meter_scope s ON s.meter_id = m.meter_id "
			  "WHERE m.removed_at IS NULL AND (? = '' OR FIND_IN_SET(s.scope_id, ?)) "
			  "GROUP BY m.meter_model_id LIMIT 200) AS n "
			  "ON n.meter_model_id = mm.meter_model_id "
			  "ORDER BY mm.maker, mm.name LIMIT 200" },
};

enum rc
model_list(struct db *db, struct arena *arena, const struct scope *scope,
    struct model_item **models, size_t *count)
{
	struct rows *rows;
	const char *limit = scope_text(scope);
	enum rc rc = db_query(db, &Q[LIST], ARGS(S(limit), S(limit)), &rows);

	if (rc != RC_OK)
		return rc;
	*models = arena_alloc(arena, MODELS_MAX * sizeof(**models));
	*count = 0;
	while ((rc = rows_next(rows)) == RC_OK && *count < MODELS_MAX)
		(*models)[(*count)++] = (struct model_item){
			.meter_model_id = rows_int(rows, 0),
			.code = arena_strdup(arena, rows_text(rows, 1)),
			.name = arena_strdup(arena, rows_text(rows, 2)),
			.maker = arena_strdup(arena, rows_text(rows, 3)),
			.has_credit = rows_int(rows, 4) != 0,
			.has_relay = rows_int(rows, 5) != 0,
			.meters = rows_int(rows, 6),
			.profile = meter_model_find(rows_text(rows, 1)),
		};
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
