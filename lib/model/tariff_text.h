/*
 * tariff_text.h - prices, times and whole versions as people write them. Pure.
 */
#ifndef VOLTILL_TARIFF_TEXT_H
#define VOLTILL_TARIFF_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"
#include "model/change.h"
#include "model/tariff.h"

#define TARIFF_TEXT_MAX 24 /* bytes of a price or time */

/* "1.265": at most three digits, a point and six decimals, 0 … TARIFF_PRICE_MAX. RC_INVALID leaves
 * *price_uyuan alone. */
enum rc tariff_price_parse(const char *text, int64_t *price_uyuan);
/* "1.2650": four decimals, or as many more as it takes. */
void tariff_price_format(int64_t price_uyuan, char *text);

/* "8:00" or "08:00", 0:00 … 23:59. */
enum rc tariff_time_parse(const char *text, int16_t *minute);
void tariff_time_format(int minute, char *text); /* "08:00", also "24:00" */

/* "200" or "200.5" kWh, at most nine digits and three decimals. */
enum rc tariff_energy_parse(const char *text, int64_t *energy_wh);

/* True for a day that some year has: 2-29 is one. */
bool tariff_is_day(int month, int day);

/* What differs, in fields note is not part of: season_1 …, component_1 …, tiers, tier_cycle,
 * tier_kind. before may be an empty version. */
void tariff_compare(const struct tariff_version *before, const struct tariff_version *after,
    struct changes *changes);

#endif
