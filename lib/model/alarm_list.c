#include "model/alarm_list.h"

enum { RUNNING, RUNNING_TOTAL, OF_METER };

#define ALARM_COLUMNS                                                                           \
	"SELECT a.alarm_id, a.meter_id, g.gateway_id, a.kind, "                                 \
	"COALESCE(NULLIF(n.tenant, ''), NULLIF(n.name, ''), n.number, "                         \
	"CONCAT_WS(' · ', g.name, b.name)) AS subject, "                                       \
	"CONCAT_WS(' ', n.building, IF(n.room = '', n.floor, n.room)) AS place, a.detail, "     \
	"a.began_at, a.ended_at, (SELECT COUNT(*) FROM alarm f WHERE f.parent_id = a.alarm_id " \
	"AND f.active_key IS NOT NULL AND f.kind = 'meter_lost') AS folded FROM alarm a "       \
	"LEFT JOIN v_meter_now n ON n.meter_id = a.meter_id "                                   \
	"LEFT JOIN bus b ON b.bus_id = a.bus_id LEFT JOIN gateway g "                           \
	"ON g.gateway_id = COALESCE(a.gateway_id, b.gateway_id) "

/* A bus alarm is seen by whoever sees the gateway, or one of its meters if the gateway has no
 * place.
 */
#define RUNNING_ALARM                                                                             \
	"a.active_key IS NOT NULL AND a.parent_id IS NULL AND a.maintenance_id IS NULL "          \
	"AND (? = '' "                                                                            \
	"OR FIND_IN_SET(am.scope_id, ?) OR (a.meter_id IS NULL AND (FIND_IN_SET(ps.scope_id, ?) " \
	"OR (ag.place_id IS NULL AND EXISTS (SELECT 1 FROM bus sb JOIN v_meter_scope ms "         \
	"ON ms.bus_id = sb.bus_id WHERE sb.gateway_id = ag.gateway_id "                           \
	"AND ms.removed_at IS NULL AND FIND_IN_SET(ms.scope_id, ?)))))) "
#define ALARM_SCOPE                                                                      \
	"LEFT JOIN v_meter_scope am ON am.meter_id = a.meter_id "                        \
	"LEFT JOIN bus ab ON ab.bus_id = a.bus_id "                                      \
	"LEFT JOIN gateway ag ON ag.gateway_id = COALESCE(a.gateway_id, ab.gateway_id) " \
	"LEFT JOIN v_place_scope ps ON ps.place_id = ag.place_id "

static const struct query Q[] QUERIES = {
	[RUNNING] = { .sql = ALARM_COLUMNS ALARM_SCOPE
		      "WHERE " RUNNING_ALARM "ORDER BY a.began_at DESC, a.alarm_id LIMIT ?" },
	[RUNNING_TOTAL] = { .sql = "SELECT COUNT(*) FROM alarm a " ALARM_SCOPE
				   "WHERE " RUNNING_ALARM "LIMIT 1" },
	[OF_METER] = { .sql = ALARM_COLUMNS
		       "WHERE a.meter_id = ? ORDER BY a.began_at DESC, a.alarm_id "
		       "LIMIT ?" },
};

static enum rc
load(struct rows *rows, struct arena *arena, int64_t limit, struct alarm_view **alarms,
    size_t *count)
{
	enum rc rc;

	*alarms = arena_alloc(arena, ((size_t)limit + 1) * sizeof(**alarms));
	*count = 0;
	while ((rc = rows_next(rows)) == RC_OK)
		(*alarms)[(*count)++] = (struct alarm_view){
			.alarm_id = rows_int(rows, 0),
			.meter_id = rows_int(rows, 1),
			.gateway_id = rows_int(rows, 2),
			.kind = arena_strdup(arena, rows_text(rows, 3)),
			.subject = arena_strdup(arena, rows_text(rows, 4)),
			.place = arena_strdup(arena, rows_text(rows, 5)),
			.detail = arena_strdup(arena, rows_text(rows, 6)),
			.began_at = rows_int(rows, 7),
			.ended_at = rows_int(rows, 8),
			.folded = rows_int(rows, 9),
		};
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
alarm_running(struct db *db, struct arena *arena, const struct scope *scope, int64_t limit,
    struct alarm_view **alarms, size_t *count, int64_t *total)
{
	struct value in = S(scope_text(scope));
	struct rows *rows;
	enum rc rc = db_int(db, &Q[RUNNING_TOTAL], ARGS(in, in, in, in), total);

	if (rc != RC_OK ||
	    (rc = db_query(db, &Q[RUNNING], ARGS(in, in, in, in, I(limit)), &rows)) != RC_OK)
		return rc;
	return load(rows, arena, limit, alarms, count);
}

enum rc
alarm_of_meter(struct db *db, struct arena *arena, int64_t meter_id, int64_t limit,
    struct alarm_view **alarms, size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[OF_METER], ARGS(I(meter_id), I(limit)), &rows);

	return rc == RC_OK ? load(rows, arena, limit, alarms, count) : rc;
}
