/*
 * dispatcher.h - the thread that decides which buses run here, and with which definitions.
 *
 * It renews and takes leases, starts and stops bus threads, and looks every two seconds, at SIGHUP
 * and at the doorbell whether a definition changed. Orders come the same way, every second, into
 * the inbox of the bus thread (order_dispatch.h).
 */
#ifndef VOLTILL_DISPATCHER_H
#define VOLTILL_DISPATCHER_H

#include <stdbool.h>

#include "base/conf.h"
#include "lease.h"
#include "money_desk.h"
#include "outbox.h"
#include "store.h"

struct dispatcher;

/* Takes over db. What it is given must outlive it. Begins to read at once. */
struct dispatcher *dispatcher_start(struct conf *conf, struct db *db,
    const struct lease_owner *owner, struct outbox *outbox, struct store *store,
    struct spool *spool, struct money_desk *desk);

/* Becomes readable when the collector must end: another process runs under its name. */
int dispatcher_end_fd(const struct dispatcher *dispatcher);

/* Reads the settings file again and looks for changes now. */
void dispatcher_reload(struct dispatcher *dispatcher);

/* Ends the thread and all bus threads. The leases stay ours, for what is still to be stored. */
void dispatcher_stop(struct dispatcher *dispatcher);

/* Gives the leases back when releases is true, and frees. */
void dispatcher_free(struct dispatcher *dispatcher, bool releases);

#endif
