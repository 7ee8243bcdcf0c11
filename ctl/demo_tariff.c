/*
 * demo_tariff.c - prices of the demonstration: a commercial tariff with times of day and two
 * seasons, a flat one, one with steps, a meter with a price of its own, and the calendar of 2026.
 */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "demo.h"
#include "model/holiday.h"
#include "model/tariff_assign.h"
#include "model/tariff_edit.h"

enum { METERS, IS_PRICED };
static const struct query Q[] QUERIES = {
	[METERS] = { .sql = "SELECT m.meter_id, m.credit_mode, p.kind, f.name FROM meter m"
			    " JOIN place p ON p.place_id = m.place_id"
			    " LEFT JOIN place f ON f.place_id = p.parent_id"
			    " WHERE m.removed_at IS NULL ORDER BY m.meter_id LIMIT 1000" },
	[IS_PRICED] = { .sql = "SELECT COUNT(*) FROM tariff", .bounded = "one row" },
};

#define PRICES(sharp, peak, flat, valley)                              \
	{                                                              \
		(sharp) * 100, (peak)*100, (flat)*100, (valley)*100, 0 \
	}

static const struct tariff_version COMMERCIAL = { .season_count = 2,
	.table_count = 2,
	.component_count = 4,
	.year_month = 1,
	.year_day = 1,
	.seasons = { { "夏季", 7, 1, { 0, 0, 0 } }, { "非夏季", 10, 1, { 1, 1, 1 } } },
	.tables = { { 7, { { 0, TARIFF_VALLEY }, { 360, TARIFF_FLAT }, { 480, TARIFF_PEAK },
			     { 720, TARIFF_SHARP }, { 840, TARIFF_PEAK }, { 900, TARIFF_FLAT },
			     { 1320, TARIFF_VALLEY } } },
	    { 6, { { 0, TARIFF_VALLEY }, { 360, TARIFF_FLAT }, { 480, TARIFF_PEAK },
		     { 660, TARIFF_FLAT }, { 1080, TARIFF_PEAK }, { 1320, TARIFF_VALLEY } } } },
	.components = { { "代理购电价格", PRICES(7120, 5630, 3980, 1790) },
	    { "输配电价", PRICES(4210, 3360, 2240, 1120) },
	    { "线损费用", PRICES(190, 190, 190, 190) },
	    { "政府性基金及附加", PRICES(294, 294, 294, 294) } } };

static const struct tariff_version FLAT = { .season_count = 1,
	.table_count = 1,
	.component_count = 2,
	.year_month = 1,
	.year_day = 1,
	.seasons = { { "", 1, 1, { 0, 0, 0 } } },
	.tables = { { 1, { { 0, TARIFF_FLAT } } } },
	.components = {
	    { "电度电价", PRICES(0, 0, 7150, 0) }, { "线损费用", PRICES(0, 0, 190, 0) } } };

static const struct tariff_version STEPS = { .season_count = 1,
	.table_count = 1,
	.component_count = 1,
	.tier_count = 2,
	.cycle = TARIFF_MONTH,
	.tier_kind = TARIFF_ADDITION,
	.year_month = 1,
	.year_day = 1,
	.seasons = { { "", 1, 1, { 0, 0, 0 } } },
	.tables = { { 2, { { 0, TARIFF_VALLEY }, { 360, TARIFF_PEAK } } } },
	.components = { { "电度电价", PRICES(0, 6170, 0, 3070) } },
	.tiers = { { 2600000, PRICES(500, 500, 500, 500) },
	    { 4000000, PRICES(3000, 3000, 3000, 3000) } } };

/* The calendar of the State Council for 2026. */
static const char HOLIDAYS[] = "2026-01-01..2026-01-03 元旦\n2026-01-04 班\n2026-02-14 班\n"
			       "2026-02-15..2026-02-23 春节\n2026-02-28 班\n"
			       "2026-04-04..2026-04-06 清明节\n2026-05-01..2026-05-05 劳动节\n"
			       "2026-05-09 班\n2026-06-19..2026-06-21 端午节\n2026-09-20 班\n"
			       "2026-09-25..2026-09-27 中秋节\n2026-10-01..2026-10-07 国庆节\n"
			       "2026-10-10 班\n";

struct pricing {
	struct operator_actor by;
	struct day long_ago, today;
	int64_t commercial_id, flat_id, steps_id;
};

static enum rc
add_version(struct db *db, const struct pricing *p, int64_t tariff_id,
    const struct tariff_version *content, const struct day *from, const char *note)
{
	struct tariff_version_row row = { .tariff_id = tariff_id };

	(void)text_copy(row.note, sizeof(row.note), note);
	enum rc rc = tariff_draft_insert(db, &row, content, &p->by);
	if (rc != RC_OK || from == NULL)
		return rc;
	row.valid_from = *from;
	return tariff_publish(db, &row, *from, &p->by);
}

static enum rc
add_tariff(struct db *db, const struct pricing *p, const char *name, const char *note,
    const struct tariff_version *content, int64_t *tariff_id)
{
	struct tariff_row row = { 0 };

	(void)text_copy(row.name, sizeof(row.name), name);
	(void)text_copy(row.note, sizeof(row.note), note);
	enum rc rc = tariff_insert(db, &row, &p->by);
	*tariff_id = row.tariff_id;
	return rc == RC_OK ? add_version(db, p, *tariff_id, content, &p->long_ago, "") : rc;
}

/* The commercial price rose before the history begins, because the simulator's meters know one
 * price, and a draft for the next month waits. */
static enum rc
add_commercial(struct db *db, struct pricing *p)
{
	struct tariff_version higher = COMMERCIAL, next = COMMERCIAL;
	struct day risen = clock_month_add(clock_month_start(p->today), -4);
	enum rc rc =
	    add_tariff(db, p, "商业峰谷分时", "商铺、办公", &COMMERCIAL, &p->commercial_id);

	for (size_t period = 0; period < TARIFF_DEEP; period++) {
		higher.components[0].price_uyuan[period] += 12000;
		next.components[0].price_uyuan[period] += 21000;
	}
	if (rc == RC_OK)
		rc = add_version(db, p, p->commercial_id, &higher, &risen, "代理购电价格调整");
	return rc == RC_OK ? add_version(db, p, p->commercial_id, &next, NULL, "下月调价") : rc;
}

static enum rc
assign(struct db *db, const struct pricing *p, int64_t meter_id, int64_t tariff_id,
    int64_t price_uyuan)
{
	const struct tariff_assignment assignment = { tariff_id, price_uyuan, p->long_ago };
	size_t changed;

	return tariff_assign(db, &meter_id, 1, &assignment, &scope_everything, &p->by, &changed);
}

/* Rooms of the seventh floor have steps, the car park the flat price, all other users the
 * commercial one; main meters only measure. */
static enum rc
assign_meters(struct db *db, const struct pricing *p)
{
	int64_t ids[1000], tariffs[1000];
	size_t count = 0;
	struct rows *rows;
	enum rc rc = db_query(db, &Q[METERS], NO_ARGS, &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK && count < COUNT(ids)) {
		bool is_seventh = strcmp(rows_text(rows, 3), "7层") == 0;
		bool is_room = strcmp(rows_text(rows, 2), "room") == 0 &&
			       strcmp(rows_text(rows, 3), "地下车库") != 0;
		if (strcmp(rows_text(rows, 1), "monitor") == 0)
			continue;
		ids[count] = rows_int(rows, 0);
		tariffs[count++] = is_seventh ? p->steps_id
				   : is_room  ? p->commercial_id
					      : p->flat_id;
	}
	rows_end(rows);
	rc = rc == RC_NOT_FOUND ? RC_OK : rc;
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		rc = i == DEMO_FIXED_PRICE ? assign(db, p, ids[i], 0, 850000)
					   : assign(db, p, ids[i], tariffs[i], 0);
	return rc;
}

static enum rc
load(struct db *db, void *context)
{
	struct pricing p = *(struct pricing *)context;
	static struct holiday days[HOLIDAY_YEAR_MAX];
	struct faults faults = { 0 };
	size_t count, changed;
	enum rc rc = add_commercial(db, &p);

	if (rc == RC_OK)
		rc = add_tariff(db, &p, "公共区域", "车库、公共照明", &FLAT, &p.flat_id);
	if (rc == RC_OK)
		rc = add_tariff(
		    db, &p, "阶梯电价", "7 层，每月 2600、4000 度分档", &STEPS, &p.steps_id);
	if (rc == RC_OK)
		rc = assign_meters(db, &p);
	holiday_parse(HOLIDAYS, days, &count, &faults);
	return rc == RC_OK ? holiday_set(db, days, count, p.long_ago, &p.by, &changed) : rc;
}

enum rc
demo_tariff(struct db *db)
{
	int64_t now = clock_now(), tariffs;
	struct pricing p = { .by = { 0, "demo", "", now },
		.today = clock_day(now),
		.long_ago = clock_day_add(clock_day(now), -400) };
	enum rc rc = db_int(db, &Q[IS_PRICED], NO_ARGS, &tariffs);

	return rc == RC_OK && tariffs == 0 ? db_transact(db, load, &p) : rc;
}
