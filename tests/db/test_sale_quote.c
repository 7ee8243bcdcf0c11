/* Quotes: lines, prices and what they rest on; and the fees that people set. */
#include "selling.h"

#include "model/sale_fee.h"

enum { FIXED, CHARGE };
static const struct query Q[] QUERIES = {
	[FIXED] = { .sql = "INSERT INTO meter_tariff (meter_id, valid_from, price_uyuan)"
			   " VALUES (?, ?, ?)" },
	[CHARGE] = { .sql = "INSERT INTO charge_day (day, meter_epoch_id, meter_id, account_id,"
			    " opening_fen, credited_fen, deducted_fen, energy_wh, charge_fen,"
			    " difference_fen, closing_fen, closing_at, closing_wh, carry_nano,"
			    " charged_at) VALUES (?, 4000000 + ?, ?, ?, 0, 0, 0, ?, ?, 0, 0,"
			    " UTC_TIMESTAMP(3), 0, 0, UTC_TIMESTAMP(3))" },
};

static struct arena *arena;

static struct fee
fee_of(const char *name, bool is_permille, int64_t value)
{
	struct fee fee = { .is_permille = is_permille, .value = value };

	(void)snprintf(fee.name, sizeof(fee.name), "%s", name);
	return fee;
}

static int64_t
add_fee(const char *name, bool is_permille, int64_t value)
{
	struct operator_actor by = actor(make_operator("manager"));
	struct fee fee = fee_of(name, is_permille, value);
	struct faults faults = { 0 };

	assert_int_equal(fee_add(db, &fee, &by, &faults), RC_OK);
	return fee.fee_id;
}

static struct sale_quote
quote_of(const struct sale_wish *wish)
{
	struct sale_quote quote;

	assert_int_equal(sale_quote(db, arena, wish, &quote), RC_OK);
	return quote;
}

static void
fees_come_off_what_is_paid(void **state)
{
	struct shop shop = make_shop(0, 0);
	struct sale_wish wish = wish_of(&shop, make_operator("cashier"), 10001);
	struct sale_quote quote;

	(void)state;
	wish.fee_ids[wish.fee_count++] = add_fee(named("物业", 1), true, 25);
	wish.fee_ids[wish.fee_count++] = add_fee(named("服务", 2), false, 300);
	quote = quote_of(&wish);
	assert_int_equal(quote.line_count, 3);
	assert_int_equal(quote.lines[1].amount_fen, 250); /* 250.025 */
	assert_int_equal(quote.lines[2].amount_fen, 300);
	assert_int_equal(quote.credit_fen, 9451);
	assert_int_equal(quote.lines[0].amount_fen, 9451);
	wish.amount_fen = 10;
	wish.fee_count = 1;
	quote = quote_of(&wish);
	assert_int_equal(quote.line_count, 1); /* a quarter of a fen is nothing */
	assert_int_equal(quote.credit_fen, 10);
	wish.amount_fen = 20;
	assert_int_equal(quote_of(&wish).credit_fen, 19); /* half a fen is one */
}

static void
a_price_says_what_it_buys(void **state)
{
	struct shop shop = make_shop(0, 0), priced = make_shop(0, 0);
	struct sale_wish wish = wish_of(&shop, make_operator("cashier"), 8000);
	struct day today = clock_day(clock_now());
	struct sale_quote quote = quote_of(&wish);

	(void)state;
	assert_int_equal(quote.price_uyuan, -1);
	assert_int_equal(quote.energy_wh, -1);
	wish.meter_id = priced.meter_id;
	wish.account_id = priced.account_id;
	assert_int_equal(
	    db_exec(admin, &Q[FIXED], ARGS(I(priced.meter_id), D(today), I(PRICE_UYUAN))), RC_OK);
	quote = quote_of(&wish);
	assert_int_equal(quote.price_uyuan, PRICE_UYUAN);
	assert_int_equal(quote.price_low_uyuan, PRICE_UYUAN);
	assert_int_equal(quote.price_high_uyuan, PRICE_UYUAN);
	assert_int_equal(quote.energy_wh, 100000); /* 80.00 at 0.80 */
	/* What it really cost lately says more. */
	assert_int_equal(db_exec(admin, &Q[CHARGE],
			     ARGS(D(clock_day_add(today, -1)), I(priced.meter_id),
				 I(priced.meter_id), I(priced.account_id), I(10000), I(1000))),
	    RC_OK);
	assert_int_equal(quote_of(&wish).energy_wh, 80000);
}

/* M-43 */
static void
a_mark_names_the_prices(void **state)
{
	struct shop shop = make_shop(0, 0);
	int64_t cashier = make_cashier("cashier"), sale_id;
	struct sale_wish wish = wish_of(&shop, cashier, 5000);
	struct operator_actor by = actor(make_operator("manager"));
	struct day today = clock_day(clock_now());
	struct faults faults = { 0 };
	struct fee fee;
	bool is_old;

	(void)state;
	wish.fee_ids[wish.fee_count++] = add_fee(named("线损", 3), false, 100);
	wish.price_mark = quote_of(&wish).price_mark;
	assert_true(wish.price_mark != 0);
	wish.amount_fen = 6000;
	assert_true(quote_of(&wish).price_mark == wish.price_mark);
	assert_int_equal(sale_record(db, &wish, &faults, &sale_id, &is_old), RC_OK);
	/* The price changes, then the fee. */
	secret_random(wish.asker.request_key, SALE_KEY);
	assert_int_equal(
	    db_exec(admin, &Q[FIXED], ARGS(I(shop.meter_id), D(today), I(PRICE_UYUAN))), RC_OK);
	assert_int_equal(sale_record(db, &wish, &faults, &sale_id, &is_old), RC_INVALID);
	assert_string_equal(faults.list[0].key, "PriceChanged");
	wish.price_mark = quote_of(&wish).price_mark;
	assert_int_equal(fee_find(db, wish.fee_ids[0], &fee), RC_OK);
	fee.value = 150;
	assert_int_equal(fee_save(db, &fee, &by, &faults), RC_OK);
	assert_int_equal(sale_record(db, &wish, &faults, &sale_id, &is_old), RC_INVALID);
	assert_string_equal(faults.list[0].key, "PriceChanged");
	wish.price_mark = quote_of(&wish).price_mark;
	assert_int_equal(sale_record(db, &wish, &faults, &sale_id, &is_old), RC_OK);
	struct sale_quote quote = quote_of(&wish);
	assert_int_equal(quote.queued, 2);
	assert_int_equal(quote.transit_fen, 5900 + 5850);
}

static bool
is_offered(int64_t fee_id)
{
	struct sale_fee *fees;
	size_t count;

	assert_int_equal(sale_fees(db, arena, &fees, &count), RC_OK);
	for (size_t i = 0; i < count; i++)
		if (fees[i].fee_id == fee_id)
			return true;
	return false;
}

static void
fees_are_set_and_put_away(void **state)
{
	struct operator_actor by = actor(make_operator("manager"));
	struct faults faults = { 0 };
	int64_t id = add_fee(named("管理", 4), false, 100);
	struct fee fee = fee_of(named("管理", 4), false, 5), stale, *list;
	size_t count;

	(void)state;
	assert_int_equal(fee_add(db, &fee, &by, &faults), RC_INVALID);
	assert_string_equal(faults.list[0].key, "NameTaken");
	fee = fee_of("", false, 0);
	assert_int_equal(fee_add(db, &fee, &by, &faults), RC_INVALID);
	assert_string_equal(fault_find(&faults, "name")->key, "Required");
	assert_string_equal(fault_find(&faults, "value")->key, "OutOfRange");
	fee = fee_of(named("多", 5), true, FEE_PERMILLE_MAX + 1);
	assert_int_equal(fee_add(db, &fee, &by, &faults), RC_INVALID);
	assert_int_equal(fee_find(db, id, &fee), RC_OK);
	stale = fee;
	fee.value = 120;
	assert_int_equal(fee_save(db, &fee, &by, &faults), RC_OK);
	assert_int_equal(fee_save(db, &stale, &by, &faults), RC_CONFLICT);
	assert_int_equal(fee_archive(db, &stale, &by), RC_CONFLICT);
	assert_true(is_offered(id));
	assert_int_equal(fee_find(db, id, &fee), RC_OK);
	assert_int_equal(fee_archive(db, &fee, &by), RC_OK);
	assert_false(is_offered(id));
	/* The name is free again, and the old one stays in the list. */
	(void)add_fee(named("管理", 4), true, 10);
	assert_int_equal(fee_list(db, arena, &list, &count), RC_OK);
	assert_true(count >= 2 && list[count - 1].archived_at != 0);
}

static int
begin_quote(void **state)
{
	arena = arena_new();
	return begin(state);
}

static int
finish_quote(void **state)
{
	arena_free(arena);
	return finish(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fees_come_off_what_is_paid),
		cmocka_unit_test(a_price_says_what_it_buys),
		cmocka_unit_test(a_mark_names_the_prices),
		cmocka_unit_test(fees_are_set_and_put_away),
	};

	return cmocka_run_group_tests(tests, begin_quote, finish_quote);
}
