/*
 * charge_due.c - the nightly round over all meters: apart from charge.c, because only that account
 * may see everything.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "model/charge.h"
#include "model/charge_private.h"
#include "model/epoch.h"

/* A meter that was silent for longer finds no prices for its first interval, and is marked so. */
#define BACK_DAYS 400

enum { WITHOUT_EPOCH, BEHIND };
static const struct query Q[] QUERIES = {
	[WITHOUT_EPOCH] = { .sql = "SELECT am.meter_id, am.account_id, 0 FROM account_meter am"
				   " JOIN meter m ON m.meter_id = am.meter_id"
				   " LEFT JOIN meter_state s ON s.meter_id = am.meter_id"
				   " LEFT JOIN meter_epoch e ON e.active_meter = am.active_meter"
				   " WHERE am.ended_at IS NULL AND e.meter_epoch_id IS NULL"
				   " AND m.removed_at IS NULL AND (m.credit_mode = 'server' OR"
				   " (m.credit_mode = 'meter' AND s.credit_fen IS NOT NULL))"
				   " ORDER BY am.meter_id LIMIT 100000" },
	/* Living epochs whose last row is not yesterday's, with the day of that row. */
	[BEHIND] = { .sql = "SELECT e.meter_epoch_id, e.meter_id, COALESCE((SELECT MAX(c.day)"
			    " FROM charge_day c WHERE c.meter_epoch_id = e.meter_epoch_id),"
			    " DATE(e.began_at) - INTERVAL 1 DAY) AS charged FROM meter_epoch e"
			    " WHERE e.ended_at IS NULL AND e.began_at < ? HAVING charged < ?"
			    " ORDER BY e.meter_id LIMIT 100000" },
};

/* What is to be done, read before anything is done. */
struct todo {
	int64_t id, other_id;
	struct day day;
};

static enum rc
load(struct db *db, const struct query *query, struct args args, struct arena *arena,
    struct todo **list, size_t *count)
{
	size_t room = 0;
	struct rows *rows;
	enum rc rc = db_query(db, query, args, &rows);

	*list = NULL;
	*count = 0;
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		if (*count == room) {
			struct todo *larger =
			    arena_alloc(arena, 2 * (room + 128) * sizeof(*larger));
			for (size_t i = 0; i < *count; i++)
				larger[i] = (*list)[i];
			*list = larger;
			room = 2 * (room + 128);
		}
		(*list)[(*count)++] = (struct todo){ rows_int(rows, 0), rows_int(rows, 1),
			query == &Q[BEHIND] ? rows_day(rows, 2) : (struct day){ 0 } };
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- accounts from before there was a ledger ---- */

struct adopting {
	const struct todo *what;
	int64_t now;
};

static enum rc
adopt(struct db *db, void *context)
{
	const struct adopting *adopting = context;
	struct epoch epoch;

	return epoch_ensure(
	    db, adopting->what->id, adopting->what->other_id, adopting->now, &epoch);
}

static enum rc
adopt_all(struct db *db, struct arena *arena, int64_t now, struct charge_work *work)
{
	struct todo *list;
	size_t count;
	enum rc rc = load(db, &Q[WITHOUT_EPOCH], NO_ARGS, arena, &list, &count);

	for (size_t i = 0; i < count && rc == RC_OK; i++) {
		struct adopting adopting = { &list[i], now };
		rc = db_transact(db, adopt, &adopting);
		work->begun += rc == RC_OK;
		if (rc == RC_NOT_FOUND) /* its meter was never read */
			rc = RC_OK;
	}
	return rc;
}

/* ---- days ---- */

struct charging {
	const struct tariff_book *book;
	struct arena *arena;
	struct charge_epoch epoch;
	int64_t now;
};

static enum rc
charge_one(struct db *db, void *context)
{
	struct charging *charging = context;
	/* Read anew: this may be the second try. */
	enum rc rc = charge_epoch_load(db, charging->epoch.epoch_id, &charging->epoch);

	if (rc == RC_OK && charging->epoch.is_ended)
		rc = RC_NOT_FOUND;
	if (rc == RC_OK)
		rc = charge_next_day(
		    db, charging->arena, charging->book, &charging->epoch, false, charging->now);
	return rc;
}

/* All days of an epoch that are over. */
static enum rc
charge_epoch(struct db *db, const struct tariff_book *book, const struct todo *what, int64_t now,
    struct charge_work *work)
{
	struct charging charging = { .book = book, .arena = arena_new(), .now = now };
	enum rc rc;

	do {
		charging.epoch.epoch_id = what->id;
		rc = db_transact(db, charge_one, &charging);
		work->charged += rc == RC_OK;
		arena_reset(charging.arena);
	} while (rc == RC_OK &&
		 clock_day_add(charging.epoch.last.day, 1).number < clock_day(now).number);
	arena_free(charging.arena);
	if (rc == RC_INVALID || rc == RC_CONFLICT) {
		log_error("charge", "meter %" PRId64 ": its use cannot be priced (%s)",
		    what->other_id, rc_name(rc));
		work->failed++;
	}
	/* One that cannot be priced does not keep the others waiting. */
	return rc == RC_UNAVAILABLE ? rc : RC_OK;
}

static enum rc
charge_all(struct db *db, struct arena *arena, int64_t now, bool (*should_stop)(void),
    struct charge_work *work)
{
	struct day today = clock_day(now), first = today;
	struct tariff_book book;
	struct todo *list;
	size_t count;
	enum rc rc = load(db, &Q[BEHIND],
	    ARGS(T(clock_day_start(today)), D(clock_day_add(today, -1))), arena, &list, &count);

	if (rc != RC_OK || count == 0)
		return rc;
	for (size_t i = 0; i < count; i++)
		if (list[i].day.number < first.number)
			first = list[i].day;
	rc = tariff_book(db, arena, clock_day_add(first, -BACK_DAYS), today, &book);
	for (size_t i = 0; i < count && rc == RC_OK; i++) {
		if (should_stop != NULL && should_stop())
			break;
		rc = charge_epoch(db, &book, &list[i], now, work);
	}
	return rc;
}

enum rc
charge_due(struct db *db, int64_t now, bool (*should_stop)(void), struct charge_work *work)
{
	struct arena *arena = arena_new();

	*work = (struct charge_work){ 0 };
	enum rc rc = adopt_all(db, arena, now, work);
	if (rc == RC_OK)
		rc = charge_all(db, arena, now, should_stop, work);
	arena_free(arena);
	return rc;
}
