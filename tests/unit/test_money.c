#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "../../lib/base/money.c"

static void
amounts_that_a_person_may_type(void **state)
{
	static const struct {
		const char *text;
		int64_t fen;
	} right[] = { { "0.01", 1 }, { "1", 100 }, { "100.5", 10050 }, { "999999.99", 99999999 },
		{ "0.5", 50 }, { "0.10", 10 }, { "10", 1000 }, { "100", 10000 },
		{ "123456", 12345600 } };

	(void)state;
	for (size_t i = 0; i < COUNT(right); i++) {
		int64_t fen = 0;
		assert_int_equal(money_parse(right[i].text, &fen), RC_OK);
		assert_int_equal(fen, right[i].fen);
	}
}

static void
amounts_that_are_refused(void **state)
{
	static const char *const wrong[] = { "0", "0.00", "0.0", "-1", "+1", "1e3", "1e309", "0x10",
		" 1", "1 ", "1.", ".5", ".", "01", "00", "00.5", "1,000", "0.001", "1.2.3", "NaN",
		"nan", "inf", "true", "١٢٣", "１２３", "¥5", "12abc", "9999999999999999999", "",
		"1\n", "\t1", "1000000", "1000000.00", "999999.999", "--1", "1.-5", "1.5-", "1/2",
		"1.:5", "1;5", "0.0１" };

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		int64_t fen = -77;
		assert_int_equal(money_parse(wrong[i], &fen), RC_INVALID);
		assert_int_equal(fen, -77);
	}
}

static void
balances_may_be_nothing_and_below(void **state)
{
	static const struct {
		const char *text;
		int64_t fen;
	} right[] = { { "0", 0 }, { "0.0", 0 }, { "0.00", 0 }, { "12.4", 1240 },
		{ "-12.40", -1240 }, { "-0.01", -1 }, { "999999.99", 99999999 },
		{ "-999999.99", -99999999 } };
	static const char *const wrong[] = { "", "-", "-0", "-0.00", "--1", "+1", "- 1", "1-",
		"-01", "-1.", "-.5", "1e3", "1,000", "1000000", "0.001", "−1" };

	(void)state;
	for (size_t i = 0; i < COUNT(right); i++) {
		int64_t fen = -77;
		assert_int_equal(money_parse_balance(right[i].text, &fen), RC_OK);
		assert_int_equal(fen, right[i].fen);
	}
	for (size_t i = 0; i < COUNT(wrong); i++) {
		int64_t fen = -77;
		assert_int_equal(money_parse_balance(wrong[i], &fen), RC_INVALID);
		assert_int_equal(fen, -77);
	}
}

static void
energy_is_typed_in_kilowatt_hours(void **state)
{
	static const struct {
		const char *text;
		int64_t wh;
	} right[] = { { "0", 0 }, { "0.001", 1 }, { "1204.5", 1204500 }, { "12.34", 12340 },
		{ "999999999.999", 999999999999 } };
	static const char *const wrong[] = { "", "-1", "1.", ".5", "01", "1.2345", "1000000000",
		"1 kWh", "1,204.5", "１" };

	(void)state;
	for (size_t i = 0; i < COUNT(right); i++) {
		int64_t wh = -77;
		assert_int_equal(energy_parse(right[i].text, &wh), RC_OK);
		assert_int_equal(wh, right[i].wh);
	}
	for (size_t i = 0; i < COUNT(wrong); i++) {
		int64_t wh = -77;
		assert_int_equal(energy_parse(wrong[i], &wh), RC_INVALID);
		assert_int_equal(wh, -77);
	}
}

static void
what_is_formatted_is_parsed_again(void **state)
{
	char text[MONEY_TEXT_MAX];

	(void)state;
	for (int64_t fen = 1; fen <= 99999999; fen += 1 + fen / 97) {
		int64_t again = 0;
		money_format_plain(fen, text, sizeof(text));
		assert_int_equal(money_parse(text, &again), RC_OK);
		assert_int_equal(again, fen);
	}
}

static void
money_is_written_with_two_decimals_and_groups(void **state)
{
	static const struct {
		int64_t fen;
		const char *grouped, *plain;
	} table[] = { { 0, "0.00", "0.00" }, { 1, "0.01", "0.01" }, { -1, "-0.01", "-0.01" },
		{ 99999, "999.99", "999.99" }, { 100000, "1,000.00", "1000.00" },
		{ -123450, "-1,234.50", "-1234.50" }, { 123456789, "1,234,567.89", "1234567.89" },
		{ INT64_MAX, "92,233,720,368,547,758.07", "92233720368547758.07" },
		{ INT64_MIN, "-92,233,720,368,547,758.08", "-92233720368547758.08" } };
	char text[MONEY_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		money_format(table[i].fen, text, sizeof(text));
		assert_string_equal(text, table[i].grouped);
		money_format_plain(table[i].fen, text, sizeof(text));
		assert_string_equal(text, table[i].plain);
	}
}

static void
energy_is_rounded_half_up(void **state)
{
	static const struct {
		int64_t wh;
		int decimals;
		const char *text;
	} table[] = { { 1234567, 2, "1,234.57" }, { 1234564, 2, "1,234.56" },
		{ 1234565, 2, "1,234.57" }, { 1234567, 3, "1,234.567" }, { 1234567, 1, "1,234.6" },
		{ 1234567, 0, "1,235" }, { 499, 0, "0" }, { 500, 0, "1" }, { -500, 0, "-1" },
		{ -499, 0, "0" }, { -4, 2, "0.00" }, { -5, 2, "-0.01" }, { 0, 3, "0.000" },
		{ 999999, 2, "1,000.00" }, { 5, 2, "0.01" },
		{ INT64_MAX, 3, "9,223,372,036,854,775.807" },
		{ INT64_MAX, 0, "9,223,372,036,854,776" },
		{ INT64_MIN, 3, "-9,223,372,036,854,775.808" } };
	char text[MONEY_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		energy_format(table[i].wh, table[i].decimals, text, sizeof(text));
		assert_string_equal(text, table[i].text);
	}
	energy_format_plain(1234567, 2, text, sizeof(text));
	assert_string_equal(text, "1234.57");
}

static void
the_price_of_an_interval_is_rounded_half_up(void **state)
{
	int64_t carry = 0, fen;

	(void)state;
	/* 1 kWh at 0.8125 yuan is 81.25 fen */
	assert_int_equal(money_of_energy(1000, 812500, &carry, &fen), RC_OK);
	assert_int_equal(fen, 81);
	assert_int_equal(carry, 2500000);
	carry = 0;
	assert_int_equal(money_of_energy(1, 5000000, &carry, &fen), RC_OK); /* half a fen */
	assert_int_equal(fen, 1);
	assert_int_equal(carry, -5000000);
}

static void
a_product_that_does_not_fit_is_refused(void **state)
{
	int64_t carry = 3, fen = 4;

	(void)state;
	assert_int_equal(money_of_energy(INT64_MAX, INT64_MAX, &carry, &fen), RC_INVALID);
	assert_int_equal(money_of_energy(INT64_MIN, INT64_MAX, &carry, &fen), RC_INVALID);
	assert_int_equal(carry, 3);
	assert_int_equal(fen, 4);
	assert_int_equal(money_of_energy(INT64_MAX, 10000000, &carry, &fen), RC_OK);
	assert_true(fen == INT64_MAX);
}

static int64_t
random_between(int64_t least, int64_t most)
{
	return least + (int64_t)(((uint64_t)random() << 31 | (uint64_t)random()) %
				 (uint64_t)(most - least + 1));
}

/* Over 100,000 random intervals in runs: the parts of a run sum to the price of its whole energy.
 */
static void
carried_parts_sum_to_the_whole(void **state)
{
	(void)state;
	srandom(2026);
	for (int run = 0; run < 1000; run++) {
		int64_t price = random_between(0, 5000000), carry = 0, sum_fen = 0, sum_wh = 0;
		for (int i = 0; i < 100; i++) {
			int64_t wh = random_between(-2000, 60000), fen;
			assert_int_equal(money_of_energy(wh, price, &carry, &fen), RC_OK);
			assert_true(carry >= -5000000 && carry <= 5000000);
			sum_fen += fen;
			sum_wh += wh;
		}
		int64_t nothing = 0, whole_fen;
		assert_true((__int128)sum_wh * price == (__int128)sum_fen * 10000000 + carry);
		assert_int_equal(money_of_energy(sum_wh, price, &nothing, &whole_fen), RC_OK);
		assert_int_equal(whole_fen, sum_fen);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(amounts_that_a_person_may_type),
		cmocka_unit_test(amounts_that_are_refused),
		cmocka_unit_test(balances_may_be_nothing_and_below),
		cmocka_unit_test(energy_is_typed_in_kilowatt_hours),
		cmocka_unit_test(what_is_formatted_is_parsed_again),
		cmocka_unit_test(money_is_written_with_two_decimals_and_groups),
		cmocka_unit_test(energy_is_rounded_half_up),
		cmocka_unit_test(the_price_of_an_interval_is_rounded_half_up),
		cmocka_unit_test(a_product_that_does_not_fit_is_refused),
		cmocka_unit_test(carried_parts_sum_to_the_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
