/* The use of a meter goes on where that of the one it replaced ended. */
#include <string.h>

#include "model/usage.h"

enum { BEFORE, BASE, EXPORT_STEPS, EXPORT_DAYS, EXPORT_MONTHS };

#define CHAIN "meter_id IN (?, ?, ?, ?)"

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[BEFORE] = { .sql =
			 "SELECT c.old_meter_id, o.number, n.number, COALESCE((SELECT MIN(am.began_at)"
			 " FROM account_meter am WHERE am.meter_id = c.new_meter_id"
			 " AND am.account_id = c.account_id), c.began_at) FROM meter_change c"
			 " JOIN meter o ON o.meter_id = c.old_meter_id"
			 " JOIN meter n ON n.meter_id = c.new_meter_id"
			 " WHERE c.new_meter_id = ? AND c.kind = 'replacement' AND c.state <> 'cancelled'"
			 " ORDER BY c.meter_change_id DESC LIMIT 1" },
	/* 142 is QUALITY_UNUSABLE. */
	[BASE] = { .sql =
		       "SELECT MIN(b.taken_at) FROM (SELECT MAX(taken_at) AS taken_at FROM reading"
		       " WHERE " CHAIN
		       " AND taken_at <= ? AND quality & 142 = 0 GROUP BY meter_id) AS b",
	    .bounded = "one row" },
	[EXPORT_STEPS] = { .sql =
			       "SELECT from_at, taken_at, energy_wh - from_wh AS used_wh,"
			       " sharp_wh - from_sharp AS sharp_wh, peak_wh - from_peak AS peak_wh,"
			       " flat_wh - from_flat AS flat_wh, valley_wh - from_valley AS valley_wh, power_w"
			       " FROM (SELECT taken_at, energy_wh, sharp_wh, peak_wh, flat_wh, valley_wh, power_w,"
			       " LAG(taken_at) OVER w AS from_at, LAG(energy_wh) OVER w AS from_wh,"
			       " LAG(sharp_wh) OVER w AS from_sharp, LAG(peak_wh) OVER w AS from_peak,"
			       " LAG(flat_wh) OVER w AS from_flat, LAG(valley_wh) OVER w AS from_valley"
			       " FROM reading WHERE " CHAIN " AND taken_at >= ? AND taken_at <= ?"
			       " AND quality & 142 = 0 WINDOW w AS (PARTITION BY meter_id ORDER BY taken_at))"
			       " AS steps WHERE from_at IS NOT NULL AND taken_at > ? ORDER BY taken_at LIMIT 3000" },
	[EXPORT_DAYS] = { .sql =
			      "SELECT day, CAST(SUM(used_wh) AS SIGNED), CAST(SUM(sharp_wh) AS SIGNED),"
			      " CAST(SUM(peak_wh) AS SIGNED), CAST(SUM(flat_wh) AS SIGNED),"
			      " CAST(SUM(valley_wh) AS SIGNED), MAX(max_power_w),"
			      " CAST(SUBSTRING_INDEX(GROUP_CONCAT(max_power_at ORDER BY max_power_w DESC), ',', 1)"
			      " AS DATETIME(3)),"
			      " CAST(SUM(readings) AS SIGNED) FROM energy_day WHERE " CHAIN
			      " AND day >= ? AND day < ? GROUP BY day ORDER BY day LIMIT 366" },
	[EXPORT_MONTHS] = { .sql =
				"SELECT DATE_FORMAT(day, '%Y-%m') AS month, CAST(SUM(used_wh) AS SIGNED),"
				" CAST(SUM(sharp_wh) AS SIGNED), CAST(SUM(peak_wh) AS SIGNED),"
				" CAST(SUM(flat_wh) AS SIGNED), CAST(SUM(valley_wh) AS SIGNED),"
				" MAX(max_power_w), COUNT(DISTINCT day) FROM energy_day WHERE " CHAIN
				" AND day >= ? AND day < ? GROUP BY month ORDER BY month LIMIT 12" },
};
/* clang-format on */

_Static_assert(QUALITY_UNUSABLE == 142 && USAGE_CHAIN_MAX == 4, "the statements name them");

static enum rc
load_before(struct db *db, struct arena *arena, int64_t meter_id, int64_t *old_id,
    struct usage_change *change)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[BEFORE], ARGS(I(meter_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		*old_id = rows_int(rows, 0);
		*change = (struct usage_change){ .at = rows_int(rows, 3),
			.old_number = arena_strdup(arena, rows_text(rows, 1)),
			.new_number = arena_strdup(arena, rows_text(rows, 2)) };
	}
	rows_end(rows);
	return rc;
}

enum rc
usage_chain(struct db *db, struct arena *arena, int64_t meter_id, int64_t ids[USAGE_CHAIN_MAX],
    struct usage_change changes[USAGE_CHAIN_MAX], size_t *count)
{
	struct usage_change change;
	enum rc rc = RC_OK;

	memset(ids, 0, USAGE_CHAIN_MAX * sizeof(*ids));
	ids[0] = meter_id;
	*count = 0;
	while (*count + 1 < USAGE_CHAIN_MAX && rc == RC_OK) {
		rc = load_before(db, arena, ids[*count], &ids[*count + 1], &change);
		if (rc != RC_OK)
			break;
		if (changes != NULL)
			changes[*count] = change;
		(*count)++;
	}
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- adding ---- */

static void
add_power(int64_t *power_w, int64_t *at, int64_t other_w, int64_t other_at)
{
	if (other_w == METER_NO_VALUE || (*power_w != METER_NO_VALUE && *power_w >= other_w))
		return;
	*power_w = other_w;
	*at = other_at;
}

static void
add_point(struct usage_point *point, const struct usage_point *other)
{
	point->readings += other->readings;
	point->quality |= other->quality;
	add_power(
	    &point->max_power_w, &point->max_power_at, other->max_power_w, other->max_power_at);
	if (!other->has_use)
		return;
	if (!point->has_use)
		point->mark = other->mark;
	else if (point->mark == USAGE_PARTIAL && point->readings >= point->expected)
		point->mark = USAGE_GOOD;
	if (point->mark == USAGE_PARTIAL && point->readings >= point->expected)
		point->mark = USAGE_GOOD;
	point->has_use = true;
	point->used_wh += other->used_wh;
	point->has_periods |= other->has_periods;
	for (int p = 0; p < PERIODS; p++)
		point->period_wh[p] += other->period_wh[p];
}

/* A meter that is gone answers no more: what is missing after it is no gap. */
static void
add_gaps(struct usage *usage, const struct usage *other)
{
	for (size_t i = 0; i < other->gap_count && usage->gap_count < USAGE_GAPS_MAX; i++)
		if (other->gaps[i].used_wh >= 0)
			usage->gaps[usage->gap_count++] = other->gaps[i];
	for (size_t i = 0; i < other->doubt_count && usage->doubt_count < USAGE_DOUBTS_MAX; i++)
		usage->doubts[usage->doubt_count++] = other->doubts[i];
}

/* Of days that are over. Months do not say how many days they hold. */
static int64_t
mean_of(const struct usage *usage, int64_t now)
{
	int64_t sum_wh = 0, days = 0;

	if (usage->view == USAGE_YEAR || usage->view == USAGE_DAY)
		return -1;
	for (size_t i = 0; i < usage->count; i++)
		if (usage->points[i].has_use && usage->points[i].to_at <= now) {
			sum_wh += usage->points[i].used_wh;
			days++;
		}
	return days > 0 ? sum_wh / days : -1;
}

void
usage_add(struct usage *usage, const struct usage *other, int64_t now)
{
	for (size_t i = 0; i < usage->count && i < other->count; i++)
		add_point(&usage->points[i], &other->points[i]);
	for (size_t i = 0; i < usage->hour_count && i < other->hour_count; i++)
		add_point(&usage->hours[i], &other->hours[i]);
	add_gaps(usage, other);
	usage->total_wh += other->total_wh;
	usage->has_data |= other->has_data;
	usage->has_periods |= other->has_periods;
	for (int p = 0; p < PERIODS; p++)
		usage->period_wh[p] += other->period_wh[p];
	add_power(
	    &usage->max_power_w, &usage->max_power_at, other->max_power_w, other->max_power_at);
	usage->mean_day_wh = mean_of(usage, now);
}

enum rc
usage_load_chain(struct db *db, struct arena *arena, int64_t meter_id, int64_t reading_period_ms,
    enum usage_view view, struct day day, int64_t now, struct usage *usage)
{
	struct usage *before = arena_alloc(arena, sizeof(*before));
	struct usage_change changes[USAGE_CHAIN_MAX];
	int64_t ids[USAGE_CHAIN_MAX];
	size_t count;
	enum rc rc = usage_chain(db, arena, meter_id, ids, changes, &count);

	if (rc == RC_OK)
		rc = usage_load(db, arena, meter_id, reading_period_ms, view, day, now, usage);
	for (size_t i = 0; i < count && rc == RC_OK; i++) {
		/* Nothing of the old one lies in a period that began after it. */
		if (changes[i].at < clock_day_start(usage->first))
			break;
		rc = usage_load(db, arena, ids[i + 1], reading_period_ms, view, day, now, before);
		if (rc != RC_OK)
			break;
		usage_add(usage, before, now);
		if (changes[i].at < clock_day_start(usage->end))
			usage->changes[usage->change_count++] = changes[i];
	}
	return rc;
}

/* ---- exports ---- */

enum rc
usage_export(struct db *db, int64_t meter_id, const struct usage *usage, struct rows **rows)
{
	int64_t from_at = clock_day_start(usage->first), base_at = 0, ids[USAGE_CHAIN_MAX];
	struct arena *arena = arena_new();
	size_t count;
	enum rc rc = usage_chain(db, arena, meter_id, ids, NULL, &count);

	arena_free(arena);
	if (rc != RC_OK)
		return rc;
	if (usage->view != USAGE_DAY)
		return db_stream(db, &Q[usage->view == USAGE_YEAR ? EXPORT_MONTHS : EXPORT_DAYS],
		    ARGS(
			I(ids[0]), I(ids[1]), I(ids[2]), I(ids[3]), D(usage->first), D(usage->end)),
		    rows);
	rc = db_int(
	    db, &Q[BASE], ARGS(I(ids[0]), I(ids[1]), I(ids[2]), I(ids[3]), T(from_at)), &base_at);
	if (rc != RC_OK)
		return rc;
	return db_stream(db, &Q[EXPORT_STEPS],
	    ARGS(I(ids[0]), I(ids[1]), I(ids[2]), I(ids[3]), T(base_at != 0 ? base_at : from_at),
		T(clock_day_start(usage->end)), T(from_at)),
	    rows);
}
