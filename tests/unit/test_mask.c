#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../lib/base/mask.c"

static const char *
name(const char *typed)
{
	static char text[400];

	mask_name(typed, text, sizeof(text));
	return text;
}

static const char *
number(const char *typed)
{
	static char text[400];

	mask_number(typed, text, sizeof(text));
	return text;
}

static void
test_name(void **state)
{
	(void)state;
	assert_string_equal(name(""), "");
	assert_string_equal(name("张"), "张*");
	assert_string_equal(name("张三"), "张*");
	assert_string_equal(name("张小三"), "张**三");
	assert_string_equal(name("京东西北"), "京**北");
	assert_string_equal(name("Li Wei"), "L**i");
	assert_string_equal(name("Café Zürich é"), "C**é");
	assert_string_equal(name("🏪x🏪"), "🏪**🏪");
}

static void
test_number(void **state)
{
	(void)state;
	assert_string_equal(number(""), "");
	assert_string_equal(number("1"), "****");
	assert_string_equal(number("1234"), "****");
	assert_string_equal(number("12345"), "****2345");
	assert_string_equal(number("123456789"), "****6789");
	assert_string_equal(number("13800000001"), "138****0001");
	assert_string_equal(number("110101199001011234"), "110****1234");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
