#include "model/tariff_bill.h"

#include <string.h>

#include "base/text.h"
#include "model/reading.h"

#define READINGS_MAX 50000 /* a month at a minute's pace */

enum { ACCOUNT, METER, BASE, READINGS, ACCOUNTS, METERS };
/* 142 is QUALITY_UNUSABLE. */
static const struct query Q[] QUERIES = {
	[ACCOUNT] = { .sql = "SELECT m.meter_id, m.began_at, m.ended_at, n.number, n.room, a.name"
			     " FROM account_meter m JOIN account a ON a.account_id = m.account_id"
			     " JOIN v_meter_now n ON n.meter_id = m.meter_id"
			     " WHERE m.account_id = ? AND m.began_at < ? AND (m.ended_at IS NULL OR"
			     " m.ended_at > ?) AND (? = '' OR FIND_IN_SET(n.scope_id, ?))"
			     " ORDER BY n.number LIMIT 200" },
	[METER] = { .sql = "SELECT n.meter_id, NULL, NULL, n.number, n.room, n.tenant"
			   " FROM v_meter_now n WHERE n.meter_id = ?"
			   " AND (? = '' OR FIND_IN_SET(n.scope_id, ?))",
	    .bounded = "primary key" },
	[BASE] = { .sql = "SELECT taken_at FROM reading WHERE meter_id = ? AND taken_at <= ?"
			  " AND quality & 142 = 0 ORDER BY taken_at DESC LIMIT 1" },
	[READINGS] = { .sql = "SELECT taken_at, energy_wh, quality FROM reading"
			      " WHERE meter_id = ? AND taken_at >= ? AND taken_at <= ?"
			      " AND quality & 142 = 0 ORDER BY taken_at LIMIT 50000" },
	[ACCOUNTS] = { .sql = "SELECT a.account_id, a.name, a.number FROM account a"
			      " WHERE a.closed_at IS NULL AND (a.name LIKE ? OR a.number LIKE ?"
			      " OR a.initials LIKE ?) AND EXISTS (SELECT 1 FROM account_meter m"
			      " JOIN v_meter_scope s ON s.meter_id = m.meter_id WHERE"
			      " m.account_id = a.account_id AND m.ended_at IS NULL"
			      " AND (? = '' OR FIND_IN_SET(s.scope_id, ?)))"
			      " ORDER BY a.name LIMIT 15" },
	[METERS] = { .sql = "SELECT n.meter_id, n.room, n.name, n.number FROM v_meter_now n"
			    " WHERE n.removed_at IS NULL AND (n.room LIKE ? OR n.number LIKE ? OR"
			    " n.name LIKE ?) AND (? = '' OR FIND_IN_SET(n.scope_id, ?))"
			    " ORDER BY n.room, n.meter_id LIMIT 15" },
};

/* ---- which meters ---- */

static enum rc
load_meters(struct rows *rows, struct arena *arena, int64_t from_at, int64_t to_at,
    struct bill_meter **meters, size_t *count)
{
	enum rc rc;

	*meters = arena_alloc(arena, BILL_METERS_MAX * sizeof(**meters));
	*count = 0;
	while ((rc = rows_next(rows)) == RC_OK && *count < BILL_METERS_MAX) {
		int64_t began_at = rows_int(rows, 1), ended_at = rows_int(rows, 2);
		(*meters)[(*count)++] = (struct bill_meter){ .meter_id = rows_int(rows, 0),
			.from_at = began_at > from_at ? began_at : from_at,
			.to_at = ended_at != 0 && ended_at < to_at ? ended_at : to_at,
			.number = arena_strdup(arena, rows_text(rows, 3)),
			.room = arena_strdup(arena, rows_text(rows, 4)),
			.tenant = arena_strdup(arena, rows_text(rows, 5)) };
	}
	rows_end(rows);
	if (rc == RC_NOT_FOUND && *count > 0)
		rc = RC_OK;
	return rc;
}

enum rc
bill_of_account(struct db *db, struct arena *arena, int64_t account_id, struct day from,
    struct day to, const struct scope *scope, struct bill_meter **meters, size_t *count)
{
	int64_t from_at = clock_day_start(from), to_at = clock_day_start(to);
	const char *ids = scope_text(scope);
	struct rows *rows;
	enum rc rc = db_query(
	    db, &Q[ACCOUNT], ARGS(I(account_id), T(to_at), T(from_at), S(ids), S(ids)), &rows);

	return rc == RC_OK ? load_meters(rows, arena, from_at, to_at, meters, count) : rc;
}

enum rc
bill_of_meter(struct db *db, struct arena *arena, int64_t meter_id, struct day from, struct day to,
    const struct scope *scope, struct bill_meter **meters, size_t *count)
{
	const char *ids = scope_text(scope);
	struct rows *rows;
	enum rc rc = db_query(db, &Q[METER], ARGS(I(meter_id), S(ids), S(ids)), &rows);

	return rc == RC_OK ? load_meters(rows, arena, clock_day_start(from), clock_day_start(to),
				 meters, count)
			   : rc;
}

/* ---- intervals ---- */

/* The part of an interval that lies after from_at, by time. */
static void
cut_start(struct tariff_interval *interval, int64_t from_at)
{
	__int128 whole = interval->to_at - interval->from_at, gone = from_at - interval->from_at;

	if (gone <= 0)
		return;
	interval->energy_wh -= (int64_t)((2 * interval->energy_wh * gone + whole) / (2 * whole));
	interval->from_at = from_at;
}

static void
add_interval(struct arena *arena, struct bill_intervals *intervals, size_t *room,
    const struct bill_meter *meter, int64_t last_at, int64_t last_wh, const struct rows *rows)
{
	struct tariff_interval interval = { .from_at = last_at,
		.to_at = rows_int(rows, 0),
		.energy_wh = rows_int(rows, 1) - last_wh };
	bool is_rollover = ((uint64_t)rows_int(rows, 2) & QUALITY_ROLLOVER) != 0;

	if (interval.to_at <= meter->from_at)
		return;
	if (interval.energy_wh < 0 || is_rollover) {
		intervals->doubtful++;
		return;
	}
	cut_start(&interval, meter->from_at);
	intervals->energy_wh += interval.energy_wh;
	if (intervals->count == *room) {
		struct tariff_interval *larger =
		    arena_alloc(arena, 2 * *room * sizeof(*intervals->list));
		memcpy(larger, intervals->list, *room * sizeof(*intervals->list));
		intervals->list = larger;
		*room *= 2;
	}
	intervals->list[intervals->count++] = interval;
}

enum rc
bill_intervals(struct db *db, struct arena *arena, const struct bill_meter *meter,
    struct bill_intervals *intervals)
{
	int64_t base_at = meter->from_at, last_at = -1, last_wh = 0, rows_left = READINGS_MAX;
	size_t room = 2048; /* a month of half hours */
	struct rows *rows;
	enum rc rc = db_int(db, &Q[BASE], ARGS(I(meter->meter_id), T(meter->from_at)), &base_at);

	*intervals = (struct bill_intervals){ 0 };
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	if (rc == RC_NOT_FOUND)
		base_at = meter->from_at;
	rc = db_query(
	    db, &Q[READINGS], ARGS(I(meter->meter_id), T(base_at), T(meter->to_at)), &rows);
	if (rc != RC_OK)
		return rc;
	intervals->list = arena_alloc(arena, room * sizeof(*intervals->list));
	while ((rc = rows_next(rows)) == RC_OK && rows_left-- > 0) {
		if (last_at >= 0)
			add_interval(arena, intervals, &room, meter, last_at, last_wh, rows);
		last_at = rows_int(rows, 0);
		last_wh = rows_int(rows, 1);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- the choice ---- */

static enum rc
load_choices(struct rows *rows, struct arena *arena, bool is_account, struct bill_choice *list,
    size_t *count)
{
	enum rc rc;

	while ((rc = rows_next(rows)) == RC_OK && *count < BILL_CHOICES_MAX) {
		struct bill_choice *choice = &list[(*count)++];
		const char *name = rows_text(rows, 1);
		*choice = (struct bill_choice){ .account_id = is_account ? rows_int(rows, 0) : 0,
			.meter_id = is_account ? 0 : rows_int(rows, 0) };
		if (!is_account && name[0] == '\0')
			name = rows_text(rows, 2);
		choice->name = arena_strdup(arena, name);
		choice->detail = arena_strdup(arena, rows_text(rows, is_account ? 2 : 3));
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
bill_search(struct db *db, struct arena *arena, const char *search, const struct scope *scope,
    struct bill_choice **list, size_t *count)
{
	const char *ids = scope_text(scope);
	struct rows *rows;
	char like[500];
	enum rc rc;

	text_like(search, like, sizeof(like));
	*list = arena_alloc(arena, BILL_CHOICES_MAX * sizeof(**list));
	*count = 0;
	const struct args args = ARGS(S(like), S(like), S(like), S(ids), S(ids));
	if ((rc = db_query(db, &Q[ACCOUNTS], args, &rows)) != RC_OK ||
	    (rc = load_choices(rows, arena, true, *list, count)) != RC_OK ||
	    (rc = db_query(db, &Q[METERS], args, &rows)) != RC_OK)
		return rc;
	return load_choices(rows, arena, false, *list, count);
}
