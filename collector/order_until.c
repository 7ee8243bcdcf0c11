/* What was kept on for a time goes back to prepaid when that time has come (model/meter_keep.h). */
#include <sys/random.h>

#include "base/clock.h"
#include "base/log.h"
#include "model/meter_keep.h"
#include "order_keep.h"

#define KEEPS_MAX 200 /* in one look; the rest in the next */

/* What one look is about. */
struct look {
	int64_t now;
	struct command_order orders[KEEPS_MAX];
	size_t count;
};

static enum rc
insert(struct db *db, void *context)
{
	struct look *look = context;
	struct command_batch batch = { .reason = "", .at = look->now };
	int64_t batch_id;

	if (getrandom(batch.request_key, sizeof(batch.request_key), 0) !=
	    (ssize_t)sizeof(batch.request_key))
		return RC_UNAVAILABLE;
	return command_insert(db, &batch, look->orders, look->count, &batch_id);
}

static void
choose(struct look *look, struct charge *charges, size_t charge_count,
    const struct meter_keep *keeps, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct charge *charge =
		    orders_find_charge(charges, charge_count, (uint32_t)keeps[i].bus_id);
		if (charge == NULL || charge->bus == NULL)
			continue;
		look->orders[look->count++] = (struct command_order){ .kind = COMMAND_PREPAID,
			.bus_id = keeps[i].bus_id,
			.meter_id = keeps[i].meter_id,
			.payload = "",
			.steps = 1 };
	}
}

enum rc
orders_until(struct db *db, const struct lease_owner *owner, struct charge *charges, size_t count,
    int64_t now, size_t *made, int64_t *next_at)
{
	struct look look = { .now = now };
	struct meter_keep keeps[KEEPS_MAX];
	size_t due = 0;
	enum rc rc = meter_keep_close(db, now);

	*made = 0;
	if (rc == RC_OK)
		rc = meter_keep_due(db, owner->collector_id, now, keeps, KEEPS_MAX, &due, next_at);
	if (rc != RC_OK)
		return rc;
	choose(&look, charges, count, keeps, due);
	if (look.count == 0 || (rc = db_transact(db, insert, &look)) != RC_OK)
		return rc;
	log_info("dispatcher", "%zu meters go back to prepaid: their time is over", look.count);
	*made = look.count;
	return RC_OK;
}
