/*
 * sale_view.h - a document as people see it: who, what, for which meter, and how far it has come.
 *
 * A document is there for whoever sees its meter's place (scope.h).
 */
#ifndef VOLTILL_SALE_VIEW_H
#define VOLTILL_SALE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/delivery.h"
#include "model/operator.h"
#include "model/relay.h"
#include "model/sale.h"
#include "model/scope.h"

#define SALE_VERIFY	    8 /* bytes of the code in the QR */
#define SALE_DELIVERIES_MAX 16

struct sale_line {
	bool is_fee;
	const char *name; /* of a fee */
	int64_t amount_fen;
};

/* An order to a meter that belongs to a document. */
struct sale_delivery {
	int64_t command_id;
	int leg; /* of a transfer: 1 out of the old meter, 2 into the new one */
	int64_t meter_id;
	const char *number; /* of the meter */
	enum delivery_kind kind;
	enum delivery_state state;
	bool is_taken; /* queued, and the collector is at it */
	int64_t amount_fen;
	int64_t from_count, want_count; /* "12 -> 13"; -1 until the intent is stored */
	int64_t before_fen, after_fen;	/* what it showed; METER_NO_CREDIT: not known */
	int64_t after_count;		/* -1: not known */
	int64_t created_at, sent_at, tried_at, retry_at, ended_at; /* 0: not yet, or not */
	int64_t sends, attempts;
	const char *outcome;		/* "" or a code and its values, T.Delivery.Outcome */
	const char *result;		/* of the last attempt: T.Order.Result */
	int64_t found_count, found_fen; /* held: what was found; -1 and METER_NO_CREDIT: nothing */
	const char *resolved_as;	/* "", "delivered", "not_delivered" */
	int64_t ahead;			/* money commands of this meter that go before this one */
	int64_t lost_since;		/* the meter does not answer; 0: it does */
	int64_t read_at;		/* when it last answered; 0: never */
	enum relay_state relay;		/* read after the end; RELAY_UNKNOWN: not read since */
};

struct sale_view {
	int64_t sale_id;
	enum sale_kind kind;
	enum sale_state state;
	const char *receipt_number;
	char verify_code[2 * SALE_VERIFY + 1]; /* hex */
	struct day biz_day;
	int64_t created_at, settled_at, paid_at, approved_at; /* 0: not yet */
	int64_t operator_id, approved_by, paid_by;	      /* 0: nobody */
	const char *operator_name, *approved_name, *paid_name;
	int64_t shift_id, paid_shift_id; /* 0: none */
	int64_t account_id;
	const char *account_number, *tenant, *phone;
	bool is_account_closed;
	int64_t meter_id, to_meter_id; /* to_meter_id: of a transfer, 0: none (yet) */
	const char *number, *place, *building, *to_number, *to_place;
	bool is_meter_of_account; /* it still serves that account */
	enum credit_mode credit_mode;
	enum channel channel;
	int64_t amount_fen, credit_fen;
	int64_t tendered_fen; /* 0: no cash, or exactly that */
	int64_t balance_fen;  /* what the meter showed when it was made; METER_NO_CREDIT: nothing */
	const char *reason, *note;
	struct sale_line lines[SALE_FEES_MAX + 1];
	size_t line_count;
	int64_t reverses_sale_id, reversed_by_sale_id; /* 0: none; the living reversal of it */
	const char *reverses_number, *reversed_number; /* receipt numbers, "" */
	int64_t approval_id;			       /* the open one; 0: nothing is asked */
	int64_t approval_asked_by;
	int64_t prints;					      /* so far */
	struct sale_delivery deliveries[SALE_DELIVERIES_MAX]; /* the oldest first */
	size_t delivery_count;
	bool is_last; /* the last purchase of its meter that stands: may be reversed */
};

/* RC_NOT_FOUND also when it is not in the scope. */
enum rc sale_find(struct db *db, struct arena *arena, const struct scope *scope, int64_t sale_id,
    struct sale_view *sale);
/* The number of a document by what stands on its receipt. text is a receipt number, or the hex
 * digits of a verify code. RC_NOT_FOUND. */
enum rc sale_find_receipt(
    struct db *db, const struct scope *scope, const char *text, int64_t *sale_id);
/* By the key of the form, for whoever waits for an answer that got lost. */
enum rc sale_find_request(
    struct db *db, const unsigned char request_key[SALE_KEY], int64_t *sale_id);

/* The delivery that counts now: the newest one of the last leg; NULL: there is none. */
const struct sale_delivery *sale_delivery_now(const struct sale_view *sale);

/* How far it has come, for the row of steps. */
enum sale_step {
	SALE_STEP_RECEIVED, /* money in hand, or the wish of who asked */
	SALE_STEP_BOOKED,
	SALE_STEP_SENT,
	SALE_STEP_CONFIRMED, /* by the meter */
	SALE_STEP_RELAY,     /* closed: there is power. Of a credit only */
	SALE_STEPS
};
enum sale_step_state {
	SALE_STEP_WAITING,
	SALE_STEP_NOW,
	SALE_STEP_DONE,
	SALE_STEP_FAILED,  /* it ends here, or a person has to look */
	SALE_STEP_LEFT_OUT /* does not apply */
};
struct sale_progress {
	enum sale_step_state state[SALE_STEPS];
	int64_t at[SALE_STEPS]; /* 0: not yet */
	bool is_over;		/* nothing more will come: the page need not ask again */
};
const char *sale_step_name(enum sale_step step); /* "Received" …, under T.Sale.Step */
const char *sale_step_state_name(enum sale_step_state state); /* "waiting" …, T.Sale.StepState */
/* Pure. */
void sale_progress(const struct sale_view *sale, struct sale_progress *progress);

enum sale_paper { PAPER_FORM, PAPER_A5, PAPER_ROLL80, PAPER_ROLL58, PAPERS };
const char *sale_paper_name(enum sale_paper paper); /* "form" */
enum sale_paper sale_paper_find(const char *name);  /* PAPERS: there is none */

/* Counts a print, audited ("receipt.print"). *print: 1 the first, later ones are marked on the
 * paper. RC_CONFLICT: it has no receipt to print (not approved, rejected). */
enum rc receipt_print(struct db *db, int64_t sale_id, enum sale_paper paper,
    const struct operator_actor *by, int64_t *print);

#endif
