/*
 * voltillctl partitions: table reading has one partition per month (UTC), so that a month of a
 * meter is near together and an old month goes away at once. Run by migrate and each night
 * (then what the settings no longer keep goes away too); the collector itself must not change
 * tables.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "ctl.h"
#include "partition.h"
#include "retention.h"

#define MONTHS_AHEAD 3
#define MONTHS_BACK  3 /* of an empty table: readings that come late still find their month */

enum { LAST_NAME, OLDEST, SET_MONTH };
static const struct query Q[] QUERIES = {
	[LAST_NAME] = { .sql = "SELECT MAX(PARTITION_NAME) FROM information_schema.PARTITIONS "
			       "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'reading' "
			       "AND PARTITION_NAME <> 'pmax'",
	    .bounded = "one row" },
	[OLDEST] = { .sql = "SELECT MIN(taken_at) FROM reading PARTITION (pmax)",
	    .bounded = "one row" },
	[SET_MONTH] = { .sql = "SET @partition_name = ?, @partition_end = ?" },
};

/* DDL takes no parameters; the two variables hold a month that we formatted ourselves. */
static const char split[] =
    "EXECUTE IMMEDIATE CONCAT('ALTER TABLE reading REORGANIZE PARTITION pmax INTO (PARTITION ', "
    "@partition_name, ' VALUES LESS THAN (', QUOTE(@partition_end), '), "
    "PARTITION pmax VALUES LESS THAN (MAXVALUE))')";

/* Months are counted in UTC, whatever the site's zone: the column is UTC. */
struct month {
	int year, month;
};

static struct month
month_add(struct month month, int months)
{
	int count = month.year * 12 + month.month - 1 + months;

	return (struct month){ count / 12, count % 12 + 1 };
}

static struct month
month_of(int64_t at)
{
	struct civil civil = clock_utc(at);

	return (struct month){ civil.year, civil.month };
}

static bool
is_before(struct month a, struct month b)
{
	return a.year < b.year || (a.year == b.year && a.month < b.month);
}

/* The first month that has no partition yet. */
static enum rc
first_missing(struct db *db, int64_t now, struct month *month)
{
	int64_t oldest;
	struct arena *arena = arena_new();
	const char *name;
	enum rc rc = db_text(db, &Q[LAST_NAME], NO_ARGS, arena, &name);

	if (rc == RC_OK && name[0] == 'p') {
		int number = (int)strtol(name + 1, NULL, 10);
		*month = month_add((struct month){ number / 100, number % 100 }, 1);
	} else if (rc == RC_OK) {
		*month = month_add(month_of(now), -MONTHS_BACK);
		rc = db_int(db, &Q[OLDEST], NO_ARGS, &oldest);
		if (rc == RC_OK && oldest != 0 && is_before(month_of(oldest), *month))
			*month = month_of(oldest);
	}
	arena_free(arena);
	return rc;
}

static enum rc
add_month(struct db *db, struct month month)
{
	struct month next = month_add(month, 1);
	char name[32], end[32];

	(void)snprintf(name, sizeof(name), "p%04d%02d", month.year, month.month);
	(void)snprintf(end, sizeof(end), "%04d-%02d-01", next.year, next.month);
	enum rc rc = db_exec(db, &Q[SET_MONTH], ARGS(S(name), S(end)));
	if (rc == RC_OK)
		rc = db_script(db, "partitions", split);
	if (rc == RC_OK)
		(void)printf("added partition %s\n", name);
	return rc;
}

enum rc
partition_keep(struct db *db, int64_t now)
{
	struct month month, end = month_add(month_of(now), MONTHS_AHEAD + 1);
	enum rc rc = first_missing(db, now, &month);

	while (rc == RC_OK && is_before(month, end)) {
		rc = add_month(db, month);
		month = month_add(month, 1);
	}
	return rc;
}

enum rc
ctl_partitions(struct ctl *ctl, int argc, char **argv)
{
	(void)argv;
	if (argc == 1) {
		int64_t now = clock_now();
		enum rc rc = partition_keep(ctl->db, now);
		return rc == RC_OK ? retention_apply(ctl->db, now) : rc;
	}
	(void)fprintf(stderr, "usage: voltillctl partitions\n");
	return RC_INVALID;
}
