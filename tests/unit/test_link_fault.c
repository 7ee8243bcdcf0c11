#include "peer.h"

#define BABBLE_MS 20000 /* the noise is known after two seconds, and in any case before it ends */

static void
bytes_before_or_behind_an_answer_do_not_spoil_the_next(void **state)
{
	(void)state;
	struct bench bench;

	FOR_EACH_TRANSPORT(t)
	{
		begin(&bench, t, STEPS({ .before = "00 FF 55" }, { 0 }, { .after = "AA 55 00" }));
		assert_int_not_equal(read_within(&bench, 5, 0x0200, 48, STALL_MS), RC_OK);
		await_served(&bench, 1);
		assert_int_equal(link_open(bench.link), RC_OK);
		assert_int_equal(read_from(&bench, 5, 0x0210, 48), RC_OK);
		assert_int_equal(read_from(&bench, 5, 0x0220, 48), RC_OK);
		assert_int_equal(read_from(&bench, 5, 0x0230, 48), RC_OK);
		end(&bench);
	}
}

static void
a_late_answer_is_never_taken_for_another(void **state)
{
	(void)state;
	struct bench bench;

	FOR_EACH_TRANSPORT(t)
	{
		/* It comes while the next request waits for its own answer: another unit is asked,
		 * then the same unit for one register less. */
		begin(&bench, t, STEPS({ .awaits_next = true }, { .delay_ms = 20 }));
		enum rc rc = read_within(&bench, 5, 0x0100, 48, SHORT_MS);
		expect(&bench, rc, RC_TIMEOUT, TROUBLE_TIMEOUT);
		assert_int_equal(read_from(&bench, 6, 0x0200, 48), RC_OK);
		assert_int_equal(read_from(&bench, 6, 0x0300, 48), RC_OK);
		end(&bench);
		begin(&bench, t, STEPS({ .awaits_next = true }, { .delay_ms = 20 }));
		rc = read_within(&bench, 5, 0x0100, 48, SHORT_MS);
		expect(&bench, rc, RC_TIMEOUT, TROUBLE_TIMEOUT);
		assert_int_equal(read_from(&bench, 5, 0x0200, 47), RC_OK);
		assert_int_equal(read_from(&bench, 5, 0x0300, 48), RC_OK);
		end(&bench);
	}
}

static void
a_stale_answer_is_skipped_and_the_stream_stays_in_step(void **state)
{
	(void)state;
	struct bench bench;

	begin(&bench, TRANSPORT_TCP,
	    STEPS(
		{ .is_stale_first = true }, { .transaction_off = 7 }, { .is_stale_first = true }));
	assert_int_equal(read_from(&bench, 5, 0x0200, 48), RC_OK);
	enum rc rc = read_within(&bench, 5, 0x0210, 48, SHORT_MS);
	expect(&bench, rc, RC_TIMEOUT, TROUBLE_TIMEOUT);
	assert_int_equal(link_open(bench.link), RC_OK);
	assert_int_equal(read_from(&bench, 5, 0x0220, 48), RC_OK);
	assert_int_equal(read_from(&bench, 5, 0x0230, 48), RC_OK);
	end(&bench);
}

static void
what_is_not_modbus_closes_the_connection(void **state)
{
	(void)state;
	struct bench bench;

	begin(&bench, TRANSPORT_TCP, STEPS({ .before = "48 54 54 50 2F 31 2E 31" }));
	expect(&bench, read_from(&bench, 5, 0x0200, 48), RC_INVALID, TROUBLE_DAMAGED);
	assert_false(link_is_open(bench.link));
	assert_int_equal(link_open(bench.link), RC_OK);
	assert_int_equal(read_from(&bench, 5, 0x0200, 48), RC_OK);
	assert_int_equal(bench.peer.connections, 2);
	end(&bench);
}

static void
what_a_server_still_holds_for_its_last_client_is_dropped(void **state)
{
	(void)state;
	struct bench bench;

	begin(&bench, TRANSPORT_RTU_TCP, NULL, 0);
	bench.peer.greeting = "05 03 04 11 11 22 22";
	link_close(bench.link);
	int64_t opened_us = clock_mono_us();
	assert_int_equal(link_open(bench.link), RC_OK);
	await_bytes(&bench);
	assert_int_equal(read_from(&bench, 5, 0x0200, 2), RC_OK);
	/* It would also have waited for bytes that take longer. */
	assert_true(bench.peer.at_us[0] - opened_us >= 40000);
	end(&bench);
}

static void
a_dribbling_device_is_given_up_in_time(void **state)
{
	(void)state;
	struct bench bench;

	FOR_EACH_TRANSPORT(t)
	{
		/* The whole answer would take ten seconds. */
		begin(&bench, t, STEPS({ .dribble_ms = 100 }));
		int64_t began = clock_mono();
		enum rc rc = read_within(&bench, 5, 0x0200, 48, SHORT_MS);
		expect(&bench, rc, RC_TIMEOUT, TROUBLE_TIMEOUT);
		assert_in_range(clock_mono() - began, 200, 3000);
		end(&bench);
	}
}

static enum rc
read_until_noise(struct bench *bench)
{
	enum rc rc = RC_OK;

	for (int64_t until = clock_mono() + BABBLE_MS;
	     link_trouble(bench->link) != TROUBLE_NOISE && clock_mono() < until;)
		rc = read_within(bench, 5, 0x0200, 48, SHORT_MS);
	return rc;
}

static void
a_babbling_device_is_noise_and_does_not_hang_the_bus(void **state)
{
	(void)state;
	struct bench bench;

	/* A flood, which the buffers of the system keep without gaps when the peer stands still. At
	 * this speed it is a small part of the line: it is noise only because it never ends. */
	for (int i = 0; i < 2; i++) {
		begin_with(&bench, i == 0 ? TRANSPORT_RTU : TRANSPORT_RTU_TCP,
		    STEPS({ .babble_ms = BABBLE_MS, .babble_bytes = 2000, .babble_pause_ms = 3 }),
		    50000000, 0);
		int64_t began = clock_mono();
		enum rc rc = read_until_noise(&bench);
		expect(&bench, rc, RC_UNAVAILABLE, TROUBLE_NOISE);
		assert_in_range(clock_mono() - began, 2000, BABBLE_MS);
		assert_false(link_is_open(bench.link));
		end(&bench);
	}
}

static void
a_device_that_babbles_in_bursts_is_noise_too(void **state)
{
	(void)state;
	struct bench bench;

	/* Each pause is long enough for a request. */
	begin_with(&bench, TRANSPORT_RTU_TCP,
	    STEPS({ .babble_ms = BABBLE_MS, .babble_bytes = 120, .babble_pause_ms = 60 }), 9600, 0);
	int64_t began = clock_mono();
	expect(&bench, read_until_noise(&bench), RC_UNAVAILABLE, TROUBLE_NOISE);
	assert_in_range(clock_mono() - began, 2000, BABBLE_MS);
	end(&bench);
}

static void
late_answers_are_not_noise(void **state)
{
	(void)state;
	struct bench bench;

	/* Every answer comes after its time-out, and is dropped before the next request. */
	static const struct step late[] = { [0 ... STEPS_MAX - 1] = { .awaits_word = true } };
	begin_with(&bench, TRANSPORT_RTU_TCP, late, COUNT(late), 9600, 0);
	for (int64_t began = clock_mono(); clock_mono() - began < 3000;) {
		enum rc rc = read_within(&bench, 5, 0x0200, 48, SHORT_MS);
		expect(&bench, rc, RC_TIMEOUT, TROUBLE_TIMEOUT);
		peer_tell(&bench.peer);
		await_bytes(&bench);
	}
	end(&bench);
}

static void
an_exchange_believes_nothing_but_one_whole_frame(void **state)
{
	(void)state;
	static const uint8_t request[] = { 1, 0x20, 0x01, 0, 0, 4, 8, 0, 0, 0x27, 0x10, 0, 5, 0,
		0 };
	static const char *const wrong[] = {
		"01 20 0A 00 00 00 00 00 00 00 00 00 00 00 00", /* checksum */
		"01 20", "01", "02 20 00 48 18",		/* another unit */
	};
	uint8_t answer[64];
	struct bench bench;

	for (size_t i = 0; i < COUNT(wrong); i++) {
		begin(&bench, TRANSPORT_RTU, STEPS({ .raw = wrong[i] }));
		size_t length = sizeof(answer);
		enum rc rc = link_exchange(
		    bench.link, request, sizeof(request), answer, &length, PATIENCE_MS);
		expect(&bench, rc, RC_INVALID, TROUBLE_DAMAGED);
		assert_int_equal(read_from(&bench, 1, 0x0200, 48), RC_OK);
		end(&bench);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_before_or_behind_an_answer_do_not_spoil_the_next),
		cmocka_unit_test(a_late_answer_is_never_taken_for_another),
		cmocka_unit_test(a_stale_answer_is_skipped_and_the_stream_stays_in_step),
		cmocka_unit_test(what_is_not_modbus_closes_the_connection),
		cmocka_unit_test(what_a_server_still_holds_for_its_last_client_is_dropped),
		cmocka_unit_test(a_dribbling_device_is_given_up_in_time),
		cmocka_unit_test(a_babbling_device_is_noise_and_does_not_hang_the_bus),
		cmocka_unit_test(a_device_that_babbles_in_bursts_is_noise_too),
		cmocka_unit_test(late_answers_are_not_noise),
		cmocka_unit_test(an_exchange_believes_nothing_but_one_whole_frame),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
