#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <cmocka.h>

#include "../../collector/spool.c"

#define MANY	 1000
#define NO_LIMIT (1LL << 40)

static char folder[64];

static int
make_folder(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/vt-spool-XXXXXX");
	return mkdtemp(folder) == NULL;
}

static int
remove_folder(void **state)
{
	char command[128];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

static struct item
half_hour(uint32_t number)
{
	struct item item = { .kind = ITEM_READING, .bus_id = 3, .epoch = 0x123456789abcULL };
	struct reading *r = &item.u.reading;

	r->meter_id = number;
	r->has = HAS_PERIODS | HAS_CREDIT | HAS_POWER;
	r->read_at = 1795000000123LL + number;
	r->slot_at = 1795000000000LL;
	r->energy_wh = 1234567890123LL;
	r->used_wh = 55;
	for (size_t i = 0; i < PERIODS; i++) {
		r->period_wh[i] = (int64_t)i * 1000;
		r->used_period_wh[i] = (int64_t)i;
	}
	r->credit_fen = -5;
	r->power_w = -2300;
	r->purchase_count = 4000000000u;
	r->quality = QUALITY_CLOCK | QUALITY_AFTER_GAP;
	return item;
}

static struct item
loss(uint32_t meter_id)
{
	struct item item = { .kind = ITEM_METER_LOST, .bus_id = 3, .epoch = 9 };

	item.u.event = (struct item_event){
		.meter_id = meter_id, .at = 1795000000000LL, .trouble = TROUBLE_TIMEOUT
	};
	return item;
}

static struct spool *
open_it(int64_t limit)
{
	struct spool *spool = NULL;

	assert_int_equal(spool_open(folder, "test", limit, &spool), RC_OK);
	return spool;
}

static void
append_half_hours(struct spool *spool, uint32_t first, size_t count, size_t expected)
{
	static struct item items[MANY];
	const struct item *pointers[MANY];

	for (size_t i = 0; i < count; i++) {
		items[i] = half_hour(first + (uint32_t)i);
		pointers[i] = &items[i];
	}
	assert_int_equal(spool_append(spool, pointers, count), expected);
}

static void
file_name(char path[128])
{
	(void)snprintf(path, 128, "%s/test.spool", folder);
}

static off_t
file_size(void)
{
	char path[128];
	struct stat st;

	file_name(path);
	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static void
damage(off_t at, const void *bytes, size_t length)
{
	char path[128];

	file_name(path);
	int fd = open(path, O_RDWR);
	assert_int_equal(pwrite(fd, bytes, length, at), length);
	(void)close(fd);
}

static void
what_goes_in_comes_out(void **state)
{
	struct spool *spool = open_it(NO_LIMIT);
	struct item in[3] = { half_hour(7), loss(12), loss(13) }, out[4];
	const struct item *pointers[3] = { &in[0], &in[1], &in[2] };

	(void)state;
	in[2].kind = ITEM_OTHER_METER;
	strcpy(in[2].u.event.number, "012345678901");
	assert_int_equal(spool_append(spool, pointers, 3), 3);
	assert_int_equal(spool_peek(spool, out, 4), 3);
	assert_memory_equal(&in[0], &out[0], sizeof(in[0]));
	assert_int_equal(out[1].kind, ITEM_METER_LOST);
	assert_int_equal(out[1].u.event.meter_id, 12);
	assert_int_equal(out[1].u.event.trouble, TROUBLE_TIMEOUT);
	assert_string_equal(out[1].u.event.number, "");
	assert_memory_equal(&in[2].u.event, &out[2].u.event, sizeof(in[2].u.event));
	spool_close(spool);
}

static void
only_half_hours_and_losses_are_kept(void **state)
{
	struct item status = half_hour(1), round = { .kind = ITEM_BUS_ROUND },
		    polls = { .kind = ITEM_POLLS }, slot = half_hour(1), lost = loss(1);

	(void)state;
	status.u.reading.slot_at = 0;
	assert_false(spool_keeps(&status));
	assert_false(spool_keeps(&round));
	assert_false(spool_keeps(&polls));
	assert_true(spool_keeps(&slot));
	assert_true(spool_keeps(&lost));
}

static void
it_is_read_in_order_and_then_empty(void **state)
{
	struct spool *spool = open_it(NO_LIMIT);
	static struct item out[300];
	uint32_t next = 0;

	(void)state;
	append_half_hours(spool, 0, MANY, MANY);
	assert_int_equal(spool_count(spool), MANY);
	while (!spool_is_empty(spool)) {
		size_t count = spool_peek(spool, out, 300);
		for (size_t i = 0; i < count; i++)
			assert_int_equal(out[i].u.reading.meter_id, next++);
		spool_drop(spool);
	}
	assert_int_equal(next, MANY);
	assert_int_equal(file_size(), HEAD);
	append_half_hours(spool, 5, 1, 1);
	assert_int_equal(spool_peek(spool, out, 300), 1);
	assert_int_equal(out[0].u.reading.meter_id, 5);
	spool_close(spool);
}

static void
what_was_not_dropped_is_read_again(void **state)
{
	struct spool *spool = open_it(NO_LIMIT);
	struct item out[4];

	(void)state;
	append_half_hours(spool, 1, 3, 3);
	assert_int_equal(spool_peek(spool, out, 2), 2);
	assert_int_equal(spool_peek(spool, out, 4), 3);
	spool_close(spool);
	spool = open_it(NO_LIMIT);
	assert_int_equal(spool_peek(spool, out, 4), 3);
	assert_int_equal(out[2].u.reading.meter_id, 3);
	spool_close(spool);
}

static void
a_torn_last_record_is_dropped_and_the_next_is_whole(void **state)
{
	struct item out[4];
	char path[128];

	(void)state;
	for (off_t torn = 1; torn < (off_t)RECORD; torn += 37) {
		struct spool *spool = open_it(NO_LIMIT);
		append_half_hours(spool, 1, 3, 3);
		spool_close(spool);
		file_name(path);
		assert_int_equal(truncate(path, HEAD + 2 * (off_t)RECORD + torn), 0);
		spool = open_it(NO_LIMIT);
		append_half_hours(spool, 9, 1, 1);
		assert_int_equal(spool_peek(spool, out, 4), 3);
		assert_int_equal(out[2].u.reading.meter_id, 9);
		spool_drop(spool);
		spool_close(spool);
	}
}

static void
a_damaged_record_is_left_out_and_the_others_are_not(void **state)
{
	struct spool *spool = open_it(NO_LIMIT);
	struct item out[4];

	(void)state;
	append_half_hours(spool, 1, 3, 3);
	damage(HEAD + RECORD + 40, "\xff", 1);
	assert_int_equal(spool_peek(spool, out, 4), 2);
	assert_int_equal(out[0].u.reading.meter_id, 1);
	assert_int_equal(out[1].u.reading.meter_id, 3);
	spool_drop(spool);
	assert_true(spool_is_empty(spool));
	spool_close(spool);
}

static void
a_spool_of_nothing_but_damage_comes_to_an_end(void **state)
{
	struct spool *spool = open_it(NO_LIMIT);
	struct item out[4];

	(void)state;
	append_half_hours(spool, 1, 1, 1);
	damage(HEAD, "\xff\xff", 2);
	assert_int_equal(spool_peek(spool, out, 4), 0);
	spool_drop(spool);
	assert_true(spool_is_empty(spool));
	spool_close(spool);
}

static void
the_limit_refuses_the_newest(void **state)
{
	struct spool *spool = open_it(HEAD + 10 * (int64_t)RECORD + 5);
	struct item out[20];

	(void)state;
	append_half_hours(spool, 1, 8, 8);
	append_half_hours(spool, 9, 8, 2);
	append_half_hours(spool, 17, 1, 0);
	assert_int_equal(spool_peek(spool, out, 20), 10);
	assert_int_equal(out[9].u.reading.meter_id, 10);
	spool_drop(spool);
	append_half_hours(spool, 30, 2, 2);
	spool_close(spool);
}

static void
a_second_collector_of_the_name_is_refused(void **state)
{
	struct spool *spool = open_it(NO_LIMIT), *second = NULL, *other = NULL;

	(void)state;
	assert_int_equal(spool_open(folder, "test", NO_LIMIT, &second), RC_CONFLICT);
	assert_null(second);
	assert_int_equal(spool_open(folder, "other", NO_LIMIT, &other), RC_OK);
	spool_close(other);
	spool_close(spool);
}

static void
a_file_that_is_no_spool_is_kept_aside(void **state)
{
	char path[128], command[256];
	struct item out[4];

	(void)state;
	file_name(path);
	(void)snprintf(command, sizeof(command), "seq 1 500 > %s", path);
	assert_int_equal(system(command), 0);
	struct spool *spool = open_it(NO_LIMIT);
	append_half_hours(spool, 1, 1, 1);
	assert_int_equal(spool_peek(spool, out, 4), 1);
	spool_close(spool);
	(void)snprintf(command, sizeof(command), "test $(ls %s/test.spool.* | wc -l) = 1", folder);
	assert_int_equal(system(command), 0);
}

static void
what_was_appended_survives_a_kill(void **state)
{
	struct item out[4];
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		append_half_hours(open_it(NO_LIMIT), 1, 3, 3);
		(void)kill(getpid(), SIGKILL);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	struct spool *spool = open_it(NO_LIMIT);
	assert_int_equal(spool_peek(spool, out, 4), 3);
	spool_close(spool);
}

static void
an_empty_folder_that_cannot_be_written_is_said(void **state)
{
	struct spool *spool = NULL;

	(void)state;
	assert_int_equal(
	    spool_open("/proc/no/such/place", "test", NO_LIMIT, &spool), RC_UNAVAILABLE);
	assert_null(spool);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_goes_in_comes_out),
		CASE(only_half_hours_and_losses_are_kept),
		CASE(it_is_read_in_order_and_then_empty),
		CASE(what_was_not_dropped_is_read_again),
		CASE(a_torn_last_record_is_dropped_and_the_next_is_whole),
		CASE(a_damaged_record_is_left_out_and_the_others_are_not),
		CASE(a_spool_of_nothing_but_damage_comes_to_an_end),
		CASE(the_limit_refuses_the_newest),
		CASE(a_second_collector_of_the_name_is_refused),
		CASE(a_file_that_is_no_spool_is_kept_aside),
		CASE(what_was_appended_survives_a_kill),
		CASE(an_empty_folder_that_cannot_be_written_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
