/*
 * tariff.h - what a kilowatt-hour costs: the pricing engine.
 *
 * Pure: no SQL, no clock, no allocation. An interval of energy, the versions in force and the state
 * of the steps go in; charge lines come out, as exact integers.
 *
 * Units. Prices are micro-yuan per kWh (_uyuan), energy watt-hours, amounts nano-yuan (_nano):
 * Wh × µyuan/kWh is nano-yuan without a remainder, so nothing is rounded here. An int64 holds 9.2
 * billion yuan; whatever would not fit is refused. tariff_settle alone makes fen of it, and carries
 * what is left over.
 *
 * Time. The period at a moment is that of the site's wall clock at that moment (base/clock.h), also
 * on days of 23 or 25 hours, where some minutes do not come at all and others twice. An interval
 * that holds more than one period, day or version is split by time: what was used up to a moment is
 * the share of the time that is over, rounded half-up to the watt-hour. The parts therefore sum to
 * the whole, each is less than 1 Wh away from its exact share, and of two parts the one with the
 * larger remainder gets the watt-hour (at a tie the earlier one). Where the split lies does not
 * depend on how many parts there are.
 */
#ifndef VOLTILL_TARIFF_H
#define VOLTILL_TARIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/rc.h"

/* The first four as PERIOD_SHARP … in reading.h. */
enum tariff_period {
	TARIFF_SHARP,
	TARIFF_PEAK,
	TARIFF_FLAT,
	TARIFF_VALLEY,
	TARIFF_DEEP,
	TARIFF_PERIODS
};

enum tariff_day_kind { TARIFF_WORKDAY, TARIFF_WEEKEND, TARIFF_HOLIDAY, TARIFF_DAY_KINDS };

enum tariff_cycle { TARIFF_NO_CYCLE, TARIFF_MONTH, TARIFF_YEAR, TARIFF_CYCLES };

enum tariff_tier_kind {
	TARIFF_ADDITION, /* on top of the price, as a line of its own */
	TARIFF_OWN_PRICE /* in place of the first component; the others stay as they are */
};

#define TARIFF_SLOTS_MAX      14 /* what the meters hold in a day */
#define TARIFF_SEASONS_MAX    6
#define TARIFF_TABLES_MAX     (TARIFF_SEASONS_MAX * TARIFF_DAY_KINDS)
#define TARIFF_COMPONENTS_MAX 8
#define TARIFF_TIERS_MAX      20
#define TARIFF_NAME_MAX	      32	    /* characters of a season or component */
#define TARIFF_PRICE_MAX      100000000LL   /* 100 yuan per kWh */
#define TARIFF_ENERGY_MAX_WH  90000000000LL /* of one interval: 90 GWh */

/* A slot lasts until the next one begins, the last one until midnight. */
struct tariff_slot {
	int16_t start_min; /* minute of the day */
	uint8_t period;	   /* enum tariff_period */
};

struct tariff_table {
	size_t count;
	struct tariff_slot slots[TARIFF_SLOTS_MAX]; /* ascending; the first begins at 0 */
};

/* Begins on its day every year and lasts until the next season begins, over the new year too. */
struct tariff_season {
	char name[TARIFF_NAME_MAX * 4 + 1];
	uint8_t from_month, from_day;
	uint8_t table[TARIFF_DAY_KINDS]; /* index in tables */
};

/* A named part of the price: electricity, transmission, loss, service. */
struct tariff_component {
	char name[TARIFF_NAME_MAX * 4 + 1];
	int64_t price_uyuan[TARIFF_PERIODS];
};

/* From from_wh of the cycle on. Below the first one the plain price holds. */
struct tariff_tier {
	int64_t from_wh;
	int64_t price_uyuan[TARIFF_PERIODS];
};

struct tariff_version {
	int64_t version_id, tariff_id;
	size_t season_count, table_count, component_count, tier_count;
	struct tariff_season seasons[TARIFF_SEASONS_MAX]; /* ascending by day */
	struct tariff_table tables[TARIFF_TABLES_MAX];
	struct tariff_component components[TARIFF_COMPONENTS_MAX];
	enum tariff_cycle cycle;
	enum tariff_tier_kind tier_kind;
	uint8_t year_month, year_day;		    /* when the steps of a year begin anew */
	struct tariff_tier tiers[TARIFF_TIERS_MAX]; /* ascending by from_wh */
	/* Whole price per step and period, by tariff_ready. */
	int64_t total_uyuan[TARIFF_TIERS_MAX + 1][TARIFF_PERIODS];
};

/* Computes the totals. Call once when the rest is filled in, and after each change. The version
 * must have passed tariff_check (tariff_check.h). */
void tariff_ready(struct tariff_version *version);

/* One price at all times, for a meter with a price of its own. */
void tariff_fixed(struct tariff_version *version, const char *name, int64_t price_uyuan);

/* Days that are not what their weekday says. */
struct tariff_date {
	int32_t day;	 /* struct day number */
	bool is_workday; /* a weekend that is worked (调休); otherwise a holiday */
};
struct tariff_calendar {
	const struct tariff_date *dates; /* ascending */
	size_t count;
};
enum tariff_day_kind tariff_day_kind(const struct tariff_calendar *calendar, struct day day);
/* The season that holds the day. */
const struct tariff_season *tariff_season(const struct tariff_version *version, struct day day);
/* The day on which the year of the steps began that holds the day. */
struct day tariff_year_start(const struct tariff_version *version, struct day day);

/* From from_at on this version is in force, until the next one: the versions of a tariff, and also
 * the change of a meter from one tariff to another. */
struct tariff_span {
	int64_t from_at;
	const struct tariff_version *version; /* NULL: no price from here on */
};

#define TARIFF_MARKS_MAX 64 /* slots of a day, once more for each change of the clock in it */

/* What is in force when, with the periods of the day that was looked at last: pricing the half
 * hours of one day one after another is fast. One thread at a time. */
struct tariff_plan {
	const struct tariff_span *spans; /* ascending */
	size_t count;
	const struct tariff_calendar *calendar;
	/* The day that was looked at last, as far as one version holds in it. */
	int64_t from_at, to_at;
	const struct tariff_version *version;
	int32_t month, year; /* first day of the cycles */
	size_t mark_count;
	struct tariff_mark {
		int64_t from_at;
		uint8_t period;
	} marks[TARIFF_MARKS_MAX + 1];
};

void tariff_plan(struct tariff_plan *plan, const struct tariff_span *spans, size_t count,
    const struct tariff_calendar *calendar);
/* The period at that moment, TARIFF_PERIODS when there is no price. *until_at: when it ends. */
enum tariff_period tariff_period_at(struct tariff_plan *plan, int64_t at, int64_t *until_at);

/* How much of the cycles is used up. Zeroed for a new meter. Both are always counted, so that a new
 * version goes on where the old one stopped; a version whose year begins on another day starts the
 * year anew. */
struct tariff_steps {
	int32_t month, year; /* first day of the cycles that the figures belong to */
	int64_t month_wh, year_wh;
};

struct tariff_interval {
	int64_t from_at, to_at;
	int64_t energy_wh;
	/* What the meter counted in each period, when it holds the table: then these are the
	 * proportions, in place of the time. Each day of the interval gets its share by time.
	 * Negative ones, or none that is positive, are no help and the time decides. */
	bool has_periods;
	int64_t period_wh[TARIFF_PERIODS];
};

/* Energy at one price. */
struct tariff_part {
	const struct tariff_version *version;
	uint8_t period, tier; /* tier 0: below the first step */
	int64_t energy_wh, amount_nano;
};

#define TARIFF_PARTS_MAX 256
struct tariff_charge {
	size_t count;
	struct tariff_part parts[TARIFF_PARTS_MAX];
};

/* Adds the price of the interval to charge (count = 0 begins anew; equal parts are joined) and its
 * energy to steps. Intervals of a meter come in the order of time. RC_NOT_FOUND: there is no price
 * at some moment of it. RC_INVALID: it does not end after it began, the energy is negative or more
 * than TARIFF_ENERGY_MAX_WH, an amount does not fit, or there are more than TARIFF_PARTS_MAX parts.
 * After a failure charge and steps are worth nothing. */
enum rc tariff_price(struct tariff_plan *plan, const struct tariff_interval *interval,
    struct tariff_steps *steps, struct tariff_charge *charge);

/* One named line of a part. The lines of a part have its energy, their prices sum to its price and
 * their amounts to its amount. */
struct tariff_line {
	const struct tariff_component *component; /* NULL: the addition of the step */
	int64_t price_uyuan, amount_nano;
};
size_t tariff_line_count(const struct tariff_part *part);
struct tariff_line tariff_line(const struct tariff_part *part, size_t index);

/* RC_INVALID when the sum does not fit. */
enum rc tariff_charge_total(
    const struct tariff_charge *charge, int64_t *energy_wh, int64_t *amount_nano);

/* Fen of an amount, half-up, with the remainder carried per account from one to the next (between
 * -5e6 and 5e6): settled one after another, the parts sum to the whole. */
enum rc tariff_settle(int64_t amount_nano, int64_t *carry_nano, int64_t *amount_fen);

#endif
