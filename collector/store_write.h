/*
 * store_write.h - one transaction of the store thread.
 */
#ifndef VOLTILL_STORE_WRITE_H
#define VOLTILL_STORE_WRITE_H

#include "base/db.h"
#include "known.h"
#include "lease.h"
#include "outbox.h"

#define STORE_BATCH_MAX 1000
#define STORE_BUSES_MAX 900

/* What one transaction is to store, and what it needs for it. The items are such as spool_keeps;
 * their meters and buses are in known. */
struct writing {
	struct known *known;
	struct reading_batch *batch;
	uint32_t collector_id;
	uint64_t fence;	      /* as last read; what rests on another is verified again */
	struct lease *leases; /* scratch, STORE_BUSES_MAX */
	const struct item **items;
	size_t item_count;  /* at most STORE_BATCH_MAX */
	size_t state_count; /* so many from the front of known->states, at most STORE_BATCH_MAX */
	bool with_rounds, with_polls;
	bool has_new_marks; /* own use */
	int64_t drift_fen;  /* credit may be off by so much */
	bool has_moves;	    /* the fence was raised since the start: a meter may have moved */

	size_t polled_count; /* out: so many from the front of known->polled were stored */
	size_t dropped;	     /* out: items and states of buses that are not ours any more */
	size_t moved;	     /* out: half hours of meters that hang on another bus by now */
};

/* Takes the half hours out of items whose meter hangs on another bus: store_move.c. Within the
 * transaction that holds the fence. */
enum rc store_drop_moved(struct db *db, struct writing *writing);

/* store_money.c: compares the newest answer of a meter with the ledger. Within the transaction. */
enum rc store_judge_money(struct db *db, struct writing *writing, struct known_meter *meter);
/* Begins or ends an alarm of a meter, unless it is so already. Within the transaction. */
enum rc store_set_meter(struct db *db, struct writing *writing, struct known_meter *meter,
    enum alarm_kind kind, bool begins, int64_t at, const char *detail);
enum rc store_set_alarm(struct db *db, struct writing *writing, struct known_meter *meter,
    const struct alarm *alarm, bool begins);

/* Stores it all, or nothing. On RC_OK the marks of known say what runs now; the caller drops the
 * stored states, polls and rounds from known. */
enum rc store_write(struct db *db, struct writing *writing);

#endif
