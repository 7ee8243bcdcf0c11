/* Values, statements, array binding. */
#include "thing.h"

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
	static const int64_t moments[] = { -1, 0, 1, -2208988800000, 7258118399999 };
	struct rows *rows;

	(void)state;
	for (size_t i = 0; i < COUNT(moments); i++) {
		struct day day = { (int32_t)(moments[i] / 86400000) - (moments[i] < 0) };
		assert_int_equal(empty(NULL), 0);
		assert_int_equal(db_exec(db, &Q[INSERT],
				     ARGS(NIL, NIL, NIL, NIL, T(moments[i]), D(day), NIL, NIL)),
		    RC_OK);
		assert_int_equal(db_query(db, &Q[ALL], NO_ARGS, &rows), RC_OK);
		assert_int_equal(rows_next(rows), RC_OK);
		assert_true(rows_int(rows, 4) == moments[i]);
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

int
main(void)
{
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
	};
	return cmocka_run_group_tests(tests, open_both, close_both);
}
