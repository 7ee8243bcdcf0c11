/*
 * selling.h - sales for tests.
 */
#ifndef VOLTILL_TEST_SELLING_H
#define VOLTILL_TEST_SELLING_H

#include "delivering.h"
#include "model/sale.h"

static struct db *db, *collector; /* of voltill_sales and voltill_collector */

static struct sale_wish
wish_of(const struct shop *shop, int64_t operator_id, int64_t amount_fen)
{
	struct sale_wish wish = { .asker.by = actor(operator_id),
		.account_id = shop->account_id,
		.meter_id = shop->meter_id,
		.channel = CHANNEL_CASH,
		.amount_fen = amount_fen,
		.is_duplicate_meant = true,
		.note = "" };

	secret_random(wish.asker.request_key, SALE_KEY);
	return wish;
}

static int64_t
sell(const struct shop *shop, int64_t operator_id, int64_t amount_fen)
{
	struct sale_wish wish = wish_of(shop, operator_id, amount_fen);
	struct faults faults = { 0 };
	int64_t sale_id = 0;
	bool is_old = true;

	assert_int_equal(sale_record(db, &wish, &faults, &sale_id, &is_old), RC_OK);
	assert_false(is_old);
	return sale_id;
}

static int
begin(void **state)
{
	secret_init();
	if (open_building(state) != 0)
		return -1;
	set_setting("sale.hoard_fen", "9999999");
	db = open_as("voltill_sales");
	collector = open_as("voltill_collector");
	return 0;
}

static int
finish(void **state)
{
	db_close(db);
	db_close(collector);
	return close_building(state);
}

#endif
