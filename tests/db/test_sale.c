/* Selling: one wish is one document, in one transaction, and what is refused leaves nothing. */
#include "selling.h"

#define POSTS	16
#define SELLERS 2
#define SALES	50

enum { FEE, DAY_CLOSE, DAY_OPEN, ROLE_LIMITS, LINES, COMMANDS, OLD_SALE, COUNTS };
static const struct query Q[] QUERIES = {
	[FEE] = { .sql = "INSERT INTO fee (name, kind, value) VALUES (?, ?, ?)" },
	[DAY_CLOSE] = { .sql = "UPDATE business_day SET closed_at = ? WHERE day = ?" },
	[DAY_OPEN] = { .sql = "UPDATE business_day SET closed_at = NULL WHERE day = ?" },
	[ROLE_LIMITS] = { .sql = "UPDATE role SET sale_max_fen = ?, cash_max_fen = ?"
				 " WHERE code = 'cashier'" },
	[LINES] = { .sql = "SELECT COUNT(*) FROM sale_line WHERE sale_id = ?",
	    .bounded = "one row" },
	[COMMANDS] = { .sql = "SELECT COUNT(*) FROM command WHERE meter_id = ?",
	    .bounded = "one row" },
	/* Whether the deliveries of a meter follow the receipts, and have one epoch. */
	[COUNTS] = { .sql = "SELECT COUNT(*) FROM delivery d JOIN delivery e"
			    " ON e.meter_id = d.meter_id AND e.command_id > d.command_id"
			    " AND e.sale_id < d.sale_id WHERE d.meter_id = ?",
	    .bounded = "one row" },
};

/* Refused with that key at that field, and nothing was stored. */
static void
refused(const struct sale_wish *wish, const char *field, const char *key)
{
	struct faults faults = { 0 };
	int64_t sale_id = 0, before = number_by(&MONEY[MONEY_SALES], ARGS(I(wish->account_id)));
	bool is_old;

	assert_int_equal(sale_record(db, wish, &faults, &sale_id, &is_old), RC_INVALID);
	assert_true(faults.count > 0);
	assert_string_equal(faults.list[0].key, key);
	assert_string_equal(faults.list[0].field, field);
	assert_int_equal(number_by(&MONEY[MONEY_SALES], ARGS(I(wish->account_id))), before);
}

static void
a_sale_is_one_transaction(void **state)
{
	struct shop shop = make_shop(12, 4000);
	int64_t cashier = make_cashier("cashier");
	int64_t fee =
	    insert_row(db_exec(admin, &Q[FEE], ARGS(S(named("服务费", 1)), S("permille"), I(25))));
	struct sale_wish wish = wish_of(&shop, cashier, 10000);
	struct faults faults = { 0 };
	int64_t sale_id;
	bool is_old;

	(void)state;
	wish.fee_ids[wish.fee_count++] = fee;
	wish.tendered_fen = 12000;
	assert_int_equal(sale_record(db, &wish, &faults, &sale_id, &is_old), RC_OK);
	assert_string_equal(sale_state(sale_id), "booked");
	assert_balance(&shop, 9750, 4000, 0);
	assert_int_equal(number_by(&Q[LINES], ARGS(I(sale_id))), 2);

	deliver_order(collector, order_of(sale_id), 4000);
	assert_string_equal(sale_state(sale_id), "delivered");
	assert_balance(&shop, 0, 13750, 0);
	assert_int_equal(last_count(shop.meter_id), 13);
	assert_int_equal(owed("opening", shop.account_id), -4000);
	assert_books();
}

static void
a_meter_without_credit_is_settled_at_once(void **state)
{
	struct shop shop = make_shop_of("server", 0, 0);
	int64_t sale_id;

	(void)state;
	sale_id = sell(&shop, make_cashier("cashier"), 5000);
	assert_string_equal(sale_state(sale_id), "delivered");
	assert_balance(&shop, 0, 5000, 0);
	assert_int_equal(number_by(&Q[COMMANDS], ARGS(I(shop.meter_id))), 0);
	assert_books();
}

/* W-30 … W-37 and M-43, as far as the model decides. */
static void
what_is_refused_leaves_nothing(void **state)
{
	struct shop shop = make_shop(0, 1000), monitor = make_shop_of("monitor", 0, 0);
	int64_t cashier = make_cashier("cashier"), idle = make_operator("cashier");
	struct sale_wish wish = wish_of(&shop, cashier, 0);

	(void)state;
	refused(&wish, "amount", "Required");
	wish = wish_of(&shop, cashier, -5);
	refused(&wish, "amount", "Required");
	wish = wish_of(&shop, cashier, SALE_MAX_FEN + 1);
	refused(&wish, "amount", "SaleMax");
	wish = wish_of(&shop, cashier, 1000);
	wish.channel = CHANNEL_NONE;
	refused(&wish, "channel", "Required");
	wish = wish_of(&shop, cashier, 1000);
	wish.tendered_fen = 999;
	refused(&wish, "tendered", "Tendered");
	wish = wish_of(&shop, idle, 1000);
	refused(&wish, "", "NoShift");
	wish = wish_of(&monitor, cashier, 1000);
	refused(&wish, "", "NotItsAccount");
	wish = wish_of(&shop, cashier, 1000);
	wish.account_id = monitor.account_id;
	refused(&wish, "", "NotItsAccount");
	wish = wish_of(&shop, cashier, 1000);
	wish.price_mark = 12345;
	refused(&wish, "", "PriceChanged");
	wish = wish_of(&shop, cashier, 1000);
	wish.fee_ids[wish.fee_count++] = 4000000;
	refused(&wish, "fee", "PriceChanged");
	int64_t fee =
	    insert_row(db_exec(admin, &Q[FEE], ARGS(S(named("固定费", 2)), S("fixed"), I(1000))));
	wish.fee_ids[0] = fee;
	refused(&wish, "amount", "NothingLeft");
	wish = wish_of(&shop, cashier, 9999000);
	refused(&wish, "amount", "HoardMax");
	assert_balance(&shop, 0, 0, 0);
	assert_int_equal(number_by(&Q[COMMANDS], ARGS(I(shop.meter_id))), 0);
	assert_books();
}

static void
limits_of_the_role_hold(void **state)
{
	struct shop shop = make_shop(0, 0);
	int64_t cashier = make_cashier("cashier");
	struct sale_wish wish;

	(void)state;
	assert_int_equal(db_exec(admin, &Q[ROLE_LIMITS], ARGS(I(20000), I(30000))), RC_OK);
	wish = wish_of(&shop, cashier, 20001);
	refused(&wish, "amount", "SaleMax");
	(void)sell(&shop, cashier, 20000);
	wish = wish_of(&shop, cashier, 10001);
	refused(&wish, "amount", "CashMax");
	wish.channel = CHANNEL_POS;
	struct faults faults = { 0 };
	int64_t sale_id;
	bool is_old;
	assert_int_equal(sale_record(db, &wish, &faults, &sale_id, &is_old), RC_OK);
	assert_int_equal(db_exec(admin, &Q[ROLE_LIMITS], ARGS(NIL, NIL)), RC_OK);
	assert_books();
}

static void
a_like_sale_is_asked_about(void **state)
{
	struct shop shop = make_shop(0, 0);
	int64_t cashier = make_cashier("cashier");
	struct sale_wish wish;

	(void)state;
	(void)sell(&shop, cashier, 2000);
	wish = wish_of(&shop, cashier, 2000);
	wish.is_duplicate_meant = false;
	refused(&wish, "", "NearDuplicate");
	wish.amount_fen = 2001;
	struct faults faults = { 0 };
	int64_t sale_id;
	bool is_old;
	assert_int_equal(sale_record(db, &wish, &faults, &sale_id, &is_old), RC_OK);
}

static void
a_closed_day_sells_nothing(void **state)
{
	struct shop shop = make_shop(0, 0);
	int64_t cashier = make_cashier("cashier");
	struct day today;

	(void)state;
	(void)sell(&shop, cashier, 2000);
	today = clock_day(clock_now());
	assert_int_equal(db_exec(admin, &Q[DAY_CLOSE], ARGS(T(clock_now()), D(today))), RC_OK);
	struct sale_wish wish = wish_of(&shop, cashier, 3000);
	refused(&wish, "", "DayClosed");
	assert_int_equal(db_exec(admin, &Q[DAY_OPEN], ARGS(D(today))), RC_OK);
}

static void
a_key_is_used_for_one_wish(void **state)
{
	struct shop shop = make_shop(0, 0);
	int64_t cashier = make_cashier("cashier"), first, second;
	struct sale_wish wish = wish_of(&shop, cashier, 2000);
	struct faults faults = { 0 };
	bool is_old;

	(void)state;
	wish.is_duplicate_meant = false;
	assert_int_equal(sale_record(db, &wish, &faults, &first, &is_old), RC_OK);
	assert_false(is_old);
	assert_int_equal(sale_record(db, &wish, &faults, &second, &is_old), RC_OK);
	assert_true(is_old);
	assert_int_equal(first, second);
	wish.amount_fen = 2500;
	assert_int_equal(sale_record(db, &wish, &faults, &second, &is_old), RC_CONFLICT);
	assert_string_equal(faults.list[0].key, "KeyReused");
	assert_int_equal(number_by(&MONEY[MONEY_SALES], ARGS(I(shop.account_id))), 1);
}

/* ---- many at once ---- */

struct poster {
	pthread_t thread;
	struct sale_wish wish;
	int64_t sale_id;
	bool is_old;
	enum rc rc;
	int64_t sales; /* of a seller: how many to make */
};

static void *
post(void *context)
{
	struct poster *poster = context;
	struct faults faults = { 0 };
	struct db *own = NULL;

	poster->rc = db_open(&conf, "voltill_sales", &own);
	if (poster->rc == RC_OK)
		poster->rc =
		    sale_record(own, &poster->wish, &faults, &poster->sale_id, &poster->is_old);
	db_close(own);
	return NULL;
}

static void
sixteen_posts_of_one_key_are_one_sale(void **state)
{
	static struct poster posters[POSTS];
	struct shop shop = make_shop(0, 0);
	struct sale_wish wish = wish_of(&shop, make_cashier("cashier"), 3300);
	int fresh = 0;

	(void)state;
	wish.is_duplicate_meant = false;
	for (int i = 0; i < POSTS; i++) {
		posters[i] = (struct poster){ .wish = wish };
		assert_int_equal(pthread_create(&posters[i].thread, NULL, post, &posters[i]), 0);
	}
	for (int i = 0; i < POSTS; i++) {
		assert_int_equal(pthread_join(posters[i].thread, NULL), 0);
		assert_int_equal(posters[i].rc, RC_OK);
		assert_int_equal(posters[i].sale_id, posters[0].sale_id);
		fresh += !posters[i].is_old;
	}
	assert_int_equal(fresh, 1);
	assert_int_equal(number_by(&MONEY[MONEY_SALES], ARGS(I(shop.account_id))), 1);
	assert_int_equal(number_by(&Q[COMMANDS], ARGS(I(shop.meter_id))), 1);
	assert_books();
}

static void *
sell_many(void *context)
{
	struct poster *poster = context;
	struct faults faults = { 0 };
	struct db *own = NULL;

	poster->rc = db_open(&conf, "voltill_sales", &own);
	for (int i = 0; i < SALES && poster->rc == RC_OK; i++) {
		secret_random(poster->wish.asker.request_key, SALE_KEY);
		poster->wish.asker.by.now = clock_now();
		poster->wish.amount_fen = 100 + i;
		poster->rc =
		    sale_record(own, &poster->wish, &faults, &poster->sale_id, &poster->is_old);
	}
	db_close(own);
	return NULL;
}

static void
two_sell_to_one_meter(void **state)
{
	static struct poster sellers[SELLERS];
	struct shop shop = make_shop(7, 0);
	int64_t total = 0;

	(void)state;
	for (int i = 0; i < SALES; i++)
		total += SELLERS * (100 + i);
	for (int i = 0; i < SELLERS; i++) {
		sellers[i].wish = wish_of(&shop, make_cashier("manager"), 1);
		assert_int_equal(
		    pthread_create(&sellers[i].thread, NULL, sell_many, &sellers[i]), 0);
	}
	for (int i = 0; i < SELLERS; i++) {
		assert_int_equal(pthread_join(sellers[i].thread, NULL), 0);
		assert_int_equal(sellers[i].rc, RC_OK);
	}
	assert_int_equal(number_by(&MONEY[MONEY_SALES], ARGS(I(shop.account_id))), SELLERS * SALES);
	assert_balance(&shop, total, 0, 0);
	assert_int_equal(number_by(&Q[COUNTS], ARGS(I(shop.meter_id))), 0);
	assert_books();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sale_is_one_transaction),
		cmocka_unit_test(a_meter_without_credit_is_settled_at_once),
		cmocka_unit_test(what_is_refused_leaves_nothing),
		cmocka_unit_test(limits_of_the_role_hold),
		cmocka_unit_test(a_like_sale_is_asked_about),
		cmocka_unit_test(a_closed_day_sells_nothing),
		cmocka_unit_test(a_key_is_used_for_one_wish),
		cmocka_unit_test(sixteen_posts_of_one_key_are_one_sale),
		cmocka_unit_test(two_sell_to_one_meter),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
