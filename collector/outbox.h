/*
 * outbox.h - from the bus threads to the store thread: bounded, and the only thing they share.
 */
#ifndef VOLTILL_OUTBOX_H
#define VOLTILL_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/delivery.h"
#include "model/meter_config.h"
#include "model/reading.h"

enum item_kind {
	ITEM_READING,	 /* u.reading */
	ITEM_METER_LOST, /* u.event.meter_id since u.event.at */
	ITEM_METER_BACK,
	ITEM_BUS_LOST, /* with u.event.trouble */
	ITEM_BUS_BACK,
	ITEM_BUS_ROUND,	   /* u.round */
	ITEM_MISMATCH,	   /* the meter is not the model it should be */
	ITEM_OTHER_METER,  /* it shows the number u.event.number, which is another meter's */
	ITEM_POLLS,	   /* u.polls: counters of one meter, added up since the last */
	ITEM_ORDER_STEP,   /* u.order: a command came on to step */
	ITEM_ORDER_END,	   /* u.order: it came to its end, or goes back to the queue */
	ITEM_ORDER_CONFIG, /* u.config: what a meter holds */
	ITEM_ORDER_FOUND,  /* u.found: what a scan found at an address */
	ITEM_ORDER_GUARD,  /* u.guard: what a model does with purchase counts */
};

struct item_event {
	uint32_t meter_id;
	int64_t at;
	int trouble;	 /* enum trouble */
	char number[16]; /* of ITEM_OTHER_METER: digits */
};

struct item_round {
	int64_t at;
	uint32_t round_ms, meters, meters_lost;
};

struct item_polls {
	uint32_t meter_id;
	int64_t hour_at;
	uint32_t asked, answered, timeouts, damaged, refused;
	uint64_t answer_ms;
};

#define ITEM_RESULT_MAX 64

struct item_order {
	int64_t command_id;
	int64_t began_at, ended_at, retry_at;
	uint32_t state; /* enum command_state */
	uint16_t attempt, step;
	char result[ITEM_RESULT_MAX]; /* a code and its values */
};

struct item_config {
	int64_t at, command_id; /* of the command that wrote it, 0: it was only read */
	uint32_t meter_id;
	struct config config;
};

struct item_found {
	int64_t command_id;
	uint16_t unit, step;
	int32_t answer_ms;		  /* -1: no answer */
	const char *outcome, *model_code; /* literals */
	char number[16];
};

struct item_guard {
	int64_t command_id, at;
	uint32_t meter_id;
	enum delivery_guard guard;
};

struct item {
	uint32_t kind; /* enum item_kind */
	uint32_t bus_id;
	uint64_t epoch; /* of the lease under which it was made */
	union {
		struct reading reading;
		struct item_event event;
		struct item_round round;
		struct item_polls polls;
		struct item_order order;
		struct item_config config;
		struct item_found found;
		struct item_guard guard;
	} u;
};

struct outbox;

struct outbox *outbox_new(size_t capacity);
void outbox_free(struct outbox *outbox);

/* Adds one; waits while the box is full, so that a slow database slows the buses and nothing is
 * lost (the store thread empties it into the spool when the database is away). */
void outbox_put(struct outbox *outbox, const struct item *item);

/* Takes up to max items as soon as so many are there, or what there is after wait_ms: a batch costs
 * the same however small it is. Returns how many; after outbox_close the rest, then 0 with *closed
 * true. One thread takes. */
size_t outbox_take(
    struct outbox *outbox, struct item *items, size_t max, int64_t wait_ms, bool *closed);
void outbox_close(struct outbox *outbox); /* no put may follow */

#endif
