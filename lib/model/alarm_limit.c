#include "model/alarm_limit.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define NOTED_MAX 1000 /* at a time: the rest a minute later */

enum { SETTINGS, PURCHASES, NOTE, STAMP, METERS };
static const struct query Q[] QUERIES = {
	[SETTINGS] = { .sql = "SELECT name, value FROM setting WHERE name LIKE 'alarm.%'"
			      " OR name = 'meter.overload_w' ORDER BY name LIMIT 100" },
	[PURCHASES] = { .sql = "SELECT t.meter_id, (SELECT p.credit_fen FROM sale p"
			       " WHERE p.meter_id = t.meter_id AND p.account_id = t.account_id"
			       " AND p.kind = 'purchase' AND p.state = 'delivered'"
			       " ORDER BY p.sale_id DESC LIMIT 1) AS newest_fen"
			       ", t.last_purchase_fen AS noted_fen FROM account_meter t"
			       " WHERE t.ended_at IS NULL HAVING newest_fen IS NOT NULL"
			       " AND NOT newest_fen <=> noted_fen LIMIT ?" },
	[NOTE] = { .sql = "UPDATE account_meter SET last_purchase_fen = ?"
			  " WHERE active_meter = ?" },
	[STAMP] = { .sql = "SELECT CONCAT_WS(';', (SELECT CONCAT_WS(',', COUNT(*), SUM(revision),"
			   " COUNT(removed_at), SUM(alarm1_fen), SUM(alarm2_fen), SUM(overload_w),"
			   " SUM(credit_mode), SUM(phases)) FROM meter), (SELECT CONCAT_WS(',',"
			   " COUNT(*), COUNT(ended_at), MAX(began_at), MAX(ended_at),"
			   " SUM(last_purchase_fen)) FROM account_meter), (SELECT CONCAT_WS(',',"
			   " COUNT(*), SUM(bus_id), SUM(epoch)) FROM bus_lease"
			   " WHERE collector_id = ?), (SELECT GROUP_CONCAT(value ORDER BY name)"
			   " FROM setting WHERE name LIKE 'alarm.%' OR name = 'meter.overload_w'))",
	    .bounded = "one row" },
	[METERS] = { .sql = "SELECT m.meter_id, m.phases, m.credit_mode = 'monitor',"
			    " t.account_id, m.alarm1_fen, m.alarm2_fen, t.last_purchase_fen,"
			    " m.overload_w FROM bus_lease l JOIN meter m ON m.bus_id = l.bus_id"
			    " LEFT JOIN account_meter t ON t.active_meter = m.meter_id"
			    " WHERE l.collector_id = ? AND m.removed_at IS NULL",
	    .bounded = "meters of one collector; read row by row" },
};

/* A kind that can be switched off has a setting for it. */
static const struct toggle {
	const char *name;
	enum alarm_kind kind;
} TOGGLES[] = {
	{ "alarm.credit1_on", ALARM_LOW_CREDIT1 },
	{ "alarm.credit2_on", ALARM_LOW_CREDIT2 },
	{ "alarm.overload_on", ALARM_OVERLOAD },
	{ "alarm.clock_on", ALARM_CLOCK_DRIFT },
	{ "alarm.relay_on", ALARM_RELAY_DISORDER },
};

static void
take(struct alarm_limits *limits, const char *name, const char *text)
{
	const struct {
		const char *name;
		int64_t *value, unit;
	} numbers[] = {
		{ "alarm.credit1_fen", &limits->credit1_fen, 1 },
		{ "alarm.credit2_fen", &limits->credit2_fen, 1 },
		{ "alarm.credit1_percent", &limits->credit1_percent, 1 },
		{ "alarm.credit2_percent", &limits->credit2_percent, 1 },
		{ "alarm.clock_min", &limits->clock_ms, CLOCK_MINUTE },
		{ "alarm.spool_min", &limits->spool_ms, CLOCK_MINUTE },
		{ "alarm.disk_percent", &limits->disk_permille, 10 },
		{ "meter.overload_w", &limits->overload_w, 1 },
	};
	int64_t number;

	for (size_t i = 0; i < COUNT(TOGGLES); i++)
		if (strcmp(TOGGLES[i].name, name) == 0 && strcmp(text, "0") == 0)
			limits->kinds &= ~ALARM_BIT(TOGGLES[i].kind);
	if (strcmp(name, "alarm.credit_basis") == 0)
		limits->is_percent = strcmp(text, "percent") == 0;
	for (size_t i = 0; i < COUNT(numbers); i++)
		if (strcmp(numbers[i].name, name) == 0 &&
		    text_parse_uint(text, INT32_MAX, &number) == RC_OK)
			*numbers[i].value = number * numbers[i].unit;
}

enum rc
alarm_limits_read(struct db *db, struct alarm_limits *limits)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[SETTINGS], NO_ARGS, &rows);

	*limits = (struct alarm_limits){ .kinds = ALARM_RULED,
		.credit1_fen = 5000,
		.credit2_fen = 2000,
		.credit1_percent = 20,
		.credit2_percent = 10,
		.clock_ms = 5 * CLOCK_MINUTE,
		.spool_ms = 5 * CLOCK_MINUTE,
		.disk_permille = 100 };
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK)
		take(limits, rows_text(rows, 0), rows_text(rows, 1));
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
alarm_note_purchases(struct db *db)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[PURCHASES], ARGS(I(NOTED_MAX)), &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		rc = db_exec(db, &Q[NOTE], ARGS(I(rows_int(rows, 1)), I(rows_int(rows, 0))));
		if (rc != RC_OK)
			break;
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
alarm_rules_stamp(struct db *db, uint32_t collector_id, char stamp[ALARM_STAMP_MAX])
{
	struct arena *arena = arena_new();
	const char *text = "";
	enum rc rc = db_text(db, &Q[STAMP], ARGS(I(collector_id)), arena, &text);

	if (rc == RC_OK)
		(void)text_copy(stamp, ALARM_STAMP_MAX, text);
	arena_free(arena);
	return rc;
}

/* v_meter_now says the same of alarm1_fen and alarm2_fen. */
static int64_t
amount_of(const struct rows *rows, size_t own, const struct alarm_limits *limits, int64_t percent,
    int64_t usual_fen)
{
	if (!rows_is_null(rows, own))
		return rows_int(rows, own);
	if (limits->is_percent && !rows_is_null(rows, 6))
		return rows_int(rows, 6) * percent / 100;
	return usual_fen;
}

/* A meter without account owes nothing and is left in peace; one that only measures has no credit,
 * but its clock and its relay matter. */
static uint32_t
kinds_of(const struct alarm_limits *limits, bool is_monitor, bool has_account)
{
	if (is_monitor)
		return limits->kinds & ~ALARM_CREDIT;
	return has_account ? limits->kinds : 0;
}

enum rc
alarm_rules_each(struct db *db, uint32_t collector_id, const struct alarm_limits *limits,
    void (*each)(void *context, uint32_t meter_id, const struct alarm_rule *rule), void *context)
{
	struct rows *rows;
	enum rc rc = db_stream(db, &Q[METERS], ARGS(I(collector_id)), &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		struct alarm_rule rule = { .is_known = true,
			.phases = (uint8_t)rows_int(rows, 1),
			.kinds = kinds_of(limits, rows_int(rows, 2) != 0, !rows_is_null(rows, 3)),
			.alarm1_fen = amount_of(
			    rows, 4, limits, limits->credit1_percent, limits->credit1_fen),
			.alarm2_fen = amount_of(
			    rows, 5, limits, limits->credit2_percent, limits->credit2_fen),
			.overload_w =
			    rows_is_null(rows, 7) ? limits->overload_w : rows_int(rows, 7),
			.clock_ms = limits->clock_ms };
		each(context, (uint32_t)rows_int(rows, 0), &rule);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
