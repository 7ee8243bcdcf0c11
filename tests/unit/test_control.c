/* What may be done with a meter, and why not, over every state that decides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../lib/model/control.c"

#define NOW   (1000 * CLOCK_HOUR)
#define LATER (NOW + CLOCK_HOUR)

/* A shop that is supplied, with nothing in force. */
static struct meter shop;
static struct control_meter row;

static int
set_up(void **state)
{
	(void)state;
	shop = (struct meter){ .meter_id = 1,
		.account_id = 1,
		.phases = 1,
		.has_state = true,
		.credit_mode = CREDIT_METER,
		.credit_fen = 5000,
		.control = { 1, 9, 0, 0, 0, 0 } };
	row = (struct control_meter){
		.meter = &shop, .bus_id = 1, .can_force = true, .can_clock = true, .open_kind = ""
	};
	return 0;
}

static enum control_why
why(enum control_op op)
{
	control_judge(&row, op, LATER, NOW);
	return row.why;
}

static void
forces_are_read_phase_by_phase(void **state)
{
	(void)state;
	assert_int_equal(control_force(-1, 1), FORCE_UNKNOWN);
	for (int phases = 1; phases <= 3; phases += 2)
		for (int64_t bits = 0; bits < 8; bits++) {
			int64_t mask = phases == 3 ? 7 : 1;
			assert_int_equal(control_force(bits, phases), FORCE_NONE);
			assert_int_equal(
			    control_force(8 | bits, phases), (bits & mask) == mask ? FORCE_CLOSED
							     : (bits & mask) == 0  ? FORCE_OPEN
										   : FORCE_MIXED);
		}
}

static void
a_trip_is_refused_for_a_reason(void **state)
{
	(void)state;
	assert_int_equal(why(CONTROL_TRIP), CONTROL_GOES);
	shop.control.force_state = 8;
	assert_int_equal(why(CONTROL_TRIP), CONTROL_SAME);
	/* An order that is open will have changed that. */
	row.open_batch_id = 7;
	assert_int_equal(why(CONTROL_TRIP), CONTROL_GOES);
	shop.control.force_state = 9;
	assert_int_equal(why(CONTROL_TRIP), CONTROL_KEPT);
	shop.control.force_state = 0;
	row.has_money = true;
	assert_int_equal(why(CONTROL_TRIP), CONTROL_MONEY);
	shop.account_id = 0;
	assert_int_equal(why(CONTROL_TRIP), CONTROL_UNOPENED);
	shop.is_protected = true;
	assert_int_equal(why(CONTROL_TRIP), CONTROL_PROTECTED);
	shop.lost_since = 1;
	assert_int_equal(why(CONTROL_TRIP), CONTROL_LOST);
	row.is_closing = true;
	assert_int_equal(why(CONTROL_TRIP), CONTROL_CLOSING);
	row.can_force = false;
	assert_int_equal(why(CONTROL_TRIP), CONTROL_MODEL);
	shop.credit_mode = CREDIT_MONITOR;
	assert_int_equal(why(CONTROL_TRIP), CONTROL_MONITOR);
	row.is_bus_disabled = true;
	assert_int_equal(why(CONTROL_TRIP), CONTROL_BUS);
}

static void
keep_on_and_prepaid_reach_lost_meters_too(void **state)
{
	(void)state;
	shop.lost_since = 1;
	assert_int_equal(why(CONTROL_KEEP_ON), CONTROL_GOES);
	assert_int_equal(row.until_at, LATER);
	assert_int_equal(why(CONTROL_PREPAID), CONTROL_GOES);
	assert_int_equal(row.until_at, 0);
	shop.lost_since = 0;
	assert_int_equal(why(CONTROL_PREPAID), CONTROL_SAME);
	shop.control.force_state = 9;
	row.kept_until = LATER - 1;
	assert_int_equal(why(CONTROL_KEEP_ON), CONTROL_GOES);
	row.kept_until = LATER;
	assert_int_equal(why(CONTROL_KEEP_ON), CONTROL_SAME);
	shop.account_id = 0;
	row.kept_until = 0;
	assert_int_equal(why(CONTROL_KEEP_ON), CONTROL_UNOPENED);
	assert_int_equal(why(CONTROL_PREPAID), CONTROL_GOES);
}

static void
prepaid_closes_nothing_by_force(void **state)
{
	(void)state;
	shop.control.force_state = 8;
	assert_int_equal(why(CONTROL_PREPAID), CONTROL_GOES);
	assert_int_equal(row.kind, COMMAND_PREPAID);
	assert_int_equal(control_after(&row), 1);
	shop.control.fee_state = 8; /* the credit is used up */
	assert_int_equal(control_after(&row), 0);
	shop.control.fee_state = 9;
	shop.control.time_state = 8;
	assert_int_equal(control_after(&row), 0);
	shop.control.fee_state = -1;
	assert_int_equal(control_after(&row), -1);
}

static void
what_was_before_comes_back(void **state)
{
	static const struct {
		int64_t force, until;
		enum control_why why;
		enum command_kind kind;
	} CASES[] = {
		{ 0, 0, CONTROL_GOES, COMMAND_PREPAID },
		{ 8, 0, CONTROL_GOES, COMMAND_TRIP },
		{ 9, LATER, CONTROL_GOES, COMMAND_KEEP_ON },
		{ 9, NOW, CONTROL_BEFORE, COMMAND_KINDS },
		{ 9, 0, CONTROL_BEFORE, COMMAND_KINDS },
	};

	(void)state;
	assert_int_equal(why(CONTROL_RESTORE), CONTROL_BEFORE);
	for (size_t i = 0; i < COUNT(CASES); i++) {
		shop.control.force_state = CASES[i].force == 8 ? 9 : 8;
		row.has_before = true;
		row.force_before = CASES[i].force;
		row.until_before = CASES[i].until;
		assert_int_equal(why(CONTROL_RESTORE), CASES[i].why);
		assert_int_equal(row.kind, CASES[i].kind);
		assert_int_equal(row.until_at, CASES[i].kind == COMMAND_KEEP_ON ? LATER : 0);
	}
}

static void
an_order_remembers_what_was_in_force(void **state)
{
	(void)state;
	shop.control.force_state = 9;
	row.kept_until = LATER;
	assert_int_equal(why(CONTROL_PREPAID), CONTROL_GOES);
	struct command_order order = control_order(&row);
	assert_true(order.has_before);
	assert_int_equal(order.force_before, 9);
	assert_int_equal(order.until_before, LATER);
	assert_int_equal(why(CONTROL_READ), CONTROL_GOES);
	assert_false(control_order(&row).has_before);
	row.can_clock = false;
	assert_int_equal(why(CONTROL_CLOCK), CONTROL_MODEL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(forces_are_read_phase_by_phase, set_up),
		cmocka_unit_test_setup(a_trip_is_refused_for_a_reason, set_up),
		cmocka_unit_test_setup(keep_on_and_prepaid_reach_lost_meters_too, set_up),
		cmocka_unit_test_setup(prepaid_closes_nothing_by_force, set_up),
		cmocka_unit_test_setup(what_was_before_comes_back, set_up),
		cmocka_unit_test_setup(an_order_remembers_what_was_in_force, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
