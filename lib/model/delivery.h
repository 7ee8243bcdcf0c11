/*
 * delivery.h - money commands: what the collector has to do to a meter's credit, and what it did.
 *
 * A command of kind credit, deduct or clear has a row in delivery. It is claimed like any other
 * (command.h). Before the first byte of a write goes out, the intent is committed: the purchase
 * count it makes, what the meter showed before, and that one more write may be on its way
 * (reliability.md R6). Only the meter's own count and credit, read back, decide what became of it
 * (R10); what was sent and not settled is resolved that way wherever the bus begins next, before
 * anything new goes to that meter.
 *
 * Of one meter one money command is in flight, in the order of their numbers. All functions run in
 * the caller's transaction; delivery_intend and delivery_settle in one that has called
 * command_hold.
 */
#ifndef VOLTILL_DELIVERY_H
#define VOLTILL_DELIVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"

enum delivery_kind {
	DELIVERY_CREDIT, /* adds amount_fen; the frame carries the new count */
	DELIVERY_DEDUCT, /* takes amount_fen out: the credit is set, with the next count */
	DELIVERY_CLEAR,	 /* takes out whatever is in it, or wipes a debt: the credit is set to 0 */
};

enum delivery_state {
	DELIVERY_QUEUED,
	DELIVERY_SENT, /* the intent is stored */
	DELIVERY_DONE,
	DELIVERY_HELD, /* a person has to look: what the meter shows is neither before nor after */
	DELIVERY_FAILED, /* nothing was changed in the meter, and it is known why */
	DELIVERY_CANCELLED,
};

/* What the model does with a count it is told; found out by the commissioning test. */
enum delivery_guard { GUARD_UNKNOWN, GUARD_CHECKS, GUARD_STORES, GUARD_ADDS };

const char *delivery_kind_name(enum delivery_kind kind);    /* "credit": also the command's kind */
const char *delivery_state_name(enum delivery_state state); /* "queued", under T.Delivery.State */
/* Of a word of the database. */
enum delivery_guard delivery_guard_find(const char *name);
const char *delivery_guard_name(enum delivery_guard guard); /* "unknown", under T.Guard */
/* Of what stands in the database. */
enum delivery_kind delivery_kind_find(const char *name);
enum delivery_state delivery_state_find(const char *name);

/* All the collector has to know; read when the command is claimed. */
struct delivery_job {
	int64_t command_id, sale_id;
	uint32_t meter_id, epoch_id; /* epoch_id: of the meter, not of the lease */
	enum delivery_kind kind;
	enum delivery_guard guard;
	int64_t amount_fen;
	uint32_t last_count; /* what the meter must show before */
	bool has_intent;     /* an attempt before this one may have written */
	uint32_t want_count;
	int64_t before_fen, before_wh, target_fen;
	int64_t sent_at; /* when its newest write was allowed, UTC */
	uint8_t sends;
	int64_t price_max_uyuan; /* no kWh costs more: bounds what may have been used meanwhile; 0:
				    unknown */
	/* What the last confirmed purchase left behind: credit can only have fallen since, energy
	 * risen. */
	int64_t last_fen, last_wh;
};

/* No kWh costs more, by what the meter holds and what its tariffs say; 0: neither is known. */
enum rc delivery_price_max(struct db *db, int64_t meter_id, int64_t *price_uyuan);

/* RC_NOT_FOUND: it is no money command, or its epoch has ended. */
enum rc delivery_load(struct db *db, int64_t command_id, struct delivery_job *job);

/* One more write is going to be sent. */
struct delivery_intent {
	int64_t command_id;
	uint64_t lease_epoch;
	uint32_t want_count;
	int64_t before_fen, before_wh, target_fen;
	uint8_t sends; /* with this one */
	int64_t at;
};
/* RC_CONFLICT: it is not ours to send any more (cancelled, taken under another lease, or another
 * order of this meter is in flight): nothing may be written. */
enum rc delivery_intend(struct db *db, const struct delivery_intent *intent);

/* What became of it. */
struct delivery_end {
	int64_t command_id;
	uint64_t lease_epoch;
	enum delivery_state
	    state;	      /* done, held, failed; queued: the meter is silent, later again */
	int64_t amount_fen;   /* done: what was really added or taken out */
	uint32_t after_count; /* done: what it shows now; held: what was found */
	int64_t after_fen, after_wh;
	int64_t began_at, ended_at, retry_at;
	uint16_t attempt;
	const char
	    *outcome; /* a code and its values, words under T.Delivery.Outcome; "" when done */
};

/* Settles command, delivery, epoch, ledger and document in one: a purchase is delivered, a refund
 * is due, a transfer goes on to the new meter, a held one raises its alarm. RC_NOT_FOUND: it is not
 * ours any more, nothing was written. */
enum rc delivery_settle(struct db *db, const struct delivery_end *end);

/* What a person orders; not the collector. */

/* Writes command batch, command and delivery. RC_NOT_FOUND: the meter has no epoch, or cannot be
 * reached (no bus). */
struct delivery_order {
	int64_t sale_id, meter_id;
	int leg;
	enum delivery_kind kind;
	int64_t amount_fen;
	int64_t operator_id, at;
	int64_t bus_id, epoch_id; /* if they are known already; 0: they are looked up */
};
enum rc delivery_order(struct db *db, const struct delivery_order *order, int64_t *command_id);

/* Takes it back while no intent is stored (R14). RC_CONFLICT: too late. */
enum rc delivery_cancel(struct db *db, int64_t command_id, int64_t now);

/* Two persons saw the meter: a held one was delivered (is booked as if the collector had confirmed
 * it, with the figures they read) or was not (it ends, and may be sent again by a new order). */
struct delivery_verdict {
	int64_t command_id;
	bool is_delivered;
	int64_t count, credit_fen, energy_wh; /* what the meter shows */
	int64_t resolved_by, second_by, at;
};
enum rc delivery_resolve(struct db *db, const struct delivery_verdict *verdict);

#endif
