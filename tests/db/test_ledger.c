/* Double entry: what balances is booked once, nothing else is, and receipt numbers have no gap. */
#include "money.h"

#include <sys/wait.h>

#define CONNECTIONS 30
#define ROUNDS	    4

enum { UPDATE_JOURNAL, DELETE_JOURNAL, UPDATE_POSTING, DELETE_POSTING };
static const struct query Q[] QUERIES = {
	[UPDATE_JOURNAL] = { .sql = "UPDATE journal SET kind = 'use' WHERE account_id = ?" },
	[DELETE_JOURNAL] = { .sql = "DELETE FROM journal WHERE account_id = ?" },
	[UPDATE_POSTING] = { .sql = "UPDATE posting SET amount_fen = 1 WHERE account_id = ?" },
	[DELETE_POSTING] = { .sql = "DELETE FROM posting WHERE account_id = ?" },
};

struct booking {
	struct shop shop;
	const char *key;
	int64_t amount_fen, wrong_fen;
};

static enum rc
book(struct db *db, void *context)
{
	const struct booking *booking = context;
	struct shop shop = booking->shop;
	int64_t fen = booking->amount_fen;
	const struct posting postings[] = {
		{ .ledger = LEDGER_CASH, .channel = CHANNEL_CASH, .amount_fen = fen },
		{ .ledger = LEDGER_TRANSIT,
		    .account_id = shop.account_id,
		    .meter_id = shop.meter_id,
		    .channel = CHANNEL_NONE,
		    .amount_fen = -fen + 100 + booking->wrong_fen },
		{ .ledger = LEDGER_FEE,
		    .channel = CHANNEL_NONE,
		    .name = "服务费",
		    .amount_fen = -100 },
		{ .ledger = LEDGER_CREDIT,
		    .account_id = shop.account_id,
		    .meter_id = shop.meter_id,
		    .channel = CHANNEL_NONE,
		    .amount_fen = 0 },
	};

	return ledger_write(db,
	    &(struct journal){ .kind = JOURNAL_PURCHASE,
		.at = clock_now(),
		.account_id = shop.account_id,
		.source_key = booking->key },
	    postings, COUNT(postings), NULL);
}

static void
a_journal_is_booked_once(void **state)
{
	struct shop shop = make_shop(0, 0);
	struct booking booking = { .shop = shop, .key = named("test:", 1), .amount_fen = 10000 };
	struct db *db = open_as("voltill_sales");

	(void)state;
	assert_int_equal(db_transact(db, book, &booking), RC_OK);
	assert_balance(&shop, 9900, 0, 0);
	assert_int_equal(owed("transit", shop.account_id), 9900);
	assert_int_equal(db_transact(db, book, &booking), RC_CONFLICT);
	assert_balance(&shop, 9900, 0, 0);
	assert_int_equal(number_by(&MONEY[MONEY_JOURNALS], ARGS(I(shop.account_id))), 1);
	db_close(db);
	assert_books();
}

/* In a child: an assertion ends the process. */
static void
what_does_not_balance_ends_the_program(void **state)
{
	struct booking booking = { .shop = make_shop(0, 0),
		.key = named("test:", 2),
		.amount_fen = 10000,
		.wrong_fen = 1 };
	int status = 0;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		struct db *db = NULL;
		if (freopen("/dev/null", "w", stderr) != NULL &&
		    db_open(&conf, "voltill_sales", &db) == RC_OK)
			(void)!db_transact(db, book, &booking);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	assert_balance(&booking.shop, 0, 0, 0);
}

static void
nothing_booked_is_changed(void **state)
{
	static const char *const accounts[] = { "voltill_sales", "voltill_accounts",
		"voltill_collector", "voltill_nightly", "voltill_admin" };
	struct booking booking = {
		.shop = make_shop(0, 0), .key = named("test:", 3), .amount_fen = 500
	};

	(void)state;
	assert_int_equal(db_transact(admin, book, &booking), RC_OK);
	for (size_t i = 0; i < COUNT(accounts); i++) {
		struct db *db = open_as(accounts[i]);
		for (int q = UPDATE_JOURNAL; q <= DELETE_POSTING; q++)
			assert_int_equal(
			    db_exec(db, &Q[q], ARGS(I(booking.shop.account_id))), RC_DENIED);
		db_close(db);
	}
	assert_balance(&booking.shop, 400, 0, 0);
}

/* ---- receipt numbers ---- */

struct taker {
	pthread_t thread;
	int64_t operator_id;
	int number;
	struct day day;
};

static enum rc
take_number(struct db *db, void *context)
{
	struct taker *taker = context;
	struct receipt_number receipt;
	enum rc rc = ledger_next_receipt(db, taker->operator_id, taker->day, &receipt);

	if (rc != RC_OK)
		return rc;
	/* Every third one changes its mind. */
	return taker->number % 3 == 0 ? RC_INVALID : RC_OK;
}

static void *
take_numbers(void *context)
{
	struct taker *taker = context;
	struct db *db = NULL;

	if (db_open(&conf, "voltill_sales", &db) != RC_OK)
		return context;
	for (int i = 0; i < ROUNDS; i++)
		if (db_transact(db, take_number, taker) !=
		    (taker->number % 3 == 0 ? RC_INVALID : RC_OK))
			taker->day.number = -1;
	db_close(db);
	return NULL;
}

static void
numbers_have_no_gap(void **state)
{
	static struct taker takers[CONNECTIONS];
	int64_t operator_id = make_operator("cashier");
	struct day day = clock_day_add(clock_day(clock_now()), 1);
	struct receipt_number receipt;
	int kept = 0;

	(void)state;
	for (int i = 0; i < CONNECTIONS; i++) {
		takers[i] = (struct taker){ .operator_id = operator_id, .number = i, .day = day };
		assert_int_equal(
		    pthread_create(&takers[i].thread, NULL, take_numbers, &takers[i]), 0);
	}
	for (int i = 0; i < CONNECTIONS; i++) {
		void *failed = NULL;
		assert_int_equal(pthread_join(takers[i].thread, &failed), 0);
		assert_null(failed);
		assert_int_equal(takers[i].day.number, day.number);
		kept += takers[i].number % 3 == 0 ? 0 : ROUNDS;
	}
	assert_int_equal(db_begin(admin), RC_OK);
	assert_int_equal(ledger_next_receipt(admin, operator_id, day, &receipt), RC_OK);
	assert_int_equal(receipt.seq, kept + 1);
	assert_int_equal(db_end(admin, RC_INVALID), RC_INVALID);
}

static void
the_series_is_a_letter(void **state)
{
	static const struct {
		const char *value, *begins;
	} cases[] = { { "0", "A" }, { "2", "C" }, { "25", "Z" }, { "26", "AA" }, { "52", "BA" } };
	int64_t operator_id = make_operator("cashier");
	struct day day = { 20788 }; /* 2026-12-01 */

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct receipt_number receipt;
		char wanted[RECEIPT_NUMBER_MAX + 1];
		set_setting("ledger.series", cases[i].value);
		assert_int_equal(db_begin(admin), RC_OK);
		assert_int_equal(ledger_next_receipt(admin, operator_id, day, &receipt), RC_OK);
		assert_int_equal(db_end(admin, RC_OK), RC_OK);
		(void)snprintf(wanted, sizeof(wanted), "%s20261201-%03" PRId64 "-0001",
		    cases[i].begins, operator_id);
		assert_string_equal(receipt.text, wanted);
	}
	set_setting("ledger.series", "0");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_journal_is_booked_once),
		cmocka_unit_test(what_does_not_balance_ends_the_program),
		cmocka_unit_test(nothing_booked_is_changed),
		cmocka_unit_test(numbers_have_no_gap),
		cmocka_unit_test(the_series_is_a_letter),
	};

	return cmocka_run_group_tests(tests, open_building, close_building);
}
