/* Selling when somebody is faster, and when nobody answers: races of taking back against claiming,
 * and a COMMIT whose answer is lost (M-05, M-27). */
#include "selling.h"

#include <poll.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>

#define RACES 200

enum { CASH };
static const struct query Q[] QUERIES = {
	[CASH] = { .sql = "SELECT CAST(COALESCE(SUM(p.amount_fen), 0) AS SIGNED) FROM posting p"
			  " JOIN shift s ON s.shift_id = p.shift_id WHERE p.ledger = 'cash'"
			  " AND s.operator_id = ?",
	    .bounded = "one row" },
};

/* ---- taking back against claiming ---- */

static pthread_barrier_t barrier;

struct racer {
	pthread_t thread;
	int64_t command_id;
	enum rc rc;
};

static enum rc
cancel(struct db *through, void *context)
{
	return delivery_cancel(through, ((struct racer *)context)->command_id, clock_now());
}

static void *
run_cancel(void *context)
{
	struct racer *racer = context;

	(void)pthread_barrier_wait(&barrier);
	racer->rc = db_transact(db, cancel, racer);
	return NULL;
}

static void *
run_claim(void *context)
{
	struct racer *racer = context;

	(void)pthread_barrier_wait(&barrier);
	racer->rc = take(collector, racer->command_id);
	return NULL;
}

static void
one_of_two_wins(void **state)
{
	struct shop shop = make_shop(0, 0);
	int64_t cashier = make_cashier("manager");
	int cancelled = 0;

	(void)state;
	assert_int_equal(pthread_barrier_init(&barrier, NULL, 2), 0);
	for (int i = 0; i < RACES; i++) {
		/* Otherwise a hundred in ten seconds would be too fast. */
		if (i % 90 == 0)
			cashier = make_cashier("manager");
		int64_t order = order_of(sell(&shop, cashier, 100 + i));
		struct racer racers[2] = { { .command_id = order }, { .command_id = order } };
		assert_int_equal(
		    pthread_create(&racers[0].thread, NULL, run_cancel, &racers[0]), 0);
		assert_int_equal(pthread_create(&racers[1].thread, NULL, run_claim, &racers[1]), 0);
		assert_int_equal(pthread_join(racers[0].thread, NULL), 0);
		assert_int_equal(pthread_join(racers[1].thread, NULL), 0);
		bool is_cancelled = racers[0].rc == RC_OK;
		assert_int_equal(racers[0].rc, is_cancelled ? RC_OK : RC_CONFLICT);
		assert_int_equal(racers[1].rc, is_cancelled ? RC_NOT_FOUND : RC_OK);
		assert_string_equal(text_by(&MONEY[MONEY_COMMAND_STATE], ARGS(I(order))),
		    is_cancelled ? "cancelled" : "taken");
		assert_string_equal(text_by(&MONEY[MONEY_DELIVERY_STATE], ARGS(I(order))),
		    is_cancelled ? "cancelled" : "queued");
		cancelled += is_cancelled;
	}
	(void)pthread_barrier_destroy(&barrier);
	print_message("%d of %d were taken back\n", cancelled, RACES);
}

/* What was claimed and may be on its way is not taken back, also when it went back to the queue. */
static void
what_may_have_been_sent_is_not_taken_back(void **state)
{
	struct shop shop = make_shop(3, 500);
	int64_t order = order_of(sell(&shop, make_cashier("cashier"), 1000));
	struct racer racer = { .command_id = order };

	(void)state;
	(void)begin_order(collector, order, 500);
	struct delivery_end end = ended(order, DELIVERY_QUEUED, 0, 0, 0);
	assert_int_equal(settle(collector, &end), RC_OK);
	assert_string_equal(text_by(&MONEY[MONEY_COMMAND_STATE], ARGS(I(order))), "queued");
	assert_string_equal(text_by(&MONEY[MONEY_DELIVERY_STATE], ARGS(I(order))), "sent");
	assert_int_equal(db_transact(db, cancel, &racer), RC_CONFLICT);
}

/* ---- a server that falls silent at COMMIT ---- */

enum silence { TALKS, LOSES_ANSWER, LOSES_COMMIT };

static struct {
	char path[108];
	int listener;
	pthread_t thread;
	_Atomic enum silence silence; /* for the next COMMIT */
	_Atomic bool is_over;
} proxy;

static int
connect_server(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int server = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(
	    address.sun_path, sizeof(address.sun_path), "%s", getenv("VOLTILL_TEST_SOCKET"));
	if (connect(server, (struct sockaddr *)&address, sizeof(address)) != 0)
		abort();
	return server;
}

static bool
is_commit(const char *bytes, ssize_t length)
{
	return length == 11 && memcmp(bytes + 4, "\3COMMIT", 7) == 0;
}

/* False: the connection is over. */
static bool
forward(int from, int to, bool is_client)
{
	char bytes[65536];
	ssize_t length = read(from, bytes, sizeof(bytes));
	enum silence silence = TALKS;

	if (length <= 0)
		return false;
	if (is_client && is_commit(bytes, length))
		silence = atomic_exchange(&proxy.silence, TALKS);
	if (silence == LOSES_COMMIT)
		return false;
	if (write(to, bytes, (size_t)length) != length)
		return false;
	if (silence == LOSES_ANSWER) {
		/* It was carried out before anybody knows. */
		(void)!read(to, bytes, sizeof(bytes));
		return false;
	}
	return true;
}

static void
serve(int client)
{
	int server = connect_server();
	struct pollfd ends[] = { { .fd = client, .events = POLLIN },
		{ .fd = server, .events = POLLIN } };
	bool goes_on = true;

	while (goes_on && !proxy.is_over) {
		if (poll(ends, 2, 100) <= 0)
			continue;
		if (ends[0].revents != 0)
			goes_on = forward(client, server, true);
		if (goes_on && ends[1].revents != 0)
			goes_on = forward(server, client, false);
	}
	(void)close(client);
	(void)close(server);
}

static void *
run_proxy(void *context)
{
	struct pollfd end = { .fd = proxy.listener, .events = POLLIN };

	while (!proxy.is_over)
		if (poll(&end, 1, 100) > 0)
			serve(accept(proxy.listener, NULL, NULL));
	return context;
}

static void
start_proxy(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void)snprintf(proxy.path, sizeof(proxy.path), "/tmp/voltill-proxy.%d", (int)getpid());
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", proxy.path);
	proxy.listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(proxy.listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(proxy.listener, 8), 0);
	assert_int_equal(pthread_create(&proxy.thread, NULL, run_proxy, NULL), 0);
}

static void
stop_proxy(void)
{
	proxy.is_over = true;
	assert_int_equal(pthread_join(proxy.thread, NULL), 0);
	(void)close(proxy.listener);
	(void)unlink(proxy.path);
}

static void
an_unknown_commit_is_looked_up(void **state)
{
	struct shop shop = make_shop(0, 0);
	int64_t cashier = make_cashier("cashier"), sale_id = 0, again = 0;
	struct sale_wish wish = wish_of(&shop, cashier, 2300);
	struct conf through = conf;
	struct faults faults = { 0 };
	struct db *lossy = NULL;
	bool is_old = false;

	(void)state;
	start_proxy();
	(void)snprintf(through.database_socket, sizeof(through.database_socket), "%s", proxy.path);
	assert_int_equal(db_open(&through, "voltill_sales", &lossy), RC_OK);

	/* It happened, and nobody was told: the key knows. */
	proxy.silence = LOSES_ANSWER;
	assert_int_equal(sale_record(lossy, &wish, &faults, &sale_id, &is_old), RC_OK);
	assert_true(is_old && sale_id != 0);
	assert_int_equal(number_by(&MONEY[MONEY_SALES], ARGS(I(shop.account_id))), 1);

	/* It never happened: nothing is there, and the same wish may be sent again. */
	secret_random(wish.asker.request_key, SALE_KEY);
	wish.amount_fen = 2400;
	proxy.silence = LOSES_COMMIT;
	assert_int_equal(sale_record(lossy, &wish, &faults, &again, &is_old), RC_UNAVAILABLE);
	assert_int_equal(number_by(&MONEY[MONEY_SALES], ARGS(I(shop.account_id))), 1);
	assert_int_equal(sale_record(lossy, &wish, &faults, &again, &is_old), RC_OK);
	assert_false(is_old);
	assert_int_equal(number_by(&Q[CASH], ARGS(I(cashier))), 4700);
	db_close(lossy);
	stop_proxy();
	assert_books();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_of_two_wins),
		cmocka_unit_test(what_may_have_been_sent_is_not_taken_back),
		cmocka_unit_test(an_unknown_commit_is_looked_up),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
