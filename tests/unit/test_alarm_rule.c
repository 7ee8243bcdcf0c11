/* Every way an alarm of a meter or of a collector begins, stays and ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../../lib/model/alarm_rule.c"

enum { LOW1 = 1u << ALARM_LOW_CREDIT1, LOW2 = 1u << ALARM_LOW_CREDIT2, OWES = 1u << ALARM_ARREARS };
enum {
	LOAD = 1u << ALARM_OVERLOAD,
	CLOCK = 1u << ALARM_CLOCK_DRIFT,
	RELAY = 1u << ALARM_RELAY_DISORDER
};
enum { OPEN = CONTROL_ACTIVE, CLOSED = CONTROL_ACTIVE | 1 };

#define NOW INT64_C(1790000000000)

static const struct alarm_rule RULE = { .is_known = true,
	.phases = 1,
	.kinds = ALARM_RULED,
	.alarm1_fen = 5000,
	.alarm2_fen = 2000,
	.overload_w = 6000,
	.clock_ms = 300000 };

/* One meter over time. */
struct meter_seen {
	struct alarm_rule rule;
	struct alarm_memory memory;
	struct reading reading;
	uint32_t running;
};

static struct meter_seen
begin(void)
{
	return (struct meter_seen){ .rule = RULE,
		.reading = { .has = HAS_CREDIT | HAS_CONTROL | HAS_CLOCK | HAS_POWER,
		    .read_at = NOW,
		    .clock_at = NOW,
		    .credit_fen = 10000,
		    .power_w = 1200,
		    .overload_max = 5,
		    .relay_closed = 1,
		    .fee_state = CLOSED } };
}

/* The next reading; its clock goes on as ours does. */
static uint32_t
see(struct meter_seen *m)
{
	m->reading.read_at += 60000;
	m->reading.clock_at += 60000;
	return m->running = alarm_judge(&m->rule, &m->reading, m->running, &m->memory);
}

static uint32_t
see_credit(struct meter_seen *m, int64_t credit_fen, uint16_t flags)
{
	m->reading.credit_fen = credit_fen;
	m->reading.flags = flags;
	return see(m);
}

static void
a_tenant_sinks_pays_and_is_well_again(void **state)
{
	static const struct {
		int64_t credit_fen;
		uint16_t flags;
		uint32_t running;
	} days[] = { { 5001, 0, 0 }, { 5000, 0, LOW1 }, { 2001, 0, LOW1 }, { 2000, 0, LOW2 },
		{ 1, 0, LOW2 }, { 0, 0, LOW2 }, { -1, 0, OWES }, { -500, FLAG_ARREARS, OWES },
		{ 0, 0, OWES }, { 1, 0, LOW2 }, { 2100, 0, LOW2 }, { 2101, 0, LOW1 },
		{ 5250, 0, LOW1 }, { 5251, 0, 0 }, { 5001, 0, 0 }, { -1, 0, OWES },
		{ 90000, FLAG_ARREARS, OWES }, { 90000, 0, 0 }, { 100, FLAG_ALARM1, LOW2 },
		{ 90000, 0, 0 } };
	struct meter_seen m = begin();

	(void)state;
	for (size_t i = 0; i < COUNT(days); i++)
		assert_int_equal(
		    see_credit(&m, days[i].credit_fen, days[i].flags), days[i].running);
}

/* From every level to every other by one reading; of the three one runs at most. */
static void
one_warning_stands_for_the_meter(void **state)
{
	static const int64_t credits[] = { 90000, 4000, 1000, -1 };
	static const uint32_t levels[] = { 0, LOW1, LOW2, OWES };

	(void)state;
	for (size_t from = 0; from < COUNT(credits); from++)
		for (size_t to = 0; to < COUNT(credits); to++) {
			struct meter_seen m = begin();
			assert_int_equal(see_credit(&m, credits[from], 0), levels[from]);
			assert_int_equal(see_credit(&m, credits[to], 0), levels[to]);
		}
}

static void
a_level_that_is_off_leaves_the_one_below(void **state)
{
	struct meter_seen m = begin();

	(void)state;
	m.rule.kinds &= ~(uint32_t)LOW2;
	assert_int_equal(see_credit(&m, 1000, 0), LOW1);
	m.rule.kinds &= ~(uint32_t)LOW1;
	assert_int_equal(see_credit(&m, 1000, 0), 0);
	assert_int_equal(see_credit(&m, -1, 0), OWES);
	/* The account was closed: everything ends. */
	m.rule.kinds = 0;
	assert_int_equal(see_credit(&m, -1, 0), 0);
}

static void
amounts_of_zero_warn_at_zero_only(void **state)
{
	struct meter_seen m = begin();

	(void)state;
	m.rule.alarm1_fen = m.rule.alarm2_fen = 0;
	assert_int_equal(see_credit(&m, 1, 0), 0);
	assert_int_equal(see_credit(&m, 0, 0), LOW2);
	assert_int_equal(see_credit(&m, 1, 0), 0);
}

static void
overload_begins_at_once_and_ends_after_two_readings(void **state)
{
	struct meter_seen m = begin();

	(void)state;
	assert_int_equal(see(&m), 0);
	m.reading.flags = FLAG_OVER_LIMIT;
	assert_int_equal(see(&m), LOAD);
	m.reading.flags = 0;
	assert_int_equal(see(&m), LOAD);
	m.reading.flags = FLAG_OVER_LIMIT;
	assert_int_equal(see(&m), LOAD);
	m.reading.flags = 0;
	assert_int_equal(see(&m), LOAD);
	assert_int_equal(see(&m), 0);
}

static void
a_trip_between_two_readings_is_an_overload_too(void **state)
{
	struct meter_seen m = begin();

	(void)state;
	m.reading.overload_count = 3; /* of last year: the first reading proves nothing */
	assert_int_equal(see(&m), 0);
	m.reading.overload_count = 4;
	assert_int_equal(see(&m), LOAD);
	assert_int_equal(see(&m), LOAD);
	assert_int_equal(see(&m), 0);
	m.reading.overload_count = 0; /* somebody set it back */
	assert_int_equal(see(&m), 0);
	m.reading.relay_closed = 0;
	m.reading.load_state = OPEN;
	for (int i = 0; i < 5; i++)
		assert_int_equal(see(&m), LOAD);
}

static void
a_clock_is_off_twice_and_right_once(void **state)
{
	struct meter_seen m = begin();

	(void)state;
	m.reading.clock_at += 300000;
	assert_int_equal(see(&m), 0);
	m.reading.clock_at += 1000;
	assert_int_equal(see(&m), 0);
	m.reading.clock_at -= 102000; /* once is nothing */
	assert_int_equal(see(&m), 0);
	m.reading.clock_at = m.reading.read_at - 301000;
	assert_int_equal(see(&m), 0);
	assert_int_equal(see(&m), CLOCK);
	m.reading.clock_at = m.reading.read_at - 241000;
	for (int i = 0; i < 3; i++)
		assert_int_equal(see(&m), CLOCK);
	m.reading.clock_at = m.reading.read_at - 240000;
	assert_int_equal(see(&m), 0);
	m.reading.clock_at = 0; /* a clock that shows no date says nothing */
	m.reading.clock_at -= 60000;
	assert_int_equal(see(&m), 0);
}

static void
a_relay_that_disobeys_twice_is_an_alarm(void **state)
{
	static const struct {
		uint8_t closed, fee, force;
		uint32_t running;
	} steps[] = {
		{ 1, CLOSED, 0, 0 },
		{ 1, OPEN, 0, 0 }, /* it may just be about to open */
		{ 0, OPEN, 0, 0 },
		{ 1, OPEN, 0, 0 },
		{ 1, OPEN, 0, RELAY },
		{ 0, OPEN, 0, RELAY },
		{ 0, OPEN, 0, 0 },
		{ 0, CLOSED, 0, 0 },
		{ 0, CLOSED, 0, RELAY },
		{ 1, CLOSED, OPEN, RELAY },
		{ 0, CLOSED, OPEN, RELAY },
		{ 0, CLOSED, OPEN, 0 },
	};
	struct meter_seen m = begin();

	(void)state;
	for (size_t i = 0; i < COUNT(steps); i++) {
		m.reading.relay_closed = steps[i].closed;
		m.reading.fee_state = steps[i].fee;
		m.reading.force_state = steps[i].force;
		assert_int_equal(see(&m), steps[i].running);
	}
}

static void
what_cannot_be_believed_changes_nothing(void **state)
{
	static const uint16_t doubts[] = { QUALITY_DECREASED, QUALITY_JUMP, QUALITY_EMPTY,
		QUALITY_OTHER_METER };
	struct meter_seen m = begin();

	(void)state;
	for (size_t i = 0; i < COUNT(doubts); i++) {
		m.reading.quality = doubts[i];
		assert_int_equal(see_credit(&m, -1, FLAG_OVER_LIMIT), 0);
	}
	m.reading.quality = QUALITY_AFTER_GAP;
	assert_int_equal(see_credit(&m, -1, FLAG_OVER_LIMIT), OWES | LOAD);
	for (size_t i = 0; i < COUNT(doubts); i++) {
		m.reading.quality = doubts[i];
		assert_int_equal(see_credit(&m, 90000, 0), OWES | LOAD);
	}
	m.reading.quality = 0;
	m.reading.has = 0; /* a meter that says nothing of its credit keeps its warning */
	assert_true((see(&m) & OWES) != 0);
}

static void
without_rules_nothing_begins_or_ends(void **state)
{
	struct meter_seen m = begin();

	(void)state;
	m.rule = (struct alarm_rule){ 0 };
	assert_int_equal(see_credit(&m, -1, 0), 0);
	m.running = OWES | CLOCK | ALARM_BIT(ALARM_METER_LOST);
	assert_int_equal(see_credit(&m, 90000, 0), OWES | CLOCK);
}

/* A transaction that failed is tried again with the same reading. */
static void
a_reading_counts_once(void **state)
{
	struct meter_seen m = begin();

	(void)state;
	m.reading.clock_at += 400000;
	for (int i = 0; i < 5; i++)
		assert_int_equal(alarm_judge(&m.rule, &m.reading, m.running, &m.memory), 0);
	assert_int_equal(see(&m), CLOCK);
}

static void
an_alarm_says_what_was_found(void **state)
{
	static const struct {
		enum alarm_kind kind;
		int64_t value, threshold;
		const char *detail;
	} cases[] = {
		{ ALARM_LOW_CREDIT1, 1234, 5000, "" },
		{ ALARM_LOW_CREDIT2, 1234, 2000, "" },
		{ ALARM_ARREARS, 1234, 0, "" },
		{ ALARM_OVERLOAD, 1200, 6000, "tripped 2 5" },
		{ ALARM_CLOCK_DRIFT, -600, 300, "" },
	};
	struct meter_seen m = begin();
	struct alarm alarm = { .kind = ALARM_RELAY_DISORDER };

	(void)state;
	m.reading.credit_fen = 1234;
	m.reading.clock_at = m.reading.read_at - 600000;
	m.reading.overload_count = 2;
	m.reading.load_state = OPEN;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct alarm found = { .kind = cases[i].kind };
		alarm_measure(&m.rule, &m.reading, &found);
		assert_true(found.has_value && found.has_threshold);
		assert_int_equal(found.value, cases[i].value);
		assert_int_equal(found.threshold, cases[i].threshold);
		assert_string_equal(found.detail, cases[i].detail);
	}
	alarm_measure(&m.rule, &m.reading, &alarm);
	assert_string_equal(alarm.detail, "Against");
	assert_false(alarm.has_value);
}

static void
readings_may_wait_on_the_disk_for_a_while(void **state)
{
	(void)state;
	assert_false(alarm_judge_spool(0, NOW, 300000, false));
	assert_false(alarm_judge_spool(NOW - 299999, NOW, 300000, false));
	assert_true(alarm_judge_spool(NOW - 300000, NOW, 300000, false));
	assert_true(alarm_judge_spool(NOW - 1, NOW, 300000, true));
	assert_false(alarm_judge_spool(0, NOW, 300000, true));
}

static void
a_disk_is_low_until_there_is_room_again(void **state)
{
	(void)state;
	assert_false(alarm_judge_disk(100, 100, false));
	assert_true(alarm_judge_disk(99, 100, false));
	assert_true(alarm_judge_disk(119, 100, true));
	assert_false(alarm_judge_disk(120, 100, true));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tenant_sinks_pays_and_is_well_again),
		cmocka_unit_test(one_warning_stands_for_the_meter),
		cmocka_unit_test(a_level_that_is_off_leaves_the_one_below),
		cmocka_unit_test(amounts_of_zero_warn_at_zero_only),
		cmocka_unit_test(overload_begins_at_once_and_ends_after_two_readings),
		cmocka_unit_test(a_trip_between_two_readings_is_an_overload_too),
		cmocka_unit_test(a_clock_is_off_twice_and_right_once),
		cmocka_unit_test(a_relay_that_disobeys_twice_is_an_alarm),
		cmocka_unit_test(what_cannot_be_believed_changes_nothing),
		cmocka_unit_test(without_rules_nothing_begins_or_ends),
		cmocka_unit_test(a_reading_counts_once),
		cmocka_unit_test(an_alarm_says_what_was_found),
		cmocka_unit_test(readings_may_wait_on_the_disk_for_a_while),
		cmocka_unit_test(a_disk_is_low_until_there_is_room_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
