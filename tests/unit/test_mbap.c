#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/rc.h"
#include "../../collector/mbap.c"
#include "../../collector/rtu.c"

static const uint8_t ANSWER[] = { 0x12, 0x34, 0, 0, 0, 5, 7, 3, 2, 0xAB, 0xCD };

static void
a_request_is_framed_with_its_transaction(void **state)
{
	(void)state;
	const uint8_t pdu[] = { 1, 3, 0x02, 0x00, 0x00, 0x30 };
	const uint8_t wanted[] = { 0xBE, 0xEF, 0, 0, 0, 6, 1, 3, 0x02, 0x00, 0x00, 0x30 };
	uint8_t frame[MBAP_FRAME_MAX];

	assert_int_equal(mbap_write(frame, 0xBEEF, pdu, sizeof(pdu)), sizeof(wanted));
	assert_memory_equal(frame, wanted, sizeof(wanted));
}

static void
the_longest_request_fits(void **state)
{
	(void)state;
	uint8_t pdu[MBAP_PDU_MAX] = { 1, 16 }, frame[MBAP_FRAME_MAX];

	assert_int_equal(mbap_write(frame, 1, pdu, sizeof(pdu)), MBAP_FRAME_MAX);
	assert_int_equal(frame[5], MBAP_PDU_MAX);
}

static void
every_part_of_an_answer_is_waited_for(void **state)
{
	(void)state;
	size_t length = 0;

	for (size_t received = 0; received < sizeof(ANSWER); received++)
		assert_int_equal(mbap_look(ANSWER, received, 0x1234, &length), MBAP_MORE);
	assert_int_equal(mbap_look(ANSWER, sizeof(ANSWER), 0x1234, &length), MBAP_ANSWER);
	assert_int_equal(length, sizeof(ANSWER));
}

static void
an_answer_with_bytes_behind_it_is_found(void **state)
{
	(void)state;
	uint8_t bytes[sizeof(ANSWER) + 3] = { 0 };
	size_t length = 0;

	memcpy(bytes, ANSWER, sizeof(ANSWER));
	assert_int_equal(mbap_look(bytes, sizeof(bytes), 0x1234, &length), MBAP_ANSWER);
	assert_int_equal(length, sizeof(ANSWER));
}

static void
an_answer_to_another_transaction_is_stale(void **state)
{
	(void)state;
	size_t length = 0;

	assert_int_equal(mbap_look(ANSWER, sizeof(ANSWER), 0x1235, &length), MBAP_STALE);
	assert_int_equal(length, sizeof(ANSWER));
	assert_int_equal(mbap_look(ANSWER, sizeof(ANSWER), 0x3412, &length), MBAP_STALE);
}

static void
what_is_no_frame_breaks_the_stream(void **state)
{
	(void)state;
	size_t length = 0;
	const struct {
		size_t at;
		uint8_t value;
	} wrong[] = { { 2, 1 }, { 3, 1 }, { 4, 1 }, { 5, 0 }, { 5, 1 }, { 5, 255 } };

	for (size_t i = 0; i < COUNT(wrong); i++) {
		uint8_t bytes[sizeof(ANSWER)];
		memcpy(bytes, ANSWER, sizeof(ANSWER));
		bytes[wrong[i].at] = wrong[i].value;
		assert_int_equal(mbap_look(bytes, sizeof(bytes), 0x1234, &length), MBAP_BROKEN);
		/* Known as soon as the header is there. */
		assert_int_equal(mbap_look(bytes, MBAP_PREFIX, 0x1234, &length), MBAP_BROKEN);
	}
}

/* domain.md §1.5, with the checksums computed there. */
static void
the_vectors_of_the_meters_have_right_checksums(void **state)
{
	(void)state;
	const struct {
		uint8_t bytes[24];
		size_t length;
	} vectors[] = {
		{ { 1, 3, 2, 0, 0, 0x30, 0x44, 0x66 }, 8 },
		{ { 1, 0x20, 1, 0, 0, 4, 8, 0, 0, 0x27, 0x10, 0, 5, 0, 0, 0x53, 0xDE }, 17 },
		{ { 1, 0x10, 0, 0x57, 0, 2, 4, 0, 1, 0, 1, 0x27, 0x75 }, 13 },
		{ { 1, 0x10, 0, 0x57, 0, 2, 4, 0, 1, 0, 0, 0xE6, 0xB5 }, 13 },
		{ { 1, 0x10, 0, 0x57, 0, 2, 4, 0, 0, 0, 0, 0xB7, 0x75 }, 13 },
		{ { 1, 0x20, 3, 0x54, 0, 5, 0x0A, 0, 0x1E, 9, 0, 0x16, 0x0B, 0x1A, 0, 0, 0, 0xE2,
		      0x9C },
		    19 },
	};

	for (size_t i = 0; i < COUNT(vectors); i++) {
		assert_true(rtu_is_frame(vectors[i].bytes, vectors[i].length));
		assert_false(rtu_is_frame(vectors[i].bytes, vectors[i].length - 1));
	}
}

static void
a_frame_with_one_wrong_bit_is_none(void **state)
{
	(void)state;
	uint8_t frame[] = { 1, 3, 2, 0, 0, 0x30, 0x44, 0x66 };

	for (size_t bit = 0; bit < 8 * sizeof(frame); bit++) {
		frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(rtu_is_frame(frame, sizeof(frame)));
		frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_true(rtu_is_frame(frame, sizeof(frame)));
	assert_false(rtu_is_frame(frame, 3));
	assert_false(rtu_is_frame(frame, 0));
}

static void
times_follow_the_line_settings(void **state)
{
	(void)state;
	assert_int_equal(rtu_silence_us(9600, 'N', 1), 3645);
	assert_int_equal(rtu_silence_us(9600, 'E', 1), 4010);
	assert_int_equal(rtu_silence_us(1200, 'N', 1), 29166);
	assert_int_equal(rtu_silence_us(19200, 'N', 1), 1822);
	assert_int_equal(rtu_silence_us(38400, 'N', 1), 1750);
	/* 109 bytes of question and answer for 48 registers: 114 ms at 9600 baud. */
	assert_int_equal(rtu_character_us(9600, 'N', 1, 109) / 1000, 113);
	assert_int_equal(rtu_character_us(9600, 'N', 2, 96), 110000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_framed_with_its_transaction),
		cmocka_unit_test(the_longest_request_fits),
		cmocka_unit_test(every_part_of_an_answer_is_waited_for),
		cmocka_unit_test(an_answer_with_bytes_behind_it_is_found),
		cmocka_unit_test(an_answer_to_another_transaction_is_stale),
		cmocka_unit_test(what_is_no_frame_breaks_the_stream),
		cmocka_unit_test(the_vectors_of_the_meters_have_right_checksums),
		cmocka_unit_test(a_frame_with_one_wrong_bit_is_none),
		cmocka_unit_test(times_follow_the_line_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
