/*
 * sale_private.h - what the files behind sale.h, delivery.h and approval.h share. Not for pages.
 *
 * Locks. Whoever moves money takes them in this order, so that two who meet wait and never
 * deadlock; each may be left out, none may be taken after one further down:
 *
 *   0  approval, of who decides
 *   1  account_meter of the meter (several: ascending by meter_id)      sale_hold_meter
 *   2  meter_epoch                                                      epoch_find, epoch_ensure
 *   3  command and delivery of the meter                                delivery_*
 *   4  business_day and shift, shared                                   sale_open_desk
 *   5  receipt_counter                                                  sale_insert
 *   6  sale (the old document before the new one)                       sale_lock, sale_insert
 *   7  journal, posting, ledger_balance (ascending by account and meter)
 *   8  command_batch, command, delivery: new rows                       delivery_order
 *   9  approval (a new one), audit
 *
 * The collector settles by the same order from 2 on. Under 1 everything that is sold to a meter
 * stands in line; no consistent read comes before the first lock, so that also under REPEATABLE
 * READ whoever waited sees what the others did.
 */
#ifndef VOLTILL_SALE_PRIVATE_H
#define VOLTILL_SALE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/rc.h"
#include "base/secret.h"
#include "model/epoch.h"
#include "model/fault.h"
#include "model/ledger.h"
#include "model/meter.h"
#include "model/operator.h"
#include "model/sale.h"

/* ---- one wish, one document ---- */

/* What was asked, in a fixed order: the same key with another wish is refused. */
struct sale_digest {
	char text[2048];
	size_t length;
};
void digest_int(struct sale_digest *digest, int64_t value);
void digest_text(struct sale_digest *digest, const char *text); /* NULL is "" */

/* A document that is to be made under a request key. */
struct sale_request {
	const unsigned char *key; /* SALE_KEY bytes */
	unsigned char digest[SECRET_DIGEST];
	struct faults *faults;
	enum rc (*work)(struct db *db, void *context, int64_t *sale_id);
	void *context;
};
void sale_request_digest(struct sale_request *request, const struct sale_digest *digest);

/* Runs work in a transaction of its own, again after a deadlock, each time with no faults; then
 * looks the key up when it did not succeed: it was pressed before, or the outcome of COMMIT is not
 * known. RC_INVALID: faults say why; RC_CONFLICT: KeyReused. Work
 * returns sale_verdict(faults) when it wrote nothing. */
enum rc sale_run(struct db *db, const struct sale_request *request, int64_t *sale_id, bool *is_old);
/* RC_INVALID when there is a fault. */
enum rc sale_verdict(const struct faults *faults);

/* ---- who asks ---- */

struct sale_limits {
	int64_t sale_max_fen, refund_day_max_fen, cash_max_fen, second_max_fen; /* or LIMIT_NONE */
};
enum rc sale_limits(struct db *db, int64_t operator_id, struct sale_limits *limits);

struct sale_desk {
	struct sale_limits limits;
	struct day day;
	int64_t shift_id; /* 0: no shift was asked for */
};
/* Holds the business day, and the shift of who asks if needs_shift. Faults: DayClosed, NoShift,
 * TooFast (100 documents within 10 s), ClockBehind (the clock was set back behind the ledger). */
enum rc sale_open_desk(struct db *db, const struct operator_actor *by, bool needs_shift,
    struct faults *faults, struct sale_desk *desk);

/* Fault of a text: edit_check_text with SALE_TEXT_MAX. */
void sale_check_reason(
    struct faults *faults, const char *field, const char *text, bool is_required);

/* ---- the meter ---- */

struct sale_meter {
	int64_t meter_id, account_id, bus_id;
	enum credit_mode mode;
	bool was_read;
	int64_t shown_fen; /* newest answer; METER_NO_CREDIT: it counts none, or was never read */
	int64_t open;	   /* money commands that are not over: queued, sent, held */
	bool is_leaving;   /* one of them empties it for good */
	bool has_held;	   /* one of them is held, or a running alarm stops its sales */
	struct epoch epoch;
};
/* Locks the meter of the account and loads it, with its epoch (which is begun if there is none).
 * Faults in field "": NotItsAccount, NeverRead, MeterStopped (not checked if may_be_stopped). For a
 * monitor meter: NotItsAccount. RC_OK with a fault: the rest is worth nothing. */
enum rc sale_hold_meter(struct db *db, int64_t account_id, int64_t meter_id, bool may_be_stopped,
    int64_t now, struct faults *faults, struct sale_meter *meter);
/* The lock alone: RC_NOT_FOUND when the meter does not serve that account. */
enum rc sale_lock_meter(struct db *db, int64_t account_id, int64_t meter_id);
enum rc sale_meter_mode(struct db *db, int64_t meter_id, enum credit_mode *mode);
/* Sales of that meter are stopped: a running alarm count_mismatch, balance_drift or delivery_held,
 * or a held delivery. */
enum rc sale_is_stopped(struct db *db, int64_t meter_id, bool *is_stopped);

/* ---- the document ---- */

struct sale_document {
	enum sale_kind kind;
	enum sale_state state;
	const unsigned char *key, *digest;
	const struct operator_actor *by;
	struct day day;				   /* of the desk */
	int64_t shift_id;			   /* 0: none */
	int64_t account_id, meter_id, to_meter_id; /* to_meter_id 0: none */
	enum channel channel;
	int64_t amount_fen, credit_fen;
	int64_t tendered_fen; /* 0: none */
	int64_t balance_fen;  /* METER_NO_CREDIT: none */
	int64_t reverses_sale_id;
	int64_t approved_by, approved_at;
	int64_t settled_at, paid_at, paid_by, paid_shift_id; /* 0: not yet */
	const char *reason, *note;			     /* NULL is "" */
	const struct sale_quote_line *lines;
	size_t line_count;
};
/* Takes the next receipt number and writes document, lines and audit row ("sale.purchase" …).
 * RC_CONFLICT: the request key is used. The desk of the caller holds the day open. */
enum rc sale_insert(struct db *db, const struct sale_document *document, int64_t *sale_id);

/* A document that exists, locked. Texts are not loaded. */
struct sale_stored {
	int64_t sale_id, account_id, meter_id, to_meter_id, operator_id, shift_id;
	enum sale_kind kind;
	enum sale_state state;
	enum channel channel;
	int64_t amount_fen, credit_fen, reverses_sale_id, created_at;
	struct day day;
	char receipt_number[RECEIPT_NUMBER_MAX + 1];
};
enum rc sale_lock(struct db *db, int64_t sale_id, struct sale_stored *sale);
/* The same without a lock: for what never changes of it (account, meter, kind). */
enum rc sale_load(struct db *db, int64_t sale_id, struct sale_stored *sale);
/* The document goes on to `state`. at 0 leaves settled_at alone. RC_CONFLICT: it is not in `from`
 * any more. */
enum rc sale_move(
    struct db *db, int64_t sale_id, enum sale_state from, enum sale_state to, int64_t settled_at);
/* What changes hands and what was taken out, once it is known. */
enum rc sale_set_amounts(struct db *db, int64_t sale_id, int64_t amount_fen, int64_t credit_fen);
/* The fee lines of a document; at most SALE_FEES_MAX. Names live in the arena. */
struct arena;
enum rc sale_fee_lines(struct db *db, struct arena *arena, int64_t sale_id,
    struct sale_quote_line *lines, size_t *count);

/* ---- the ledger ---- */

/* A posting of credit, transit, payable, revenue, suspense, metering, opening or moving. */
struct posting sale_posting(
    enum ledger ledger, int64_t account_id, int64_t meter_id, int64_t amount_fen);
struct posting sale_posting_cash(int64_t shift_id, enum channel channel, int64_t amount_fen);
struct posting sale_posting_fee(const char *name, int64_t amount_fen);
/* Books for a document: source_key is "<what>:<id>". */
struct sale_booking {
	enum journal_kind kind;
	const char *what;
	int64_t id, at;
	int64_t sale_id, command_id, account_id, operator_id, shift_id; /* 0: none */
};
enum rc sale_book(struct db *db, const struct sale_booking *booking, const struct posting *postings,
    size_t count);

/* A document whose money and credit move with the meter's answer is settled here for meters that
 * count no credit themselves (credit_mode server), as delivery_settle does for the others: the
 * same journals, at once. amount_fen is what goes in or out. */
enum rc sale_settle_server(struct db *db, const struct sale_stored *sale, int64_t meter_id,
    int64_t amount_fen, const struct operator_actor *by);

#endif
