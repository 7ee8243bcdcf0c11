/* Held deliveries and stopped meters: two persons look at the meter and say what is true. */
#include "back.h"

#include "model/epoch.h"
#include "model/held.h"

enum { EPOCH, OUTCOMES };
static const struct query Q[] QUERIES = {
	[EPOCH] = { .sql = "SELECT CONCAT_WS(' ', last_count, last_credit_fen, last_energy_wh,"
			   " COALESCE(flight_count, -1)) FROM meter_epoch WHERE active_meter = ?",
	    .bounded = "unique key" },
	[OUTCOMES] = { .sql = "SELECT CONCAT_WS(' ', state, COALESCE(resolved_as, 'open'))"
			      " FROM delivery WHERE command_id = ?",
	    .bounded = "primary key" },
};

static int64_t cashier, manager, finance;
static struct arena *arena;
static struct scope here, elsewhere;

static int64_t
make_held(struct shop *shop, int64_t amount_fen)
{
	*shop = make_shop(3, 500);
	int64_t purchase = sell(shop, cashier, amount_fen, 0);
	carry_out(purchase, shop->meter_id, DELIVERY_HELD);
	assert_string_equal(text_by(&MONEY[MONEY_SALE_STATE], ARGS(I(purchase))), "held");
	return purchase;
}

static enum rc
ask_held(int64_t purchase, int64_t by, bool is_delivered, int64_t count, int64_t credit_fen,
    struct faults *faults, int64_t *approval_id)
{
	struct held_wish wish = { .command_id = command_of(purchase),
		.is_delivered = is_delivered,
		.count = count,
		.credit_fen = credit_fen,
		.energy_wh = 100000,
		.reason = "现场查看表计",
		.by = actor(by) };

	*faults = (struct faults){ 0 };
	return held_ask(counter, &wish, faults, approval_id);
}

/* ---- held deliveries ---- */

static void
the_list_tells_what_was_expected_and_what_was_found(void **state)
{
	struct held_filter filter = { &here, 200, 0 };
	struct held_delivery *list, held;
	struct shop shop;
	int64_t purchase = make_held(&shop, 10000), command_id = command_of(purchase), total;
	size_t count, at = 0;

	(void)state;
	assert_int_equal(held_list(counter, arena, &filter, &list, &count, &total), RC_OK);
	assert_int_equal(count, total);
	while (at < count && list[at].command_id != command_id)
		at++;
	assert_true(at < count);
	assert_int_equal(held_find(counter, arena, &here, command_id, &held), RC_OK);
	assert_int_equal(held.sale_id, purchase);
	assert_int_equal(held.kind, DELIVERY_CREDIT);
	assert_int_equal(held.amount_fen, 10000);
	assert_int_equal(held.sale_kind, SALE_PURCHASE);
	assert_int_equal(held.want_count, 4);
	assert_int_equal(held.before_fen, 500);
	assert_int_equal(held.target_fen, 10500);
	assert_int_equal(held.found.count, 4);
	assert_int_equal(held.found.credit_fen, 501);
	assert_true(held.held_at > 0 && held.sent_at > 0);
	assert_int_equal(held.meter.meter_id, shop.meter_id);
	assert_int_equal(held.meter.account_id, shop.account_id);
	assert_int_equal(held.meter.expected.count, 3);
	assert_int_equal(held.meter.now.credit_fen, 500);
	assert_string_equal(held.meter.tenant, "星塔餐饮");
	assert_string_equal(held.meter.place, "101");
	assert_int_equal(held.approval_id, 0);
	assert_string_equal(held.outcome, "less_than_wanted");
	assert_int_equal(held_find(counter, arena, &elsewhere, command_id, &held), RC_NOT_FOUND);
	filter.scope = &elsewhere;
	assert_int_equal(held_list(counter, arena, &filter, &list, &count, &total), RC_OK);
	assert_int_equal(total, 0);
}

static void
two_persons_saw_that_it_was_not_delivered(void **state)
{
	struct operator_actor by = actor(cashier);
	int64_t approval_id = 0, again = 0, sale_id = 0;
	struct held_delivery held;
	struct faults faults;
	struct shop shop;
	int64_t purchase = make_held(&shop, 10000), command_id = command_of(purchase);

	(void)state;
	assert_int_equal(sale_resend(counter, purchase, &by, &faults), RC_INVALID);
	assert_int_equal(ask_held(purchase, manager, false, 3, 500, &faults, &approval_id), RC_OK);
	assert_int_equal(ask_held(purchase, finance, true, 4, 500, &faults, &again), RC_CONFLICT);
	assert_int_equal(held_find(counter, arena, &here, command_id, &held), RC_OK);
	assert_int_equal(held.approval_id, approval_id);
	assert_int_equal(held.asked_by, manager);
	assert_int_equal(approve(approval_id, manager, &faults), RC_DENIED);
	assert_int_equal(approve(approval_id, finance, &faults), RC_OK);
	assert_string_equal(text_by(&Q[OUTCOMES], ARGS(I(command_id))), "failed not_delivered");
	assert_balance(&shop, 10000, 500, 0);
	assert_int_equal(
	    number_by(&MONEY[MONEY_ALARMS], ARGS(I(shop.meter_id), S("delivery_held"))), 0);
	assert_int_equal(held_find(counter, arena, &here, command_id, &held), RC_NOT_FOUND);
	assert_int_equal(ask_held(purchase, manager, false, 3, 500, &faults, &again), RC_CONFLICT);
	/* Again, with the same count. */
	assert_int_equal(sale_resend(counter, purchase, &by, &faults), RC_OK);
	assert_string_equal(delivery_now(purchase), "credit queued queued 10000");
	carry_out(purchase, shop.meter_id, DELIVERY_DONE);
	assert_string_equal(sale_now(purchase), "purchase delivered cash 10000 10000 0 0");
	assert_string_equal(text_by(&Q[EPOCH], ARGS(I(shop.meter_id))), "4 10500 100000 -1");
	assert_balance(&shop, 0, 10500, 0);
	/* Or it is reversed instead. */
	purchase = make_held(&shop, 10000);
	assert_int_equal(ask_held(purchase, manager, false, 3, 500, &faults, &approval_id), RC_OK);
	assert_int_equal(approve(approval_id, finance, &faults), RC_OK);
	assert_int_equal(reverse(purchase, cashier, &faults, &sale_id), RC_OK);
	assert_string_equal(sale_now(sale_id), "reversal paid cash 10000 10000 1 0");
	assert_string_equal(sale_now(purchase), "purchase cancelled cash 10000 10000 0 0");
	assert_balance(&shop, 0, 500, 0);
	assert_int_equal(sale_resend(counter, purchase, &by, &faults), RC_CONFLICT);
	assert_books();
}

static void
two_persons_saw_that_it_was_delivered(void **state)
{
	int64_t approval_id = 0;
	struct faults faults;
	struct shop shop;
	int64_t purchase = make_held(&shop, 10000), command_id = command_of(purchase);

	(void)state;
	assert_int_equal(ask_held(purchase, manager, true, 4, 10480, &faults, &approval_id), RC_OK);
	assert_int_equal(approve(approval_id, finance, &faults), RC_OK);
	assert_string_equal(text_by(&Q[OUTCOMES], ARGS(I(command_id))), "done delivered");
	assert_string_equal(sale_now(purchase), "purchase delivered cash 10000 10000 0 0");
	assert_string_equal(text_by(&Q[EPOCH], ARGS(I(shop.meter_id))), "4 10480 100000 -1");
	assert_balance(&shop, 0, 10500, 0);
	assert_books();
}

static void
a_wrong_question_is_not_asked(void **state)
{
	int64_t approval_id = 0, before;
	struct faults faults;
	struct shop shop;
	int64_t purchase = make_held(&shop, 10000);
	struct held_wish wish = {
		.command_id = command_of(purchase), .count = 3, .reason = "", .by = actor(manager)
	};

	(void)state;
	before = stored();
	faults = (struct faults){ 0 };
	assert_int_equal(held_ask(counter, &wish, &faults, &approval_id), RC_INVALID);
	assert_fault(&faults, "reason", "Required");
	assert_int_equal(
	    ask_held(purchase, manager, true, 65536, 0, &faults, &approval_id), RC_INVALID);
	assert_fault(&faults, "count", "OutOfRange");
	assert_int_equal(stored(), before);
}

/* ---- stopped meters ---- */

static void
stop(int64_t meter_id, enum alarm_kind kind)
{
	assert_int_equal(alarm_begin(admin, &(struct alarm){ .kind = kind,
						.meter_id = (uint32_t)meter_id,
						.at = clock_now(),
						.detail = "count 9 3" }),
	    RC_OK);
}

static enum rc
ask_explain(int64_t meter_id, int64_t by, int64_t count, int64_t credit_fen, struct faults *faults,
    int64_t *approval_id)
{
	struct explain_wish wish = { .meter_id = meter_id,
		.count = count,
		.credit_fen = credit_fen,
		.energy_wh = 100000,
		.reason = "手持机充值",
		.by = actor(by) };

	*faults = (struct faults){ 0 };
	return explain_ask(counter, &wish, faults, approval_id);
}

static void
two_persons_adopt_what_the_meter_shows(void **state)
{
	struct held_filter filter = { &here, 200, 0 };
	struct stopped_meter *list, stopped;
	int64_t purchase, approval_id = 0, again = 0, sale_id = 0, total;
	struct shop shop = make_buyer(cashier, 10000, &purchase);
	struct faults faults;
	size_t count;

	(void)state;
	show(shop.meter_id, 9, 15000, 100000);
	stop(shop.meter_id, ALARM_COUNT_MISMATCH);
	stop(shop.meter_id, ALARM_BALANCE_DRIFT);
	assert_int_equal(refund(&shop, cashier, 100, &faults, &sale_id), RC_INVALID);
	assert_fault(&faults, "", "MeterStopped");
	assert_int_equal(stopped_list(counter, arena, &filter, &list, &count, &total), RC_OK);
	assert_true(total >= 1);
	assert_int_equal(stopped_find(counter, arena, &here, shop.meter_id, &stopped), RC_OK);
	assert_true(stopped.is_count_off && stopped.is_credit_off && !stopped.has_held);
	assert_string_equal(stopped.detail, "count 9 3");
	assert_int_equal(stopped.meter.expected.count, 4);
	assert_int_equal(stopped.meter.now.count, 9);
	assert_int_equal(stopped.meter.now.credit_fen, 15000);
	assert_int_equal(stopped.ledger_fen, 10000);
	assert_int_equal(
	    stopped_find(counter, arena, &elsewhere, shop.meter_id, &stopped), RC_NOT_FOUND);
	assert_int_equal(
	    ask_explain(shop.meter_id, manager, 9, 15000, &faults, &approval_id), RC_OK);
	assert_int_equal(
	    ask_explain(shop.meter_id, finance, 9, 15000, &faults, &again), RC_CONFLICT);
	assert_int_equal(approve(approval_id, manager, &faults), RC_DENIED);
	assert_int_equal(approve(approval_id, finance, &faults), RC_OK);
	assert_string_equal(text_by(&Q[EPOCH], ARGS(I(shop.meter_id))), "9 15000 100000 -1");
	assert_balance(&shop, 0, 15000, 0);
	assert_int_equal(owed("suspense", shop.account_id), -5000);
	assert_int_equal(
	    stopped_find(counter, arena, &here, shop.meter_id, &stopped), RC_NOT_FOUND);
	assert_int_equal(audited("meter.explain", shop.meter_id), 1);
	/* The next order counts on. */
	purchase = sell(&shop, cashier, 100, 0);
	carry_out(purchase, shop.meter_id, DELIVERY_DONE);
	assert_string_equal(text_by(&Q[EPOCH], ARGS(I(shop.meter_id))), "10 15100 100000 -1");
	assert_balance(&shop, 0, 15100, 0);
	assert_books();
}

static void
figures_that_moved_are_not_adopted(void **state)
{
	int64_t purchase, approval_id = 0, before;
	struct shop shop = make_buyer(cashier, 10000, &purchase);
	struct faults faults;

	(void)state;
	show(shop.meter_id, 9, 15000, 100000);
	stop(shop.meter_id, ALARM_COUNT_MISMATCH);
	before = stored();
	assert_int_equal(
	    ask_explain(shop.meter_id, manager, 8, 15000, &faults, &approval_id), RC_INVALID);
	assert_fault(&faults, "", "FiguresMoved");
	assert_int_equal(
	    ask_explain(shop.meter_id, manager, 9, 14999, &faults, &approval_id), RC_INVALID);
	assert_fault(&faults, "", "FiguresMoved");
	assert_int_equal(stored(), before);
	assert_int_equal(
	    ask_explain(shop.meter_id, manager, 9, 15000, &faults, &approval_id), RC_OK);
	show(shop.meter_id, 10, 15000, 100000);
	assert_int_equal(approve(approval_id, finance, &faults), RC_CONFLICT);
	assert_string_equal(text_by(&Q[EPOCH], ARGS(I(shop.meter_id))), "4 10000 100000 -1");
	assert_balance(&shop, 0, 10000, 0);
	/* Asked anew with what it shows now. */
	assert_int_equal(
	    ask_explain(shop.meter_id, manager, 10, 15000, &faults, &approval_id), RC_OK);
	assert_int_equal(approve(approval_id, finance, &faults), RC_OK);
	assert_balance(&shop, 0, 15000, 0);
	assert_books();
}

static void
a_held_order_comes_first(void **state)
{
	int64_t approval_id = 0;
	struct faults faults;
	struct shop shop;

	(void)state;
	(void)make_held(&shop, 10000);
	stop(shop.meter_id, ALARM_COUNT_MISMATCH);
	assert_int_equal(
	    ask_explain(shop.meter_id, manager, 3, 500, &faults, &approval_id), RC_INVALID);
	assert_fault(&faults, "", "HeldFirst");
	shop = make_shop(3, 500);
	int64_t purchase = sell(&shop, cashier, 10000, 0);
	carry_out(purchase, shop.meter_id, DELIVERY_SENT);
	stop(shop.meter_id, ALARM_COUNT_MISMATCH);
	assert_int_equal(
	    ask_explain(shop.meter_id, manager, 3, 500, &faults, &approval_id), RC_INVALID);
	assert_fault(&faults, "", "InFlight");
}

static int
set_up(void **state)
{
	char id[24];

	if (open_counter(state) != 0)
		return -1;
	arena = arena_new();
	cashier = make_cashier("cashier");
	manager = make_operator("manager");
	finance = make_operator("finance");
	(void)snprintf(id, sizeof(id), "%" PRId64, building.building_id);
	scope_set(&here, id);
	scope_set(&elsewhere, "4294967295");
	return 0;
}

static int
tear_down(void **state)
{
	arena_free(arena);
	return close_counter(state);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_tells_what_was_expected_and_what_was_found),
		cmocka_unit_test(two_persons_saw_that_it_was_not_delivered),
		cmocka_unit_test(two_persons_saw_that_it_was_delivered),
		cmocka_unit_test(a_wrong_question_is_not_asked),
		cmocka_unit_test(two_persons_adopt_what_the_meter_shows),
		cmocka_unit_test(figures_that_moved_are_not_adopted),
		cmocka_unit_test(a_held_order_comes_first),
	};

	secret_init();
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
