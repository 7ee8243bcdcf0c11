#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "../../lib/base/pinyin.h"
#include "../../lib/base/rc.h"

static void
initials_of_chinese_names(void **state)
{
	static const struct {
		const char *name, *initials;
	} table[] = {
		{ "京东西北", "jdxb" },
		{ "星巴克咖啡", "xbkkf" },
		{ "张三", "zs" },
		{ "3号楼 A座", "3hlaz" },
		{ "ＡＢＣ便利店", "abcbld" },
		{ "KFC", "kfc" },
		{ "老王（饺子）-2", "lwjz2" },
		{ "🧋", "" },
		{ "", "" },
		{ "\xff\xfe", "" },
		{ "绿地", "ld" },
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		pinyin_initials(table[i].name, out, sizeof(out));
		assert_string_equal(out, table[i].initials);
	}
}

static void
what_does_not_fit_is_cut(void **state)
{
	char out[4], one[1] = "x";

	(void)state;
	pinyin_initials("京东西北", out, sizeof(out));
	assert_string_equal(out, "jdx");
	pinyin_initials("京", one, sizeof(one));
	assert_string_equal(one, "");
	pinyin_initials("京", NULL, 0);
}

static void
a_very_long_name_is_no_trouble(void **state)
{
	static char name[10000];
	char out[64];

	(void)state;
	for (int i = 0; i < 3000; i++)
		strcat(name, "电");
	pinyin_initials(name, out, sizeof(out));
	assert_int_equal(strlen(out), 63);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(initials_of_chinese_names),
		cmocka_unit_test(what_does_not_fit_is_cut),
		cmocka_unit_test(a_very_long_name_is_no_trouble),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
