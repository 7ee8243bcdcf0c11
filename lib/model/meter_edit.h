/*
 * meter_edit.h - meters as people change them. See place_edit.h for what the verbs promise.
 */
#ifndef VOLTILL_METER_EDIT_H
#define VOLTILL_METER_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"
#include "model/change.h"
#include "model/fault.h"
#include "model/meter.h"
#include "model/meter_rule.h"
#include "model/operator.h"
#include "model/world.h"

#define METER_NUMBER_MAX 16
#define METER_NAME_MAX	 64
#define METER_NOTE_MAX	 200
#define METER_DEFAULT	 (-1) /* alarm1_fen … overdraft_fen: what the settings say */

enum hold_mode { HOLD_DEFAULT, HOLD_NEVER, HOLD_ALWAYS, HOLD_MODES };
const char *hold_mode_name(enum hold_mode mode);     /* "default" "never" "always" */
enum hold_mode hold_mode_find(const char *name);     /* HOLD_MODES: none */

struct meter_row {
	int64_t meter_id; /* 0: not stored yet */
	char number[METER_NUMBER_MAX + 1];
	char name[METER_NAME_MAX * 4 + 1];
	int64_t meter_model_id, bus_id;
	int64_t unit, box_position; /* box_position 0: none */
	int64_t phases;
	int64_t place_id; /* 0: none */
	int64_t ct_ratio, pt_ratio, rated_power_w;
	enum credit_mode credit_mode;
	bool is_protected;
	int64_t alarm1_fen, alarm2_fen, overload_w, overdraft_fen; /* or METER_DEFAULT */
	enum hold_mode hold_mode;
	char note[METER_NOTE_MAX * 4 + 1];
	int64_t installed_at; /* 0 in insert: now */
	int64_t removed_at;   /* 0: it hangs */
	int64_t revision;
};

/* What a new meter has where nobody said otherwise. */
struct meter_row meter_default(void);

/* Faults of fields number, name, model, bus, unit, box_position, phases, place, ct_ratio, pt_ratio,
 * rated_power_w, credit_mode, alarm1, alarm2, overload_w, overdraft, hold_mode, note. */
void meter_validate(const struct meter_row *row, const struct world *world, struct faults *faults);
void meter_compare(
    const struct meter_row *before, const struct meter_row *after, struct changes *changes);

enum rc meter_insert(struct db *db, struct meter_row *row, const struct operator_actor *by);
/* The same for who compared the row already and put names in the place of ids: an import spares
 * three look-ups a row. */
enum rc meter_insert_named(struct db *db, struct meter_row *row, const struct changes *changes,
    const struct operator_actor *by);
/* Keeps the history of places. removed_at is not touched. */
enum rc meter_update(struct db *db, struct meter_row *row, const struct operator_actor *by);
enum rc meter_has_account(struct db *db, int64_t meter_id, bool *has);
/* Taken off the wall: the row, its readings and its account's history stay. RC_INVALID while an
 * account has it. */
enum rc meter_remove(struct db *db, const struct meter_row *row, const char *reason,
    const struct operator_actor *by);
/* Hangs again where row says; validate first. */
enum rc meter_reinstall(struct db *db, struct meter_row *row, const struct operator_actor *by);
/* Removes the row itself: for the undo of an import, while nothing was ever read or sold.
 * RC_INVALID otherwise. */
enum rc meter_erase(struct db *db, const struct meter_row *row, const struct operator_actor *by);
enum rc meter_load_row(struct db *db, int64_t meter_id, struct meter_row *row);

#endif
