#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../../collector/known.c"

static void
every_meter_is_found_again_however_many_there_are(void **state)
{
	struct known *known = known_new();

	(void)state;
	for (uint32_t id = 1; id <= 20000; id++)
		known_meter(known, id * 7)->bus_id = id;
	assert_int_equal(known->meter_count, 20000);
	for (uint32_t id = 1; id <= 20000; id++)
		assert_int_equal(known_meter(known, id * 7)->bus_id, id);
	assert_int_equal(known->meter_count, 20000);
	known_free(known);
}

static void
ids_that_meet_in_the_index_stay_apart(void **state)
{
	struct known *known = known_new();

	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		known_bus(known, 5 + i * 65536)->owned_epoch = i + 1;
	for (uint32_t i = 0; i < 100; i++)
		assert_int_equal(known_bus(known, 5 + i * 65536)->owned_epoch, i + 1);
	known_free(known);
}

static void
the_newest_state_waits_once_and_keeps_its_doubts(void **state)
{
	struct known *known = known_new();
	struct reading first = { .meter_id = 9, .energy_wh = 10, .quality = QUALITY_JUMP };
	struct reading second = { .meter_id = 9, .energy_wh = 20 };

	(void)state;
	known_put_state(known, &first, 1, 1);
	known_put_state(known, &second, 1, 2);
	assert_int_equal(known->states.count, 1);
	assert_int_equal(known_meter(known, 9)->state.energy_wh, 20);
	assert_int_equal(known_meter(known, 9)->doubts, QUALITY_JUMP);
	assert_int_equal(known_meter(known, 9)->epoch, 2);
	known_free(known);
}

static struct bus_polls
polls_of(int64_t hour_at, uint32_t asked)
{
	return (
	    struct bus_polls){ .meter_id = 9, .hour_at = hour_at, .asked = asked, .answered = 1 };
}

static void
counters_add_up_by_hour_and_the_two_newest_hours_stay(void **state)
{
	struct known *known = known_new();
	struct bus_polls polls[] = { polls_of(1, 2), polls_of(2, 3), polls_of(2, 4),
		polls_of(3, 5) };

	(void)state;
	for (size_t i = 0; i < COUNT(polls); i++)
		known_put_polls(known, &polls[i], 1, 1);
	assert_int_equal(known->polled.count, 1);
	assert_int_equal(known_meter(known, 9)->polls[0].asked, 7);
	assert_int_equal(known_meter(known, 9)->polls[0].answered, 2);
	assert_int_equal(known_meter(known, 9)->polls[1].asked, 5);
	known_free(known);
}

static void
the_front_of_a_list_is_dropped(void **state)
{
	struct known *known = known_new();

	(void)state;
	for (uint32_t id = 1; id <= 5; id++)
		known_put_state(known, &(struct reading){ .meter_id = id }, 1, 1);
	known_drop(&known->states, 3);
	assert_int_equal(known->states.count, 2);
	assert_int_equal(known->meters[known->states.places[0]].meter_id, 4);
	known_free(known);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_meter_is_found_again_however_many_there_are),
		cmocka_unit_test(ids_that_meet_in_the_index_stay_apart),
		cmocka_unit_test(the_newest_state_waits_once_and_keeps_its_doubts),
		cmocka_unit_test(counters_add_up_by_hour_and_the_two_newest_hours_stay),
		cmocka_unit_test(the_front_of_a_list_is_dropped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
