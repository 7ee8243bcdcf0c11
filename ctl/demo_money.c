/*
 * voltillctl demo money: the business behind the history. What the meters of the demonstration were
 * recharged with becomes documents, orders, shifts, days and a ledger, to the fen.
 */
#include "demo_money.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "demo.h"
#include "model/tariff_load.h"

#define SHOPS_MAX    1000
#define HALF_HOUR    (30 * CLOCK_MINUTE)
#define ROUND_FEN    10000 /* people pay round sums */
#define FEE_FEN	     500
#define HISTORY_DAYS 120

enum { IS_DONE, OPERATOR, SHOPS, READINGS, FREE, BIND };
static const struct query Q[] QUERIES = {
	[IS_DONE] = { .sql = "SELECT COUNT(*) FROM meter_epoch", .bounded = "one number" },
	[OPERATOR] = { .sql = "SELECT operator_id FROM operator WHERE username = ?",
	    .bounded = "unique key" },
	[SHOPS] = { .sql = "SELECT am.meter_id, am.account_id, m.bus_id FROM account_meter am"
			   " JOIN meter m ON m.meter_id = am.meter_id WHERE am.ended_at IS NULL"
			   " AND m.credit_mode = 'meter' ORDER BY am.meter_id LIMIT 1000" },
	[READINGS] = { .sql = "SELECT taken_at, energy_wh, credit_fen, purchase_count FROM reading"
			      " WHERE meter_id = ? ORDER BY taken_at LIMIT 20000" },
	/* Rows go out table by table when enough have gathered, not in the order in which they
	 * name each other. */
	[FREE] = { .sql = "SET SESSION foreign_key_checks = 0" },
	[BIND] = { .sql = "SET SESSION foreign_key_checks = 1" },
};

/* A number that looks random and is the same at every start. */
static uint64_t
scatter(uint64_t seed)
{
	seed = (seed ^ seed >> 31) * 0x7fb5d329728ea185ULL;
	seed = (seed ^ seed >> 27) * 0x81dadef4bc2dd44dULL;
	return seed ^ seed >> 33;
}

/* ---- what the history shows ---- */

static enum rc
load_readings(struct demo_business *b, const struct demo_shop *shop,
    struct charge_reading **readings, size_t *count)
{
	size_t room = 20000;
	struct rows *rows;
	enum rc rc = db_query(b->db, &Q[READINGS], ARGS(I(shop->meter_id)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	*readings = calloc(room, sizeof(**readings));
	if (*readings == NULL)
		log_fatal("memory", "no room for the history of a meter");
	while ((rc = rows_next(rows)) == RC_OK && *count < room)
		(*readings)[(*count)++] = (struct charge_reading){ .at = rows_int(rows, 0),
			.energy_wh = rows_int(rows, 1),
			.credit_fen = rows_int(rows, 2),
			.count = rows_int(rows, 3) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static void *
next_of(void **list, size_t *count, size_t *room, size_t size)
{
	if (*count == *room) {
		*room = *room * 2 + 1024;
		*list = realloc(*list, *room * size);
		if (*list == NULL)
			log_fatal("memory", "no room for the business");
	}
	return (char *)*list + (*count)++ * size;
}

static enum channel
channel_of(uint64_t dice)
{
	static const enum channel usual[] = { CHANNEL_CASH, CHANNEL_CASH, CHANNEL_CASH, CHANNEL_QR,
		CHANNEL_QR, CHANNEL_QR, CHANNEL_QR, CHANNEL_TRANSFER, CHANNEL_POS, CHANNEL_QR };

	return usual[dice % COUNT(usual)];
}

/* The credit rose between two readings by a round sum less what was used meanwhile. */
static void
add_buy(struct demo_business *b, size_t shop, const struct charge_reading *before,
    const struct charge_reading *after)
{
	struct demo_buy *buy =
	    next_of((void **)&b->buys, &b->buy_count, &b->buy_room, sizeof(*b->buys));
	int64_t risen = after->credit_fen - before->credit_fen;
	uint64_t dice = scatter((uint64_t)(after->at / HALF_HOUR) * 1000 + shop);

	*buy = (struct demo_buy){ .meter = shop,
		.at = after->at - HALF_HOUR + CLOCK_MINUTE +
		      (int64_t)(dice % (uint64_t)(HALF_HOUR - 2 * CLOCK_MINUTE)),
		.credit_fen = (risen + ROUND_FEN - 1) / ROUND_FEN * ROUND_FEN,
		.fee_fen = dice / 7 % 13 == 0 ? FEE_FEN : 0,
		.count = after->count,
		.before_fen = before->credit_fen,
		.before_wh = before->energy_wh,
		.seller = dice / 11 % 5 == 0,
		.channel = channel_of(dice / 13) };
	buy->day = clock_day(buy->at);
}

static enum rc
add_day(struct demo_business *b, struct tariff_plan *plan, const struct charge_row *before,
    const struct charge_reading *readings, size_t count, int64_t credited_fen)
{
	struct charge_row row = { .day = clock_day_add(before->day, 1),
		.credited_fen = credited_fen };
	struct arena *arena = arena_new();
	enum rc rc = charge_sum(arena, before, plan, readings, count, &row);

	arena_free(arena);
	if (rc == RC_OK)
		*(struct charge_row *)next_of(
		    (void **)&b->rows, &b->row_count, &b->row_room, sizeof(*b->rows)) = row;
	return rc;
}

/* All whole days of a meter. */
static enum rc
add_days(struct demo_business *b, size_t index, const struct charge_reading *readings, size_t count,
    size_t first_buy)
{
	struct demo_shop *shop = &b->shops[index];
	struct charge_row last = { .epoch_id = (int64_t)index,
		.meter_id = shop->meter_id,
		.account_id = shop->account_id,
		.day = clock_day_add(clock_day(readings[0].at), -1),
		.closing_at = readings[0].at,
		.closing_wh = readings[0].energy_wh,
		.closing_fen = readings[0].credit_fen,
		.closing_count = readings[0].count };
	struct tariff_meter tariff;
	struct tariff_plan plan;
	size_t at = 1;
	enum rc rc = tariff_meter(b->db, &b->book, shop->meter_id, &tariff);

	tariff_plan(&plan, tariff.spans, tariff.count, &b->book.calendar);
	while (rc == RC_OK && clock_day_add(last.day, 1).number < clock_day(b->now).number) {
		int64_t end_at = clock_day_start(clock_day_add(last.day, 2)), credited = 0;
		size_t n = 0;
		while (at + n < count && readings[at + n].at <= end_at)
			n++;
		int64_t closing = n > 0 ? readings[at + n - 1].count : last.closing_count;
		for (; first_buy < b->buy_count && b->buys[first_buy].count <= closing; first_buy++)
			credited += b->buys[first_buy].credit_fen;
		rc = add_day(b, &plan, &last, readings + at, n, credited);
		if (rc == RC_OK)
			last = b->rows[b->row_count - 1];
		shop->credit_fen += credited - charge_out_of_credit(&last);
		at += n;
	}
	for (; first_buy < b->buy_count; first_buy++)
		shop->credit_fen += b->buys[first_buy].credit_fen;
	return rc;
}

static enum rc
find_shop(struct demo_business *b, size_t index)
{
	struct charge_reading *readings = NULL;
	size_t count, first_buy = b->buy_count;
	enum rc rc = load_readings(b, &b->shops[index], &readings, &count);

	if (rc != RC_OK || count == 0) {
		free(readings);
		return rc;
	}
	b->shops[index].base = readings[0];
	b->shops[index].credit_fen = readings[0].credit_fen;
	for (size_t i = 1; i < count; i++)
		if (readings[i].count != readings[i - 1].count)
			add_buy(b, index, &readings[i - 1], &readings[i]);
	rc = add_days(b, index, readings, count, first_buy);
	free(readings);
	return rc;
}

static enum rc
load_shops(struct demo_business *b)
{
	struct rows *rows;
	enum rc rc = db_query(b->db, &Q[SHOPS], NO_ARGS, &rows);

	if (rc != RC_OK)
		return rc;
	b->shops = arena_alloc(b->arena, SHOPS_MAX * sizeof(*b->shops));
	while ((rc = rows_next(rows)) == RC_OK && b->shop_count < SHOPS_MAX)
		b->shops[b->shop_count++] = (struct demo_shop){ .meter_id = rows_int(rows, 0),
			.account_id = rows_int(rows, 1),
			.bus_id = rows_int(rows, 2) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static int
compare_buys(const void *a, const void *b)
{
	const struct demo_buy *one = a, *other = b;

	if (one->at != other->at)
		return one->at < other->at ? -1 : 1;
	return one->meter < other->meter ? -1 : 1;
}

enum rc
demo_money_find(struct demo_business *b)
{
	struct day today = clock_day(b->now);
	enum rc rc = load_shops(b);

	if (rc == RC_OK)
		rc = tariff_book(b->db, b->arena, clock_day_add(today, -HISTORY_DAYS),
		    clock_day_add(today, 1), &b->book);
	for (size_t i = 0; rc == RC_OK && i < b->shop_count; i++)
		rc = find_shop(b, i);
	if (rc == RC_OK && b->buy_count > 0)
		qsort(b->buys, b->buy_count, sizeof(*b->buys), compare_buys);
	for (size_t i = 0; i < b->buy_count; i++)
		b->shops[b->buys[i].meter].last = &b->buys[i];
	return rc;
}

/* ---- the command ---- */

static enum rc
find_people(struct demo_business *b)
{
	int64_t *const ids[] = { &b->sellers[0], &b->sellers[1], &b->closer };
	static const char *const names[] = { "cashier", "manager", "finance" };
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < COUNT(ids); i++)
		rc = db_int(b->db, &Q[OPERATOR], ARGS(S(names[i])), ids[i]);
	if (rc == RC_NOT_FOUND)
		log_error("demo", "there are no operators cashier, manager and finance");
	return rc;
}

static enum rc
write_all(struct db *db, void *context)
{
	(void)db;
	return demo_money_write(context);
}

enum rc
demo_money(struct db *db)
{
	struct demo_business b = { .db = db, .arena = arena_new(), .now = clock_now() };
	int64_t epochs;
	enum rc rc = db_int(db, &Q[IS_DONE], NO_ARGS, &epochs);

	if (rc == RC_OK && epochs == 0) {
		rc = find_people(&b);
		if (rc == RC_OK)
			rc = demo_money_find(&b);
		if (rc == RC_OK)
			rc = db_exec(db, &Q[FREE], NO_ARGS);
		if (rc == RC_OK)
			rc = db_transact(db, write_all, &b);
		if (rc == RC_OK)
			rc = db_exec(db, &Q[BIND], NO_ARGS);
		if (rc == RC_OK)
			rc = demo_documents(db, b.sellers[0], b.sellers[1]);
	}
	free(b.buys);
	free(b.rows);
	arena_free(b.arena);
	return rc;
}
