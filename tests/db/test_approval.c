/* The second person: nobody says yes to himself, and yes does it, in one. */
#include "back.h"

#include "model/held.h"

static int64_t cashier, manager, finance;

static enum rc
adjust(const struct shop *shop, int64_t operator_id, int64_t amount_fen, struct faults *faults,
    int64_t *sale_id)
{
	struct adjustment_wish wish = { .asker = asker(operator_id),
		.account_id = shop->account_id,
		.meter_id = shop->meter_id,
		.amount_fen = amount_fen,
		.reason = "表计走快" };
	bool is_old;

	*faults = (struct faults){ 0 };
	return sale_adjust(counter, &wish, faults, sale_id, &is_old);
}

static enum rc
reject(int64_t approval_id, int64_t operator_id)
{
	struct operator_actor by = actor(operator_id);

	return approval_reject(counter, approval_id, "不同意", &by);
}

static void
assert_outcome(int64_t approval_id, const char *outcome, int64_t by, const char *note)
{
	char expected[300];

	(void)snprintf(expected, sizeof(expected), "%s|%" PRId64 "|%s", outcome, by, note);
	assert_string_equal(text_by(&BACK[BACK_OUTCOME], ARGS(I(approval_id))), expected);
}

/* ---- refunds ---- */

static int64_t
ask_refund(const struct shop *shop, int64_t amount_fen)
{
	struct faults faults;
	int64_t sale_id = 0;

	set_limits(cashier, -1, 50000);
	assert_int_equal(refund(shop, cashier, amount_fen, &faults, &sale_id), RC_OK);
	return sale_id;
}

static void
who_asked_cannot_say_yes(void **state)
{
	int64_t purchase;
	struct shop shop = make_buyer(cashier, 60000, &purchase);
	int64_t sale_id = ask_refund(&shop, 50001), approval_id = approval_of(sale_id);
	struct faults faults;

	(void)state;
	assert_string_equal(sale_now(sale_id), "refund asked cash 50001 50001 0 0");
	assert_int_equal(audited("approval.ask", approval_id), 1);
	assert_balance(&shop, 0, 60000, 0);
	int64_t before = stored();
	assert_int_equal(approve(approval_id, cashier, &faults), RC_DENIED);
	assert_outcome(approval_id, "open", 0, "");
	assert_int_equal(stored(), before);
	assert_int_equal(approve(approval_id, manager, &faults), RC_OK);
	assert_outcome(approval_id, "approved", manager, "同意");
	assert_int_equal(audited("approval.approve", approval_id), 1);
	assert_string_equal(sale_now(sale_id), "refund booked cash 50001 50001 0 1");
	assert_string_equal(delivery_now(sale_id), "deduct queued queued 50001");
	assert_int_equal(approve(approval_id, finance, &faults), RC_CONFLICT);
	assert_int_equal(reject(approval_id, finance), RC_CONFLICT);
	carry_out(sale_id, shop.meter_id, DELIVERY_DONE);
	assert_balance(&shop, 0, 9999, 50001);
	assert_books();
}

static void
no_and_never_mind_end_it(void **state)
{
	int64_t purchase;
	struct shop shop = make_buyer(cashier, 60000, &purchase);
	int64_t sale_id = ask_refund(&shop, 0), approval_id = approval_of(sale_id);

	(void)state;
	assert_string_equal(sale_now(sale_id), "refund asked cash 0 0 0 0");
	assert_int_equal(reject(approval_id, finance), RC_OK);
	assert_outcome(approval_id, "rejected", finance, "不同意");
	assert_string_equal(sale_now(sale_id), "refund rejected cash 0 0 0 0");
	assert_int_equal(audited("approval.reject", approval_id), 1);
	sale_id = ask_refund(&shop, 0);
	approval_id = approval_of(sale_id);
	assert_int_equal(reject(approval_id, cashier), RC_OK);
	assert_outcome(approval_id, "withdrawn", cashier, "不同意");
	assert_string_equal(sale_now(sale_id), "refund rejected cash 0 0 0 0");
	assert_balance(&shop, 0, 60000, 0);
	assert_books();
}

static void
a_busy_meter_leaves_the_question_open(void **state)
{
	int64_t purchase;
	struct shop shop = make_buyer(cashier, 60000, &purchase);
	int64_t sale_id = ask_refund(&shop, 55000), approval_id = approval_of(sale_id);
	int64_t another = sell(&shop, cashier, 100, 0), before = stored();
	struct faults faults;

	(void)state;
	assert_int_equal(approve(approval_id, manager, &faults), RC_INVALID);
	assert_fault(&faults, "", "InFlight");
	assert_outcome(approval_id, "open", 0, "");
	assert_int_equal(stored(), before);
	carry_out(another, shop.meter_id, DELIVERY_DONE);
	assert_int_equal(approve(approval_id, manager, &faults), RC_OK);
	assert_string_equal(sale_now(sale_id), "refund booked cash 55000 55000 0 1");
}

static void
what_cannot_be_done_any_more_is_rejected(void **state)
{
	int64_t purchase;
	struct shop shop = make_buyer(cashier, 60000, &purchase);
	int64_t sale_id = ask_refund(&shop, 55000), approval_id = approval_of(sale_id);
	struct faults faults;

	(void)state;
	show(shop.meter_id, 4, 54999, 101000);
	assert_int_equal(approve(approval_id, manager, &faults), RC_CONFLICT);
	assert_outcome(approval_id, "rejected", manager, "#RefundMax\t549.99");
	assert_string_equal(sale_now(sale_id), "refund rejected cash 55000 55000 0 0");
	assert_balance(&shop, 0, 60000, 0);
}

#define SAYERS 8
struct sayer {
	pthread_t thread;
	int64_t approval_id, operator_id;
	enum rc rc;
};

static void *
says_yes(void *context)
{
	struct sayer *sayer = context;
	struct operator_actor by = actor(sayer->operator_id);
	struct db *own = open_as("voltill_sales");
	struct faults faults = { 0 };

	sayer->rc = approval_approve(own, sayer->approval_id, "", &by, &faults);
	db_close(own);
	return NULL;
}

static void
eight_who_say_yes_do_it_once(void **state)
{
	int64_t purchase, said = 0;
	struct shop shop = make_buyer(cashier, 60000, &purchase);
	int64_t sale_id = ask_refund(&shop, 55000);
	struct sayer sayers[SAYERS];

	(void)state;
	for (size_t i = 0; i < SAYERS; i++) {
		sayers[i] = (struct sayer){ .approval_id = approval_of(sale_id),
			.operator_id = i % 2 == 0 ? manager : finance };
		assert_int_equal(pthread_create(&sayers[i].thread, NULL, says_yes, &sayers[i]), 0);
	}
	for (size_t i = 0; i < SAYERS; i++) {
		pthread_join(sayers[i].thread, NULL);
		said += sayers[i].rc == RC_OK;
		assert_true(sayers[i].rc == RC_OK || sayers[i].rc == RC_CONFLICT);
	}
	assert_int_equal(said, 1);
	assert_string_equal(delivery_now(sale_id), "deduct queued queued 55000");
	assert_books();
}

/* ---- adjustments ---- */

static void
an_adjustment_goes_in(void **state)
{
	int64_t purchase, sale_id = 0;
	struct shop shop = make_buyer(cashier, 10000, &purchase);
	struct faults faults;

	(void)state;
	assert_int_equal(adjust(&shop, manager, 1500, &faults, &sale_id), RC_OK);
	assert_string_equal(sale_now(sale_id), "adjustment asked none 0 1500 0 0");
	assert_int_equal(approve(approval_of(sale_id), manager, &faults), RC_DENIED);
	assert_int_equal(approve(approval_of(sale_id), finance, &faults), RC_OK);
	assert_string_equal(delivery_now(sale_id), "credit queued queued 1500");
	assert_balance(&shop, 0, 10000, 0);
	carry_out(sale_id, shop.meter_id, DELIVERY_DONE);
	assert_string_equal(sale_now(sale_id), "adjustment delivered none 0 1500 0 1");
	assert_balance(&shop, 0, 11500, 0);
	assert_int_equal(owed("suspense", shop.account_id), -1500);
	assert_books();
}

static void
an_adjustment_comes_out(void **state)
{
	int64_t purchase, sale_id = 0;
	struct shop shop = make_buyer(cashier, 10000, &purchase);
	struct faults faults;

	(void)state;
	assert_int_equal(adjust(&shop, manager, -1500, &faults, &sale_id), RC_OK);
	assert_int_equal(approve(approval_of(sale_id), finance, &faults), RC_OK);
	assert_string_equal(delivery_now(sale_id), "deduct queued queued 1500");
	carry_out(sale_id, shop.meter_id, DELIVERY_DONE);
	assert_string_equal(sale_now(sale_id), "adjustment delivered none 0 -1500 0 1");
	assert_balance(&shop, 0, 8500, 0);
	assert_int_equal(owed("suspense", shop.account_id), 1500);
	assert_books();
}

static void
a_meter_that_counts_nothing_is_adjusted_at_once(void **state)
{
	int64_t sale_id = 0;
	struct shop shop = make_shop_of("server", 0, 0);
	struct faults faults;

	(void)state;
	assert_int_equal(adjust(&shop, manager, 2000, &faults, &sale_id), RC_OK);
	assert_int_equal(approve(approval_of(sale_id), finance, &faults), RC_OK);
	assert_string_equal(sale_now(sale_id), "adjustment delivered none 0 2000 0 1");
	assert_balance(&shop, 0, 2000, 0);
	assert_int_equal(adjust(&shop, manager, -500, &faults, &sale_id), RC_OK);
	assert_int_equal(approve(approval_of(sale_id), finance, &faults), RC_OK);
	assert_balance(&shop, 0, 1500, 0);
	assert_int_equal(owed("suspense", shop.account_id), -1500);
	assert_books();
}

static void
a_wrong_adjustment_leaves_nothing_behind(void **state)
{
	int64_t purchase, sale_id = 0, before;
	struct shop shop = make_buyer(cashier, 10000, &purchase);
	struct faults faults;

	(void)state;
	before = stored();
	assert_int_equal(adjust(&shop, manager, 0, &faults, &sale_id), RC_INVALID);
	assert_fault(&faults, "amount", "Required");
	assert_int_equal(adjust(&shop, manager, -10001, &faults, &sale_id), RC_INVALID);
	assert_fault(&faults, "amount", "RefundMax");
	assert_int_equal(adjust(&shop, manager, SALE_MAX_FEN + 1, &faults, &sale_id), RC_INVALID);
	assert_fault(&faults, "amount", "SaleMax");
	assert_int_equal(stored(), before);
}

/* ---- lists ---- */

static void
the_list_shows_what_is_in_the_scope(void **state)
{
	int64_t purchase, total = 0, open = 0, open_here = 0;
	struct shop shop = make_buyer(cashier, 60000, &purchase);
	int64_t sale_id = ask_refund(&shop, 51000), approval_id = approval_of(sale_id);
	struct arena *arena = arena_new();
	struct approval approval, *list;
	struct scope here, elsewhere;
	struct approval_filter filter = { &here, 1, "", 50, 0 };
	struct rows *rows;
	size_t count;
	char id[24];

	(void)state;
	(void)snprintf(id, sizeof(id), "%" PRId64, building.building_id);
	scope_set(&here, id);
	scope_set(&elsewhere, "4294967295");
	assert_int_equal(approval_find(counter, arena, &here, approval_id, &approval), RC_OK);
	assert_int_equal(approval.kind, APPROVAL_REFUND);
	assert_int_equal(approval.amount_fen, 51000);
	assert_int_equal(approval.meter_id, shop.meter_id);
	assert_int_equal(approval.account_id, shop.account_id);
	assert_string_equal(approval.place, "A 101");
	assert_string_equal(approval.tenant, "星塔餐饮");
	assert_string_equal(approval.outcome, "");
	assert_true(strlen(approval.receipt_number) > 8);
	assert_int_equal(
	    approval_find(counter, arena, &elsewhere, approval_id, &approval), RC_NOT_FOUND);
	assert_int_equal(approval_count_open(counter, &here, &open_here), RC_OK);
	assert_int_equal(approval_count_open(counter, &elsewhere, &open), RC_OK);
	assert_true(open_here >= 1);
	assert_int_equal(open, 0);
	assert_int_equal(approval_list(counter, arena, &filter, &list, &count, &total), RC_OK);
	assert_int_equal(total, open_here);
	assert_int_equal(list[0].approval_id, approval_id);
	filter.search = approval.receipt_number;
	assert_int_equal(approval_list(counter, arena, &filter, &list, &count, &total), RC_OK);
	assert_int_equal(count, 1);
	filter.search = "%";
	assert_int_equal(approval_list(counter, arena, &filter, &list, &count, &total), RC_OK);
	assert_int_equal(count, 0);
	filter.search = "";
	filter.is_open = 0;
	assert_int_equal(approval_list(counter, arena, &filter, &list, &count, &total), RC_OK);
	for (size_t i = 0; i < count; i++)
		assert_string_not_equal(list[i].outcome, "");
	assert_int_equal(approval_export(counter, &filter, &rows), RC_OK);
	assert_int_equal(rows_columns(rows), 13);
	while (rows_next(rows) == RC_OK)
		count--;
	rows_end(rows);
	assert_int_equal(count, 0);
	arena_free(arena);
}

static int
set_up(void **state)
{
	if (open_counter(state) != 0)
		return -1;
	cashier = make_cashier("cashier");
	manager = make_operator("manager");
	finance = make_operator("finance");
	return 0;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_asked_cannot_say_yes),
		cmocka_unit_test(no_and_never_mind_end_it),
		cmocka_unit_test(a_busy_meter_leaves_the_question_open),
		cmocka_unit_test(what_cannot_be_done_any_more_is_rejected),
		cmocka_unit_test(eight_who_say_yes_do_it_once),
		cmocka_unit_test(an_adjustment_goes_in),
		cmocka_unit_test(an_adjustment_comes_out),
		cmocka_unit_test(a_meter_that_counts_nothing_is_adjusted_at_once),
		cmocka_unit_test(a_wrong_adjustment_leaves_nothing_behind),
		cmocka_unit_test(the_list_shows_what_is_in_the_scope),
	};

	secret_init();
	return cmocka_run_group_tests(tests, set_up, close_counter);
}
