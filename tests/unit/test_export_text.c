#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "../../cgi-bin/web/export_text.c"

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

static void
text_never_becomes_a_formula(void **state)
{
	static const struct {
		const char *text, *cell;
	} table[] = {
		{ "", "" },
		{ "京东西北", "京东西北" },
		{ "A=1", "A=1" },
		{ "=1+1", "'=1+1" },
		{ "+86 138", "'+86 138" },
		{ "-1", "'-1" },
		{ "@SUM(A1)", "'@SUM(A1)" },
		{ "\t=1", "'\t=1" },
		{ "\r=1", "'\r=1" },
		{ "＝1", "'＝1" },
		{ "－1", "'－1" },
		{ "=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_string_equal(export_text(arena, table[i].text), table[i].cell);
}

static void
text_is_well_formed_and_bounded(void **state)
{
	char *text = calloc(1, 4 * EXPORT_TEXT_CHARS);

	(void)state;
	assert_string_equal(export_text(arena, "a\xff"
					       "b"),
	    "a\xef\xbf\xbd"
	    "b");
	assert_string_equal(export_text(arena, "a\xef\xbf\xbe"
					       "b"),
	    "a\xef\xbf\xbd"
	    "b");
	assert_string_equal(export_text(arena, "a\x01"
					       "b\x7f"),
	    "a\xef\xbf\xbd"
	    "b\xef\xbf\xbd");
	assert_string_equal(export_text(arena, "a\xe4\xba"), "a\xef\xbf\xbd\xef\xbf\xbd");
	assert_string_equal(export_text(arena, "电🔌"), "电🔌");
	for (size_t i = 0; i < EXPORT_TEXT_CHARS + 9; i++)
		strcpy(text + 3 * i, "电");
	assert_int_equal(strlen(export_text(arena, text)), 3 * EXPORT_TEXT_CHARS);
	free(text);
}

static void
csv_quotes_what_needs_it(void **state)
{
	static const struct {
		const char *text, *field;
	} table[] = {
		{ "", "" },
		{ "abc", "abc" },
		{ "a,b", "\"a,b\"" },
		{ "say \"hi\"", "\"say \"\"hi\"\"\"" },
		{ "two\r\nlines", "\"two\r\nlines\"" },
		{ " padded", "\" padded\"" },
		{ "1,234.50", "\"1,234.50\"" },
	};
	char field[64];

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		memset(field, 0, sizeof(field));
		FILE *file = fmemopen(field, sizeof(field), "w");
		export_csv_field(file, table[i].text);
		fclose(file);
		assert_string_equal(field, table[i].field);
	}
}

static void
file_names_are_harmless(void **state)
{
	const char *name =
	    export_file_name(arena, "../../etc/x", "a\r\nSet-Cookie: b", "2026-11-23", "csv");
	char *longest = calloc(1, 1000);

	(void)state;
	assert_null(strpbrk(name, "/\\\r\n:%\" "));
	assert_true(name[0] != '.');
	memset(longest, 'x', 999);
	assert_true(strlen(export_file_name(arena, longest, longest, "2026-11-23", "csv")) < 255);
	assert_string_equal(export_disposition(arena, "电表_总部_2026-11-23.xlsx"),
	    "attachment; filename=\"export.xlsx\"; filename*=UTF-8''"
	    "%E7%94%B5%E8%A1%A8_%E6%80%BB%E9%83%A8_2026-11-23.xlsx");
	free(longest);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(text_never_becomes_a_formula, begin, end),
		cmocka_unit_test_setup_teardown(text_is_well_formed_and_bounded, begin, end),
		cmocka_unit_test_setup_teardown(csv_quotes_what_needs_it, begin, end),
		cmocka_unit_test_setup_teardown(file_names_are_harmless, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
