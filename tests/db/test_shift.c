/* Shifts and business days: one open shift for a person, counted to the fen, days that end. */
#include "money.h"

#include "model/shift.h"
#include "model/shift_list.h"

enum { SHIFTS, SHIFT_ROW, AUDITS, OVER_SHORT, YESTERDAY, END_OTHERS };
static const struct query Q[] QUERIES = {
	[SHIFTS] = { .sql = "SELECT COUNT(*) FROM shift WHERE operator_id = ?",
	    .bounded = "one row" },
	[SHIFT_ROW] = { .sql = "SELECT CONCAT_WS(' ', closed_at IS NOT NULL,"
			       " COALESCE(closed_by, 0), COALESCE(expected_fen, 0),"
			       " COALESCE(counted_fen, 0), note) FROM shift WHERE shift_id = ?",
	    .bounded = "primary key" },
	[AUDITS] = { .sql = "SELECT COUNT(*) FROM audit WHERE action = ? AND object_id = ?",
	    .bounded = "one row" },
	[OVER_SHORT] = { .sql = "SELECT CAST(COALESCE(SUM(amount_fen), 0) AS SIGNED) FROM posting"
				" WHERE ledger = 'over_short' AND shift_id = ?",
	    .bounded = "one row" },
	[YESTERDAY] = { .sql = "UPDATE shift SET biz_day = biz_day - INTERVAL ? DAY"
			       " WHERE shift_id = ?" },
	/* Of tests that ran before: they would keep every day open. */
	[END_OTHERS] = { .sql = "UPDATE shift SET closed_at = UTC_TIMESTAMP(3), expected_fen = 0,"
				" counted_fen = 0 WHERE closed_at IS NULL" },
};

static struct db *db;
static struct day old; /* a day of this run alone */

struct movement {
	int64_t shift_id, amount_fen, number;
	enum journal_kind kind;
	enum channel channel;
	struct shop shop;
};

static enum rc
move(struct db *in, void *context)
{
	const struct movement *movement = context;
	const struct posting postings[] = {
		{ .ledger = LEDGER_CASH,
		    .shift_id = movement->shift_id,
		    .channel = movement->channel,
		    .amount_fen = movement->amount_fen },
		{ .ledger = LEDGER_TRANSIT,
		    .account_id = movement->shop.account_id,
		    .meter_id = movement->shop.meter_id,
		    .channel = CHANNEL_NONE,
		    .amount_fen = -movement->amount_fen },
	};

	return ledger_write(in,
	    &(struct journal){ .kind = movement->kind,
		.at = clock_now(),
		.account_id = movement->shop.account_id,
		.shift_id = movement->shift_id,
		.source_key = named("move:", movement->number) },
	    postings, COUNT(postings), NULL);
}

static void
book(int64_t shift_id, enum journal_kind kind, enum channel channel, int64_t amount_fen)
{
	static int64_t number;
	static struct shop shop;

	if (shop.meter_id == 0)
		shop = make_shop(0, 0);
	struct movement movement = { shift_id, amount_fen, ++number, kind, channel, shop };
	assert_int_equal(db_transact(db, move, &movement), RC_OK);
}

static int64_t
open_one(int64_t operator_id, int64_t float_fen)
{
	struct operator_actor by = actor(operator_id);
	int64_t shift_id = 0;

	assert_int_equal(shift_open(db, float_fen, &by, &shift_id), RC_OK);
	assert_int_not_equal(shift_id, 0);
	return shift_id;
}

static enum rc
close_one(int64_t shift_id, int64_t by, const struct shift_count *counts, size_t count,
    const char *note, int64_t *counted_fen, int64_t *expected_fen)
{
	struct shift_closing closing = { .shift_id = shift_id,
		.counts = counts,
		.count = count,
		.note = note,
		.by = actor(by) };

	return shift_close(db, &closing, counted_fen, expected_fen);
}

static int64_t
audits(const char *action, int64_t object_id)
{
	return number_by(&Q[AUDITS], ARGS(S(action), I(object_id)));
}

static void
a_person_has_one_open_shift(void **state)
{
	int64_t operator_id = make_operator("cashier"), again = 0;
	int64_t shift_id = open_one(operator_id, 20000);
	struct operator_actor by = actor(operator_id);

	(void)state;
	assert_int_equal(audits("shift.open", shift_id), 1);
	assert_int_equal(shift_open(db, 0, &by, &again), RC_CONFLICT);
	assert_int_equal(again, shift_id);
	assert_int_equal(number_by(&Q[SHIFTS], ARGS(I(operator_id))), 1);
}

#define OPENERS 16
static void *
opens(void *context)
{
	struct operator_actor by = actor(*(int64_t *)context);
	struct db *own = open_as("voltill_sales");
	int64_t shift_id = 0;
	enum rc rc = shift_open(own, 100, &by, &shift_id);

	db_close(own);
	assert_true(rc == RC_OK || rc == RC_CONFLICT);
	return (void *)(intptr_t)(rc == RC_OK ? shift_id : -shift_id);
}

static void
sixteen_pages_at_once_open_one(void **state)
{
	int64_t operator_id = make_operator("cashier");
	pthread_t threads[OPENERS];
	intptr_t got[OPENERS], opened = 0;

	(void)state;
	for (size_t i = 0; i < OPENERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, opens, &operator_id), 0);
	for (size_t i = 0; i < OPENERS; i++) {
		void *result;
		pthread_join(threads[i], &result);
		got[i] = (intptr_t)result;
		if (got[i] > 0)
			opened = opened == 0 ? got[i] : -1;
	}
	assert_true(opened > 0);
	for (size_t i = 0; i < OPENERS; i++)
		assert_true(got[i] == opened || got[i] == -opened);
	assert_int_equal(number_by(&Q[SHIFTS], ARGS(I(operator_id))), 1);
}

static void
expected_cash_follows_the_journals(void **state)
{
	struct arena *arena = arena_new();
	int64_t operator_id = make_operator("cashier"), cash = 0, held = 0;
	int64_t shift_id = open_one(operator_id, 20000);
	struct shift shift;

	(void)state;
	assert_int_equal(shift_cash(db, shift_id, &cash), RC_OK);
	assert_int_equal(cash, 20000);
	book(shift_id, JOURNAL_PURCHASE, CHANNEL_CASH, 10000);
	book(shift_id, JOURNAL_PURCHASE, CHANNEL_QR, 5001);
	book(shift_id, JOURNAL_PAYOUT, CHANNEL_CASH, -2500);
	book(shift_id, JOURNAL_REVERSAL, CHANNEL_TRANSFER, -300);
	book(shift_id, JOURNAL_REVERSAL, CHANNEL_CASH, -7);
	assert_int_equal(shift_cash(db, shift_id, &cash), RC_OK);
	assert_int_equal(cash, 20000 + 10000 - 2500 - 7);
	assert_int_equal(shift_find_open(db, arena, operator_id, &shift), RC_OK);
	assert_int_equal(shift.shift_id, shift_id);
	assert_int_equal(shift.expected_fen, cash);
	assert_int_equal(shift.channel_fen[CHANNEL_CASH], 7493);
	assert_int_equal(shift.channel_fen[CHANNEL_QR], 5001);
	assert_int_equal(shift.channel_fen[CHANNEL_TRANSFER], -300);
	assert_int_equal(shift.channel_fen[CHANNEL_POS], 0);
	assert_int_equal(shift.purchases_fen, 15001);
	assert_int_equal(shift.payouts_fen, 2807);
	assert_int_equal(shift.sales, 0);
	assert_string_equal(shift.closed_by, "");
	assert_int_equal(shift_hold(db, operator_id, &held), RC_OK);
	assert_int_equal(held, shift_id);
	assert_int_equal(shift_hold(db, make_operator("cashier"), &held), RC_NOT_FOUND);
	arena_free(arena);
}

static void
what_is_counted_is_booked(void **state)
{
	static const struct shift_count counts[] = { { 10000, 2 }, { 5000, 1 }, { 100, 0 },
		{ 1, 3 } };
	struct arena *arena = arena_new();
	int64_t operator_id = make_operator("cashier"), manager = make_operator("manager");
	int64_t shift_id = open_one(operator_id, 20000), counted = 0, expected = 0;
	struct shift_count stored[SHIFT_DENOMINATIONS_MAX];
	struct shift shift;
	size_t count;

	(void)state;
	book(shift_id, JOURNAL_PURCHASE, CHANNEL_CASH, 5000);
	/* Over without a note: nothing is stored. */
	assert_int_equal(
	    close_one(shift_id, operator_id, counts, 4, "", &counted, &expected), RC_INVALID);
	assert_int_equal(counted, 25003);
	assert_int_equal(expected, 25000);
	assert_string_equal(text_by(&Q[SHIFT_ROW], ARGS(I(shift_id))), "0 0 0 0 ");
	assert_int_equal(audits("shift.close", shift_id), 0);
	assert_int_equal(
	    close_one(shift_id, manager, counts, 4, "三分硬币", &counted, &expected), RC_OK);
	char row[100];
	(void)snprintf(row, sizeof(row), "1 %" PRId64 " 25000 25003 三分硬币", manager);
	assert_string_equal(text_by(&Q[SHIFT_ROW], ARGS(I(shift_id))), row);
	assert_int_equal(number_by(&Q[OVER_SHORT], ARGS(I(shift_id))), -3);
	assert_int_equal(audits("shift.close", shift_id), 1);
	assert_int_equal(shift_counts(db, shift_id, stored, &count), RC_OK);
	assert_int_equal(count, 3);
	assert_int_equal(stored[0].denomination_fen, 10000);
	assert_int_equal(stored[2].pieces, 3);
	/* The difference is no money of a customer. */
	assert_int_equal(shift_find(db, arena, shift_id, &shift), RC_OK);
	assert_int_equal(shift.expected_fen, 25000);
	assert_int_equal(shift.counted_fen, 25003);
	assert_int_equal(shift.channel_fen[CHANNEL_CASH], 5000);
	assert_string_equal(shift.closed_by, "张三");
	/* Once. */
	assert_int_equal(
	    close_one(shift_id, operator_id, counts, 4, "x", &counted, &expected), RC_CONFLICT);
	assert_int_equal(expected, 25000);
	assert_int_equal(shift_cash(db, shift_id, &expected), RC_NOT_FOUND);
	assert_int_equal(shift_find_open(db, arena, operator_id, &shift), RC_NOT_FOUND);
	arena_free(arena);
	assert_books();
}

static void
a_right_count_needs_no_note(void **state)
{
	static const struct shift_count counts[] = { { 10000, 1 } };
	int64_t operator_id = make_operator("cashier"), counted, expected;
	int64_t shift_id = open_one(operator_id, 10000);
	char row[100];

	(void)state;
	assert_int_equal(
	    close_one(shift_id, operator_id, counts, 1, "", &counted, &expected), RC_OK);
	(void)snprintf(row, sizeof(row), "1 0 10000 10000 ");
	assert_string_equal(text_by(&Q[SHIFT_ROW], ARGS(I(shift_id))), row);
	assert_int_equal(number_by(&Q[OVER_SHORT], ARGS(I(shift_id))), 0);
	assert_int_not_equal(open_one(operator_id, 0), shift_id);
}

static void
no_coin_has_seven_fen(void **state)
{
	static const struct shift_count strange[] = { { 7, 1 } }, negative[] = { { 100, -1 } };
	int64_t operator_id = make_operator("cashier"), counted, expected;
	int64_t shift_id = open_one(operator_id, 0);

	(void)state;
	assert_int_equal(
	    close_one(shift_id, operator_id, strange, 1, "x", &counted, &expected), RC_BUG);
	assert_int_equal(
	    close_one(shift_id, operator_id, negative, 1, "x", &counted, &expected), RC_BUG);
	assert_string_equal(text_by(&Q[SHIFT_ROW], ARGS(I(shift_id))), "0 0 0 0 ");
}

/* ---- days ---- */

static enum rc
hold(struct db *in, void *context)
{
	return business_day_hold(in, *(struct day *)context);
}

static void
a_day_with_an_open_shift_stays_open(void **state)
{
	static const struct shift_count nothing[] = { { 100, 0 } };
	int64_t operator_id = make_operator("cashier"), counted, expected, again = 1;
	struct day today = clock_day(clock_now());
	struct operator_actor by = actor(make_operator("finance"));

	(void)state;
	assert_int_equal(db_exec(admin, &Q[END_OTHERS], NO_ARGS), RC_OK);
	int64_t shift_id = open_one(operator_id, 0);
	assert_int_equal(
	    db_exec(admin, &Q[YESTERDAY], ARGS(I(today.number - old.number + 1), I(shift_id))),
	    RC_OK);
	/* Of a day before. */
	assert_int_equal(business_day_close(db, old, &by), RC_CONFLICT);
	assert_int_equal(db_exec(admin, &Q[YESTERDAY], ARGS(I(-1), I(shift_id))), RC_OK);
	assert_int_equal(business_day_close(db, old, &by), RC_CONFLICT);
	assert_int_equal(db_transact(db, hold, &old), RC_OK);
	assert_int_equal(audits("day.close", old.number), 0);
	/* Of a day after. */
	assert_int_equal(db_exec(admin, &Q[YESTERDAY], ARGS(I(-1), I(shift_id))), RC_OK);
	assert_int_equal(business_day_close(db, old, &by), RC_OK);
	assert_int_equal(audits("day.close", old.number), 1);
	assert_int_equal(db_transact(db, hold, &old), RC_CONFLICT);
	assert_int_equal(business_day_close(db, old, &by), RC_CONFLICT);
	assert_int_equal(business_day_close(db, clock_day_add(today, 1), &by), RC_INVALID);
	assert_int_equal(
	    close_one(shift_id, operator_id, nothing, 1, "", &counted, &expected), RC_OK);
	/* On a day that is over nobody begins. */
	struct operator_actor late = actor(operator_id);
	late.now = clock_day_start(old) + CLOCK_HOUR;
	assert_int_equal(shift_open(db, 0, &late, &again), RC_CONFLICT);
	assert_int_equal(again, 0);
	assert_int_equal(number_by(&Q[SHIFTS], ARGS(I(operator_id))), 1);
}

static void
lists_show_what_they_filter(void **state)
{
	struct arena *arena = arena_new();
	int64_t a = make_operator("cashier"), b = make_operator("cashier"), total, counted,
		expected;
	struct day today = clock_day(clock_now());
	int64_t one = open_one(a, 100), two = open_one(b, 0);
	struct shift_filter filter = { .operator_id = a,
		.from = today,
		.to = today,
		.is_open = -1,
		.sort = "time",
		.is_descending = true,
		.limit = 10 };
	struct shift *list;
	struct rows *rows;
	size_t count;

	(void)state;
	book(one, JOURNAL_PURCHASE, CHANNEL_POS, 900);
	assert_int_equal(
	    close_one(one, a, (struct shift_count[]){ { 50, 1 } }, 1, "少", &counted, &expected),
	    RC_OK);
	int64_t three = open_one(a, 0);
	assert_int_equal(shift_count_list(db, &filter, &total), RC_OK);
	assert_int_equal(total, 2);
	assert_int_equal(shift_list(db, arena, &filter, &list, &count), RC_OK);
	assert_int_equal(count, 2);
	assert_int_equal(list[0].shift_id, three);
	assert_int_equal(list[1].shift_id, one);
	assert_int_equal(list[1].channel_fen[CHANNEL_POS], 900);
	assert_int_equal(list[1].counted_fen - list[1].expected_fen, -50);
	filter.is_open = 0;
	assert_int_equal(shift_list(db, arena, &filter, &list, &count), RC_OK);
	assert_int_equal(count, 1);
	assert_int_equal(list[0].shift_id, one);
	filter.operator_id = 0;
	filter.is_open = 1;
	filter.is_descending = false;
	filter.limit = 1;
	assert_int_equal(shift_list(db, arena, &filter, &list, &count), RC_OK);
	assert_int_equal(count, 1);
	filter.limit = 1000;
	filter.sort = "operator";
	assert_int_equal(shift_list(db, arena, &filter, &list, &count), RC_OK);
	assert_true(count >= 2);
	assert_int_equal(list[count - 2].shift_id, three);
	assert_int_equal(list[count - 1].shift_id, two);
	filter.to = clock_day_add(today, -1);
	filter.from = clock_day_add(today, -2);
	assert_int_equal(shift_count_list(db, &filter, &total), RC_OK);
	assert_int_equal(total, 0);
	filter.from = filter.to = today;
	assert_int_equal(shift_export(db, &filter, &rows), RC_OK);
	assert_int_equal(rows_columns(rows), 18);
	for (count = 0; rows_next(rows) == RC_OK;)
		count++;
	rows_end(rows);
	assert_true(count >= 2);
	arena_free(arena);
}

static void
a_day_sums_its_journals(void **state)
{
	struct arena *arena = arena_new();
	struct day today = clock_day(clock_now());
	struct business_day_filter filter = { today, today, -1, true, 10, 0 };
	struct business_day before, after, *list;
	int64_t operator_id = make_operator("cashier"), shift_id = open_one(operator_id, 0);
	int64_t total;
	struct rows *rows;
	size_t count;

	(void)state;
	assert_int_equal(business_day_find(db, arena, today, &before), RC_OK);
	book(shift_id, JOURNAL_PURCHASE, CHANNEL_CASH, 10000);
	book(shift_id, JOURNAL_PAYOUT, CHANNEL_QR, -400);
	assert_int_equal(business_day_find(db, arena, today, &after), RC_OK);
	assert_int_equal(after.channel_fen[CHANNEL_CASH] - before.channel_fen[CHANNEL_CASH], 10000);
	assert_int_equal(after.channel_fen[CHANNEL_QR] - before.channel_fen[CHANNEL_QR], -400);
	assert_int_equal(after.purchases_fen - before.purchases_fen, 10000);
	assert_int_equal(after.payouts_fen - before.payouts_fen, 400);
	assert_true(after.open_shifts >= 1 && after.shifts >= 1);
	assert_int_equal(after.closed_at, 0);
	assert_int_equal(business_day_count_list(db, &filter, &total), RC_OK);
	assert_int_equal(total, 1);
	assert_int_equal(business_day_list(db, arena, &filter, &list, &count), RC_OK);
	assert_int_equal(count, 1);
	assert_int_equal(list[0].purchases_fen, after.purchases_fen);
	filter.from = filter.to = old;
	filter.is_open = 0;
	assert_int_equal(business_day_list(db, arena, &filter, &list, &count), RC_OK);
	assert_int_equal(count, 1);
	assert_string_equal(list[0].closed_by, "张三");
	assert_int_equal(business_day_export(db, &filter, &rows), RC_OK);
	assert_int_equal(rows_columns(rows), 13);
	assert_int_equal(rows_next(rows), RC_OK);
	rows_end(rows);
	assert_int_equal(
	    business_day_find(db, arena, clock_day_add(today, 300), &after), RC_NOT_FOUND);
	arena_free(arena);
}

static int
set_up(void **state)
{
	if (open_building(state) != 0)
		return -1;
	db = open_as("voltill_sales");
	old = clock_day_add(clock_day(clock_now()), -400 - (int)(building.tag % 5000));
	return 0;
}

static int
tear_down(void **state)
{
	db_close(db);
	return close_building(state);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_person_has_one_open_shift),
		cmocka_unit_test(sixteen_pages_at_once_open_one),
		cmocka_unit_test(expected_cash_follows_the_journals),
		cmocka_unit_test(what_is_counted_is_booked),
		cmocka_unit_test(a_right_count_needs_no_note),
		cmocka_unit_test(no_coin_has_seven_fen),
		cmocka_unit_test(a_day_with_an_open_shift_stays_open),
		cmocka_unit_test(lists_show_what_they_filter),
		cmocka_unit_test(a_day_sums_its_journals),
	};

	secret_init();
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
