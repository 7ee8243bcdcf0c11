/* Who answers: meters that changed places show it by their number (B-56). */
#include "bench.h"

/* The number each loop of its box should show: 20240000 and two digits. */
static struct bus_definition *
define_boxes(const struct bench *bench, const int *boxes)
{
	struct bus_definition *definition = define(bench, METERS, 100, PATIENCE_MS);

	for (size_t i = 0; i < METERS; i++)
		if (boxes[i] != 0)
			(void)snprintf(definition->meters[i].identity, IDENTITY_ROOM,
			    "20240000%02d", boxes[i]);
	return definition;
}

static unsigned
last_quality(const struct bench *bench, uint32_t meter_id)
{
	for (size_t i = bench->count; i > 0; i--)
		if (bench->items[i - 1].kind == ITEM_READING &&
		    bench->items[i - 1].u.reading.meter_id == meter_id)
			return bench->items[i - 1].u.reading.quality;
	return 0;
}

static void
redefine_and_read(struct bench *bench, struct bus_definition *definition)
{
	bus_redefine(bench->bus, definition);
	while (bench->bus->has_mail)
		watch(bench, 20);
	take(bench, 0);
	for (uint32_t i = 0; i < METERS; i++)
		await(bench, ITEM_READING, 100 + i, count_of(bench, ITEM_READING, 100 + i) + 2);
}

static void
a_meter_that_shows_anothers_number_is_not_believed(void **state)
{
	(void)state;
	const int numbers[METERS] = { 11, 12, 13, 0 };
	struct bench bench;

	prepare(&bench);
	for (int i = 0; i < METERS; i++)
		bench.gateway.box[i + 1] = 11 + i;
	bench.bus = bus_start(define_boxes(&bench, numbers), 77, bench.outbox, NULL);
	for (uint32_t i = 0; i < METERS; i++)
		await(&bench, ITEM_READING, 100 + i, 3);
	assert_int_equal(count_of(&bench, ITEM_OTHER_METER, 0), 0);
	for (int i = 1; i <= METERS; i++) /* once, and never where there is nothing to compare */
		assert_int_equal(bench.gateway.box_asked[i], i < METERS);

	/* Two change places. The energy of one falls, so that it is asked, and then all are. */
	bench.gateway.box[1] = 12;
	bench.gateway.box[2] = 11;
	bench.gateway.energy_step = -500;
	await(&bench, ITEM_OTHER_METER, 100, 1);
	await(&bench, ITEM_OTHER_METER, 101, 1);
	assert_string_equal(last_of(&bench, ITEM_OTHER_METER)->u.event.number,
	    last_of(&bench, ITEM_OTHER_METER)->u.event.meter_id == 100 ? "2024000012"
								       : "2024000011");
	bench.gateway.energy_step = 0;
	for (uint32_t i = 0; i < METERS; i++)
		await(&bench, ITEM_READING, 100 + i, count_of(&bench, ITEM_READING, 100 + i) + 3);
	assert_int_equal(last_quality(&bench, 100) & QUALITY_UNUSABLE, QUALITY_OTHER_METER);
	assert_int_equal(last_quality(&bench, 101) & QUALITY_UNUSABLE, QUALITY_OTHER_METER);
	assert_int_equal(last_quality(&bench, 102) & QUALITY_UNUSABLE, 0);

	/* A person puts the definition right. */
	redefine_and_read(&bench, define_boxes(&bench, (const int[]){ 12, 11, 13, 0 }));
	assert_int_equal(last_quality(&bench, 100) & QUALITY_UNUSABLE, 0);
	assert_int_equal(last_quality(&bench, 101) & QUALITY_UNUSABLE, 0);
	assert_int_equal(count_of(&bench, ITEM_OTHER_METER, 0), 2);
	end(&bench);
}

static void
a_box_is_compared_only_where_meters_are_numbered_by_it(void **state)
{
	(void)state;
	const int numbers[METERS] = { 11, 12, 13, 14 };
	struct bench bench;

	prepare(&bench);
	bench.gateway.box[1] = 99; /* never its own, nobody's: loops are numbered otherwise */
	bench.gateway.box[2] = 13; /* another meter's */
	bench.gateway.box[3] = 0;  /* these registers are not there */
	bench.gateway.box[4] = 14;
	bench.bus = bus_start(define_boxes(&bench, numbers), 77, bench.outbox, NULL);
	for (uint32_t i = 0; i < METERS; i++)
		await(&bench, ITEM_READING, 100 + i, 3);
	assert_int_equal(count_of(&bench, ITEM_OTHER_METER, 0), 1);
	assert_int_equal(last_of(&bench, ITEM_OTHER_METER)->u.event.meter_id, 101);
	for (uint32_t i = 0; i < METERS; i++)
		assert_int_equal(last_quality(&bench, 100 + i) & QUALITY_UNUSABLE,
		    i == 1 ? QUALITY_OTHER_METER : 0);

	/* Once it has shown its own, anything else is another. */
	bench.gateway.box[4] = 98;
	redefine_and_read(&bench, define_boxes(&bench, numbers));
	assert_int_equal(last_quality(&bench, 103) & QUALITY_UNUSABLE, QUALITY_OTHER_METER);
	end(&bench);
}

static void
a_meter_that_comes_back_is_asked_who_it_is(void **state)
{
	(void)state;
	const int numbers[METERS] = { 11, 12, 13, 14 };
	struct bench bench;
	struct bus_definition *definition;

	prepare(&bench);
	for (int i = 0; i < METERS; i++)
		bench.gateway.box[i + 1] = 11 + i;
	definition = define_boxes(&bench, numbers);
	definition->link.timeout_ms = definition->timing.probe_cost_ms = SHORT_MS;
	bench.bus = bus_start(definition, 77, bench.outbox, NULL);
	await(&bench, ITEM_READING, 101, 2);
	bench.gateway.is_dead[2] = true;
	await(&bench, ITEM_METER_LOST, 101, 1);
	take(&bench, 0);
	size_t before = count_of(&bench, ITEM_READING, 101);
	bench.gateway.box[2] = 77;
	bench.gateway.is_dead[2] = false;
	await(&bench, ITEM_READING, 101, before + 1);
	/* Already the first reading is not believed. */
	for (size_t i = 0; i < bench.count; i++)
		if (bench.items[i].kind == ITEM_READING &&
		    bench.items[i].u.reading.meter_id == 101 && before-- == 0)
			assert_true(bench.items[i].u.reading.quality & QUALITY_OTHER_METER);
	end(&bench);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_meter_that_shows_anothers_number_is_not_believed),
		cmocka_unit_test(a_box_is_compared_only_where_meters_are_numbered_by_it),
		cmocka_unit_test(a_meter_that_comes_back_is_asked_who_it_is),
	};

	log_open("test_bus_identity", LOG_LEVEL_ERROR);
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
