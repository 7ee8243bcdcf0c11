#include "model/charge.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/money.h"
#include "model/alarm.h"
#include "model/charge_private.h"
#include "model/ledger.h"
#include "model/reading.h"
#include "model/setting.h"
#include "model/tariff_load.h"

#define READINGS_MAX 50000

enum {
	EPOCH,
	EPOCH_HOLD,
	LAST,
	ACCOUNT_LAST,
	READINGS,
	IS_OVER,
	MOVED_METER,
	EXPLAINED,
	MOVED_SERVER,
	INSERT,
};
/* 142 is QUALITY_UNUSABLE. */
static const struct query Q[] QUERIES = {
	[EPOCH] = { .sql = "SELECT e.meter_id, e.account_id, e.cause, e.began_at, e.ended_at,"
			   " e.base_count, e.base_credit_fen, e.base_energy_wh, e.last_count,"
			   " m.credit_mode FROM meter_epoch e JOIN meter m"
			   " ON m.meter_id = e.meter_id WHERE e.meter_epoch_id = ?",
	    .bounded = "primary key" },
	[EPOCH_HOLD] = { .sql = "SELECT last_count FROM meter_epoch WHERE meter_epoch_id = ?"
				" FOR UPDATE",
	    .bounded = "primary key" },
	[LAST] = { .sql = "SELECT day, closing_fen, closing_at, closing_wh, closing_count,"
			  " carry_nano, month_day, month_wh, year_day, year_wh FROM charge_day"
			  " WHERE meter_epoch_id = ? ORDER BY day DESC LIMIT 1" },
	[ACCOUNT_LAST] = { .sql = "SELECT c.day, c.closing_fen, c.closing_at, c.closing_wh,"
				  " c.closing_count, c.carry_nano, c.month_day, c.month_wh,"
				  " c.year_day, c.year_wh FROM meter_epoch e JOIN charge_day c"
				  " ON c.meter_epoch_id = e.meter_epoch_id WHERE e.account_id = ?"
				  " AND e.ended_at IS NOT NULL AND e.ended_at <= ?"
				  " ORDER BY e.ended_at DESC, c.day DESC LIMIT 1" },
	[READINGS] = { .sql = "SELECT taken_at, energy_wh, credit_fen, purchase_count, quality"
			      " FROM reading WHERE meter_id = ? AND taken_at > ? AND taken_at <= ?"
			      " AND quality & 142 = 0 ORDER BY taken_at LIMIT 50000" },
	[IS_OVER] = { .sql = "SELECT 1 FROM reading WHERE meter_id = ? AND taken_at >= ?"
			     " AND taken_at < ? LIMIT 1" },
	/* Orders with a count after the closing before and not after the new one. */
	[MOVED_METER] = { .sql = "SELECT CAST(COALESCE(SUM(IF(kind = 'credit', amount_fen, 0)), 0)"
				 " AS SIGNED), CAST(COALESCE(SUM(IF(kind = 'credit', 0,"
				 " amount_fen)), 0) AS SIGNED) FROM delivery"
				 " WHERE meter_epoch_id = ? AND state = 'done'"
				 " AND (want_count + 65536 - ?) % 65536 BETWEEN 1 AND ?",
	    .bounded = "one row" },
	/* What two persons adopted in between. */
	[EXPLAINED] = { .sql = "SELECT CAST(COALESCE(SUM(-p.amount_fen), 0) AS SIGNED)"
			       " FROM journal j JOIN posting p ON p.journal_id = j.journal_id"
			       " WHERE j.account_id = ? AND j.kind = 'explained'"
			       " AND j.at > ? AND j.at <= ? AND p.ledger = 'credit'"
			       " AND p.meter_id = ?",
	    .bounded = "one row" },
	/* Whatever moved the credit but use, until that moment, and is in no row yet. */
	[MOVED_SERVER] = { .sql =
			       "SELECT CAST(b.credited - COALESCE(c.credited, 0) AS SIGNED),"
			       " CAST(b.deducted - COALESCE(c.deducted, 0) AS SIGNED) FROM (SELECT"
			       " COALESCE(SUM(GREATEST(-p.amount_fen, 0)), 0) credited,"
			       " COALESCE(SUM(GREATEST(p.amount_fen, 0)), 0) deducted"
			       " FROM posting p JOIN journal j ON j.journal_id = p.journal_id"
			       " WHERE p.ledger = 'credit' AND p.account_id = ? AND p.meter_id = ?"
			       " AND j.kind NOT IN ('use', 'opening') AND j.at >= ? AND j.at < ?) b"
			       " JOIN (SELECT SUM(credited_fen) credited, SUM(deducted_fen) deducted"
			       " FROM charge_day WHERE meter_epoch_id = ?) c",
	    .bounded = "one row" },
	[INSERT] = { .sql = "INSERT INTO charge_day (day, meter_epoch_id, meter_id, account_id,"
			    " opening_fen, credited_fen, deducted_fen, energy_wh, charge_fen,"
			    " difference_fen, closing_fen, closing_at, closing_wh, closing_count,"
			    " carry_nano, unpriced_wh, doubtful, month_day, month_wh, year_day,"
			    " year_wh, journal_id, charged_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?,"
			    " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
};

/* ---- where an epoch stands ---- */

static void
take_row(const struct rows *rows, struct charge_row *row)
{
	row->day = rows_day(rows, 0);
	row->closing_fen = rows_int(rows, 1);
	row->closing_at = rows_int(rows, 2);
	row->closing_wh = rows_int(rows, 3);
	row->closing_count = rows_is_null(rows, 4) ? CHARGE_NO_COUNT : rows_int(rows, 4);
	row->carry_nano = rows_int(rows, 5);
	row->steps = (struct tariff_steps){ .month = rows_day(rows, 6).number,
		.month_wh = rows_int(rows, 7),
		.year = rows_day(rows, 8).number,
		.year_wh = rows_int(rows, 9) };
}

static enum rc
find_row(struct db *db, const struct query *query, struct args args, struct charge_row *row)
{
	struct rows *rows;
	enum rc rc = db_query(db, query, args, &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		take_row(rows, row);
	rows_end(rows);
	return rc;
}

static void
take_epoch(const struct rows *rows, struct charge_epoch *epoch)
{
	const char *cause = rows_text(rows, 2);
	bool is_server = strcmp(rows_text(rows, 9), "meter") != 0;

	epoch->began_at = rows_int(rows, 3);
	epoch->is_ended = !rows_is_null(rows, 4);
	epoch->last_count = rows_int(rows, 8);
	epoch->is_adopted = strcmp(cause, "adopted") == 0;
	epoch->is_continued = strcmp(cause, "replacement") == 0 || strcmp(cause, "reset") == 0;
	epoch->last = (struct charge_row){ .epoch_id = epoch->epoch_id,
		.meter_id = rows_int(rows, 0),
		.account_id = rows_int(rows, 1),
		.day = clock_day_add(clock_day(epoch->began_at), -1),
		.closing_at = epoch->began_at,
		.closing_count = is_server ? CHARGE_NO_COUNT : rows_int(rows, 5),
		.closing_fen = rows_int(rows, 6),
		.closing_wh = rows_int(rows, 7) };
}

/* The steps of an account go on when its meter is exchanged. One that was there before the ledger
 * goes on where the meter's daily sums stand; a new one begins with nothing used. */
static enum rc
begin_steps(struct db *db, struct charge_epoch *epoch)
{
	struct charge_row *last = &epoch->last, before = { 0 };
	enum rc rc = RC_NOT_FOUND;

	if (epoch->is_continued)
		rc = find_row(
		    db, &Q[ACCOUNT_LAST], ARGS(I(last->account_id), T(epoch->began_at)), &before);
	if (rc == RC_OK) {
		last->steps = before.steps;
		last->carry_nano = before.carry_nano;
	}
	if (rc != RC_NOT_FOUND)
		return rc;
	epoch->needs_steps = epoch->is_adopted || epoch->is_continued;
	return RC_OK;
}

enum rc
charge_epoch_load(struct db *db, int64_t epoch_id, struct charge_epoch *epoch)
{
	struct rows *rows;
	int64_t last_count;
	/* Nothing is confirmed meanwhile, and nobody else charges it. */
	enum rc rc = db_int(db, &Q[EPOCH_HOLD], ARGS(I(epoch_id)), &last_count);

	*epoch = (struct charge_epoch){ .epoch_id = epoch_id };
	if (rc == RC_OK)
		rc = db_query(db, &Q[EPOCH], ARGS(I(epoch_id)), &rows);
	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		take_epoch(rows, epoch);
	rows_end(rows);
	if (rc != RC_OK)
		return rc;
	rc = find_row(db, &Q[LAST], ARGS(I(epoch_id)), &epoch->last);
	return rc == RC_NOT_FOUND ? begin_steps(db, epoch) : rc;
}

/* ---- one day ---- */

static enum rc
load_readings(struct db *db, struct arena *arena, const struct charge_row *last, int64_t to_at,
    struct charge_reading **readings, size_t *count)
{
	size_t room = 64;
	struct rows *rows;
	enum rc rc = db_query(
	    db, &Q[READINGS], ARGS(I(last->meter_id), T(last->closing_at), T(to_at)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	/* One more for the figures of an end. */
	*readings = arena_alloc(arena, (room + 1) * sizeof(**readings));
	while ((rc = rows_next(rows)) == RC_OK && *count < READINGS_MAX) {
		if (*count == room) {
			struct charge_reading *larger =
			    arena_alloc(arena, (2 * room + 1) * sizeof(*larger));
			memcpy(larger, *readings, room * sizeof(*larger));
			*readings = larger;
			room *= 2;
		}
		bool has_credit = !rows_is_null(rows, 2) && !rows_is_null(rows, 3);
		(*readings)[(*count)++] = (struct charge_reading){ .at = rows_int(rows, 0),
			.energy_wh = rows_int(rows, 1),
			.credit_fen = rows_int(rows, 2),
			.count = has_credit ? rows_int(rows, 3) : CHARGE_NO_COUNT,
			.is_rollover = ((uint64_t)rows_int(rows, 4) & QUALITY_ROLLOVER) != 0 };
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
query_moved(struct db *db, const struct query *query, struct args args, struct charge_row *row)
{
	struct rows *rows;
	enum rc rc = db_query(db, query, args, &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		row->credited_fen = rows_int(rows, 0);
		row->deducted_fen = rows_int(rows, 1);
	}
	rows_end(rows);
	return rc;
}

/* What came into the meter and was taken out of it, besides use, until it showed that count at that
 * time. */
static enum rc
load_moved(struct db *db, const struct charge_epoch *epoch, int64_t closing_count,
    int64_t closing_at, int64_t end_at, struct charge_row *row)
{
	const struct charge_row *last = &epoch->last;
	int64_t explained_fen = 0;

	if (last->closing_count == CHARGE_NO_COUNT)
		return query_moved(db, &Q[MOVED_SERVER],
		    ARGS(I(last->account_id), I(last->meter_id), T(epoch->began_at), T(end_at),
			I(epoch->epoch_id)),
		    row);
	enum rc rc = query_moved(db, &Q[MOVED_METER],
	    ARGS(I(epoch->epoch_id), I(last->closing_count),
		I(charge_counts_between(last->closing_count, closing_count))),
	    row);
	if (rc == RC_OK)
		rc = db_int(db, &Q[EXPLAINED],
		    ARGS(
			I(last->account_id), T(last->closing_at), T(closing_at), I(last->meter_id)),
		    &explained_fen);
	*(explained_fen > 0 ? &row->credited_fen : &row->deducted_fen) +=
	    explained_fen > 0 ? explained_fen : -explained_fen;
	return rc;
}

static enum rc
load_plan(struct db *db, struct arena *arena, const struct tariff_book *book,
    struct charge_epoch *epoch, struct tariff_plan *plan)
{
	/* The book lives for the whole round, what is found in it for this day. */
	struct tariff_book own = *book;
	struct tariff_meter tariff;
	struct charge_row *last = &epoch->last;

	own.arena = arena;
	enum rc rc = tariff_meter(db, &own, last->meter_id, &tariff);

	if (rc != RC_OK)
		return rc;
	tariff_plan(plan, tariff.spans, tariff.count, &book->calendar);
	const struct tariff_version *version = tariff_version_at(&tariff, last->closing_at);
	if (epoch->needs_steps && version != NULL)
		rc = tariff_load_steps(
		    db, last->meter_id, version, clock_day(last->closing_at), &last->steps);
	epoch->needs_steps = false;
	return rc;
}

static enum rc
book(struct db *db, const struct charge_row *row, int64_t at, int64_t *journal_id)
{
	char source[LEDGER_SOURCE_MAX + 1], day[16];
	struct posting postings[] = {
		{ .ledger = LEDGER_CREDIT, .amount_fen = charge_out_of_credit(row) },
		{ .ledger = LEDGER_REVENUE, .amount_fen = -row->charge_fen },
		{ .ledger = LEDGER_METERING, .amount_fen = row->difference_fen },
	};

	*journal_id = 0;
	if (row->charge_fen == 0 && row->difference_fen == 0)
		return RC_OK;
	for (size_t i = 0; i < COUNT(postings); i++) {
		postings[i].account_id = row->account_id;
		postings[i].meter_id = row->meter_id;
		postings[i].channel = CHANNEL_NONE;
	}
	clock_format_day(row->day, day, sizeof(day));
	(void)snprintf(source, sizeof(source), "use:%s:%" PRId64, day, row->epoch_id);
	return ledger_write(db,
	    &(struct journal){ .kind = JOURNAL_USE,
		.at = at,
		.account_id = row->account_id,
		.source_key = source },
	    postings, COUNT(postings), journal_id);
}

static struct value
day_or_null(int32_t number)
{
	return number != 0 ? D(((struct day){ number })) : NIL;
}

static enum rc
store(struct db *db, const struct charge_row *row, int64_t at, int64_t now)
{
	int64_t journal_id;
	enum rc rc = book(db, row, at, &journal_id);

	if (rc != RC_OK)
		return rc;
	return db_exec(db, &Q[INSERT],
	    ARGS(D(row->day), I(row->epoch_id), I(row->meter_id), I(row->account_id),
		I(row->opening_fen), I(row->credited_fen), I(row->deducted_fen), I(row->energy_wh),
		I(row->charge_fen), I(row->difference_fen), I(row->closing_fen), T(row->closing_at),
		I(row->closing_wh),
		row->closing_count == CHARGE_NO_COUNT ? NIL : I(row->closing_count),
		I(row->carry_nano), I(row->unpriced_wh), I(row->doubtful),
		day_or_null(row->steps.month), I(row->steps.month_wh), day_or_null(row->steps.year),
		I(row->steps.year_wh), journal_id != 0 ? I(journal_id) : NIL, T(now)));
}

/* Begins and ends with each day that shows it. A day without readings shows nothing. */
static enum rc
watch_difference(struct db *db, const struct charge_row *row, int64_t now)
{
	struct alarm alarm = {
		.kind = ALARM_METERING_DIFFERENCE, .meter_id = (uint32_t)row->meter_id, .at = now
	};
	char day[16], difference[MONEY_TEXT_MAX], charge[MONEY_TEXT_MAX];
	int64_t permille, least_fen;
	enum rc rc = setting_int(db, "charge.difference_permille", 10, &permille);

	if (rc == RC_OK)
		rc = setting_int(db, "charge.difference_fen", 100, &least_fen);
	if (rc != RC_OK || row->closing_count == CHARGE_NO_COUNT)
		return rc;
	int64_t bound = (int64_t)((__int128)row->charge_fen * permille / 1000);
	int64_t amount = row->difference_fen < 0 ? -row->difference_fen : row->difference_fen;
	if (amount <= (bound > least_fen ? bound : least_fen))
		return alarm_end(db, &alarm);
	clock_format_day(row->day, day, sizeof(day));
	money_format_plain(row->difference_fen, difference, sizeof(difference));
	money_format_plain(row->charge_fen, charge, sizeof(charge));
	(void)snprintf(
	    alarm.detail, sizeof(alarm.detail), "difference %s %s %s", day, difference, charge);
	return alarm_begin(db, &alarm);
}

/* ---- whole days ---- */

/* RC_NOT_FOUND: readings of the day may still come. */
static enum rc
must_be_over(struct db *db, const struct charge_row *last, int64_t end_at, int64_t now)
{
	int64_t one;

	if (now >= end_at + CHARGE_PATIENCE_MS)
		return RC_OK;
	return db_int(db, &Q[IS_OVER],
	    ARGS(I(last->meter_id), T(end_at), T(end_at + CHARGE_PATIENCE_MS)), &one);
}

enum rc
charge_next_day(struct db *db, struct arena *arena, const struct tariff_book *book,
    struct charge_epoch *epoch, bool is_sure, int64_t now)
{
	struct charge_row row = { .day = clock_day_add(epoch->last.day, 1) };
	int64_t end_at = clock_day_start(clock_day_add(row.day, 1));
	struct charge_reading *readings;
	struct tariff_plan plan;
	size_t count;
	enum rc rc = is_sure ? RC_OK : must_be_over(db, &epoch->last, end_at, now);

	if (rc != RC_OK)
		return rc;
	if ((rc = load_readings(db, arena, &epoch->last, end_at, &readings, &count)) != RC_OK ||
	    (rc = load_plan(db, arena, book, epoch, &plan)) != RC_OK)
		return rc;
	count = charge_explained(&epoch->last, epoch->last_count, readings, count);
	rc = count > 0 ? load_moved(db, epoch, readings[count - 1].count, readings[count - 1].at,
			     end_at, &row)
		       : load_moved(db, epoch, epoch->last.closing_count, epoch->last.closing_at,
			     end_at, &row);
	if (rc == RC_OK)
		rc = charge_sum(arena, &epoch->last, &plan, readings, count, &row);
	if (rc == RC_OK)
		rc = store(db, &row, end_at - 1, now);
	if (rc == RC_OK && count > 0)
		rc = watch_difference(db, &row, now);
	if (rc == RC_OK)
		epoch->last = row;
	return rc;
}

/* ---- the end of an epoch ---- */

static enum rc
charge_end_row(struct db *db, struct arena *arena, const struct tariff_book *book,
    struct charge_epoch *epoch, const struct charge_end *end, int64_t now)
{
	struct charge_row row = { .day = clock_day(end->at) };
	const struct charge_row *last = &epoch->last;
	bool is_counting = last->closing_count != CHARGE_NO_COUNT;
	struct ledger_balance balance;
	struct charge_reading *readings;
	struct tariff_plan plan;
	size_t count;
	enum rc rc = load_readings(db, arena, last, end->at - 1, &readings, &count);

	if (rc != RC_OK || (rc = load_plan(db, arena, book, epoch, &plan)) != RC_OK ||
	    (rc = load_moved(db, epoch, end->count, now, now + 1, &row)) != RC_OK ||
	    (rc = ledger_balance_lock(db, last->account_id, last->meter_id, &balance)) != RC_OK)
		return rc;
	if (end->at > last->closing_at)
		readings[count++] = (struct charge_reading){ .at = end->at,
			.energy_wh = end->energy_wh,
			.credit_fen = end->credit_fen,
			.count = is_counting ? end->count : CHARGE_NO_COUNT };
	/* Figures of people are in the ledger and in no delivery. */
	if (is_counting)
		row.deducted_fen = last->closing_fen + row.credited_fen - balance.credit_fen;
	if (row.day.number <= last->day.number)
		row.day = clock_day_add(last->day, 1);
	rc = charge_sum(arena, last, &plan, readings, count, &row);
	return rc == RC_OK ? store(db, &row, now, now) : rc;
}

enum rc
charge_last_day(struct db *db, int64_t epoch_id, const struct charge_end *end, int64_t now)
{
	struct arena *arena = arena_new();
	struct charge_epoch epoch;
	struct tariff_book tariffs;
	struct day today = clock_day(end->at);
	enum rc rc = charge_epoch_load(db, epoch_id, &epoch);

	if (rc == RC_OK)
		rc = tariff_book(
		    db, arena, clock_day(epoch.last.closing_at), clock_day_add(today, 1), &tariffs);
	while (rc == RC_OK && clock_day_add(epoch.last.day, 1).number < today.number)
		rc = charge_next_day(db, arena, &tariffs, &epoch, true, now);
	if (rc == RC_OK)
		rc = charge_end_row(db, arena, &tariffs, &epoch, end, now);
	arena_free(arena);
	return rc;
}

enum rc
charge_since(struct db *db, int64_t epoch_id, int64_t at, int64_t energy_wh, int64_t *charge_fen)
{
	struct arena *arena = arena_new();
	struct charge_row row = { .day = clock_day(at) };
	struct charge_epoch epoch;
	struct tariff_book tariffs;
	struct charge_reading *readings;
	struct tariff_plan plan;
	size_t count = 0;
	enum rc rc = charge_epoch_load(db, epoch_id, &epoch);

	if (rc == RC_OK)
		rc = tariff_book(db, arena, clock_day(epoch.last.closing_at),
		    clock_day_add(row.day, 1), &tariffs);
	if (rc == RC_OK)
		rc = load_plan(db, arena, &tariffs, &epoch, &plan);
	if (rc == RC_OK)
		rc = load_readings(db, arena, &epoch.last, at - 1, &readings, &count);
	if (rc == RC_OK && at > epoch.last.closing_at)
		readings[count++] = (struct charge_reading){
			.at = at, .energy_wh = energy_wh, .count = epoch.last.closing_count
		};
	if (rc == RC_OK)
		rc = charge_sum(arena, &epoch.last, &plan, readings, count, &row);
	arena_free(arena);
	*charge_fen = row.charge_fen;
	return rc;
}
