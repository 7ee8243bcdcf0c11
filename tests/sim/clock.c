/*
 * clock.c - the meter's own clock (it drifts), the tariff tables and the time switch that follow
 * it.
 */
#include <string.h>

#include "meter.h"

struct building building = { .seed = 1, .zone_ms = 8 * 3600000LL };

int64_t
meter_clock_ms(const struct meter *meter, int64_t at_ms)
{
	int64_t drift_ms = (at_ms - meter->clock_set_ms) * meter->drift_ppm / 1000000;
	return at_ms + building.zone_ms + meter->clock_offset_ms + drift_ms;
}

/* When the meter's clock will show local_ms; never before its boundary. */
static int64_t
clock_reaches_ms(const struct meter *meter, int64_t local_ms)
{
	int64_t ahead = local_ms - building.zone_ms - meter->clock_offset_ms - meter->clock_set_ms;
	int64_t at_ms = meter->clock_set_ms + ahead * 1000000 / (1000000 + meter->drift_ppm);
	while (meter_clock_ms(meter, at_ms) < local_ms)
		at_ms++;
	return at_ms;
}

void
meter_clock_set(struct meter *meter, int64_t at_ms, int64_t local_ms)
{
	meter->clock_offset_ms = local_ms - at_ms - building.zone_ms;
	meter->clock_set_ms = at_ms;
	meter_changed(meter);
}

/* Civil date of a day counted from 1970, by eras of 400 years that begin in March. */
struct moment
moment_of(int64_t local_ms)
{
	int64_t days = local_ms / DAY_MS;
	int64_t second = local_ms % DAY_MS / 1000;
	int64_t shifted = days + 719468, era = shifted / 146097, of_era = shifted % 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;
	return (struct moment){
		.year = (int)((year + era * 400 + (month >= 10)) % 100),
		.month = (int)(month < 10 ? month + 3 : month - 9),
		.day = (int)(of_year - (153 * month + 2) / 5 + 1),
		.weekday = (int)((days + 4) % 7),
		.hour = (int)(second / 3600),
		.minute = (int)(second / 60 % 60),
		.second = (int)(second % 60),
	};
}

int64_t
moment_ms(const struct moment *moment)
{
	int64_t year = 2000 + moment->year - (moment->month <= 2);
	int64_t month = moment->month > 2 ? moment->month - 3 : moment->month + 9;
	int64_t of_year = (153 * month + 2) / 5 + moment->day - 1;
	int64_t of_era = year % 400 * 365 + year % 400 / 4 - year % 400 / 100 + of_year;
	int64_t days = year / 400 * 146097 + of_era - 719468;
	return days * DAY_MS +
	       (moment->hour * 3600 + moment->minute * 60 + moment->second) * 1000LL;
}

static bool
is_given(const uint8_t *bytes, size_t size)
{
	while (size > 0 && bytes[size - 1] == 0)
		size--;
	return size > 0;
}

/* What the configuration gave stays. */
void
day_tables_default(struct meter *meter)
{
	static const uint8_t USUAL[] = { 4, 0, 0, 3, 0, 6, 2, 0, 8, 3, 0, 11, 2, 0, 18, 3, 0, 21, 4,
		0, 22 };
	static const uint8_t STEEP[] = { 4, 0, 0, 3, 0, 6, 2, 0, 8, 3, 0, 11, 2, 0, 18, 1, 0, 19, 2,
		0, 21, 4, 0, 22 };
	static const uint8_t ZONES[4][3] = { { 1, 1, 1 }, { 2, 1, 7 }, { 1, 1, 9 }, { 2, 1, 12 } };
	if (!is_given(meter->day_table[0], DAY_TABLE))
		memcpy(meter->day_table[0], USUAL, sizeof USUAL);
	if (!is_given(meter->day_table[1], DAY_TABLE))
		memcpy(meter->day_table[1], STEEP, sizeof STEEP);
	bool has_zones = is_given(meter->zones, sizeof meter->zones);
	for (size_t i = 0; i < 4 && !has_zones; i++) {
		bool is_tdm = meter->season == SEASON_TDM;
		meter->zones[i * 3] = ZONES[i][is_tdm ? 0 : 2];
		meter->zones[i * 3 + 1] = ZONES[i][1];
		meter->zones[i * 3 + 2] = ZONES[i][is_tdm ? 2 : 0];
	}
	meter_changed(meter);
}

/* The day table of the season: the zone that began last, or the year's last one before the first.
 */
static const uint8_t *
day_table_of(const struct meter *meter, const struct moment *now)
{
	int today = now->month * 100 + now->day, best = -1, last = -1;
	int best_table = 1, last_table = 1;
	for (size_t i = 0; i < 4; i++) {
		const uint8_t *zone = &meter->zones[i * 3];
		bool is_tdm = meter->season == SEASON_TDM;
		int table = zone[is_tdm ? 0 : 2], month = zone[is_tdm ? 2 : 0];
		int begins = month * 100 + zone[1];
		if (table < 1 || table > 2 || month < 1 || month > 12)
			continue;
		if (begins <= today && begins > best) {
			best = begins;
			best_table = table;
		}
		if (begins > last) {
			last = begins;
			last_table = table;
		}
	}
	return meter->day_table[(best >= 0 ? best_table : last_table) - 1];
}

/* Looks up what holds at minute_now in a table of (value, minute, hour) and when it ends. The value
 * before the first slot is that of the last, as after midnight. */
static int
table_value(const uint8_t *table, size_t slots, bool zero_ends, int minute_now, int *until)
{
	int value = -1, last = -1, previous = -1;
	*until = 24 * 60;
	for (size_t i = 0; i < slots; i++) {
		const uint8_t *slot = &table[i * 3];
		int begins = slot[2] * 60 + slot[1];
		if ((zero_ends && slot[0] == 0) || slot[2] > 23 || slot[1] > 59 ||
		    begins <= previous)
			break;
		if (begins <= minute_now)
			value = slot[0];
		else if (begins < *until)
			*until = begins;
		previous = begins;
		last = slot[0];
	}
	return value >= 0 ? value : last;
}

static int64_t
minute_ends_ms(const struct meter *meter, int64_t local_ms, int minute, int64_t at_ms)
{
	int64_t ends = clock_reaches_ms(meter, local_ms / DAY_MS * DAY_MS + minute * 60000LL);
	return ends > at_ms ? ends : at_ms + 1;
}

int
meter_rate(struct meter *meter, int64_t at_ms)
{
	if (at_ms < meter->tariff_until_ms)
		return (int)meter->tariff_rate;
	int64_t local_ms = meter_clock_ms(meter, at_ms);
	struct moment now = moment_of(local_ms);
	int until;
	int rate =
	    table_value(day_table_of(meter, &now), 14, true, now.hour * 60 + now.minute, &until);
	meter->tariff_rate = rate < RATE_SHARP || rate > RATE_DEEP ? RATE_FLAT : rate;
	meter->tariff_until_ms = minute_ends_ms(meter, local_ms, until, at_ms);
	return (int)meter->tariff_rate;
}

bool
meter_switch_closed(struct meter *meter, int64_t at_ms)
{
	if (!meter->switch_on)
		return true;
	if (at_ms < meter->switch_until_ms)
		return meter->switch_closed;
	int64_t local_ms = meter_clock_ms(meter, at_ms);
	struct moment now = moment_of(local_ms);
	bool is_working = meter->switch_mask >> (now.weekday == 0 ? 7 : now.weekday) & 1;
	int until;
	int state = table_value(meter->switch_table + (is_working ? 24 : 0), 8, false,
	    now.hour * 60 + now.minute, &until);
	meter->switch_closed = state != 0;
	meter->switch_until_ms = minute_ends_ms(meter, local_ms, until, at_ms);
	return meter->switch_closed;
}
