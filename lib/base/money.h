/*
 * money.h - fen, watt-hours and prices as exact integers (DESIGN.md §3).
 *
 * amount_fen is 0.01 of the currency, energy_wh watt-hours, price_uyuan micro-yuan per kWh.
 * No floating point touches any of them.
 */
#ifndef VOLTILL_MONEY_H
#define VOLTILL_MONEY_H

#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"

#define MONEY_TEXT_MAX 40 /* room for any formatted amount or energy */

/* Reads what a person typed: "100", "100.5", "0.01". Refuses signs, spaces, exponents, leading
 * zeros ("01"), a bare point, more than two decimals, zero and anything above 999999.99
 * (reliability.md W-50). RC_INVALID leaves *amount_fen alone. */
enum rc money_parse(const char *text, int64_t *amount_fen);
/* The same for what a drawer holds or a meter shows: "0", "0.00" and "-12.40" as well. */
enum rc money_parse_balance(const char *text, int64_t *amount_fen);
/* Kilowatt-hours as a meter shows them, at most nine digits and three decimals: "0", "1204.5". */
enum rc energy_parse(const char *text, int64_t *energy_wh);

/* "-1,234.50". Always two decimals. */
void money_format(int64_t amount_fen, char *text, size_t size);
/* "-1234.50" for sheets and forms. */
void money_format_plain(int64_t amount_fen, char *text, size_t size);

/* "1,234.56" kWh from watt-hours, with the given number of decimals 0..3, half-up. */
void energy_format(int64_t energy_wh, int decimals, char *text, size_t size);
void energy_format_plain(int64_t energy_wh, int decimals, char *text, size_t size);

/* Price of an interval: energy × price in fen, half-up; *carry_nano is the exact remainder carried
 * from interval to interval (units of 1e-9 yuan, between -5e6 and 5e6), so that the parts sum to
 * the whole. RC_INVALID when the product does not fit. */
enum rc money_of_energy(
    int64_t energy_wh, int64_t price_uyuan, int64_t *carry_nano, int64_t *amount_fen);

#endif
