/* Everybody at once: sales, refunds, reversals, payments, approvals and the collector on few
 * meters. Whatever wins, the books agree and nobody waits for ever. */
#include "back.h"

#define CASHIERS 4
#define SHOPS	 3
#define ROUNDS	 30

static struct shop shops[SHOPS];
static int64_t newest[CASHIERS]; /* document of each cashier */

struct person {
	pthread_t thread;
	int64_t operator_id;
	size_t at;
	int done, refused, failed;
};

static void
tally(struct person *person, enum rc rc)
{
	if (rc == RC_OK)
		person->done++;
	else if (rc == RC_INVALID || rc == RC_CONFLICT || rc == RC_NOT_FOUND)
		person->refused++;
	else
		person->failed++;
}

static enum rc
work_once(struct db *db, struct person *person, int round)
{
	const struct shop *shop = &shops[(size_t)round % SHOPS];
	struct faults faults = { 0 };
	int64_t sale_id = 0;
	bool is_old;
	enum rc rc = RC_OK;
	struct operator_actor by = actor(person->operator_id);

	switch (round % 4) {
	case 0:
	case 1:
		rc = sale_record(db,
		    &(struct sale_wish){ .asker = asker(person->operator_id),
			.account_id = shop->account_id,
			.meter_id = shop->meter_id,
			.channel = CHANNEL_CASH,
			.amount_fen = 1000 + round,
			.is_duplicate_meant = true,
			.note = "" },
		    &faults, &sale_id, &is_old);
		break;
	case 2:
		rc = sale_reverse(db,
		    &(struct reversal_wish){ .asker = asker(person->operator_id),
			.sale_id = newest[person->at],
			.reason = "金额输错" },
		    &faults, &sale_id, &is_old);
		break;
	case 3:
		rc = sale_refund(db,
		    &(struct refund_wish){ .asker = asker(person->operator_id),
			.account_id = shop->account_id,
			.meter_id = shop->meter_id,
			.amount_fen = 100,
			.channel = CHANNEL_CASH,
			.reason = "租户要求",
			.note = "" },
		    &faults, &sale_id, &is_old);
		break;
	}
	if (rc == RC_OK)
		newest[person->at] = sale_id;
	/* Whatever is due of the others, too. */
	for (size_t i = 0; i < CASHIERS; i++)
		tally(person, sale_pay(db, newest[i], &by, &faults));
	return rc;
}

static void *
stands_at_the_counter(void *context)
{
	struct person *person = context;
	struct db *own = open_as("voltill_sales");

	for (int round = 0; round < ROUNDS; round++)
		tally(person, work_once(own, person, round + (int)person->at));
	db_close(own);
	return NULL;
}

enum { NEXT, OPEN_SHIFT, DEADLOCKS };
static const struct query Q[] QUERIES = {
	[NEXT] = { .sql = "SELECT command_id FROM delivery WHERE state = 'queued' AND meter_id = ?"
			  " ORDER BY command_id LIMIT 1" },
	[OPEN_SHIFT] = { .sql = "SELECT shift_id FROM shift WHERE active_operator = ?",
	    .bounded = "unique key" },
	[DEADLOCKS] = { .sql = "SELECT CAST(VARIABLE_VALUE AS SIGNED)"
			       " FROM information_schema.GLOBAL_STATUS"
			       " WHERE VARIABLE_NAME = 'INNODB_DEADLOCKS'",
	    .bounded = "one row" },
};

static volatile bool is_over;

/* False when nothing was delivered. */
static bool
deliver_one(const struct shop *shop)
{
	struct attempt attempt = { .state = DELIVERY_DONE,
		.before_fen = number_by(&BACK[BACK_STATE], ARGS(I(shop->meter_id))) };

	if (db_int(collector, &Q[NEXT], ARGS(I(shop->meter_id)), &attempt.command_id) != RC_OK ||
	    db_transact(collector, take, &attempt) != RC_OK ||
	    db_transact(collector, intend, &attempt) != RC_OK ||
	    db_transact(collector, settle, &attempt) != RC_OK)
		return false;
	show(shop->meter_id, attempt.job.last_count + 1, target_of(&attempt), 100000);
	return true;
}

static void *
delivers(void *context)
{
	(void)context;
	while (!is_over)
		for (size_t i = 0; i < SHOPS; i++)
			(void)deliver_one(&shops[i]);
	return NULL;
}

static struct person persons[CASHIERS];

/* Counts the drawers while their people sell, and lets them begin anew. */
static void *
closes_shifts(void *context)
{
	struct db *own = open_as("voltill_sales");
	int *closed = context;

	while (!is_over)
		for (size_t i = 0; i < CASHIERS; i++) {
			struct operator_actor by = actor(persons[i].operator_id);
			struct shift_closing closing = { .note = "清点", .by = by };
			int64_t counted, expected, again;
			if (db_int(own, &Q[OPEN_SHIFT], ARGS(I(by.operator_id)),
				&closing.shift_id) == RC_OK)
				*closed += shift_close(own, &closing, &counted, &expected) == RC_OK;
			/* What was in the drawer is away: the next one begins with change. */
			if (shift_open(own, 1000000, &by, &again) != RC_OK)
				*closed = INT32_MIN;
			usleep(10000);
		}
	db_close(own);
	return NULL;
}

static void
whatever_wins_the_books_agree(void **state)
{
	int done = 0, refused = 0, closed = 0;
	pthread_t meters, supervisor;
	int64_t deadlocks;

	(void)state;
	for (size_t i = 0; i < SHOPS; i++)
		shops[i] = make_shop(3, 0);
	for (size_t i = 0; i < CASHIERS; i++) {
		persons[i] = (struct person){ .operator_id = make_cashier("cashier"), .at = i };
		newest[i] = sell(&shops[0], persons[i].operator_id, 5000, 0);
	}
	deadlocks = number_by(&Q[DEADLOCKS], NO_ARGS);
	assert_int_equal(pthread_create(&meters, NULL, delivers, NULL), 0);
	assert_int_equal(pthread_create(&supervisor, NULL, closes_shifts, &closed), 0);
	for (size_t i = 0; i < CASHIERS; i++)
		assert_int_equal(
		    pthread_create(&persons[i].thread, NULL, stands_at_the_counter, &persons[i]),
		    0);
	for (size_t i = 0; i < CASHIERS; i++) {
		pthread_join(persons[i].thread, NULL);
		done += persons[i].done;
		refused += persons[i].refused;
		assert_int_equal(persons[i].failed, 0);
	}
	is_over = true;
	pthread_join(meters, NULL);
	pthread_join(supervisor, NULL);
	print_message("%d deeds done, %d refused, %d shifts closed\n", done, refused, closed);
	assert_true(closed > 0);
	/* Everybody locks in the same order. */
	assert_int_equal(number_by(&Q[DEADLOCKS], NO_ARGS), deadlocks);
	for (size_t i = 0; i < SHOPS; i++) {
		struct ledger_balance balance;
		while (deliver_one(&shops[i]))
			;
		assert_int_equal(
		    ledger_balance(admin, shops[i].account_id, shops[i].meter_id, &balance), RC_OK);
		assert_int_equal(balance.transit_fen, 0);
		/* What the meter holds is what the ledger says it does. */
		assert_int_equal(
		    balance.credit_fen, number_by(&BACK[BACK_STATE], ARGS(I(shops[i].meter_id))));
	}
	assert_books();
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_wins_the_books_agree),
	};

	secret_init();
	return cmocka_run_group_tests(tests, open_counter, close_counter);
}
