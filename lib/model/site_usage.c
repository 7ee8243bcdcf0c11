#include "model/usage.h"

#include <string.h>

#define SITE_KEEP  (30 * CLOCK_SECOND)
#define SITE_SHARE 10 /* loading may take a tenth of the time */

enum { SITE_SUMS, SITE_UNTIL, SITE_SAME_TIME };

/* Meters that only measure count what others count again, so they stay apart. */
static const struct query Q[] QUERIES = {
	[SITE_SUMS] = { .sql = "SELECT e.day, m.credit_mode = 'monitor' AS is_main, "
			       "CAST(SUM(e.used_wh) AS SIGNED) FROM energy_day e "
			       "JOIN v_meter_scope m ON m.meter_id = e.meter_id WHERE e.day >= ? "
			       "AND e.day <= ? AND (? = '' OR FIND_IN_SET(m.scope_id, ?)) "
			       "GROUP BY e.day, is_main LIMIT 100" },
	[SITE_UNTIL] = { .sql = "SELECT MAX(e.last_at) FROM energy_day e JOIN v_meter_scope m "
				"ON m.meter_id = e.meter_id WHERE e.day = ? AND m.credit_mode <> "
				"'monitor' AND (? = '' OR FIND_IN_SET(m.scope_id, ?)) LIMIT 1" },
	[SITE_SAME_TIME] = { .sql = "SELECT CAST(SUM(b.energy_wh - a.energy_wh) AS SIGNED) FROM "
				    "v_meter_scope m "
				    "JOIN reading a ON a.meter_id = m.meter_id AND a.taken_at = ? "
				    "JOIN reading b ON b.meter_id = m.meter_id AND b.taken_at = ? "
				    "WHERE m.credit_mode <> 'monitor' AND a.quality & 142 = 0 "
				    "AND b.quality & 142 = 0 AND b.energy_wh >= a.energy_wh "
				    "AND (? = '' OR FIND_IN_SET(m.scope_id, ?)) LIMIT 1" },
};

/* One for each scope that was asked for lately; most installations have one or two. */
#define KEPT_MAX 4
static struct kept {
	struct site_usage shown;
	struct scope scope;
	int64_t loaded_mono, keep_ms;
	struct day day;
} cache[KEPT_MAX];

static void
begin(struct site_usage *site, struct day today)
{
	*site = (struct site_usage){ .yesterday_wh = -1, .main_today_wh = -1 };
	for (int i = 0; i < SITE_DAYS; i++)
		site->days[i] = (struct site_day){ clock_day_add(today, i - SITE_DAYS + 1), -1 };
}

static enum rc
load_sums(struct db *db, struct value in, struct day today, struct site_usage *site)
{
	struct rows *rows;
	enum rc rc =
	    db_query(db, &Q[SITE_SUMS], ARGS(D(site->days[0].day), D(today), in, in), &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		int index = rows_day(rows, 0).number - site->days[0].day.number;
		bool is_main = rows_int(rows, 1) != 0;
		if (is_main && index == SITE_DAYS - 1)
			site->main_today_wh = rows_int(rows, 2);
		if (!is_main && index >= 0 && index < SITE_DAYS)
			site->days[index].used_wh = rows_int(rows, 2);
	}
	rows_end(rows);
	if (site->days[SITE_DAYS - 1].used_wh > 0)
		site->today_wh = site->days[SITE_DAYS - 1].used_wh;
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Yesterday up to the time of day of today's last reading, from two readings of each meter. */
static enum rc
load_yesterday(struct db *db, struct value in, struct day today, struct site_usage *site)
{
	struct day yesterday = clock_day_add(today, -1);
	int64_t from_at = clock_day_start(yesterday), to_at;
	struct rows *rows;
	enum rc rc = db_int(db, &Q[SITE_UNTIL], ARGS(D(today), in, in), &site->until_at);

	if (rc != RC_OK || site->until_at == 0)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	to_at = from_at + site->until_at - clock_day_start(today);
	rc = db_query(db, &Q[SITE_SAME_TIME], ARGS(T(from_at), T(to_at), in, in), &rows);
	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK && !rows_is_null(rows, 0))
		site->yesterday_wh = rows_int(rows, 0);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Where the scope is kept, or the place that was filled longest ago. */
static struct kept *
find_kept(const struct scope *scope)
{
	struct kept *oldest = &cache[0];

	for (size_t i = 0; i < KEPT_MAX; i++) {
		if (cache[i].loaded_mono != 0 &&
		    strcmp(scope_text(&cache[i].scope), scope_text(scope)) == 0)
			return &cache[i];
		if (cache[i].loaded_mono < oldest->loaded_mono)
			oldest = &cache[i];
	}
	return oldest;
}

enum rc
usage_site(struct db *db, const struct scope *scope, int64_t now, const struct site_usage **site)
{
	struct kept *kept = find_kept(scope);
	struct day today = clock_day(now);
	struct value in = S(scope_text(scope));
	int64_t began = clock_mono();
	enum rc rc;

	*site = &kept->shown;
	if (kept->loaded_mono != 0 && kept->day.number == today.number &&
	    strcmp(scope_text(&kept->scope), scope_text(scope)) == 0 &&
	    began - kept->loaded_mono < kept->keep_ms)
		return RC_OK;
	kept->loaded_mono = 0;
	begin(&kept->shown, today);
	if ((rc = load_sums(db, in, today, &kept->shown)) != RC_OK ||
	    (rc = load_yesterday(db, in, today, &kept->shown)) != RC_OK)
		return rc;
	kept->scope = *scope;
	kept->day = today;
	kept->loaded_mono = clock_mono();
	kept->keep_ms = SITE_SHARE * (kept->loaded_mono - began);
	if (kept->keep_ms < SITE_KEEP)
		kept->keep_ms = SITE_KEEP;
	return RC_OK;
}
