/* Transactions, lost connections, and servers that programs refuse. */
#include "thing.h"

/* ---- transactions ---- */

static void
a_transaction_is_seen_by_others_after_its_end(void **state)
{
	(void)state;
	assert_int_equal(db_begin(db), RC_OK);
	assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(1), I(1))), RC_OK);
	assert_int_equal(count_rows(db), 1);
	assert_int_equal(count_rows(other), 0);
	assert_int_equal(db_end(db, RC_OK), RC_OK);
	assert_int_equal(count_rows(other), 1);
}

static void
a_failure_of_the_caller_rolls_back(void **state)
{
	(void)state;
	assert_int_equal(db_begin(db), RC_OK);
	assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(1), I(1))), RC_OK);
	assert_int_equal(db_end(db, RC_DENIED), RC_DENIED);
	assert_int_equal(count_rows(other), 0);
}

static void
a_failed_statement_rolls_back_even_if_the_caller_forgets_it(void **state)
{
	(void)state;
	assert_int_equal(db_begin(db), RC_OK);
	assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(1), I(1))), RC_OK);
	assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(1), I(2))), RC_CONFLICT);
	assert_int_equal(number_of(1), 1); /* what is there may still be looked up */
	assert_int_equal(db_end(db, RC_OK), RC_CONFLICT);
	assert_int_equal(count_rows(other), 0);
	assert_int_equal(db_begin(db), RC_OK);
	assert_int_equal(db_end(db, RC_OK), RC_OK);
}

/* Two that take two rows in opposite order, and meet. */
struct crossing {
	struct db *db;
	int64_t first, second;
	pthread_barrier_t *meet;
	int attempts;
	enum rc rc;
};

static enum rc
cross(struct db *through, void *context)
{
	struct crossing *crossing = context;
	enum rc rc = db_exec(through, &Q[SET_NUMBER], ARGS(I(1), I(crossing->first)));

	if (crossing->attempts++ == 0)
		(void)pthread_barrier_wait(crossing->meet);
	if (rc == RC_OK)
		rc = db_exec(through, &Q[SET_NUMBER], ARGS(I(10), I(crossing->second)));
	if (rc != RC_OK) /* a careless caller: this must not be committed on its own */
		assert_int_equal(
		    db_exec(through, &Q[SET_NUMBER], ARGS(I(1000), I(3))), RC_UNAVAILABLE);
	return rc;
}

static void *
cross_thread(void *context)
{
	struct crossing *crossing = context;

	crossing->rc = db_transact(crossing->db, cross, crossing);
	return NULL;
}

static void
a_deadlock_is_tried_again_as_a_whole(void **state)
{
	pthread_barrier_t meet;
	pthread_t thread;
	struct crossing here = { db, 1, 2, &meet, 0, RC_BUG };
	struct crossing there = { other, 2, 1, &meet, 0, RC_BUG };

	(void)state;
	for (int64_t id = 1; id <= 3; id++)
		assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(id), I(0))), RC_OK);
	assert_int_equal(pthread_barrier_init(&meet, NULL, 2), 0);
	assert_int_equal(pthread_create(&thread, NULL, cross_thread, &there), 0);
	(void)cross_thread(&here);
	assert_int_equal(pthread_join(thread, NULL), 0);
	(void)pthread_barrier_destroy(&meet);
	assert_int_equal(here.rc, RC_OK);
	assert_int_equal(there.rc, RC_OK);
	assert_int_equal(here.attempts + there.attempts, 3);
	assert_int_equal(number_of(1), 11);
	assert_int_equal(number_of(2), 11);
	assert_int_equal(number_of(3), 0);
}

static enum rc
lose_each_time(struct db *through, void *context)
{
	int *attempts = context;
	int64_t number;

	(*attempts)++;
	return db_int(through, &Q[LOCK_ROW], ARGS(I(1)), &number);
}

static void
a_lock_that_never_comes_is_asked_for_three_times(void **state)
{
	int attempts = 0;

	(void)state;
	assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(1), I(0))), RC_OK);
	assert_int_equal(db_begin(other), RC_OK);
	assert_int_equal(db_exec(other, &Q[SET_NUMBER], ARGS(I(1), I(1))), RC_OK);
	assert_int_equal(
	    db_script(db, "test", "SET SESSION innodb_lock_wait_timeout = 0;\n"), RC_OK);
	assert_int_equal(db_transact(db, lose_each_time, &attempts), RC_UNAVAILABLE);
	assert_true(db_retryable(db));
	assert_int_equal(attempts, 3);
	assert_int_equal(db_end(other, RC_OK), RC_OK);
	assert_int_equal(db_transact(db, lose_each_time, &attempts), RC_OK);
	assert_int_equal(attempts, 4);
}

static enum rc
change_after_snapshot(struct db *through, void *context)
{
	int *attempts = context;
	int64_t number;
	enum rc rc = db_int(through, &Q[ONE_NUMBER], ARGS(I(1)), &number);

	if (rc == RC_OK && (*attempts)++ == 0) /* somebody else is faster */
		assert_int_equal(db_exec(other, &Q[SET_NUMBER], ARGS(I(20), I(1))), RC_OK);
	return rc == RC_OK ? db_exec(through, &Q[SET_NUMBER], ARGS(I(1), I(1))) : rc;
}

static void
a_row_changed_since_the_snapshot_is_read_again(void **state)
{
	int attempts = 0;

	(void)state;
	assert_int_equal(
	    db_script(db, "test", "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;\n"),
	    RC_OK);
	assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(1), I(0))), RC_OK);
	assert_int_equal(db_transact(db, change_after_snapshot, &attempts), RC_OK);
	assert_int_equal(attempts, 2);
	assert_int_equal(number_of(1), 21);
}

/* ---- lost connections ---- */

static void
kill_connection(struct db *victim)
{
	int64_t id;

	assert_int_equal(db_int(victim, &Q[MY_ID], NO_ARGS, &id), RC_OK);
	assert_int_equal(db_exec(victim == db ? other : db, &Q[KILL], ARGS(I(id))), RC_OK);
	(void)usleep(50000);
}

static void
a_killed_idle_connection_is_not_noticed(void **state)
{
	int64_t before, after;

	(void)state;
	assert_int_equal(db_int(db, &Q[MY_ID], NO_ARGS, &before), RC_OK);
	kill_connection(db);
	assert_int_equal(count_rows(db), 0);
	assert_int_equal(db_int(db, &Q[MY_ID], NO_ARGS, &after), RC_OK);
	assert_int_not_equal(before, after);
	kill_connection(db);
	assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(1), I(1))), RC_OK);
	kill_connection(db);
	assert_int_equal(db_begin(db), RC_OK);
	assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(2), I(1))), RC_OK);
	assert_int_equal(db_end(db, RC_OK), RC_OK);
	kill_connection(db);
	assert_int_equal(db_ping(db), RC_OK);
	fill_bulk();
	kill_connection(db);
	assert_int_equal(db_bulk(db, &Q[BULK_INSERT], bulk_columns, 4, 3), RC_OK);
	assert_int_equal(count_rows(other), 5);
}

static void
a_connection_lost_inside_a_transaction_ends_it(void **state)
{
	(void)state;
	assert_int_equal(db_begin(db), RC_OK);
	assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(1), I(1))), RC_OK);
	kill_connection(db);
	assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(2), I(2))), RC_UNAVAILABLE);
	assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(3), I(3))), RC_UNAVAILABLE);
	assert_int_equal(db_end(db, RC_OK), RC_UNAVAILABLE);
	assert_int_equal(count_rows(db), 0);
	assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(4), I(4))), RC_OK);
}

static void
a_commit_that_never_arrived_is_unavailable(void **state)
{
	(void)state;
	assert_int_equal(db_begin(db), RC_OK);
	assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(1), I(1))), RC_OK);
	kill_connection(db);
	assert_int_equal(db_end(db, RC_OK), RC_UNAVAILABLE);
	assert_int_equal(count_rows(db), 0);
}

static void
buffered_rows_outlive_their_connection_without_harm(void **state)
{
	struct rows *rows;

	(void)state;
	for (int64_t id = 1; id <= 5; id++)
		assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(id), I(id))), RC_OK);
	assert_int_equal(db_query(db, &Q[ALL], NO_ARGS, &rows), RC_OK);
	assert_int_equal(rows_next(rows), RC_OK);
	kill_connection(db);
	assert_int_equal(count_rows(db), 5); /* opens a new connection */
	assert_int_equal(rows_int(rows, 1), 1);
	assert_int_equal(rows_next(rows), RC_UNAVAILABLE);
	assert_int_equal(rows_next(rows), RC_UNAVAILABLE);
	rows_end(rows);
}

static void
a_statement_that_kills_its_connection_is_reported(void **state)
{
	(void)state;
	assert_int_not_equal(db_exec(db, &Q[KILL_ME], NO_ARGS), RC_OK);
	assert_int_equal(count_rows(db), 0);
}

static void
reading_goes_on_after_a_restart_of_the_server(void **state)
{
	(void)state;
	assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(1), I(42))), RC_OK);
	assert_int_equal(db_begin(other), RC_OK);
	assert_int_equal(db_exec(other, &Q[INSERT_ID], ARGS(I(2), I(43))), RC_OK);
	assert_int_equal(system(getenv("VOLTILL_TEST_RESTART")), 0);
	assert_int_equal(number_of(1), 42);
	assert_int_equal(db_end(other, RC_OK), RC_UNAVAILABLE);
	assert_int_equal(count_rows(other), 1);
}

/* ---- what is refused at the start ---- */

static enum rc
open_after(const char *change, const char *back)
{
	struct db *third = NULL;

	assert_int_equal(system(change), 0);
	enum rc rc = db_open(&conf, ADMIN, &third);
	assert_int_equal(system(back), 0);
	assert_int_equal(third != NULL, rc == RC_OK);
	db_close(third);
	return rc;
}

#define ROOT(sql) "mariadb --no-defaults -uroot -S \"$VOLTILL_TEST_SOCKET\" voltill -e '" sql "'"

static void
unsafe_settings_are_refused(void **state)
{
	(void)state;
	assert_int_equal(open_after("true", "true"), RC_OK);
	assert_int_equal(open_after(ROOT("SET GLOBAL innodb_flush_log_at_trx_commit = 2"),
			     ROOT("SET GLOBAL innodb_flush_log_at_trx_commit = 1")),
	    RC_CONFLICT);
	assert_int_equal(open_after(ROOT("SET GLOBAL innodb_snapshot_isolation = 0"),
			     ROOT("SET GLOBAL innodb_snapshot_isolation = 1")),
	    RC_CONFLICT);
	assert_int_equal(
	    open_after(ROOT("ALTER DATABASE voltill CHARACTER SET latin1"),
		ROOT(
		    "ALTER DATABASE voltill CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci")),
	    RC_CONFLICT);
}

static void
another_schema_number_is_refused(void **state)
{
	(void)state;
	assert_int_equal(
	    open_after(
		ROOT("INSERT INTO schema_version VALUES (999, \"x\", \"\", UTC_TIMESTAMP(3))"),
		ROOT("DELETE FROM schema_version WHERE number = 999")),
	    RC_CONFLICT);
	assert_int_equal(open_after(ROOT("RENAME TABLE schema_version TO schema_away"),
			     ROOT("RENAME TABLE schema_away TO schema_version")),
	    RC_CONFLICT);
}

static void
a_connection_opened_again_is_checked_again(void **state)
{
	int64_t value;

	(void)state;
	assert_int_equal(system(ROOT("SET GLOBAL innodb_flush_log_at_trx_commit = 0")), 0);
	kill_connection(db);
	assert_int_equal(db_int(db, &Q[COUNT_ROWS], NO_ARGS, &value), RC_CONFLICT);
	assert_int_equal(system(ROOT("SET GLOBAL innodb_flush_log_at_trx_commit = 1")), 0);
	assert_int_equal(count_rows(db), 0);
}

static void
a_server_that_is_away_is_unavailable(void **state)
{
	struct conf away = conf;
	struct db *third = NULL;

	(void)state;
	strcpy(away.database_socket, "/nonexistent/mysqld.sock");
	assert_int_equal(db_open(&away, ADMIN, &third), RC_UNAVAILABLE);
	away.database_socket[0] = '\0';
	assert_int_equal(db_open(&away, ADMIN, &third), RC_CONFLICT); /* no CA file */
	assert_int_equal(db_open(&conf, "voltill_nobody", &third), RC_DENIED);
	assert_null(third);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_transaction_is_seen_by_others_after_its_end),
		CASE(a_failure_of_the_caller_rolls_back),
		CASE(a_failed_statement_rolls_back_even_if_the_caller_forgets_it),
		CASE(a_deadlock_is_tried_again_as_a_whole),
		CASE(a_lock_that_never_comes_is_asked_for_three_times),
		CASE(a_row_changed_since_the_snapshot_is_read_again),
		CASE(a_killed_idle_connection_is_not_noticed),
		CASE(a_connection_lost_inside_a_transaction_ends_it),
		CASE(a_commit_that_never_arrived_is_unavailable),
		CASE(buffered_rows_outlive_their_connection_without_harm),
		CASE(a_statement_that_kills_its_connection_is_reported),
		CASE(reading_goes_on_after_a_restart_of_the_server),
		CASE(unsafe_settings_are_refused),
		CASE(another_schema_number_is_refused),
		CASE(a_connection_opened_again_is_checked_again),
		CASE(a_server_that_is_away_is_unavailable),
	};
	return cmocka_run_group_tests(tests, open_both, close_both);
}
