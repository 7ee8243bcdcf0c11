/*
 * clock.h - instants, days and slots.
 *
 * An instant is int64_t milliseconds since 1970-01-01 UTC (names end in _ms or _at). A day is a
 * struct day of the site's time zone. Pure code takes the time as an argument; only main loops
 * and handlers call clock_now. Periods are measured with clock_mono, which nobody can set.
 */
#ifndef VOLTILL_CLOCK_H
#define VOLTILL_CLOCK_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>

#include "base/rc.h"

#define CLOCK_SECOND 1000LL
#define CLOCK_MINUTE (60 * CLOCK_SECOND)
#define CLOCK_HOUR   (60 * CLOCK_MINUTE)

/* Number of a civil day since 1970-01-01. Comparable and countable; 0 is a valid day. */
struct day {
	int32_t number;
};

int64_t clock_now(void);     /* UTC wall clock, ms */
int64_t clock_mono(void);    /* monotonic, ms */
int64_t clock_mono_us(void); /* monotonic, microseconds */

/* Sets the site's zone for the whole process (an IANA name such as "Asia/Shanghai").
 * RC_INVALID when the system does not know it; the zone is then unchanged. One thread may change
 * it while others read the clock, at most once a second. Needs Debian's tzdata. */
enum rc clock_set_zone(const char *zone);
bool clock_has_zone(const char *zone); /* the system knows it */
const char *clock_zone(void);

struct day clock_day(int64_t at);	 /* the site's day that holds the instant */
int64_t clock_day_start(struct day day); /* its first instant; days may have 23 or 25 hours */
struct day clock_day_add(struct day day, int days);
struct day clock_month_start(struct day day);
struct day clock_month_add(struct day month, int months); /* first day of that month */
int clock_weekday(struct day day);			  /* 1 = Monday … 7 = Sunday */

/* The site's clock shows UTC plus this many ms, before *until_at. */
int64_t clock_offset(int64_t at, int64_t *until_at);

/* Start of the period that holds the instant, aligned to the site's midnight. */
int64_t clock_slot(int64_t at, int64_t period_ms);

/* "2026-11-23"; strict: RC_INVALID for 2026-02-30, 26-1-1 and the like, and for years outside
 * 1970 … 2199. */
enum rc clock_parse_day(const char *text, struct day *day);
/* In the site's zone, but for the last. */
void clock_format_day(struct day day, char *text, size_t size); /* 2026-11-23 */
void clock_format(int64_t at, char *text, size_t size);		/* 2026-11-23 10:30:05 */
void clock_format_minute(int64_t at, char *text, size_t size);	/* 2026-11-23 10:30 */
void clock_format_utc(int64_t at, char *text, size_t size);	/* 2026-11-23T02:30:05.123Z */

/* Civil fields in the site's zone, for sheets and charts. */
struct civil {
	int year, month, day, hour, minute, second, millisecond;
};
struct civil clock_civil(int64_t at);
/* UTC, for the database. civil_utc and utc_civil are inverse; no zone takes part. */
struct civil clock_utc(int64_t at);
int64_t clock_from_utc(const struct civil *civil);

#endif
