/*
 * store.h - the one thread that writes what the buses found.
 *
 * It takes batches from the outbox and stores each in one transaction: half hours with their day,
 * newest values, alarms, rounds, counters. The transaction holds the collector's fence: what comes
 * from a bus that another collector took meanwhile is dropped, and counted in the log. While the
 * database is away, half hours and losses go to the spool and newest values wait in memory.
 */
#ifndef VOLTILL_STORE_H
#define VOLTILL_STORE_H

#include <stdbool.h>

#include "base/conf.h"
#include "lease.h"
#include "outbox.h"
#include "spool.h"

#define STORE_ACCOUNT "voltill_collector"

struct store;

/* Starts the thread. conf, outbox and spool must outlive it. */
struct store *store_start(const struct conf *conf, const struct lease_owner *owner,
    struct outbox *outbox, struct spool *spool);

/* False as long as half hours of an earlier run wait in the spool. No bus may be read before: the
 * last half hour that its meters begin with must be the last one there is. */
bool store_has_caught_up(const struct store *store);

/* A bus was added: the running alarms are read again before anything more is stored. */
void store_refresh(struct store *store);

/* Makes fd (an eventfd of the dispatcher) readable when orders came to their end: of the same
 * meters the next ones are due. */
void store_tell_ends(struct store *store, int fd);

/* Waits for the end after outbox_close and frees store. True when everything is in the database,
 * false when some of it is still in the spool. */
bool store_join(struct store *store);

#endif
