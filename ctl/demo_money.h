/*
 * demo_money.h - the business of the demonstration, as far as its files share it.
 */
#ifndef VOLTILL_DEMO_MONEY_H
#define VOLTILL_DEMO_MONEY_H

#include "base/arena.h"
#include "base/db.h"
#include "model/charge_sum.h"
#include "model/ledger.h"
#include "model/tariff_load.h"

#define DEMO_SELLERS 2 /* cashier, manager */

/* A purchase that the history of a meter shows. */
struct demo_buy {
	int64_t at;
	size_t meter; /* index in demo_business.meters */
	int64_t credit_fen, fee_fen, count;
	int64_t before_fen, before_wh;
	size_t seller;
	enum channel channel;
	struct day day;
	int64_t sale_id, command_id, shift_id, seq;
};

struct demo_shop {
	int64_t meter_id, account_id, bus_id, epoch_id;
	struct charge_reading base;
	int64_t credit_fen;	     /* in the ledger */
	const struct demo_buy *last; /* NULL: never */
};

struct demo_business {
	struct db *db;
	struct arena *arena;
	int64_t now;
	int64_t sellers[DEMO_SELLERS], closer; /* closer: who closes the days */
	struct tariff_book book;
	struct demo_shop *shops;
	size_t shop_count;
	struct demo_buy *buys;
	size_t buy_count, buy_room;
	struct charge_row *rows; /* of all shops, by shop and day */
	size_t row_count, row_room;
};

/* Reads the history and finds purchases and days of use in it; writes nothing. */
enum rc demo_money_find(struct demo_business *b);
/* Writes documents, orders, shifts, days and the ledger. */
enum rc demo_money_write(struct demo_business *b);
/* A few documents of other kinds, through the model: waiting, held, reversed, asked. In
 * transactions of their own. */
enum rc demo_documents(struct db *db, int64_t cashier, int64_t manager);

#define DEMO_FLOAT_FEN 50000
#define DEMO_FEE       "物业服务费"

#endif
