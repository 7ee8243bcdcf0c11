#include "model/config_plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define YEAR_DAYS 366
#define AHEAD_DAYS                                                                               \
	180 /* a change further away is not yet told to a meter that has held one table for long \
	     */
#define ZONE_DAYS     365 /* zones return every year: what they say must fit into one */
#define PAD_MONTH     12
#define TELLING_MONTH (CONFIG_TABLES + 1) /* from this month on a month is no table */

#define PARTS_OF_ACREL ((1u << CONFIG_PARTS) - 1)

static const struct config_model MODELS[] = {
	{ "adf300", PARTS_OF_ACREL, 4, 100, false },
	{ "ddsy1352", PARTS_OF_ACREL, 4, 100, true },
	{ "dtsy1352", PARTS_OF_ACREL, 4, 100, true },
};

const struct config_model *
config_model_find(const char *code)
{
	for (size_t i = 0; i < COUNT(MODELS); i++)
		if (strcmp(MODELS[i].code, code) == 0)
			return &MODELS[i];
	return NULL;
}

/* What the functions below work on. */
struct work {
	const struct tariff_span *spans;
	size_t count;
	const struct tariff_calendar *calendar;
	const struct config_model *model;
};

static const struct tariff_version *
version_at(const struct work *work, int64_t at)
{
	const struct tariff_version *version = NULL;

	for (size_t i = 0; i < work->count && work->spans[i].from_at <= at; i++)
		version = work->spans[i].version;
	return version;
}

/* ---- day tables ---- */

static void
make_table(
    const struct config_model *model, const struct tariff_table *from, struct config_table *table)
{
	table->count = 0;
	for (size_t i = 0; i < from->count; i++) {
		uint8_t period = from->slots[i].period;
		if (period == TARIFF_DEEP && model->prices < CONFIG_PERIODS)
			period = TARIFF_VALLEY;
		if (table->count > 0 && table->slots[table->count - 1].period == period)
			continue;
		table->slots[table->count++] =
		    (struct config_slot){ .start_min = (uint16_t)from->slots[i].start_min,
			    .period = period };
	}
}

/* False on a day without a price. */
static bool
table_of(const struct work *work, struct day day, struct config_table *table)
{
	const struct tariff_version *version = version_at(work, clock_day_start(day));

	memset(table, 0, sizeof(*table));
	if (version == NULL)
		return false;
	const struct tariff_season *season = tariff_season(version, day);
	enum tariff_day_kind kind = tariff_day_kind(work->calendar, day);
	make_table(work->model, &version->tables[season->table[kind]], table);
	return true;
}

static int
compare_tables(const struct config_table *a, const struct config_table *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		const struct config_slot *left = &a->slots[i], *right = &b->slots[i];
		if (left->start_min != right->start_min)
			return left->start_min - right->start_min;
		if (left->period != right->period)
			return left->period - right->period;
	}
	return a->count - b->count;
}

static bool
is_table_of(const struct work *work, struct day day, const struct config_table *table)
{
	struct config_table other;

	return table_of(work, day, &other) && compare_tables(&other, table) == 0;
}

/* ---- zones ---- */

/* The first day of the stretch that holds `day`; false when it is longer than a year. */
static bool
find_start(const struct work *work, struct day day, struct day *start)
{
	struct config_table table;

	(void)table_of(work, day, &table);
	for (int i = 1; i <= YEAR_DAYS; i++) {
		if (is_table_of(work, clock_day_add(day, -i), &table))
			continue;
		*start = clock_day_add(day, 1 - i);
		return true;
	}
	return false;
}

/* The first day after `day`, and before `end`, that has another table; false: none. */
static bool
find_change(const struct work *work, struct day day, struct day end, struct day *change)
{
	struct config_table table, other;

	(void)table_of(work, day, &table);
	for (day = clock_day_add(day, 1); day.number < end.number; day = clock_day_add(day, 1)) {
		if (!table_of(work, day, &other))
			return false;
		if (compare_tables(&other, &table) == 0)
			continue;
		*change = day;
		return true;
	}
	return false;
}

/* From which day on the zones shall say something; false: one table is enough. */
static bool
find_window(const struct work *work, struct day today, struct day *from)
{
	struct day start, change;
	bool has_start = find_start(work, today, &start);

	if (!find_change(work, today, clock_day_add(today, YEAR_DAYS), &change))
		return false;
	*from = start;
	if (has_start && change.number - start.number < ZONE_DAYS)
		return true;
	*from = clock_day_add(change, -AHEAD_DAYS);
	return change.number - today.number <= AHEAD_DAYS;
}

static struct config_zone
zone_on(struct day day, uint8_t table)
{
	struct civil civil = clock_utc(day.number * 24 * CLOCK_HOUR);

	return (struct config_zone){
		.month = (uint8_t)civil.month, .day = (uint8_t)civil.day, .table = table
	};
}

static int
compare_zones(const void *a, const void *b)
{
	const struct config_zone *left = a, *right = b;

	return (left->month * 100 + left->day) - (right->month * 100 + right->day);
}

/* The index of the table in the meter, 1 or 2; 0: it would be a third one. */
static uint8_t
enter_table(struct config_tou *tou, size_t *count, const struct config_table *table)
{
	for (size_t i = 0; i < *count; i++)
		if (compare_tables(&tou->tables[i], table) == 0)
			return (uint8_t)(i + 1);
	if (*count == CONFIG_TABLES)
		return 0;
	tou->tables[(*count)++] = *table;
	return (uint8_t)*count;
}

/* Which of the two comes first must not depend on the day. */
static void
order_tables(struct config_tou *tou, size_t count)
{
	if (count == 1)
		tou->tables[1] = tou->tables[0];
	if (compare_tables(&tou->tables[0], &tou->tables[1]) <= 0)
		return;
	struct config_table first = tou->tables[0];
	tou->tables[0] = tou->tables[1];
	tou->tables[1] = first;
	for (size_t i = 0; i < tou->zone_count; i++)
		tou->zones[i].table = (uint8_t)(CONFIG_TABLES + 1 - tou->zones[i].table);
}

/* Zones that all begin in January and February could be read in either order of their bytes: one in
 * December that changes nothing tells. Of four, the last in time makes room. */
static void
make_telling(struct config_tou *tou)
{
	for (size_t i = 0; i < tou->zone_count; i++)
		if (tou->zones[i].month >= TELLING_MONTH)
			return;
	if (tou->zone_count == 1) {
		tou->zones[0] = (struct config_zone){ 1, 1, tou->zones[0].table };
		tou->zones[tou->zone_count++] =
		    (struct config_zone){ PAD_MONTH, 1, tou->zones[0].table };
		return;
	}
	if (tou->zone_count == CONFIG_ZONES)
		tou->zone_count--;
	struct config_zone last = tou->zones[0];
	for (size_t i = 1; i < tou->zone_count; i++)
		if (compare_zones(&tou->zones[i], &last) > 0)
			last = tou->zones[i];
	tou->zones[tou->zone_count++] = (struct config_zone){ PAD_MONTH, 1, last.table };
}

static void
plan_tou(const struct work *work, struct day today, struct config_tou *tou)
{
	struct config_table table;
	struct day day = today, end;
	size_t tables = 0;

	memset(tou, 0, sizeof(*tou));
	if (!find_window(work, today, &day)) {
		(void)table_of(work, today, &table);
		tou->zones[tou->zone_count++] =
		    (struct config_zone){ 1, 1, enter_table(tou, &tables, &table) };
	} else {
		end = clock_day_add(day, ZONE_DAYS);
		do {
			(void)table_of(work, day, &table);
			uint8_t number = enter_table(tou, &tables, &table);
			if (number == 0)
				break;
			tou->zones[tou->zone_count++] = zone_on(day, number);
		} while (tou->zone_count < CONFIG_ZONES && find_change(work, day, end, &day));
	}
	make_telling(tou);
	order_tables(tou, tables);
	qsort(tou->zones, tou->zone_count, sizeof(tou->zones[0]), compare_zones);
}

/* ---- prices ---- */

static size_t
tier_of(const struct tariff_version *version, const struct tariff_steps *steps)
{
	int64_t used_wh = version->cycle == TARIFF_MONTH ? steps->month_wh : steps->year_wh;
	size_t tier = 0;

	if (version->cycle == TARIFF_NO_CYCLE)
		return 0;
	while (tier < version->tier_count && version->tiers[tier].from_wh <= used_wh)
		tier++;
	return tier;
}

static void
plan_prices(const struct config_model *model, const int64_t totals[TARIFF_PERIODS],
    enum tariff_period period, struct config_prices *prices)
{
	int64_t unit = model->price_unit_uyuan;

	for (size_t i = 0; i < CONFIG_PERIODS; i++)
		prices->price_uyuan[i] = (totals[i] + unit / 2) / unit * unit;
	if (model->prices == CONFIG_PERIODS)
		return;
	/* In the deep valley the meter counts valley, at the price that holds now. */
	if (period == TARIFF_DEEP)
		prices->price_uyuan[TARIFF_VALLEY] = prices->price_uyuan[TARIFF_DEEP];
	prices->price_uyuan[TARIFF_DEEP] = CONFIG_NONE;
}

/* ---- both ---- */

static int64_t
next_change(const struct work *work, int64_t now, int64_t period_until)
{
	struct day tomorrow = clock_day_add(clock_day(now), 1);
	int64_t next_at = clock_day_start(tomorrow);

	if (period_until > now && period_until < next_at)
		next_at = period_until;
	for (size_t i = 0; i < work->count; i++)
		if (work->spans[i].from_at > now && work->spans[i].from_at < next_at)
			next_at = work->spans[i].from_at;
	return next_at;
}

enum rc
config_plan(const struct tariff_span *spans, size_t count, const struct tariff_calendar *calendar,
    const struct tariff_steps *steps, const struct config_model *model, int64_t now,
    struct config_plan *plan)
{
	struct work work = { spans, count, calendar, model };
	const struct tariff_version *version = version_at(&work, now);
	struct tariff_plan periods;
	int64_t until;

	if (version == NULL)
		return RC_NOT_FOUND;
	memset(plan, 0, sizeof(*plan));
	tariff_plan(&periods, spans, count, calendar);
	enum tariff_period period = tariff_period_at(&periods, now, &until);
	plan->prices.part = CONFIG_PRICES;
	plan->tou.part = CONFIG_TOU;
	plan->tier = tier_of(version, steps);
	plan_prices(model, version->total_uyuan[plan->tier], period, &plan->prices.u.prices);
	plan_tou(&work, clock_day(now), &plan->tou.u.tou);
	plan->next_at = next_change(&work, now, until);
	return RC_OK;
}
