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

enum { NEXT };
static const struct query Q[] QUERIES = {
	[NEXT] = { .sql = "SELECT command_id FROM delivery WHERE state = 'queued' AND meter_id = ?"
			  " ORDER BY command_id LIMIT 1" },
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

static void
whatever_wins_the_books_agree(void **state)
{
	struct person persons[CASHIERS];
	int done = 0, refused = 0;
	pthread_t meters;

	(void)state;
	for (size_t i = 0; i < SHOPS; i++)
		shops[i] = make_shop(3, 0);
	for (size_t i = 0; i < CASHIERS; i++) {
		persons[i] = (struct person){ .operator_id = make_cashier("cashier"), .at = i };
		newest[i] = sell(&shops[0], persons[i].operator_id, 5000, 0);
	}
	assert_int_equal(pthread_create(&meters, NULL, delivers, NULL), 0);
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
	print_message("%d deeds done, %d refused\n", done, refused);
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
