/*
 * charge_private.h - what charge.c and charge_due.c share. Nobody else includes it.
 */
#ifndef VOLTILL_CHARGE_PRIVATE_H
#define VOLTILL_CHARGE_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "model/charge_sum.h"
#include "model/tariff_load.h"

/* An epoch, and how far it is charged. */
struct charge_epoch {
	int64_t epoch_id, began_at, last_count;
	bool is_ended, is_adopted, is_continued;
	bool needs_steps; /* last.steps comes from the daily sums */
	struct charge_row last;
};
/* Locks it in the caller's transaction. */
enum rc charge_epoch_load(struct db *db, int64_t epoch_id, struct charge_epoch *epoch);

/* Charges the day after epoch->last and moves it on, in the caller's transaction. RC_NOT_FOUND: it
 * is not over yet, or readings of it may still come; is_sure: they need not be waited for. */
enum rc charge_next_day(struct db *db, struct arena *arena, const struct tariff_book *book,
    struct charge_epoch *epoch, bool is_sure, int64_t now);

#endif
