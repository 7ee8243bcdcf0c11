/*
 * control.h - what may be done with many meters at once: forced open, kept on, back to prepaid,
 * read now, clock set; and each meter back to the state before a batch.
 *
 * control_list puts the facts together, control_judge says of one meter what will be done, or why
 * it is left out; it is pure. Sending is command_send (command.h).
 */
#ifndef VOLTILL_CONTROL_H
#define VOLTILL_CONTROL_H

#include "model/command.h"
#include "model/meter.h"

enum control_op {
	CONTROL_TRIP,
	CONTROL_KEEP_ON,
	CONTROL_PREPAID,
	CONTROL_READ,
	CONTROL_CLOCK,
	CONTROL_RESTORE, /* what was in force before a batch: one of the first three */
	CONTROL_OPS
};
const char *control_op_name(enum control_op op);   /* "trip" … in addresses and T.Control.Op */
enum control_op control_op_find(const char *name); /* CONTROL_OPS: none */
bool control_is_force(enum control_op op);	   /* it acts on relays */

/* Which force a meter says is in force. */
enum control_force { FORCE_UNKNOWN, FORCE_NONE, FORCE_CLOSED, FORCE_OPEN, FORCE_MIXED };
enum control_force control_force(int64_t force_state, int phases); /* -1: unknown */

enum control_why {
	CONTROL_GOES,
	CONTROL_LOST,	   /* trip: nobody sees what it would cut off, and when */
	CONTROL_PROTECTED, /* never tripped */
	CONTROL_KEPT,	   /* trip: somebody promised supply until then */
	CONTROL_UNOPENED,  /* trip and keep-on: it serves no tenant */
	CONTROL_MODEL,	   /* no relay, no clock, or we cannot write to it */
	CONTROL_MONITOR,   /* it only measures */
	CONTROL_SAME,	   /* it is so already */
	CONTROL_MONEY,	   /* trip: credit is on its way to it, or held */
	CONTROL_CLOSING,   /* its account is being closed, which decides about its supply */
	CONTROL_BUS,	   /* its bus is disabled: no order would ever be sent */
	CONTROL_BEFORE,	   /* restore: what was in force is not known, or its time is over */
	CONTROL_WHYS
};
const char *control_why_name(enum control_why why); /* words under T.Control.Why */

/* One meter, with what decides. */
struct control_meter {
	const struct meter *meter;
	int64_t bus_id, kept_until; /* 0: not kept on for a time */
	bool can_force, can_clock, is_bus_disabled, is_closing;
	bool has_money;	       /* a money order is open or held */
	int64_t open_batch_id; /* another batch that will act on it first; 0: none */
	const char *open_kind;
	bool has_before; /* of CONTROL_RESTORE */
	int64_t force_before, until_before;
	/* control_judge: */
	enum control_why why;
	enum command_kind kind;
	int64_t until_at; /* of COMMAND_KEEP_ON */
};

/* The facts about these meters, in their order. */
enum rc control_list(struct db *db, struct arena *arena, const struct meter *const *meters,
    size_t count, struct control_meter **list);

/* Fills why, kind and until_at. until_at: of CONTROL_KEEP_ON. */
void control_judge(struct control_meter *meter, enum control_op op, int64_t until_at, int64_t now);

/* Will the relay be closed when the order is done, by all that the meter says? -1: unknown. */
int control_after(const struct control_meter *meter);

/* The order of a meter that goes. */
struct command_order control_order(const struct control_meter *meter);

/* Of a batch that forced relays: what was in force before, ascending by meter; the confirmed ones
 * and those that may have reached their meter. */
struct control_before {
	int64_t meter_id, force_before, until_before;
};
enum rc control_before_list(struct db *db, struct arena *arena, int64_t batch_id,
    struct control_before **list, size_t *count);

#endif
