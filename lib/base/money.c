#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/money.h"
#include "base/text.h"

#define WHOLE_DIGITS_MAX  6 /* 999999.99 is the most that one sale takes */
#define ENERGY_DIGITS_MAX 9
#define NANO_PER_FEN	  10000000

/* Digits without leading zeros, and a point with one to `decimals` digits behind it if any: the
 * number of the smallest units. */
static enum rc
parse_scaled(const char *text, size_t whole_max, size_t decimals_max, int64_t *value)
{
	const char *point = strchr(text, '.');
	size_t whole = point == NULL ? strlen(text) : (size_t)(point - text);
	size_t decimals = point == NULL ? 0 : strlen(point + 1);
	int64_t units = 0;

	if (whole < 1 || whole > whole_max || (text[0] == '0' && whole > 1) ||
	    (point != NULL && (decimals < 1 || decimals > decimals_max)))
		return RC_INVALID;
	for (const char *digit = text; *digit != '\0'; digit++) {
		if (digit == point)
			continue;
		if (*digit < '0' || *digit > '9')
			return RC_INVALID;
		units = units * 10 + (*digit - '0');
	}
	for (; decimals < decimals_max; decimals++)
		units *= 10;
	*value = units;
	return RC_OK;
}

enum rc
money_parse(const char *text, int64_t *amount_fen)
{
	int64_t fen = 0;
	enum rc rc = parse_scaled(text, WHOLE_DIGITS_MAX, 2, &fen);

	if (rc != RC_OK || fen == 0)
		return RC_INVALID;
	*amount_fen = fen;
	return RC_OK;
}

enum rc
money_parse_balance(const char *text, int64_t *amount_fen)
{
	bool is_below = *text == '-';
	int64_t fen = 0;
	enum rc rc = parse_scaled(text + is_below, WHOLE_DIGITS_MAX, 2, &fen);

	if (rc != RC_OK || (is_below && fen == 0))
		return RC_INVALID;
	*amount_fen = is_below ? -fen : fen;
	return RC_OK;
}

enum rc
energy_parse(const char *text, int64_t *energy_wh)
{
	return parse_scaled(text, ENERGY_DIGITS_MAX, 3, energy_wh);
}

/* Writes value / 10^decimals, with a comma before each group of three if grouped. */
static void
format_scaled(int64_t value, int decimals, bool grouped, char *text, size_t size)
{
	char full[MONEY_TEXT_MAX + 8], *at = full + sizeof(full) - 1;
	uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	int digits = 0;

	*at = '\0';
	do {
		if (decimals > 0 && digits == decimals)
			*--at = '.';
		if (grouped && digits > decimals && (digits - decimals) % 3 == 0)
			*--at = ',';
		*--at = (char)('0' + left % 10);
		left /= 10;
		digits++;
	} while (left > 0 || digits <= decimals);
	if (value < 0)
		*--at = '-';
	(void)text_copy(text, size, at);
}

void
money_format(int64_t amount_fen, char *text, size_t size)
{
	format_scaled(amount_fen, 2, true, text, size);
}

void
money_format_plain(int64_t amount_fen, char *text, size_t size)
{
	format_scaled(amount_fen, 2, false, text, size);
}

/* Half-up on the amount: -x always reads as x with a sign. */
static int64_t
round_energy(int64_t energy_wh, int decimals)
{
	int64_t by = decimals >= 3 ? 1 : decimals == 2 ? 10 : decimals == 1 ? 100 : 1000;
	int64_t rest = energy_wh % by, whole = energy_wh / by;

	if (rest * 2 >= by && by > 1)
		return whole + 1;
	if (rest * 2 <= -by && by > 1)
		return whole - 1;
	return whole;
}

void
energy_format(int64_t energy_wh, int decimals, char *text, size_t size)
{
	format_scaled(round_energy(energy_wh, decimals), decimals, true, text, size);
}

void
energy_format_plain(int64_t energy_wh, int decimals, char *text, size_t size)
{
	format_scaled(round_energy(energy_wh, decimals), decimals, false, text, size);
}

enum rc
money_of_energy(int64_t energy_wh, int64_t price_uyuan, int64_t *carry_nano, int64_t *amount_fen)
{
	/* Watt-hours times micro-yuan per kilowatt-hour is nano-yuan. */
	__int128 nano = (__int128)energy_wh * price_uyuan + *carry_nano;
	__int128 shifted = nano + NANO_PER_FEN / 2;
	__int128 fen = shifted / NANO_PER_FEN - (shifted % NANO_PER_FEN < 0);

	if (fen > INT64_MAX || fen < INT64_MIN)
		return RC_INVALID;
	*carry_nano = (int64_t)(nano - fen * NANO_PER_FEN);
	*amount_fen = (int64_t)fen;
	return RC_OK;
}
