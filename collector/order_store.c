#include "order_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "model/command_run.h"
#include "model/guard.h"

#define ROOM_AT_FIRST 256
#define BATCH_MAX     64 /* results in one transaction: all of one bus */

struct order_results {
	uint32_t collector_id;
	struct item *items; /* oldest first */
	size_t count, room;
};

/* One transaction. */
struct batch {
	const struct order_results *results;
	size_t count;
	bool is_ours;
};

struct order_results *
order_results_new(uint32_t collector_id)
{
	struct order_results *results = calloc(1, sizeof(*results));

	if (results == NULL)
		log_fatal("memory", "no room for results of orders");
	results->collector_id = collector_id;
	return results;
}

void
order_results_free(struct order_results *results)
{
	if (results == NULL)
		return;
	free(results->items);
	free(results);
}

void
order_results_add(struct order_results *results, const struct item *item)
{
	if (results->count == results->room) {
		size_t room = results->room == 0 ? ROOM_AT_FIRST : 2 * results->room;
		struct item *items = realloc(results->items, room * sizeof(*items));
		if (items == NULL)
			log_fatal("memory", "no room for %zu results of orders", room);
		results->items = items;
		results->room = room;
	}
	results->items[results->count++] = *item;
}

size_t
order_results_count(const struct order_results *results)
{
	return results->count;
}

static enum rc
settle(struct db *db, const struct item *item)
{
	const struct item_order *order = &item->u.order;
	const struct command_end end = { .command_id = order->command_id,
		.epoch = item->epoch,
		.state = (enum command_state)order->state,
		.began_at = order->began_at,
		.ended_at = order->ended_at,
		.retry_at = order->retry_at,
		.attempt = order->attempt,
		.step = order->step,
		.result = order->result };

	return command_settle(db, &end);
}

static enum rc
store_found(struct db *db, const struct item *item)
{
	const struct item_found *from = &item->u.found;
	const struct command_found found = { .command_id = from->command_id,
		.epoch = item->epoch,
		.unit = from->unit,
		.step = from->step,
		.outcome = from->outcome,
		.model_code = from->model_code,
		.number = from->number,
		.answer_ms = from->answer_ms };

	return command_store_found(db, &found);
}

static enum rc
store_one(struct db *db, const struct item *item)
{
	switch (item->kind) {
	case ITEM_ORDER_STEP:
		return command_progress(
		    db, item->u.order.command_id, item->epoch, item->u.order.step);
	case ITEM_ORDER_END:
		return settle(db, item);
	case ITEM_ORDER_CONFIG:
		return command_store_config(db, item->u.config.meter_id, &item->u.config.config,
		    item->u.config.at, item->u.config.command_id);
	case ITEM_ORDER_FOUND:
		return store_found(db, item);
	case ITEM_ORDER_GUARD:
		return guard_store(db, item->u.guard.meter_id, item->u.guard.command_id,
		    item->u.guard.guard, item->u.guard.at);
	default:
		return RC_BUG;
	}
}

static enum rc
store_batch(struct db *db, void *context)
{
	struct batch *batch = context;
	const struct item *items = batch->results->items;
	enum rc rc =
	    command_hold(db, batch->results->collector_id, items[0].bus_id, items[0].epoch);

	batch->is_ours = rc != RC_NOT_FOUND;
	if (!batch->is_ours)
		return RC_OK;
	for (size_t i = 0; i < batch->count && rc == RC_OK; i++)
		rc = store_one(db, &items[i]);
	return rc;
}

/* How many from the front are of one bus. */
static size_t
count_batch(const struct order_results *results)
{
	const struct item *items = results->items;
	size_t count = 1;

	while (count < results->count && count < BATCH_MAX &&
	       items[count].bus_id == items[0].bus_id && items[count].epoch == items[0].epoch)
		count++;
	return count;
}

static void
drop(struct order_results *results, size_t count)
{
	results->count -= count;
	memmove(results->items, results->items + count, results->count * sizeof(*results->items));
}

enum rc
order_results_store(struct order_results *results, struct db *db)
{
	while (results->count > 0) {
		struct batch batch = { .results = results, .count = count_batch(results) };
		enum rc rc = db_transact(db, store_batch, &batch);
		/* One that cannot be stored (its meter was deleted by hand) must not stop the rest.
		 */
		if (rc != RC_OK && rc != RC_UNAVAILABLE && batch.count > 1) {
			batch.count = 1;
			rc = db_transact(db, store_batch, &batch);
		}
		if (rc == RC_UNAVAILABLE)
			return rc;
		if (rc != RC_OK)
			log_error("store", "a result of an order of bus %u is refused: %s",
			    results->items[0].bus_id, rc_name(rc));
		else if (!batch.is_ours)
			log_warn("store",
			    "%zu results of orders of bus %u are dropped: "
			    "another collector owns it",
			    batch.count, results->items[0].bus_id);
		drop(results, batch.count);
	}
	return RC_OK;
}
