/*
 * meter_orders.h - the orders that bring a meter to what its account agreed: back to prepaid,
 * prices, day tables, alarm amounts, overload limit, clock.
 *
 * What a model cannot hold is left out, and is named. What a meter holds already, as it was read
 * back last, is left out silently.
 */
#ifndef VOLTILL_METER_ORDERS_H
#define VOLTILL_METER_ORDERS_H

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/command.h"
#include "model/config_want.h"
#include "model/meter_edit.h"
#include "model/operator.h"

/* What a tenant agrees for a meter. */
struct meter_terms {
	int64_t tariff_id;		/* 0: what the meter has stays */
	int64_t alarm1_fen, alarm2_fen; /* or METER_DEFAULT, also the next two */
	int64_t overload_w, overdraft_fen;
	enum hold_mode hold_mode;
	bool is_protected;
};
struct meter_terms meter_terms_of(const struct meter_row *row);
/* Faults of fields alarm1, alarm2, overload_w, overdraft. Pure. */
void meter_terms_validate(const struct meter_terms *terms, struct faults *faults);
/* Stores them in the row of the meter, audited, in the caller's transaction. */
enum rc meter_terms_store(struct db *db, int64_t meter_id, const struct meter_terms *terms,
    const struct operator_actor *by);

/* What the meter would have to hold under the terms, beside what it holds. Reads only.
 * RC_NOT_FOUND: there is no such meter. */
enum rc meter_orders_preview(struct db *db, struct arena *arena, int64_t meter_id,
    const struct meter_terms *terms, int64_t now, struct config_want *want);

#define METER_ORDERS_MAX 200
struct meter_orders {
	struct command_order list[METER_ORDERS_MAX];
	size_t count, left_out;
};
/* Adds what differs from what the database says now. Payloads live in the arena. */
enum rc meter_orders_add(
    struct db *db, struct arena *arena, int64_t meter_id, int64_t now, struct meter_orders *orders);
/* One order of a kind that has no payload, such as COMMAND_TRIP; nothing for a meter whose model
 * takes none. */
enum rc meter_orders_add_kind(
    struct db *db, int64_t meter_id, enum command_kind kind, struct meter_orders *orders);

/* In the caller's transaction, audited; *batch_id 0 when there is nothing to order. */
enum rc meter_orders_send(struct db *db, const struct meter_orders *orders,
    const unsigned char key[COMMAND_KEY], const char *reason, const struct operator_actor *by,
    int64_t *batch_id);

/* The batch that was sent under that key; RC_NOT_FOUND: nothing had to be ordered. */
enum rc meter_orders_find(
    struct db *db, const unsigned char key[COMMAND_KEY], int64_t *batch_id);

#endif
