#include "model/tariff_load.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

#define ENTRIES_MAX  2000 /* versions in force within the days of a book */
#define ASSIGNED_MAX 500  /* changes of tariff of one meter */

enum { VERSION, SEASONS, SLOTS, PRICES, TIERS, CALENDAR, ENTRIES, ASSIGNED, ALL_ASSIGNED, USED };
static const struct query Q[] QUERIES = {
	[VERSION] = { .sql = "SELECT tariff_id, tier_cycle, tier_kind, tier_from_month,"
			     " tier_from_day FROM tariff_version WHERE tariff_version_id = ?",
	    .bounded = "primary key" },
	[SEASONS] = { .sql = "SELECT season, name, from_month, from_day FROM tariff_season"
			     " WHERE tariff_version_id = ? ORDER BY from_month, from_day LIMIT 6" },
	[SLOTS] = { .sql = "SELECT season, day_kind, start_min, period FROM tariff_slot"
			   " WHERE tariff_version_id = ?"
			   " ORDER BY season, day_kind, start_min LIMIT 252" },
	[PRICES] = { .sql = "SELECT component, name, period, price_uyuan FROM tariff_price"
			    " WHERE tariff_version_id = ? ORDER BY component, period LIMIT 40" },
	[TIERS] = { .sql = "SELECT tier, from_wh, period, price_uyuan FROM tariff_tier"
			   " WHERE tariff_version_id = ? ORDER BY tier, period LIMIT 100" },
	[CALENDAR] = { .sql = "SELECT day, kind FROM holiday WHERE day >= ? AND day < ?"
			      " ORDER BY day LIMIT 20000" },
	/* A version is of use when it begins before the end and nothing that begins by the start
	 * has taken its place. */
	[ENTRIES] = { .sql = "SELECT v.tariff_id, v.tariff_version_id, v.active_from"
			     " FROM tariff_version v WHERE v.active_from < ? AND NOT EXISTS"
			     " (SELECT 1 FROM tariff_version n WHERE n.tariff_id = v.tariff_id"
			     " AND n.active_from > v.active_from AND n.active_from <= ?)"
			     " ORDER BY v.tariff_id, v.active_from LIMIT 2000" },
	[ASSIGNED] = { .sql = "SELECT meter_id, valid_from, tariff_id, price_uyuan"
			      " FROM meter_tariff WHERE meter_id = ? AND valid_from < ?"
			      " ORDER BY valid_from LIMIT 500" },
	[ALL_ASSIGNED] = { .sql = "SELECT meter_id, valid_from, tariff_id, price_uyuan"
				  " FROM meter_tariff WHERE valid_from < ?"
				  " ORDER BY meter_id, valid_from LIMIT 2000000" },
	[USED] = { .sql = "SELECT CAST(SUM(IF(day >= ?, used_wh, 0)) AS SIGNED),"
			  " CAST(SUM(IF(day >= ?, used_wh, 0)) AS SIGNED)"
			  " FROM energy_day WHERE meter_id = ? AND day >= ? AND day < ?",
	    .bounded = "one row" },
};

static const char *const PERIOD_NAMES[TARIFF_PERIODS] = { "sharp", "peak", "flat", "valley",
	"deep" };
static const char *const KIND_NAMES[TARIFF_DAY_KINDS] = { "workday", "weekend", "holiday" };
static const char *const CYCLE_NAMES[TARIFF_CYCLES] = { "none", "month", "year" };

const char *
tariff_period_name(enum tariff_period period)
{
	assert(period < TARIFF_PERIODS);
	return PERIOD_NAMES[period];
}

const char *
tariff_day_kind_name(enum tariff_day_kind kind)
{
	assert(kind < TARIFF_DAY_KINDS);
	return KIND_NAMES[kind];
}

const char *
tariff_cycle_name(enum tariff_cycle cycle)
{
	assert(cycle < TARIFF_CYCLES);
	return CYCLE_NAMES[cycle];
}

const char *
tariff_tier_kind_name(enum tariff_tier_kind kind)
{
	return kind == TARIFF_OWN_PRICE ? "price" : "addition";
}

static size_t
find_name(const char *const *names, size_t count, const char *name)
{
	size_t i = 0;

	while (i < count && strcmp(names[i], name) != 0)
		i++;
	return i;
}

enum tariff_period
tariff_period_find(const char *name)
{
	return (enum tariff_period)find_name(PERIOD_NAMES, TARIFF_PERIODS, name);
}

enum tariff_cycle
tariff_cycle_find(const char *name)
{
	return (enum tariff_cycle)find_name(CYCLE_NAMES, TARIFF_CYCLES, name);
}

/* ---- one version ---- */

static enum rc
load_head(struct db *db, struct tariff_version *version)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[VERSION], ARGS(I(version->version_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		version->tariff_id = rows_int(rows, 0);
		version->cycle = tariff_cycle_find(rows_text(rows, 1));
		version->tier_kind =
		    strcmp(rows_text(rows, 2), "price") == 0 ? TARIFF_OWN_PRICE : TARIFF_ADDITION;
		version->year_month = (uint8_t)rows_int(rows, 3);
		version->year_day = (uint8_t)rows_int(rows, 4);
	}
	rows_end(rows);
	return rc;
}

/* numbers[i] is the season's number in the database. */
static enum rc
load_seasons(struct db *db, struct tariff_version *version, int64_t *numbers)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[SEASONS], ARGS(I(version->version_id)), &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK && version->season_count < TARIFF_SEASONS_MAX) {
		struct tariff_season *season = &version->seasons[version->season_count];
		numbers[version->season_count++] = rows_int(rows, 0);
		(void)text_copy(season->name, sizeof(season->name), rows_text(rows, 1));
		season->from_month = (uint8_t)rows_int(rows, 2);
		season->from_day = (uint8_t)rows_int(rows, 3);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static bool
is_same_table(const struct tariff_table *a, const struct tariff_table *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->slots[i].start_min != b->slots[i].start_min ||
		    a->slots[i].period != b->slots[i].period)
			return false;
	return true;
}

/* Index of an equal table, which is added if there is none. */
static uint8_t
keep_table(struct tariff_version *version, const struct tariff_table *table)
{
	size_t i = 0;

	while (i < version->table_count && !is_same_table(&version->tables[i], table))
		i++;
	if (i == version->table_count)
		version->tables[version->table_count++] = *table;
	return (uint8_t)i;
}

static enum rc
load_slots(struct db *db, struct tariff_version *version, const int64_t *numbers)
{
	struct tariff_table tables[TARIFF_SEASONS_MAX][TARIFF_DAY_KINDS] = { 0 };
	struct rows *rows;
	enum rc rc = db_query(db, &Q[SLOTS], ARGS(I(version->version_id)), &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		size_t season = 0,
		       kind = find_name(KIND_NAMES, TARIFF_DAY_KINDS, rows_text(rows, 1));
		while (season < version->season_count && numbers[season] != rows_int(rows, 0))
			season++;
		if (season == version->season_count || kind == TARIFF_DAY_KINDS)
			continue;
		struct tariff_table *table = &tables[season][kind];
		if (table->count < TARIFF_SLOTS_MAX)
			table->slots[table->count++] =
			    (struct tariff_slot){ (int16_t)rows_int(rows, 2),
				    (uint8_t)tariff_period_find(rows_text(rows, 3)) };
	}
	rows_end(rows);
	for (size_t s = 0; s < version->season_count; s++)
		for (size_t kind = 0; kind < TARIFF_DAY_KINDS; kind++) {
			bool is_own = tables[s][kind].count > 0;
			version->seasons[s].table[kind] =
			    keep_table(version, &tables[s][is_own ? kind : TARIFF_WORKDAY]);
		}
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
load_prices(struct db *db, struct tariff_version *version)
{
	struct rows *rows;
	int64_t last = -1;
	enum rc rc = db_query(db, &Q[PRICES], ARGS(I(version->version_id)), &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		enum tariff_period period = tariff_period_find(rows_text(rows, 2));
		if (rows_int(rows, 0) != last && version->component_count == TARIFF_COMPONENTS_MAX)
			break;
		version->component_count += rows_int(rows, 0) != last;
		last = rows_int(rows, 0);
		struct tariff_component *component =
		    &version->components[version->component_count - 1];
		(void)text_copy(component->name, sizeof(component->name), rows_text(rows, 1));
		component->price_uyuan[period] = rows_int(rows, 3);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
load_tiers(struct db *db, struct tariff_version *version)
{
	struct rows *rows;
	int64_t last = -1;
	enum rc rc = db_query(db, &Q[TIERS], ARGS(I(version->version_id)), &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		enum tariff_period period = tariff_period_find(rows_text(rows, 2));
		if (rows_int(rows, 0) != last && version->tier_count == TARIFF_TIERS_MAX)
			break;
		version->tier_count += rows_int(rows, 0) != last;
		last = rows_int(rows, 0);
		struct tariff_tier *tier = &version->tiers[version->tier_count - 1];
		tier->from_wh = rows_int(rows, 1);
		tier->price_uyuan[period] = rows_int(rows, 3);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
tariff_load_version(struct db *db, int64_t version_id, struct tariff_version *version)
{
	int64_t numbers[TARIFF_SEASONS_MAX];
	enum rc rc;

	*version = (struct tariff_version){ .version_id = version_id };
	if ((rc = load_head(db, version)) != RC_OK ||
	    (rc = load_seasons(db, version, numbers)) != RC_OK ||
	    (rc = load_slots(db, version, numbers)) != RC_OK ||
	    (rc = load_prices(db, version)) != RC_OK || (rc = load_tiers(db, version)) != RC_OK)
		return rc;
	tariff_ready(version);
	return RC_OK;
}

/* ---- the calendar and the book ---- */

enum rc
tariff_load_calendar(struct db *db, struct arena *arena, struct day from, struct day to,
    struct tariff_calendar *calendar)
{
	size_t room = to.number > from.number ? (size_t)(to.number - from.number) : 0, count = 0;
	struct tariff_date *dates = arena_alloc(arena, (room + 1) * sizeof(*dates));
	struct rows *rows;
	enum rc rc = db_query(db, &Q[CALENDAR], ARGS(D(from), D(to)), &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK && count < room)
		dates[count++] = (struct tariff_date){ rows_day(rows, 0).number,
			strcmp(rows_text(rows, 1), "workday") == 0 };
	rows_end(rows);
	*calendar = (struct tariff_calendar){ dates, count };
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
load_entries(struct db *db, struct tariff_book *book, int64_t *version_ids)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[ENTRIES], ARGS(D(book->to), D(book->from)), &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK && book->count < ENTRIES_MAX) {
		version_ids[book->count] = rows_int(rows, 1);
		book->entries[book->count++] =
		    (struct tariff_entry){ .tariff_id = rows_int(rows, 0),
			    .valid_from = rows_day(rows, 2) };
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
tariff_book(
    struct db *db, struct arena *arena, struct day from, struct day to, struct tariff_book *book)
{
	int64_t *version_ids = arena_alloc(arena, ENTRIES_MAX * sizeof(*version_ids));
	enum rc rc;

	*book = (struct tariff_book){ .arena = arena, .from = from, .to = to };
	book->entries = arena_alloc(arena, ENTRIES_MAX * sizeof(*book->entries));
	rc = tariff_load_calendar(
	    db, arena, clock_day_add(from, -2), clock_day_add(to, 2), &book->calendar);
	if (rc == RC_OK)
		rc = load_entries(db, book, version_ids);
	for (size_t i = 0; rc == RC_OK && i < book->count; i++) {
		struct tariff_version *version = arena_alloc(arena, sizeof(*version));
		rc = tariff_load_version(db, version_ids[i], version);
		book->entries[i].version = version;
	}
	return rc;
}

/* ---- what a meter pays ---- */

struct assigned {
	int64_t meter_id, tariff_id, price_uyuan; /* tariff_id 0: a price of its own */
	struct day from;
};

static void
put_span(struct tariff_meter *meter, struct day from, const struct tariff_version *version)
{
	meter->spans[meter->count++] = (struct tariff_span){ clock_day_start(from), version };
}

/* Spans of one stretch: the version in force when it begins, and those that follow within it. */
static void
put_tariff(const struct tariff_book *book, struct tariff_meter *meter, int64_t tariff_id,
    struct day from, struct day until)
{
	const struct tariff_version *first = NULL;
	size_t i = 0;

	while (i < book->count && book->entries[i].tariff_id != tariff_id)
		i++;
	for (; i < book->count && book->entries[i].tariff_id == tariff_id &&
	       book->entries[i].valid_from.number <= from.number;
	     i++)
		first = book->entries[i].version;
	put_span(meter, from, first);
	for (; i < book->count && book->entries[i].tariff_id == tariff_id &&
	       book->entries[i].valid_from.number < until.number;
	     i++)
		put_span(meter, book->entries[i].valid_from, book->entries[i].version);
}

static void
put_fixed(const struct tariff_book *book, struct tariff_meter *meter,
    const struct assigned *assigned, struct day from)
{
	struct tariff_version *version = arena_alloc(book->arena, sizeof(*version));

	tariff_fixed(version, "", assigned->price_uyuan);
	put_span(meter, from, version);
}

static void
build_meter(const struct tariff_book *book, const struct assigned *list, size_t count,
    struct tariff_meter *meter)
{
	meter->count = 0;
	meter->spans =
	    arena_alloc(book->arena, (2 * count + book->count + 1) * sizeof(*meter->spans));
	for (size_t i = 0; i < count; i++) {
		struct day from = list[i].from, until = i + 1 < count ? list[i + 1].from : book->to;
		if (until.number <= book->from.number)
			continue;
		if (from.number < book->from.number)
			from = book->from;
		if (list[i].tariff_id != 0)
			put_tariff(book, meter, list[i].tariff_id, from, until);
		else
			put_fixed(book, meter, &list[i], from);
	}
}

static struct assigned
load_assigned(const struct rows *rows)
{
	return (struct assigned){ .meter_id = rows_int(rows, 0),
		.from = rows_day(rows, 1),
		.tariff_id = rows_int(rows, 2),
		.price_uyuan = rows_int(rows, 3) };
}

enum rc
tariff_meter(
    struct db *db, const struct tariff_book *book, int64_t meter_id, struct tariff_meter *meter)
{
	struct assigned *list = arena_alloc(book->arena, ASSIGNED_MAX * sizeof(*list));
	size_t count = 0;
	struct rows *rows;
	enum rc rc = db_query(db, &Q[ASSIGNED], ARGS(I(meter_id), D(book->to)), &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK && count < ASSIGNED_MAX)
		list[count++] = load_assigned(rows);
	rows_end(rows);
	meter->meter_id = meter_id;
	build_meter(book, list, count, meter);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static struct tariff_meter *
next_meter(
    const struct tariff_book *book, struct tariff_meter **meters, size_t *count, size_t *room)
{
	if (*count == *room) {
		size_t larger = *room == 0 ? 256 : *room * 2;
		struct tariff_meter *copy = arena_alloc(book->arena, larger * sizeof(*copy));
		if (*count > 0)
			memcpy(copy, *meters, *count * sizeof(*copy));
		*meters = copy;
		*room = larger;
	}
	return &(*meters)[(*count)++];
}

enum rc
tariff_meters(
    struct db *db, const struct tariff_book *book, struct tariff_meter **meters, size_t *count)
{
	struct assigned *list = arena_alloc(book->arena, ASSIGNED_MAX * sizeof(*list));
	size_t pending = 0, room = 0;
	struct rows *rows;
	enum rc rc = db_query(db, &Q[ALL_ASSIGNED], ARGS(D(book->to)), &rows);

	*meters = NULL;
	*count = 0;
	if (rc != RC_OK)
		return rc;
	do {
		rc = rows_next(rows);
		struct assigned next = rc == RC_OK ? load_assigned(rows) : (struct assigned){ 0 };
		if (pending > 0 && list[0].meter_id != next.meter_id) {
			struct tariff_meter *meter = next_meter(book, meters, count, &room);
			meter->meter_id = list[0].meter_id;
			build_meter(book, list, pending, meter);
			pending = 0;
		}
		if (rc == RC_OK && pending < ASSIGNED_MAX)
			list[pending++] = next;
	} while (rc == RC_OK);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

const struct tariff_version *
tariff_version_at(const struct tariff_meter *meter, int64_t at)
{
	const struct tariff_version *version = NULL;

	for (size_t i = 0; i < meter->count && meter->spans[i].from_at <= at; i++)
		version = meter->spans[i].version;
	return version;
}

/* ---- steps ---- */

static enum rc
load_steps(struct db *db, int64_t meter_id, const struct tariff_version *version, struct day day,
    struct day until, struct tariff_steps *steps)
{
	struct day month = clock_month_start(day), year = tariff_year_start(version, day);
	struct day from = month.number < year.number ? month : year;
	struct rows *rows;
	enum rc rc =
	    db_query(db, &Q[USED], ARGS(D(month), D(year), I(meter_id), D(from), D(until)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		*steps = (struct tariff_steps){ month.number, year.number, rows_int(rows, 0),
			rows_int(rows, 1) };
	rows_end(rows);
	return rc;
}

enum rc
tariff_load_steps(struct db *db, int64_t meter_id, const struct tariff_version *version,
    struct day day, struct tariff_steps *steps)
{
	return load_steps(db, meter_id, version, day, day, steps);
}

enum rc
tariff_load_steps_now(struct db *db, int64_t meter_id, const struct tariff_version *version,
    int64_t now, struct tariff_steps *steps)
{
	struct day today = clock_day(now);

	return load_steps(db, meter_id, version, today, clock_day_add(today, 1), steps);
}
