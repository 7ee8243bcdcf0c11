/* Account and meter leave each other: closings and transfers, by order and by hand. */
#include "selling.h"

#include "model/epoch.h"

enum { SERVES, EPOCHS, CHARGED, CHANGE, CHANGE_STATE, OLD_FEN, CREDIT, AMOUNT };
static const struct query Q[] QUERIES = {
	[SERVES] = { .sql = "SELECT COUNT(*) FROM account_meter WHERE active_meter = ?",
	    .bounded = "one row" },
	[EPOCHS] = { .sql = "SELECT COUNT(*) FROM meter_epoch WHERE active_meter = ?",
	    .bounded = "one row" },
	[CHARGED] = { .sql = "SELECT COUNT(*) FROM charge_day WHERE meter_id = ?"
			     " AND opening_fen + credited_fen - deducted_fen - charge_fen"
			     " + difference_fen = closing_fen",
	    .bounded = "one row" },
	[CHANGE] = { .sql = "INSERT INTO meter_change (kind, request_key, account_id,"
			    " old_meter_id, new_meter_id, state, sale_id, began_at, began_by)"
			    " VALUES ('move', ?, ?, ?, ?, 'clearing', ?, UTC_TIMESTAMP(3), 1)" },
	[CHANGE_STATE] = { .sql = "SELECT state FROM meter_change WHERE sale_id = ?"
				  " ORDER BY meter_change_id DESC LIMIT 1" },
	[OLD_FEN] = { .sql = "SELECT old_fen FROM meter_change WHERE sale_id = ?"
			     " ORDER BY meter_change_id DESC LIMIT 1" },
	[CREDIT] = { .sql = "SELECT credit_fen FROM sale WHERE sale_id = ?",
	    .bounded = "primary key" },
	[AMOUNT] = { .sql = "SELECT amount_fen FROM sale WHERE sale_id = ?",
	    .bounded = "primary key" },
};

static struct sale_asker
asker_of(int64_t operator_id)
{
	struct sale_asker asker = { .by = actor(operator_id) };

	secret_random(asker.request_key, SALE_KEY);
	return asker;
}

struct leaving {
	struct closing_wish closing;
	struct transfer_wish transfer;
	bool is_transfer;
	struct faults faults;
	int64_t sale_id;
};

static enum rc
leave(struct db *through, void *context)
{
	struct leaving *leaving = context;

	leaving->faults = (struct faults){ 0 };
	if (leaving->is_transfer)
		return sale_transfer(
		    through, &leaving->transfer, &leaving->faults, &leaving->sale_id);
	return sale_close_meter(through, &leaving->closing, &leaving->faults, &leaving->sale_id);
}

static struct leaving
closing_of(const struct shop *shop)
{
	return (struct leaving){ .closing = { .asker = asker_of(make_operator("cashier")),
				     .account_id = shop->account_id,
				     .meter_id = shop->meter_id,
				     .channel = CHANNEL_CASH,
				     .reason = "退租" } };
}

static void
assert_left(const struct shop *shop)
{
	assert_int_equal(number_by(&Q[SERVES], ARGS(I(shop->meter_id))), 0);
	assert_int_equal(number_by(&Q[EPOCHS], ARGS(I(shop->meter_id))), 0);
	assert_int_equal(number_by(&Q[CHARGED], ARGS(I(shop->meter_id))), 1);
}

/* ---- closings ---- */

static void
a_closing_empties_the_meter(void **state)
{
	struct shop shop = make_shop(5, 2000);
	int64_t cashier = make_cashier("cashier");
	struct leaving leaving = closing_of(&shop);
	struct operator_actor by = actor(cashier);
	struct db *accounts = open_as("voltill_accounts");

	(void)state;
	deliver_order(collector, order_of(sell(&shop, cashier, 10000)), 1900);
	int64_t waiting = order_of(sell(&shop, cashier, 500));
	assert_int_equal(db_transact(accounts, leave, &leaving), RC_INVALID);
	assert_string_equal(leaving.faults.list[0].key, "InFlight");
	deliver_order(collector, waiting, 11900);
	/* The meter used 3.00 of what it had. */
	assert_int_equal(db_transact(accounts, leave, &leaving), RC_OK);
	assert_string_equal(sale_state(leaving.sale_id), "booked");
	struct sale_wish late = wish_of(&shop, cashier, 900);
	struct faults faults = { 0 };
	int64_t none;
	bool is_old;
	assert_int_equal(sale_record(db, &late, &faults, &none, &is_old), RC_INVALID);
	assert_string_equal(faults.list[0].key, "InFlight");
	deliver_order(collector, order_of(leaving.sale_id), 12100);
	assert_string_equal(sale_state(leaving.sale_id), "due");
	assert_int_equal(number_by(&Q[AMOUNT], ARGS(I(leaving.sale_id))), 12100);
	assert_balance(&shop, 0, 0, 12100);
	assert_left(&shop);
	assert_int_equal(sale_pay(db, leaving.sale_id, &by, &leaving.faults), RC_INVALID);
	assert_string_equal(leaving.faults.list[0].key, "CashShort");
	struct shop other = make_shop(0, 0);
	(void)sell(&other, cashier, 2000);
	leaving.faults = (struct faults){ 0 };
	assert_int_equal(sale_pay(db, leaving.sale_id, &by, &leaving.faults), RC_OK);
	assert_string_equal(sale_state(leaving.sale_id), "paid");
	assert_balance(&shop, 0, 0, 0);
	db_close(accounts);
	assert_books();
}

static void
a_debt_is_wiped_and_owed(void **state)
{
	struct shop shop = make_shop(5, -700);
	struct leaving leaving = closing_of(&shop);

	(void)state;
	assert_int_equal(db_transact(db, leave, &leaving), RC_OK);
	deliver_order(collector, order_of(leaving.sale_id), -700);
	assert_string_equal(sale_state(leaving.sale_id), "due");
	assert_int_equal(number_by(&Q[AMOUNT], ARGS(I(leaving.sale_id))), 0);
	assert_int_equal(number_by(&Q[CREDIT], ARGS(I(leaving.sale_id))), -700);
	assert_balance(&shop, 0, 0, -700);
	assert_left(&shop);
	assert_books();
}

static void
a_dead_meter_is_closed_by_hand(void **state)
{
	struct shop shop = make_shop(5, 2000);
	struct leaving leaving = closing_of(&shop);

	(void)state;
	leaving.closing.is_manual = true;
	leaving.closing.manual_fen = 1500;
	leaving.closing.manual_wh = 101000;
	leaving.closing.second_by = make_operator("manager");
	assert_int_equal(db_transact(db, leave, &leaving), RC_OK);
	assert_string_equal(sale_state(leaving.sale_id), "due");
	assert_balance(&shop, 0, 0, 1500);
	assert_left(&shop);
	assert_books();
}

static void
a_meter_without_credit_is_closed_at_once(void **state)
{
	struct shop shop = make_shop_of("server", 0, 0);
	struct leaving leaving = closing_of(&shop);

	(void)state;
	(void)sell(&shop, make_cashier("cashier"), 5000);
	assert_int_equal(db_transact(db, leave, &leaving), RC_OK);
	assert_string_equal(sale_state(leaving.sale_id), "due");
	assert_balance(&shop, 0, 0, 5000);
	assert_int_equal(number_by(&Q[SERVES], ARGS(I(shop.meter_id))), 0);
	assert_books();
}

/* ---- transfers ---- */

static enum rc
begin_epoch(struct db *through, void *context)
{
	const struct shop *shop = context;
	struct epoch_figures figures;
	struct epoch epoch;
	enum rc rc = epoch_figures(through, shop->meter_id, &figures);

	return rc == RC_OK ? epoch_begin(through, shop->meter_id, shop->account_id, EPOCH_MOVE,
				 &figures, 0, 0, clock_now(), &epoch)
			   : rc;
}

/* Another meter of the same account. */
static struct shop
second_meter(const struct shop *shop, const char *mode)
{
	struct shop other = { .account_id = shop->account_id,
		.meter_id = make_meter(mode, 40, 300, 100000) };

	assert_int_equal(db_exec(admin, &MONEY[MONEY_SERVE],
			     ARGS(I(other.meter_id), T(clock_now()), I(other.account_id))),
	    RC_OK);
	assert_int_equal(db_transact(db, begin_epoch, &other), RC_OK);
	return other;
}

static struct leaving
transfer_of(const struct shop *from, int64_t to_meter_id)
{
	return (struct leaving){ .is_transfer = true,
		.transfer = { .asker = asker_of(make_operator("cashier")),
		    .account_id = from->account_id,
		    .meter_id = from->meter_id,
		    .to_meter_id = to_meter_id,
		    .reason = "换铺" } };
}

static void
transfer(struct leaving *leaving)
{
	unsigned char key[SALE_KEY];

	assert_int_equal(db_transact(db, leave, leaving), RC_OK);
	secret_random(key, sizeof(key));
	assert_int_equal(
	    db_exec(admin, &Q[CHANGE],
		ARGS(B(key, sizeof(key)), I(leaving->transfer.account_id),
		    I(leaving->transfer.meter_id),
		    leaving->transfer.to_meter_id != 0 ? I(leaving->transfer.to_meter_id) : NIL,
		    I(leaving->sale_id))),
	    RC_OK);
}

static const char *
change_state(const struct leaving *leaving)
{
	return text_by(&Q[CHANGE_STATE], ARGS(I(leaving->sale_id)));
}

static void
a_transfer_goes_from_meter_to_meter(void **state)
{
	struct shop old = make_shop(5, 2000), new = second_meter(&old, "meter");
	struct leaving leaving = transfer_of(&old, new.meter_id);

	(void)state;
	transfer(&leaving);
	deliver_order(collector, order_of(leaving.sale_id), 1800);
	assert_string_equal(change_state(&leaving), "crediting");
	assert_int_equal(number_by(&Q[OLD_FEN], ARGS(I(leaving.sale_id))), 1800);
	assert_string_equal(sale_state(leaving.sale_id), "booked");
	assert_balance(&old, 0, 0, 0);
	assert_int_equal(owed("moving", old.account_id), 1800);
	assert_left(&old);
	deliver_order(collector, order_of(leaving.sale_id), 300);
	assert_string_equal(change_state(&leaving), "done");
	assert_string_equal(sale_state(leaving.sale_id), "delivered");
	assert_balance(&new, 0, 2100, 0);
	assert_int_equal(owed("moving", old.account_id), 0);
	assert_int_equal(last_count(new.meter_id), 41);
	assert_books();
}

struct naming {
	int64_t sale_id, to_meter_id;
	struct operator_actor by;
};

static enum rc
name(struct db *through, void *context)
{
	const struct naming *naming = context;

	return sale_transfer_into(through, naming->sale_id, naming->to_meter_id, &naming->by);
}

static void
the_new_meter_comes_later(void **state)
{
	struct shop old = make_shop(5, 2000);
	struct leaving leaving = transfer_of(&old, 0);
	struct naming naming = { .by = actor(make_operator("manager")) };

	(void)state;
	transfer(&leaving);
	deliver_order(collector, order_of(leaving.sale_id), 2000);
	assert_string_equal(change_state(&leaving), "cleared");
	struct shop new = second_meter(&old, "meter"), foreign = make_shop(0, 0);
	naming.sale_id = leaving.sale_id;
	naming.to_meter_id = foreign.meter_id;
	assert_int_equal(db_transact(db, name, &naming), RC_NOT_FOUND);
	naming.to_meter_id = new.meter_id;
	assert_int_equal(db_transact(db, name, &naming), RC_OK);
	assert_string_equal(change_state(&leaving), "crediting");
	assert_int_equal(db_transact(db, name, &naming), RC_CONFLICT);
	deliver_order(collector, order_of(leaving.sale_id), 300);
	assert_string_equal(sale_state(leaving.sale_id), "delivered");
	assert_balance(&new, 0, 2300, 0);
	assert_books();
}

static void
a_debt_goes_along(void **state)
{
	struct shop old = make_shop(5, -200), new = second_meter(&old, "meter");
	struct leaving leaving = transfer_of(&old, new.meter_id);

	(void)state;
	transfer(&leaving);
	deliver_order(collector, order_of(leaving.sale_id), -200);
	assert_int_equal(owed("moving", old.account_id), -200);
	deliver_order(collector, order_of(leaving.sale_id), 300);
	assert_balance(&new, 0, 100, 0);
	assert_string_equal(sale_state(leaving.sale_id), "delivered");
	assert_books();
}

static void
nothing_needs_no_second_order(void **state)
{
	struct shop old = make_shop(5, 0), new = second_meter(&old, "meter");
	struct leaving leaving = transfer_of(&old, new.meter_id);

	(void)state;
	transfer(&leaving);
	deliver_order(collector, order_of(leaving.sale_id), 0);
	assert_string_equal(sale_state(leaving.sale_id), "delivered");
	assert_string_equal(change_state(&leaving), "done");
	assert_balance(&new, 0, 300, 0);
	assert_books();
}

static void
a_dead_meter_gives_by_hand(void **state)
{
	struct shop old = make_shop(5, 2000), new = second_meter(&old, "server");
	struct leaving leaving = transfer_of(&old, new.meter_id);

	(void)state;
	leaving.transfer.is_manual = true;
	leaving.transfer.manual_fen = 1234;
	leaving.transfer.manual_wh = 102000;
	leaving.transfer.second_by = make_operator("manager");
	transfer(&leaving);
	assert_string_equal(sale_state(leaving.sale_id), "delivered");
	assert_balance(&old, 0, 0, 0);
	assert_balance(&new, 0, 1234, 0);
	assert_left(&old);
	assert_books();
}

static void
a_clearing_that_failed_changes_nothing(void **state)
{
	struct shop old = make_shop(5, 2000), new = second_meter(&old, "meter");
	struct leaving leaving = transfer_of(&old, new.meter_id);

	(void)state;
	transfer(&leaving);
	(void)begin_order(collector, order_of(leaving.sale_id), 2000);
	struct delivery_end end = ended(order_of(leaving.sale_id), DELIVERY_FAILED, 0, 0, 0);
	assert_int_equal(settle(collector, &end), RC_OK);
	assert_string_equal(sale_state(leaving.sale_id), "failed");
	assert_string_equal(change_state(&leaving), "cancelled");
	assert_balance(&old, 0, 2000, 0);
	assert_int_equal(number_by(&Q[SERVES], ARGS(I(old.meter_id))), 1);
	(void)sell(&old, make_cashier("cashier"), 1000);
	assert_books();
}

/* The meter that was left begins anew with what it showed last, not with an older answer. */
static void
the_next_account_begins_with_nothing(void **state)
{
	struct shop shop = make_shop(5, 2000);
	struct leaving leaving = closing_of(&shop);
	struct epoch_figures figures;

	(void)state;
	assert_int_equal(db_transact(db, leave, &leaving), RC_OK);
	struct delivery_job job = begin_order(collector, order_of(leaving.sale_id), 2000);
	struct delivery_end end = ended(job.command_id, DELIVERY_DONE, 2000, 6, 0);
	assert_int_equal(settle(collector, &end), RC_OK);
	assert_int_equal(epoch_figures(db, shop.meter_id, &figures), RC_OK);
	assert_int_equal(figures.count, 6);
	assert_int_equal(figures.credit_fen, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_closing_empties_the_meter),
		cmocka_unit_test(a_debt_is_wiped_and_owed),
		cmocka_unit_test(a_dead_meter_is_closed_by_hand),
		cmocka_unit_test(a_meter_without_credit_is_closed_at_once),
		cmocka_unit_test(a_transfer_goes_from_meter_to_meter),
		cmocka_unit_test(the_new_meter_comes_later),
		cmocka_unit_test(a_debt_goes_along),
		cmocka_unit_test(nothing_needs_no_second_order),
		cmocka_unit_test(a_dead_meter_gives_by_hand),
		cmocka_unit_test(a_clearing_that_failed_changes_nothing),
		cmocka_unit_test(the_next_account_begins_with_nothing),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
