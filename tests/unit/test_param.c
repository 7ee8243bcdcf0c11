#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../../cgi-bin/web/param.c"

static struct arena *arena;

static int
begin(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int
end(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static enum rc
parse(const char *text, struct params *params)
{
	return params_parse(arena, text, strlen(text), params);
}

static void
values_are_decoded_once(void **state)
{
	struct params params;

	(void)state;
	assert_int_equal(
	    parse("a=1&b=%E4%BA%AC+%2541&c=&d&e=x%3Dy%26z&=nameless&&f=%0a", &params), RC_OK);
	assert_int_equal(params.count, 7);
	assert_string_equal(param_get(&params, "a"), "1");
	assert_string_equal(param_get(&params, "b"), "京 %41");
	assert_string_equal(param_get(&params, "c"), "");
	assert_string_equal(param_get(&params, "d"), "");
	assert_string_equal(param_get(&params, "e"), "x=y&z");
	assert_string_equal(param_get(&params, ""), "nameless");
	assert_string_equal(param_get(&params, "f"), "\n");
	assert_string_equal(param_get(&params, "absent"), "");
	assert_null(param_nth(&params, "absent", 0));
}

static void
broken_input_is_refused(void **state)
{
	static const char *const table[] = { "a=%", "a=%4", "a=%zz", "%=1", "a=%00", "a=\xff",
		"a=%ff%fe", "a=%c0%af", "a=%ed%a0%80", "a=1&b=%e4%ba" };
	struct params params;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		assert_int_equal(parse(table[i], &params), RC_INVALID);
		assert_int_equal(params.count, 0);
	}
	assert_int_equal(params_parse(arena, "a=\0b", 4, &params), RC_INVALID);
}

static void
a_name_twice_is_seen(void **state)
{
	struct params params;
	const char *value;

	(void)state;
	assert_int_equal(parse("amount=1&st=low&amount=2&st=lost", &params), RC_OK);
	assert_int_equal(param_one(&params, "amount", &value), RC_INVALID);
	assert_string_equal(param_get(&params, "amount"), "2");
	assert_string_equal(param_nth(&params, "st", 0), "low");
	assert_string_equal(param_nth(&params, "st", 1), "lost");
	assert_null(param_nth(&params, "st", 2));
	assert_int_equal(param_one(&params, "absent", &value), RC_OK);
	assert_string_equal(value, "");
}

static void
two_hundred_parameters_and_no_more(void **state)
{
	char text[4 * (PARAM_MAX + 1) + 1] = "";
	struct params params;

	(void)state;
	for (int i = 0; i < PARAM_MAX; i++)
		strcat(text, "a=1&");
	assert_int_equal(parse(text, &params), RC_OK);
	assert_int_equal(params.count, PARAM_MAX);
	strcat(text, "a=1");
	assert_int_equal(parse(text, &params), RC_INVALID);
}

/* ClearSilver's own parser takes minutes for this (reliability.md D-10). */
static void
a_full_body_costs_no_time(void **state)
{
	char *text = malloc(PARAM_BODY_MAX);
	struct params params;

	(void)state;
	for (size_t i = 0; i < PARAM_BODY_MAX; i++)
		text[i] = i % 2 == 0 ? 'a' : '&';
	clock_t began = clock(); /* of the processor: others may be busy */
	for (int i = 0; i < 100; i++)
		assert_int_equal(params_parse(arena, text, PARAM_BODY_MAX, &params), RC_INVALID);
	/* 20 ms each would be far too slow. */
	assert_true(clock() - began < 2 * CLOCKS_PER_SEC);
	free(text);
}

static void
cookies_are_read_and_broken_ones_passed_over(void **state)
{
	struct params cookies;

	(void)state;
	cookies_parse(arena,
	    "sid=abc; lang=zh-CN;  theme=dark ; =x; novalue; q=\"1\"; e=; u=\xe4\xba\xac; last=1",
	    &cookies);
	assert_string_equal(param_get(&cookies, "sid"), "abc");
	assert_string_equal(param_get(&cookies, "lang"), "zh-CN");
	assert_string_equal(
	    param_get(&cookies, "theme"), ""); /* a space inside is no cookie value */
	assert_string_equal(param_get(&cookies, "q"), "");
	assert_string_equal(param_get(&cookies, "u"), "");
	assert_string_equal(param_get(&cookies, "last"), "1");
	cookies_parse(arena, "", &cookies);
	assert_int_equal(cookies.count, 0);
	cookies_parse(arena, ";;; ; ", &cookies);
	assert_int_equal(cookies.count, 0);
}

static void
encoding_and_decoding_are_inverse(void **state)
{
	static const char *const table[] = { "", "a b", "1号楼/2层?&=%", "2026-11-23 10:30",
		"\"';|" };

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		const char *encoded = param_encode(arena, table[i]);
		for (const char *c = encoded; *c != '\0'; c++)
			assert_true(isalnum((unsigned char)*c) || strchr("-_.%", *c) != NULL);
		assert_string_equal(param_decode_path(arena, encoded, strlen(encoded)), table[i]);
	}
	assert_string_equal(param_decode_path(arena, "a+b", 3), "a+b");
	assert_null(param_decode_path(arena, "%00", 3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(values_are_decoded_once, begin, end),
		cmocka_unit_test_setup_teardown(broken_input_is_refused, begin, end),
		cmocka_unit_test_setup_teardown(a_name_twice_is_seen, begin, end),
		cmocka_unit_test_setup_teardown(two_hundred_parameters_and_no_more, begin, end),
		cmocka_unit_test_setup_teardown(a_full_body_costs_no_time, begin, end),
		cmocka_unit_test_setup_teardown(
		    cookies_are_read_and_broken_ones_passed_over, begin, end),
		cmocka_unit_test_setup_teardown(encoding_and_decoding_are_inverse, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
