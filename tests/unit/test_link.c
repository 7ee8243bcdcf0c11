#include "peer.h"

static void
registers_are_read_over_each_transport(void **state)
{
	(void)state;
	struct bench bench;

	FOR_EACH_TRANSPORT(t)
	{
		begin(&bench, t, NULL, 0);
		assert_int_equal(read_from(&bench, 1, 0x0200, 48), RC_OK);
		assert_int_equal(read_from(&bench, 247, 0x0073, 125), RC_OK);
		assert_int_equal(read_from(&bench, 17, 0xFFF0, 1), RC_OK);
		static const uint8_t first[] = { 1, 3, 2, 0, 0, 48 };
		assert_memory_equal(bench.peer.request[0], first, sizeof(first));
		end(&bench);
	}
}

static void
each_trouble_has_its_name_and_the_next_request_is_right(void **state)
{
	(void)state;
	/* A serial line waits on behind a whole frame that is not the answer. */
	const struct {
		struct step step;
		enum rc rc;
		enum trouble trouble;
		uint32_t timeout_ms;
	} rows[] = {
		{ { .is_silent = true }, RC_TIMEOUT, TROUBLE_TIMEOUT, SHORT_MS },
		{ { .awaits_word = true }, RC_TIMEOUT, TROUBLE_TIMEOUT, SHORT_MS },
		{ { .unit_off = 1 }, RC_INVALID, TROUBLE_DAMAGED, STALL_MS },
		{ { .function_off = 1 }, RC_INVALID, TROUBLE_DAMAGED, STALL_MS },
		{ { .count_off = -1 }, RC_INVALID, TROUBLE_DAMAGED, STALL_MS },
		{ { .count_off = 1 }, RC_INVALID, TROUBLE_DAMAGED, STALL_MS },
		{ { .exception = 2 }, RC_INVALID, TROUBLE_REFUSED, PATIENCE_MS },
		{ { .exception = 6 }, RC_INVALID, TROUBLE_REFUSED, PATIENCE_MS },
		{ { .exception = 10 }, RC_UNAVAILABLE, TROUBLE_GATEWAY, PATIENCE_MS },
		{ { .exception = 11 }, RC_UNAVAILABLE, TROUBLE_GATEWAY, PATIENCE_MS },
		{ { .cut = 30 }, RC_TIMEOUT, TROUBLE_TIMEOUT, STALL_MS },
	};
	struct bench bench;

	FOR_EACH_TRANSPORT(t)
	for (size_t i = 0; i < COUNT(rows); i++) {
		begin(&bench, t, STEPS({ 0 }, rows[i].step));
		assert_int_equal(read_from(&bench, 5, 0x0200, 48), RC_OK);
		enum rc rc = read_within(&bench, 5, 0x0200, 48, rows[i].timeout_ms);
		expect(&bench, rc, rows[i].rc, rows[i].trouble);
		assert_int_equal(link_exception(bench.link), rows[i].step.exception);
		if (rows[i].step.awaits_word) { /* the late answer is there before the request */
			peer_tell(&bench.peer);
			await_bytes(&bench);
		}
		await_served(&bench, 2);
		assert_int_equal(link_open(bench.link), RC_OK);
		assert_int_equal(read_from(&bench, 6, 0x0300, 20), RC_OK);
		end(&bench);
	}
}

static void
a_wrong_checksum_is_damage(void **state)
{
	(void)state;
	struct bench bench;

	for (int i = 0; i < 2; i++) {
		begin(&bench, i == 0 ? TRANSPORT_RTU : TRANSPORT_RTU_TCP,
		    STEPS({ .is_crc_wrong = true }));
		expect(&bench, read_from(&bench, 5, 0x0200, 48), RC_INVALID, TROUBLE_DAMAGED);
		assert_int_equal(read_from(&bench, 5, 0x0200, 48), RC_OK);
		/* More of it might have come. */
		assert_true(bench.peer.at_us[1] - bench.peer.sent_us[0] >= 40000);
		end(&bench);
	}
}

static void
the_end_of_a_connection_is_told_and_mended_by_opening(void **state)
{
	(void)state;
	struct bench bench;

	for (int i = 0; i < 2; i++) {
		begin(
		    &bench, i == 0 ? TRANSPORT_TCP : TRANSPORT_RTU_TCP, STEPS({ .closes = true }));
		expect(&bench, read_from(&bench, 5, 0x0200, 48), RC_UNAVAILABLE, TROUBLE_OPEN);
		assert_false(link_is_open(bench.link));
		assert_string_not_equal(link_reason(bench.link), "");
		expect(&bench, read_from(&bench, 5, 0x0200, 48), RC_UNAVAILABLE, TROUBLE_OPEN);
		assert_int_equal(link_open(bench.link), RC_OK);
		assert_int_equal(read_from(&bench, 5, 0x0200, 48), RC_OK);
		end(&bench);
	}
}

static void
a_port_that_is_pulled_out_is_told(void **state)
{
	(void)state;
	struct bench bench;

	begin(&bench, TRANSPORT_RTU, NULL, 0);
	assert_int_equal(read_from(&bench, 5, 0x0200, 48), RC_OK);
	uint64_t one = 1;
	assert_int_equal(write(bench.peer.quit_fd, &one, sizeof(one)), sizeof(one));
	(void)pthread_join(bench.peer.thread, NULL);
	(void)close(bench.peer.fd);
	int64_t began = clock_mono();
	expect(&bench, read_from(&bench, 5, 0x0200, 48), RC_UNAVAILABLE, TROUBLE_OPEN);
	assert_true(clock_mono() - began < PATIENCE_MS / 4); /* not by its time-out */
	assert_int_equal(link_open(bench.link), RC_UNAVAILABLE);
	expect(&bench, RC_OK, RC_OK, TROUBLE_OPEN);
	link_free(bench.link);
	(void)close(bench.slave);
	(void)close(bench.peer.quit_fd);
	(void)close(bench.peer.word_fd);
	(void)close(bench.wake_fd);
}

static void
a_refused_connection_is_told_at_once(void **state)
{
	(void)state;
	struct peer peer = { .transport = TRANSPORT_TCP };

	peer_bind(&peer);
	struct link_config config = config_of(&peer);
	struct link *link = link_new(&config, -1);
	assert_int_equal(link_open(link), RC_UNAVAILABLE);
	assert_int_equal(link_trouble(link), TROUBLE_OPEN);
	assert_non_null(strstr(link_reason(link), "refused"));
	link_free(link);

	(void)snprintf(config.host, sizeof(config.host), "gateway.invalid");
	link = link_new(&config, -1);
	int64_t began = clock_mono();
	assert_int_equal(link_open(link), RC_UNAVAILABLE);
	assert_true(clock_mono() - began < 3000); /* nobody was asked for the name */
	link_free(link);
	(void)close(peer.listener);
}

static void
closing_resets_the_connection(void **state)
{
	(void)state;
	struct bench bench;

	begin(&bench, TRANSPORT_TCP, NULL, 0);
	assert_int_equal(read_from(&bench, 5, 0x0200, 48), RC_OK);
	link_close(bench.link);
	for (int i = 0; i < PATIENCE_MS && !bench.peer.was_reset; i++)
		(void)usleep(1000);
	assert_true(bench.peer.was_reset);
	end(&bench);
}

static void
stopping_gives_up_a_request_under_way(void **state)
{
	(void)state;
	struct bench bench;

	FOR_EACH_TRANSPORT(t)
	{
		struct step wake = { .delay_ms = 30 };
		begin(&bench, t, &wake, 1);
		wake.wakes_fd = bench.wake_fd;
		int64_t began = clock_mono();
		expect(&bench, read_from(&bench, 5, 0x0200, 48), RC_UNAVAILABLE, TROUBLE_STOPPED);
		assert_true(clock_mono() - began < PATIENCE_MS / 4);
		end(&bench);
	}
}

static void
the_line_is_silent_before_each_request(void **state)
{
	(void)state;
	struct bench bench;
	const struct {
		uint32_t baud, gap_ms;
		int64_t silence_us;
	} rows[] = { { 115200, 0, 1750 }, { 9600, 0, 3645 }, { 2400, 0, 14583 },
		{ 115200, 25, 26750 } };

	FOR_EACH_TRANSPORT(t)
	for (size_t i = 0; i < COUNT(rows); i++) {
		begin_with(&bench, t, NULL, 0, rows[i].baud, rows[i].gap_ms);
		for (int k = 0; k < 5; k++)
			assert_int_equal(read_from(&bench, 5, 0x0200, 4), RC_OK);
		for (int k = 1; k < 5; k++) {
			int64_t silence_us = bench.peer.at_us[k] - bench.peer.sent_us[k - 1];
			int64_t wanted_us =
			    t == TRANSPORT_TCP ? rows[i].gap_ms * 1000 : rows[i].silence_us;
			assert_true(silence_us >= wanted_us);
		}
		end(&bench);
	}
}

static void
the_clock_of_a_meter_is_set_by_a_raw_exchange(void **state)
{
	(void)state;
	static const uint8_t request[] = { 1, 0x20, 0x03, 0x54, 0, 5, 0x0A, 0, 0x1E, 9, 0, 0x16,
		0x0B, 0x1A, 0, 0, 0 };
	uint8_t answer[64];
	struct bench bench;

	FOR_EACH_TRANSPORT(t)
	{
		/* Fifteen bytes on an RTU line, which libmodbus cannot receive. */
		struct step good = { .raw = "01 20 0A 00 00 00 00 00 00 00 00 00 00" };
		struct step bad = { .raw = "01 A0 02" }, silent = { .is_silent = true };
		char framed[2][80];
		struct step steps[] = { good, bad, silent };
		if (t != TRANSPORT_TCP)
			for (int i = 0; i < 2; i++) { /* raw RTU carries its own checksum */
				uint8_t bytes[32];
				size_t length = unhex(steps[i].raw, bytes);
				uint16_t crc = rtu_crc(bytes, length);
				(void)snprintf(framed[i], sizeof(framed[i]), "%s%02X%02X",
				    steps[i].raw, (unsigned)crc & 0xFF, (unsigned)crc >> 8);
				steps[i].raw = framed[i];
			}
		begin(&bench, t, steps, COUNT(steps));
		size_t length = sizeof(answer);
		assert_int_equal(link_exchange(bench.link, request, sizeof(request), answer,
				     &length, PATIENCE_MS),
		    RC_OK);
		assert_int_equal(length, 13);
		assert_int_equal(answer[1], 0x20);
		assert_int_equal(bench.peer.lengths[0], sizeof(request));
		assert_memory_equal(bench.peer.request[0], request, sizeof(request));
		length = sizeof(answer);
		enum rc rc = link_exchange(
		    bench.link, request, sizeof(request), answer, &length, PATIENCE_MS);
		expect(&bench, rc, RC_INVALID, TROUBLE_REFUSED);
		assert_int_equal(link_exception(bench.link), 2);
		length = sizeof(answer);
		rc = link_exchange(bench.link, request, sizeof(request), answer, &length, SHORT_MS);
		expect(&bench, rc, RC_TIMEOUT, TROUBLE_TIMEOUT);
		assert_int_equal(length, 0);
		/* libmodbus goes on reading where the exchange ended. */
		assert_int_equal(read_from(&bench, 1, 0x0200, 48), RC_OK);
		end(&bench);
	}
}

static void
a_slow_line_gets_the_time_its_bytes_need(void **state)
{
	(void)state;
	struct bench bench;

	/* 255 bytes take 2.1 s at 1200 baud; the time-out is 0.15 s. */
	begin_with(&bench, TRANSPORT_RTU_TCP, STEPS({ .delay_ms = 700 }), 1200, 0);
	assert_int_equal(read_within(&bench, 5, 0x0200, 125, SHORT_MS), RC_OK);
	end(&bench);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registers_are_read_over_each_transport),
		cmocka_unit_test(each_trouble_has_its_name_and_the_next_request_is_right),
		cmocka_unit_test(a_wrong_checksum_is_damage),
		cmocka_unit_test(the_end_of_a_connection_is_told_and_mended_by_opening),
		cmocka_unit_test(a_port_that_is_pulled_out_is_told),
		cmocka_unit_test(a_refused_connection_is_told_at_once),
		cmocka_unit_test(closing_resets_the_connection),
		cmocka_unit_test(stopping_gives_up_a_request_under_way),
		cmocka_unit_test(the_line_is_silent_before_each_request),
		cmocka_unit_test(the_clock_of_a_meter_is_set_by_a_raw_exchange),
		cmocka_unit_test(a_slow_line_gets_the_time_its_bytes_need),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
