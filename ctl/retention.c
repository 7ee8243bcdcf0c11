#include "retention.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "model/setting_edit.h"
#include "model/setting.h"

#define STEP_ROWS 10000 /* deleted in one transaction: others write into the table meanwhile */
#define DAY_MS	  (24 * CLOCK_HOUR)

enum { OLDEST_MONTH, SET_NAME, DELETE_POLLS };
static const struct query Q[] QUERIES = {
	[OLDEST_MONTH] = { .sql = "SELECT MIN(PARTITION_NAME) FROM information_schema.PARTITIONS "
				  "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'reading' "
				  "AND PARTITION_NAME <> 'pmax'",
	    .bounded = "one row" },
	[SET_NAME] = { .sql = "SET @partition_name = ?" },
	[DELETE_POLLS] = { .sql = "DELETE FROM poll_hour WHERE hour_at < ? ORDER BY hour_at"
				  " LIMIT ?" },
};

/* DDL takes no parameters; the variable holds a name the server itself gave us. */
static const char drop[] =
    "EXECUTE IMMEDIATE CONCAT('ALTER TABLE reading DROP PARTITION ', @partition_name)";

/* A number that somebody wrote by hand and no page would take keeps more, never less. */
static enum rc
read_limit(struct db *db, const char *name, int64_t *value)
{
	const struct setting_spec *spec = setting_spec(name);
	int64_t fallback = strtoll(spec->fallback, NULL, 10);
	enum rc rc = setting_int(db, name, fallback, value);

	if (rc == RC_OK && *value < spec->min)
		*value = fallback > spec->min ? fallback : spec->min;
	return rc;
}

static enum rc
oldest_month(struct db *db, char name[16], int *months)
{
	struct arena *arena = arena_new();
	const char *text;
	enum rc rc = db_text(db, &Q[OLDEST_MONTH], NO_ARGS, arena, &text);

	if (rc == RC_OK && text[0] != 'p')
		rc = RC_NOT_FOUND;
	if (rc == RC_OK) {
		int number = (int)strtol(text + 1, NULL, 10);
		*months = number / 100 * 12 + number % 100 - 1;
		(void)snprintf(name, 16, "p%06d", number);
	}
	arena_free(arena);
	return rc;
}

/* A month goes when all of it is older: the limit counts whole months. */
static enum rc
drop_months(struct db *db, int64_t now, int64_t keep)
{
	struct civil civil = clock_utc(now);
	int64_t first_kept = (int64_t)civil.year * 12 + civil.month - 1 - keep;
	char name[16];
	int month;
	enum rc rc;

	while ((rc = oldest_month(db, name, &month)) == RC_OK && month < first_kept) {
		if ((rc = db_exec(db, &Q[SET_NAME], ARGS(S(name)))) != RC_OK)
			return rc;
		if ((rc = db_script(db, "retention", drop)) != RC_OK)
			return rc;
		(void)printf("dropped partition %s\n", name);
	}
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
delete_polls(struct db *db, int64_t before)
{
	int64_t total = 0, rows;

	do {
		enum rc rc = db_exec(db, &Q[DELETE_POLLS], ARGS(T(before), I(STEP_ROWS)));
		if (rc != RC_OK)
			return rc;
		rows = db_affected(db);
		total += rows;
	} while (rows == STEP_ROWS);
	if (total > 0)
		(void)printf("deleted %lld records of polling\n", (long long)total);
	return RC_OK;
}

enum rc
retention_apply(struct db *db, int64_t now)
{
	int64_t months, days;
	enum rc rc = read_limit(db, "keep.reading_months", &months);

	if (rc == RC_OK)
		rc = read_limit(db, "keep.poll_days", &days);
	if (rc == RC_OK)
		rc = drop_months(db, now, months);
	return rc == RC_OK ? delete_polls(db, now - days * DAY_MS) : rc;
}
