/* Accounts are opened once, leave a dead meter in debt, and close when everything is settled; under
 * the rights of the program. */
#include "money.h"

#include "model/account_close.h"
#include "model/account_draft.h"
#include "model/account_open.h"

enum { PRICE, DRAFTS_OF, CLOSED, SERVING, ACCOUNTS_OF, OLD, ASKED };
static const struct query L[] QUERIES = {
	[PRICE] = { .sql = "INSERT INTO meter_tariff (meter_id, valid_from, price_uyuan)"
			   " VALUES (?, '2020-01-01', 800000)" },
	[DRAFTS_OF] = { .sql = "SELECT COUNT(*) FROM account_draft WHERE operator_id = ?",
	    .bounded = "one row" },
	[CLOSED] = { .sql = "SELECT COUNT(*) FROM account WHERE account_id = ?"
			    " AND closed_at IS NOT NULL",
	    .bounded = "one row" },
	[SERVING] = { .sql = "SELECT COUNT(*) FROM account_meter WHERE account_id = ?"
			     " AND ended_at IS NULL",
	    .bounded = "one row" },
	[ACCOUNTS_OF] = { .sql = "SELECT COUNT(*) FROM account_meter WHERE active_meter = ?",
	    .bounded = "one row" },
	[OLD] = { .sql = "UPDATE account_draft SET changed_at = changed_at - INTERVAL 31 DAY"
			 " WHERE account_draft_id = ?" },
	[ASKED] = { .sql = "SELECT COALESCE(MAX(approval_id), 0) FROM approval WHERE meter_id = ?"
			   " AND kind = 'closing' AND outcome IS NULL",
	    .bounded = "one row" },
};

static void
a_draft_is_its_operators_and_goes_after_a_month(void **state)
{
	struct db *db = open_as("voltill_accounts");
	int64_t who = make_operator("cashier"), other = make_operator("cashier");
	struct arena *arena = arena_new();
	struct account_draft draft, found;

	(void)state;
	assert_int_equal(account_draft_begin(db, who, clock_now(), &draft), RC_OK);
	draft_set(&draft, "name", "张三 = 李四");
	draft_set(&draft, "meters", "3,17");
	draft_set(&draft, "phone", "");
	assert_int_equal(account_draft_save(db, &draft, clock_now()), RC_OK);
	assert_int_equal(account_draft_find(db, arena, who, draft.draft_id, &found), RC_OK);
	assert_string_equal(draft_text(&found, "name"), "张三 = 李四");
	assert_string_equal(draft_text(&found, "meters"), "3,17");
	assert_string_equal(draft_text(&found, "phone"), "");
	assert_memory_equal(found.request_key, draft.request_key, DRAFT_KEY);
	assert_int_equal(
	    account_draft_find(db, arena, other, draft.draft_id, &found), RC_NOT_FOUND);
	assert_int_equal(account_draft_drop(db, other, draft.draft_id), RC_NOT_FOUND);
	assert_int_equal(db_exec(admin, &L[OLD], ARGS(I(draft.draft_id))), RC_OK);
	assert_int_equal(account_draft_begin(db, who, clock_now(), &draft), RC_OK);
	assert_int_equal(number_by(&L[DRAFTS_OF], ARGS(I(who))), 1);
	arena_free(arena);
	db_close(db);
}

static struct account_wish
wish_of(int64_t draft_id, int64_t operator_id, int64_t meter_id)
{
	struct account_wish wish = { .draft_id = draft_id,
		.by = actor(operator_id),
		.scope = &scope_everything,
		.meter_ids = { meter_id },
		.meter_count = 1,
		.is_phone_meant = true };

	(void)snprintf(
	    wish.profile.row.name, sizeof(wish.profile.row.name), "%s", named("户", meter_id));
	return wish;
}

static void
the_same_draft_opens_one_account(void **state)
{
	struct db *db = open_as("voltill_accounts");
	int64_t who = make_operator("manager"), meter_id = make_meter("meter", 3, 1234, 5000);
	struct arena *arena = arena_new();
	struct account_opened first, again;
	struct faults faults = { 0 };
	struct account_draft draft;

	(void)state;
	assert_int_equal(account_draft_begin(db, who, clock_now(), &draft), RC_OK);
	struct account_wish wish = wish_of(draft.draft_id, who, meter_id);
	assert_int_equal(account_open(db, arena, &wish, &faults, &first), RC_INVALID);
	assert_non_null(fault_find(&faults, "tariff"));
	assert_int_equal(db_exec(admin, &L[PRICE], ARGS(I(meter_id))), RC_OK);
	assert_int_equal(account_open(db, arena, &wish, &faults, &first), RC_OK);
	assert_int_equal(account_open(db, arena, &wish, &faults, &again), RC_OK);
	assert_true(again.is_old);
	assert_int_equal(first.account_id, again.account_id);
	/* What was in the meter belongs to the tenant. */
	const struct shop shop = { meter_id, first.account_id };
	assert_balance(&shop, 0, 1234, 0);
	/* The meter has a tenant: another draft cannot have it. */
	assert_int_equal(account_draft_begin(db, who, clock_now(), &draft), RC_OK);
	wish = wish_of(draft.draft_id, who, meter_id);
	assert_int_equal(account_open(db, arena, &wish, &faults, &again), RC_INVALID);
	assert_string_equal(fault_find(&faults, "meters")->key, "MeterHasTenant");
	assert_int_equal(number_by(&L[ACCOUNTS_OF], ARGS(I(meter_id))), 1);
	assert_books();
	arena_free(arena);
	db_close(db);
}

/* The tenant of a dead meter owes 5.00: it is asked for by two persons, collected, and over. */
static void
a_debt_is_collected_before_the_account_closes(void **state)
{
	struct db *db = open_as("voltill_accounts");
	int64_t who = make_cashier("manager"), second = make_operator("manager");
	struct shop shop = make_shop(4, -500);
	struct leave_wish wish = { .asker.by = actor(who),
		.account_id = shop.account_id,
		.is_whole = true,
		.meters = { { shop.meter_id, true, -500, 100000 } },
		.meter_count = 1,
		.channel = CHANNEL_CASH,
		.reason = "退租" };
	struct operator_actor by = actor(second), payer = actor(who);
	struct arena *arena = arena_new();
	struct faults faults = { 0 };
	bool is_closed;

	(void)state;
	assert_int_equal(db_exec(admin, &L[PRICE], ARGS(I(shop.meter_id))), RC_OK);
	secret_random(wish.asker.request_key, sizeof(wish.asker.request_key));
	assert_int_equal(account_leave(db, &wish, &faults), RC_OK);
	assert_int_equal(account_leave(db, &wish, &faults), RC_OK); /* pressed twice */
	int64_t approval_id = number_by(&L[ASKED], ARGS(I(shop.meter_id)));
	assert_true(approval_id > 0);
	const struct leave_figures figures = { .approval_id = approval_id,
		.account_id = shop.account_id,
		.meter_id = shop.meter_id,
		.credit_fen = -500,
		.energy_wh = 100000,
		.asked_by = who,
		.reason = "退租" };
	assert_int_equal(db_begin(db), RC_OK);
	assert_int_equal(db_end(db, account_close_approve(db, &figures, &by, &faults)), RC_OK);
	assert_balance(&shop, 0, 0, -500);
	assert_int_equal(number_by(&L[SERVING], ARGS(I(shop.account_id))), 0);
	assert_int_equal(account_leave_step(db, shop.account_id, &payer, &is_closed), RC_OK);
	assert_false(is_closed);
	assert_int_equal(account_leave_settle(db, arena, shop.account_id, &payer, &faults), RC_OK);
	assert_balance(&shop, 0, 0, 0);
	assert_int_equal(number_by(&L[CLOSED], ARGS(I(shop.account_id))), 1);
	assert_books();
	arena_free(arena);
	db_close(db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_draft_is_its_operators_and_goes_after_a_month),
		cmocka_unit_test(the_same_draft_opens_one_account),
		cmocka_unit_test(a_debt_is_collected_before_the_account_closes),
	};

	return cmocka_run_group_tests(tests, open_building, close_building);
}
