#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/scope.h"

static void
no_limit_is_everything(void **state)
{
	struct scope scope;
	(void)state;
	scope_set(&scope, "");
	assert_false(scope_is_limited(&scope));
	assert_true(scope_has(&scope, 7));
	assert_true(scope_has(&scope, 0));
	assert_string_equal(scope_text(&scope), "");
}

static void
only_the_named_ones(void **state)
{
	struct scope scope;
	(void)state;
	scope_set(&scope, "3,17,120");
	assert_true(scope_is_limited(&scope));
	assert_true(scope_has(&scope, 3));
	assert_true(scope_has(&scope, 17));
	assert_true(scope_has(&scope, 120));
	assert_false(scope_has(&scope, 1));
	assert_false(scope_has(&scope, 12));
	assert_false(scope_has(&scope, 7));
	assert_false(scope_has(&scope, 0));
}

static void
nothing_holds_nothing(void **state)
{
	(void)state;
	assert_true(scope_is_limited(&scope_nothing));
	assert_false(scope_has(&scope_nothing, 0));
	assert_false(scope_has(&scope_nothing, 3));
}

/* A list that does not fit must lose its last id, not shorten it to somebody else's. */
static void
a_cut_id_is_lost(void **state)
{
	struct scope scope;
	char ids[2 * SCOPE_TEXT_MAX];
	(void)state;
	memset(ids, '1', sizeof(ids));
	for (size_t i = 5; i < sizeof(ids); i += 6)
		ids[i] = ',';
	ids[sizeof(ids) - 1] = '\0';
	scope_set(&scope, ids);
	assert_true(scope_has(&scope, 11111));
	assert_false(scope_has(&scope, 1));
	assert_false(scope_has(&scope, 11));
	assert_false(scope_has(&scope, 111));
	assert_false(scope_has(&scope, 1111));

	memset(ids, '1', sizeof(ids) - 1);
	scope_set(&scope, ids);
	assert_true(scope_is_limited(&scope));
	assert_false(scope_has(&scope, 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_limit_is_everything),
		cmocka_unit_test(only_the_named_ones),
		cmocka_unit_test(nothing_holds_nothing),
		cmocka_unit_test(a_cut_id_is_lost),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
