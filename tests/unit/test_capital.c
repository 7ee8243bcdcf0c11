#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "../../lib/base/capital.c"

static const struct {
	int64_t amount_fen;
	const char *text;
} CASES[] = {
	{ 0, "零元整" },
	{ 1, "零元壹分" },
	{ 5, "零元伍分" },
	{ 10, "零元壹角整" },
	{ 50, "零元伍角整" },
	{ 99, "零元玖角玖分" },
	{ 100, "壹元整" },
	{ 105, "壹元零伍分" },
	{ 150, "壹元伍角整" },
	{ 1000, "壹拾元整" },
	{ 1005, "壹拾元零伍分" },
	{ 1050, "壹拾元伍角整" },
	{ 1100, "壹拾壹元整" },
	{ 2000, "贰拾元整" },
	{ 10000, "壹佰元整" },
	{ 10100, "壹佰零壹元整" },
	{ 11000, "壹佰壹拾元整" },
	{ 50000, "伍佰元整" },
	{ 100000, "壹仟元整" },
	{ 100500, "壹仟零伍元整" },
	{ 105000, "壹仟零伍拾元整" },
	{ 120000, "壹仟贰佰元整" },
	{ 123456, "壹仟贰佰叁拾肆元伍角陆分" },
	{ 140950, "壹仟肆佰零玖元伍角整" },
	{ 168032, "壹仟陆佰捌拾元叁角贰分" },
	{ 600714, "陆仟零柒元壹角肆分" },
	{ 1000000, "壹万元整" },
	{ 1000001, "壹万元零壹分" },
	{ 1000100, "壹万零壹元整" },
	{ 1001000, "壹万零壹拾元整" },
	{ 1010000, "壹万零壹佰元整" },
	{ 1100000, "壹万壹仟元整" },
	{ 1640902, "壹万陆仟肆佰零玖元零贰分" },
	{ 10000000, "壹拾万元整" },
	{ 10030050, "壹拾万零叁佰元伍角整" },
	{ 10500000, "壹拾万伍仟元整" },
	{ 10700053, "壹拾万柒仟元伍角叁分" },
	{ 32500000, "叁拾贰万伍仟元整" },
	{ 99999999, "玖拾玖万玖仟玖佰玖拾玖元玖角玖分" },
	{ 100000000, "壹佰万元整" },
	{ 100000100, "壹佰万零壹元整" },
	{ 101010101, "壹佰零壹万零壹佰零壹元零壹分" },
	{ 1000000000, "壹仟万元整" },
	{ 1000100000, "壹仟万壹仟元整" },
	{ 10000000000, "壹亿元整" },
	{ 10000000100, "壹亿零壹元整" },
	{ 10000100000, "壹亿零壹仟元整" },
	{ 10000000005, "壹亿元零伍分" },
	{ 10001000000, "壹亿零壹万元整" },
	{ 11000000000, "壹亿壹仟万元整" },
	{ 10010010000, "壹亿零壹拾万零壹佰元整" },
	{ 100000000000, "壹拾亿元整" },
	{ 200000003000, "贰拾亿零叁拾元整" },
	{ 99999999999999, "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分" },
	{ -1, "负零元壹分" },
	{ -50000, "负伍佰元整" },
	{ 100000000000000, "" },
	{ -100000000000000, "" },
	{ INT64_MAX, "" },
	{ INT64_MIN, "" },
};

static void
test_table(void **state)
{
	char text[CAPITAL_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		capital_amount(CASES[i].amount_fen, text, sizeof(text));
		assert_string_equal(text, CASES[i].text);
	}
}

/* Reads capitals back, the simple way: each figure times its place. */
static int64_t
read_back(const char *text)
{
	int64_t fen = 0, group = 0, part = 0, digit = 0;

	for (; *text != '\0'; text += 3) {
		for (int i = 0; i < 10; i++)
			if (memcmp(text, DIGITS[i], 3) == 0)
				digit = i;
		if (memcmp(text, "拾", 3) == 0 || memcmp(text, "佰", 3) == 0 ||
		    memcmp(text, "仟", 3) == 0) {
			part += digit * (memcmp(text, "拾", 3) == 0	 ? 10
					    : memcmp(text, "佰", 3) == 0 ? 100
									 : 1000);
			digit = 0;
		} else if (memcmp(text, "万", 3) == 0 || memcmp(text, "亿", 3) == 0) {
			group += (part + digit) * (memcmp(text, "万", 3) == 0 ? 10000 : 100000000);
			part = digit = 0;
		} else if (memcmp(text, "元", 3) == 0) {
			fen = (group + part + digit) * 100;
			digit = 0;
		} else if (memcmp(text, "角", 3) == 0) {
			fen += digit * 10;
			digit = 0;
		} else if (memcmp(text, "分", 3) == 0) {
			fen += digit;
		}
	}
	return fen;
}

/* No two zeros follow each other, none stands before a unit, and the amount is in the text. */
static void
assert_well_formed(int64_t amount_fen)
{
	static const char *const WRONG[] = { "零零", "零拾", "零佰", "零仟", "零万", "零亿", "零角",
		"零分", "零整", "亿万" };
	char text[CAPITAL_TEXT_MAX];

	capital_amount(amount_fen, text, sizeof(text));
	for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++)
		assert_null(strstr(text, WRONG[i]));
	assert_true(amount_fen < 100 || strstr(text, "零元") == NULL);
	assert_true(read_back(text) == amount_fen);
}

static void
test_every_shape(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (int64_t fen = 0; fen <= 300000; fen++)
		assert_well_formed(fen);
	for (int i = 0; i < 300000; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		/* Many zeros: each decimal is kept with one chance in two. */
		int64_t amount = 0, unit = 1;
		for (uint64_t bits = seed >> 20, n = 0; n < 14; n++, unit *= 10, bits /= 2)
			amount += bits % 2 ? (int64_t)((seed >> (n % 11)) % 10) * unit : 0;
		assert_well_formed(amount);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_every_shape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
