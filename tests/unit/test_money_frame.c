#include "../../collector/money_frame.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static const struct money_frames FRAMES = { .credit_address = 0x0100,
	.set_address = 0x0200,
	.force_address = 0x0057,
	.amount_unit_fen = 1,
	.count_range = 65536 };

static void
expect(const struct money_request *request, const char *hex)
{
	char text[3 * MONEY_REQUEST_MAX + 1] = "";

	for (size_t i = 0; i < request->length; i++)
		(void)sprintf(text + 3 * i, "%02X ", request->bytes[i]);
	text[3 * request->length - 1] = '\0';
	assert_string_equal(text, hex);
}

/* The vectors of domain.md §1.5, without their checksums. */
static void
frames_are_those_of_the_document(void **state)
{
	(void)state;
	struct money_request request;

	assert_true(money_frame_credit(&FRAMES, 1, 10000, 5, &request));
	expect(&request, "01 20 01 00 00 04 08 00 00 27 10 00 05 00 00");
	money_frame_force(&FRAMES, 1, true, true, &request);
	expect(&request, "01 10 00 57 00 02 04 00 01 00 01");
	money_frame_force(&FRAMES, 1, true, false, &request);
	expect(&request, "01 10 00 57 00 02 04 00 01 00 00");
	money_frame_force(&FRAMES, 1, false, true, &request);
	expect(&request, "01 10 00 57 00 02 04 00 00 00 00");
}

static void
setting_enables_credit_and_count_only(void **state)
{
	(void)state;
	struct money_request request;

	assert_true(money_frame_set(&FRAMES, 2, 0x01020304, 0xFFFE, &request));
	assert_int_equal(request.length, 67);
	assert_memory_equal(request.bytes, "\x02\x20\x02\x00\x00\x1E\x3C", 7);
	assert_memory_equal(request.bytes + 7, "\0\0\1\1\2\3\4\1\xFF\xFE", 10);
	for (size_t i = 17; i < 67; i++)
		assert_int_equal(request.bytes[i], 0);
}

static void
what_does_not_fit_is_refused(void **state)
{
	(void)state;
	struct money_request request;

	assert_false(money_frame_credit(&FRAMES, 1, 0, 5, &request));
	assert_false(money_frame_credit(&FRAMES, 1, -1, 5, &request));
	assert_false(money_frame_credit(&FRAMES, 1, (int64_t)INT32_MAX + 1, 5, &request));
	assert_true(money_frame_credit(&FRAMES, 1, INT32_MAX, 65535, &request));
	assert_false(money_frame_credit(&FRAMES, 1, 1, 65536, &request));
	assert_false(money_frame_set(&FRAMES, 1, -1, 5, &request));
	assert_true(money_frame_set(&FRAMES, 1, 0, 0, &request));
	struct money_frames tens = FRAMES;
	tens.amount_unit_fen = 10;
	assert_false(money_frame_credit(&tens, 1, 105, 5, &request));
	assert_true(money_frame_credit(&tens, 1, 110, 5, &request));
	assert_int_equal(request.bytes[10], 11);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_those_of_the_document),
		cmocka_unit_test(setting_enables_credit_and_count_only),
		cmocka_unit_test(what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
