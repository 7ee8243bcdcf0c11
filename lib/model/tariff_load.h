/*
 * tariff_load.h - prices of the database in the form of the engine (tariff.h). Reads only.
 */
#ifndef VOLTILL_TARIFF_LOAD_H
#define VOLTILL_TARIFF_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/tariff.h"

/* Names in SQL, in files and under T.Tou, T.DayKind, T.TierCycle, T.TierKind. */
const char *tariff_period_name(enum tariff_period period); /* "sharp" … "deep" */
const char *tariff_day_kind_name(enum tariff_day_kind kind);
const char *tariff_cycle_name(enum tariff_cycle cycle);
const char *tariff_tier_kind_name(enum tariff_tier_kind kind);
/* TARIFF_PERIODS, TARIFF_CYCLES when there is no such name. */
enum tariff_period tariff_period_find(const char *name);
enum tariff_cycle tariff_cycle_find(const char *name);

/* One version with its totals. A draft may be incomplete: whoever prices with it calls tariff_check
 * first. RC_NOT_FOUND when there is none. */
enum rc tariff_load_version(struct db *db, int64_t version_id, struct tariff_version *version);

/* The holiday calendar from `from` on, before `to`. */
enum rc tariff_load_calendar(struct db *db, struct arena *arena, struct day from, struct day to,
    struct tariff_calendar *calendar);

/* Every tariff as it holds from `from` on, before `to`: for one meter or for all of them. */
struct tariff_book {
	struct arena *arena;
	struct day from, to;
	struct tariff_calendar calendar; /* also the days around, so that a zone changes nothing */
	struct tariff_entry {
		int64_t tariff_id;
		struct day valid_from;
		const struct tariff_version *version;
	} * entries; /* ascending by tariff and day */
	size_t count;
};
/* The book and what is found in it live as long as the arena. */
enum rc tariff_book(
    struct db *db, struct arena *arena, struct day from, struct day to, struct tariff_book *book);

/* What one meter pays in the book's days; spans are as tariff_plan takes them. Where a meter has no
 * tariff yet the version is NULL. */
struct tariff_meter {
	int64_t meter_id;
	struct tariff_span *spans;
	size_t count;
};
enum rc tariff_meter(
    struct db *db, const struct tariff_book *book, int64_t meter_id, struct tariff_meter *meter);
/* All meters that ever got a tariff, ascending by number. */
enum rc tariff_meters(
    struct db *db, const struct tariff_book *book, struct tariff_meter **meters, size_t *count);

/* The version that holds at that moment; NULL: none. */
const struct tariff_version *tariff_version_at(const struct tariff_meter *meter, int64_t at);

/* What the meter used of its month and year before the day, by the daily sums. version says when
 * its year begins. */
enum rc tariff_load_steps(struct db *db, int64_t meter_id, const struct tariff_version *version,
    struct day day, struct tariff_steps *steps);
/* The same up to now, with what is known of today. */
enum rc tariff_load_steps_now(struct db *db, int64_t meter_id, const struct tariff_version *version,
    int64_t now, struct tariff_steps *steps);

#endif
