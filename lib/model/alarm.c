#include <stdio.h>
#include <string.h>

#include "model/alarm.h"

enum {
	BEGIN,
	END,
	IS_RUNNING,
	GATEWAY,
	FOLD_METERS,
	FOLD_BUSES,
	END_METERS,
	END_BUSES,
	END_CREDIT,
	END_COLLECTORS,
	END_PLANS,
	RUNNING,
};

/* The planned work that covers a place at a moment: given are meter, bus, gateway, and twice the
 * moment. */
#define PLAN                                                                               \
	"(SELECT MIN(w.maintenance_id) FROM maintenance w JOIN place p0 ON p0.place_id ="  \
	" COALESCE((SELECT m.place_id FROM meter m WHERE m.meter_id = ?), (SELECT"         \
	" g.place_id FROM bus b JOIN gateway g ON g.gateway_id = b.gateway_id"             \
	" WHERE b.bus_id = ?), (SELECT h.place_id FROM gateway h WHERE h.gateway_id = ?))" \
	" LEFT JOIN place p1 ON p1.place_id = p0.parent_id"                                \
	" LEFT JOIN place p2 ON p2.place_id = p1.parent_id"                                \
	" LEFT JOIN place p3 ON p3.place_id = p2.parent_id"                                \
	" WHERE w.ends_at > ? AND w.begins_at <= ? AND w.cancelled_at IS NULL"             \
	" AND w.place_id IN (p0.place_id, p1.place_id, p2.place_id, p3.place_id))"

static const struct query Q[] QUERIES = {
	[BEGIN] = { .sql =
			"INSERT INTO alarm (kind, meter_id, bus_id, gateway_id, collector_id,"
			" began_at, detail, value, threshold, account_id, maintenance_id)"
			" VALUES (?, NULLIF(?, 0), NULLIF(?, 0), NULLIF(?, 0), NULLIF(?, 0), ?, ?,"
			" ?, ?, (SELECT t.account_id FROM account_meter t"
			" WHERE t.active_meter = ?), IF(? = 0, NULL, " PLAN "))"
			" ON DUPLICATE KEY UPDATE began_at = began_at" },
	/* The clock may have been set back meanwhile: no alarm ends before it began. */
	[END] = { .sql = "UPDATE alarm SET ended_at = GREATEST(?, began_at)"
			 " WHERE active_key = ?" },
	[IS_RUNNING] = { .sql = "SELECT COUNT(*) FROM alarm WHERE active_key = ?",
	    .bounded = "one row" },
	/* A bus without meters says nothing, unless it cannot even be opened. */
	[GATEWAY] = { .sql =
			  "SELECT b.gateway_id, COUNT(*), CAST(SUM(EXISTS (SELECT 1 FROM alarm a WHERE"
			  " a.active_key IN (CONCAT('bus_lost:0:', b.bus_id),"
			  " CONCAT('bus_noise:0:', b.bus_id)))) AS SIGNED)"
			  " FROM bus b JOIN bus o ON o.gateway_id = b.gateway_id WHERE o.bus_id = ?"
			  " AND b.disabled_at IS NULL AND (b.bus_id = o.bus_id OR EXISTS (SELECT 1"
			  " FROM meter m WHERE m.bus_id = b.bus_id AND m.removed_at IS NULL))"
			  " GROUP BY b.gateway_id",
	    .bounded = "one gateway" },
	[FOLD_METERS] = { .sql =
			      "UPDATE bus o JOIN bus b ON b.gateway_id = o.gateway_id"
			      " JOIN meter m ON m.bus_id = b.bus_id"
			      " JOIN alarm c ON c.active_key = CONCAT('meter_lost:', m.meter_id, ':0')"
			      " LEFT JOIN alarm g ON g.active_key = CONCAT('gateway_lost:0:', b.gateway_id)"
			      " LEFT JOIN alarm l ON l.active_key = CONCAT('bus_lost:0:', m.bus_id)"
			      " LEFT JOIN alarm n ON n.active_key = CONCAT('bus_noise:0:', m.bus_id)"
			      " SET c.parent_id = COALESCE(g.alarm_id, l.alarm_id, n.alarm_id)"
			      " WHERE o.bus_id = ?" },
	[FOLD_BUSES] = { .sql = "UPDATE bus o JOIN bus b ON b.gateway_id = o.gateway_id"
				" JOIN alarm c ON c.active_key IN (CONCAT('bus_lost:0:', b.bus_id),"
				" CONCAT('bus_noise:0:', b.bus_id))"
				" LEFT JOIN alarm g"
				" ON g.active_key = CONCAT('gateway_lost:0:', b.gateway_id)"
				" SET c.parent_id = g.alarm_id WHERE o.bus_id = ?" },
	[END_METERS] = { .sql = "UPDATE alarm a JOIN meter m ON m.meter_id = a.meter_id"
				" LEFT JOIN bus b ON b.bus_id = m.bus_id"
				" SET a.ended_at = GREATEST(?, a.began_at)"
				" WHERE a.active_key IS NOT NULL"
				" AND (m.removed_at IS NOT NULL OR b.disabled_at IS NOT NULL)" },
	[END_BUSES] = { .sql = "UPDATE alarm a JOIN bus b ON b.bus_id = a.bus_id"
			       " SET a.ended_at = GREATEST(?, a.began_at)"
			       " WHERE a.active_key IS NOT NULL AND b.disabled_at IS NOT NULL" },
	[END_CREDIT] = { .sql = "UPDATE alarm a LEFT JOIN account_meter t"
				" ON t.active_meter = a.meter_id"
				" SET a.ended_at = GREATEST(?, a.began_at)"
				" WHERE a.active_key IS NOT NULL AND t.meter_id IS NULL"
				" AND a.kind IN ('low_credit1', 'low_credit2', 'arrears')" },
	[END_COLLECTORS] = { .sql = "UPDATE alarm a JOIN collector c"
				    " ON c.collector_id = a.collector_id"
				    " SET a.ended_at = GREATEST(?, a.began_at)"
				    " WHERE a.active_key IS NOT NULL"
				    " AND c.seen_at < ? - INTERVAL 1 DAY" },
	[END_PLANS] = { .sql = "UPDATE alarm a JOIN maintenance w"
			       " ON w.maintenance_id = a.maintenance_id"
			       " SET a.maintenance_id = NULL WHERE a.active_key IS NOT NULL"
			       " AND (w.ends_at <= ? OR w.cancelled_at IS NOT NULL)" },
	[RUNNING] = { .sql = "SELECT kind, meter_id, bus_id, gateway_id, collector_id FROM alarm"
			     " WHERE active_key IS NOT NULL",
	    .bounded = "one of each kind for a thing; read row by row" },
};

enum rc
alarm_begin(struct db *db, const struct alarm *alarm)
{
	struct value meter = I(alarm->meter_id);

	return db_exec(db, &Q[BEGIN],
	    ARGS(S(alarm_kind_name(alarm->kind)), meter, I(alarm->bus_id), I(alarm->gateway_id),
		I(alarm->collector_id), T(alarm->at), S(alarm->detail),
		alarm->has_value ? I(alarm->value) : NIL,
		alarm->has_threshold ? I(alarm->threshold) : NIL, meter,
		I(alarm_is_plannable(alarm->kind)), meter, I(alarm->bus_id), I(alarm->gateway_id),
		T(alarm->at), T(alarm->at)));
}

static uint32_t
thing_of(const struct alarm *alarm)
{
	if (alarm->bus_id != 0)
		return alarm->bus_id;
	return alarm->gateway_id != 0 ? alarm->gateway_id : alarm->collector_id;
}

enum rc
alarm_end(struct db *db, const struct alarm *alarm)
{
	char key[64];

	(void)snprintf(key, sizeof(key), "%s:%u:%u", alarm_kind_name(alarm->kind), alarm->meter_id,
	    thing_of(alarm));
	return db_exec(db, &Q[END], ARGS(T(alarm->at), S(key)));
}

enum rc
alarm_is_running(struct db *db, enum alarm_kind kind, uint32_t meter_id, bool *is_running)
{
	char key[64];
	int64_t count = 0;

	(void)snprintf(key, sizeof(key), "%s:%u:0", alarm_kind_name(kind), meter_id);
	enum rc rc = db_int(db, &Q[IS_RUNNING], ARGS(S(key)), &count);
	*is_running = count > 0;
	return rc;
}

/* Its alarm as the alarms of its buses say. */
static enum rc
judge_gateway(struct db *db, uint32_t bus_id, int64_t at)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[GATEWAY], ARGS(I(bus_id)), &rows);

	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc != RC_OK) { /* the bus was disabled or taken away */
		rows_end(rows);
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	}
	struct alarm alarm = {
		.kind = ALARM_GATEWAY_LOST, .gateway_id = (uint32_t)rows_int(rows, 0), .at = at
	};
	bool is_lost = rows_int(rows, 1) == rows_int(rows, 2);
	rows_end(rows);
	return is_lost ? alarm_begin(db, &alarm) : alarm_end(db, &alarm);
}

enum rc
alarm_fold(struct db *db, uint32_t bus_id, int64_t at)
{
	enum rc rc = judge_gateway(db, bus_id, at);

	if (rc == RC_OK)
		rc = db_exec(db, &Q[FOLD_BUSES], ARGS(I(bus_id)));
	return rc == RC_OK ? db_exec(db, &Q[FOLD_METERS], ARGS(I(bus_id))) : rc;
}

enum rc
alarm_end_orphans(struct db *db, int64_t at)
{
	enum rc rc = db_exec(db, &Q[END_METERS], ARGS(T(at)));

	if (rc == RC_OK)
		rc = db_exec(db, &Q[END_BUSES], ARGS(T(at)));
	if (rc == RC_OK)
		rc = db_exec(db, &Q[END_CREDIT], ARGS(T(at)));
	return rc == RC_OK ? db_exec(db, &Q[END_COLLECTORS], ARGS(T(at), T(at))) : rc;
}

enum rc
alarm_end_plans(struct db *db, int64_t now)
{
	return db_exec(db, &Q[END_PLANS], ARGS(T(now)));
}

enum rc
alarm_each_running(
    struct db *db, void (*each)(void *context, const struct alarm *alarm), void *context)
{
	struct rows *rows;
	enum rc rc = db_stream(db, &Q[RUNNING], NO_ARGS, &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		struct alarm alarm = { .kind = alarm_kind_find(rows_text(rows, 0)),
			.meter_id = (uint32_t)rows_int(rows, 1),
			.bus_id = (uint32_t)rows_int(rows, 2),
			.gateway_id = (uint32_t)rows_int(rows, 3),
			.collector_id = (uint32_t)rows_int(rows, 4) };
		if (alarm.kind != ALARM_KINDS)
			each(context, &alarm);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
