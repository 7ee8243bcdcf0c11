#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../lib/base/totp.c"

static const unsigned char SECRET[] = "12345678901234567890";

/* RFC 6238, appendix B, SHA-1; the last six of its eight digits. */
static void
vectors_of_the_rfc(void **state)
{
	static const struct {
		int64_t at_s;
		const char *code;
	} table[] = { { 59, "287082" }, { 1111111109, "081804" }, { 1111111111, "050471" },
		{ 1234567890, "005924" }, { 2000000000, "279037" }, { 20000000000, "353130" } };
	char code[TOTP_CODE];
	int64_t step;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		totp_code(SECRET, totp_step(table[i].at_s * 1000), code);
		assert_string_equal(code, table[i].code);
		assert_int_equal(
		    totp_check(SECRET, table[i].code, table[i].at_s * 1000, 0, &step), RC_OK);
		assert_int_equal(step, table[i].at_s / 30);
	}
}

static void
one_step_before_and_after(void **state)
{
	int64_t now = 1234567890LL * 1000, step;
	(void)state;
	for (int off = -3; off <= 3; off++)
		assert_int_equal(totp_check(SECRET, "005924", now + off * 30000, 0, &step),
		    off >= -1 && off <= 1 ? RC_OK : RC_DENIED);
}

static void
a_code_works_once(void **state)
{
	int64_t now = 1234567890LL * 1000, step, again;
	(void)state;
	assert_int_equal(totp_check(SECRET, "005924", now, 0, &step), RC_OK);
	assert_int_equal(totp_check(SECRET, "005924", now, step, &again), RC_DENIED);
	assert_int_equal(totp_check(SECRET, "005924", now + 30000, step, &again), RC_DENIED);
	assert_int_equal(totp_check(SECRET, "005924", now, step - 1, &again), RC_OK);
}

static void
only_six_digits(void **state)
{
	static const char *const typed[] = { "", "00592", "0059240", "005924 ", " 05924", "00592x",
		"-05924", "５９２４" };
	int64_t step;
	(void)state;
	for (size_t i = 0; i < COUNT(typed); i++)
		assert_int_equal(
		    totp_check(SECRET, typed[i], 1234567890LL * 1000, 0, &step), RC_DENIED);
}

static void
the_secret_as_apps_want_it(void **state)
{
	char text[TOTP_TEXT];
	(void)state;
	totp_text(SECRET, text);
	assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_of_the_rfc),
		cmocka_unit_test(one_step_before_and_after),
		cmocka_unit_test(a_code_works_once),
		cmocka_unit_test(only_six_digits),
		cmocka_unit_test(the_secret_as_apps_want_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
