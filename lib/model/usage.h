/*
 * usage.h - how much a meter used in a day, week, month or year, and what is missing.
 *
 * A half hour is an interval between two usable readings and belongs to the day and slot in which
 * it ends. What was used while readings were missing is known only as a whole: it counts in the
 * total and is named as a gap, but is not spread over the half hours. Days come from energy_day,
 * which follows the same rule (lib/model/reading.h).
 */
#ifndef VOLTILL_USAGE_H
#define VOLTILL_USAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/meter.h"
#include "model/reading.h"
#include "model/scope.h"

enum usage_view { USAGE_DAY, USAGE_WEEK, USAGE_MONTH, USAGE_YEAR };

enum usage_mark {
	USAGE_GOOD,
	USAGE_PARTIAL, /* some readings of the day are missing */
	USAGE_GAP,     /* no reading */
	USAGE_DOUBT,   /* there was one that cannot be believed: see quality */
	USAGE_FUTURE,  /* not over yet */
};

/* One row of the table and one bar of the chart. */
struct usage_point {
	int64_t from_at, to_at;
	struct day day; /* first day it holds */
	bool has_use;
	int64_t used_wh;
	bool has_periods;
	int64_t period_wh[PERIODS];
	int64_t max_power_w; /* METER_NO_VALUE: unknown */
	int64_t max_power_at;
	int64_t readings, expected; /* of days and months */
	uint16_t quality;	    /* enum quality bits of its readings */
	bool is_gap_end;	    /* a reading came, and its use is that of the gap */
	enum usage_mark mark;
};

struct usage_gap {
	int64_t from_at, to_at;
	int64_t used_wh; /* -1: unknown, no reading came after it yet */
};

struct usage_doubt {
	int64_t taken_at;
	uint16_t quality;
};

#define USAGE_GAPS_MAX	 50
#define USAGE_DOUBTS_MAX 50

/* A meter took the place of another one: its use goes on from there. */
#define USAGE_CHAIN_MAX 4 /* a meter and those before it */
struct usage_change {
	int64_t at;
	const char *old_number, *new_number;
};

struct usage {
	enum usage_view view;
	struct day first, end;	   /* end is the day after the last */
	struct day previous, next; /* anchors of the neighbouring periods */
	struct usage_point *points;
	size_t count;
	struct usage_point *hours; /* week only: 24 rows of 7 days */
	size_t hour_count;
	struct usage_gap gaps[USAGE_GAPS_MAX];
	size_t gap_count;
	struct usage_doubt doubts[USAGE_DOUBTS_MAX];
	size_t doubt_count;
	struct usage_change changes[USAGE_CHAIN_MAX];
	size_t change_count;
	int64_t total_wh, mean_day_wh; /* mean over the whole days with data; -1: none */
	bool has_data, has_periods;
	int64_t period_wh[PERIODS];
	int64_t max_power_w, max_power_at; /* METER_NO_VALUE: unknown */
};

/* The register values of one moment. */
struct usage_reading {
	int64_t taken_at, energy_wh;
	bool has_periods;
	int64_t period_wh[PERIODS];
	int64_t power_w; /* METER_NO_VALUE: unknown */
	uint16_t quality;
};

/* First and last day of the period that holds the day. */
void usage_range(enum usage_view view, struct day day, struct usage *usage);

/* Fills points (one per step from from_at to to_at) from the readings in order of time. The first
 * reading may lie before from_at: it is where the first interval starts. Pure. */
void usage_steps(const struct usage_reading *readings, size_t count, int64_t from_at, int64_t to_at,
    int64_t step_ms, int64_t now, struct usage *usage, struct usage_point *points, size_t *steps);

/* Everything of one meter. reading_period_ms says how many readings a day should have. */
enum rc usage_load(struct db *db, struct arena *arena, int64_t meter_id, int64_t reading_period_ms,
    enum usage_view view, struct day day, int64_t now, struct usage *usage);

/* The same with the use of the meters it replaced (meter_change.h), and the moments of the changes.
 */
enum rc usage_load_chain(struct db *db, struct arena *arena, int64_t meter_id,
    int64_t reading_period_ms, enum usage_view view, struct day day, int64_t now,
    struct usage *usage);
/* Adds the use of another meter in the same period. Pure. */
void usage_add(struct usage *usage, const struct usage *other, int64_t now);

/* The same as rows for export_answer, also with the meters it replaced: half hours of a day; days
 * of a week or month; months of a year. */
enum rc usage_export(
    struct db *db, int64_t meter_id, const struct usage *usage, struct rows **rows);
/* The meter and those it replaced; unused places are 0. changes may be NULL. */
enum rc usage_chain(struct db *db, struct arena *arena, int64_t meter_id,
    int64_t ids[USAGE_CHAIN_MAX], struct usage_change changes[USAGE_CHAIN_MAX], size_t *count);

/* Register values of one day, both midnights included: taken_at, read_at, energy_wh, sharp_wh,
 * peak_wh, flat_wh, valley_wh, power_w, credit_fen, purchase_count, quality. */
enum rc usage_registers(struct db *db, int64_t meter_id, struct day day, struct rows **rows);

/* For export_answer: the same, the quality as a key of T.Quality. */
enum rc usage_registers_export(struct db *db, int64_t meter_id, struct day day, struct rows **rows);

/* All meters of the scope that serve tenants (main_: those that only measure), for the overview.
 * Kept by the worker for half a minute, longer when loading takes long; valid until the next call.
 */
#define SITE_DAYS 30
struct site_usage {
	int64_t today_wh, until_at; /* until_at 0: no reading today yet */
	int64_t yesterday_wh;	    /* up to the same time; -1: unknown */
	int64_t main_today_wh;	    /* -1: there are no such meters */
	struct site_day {
		struct day day;
		int64_t used_wh; /* -1: no reading */
	} days[SITE_DAYS];	 /* the last one is today */
};
enum rc usage_site(
    struct db *db, const struct scope *scope, int64_t now, const struct site_usage **site);

#endif
