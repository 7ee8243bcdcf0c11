/* A box put up at once, names of rooms in ranges, and what a round of a bus takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "model/box_plan.h"
#include "model/bus_estimate.h"
#include "model/room_names.h"

static void
a_box_in_the_order_of_its_maker(void **state)
{
	struct box_order order = {
		.base = 37, .size = 36, .transformers = 1, .three_phase = 2, .ct_ratio = 40
	};
	struct box_loop loops[METER_BOX_MAX];
	struct faults faults = { 0 };

	(void)state;
	assert_int_equal(box_plan(&order, loops, &faults), 3 + 27);
	assert_int_equal(loops[0].unit, 37);
	assert_int_equal(loops[0].ct_ratio, 40);
	assert_int_equal(loops[1].unit, 40);
	assert_int_equal(loops[1].ct_ratio, 1);
	assert_int_equal(loops[3].unit, 46);
	assert_int_equal(loops[3].position, 10);
	assert_int_equal(loops[3].phases, 1);
	assert_int_equal(loops[29].unit, 72);
}

static void
addresses_end_at_247(void **state)
{
	struct box_order order = { .base = 217, .size = 36, .ct_ratio = 1 };
	struct box_loop loops[METER_BOX_MAX];
	struct faults faults = { 0 };

	(void)state;
	assert_int_equal(box_plan(&order, loops, &faults), 31);
	order.three_phase = 11;
	assert_int_equal(box_plan(&order, loops, &faults), 0);
	assert_string_equal(faults.list[0].field, "three_phase");
}

static void
boxes_that_do_not_exist(void **state)
{
	static const struct {
		struct box_order order;
		const char *field;
	} rows[] = {
		{ { .base = 2, .size = 36 }, "base" },
		{ { .base = 13, .size = 24 }, "base" },
		{ { .base = 0, .size = 12 }, "base" },
		{ { .base = 253, .size = 36 }, "base" },
		{ { .base = 1, .size = 18 }, "size" },
		{ { .base = 1, .size = 12, .three_phase = 5 }, "three_phase" },
		{ { .base = 1, .size = 12, .transformers = 3, .three_phase = 2 }, "three_phase" },
	};
	struct box_loop loops[METER_BOX_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct faults faults = { 0 };
		assert_int_equal(box_plan(&rows[i].order, loops, &faults), 0);
		assert_string_equal(faults.list[0].field, rows[i].field);
	}
}

static void
names_of_rooms(void **state)
{
	static const struct {
		const char *text;
		enum room_names_fault fault;
		const char *names; /* with | between, or what is wrong */
	} rows[] = {
		{ "", ROOM_NAMES_OK, "" },
		{ "101", ROOM_NAMES_OK, "101" },
		{ "101-103", ROOM_NAMES_OK, "101|102|103" },
		{ "8-11", ROOM_NAMES_OK, "8|9|10|11" },
		{ "A09-A11", ROOM_NAMES_OK, "A09|A10|A11" },
		{ "A09-11", ROOM_NAMES_OK, "A09|A10|A11" },
		{ "B1-02", ROOM_NAMES_OK, "B1-02" },
		{ "B1-01-B1-03", ROOM_NAMES_OK, "B1-01|B1-02|B1-03" },
		{ "大堂，消控室、 A-1；\r\n 9 ,", ROOM_NAMES_OK, "大堂|消控室|A-1|9" },
		{ "东 - 西", ROOM_NAMES_OK, "东 - 西" },
		{ "1,2,1", ROOM_NAMES_TWICE, "1" },
		{ "101-102,102", ROOM_NAMES_TWICE, "102" },
		{ "103-101", ROOM_NAMES_RANGE, "103-101" },
		{ "1-2-3", ROOM_NAMES_RANGE, "1-2-3" },
		{ "A01-B05", ROOM_NAMES_RANGE, "A01-B05" },
		{ "1-301", ROOM_NAMES_MANY, "1-301" },
		{ "1-999999999999", ROOM_NAMES_RANGE, "1-999999999999" },
	};
	static struct room_names names;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char all[4000] = "";
		size_t used = 0;
		assert_int_equal(room_names_parse(rows[i].text, &names), rows[i].fault);
		for (size_t n = 0; n < names.count && rows[i].fault == ROOM_NAMES_OK; n++)
			used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s",
			    n > 0 ? "|" : "", names.list[n]);
		assert_string_equal(
		    rows[i].fault == ROOM_NAMES_OK ? all : names.wrong, rows[i].names);
	}
}

/* domain.md §5: 30 loops, 48 registers, 9600 8N1: 3.6 s on the wire; with 60 ms an answer 5.4 s. */
static void
a_round_of_thirty_loops(void **state)
{
	struct bus_row bus = bus_default();
	struct bus_load load = { .model = meter_model_find("adf300"), .meters = 30 };
	struct bus_estimate estimate;

	(void)state;
	bus_estimate(&bus, &load, 1, &estimate);
	assert_in_range(estimate.wire_ms, 3600, 3660);
	assert_in_range(estimate.round_ms, 5400, 5460);
	assert_int_equal(estimate.oldest_s, 60);
	assert_false(estimate.is_late);
	bus.status_period_s = 0;
	bus_estimate(&bus, &load, 1, &estimate);
	assert_int_equal(estimate.oldest_s, 6);
}

/* 216 loops are fresh at 2400 baud and late at 1200. */
static void
a_slow_line_is_late(void **state)
{
	struct bus_row bus = bus_default();
	struct bus_load load = { .model = meter_model_find("adf300"), .meters = 216 };
	struct bus_estimate estimate;

	(void)state;
	bus.baud = 2400;
	bus_estimate(&bus, &load, 1, &estimate);
	assert_in_range(estimate.oldest_s, 109, 120);
	assert_false(estimate.is_late);
	bus.baud = 1200;
	bus_estimate(&bus, &load, 1, &estimate);
	assert_in_range(estimate.oldest_s, 213, 230);
	assert_true(estimate.is_late);
	load.meters = 0;
	bus_estimate(&bus, &load, 0, &estimate);
	assert_int_equal(estimate.round_ms, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_box_in_the_order_of_its_maker),
		cmocka_unit_test(addresses_end_at_247),
		cmocka_unit_test(boxes_that_do_not_exist),
		cmocka_unit_test(names_of_rooms),
		cmocka_unit_test(a_round_of_thirty_loops),
		cmocka_unit_test(a_slow_line_is_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
