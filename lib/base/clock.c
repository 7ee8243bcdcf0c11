#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#define ZONE_FOLDER   "/usr/share/zoneinfo/"
#define DAY_MS	      86400000LL
#define FIRST_YEAR    1970
#define LAST_YEAR     2199
#define SCAN_DAYS     47847 /* 1970-01-01 … 2100-12-31: later years keep the last offset */
#define CHANGES_MAX   600   /* two a year for 131 years, and room for restless tables */
#define FARTHEST_ZONE (15 * CLOCK_HOUR) /* no zone is farther from UTC than 14 hours */

/* From the instant at on, the site's clock shows UTC plus offset. */
struct change {
	int64_t at, offset_ms;
};

/* A zone as a table, so that looking up takes no lock. */
struct table {
	char name[64];
	unsigned generation;
	size_t count;
	struct change changes[CHANGES_MAX];
};

/* clock_set_zone fills the table that is not in use and then points to it: a thread that looks
 * something up meanwhile finishes in the old one. Zones change by hand, never twice in a moment. */
static struct table tables[2] = {
	{ .name = "Asia/Shanghai", .count = 1, .changes = { { INT64_MIN, 8 * CLOCK_HOUR } } }
};
static struct table *_Atomic site = &tables[0];

/* The window of the last look-up: nearly all instants of a thread are close to each other. */
static _Thread_local struct {
	unsigned generation;
	int64_t from, to, offset_ms; /* offset_ms holds in from ≤ at < to */
	int64_t day_from, day_to;    /* the day holds day_from ≤ at < day_to */
	struct day day;
} cache = { .generation = (unsigned)-1 };

static int64_t
divide_down(int64_t value, int64_t by)
{
	int64_t quotient = value / by;

	return quotient - (value % by < 0);
}

static int64_t
read_clock(clockid_t id, int64_t per_second)
{
	struct timespec now;

	(void)clock_gettime(id, &now);
	return now.tv_sec * per_second + now.tv_nsec / (1000000000 / per_second);
}

int64_t
clock_now(void)
{
	return read_clock(CLOCK_REALTIME, 1000);
}

int64_t
clock_mono(void)
{
	return read_clock(CLOCK_MONOTONIC, 1000);
}

int64_t
clock_mono_us(void)
{
	return read_clock(CLOCK_MONOTONIC, 1000000);
}

/* ---- the zone ---- */

static int64_t
system_offset_ms(int64_t at_s)
{
	struct tm local;
	time_t when = at_s;

	return localtime_r(&when, &local) == NULL ? 0 : local.tm_gmtoff * 1000;
}

/* First second in (low, high] whose offset is not that of low. */
static int64_t
find_change(int64_t low_s, int64_t high_s)
{
	int64_t offset_ms = system_offset_ms(low_s);

	while (high_s - low_s > 1) {
		int64_t middle_s = low_s + (high_s - low_s) / 2;
		if (system_offset_ms(middle_s) == offset_ms)
			low_s = middle_s;
		else
			high_s = middle_s;
	}
	return high_s;
}

/* Asks the C library once per day of the table; localtime_r takes a lock each time and would be
 * too slow for every reading. */
static void
scan_zone(struct table *zone)
{
	zone->count = 0;
	zone->changes[zone->count++] = (struct change){ INT64_MIN, system_offset_ms(0) };
	for (int64_t day = 1; day <= SCAN_DAYS && zone->count < CHANGES_MAX; day++) {
		int64_t offset_ms = system_offset_ms(day * 86400);
		if (offset_ms == zone->changes[zone->count - 1].offset_ms)
			continue;
		int64_t at_s = find_change((day - 1) * 86400, day * 86400);
		zone->changes[zone->count++] =
		    (struct change){ at_s * 1000, system_offset_ms(at_s) };
	}
}

bool
clock_has_zone(const char *zone)
{
	char path[sizeof(ZONE_FOLDER) + sizeof(tables[0].name)], magic[4] = "";

	if (zone[0] == '\0' || zone[0] == '/' || strstr(zone, "..") != NULL ||
	    strlen(zone) >= sizeof(tables[0].name))
		return false;
	(void)snprintf(path, sizeof(path), "%s%s", ZONE_FOLDER, zone);
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return false;
	size_t got = fread(magic, 1, sizeof(magic), file);
	(void)fclose(file);
	return got == sizeof(magic) && memcmp(magic, "TZif", 4) == 0;
}

enum rc
clock_set_zone(const char *zone)
{
	struct table *now = atomic_load(&site), *next = now == &tables[0] ? &tables[1] : &tables[0];

	if (!clock_has_zone(zone)) {
		log_error("time zone", "%s is not known to the system", zone);
		return RC_INVALID;
	}
	if (setenv("TZ", zone, 1) != 0)
		log_fatal("time zone", "no room for %s", zone);
	tzset();
	(void)text_copy(next->name, sizeof(next->name), zone);
	scan_zone(next);
	next->generation = now->generation + 1;
	atomic_store(&site, next);
	return RC_OK;
}

const char *
clock_zone(void)
{
	return atomic_load(&site)->name;
}

/* Fills the thread's cache with the window that holds the instant. */
static void
find_window(int64_t at)
{
	const struct table *zone = atomic_load(&site);
	size_t low = 0, high = zone->count;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;
		if (zone->changes[middle].at <= at)
			low = middle;
		else
			high = middle;
	}
	cache.from = zone->changes[low].at;
	cache.to = high < zone->count ? zone->changes[high].at : INT64_MAX;
	cache.offset_ms = zone->changes[low].offset_ms;
	if (cache.generation != zone->generation)
		cache.day_from = cache.day_to = 0;
	cache.generation = zone->generation;
}

static int64_t
offset_ms(int64_t at)
{
	if (cache.generation != atomic_load_explicit(&site, memory_order_acquire)->generation ||
	    at < cache.from || at >= cache.to)
		find_window(at);
	return cache.offset_ms;
}

int64_t
clock_offset(int64_t at, int64_t *until_at)
{
	int64_t offset = offset_ms(at);

	*until_at = cache.to;
	return offset;
}

/* ---- days ---- */

int64_t
clock_day_start(struct day day)
{
	int64_t midnight = day.number * DAY_MS;
	int64_t before_ms = offset_ms(midnight - FARTHEST_ZONE);
	int64_t start = midnight - before_ms;
	int64_t after_ms = offset_ms(start);

	if (after_ms == before_ms)
		return start;
	int64_t after_start = midnight - after_ms;
	if (offset_ms(after_start) == after_ms)
		return after_start;
	/* The clock was put forward over midnight: the day begins with the change. */
	(void)offset_ms(start);
	return cache.from;
}

struct day
clock_day(int64_t at)
{
	int64_t local = at + offset_ms(at);

	if (at >= cache.day_from && at < cache.day_to)
		return cache.day;
	struct day day = { (int32_t)divide_down(local, DAY_MS) };
	int64_t from = clock_day_start(day), to = clock_day_start(clock_day_add(day, 1));
	if (at >= from && at < to) {
		cache.day = day;
		cache.day_from = from;
		cache.day_to = to;
	}
	return day;
}

struct day
clock_day_add(struct day day, int days)
{
	return (struct day){ day.number + days };
}

struct day
clock_month_add(struct day month, int months)
{
	struct civil civil = clock_utc(month.number * DAY_MS);
	int64_t count = (int64_t)civil.year * 12 + civil.month - 1 + months;
	struct civil first = { .year = (int)divide_down(count, 12), .day = 1 };

	first.month = (int)(count - (int64_t)first.year * 12) + 1;
	return (struct day){ (int32_t)divide_down(clock_from_utc(&first), DAY_MS) };
}

struct day
clock_month_start(struct day day)
{
	return clock_month_add(day, 0);
}

int
clock_weekday(struct day day)
{
	int since_monday = (day.number + 3) % 7; /* 1970-01-01 was a Thursday */

	return (since_monday < 0 ? since_monday + 7 : since_monday) + 1;
}

int64_t
clock_slot(int64_t at, int64_t period_ms)
{
	assert(period_ms > 0);
	struct day day = clock_day(at);
	bool is_cached = at >= cache.day_from && at < cache.day_to;
	int64_t start = is_cached ? cache.day_from : clock_day_start(day);

	return period_ms >= DAY_MS ? start : start + (at - start) / period_ms * period_ms;
}

/* ---- civil fields ---- */

/* Days are counted from 0000-03-01 in eras of 400 years, so that the leap day ends a year. */
struct civil
clock_utc(int64_t at)
{
	int64_t day = divide_down(at, DAY_MS), in_day = at - day * DAY_MS;
	int64_t shifted = day + 719468, era = divide_down(shifted, 146097);
	int64_t of_era = shifted - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153; /* 0 = March */

	return (struct civil){
		.year = (int)(year + era * 400 + (month >= 10)),
		.month = (int)(month < 10 ? month + 3 : month - 9),
		.day = (int)(of_year - (153 * month + 2) / 5 + 1),
		.hour = (int)(in_day / CLOCK_HOUR),
		.minute = (int)(in_day / CLOCK_MINUTE % 60),
		.second = (int)(in_day / CLOCK_SECOND % 60),
		.millisecond = (int)(in_day % 1000),
	};
}

int64_t
clock_from_utc(const struct civil *civil)
{
	int64_t year = civil->year - (civil->month <= 2), era = divide_down(year, 400);
	int64_t of_era = year - era * 400;
	int64_t month = civil->month > 2 ? civil->month - 3 : civil->month + 9;
	int64_t of_year = (153 * month + 2) / 5 + civil->day - 1;
	int64_t day = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;

	return day * DAY_MS + civil->hour * CLOCK_HOUR + civil->minute * CLOCK_MINUTE +
	       civil->second * CLOCK_SECOND + civil->millisecond;
}

struct civil
clock_civil(int64_t at)
{
	return clock_utc(at + offset_ms(at));
}

/* ---- text ---- */

static bool
read_digits(const char *text, size_t count, int *value)
{
	*value = 0;
	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*value = *value * 10 + (text[i] - '0');
	}
	return true;
}

enum rc
clock_parse_day(const char *text, struct day *day)
{
	struct civil civil = { 0 };

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' ||
	    !read_digits(text, 4, &civil.year) || !read_digits(text + 5, 2, &civil.month) ||
	    !read_digits(text + 8, 2, &civil.day))
		return RC_INVALID;
	if (civil.year < FIRST_YEAR || civil.year > LAST_YEAR || civil.month < 1 ||
	    civil.month > 12 || civil.day < 1 || civil.day > 31)
		return RC_INVALID;
	int64_t at = clock_from_utc(&civil);
	if (clock_utc(at).day != civil.day)
		return RC_INVALID; /* 30 February has become 2 March */
	day->number = (int32_t)(at / DAY_MS);
	return RC_OK;
}

static char *
put_digits(char *text, int width, int value)
{
	for (int i = width - 1; i >= 0; i--) {
		text[i] = (char)('0' + value % 10);
		value /= 10;
	}
	return text + width;
}

static char *
put_date(char *text, const struct civil *civil)
{
	int year = civil->year < 0 ? 0 : civil->year > 9999 ? 9999 : civil->year;

	text = put_digits(text, 4, year);
	*text++ = '-';
	text = put_digits(text, 2, civil->month);
	*text++ = '-';
	return put_digits(text, 2, civil->day);
}

static char *
put_minute(char *text, char between, const struct civil *civil)
{
	text = put_date(text, civil);
	*text++ = between;
	text = put_digits(text, 2, civil->hour);
	*text++ = ':';
	return put_digits(text, 2, civil->minute);
}

static char *
put_second(char *text, char between, const struct civil *civil)
{
	text = put_minute(text, between, civil);
	*text++ = ':';
	return put_digits(text, 2, civil->second);
}

void
clock_format_day(struct day day, char *text, size_t size)
{
	struct civil civil = clock_utc(day.number * DAY_MS);
	char full[32];

	*put_date(full, &civil) = '\0';
	(void)text_copy(text, size, full);
}

void
clock_format(int64_t at, char *text, size_t size)
{
	struct civil civil = clock_civil(at);
	char full[32];

	*put_second(full, ' ', &civil) = '\0';
	(void)text_copy(text, size, full);
}

void
clock_format_minute(int64_t at, char *text, size_t size)
{
	struct civil civil = clock_civil(at);
	char full[32];

	*put_minute(full, ' ', &civil) = '\0';
	(void)text_copy(text, size, full);
}

void
clock_format_utc(int64_t at, char *text, size_t size)
{
	struct civil civil = clock_utc(at);
	char full[32], *end = put_second(full, 'T', &civil);

	*end++ = '.';
	end = put_digits(end, 3, civil.millisecond);
	*end++ = 'Z';
	*end = '\0';
	(void)text_copy(text, size, full);
}
