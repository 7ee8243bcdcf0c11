/* The months of table reading. */
#include "../../ctl/partition.h"
#include "thing.h"

enum { NAMES, ROWS_OF, STORE, CLEAR };
static const struct query P[] QUERIES = {
	[NAMES] = { .sql = "SELECT GROUP_CONCAT(name ORDER BY name SEPARATOR ' ') FROM v_partition",
	    .bounded = "one row" },
	[ROWS_OF] = { .sql = "SELECT COUNT(*) FROM reading PARTITION (p209902)",
	    .bounded = "one row" },
	[STORE] = { .sql = "INSERT INTO reading (meter_id, taken_at, read_at, energy_wh) "
			   "VALUES (1, ?, ?, 5)" },
	[CLEAR] = { .sql = "DELETE FROM reading WHERE taken_at > '2090-01-01'" },
};

static int64_t
instant(int year, int month, int day)
{
	struct civil civil = { .year = year, .month = month, .day = day };

	return clock_from_utc(&civil);
}

static const char *
partitions(struct arena *arena)
{
	const char *list = "";

	assert_int_equal(db_text(db, &P[NAMES], NO_ARGS, arena, &list), RC_OK);
	return list;
}

static void
months_are_added_three_ahead_and_only_once(void **state)
{
	struct arena *arena = arena_new();
	struct civil today = clock_utc(clock_now());
	int64_t next_year = instant(today.year + 1, 11, 15);
	char expected[32];

	(void)state;
	const char *before = partitions(arena);
	assert_int_equal(partition_keep(db, clock_now()), RC_OK); /* migrate has done that */
	assert_string_equal(partitions(arena), before);
	assert_int_equal(partition_keep(db, next_year), RC_OK);
	const char *after = partitions(arena);
	(void)snprintf(expected, sizeof(expected), " p%d02 pmax", today.year + 2);
	assert_string_equal(after + strlen(after) - strlen(expected), expected);
	(void)snprintf(expected, sizeof(expected), " p%d12 p%d01 ", today.year, today.year + 1);
	assert_non_null(strstr(after, expected));
	assert_int_equal(partition_keep(db, next_year), RC_OK);
	assert_string_equal(partitions(arena), after);
	assert_int_equal(partition_keep(db, clock_now()), RC_OK); /* never takes one away */
	assert_string_equal(partitions(arena), after);
	arena_free(arena);
}

static void
readings_that_came_too_early_move_into_their_month(void **state)
{
	int64_t at = instant(2099, 2, 28) + 86399999, count = -1;

	(void)state;
	assert_int_equal(db_exec(db, &P[STORE], ARGS(T(at), T(at))), RC_OK);
	assert_int_equal(db_exec(db, &P[STORE], ARGS(T(at + 1), T(at))), RC_OK);
	assert_int_equal(
	    db_script(db, "test",
		"ALTER TABLE reading REORGANIZE PARTITION pmax INTO (PARTITION p209901 VALUES LESS "
		"THAN ('2099-02-01'), PARTITION pmax VALUES LESS THAN (MAXVALUE));\n"),
	    RC_OK);
	assert_int_equal(partition_keep(db, instant(2099, 1, 5)), RC_OK);
	assert_int_equal(db_int(db, &P[ROWS_OF], NO_ARGS, &count), RC_OK);
	assert_int_equal(count, 1);
	assert_int_equal(db_exec(db, &P[CLEAR], NO_ARGS), RC_OK);
	assert_int_equal(db_affected(db), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(months_are_added_three_ahead_and_only_once),
		CASE(readings_that_came_too_early_move_into_their_month),
	};
	return cmocka_run_group_tests(tests, open_both, close_both);
}
