/* The plausibility gate: pure. How readings are stored is in reading_store.c. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "model/reading.h"

#define CLOCK_OFF_MS (5 * CLOCK_MINUTE)

/* A register counts in steps and is read at uneven moments: within the shortest time counted here,
 * and by two steps, a meter may seem faster than its rating allows. */
#define SHORTEST_MS    CLOCK_MINUTE
#define RANGE_IN_STEPS 100000000

/* What the rated power explains in that time, with a fifth on top. */
static int64_t
most_explained(int64_t elapsed_ms, int64_t rated_power_w, int64_t range_wh)
{
	__int128 most = elapsed_ms < SHORTEST_MS ? SHORTEST_MS : elapsed_ms;

	if (rated_power_w <= 0)
		return INT64_MAX;
	most = most * rated_power_w * 12 / (10 * CLOCK_HOUR) + 2 * (range_wh / RANGE_IN_STEPS);
	return most > INT64_MAX ? INT64_MAX : (int64_t)most;
}

/* True when a register that fell from old to new may have gone through its end: it was in the last
 * tenth of its range and is in the first. */
static bool
may_roll_over(int64_t old_wh, int64_t new_wh, int64_t range_wh)
{
	return range_wh > 0 && old_wh > range_wh / 10 * 9 && new_wh < range_wh / 10;
}

static bool
is_all_zero(const struct reading *r)
{
	return r->energy_wh == 0 && r->power_w == 0 && r->credit_fen == 0 &&
	       r->purchase_count == 0 && r->voltage_dv[0] == 0 && r->voltage_dv[1] == 0 &&
	       r->voltage_dv[2] == 0 && r->current_ma[0] == 0 && r->current_ma[1] == 0 &&
	       r->current_ma[2] == 0 && r->relay_closed == 0;
}

/* Registers that hold nothing: outside of what they count, or all zero or all ones although the
 * meter measures. */
static bool
is_empty(const struct reading *r)
{
	if (r->energy_wh < 0 || (r->register_range_wh > 0 && r->energy_wh >= r->register_range_wh))
		return true;
	return (r->has & HAS_POWER) != 0 && (is_all_zero(r) || r->voltage_dv[0] == UINT16_MAX);
}

static unsigned
judge_energy(const struct reading *r, const struct reading_last *last, int64_t rated_power_w)
{
	int64_t most =
	    most_explained(r->read_at - last->read_at, rated_power_w, r->register_range_wh);
	int64_t climbed = r->energy_wh - last->energy_wh;

	if (climbed >= 0)
		return climbed > most ? QUALITY_JUMP : 0;
	if (!may_roll_over(last->energy_wh, r->energy_wh, r->register_range_wh))
		return QUALITY_DECREASED;
	return climbed + r->register_range_wh > most ? QUALITY_DECREASED : QUALITY_ROLLOVER;
}

static bool
is_clock_off(const struct reading *r)
{
	int64_t off_ms = r->clock_at - r->read_at;

	return (r->has & HAS_CLOCK) != 0 && (off_ms > CLOCK_OFF_MS || off_ms < -CLOCK_OFF_MS);
}

static bool
is_after_gap(const struct reading *r, const struct reading_last *last)
{
	return r->slot_at != 0 && last->slot_at != 0 && last->period_ms > 0 &&
	       r->slot_at - last->slot_at > last->period_ms;
}

void
reading_check(struct reading *reading, const struct reading_last *last, int64_t rated_power_w)
{
	unsigned quality = reading->quality & (QUALITY_DEMO | QUALITY_OTHER_METER);

	if (is_empty(reading))
		quality |= QUALITY_EMPTY;
	else if (last->read_at != 0)
		quality |= judge_energy(reading, last, rated_power_w);
	if (is_clock_off(reading))
		quality |= QUALITY_CLOCK;
	if (is_after_gap(reading, last))
		quality |= QUALITY_AFTER_GAP;
	reading->quality = (uint16_t)quality;
	reading->used_wh = reading_used(reading, last, reading->used_period_wh);
}

void
reading_accept(struct reading_last *last, const struct reading *reading)
{
	if ((reading->quality & QUALITY_UNUSABLE) != 0)
		return;
	last->read_at = reading->read_at;
	last->energy_wh = reading->energy_wh;
	/* After the clock was set back, the days already added up stay as they are. */
	if (reading->slot_at <= last->slot_at)
		return;
	last->slot_at = reading->slot_at;
	last->slot_energy_wh = reading->energy_wh;
	memcpy(last->slot_period_wh, reading->period_wh, sizeof(last->slot_period_wh));
}

/* How far a register climbed, through its end if that is what happened; 0 when it fell. */
static int64_t
climb(int64_t old_wh, int64_t new_wh, int64_t range_wh)
{
	if (new_wh >= old_wh)
		return new_wh - old_wh;
	return may_roll_over(old_wh, new_wh, range_wh) ? new_wh - old_wh + range_wh : 0;
}

int64_t
reading_used(
    const struct reading *reading, const struct reading_last *last, int64_t period_wh[PERIODS])
{
	memset(period_wh, 0, PERIODS * sizeof(*period_wh));
	if (reading->slot_at == 0 || last->slot_at == 0 ||
	    (reading->quality & QUALITY_UNUSABLE) != 0)
		return 0;
	for (size_t i = 0; i < PERIODS && (reading->has & HAS_PERIODS) != 0; i++)
		period_wh[i] = climb(
		    last->slot_period_wh[i], reading->period_wh[i], reading->register_range_wh);
	return climb(last->slot_energy_wh, reading->energy_wh, reading->register_range_wh);
}
