#include "model/account.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"

#define FORECAST_KEEP (10 * CLOCK_MINUTE)

enum { MIDNIGHTS };

static const struct query Q[] QUERIES = {
	/* One key of each meter per midnight, never a scan of half hours. */
	[MIDNIGHTS] = { .sql = "SELECT m.meter_id, r.taken_at, r.credit_fen, r.purchase_count FROM "
			       "meter m "
			       "JOIN reading r ON r.meter_id = m.meter_id AND r.taken_at IN "
			       "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
			       "WHERE m.removed_at IS NULL AND m.credit_mode = 'meter' "
			       "AND r.credit_fen IS NOT NULL ORDER BY m.meter_id, r.taken_at",
	    .bounded = "15 midnights of each living meter, streamed" },
};

static struct {
	struct arena *arena;
	struct account_forecast shown;
	struct day day;
	int64_t loaded_mono;
} cache;

void
account_forecast_forget(void)
{
	cache.loaded_mono = 0;
}

/* Is this pair of midnights one whole day without a purchase? */
static bool
is_comparable(const struct midnight *from, const struct midnight *to)
{
	return clock_day(to->at).number - clock_day(from->at).number == 1 &&
	       from->purchase_count == to->purchase_count && to->credit_fen <= from->credit_fen;
}

int64_t
account_mean_spending(const struct midnight *midnights, size_t count)
{
	int64_t sum = 0, days = 0;

	for (size_t i = count; i > 1 && days < FORECAST_DAYS; i--) {
		if (!is_comparable(&midnights[i - 2], &midnights[i - 1]))
			continue;
		sum += midnights[i - 2].credit_fen - midnights[i - 1].credit_fen;
		days++;
	}
	return days >= FORECAST_DAYS_MIN ? sum / days : -1;
}

static void
add(struct account_forecast *forecast, size_t *room, int64_t meter_id,
    const struct midnight *midnights, size_t count)
{
	if (count == 0)
		return;
	if (forecast->count == *room) {
		struct account_spending *larger =
		    arena_alloc(cache.arena, 2 * *room * sizeof(*larger));
		memcpy(larger, forecast->list, *room * sizeof(*larger));
		forecast->list = larger;
		*room *= 2;
	}
	forecast->list[forecast->count++] =
	    (struct account_spending){ meter_id, account_mean_spending(midnights, count) };
}

static enum rc
load_rows(struct rows *rows)
{
	struct account_forecast forecast = { .count = 0 };
	struct midnight midnights[FORECAST_BACK + 1];
	size_t room = 256, count = 0;
	int64_t meter_id = 0;
	enum rc rc;

	forecast.list = arena_alloc(cache.arena, room * sizeof(*forecast.list));
	while ((rc = rows_next(rows)) == RC_OK) {
		if (rows_int(rows, 0) != meter_id) {
			add(&forecast, &room, meter_id, midnights, count);
			meter_id = rows_int(rows, 0);
			count = 0;
		}
		assert(count < COUNT(midnights));
		midnights[count++] =
		    (struct midnight){ rows_int(rows, 1), rows_int(rows, 2), rows_int(rows, 3) };
	}
	add(&forecast, &room, meter_id, midnights, count);
	cache.shown = forecast;
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
account_forecast(struct db *db, int64_t now, const struct account_forecast **forecast)
{
	struct day today = clock_day(now);
	struct value values[FORECAST_BACK + 1];
	struct rows *rows;
	enum rc rc;

	*forecast = &cache.shown;
	if (cache.loaded_mono != 0 && cache.day.number == today.number &&
	    clock_mono() - cache.loaded_mono < FORECAST_KEEP)
		return RC_OK;
	cache.loaded_mono = 0;
	for (int i = 0; i <= FORECAST_BACK; i++)
		values[i] = T(clock_day_start(clock_day_add(today, i - FORECAST_BACK)));
	rc = db_stream(db, &Q[MIDNIGHTS], (struct args){ values, COUNT(values) }, &rows);
	if (rc != RC_OK)
		return rc;
	if (cache.arena == NULL)
		cache.arena = arena_new();
	arena_reset(cache.arena);
	rc = load_rows(rows);
	rows_end(rows);
	if (rc == RC_OK) {
		cache.day = today;
		cache.loaded_mono = clock_mono();
	}
	return rc;
}

int64_t
account_spent_day(const struct account_forecast *forecast, int64_t meter_id)
{
	size_t low = 0, high = forecast->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (forecast->list[middle].meter_id < meter_id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == forecast->count || forecast->list[low].meter_id != meter_id)
		return -1;
	return forecast->list[low].spent_day_fen;
}
