/* What pages see of documents: how far they came, who may see them, lists and sums. */
#include "selling.h"

#include "base/text.h"
#include "model/sale_list.h"
#include "model/sale_view.h"

enum { FEE };
static const struct query Q[] QUERIES = {
	[FEE] = { .sql = "INSERT INTO fee (name, kind, value) VALUES (?, ?, ?)" },
};

static struct arena *arena;
static struct scope here, elsewhere;

static void
find(int64_t sale_id, struct sale_view *view)
{
	assert_int_equal(sale_find(db, arena, &here, sale_id, view), RC_OK);
}

static void
steps_are(const struct sale_view *view, const char *wanted)
{
	static const char letters[] = { [SALE_STEP_WAITING] = '.',
		[SALE_STEP_NOW] = '>',
		[SALE_STEP_DONE] = '+',
		[SALE_STEP_FAILED] = '!',
		[SALE_STEP_LEFT_OUT] = '-' };
	struct sale_progress progress;
	char found[SALE_STEPS + 1] = { 0 };

	sale_progress(view, &progress);
	for (int i = 0; i < SALE_STEPS; i++)
		found[i] = letters[progress.state[i]];
	assert_string_equal(found, wanted);
}

static void
a_purchase_step_by_step(void **state)
{
	struct shop shop = make_shop(12, 4000);
	int64_t cashier = make_cashier("cashier"), first, second;
	struct sale_view view;
	struct scope scope;

	(void)state;
	first = sell(&shop, cashier, 5000);
	second = sell(&shop, cashier, 6000);
	find(second, &view);
	steps_are(&view, "++>..");
	assert_int_equal(view.deliveries[0].ahead, 1);
	assert_int_equal(view.balance_fen, 4000);
	assert_string_equal(view.tenant, "星塔餐饮");
	assert_string_equal(view.place, "101");
	assert_true(view.is_meter_of_account && view.is_last);
	assert_int_equal(view.line_count, 1);

	struct delivery_job job = begin_order(collector, order_of(first), 4000);
	find(first, &view);
	steps_are(&view, "+++>.");
	assert_false(view.is_last);
	assert_int_equal(view.deliveries[0].from_count, 12);
	assert_int_equal(view.deliveries[0].want_count, 13);
	struct delivery_end end = ended(job.command_id, DELIVERY_DONE, 5000, 13, 9000);
	assert_int_equal(settle(collector, &end), RC_OK);
	find(first, &view);
	steps_are(&view, "++++>");
	usleep(3000);
	show(shop.meter_id, 13, 9000, 100000);
	find(first, &view);
	steps_are(&view, "+++++");
	assert_int_equal(view.deliveries[0].after_count, 13);

	scope = elsewhere;
	assert_int_equal(sale_find(db, arena, &scope, first, &view), RC_NOT_FOUND);
}

static void
a_receipt_is_found_and_printed(void **state)
{
	struct shop shop = make_shop(0, 0);
	int64_t cashier = make_cashier("cashier"), sale_id = sell(&shop, cashier, 5000), found = 0,
		print = 0;
	struct operator_actor by = actor(cashier);
	struct sale_view view;

	(void)state;
	find(sale_id, &view);
	assert_int_equal(sale_find_receipt(db, &here, view.receipt_number, &found), RC_OK);
	assert_int_equal(found, sale_id);
	found = 0;
	assert_int_equal(sale_find_receipt(db, &here, view.verify_code, &found), RC_OK);
	assert_int_equal(found, sale_id);
	assert_int_equal(sale_find_receipt(db, &elsewhere, view.verify_code, &found), RC_NOT_FOUND);
	assert_int_equal(sale_find_receipt(db, &here, "A20261201-001-99999", &found), RC_NOT_FOUND);
	assert_int_equal(sale_find_receipt(db, &here, "'; --", &found), RC_NOT_FOUND);
	assert_int_equal(receipt_print(db, sale_id, PAPER_ROLL80, &by, &print), RC_OK);
	assert_int_equal(print, 1);
	assert_int_equal(receipt_print(db, sale_id, PAPER_FORM, &by, &print), RC_OK);
	assert_int_equal(print, 2);
	find(sale_id, &view);
	assert_int_equal(view.prints, 2);
}

/* ---- lists ---- */

static struct sale_filter
everything(void)
{
	return (struct sale_filter){ .scope = &here,
		.kind = SALE_KINDS,
		.state = SALE_STATES,
		.channel = CHANNELS,
		.sort = "time",
		.is_descending = true,
		.limit = 100 };
}

static int64_t
count_of(const struct sale_filter *filter)
{
	struct sale_totals totals;
	struct sale_row *list;
	struct rows *rows;
	size_t count = 0;
	int64_t exported = 0;

	assert_int_equal(sale_totals(db, filter, &totals), RC_OK);
	assert_int_equal(sale_list(db, arena, filter, &list, &count), RC_OK);
	assert_int_equal(sale_export(db, filter, &rows), RC_OK);
	assert_int_equal(rows_columns(rows), 18);
	while (rows_next(rows) == RC_OK)
		exported++;
	rows_end(rows);
	assert_int_equal(count, totals.count);
	assert_int_equal(exported, totals.count);
	return totals.count;
}

static int64_t
found_by(const struct shop *shop, const char *search)
{
	struct sale_filter filter = everything();

	filter.account_id = shop->account_id;
	filter.search = search;
	return count_of(&filter);
}

static void
lists_filter_and_sum(void **state)
{
	struct shop shop = make_shop(0, 0);
	int64_t cashier = make_cashier("cashier"), other = make_cashier("manager");
	struct sale_filter filter = everything();
	struct sale_totals totals;
	struct sale_wish wish = wish_of(&shop, other, 7700);
	struct faults faults = { 0 };
	int64_t first = sell(&shop, cashier, 5000), sale_id;
	bool is_old;

	(void)state;
	wish.channel = CHANNEL_POS;
	wish.fee_ids[wish.fee_count++] =
	    insert_row(db_exec(admin, &Q[FEE], ARGS(S(named("物业费", 3)), S("fixed"), I(700))));
	assert_int_equal(sale_record(db, &wish, &faults, &sale_id, &is_old), RC_OK);
	filter.account_id = shop.account_id;
	assert_int_equal(sale_totals(db, &filter, &totals), RC_OK);
	assert_int_equal(totals.kind_fen[SALE_PURCHASE], 12700);
	assert_int_equal(totals.fee_fen, 700);
	assert_int_equal(totals.channel_fen[CHANNEL_CASH], 5000);
	assert_int_equal(totals.channel_fen[CHANNEL_POS], 7700);
	assert_int_equal(count_of(&filter), 2);
	filter.operator_id = cashier;
	assert_int_equal(count_of(&filter), 1);
	filter = everything();
	filter.meter_id = shop.meter_id;
	filter.channel = CHANNEL_POS;
	assert_int_equal(count_of(&filter), 1);
	filter.channel = CHANNELS;
	filter.is_open = true;
	assert_int_equal(count_of(&filter), 2);
	deliver_order(collector, order_of(first), 0);
	assert_int_equal(count_of(&filter), 1);
	filter.is_open = false;
	filter.state = SALE_DELIVERED;
	assert_int_equal(count_of(&filter), 1);
	filter.state = SALE_STATES;
	filter.from = filter.to = clock_day_add(clock_day(clock_now()), 1);
	assert_int_equal(count_of(&filter), 0);
	filter = everything();
	filter.scope = &elsewhere;
	filter.account_id = shop.account_id;
	assert_int_equal(count_of(&filter), 0);
}

static void
lists_are_searched_and_sorted(void **state)
{
	static const char *const sorts[] = { "time", "number", "tenant", "amount", "operator",
		"state" };
	struct shop shop = make_shop(0, 0);
	int64_t cashier = make_cashier("cashier"), sale_id = sell(&shop, cashier, 5000);
	struct sale_filter filter = everything();
	struct sale_view view;
	struct sale_row *list;
	size_t count;
	char folded[64];

	(void)state;
	(void)sell(&shop, cashier, 5100);
	find(sale_id, &view);
	text_fold(view.receipt_number, folded, sizeof(folded));
	assert_int_equal(found_by(&shop, folded), 1);
	assert_int_equal(found_by(&shop, "星塔"), 2);
	assert_int_equal(found_by(&shop, "xtcy"), 2);
	assert_int_equal(found_by(&shop, "101"), 2);
	assert_int_equal(found_by(&shop, view.number), 2);
	assert_int_equal(found_by(&shop, "1234"), 2);
	assert_int_equal(found_by(&shop, "51.00"), 1);
	assert_int_equal(found_by(&shop, "51"),
	    1 + (strstr(view.number, "51") != NULL || strstr(view.receipt_number, "51") != NULL));
	assert_int_equal(found_by(&shop, "nobody"), 0);
	assert_int_equal(found_by(&shop, "%"), 0);
	filter.account_id = shop.account_id;
	for (size_t i = 0; i < COUNT(sorts); i++) {
		filter.sort = sorts[i];
		filter.is_descending = false;
		assert_int_equal(sale_list(db, arena, &filter, &list, &count), RC_OK);
		assert_int_equal(count, 2);
		if (i == 0 || i == 1 || i == 3)
			assert_int_equal(list[0].sale_id, sale_id);
		filter.is_descending = true;
		assert_int_equal(sale_list(db, arena, &filter, &list, &count), RC_OK);
		if (i == 0 || i == 1 || i == 3)
			assert_int_equal(list[1].sale_id, sale_id);
	}
}

static int
begin_here(void **state)
{
	char ids[24];

	if (begin(state) != 0)
		return -1;
	arena = arena_new();
	(void)snprintf(ids, sizeof(ids), "%" PRId64, building.building_id);
	scope_set(&here, ids);
	(void)snprintf(ids, sizeof(ids), "%" PRId64, building.building_id + 1000000);
	scope_set(&elsewhere, ids);
	return 0;
}

static int
finish_here(void **state)
{
	arena_free(arena);
	return finish(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_purchase_step_by_step),
		cmocka_unit_test(a_receipt_is_found_and_printed),
		cmocka_unit_test(lists_filter_and_sum),
		cmocka_unit_test(lists_are_searched_and_sorted),
	};

	return cmocka_run_group_tests(tests, begin_here, finish_here);
}
