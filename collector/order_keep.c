#include "order_keep.h"

#include <sys/random.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "model/config_want.h"

#define AGAIN_MS     (6 * CLOCK_HOUR) /* what failed is not sent again before */
#define SLICE_METERS 200
#define TOU_STEPS    3

/* What one look is about. */
struct look {
	struct db *db;
	struct arena *arena;
	struct charge *charges;
	size_t charge_count;
	int64_t now, next_at;
	struct command_order *orders;
	size_t count;
};

static bool
is_ours(const struct look *look, int64_t bus_id)
{
	const struct charge *charge =
	    orders_find_charge(look->charges, look->charge_count, (uint32_t)bus_id);

	return charge != NULL && charge->bus != NULL;
}

/* A person decides that a part is written into a meter for the first time. */
static bool
is_to_keep(const struct config_side *side)
{
	return side->sent_at != 0 && side->is_held && !side->is_open && config_is_due(side);
}

static enum rc
look_at_part(struct look *look, const struct config_want *want, enum config_part part)
{
	const struct config_side *side = &want->parts[part];
	enum command_kind kind = command_kind_of_part(part);
	bool has_failed;

	if (!is_to_keep(side) || look->count == COMMAND_BATCH_MAX)
		return RC_OK;
	char *payload = arena_alloc(look->arena, CONFIG_TEXT_MAX);
	config_format(&side->wanted, payload);
	enum rc rc = command_has_failed(
	    look->db, want->meter_id, kind, payload, look->now - AGAIN_MS, &has_failed);
	if (rc != RC_OK || has_failed)
		return rc;
	look->orders[look->count++] = (struct command_order){ .kind = kind,
		.bus_id = want->bus_id,
		.meter_id = want->meter_id,
		.payload = payload,
		.steps = part == CONFIG_TOU ? TOU_STEPS : 1 };
	return RC_OK;
}

static enum rc
look_at_slice(struct look *look, const struct config_want *wants, size_t count)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; i < count && rc == RC_OK; i++) {
		if (!is_ours(look, wants[i].bus_id))
			continue;
		if (wants[i].price_until != 0 && wants[i].price_until < look->next_at)
			look->next_at = wants[i].price_until;
		rc = look_at_part(look, &wants[i], CONFIG_PRICES);
		if (rc == RC_OK)
			rc = look_at_part(look, &wants[i], CONFIG_TOU);
	}
	return rc;
}

/* Slice by slice: all meters of a large site at once would take as much memory as all the rest. */
static enum rc
look_at_meters(struct look *look)
{
	struct arena *slice = arena_new();
	struct config_wants *source;
	struct config_want *wants;
	size_t count = 1;
	int64_t after_id = 0;
	enum rc rc = config_wants_open(look->db, look->arena, look->now, &source);

	while (rc == RC_OK && count > 0) {
		arena_reset(slice);
		rc = config_wants_next(source, slice, true, after_id, SLICE_METERS, &wants, &count);
		if (rc != RC_OK || count == 0)
			break;
		after_id = wants[count - 1].meter_id;
		rc = look_at_slice(look, wants, count);
	}
	arena_free(slice);
	return rc;
}

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

enum rc
orders_keep(struct db *db, struct charge *charges, size_t count, int64_t now, size_t *made,
    int64_t *next_at)
{
	struct look look = { .db = db,
		.arena = arena_new(),
		.charges = charges,
		.charge_count = count,
		.now = now,
		.next_at = now + ORDERS_KEEP_MS };

	look.orders = arena_alloc(look.arena, COMMAND_BATCH_MAX * sizeof(*look.orders));
	enum rc rc = look_at_meters(&look);
	if (rc == RC_OK && look.count > 0)
		rc = db_transact(db, insert, &look);
	if (rc == RC_OK && look.count > 0)
		log_info("dispatcher", "%zu orders to keep prices and tables right", look.count);
	*made = rc == RC_OK ? look.count : 0;
	*next_at = look.next_at;
	arena_free(look.arena);
	return rc;
}
