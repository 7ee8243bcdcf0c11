/*
 * account_close.h - an account leaves meters: all of them (it is closed), or some (given up).
 *
 * Begun: each meter gets a closing document, whose order takes everything out of it; the figures of
 * a dead meter are typed, with a reason and a second person. When a meter is cleared its epoch and
 * its service end in the same transaction (sale_settle.c), and its document is due: handed over, or
 * collected when the meter was in debt. account_leave_step, run in the background and by every
 * payment here, trips it and closes an account that no meter serves and nothing is due of.
 */
#ifndef VOLTILL_ACCOUNT_CLOSE_H
#define VOLTILL_ACCOUNT_CLOSE_H

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/account_list.h"
#include "model/fault.h"
#include "model/ledger.h"
#include "model/meter.h"
#include "model/operator.h"
#include "model/sale.h"

#define LEAVING_MAX ACCOUNT_METERS_MAX

enum leaving_state {
	LEAVING_NOT,	  /* it stays */
	LEAVING_ASKED,	  /* typed figures wait for the second person */
	LEAVING_CLEARING, /* the order is on its way */
	LEAVING_HELD,	  /* two persons have to look at the meter */
	LEAVING_DUE,	  /* cleared: hand over or collect */
	LEAVING_SETTLED,
	LEAVING_STATES
};
const char *leaving_state_name(enum leaving_state state); /* "not" …, T.Accounts.Close.State */

/* Why a meter cannot leave now; bits, words under T.Accounts.Close.Obstacle. */
enum leaving_obstacle {
	OBSTACLE_OPEN = 1,   /* a money order is on its way */
	OBSTACLE_HELD = 2,   /* one is held */
	OBSTACLE_CHANGE = 4, /* the meter is being changed */
};

struct leaving_meter {
	int64_t meter_id, began_at, ended_at; /* ended_at 0: it still serves the account */
	const char *number, *building, *place;
	enum credit_mode credit_mode;
	int64_t read_at, lost_since, old_after_ms;
	int64_t credit_fen, energy_wh; /* METER_NO_CREDIT, -1: unknown */
	unsigned obstacles;
	enum leaving_state state;
	int64_t sale_id;  /* 0: no document yet */
	int64_t begun_at; /* of the document */
	const char *receipt_number;
	int64_t
	    taken_fen; /* what was taken out; < 0: a debt. Of a document that is due or settled */
	int64_t cleared_at;			  /* 0: not yet */
	int64_t final_wh;			  /* register then; -1: unknown */
	bool is_manual, is_kept;		  /* figures were typed; the supply stays on */
	int64_t approval_id, asked_by, asked_fen; /* of LEAVING_ASKED */
	struct ledger_balance balance;
};
/* Meters that serve the account, and those that leave or left since its closing was begun. */
enum rc account_leaving(struct db *db, struct arena *arena, int64_t account_id,
    struct leaving_meter **list, size_t *count);

struct leave_meter {
	int64_t meter_id;
	bool is_manual;
	int64_t manual_fen, manual_wh;
};
struct leave_wish {
	struct sale_asker asker;
	int64_t account_id;
	bool is_whole; /* the account is closed: meters must be all that serve it */
	struct leave_meter meters[LEAVING_MAX];
	size_t meter_count;
	bool keeps_supply; /* otherwise the meters are tripped when they are cleared */
	enum channel channel;
	const char *reason;
};
/* In one transaction. Meters that leave already are passed over, so pressing twice is once.
 * RC_INVALID: faults of fields "", reason, channel, credit_<meter_id>, energy_<meter_id>. Keys:
 * those of sale_close_meter, LeaveOpen, LeaveHeld, LeaveChange {number}, LeaveLast (the only meters
 * that are left cannot be given up: close the account), AccountClosing. RC_NOT_FOUND: no such
 * account, or it is closed. */
enum rc account_leave(struct db *db, const struct leave_wish *wish, struct faults *faults);

/* Takes it back, for all meters of the account, while nothing was sent. RC_CONFLICT: too late for
 * one of them, nothing was changed. */
enum rc account_leave_cancel(
    struct db *db, int64_t account_id, const char *reason, const struct operator_actor *by);

/* Trips meters that are cleared, unless their supply stays on, and closes the account when
 * everything is settled. Can be repeated. *is_closed may be NULL. */
enum rc account_leave_step(
    struct db *db, int64_t account_id, const struct operator_actor *by, bool *is_closed);
/* The same for all accounts with something to do; *steps counts them. */
enum rc account_leave_run(struct db *db, const struct operator_actor *by, size_t *steps);

/* Hands over or collects for every document that is due, one after the other, then takes the step.
 * RC_INVALID: faults of sale_pay; what was paid before stays paid. RC_CONFLICT: nothing is due. */
enum rc account_leave_settle(struct db *db, struct arena *arena, int64_t account_id,
    const struct operator_actor *by, struct faults *faults);

/* The second person said yes to typed figures (approval.h, APPROVAL_CLOSING); in the caller's
 * transaction. asked_by made the document, by is the second person. */
struct leave_figures {
	int64_t approval_id, account_id, meter_id, credit_fen, energy_wh, asked_by;
	const char *reason;
};
enum rc account_close_approve(struct db *db, const struct leave_figures *figures,
    const struct operator_actor *by, struct faults *faults);

#endif
