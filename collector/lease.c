#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "lease.h"

enum {
	REGISTER,
	OWNER,
	EXTEND,
	SEEN,
	MISSING,
	ENTER,
	HELD,
	FREE,
	TAKE,
	FENCE,
	LIST,
	LIST_EPOCHS,
	READ_FENCE,
	RELEASE,
	RELEASE_ALL,
};

static const struct query Q[] QUERIES = {
	[REGISTER] = { .sql = "INSERT INTO collector (name, started_at, seen_at)"
			      " VALUES (?, ?, UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE"
			      " started_at = VALUES(started_at), seen_at = VALUES(seen_at)" },
	[OWNER] = { .sql = "SELECT collector_id, fence FROM collector WHERE name = ?",
	    .bounded = "unique name" },
	[EXTEND] = { .sql = "UPDATE bus_lease SET expires_at = UTC_TIMESTAMP(3) + INTERVAL ? SECOND"
			    " WHERE collector_id = ?" },
	[SEEN] = { .sql = "UPDATE collector SET seen_at = UTC_TIMESTAMP(3)"
			  " WHERE collector_id = ? AND started_at = ?" },
	[MISSING] = { .sql = "SELECT COUNT(*) FROM bus b LEFT JOIN bus_lease l"
			     " ON l.bus_id = b.bus_id WHERE l.bus_id IS NULL",
	    .bounded = "one row" },
	[ENTER] = { .sql = "INSERT IGNORE INTO bus_lease (bus_id, expires_at)"
			   " SELECT bus_id, UTC_TIMESTAMP(3) FROM bus" },
	[HELD] = { .sql = "SELECT COUNT(*) FROM bus_lease WHERE collector_id = ?",
	    .bounded = "one row" },
	[FREE] = { .sql = "SELECT l.bus_id, COALESCE(l.collector_id, 0), COALESCE(c.name, '')"
			  " FROM bus_lease l JOIN bus b ON b.bus_id = l.bus_id"
			  " LEFT JOIN collector c ON c.collector_id = l.collector_id"
			  " WHERE b.disabled_at IS NULL AND (l.collector_id IS NULL"
			  " OR (? AND l.expires_at < UTC_TIMESTAMP(3) AND l.collector_id <> ?))"
			  " ORDER BY l.bus_id LIMIT ?" },
	[TAKE] = { .sql = "UPDATE bus_lease SET collector_id = ?, epoch = epoch + 1,"
			  " expires_at = UTC_TIMESTAMP(3) + INTERVAL ? SECOND"
			  " WHERE bus_id = ? AND COALESCE(collector_id, 0) = ?"
			  " AND (collector_id IS NULL OR expires_at < UTC_TIMESTAMP(3))" },
	[FENCE] = { .sql = "UPDATE collector SET fence = fence + 1 WHERE collector_id = ?" },
	/* CRC32 alone is linear: the same change to two meters, or two that change places, would
	 * cancel out. */
	[LIST] = { .sql = "SELECT l.bus_id, l.epoch, CRC32(CONCAT_WS('|', g.gateway_id, g.name,"
			  " b.name, b.transport, b.host, b.port, b.device, b.baud, b.parity,"
			  " b.stop_bits, b.response_timeout_ms, b.gap_ms, b.status_period_s,"
			  " b.reading_period_s, b.disabled_at IS NULL))"
			  " ^ COALESCE(BIT_XOR(CRC32(MD5(CONCAT_WS('|', m.meter_id, m.unit,"
			  " mm.code, m.number, m.phases, m.ct_ratio, m.pt_ratio,"
			  " m.rated_power_w, m.is_protected)))), 0)"
			  " FROM bus_lease l JOIN bus b ON b.bus_id = l.bus_id"
			  " JOIN gateway g ON g.gateway_id = b.gateway_id"
			  " LEFT JOIN meter m ON m.bus_id = b.bus_id AND m.removed_at IS NULL"
			  " LEFT JOIN meter_model mm ON mm.meter_model_id = m.meter_model_id"
			  " WHERE l.collector_id = ? GROUP BY l.bus_id ORDER BY l.bus_id LIMIT ?" },
	[LIST_EPOCHS] = { .sql = "SELECT bus_id, epoch FROM bus_lease WHERE collector_id = ?"
				 " ORDER BY bus_id LIMIT ?" },
	[READ_FENCE] = { .sql = "SELECT fence FROM collector WHERE collector_id = ?"
				" LOCK IN SHARE MODE",
	    .bounded = "primary key" },
	[RELEASE] = { .sql = "UPDATE bus_lease SET collector_id = NULL,"
			     " expires_at = UTC_TIMESTAMP(3)"
			     " WHERE collector_id = ? AND bus_id = ?" },
	[RELEASE_ALL] = { .sql = "UPDATE bus_lease SET collector_id = NULL,"
				 " expires_at = UTC_TIMESTAMP(3) WHERE collector_id = ?" },
};

enum rc
lease_register(struct db *db, const char *name, struct lease_owner *owner)
{
	int64_t now = clock_now();
	struct rows *rows;
	enum rc rc = db_exec(db, &Q[REGISTER], ARGS(S(name), T(now)));

	if (rc != RC_OK || (rc = db_query(db, &Q[OWNER], ARGS(S(name)), &rows)) != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		owner->collector_id = (uint32_t)rows_int(rows, 0);
		owner->fence = (uint64_t)rows_int(rows, 1);
		owner->started_at = now;
		(void)text_copy(owner->name, sizeof(owner->name), name);
	}
	rows_end(rows);
	return rc;
}

/* What one claim is about: a bus that is free, or whose owner did not renew. */
struct claim {
	const struct lease_owner *owner;
	int64_t lease_s;
	struct {
		uint32_t bus_id, collector_id;
		char name[65];
		bool is_taken;
	} buses[64];
	size_t count;
};

static enum rc
renew(struct db *db, void *context)
{
	const struct claim *claim = context;
	const struct lease_owner *owner = claim->owner;
	enum rc rc = db_exec(db, &Q[EXTEND], ARGS(I(claim->lease_s), I(owner->collector_id)));

	if (rc != RC_OK)
		return rc;
	rc = db_exec(db, &Q[SEEN], ARGS(I(owner->collector_id), T(owner->started_at)));
	if (rc != RC_OK || db_affected(db) == 1)
		return rc;
	log_error("collector", "another process runs under the name %s: give each its own name",
	    owner->name);
	return RC_CONFLICT;
}

/* Owner, epoch and the loser's fence change together, or not at all. */
static enum rc
take(struct db *db, void *context)
{
	struct claim *claim = context;
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < claim->count; i++) {
		uint32_t from = claim->buses[i].collector_id;
		rc = db_exec(db, &Q[TAKE],
		    ARGS(I(claim->owner->collector_id), I(claim->lease_s),
			I(claim->buses[i].bus_id), I(from)));
		claim->buses[i].is_taken = rc == RC_OK && db_affected(db) == 1;
		if (claim->buses[i].is_taken && from != 0)
			rc = db_exec(db, &Q[FENCE], ARGS(I(from)));
	}
	return rc;
}

static enum rc
find_free(struct db *db, struct claim *claim, size_t most, bool may_take_expired)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FREE],
	    ARGS(I(may_take_expired), I(claim->owner->collector_id),
		I(most < COUNT(claim->buses) ? most : COUNT(claim->buses))),
	    &rows);

	claim->count = 0;
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK && claim->count < COUNT(claim->buses)) {
		size_t i = claim->count++;
		claim->buses[i].bus_id = (uint32_t)rows_int(rows, 0);
		claim->buses[i].collector_id = (uint32_t)rows_int(rows, 1);
		claim->buses[i].is_taken = false;
		(void)text_copy(
		    claim->buses[i].name, sizeof(claim->buses[i].name), rows_text(rows, 2));
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static size_t
log_taken(const struct claim *claim)
{
	size_t taken = 0;

	for (size_t i = 0; i < claim->count; i++) {
		if (!claim->buses[i].is_taken)
			continue;
		taken++;
		if (claim->buses[i].collector_id != 0)
			log_warn("lease",
			    "bus %" PRIu32 " is taken from %s, which did not renew it",
			    claim->buses[i].bus_id, claim->buses[i].name);
	}
	return taken;
}

static enum rc
enter_new_buses(struct db *db)
{
	int64_t missing = 0;
	enum rc rc = db_int(db, &Q[MISSING], NO_ARGS, &missing);

	return rc == RC_OK && missing > 0 ? db_exec(db, &Q[ENTER], NO_ARGS) : rc;
}

enum rc
lease_renew(struct db *db, const struct lease_owner *owner, int64_t lease_s, size_t most,
    bool may_take_expired)
{
	struct claim claim = { .owner = owner, .lease_s = lease_s };
	int64_t held = 0;
	enum rc rc = db_transact(db, renew, &claim);

	if (rc == RC_OK)
		rc = enter_new_buses(db);
	if (rc == RC_OK)
		rc = db_int(db, &Q[HELD], ARGS(I(owner->collector_id)), &held);
	while (rc == RC_OK && (size_t)held < most) {
		rc = find_free(db, &claim, most - (size_t)held, may_take_expired);
		if (rc == RC_OK && claim.count > 0)
			rc = db_transact(db, take, &claim);
		if (rc != RC_OK)
			return rc;
		size_t taken = log_taken(&claim);
		held += (int64_t)taken;
		/* Whatever another was faster to take comes up again at the next renewal. */
		if (claim.count < COUNT(claim.buses) || taken == 0)
			break;
	}
	return rc;
}

enum rc
lease_list(struct db *db, const struct lease_owner *owner, struct lease *leases, size_t room,
    size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LIST], ARGS(I(owner->collector_id), I(room)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		struct lease *lease = &leases[(*count)++];
		lease->bus_id = (uint32_t)rows_int(rows, 0);
		lease->epoch = (uint64_t)rows_int(rows, 1);
		lease->digest = (uint32_t)rows_int(rows, 2);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
lease_list_epochs(
    struct db *db, uint32_t collector_id, struct lease *leases, size_t room, size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LIST_EPOCHS], ARGS(I(collector_id), I(room)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK)
		leases[(*count)++] = (struct lease){ .bus_id = (uint32_t)rows_int(rows, 0),
			.epoch = (uint64_t)rows_int(rows, 1) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
lease_fence(struct db *db, uint32_t collector_id, uint64_t *fence)
{
	int64_t value = 0;
	enum rc rc = db_int(db, &Q[READ_FENCE], ARGS(I(collector_id)), &value);

	*fence = (uint64_t)value;
	return rc;
}

enum rc
lease_release(struct db *db, const struct lease_owner *owner, uint32_t bus_id)
{
	return db_exec(db, &Q[RELEASE], ARGS(I(owner->collector_id), I(bus_id)));
}

enum rc
lease_release_all(struct db *db, const struct lease_owner *owner)
{
	return db_exec(db, &Q[RELEASE_ALL], ARGS(I(owner->collector_id)));
}

static _Atomic int64_t hold_until = INT64_MAX;

void
lease_hold_until(int64_t mono)
{
	atomic_store_explicit(&hold_until, mono, memory_order_relaxed);
}

bool
lease_holds(void)
{
	return clock_mono() <= atomic_load_explicit(&hold_until, memory_order_relaxed);
}
