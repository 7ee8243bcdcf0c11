/* Headers as people write them, and names that are almost there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rc.h"
#include "model/import.h"
#include "model/import_match.h"

static void
what_is_left_of_a_header(void **state)
{
	static const char *const rows[][2] = { { "Alarm 1 (CNY) *", "alarm1" },
		{ "  表 号：", "表号" }, { "ＩＰ地址", "ip地址" },
		{ "box_position", "boxposition" }, { "报警金额１（元）", "报警金额1" }, { "", "" },
		{ "()", "" } };
	char bare[MATCH_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		match_bare(rows[i][0], bare);
		assert_string_equal(bare, rows[i][1]);
	}
	assert_true(match_word("number|表号|电表编号", "电表编号*"));
	assert_false(match_word("number|表号", ""));
	assert_false(match_word("number|表号", "表"));
}

static void
distances(void **state)
{
	(void)state;
	assert_int_equal(match_distance("3层", "3层", 2), 0);
	assert_int_equal(match_distance("gw9", "gw09", 2), 1);
	assert_int_equal(match_distance("202303000376", "202303000367", 2), 1);
	assert_int_equal(match_distance("东区", "西区", 2), 1);
	assert_int_equal(match_distance("abc", "xyz", 2), 3);
	assert_int_equal(match_distance("", "abc", 3), 3);
}

static const char *
nearest(const char *wanted, const char *const *names, size_t count)
{
	static struct near near;

	near_begin(&near, wanted);
	for (size_t i = 0; i < count; i++)
		near_try(&near, names[i]);
	return near_name(&near);
}

static void
names_that_are_near(void **state)
{
	static const char *const names[] = { "1层", "3层", "301", "GW-09", "GW-01 一至四层", "东",
		"202303000367" };

	(void)state;
	assert_string_equal(nearest("3 层", names, COUNT(names)), "3层");
	assert_string_equal(nearest("GW-9", names, COUNT(names)), "GW-09");
	assert_string_equal(nearest("gw-1 一至四层", names, COUNT(names)), "GW-01 一至四层");
	assert_string_equal(nearest("202303000376", names, COUNT(names)), "202303000367");
	assert_string_equal(nearest("2层", names, COUNT(names)), "");
	assert_string_equal(nearest("302", names, COUNT(names)), "");
	assert_string_equal(nearest("西", names, COUNT(names)), "");
}

static void
columns_by_their_header(void **state)
{
	struct sheet_row header = {
		.number = 1, .count = 5, .cells = { "序号", "备注", "表号 *", "Modbus地址", "网关" }
	};
	struct import_map map, again;
	char text[IMPORT_MAP_TEXT];
	size_t count;
	const struct import_field *fields = import_fields(IMPORT_METERS, &count);

	(void)state;
	import_map_header(IMPORT_METERS, &header, &map);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(fields[i].name, "number") == 0)
			assert_int_equal(map.columns[i], 3);
		if (strcmp(fields[i].name, "unit") == 0)
			assert_int_equal(map.columns[i], 4);
		if (strcmp(fields[i].name, "note") == 0)
			assert_int_equal(map.columns[i], 2);
	}
	import_map_text(IMPORT_METERS, &map, text);
	import_map_parse(IMPORT_METERS, text, &again);
	assert_memory_equal(&map, &again, sizeof(map));
	import_map_parse(IMPORT_METERS, "number=0x1 nothing=3 =4 unit= name=999 note=5", &again);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(again.columns[i], strcmp(fields[i].name, "note") == 0 ? 5 : 0);
	assert_null(import_map_missing(IMPORT_METERS, &map));
	assert_string_equal(import_map_missing(IMPORT_METERS, &again), "number");
}

/* Each field's own name and first words lead to itself: a template is understood as it stands. */
static void
every_field_is_found(void **state)
{
	(void)state;
	for (int kind = 0; kind < IMPORT_KINDS; kind++) {
		struct sheet_row header = { .number = 1 };
		struct import_map map;
		const struct import_field *fields =
		    import_fields((enum import_kind)kind, &header.count);
		for (size_t i = 0; i < header.count; i++)
			header.cells[i] = fields[i].name;
		import_map_header((enum import_kind)kind, &header, &map);
		for (size_t i = 0; i < header.count; i++)
			assert_int_equal(map.columns[i], i + 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_left_of_a_header),
		cmocka_unit_test(distances),
		cmocka_unit_test(names_that_are_near),
		cmocka_unit_test(columns_by_their_header),
		cmocka_unit_test(every_field_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
