#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "../../lib/base/text.c"

static void
names_are_stored_clean(void **state)
{
	static const struct {
		const char *typed, *stored;
	} table[] = {
		{ "", "" },
		{ "   ", "" },
		{ "　", "" },
		{ "王", "王" },
		{ "  张 三  ", "张 三" },
		{ "a \xc2\xa0 　b", "a b" },
		{ "Cafe\xcc\x81", "Caf\xc3\xa9" },
		{ "奶茶🧋", "奶茶🧋" },
		{ "\xe2\x9d\xa4\xef\xb8\x8f", "\xe2\x9d\xa4\xef\xb8\x8f" },
		{ "<script>alert(1)</script>", "<script>alert(1)</script>" },
		{ "O'Neill & \"Söhne\"", "O'Neill & \"Söhne\"" },
		{ "１２号", "１２号" },
	};
	char out[4 * 64 + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		assert_int_equal(text_clean_name(table[i].typed, 64, out, sizeof(out)), RC_OK);
		assert_string_equal(out, table[i].stored);
	}
}

static void
names_nobody_could_read_are_refused(void **state)
{
	static const char *const wrong[] = {
		"a\nb", "a\r\nb", "\ttab", "a\x01", "a\x7f", "line\n", "a\xc2\x85", /* control */
		"a\xe2\x80\xae"
		"b", /* U+202E, right to left */
		"a\xe2\x81\xa6"
		"b", /* U+2066, isolate */
		"a\xe2\x80\x8b"
		"b", /* U+200B, zero width */
		"a\xe2\x80\x8d"
		"b", /* U+200D, joiner */
		"\xef\xbb\xbf"
		"name", /* byte order mark */
		"soft\xc2\xadhyphen",
		"a\xe2\x80\xa8"
		"b", /* U+2028, line separator */
		"\xff\xfe", "\xc0\xaf", "a\xed\xa0\x80", "\xf4\x90\x80\x80",
		"\xe4\xb8",			/* no UTF-8 */
		"\xef\xbf\xbe", "\xef\xb7\x90", /* not characters */
		"\xee\x80\x80",			/* private use */
		"\xe3\x85\xa4"
		"x", /* Hangul filler: looks empty */
	};
	char out[4 * 64 + 1] = "before";

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_int_equal(text_clean_name(wrong[i], 64, out, sizeof(out)), RC_INVALID);
}

static void
fill(char *text, const char *character, size_t count)
{
	text[0] = '\0';
	for (size_t i = 0; i < count; i++)
		strcat(text, character);
}

static void
a_name_has_at_most_the_given_characters(void **state)
{
	static char typed[40001];
	char out[4 * 64 + 1];

	(void)state;
	fill(typed, "电", 64);
	assert_int_equal(text_clean_name(typed, 64, out, sizeof(out)), RC_OK);
	assert_int_equal(text_length(out), 64);
	fill(typed, "😀", 64);
	assert_int_equal(text_clean_name(typed, 64, out, sizeof(out)), RC_OK);
	fill(typed, "电", 65);
	assert_int_equal(text_clean_name(typed, 64, out, sizeof(out)), RC_INVALID);
	fill(typed, "x", 10000);
	assert_int_equal(text_clean_name(typed, 64, out, sizeof(out)), RC_INVALID);
	assert_string_equal(out, "");
	fill(typed, " x", 33);
	assert_int_equal(text_clean_name(typed, 64, out, sizeof(out)), RC_INVALID);
	fill(typed, "x   ", 32);
	assert_int_equal(text_clean_name(typed, 63, out, sizeof(out)), RC_OK);
}

static void
a_name_that_does_not_fit_its_buffer_is_refused(void **state)
{
	char out[4];

	(void)state;
	assert_int_equal(text_clean_name("abc", 64, out, sizeof(out)), RC_OK);
	assert_int_equal(text_clean_name("abcd", 64, out, sizeof(out)), RC_INVALID);
	assert_int_equal(text_clean_name("电电", 64, out, sizeof(out)), RC_INVALID);
}

static void
searching_ignores_width_case_and_outer_space(void **state)
{
	char out[64], small[5];

	(void)state;
	text_fold("　ＡＢＣ１２ 王 ", out, sizeof(out));
	assert_string_equal(out, "abc12 王");
	text_fold("ÄÖ", out, sizeof(out));
	assert_string_equal(out, "äö");
	text_fold("\xff\xfe", out, sizeof(out));
	assert_string_equal(out, "");
	text_fold("", out, sizeof(out));
	assert_string_equal(out, "");
	text_fold("王电表", small, sizeof(small));
	assert_string_equal(small, "王");
}

static void
copying_never_cuts_a_character(void **state)
{
	char out[8];

	(void)state;
	assert_true(text_copy(out, sizeof(out), "abcdefg"));
	assert_false(text_copy(out, sizeof(out), "abcdefgh"));
	assert_string_equal(out, "abcdefg");
	assert_false(text_copy(out, sizeof(out), "电表电表"));
	assert_string_equal(out, "电表");
	assert_false(text_copy(out, 1, "x"));
	assert_string_equal(out, "");
	assert_false(text_copy(NULL, 0, "x"));
}

static void
utf8_is_checked_with_its_length(void **state)
{
	(void)state;
	assert_true(text_is_utf8("电", 3));
	assert_true(text_is_utf8("", 0));
	assert_false(text_is_utf8("电", 2));
	assert_false(text_is_utf8("a\0b", 3));
	assert_int_equal(text_length("电表1"), 3);
}

static void
whole_numbers_are_parsed_strictly(void **state)
{
	static const char *const wrong[] = { "", "-1", "+1", "01", "00", " 1", "1 ", "1e0", "0x1",
		"1.0", "99999999999999999999", "9223372036854775808", "١", "1\n", "256" };
	int64_t value = -7;

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		int64_t max = i + 1 == COUNT(wrong) ? 255 : INT64_MAX;
		assert_int_equal(text_parse_uint(wrong[i], max, &value), RC_INVALID);
		assert_int_equal(value, -7);
	}
	assert_int_equal(text_parse_uint("0", 255, &value), RC_OK);
	assert_int_equal(value, 0);
	assert_int_equal(text_parse_uint("255", 255, &value), RC_OK);
	assert_int_equal(value, 255);
	assert_int_equal(text_parse_uint("9223372036854775807", INT64_MAX, &value), RC_OK);
	assert_true(value == INT64_MAX);
	assert_int_equal(text_parse_uint("0", -1, &value), RC_INVALID);
}

static void
like_patterns_take_no_meaning_from_what_is_typed(void **state)
{
	char out[32], small[8];

	(void)state;
	text_like("50%_\\x", out, sizeof(out));
	assert_string_equal(out, "%50\\%\\_\\\\x%");
	text_like("", out, sizeof(out));
	assert_string_equal(out, "%%");
	text_like("电表箱", small, sizeof(small));
	assert_string_equal(small, "%电%");
	text_like("abcd%", small, sizeof(small));
	assert_string_equal(small, "%abcd%");
	text_like("x", small, 1);
	assert_string_equal(small, "");
}

static void
hex_is_read_back(void **state)
{
	unsigned char bytes[4] = { 0x00, 0xab, 0xff, 0x10 }, again[4];
	char text[9];

	(void)state;
	text_hex(bytes, sizeof(bytes), text);
	assert_string_equal(text, "00abff10");
	assert_int_equal(text_unhex(text, again, sizeof(again)), RC_OK);
	assert_memory_equal(bytes, again, sizeof(bytes));
	assert_int_equal(text_unhex("00ABFF10", again, sizeof(again)), RC_OK);
	assert_int_equal(text_unhex("00abff1", again, sizeof(again)), RC_INVALID);
	assert_int_equal(text_unhex("00abff100", again, sizeof(again)), RC_INVALID);
	assert_int_equal(text_unhex("00abff1g", again, sizeof(again)), RC_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_stored_clean),
		cmocka_unit_test(names_nobody_could_read_are_refused),
		cmocka_unit_test(a_name_has_at_most_the_given_characters),
		cmocka_unit_test(a_name_that_does_not_fit_its_buffer_is_refused),
		cmocka_unit_test(searching_ignores_width_case_and_outer_space),
		cmocka_unit_test(copying_never_cuts_a_character),
		cmocka_unit_test(utf8_is_checked_with_its_length),
		cmocka_unit_test(whole_numbers_are_parsed_strictly),
		cmocka_unit_test(like_patterns_take_no_meaning_from_what_is_typed),
		cmocka_unit_test(hex_is_read_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
