/*
 * The door to MariaDB against a real server, which tests/db/run.sh started: the configuration is in
 * VOLTILL_TEST_CONF, a command that kills and starts the server again in VOLTILL_TEST_RESTART.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/db.h"
#include "base/log.h"

#define ADMIN "voltill_admin"
#define BULK  5000

enum {
	MAKE,
	EMPTY,
	INSERT,
	INSERT_ID,
	ALL,
	ONE_NUMBER,
	ONE_NAME,
	COUNT_ROWS,
	UPDATE,
	SET_NUMBER,
	LOCK_ROW,
	BULK_INSERT,
	BULK_UPSERT,
	SEQUENCE,
	CHILDREN,
	BIG_DECIMAL,
	WIDE_DECIMAL,
	LONG_TEXT,
	KILL_ME,
	KILL,
	MY_ID,
	WRONG,
	WRONG_TABLE,
	NO_LIMIT,
	SUM,
	MODE,
	ZONE,
	LOAD_LOCAL,
};
static const struct query Q[] QUERIES = {
	[MAKE] = { .sql = "CREATE OR REPLACE TABLE test_thing (thing_id INT UNSIGNED NOT NULL "
			  "AUTO_INCREMENT PRIMARY KEY, name VARCHAR(200) NULL UNIQUE, number "
			  "BIGINT NULL, "
			  "small TINYINT NULL, amount DECIMAL(14,2) NULL, at DATETIME(3) NULL, day "
			  "DATE NULL, "
			  "digest BINARY(4) NULL, big BIGINT UNSIGNED NULL) ENGINE=InnoDB" },
	[EMPTY] = { .sql = "DELETE FROM test_thing" },
	[INSERT] = { .sql = "INSERT INTO test_thing (name, number, small, amount, at, day, digest, "
			    "big) "
			    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)" },
	[INSERT_ID] = { .sql = "INSERT INTO test_thing (thing_id, number) VALUES (?, ?)" },
	[ALL] = { .sql =
		      "SELECT name AS Name, number AS Number, small, amount, at, day, digest, big "
		      "FROM test_thing ORDER BY thing_id LIMIT 100" },
	[ONE_NUMBER] = { .sql = "SELECT number FROM test_thing WHERE thing_id = ? LIMIT 1" },
	[ONE_NAME] = { .sql = "SELECT name FROM test_thing WHERE number = ? LIMIT 1" },
	[COUNT_ROWS] = { .sql = "SELECT COUNT(*) FROM test_thing", .bounded = "one row" },
	[UPDATE] = { .sql = "UPDATE test_thing SET number = ? WHERE number = ?" },
	[SET_NUMBER] = { .sql = "UPDATE test_thing SET number = number + ? WHERE thing_id = ?" },
	[LOCK_ROW] = { .sql =
			   "SELECT number FROM test_thing WHERE thing_id = ? LIMIT 1 FOR UPDATE" },
	[BULK_INSERT] = { .sql = "INSERT INTO test_thing (name, number, at, day) VALUES (?, ?, ?, "
				 "?)" },
	[BULK_UPSERT] = { .sql = "INSERT INTO test_thing (thing_id, number) VALUES (?, ?) "
				 "ON DUPLICATE KEY UPDATE number = VALUES(number)" },
	[SEQUENCE] = { .sql = "SELECT seq, CONCAT('row ', seq) FROM seq_1_to_200000 LIMIT 200000" },
	[CHILDREN] = { .sql = "SELECT number FROM test_thing WHERE number > ? ORDER BY number "
			      "LIMIT 3" },
	[BIG_DECIMAL] = { .sql = "SELECT CAST('12345678901234.56' AS DECIMAL(20,2)) LIMIT 1" },
	[WIDE_DECIMAL] = { .sql = "SELECT CAST('99999999999999999999' AS DECIMAL(20,0)) LIMIT 1" },
	[LONG_TEXT] = { .sql = "SELECT REPEAT(?, ?) AS a, 'short' AS b LIMIT 1" },
	[KILL_ME] = { .sql = "KILL CONNECTION_ID()" },
	[KILL] = { .sql = "KILL ?" },
	[MY_ID] = { .sql = "SELECT CONNECTION_ID()", .bounded = "one row" },
	[WRONG] = { .sql = "SELEC 1" },
	[WRONG_TABLE] = { .sql = "SELECT x FROM no_such_table LIMIT 1" },
	[NO_LIMIT] = { .sql = "SELECT number FROM test_thing" },
	[SUM] = { .sql = "SELECT SUM(number), MAX(at), MIN(name) FROM test_thing",
	    .bounded = "one row" },
	[MODE] = { .sql = "SELECT @@sql_mode", .bounded = "one row" },
	[ZONE] = { .sql = "SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW())",
	    .bounded = "one row" },
	[LOAD_LOCAL] = { .sql =
			     "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE test_thing (name)" },
};
#define WRONG_STATEMENTS 3 /* WRONG, WRONG_TABLE, NO_LIMIT */

static struct conf conf;
static struct db *db, *other;

static int64_t
count_rows(struct db *through)
{
	int64_t count = -1;

	assert_int_equal(db_int(through, &Q[COUNT_ROWS], NO_ARGS, &count), RC_OK);
	return count;
}

static int64_t
number_of(int64_t id)
{
	int64_t number = -1;

	assert_int_equal(db_int(db, &Q[ONE_NUMBER], ARGS(I(id)), &number), RC_OK);
	return number;
}

static int
open_both(void **state)
{
	(void)state;
	conf_default(&conf);
	if (conf_load(&conf, getenv("VOLTILL_TEST_CONF")) != RC_OK ||
	    db_open(&conf, ADMIN, &db) != RC_OK || db_open(&conf, ADMIN, &other) != RC_OK ||
	    db_exec(db, &Q[MAKE], NO_ARGS) != RC_OK)
		return -1;
	return 0;
}

static int
close_both(void **state)
{
	(void)state;
	enum rc rc = db_script(db, "test", "DROP TABLE test_thing;\n");
	db_close(db);
	db_close(other);
	db_close(NULL);
	return rc == RC_OK ? 0 : -1;
}

static int
empty(void **state)
{
	(void)state;
	return db_exec(db, &Q[EMPTY], NO_ARGS) == RC_OK ? 0 : -1;
}

/* ---- values ---- */

static void
every_kind_of_value_comes_back(void **state)
{
	struct civil civil = { 2026, 11, 23, 2, 30, 5, 123 };
	struct day day = { 20780 };
	struct rows *rows;
	int64_t at = clock_from_utc(&civil);

	(void)state;
	assert_int_equal(db_exec(db, &Q[INSERT],
			     ARGS(S("电表 'x' \"y\" \\ ; --"), I(INT64_MIN), I(-128), S("-12.30"),
				 T(at), D(day), B("\0\1\xff\n", 4), I(INT64_MAX))),
	    RC_OK);
	assert_int_equal(db_affected(db), 1);
	assert_true(db_last_id(db) > 0);
	assert_int_equal(db_query(db, &Q[ALL], NO_ARGS, &rows), RC_OK);
	assert_int_equal(rows_columns(rows), 8);
	assert_string_equal(rows_name(rows, 0), "Name");
	assert_int_equal(rows_next(rows), RC_OK);
	assert_string_equal(rows_text(rows, 0), "电表 'x' \"y\" \\ ; --");
	assert_true(rows_int(rows, 1) == INT64_MIN);
	assert_string_equal(rows_text(rows, 1), "-9223372036854775808");
	assert_int_equal(rows_int(rows, 2), -128);
	assert_string_equal(rows_text(rows, 3), "-12.30");
	assert_true(rows_int(rows, 4) == at);
	assert_string_equal(rows_text(rows, 4), "2026-11-23 10:30:05");
	assert_int_equal(rows_day(rows, 5).number, day.number);
	assert_string_equal(rows_text(rows, 5), "2026-11-23");
	assert_int_equal(rows_length(rows, 6), 4);
	assert_memory_equal(rows_text(rows, 6), "\0\1\xff\n", 4);
	assert_true(rows_int(rows, 7) == INT64_MAX);
	static const enum value_kind kinds[] = { VALUE_TEXT, VALUE_INT, VALUE_INT, VALUE_TEXT,
		VALUE_TIME, VALUE_DAY, VALUE_BLOB, VALUE_INT };
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(rows_kind(rows, i), kinds[i]);
	assert_int_equal(rows_next(rows), RC_NOT_FOUND);
	assert_int_equal(rows_next(rows), RC_NOT_FOUND);
	rows_end(rows);
}

static void
nulls_come_back_as_nulls(void **state)
{
	struct rows *rows;

	(void)state;
	assert_int_equal(
	    db_exec(db, &Q[INSERT], ARGS(S(NULL), NIL, NIL, NIL, NIL, NIL, NIL, NIL)), RC_OK);
	assert_int_equal(
	    db_exec(db, &Q[INSERT], ARGS(S(""), I(0), NIL, NIL, NIL, NIL, NIL, NIL)), RC_OK);
	assert_int_equal(db_query(db, &Q[ALL], NO_ARGS, &rows), RC_OK);
	assert_int_equal(rows_next(rows), RC_OK);
	for (size_t i = 0; i < 8; i++) {
		assert_true(rows_is_null(rows, i));
		assert_int_equal(rows_int(rows, i), 0);
		assert_string_equal(rows_text(rows, i), "");
		assert_int_equal(rows_length(rows, i), 0);
	}
	assert_int_equal(rows_next(rows), RC_OK);
	assert_false(rows_is_null(rows, 0));
	assert_string_equal(rows_text(rows, 0), "");
	assert_false(rows_is_null(rows, 1));
	rows_end(rows);
	rows_end(NULL);
}

static void
old_and_far_dates_come_back(void **state)
{
	static const int64_t instants[] = { -1, 0, 1, -2208988800000, 7258118399999 };
	struct rows *rows;

	(void)state;
	for (size_t i = 0; i < COUNT(instants); i++) {
		struct day day = { (int32_t)(instants[i] / 86400000) - (instants[i] < 0) };
		assert_int_equal(empty(NULL), 0);
		assert_int_equal(db_exec(db, &Q[INSERT],
				     ARGS(NIL, NIL, NIL, NIL, T(instants[i]), D(day), NIL, NIL)),
		    RC_OK);
		assert_int_equal(db_query(db, &Q[ALL], NO_ARGS, &rows), RC_OK);
		assert_int_equal(rows_next(rows), RC_OK);
		assert_true(rows_int(rows, 4) == instants[i]);
		assert_int_equal(rows_day(rows, 5).number, day.number);
		rows_end(rows);
	}
}

static void
sums_of_integers_are_integers(void **state)
{
	struct rows *rows;

	(void)state;
	assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(1), I(9000000000000000000))), RC_OK);
	assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(2), I(-1))), RC_OK);
	assert_int_equal(db_query(db, &Q[SUM], NO_ARGS, &rows), RC_OK);
	assert_int_equal(rows_next(rows), RC_OK);
	assert_int_equal(rows_kind(rows, 0), VALUE_INT);
	assert_true(rows_int(rows, 0) == 8999999999999999999);
	assert_true(rows_is_null(rows, 1));
	rows_end(rows);
}

static void
decimals_stay_exact_and_never_overflow_silently(void **state)
{
	struct arena *arena = arena_new();
	const char *text;
	int64_t value = 4711;

	(void)state;
	assert_int_equal(db_text(db, &Q[BIG_DECIMAL], NO_ARGS, arena, &text), RC_OK);
	assert_string_equal(text, "12345678901234.56");
	assert_int_equal(db_int(db, &Q[WIDE_DECIMAL], NO_ARGS, &value), RC_BUG);
	assert_int_equal(value, 4711);
	arena_free(arena);
}

static void
long_values_are_fetched_whole(void **state)
{
	static const int64_t lengths[] = { 3, 254, 255, 256, 300, 1000, 5, 1000000, 0, 70000 };
	struct rows *rows;

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		assert_int_equal(
		    db_query(db, &Q[LONG_TEXT], ARGS(S("x"), I(lengths[i])), &rows), RC_OK);
		assert_int_equal(rows_next(rows), RC_OK);
		assert_int_equal(rows_length(rows, 0), lengths[i]);
		assert_int_equal(strlen(rows_text(rows, 0)), lengths[i]);
		assert_int_equal(strspn(rows_text(rows, 0), "x"), lengths[i]);
		assert_string_equal(rows_text(rows, 1), "short");
		assert_int_equal(rows_next(rows), RC_NOT_FOUND);
		rows_end(rows);
	}
	assert_int_equal(db_stream(db, &Q[LONG_TEXT], ARGS(S("电"), I(5000)), &rows), RC_OK);
	assert_int_equal(rows_next(rows), RC_OK);
	assert_int_equal(rows_length(rows, 0), 15000);
	rows_end(rows);
}

static void
no_row_is_not_found(void **state)
{
	struct arena *arena = arena_new();
	const char *text = "before";
	int64_t value = 4711;

	(void)state;
	assert_int_equal(db_int(db, &Q[ONE_NUMBER], ARGS(I(1)), &value), RC_NOT_FOUND);
	assert_int_equal(value, 4711);
	assert_int_equal(db_text(db, &Q[ONE_NAME], ARGS(I(1)), arena, &text), RC_NOT_FOUND);
	assert_string_equal(text, "before");
	arena_free(arena);
}

static void
the_session_is_strict_and_in_utc(void **state)
{
	struct arena *arena = arena_new();
	const char *mode;
	int64_t seconds = 4711;

	(void)state;
	assert_int_equal(db_text(db, &Q[MODE], NO_ARGS, arena, &mode), RC_OK);
	assert_non_null(strstr(mode, "STRICT_ALL_TABLES"));
	assert_int_equal(db_int(db, &Q[ZONE], NO_ARGS, &seconds), RC_OK);
	assert_true(seconds >= -1 && seconds <= 1);
	assert_int_equal(
	    db_exec(db, &Q[INSERT], ARGS(NIL, NIL, I(128), NIL, NIL, NIL, NIL, NIL)), RC_BUG);
	assert_int_equal(
	    db_exec(db, &Q[INSERT], ARGS(S("\xff\xfe"), NIL, NIL, NIL, NIL, NIL, NIL, NIL)),
	    RC_BUG);
	assert_int_equal(count_rows(db), 0);
	arena_free(arena);
}

static void
files_of_this_machine_are_not_sent(void **state)
{
	(void)state;
	assert_int_not_equal(db_exec(db, &Q[LOAD_LOCAL], NO_ARGS), RC_OK);
	assert_int_equal(count_rows(db), 0);
}

/* ---- statements ---- */

static void
a_wrong_number_of_arguments_is_a_bug(void **state)
{
	int64_t value;

	(void)state;
	assert_int_equal(db_exec(db, &Q[SET_NUMBER], ARGS(I(1))), RC_BUG);
	assert_int_equal(db_exec(db, &Q[SET_NUMBER], ARGS(I(1), I(2), I(3))), RC_BUG);
	assert_int_equal(db_int(db, &Q[ONE_NUMBER], NO_ARGS, &value), RC_BUG);
	assert_int_equal(db_exec(db, &Q[WRONG], NO_ARGS), RC_BUG);
}

static void
affected_rows_are_those_found(void **state)
{
	(void)state;
	assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(1), I(5))), RC_OK);
	assert_int_equal(db_exec(db, &Q[UPDATE], ARGS(I(5), I(5))), RC_OK);
	assert_int_equal(db_affected(db), 1);
	assert_int_equal(db_exec(db, &Q[UPDATE], ARGS(I(5), I(6))), RC_OK);
	assert_int_equal(db_affected(db), 0);
}

static void
a_duplicate_is_a_conflict(void **state)
{
	(void)state;
	assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(1), I(5))), RC_OK);
	assert_false(db_is_duplicate(db));
	assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(1), I(6))), RC_CONFLICT);
	assert_true(db_is_duplicate(db));
	assert_false(db_retryable(db));
	assert_int_equal(number_of(1), 5);
}

/* Walks 1 -> 2, 3, 4 -> … with the same query open at every depth. */
static int64_t
walk(int64_t from, int depth)
{
	struct rows *rows;
	int64_t visited = 0;

	if (depth == 0)
		return 1;
	assert_int_equal(db_query(db, &Q[CHILDREN], ARGS(I(from)), &rows), RC_OK);
	while (rows_next(rows) == RC_OK)
		visited += walk(rows_int(rows, 0), depth - 1);
	rows_end(rows);
	return visited;
}

static void
a_query_may_run_while_its_own_rows_are_read(void **state)
{
	(void)state;
	for (int64_t i = 1; i <= 20; i++)
		assert_int_equal(db_exec(db, &Q[INSERT_ID], ARGS(I(i), I(i))), RC_OK);
	assert_int_equal(walk(1, 4), 81);
}

static void
a_stream_delivers_every_row_and_keeps_the_connection(void **state)
{
	struct rows *rows;
	int64_t sum = 0, value;

	(void)state;
	assert_int_equal(db_stream(db, &Q[SEQUENCE], NO_ARGS, &rows), RC_OK);
	assert_int_equal(rows_next(rows), RC_OK);
	assert_int_equal(db_int(db, &Q[MY_ID], NO_ARGS, &value), RC_BUG); /* busy */
	do {
		sum += rows_int(rows, 0);
	} while (rows_next(rows) == RC_OK);
	rows_end(rows);
	assert_true(sum == 200000LL * 200001 / 2);
	assert_int_equal(db_int(db, &Q[MY_ID], NO_ARGS, &value), RC_OK);
}

static void
a_stream_may_end_early(void **state)
{
	struct rows *rows;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(db_stream(db, &Q[SEQUENCE], NO_ARGS, &rows), RC_OK);
		assert_int_equal(rows_next(rows), RC_OK);
		assert_string_equal(rows_text(rows, 1), "row 1");
		rows_end(rows);
	}
	assert_int_equal(count_rows(db), 0);
}

static void
wrong_and_unbounded_statements_are_found(void **state)
{
	(void)state;
	assert_int_equal(db_check_statements(db, false), WRONG_STATEMENTS);
	assert_int_equal(db_check_statements(db, true), WRONG_STATEMENTS);
}

static void
scripts_run_statement_by_statement(void **state)
{
	(void)state;
	assert_int_equal(db_script(db, "test",
			     "-- a remark; with a semicolon;\n"
			     "INSERT INTO test_thing (name) VALUES ('a; b');\n\n"
			     "  -- another;\n"
			     "INSERT INTO test_thing (name)\n  VALUES ('c') ;  \n"
			     "SELECT * FROM test_thing;\n"
			     "INSERT INTO test_thing (name) VALUES ('without an end')"),
	    RC_OK);
	assert_int_equal(count_rows(db), 3);
	assert_int_equal(db_script(db, "test", ""), RC_OK);
	assert_int_equal(db_script(db, "test", "-- nothing;\n"), RC_OK);
	assert_int_equal(
	    db_script(db, "test",
		"DELETE FROM test_thing WHERE name = 'c';\nNONSENSE;\nDELETE FROM test_thing;\n"),
	    RC_BUG);
	assert_int_equal(count_rows(db), 2);
}

/* ---- array binding ---- */

static int64_t ids[BULK], numbers[BULK], instants[BULK], days[BULK];
static const char *texts[BULK];
static char names[BULK][32], nulls[BULK];

static void
fill_bulk(void)
{
	for (int i = 0; i < BULK; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "电表 %d", i);
		texts[i] = i % 7 == 0 ? NULL : i == 1 ? "" : names[i];
		ids[i] = i + 1;
		numbers[i] = i - 10;
		instants[i] = 1795000000000 + i / 3 * 1001;
		days[i] = 20000 + i;
		nulls[i] = i % 5 == 0;
	}
}

static const struct column bulk_columns[] = {
	{ .kind = VALUE_TEXT, .texts = texts },
	{ .kind = VALUE_INT, .numbers = numbers, .nulls = nulls },
	{ .kind = VALUE_TIME, .numbers = instants, .nulls = nulls },
	{ .kind = VALUE_DAY, .numbers = days },
};

static void
many_rows_go_in_one_call(void **state)
{
	struct rows *rows;
	int i = 0;

	(void)state;
	fill_bulk();
	assert_int_equal(db_bulk(db, &Q[BULK_INSERT], bulk_columns, 4, BULK), RC_OK);
	assert_int_equal(db_affected(db), BULK);
	assert_int_equal(count_rows(db), BULK);
	assert_int_equal(db_query(db, &Q[ALL], NO_ARGS, &rows), RC_OK);
	for (; rows_next(rows) == RC_OK; i++) {
		assert_int_equal(rows_is_null(rows, 0), texts[i] == NULL);
		assert_string_equal(rows_text(rows, 0), texts[i] == NULL ? "" : texts[i]);
		assert_int_equal(rows_is_null(rows, 1), nulls[i]);
		assert_int_equal(rows_is_null(rows, 4), nulls[i]);
		if (!nulls[i]) {
			assert_int_equal(rows_int(rows, 1), numbers[i]);
			assert_true(rows_int(rows, 4) == instants[i]);
		}
		assert_int_equal(rows_day(rows, 5).number, days[i]);
	}
	rows_end(rows);
	assert_int_equal(i, 100);
}

static void
bulk_of_one_row_and_of_none(void **state)
{
	(void)state;
	fill_bulk();
	assert_int_equal(db_bulk(db, &Q[BULK_INSERT], bulk_columns, 4, 0), RC_OK);
	assert_int_equal(db_affected(db), 0);
	assert_int_equal(db_bulk(db, &Q[BULK_INSERT], bulk_columns, 4, 1), RC_OK);
	assert_int_equal(db_bulk(db, &Q[BULK_INSERT], bulk_columns, 3, 1), RC_BUG);
	assert_int_equal(count_rows(db), 1);
}

static void
a_failing_row_takes_the_whole_bulk_back(void **state)
{
	(void)state;
	fill_bulk();
	texts[BULK - 1] = "same";
	texts[BULK - 2] = "same";
	assert_int_equal(db_bulk(db, &Q[BULK_INSERT], bulk_columns, 4, BULK), RC_CONFLICT);
	assert_true(db_is_duplicate(db));
	assert_int_equal(count_rows(db), 0);
	fill_bulk();
	assert_int_equal(db_bulk(db, &Q[BULK_INSERT], bulk_columns, 4, BULK), RC_OK);
}

static void
an_upsert_done_twice_changes_nothing(void **state)
{
	const struct column columns[] = { { .kind = VALUE_INT, .numbers = ids },
		{ .kind = VALUE_INT, .numbers = numbers } };

	(void)state;
	fill_bulk();
	for (int i = 0; i < 2; i++)
		assert_int_equal(db_bulk(db, &Q[BULK_UPSERT], columns, 2, BULK), RC_OK);
	assert_int_equal(count_rows(db), BULK);
	assert_int_equal(number_of(BULK), numbers[BULK - 1]);
}

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
#define CASE(name) cmocka_unit_test_setup(name, empty)
	const struct CMUnitTest tests[] = {
		CASE(every_kind_of_value_comes_back),
		CASE(nulls_come_back_as_nulls),
		CASE(old_and_far_dates_come_back),
		CASE(sums_of_integers_are_integers),
		CASE(decimals_stay_exact_and_never_overflow_silently),
		CASE(long_values_are_fetched_whole),
		CASE(no_row_is_not_found),
		CASE(the_session_is_strict_and_in_utc),
		CASE(files_of_this_machine_are_not_sent),
		CASE(a_wrong_number_of_arguments_is_a_bug),
		CASE(affected_rows_are_those_found),
		CASE(a_duplicate_is_a_conflict),
		CASE(a_query_may_run_while_its_own_rows_are_read),
		CASE(a_stream_delivers_every_row_and_keeps_the_connection),
		CASE(a_stream_may_end_early),
		CASE(wrong_and_unbounded_statements_are_found),
		CASE(scripts_run_statement_by_statement),
		CASE(many_rows_go_in_one_call),
		CASE(bulk_of_one_row_and_of_none),
		CASE(a_failing_row_takes_the_whole_bulk_back),
		CASE(an_upsert_done_twice_changes_nothing),
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
