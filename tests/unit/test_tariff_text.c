#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "../../lib/model/tariff_text.c"
#include "../../lib/model/tariff_check.c"
#include "model/holiday.h"

static void
prices_are_read_to_the_micro_yuan(void **state)
{
	static const struct {
		const char *text;
		int64_t price_uyuan;
	} right[] = { { "0", 0 }, { "0.5", 500000 }, { "1.265", 1265000 }, { "0.000001", 1 },
		{ "99.999999", 99999999 }, { "100", 100000000 } };
	static const char *const wrong[] = { "", "-1", "+1", "01", "1.", ".5", "1.0000001",
		"100.01", "1,5", " 1", "1 ", "1e3", "1000", "１", "0x1" };

	(void)state;
	for (size_t i = 0; i < COUNT(right); i++) {
		int64_t price_uyuan = -1;
		assert_int_equal(tariff_price_parse(right[i].text, &price_uyuan), RC_OK);
		assert_int_equal(price_uyuan, right[i].price_uyuan);
	}
	for (size_t i = 0; i < COUNT(wrong); i++) {
		int64_t price_uyuan = 77;
		assert_int_equal(tariff_price_parse(wrong[i], &price_uyuan), RC_INVALID);
		assert_int_equal(price_uyuan, 77);
	}
}

static void
prices_are_written_with_four_decimals_or_as_many_as_it_takes(void **state)
{
	char text[TARIFF_TEXT_MAX];

	(void)state;
	tariff_price_format(1265000, text);
	assert_string_equal(text, "1.2650");
	tariff_price_format(1, text);
	assert_string_equal(text, "0.000001");
	tariff_price_format(500010, text);
	assert_string_equal(text, "0.50001");
	tariff_price_format(0, text);
	assert_string_equal(text, "0.0000");
}

static void
what_is_written_is_read_as_the_same(void **state)
{
	char text[TARIFF_TEXT_MAX];

	(void)state;
	for (int64_t price_uyuan = 0; price_uyuan <= TARIFF_PRICE_MAX; price_uyuan += 9973) {
		int64_t read = -1;
		tariff_price_format(price_uyuan, text);
		assert_int_equal(tariff_price_parse(text, &read), RC_OK);
		assert_int_equal(read, price_uyuan);
	}
	for (int minute = 0; minute < 1440; minute++) {
		int16_t read = -1;
		tariff_time_format(minute, text);
		assert_int_equal(tariff_time_parse(text, &read), RC_OK);
		assert_int_equal(read, minute);
	}
}

static void
times_are_those_of_a_clock(void **state)
{
	static const char *const wrong[] = { "", "8", "8:0", "24:00", "8:60", "-1:00", "008:00",
		"8:00 ", "8.00", ":30", "8:000", "aa:bb" };
	int16_t minute = -1;

	(void)state;
	assert_int_equal(tariff_time_parse("8:05", &minute), RC_OK);
	assert_int_equal(minute, 485);
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_int_equal(tariff_time_parse(wrong[i], &minute), RC_INVALID);
	assert_true(tariff_is_day(2, 29));
	assert_false(tariff_is_day(2, 30));
	assert_false(tariff_is_day(13, 1));
	assert_false(tariff_is_day(4, 31));
}

static struct tariff_version
whole(void)
{
	struct tariff_version version;

	tariff_fixed(&version, "grid", 700000);
	return version;
}

static void
is_refused(const struct tariff_version *version, const char *field, const char *key)
{
	struct faults faults = { 0 };

	tariff_check(version, &faults);
	const struct fault *fault = fault_find(&faults, field);
	assert_non_null(fault);
	assert_string_equal(fault->key, key);
}

static void
a_version_is_whole_or_says_what_is_not(void **state)
{
	struct tariff_version version = whole();
	struct faults faults = { 0 };

	(void)state;
	tariff_check(&version, &faults);
	assert_int_equal(faults.count, 0);
	version.tables[0].slots[0].start_min = 60;
	is_refused(&version, "table_0_0", "TariffStart");
	version = whole();
	version.tables[0].count = 0;
	is_refused(&version, "table_0_2", "TariffEmpty");
	version = whole();
	version.tables[0].slots[1] = (struct tariff_slot){ 0, TARIFF_PEAK };
	version.tables[0].count = 2;
	is_refused(&version, "table_0_0", "TariffOverlap");
	version = whole();
	version.components[0].price_uyuan[TARIFF_PEAK] = -1;
	is_refused(&version, "component_0", "TariffPrice");
	version = whole();
	version.component_count = 2;
	version.components[1] = version.components[0];
	is_refused(&version, "component_1", "TariffNameTwice");
	version = whole();
	version.seasons[1] = version.seasons[0];
	version.season_count = 2;
	is_refused(&version, "season_1", "Required");
	(void)text_copy(version.seasons[0].name, sizeof(version.seasons[0].name), "a");
	(void)text_copy(version.seasons[1].name, sizeof(version.seasons[1].name), "b");
	is_refused(&version, "season_1", "TariffSeasonTwice");
	version = whole();
	version.cycle = TARIFF_MONTH;
	is_refused(&version, "tier_0", "TariffNoTier");
	version.tier_count = 2;
	version.tiers[0].from_wh = version.tiers[1].from_wh = 5;
	is_refused(&version, "tier_1", "TariffTierOrder");
}

/* The engine multiplies with the whole price: it must stay in range, too. */
static void
parts_may_not_sum_to_more_than_a_price(void **state)
{
	struct tariff_version version = whole();

	(void)state;
	version.component_count = 2;
	version.components[0].price_uyuan[0] = version.components[1].price_uyuan[0] = 60000000;
	(void)text_copy(version.components[1].name, sizeof(version.components[1].name), "b");
	is_refused(&version, "component_0", "TariffPrice");
}

static bool
is_warned(const struct tariff_version *version, const char *key)
{
	struct faults warnings = { 0 };

	tariff_warn(version, &tariff_meter_limits, &warnings);
	for (size_t i = 0; i < warnings.count; i++)
		if (strcmp(warnings.list[i].key, key) == 0)
			return true;
	return false;
}

static void
what_a_meter_cannot_hold_is_said(void **state)
{
	struct tariff_version version = whole();

	(void)state;
	assert_false(is_warned(&version, "TariffManySeasons"));
	assert_false(is_warned(&version, "TariffManyTables"));
	assert_false(is_warned(&version, "TariffDayKinds"));
	assert_false(is_warned(&version, "TariffDeep"));
	version.season_count = 5;
	assert_true(is_warned(&version, "TariffManySeasons"));
	version.season_count = 3;
	version.table_count = 3;
	version.tables[1] = version.tables[2] = version.tables[0];
	version.seasons[1].table[0] = 1;
	version.seasons[2].table[0] = 2;
	assert_true(is_warned(&version, "TariffManyTables"));
	assert_true(is_warned(&version, "TariffDayKinds"));
	version.tables[2].slots[0].period = TARIFF_DEEP;
	assert_true(is_warned(&version, "TariffDeep"));
}

static void
the_audit_names_only_what_differs(void **state)
{
	struct tariff_version before = whole(), after = whole();
	struct changes changes = { 0 };

	(void)state;
	tariff_compare(&before, &after, &changes);
	assert_int_equal(changes.count, 0);
	after.components[0].price_uyuan[TARIFF_FLAT] = 800000;
	after.tables[0].slots[1] = (struct tariff_slot){ 480, TARIFF_PEAK };
	after.tables[0].count = 2;
	tariff_compare(&before, &after, &changes);
	assert_int_equal(changes.count, 2);
	assert_string_equal(changes.list[0].field, "season_1");
	assert_string_equal(changes.list[0].after, " 1-1: 00:00 flat 08:00 peak");
	assert_string_equal(changes.list[1].field, "component_1");
	assert_string_equal(
	    changes.list[1].after, "grid 0.7000 / 0.7000 / 0.8000 / 0.7000 / 0.7000");
}

static size_t
parse(const char *text, struct holiday *list, struct faults *faults)
{
	size_t count;

	*faults = (struct faults){ 0 };
	holiday_parse(text, list, &count, faults);
	return count;
}

static void
a_pasted_calendar_is_read_line_by_line(void **state)
{
	static struct holiday list[HOLIDAY_YEAR_MAX];
	struct faults faults;

	(void)state;
	assert_int_equal(
	    parse("2027-10-01..2027-10-07 国庆节\n\n2027-10-09\t班\r\n2027-01-01,元旦\n"
		  "2027-10-10 work\n2027-12-31 至 2028-01-02",
		list, &faults),
	    13);
	assert_int_equal(faults.count, 0);
	assert_string_equal(list[6].name, "国庆节");
	assert_false(list[6].is_workday);
	assert_true(list[7].is_workday);
	assert_string_equal(list[7].name, "");
	assert_string_equal(list[8].name, "元旦");
	assert_true(list[9].is_workday);
	assert_int_equal(list[12].day.number - list[10].day.number, 2);
	static const char *const wrong[] = { "x", "2027-02-29", "2027-10-07..2027-10-01",
		"2027-10-01..", "2027-10-01x", "2027-01-01..2028-12-31", "2027-10-0",
		"2027-10-01 a\u202eb" };
	for (size_t i = 0; i < COUNT(wrong); i++) {
		(void)parse(wrong[i], list, &faults);
		assert_int_equal(faults.count, 1);
		assert_string_equal(faults.list[0].key, "HolidayLine");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prices_are_read_to_the_micro_yuan),
		cmocka_unit_test(prices_are_written_with_four_decimals_or_as_many_as_it_takes),
		cmocka_unit_test(what_is_written_is_read_as_the_same),
		cmocka_unit_test(times_are_those_of_a_clock),
		cmocka_unit_test(a_version_is_whole_or_says_what_is_not),
		cmocka_unit_test(parts_may_not_sum_to_more_than_a_price),
		cmocka_unit_test(what_a_meter_cannot_hold_is_said),
		cmocka_unit_test(the_audit_names_only_what_differs),
		cmocka_unit_test(a_pasted_calendar_is_read_line_by_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
