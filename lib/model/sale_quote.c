/* What a purchase would be, and the fees on offer. */
#include "base/arena.h"
#include "model/sale_fee.h"
#include "model/sale_lines.h"
#include "model/sale_private.h"
#include "model/tariff_load.h"

#define FEES_ON_OFFER	50
#define MEAN_DAYS	30	 /* days in the mean price of a meter */
#define MEAN_WH_MIN	1000	 /* less says nothing */
#define FEN_UYUAN_TO_WH 10000000 /* Wh are fen × that ÷ (µyuan per kWh) */

enum { FEES, QUEUED, MEAN };
static const struct query Q[] QUERIES = {
	[FEES] = { .sql = "SELECT fee_id, name, kind = 'permille', is_usual, value FROM fee"
			  " WHERE archived_at IS NULL ORDER BY name LIMIT 50" },
	[QUEUED] = { .sql = "SELECT COUNT(*) FROM delivery WHERE meter_id = ?"
			    " AND state IN ('queued', 'sent', 'held')",
	    .bounded = "one row" },
	[MEAN] = { .sql = "SELECT CAST(COALESCE(SUM(charge_fen), 0) AS SIGNED),"
			  " CAST(COALESCE(SUM(energy_wh - unpriced_wh), 0) AS SIGNED)"
			  " FROM charge_day WHERE meter_id = ? AND account_id = ? AND day >= ?",
	    .bounded = "one row" },
};

enum rc
sale_fees(struct db *db, struct arena *arena, struct sale_fee **fees, size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FEES], NO_ARGS, &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	*fees = arena_alloc(arena, FEES_ON_OFFER * sizeof(**fees));
	while ((rc = rows_next(rows)) == RC_OK)
		(*fees)[(*count)++] = (struct sale_fee){ .fee_id = rows_int(rows, 0),
			.name = arena_strdup(arena, rows_text(rows, 1)),
			.is_permille = rows_int(rows, 2) != 0,
			.is_usual = rows_int(rows, 3) != 0,
			.value = rows_int(rows, 4) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- prices ---- */

static size_t
tier_of(const struct tariff_version *version, const struct tariff_steps *steps)
{
	int64_t used = version->cycle == TARIFF_MONTH ? steps->month_wh : steps->year_wh;
	size_t tier = 0;

	while (version->cycle != TARIFF_NO_CYCLE && tier < version->tier_count &&
	       used >= version->tiers[tier].from_wh)
		tier++;
	return tier;
}

/* Of the steps one holds now; the periods go by. */
static void
take_prices(struct tariff_plan *plan, const struct tariff_version *version, size_t tier,
    int64_t now, struct sale_quote *quote)
{
	struct day today = clock_day(now);
	int64_t at = clock_day_start(today), end = clock_day_start(clock_day_add(today, 1));
	enum tariff_period period;
	int64_t until;

	period = tariff_period_at(plan, now, &until);
	if (period == TARIFF_PERIODS)
		return;
	quote->price_uyuan = quote->price_low_uyuan = quote->price_high_uyuan =
	    version->total_uyuan[tier][period];
	for (; at < end; at = until) {
		period = tariff_period_at(plan, at, &until);
		if (period == TARIFF_PERIODS)
			continue;
		int64_t price = version->total_uyuan[tier][period];
		if (price < quote->price_low_uyuan)
			quote->price_low_uyuan = price;
		if (price > quote->price_high_uyuan)
			quote->price_high_uyuan = price;
	}
}

static enum rc
load_version(struct db *db, const struct sale_lines *lines, struct tariff_version *version)
{
	if (lines->version_id != 0)
		return tariff_load_version(db, lines->version_id, version);
	tariff_fixed(version, "", lines->fixed_uyuan);
	return RC_OK;
}

static enum rc
quote_prices(struct db *db, struct arena *arena, int64_t meter_id, int64_t now,
    const struct sale_lines *lines, struct sale_quote *quote)
{
	struct tariff_version *version = arena_alloc(arena, sizeof(*version));
	struct tariff_plan *plan = arena_alloc(arena, sizeof(*plan));
	const struct tariff_span span = { .from_at = 0, .version = version };
	struct tariff_calendar calendar = { 0 };
	struct tariff_steps steps = { 0 };
	struct day today = clock_day(now);
	enum rc rc;

	if (lines->version_id == 0 && lines->fixed_uyuan == 0)
		return RC_OK;
	rc = load_version(db, lines, version);
	if (rc == RC_OK)
		rc = tariff_load_calendar(
		    db, arena, clock_day_add(today, -1), clock_day_add(today, 2), &calendar);
	if (rc == RC_OK && version->cycle != TARIFF_NO_CYCLE)
		rc = tariff_load_steps_now(db, meter_id, version, now, &steps);
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	tariff_plan(plan, &span, 1, &calendar);
	take_prices(plan, version, tier_of(version, &steps), now, quote);
	return RC_OK;
}

/* By what a kWh cost this meter lately; by the price when there is only one. */
static enum rc
quote_energy(struct db *db, const struct sale_wish *wish, int64_t now, struct sale_quote *quote)
{
	struct rows *rows;
	int64_t charge_fen = 0, used_wh = 0;
	enum rc rc = db_query(db, &Q[MEAN],
	    ARGS(I(wish->meter_id), I(wish->account_id),
		D(clock_day_add(clock_day(now), -MEAN_DAYS))),
	    &rows);

	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc == RC_OK) {
		charge_fen = rows_int(rows, 0);
		used_wh = rows_int(rows, 1);
	}
	rows_end(rows);
	if (quote->credit_fen <= 0)
		return rc;
	if (used_wh >= MEAN_WH_MIN && charge_fen > 0)
		quote->energy_wh = (int64_t)((__int128)quote->credit_fen * used_wh / charge_fen);
	else if (quote->price_uyuan > 0 && quote->price_low_uyuan == quote->price_high_uyuan)
		quote->energy_wh =
		    (int64_t)((__int128)quote->credit_fen * FEN_UYUAN_TO_WH / quote->price_uyuan);
	return rc;
}

/* ---- the whole ---- */

enum rc
sale_quote(
    struct db *db, struct arena *arena, const struct sale_wish *wish, struct sale_quote *quote)
{
	int64_t now = wish->asker.by.now;
	struct ledger_balance balance;
	struct sale_lines lines;
	enum rc rc = sale_lines(db, arena, wish, now, &lines);

	*quote = (struct sale_quote){
		.price_uyuan = -1, .price_low_uyuan = -1, .price_high_uyuan = -1, .energy_wh = -1
	};
	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < lines.count; i++)
		quote->lines[i] = lines.lines[i];
	quote->line_count = lines.count;
	quote->credit_fen = lines.credit_fen;
	quote->price_mark = lines.mark;
	rc = quote_prices(db, arena, wish->meter_id, now, &lines, quote);
	if (rc == RC_OK)
		rc = quote_energy(db, wish, now, quote);
	if (rc == RC_OK)
		rc = db_int(db, &Q[QUEUED], ARGS(I(wish->meter_id)), &quote->queued);
	if (rc == RC_OK)
		rc = ledger_balance(db, wish->account_id, wish->meter_id, &balance);
	quote->transit_fen = rc == RC_OK ? balance.transit_fen : 0;
	return rc;
}
