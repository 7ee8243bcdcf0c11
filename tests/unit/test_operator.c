#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/operator.h"

#include "base/rc.h"

static void
a_user_name_has_one_spelling(void **state)
{
	static const char *const good[] = { "ab", "admin", "wang.fang", "li-2", "a_b", "0001",
		"abcdefghijklmnopqrstuvwxyz012345" };
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(operator_is_username(good[i]));
}

static void
look_alikes_are_no_user_names(void **state)
{
	static const char *const bad[] = { "", "a", "Admin", "admin ", " admin", "ａｄｍｉｎ",
		"аdmin", "admin\n", "ad min", "admin'--", "王芳",
		"abcdefghijklmnopqrstuvwxyz0123456" };
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (operator_is_username(bad[i]))
			fail_msg("\"%s\" passed", bad[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_user_name_has_one_spelling),
		cmocka_unit_test(look_alikes_are_no_user_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
