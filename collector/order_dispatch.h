/*
 * order_dispatch.h - from the database to the bus threads: what is due is claimed, committed, and
 * only then handed over. Called by the dispatcher's thread.
 */
#ifndef VOLTILL_ORDER_DISPATCH_H
#define VOLTILL_ORDER_DISPATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "bus.h"
#include "lease.h"
#include "order.h"

/* A bus that is leased to us. It runs, unless its definition was refused. */
struct charge {
	struct lease lease;
	struct bus *bus;
	bool is_refused;
	bool is_stale;		    /* the definition has to be loaded again */
	int64_t unsure[ORDERS_MAX]; /* commands whose claim was perhaps committed */
	size_t unsure_count;
};

/* The charge of a bus, NULL if it is not ours. */
struct charge *orders_find_charge(struct charge *charges, size_t count, uint32_t bus_id);

/* Before the thread of a bus starts, and after it ended: what was claimed there and not settled, by
 * an earlier run or by another collector, is due again. */
enum rc orders_requeue(struct db *db, const struct charge *charge);

/* Claims what is due, as much as each bus has room for, and passes on what shall stop. Charges are
 * in the order of bus_id. expires: what waited too long ends, too. */
enum rc orders_dispatch(struct db *db, const struct lease_owner *owner, struct charge *charges,
    size_t count, bool expires);

#endif
