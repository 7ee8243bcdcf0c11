/*
 * charge.h - what a day's use cost: charge_day, and its journal (JOURNAL_USE).
 *
 * A row covers the use from the closing of the row before (or the base of the epoch) to its own
 * closing, which is the last usable reading of the day that the ledger can explain: one whose
 * purchase count was confirmed. So opening + credited - deducted - charge + difference = closing,
 * the closing is what the meter showed, and the difference is what the meter counted otherwise than
 * the prices say. Meters that count no credit (credit_mode server) have no difference. A day
 * without a reading carries on.
 *
 * What is in the ledger as credit of a meter is then always: the last closing, what was delivered
 * with a later count, and what was adopted (JOURNAL_EXPLAINED) later.
 */
#ifndef VOLTILL_CHARGE_H
#define VOLTILL_CHARGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/rc.h"

/* A day without a reading behind its end waits so long for late ones. */
#define CHARGE_PATIENCE_MS (36 * CLOCK_HOUR)

struct charge_work {
	int64_t begun;	 /* epochs begun for accounts from before there was a ledger */
	int64_t charged; /* rows written */
	int64_t failed;	 /* meters that were left out, each with a line in the log */
};
/* Charges all days that are due, one transaction for each meter and day; what is charged already is
 * passed over. A failure of the database ends it, and the next call goes on. should_stop may be
 * NULL. */
enum rc charge_due(struct db *db, int64_t now, bool (*should_stop)(void), struct charge_work *work);

/* What a meter shows when its epoch is about to end. credit_fen: after everything was taken out. */
struct charge_end {
	int64_t at, energy_wh, credit_fen, count;
};
/* The last row of an epoch, in the caller's transaction, before epoch_end. Whole days that are not
 * charged yet come first. RC_NOT_FOUND: there is no such epoch.
 *
 * A meter with a credit of its own: call it after whatever was taken out is booked; afterwards the
 * ledger's credit of this account and meter is end->credit_fen. A meter that counts none
 * (credit_mode server): call it before, and take out what the ledger then says; credit_fen and
 * count are ignored. */
enum rc charge_last_day(struct db *db, int64_t epoch_id, const struct charge_end *end, int64_t now);

/* What the use since the last closing costs when the register shows energy_wh at that moment: the
 * ledger's credit less this is what should be in the meter. Reads only. */
enum rc charge_since(
    struct db *db, int64_t epoch_id, int64_t at, int64_t energy_wh, int64_t *charge_fen);

#endif
