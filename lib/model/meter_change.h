/*
 * meter_change.h - the credit of a tenant goes from one meter to another: the meter at the place is
 * replaced, or the tenant moves to another meter.
 *
 *   asked      the old meter is dead: typed figures wait for the second person
 *   clearing   the order that empties the old meter is on its way
 *   cleared    the money lies between the meters. A new meter at the old address is waited for
 *              (meter_change_install, by a person), then for its first good reading
 *   crediting  the new meter's epoch has begun, the order into it is on its way
 *   done, cancelled, held (two persons have to look at a meter)
 *
 * meter_change_step goes on as far as it can; it is run in the background and changes nothing when
 * there is nothing to do.
 */
#ifndef VOLTILL_METER_CHANGE_H
#define VOLTILL_METER_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/fault.h"
#include "model/meter_edit.h"
#include "model/operator.h"
#include "model/sale.h"
#include "model/scope.h"

enum change_kind { CHANGE_REPLACEMENT, CHANGE_MOVE, CHANGE_KINDS };
const char *change_kind_name(enum change_kind kind); /* under T.Accounts.Change.Kind */

enum change_state {
	CHANGE_ASKED,
	CHANGE_CLEARING,
	CHANGE_CLEARED,
	CHANGE_CREDITING,
	CHANGE_DONE,
	CHANGE_HELD,
	CHANGE_CANCELLED,
	CHANGE_STATES
};
const char *change_state_name(enum change_state state); /* under T.Accounts.Change.State */

struct change_wish {
	struct sale_asker asker;
	const struct scope *scope;
	enum change_kind kind;
	int64_t account_id, old_meter_id;
	int64_t new_meter_id; /* 0: a new one comes to the address of the old one */
	char new_number[METER_NUMBER_MAX + 1];
	bool is_manual; /* the old meter is dead */
	int64_t manual_fen, manual_wh;
	const char *reason;
};
/* RC_INVALID: faults of fields new_number, new_meter, credit, energy, reason, "". Keys: those of
 * sale_transfer, ChangeOpen {number}, ChangeNotItsAccount, ChangeSame, ChangeMonitor,
 * MeterHasTenant {number, tenant}, MeterNotRead …, NumberTaken, AccountClosing. *is_old: the key
 * was used before, *change_id is that change. */
enum rc meter_change_begin(struct db *db, struct arena *arena, const struct change_wish *wish,
    struct faults *faults, int64_t *change_id, bool *is_old);
/* The change that was begun with this key. RC_NOT_FOUND: none was. */
enum rc meter_change_known(
    struct db *db, const unsigned char request_key[SALE_KEY], int64_t *change_id);

/* Takes it back while nothing was sent. RC_CONFLICT: too late. */
enum rc meter_change_cancel(
    struct db *db, int64_t change_id, const char *reason, const struct operator_actor *by);

/* The new meter hangs where the old one hung. RC_INVALID: faults of fields new_number, model, "".
 * RC_CONFLICT: it is not waited for (any more). */
enum rc meter_change_install(struct db *db, struct arena *arena, int64_t change_id,
    const char *number, int64_t meter_model_id, const struct operator_actor *by,
    struct faults *faults);

/* RC_NOT_FOUND: there is none. *moved: it went on. */
enum rc meter_change_step(
    struct db *db, int64_t change_id, const struct operator_actor *by, bool *moved);
/* All that are not over; *steps counts those that went on. */
enum rc meter_change_run(struct db *db, const struct operator_actor *by, size_t *steps);

/* The second person said yes to typed figures, or no (approval.h, APPROVAL_CHANGE); in the caller's
 * transaction. RC_CONFLICT: it is not asked for any more. */
enum rc meter_change_approve(struct db *db, int64_t change_id, const char *reason,
    const struct operator_actor *by, struct faults *faults);
enum rc meter_change_refuse(struct db *db, int64_t change_id, int64_t now);

/* ---- showing ---- */

struct change_meter {
	int64_t meter_id; /* 0: not there yet */
	const char *number, *building, *place, *model;
	int64_t read_at, lost_since, credit_fen, energy_wh, removed_at;
	bool is_serving;
};
struct meter_change {
	int64_t change_id, account_id, sale_id, began_at, ended_at, approval_id;
	enum change_kind kind;
	enum change_state state;
	bool is_manual;
	const char *new_number, *reason, *tenant, *account_number, *began_by, *second_by;
	int64_t old_wh, old_fen, new_wh; /* -1, METER_NO_CREDIT, -1: not known yet */
	struct change_meter old, new;
	const char *receipt_number;
	enum sale_state sale_state; /* SALE_STATES: there is no document yet */
	bool is_sent;		    /* an intent is stored: it cannot be called off */
	bool has_other_meter;	    /* what answers shows another number than the new meter's */
};
/* RC_NOT_FOUND outside the scope of its old meter. */
enum rc meter_change_find(struct db *db, struct arena *arena, const struct scope *scope,
    int64_t change_id, struct meter_change *change);
/* The one of a meter that is not over; RC_NOT_FOUND: none. */
enum rc meter_change_of_meter(struct db *db, int64_t old_meter_id, int64_t *change_id);
enum rc meter_change_of_account(struct db *db, struct arena *arena, const struct scope *scope,
    int64_t account_id, struct meter_change *list, size_t most, size_t *count);

#endif
