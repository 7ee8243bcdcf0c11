/*
 * order_store.h - what came of orders, into the database. Called by the store thread.
 *
 * Results wait in memory until they are stored: while the database is away nobody claims anything,
 * so there are never more than what was under way. Should the collector end before, whoever begins
 * the bus next carries those orders out again.
 */
#ifndef VOLTILL_ORDER_STORE_H
#define VOLTILL_ORDER_STORE_H

#include "base/db.h"
#include "outbox.h"

struct order_results;

struct order_results *order_results_new(uint32_t collector_id);
void order_results_free(struct order_results *results); /* NULL is allowed */

/* Takes one of the ITEM_ORDER_… in. */
void order_results_add(struct order_results *results, const struct item *item);
size_t order_results_count(const struct order_results *results);

/* Stores what waits, in its order, in transactions that hold the lease of the bus; what is of a bus
 * that another collector has now is dropped. Anything but RC_OK: the rest waits for the next time.
 */
enum rc order_results_store(struct order_results *results, struct db *db);

#endif
