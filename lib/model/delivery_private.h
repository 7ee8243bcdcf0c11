/*
 * delivery_private.h - what the files behind delivery.h share.
 */
#ifndef VOLTILL_DELIVERY_PRIVATE_H
#define VOLTILL_DELIVERY_PRIVATE_H

#include "model/command.h"
#include "model/delivery.h"
#include "model/sale_private.h"

/* A delivery with its command and its document, all locked. */
struct delivery_stored {
	int64_t command_id, sale_id, meter_id, epoch_id;
	int leg;
	enum delivery_kind kind;
	enum delivery_state state;
	int64_t amount_fen;
	int64_t want_count; /* -1: no intent */
	int64_t before_fen; /* METER_NO_CREDIT: no intent */
	enum command_state command_state;
	uint64_t lease_epoch;
	/* Of the meter's epoch. */
	int64_t account_id, last_count, last_credit_fen;
	struct sale_stored sale;
};
/* In the order of sale_private.h. RC_NOT_FOUND: there is none. */
enum rc delivery_lock(struct db *db, int64_t command_id, struct delivery_stored *delivery);

/* What the meter confirmed, or two persons saw. */
struct delivery_done {
	int64_t amount_fen; /* taken out or put in */
	int64_t count, credit_fen, energy_wh;
	int64_t at;
	int64_t operator_id; /* 0: the collector */
};
/* Delivery row, epoch, ledger and document go on to what was confirmed. */
enum rc delivery_confirm(
    struct db *db, const struct delivery_stored *delivery, const struct delivery_done *done);
/* Nothing was changed in the meter: the document goes where that leads. */
enum rc delivery_fail(struct db *db, const struct delivery_stored *delivery, const char *outcome,
    int64_t at, int64_t operator_id);
/* Ends the alarm of held deliveries of the meter when none is held any more. */
enum rc delivery_calm(struct db *db, int64_t meter_id, int64_t at);

/* What a settled order does to ledger and document: shared with meters that count no credit, which
 * have no order. */
struct sale_effect {
	const struct sale_stored *sale;
	int leg;
	enum delivery_kind kind;
	int64_t command_id; /* 0: there is none */
	int64_t meter_id, epoch_id;
	int64_t amount_fen;
	int64_t count, energy_wh; /* what the meter shows now */
	int64_t at;
	int64_t operator_id; /* 0: the system */
	bool is_charged;     /* the use up to now is booked already: only the rest is taken out */
};
enum rc sale_take_effect(struct db *db, const struct sale_effect *effect);
/* It came to nothing. */
enum rc sale_take_failure(
    struct db *db, const struct sale_stored *sale, int leg, int64_t at, int64_t operator_id);

/* The second leg of a transfer: an order, or at once for a meter that counts no credit, or nothing
 * when there was nothing in the old meter. amount_fen below zero: a debt. The document is booked.
 */
enum rc sale_transfer_deliver(struct db *db, const struct sale_stored *sale, int64_t to_meter_id,
    int64_t amount_fen, int64_t operator_id, int64_t at);

/* The meter_change of a transfer, if there is one, goes on. NULL leaves the old figures. */
enum rc meter_change_move(struct db *db, int64_t sale_id, const char *state, bool is_over,
    int64_t at, const int64_t *old_fen, const int64_t *old_wh);

#endif
