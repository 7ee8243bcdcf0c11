#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "../../lib/base/arena.c"

static void
memory_is_zeroed_and_aligned(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t size = 0; size < 300; size++) {
		unsigned char *bytes = arena_alloc(arena, size);
		assert_int_equal((uintptr_t)bytes % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(bytes[i], 0);
		memset(bytes, 0xff, size);
	}
	arena_free(arena);
}

static void
what_is_larger_than_a_block_fits(void **state)
{
	struct arena *arena = arena_new();
	char *small = arena_strdup(arena, "small"), *large = arena_alloc(arena, 1000000);

	(void)state;
	memset(large, 'x', 1000000);
	assert_string_equal(small, "small");
	assert_string_equal(arena_strdup(arena, "after"), "after");
	arena_free(arena);
}

static void
memory_is_zeroed_again_after_a_reset(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	memset(arena_alloc(arena, 4000), 0xff, 4000);
	arena_reset(arena);
	const char *again = arena_alloc(arena, 4000);
	for (size_t i = 0; i < 4000; i++)
		assert_int_equal(again[i], 0);
	arena_free(arena);
}

static void
a_reset_arena_keeps_one_block(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (int i = 0; i < 100; i++)
		(void)arena_alloc(arena, 5000);
	arena_reset(arena);
	assert_null(arena->blocks->next);
	assert_int_equal(arena->blocks->used, 0);
	arena_free(arena);
}

static void
text_is_copied(void **state)
{
	struct arena *arena = arena_new();
	char source[] = "京东西北";

	(void)state;
	const char *copy = arena_strdup(arena, source);
	const char *part = arena_strndup(arena, source, 6);
	source[0] = 'x';
	assert_string_equal(copy, "京东西北");
	assert_string_equal(part, "京东");
	assert_null(arena_strdup(arena, NULL));
	arena_free(arena);
}

static void
printing_makes_room_for_any_length(void **state)
{
	struct arena *arena = arena_new();
	char long_text[20000];

	(void)state;
	memset(long_text, 'a', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	assert_string_equal(arena_printf(arena, "meter %d: %s", 7, "ok"), "meter 7: ok");
	assert_int_equal(strlen(arena_printf(arena, "%s%s", long_text, long_text)), 39998);
	arena_free(arena);
}

static char order[8];

static void
note(void *subject)
{
	strcat(order, subject);
}

static void
hooks_run_once_and_newest_first(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	order[0] = '\0';
	arena_on_free(arena, note, "a");
	arena_on_free(arena, note, "b");
	arena_reset(arena);
	assert_string_equal(order, "ba");
	arena_on_free(arena, note, "c");
	arena_free(arena);
	assert_string_equal(order, "bac");
}

static void
freeing_nothing_is_allowed(void **state)
{
	(void)state;
	arena_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_aligned),
		cmocka_unit_test(what_is_larger_than_a_block_fits),
		cmocka_unit_test(memory_is_zeroed_again_after_a_reset),
		cmocka_unit_test(a_reset_arena_keeps_one_block),
		cmocka_unit_test(text_is_copied),
		cmocka_unit_test(printing_makes_room_for_any_length),
		cmocka_unit_test(hooks_run_once_and_newest_first),
		cmocka_unit_test(freeing_nothing_is_allowed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
