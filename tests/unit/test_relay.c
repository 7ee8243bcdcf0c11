/* Why a relay is open, over every combination that a meter can report. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../lib/model/relay.c"

enum { OFF = 0, WANTS_OPEN = CONTROL_ACTIVE, WANTS_CLOSED = CONTROL_ACTIVE | 1 };

static const struct meter_control QUIET = { .relay_closed = 1 };

static enum relay_reason
reason(const struct meter_control *control, int64_t credit_fen)
{
	struct relay_view view;

	relay_explain(control, 1, credit_fen, 2, 5, &view);
	return view.reason;
}

static void
single_causes(void **state)
{
	static const struct {
		const char *name;
		struct meter_control control;
		int64_t credit_fen;
		enum relay_reason reason;
	} cases[] = {
		{ "all well", { 1, WANTS_CLOSED, OFF, OFF, OFF, 0 }, 5000, REASON_NORMAL },
		{ "well with overdraft", { 1, WANTS_CLOSED, OFF, OFF, OFF, 0 }, -500,
		    REASON_NORMAL },
		{ "prepayment off", { 1, OFF, OFF, OFF, OFF, 0 }, 5000, REASON_UNCONTROLLED },
		{ "arrears", { 0, WANTS_OPEN, OFF, OFF, OFF, FLAG_ARREARS }, -10, REASON_ARREARS },
		{ "arrears by credit", { 0, WANTS_OPEN, OFF, OFF, OFF, 0 }, 0, REASON_ARREARS },
		{ "warning trip", { 0, WANTS_OPEN, OFF, OFF, OFF, FLAG_ALARM2 }, 900, REASON_FEE },
		{ "fee, no credit known", { 0, WANTS_OPEN, OFF, OFF, OFF, 0 }, METER_NO_CREDIT,
		    REASON_FEE },
		{ "overload", { 0, WANTS_CLOSED, WANTS_OPEN, OFF, OFF, FLAG_OVER_LIMIT }, 5000,
		    REASON_OVERLOAD },
		{ "time switch", { 0, WANTS_CLOSED, OFF, WANTS_OPEN, OFF, 0 }, 5000, REASON_TIME },
		{ "forced open", { 0, WANTS_CLOSED, OFF, OFF, WANTS_OPEN, 0 }, 5000,
		    REASON_FORCED },
		{ "kept on", { 1, WANTS_CLOSED, OFF, OFF, WANTS_CLOSED, 0 }, 5000, REASON_KEPT },
		{ "kept on in arrears", { 1, WANTS_OPEN, OFF, OFF, WANTS_CLOSED, FLAG_ARREARS },
		    -10, REASON_KEPT_ARREARS },
		{ "fault", { 0, WANTS_CLOSED, OFF, OFF, OFF, FLAG_FAULT }, 5000, REASON_FAULT },
		{ "open for no reason", { 0, WANTS_CLOSED, OFF, OFF, OFF, 0 }, 5000,
		    REASON_UNEXPLAINED },
		{ "kept on but open", { 0, WANTS_CLOSED, OFF, OFF, WANTS_CLOSED, 0 }, 5000,
		    REASON_UNEXPLAINED },
		{ "kept on but faulty", { 0, WANTS_OPEN, OFF, OFF, WANTS_CLOSED, FLAG_FAULT }, -5,
		    REASON_FAULT },
		{ "closed against orders", { 1, WANTS_OPEN, OFF, OFF, OFF, FLAG_ARREARS }, -10,
		    REASON_AGAINST },
		{ "closed against force", { 1, WANTS_CLOSED, OFF, OFF, WANTS_OPEN, 0 }, 10,
		    REASON_AGAINST },
		{ "no relay", { -1, -1, -1, -1, -1, 0 }, METER_NO_CREDIT, REASON_UNKNOWN },
		{ "relay known, sources not", { 0, -1, -1, -1, -1, 0 }, METER_NO_CREDIT,
		    REASON_UNEXPLAINED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum relay_reason got = reason(&cases[i].control, cases[i].credit_fen);
		if (got != cases[i].reason)
			fail_msg("%s: %s", cases[i].name, relay_reason_name(got));
	}
}

/* Force, then fee, then load, then time: each earlier one is named, the later ones are added. */
static void
several_causes_are_ranked_and_all_named(void **state)
{
	static const enum relay_reason RANK[SOURCES] = { REASON_ARREARS, REASON_OVERLOAD,
		REASON_TIME, REASON_FORCED };
	static const int ORDER[SOURCES] = { SOURCE_FORCE, SOURCE_FEE, SOURCE_LOAD, SOURCE_TIME };

	(void)state;
	for (uint32_t open = 1; open < 1u << SOURCES; open++) {
		struct meter_control control = {
			.fee_state = open & 1u << SOURCE_FEE ? WANTS_OPEN : WANTS_CLOSED,
			.load_state = open & 1u << SOURCE_LOAD ? WANTS_OPEN : OFF,
			.time_state = open & 1u << SOURCE_TIME ? WANTS_OPEN : WANTS_CLOSED,
			.force_state = open & 1u << SOURCE_FORCE ? WANTS_OPEN : OFF,
			.flags = FLAG_ARREARS,
		};
		struct relay_view view;
		int first = 0;
		relay_explain(&control, 1, -100, 1, 5, &view);
		while ((open & 1u << ORDER[first]) == 0)
			first++;
		assert_int_equal(view.state, RELAY_OPEN);
		assert_int_equal(view.reason, RANK[ORDER[first]]);
		assert_int_equal(view.also, open & ~(1u << ORDER[first]));
	}
}

static void
overload_trips_are_counted(void **state)
{
	struct meter_control control = { .load_state = WANTS_OPEN, .fee_state = WANTS_CLOSED };
	static const struct {
		int64_t count, max;
		enum relay_reason reason;
	} cases[] = { { 0, 5, REASON_OVERLOAD }, { 4, 5, REASON_OVERLOAD },
		{ 5, 5, REASON_OVERLOAD_END }, { 6, 5, REASON_OVERLOAD_END },
		{ 3, 0, REASON_OVERLOAD }, { -1, -1, REASON_OVERLOAD } };
	struct relay_view view;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		relay_explain(&control, 1, 100, cases[i].count, cases[i].max, &view);
		assert_int_equal(view.reason, cases[i].reason);
	}
}

static void
three_phases_that_differ_are_partial(void **state)
{
	struct meter_control control = QUIET;
	struct relay_view view;

	(void)state;
	for (int closed = 0; closed < 8; closed++) {
		control.relay_closed = closed;
		control.fee_state = CONTROL_ACTIVE | 7;
		relay_explain(&control, 3, 100, 0, 5, &view);
		assert_int_equal(view.state, closed == 7   ? RELAY_CLOSED
					     : closed == 0 ? RELAY_OPEN
							   : RELAY_PARTIAL);
		for (int p = 0; p < 3; p++)
			assert_int_equal(
			    view.phase[p], closed & 1 << p ? RELAY_CLOSED : RELAY_OPEN);
		if (closed != 0 && closed != 7)
			assert_int_equal(view.reason, REASON_PARTIAL);
	}
}

/* A single-phase loop has only L1; what the other bits say does not matter. */
static void
other_phases_of_a_single_phase_meter_are_ignored(void **state)
{
	struct meter_control control = { .relay_closed = 1, .fee_state = WANTS_CLOSED };
	struct relay_view view;

	(void)state;
	relay_explain(&control, 1, 100, 0, 5, &view);
	assert_int_equal(view.state, RELAY_CLOSED);
	assert_int_equal(view.source[SOURCE_FEE], SOURCE_CLOSED);
	control.relay_closed = 6;
	relay_explain(&control, 1, 100, 0, 5, &view);
	assert_int_equal(view.state, RELAY_OPEN);
}

/* Whatever the registers hold there is one reason with a name, and an open relay never looks fine.
 */
static void
every_register_content_has_an_explanation(void **state)
{
	(void)state;
	for (int bits = 0; bits < 1 << 12; bits++)
		for (int phases = 1; phases <= 3; phases += 2)
			for (int closed = 0; closed <= 7; closed++) {
				struct meter_control control = { closed, bits & 15, bits >> 4 & 15,
					bits >> 8 & 15, bits >> 2 & 15, 0 };
				struct relay_view view;
				relay_explain(&control, phases, 100, 0, 5, &view);
				assert_true(view.reason > REASON_UNKNOWN && view.reason < REASONS);
				assert_non_null(relay_reason_name(view.reason));
				if (view.state == RELAY_OPEN)
					assert_true(view.reason >= REASON_FORCED);
				if (view.state == RELAY_CLOSED)
					assert_true(view.reason < REASON_FORCED);
			}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(single_causes),
		cmocka_unit_test(several_causes_are_ranked_and_all_named),
		cmocka_unit_test(overload_trips_are_counted),
		cmocka_unit_test(three_phases_that_differ_are_partial),
		cmocka_unit_test(other_phases_of_a_single_phase_meter_are_ignored),
		cmocka_unit_test(every_register_content_has_an_explanation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
