/*
 * sale.h - documents of the counter: what was sold, given back, corrected or moved.
 *
 * Every document has a receipt number without gaps, a request key of its form, and is never
 * deleted. sale_record and its sisters write document, lines, journal, money command and audit row
 * in one transaction, or nothing. The same request key gives the same document again, and
 * RC_CONFLICT with fault KeyReused when something else was asked with it.
 *
 *   purchase    booked -> delivered | held | cancelled (reversed before it was sent)
 *   refund      asked -> booked -> due -> paid; or rejected, failed (the meter has less), held,
 * cancelled reversal    the same; of a purchase that was not sent yet: paid at once closing booked
 * -> due -> paid; amount_fen is what the meter gave back, 0 for a debt transfer    booked ->
 * delivered | held: out of one meter, then into the other adjustment  asked -> booked -> delivered
 * | held | failed
 *
 * Meters that count no credit themselves (credit_mode server) need no command: what is booked is
 * delivered in the same transaction.
 */
#ifndef VOLTILL_SALE_H
#define VOLTILL_SALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/fault.h"
#include "model/ledger.h"
#include "model/operator.h"

enum sale_kind {
	SALE_PURCHASE,
	SALE_REFUND,
	SALE_REVERSAL,
	SALE_TRANSFER,
	SALE_ADJUSTMENT,
	SALE_CLOSING,
	SALE_KINDS
};
enum sale_state {
	SALE_ASKED,	/* waits for the second person */
	SALE_REJECTED,	/* the second person said no */
	SALE_BOOKED,	/* the order to the meter is on its way: see its delivery */
	SALE_DELIVERED, /* the meter confirmed; over */
	SALE_HELD,	/* a person has to look at the meter */
	SALE_CANCELLED, /* taken back before it was sent; over */
	SALE_FAILED,	/* the meter had too little; nothing changed; over */
	SALE_DUE,	/* the meter gave it back: hand the money over */
	SALE_PAID,	/* over */
	SALE_STATES
};
const char *sale_kind_name(enum sale_kind kind);    /* "purchase", under T.Sale.Kind */
const char *sale_state_name(enum sale_state state); /* "asked", under T.Sale.State */
enum sale_kind sale_kind_find(const char *name);    /* SALE_KINDS: there is none */
enum sale_state sale_state_find(const char *name);  /* SALE_STATES: there is none */

#define SALE_KEY      16
#define SALE_TEXT_MAX 200 /* characters of reason and note */
#define SALE_FEES_MAX 8
#define SALE_MAX_FEN  99999999 /* 999,999.99: what money_parse takes */

/* Whoever asks: limits are those of the role. */
struct sale_asker {
	struct operator_actor by;
	unsigned char request_key[SALE_KEY];
};

struct sale_wish {
	struct sale_asker asker;
	int64_t account_id,
	    meter_id; /* as they were shown: the meter must still serve that account */
	enum channel channel;
	int64_t amount_fen;   /* what the customer pays, fees within */
	int64_t tendered_fen; /* 0: exactly that, or no cash */
	int64_t fee_ids[SALE_FEES_MAX];
	size_t fee_count;
	int64_t price_mark;	 /* of the quote that was shown; 0: do not compare (M-43) */
	bool is_duplicate_meant; /* the person was asked about a like sale just before, and means it
				  */
	const char *note;
};

/* Sells. RC_INVALID: faults say why, nothing was written. *is_old: the key was used before for the
 * same wish, *sale_id is that document. Fields of faults: amount, tendered, channel, fee, note, "".
 * Keys: SaleMax {limit}, CashMax {ceiling}, Tendered, NoShift, DayClosed, MeterStopped, HoardMax
 * {limit, now}, NearDuplicate {number, time}, PriceChanged (with field fee: it is not on offer any
 * more), NotItsAccount, NeverRead, NothingLeft (fees eat it up), InFlight (the meter is being
 * emptied for good), KeyReused, TooFast, ClockBehind. */
enum rc sale_record(struct db *db, const struct sale_wish *wish, struct faults *faults,
    int64_t *sale_id, bool *is_old);
/* The same in the caller's transaction, for the opening of an account. */
enum rc sale_record_within(
    struct db *db, const struct sale_wish *wish, struct faults *faults, int64_t *sale_id);

/* What a purchase would be: the lines, and what the meter would show. Reads only. */
struct sale_quote_line {
	bool is_fee;
	const char *name; /* of a fee */
	int64_t fee_id, amount_fen;
};
struct sale_quote {
	struct sale_quote_line lines[SALE_FEES_MAX + 1]; /* the first is the energy */
	size_t line_count;
	int64_t credit_fen;  /* what the meter would get */
	int64_t price_uyuan; /* per kWh at this moment; -1: the meter has no price */
	int64_t price_low_uyuan, price_high_uyuan; /* over the day */
	int64_t energy_wh;   /* what it buys, by the mean of the last days; -1: unknown */
	int64_t price_mark;  /* names the prices the quote rests on */
	int64_t queued;	     /* money commands of this meter that go before */
	int64_t transit_fen; /* sold before and not in the meter yet */
};
enum rc sale_quote(
    struct db *db, struct arena *arena, const struct sale_wish *wish, struct sale_quote *quote);

/* Fees on offer. */
struct sale_fee {
	int64_t fee_id;
	const char *name;
	bool is_permille, is_usual;
	int64_t value;
};
enum rc sale_fees(struct db *db, struct arena *arena, struct sale_fee **fees, size_t *count);

/* ---- back ---- */

/* Takes credit out of a living account, then money is handed over. amount_fen 0: everything that
 * is in the meter when the order reaches it. Above the role's second_max_fen it waits for a second
 * person (SALE_ASKED). Keys: as above, and RefundMax {credit}, RefundDayMax {limit}, InFlight,
 * Reason. Fields: amount, channel, reason. */
struct refund_wish {
	struct sale_asker asker;
	int64_t account_id, meter_id, amount_fen;
	enum channel channel;
	const char *reason, *note;
};
enum rc sale_refund(struct db *db, const struct refund_wish *wish, struct faults *faults,
    int64_t *sale_id, bool *is_old);

/* Corrects a wrong purchase: whole, fees too, only the last one of its meter, on the same business
 * day or with a second person. Not sent yet: the order is taken back and the money goes back at
 * once, out of the drawer of who asks; after a second person said yes it is due. Delivered: a
 * counted deduction first. Keys, in field "": as above, and NotLast, WasReversed, NotPurchase,
 * CashShort {cash}, StateNow {state}, whose value is a word under T.Sale.State: held, or booked
 * when the order is on its way already and may be reversed once it is delivered. */
struct reversal_wish {
	struct sale_asker asker;
	int64_t sale_id;
	const char *reason;
};
enum rc sale_reverse(struct db *db, const struct reversal_wish *wish, struct faults *faults,
    int64_t *sale_id, bool *is_old);

/* Puts the credit right, against suspense; always with a second person. amount_fen > 0: into the
 * meter, < 0: out of it. */
struct adjustment_wish {
	struct sale_asker asker;
	int64_t account_id, meter_id, amount_fen;
	const char *reason;
};
enum rc sale_adjust(struct db *db, const struct adjustment_wish *wish, struct faults *faults,
    int64_t *sale_id, bool *is_old);

/* Hands the money over (SALE_DUE -> SALE_PAID), out of the drawer of the payer's open shift; or
 * collects it, when the meter was in debt (amount_fen 0, credit_fen < 0). RC_CONFLICT: not due (any
 * more). Keys, in field "": NoShift, DayClosed, CashShort {cash}, CashMax {ceiling}. Audited
 * ("sale.pay"). */
enum rc sale_pay(
    struct db *db, int64_t sale_id, const struct operator_actor *by, struct faults *faults);

/* A new order for what was not delivered: a held one that two persons found not delivered, or a
 * refund, reversal or adjustment that failed. RC_CONFLICT: there is nothing to send again. Keys, in
 * field "": InFlight, MeterStopped, NotItsAccount, RefundDayMax. Audited ("sale.resend"). */
enum rc sale_resend(
    struct db *db, int64_t sale_id, const struct operator_actor *by, struct faults *faults);

/* ---- account and meter leave each other ---- */

/* Takes everything out of a meter for good; the money becomes payable. In the caller's transaction.
 * With manual figures (the meter is dead) nothing is sent and it is due at once. With what the
 * meter gave back the last day is charged, and its epoch and its row in account_meter end. Keys, in
 * field "": NotItsAccount, NeverRead, MeterStopped (not with manual figures), InFlight, DayClosed,
 * TooFast, ClockBehind; channel and reason (needed with manual figures). */
struct closing_wish {
	struct sale_asker asker;
	int64_t account_id, meter_id;
	enum channel channel;
	bool is_manual;
	int64_t manual_fen, manual_wh; /* what the meter shows, or showed last */
	int64_t second_by;
	const char *reason;
};
enum rc sale_close_meter(
    struct db *db, const struct closing_wish *wish, struct faults *faults, int64_t *sale_id);

/* Moves the credit of one meter to another: cleared there, then delivered here. In the caller's
 * transaction. to_meter_id 0: not there yet; sale_transfer_into names it later. A meter_change with
 * this sale_id goes along: clearing, cleared, crediting, done, or held; what was found is its
 * old_fen and old_wh. When the old meter is cleared it leaves the account, as in a closing. A debt
 * is taken out of the new meter; while that has too little the document is held, to be sent again.
 * Keys as there. */
struct transfer_wish {
	struct sale_asker asker;
	int64_t account_id, meter_id, to_meter_id;
	bool is_manual;
	int64_t manual_fen, manual_wh;
	int64_t second_by;
	const char *reason;
};
enum rc sale_transfer(
    struct db *db, const struct transfer_wish *wish, struct faults *faults, int64_t *sale_id);
/* The new meter is there: it serves the account and has an epoch. In the caller's transaction.
 * RC_CONFLICT: nothing waits to be moved; RC_NOT_FOUND: it does not serve the account, or has no
 * epoch. Audited ("sale.transfer_into"). */
enum rc sale_transfer_into(
    struct db *db, int64_t sale_id, int64_t to_meter_id, const struct operator_actor *by);

#endif
