/* Address rules of domain.md §1.3 and the limits of a meter, in a table of cases. */
#include "place_world.h"

#include "model/meter_edit.h"

#define BUS 1

/* What hangs already: unit, box position, phases, ct; model 1 is a loop of a box, 2 a meter. */
struct seat {
	int64_t model, unit, position, phases, ct;
};

struct row {
	const char *label;
	struct seat there[4]; /* ends with unit 0 */
	struct seat wanted;
	const char *field, *key, *value; /* NULL field: right */
};

static const struct row ROWS[] = {
	{ "free address", { { 2, 7, 0, 1, 1 } }, { 2, 8, 0, 1, 1 }, NULL },
	{ "highest address", { { 0 } }, { 2, 247, 0, 1, 1 }, NULL },
	{ "address 0", { { 0 } }, { 2, 0, 0, 1, 1 }, "unit", "BadUnit", "247" },
	{ "address 248", { { 0 } }, { 2, 248, 0, 1, 1 }, "unit", "BadUnit", "247" },
	{ "taken", { { 2, 8, 0, 1, 1 } }, { 2, 8, 0, 1, 1 }, "unit", "UnitTaken", "8\tat 8" },
	{ "a plain three-phase meter takes one", { { 2, 8, 0, 3, 1 } }, { 2, 9, 0, 1, 1 }, NULL },
	{ "inside a three-phase user of a box", { { 1, 13, 13, 3, 1 } }, { 1, 14, 14, 1, 1 },
	    "unit", "UnitTakenThree", "14\t13\t15\tat 13" },
	{ "three-phase user over a single one", { { 1, 27, 27, 1, 1 } }, { 1, 25, 25, 3, 1 },
	    "unit", "UnitTaken", "27\tat 27" },
	{ "behind a three-phase user", { { 1, 13, 13, 3, 1 } }, { 1, 16, 16, 1, 1 }, NULL },
	{ "three addresses below 247", { { 0 } }, { 1, 246, 30, 3, 1 }, "unit", "BadUnitThree",
	    "245" },
	{ "loop without position", { { 0 } }, { 1, 5, 0, 1, 1 }, "box_position", "Required", "" },
	{ "meter with position", { { 0 } }, { 2, 5, 5, 1, 1 }, "box_position", "NoBox",
	    "ddsy1352" },
	{ "position 37", { { 0 } }, { 1, 37, 37, 1, 1 }, "box_position", "OutOfRange", "1\t36" },
	{ "second box of 36", { { 0 } }, { 1, 37, 1, 1, 1 }, NULL },
	{ "box of 24 at 25", { { 0 } }, { 1, 48, 24, 1, 1 }, NULL },
	{ "box of 12 at 13", { { 0 } }, { 1, 24, 12, 1, 1 }, NULL },
	{ "no size begins at 13 and holds 13", { { 0 } }, { 1, 25, 13, 1, 1 }, "box_position",
	    "BoxBase", "13" },
	{ "no box begins at 2", { { 0 } }, { 1, 6, 5, 1, 1 }, "box_position", "BoxBase", "2" },
	{ "before address 1", { { 0 } }, { 1, 3, 5, 1, 1 }, "box_position", "BoxBase", "-1" },
	{ "last box holds 31", { { 0 } }, { 1, 247, 31, 1, 1 }, NULL },
	{ "three-phase at 2", { { 0 } }, { 1, 2, 2, 3, 1 }, "box_position", "BoxThree", "2" },
	{ "three-phase at 34", { { 0 } }, { 1, 34, 34, 3, 1 }, NULL },
	{ "three-phase reaches over the box", { { 0 } }, { 1, 24, 12, 3, 1 }, "box_position",
	    "BoxBase", "13" },
	{ "single-phase before three-phase", { { 1, 13, 13, 3, 1 } }, { 1, 3, 3, 1, 1 },
	    "box_position", "BoxOrderThree", "13\tat 13" },
	{ "three-phase behind single-phase", { { 1, 3, 3, 1, 1 } }, { 1, 13, 13, 3, 1 },
	    "box_position", "BoxOrderThree", "3\tat 3" },
	{ "transformers first", { { 1, 1, 1, 3, 1 } }, { 1, 4, 4, 3, 40 }, "box_position",
	    "BoxOrderTransformer", "1\tat 1" },
	{ "transformers before direct", { { 1, 1, 1, 3, 40 } }, { 1, 4, 4, 3, 1 }, NULL },
	{ "other box, other order", { { 1, 3, 3, 1, 1 } }, { 1, 37, 1, 3, 1 }, NULL },
	{ "box of 12 inside one of 36", { { 1, 36, 36, 1, 1 } }, { 1, 13, 1, 1, 1 }, "unit",
	    "InOtherBox", "13\t1\t36\tat 36" },
	{ "box behind a smaller one", { { 1, 12, 12, 1, 1 } }, { 1, 13, 1, 1, 1 }, NULL },
	{ "meter among the loops", { { 1, 20, 20, 1, 1 } }, { 2, 10, 0, 1, 1 }, "unit",
	    "InOtherBox", "10\t1\t20\tat 20" },
	{ "loops around a meter", { { 2, 10, 0, 1, 1 } }, { 1, 20, 20, 1, 1 }, "unit",
	    "ForeignInBox", "1\t20\t10\tat 10" },
	{ "meter behind the loops", { { 1, 20, 20, 1, 1 } }, { 2, 21, 0, 1, 1 }, NULL },
};

static struct meter_row
meter_at(const struct seat *seat)
{
	struct meter_row row = meter_default();

	(void)snprintf(row.number, sizeof(row.number), "M%d", (int)seat->unit);
	row.meter_model_id = seat->model;
	row.bus_id = BUS;
	row.unit = seat->unit;
	row.box_position = seat->position;
	row.phases = seat->phases;
	row.ct_ratio = seat->ct;
	return row;
}

static void
fill_bus(const struct seat *seats)
{
	town_clear();
	for (size_t i = 0; i < 4 && seats[i].unit != 0; i++)
		town_add_meter(100 + (int64_t)i, seats[i].model, seats[i].unit, seats[i].position,
		    seats[i].phases, seats[i].ct);
}

static void
addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(ROWS); i++) {
		const struct row *row = &ROWS[i];
		struct meter_row meter = meter_at(&row->wanted);
		struct faults faults = { 0 };
		fill_bus(row->there);
		meter_validate(&meter, &town, &faults);
		if (row->field == NULL && faults.count == 0)
			continue;
		if (row->field == NULL || faults.count != 1)
			fail_msg("%s: %zu faults, first %s %s (%s)", row->label, faults.count,
			    faults.list[0].field, faults.list[0].key, faults.list[0].value);
		if (strcmp(faults.list[0].field, row->field) != 0 ||
		    strcmp(faults.list[0].key, row->key) != 0 ||
		    strcmp(faults.list[0].value, row->value) != 0)
			fail_msg("%s: %s %s (%s)", row->label, faults.list[0].field,
			    faults.list[0].key, faults.list[0].value);
	}
}

/* What hangs is in nobody's way of itself. */
static void
a_stored_meter_is_right(void **state)
{
	struct seat seat = { 1, 14, 14, 1, 1 };
	struct meter_row meter = meter_at(&seat);
	struct faults faults = { 0 };

	(void)state;
	town_clear();
	town_add_meter(5, 1, 14, 14, 1, 1);
	meter.meter_id = 5;
	meter_validate(&meter, &town, &faults);
	assert_int_equal(faults.count, 0);
}

/* The rules are about pairs, so the order in which a box is filled does not matter. */
static void
a_box_fills_in_any_order(void **state)
{
	static const struct seat box[] = { { 1, 1, 1, 3, 40 }, { 1, 4, 4, 3, 1 }, { 1, 7, 7, 1, 1 },
		{ 1, 8, 8, 1, 1 }, { 1, 36, 36, 1, 1 } };

	(void)state;
	for (unsigned order = 0; order < 120; order++) {
		unsigned left[COUNT(box)] = { 0, 1, 2, 3, 4 }, rest = order;
		town_clear();
		for (size_t i = 0; i < COUNT(box); i++) {
			size_t pick = rest % (COUNT(box) - i);
			const struct seat *seat = &box[left[pick]];
			struct meter_row meter = meter_at(seat);
			struct faults faults = { 0 };
			meter_validate(&meter, &town, &faults);
			assert_int_equal(faults.count, 0);
			town_add_meter((int64_t)(50 + i), seat->model, seat->unit, seat->position,
			    seat->phases, seat->ct);
			rest /= (unsigned)(COUNT(box) - i);
			left[pick] = left[COUNT(box) - i - 1];
		}
	}
}

static void
expect(const struct meter_row *meter, const char *field, const char *key)
{
	struct faults faults = { 0 };

	meter_validate(meter, &town, &faults);
	const struct fault *fault = fault_find(&faults, field);
	if (key == NULL)
		assert_null(fault);
	else if (fault == NULL || strcmp(fault->key, key) != 0)
		fail_msg("%s: %s instead of %s", field, fault == NULL ? "right" : fault->key, key);
}

#define WITH(member, value_, field, key)          \
	do {                                      \
		struct meter_row changed = usual; \
		changed.member = value_;          \
		expect(&changed, field, key);     \
	} while (0)

static void
limits(void **state)
{
	struct seat seat = { 2, 5, 0, 1, 1 };
	struct meter_row usual = meter_at(&seat), plain = usual;

	(void)state;
	town_clear();
	town_add_meter(9, 2, 9, 0, 1, 1);
	expect(&usual, "unit", NULL);
	WITH(phases, 2, "phases", "BadChoice");
	WITH(ct_ratio, 0, "ct_ratio", "OutOfRange");
	WITH(ct_ratio, 1000000, "ct_ratio", NULL);
	WITH(pt_ratio, 1000001, "pt_ratio", "OutOfRange");
	plain.pt_ratio = 2;
	plain.ct_ratio = 500001;
	expect(&plain, "ct_ratio", "BadRatio");
	WITH(meter_model_id, 0, "model", "Required");
	WITH(meter_model_id, 77, "model", "NoSuchModel");
	WITH(bus_id, 0, "bus", "Required");
	WITH(bus_id, 77, "bus", "NoSuchBus");
	WITH(place_id, 77, "place", "NoSuchPlace");
	WITH(alarm1_fen, -2, "alarm1", "OutOfRange");
	WITH(alarm1_fen, 0, "alarm1", NULL);
	WITH(alarm1_fen, 100000000, "alarm1", "OutOfRange");
	WITH(overdraft_fen, 0, "overdraft", NULL);
	WITH(overload_w, 100000001, "overload_w", "OutOfRange");
	WITH(meter_model_id, 3, "credit_mode", "NoMeterCredit");
	WITH(credit_mode, 3, "credit_mode", "BadChoice");
	WITH(hold_mode, HOLD_MODES, "hold_mode", "BadChoice");
	plain = usual;
	plain.alarm1_fen = 1000;
	plain.alarm2_fen = 1001;
	expect(&plain, "alarm2", "AlarmOrder");
	plain.alarm2_fen = 1000;
	expect(&plain, "alarm2", NULL);
}

static void
numbers(void **state)
{
	static const struct {
		const char *number, *key;
	} rows[] = {
		{ "", "Required" },
		{ "202290000101", NULL },
		{ "A-17", NULL },
		{ "1234567890123456", NULL },
		{ "12 34", "BadMeterNumber" },
		{ "12/34", "BadMeterNumber" },
		{ "\xe7\x94\xb5", "BadMeterNumber" },
		{ "N9", "MeterTaken" },
	};
	struct seat seat = { 2, 5, 0, 1, 1 };
	struct meter_row usual = meter_at(&seat);

	(void)state;
	town_clear();
	town_add_meter(9, 2, 9, 0, 1, 1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		(void)snprintf(usual.number, sizeof(usual.number), "%s", rows[i].number);
		expect(&usual, "number", rows[i].key);
	}
}

static void
texts(void **state)
{
	struct seat seat = { 2, 5, 0, 1, 1 };
	struct meter_row usual = meter_at(&seat);

	(void)state;
	town_clear();
	(void)snprintf(usual.name, sizeof(usual.name), " outer space");
	expect(&usual, "name", "BadText");
	(void)snprintf(usual.name, sizeof(usual.name),
	    "a\xe2\x80\xae"
	    "b");
	expect(&usual, "name", "BadText");
	memset(usual.name, 'x', 65);
	usual.name[65] = '\0';
	expect(&usual, "name", "TooLong");
	usual.name[64] = '\0';
	expect(&usual, "name", NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(a_stored_meter_is_right),
		cmocka_unit_test(a_box_fills_in_any_order),
		cmocka_unit_test(limits),
		cmocka_unit_test(numbers),
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
