/*
 * charge_sum.h - one row of charge_day, reckoned from readings. Pure: no SQL, no clock.
 */
#ifndef VOLTILL_CHARGE_SUM_H
#define VOLTILL_CHARGE_SUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/rc.h"
#include "model/tariff.h"

#define CHARGE_NO_COUNT	  (-1)	/* the meter counts no credit itself */
#define CHARGE_COUNT_WRAP 65536 /* purchase counts are 16 bits wide */

/* A usable reading. */
struct charge_reading {
	int64_t at, energy_wh, credit_fen;
	int64_t count;	  /* CHARGE_NO_COUNT: it has neither count nor credit */
	bool is_rollover; /* what was used before it cannot be told from the register */
};

/* A row of charge_day. Where nothing is charged yet, closing_… is the base of the epoch. */
struct charge_row {
	struct day day;
	int64_t epoch_id, meter_id, account_id;
	int64_t opening_fen, credited_fen, deducted_fen, charge_fen, difference_fen, closing_fen;
	int64_t energy_wh, unpriced_wh, doubtful;
	int64_t closing_at, closing_wh, closing_count;
	int64_t carry_nano;
	struct tariff_steps steps;
};

/* How many of the readings, from the first on, end at one that the ledger can explain: its count is
 * not before the closing of `before` and not after last_count. A meter without a count: all. */
size_t charge_explained(const struct charge_row *before, int64_t last_count,
    const struct charge_reading *readings, size_t count);

/* How many purchases lie between two counts. */
int64_t charge_counts_between(int64_t from, int64_t to);

/* The row of that day that follows `before` and closes at the last of the readings, all later than
 * before->closing_at. credited_fen and deducted_fen of `row` are set already, and so is the day;
 * everything else is filled in. RC_INVALID: the readings cannot be priced. */
enum rc charge_sum(struct arena *arena, const struct charge_row *before, struct tariff_plan *plan,
    const struct charge_reading *readings, size_t count, struct charge_row *row);

/* What JOURNAL_USE takes out of the credit: 0 when nothing moved. */
int64_t charge_out_of_credit(const struct charge_row *row);

#endif
