#include "order_dispatch.h"

#include "base/clock.h"
#include "base/log.h"

#define BUSES_MAX     900
#define CANCELS_MAX   64
#define DEFINITION_MS CLOCK_MINUTE /* of an order to a bus whose definition was refused */

/* What one transaction claims. */
struct claim {
	const struct lease_owner *owner;
	const struct charge *charge;
	int64_t now;
	struct command commands[ORDERS_MAX];
	bool is_taken[ORDERS_MAX];
	size_t count;
};

struct charge *
orders_find_charge(struct charge *charges, size_t count, uint32_t bus_id)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (charges[middle].lease.bus_id < bus_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && charges[low].lease.bus_id == bus_id ? &charges[low] : NULL;
}

/* ---- claiming ---- */

static enum rc
take(struct db *db, void *context)
{
	struct claim *claim = context;
	const struct lease *lease = &claim->charge->lease;
	enum rc rc = command_hold(db, claim->owner->collector_id, lease->bus_id, lease->epoch);

	for (size_t i = 0; i < claim->count && rc == RC_OK; i++) {
		rc = command_take(db, &claim->commands[i], lease->epoch, claim->now);
		claim->is_taken[i] = rc == RC_OK;
		if (rc == RC_NOT_FOUND)
			rc = RC_OK; /* cancelled since it was listed */
	}
	return rc;
}

/* A bus with a wrong definition has no thread, or still runs by the last right one: who waits for a
 * test of it is told why. */
static enum rc
refuse(struct db *db, void *context)
{
	struct claim *claim = context;
	enum rc rc = take(db, claim);

	for (size_t i = 0; i < claim->count && rc == RC_OK; i++) {
		bool is_of_bus = claim->commands[i].kind < COMMAND_KINDS &&
				 command_trait(claim->commands[i].kind)->is_of_bus;
		if (!claim->is_taken[i] || (!is_of_bus && claim->charge->bus != NULL))
			continue;
		claim->is_taken[i] = false;
		const struct command_end end = { .command_id = claim->commands[i].command_id,
			.epoch = claim->charge->lease.epoch,
			.state = is_of_bus ? COMMAND_FAILED : COMMAND_QUEUED,
			.began_at = claim->now,
			.ended_at = claim->now,
			.retry_at = claim->now + DEFINITION_MS,
			.attempt = claim->commands[i].attempt,
			.result = "definition" };
		rc = command_settle(db, &end);
	}
	return rc;
}

/* The outcome of a commit was not known: nothing was handed over, so nothing may stay claimed. */
static enum rc
give_back_unsure(struct db *db, struct charge *charge)
{
	enum rc rc = RC_OK;

	while (charge->unsure_count > 0 && rc == RC_OK) {
		rc = command_give_back(
		    db, charge->unsure[charge->unsure_count - 1], charge->lease.epoch);
		charge->unsure_count -= rc == RC_OK;
	}
	return rc;
}

static void
note_unsure(struct charge *charge, const struct claim *claim)
{
	for (size_t i = 0; i < claim->count; i++)
		charge->unsure[i] = claim->commands[i].command_id;
	charge->unsure_count = claim->count;
}

static void
hand_over(const struct charge *charge, const struct claim *claim)
{
	for (size_t i = 0; i < claim->count && charge->bus != NULL; i++)
		if (claim->is_taken[i])
			bus_order(charge->bus, &claim->commands[i]);
}

static enum rc
dispatch_bus(struct db *db, const struct lease_owner *owner, struct charge *charge)
{
	struct claim claim = { .owner = owner, .charge = charge, .now = clock_now() };
	size_t room = charge->bus != NULL ? bus_order_room(charge->bus) : ORDERS_MAX;
	enum rc rc = give_back_unsure(db, charge);

	if (rc != RC_OK || room == 0 || (charge->bus == NULL && !charge->is_refused))
		return rc;
	rc = command_list_due(
	    db, charge->lease.bus_id, claim.now, claim.commands, room, &claim.count);
	if (rc != RC_OK || claim.count == 0)
		return rc;
	rc = db_transact(db, charge->is_refused ? refuse : take, &claim);
	if (rc == RC_OK)
		hand_over(charge, &claim);
	else
		note_unsure(charge, &claim);
	return rc == RC_NOT_FOUND ? RC_OK : rc; /* another collector has the bus now */
}

/* ---- stopping ---- */

static enum rc
pass_cancels(struct db *db, const struct lease_owner *owner, struct charge *charges, size_t count)
{
	int64_t command_ids[CANCELS_MAX];
	uint32_t bus_ids[CANCELS_MAX];
	size_t found;
	enum rc rc = command_list_cancelled(
	    db, owner->collector_id, command_ids, bus_ids, CANCELS_MAX, &found);

	for (size_t i = 0; i < found && rc == RC_OK; i++) {
		const struct charge *charge = orders_find_charge(charges, count, bus_ids[i]);
		if (charge != NULL && charge->bus != NULL)
			bus_cancel(charge->bus, command_ids[i]);
	}
	return rc;
}

/* ---- for the dispatcher ---- */

enum rc
orders_requeue(struct db *db, const struct charge *charge)
{
	return command_put_back(db, charge->lease.bus_id);
}

enum rc
orders_dispatch(struct db *db, const struct lease_owner *owner, struct charge *charges,
    size_t count, bool expires)
{
	uint32_t bus_ids[BUSES_MAX];
	size_t found = 0;
	enum rc rc = RC_OK;

	if (expires)
		rc = command_expire(db, owner->collector_id, clock_now());
	if (rc == RC_OK)
		rc = command_list_buses(db, owner->collector_id, bus_ids, BUSES_MAX, &found);
	for (size_t i = 0; i < found && rc == RC_OK; i++) {
		struct charge *charge = orders_find_charge(charges, count, bus_ids[i]);
		if (charge != NULL)
			rc = dispatch_bus(db, owner, charge);
	}
	return rc == RC_OK ? pass_cancels(db, owner, charges, count) : rc;
}
