#include "model/meter.h"

#include <string.h>

#include "base/text.h"
#include "model/account.h"
#include "model/meter_keep.h"
#include "model/meter_row.h"

/* More meters than one installation has (DESIGN.md: 10,000), so that a wall never eats the memory.
 */
#define SNAPSHOT_MAX   20000
#define SNAPSHOT_KEEP  (1 * CLOCK_SECOND)
#define SNAPSHOT_SHARE 10 /* loading may take a tenth of the time */

enum { SNAPSHOT };

static const struct query Q[] QUERIES = {
	[SNAPSHOT] = { .sql =
			   "SELECT " METER_COLUMNS " FROM v_meter_now n LEFT JOIN energy_day e "
			   "ON e.day = ? AND e.meter_id = n.meter_id WHERE n.removed_at IS NULL "
			   "ORDER BY n.site_order, n.building_order, n.floor_order, n.room_order, "
			   "n.room, n.meter_id LIMIT ?" },
};

/* The cache of this file. */
static struct {
	struct arena *arena;
	struct meter *list;
	struct meter_snapshot shown;
	int64_t loaded_mono, keep_ms;
} cache;

void
meter_snapshot_forget(void)
{
	cache.loaded_mono = 0;
	account_forecast_forget();
}

/* The folded text a search looks into; lines keep the parts apart. */
static const char *
search_text(struct arena *arena, const struct meter *meter, const struct rows *rows)
{
	char *typed = arena_printf(arena, "%s\n%s\n%s\n%s\n%s\n%s\n%s", meter->room, meter->name,
	    meter->tenant, meter->number, rows_text(rows, ROW_TENANT_INITIALS),
	    rows_text(rows, ROW_PLACE_INITIALS), meter->account_number);
	size_t size = 3 * strlen(typed) + 1;
	char *folded = arena_alloc(arena, size);

	text_fold(typed, folded, size);
	return folded;
}

static enum rc
load(struct db *db, int64_t now)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[SNAPSHOT], ARGS(D(clock_day(now)), I(SNAPSHOT_MAX)), &rows);
	size_t room = 256, count = 0;

	if (rc != RC_OK)
		return rc;
	if (cache.arena == NULL)
		cache.arena = arena_new();
	arena_reset(cache.arena);
	cache.shown = (struct meter_snapshot){ .taken_at = now };
	cache.list = arena_alloc(cache.arena, room * sizeof(*cache.list));
	while ((rc = rows_next(rows)) == RC_OK) {
		if (count == room) {
			struct meter *larger = arena_alloc(cache.arena, 2 * room * sizeof(*larger));
			memcpy(larger, cache.list, room * sizeof(*larger));
			cache.list = larger;
			room *= 2;
		}
		struct meter *meter = &cache.list[count++];
		meter_load(rows, cache.arena, meter);
		meter->search = search_text(cache.arena, meter, rows);
	}
	rows_end(rows);
	cache.shown.list = cache.list;
	cache.shown.count = count;
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
load_spending(struct db *db, int64_t now)
{
	const struct account_forecast *forecast;
	enum rc rc = account_forecast(db, now, &forecast);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < cache.shown.count; i++)
		cache.list[i].spent_day_fen = account_spent_day(forecast, cache.list[i].meter_id);
	return RC_OK;
}

static enum rc
load_keeps(struct db *db)
{
	struct meter_keep *keeps;
	size_t count;
	enum rc rc = meter_keep_list(db, cache.arena, &keeps, &count);

	for (size_t i = 0; i < cache.shown.count && rc == RC_OK && count > 0; i++) {
		const struct meter_keep *keep =
		    meter_keep_find(keeps, count, cache.list[i].meter_id);
		cache.list[i].kept_until = keep != NULL ? keep->ends_at : 0;
	}
	return rc;
}

/* Makes the cache fresh. */
static enum rc
refresh(struct db *db, int64_t now)
{
	int64_t began = clock_mono();
	enum rc rc;

	if (cache.loaded_mono != 0 && began - cache.loaded_mono < cache.keep_ms)
		return RC_OK;
	cache.loaded_mono = 0;
	if ((rc = load(db, now)) != RC_OK || (rc = load_spending(db, now)) != RC_OK ||
	    (rc = load_keeps(db)) != RC_OK)
		return rc;
	cache.loaded_mono = clock_mono();
	cache.keep_ms = SNAPSHOT_SHARE * (cache.loaded_mono - began);
	if (cache.keep_ms < SNAPSHOT_KEEP)
		cache.keep_ms = SNAPSHOT_KEEP;
	return RC_OK;
}

enum rc
meter_snapshot(struct db *db, struct arena *arena, const struct scope *scope, int64_t now,
    const struct meter_snapshot **snapshot)
{
	struct meter_snapshot *part;
	struct meter *list;
	enum rc rc = refresh(db, now);

	*snapshot = &cache.shown;
	if (rc != RC_OK || !scope_is_limited(scope))
		return rc;
	part = arena_alloc(arena, sizeof(*part));
	list = arena_alloc(arena, (cache.shown.count + 1) * sizeof(*list));
	*part = (struct meter_snapshot){ .list = list, .taken_at = cache.shown.taken_at };
	for (size_t i = 0; i < cache.shown.count; i++)
		if (scope_has(scope, meter_scope_id(&cache.list[i])))
			list[part->count++] = cache.list[i];
	*snapshot = part;
	return RC_OK;
}
