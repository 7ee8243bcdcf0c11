/* What places, gateways and buses may be; faults and changes. */
#include "place_world.h"

#include "model/change.h"
#include "model/gateway_edit.h"

static void
expect(const struct faults *faults, const char *label, const char *field, const char *key)
{
	const struct fault *fault = field == NULL ? &faults->list[0] : fault_find(faults, field);

	if (key == NULL && faults->count == 0)
		return;
	if (key == NULL || fault == NULL || strcmp(fault->key, key) != 0)
		fail_msg("%s: %s %s instead of %s", label,
		    faults->count > 0 ? faults->list[0].field : "",
		    faults->count > 0 ? faults->list[0].key : "right", key != NULL ? key : "right");
}

static void
places(void **state)
{
	static const struct {
		const char *label;
		struct place_row row;
		const char *field, *key;
	} rows[] = {
		{ "a site", { 0, 0, KIND_SITE, "East", "", 1, 0 }, NULL, NULL },
		{ "a second site of that name", { 0, 0, KIND_SITE, "Park", "", 1, 0 }, "name",
		    "PlaceTaken" },
		{ "a site in a site", { 0, 1, KIND_SITE, "East", "", 1, 0 }, "parent",
		    "PlaceParent" },
		{ "a building on its own", { 0, 0, KIND_BUILDING, "Hall", "", 1, 0 }, NULL, NULL },
		{ "a building in a floor", { 0, 3, KIND_BUILDING, "Hall", "", 1, 0 }, "parent",
		    "PlaceParent" },
		{ "a floor", { 0, 2, KIND_FLOOR, "2F", "", 1, 0 }, NULL, NULL },
		{ "a floor in a site", { 0, 1, KIND_FLOOR, "2F", "", 1, 0 }, "parent",
		    "PlaceParent" },
		{ "a floor nowhere", { 0, 0, KIND_FLOOR, "2F", "", 1, 0 }, "parent",
		    "PlaceParentMissing" },
		{ "a room", { 0, 3, KIND_ROOM, "102", "", 1, 0 }, NULL, NULL },
		{ "a room in a building", { 0, 2, KIND_ROOM, "Hall", "", 1, 0 }, NULL, NULL },
		{ "a room in a room", { 0, 4, KIND_ROOM, "102", "", 1, 0 }, "parent",
		    "PlaceParent" },
		{ "a room twice", { 0, 3, KIND_ROOM, "101", "", 1, 0 }, "name", "PlaceTaken" },
		{ "the same room again", { 4, 3, KIND_ROOM, "101", "", 1, 0 }, NULL, NULL },
		{ "a room moves", { 4, 5, KIND_ROOM, "101", "", 1, 0 }, NULL, NULL },
		{ "in a place that is gone", { 0, 77, KIND_ROOM, "102", "", 1, 0 }, "parent",
		    "NoSuchPlace" },
		{ "a floor becomes a room", { 3, 2, KIND_ROOM, "1F", "", 1, 0 }, "kind",
		    "PlaceKindFixed" },
		{ "no kind", { 0, 2, PLACE_KINDS, "X", "", 1, 0 }, "kind", "BadChoice" },
		{ "no name", { 0, 3, KIND_ROOM, "", "", 1, 0 }, "name", "Required" },
		{ "a space in front", { 0, 3, KIND_ROOM, " 102", "", 1, 0 }, "name", "BadText" },
		{ "a line end", { 0, 3, KIND_ROOM, "1\n2", "", 1, 0 }, "name", "BadText" },
		{ "not UTF-8", { 0, 3, KIND_ROOM, "\xff\xfe", "", 1, 0 }, "name", "BadText" },
		{ "initials", { 0, 3, KIND_ROOM, "102", "yfg2", 1, 0 }, NULL, NULL },
		{ "upper-case initials", { 0, 3, KIND_ROOM, "102", "YF", 1, 0 }, "initials",
		    "BadInitials" },
		{ "order", { 0, 3, KIND_ROOM, "102", "", -1, 0 }, "sort_order", "OutOfRange" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct faults faults = { 0 };
		place_validate(&rows[i].row, &town, &faults);
		expect(&faults, rows[i].label, rows[i].field, rows[i].key);
	}
}

static void
scope_of_places(void **state)
{
	(void)state;
	assert_int_equal(place_building(&town, 4), 2);
	assert_int_equal(place_building(&town, 2), 2);
	assert_int_equal(place_building(&town, 1), 1);
	assert_int_equal(place_building(&town, 77), 0);
}

static void
gateways(void **state)
{
	struct gateway_row row = { .name = "Cabinet", .place_id = 3 };
	struct faults faults = { 0 };

	(void)state;
	gateway_validate(&row, &town, &faults);
	expect(&faults, "a second cabinet", "name", "GatewayTaken");
	row.gateway_id = 1;
	faults = (struct faults){ 0 };
	gateway_validate(&row, &town, &faults);
	assert_int_equal(faults.count, 0);
	row.place_id = 77;
	gateway_validate(&row, &town, &faults);
	expect(&faults, "nowhere", "place", "NoSuchPlace");
}

static struct bus_row
usual_bus(void)
{
	struct bus_row bus = bus_default();

	bus.gateway_id = 1;
	(void)snprintf(bus.name, sizeof(bus.name), "Port 9");
	(void)snprintf(bus.host, sizeof(bus.host), "10.0.0.10");
	bus.port = 4196;
	return bus;
}

#define WITH(member, value_, field, key)                          \
	do {                                                      \
		struct bus_row changed = usual_bus();             \
		struct faults faults = { 0 };                     \
		changed.member = value_;                          \
		bus_validate(&changed, &town, &faults);           \
		expect(&faults, #member " " #value_, field, key); \
	} while (0)

static void
buses(void **state)
{
	(void)state;
	WITH(baud, 9600, NULL, NULL);
	WITH(baud, 9601, "baud", "BadBaud");
	WITH(baud, 0, "baud", "BadBaud");
	WITH(stop_bits, 3, "stop_bits", "BadChoice");
	WITH(parity[0], 'X', "parity", "BadChoice");
	WITH(port, 0, "port", "OutOfRange");
	WITH(port, 65536, "port", "OutOfRange");
	WITH(response_timeout_ms, 9, "response_timeout_ms", "OutOfRange");
	WITH(response_timeout_ms, 60001, "response_timeout_ms", "OutOfRange");
	WITH(gap_ms, 10001, "gap_ms", "OutOfRange");
	WITH(status_period_s, 86401, "status_period_s", "OutOfRange");
	WITH(status_period_s, 0, NULL, NULL);
	WITH(reading_period_s, 900, NULL, NULL);
	WITH(reading_period_s, 0, NULL, NULL);
	WITH(reading_period_s, 1700, "reading_period_s", "BadReadingPeriod");
	WITH(gateway_id, 7, "gateway", "NoSuchGateway");
	WITH(transport, BUS_TRANSPORTS, "transport", "BadChoice");
}

static void
ends_of_buses(void **state)
{
	static const struct {
		const char *host;
		bool is_right;
	} hosts[] = { { "192.168.1.20", true }, { "::1", true }, { "fe80::1", true }, { "", false },
		{ "gateway.local", false }, { "10.0.0", false }, { "10.0.0.256", false },
		{ "10.0.0.1 ", false }, { "010.0.0.1", false }, { "1", false } };

	(void)state;
	for (size_t i = 0; i < COUNT(hosts); i++)
		assert_int_equal(bus_is_host(hosts[i].host), hosts[i].is_right);
	struct bus_row bus = usual_bus();
	struct faults faults = { 0 };
	(void)snprintf(bus.host, sizeof(bus.host), "10.0.0.9");
	bus.port = 502;
	bus_validate(&bus, &town, &faults);
	expect(&faults, "end point of Port 1", "host", "EndPointTaken");
	assert_string_equal(faults.list[0].value, "Port 1");
	bus.port = 503;
	faults = (struct faults){ 0 };
	bus_validate(&bus, &town, &faults);
	expect(&faults, "end point of a disabled bus", NULL, NULL);
	bus.transport = BUS_RTU;
	(void)snprintf(bus.device, sizeof(bus.device), "ttyS0");
	bus_validate(&bus, &town, &faults);
	expect(&faults, "relative device", "device", "BadDevice");
	(void)snprintf(bus.device, sizeof(bus.device), "/dev/ttyS0");
	faults = (struct faults){ 0 };
	bus_validate(&bus, &town, &faults);
	expect(&faults, "device of Serial", "device", "EndPointTaken");
}

static void
changes_are_lines(void **state)
{
	struct changes changes = { 0 };
	char text[CHANGE_DETAIL_MAX], little[24];

	(void)state;
	change_text(&changes, "name", "101", "102");
	change_text(&changes, "note", "", "by the door");
	change_text(&changes, "same", "x", "x");
	change_int_or(&changes, "place", 0, 0, 7);
	change_money_or(&changes, "alarm1", -1, 5000, -1);
	change_flag(&changes, "is_protected", false, true);
	changes_detail(&changes, text, sizeof(text));
	assert_string_equal(text, "name: 101 -> 102\nnote:  -> by the door\nplace: - -> 7\n"
				  "alarm1: 50.00 -> -\nis_protected: no -> yes");
	changes_detail(&changes, little, sizeof(little));
	assert_string_equal(little, "name: 101 -> 102\n…");
	change_reword(&changes, "place", "-", "Park / Tower");
	changes_detail(&changes, text, sizeof(text));
	assert_non_null(strstr(text, "place: - -> Park / Tower\n"));
}

static void
faults_are_bounded(void **state)
{
	struct faults faults = { 0 };
	const char *values[FAULT_VALUES_MAX];
	char room[FAULT_VALUE_MAX], name[32];

	(void)state;
	fault_add(&faults, "unit", "UnitTaken", "%d\t%s", 14, "305 室");
	fault_add(&faults, "unit", "BadUnit", "%s", "");
	assert_int_equal(faults.count, 1);
	assert_int_equal(fault_values(&faults.list[0], room, values), 2);
	assert_string_equal(values[0], "14");
	assert_string_equal(values[1], "305 室");
	for (int i = 0; i < 40; i++) {
		(void)snprintf(name, sizeof(name), "field%d", i);
		fault_add(&faults, name, "Required", "%s", "");
	}
	assert_int_equal(faults.count, FAULTS_MAX);
	assert_true(faults.is_cut);
}

/* The table made of the collector's profiles. */
static void
models(void **state)
{
	const struct meter_model *box = meter_model_find("adf300");
	size_t count;

	(void)state;
	(void)meter_model_list(&count);
	assert_true(count >= 4);
	assert_non_null(box);
	assert_true(box->is_box && box->has_credit && box->has_control);
	assert_int_equal(meter_model_addresses(box, 3), 3);
	assert_int_equal(meter_model_addresses(box, 1), 1);
	assert_int_equal(box->blocks[0].address, 0x0200);
	assert_int_equal(meter_model_addresses(meter_model_find("dtsy1352"), 3), 1);
	assert_false(meter_model_find("dtsy1946")->has_credit);
	assert_null(meter_model_find("adf301"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),
		cmocka_unit_test(scope_of_places),
		cmocka_unit_test(gateways),
		cmocka_unit_test(buses),
		cmocka_unit_test(ends_of_buses),
		cmocka_unit_test(changes_are_lines),
		cmocka_unit_test(faults_are_bounded),
		cmocka_unit_test(models),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
