#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../../lib/model/reading.c"

#define RANGE_WH (999999990LL + 10) /* eight digits of 0.01 kWh */
#define RATED_W	 13200
#define NOON	 1795000000000LL
#define SLOT_MS	 (30 * CLOCK_MINUTE)

/* A meter that measures, so that nothing of it looks like an empty register. */
static struct reading
reading_at(int64_t read_at, int64_t energy_wh)
{
	struct reading reading = { .meter_id = 7,
		.has = HAS_POWER | HAS_PERIODS | HAS_CLOCK,
		.read_at = read_at,
		.energy_wh = energy_wh,
		.register_range_wh = RANGE_WH,
		.clock_at = read_at,
		.voltage_dv = { 2300 } };

	reading.period_wh[PERIOD_FLAT] = energy_wh;
	return reading;
}

static struct reading_last
last_of(int64_t read_at, int64_t energy_wh)
{
	struct reading_last last = { .read_at = read_at,
		.slot_at = read_at,
		.energy_wh = energy_wh,
		.slot_energy_wh = energy_wh,
		.period_ms = SLOT_MS };

	last.slot_period_wh[PERIOD_FLAT] = energy_wh;
	return last;
}

static unsigned
judge(struct reading reading, const struct reading_last *last)
{
	reading_check(&reading, last, RATED_W);
	return reading.quality;
}

static void
first_reading_of_a_meter_is_good(void **state)
{
	(void)state;
	assert_int_equal(judge(reading_at(NOON, 123450), &(struct reading_last){ 0 }), 0);
}

static void
climbing_within_the_rating_is_good(void **state)
{
	struct reading_last last = last_of(NOON - SLOT_MS, 100000);

	(void)state;
	assert_int_equal(judge(reading_at(NOON, 100000 + 6600), &last), 0);
	assert_int_equal(judge(reading_at(NOON, 100000), &last), 0);
}

static void
more_than_the_rating_explains_is_a_jump(void **state)
{
	struct reading_last last = last_of(NOON - SLOT_MS, 100000);

	(void)state;
	assert_int_equal(
	    judge(reading_at(NOON, 100000 + 6600 * 12 / 10 + 30), &last), QUALITY_JUMP);
	assert_int_equal(judge(reading_at(NOON, 100000000), &last), QUALITY_JUMP);
}

static void
one_step_of_the_register_is_no_jump_however_soon(void **state)
{
	struct reading_last last = last_of(NOON - 100, 100000);

	(void)state;
	assert_int_equal(judge(reading_at(NOON, 100010), &last), 0);
	assert_int_equal(judge(reading_at(NOON, 101000), &last), QUALITY_JUMP);
}

static void
a_meter_without_rating_never_jumps(void **state)
{
	struct reading_last last = last_of(NOON - 1000, 0);
	struct reading reading = reading_at(NOON, 900000000);

	(void)state;
	reading_check(&reading, &last, 0);
	assert_int_equal(reading.quality, 0);
}

static void
falling_energy_is_decreased(void **state)
{
	struct reading_last last = last_of(NOON - SLOT_MS, 100000);

	(void)state;
	assert_int_equal(judge(reading_at(NOON, 99990), &last), QUALITY_DECREASED);
	assert_int_equal(judge(reading_at(NOON, 0), &last), QUALITY_DECREASED);
}

static void
a_register_that_goes_through_its_end_rolls_over(void **state)
{
	struct reading_last last = last_of(NOON - SLOT_MS, RANGE_WH - 100);
	struct reading reading = reading_at(NOON, 100);

	(void)state;
	reading.slot_at = NOON;
	reading_check(&reading, &last, RATED_W);
	assert_int_equal(reading.quality, QUALITY_ROLLOVER);
	assert_int_equal(reading.used_wh, 200);
	assert_int_equal(reading.used_period_wh[PERIOD_FLAT], 200);
}

static void
a_fall_that_only_looks_like_a_roll_over_is_decreased(void **state)
{
	struct reading_last high = last_of(NOON - SLOT_MS, RANGE_WH - 50000);
	struct reading_last middle = last_of(NOON - SLOT_MS, RANGE_WH / 2);

	(void)state;
	assert_int_equal(judge(reading_at(NOON, 100000), &high), QUALITY_DECREASED);
	assert_int_equal(judge(reading_at(NOON, RANGE_WH / 5), &high), QUALITY_DECREASED);
	assert_int_equal(judge(reading_at(NOON, 10), &middle), QUALITY_DECREASED);
}

static void
registers_without_values_are_empty(void **state)
{
	struct reading_last last = last_of(NOON - SLOT_MS, 100000);
	struct reading zero = { .has = HAS_POWER, .read_at = NOON, .register_range_wh = RANGE_WH };
	struct reading ones = reading_at(NOON, 100000);
	struct reading beyond = reading_at(NOON, RANGE_WH);

	(void)state;
	ones.voltage_dv[0] = UINT16_MAX;
	assert_int_equal(judge(zero, &last), QUALITY_EMPTY);
	assert_int_equal(judge(zero, &(struct reading_last){ 0 }), QUALITY_EMPTY);
	assert_int_equal(judge(ones, &last), QUALITY_EMPTY);
	assert_int_equal(judge(beyond, &last), QUALITY_EMPTY);
	assert_int_equal(judge(reading_at(NOON, -10), &last), QUALITY_EMPTY);
}

static void
a_new_meter_that_has_counted_nothing_is_not_empty(void **state)
{
	(void)state;
	assert_int_equal(judge(reading_at(NOON, 0), &(struct reading_last){ 0 }), 0);
}

static void
a_wrong_clock_is_marked_and_the_energy_still_used(void **state)
{
	struct reading_last last = last_of(NOON - SLOT_MS, 100000);
	struct reading reading = reading_at(NOON, 100100);

	(void)state;
	reading.slot_at = NOON;
	reading.clock_at = NOON - 5 * CLOCK_MINUTE - 1;
	reading_check(&reading, &last, RATED_W);
	assert_int_equal(reading.quality, QUALITY_CLOCK);
	assert_int_equal(reading.used_wh, 100);
	reading.clock_at = NOON + 5 * CLOCK_MINUTE;
	assert_int_equal(judge(reading, &last), 0);
	reading.clock_at = 0;
	assert_int_equal(judge(reading, &last), QUALITY_CLOCK);
	reading.has &= ~(uint32_t)HAS_CLOCK;
	assert_int_equal(judge(reading, &last), 0);
}

static void
a_longer_interval_is_after_a_gap(void **state)
{
	struct reading_last last = last_of(NOON - 3 * SLOT_MS, 100000);
	struct reading reading = reading_at(NOON, 100300);

	(void)state;
	assert_int_equal(judge(reading, &last), 0);
	reading.slot_at = NOON;
	reading_check(&reading, &last, RATED_W);
	assert_int_equal(reading.quality, QUALITY_AFTER_GAP);
	assert_int_equal(reading.used_wh, 300);
}

static void
the_demo_mark_stays(void **state)
{
	struct reading reading = reading_at(NOON, 10);

	(void)state;
	reading.quality = QUALITY_DEMO | QUALITY_JUMP;
	assert_int_equal(judge(reading, &(struct reading_last){ 0 }), QUALITY_DEMO);
}

static void
what_another_meter_said_is_not_used(void **state)
{
	struct reading_last last = last_of(NOON, 100000);
	struct reading reading = reading_at(NOON + SLOT_MS, 100200);

	(void)state;
	reading.quality = QUALITY_OTHER_METER;
	reading_check(&reading, &last, RATED_W);
	assert_int_equal(reading.quality, QUALITY_OTHER_METER);
	assert_int_equal(reading.used_wh, 0);
	reading_accept(&last, &reading);
	assert_int_equal(last.energy_wh, 100000);
}

static void
an_unusable_reading_is_no_base_for_the_next(void **state)
{
	struct reading_last last = last_of(NOON, 100000);
	struct reading low = reading_at(NOON + SLOT_MS, 50000);
	struct reading next = reading_at(NOON + 2 * SLOT_MS, 100200);

	(void)state;
	low.slot_at = low.read_at;
	reading_check(&low, &last, RATED_W);
	assert_int_equal(low.used_wh, 0);
	reading_accept(&last, &low);
	assert_int_equal(last.energy_wh, 100000);
	assert_int_equal(last.slot_at, NOON);
	next.slot_at = next.read_at;
	reading_check(&next, &last, RATED_W);
	assert_int_equal(next.quality, QUALITY_AFTER_GAP);
	assert_int_equal(next.used_wh, 200);
}

static void
states_between_half_hours_do_not_move_the_half_hour(void **state)
{
	struct reading_last last = last_of(NOON, RANGE_WH - 100);
	struct reading between = reading_at(NOON + CLOCK_MINUTE, 20);
	struct reading slot = reading_at(NOON + SLOT_MS, 120);

	(void)state;
	reading_check(&between, &last, RATED_W);
	assert_int_equal(between.quality, QUALITY_ROLLOVER);
	assert_int_equal(between.used_wh, 0);
	reading_accept(&last, &between);
	slot.slot_at = slot.read_at;
	reading_check(&slot, &last, RATED_W);
	assert_int_equal(slot.quality, 0);
	assert_int_equal(slot.used_wh, 220);
}

static void
the_first_half_hour_uses_nothing(void **state)
{
	struct reading reading = reading_at(NOON, 5000);

	(void)state;
	reading.slot_at = NOON;
	reading_check(&reading, &(struct reading_last){ 0 }, RATED_W);
	assert_int_equal(reading.used_wh, 0);
}

static void
a_clock_set_back_does_not_count_twice(void **state)
{
	struct reading_last last = last_of(NOON, 100000);
	struct reading back = reading_at(NOON - SLOT_MS, 100100);
	struct reading next = reading_at(NOON + SLOT_MS, 100200);

	(void)state;
	back.slot_at = back.read_at;
	reading_check(&back, &last, RATED_W);
	reading_accept(&last, &back);
	assert_int_equal(last.slot_at, NOON);
	next.slot_at = next.read_at;
	reading_check(&next, &last, RATED_W);
	assert_int_equal(next.used_wh, 200);
}

/* Half hours of a meter that rolls over on the way, every fifth answer wrong, in any order. */
static void
the_parts_sum_to_the_whole_through_any_course(void **state)
{
	struct reading_last last = { 0 };
	int64_t energy_wh = RANGE_WH - 3000, sum_wh = 0, true_wh = 0;

	(void)state;
	srandom(1);
	for (int i = 0; i <= 2000; i++) {
		int64_t step_wh = i == 0 ? 0 : random() % 70 * 10;
		bool is_wrong = i > 0 && i < 2000 && random() % 5 == 0;
		energy_wh = (energy_wh + step_wh) % RANGE_WH;
		true_wh += step_wh;
		struct reading reading =
		    reading_at(NOON + i * SLOT_MS, is_wrong ? RANGE_WH / 2 + i : energy_wh);
		reading.slot_at = reading.read_at;
		reading_check(&reading, &last, RATED_W);
		assert_int_equal((reading.quality & QUALITY_UNUSABLE) != 0, is_wrong);
		reading_accept(&last, &reading);
		sum_wh += reading.used_wh;
	}
	assert_int_equal(sum_wh, true_wh);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_reading_of_a_meter_is_good),
		cmocka_unit_test(climbing_within_the_rating_is_good),
		cmocka_unit_test(more_than_the_rating_explains_is_a_jump),
		cmocka_unit_test(one_step_of_the_register_is_no_jump_however_soon),
		cmocka_unit_test(a_meter_without_rating_never_jumps),
		cmocka_unit_test(falling_energy_is_decreased),
		cmocka_unit_test(a_register_that_goes_through_its_end_rolls_over),
		cmocka_unit_test(a_fall_that_only_looks_like_a_roll_over_is_decreased),
		cmocka_unit_test(registers_without_values_are_empty),
		cmocka_unit_test(a_new_meter_that_has_counted_nothing_is_not_empty),
		cmocka_unit_test(a_wrong_clock_is_marked_and_the_energy_still_used),
		cmocka_unit_test(a_longer_interval_is_after_a_gap),
		cmocka_unit_test(the_demo_mark_stays),
		cmocka_unit_test(what_another_meter_said_is_not_used),
		cmocka_unit_test(an_unusable_reading_is_no_base_for_the_next),
		cmocka_unit_test(states_between_half_hours_do_not_move_the_half_hour),
		cmocka_unit_test(the_first_half_hour_uses_nothing),
		cmocka_unit_test(a_clock_set_back_does_not_count_twice),
		cmocka_unit_test(the_parts_sum_to_the_whole_through_any_course),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
