/*
 * epoch.h - stretches in which the purchase counts of a meter follow each other (meter_epoch).
 *
 * An epoch begins with what the meter shows: its count is the base that the next purchase counts
 * on, its credit is booked as found (JOURNAL_OPENING). It ends when the account leaves the meter,
 * or when two persons open a new one because the meter was reset. Everything here runs in the
 * caller's transaction.
 */
#ifndef VOLTILL_EPOCH_H
#define VOLTILL_EPOCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"

enum epoch_cause { EPOCH_OPENING, EPOCH_ADOPTED, EPOCH_REPLACEMENT, EPOCH_MOVE, EPOCH_RESET };

struct epoch {
	int64_t epoch_id, meter_id, account_id;
	int64_t base_count, base_credit_fen, base_energy_wh, began_at;
	int64_t last_count, last_credit_fen, last_energy_wh, last_at;
	int64_t flight_count; /* -1: nothing is in flight */
};

/* The living epoch of a meter, locked. RC_NOT_FOUND: there is none. */
enum rc epoch_find(struct db *db, int64_t meter_id, struct epoch *epoch);

/* Figures a meter shows, for the beginning of an epoch. */
struct epoch_figures {
	int64_t count, credit_fen, energy_wh, at;
};
/* Those of the newest answer (meter_state). RC_NOT_FOUND: it was never read. A meter that counts no
 * credit itself (credit_mode server) begins with count 0 and credit 0. */
enum rc epoch_figures(struct db *db, int64_t meter_id, struct epoch_figures *figures);

/* Begins one and books what is in the meter. RC_CONFLICT: another one lives. second_by 0: one
 * person was enough. */
enum rc epoch_begin(struct db *db, int64_t meter_id, int64_t account_id, enum epoch_cause cause,
    const struct epoch_figures *figures, int64_t operator_id, int64_t second_by, int64_t now,
    struct epoch *epoch);
enum rc epoch_end(struct db *db, int64_t meter_id, int64_t now);

/* The living epoch; begins one (EPOCH_ADOPTED, by what the meter showed last) for an account that
 * came in before there was a ledger. RC_NOT_FOUND: the meter was never read. */
enum rc epoch_ensure(
    struct db *db, int64_t meter_id, int64_t account_id, int64_t now, struct epoch *epoch);

#endif
