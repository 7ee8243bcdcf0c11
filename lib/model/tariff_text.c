#include "model/tariff_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/money.h"
#include "base/text.h"
#include "model/tariff_load.h"

#define SEASON_TEXT_MAX 1200

/* Digits with at most `decimals` after a point, as a whole number of the last decimal. */
static enum rc
parse_scaled(const char *text, size_t digits_max, size_t decimals_max, int64_t *value)
{
	const char *point = strchr(text, '.');
	size_t whole = point == NULL ? strlen(text) : (size_t)(point - text);
	size_t decimals = point == NULL ? 0 : strlen(point + 1);
	int64_t number = 0;

	if (whole < 1 || whole > digits_max || (text[0] == '0' && whole > 1) ||
	    (point != NULL && (decimals < 1 || decimals > decimals_max)))
		return RC_INVALID;
	for (const char *digit = text; *digit != '\0'; digit++) {
		if (digit == point)
			continue;
		if (*digit < '0' || *digit > '9')
			return RC_INVALID;
		number = number * 10 + (*digit - '0');
	}
	for (; decimals < decimals_max; decimals++)
		number *= 10;
	*value = number;
	return RC_OK;
}

enum rc
tariff_price_parse(const char *text, int64_t *price_uyuan)
{
	int64_t value;

	if (parse_scaled(text, 3, 6, &value) != RC_OK || value > TARIFF_PRICE_MAX)
		return RC_INVALID;
	*price_uyuan = value;
	return RC_OK;
}

void
tariff_price_format(int64_t price_uyuan, char *text)
{
	int length = snprintf(text, TARIFF_TEXT_MAX, "%" PRId64 ".%06" PRId64,
	    price_uyuan / 1000000, price_uyuan % 1000000);

	for (int cut = 0; cut < 2 && text[length - 1] == '0'; cut++)
		text[--length] = '\0';
}

enum rc
tariff_energy_parse(const char *text, int64_t *energy_wh)
{
	return parse_scaled(text, 9, 3, energy_wh);
}

enum rc
tariff_time_parse(const char *text, int16_t *minute)
{
	size_t hour_digits = strcspn(text, ":");
	int64_t hours, minutes;
	char hour[3] = "";

	if (hour_digits < 1 || hour_digits > 2 || strlen(text) != hour_digits + 3)
		return RC_INVALID;
	memcpy(hour, text, hour_digits);
	const char *clean = hour[0] == '0' && hour_digits == 2 ? hour + 1 : hour;
	const char *rest = text + hour_digits + 1;
	rest += rest[0] == '0';
	if (text_parse_uint(clean, 23, &hours) != RC_OK ||
	    text_parse_uint(rest, 59, &minutes) != RC_OK)
		return RC_INVALID;
	*minute = (int16_t)(hours * 60 + minutes);
	return RC_OK;
}

void
tariff_time_format(int minute, char *text)
{
	(void)snprintf(text, TARIFF_TEXT_MAX, "%02d:%02d", minute / 60 % 100, minute % 60);
}

bool
tariff_is_day(int month, int day)
{
	struct civil civil = { .year = 2024, .month = month, .day = day };

	return month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
	       clock_utc(clock_from_utc(&civil)).day == day;
}

/* ---- for the audit ---- */

__attribute__((format(printf, 3, 4))) static void
append(char *text, size_t size, const char *format, ...)
{
	size_t length = strlen(text);
	va_list list;

	va_start(list, format);
	(void)vsnprintf(text + length, size - length, format, list);
	va_end(list);
}

static void
put_table(const struct tariff_table *table, char *text, size_t size)
{
	char time[TARIFF_TEXT_MAX];

	for (size_t i = 0; i < table->count; i++) {
		tariff_time_format(table->slots[i].start_min, time);
		append(text, size, " %s %s", time,
		    tariff_period_name((enum tariff_period)table->slots[i].period));
	}
}

static void
put_season(const struct tariff_version *version, size_t index, char *text, size_t size)
{
	text[0] = '\0';
	if (index >= version->season_count)
		return;
	const struct tariff_season *season = &version->seasons[index];
	append(text, size, "%s %d-%d:", season->name, season->from_month, season->from_day);
	for (int kind = 0; kind < TARIFF_DAY_KINDS; kind++) {
		if (kind > 0 && season->table[kind] == season->table[TARIFF_WORKDAY])
			continue;
		if (kind > 0)
			append(
			    text, size, "; %s", tariff_day_kind_name((enum tariff_day_kind)kind));
		put_table(&version->tables[season->table[kind]], text, size);
	}
}

static void
put_prices(const int64_t *price_uyuan, char *text, size_t size)
{
	char price[TARIFF_TEXT_MAX];

	for (size_t period = 0; period < TARIFF_PERIODS; period++) {
		tariff_price_format(price_uyuan[period], price);
		append(text, size, "%s%s", period > 0 ? " / " : " ", price);
	}
}

static void
put_component(const struct tariff_version *version, size_t index, char *text, size_t size)
{
	text[0] = '\0';
	if (index >= version->component_count)
		return;
	append(text, size, "%s", version->components[index].name);
	put_prices(version->components[index].price_uyuan, text, size);
}

static void
put_tiers(const struct tariff_version *version, char *text, size_t size)
{
	char energy[MONEY_TEXT_MAX];

	text[0] = '\0';
	for (size_t i = 0; i < version->tier_count; i++) {
		energy_format_plain(version->tiers[i].from_wh, 3, energy, sizeof(energy));
		append(text, size, "%s> %s kWh", i > 0 ? "; " : "", energy);
		put_prices(version->tiers[i].price_uyuan, text, size);
	}
}

static void
put_cycle(const struct tariff_version *version, char *text, size_t size)
{
	text[0] = '\0';
	append(text, size, "%s", tariff_cycle_name(version->cycle));
	if (version->cycle == TARIFF_YEAR)
		append(text, size, " %d-%d", version->year_month, version->year_day);
}

void
tariff_compare(const struct tariff_version *before, const struct tariff_version *after,
    struct changes *changes)
{
	static const char *const SEASONS[] = { "season_1", "season_2", "season_3", "season_4",
		"season_5", "season_6" };
	static const char *const COMPONENTS[] = { "component_1", "component_2", "component_3",
		"component_4", "component_5", "component_6", "component_7", "component_8" };
	char old[SEASON_TEXT_MAX], new[SEASON_TEXT_MAX];

	_Static_assert(COUNT(SEASONS) == TARIFF_SEASONS_MAX, "a field per season");
	_Static_assert(COUNT(COMPONENTS) == TARIFF_COMPONENTS_MAX, "a field per component");
	for (size_t i = 0; i < TARIFF_SEASONS_MAX; i++) {
		put_season(before, i, old, sizeof(old));
		put_season(after, i, new, sizeof(new));
		change_text(changes, SEASONS[i], old, new);
	}
	for (size_t i = 0; i < TARIFF_COMPONENTS_MAX; i++) {
		put_component(before, i, old, sizeof(old));
		put_component(after, i, new, sizeof(new));
		change_text(changes, COMPONENTS[i], old, new);
	}
	put_cycle(before, old, sizeof(old));
	put_cycle(after, new, sizeof(new));
	change_text(changes, "tier_cycle", old, new);
	change_text(changes, "tier_kind", tariff_tier_kind_name(before->tier_kind),
	    tariff_tier_kind_name(after->tier_kind));
	put_tiers(before, old, sizeof(old));
	put_tiers(after, new, sizeof(new));
	change_text(changes, "tiers", old, new);
}
