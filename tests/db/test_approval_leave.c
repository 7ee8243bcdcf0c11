/* The second person and dead meters: typed figures take effect when another one says yes. */
#include "back.h"

#include "model/account_close.h"
#include "model/meter_change.h"

enum { APPROVAL, CLOSING, CHANGE, SERVED };
static const struct query Q[] QUERIES = {
	[APPROVAL] = { .sql = "SELECT approval_id FROM approval WHERE outcome IS NULL AND"
			      " ? IN (meter_id, meter_change_id) AND kind = ?"
			      " ORDER BY approval_id DESC LIMIT 1" },
	[CLOSING] = { .sql = "SELECT sale_id FROM sale WHERE account_id = ? AND kind = 'closing'"
			     " ORDER BY sale_id DESC LIMIT 1" },
	[CHANGE] = { .sql = "SELECT CONCAT_WS(' ', state, COALESCE(second_by, 0) > 0)"
			    " FROM meter_change WHERE meter_change_id = ?",
	    .bounded = "primary key" },
	[SERVED] = { .sql = "SELECT COUNT(*) FROM account_meter WHERE active_meter = ?"
			    " AND account_id = ?",
	    .bounded = "one row" },
};

static int64_t cashier, manager, finance;
static struct db *accounts;

static enum rc
reject(int64_t approval_id, int64_t operator_id)
{
	struct operator_actor by = actor(operator_id);

	return approval_reject(counter, approval_id, "", &by);
}

/* ---- an account is closed ---- */

static int64_t
ask_closing(const struct shop *shop, int64_t credit_fen)
{
	struct leave_wish wish = { .asker = asker(cashier),
		.account_id = shop->account_id,
		.is_whole = true,
		.meters = { { shop->meter_id, true, credit_fen, 120000 } },
		.meter_count = 1,
		.channel = CHANNEL_CASH,
		.reason = "表计损坏" };
	struct faults faults = { 0 };

	assert_int_equal(account_leave(accounts, &wish, &faults), RC_OK);
	return number_by(&Q[APPROVAL], ARGS(I(shop->meter_id), S("closing")));
}

static void
typed_figures_close_when_another_one_says_yes(void **state)
{
	int64_t purchase;
	struct shop shop = make_buyer(cashier, 10000, &purchase);
	int64_t approval_id = ask_closing(&shop, 8000), journals;
	struct faults faults;

	(void)state;
	journals = number_by(&MONEY[MONEY_JOURNALS], ARGS(I(shop.account_id)));
	assert_int_equal(approve(approval_id, cashier, &faults), RC_DENIED);
	assert_int_equal(number_by(&MONEY[MONEY_JOURNALS], ARGS(I(shop.account_id))), journals);
	assert_int_equal(approve(approval_id, manager, &faults), RC_OK);
	int64_t sale_id = number_by(&Q[CLOSING], ARGS(I(shop.account_id)));
	assert_string_equal(sale_now(sale_id), "closing due cash 8000 8000 0 1");
	assert_balance(&shop, 0, 0, 8000);
	assert_int_equal(number_by(&Q[SERVED], ARGS(I(shop.meter_id), I(shop.account_id))), 0);
	assert_int_equal(approve(approval_id, finance, &faults), RC_CONFLICT);
	assert_int_equal(pay(sale_id, cashier, &faults), RC_OK);
	assert_balance(&shop, 0, 0, 0);
	assert_books();
}

static void
a_debt_is_collected_at_the_end(void **state)
{
	int64_t purchase, before = drawer(cashier);
	struct shop shop = make_buyer(cashier, 10000, &purchase);
	struct faults faults;

	(void)state;
	assert_int_equal(approve(ask_closing(&shop, -700), manager, &faults), RC_OK);
	int64_t sale_id = number_by(&Q[CLOSING], ARGS(I(shop.account_id)));
	assert_string_equal(sale_now(sale_id), "closing due cash 0 -700 0 1");
	assert_balance(&shop, 0, 0, -700);
	assert_int_equal(pay(sale_id, cashier, &faults), RC_OK);
	assert_balance(&shop, 0, 0, 0);
	assert_int_equal(drawer(cashier) - before, 10700);
	assert_books();
}

static void
typed_figures_that_are_refused_change_nothing(void **state)
{
	int64_t purchase;
	struct shop shop = make_buyer(cashier, 10000, &purchase);
	int64_t approval_id = ask_closing(&shop, 8000), sales;

	(void)state;
	sales = number_by(&MONEY[MONEY_SALES], ARGS(I(shop.account_id)));
	assert_int_equal(reject(approval_id, finance), RC_OK);
	assert_int_equal(number_by(&MONEY[MONEY_SALES], ARGS(I(shop.account_id))), sales);
	assert_balance(&shop, 0, 10000, 0);
	assert_int_equal(number_by(&Q[SERVED], ARGS(I(shop.meter_id), I(shop.account_id))), 1);
}

/* ---- a meter is changed ---- */

static int64_t
ask_change(const struct shop *shop, int64_t new_meter_id)
{
	struct change_wish wish = { .asker = asker(cashier),
		.scope = &scope_everything,
		.kind = CHANGE_MOVE,
		.account_id = shop->account_id,
		.old_meter_id = shop->meter_id,
		.new_meter_id = new_meter_id,
		.is_manual = true,
		.manual_fen = 9000,
		.manual_wh = 120000,
		.reason = "表计损坏" };
	struct arena *arena = arena_new();
	struct faults faults = { 0 };
	int64_t change_id = 0;
	bool is_old;

	assert_int_equal(
	    meter_change_begin(accounts, arena, &wish, &faults, &change_id, &is_old), RC_OK);
	arena_free(arena);
	return change_id;
}

static void
a_dead_meter_is_changed_when_another_one_says_yes(void **state)
{
	int64_t purchase, new_meter_id = make_meter("meter", 0, 0, 0);
	struct shop shop = make_buyer(cashier, 10000, &purchase);
	int64_t change_id = ask_change(&shop, new_meter_id);
	int64_t approval_id = number_by(&Q[APPROVAL], ARGS(I(change_id), S("change")));
	struct faults faults;

	(void)state;
	assert_string_equal(text_by(&Q[CHANGE], ARGS(I(change_id))), "asked 0");
	assert_int_equal(approve(approval_id, cashier, &faults), RC_DENIED);
	assert_int_equal(approve(approval_id, manager, &faults), RC_OK);
	assert_string_equal(text_by(&Q[CHANGE], ARGS(I(change_id))), "cleared 1");
	assert_balance(&shop, 0, 0, 0);
	assert_int_equal(owed("moving", shop.account_id), 9000);
	assert_books();
}

static void
a_change_that_is_refused_is_over(void **state)
{
	int64_t purchase, new_meter_id = make_meter("meter", 0, 0, 0);
	struct shop shop = make_buyer(cashier, 10000, &purchase);
	int64_t change_id = ask_change(&shop, new_meter_id);

	(void)state;
	assert_int_equal(
	    reject(number_by(&Q[APPROVAL], ARGS(I(change_id), S("change"))), finance), RC_OK);
	assert_string_equal(text_by(&Q[CHANGE], ARGS(I(change_id))), "cancelled 0");
	assert_balance(&shop, 0, 10000, 0);
}

static int
set_up(void **state)
{
	if (open_counter(state) != 0)
		return -1;
	accounts = open_as("voltill_accounts");
	cashier = make_cashier("cashier");
	manager = make_operator("manager");
	finance = make_operator("finance");
	return 0;
}

static int
tear_down(void **state)
{
	db_close(accounts);
	return close_counter(state);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(typed_figures_close_when_another_one_says_yes),
		cmocka_unit_test(a_debt_is_collected_at_the_end),
		cmocka_unit_test(typed_figures_that_are_refused_change_nothing),
		cmocka_unit_test(a_dead_meter_is_changed_when_another_one_says_yes),
		cmocka_unit_test(a_change_that_is_refused_is_over),
	};

	secret_init();
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
