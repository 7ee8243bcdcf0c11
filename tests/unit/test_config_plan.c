/* What the planner says a meter shall hold, against what the tariff says of each day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "../../lib/model/config_plan.c"

#define DAY_MS (24 * CLOCK_HOUR)

static struct tariff_version version, later;
static struct tariff_date dates[64];
static struct tariff_calendar calendar = { dates, 0 };
static const struct tariff_steps NO_STEPS;

static void
set_table(struct tariff_version *v, size_t i, size_t count, const struct tariff_slot *slots)
{
	v->tables[i].count = count;
	memcpy(v->tables[i].slots, slots, count * sizeof(*slots));
	if (v->table_count <= i)
		v->table_count = i + 1;
}

/* Flat by day and valley by night; weekends and holidays may have other tables. */
static void
make_version(struct tariff_version *v, int64_t base_uyuan)
{
	static const struct tariff_slot WORK[] = { { 0, TARIFF_VALLEY }, { 480, TARIFF_PEAK },
		{ 1320, TARIFF_VALLEY } };

	*v = (struct tariff_version){ .season_count = 1,
		.component_count = 1,
		.year_month = 1,
		.year_day = 1,
		.seasons[0] = { .from_month = 1, .from_day = 1 } };
	for (size_t i = 0; i < TARIFF_PERIODS; i++)
		v->components[0].price_uyuan[i] = base_uyuan + (int64_t)i * 100000;
	set_table(v, 0, COUNT(WORK), WORK);
	tariff_ready(v);
}

static struct config_plan
plan_at(const char *code, const struct tariff_steps *steps, int64_t now)
{
	const struct tariff_span spans[] = { { 0, &version }, { INT64_MAX, NULL } };
	struct config_plan plan;

	assert_int_equal(
	    config_plan(spans, 1, &calendar, steps, config_model_find(code), now, &plan), RC_OK);
	return plan;
}

static struct day
day_of(const char *text)
{
	struct day day;

	assert_int_equal(clock_parse_day(text, &day), RC_OK);
	return day;
}

static int64_t
noon(const char *text)
{
	return clock_day_start(day_of(text)) + 12 * CLOCK_HOUR;
}

static void
assert_tou(const char *day, const char *expected)
{
	struct config_plan plan = plan_at("adf300", &NO_STEPS, noon(day));
	char text[CONFIG_TEXT_MAX];
	struct config again;

	config_format(&plan.tou, text);
	assert_string_equal(text, expected);
	assert_int_equal(config_parse(CONFIG_TOU, text, &again), RC_OK);
}

/* The table that a meter with these zones uses on a day, as the documents say. */
static const struct config_table *
table_in_meter(const struct config_tou *tou, struct day day)
{
	struct civil civil = clock_utc(day.number * DAY_MS);
	int today = civil.month * 100 + civil.day;
	const struct config_zone *zone = &tou->zones[tou->zone_count - 1];

	for (size_t i = 0; i < tou->zone_count; i++)
		if (tou->zones[i].month * 100 + tou->zones[i].day <= today)
			zone = &tou->zones[i];
	return &tou->tables[zone->table - 1];
}

static void
one_table_holds_all_the_year(void **state)
{
	(void)state;
	make_version(&version, 500000);
	calendar.count = 0;
	assert_tou("2026-11-23", "1=0000v,0800p,2200v 2=0000v,0800p,2200v zones=0101:1,1201:1");
	assert_tou("2028-02-29", "1=0000v,0800p,2200v 2=0000v,0800p,2200v zones=0101:1,1201:1");
}

static void
two_seasons_need_no_second_order(void **state)
{
	static const struct tariff_slot SUMMER[] = { { 0, TARIFF_FLAT }, { 600, TARIFF_SHARP } };

	(void)state;
	make_version(&version, 500000);
	version.season_count = 2;
	version.seasons[0] =
	    (struct tariff_season){ .from_month = 7, .from_day = 1, .table = { 1, 1, 1 } };
	version.seasons[1] = (struct tariff_season){ .from_month = 9, .from_day = 15 };
	set_table(&version, 1, COUNT(SUMMER), SUMMER);
	for (int i = 0; i < 800; i += 7) {
		char day[16];
		clock_format_day(clock_day_add(day_of("2026-01-01"), i), day, sizeof(day));
		assert_tou(day, "1=0000f,1000s 2=0000v,0800p,2200v zones=0701:1,0915:2");
	}
}

static void
weekends_are_told_with_their_dates(void **state)
{
	static const struct tariff_slot FREE[] = { { 0, TARIFF_FLAT } };

	(void)state;
	make_version(&version, 500000);
	set_table(&version, 1, COUNT(FREE), FREE);
	version.seasons[0].table[TARIFF_WEEKEND] = version.seasons[0].table[TARIFF_HOLIDAY] = 1;
	/* Monday 23rd: Sat 28th, Mon 30th, Sat 5th. */
	assert_tou("2026-11-23", "1=0000f 2=0000v,0800p,2200v zones=1123:2,1128:1,1130:2,1205:1");
	assert_tou("2026-11-27", "1=0000f 2=0000v,0800p,2200v zones=1123:2,1128:1,1130:2,1205:1");
	assert_tou("2026-11-28", "1=0000f 2=0000v,0800p,2200v zones=1128:1,1130:2,1205:1,1207:2");
	/* In January one in December makes the order of the bytes plain. */
	assert_tou("2026-01-06", "1=0000f 2=0000v,0800p,2200v zones=0105:2,0110:1,0112:2,1201:2");
}

/* Whatever the tariff: today is right, and so is every day until the plan changes, and one more. */
static void
every_day_has_its_table(void **state)
{
	(void)state;
	srandom(7);
	for (int round = 0; round < 60; round++) {
		make_version(&version, 500000);
		version.season_count = 1 + (size_t)random() % 4;
		size_t tables = 1 + (size_t)random() % 5;
		for (size_t i = 0; i < tables; i++) {
			const struct tariff_slot slots[] = { { 0, (uint8_t)(random() % 5) },
				{ (int16_t)(60 * (1 + random() % 20)), (uint8_t)(random() % 5) } };
			set_table(&version, i, 2, slots);
		}
		for (size_t i = 0; i < version.season_count; i++) {
			version.seasons[i].from_month = (uint8_t)(1 + 3 * i + (size_t)random() % 3);
			version.seasons[i].from_day = (uint8_t)(1 + random() % 28);
			for (size_t k = 0; k < TARIFF_DAY_KINDS; k++)
				version.seasons[i].table[k] = (uint8_t)((size_t)random() % tables);
		}
		struct day day = clock_day_add(day_of("2026-01-01"), (int)(random() % 1500));
		calendar.count = 0;
		for (int i = -20; i < 20; i++)
			if (random() % 4 == 0)
				dates[calendar.count++] =
				    (struct tariff_date){ clock_day_add(day, i).number,
					    random() % 2 == 0 };
		for (int i = 0; i < 30; i++, day = clock_day_add(day, 1)) {
			const struct tariff_span spans[] = { { 0, &version } };
			struct work work = { spans, 1, &calendar, config_model_find("adf300") };
			struct config_plan plan =
			    plan_at("adf300", &NO_STEPS, clock_day_start(day) + CLOCK_HOUR);
			struct config_table table;
			for (int ahead = 0; ahead <= 1; ahead++) {
				struct day then = clock_day_add(day, ahead);
				assert_true(table_of(&work, then, &table));
				assert_int_equal(
				    compare_tables(&table, table_in_meter(&plan.tou.u.tou, then)),
				    0);
			}
			char text[CONFIG_TEXT_MAX];
			struct config again;
			config_format(&plan.tou, text);
			assert_int_equal(config_parse(CONFIG_TOU, text, &again), RC_OK);
			bool tells = false;
			for (size_t k = 0; k < plan.tou.u.tou.zone_count; k++)
				tells |= plan.tou.u.tou.zones[k].month > CONFIG_TABLES;
			assert_true(tells);
		}
	}
	calendar.count = 0;
}

static void
the_deep_valley_is_the_valley_at_another_price(void **state)
{
	static const struct tariff_slot DEEP[] = { { 0, TARIFF_VALLEY }, { 120, TARIFF_DEEP },
		{ 300, TARIFF_VALLEY }, { 480, TARIFF_FLAT } };
	int64_t midnight = clock_day_start(day_of("2026-11-23"));
	struct config_plan plan;

	(void)state;
	make_version(&version, 500000);
	set_table(&version, 0, COUNT(DEEP), DEEP);
	plan = plan_at("adf300", &NO_STEPS, midnight + CLOCK_HOUR);
	assert_int_equal(plan.prices.u.prices.price_uyuan[TARIFF_VALLEY], 800000);
	assert_int_equal(plan.prices.u.prices.price_uyuan[TARIFF_DEEP], CONFIG_NONE);
	assert_int_equal(plan.next_at, midnight + 2 * CLOCK_HOUR);
	plan = plan_at("adf300", &NO_STEPS, plan.next_at);
	assert_int_equal(plan.prices.u.prices.price_uyuan[TARIFF_VALLEY], 900000);
	assert_int_equal(plan.next_at, midnight + 5 * CLOCK_HOUR);
	plan = plan_at("adf300", &NO_STEPS, plan.next_at);
	assert_int_equal(plan.prices.u.prices.price_uyuan[TARIFF_VALLEY], 800000);
	assert_tou("2026-11-23", "1=0000v,0800f 2=0000v,0800f zones=0101:1,1201:1");
}

static void
a_step_changes_the_price_when_it_is_reached(void **state)
{
	struct tariff_steps steps = { .month_wh = 99999, .year_wh = 5000000 };

	(void)state;
	make_version(&version, 500000);
	version.cycle = TARIFF_MONTH;
	version.tier_count = 2;
	version.tiers[0].from_wh = 100000;
	version.tiers[1].from_wh = 300000;
	for (size_t i = 0; i < TARIFF_PERIODS; i++) {
		version.tiers[0].price_uyuan[i] = 50000;
		version.tiers[1].price_uyuan[i] = 123456;
	}
	tariff_ready(&version);
	assert_int_equal(
	    plan_at("adf300", &steps, noon("2026-11-23")).prices.u.prices.price_uyuan[TARIFF_FLAT],
	    700000);
	steps.month_wh = 100000;
	assert_int_equal(
	    plan_at("adf300", &steps, noon("2026-11-23")).prices.u.prices.price_uyuan[TARIFF_FLAT],
	    750000);
	steps.month_wh = 300000;
	/* What the meter cannot hold is rounded. */
	assert_int_equal(
	    plan_at("adf300", &steps, noon("2026-11-23")).prices.u.prices.price_uyuan[TARIFF_FLAT],
	    823500);
}

static void
a_new_version_begins_at_its_moment(void **state)
{
	int64_t begins_at = clock_day_start(day_of("2026-12-01"));
	struct tariff_span spans[] = { { 0, &version }, { begins_at, &later } };
	struct config_plan plan;

	(void)state;
	make_version(&version, 500000);
	make_version(&later, 600000);
	assert_int_equal(config_plan(spans, 2, &calendar, &NO_STEPS, config_model_find("adf300"),
			     begins_at - 1, &plan),
	    RC_OK);
	assert_int_equal(plan.prices.u.prices.price_uyuan[TARIFF_SHARP], 500000);
	assert_int_equal(plan.next_at, begins_at);
	assert_int_equal(config_plan(spans, 2, &calendar, &NO_STEPS, config_model_find("adf300"),
			     begins_at, &plan),
	    RC_OK);
	assert_int_equal(plan.prices.u.prices.price_uyuan[TARIFF_SHARP], 600000);
	spans[1].version = NULL;
	assert_int_equal(config_plan(spans, 2, &calendar, &NO_STEPS, config_model_find("adf300"),
			     begins_at, &plan),
	    RC_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_table_holds_all_the_year),
		cmocka_unit_test(two_seasons_need_no_second_order),
		cmocka_unit_test(weekends_are_told_with_their_dates),
		cmocka_unit_test(every_day_has_its_table),
		cmocka_unit_test(the_deep_valley_is_the_valley_at_another_price),
		cmocka_unit_test(a_step_changes_the_price_when_it_is_reached),
		cmocka_unit_test(a_new_version_begins_at_its_moment),
	};

	if (clock_set_zone("Asia/Shanghai") != RC_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
