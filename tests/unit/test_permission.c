#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../lib/model/permission.c"

#define BIT(permission) ((permission_set)1 << (permission))

static void
every_permission_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int p = PERM_SIGNED_IN + 1; p < PERM_COUNT; p++) {
		assert_true(strlen(permission_name((enum permission)p)) > 0);
		assert_int_equal(permission_find(permission_name((enum permission)p)), p);
	}
	assert_string_equal(permission_name(PERM_PUBLIC), "");
	assert_string_equal(permission_name((enum permission)99), "");
}

static void
an_unknown_name_is_no_permission(void **state)
{
	(void)state;
	assert_int_equal(permission_find(""), PERM_COUNT);
	assert_int_equal(permission_find("meter"), PERM_COUNT);
	assert_int_equal(permission_find("meter.view "), PERM_COUNT);
	assert_int_equal(permission_find("METER.VIEW"), PERM_COUNT);
}

static void
a_role_gives_what_it_names_and_nothing_else(void **state)
{
	const permission_set basic = BIT(PERM_PUBLIC) | BIT(PERM_SIGNED_IN);
	(void)state;
	assert_int_equal(permission_parse(""), basic);
	assert_int_equal(permission_parse("meter.view"), basic | BIT(PERM_METER_VIEW));
	assert_int_equal(
	    permission_parse("export,meter.view"), basic | BIT(PERM_METER_VIEW) | BIT(PERM_EXPORT));
	assert_int_equal(
	    permission_parse("meter.viewer,,sale.maker,bus.view,"), basic | BIT(PERM_BUS_VIEW));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_permission_has_a_name_of_its_own),
		cmocka_unit_test(an_unknown_name_is_no_permission),
		cmocka_unit_test(a_role_gives_what_it_names_and_nothing_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
