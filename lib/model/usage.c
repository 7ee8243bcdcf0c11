#include "model/usage.h"

#include <assert.h>
#include <string.h>

/* A reading needs a moment to arrive: a step that ended just now is not yet missing. */
#define USAGE_GRACE    (5 * CLOCK_MINUTE)
#define USAGE_STEP_MIN (30 * CLOCK_MINUTE)
#define STEPS_MAX      (7 * 25) /* hours of a week, half hours of a day of 25 hours */
#define READINGS_MAX   3000	/* a week at four minutes */
#define DAYS_MAX       366

enum {
	READINGS,
	BASE,
	DAYS,
	DOUBTS,
	REGISTERS,
	EXPORT_REGISTERS,
};

/* 142 is QUALITY_UNUSABLE. */
static const struct query Q[] QUERIES = {
	[READINGS] = { .sql = "SELECT taken_at, energy_wh, sharp_wh, peak_wh, flat_wh, valley_wh, "
			      "power_w, "
			      "quality FROM reading WHERE meter_id = ? AND taken_at >= ? AND "
			      "taken_at <= ? "
			      "ORDER BY taken_at LIMIT 3000" },
	[BASE] = { .sql = "SELECT taken_at FROM reading WHERE meter_id = ? AND taken_at <= ? "
			  "AND quality & 142 = 0 ORDER BY taken_at DESC LIMIT 1" },
	[DAYS] = { .sql =
		       "SELECT day, used_wh, sharp_wh, peak_wh, flat_wh, valley_wh, max_power_w, "
		       "max_power_at, readings FROM energy_day WHERE meter_id = ? AND day >= ? "
		       "AND day < ? ORDER BY day LIMIT 366" },
	[DOUBTS] = { .sql = "SELECT taken_at, quality FROM reading WHERE meter_id = ? AND taken_at "
			    "> ? "
			    "AND taken_at <= ? AND quality & 143 <> 0 ORDER BY taken_at LIMIT 50" },
	[REGISTERS] = { .sql = "SELECT taken_at, read_at, energy_wh, sharp_wh, peak_wh, flat_wh, "
			       "valley_wh, "
			       "power_w, credit_fen, purchase_count, quality FROM reading WHERE "
			       "meter_id = ? "
			       "AND taken_at >= ? AND taken_at <= ? ORDER BY taken_at LIMIT 1000" },
	[EXPORT_REGISTERS] = { .sql =
				   "SELECT taken_at, read_at, energy_wh, sharp_wh, peak_wh, "
				   "flat_wh, valley_wh, "
				   "power_w, credit_fen, purchase_count, CASE WHEN quality & 128 "
				   "THEN 'OtherMeter' WHEN quality & 8 "
				   "THEN 'Empty' "
				   "WHEN quality & 4 THEN 'Jump' WHEN quality & 2 THEN 'Decreased' "
				   "WHEN quality & 1 THEN 'Rollover' WHEN quality & 16 THEN "
				   "'Clock' "
				   "WHEN quality & 64 THEN 'AfterGap' WHEN quality & 32 THEN "
				   "'Demo' "
				   "ELSE 'Good' END FROM reading WHERE meter_id = ? AND taken_at "
				   ">= ? "
				   "AND taken_at <= ? ORDER BY taken_at LIMIT 1000" },
};

void
usage_range(enum usage_view view, struct day day, struct usage *usage)
{
	struct day month = clock_month_start(day);

	*usage = (struct usage){ .view = view, .mean_day_wh = -1, .max_power_w = METER_NO_VALUE };
	switch (view) {
	case USAGE_DAY:
		usage->first = day;
		usage->end = clock_day_add(day, 1);
		usage->previous = clock_day_add(day, -1);
		break;
	case USAGE_WEEK:
		usage->first = clock_day_add(day, 1 - clock_weekday(day));
		usage->end = clock_day_add(usage->first, 7);
		usage->previous = clock_day_add(usage->first, -7);
		break;
	case USAGE_MONTH:
		usage->first = month;
		usage->end = clock_month_add(month, 1);
		usage->previous = clock_month_add(month, -1);
		break;
	case USAGE_YEAR:
		usage->first = clock_month_add(
		    month, 1 - clock_civil(clock_day_start(month) + CLOCK_HOUR).month);
		usage->end = clock_month_add(usage->first, 12);
		usage->previous = clock_month_add(usage->first, -12);
		break;
	}
	usage->next = usage->end;
}

static void
note_gap(struct usage *usage, int64_t from_at, int64_t to_at, int64_t used_wh)
{
	if (usage->gap_count < USAGE_GAPS_MAX)
		usage->gaps[usage->gap_count++] = (struct usage_gap){ from_at, to_at, used_wh };
}

static void
note_power(struct usage_point *point, int64_t power_w, int64_t at)
{
	if (power_w == METER_NO_VALUE)
		return;
	if (point->max_power_w == METER_NO_VALUE || power_w > point->max_power_w) {
		point->max_power_w = power_w;
		point->max_power_at = at;
	}
}

static size_t
make_steps(struct usage_point *points, int64_t from_at, int64_t to_at, int64_t step_ms, int64_t now)
{
	size_t count = 0;

	for (int64_t at = from_at; at < to_at && count < STEPS_MAX; at += step_ms) {
		int64_t end = at + step_ms < to_at ? at + step_ms : to_at;
		points[count++] = (struct usage_point){
			.from_at = at,
			.to_at = end,
			.day = clock_day(at),
			.max_power_w = METER_NO_VALUE,
			.mark = end + USAGE_GRACE > now ? USAGE_FUTURE : USAGE_GAP,
		};
	}
	return count;
}

/* Adds the interval between two usable readings to the step in which it ends. */
static void
add_interval(struct usage_point *point, const struct usage_reading *from,
    const struct usage_reading *to, struct usage *usage)
{
	int64_t used_wh = to->energy_wh - from->energy_wh;

	if ((to->quality & QUALITY_ROLLOVER) != 0 || used_wh < 0) {
		point->mark = USAGE_DOUBT;
		return;
	}
	usage->total_wh += used_wh;
	usage->has_data = true;
	if (from->taken_at < point->from_at) {
		note_gap(usage, from->taken_at, to->taken_at, used_wh);
		point->is_gap_end = true;
		return;
	}
	point->has_use = true;
	point->used_wh += used_wh;
	if (point->mark != USAGE_DOUBT)
		point->mark = USAGE_GOOD;
	point->has_periods = from->has_periods && to->has_periods;
	for (int p = 0; p < PERIODS; p++)
		point->period_wh[p] += to->period_wh[p] - from->period_wh[p];
}

void
usage_steps(const struct usage_reading *readings, size_t count, int64_t from_at, int64_t to_at,
    int64_t step_ms, int64_t now, struct usage *usage, struct usage_point *points, size_t *steps)
{
	const struct usage_reading *last = NULL;
	int64_t known_to = now < to_at ? now : to_at;

	assert(step_ms > 0);
	*steps = make_steps(points, from_at, to_at, step_ms, now);
	for (size_t i = 0; i < count; i++) {
		const struct usage_reading *reading = &readings[i];
		size_t step = (size_t)((reading->taken_at - 1 - from_at) / step_ms);

		if (reading->taken_at <= from_at) {
			if ((reading->quality & QUALITY_UNUSABLE) == 0)
				last = reading;
			continue;
		}
		if (reading->taken_at > to_at || step >= *steps)
			break;
		points[step].quality |= reading->quality;
		if ((reading->quality & QUALITY_UNUSABLE) != 0) {
			points[step].mark = USAGE_DOUBT;
			continue;
		}
		note_power(&points[step], reading->power_w, reading->taken_at);
		if (last != NULL)
			add_interval(&points[step], last, reading, usage);
		last = reading;
	}
	if (last != NULL && known_to - last->taken_at > step_ms + USAGE_GRACE)
		note_gap(usage, last->taken_at, known_to, -1);
}

static int64_t
int_or(const struct rows *rows, size_t column, int64_t otherwise)
{
	return rows_is_null(rows, column) ? otherwise : rows_int(rows, column);
}

static enum rc
load_readings(struct db *db, struct arena *arena, int64_t meter_id, int64_t from_at, int64_t to_at,
    struct usage_reading **readings, size_t *count)
{
	int64_t base_at = from_at;
	struct rows *rows;
	enum rc rc = db_int(db, &Q[BASE], ARGS(I(meter_id), T(from_at)), &base_at);

	if (rc == RC_NOT_FOUND)
		base_at = from_at;
	else if (rc != RC_OK)
		return rc;
	rc = db_query(db, &Q[READINGS], ARGS(I(meter_id), T(base_at), T(to_at)), &rows);
	if (rc != RC_OK)
		return rc;
	*readings = arena_alloc(arena, READINGS_MAX * sizeof(**readings));
	*count = 0;
	while ((rc = rows_next(rows)) == RC_OK && *count < READINGS_MAX) {
		struct usage_reading *reading = &(*readings)[(*count)++];
		reading->taken_at = rows_int(rows, 0);
		reading->energy_wh = rows_int(rows, 1);
		reading->has_periods = !rows_is_null(rows, 2);
		for (size_t p = 0; p < PERIODS; p++)
			reading->period_wh[p] = rows_int(rows, 2 + p);
		reading->power_w = int_or(rows, 6, METER_NO_VALUE);
		reading->quality = (uint16_t)rows_int(rows, 7);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
load_doubts(struct db *db, int64_t meter_id, struct usage *usage)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[DOUBTS],
	    ARGS(I(meter_id), T(clock_day_start(usage->first)), T(clock_day_start(usage->end))),
	    &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK && usage->doubt_count < USAGE_DOUBTS_MAX)
		usage->doubts[usage->doubt_count++] =
		    (struct usage_doubt){ rows_int(rows, 0), (uint16_t)rows_int(rows, 1) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static void
add_power(struct usage *usage, const struct usage_point *point)
{
	if (point->max_power_w == METER_NO_VALUE)
		return;
	if (usage->max_power_w == METER_NO_VALUE || point->max_power_w > usage->max_power_w) {
		usage->max_power_w = point->max_power_w;
		usage->max_power_at = point->max_power_at;
	}
}

static int64_t
step_of(int64_t reading_period_ms)
{
	return reading_period_ms > USAGE_STEP_MIN ? reading_period_ms : USAGE_STEP_MIN;
}

static enum rc
load_day(struct db *db, struct arena *arena, int64_t meter_id, int64_t reading_period_ms,
    int64_t now, struct usage *usage)
{
	int64_t from_at = clock_day_start(usage->first), to_at = clock_day_start(usage->end);
	struct usage_reading *readings;
	size_t count;
	enum rc rc = load_readings(db, arena, meter_id, from_at, to_at, &readings, &count);

	if (rc != RC_OK)
		return rc;
	usage->points = arena_alloc(arena, STEPS_MAX * sizeof(*usage->points));
	usage_steps(readings, count, from_at, to_at, step_of(reading_period_ms), now, usage,
	    usage->points, &usage->count);
	return RC_OK;
}

/* The hours of a week only fill the second table: sums and gaps are those of the days. */
static enum rc
load_hours(struct db *db, struct arena *arena, int64_t meter_id, int64_t reading_period_ms,
    int64_t now, struct usage *usage)
{
	struct usage hours;
	int64_t step_ms = step_of(reading_period_ms);
	enum rc rc;

	usage_range(USAGE_WEEK, usage->first, &hours);
	int64_t from_at = clock_day_start(hours.first), to_at = clock_day_start(hours.end);
	struct usage_reading *readings;
	size_t count;
	if ((rc = load_readings(db, arena, meter_id, from_at, to_at, &readings, &count)) != RC_OK)
		return rc;
	usage->hours = arena_alloc(arena, STEPS_MAX * sizeof(*usage->hours));
	usage_steps(readings, count, from_at, to_at, step_ms > CLOCK_HOUR ? step_ms : CLOCK_HOUR,
	    now, &hours, usage->hours, &usage->hour_count);
	for (size_t i = 0; i < hours.gap_count; i++)
		note_gap(usage, hours.gaps[i].from_at, hours.gaps[i].to_at, hours.gaps[i].used_wh);
	return RC_OK;
}

static void
make_days(struct usage *usage, struct usage_point *days, size_t *count, int64_t reading_period_ms,
    int64_t now)
{
	int64_t period_ms = reading_period_ms > 0 ? reading_period_ms : USAGE_STEP_MIN;

	*count = 0;
	for (struct day day = usage->first; day.number < usage->end.number && *count < DAYS_MAX;
	     day = clock_day_add(day, 1)) {
		int64_t from_at = clock_day_start(day);
		int64_t to_at = clock_day_start(clock_day_add(day, 1));
		int64_t over_at = now - USAGE_GRACE < to_at ? now - USAGE_GRACE : to_at;
		days[(*count)++] = (struct usage_point){
			.from_at = from_at,
			.to_at = to_at,
			.day = day,
			.max_power_w = METER_NO_VALUE,
			.expected = over_at > from_at ? (over_at - from_at) / period_ms : 0,
			.mark = over_at - from_at < period_ms ? USAGE_FUTURE : USAGE_GAP,
		};
	}
}

static enum rc
load_days(
    struct db *db, int64_t meter_id, struct usage *usage, struct usage_point *days, size_t count)
{
	struct rows *rows;
	enum rc rc =
	    db_query(db, &Q[DAYS], ARGS(I(meter_id), D(usage->first), D(usage->end)), &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		size_t index = (size_t)(rows_day(rows, 0).number - usage->first.number);
		assert(index < count);
		struct usage_point *day = &days[index];
		day->has_use = true;
		day->used_wh = rows_int(rows, 1);
		day->has_periods = !rows_is_null(rows, 2);
		for (size_t p = 0; p < PERIODS; p++)
			day->period_wh[p] = rows_int(rows, 2 + p);
		day->max_power_w = int_or(rows, 6, METER_NO_VALUE);
		day->max_power_at = rows_int(rows, 7);
		day->readings = rows_int(rows, 8);
		day->mark = day->readings < day->expected ? USAGE_PARTIAL : USAGE_GOOD;
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Marks the days whose readings are in doubt. */
static void
mark_doubts(const struct usage *usage, struct usage_point *days, size_t count)
{
	for (size_t i = 0; i < usage->doubt_count; i++) {
		struct day day = clock_day(usage->doubts[i].taken_at - 1);
		size_t index = (size_t)(day.number - usage->first.number);
		if (index >= count)
			continue;
		days[index].quality |= usage->doubts[i].quality;
		if ((usage->doubts[i].quality & QUALITY_UNUSABLE) != 0)
			days[index].mark = USAGE_DOUBT;
	}
}

static void
note_missing_days(struct usage *usage, const struct usage_point *days, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t from = i;
		while (i < count && days[i].mark == USAGE_GAP)
			i++;
		/* Before the first reading ever there is nothing to miss, and after the last
		 * nothing came yet: both ends are shown as empty rows, only holes are named. */
		if (i > from && from > 0 && i < count && days[i].mark != USAGE_FUTURE)
			note_gap(usage, days[from].from_at, days[i - 1].to_at, -1);
	}
}

/* Sums of the days; the mean takes the days that are over. */
static void
sum_days(struct usage *usage, const struct usage_point *days, size_t count, int64_t now)
{
	int64_t sum_wh = 0, over = 0;

	for (size_t i = 0; i < count; i++) {
		if (!days[i].has_use)
			continue;
		usage->has_data = true;
		usage->total_wh += days[i].used_wh;
		add_power(usage, &days[i]);
		if (days[i].to_at <= now) {
			sum_wh += days[i].used_wh;
			over++;
		}
		if (!days[i].has_periods)
			continue;
		usage->has_periods = true;
		for (int p = 0; p < PERIODS; p++)
			usage->period_wh[p] += days[i].period_wh[p];
	}
	usage->mean_day_wh = over > 0 ? sum_wh / over : -1;
}

static void
add_day(struct usage_point *month, const struct usage_point *day)
{
	month->to_at = day->to_at;
	month->expected += day->expected;
	month->readings += day->readings;
	month->quality |= day->quality;
	if (!day->has_use) {
		if (month->mark == USAGE_GOOD && day->mark == USAGE_GAP)
			month->mark = USAGE_PARTIAL;
		return;
	}
	if (month->mark != USAGE_GOOD)
		month->mark = month->expected > month->readings ? USAGE_PARTIAL : USAGE_GOOD;
	if (day->mark == USAGE_PARTIAL || day->mark == USAGE_DOUBT)
		month->mark = USAGE_PARTIAL;
	month->has_use = true;
	month->used_wh += day->used_wh;
	month->has_periods |= day->has_periods;
	for (int p = 0; p < PERIODS; p++)
		month->period_wh[p] += day->period_wh[p];
	note_power(month, day->max_power_w, day->max_power_at);
}

static void
fold_months(struct usage *usage, struct arena *arena, const struct usage_point *days, size_t count)
{
	usage->points = arena_alloc(arena, 12 * sizeof(*usage->points));
	for (size_t i = 0; i < count; i++) {
		struct day month = clock_month_start(days[i].day);
		if (month.number == days[i].day.number) {
			assert(usage->count < 12);
			usage->points[usage->count++] = (struct usage_point){
				.from_at = days[i].from_at,
				.day = month,
				.max_power_w = METER_NO_VALUE,
				.mark = days[i].mark == USAGE_FUTURE ? USAGE_FUTURE : USAGE_GAP,
			};
		}
		add_day(&usage->points[usage->count - 1], &days[i]);
	}
}

/* A day has its sums from the half hours on the page, and its highest power and periods from the
 * roll-up, which saw every answer. */
static enum rc
load_day_sums(
    struct db *db, int64_t meter_id, int64_t reading_period_ms, int64_t now, struct usage *usage)
{
	struct usage_point day;
	size_t count;
	enum rc rc;

	make_days(usage, &day, &count, reading_period_ms, now);
	if ((rc = load_days(db, meter_id, usage, &day, count)) != RC_OK || !day.has_use)
		return rc;
	usage->total_wh = day.used_wh;
	usage->has_periods = day.has_periods;
	memcpy(usage->period_wh, day.period_wh, sizeof(usage->period_wh));
	add_power(usage, &day);
	return RC_OK;
}

enum rc
usage_load(struct db *db, struct arena *arena, int64_t meter_id, int64_t reading_period_ms,
    enum usage_view view, struct day day, int64_t now, struct usage *usage)
{
	struct usage_point *days;
	size_t count;
	enum rc rc;

	usage_range(view, day, usage);
	if ((rc = load_doubts(db, meter_id, usage)) != RC_OK)
		return rc;
	if (view == USAGE_DAY) {
		rc = load_day(db, arena, meter_id, reading_period_ms, now, usage);
		return rc == RC_OK ? load_day_sums(db, meter_id, reading_period_ms, now, usage)
				   : rc;
	}
	days = arena_alloc(arena, DAYS_MAX * sizeof(*days));
	make_days(usage, days, &count, reading_period_ms, now);
	if ((rc = load_days(db, meter_id, usage, days, count)) != RC_OK)
		return rc;
	mark_doubts(usage, days, count);
	sum_days(usage, days, count, now);
	if (view == USAGE_WEEK)
		rc = load_hours(db, arena, meter_id, reading_period_ms, now, usage);
	else
		note_missing_days(usage, days, count);
	if (view == USAGE_YEAR) {
		fold_months(usage, arena, days, count);
	} else {
		usage->points = days;
		usage->count = count;
	}
	return rc;
}

enum rc
usage_registers(struct db *db, int64_t meter_id, struct day day, struct rows **rows)
{
	return db_query(db, &Q[REGISTERS],
	    ARGS(I(meter_id), T(clock_day_start(day)), T(clock_day_start(clock_day_add(day, 1)))),
	    rows);
}

enum rc
usage_registers_export(struct db *db, int64_t meter_id, struct day day, struct rows **rows)
{
	return db_query(db, &Q[EXPORT_REGISTERS],
	    ARGS(I(meter_id), T(clock_day_start(day)), T(clock_day_start(clock_day_add(day, 1)))),
	    rows);
}
