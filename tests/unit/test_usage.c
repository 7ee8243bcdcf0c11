/* Use by half hours: gaps, doubts, roll-over, days of 23 and 25 hours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../../lib/model/usage.c"

#define HALF (30 * CLOCK_MINUTE)
#define FROM 1793462400000LL /* 2026-11-01 00:00 in Shanghai */
#define TO   (FROM + 24 * CLOCK_HOUR)

static struct usage usage;
static struct usage_point points[STEPS_MAX];
static size_t steps;

static struct usage_reading
reading(int slot, int64_t energy_wh, uint16_t quality)
{
	return (struct usage_reading){ FROM + slot * HALF, energy_wh, true, { 0, energy_wh, 0, 0 },
		100 + slot, quality };
}

static void
run(const struct usage_reading *readings, size_t count, int64_t now)
{
	usage_range(USAGE_DAY, clock_day(FROM), &usage);
	usage_steps(readings, count, FROM, TO, HALF, now, &usage, points, &steps);
}

static void
a_whole_day_adds_up(void **state)
{
	struct usage_reading readings[49];

	(void)state;
	for (int i = 0; i <= 48; i++)
		readings[i] = reading(i, 1000 + 10 * i * i, 0);
	run(readings, 49, TO + CLOCK_HOUR);
	assert_int_equal(steps, 48);
	assert_int_equal(usage.total_wh, 10 * 48 * 48);
	assert_int_equal(usage.gap_count, 0);
	for (int i = 0; i < 48; i++) {
		assert_int_equal(points[i].mark, USAGE_GOOD);
		assert_int_equal(points[i].used_wh, 10 * (2 * i + 1));
		assert_int_equal(points[i].period_wh[PERIOD_PEAK], points[i].used_wh);
		assert_int_equal(points[i].from_at, FROM + i * HALF);
	}
}

static void
a_gap_counts_as_a_whole_and_is_named(void **state)
{
	struct usage_reading readings[] = { reading(0, 0, 0), reading(1, 10, 0), reading(5, 90, 0),
		reading(6, 100, 0) };

	(void)state;
	run(readings, 4, FROM + 6 * HALF + CLOCK_MINUTE);
	assert_int_equal(usage.total_wh, 100);
	assert_int_equal(usage.gap_count, 1);
	assert_int_equal(usage.gaps[0].from_at, FROM + HALF);
	assert_int_equal(usage.gaps[0].to_at, FROM + 5 * HALF);
	assert_int_equal(usage.gaps[0].used_wh, 80);
	for (int i = 1; i < 5; i++) {
		assert_int_equal(points[i].mark, USAGE_GAP);
		assert_false(points[i].has_use);
	}
	assert_true(points[4].is_gap_end);
	assert_int_equal(points[5].used_wh, 10);
	assert_int_equal(points[6].mark, USAGE_FUTURE);
}

static void
a_gap_over_midnight_belongs_to_the_day_it_ends(void **state)
{
	struct usage_reading readings[] = { reading(-4, 0, 0), reading(2, 60, 0),
		reading(3, 70, 0) };

	(void)state;
	run(readings, 3, FROM + 3 * HALF + CLOCK_MINUTE);
	assert_int_equal(usage.total_wh, 70);
	assert_int_equal(usage.gaps[0].from_at, FROM - 4 * HALF);
	assert_int_equal(usage.gaps[0].used_wh, 60);
}

static void
a_gap_that_still_runs_has_no_amount(void **state)
{
	struct usage_reading readings[] = { reading(0, 0, 0), reading(1, 10, 0) };

	(void)state;
	run(readings, 2, FROM + 8 * HALF);
	assert_int_equal(usage.gap_count, 1);
	assert_int_equal(usage.gaps[0].used_wh, -1);
	assert_int_equal(usage.gaps[0].to_at, FROM + 8 * HALF);
	assert_int_equal(usage.total_wh, 10);
}

/* The step that ended a moment ago is not missing yet: its reading is on the way. */
static void
the_running_step_is_not_missing(void **state)
{
	struct usage_reading readings[] = { reading(0, 0, 0), reading(1, 10, 0) };

	(void)state;
	run(readings, 2, FROM + 2 * HALF + CLOCK_MINUTE);
	assert_int_equal(usage.gap_count, 0);
	assert_int_equal(points[1].mark, USAGE_FUTURE);
}

static void
doubtful_readings_are_marked_and_not_used(void **state)
{
	static const uint16_t doubts[] = { QUALITY_JUMP, QUALITY_DECREASED, QUALITY_EMPTY };

	(void)state;
	for (size_t i = 0; i < COUNT(doubts); i++) {
		struct usage_reading readings[] = { reading(0, 1000, 0), reading(1, 1010, 0),
			reading(2, 9000000, doubts[i]), reading(3, 1030, 0), reading(4, 1040, 0) };
		run(readings, 5, FROM + 4 * HALF + CLOCK_MINUTE);
		assert_int_equal(usage.total_wh, 40);
		assert_int_equal(points[1].mark, USAGE_DOUBT);
		assert_int_equal(points[1].quality, doubts[i]);
		assert_false(points[1].has_use);
		assert_int_equal(usage.gaps[0].used_wh, 20);
		assert_int_equal(points[3].used_wh, 10);
	}
}

static void
a_rollover_never_shows_a_negative_use(void **state)
{
	struct usage_reading readings[] = { reading(0, 99999900, 0),
		reading(1, 50, QUALITY_ROLLOVER), reading(2, 60, 0) };

	(void)state;
	run(readings, 3, FROM + 2 * HALF + CLOCK_MINUTE);
	assert_int_equal(points[0].mark, USAGE_DOUBT);
	assert_int_equal(points[1].used_wh, 10);
	assert_int_equal(usage.total_wh, 10);
}

/* Demo data and a wrong clock of the meter do not make the energy doubtful. */
static void
harmless_marks_are_used(void **state)
{
	struct usage_reading readings[] = { reading(0, 0, QUALITY_DEMO),
		reading(1, 10, QUALITY_DEMO | QUALITY_CLOCK) };

	(void)state;
	run(readings, 2, FROM + HALF + CLOCK_MINUTE);
	assert_int_equal(points[0].mark, USAGE_GOOD);
	assert_int_equal(points[0].used_wh, 10);
}

static void
quarter_hours_add_up_to_half_hours(void **state)
{
	struct usage_reading readings[97];

	(void)state;
	for (int i = 0; i <= 96; i++) {
		readings[i] = reading(0, 7 * i, 0);
		readings[i].taken_at = FROM + i * HALF / 2;
	}
	run(readings, 97, TO + CLOCK_HOUR);
	assert_int_equal(usage.total_wh, 7 * 96);
	for (int i = 0; i < 48; i++)
		assert_int_equal(points[i].used_wh, 14);
}

static void
no_readings_are_no_use(void **state)
{
	(void)state;
	run(NULL, 0, TO + CLOCK_HOUR);
	assert_false(usage.has_data);
	assert_int_equal(usage.gap_count, 0);
	assert_int_equal(points[7].mark, USAGE_GAP);
}

static void
many_gaps_stay_within_bounds(void **state)
{
	struct usage_reading readings[24];

	(void)state;
	for (int i = 0; i < 24; i++)
		readings[i] = reading(2 * i, 10 * i, 0);
	run(readings, 24, TO);
	assert_true(usage.gap_count <= USAGE_GAPS_MAX);
	assert_int_equal(usage.total_wh, 230);
}

static void
ranges_and_their_neighbours(void **state)
{
	static const struct {
		enum usage_view view;
		const char *day, *first, *end, *previous;
	} cases[] = {
		{ USAGE_DAY, "2026-11-01", "2026-11-01", "2026-11-02", "2026-10-31" },
		{ USAGE_WEEK, "2026-11-01", "2026-10-26", "2026-11-02", "2026-10-19" },
		{ USAGE_WEEK, "2026-10-26", "2026-10-26", "2026-11-02", "2026-10-19" },
		{ USAGE_MONTH, "2028-02-29", "2028-02-01", "2028-03-01", "2028-01-01" },
		{ USAGE_YEAR, "2026-12-31", "2026-01-01", "2027-01-01", "2025-01-01" },
		{ USAGE_YEAR, "2026-01-01", "2026-01-01", "2027-01-01", "2025-01-01" },
	};
	char text[16];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct day day;
		assert_int_equal(clock_parse_day(cases[i].day, &day), RC_OK);
		usage_range(cases[i].view, day, &usage);
		clock_format_day(usage.first, text, sizeof(text));
		assert_string_equal(text, cases[i].first);
		clock_format_day(usage.end, text, sizeof(text));
		assert_string_equal(text, cases[i].end);
		clock_format_day(usage.previous, text, sizeof(text));
		assert_string_equal(text, cases[i].previous);
	}
}

static void
days_of_23_and_25_hours(void **state)
{
	static const struct {
		const char *day;
		size_t halves;
	} cases[] = { { "2026-03-29", 46 }, { "2026-10-25", 50 }, { "2026-10-26", 48 } };

	(void)state;
	assert_int_equal(clock_set_zone("Europe/Berlin"), RC_OK);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct day day;
		assert_int_equal(clock_parse_day(cases[i].day, &day), RC_OK);
		int64_t from = clock_day_start(day), to = clock_day_start(clock_day_add(day, 1));
		usage_range(USAGE_DAY, day, &usage);
		usage_steps(NULL, 0, from, to, HALF, to, &usage, points, &steps);
		assert_int_equal(steps, cases[i].halves);
	}
	assert_int_equal(clock_set_zone("Asia/Shanghai"), RC_OK);
}

/* Whatever is missing or in doubt: what the rows and gaps hold is the total, and the total is the
 * register's difference between the first and the last usable reading. */
static void
rows_and_gaps_are_the_total(void **state)
{
	(void)state;
	srand(7);
	for (int run_number = 0; run_number < 2000; run_number++) {
		struct usage_reading readings[49];
		size_t count = 0;
		int64_t energy = 0, first = -1, last = -1, sum = 0;
		for (int i = 0; i <= 48; i++) {
			energy += rand() % 500;
			if (rand() % 5 == 0)
				continue;
			uint16_t quality = rand() % 9 == 0 ? QUALITY_JUMP : 0;
			readings[count++] =
			    reading(i, quality ? energy + 70000000 : energy, quality);
			if (quality != 0)
				continue;
			first = first < 0 ? energy : first;
			last = energy;
		}
		run(readings, count, TO + CLOCK_HOUR);
		for (size_t i = 0; i < steps; i++)
			sum += points[i].has_use ? points[i].used_wh : 0;
		for (size_t i = 0; i < usage.gap_count; i++)
			sum += usage.gaps[i].used_wh > 0 ? usage.gaps[i].used_wh : 0;
		assert_int_equal(sum, usage.total_wh);
		assert_int_equal(usage.total_wh, last - first);
	}
}

/* ---- a meter that was replaced ---- */

static void
the_use_of_two_meters_of_a_day_adds_up(void **state)
{
	struct usage_point new_points[2] = { { .has_use = true,
						 .used_wh = 500,
						 .readings = 10,
						 .expected = 48,
						 .mark = USAGE_PARTIAL,
						 .max_power_w = 900,
						 .max_power_at = 5 },
		{ .mark = USAGE_GAP, .max_power_w = METER_NO_VALUE } };
	struct usage_point old_points[2] = {
		{ .has_use = true,
		    .used_wh = 7000,
		    .readings = 38,
		    .expected = 48,
		    .mark = USAGE_PARTIAL,
		    .max_power_w = 2000,
		    .max_power_at = 3 },
		{ .has_use = true, .used_wh = 9, .mark = USAGE_GOOD, .max_power_w = METER_NO_VALUE }
	};
	struct usage both = { .view = USAGE_WEEK,
		.points = new_points,
		.count = 2,
		.total_wh = 500,
		.has_data = true,
		.max_power_w = 900,
		.max_power_at = 5 };
	struct usage old = { .view = USAGE_WEEK,
		.points = old_points,
		.count = 2,
		.total_wh = 7009,
		.has_data = true,
		.max_power_w = 2000,
		.max_power_at = 3,
		.gaps = { { 1, 2, 30 }, { 3, 4, -1 } },
		.gap_count = 2 };

	(void)state;
	usage_add(&both, &old, 100);
	assert_int_equal(both.total_wh, 7509);
	assert_int_equal(new_points[0].used_wh, 7500);
	assert_int_equal(new_points[0].mark, USAGE_GOOD);
	assert_int_equal(new_points[0].max_power_w, 2000);
	assert_int_equal(new_points[1].used_wh, 9);
	assert_int_equal(new_points[1].mark, USAGE_GOOD);
	assert_int_equal(both.max_power_at, 3);
	assert_int_equal(both.gap_count, 1); /* a meter that is gone is not missed */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_day_adds_up),
		cmocka_unit_test(a_gap_counts_as_a_whole_and_is_named),
		cmocka_unit_test(a_gap_over_midnight_belongs_to_the_day_it_ends),
		cmocka_unit_test(a_gap_that_still_runs_has_no_amount),
		cmocka_unit_test(the_running_step_is_not_missing),
		cmocka_unit_test(doubtful_readings_are_marked_and_not_used),
		cmocka_unit_test(a_rollover_never_shows_a_negative_use),
		cmocka_unit_test(harmless_marks_are_used),
		cmocka_unit_test(quarter_hours_add_up_to_half_hours),
		cmocka_unit_test(no_readings_are_no_use),
		cmocka_unit_test(many_gaps_stay_within_bounds),
		cmocka_unit_test(ranges_and_their_neighbours),
		cmocka_unit_test(days_of_23_and_25_hours),
		cmocka_unit_test(rows_and_gaps_are_the_total),
		cmocka_unit_test(the_use_of_two_meters_of_a_day_adds_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
