/*
 * known.h - what the store thread knows of the meters and buses it writes about.
 *
 * Newest values and counters wait here until they are stored; while the database is away only the
 * newest stay. Entries are added at first sight and never move out; a pointer is good until the
 * next meter or bus is added.
 */
#ifndef VOLTILL_KNOWN_H
#define VOLTILL_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/alarm.h"
#include "model/alarm_rule.h"
#include "model/bus.h"
#include "model/epoch_watch.h"
#include "model/reading.h"

struct known_bus {
	uint32_t bus_id;
	uint64_t owned_epoch; /* of our lease, as read under the current fence; 0: not ours */
	/* 1 << enum alarm_kind: runs; what it will be after the commit */
	uint32_t marks, new_marks;
	bool has_round;	 /* round waits to be stored */
	bool needs_fold; /* its alarm, or one of its meters', changed in this transaction */
	uint64_t round_epoch;
	struct bus_round round;
};

/* store_money.c: the ledger's side of a meter, and what it showed last that fitted. */
struct known_credit {
	struct epoch_watch
	    epoch;	/* as read a moment ago; epoch_id 0: its purchases are not counted */
	uint32_t round; /* of reading them */
	int64_t misfit_at,
	    drift_at; /* when it began to show a wrong count, wrong credit; 0: fits */
	int64_t seen_at, seen_fen, seen_wh;
	int64_t price_uyuan, price_at; /* highest price, and when that was looked up */
};

struct known_meter {
	uint32_t meter_id, bus_id;
	uint64_t epoch;
	uint64_t home_fence;  /* under which home_bus_id was asked; 0: never */
	uint32_t home_bus_id; /* where it hangs */
	uint32_t marks, new_marks;
	struct alarm_rule rule;
	struct alarm_memory memory;
	uint32_t verdict;	   /* marks that its state asks for, of those that rules decide */
	bool has_state, has_polls; /* these wait to be stored */
	uint16_t doubts;	   /* qualities seen since the state was stored */
	struct reading state;
	struct known_credit credit;
	struct bus_polls polls[2]; /* of the hour before the newest and of the newest */
};

/* A list of entries by their place in the table. */
struct known_list {
	uint32_t *places;
	size_t count;
};

struct known_index {
	uint32_t *slots; /* place + 1, 0: free */
	size_t room;	 /* a power of two */
};

struct known {
	struct known_meter *meters;
	struct known_bus *buses;
	size_t meter_count, meter_room, bus_count, bus_room;
	struct known_index meter_index, bus_index;
	struct known_list states, polled; /* meters with has_state, has_polls */
	bool has_rounds;
};

struct known *known_new(void);
void known_free(struct known *known); /* NULL is allowed */

/* Finds it, or adds it with nothing known. */
struct known_meter *known_meter(struct known *known, uint32_t meter_id);
/* NULL if it is not known. */
struct known_meter *known_find_meter(struct known *known, uint32_t meter_id);
struct known_bus *known_bus(struct known *known, uint32_t bus_id);

/* Its epoch, as just read; what was seen under another one is forgotten. */
void known_watch(struct known_meter *meter, const struct epoch_watch *epoch);

/* Take what waits to be stored; the newest wins, counters of the same hour add up. Counters of two
 * hours are kept: an outage that lasts longer loses those in between. */
void known_put_state(
    struct known *known, const struct reading *reading, uint32_t bus_id, uint64_t epoch);
void known_put_polls(
    struct known *known, const struct bus_polls *polls, uint32_t bus_id, uint64_t epoch);
void known_put_round(struct known *known, const struct bus_round *round, uint64_t epoch);

/* The first `count` of a list are done with. */
void known_drop(struct known_list *list, size_t count);

void known_clear_marks(struct known *known); /* nothing runs */

#endif
