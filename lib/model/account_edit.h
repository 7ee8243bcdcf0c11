/*
 * account_edit.h - accounts as an import brings them: who the tenants are and which meters serve
 * them. Money has its own door. See place_edit.h for what the verbs promise.
 */
#ifndef VOLTILL_ACCOUNT_EDIT_H
#define VOLTILL_ACCOUNT_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/change.h"
#include "model/fault.h"
#include "model/operator.h"

#define ACCOUNT_NUMBER_MAX   20
#define ACCOUNT_NAME_MAX     64
#define ACCOUNT_INITIALS_MAX 64
#define ACCOUNT_PHONE_MAX    20

struct account_row {
	int64_t account_id; /* 0: not stored yet */
	char number[ACCOUNT_NUMBER_MAX + 1];
	char name[ACCOUNT_NAME_MAX * 4 + 1];
	char initials[ACCOUNT_INITIALS_MAX + 1];
	char phone[ACCOUNT_PHONE_MAX + 1];
	int64_t opened_at;
	int64_t revision;
};

/* Faults of fields number, name, initials, phone. Pure; that the number is free is for the caller
 * to see. */
void account_validate(const struct account_row *row, struct faults *faults);
void account_compare(
    const struct account_row *before, const struct account_row *after, struct changes *changes);

/* Sets row->account_id. RC_CONFLICT: the number was taken meanwhile. */
enum rc account_insert(struct db *db, struct account_row *row, const struct operator_actor *by);
/* RC_CONFLICT when row->revision is not the stored one, RC_NOT_FOUND when it is gone or closed. */
enum rc account_update(struct db *db, struct account_row *row, const struct operator_actor *by);
/* The meter serves the account from its opening on. RC_CONFLICT: it serves one already. */
enum rc account_give_meter(struct db *db, const struct account_row *row, int64_t meter_id,
    const struct operator_actor *by);
/* Takes that back. RC_NOT_FOUND: it does not serve it (any more). */
enum rc account_take_meter(struct db *db, const struct account_row *row, int64_t meter_id,
    const struct operator_actor *by);
/* Removes the row itself, for the undo of an import. RC_INVALID while it has or had another meter,
 * or anything was sold. */
enum rc account_erase(
    struct db *db, const struct account_row *row, const struct operator_actor *by);
enum rc account_load_row(struct db *db, int64_t account_id, struct account_row *row);

#endif
