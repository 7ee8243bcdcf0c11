/*
 * lease.h - which buses are ours, and until when.
 *
 * A bus belongs to one collector by a row with owner, epoch and expiry. Every change of owner
 * raises the epoch of the bus and the fence of the collector that lost it, in one transaction;
 * every write of the store thread checks the fence (store.h), so that a collector that slept
 * through its expiry cannot write. Only the dispatcher calls these, except lease_holds.
 *
 * Cut off from the database, a collector goes on reading into its spool. When that lasts longer
 * than its lease and another can still reach the database, both read the bus until the first is
 * back; only the other writes.
 */
#ifndef VOLTILL_LEASE_H
#define VOLTILL_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"

struct lease {
	uint32_t bus_id;
	uint64_t epoch;
	uint32_t digest; /* of the definition of the bus and its meters: changes when they change */
};

/* This collector in table collector. */
struct lease_owner {
	uint32_t collector_id;
	uint64_t fence;
	int64_t started_at;
	char name[65];
};

/* Enters the collector under its name; leases it held before are still its own. */
enum rc lease_register(struct db *db, const char *name, struct lease_owner *owner);

/* Renews what we hold and takes free and expired buses, at most `most` in all; expired ones only
 * when may_take_expired. RC_CONFLICT when another process runs under our name (it is logged). */
enum rc lease_renew(struct db *db, const struct lease_owner *owner, int64_t lease_s, size_t most,
    bool may_take_expired);

/* Our leases, ordered by bus, at most room of them, with the digest of their definitions. */
enum rc lease_list(struct db *db, const struct lease_owner *owner, struct lease *leases,
    size_t room, size_t *count);

/* The same without digests, for the store thread, and the fence that everything it writes rests on:
 * lease_fence keeps it from being raised until the caller's transaction ends. */
enum rc lease_list_epochs(
    struct db *db, uint32_t collector_id, struct lease *leases, size_t room, size_t *count);
enum rc lease_fence(struct db *db, uint32_t collector_id, uint64_t *fence);

/* Gives one bus, or all, back, so that another may take it at once. */
enum rc lease_release(struct db *db, const struct lease_owner *owner, uint32_t bus_id);
enum rc lease_release_all(struct db *db, const struct lease_owner *owner);

/* A process that was stopped for long must not speak on a bus that another has taken meanwhile: the
 * dispatcher says until when (monotonic ms) the leases surely hold, and the bus threads send
 * nothing when lease_holds is false. It stays true while the database is away: nobody can take a
 * bus then. */
void lease_hold_until(int64_t mono);
bool lease_holds(void);

#endif
