/*
 * ledger.h - double entry, append-only: the only writer of journal, posting, ledger_balance and
 * receipt numbers.
 *
 * A posting's amount is fen, debit > 0, credit < 0; the postings of a journal sum to zero. Nothing
 * is ever changed or deleted: what was wrong is booked the other way round. Every function runs in
 * the caller's transaction.
 *
 * The customer's money goes transit -> credit -> revenue: sold and not in the meter yet; in the
 * meter; used. What the meter gave back waits in payable until somebody hands it over.
 */
#ifndef VOLTILL_LEDGER_H
#define VOLTILL_LEDGER_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/rc.h"

enum ledger {
	LEDGER_CASH,	 /* by shift and channel: asset */
	LEDGER_TRANSIT,	 /* by account and meter: sold, the meter has not confirmed */
	LEDGER_CREDIT,	 /* by account and meter: in the meter */
	LEDGER_PAYABLE,	 /* by account and meter: back from the meter, not handed over; a debit is a
			    debt  of the customer */
	LEDGER_REVENUE,	 /* by account and meter: energy used */
	LEDGER_FEE,	 /* by name */
	LEDGER_MOVING,	 /* by account: out of the old meter, not in the new one yet */
	LEDGER_SUSPENSE, /* by account and meter: adjustments, and what nobody has explained */
	LEDGER_METERING, /* by account and meter: what the meter counted otherwise than we reckon */
	LEDGER_OPENING,	 /* by account and meter: what was in the meter when its epoch began */
	LEDGER_OVER_SHORT, /* by shift: cash that was counted too much or too little */
	LEDGERS
};

enum journal_kind {
	JOURNAL_PURCHASE,   /* cash / transit, fee */
	JOURNAL_DELIVERY,   /* transit / credit */
	JOURNAL_DEDUCTION,  /* credit / payable: a refund, reversal or closing was taken out of the
			       meter */
	JOURNAL_PAYOUT,	    /* payable / cash */
	JOURNAL_REVERSAL,   /* transit, fee / cash: of a purchase that was never sent */
	JOURNAL_MOVE_OUT,   /* credit / moving */
	JOURNAL_MOVE_IN,    /* moving / credit */
	JOURNAL_USE,	    /* credit / revenue, metering: a day's use */
	JOURNAL_OPENING,    /* opening / credit: found in the meter */
	JOURNAL_ADJUSTMENT, /* suspense / transit or credit */
	JOURNAL_EXPLAINED,  /* suspense / credit: two persons adopted what the meter shows */
	JOURNAL_SHIFT,	    /* cash / over_short */
	JOURNAL_KINDS
};

enum channel { CHANNEL_CASH, CHANNEL_TRANSFER, CHANNEL_POS, CHANNEL_QR, CHANNEL_NONE, CHANNELS };

const char *ledger_name(enum ledger ledger);	       /* "cash": in the database, under T.Ledger */
const char *journal_kind_name(enum journal_kind kind); /* "purchase", under T.Journal */
const char *channel_name(enum channel channel);	       /* "cash", under T.Channel */
enum channel channel_find(const char *name);	       /* CHANNELS: there is none */

struct posting {
	enum ledger ledger;
	int64_t account_id, meter_id, shift_id; /* 0: not by it */
	enum channel channel;			/* of cash; CHANNEL_NONE elsewhere */
	const char *name;			/* of a fee; NULL elsewhere */
	int64_t amount_fen;			/* a zero is left out */
};

#define LEDGER_POSTINGS_MAX 16
#define LEDGER_SOURCE_MAX   48

struct journal {
	enum journal_kind kind;
	int64_t at; /* ms UTC; the business day follows from it */
	int64_t sale_id, command_id, account_id, operator_id, shift_id; /* 0: none */
	const char *source_key; /* what it books, such as "purchase:17": a deed is booked once */
};

/* Books; *journal_id may be NULL. It is an assertion that the amounts sum to zero and that at least
 * two are not zero. RC_CONFLICT: source_key is booked already, nothing was written. */
enum rc ledger_write(struct db *db, const struct journal *journal, const struct posting *postings,
    size_t count, int64_t *journal_id);

/* What we owe for a meter of an account; all 0 when nothing was ever booked. */
struct ledger_balance {
	int64_t transit_fen, credit_fen, payable_fen;
};
enum rc ledger_balance(
    struct db *db, int64_t account_id, int64_t meter_id, struct ledger_balance *balance);
/* The same, and nobody else changes it before the transaction ends. */
enum rc ledger_balance_lock(
    struct db *db, int64_t account_id, int64_t meter_id, struct ledger_balance *balance);

/* The next receipt number of an operator on a business day, without a gap: it is given back when
 * the transaction is rolled back. The caller holds the day open
 * (business_day_hold). */
#define RECEIPT_NUMBER_MAX 32
struct receipt_number {
	int64_t series, seq;
	char text[RECEIPT_NUMBER_MAX + 1]; /* "A20261201-003-0017": series, day, operator, seq */
};
enum rc ledger_next_receipt(
    struct db *db, int64_t operator_id, struct day day, struct receipt_number *receipt);

#endif
