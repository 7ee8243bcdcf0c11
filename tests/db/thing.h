/*
 * thing.h - what the tests of the door to MariaDB share: a table, its statements, two connections.
 *
 * tests/db/run.sh started the server. The configuration is in VOLTILL_TEST_CONF, a command that
 * kills and starts the server again in VOLTILL_TEST_RESTART, its socket in VOLTILL_TEST_SOCKET.
 */
#ifndef VOLTILL_TEST_THING_H
#define VOLTILL_TEST_THING_H

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

#define CASE(name) cmocka_unit_test_setup(name, empty)

#endif
