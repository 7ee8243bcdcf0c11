#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <time.h>

#include "../../lib/base/clock.c"

static int64_t
instant(int year, int month, int day, int hour, int minute)
{
	struct civil civil = {
		.year = year, .month = month, .day = day, .hour = hour, .minute = minute
	};
	return clock_from_utc(&civil);
}

static struct day
day_of(const char *text)
{
	struct day day = { INT32_MIN };

	assert_int_equal(clock_parse_day(text, &day), RC_OK);
	return day;
}

static void
days_are_parsed_strictly(void **state)
{
	static const char *const wrong[] = { "2026-02-30", "2026-02-29", "0000-00-00", "9999-12-31",
		"26-1-1", "2026-1-1", "2026-13-01", "2026-00-10", "2026-01-00", "2026-01-32",
		"2026/01/01", " 2026-01-01", "2026-01-01 ", "2026-01-0x", "-026-01-01",
		"2026-04-31", "1969-12-31", "2200-01-01", "2100-02-29", "20260101", "",
		"2026-01-1\n", "２026-01-1" };
	static const char *const right[] = { "2024-02-29", "2026-02-28", "2000-02-29", "1970-01-01",
		"2199-12-31", "2026-12-31" };
	char text[32];

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct day day = { 4711 };
		assert_int_equal(clock_parse_day(wrong[i], &day), RC_INVALID);
		assert_int_equal(day.number, 4711);
	}
	for (size_t i = 0; i < COUNT(right); i++) {
		clock_format_day(day_of(right[i]), text, sizeof(text));
		assert_string_equal(text, right[i]);
	}
	assert_int_equal(day_of("1970-01-02").number, 1);
}

static void
civil_fields_and_instants_are_inverse(void **state)
{
	(void)state;
	for (int64_t at = -86400000LL * 366 * 30 + 123; at < 86400000LL * 366 * 230;
	     at += 86400000LL / 3 + 12345) {
		struct civil civil = clock_utc(at);
		time_t seconds = divide_down(at, 1000);
		struct tm expected;
		assert_int_equal(clock_from_utc(&civil), at);
		assert_non_null(gmtime_r(&seconds, &expected));
		assert_int_equal(civil.year, expected.tm_year + 1900);
		assert_int_equal(civil.month, expected.tm_mon + 1);
		assert_int_equal(civil.day, expected.tm_mday);
		assert_int_equal(civil.hour, expected.tm_hour);
		assert_int_equal(civil.minute, expected.tm_min);
		assert_int_equal(civil.second, expected.tm_sec);
	}
}

/* The C library is the reference for every zone. */
static void
compare_with_library(const char *zone)
{
	assert_int_equal(clock_set_zone(zone), RC_OK);
	assert_string_equal(clock_zone(), zone);
	for (int64_t at = instant(1999, 12, 31, 0, 0) + 7; at < instant(2045, 1, 1, 0, 0);
	     at += 3 * CLOCK_HOUR + 1001) {
		struct civil civil = clock_civil(at);
		time_t seconds = at / 1000;
		struct tm expected;
		assert_non_null(localtime_r(&seconds, &expected));
		assert_int_equal(civil.year, expected.tm_year + 1900);
		assert_int_equal(civil.month, expected.tm_mon + 1);
		assert_int_equal(civil.day, expected.tm_mday);
		assert_int_equal(civil.hour, expected.tm_hour);
		assert_int_equal(civil.minute, expected.tm_min);
		struct day day = clock_day(at);
		assert_true(clock_day_start(day) <= at);
		assert_true(at < clock_day_start(clock_day_add(day, 1)));
		assert_int_equal(clock_weekday(day), expected.tm_wday == 0 ? 7 : expected.tm_wday);
	}
}

static const char *const zones[] = { "Asia/Shanghai", "Europe/Berlin", "America/New_York",
	"America/Santiago", "Africa/Cairo", "Africa/Casablanca", "America/Sao_Paulo", "Asia/Beirut",
	"Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Pacific/Kiritimati", "UTC",
	"Asia/Tehran", "America/Havana" };

static void
every_zone_agrees_with_the_c_library(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(zones); i++)
		compare_with_library(zones[i]);
}

static void
a_day_starts_where_its_neighbour_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(zones); i++) {
		assert_int_equal(clock_set_zone(zones[i]), RC_OK);
		for (struct day day = day_of("2005-01-01");
		     day.number < day_of("2040-01-01").number; day = clock_day_add(day, 1)) {
			int64_t start = clock_day_start(day);
			int64_t next = clock_day_start(clock_day_add(day, 1));
			assert_true(next - start >= 0 && next - start <= 26 * CLOCK_HOUR);
			if (next == start)
				continue; /* Samoa left out 2011-12-30 when it crossed the date line
					   */
			assert_int_equal(clock_day(start).number, day.number);
			assert_int_equal(clock_day(next - 1).number, day.number);
			assert_true(clock_day(start - 1).number < day.number);
		}
	}
}

static void
days_of_a_zone_with_summer_time_have_23_or_25_hours(void **state)
{
	(void)state;
	assert_int_equal(clock_set_zone("Europe/Berlin"), RC_OK);
	struct day spring = day_of("2026-03-29"), autumn = day_of("2026-10-25");
	assert_int_equal(
	    clock_day_start(clock_day_add(spring, 1)) - clock_day_start(spring), 23 * CLOCK_HOUR);
	assert_int_equal(
	    clock_day_start(clock_day_add(autumn, 1)) - clock_day_start(autumn), 25 * CLOCK_HOUR);
	assert_int_equal(clock_day_start(spring), instant(2026, 3, 28, 23, 0));
}

static void
a_day_whose_midnight_does_not_exist_starts_with_the_change(void **state)
{
	(void)state;
	assert_int_equal(clock_set_zone("America/Santiago"), RC_OK);
	struct day day = day_of("2025-09-07"); /* 24:00 became 01:00 */
	assert_int_equal(clock_day_start(day), instant(2025, 9, 7, 4, 0));
	assert_int_equal(clock_civil(clock_day_start(day)).hour, 1);
}

static void
slots_are_aligned_to_the_sites_midnight(void **state)
{
	(void)state;
	assert_int_equal(clock_set_zone("Asia/Kathmandu"), RC_OK); /* UTC+5:45 */
	int64_t at = instant(2026, 11, 23, 6, 29) + 59999;	   /* 12:14:59.999 there */
	assert_int_equal(clock_slot(at, 30 * CLOCK_MINUTE), instant(2026, 11, 23, 6, 15));
	assert_int_equal(clock_slot(at, 24 * CLOCK_HOUR), clock_day_start(clock_day(at)));
	assert_int_equal(clock_slot(at, 60000), instant(2026, 11, 23, 6, 29));
	assert_int_equal(clock_set_zone("Europe/Berlin"), RC_OK);
	at = clock_day_start(day_of("2026-10-26")) - 1; /* the 25th hour */
	assert_int_equal(clock_slot(at, 24 * CLOCK_HOUR), clock_day_start(day_of("2026-10-25")));
}

static void
slots_of_a_year_have_no_gap(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(zones); i++) {
		assert_int_equal(clock_set_zone(zones[i]), RC_OK);
		int64_t last = clock_slot(instant(2026, 1, 1, 0, 0), 30 * CLOCK_MINUTE);
		for (int64_t at = instant(2026, 1, 1, 0, 0); at < instant(2027, 1, 1, 0, 0);
		     at += 10 * CLOCK_MINUTE) {
			int64_t slot = clock_slot(at, 30 * CLOCK_MINUTE);
			assert_true(slot <= at && at - slot < 30 * CLOCK_MINUTE);
			assert_true(slot == last || slot - last == 30 * CLOCK_MINUTE);
			last = slot;
		}
	}
}

static void
months_know_their_lengths(void **state)
{
	char text[32];

	(void)state;
	clock_format_day(clock_month_start(day_of("2026-11-23")), text, sizeof(text));
	assert_string_equal(text, "2026-11-01");
	clock_format_day(clock_month_add(day_of("2026-11-23"), 3), text, sizeof(text));
	assert_string_equal(text, "2027-02-01");
	clock_format_day(clock_month_add(day_of("2026-01-31"), -13), text, sizeof(text));
	assert_string_equal(text, "2024-12-01");
	assert_int_equal(
	    clock_month_add(day_of("2024-02-01"), 1).number - day_of("2024-02-01").number, 29);
	assert_int_equal(
	    clock_month_add(day_of("2100-02-01"), 1).number - day_of("2100-02-01").number, 28);
}

static void
weekdays_count_from_monday(void **state)
{
	(void)state;
	assert_int_equal(clock_weekday(day_of("2026-11-23")), 1);
	assert_int_equal(clock_weekday(day_of("2026-11-29")), 7);
	assert_int_equal(clock_weekday((struct day){ -1 }), 3); /* 1969-12-31 */
}

static void
instants_are_written_for_people_and_for_logs(void **state)
{
	int64_t at = instant(2026, 11, 23, 2, 30) + 5123;
	char text[32], small[8];

	(void)state;
	assert_int_equal(clock_set_zone("Asia/Shanghai"), RC_OK);
	clock_format(at, text, sizeof(text));
	assert_string_equal(text, "2026-11-23 10:30:05");
	clock_format_minute(at, text, sizeof(text));
	assert_string_equal(text, "2026-11-23 10:30");
	clock_format_utc(at, text, sizeof(text));
	assert_string_equal(text, "2026-11-23T02:30:05.123Z");
	clock_format(at, small, sizeof(small));
	assert_string_equal(small, "2026-11");
	clock_format_utc(-1, text, sizeof(text));
	assert_string_equal(text, "1969-12-31T23:59:59.999Z");
}

static void
an_unknown_zone_changes_nothing(void **state)
{
	static const char *const wrong[] = { "", "Asia/Nowhere", "/etc/passwd", "../../etc/passwd",
		"Asia", "Asia/Shanghai/x", "zone.tab" };

	(void)state;
	assert_int_equal(clock_set_zone("Asia/Kathmandu"), RC_OK);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		assert_int_equal(clock_set_zone(wrong[i]), RC_INVALID);
		assert_string_equal(clock_zone(), "Asia/Kathmandu");
	}
	assert_int_equal(clock_civil(instant(2026, 1, 1, 0, 0)).minute, 45);
}

static void
clocks_run_forward(void **state)
{
	(void)state;
	int64_t before = clock_mono_us();
	assert_true(clock_mono_us() >= before);
	assert_true(clock_mono() >= before / 1000);
	assert_true(clock_now() > instant(2024, 1, 1, 0, 0));
}

static void
a_year_before_the_table_has_the_first_offset(void **state)
{
	(void)state;
	assert_int_equal(clock_set_zone("Asia/Shanghai"), RC_OK);
	assert_int_equal(clock_civil(instant(1901, 1, 1, 0, 0)).hour, 8);
	assert_int_equal(clock_civil(instant(2190, 7, 1, 0, 0)).hour, 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_are_parsed_strictly),
		cmocka_unit_test(civil_fields_and_instants_are_inverse),
		cmocka_unit_test(every_zone_agrees_with_the_c_library),
		cmocka_unit_test(a_day_starts_where_its_neighbour_ends),
		cmocka_unit_test(days_of_a_zone_with_summer_time_have_23_or_25_hours),
		cmocka_unit_test(a_day_whose_midnight_does_not_exist_starts_with_the_change),
		cmocka_unit_test(slots_are_aligned_to_the_sites_midnight),
		cmocka_unit_test(slots_of_a_year_have_no_gap),
		cmocka_unit_test(months_know_their_lengths),
		cmocka_unit_test(weekdays_count_from_monday),
		cmocka_unit_test(instants_are_written_for_people_and_for_logs),
		cmocka_unit_test(an_unknown_zone_changes_nothing),
		cmocka_unit_test(clocks_run_forward),
		cmocka_unit_test(a_year_before_the_table_has_the_first_offset),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
