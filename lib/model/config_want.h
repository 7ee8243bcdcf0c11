/*
 * config_want.h - what meters shall hold, and what they hold: the two sides of the parameters page.
 *
 * What they shall hold comes from the tariff (config_plan.h), the meter's own row and the settings
 * of the site; what they hold is what was read back from them last. Reads only.
 */
#ifndef VOLTILL_CONFIG_WANT_H
#define VOLTILL_CONFIG_WANT_H

#include "base/arena.h"
#include "base/db.h"
#include "model/config_plan.h"

/* Why nothing is wanted; words under T.Order.Why. */
enum config_why { WHY_NONE, WHY_MODEL, WHY_MODE, WHY_TARIFF, WHYS };
const char *config_why_name(enum config_why why); /* "" "model" "mode" "tariff" */

struct config_side {
	enum config_why why; /* WHY_NONE: wanted is set */
	struct config wanted;
	bool is_held;
	struct config held;
	int64_t read_at, sent_at; /* sent_at 0: nobody had it written yet */
	bool is_same;		  /* both are there, and agree */
	bool is_open;		  /* an order to write it is on its way */
};

struct config_want {
	int64_t meter_id, bus_id;
	const struct config_model *model; /* NULL: nothing can be set */
	int64_t price_until; /* when the planned price or table changes next; 0: no tariff */
	struct config_side parts[CONFIG_PARTS];
};

/* A part that is wanted and differs from what is held, or was never read. */
bool config_is_due(const struct config_side *side);

/* One meter, or all living ones (meter_id 0), ascending by number. They live as long as the arena.
 */
enum rc config_want(struct db *db, struct arena *arena, int64_t meter_id, int64_t now,
    struct config_want **wants, size_t *count);

/* The same in slices, for whoever goes through all and keeps none: what all share is read once and
 * lives in the arena of open; each slice in its own. only_sent: meters that a person had written
 * to. From after_id on, at most `most`; *count 0: that were all. */
struct config_wants;
enum rc config_wants_open(
    struct db *db, struct arena *arena, int64_t now, struct config_wants **source);
enum rc config_wants_next(struct config_wants *source, struct arena *arena, bool only_sent,
    int64_t after_id, size_t most, struct config_want **wants, size_t *count);

/* The meter of that number in the list, NULL if it is not there. */
const struct config_want *config_want_find(
    const struct config_want *wants, size_t count, int64_t meter_id);

#endif
