/*
 * shift.h - who stands at the counter, with how much cash in the drawer, and business days.
 *
 * Whoever sells or hands money over has an open shift. A shift is closed by counting; what is over
 * or short is booked (JOURNAL_SHIFT). A day is closed when no shift of it, or of a day before, is
 * open; from then on nothing is sold on it.
 */
#ifndef VOLTILL_SHIFT_H
#define VOLTILL_SHIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/ledger.h"
#include "model/operator.h"

#define SHIFT_NOTE_MAX		200
#define SHIFT_DENOMINATIONS_MAX 16
#define SHIFT_PIECES_MAX	100000

struct shift {
	int64_t shift_id, operator_id;
	const char *operator_name;
	int64_t opened_at, closed_at; /* closed_at 0: open */
	struct day day;
	int64_t float_fen;
	int64_t expected_fen; /* cash that should be in the drawer: now, or when it was closed */
	int64_t counted_fen;  /* closed only */
	int64_t sales,
	    channel_fen[CHANNELS]; /* documents; money taken less money handed out, by channel */
	int64_t purchases_fen,
	    payouts_fen; /* taken for purchases; handed out for refunds, reversals, closings (less
			    what a debtor paid): the difference is that of all channels */
	const char *note, *closed_by; /* closed_by: "" or the supervisor */
};

/* The open shift of an operator, with its running totals. RC_NOT_FOUND: none is open. */
enum rc shift_find_open(
    struct db *db, struct arena *arena, int64_t operator_id, struct shift *shift);
enum rc shift_find(struct db *db, struct arena *arena, int64_t shift_id, struct shift *shift);
/* Only its number, locked against being closed until the transaction ends. */
enum rc shift_hold(struct db *db, int64_t operator_id, int64_t *shift_id);
/* Cash in the drawer of an open shift, for the ceiling. */
enum rc shift_cash(struct db *db, int64_t shift_id, int64_t *cash_fen);

/* RC_CONFLICT: one is open already; *shift_id is that one, or 0 when the business day is closed.
 * Audited ("shift.open"). */
enum rc shift_open(
    struct db *db, int64_t float_fen, const struct operator_actor *by, int64_t *shift_id);

struct shift_count {
	int64_t denomination_fen, pieces;
};
/* by may be another person: whether he may is for the caller to know. */
struct shift_closing {
	int64_t shift_id;
	const struct shift_count *counts;
	size_t count;
	const char *note; /* needed when what is counted differs */
	struct operator_actor by;
};
/* RC_CONFLICT: it is closed already. RC_INVALID: over or short and no note. *counted_fen and
 * *expected_fen are set in any case but a failure of the database. Audited ("shift.close"). */
enum rc shift_close(struct db *db, const struct shift_closing *closing, int64_t *counted_fen,
    int64_t *expected_fen);

/* Notes and coins of the currency, largest first. */
const int64_t *shift_denominations(size_t *count);

/* RC_CONFLICT: a shift of that day or of one before is open, or the day is closed already;
 * RC_INVALID: the day lies ahead. Audited ("day.close"). */
enum rc business_day_close(struct db *db, struct day day, const struct operator_actor *by);
/* Holds the day open until the transaction ends. RC_CONFLICT: it is closed. */
enum rc business_day_hold(struct db *db, struct day day);

#endif
