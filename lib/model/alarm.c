#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "model/alarm.h"

static const char *const names[ALARM_KINDS] = {
	[ALARM_METER_LOST] = "meter_lost",
	[ALARM_BUS_LOST] = "bus_lost",
	[ALARM_IMPLAUSIBLE] = "implausible",
	[ALARM_MODEL_MISMATCH] = "model_mismatch",
	[ALARM_BUS_NOISE] = "bus_noise",
	[ALARM_IDENTITY_MISMATCH] = "identity_mismatch",
	[ALARM_COUNT_MISMATCH] = "count_mismatch",
	[ALARM_BALANCE_DRIFT] = "balance_drift",
	[ALARM_DELIVERY_HELD] = "delivery_held",
	[ALARM_METERING_DIFFERENCE] = "metering_difference",
	[ALARM_CHECK_FAILED] = "check_failed",
};

enum { BEGIN, END, IS_RUNNING, FOLD, END_METERS, END_BUSES, RUNNING };
static const struct query Q[] QUERIES = {
	[BEGIN] = { .sql = "INSERT INTO alarm (kind, meter_id, bus_id, began_at, detail)"
			   " VALUES (?, NULLIF(?, 0), NULLIF(?, 0), ?, ?)"
			   " ON DUPLICATE KEY UPDATE began_at = began_at" },
	/* The clock may have been set back meanwhile: no alarm ends before it began. */
	[END] = { .sql = "UPDATE alarm SET ended_at = GREATEST(?, began_at)"
			 " WHERE active_key = ?" },
	[IS_RUNNING] = { .sql = "SELECT COUNT(*) FROM alarm WHERE active_key = ?",
	    .bounded = "one row" },
	[FOLD] = { .sql = "UPDATE meter m"
			  " JOIN alarm c ON c.meter_id = m.meter_id AND c.kind = 'meter_lost'"
			  " AND c.ended_at IS NULL"
			  " LEFT JOIN alarm l ON l.active_key = CONCAT('bus_lost:0:', m.bus_id)"
			  " LEFT JOIN alarm n ON n.active_key = CONCAT('bus_noise:0:', m.bus_id)"
			  " SET c.parent_id = COALESCE(l.alarm_id, n.alarm_id)"
			  " WHERE m.bus_id = ?" },
	[END_METERS] = { .sql = "UPDATE alarm a JOIN meter m ON m.meter_id = a.meter_id"
				" LEFT JOIN bus b ON b.bus_id = m.bus_id"
				" SET a.ended_at = GREATEST(?, a.began_at)"
				" WHERE a.active_key IS NOT NULL"
				" AND (m.removed_at IS NOT NULL OR b.disabled_at IS NOT NULL)" },
	[END_BUSES] = { .sql = "UPDATE alarm a JOIN bus b ON b.bus_id = a.bus_id"
			       " SET a.ended_at = GREATEST(?, a.began_at)"
			       " WHERE a.active_key IS NOT NULL AND b.disabled_at IS NOT NULL" },
	[RUNNING] = { .sql =
			  "SELECT kind, meter_id, bus_id FROM alarm WHERE active_key IS NOT NULL",
	    .bounded = "one of each kind for a thing; read row by row" },
};

const char *
alarm_kind_name(enum alarm_kind kind)
{
	return names[kind];
}

enum rc
alarm_begin(struct db *db, const struct alarm *alarm)
{
	return db_exec(db, &Q[BEGIN],
	    ARGS(S(names[alarm->kind]), I(alarm->meter_id), I(alarm->bus_id), T(alarm->at),
		S(alarm->detail)));
}

enum rc
alarm_end(struct db *db, const struct alarm *alarm)
{
	char key[64];

	(void)snprintf(
	    key, sizeof(key), "%s:%u:%u", names[alarm->kind], alarm->meter_id, alarm->bus_id);
	return db_exec(db, &Q[END], ARGS(T(alarm->at), S(key)));
}

enum rc
alarm_is_running(struct db *db, enum alarm_kind kind, uint32_t meter_id, bool *is_running)
{
	char key[64];
	int64_t count = 0;

	(void)snprintf(key, sizeof(key), "%s:%u:0", names[kind], meter_id);
	enum rc rc = db_int(db, &Q[IS_RUNNING], ARGS(S(key)), &count);
	*is_running = count > 0;
	return rc;
}

enum rc
alarm_fold(struct db *db, uint32_t bus_id)
{
	return db_exec(db, &Q[FOLD], ARGS(I(bus_id)));
}

enum rc
alarm_end_orphans(struct db *db, int64_t at)
{
	enum rc rc = db_exec(db, &Q[END_METERS], ARGS(T(at)));

	return rc == RC_OK ? db_exec(db, &Q[END_BUSES], ARGS(T(at))) : rc;
}

static enum alarm_kind
find_kind(const char *name)
{
	for (size_t i = 0; i < ALARM_KINDS; i++) {
		if (strcmp(names[i], name) == 0)
			return (enum alarm_kind)i;
	}
	return ALARM_KINDS;
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
		struct alarm alarm = { .kind = find_kind(rows_text(rows, 0)),
			.meter_id = (uint32_t)rows_int(rows, 1),
			.bus_id = (uint32_t)rows_int(rows, 2) };
		if (alarm.kind != ALARM_KINDS)
			each(context, &alarm);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
