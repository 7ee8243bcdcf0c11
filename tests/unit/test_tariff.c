#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../lib/model/tariff.c"

static struct tariff_calendar no_dates;

static int64_t
at(const char *day, int minutes)
{
	struct day date;

	assert_int_equal(clock_parse_day(day, &date), RC_OK);
	return clock_day_start(date) + minutes * CLOCK_MINUTE;
}

/* Valley to 8:00, peak to 22:00, valley; on holidays flat. Electricity and service. */
static struct tariff_version
day_and_night(void)
{
	struct tariff_version version = {
		.season_count = 1,
		.table_count = 2,
		.component_count = 2,
		.year_month = 1,
		.year_day = 1,
		.seasons[0] = { .from_month = 1, .from_day = 1, .table = { 0, 0, 1 } },
		.tables[0] = { 3,
		    { { 0, TARIFF_VALLEY }, { 480, TARIFF_PEAK }, { 1320, TARIFF_VALLEY } } },
		.tables[1] = { 1, { { 0, TARIFF_FLAT } } },
		.components[0] = { "grid", { 1200000, 1000000, 700000, 300000, 100000 } },
		.components[1] = { "service", { 50000, 50000, 50000, 50000, 50000 } },
	};

	tariff_ready(&version);
	return version;
}

static struct tariff_charge charge;
static struct tariff_steps steps;

static enum rc
price(const struct tariff_span *spans, size_t count, int64_t from_at, int64_t to_at,
    int64_t energy_wh)
{
	struct tariff_plan plan;

	charge.count = 0;
	tariff_plan(&plan, spans, count, &no_dates);
	return tariff_price(&plan,
	    &(struct tariff_interval){ .from_at = from_at, .to_at = to_at, .energy_wh = energy_wh },
	    &steps, &charge);
}

static void
part_is(size_t index, size_t period, size_t tier, int64_t energy_wh, int64_t amount_nano)
{
	assert_true(index < charge.count);
	assert_int_equal(charge.parts[index].period, period);
	assert_int_equal(charge.parts[index].tier, tier);
	assert_int_equal(charge.parts[index].energy_wh, energy_wh);
	assert_int_equal(charge.parts[index].amount_nano, amount_nano);
}

static void
one_period_is_energy_times_price(void **state)
{
	struct tariff_version version = day_and_night();
	struct tariff_span spans[] = { { INT64_MIN, &version } };

	(void)state;
	/* 1.234 kWh × (1.00 + 0.05) = 1.2957 yuan */
	assert_int_equal(
	    price(spans, 1, at("2026-03-02", 600), at("2026-03-02", 630), 1234), RC_OK);
	assert_int_equal(charge.count, 1);
	part_is(0, TARIFF_PEAK, 0, 1234, 1295700000);
	assert_int_equal(tariff_line_count(&charge.parts[0]), 2);
	assert_int_equal(tariff_line(&charge.parts[0], 0).amount_nano, 1234000000);
	assert_int_equal(tariff_line(&charge.parts[0], 1).amount_nano, 61700000);
	assert_string_equal(tariff_line(&charge.parts[0], 1).component->name, "service");
}

static void
a_slot_boundary_within_the_half_hour_splits_by_time(void **state)
{
	struct tariff_version version = day_and_night();
	struct tariff_span spans[] = { { INT64_MIN, &version } };

	(void)state;
	version.tables[0].slots[1].start_min = 490;
	/* 10 of 30 minutes: 33.33 of 100 Wh are 33; the tie of 1 Wh goes to the earlier half. */
	assert_int_equal(price(spans, 1, at("2026-03-02", 480), at("2026-03-02", 510), 100), RC_OK);
	part_is(0, TARIFF_VALLEY, 0, 33, 33 * 350000);
	part_is(1, TARIFF_PEAK, 0, 67, 67 * 1050000);
	assert_int_equal(price(spans, 1, at("2026-03-02", 480), at("2026-03-02", 500), 1), RC_OK);
	assert_int_equal(charge.count, 1);
	part_is(0, TARIFF_VALLEY, 0, 1, 350000);
}

static void
steps_are_cut_at_the_watt_hour(void **state)
{
	struct tariff_version version = day_and_night();
	struct tariff_span spans[] = { { INT64_MIN, &version } };

	(void)state;
	version.cycle = TARIFF_MONTH;
	version.tier_count = 2;
	version.tiers[0] = (struct tariff_tier){ 1000, { 50000, 50000, 50000, 50000, 50000 } };
	version.tiers[1] = (struct tariff_tier){ 1500, { 300000, 300000, 300000, 300000, 300000 } };
	tariff_ready(&version);
	steps = (struct tariff_steps){ 0 };
	assert_int_equal(price(spans, 1, at("2026-03-02", 600), at("2026-03-02", 630), 999), RC_OK);
	part_is(0, TARIFF_PEAK, 0, 999, 999 * 1050000LL);
	assert_int_equal(price(spans, 1, at("2026-03-02", 630), at("2026-03-02", 660), 601), RC_OK);
	part_is(0, TARIFF_PEAK, 0, 1, 1050000);
	part_is(1, TARIFF_PEAK, 1, 500, 500 * 1100000LL);
	part_is(2, TARIFF_PEAK, 2, 100, 100 * 1350000LL);
	assert_int_equal(tariff_line_count(&charge.parts[1]), 3);
	assert_null(tariff_line(&charge.parts[1], 2).component);
	assert_int_equal(tariff_line(&charge.parts[1], 2).amount_nano, 500 * 50000);
	/* The next month begins anew. */
	assert_int_equal(price(spans, 1, at("2026-04-01", 600), at("2026-04-01", 630), 5), RC_OK);
	part_is(0, TARIFF_PEAK, 0, 5, 5 * 1050000);
	assert_int_equal(steps.month_wh, 5);
	assert_int_equal(steps.year_wh, 1605);
}

static void
a_step_with_its_own_price_replaces_the_first_component_only(void **state)
{
	struct tariff_version version = day_and_night();
	struct tariff_span spans[] = { { INT64_MIN, &version } };

	(void)state;
	version.cycle = TARIFF_YEAR;
	version.tier_kind = TARIFF_OWN_PRICE;
	version.tier_count = 1;
	version.tiers[0] = (struct tariff_tier){ 10, { 0, 2000000, 0, 0, 0 } };
	tariff_ready(&version);
	steps = (struct tariff_steps){ 0 };
	assert_int_equal(price(spans, 1, at("2026-03-02", 600), at("2026-03-02", 630), 20), RC_OK);
	part_is(1, TARIFF_PEAK, 1, 10, 10 * 2050000);
	assert_int_equal(tariff_line_count(&charge.parts[1]), 2);
	assert_int_equal(tariff_line(&charge.parts[1], 0).price_uyuan, 2000000);
	assert_int_equal(tariff_line(&charge.parts[1], 1).price_uyuan, 50000);
}

static void
a_new_version_holds_from_its_first_moment(void **state)
{
	struct tariff_version old = day_and_night(), new = day_and_night();
	struct tariff_span spans[] = { { at("2026-01-01", 0), &old }, { at("2026-03-02", 0), &new },
		{ at("2026-04-01", 0), NULL } };

	(void)state;
	new.components[0].price_uyuan[TARIFF_VALLEY] = 400000;
	tariff_ready(&new);
	/* Midnight lies in the middle: half of it at the old price. */
	assert_int_equal(price(spans, 3, at("2026-03-01", 1425), at("2026-03-02", 15), 30), RC_OK);
	part_is(0, TARIFF_VALLEY, 0, 15, 15 * 350000);
	part_is(1, TARIFF_VALLEY, 0, 15, 15 * 450000);
	assert_ptr_equal(charge.parts[1].version, &new);
	assert_int_equal(
	    price(spans, 3, at("2025-12-31", 0), at("2025-12-31", 30), 1), RC_NOT_FOUND);
	assert_int_equal(
	    price(spans, 3, at("2026-03-31", 1430), at("2026-04-01", 10), 1), RC_NOT_FOUND);
}

static void
holidays_and_worked_weekends_come_from_the_calendar(void **state)
{
	struct day saturday, monday;
	const struct tariff_calendar none = { NULL, 0 };

	(void)state;
	assert_int_equal(clock_parse_day("2026-02-14", &saturday), RC_OK);
	assert_int_equal(clock_parse_day("2026-02-16", &monday), RC_OK);
	const struct tariff_date dates[] = { { saturday.number, true }, { monday.number, false } };
	const struct tariff_calendar calendar = { dates, 2 };
	assert_int_equal(tariff_day_kind(&none, saturday), TARIFF_WEEKEND);
	assert_int_equal(tariff_day_kind(&none, monday), TARIFF_WORKDAY);
	assert_int_equal(tariff_day_kind(&calendar, saturday), TARIFF_WORKDAY);
	assert_int_equal(tariff_day_kind(&calendar, clock_day_add(saturday, 1)), TARIFF_WEEKEND);
	assert_int_equal(tariff_day_kind(&calendar, monday), TARIFF_HOLIDAY);
}

static void
a_season_goes_on_over_the_new_year(void **state)
{
	struct tariff_version version = day_and_night();
	static const struct {
		const char *day;
		size_t season;
	} cases[] = { { "2026-01-01", 1 }, { "2026-06-30", 1 }, { "2026-07-01", 0 },
		{ "2026-09-30", 0 }, { "2026-10-01", 1 }, { "2026-12-31", 1 } };

	(void)state;
	version.season_count = 2;
	version.seasons[0] = (struct tariff_season){ .from_month = 7, .from_day = 1 };
	version.seasons[1] = (struct tariff_season){ .from_month = 10, .from_day = 1 };
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct day day;
		assert_int_equal(clock_parse_day(cases[i].day, &day), RC_OK);
		assert_ptr_equal(tariff_season(&version, day), &version.seasons[cases[i].season]);
	}
}

static void
the_wall_clock_decides_when_an_hour_comes_twice_or_not_at_all(void **state)
{
	struct tariff_version version = day_and_night();
	struct tariff_span spans[] = { { INT64_MIN, &version } };

	(void)state;
	assert_int_equal(clock_set_zone("Europe/Berlin"), RC_OK);
	version.tables[0] = (struct tariff_table){ 3,
		{ { 0, TARIFF_VALLEY }, { 150, TARIFF_PEAK }, { 180, TARIFF_FLAT } } };
	/* 2:30 to 3:00 comes twice: 60 of 1500 minutes. */
	assert_int_equal(price(spans, 1, at("2026-10-25", 0), at("2026-10-26", 0), 1500), RC_OK);
	part_is(0, TARIFF_VALLEY, 0, 180, 180 * 350000);
	part_is(1, TARIFF_PEAK, 0, 60, 60 * 1050000);
	part_is(2, TARIFF_FLAT, 0, 1260, 1260 * 750000);
	/* It does not come at all: the clock jumps from 2:00 to 3:00. */
	assert_int_equal(price(spans, 1, at("2026-03-29", 0), at("2026-03-30", 0), 1380), RC_OK);
	assert_int_equal(charge.count, 2);
	part_is(0, TARIFF_VALLEY, 0, 120, 120 * 350000);
	part_is(1, TARIFF_FLAT, 0, 1260, 1260 * 750000);
	/* St. John's put the clock back at 0:01, so 23:01 came again. */
	assert_int_equal(clock_set_zone("America/St_Johns"), RC_OK);
	version.tables[0] =
	    (struct tariff_table){ 2, { { 0, TARIFF_VALLEY }, { 1380, TARIFF_PEAK } } };
	int64_t change_at = at("2008-11-02", 0) + CLOCK_MINUTE;
	assert_int_equal(price(spans, 1, change_at - CLOCK_MINUTE, change_at, 7), RC_OK);
	part_is(0, TARIFF_VALLEY, 0, 7, 7 * 350000);
	assert_int_equal(price(spans, 1, change_at, change_at + 59 * CLOCK_MINUTE, 7), RC_OK);
	part_is(0, TARIFF_PEAK, 0, 7, 7 * 1050000);
	assert_int_equal(charge.count, 1);
	assert_int_equal(clock_set_zone("Asia/Shanghai"), RC_OK);
}

static void
the_periods_of_the_meter_go_before_the_time(void **state)
{
	struct tariff_version version = day_and_night();
	struct tariff_span spans[] = { { INT64_MIN, &version } };
	struct tariff_interval interval = { .from_at = at("2026-03-02", 420),
		.to_at = at("2026-03-02", 540),
		.energy_wh = 1000,
		.has_periods = true,
		.period_wh = { [TARIFF_PEAK] = 900, [TARIFF_VALLEY] = 100 } };
	struct tariff_plan plan;

	(void)state;
	tariff_plan(&plan, spans, 1, &no_dates);
	charge.count = 0;
	assert_int_equal(tariff_price(&plan, &interval, &steps, &charge), RC_OK);
	part_is(0, TARIFF_PEAK, 0, 900, 900 * 1050000LL);
	part_is(1, TARIFF_VALLEY, 0, 100, 100 * 350000);
	interval.period_wh[TARIFF_FLAT] = -1; /* no help */
	charge.count = 0;
	assert_int_equal(tariff_price(&plan, &interval, &steps, &charge), RC_OK);
	part_is(0, TARIFF_VALLEY, 0, 500, 500 * 350000);
	part_is(1, TARIFF_PEAK, 0, 500, 500 * 1050000LL);
}

static void
parts_in_fen_sum_to_the_whole(void **state)
{
	int64_t carry_nano = 0, sum_fen = 0, fen;

	(void)state;
	for (int i = 0; i < 1000; i++) { /* 1000 × 0.0033 yuan */
		assert_int_equal(tariff_settle(3300000, &carry_nano, &fen), RC_OK);
		sum_fen += fen;
	}
	assert_int_equal(sum_fen, 330);
	assert_int_equal(carry_nano, 0);
	assert_int_equal(tariff_settle(5000000, &carry_nano, &fen), RC_OK);
	assert_int_equal(fen, 1); /* half up */
	assert_int_equal(carry_nano, -5000000);
}

static void
what_does_not_fit_is_refused(void **state)
{
	struct tariff_version version;
	struct tariff_span spans[] = { { INT64_MIN, &version } };
	int64_t from_at = at("2026-03-02", 0), to_at = at("2026-03-02", 30);
	int64_t energy_wh, amount_nano;

	(void)state;
	tariff_fixed(&version, "x", TARIFF_PRICE_MAX);
	assert_int_equal(price(spans, 1, from_at, to_at, TARIFF_ENERGY_MAX_WH), RC_OK);
	part_is(0, TARIFF_FLAT, 0, TARIFF_ENERGY_MAX_WH, 9000000000000000000);
	assert_int_equal(tariff_charge_total(&charge, &energy_wh, &amount_nano), RC_OK);
	assert_int_equal(price(spans, 1, from_at, to_at, TARIFF_ENERGY_MAX_WH + 1), RC_INVALID);
	assert_int_equal(price(spans, 1, from_at, to_at, -1), RC_INVALID);
	assert_int_equal(price(spans, 1, from_at, from_at, 1), RC_INVALID);
	assert_int_equal(price(spans, 1, from_at, to_at, 0), RC_OK);
	assert_int_equal(charge.count, 0);
}

static void
the_present_period_and_its_end_are_known(void **state)
{
	struct tariff_version version = day_and_night();
	struct tariff_span spans[] = { { at("2026-03-02", 0), &version },
		{ at("2026-03-03", 0), NULL } };
	struct tariff_plan plan;
	int64_t until_at;

	(void)state;
	tariff_plan(&plan, spans, 2, &no_dates);
	assert_int_equal(tariff_period_at(&plan, at("2026-03-01", 600), &until_at), TARIFF_PERIODS);
	assert_int_equal(until_at, at("2026-03-02", 0));
	assert_int_equal(tariff_period_at(&plan, at("2026-03-02", 600), &until_at), TARIFF_PEAK);
	assert_int_equal(until_at, at("2026-03-02", 1320));
	assert_int_equal(tariff_period_at(&plan, at("2026-03-03", 600), &until_at), TARIFF_PERIODS);
	assert_int_equal(until_at, INT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_period_is_energy_times_price),
		cmocka_unit_test(a_slot_boundary_within_the_half_hour_splits_by_time),
		cmocka_unit_test(steps_are_cut_at_the_watt_hour),
		cmocka_unit_test(a_step_with_its_own_price_replaces_the_first_component_only),
		cmocka_unit_test(a_new_version_holds_from_its_first_moment),
		cmocka_unit_test(holidays_and_worked_weekends_come_from_the_calendar),
		cmocka_unit_test(a_season_goes_on_over_the_new_year),
		cmocka_unit_test(the_wall_clock_decides_when_an_hour_comes_twice_or_not_at_all),
		cmocka_unit_test(the_periods_of_the_meter_go_before_the_time),
		cmocka_unit_test(parts_in_fen_sum_to_the_whole),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(the_present_period_and_its_end_are_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
