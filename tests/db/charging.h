/*
 * charging.h - a shop whose meter has been read for some days, for tests of what they cost.
 */
#ifndef VOLTILL_TEST_CHARGING_H
#define VOLTILL_TEST_CHARGING_H

#include "money.h"

#include "model/charge.h"
#include "model/epoch.h"

enum { CHARGING_TARIFF, CHARGING_READING, CHARGING_STATE, CHARGING_ROWS, CHARGING_SUM };
static const struct query CHARGING[] QUERIES = {
	[CHARGING_TARIFF] = { .sql = "INSERT INTO meter_tariff (meter_id, valid_from, price_uyuan)"
				     " VALUES (?, '2020-01-01', ?)" },
	[CHARGING_READING] = { .sql = "INSERT INTO reading (meter_id, taken_at, read_at, energy_wh,"
				      " credit_fen, purchase_count, quality)"
				      " VALUES (?, ?, ?, ?, ?, ?, ?)" },
	[CHARGING_STATE] = { .sql = "UPDATE meter_state SET read_at = ?, energy_wh = ?,"
				    " credit_fen = ?, purchase_count = ? WHERE meter_id = ?" },
	[CHARGING_ROWS] = { .sql = "SELECT GROUP_CONCAT(CONCAT_WS(' ', opening_fen, credited_fen,"
				   " deducted_fen, charge_fen, difference_fen, closing_fen,"
				   " COALESCE(closing_count, '-'), energy_wh) ORDER BY day"
				   " SEPARATOR '|') FROM charge_day WHERE meter_id = ?",
	    .bounded = "one row" },
	[CHARGING_SUM] = { .sql = "SELECT COUNT(*) FROM charge_day WHERE meter_id = ?",
	    .bounded = "one row" },
};

/* Noon of the day that many days ago. */
static int64_t
noon(int days_ago)
{
	struct day day = clock_day_add(clock_day(clock_now()), -days_ago);

	return clock_day_start(day) + 12 * CLOCK_HOUR;
}

/* The end of that day. */
static int64_t
night(int days_ago)
{
	return clock_day_start(clock_day_add(clock_day(clock_now()), 1 - days_ago));
}

static void
read_at(const struct shop *shop, int64_t at, int64_t energy_wh, int64_t credit_fen, int64_t count)
{
	assert_int_equal(db_exec(admin, &CHARGING[CHARGING_READING],
			     ARGS(I(shop->meter_id), T(at), T(at + 5000), I(energy_wh),
				 I(credit_fen), I(count), I(0))),
	    RC_OK);
}

/* What it showed then; its epoch begins there. */
static struct shop
make_shop_at(int64_t at, int64_t energy_wh, int64_t credit_fen, int64_t count)
{
	struct shop shop = make_shop(count, credit_fen);
	struct epoch epoch;

	assert_int_equal(db_exec(admin, &CHARGING[CHARGING_STATE],
			     ARGS(T(at), I(energy_wh), I(credit_fen), I(count), I(shop.meter_id))),
	    RC_OK);
	assert_int_equal(
	    db_exec(admin, &CHARGING[CHARGING_TARIFF], ARGS(I(shop.meter_id), I(PRICE_UYUAN))),
	    RC_OK);
	assert_int_equal(db_begin(admin), RC_OK);
	assert_int_equal(
	    db_end(admin, epoch_ensure(admin, shop.meter_id, shop.account_id, at, &epoch)), RC_OK);
	return shop;
}

static struct charge_work
charge_all_at(int64_t now)
{
	struct db *db = open_as("voltill_nightly");
	struct charge_work work;

	assert_int_equal(charge_due(db, now, NULL, &work), RC_OK);
	db_close(db);
	return work;
}

static struct charge_work
charge_all(void)
{
	return charge_all_at(clock_now());
}

/* "opening credited deducted charge difference closing count energy|…" */
static const char *
charged(const struct shop *shop)
{
	return text_by(&CHARGING[CHARGING_ROWS], ARGS(I(shop->meter_id)));
}

#endif
