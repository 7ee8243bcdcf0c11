/*
 * held.h - what waits for people: deliveries that are held, and meters whose sales are stopped.
 *
 * A held delivery sent something, or might have, and the meter then showed neither what it should
 * nor what it did before. Two persons look at the meter and say what happened: one asks
 * (held_ask), another approves (approval.h). A meter is stopped while count or credit are not what
 * the ledger expects; two persons adopt what it shows (explain_ask, approval.h).
 */
#ifndef VOLTILL_HELD_H
#define VOLTILL_HELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/delivery.h"
#include "model/fault.h"
#include "model/operator.h"
#include "model/sale.h"
#include "model/scope.h"

/* What a meter shows. count -1, credit_fen METER_NO_CREDIT: unknown. */
struct held_figures {
	int64_t count, credit_fen, energy_wh;
	int64_t at; /* 0: never read */
};

/* The meter, as lists show it. */
struct held_meter {
	int64_t meter_id, account_id; /* account_id 0: of nobody (any more) */
	const char *number, *building, *place, *account_number, *tenant;
	int64_t lost_since;	      /* it does not answer; 0: it does */
	struct held_figures expected; /* as the ledger knows it: the last confirmed figures */
	struct held_figures now;      /* its newest answer */
};

struct held_delivery {
	int64_t command_id, sale_id;
	int leg;
	enum delivery_kind kind;
	int64_t amount_fen;
	enum sale_kind sale_kind;
	const char *receipt_number, *operator_name; /* of the document */
	struct held_meter meter;
	int64_t want_count;			   /* -1: nothing was ever allowed to be sent */
	int64_t before_fen, before_wh, target_fen; /* METER_NO_CREDIT: unknown */
	struct held_figures found; /* when it was held; energy_wh is not kept and 0 */
	int64_t sends, created_at, sent_at, held_at;
	const char *outcome;	       /* T.Delivery.Outcome */
	int64_t approval_id, asked_by; /* what is asked about it; 0: nothing */
};

/* Oldest first. */
struct held_filter {
	const struct scope *scope;
	int64_t limit, offset;
};
enum rc held_list(struct db *db, struct arena *arena, const struct held_filter *filter,
    struct held_delivery **list, size_t *count, int64_t *total);
/* RC_NOT_FOUND: it is not held (any more), or not in the scope. */
enum rc held_find(struct db *db, struct arena *arena, const struct scope *scope, int64_t command_id,
    struct held_delivery *held);

/* The same for export_answer: receipt number, kind of the document (T.Sale.Kind), kind of the order
 * (T.Delivery.Kind), tenant, building, place, meter number, amount, the count it makes, the count
 * and the credit that were found, times sent, since when, outcome. */
enum rc held_export(struct db *db, const struct scope *scope, struct rows **rows);

struct stopped_meter {
	struct held_meter meter;
	bool is_count_off, is_credit_off; /* running alarms count_mismatch, balance_drift */
	const char *detail;		  /* of the older one: T.Alarm.Detail */
	int64_t began_at;
	int64_t ledger_fen; /* credit in the meter by the ledger, before the use of today */
	int64_t open;	    /* money commands that are not over */
	bool has_held;	    /* one of them is held: it has to be resolved first */
	int64_t approval_id, asked_by; /* 0: nothing is asked */
};
/* Oldest first. */
enum rc stopped_list(struct db *db, struct arena *arena, const struct held_filter *filter,
    struct stopped_meter **list, size_t *count, int64_t *total);
/* RC_NOT_FOUND: its sales are not stopped, or it is not in the scope. */
enum rc stopped_find(struct db *db, struct arena *arena, const struct scope *scope,
    int64_t meter_id, struct stopped_meter *stopped);

/* Meter number, building, place, tenant, alarm (T.Alarm), since when, count by the ledger and of
 * the meter, credit by the ledger and of the meter, difference, read at. */
enum rc stopped_export(struct db *db, const struct scope *scope, struct rows **rows);

/* Asks the second person, in a transaction of its own. Faults: reason; count OutOfRange.
 * RC_CONFLICT: it is not held any more, or is asked already. The count may be any: who looks at the
 * meter decides. */
struct held_wish {
	int64_t command_id;
	bool is_delivered;
	int64_t count, credit_fen, energy_wh; /* what the meter shows */
	const char *reason;
	struct operator_actor by;
};
enum rc held_ask(
    struct db *db, const struct held_wish *wish, struct faults *faults, int64_t *approval_id);

/* The same for a meter whose sales are stopped: adopt what it shows. Faults: reason; "" HeldFirst,
 * InFlight, FiguresMoved (it shows something else by now), NeverRead. RC_CONFLICT: asked already;
 * RC_NOT_FOUND: no account has it. */
struct explain_wish {
	int64_t meter_id;
	int64_t count, credit_fen, energy_wh;
	const char *reason;
	struct operator_actor by;
};
enum rc explain_ask(
    struct db *db, const struct explain_wish *wish, struct faults *faults, int64_t *approval_id);

#endif
