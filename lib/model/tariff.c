#include "model/tariff.h"

#include <assert.h>
#include <string.h>

#include "base/money.h"
#include "base/text.h"

#define DAY_MS	       86400000LL
#define MINUTES_OF_DAY 1440

/* ---- versions ---- */

static int64_t
tier_total(const struct tariff_version *version, size_t tier, size_t period)
{
	bool is_own = version->tier_kind == TARIFF_OWN_PRICE;
	int64_t sum = tier > 0 ? version->tiers[tier - 1].price_uyuan[period] : 0;

	for (size_t c = tier > 0 && is_own ? 1 : 0; c < version->component_count; c++)
		sum += version->components[c].price_uyuan[period];
	return sum;
}

void
tariff_ready(struct tariff_version *version)
{
	assert(version->tier_count <= TARIFF_TIERS_MAX);
	assert(version->component_count <= TARIFF_COMPONENTS_MAX);
	for (size_t tier = 0; tier <= version->tier_count; tier++)
		for (size_t period = 0; period < TARIFF_PERIODS; period++)
			version->total_uyuan[tier][period] = tier_total(version, tier, period);
}

void
tariff_fixed(struct tariff_version *version, const char *name, int64_t price_uyuan)
{
	*version = (struct tariff_version){
		.season_count = 1,
		.table_count = 1,
		.component_count = 1,
		.year_month = 1,
		.year_day = 1,
		.seasons[0] = { .from_month = 1, .from_day = 1 },
		.tables[0] = { .count = 1, .slots[0] = { 0, TARIFF_FLAT } },
	};
	(void)text_copy(version->components[0].name, sizeof(version->components[0].name), name);
	for (size_t period = 0; period < TARIFF_PERIODS; period++)
		version->components[0].price_uyuan[period] = price_uyuan;
	tariff_ready(version);
}

/* ---- days ---- */

enum tariff_day_kind
tariff_day_kind(const struct tariff_calendar *calendar, struct day day)
{
	size_t low = 0, high = calendar->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (calendar->dates[middle].day < day.number)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < calendar->count && calendar->dates[low].day == day.number)
		return calendar->dates[low].is_workday ? TARIFF_WORKDAY : TARIFF_HOLIDAY;
	return clock_weekday(day) >= 6 ? TARIFF_WEEKEND : TARIFF_WORKDAY;
}

static struct civil
civil_day(struct day day)
{
	return clock_utc(day.number * DAY_MS);
}

static bool
is_before(const struct civil *civil, int month, int day)
{
	return civil->month < month || (civil->month == month && civil->day < day);
}

const struct tariff_season *
tariff_season(const struct tariff_version *version, struct day day)
{
	struct civil civil = civil_day(day);
	size_t i = version->season_count;

	assert(version->season_count > 0);
	while (i > 0 && is_before(&civil, version->seasons[i - 1].from_month,
			    version->seasons[i - 1].from_day))
		i--;
	/* Before the first season of the year the last one of the year before goes on. */
	return &version->seasons[i > 0 ? i - 1 : version->season_count - 1];
}

struct day
tariff_year_start(const struct tariff_version *version, struct day day)
{
	struct civil civil = civil_day(day);
	struct civil first = {
		.year = civil.year, .month = version->year_month, .day = version->year_day
	};

	first.year -= is_before(&civil, first.month, first.day);
	return (struct day){ (int32_t)(clock_from_utc(&first) / DAY_MS) };
}

/* ---- the plan: periods of a day as instants ---- */

void
tariff_plan(struct tariff_plan *plan, const struct tariff_span *spans, size_t count,
    const struct tariff_calendar *calendar)
{
	*plan = (struct tariff_plan){ .spans = spans, .count = count, .calendar = calendar };
}

/* Index of the span that holds the instant; count when it is before all of them. */
static size_t
find_span(const struct tariff_plan *plan, int64_t at)
{
	size_t low = 0, high = plan->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (plan->spans[middle].from_at <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? low - 1 : plan->count;
}

static size_t
find_slot(const struct tariff_table *table, int64_t minute)
{
	size_t i = table->count;

	assert(table->count > 0 && table->slots[0].start_min == 0);
	while (table->slots[i - 1].start_min > minute)
		i--;
	return i - 1;
}

static void
put_mark(struct tariff_plan *plan, int64_t from_at, uint8_t period)
{
	if (plan->mark_count > 0 && plan->marks[plan->mark_count - 1].period == period)
		return;
	assert(plan->mark_count < TARIFF_MARKS_MAX);
	plan->marks[plan->mark_count++] = (struct tariff_mark){ from_at, period };
}

/* The instant at which the wall clock of that offset showed 0:00 before at. In a few zones the
 * clock was put back over midnight: then the evening before comes again within the new day. */
static int64_t
midnight_before(int64_t at, struct day day, int64_t offset_ms)
{
	int64_t midnight_at = day.number * DAY_MS - offset_ms;

	return at < midnight_at ? midnight_at - DAY_MS : midnight_at;
}

/* The clock may be put forward or back within the day, so the wall clock is followed stretch by
 * stretch of one offset. */
static void
mark_day(struct tariff_plan *plan, const struct tariff_table *table, struct day day)
{
	int64_t at = plan->from_at;

	plan->mark_count = 0;
	while (at < plan->to_at) {
		int64_t until_at, offset_ms = clock_offset(at, &until_at);
		int64_t midnight_at = midnight_before(at, day, offset_ms);
		size_t slot = find_slot(table, (at - midnight_at) / CLOCK_MINUTE);
		int64_t end_min =
		    slot + 1 < table->count ? table->slots[slot + 1].start_min : MINUTES_OF_DAY;
		int64_t end_at = midnight_at + end_min * CLOCK_MINUTE;
		put_mark(plan, at, table->slots[slot].period);
		at = end_at < until_at ? end_at : until_at;
	}
	plan->marks[plan->mark_count].from_at = plan->to_at;
}

static enum rc
load_day(struct tariff_plan *plan, int64_t at)
{
	size_t span = find_span(plan, at);
	struct day day = clock_day(at);

	plan->from_at = plan->to_at = 0;
	if (span == plan->count || plan->spans[span].version == NULL)
		return RC_NOT_FOUND;
	const struct tariff_version *version = plan->version = plan->spans[span].version;
	int64_t from_at = clock_day_start(day), to_at = clock_day_start(clock_day_add(day, 1));
	plan->from_at = from_at > plan->spans[span].from_at ? from_at : plan->spans[span].from_at;
	plan->to_at = span + 1 < plan->count && plan->spans[span + 1].from_at < to_at
			  ? plan->spans[span + 1].from_at
			  : to_at;
	plan->month = clock_month_start(day).number;
	plan->year = tariff_year_start(version, day).number;
	size_t table = tariff_season(version, day)->table[tariff_day_kind(plan->calendar, day)];
	assert(table < version->table_count);
	mark_day(plan, &version->tables[table], day);
	return RC_OK;
}

static inline enum rc
find_day(struct tariff_plan *plan, int64_t at)
{
	return at >= plan->from_at && at < plan->to_at ? RC_OK : load_day(plan, at);
}

static inline size_t
find_mark(const struct tariff_plan *plan, int64_t at)
{
	size_t mark = 0;

	while (plan->marks[mark + 1].from_at <= at)
		mark++;
	return mark;
}

enum tariff_period
tariff_period_at(struct tariff_plan *plan, int64_t at, int64_t *until_at)
{
	if (find_day(plan, at) != RC_OK) {
		size_t next = find_span(plan, at);
		next = next == plan->count ? 0 : next + 1;
		*until_at = next < plan->count ? plan->spans[next].from_at : INT64_MAX;
		return TARIFF_PERIODS;
	}
	size_t mark = find_mark(plan, at);
	*until_at = plan->marks[mark + 1].from_at;
	return plan->marks[mark].period;
}

/* ---- charging ---- */

static enum rc
add_part(struct tariff_charge *charge, const struct tariff_version *version, size_t period,
    size_t tier, int64_t energy_wh)
{
	struct tariff_part *part = charge->parts, *end = part + charge->count;
	int64_t amount_nano;

	if (__builtin_mul_overflow(energy_wh, version->total_uyuan[tier][period], &amount_nano))
		return RC_INVALID;
	while (part < end &&
	       (part->period != period || part->tier != tier || part->version != version))
		part++;
	if (part == end) {
		if (charge->count == TARIFF_PARTS_MAX)
			return RC_INVALID;
		charge->count++;
		*part = (struct tariff_part){ version, (uint8_t)period, (uint8_t)tier, energy_wh,
			amount_nano };
		return RC_OK;
	}
	part->energy_wh += energy_wh;
	return __builtin_add_overflow(part->amount_nano, amount_nano, &part->amount_nano)
		   ? RC_INVALID
		   : RC_OK;
}

/* Cuts the energy at the steps, to the watt-hour. */
static enum rc
add_steps(struct tariff_charge *charge, const struct tariff_version *version, size_t period,
    int64_t used_wh, int64_t energy_wh)
{
	size_t tier = 0;

	while (energy_wh > 0) {
		while (tier < version->tier_count && version->tiers[tier].from_wh <= used_wh)
			tier++;
		int64_t take_wh = energy_wh;
		if (tier < version->tier_count && version->tiers[tier].from_wh - used_wh < take_wh)
			take_wh = version->tiers[tier].from_wh - used_wh;
		enum rc rc = add_part(charge, version, period, tier, take_wh);
		if (rc != RC_OK)
			return rc;
		used_wh += take_wh;
		energy_wh -= take_wh;
	}
	return RC_OK;
}

/* Energy of the day the plan stands at. */
static enum rc
use(const struct tariff_plan *plan, size_t period, int64_t energy_wh, struct tariff_steps *steps,
    struct tariff_charge *charge)
{
	const struct tariff_version *version = plan->version;

	if (steps->month != plan->month) {
		steps->month = plan->month;
		steps->month_wh = 0;
	}
	if (steps->year != plan->year) {
		steps->year = plan->year;
		steps->year_wh = 0;
	}
	int64_t used_wh = version->cycle == TARIFF_YEAR ? steps->year_wh : steps->month_wh;
	steps->month_wh += energy_wh;
	steps->year_wh += energy_wh;
	if (energy_wh == 0)
		return RC_OK;
	if (version->tier_count == 0 || version->cycle == TARIFF_NO_CYCLE)
		return add_part(charge, version, period, 0, energy_wh);
	return add_steps(charge, version, period, used_wh, energy_wh);
}

/* energy × part / whole, half-up. */
static int64_t
share(int64_t energy_wh, __int128 part, __int128 whole)
{
	return (int64_t)((2 * energy_wh * part + whole) / (2 * whole));
}

static enum rc
price_by_time(struct tariff_plan *plan, const struct tariff_interval *interval,
    struct tariff_steps *steps, struct tariff_charge *charge)
{
	int64_t whole_ms = interval->to_at - interval->from_at, at = interval->from_at, done_wh = 0;
	enum rc rc = RC_OK;

	while (rc == RC_OK && at < interval->to_at) {
		if ((rc = find_day(plan, at)) != RC_OK)
			return rc;
		size_t mark = find_mark(plan, at);
		at = plan->marks[mark + 1].from_at;
		int64_t until_wh = at >= interval->to_at ? interval->energy_wh
							 : share(interval->energy_wh,
							       at - interval->from_at, whole_ms);
		rc = use(plan, plan->marks[mark].period, until_wh - done_wh, steps, charge);
		done_wh = until_wh;
	}
	return rc;
}

/* Sum of the meter's own periods; 0 when they are no help. */
static int64_t
sum_periods(const struct tariff_interval *interval)
{
	int64_t sum_wh = 0;

	for (size_t period = 0; interval->has_periods && period < TARIFF_PERIODS; period++) {
		int64_t period_wh = interval->period_wh[period];
		if (period_wh < 0 || period_wh > TARIFF_ENERGY_MAX_WH)
			return 0;
		sum_wh += period_wh;
	}
	return sum_wh;
}

/* The same running share, over days and within each over the periods: the weight of a period in a
 * day is what the meter counted in it, times the length of the day's piece. */
static enum rc
price_by_periods(struct tariff_plan *plan, const struct tariff_interval *interval, int64_t sum_wh,
    struct tariff_steps *steps, struct tariff_charge *charge)
{
	__int128 weight = 0, whole = (__int128)sum_wh * (interval->to_at - interval->from_at);
	int64_t at = interval->from_at, done_wh = 0;
	enum rc rc = RC_OK;

	while (at < interval->to_at) {
		if ((rc = find_day(plan, at)) != RC_OK)
			return rc;
		int64_t until_at = plan->to_at < interval->to_at ? plan->to_at : interval->to_at;
		for (size_t period = 0; period < TARIFF_PERIODS; period++) {
			weight += (__int128)interval->period_wh[period] * (until_at - at);
			int64_t until_wh = share(interval->energy_wh, weight, whole);
			rc = use(plan, period, until_wh - done_wh, steps, charge);
			if (rc != RC_OK)
				return rc;
			done_wh = until_wh;
		}
		at = until_at;
	}
	return rc;
}

enum rc
tariff_price(struct tariff_plan *plan, const struct tariff_interval *interval,
    struct tariff_steps *steps, struct tariff_charge *charge)
{
	int64_t sum_wh = sum_periods(interval);

	if (interval->to_at <= interval->from_at || interval->energy_wh < 0 ||
	    interval->energy_wh > TARIFF_ENERGY_MAX_WH)
		return RC_INVALID;
	return sum_wh > 0 ? price_by_periods(plan, interval, sum_wh, steps, charge)
			  : price_by_time(plan, interval, steps, charge);
}

/* ---- lines ---- */

static bool
replaces_first(const struct tariff_part *part)
{
	return part->tier > 0 && part->version->tier_kind == TARIFF_OWN_PRICE;
}

size_t
tariff_line_count(const struct tariff_part *part)
{
	return part->version->component_count +
	       (part->tier > 0 && part->version->tier_kind == TARIFF_ADDITION);
}

struct tariff_line
tariff_line(const struct tariff_part *part, size_t index)
{
	const struct tariff_version *version = part->version;
	bool is_addition = index == version->component_count;
	bool is_step = is_addition || (index == 0 && replaces_first(part));
	struct tariff_line line = {
		.component = is_addition ? NULL : &version->components[index],
		.price_uyuan = is_step ? version->tiers[part->tier - 1].price_uyuan[part->period]
				       : version->components[index].price_uyuan[part->period],
	};

	/* No price is negative, so a line is at most the part, which fits. */
	line.amount_nano = part->energy_wh * line.price_uyuan;
	return line;
}

enum rc
tariff_charge_total(const struct tariff_charge *charge, int64_t *energy_wh, int64_t *amount_nano)
{
	*energy_wh = *amount_nano = 0;
	for (size_t i = 0; i < charge->count; i++) {
		*energy_wh += charge->parts[i].energy_wh;
		if (__builtin_add_overflow(*amount_nano, charge->parts[i].amount_nano, amount_nano))
			return RC_INVALID;
	}
	return RC_OK;
}

enum rc
tariff_settle(int64_t amount_nano, int64_t *carry_nano, int64_t *amount_fen)
{
	return money_of_energy(amount_nano, 1, carry_nano, amount_fen);
}
