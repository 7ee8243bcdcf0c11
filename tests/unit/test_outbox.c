#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../../collector/outbox.c"

static struct item
item_of(uint32_t bus_id, uint64_t number)
{
	return (struct item){ .kind = ITEM_READING, .bus_id = bus_id, .epoch = number };
}

static void
items_come_out_in_their_order(void **state)
{
	struct outbox *outbox = outbox_new(4);
	struct item items[4];
	bool is_closed;

	(void)state;
	for (uint64_t round = 0; round < 5; round++) {
		for (uint64_t i = 0; i < 3; i++)
			outbox_put(outbox, &(struct item){ .epoch = round * 3 + i });
		assert_int_equal(outbox_take(outbox, items, 4, 0, &is_closed), 3);
		assert_false(is_closed);
		for (uint64_t i = 0; i < 3; i++)
			assert_int_equal(items[i].epoch, round * 3 + i);
	}
	outbox_free(outbox);
}

static void
a_small_batch_is_given_after_the_wait(void **state)
{
	struct outbox *outbox = outbox_new(16);
	struct item items[8], one = item_of(1, 1);
	bool is_closed;
	int64_t began = clock_mono();

	(void)state;
	outbox_put(outbox, &one);
	assert_int_equal(outbox_take(outbox, items, 8, 60, &is_closed), 1);
	assert_true(clock_mono() - began >= 60);
	outbox_free(outbox);
}

static void *
put_eight(void *outbox)
{
	for (uint64_t i = 0; i < 8; i++) {
		struct item item = item_of(1, i);
		outbox_put(outbox, &item);
	}
	return NULL;
}

static void
a_full_batch_is_given_at_once(void **state)
{
	struct outbox *outbox = outbox_new(16);
	struct item items[8];
	bool is_closed;
	int64_t began = clock_mono();
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, put_eight, outbox), 0);
	assert_int_equal(outbox_take(outbox, items, 8, 60000, &is_closed), 8);
	assert_true(clock_mono() - began < 30000);
	(void)pthread_join(thread, NULL);
	outbox_free(outbox);
}

static void
a_closed_box_gives_the_rest_and_then_says_so(void **state)
{
	struct outbox *outbox = outbox_new(4);
	struct item items[4], one = item_of(1, 1);
	bool is_closed;

	(void)state;
	outbox_put(outbox, &one);
	outbox_close(outbox);
	assert_int_equal(outbox_take(outbox, items, 4, 5000, &is_closed), 1);
	assert_false(is_closed);
	assert_int_equal(outbox_take(outbox, items, 4, 5000, &is_closed), 0);
	assert_true(is_closed);
	outbox_free(outbox);
}

#define PRODUCERS 50
#define EACH	  400

static void *
put_many(void *context)
{
	struct {
		struct outbox *outbox;
		uint32_t number;
	} *producer = context;

	for (uint64_t i = 0; i < EACH; i++) {
		struct item item = item_of(producer->number, i);
		outbox_put(producer->outbox, &item);
	}
	return NULL;
}

/* A box much smaller than what goes through it: everyone has to wait, nobody may wait for ever. */
static void
nothing_is_lost_or_reordered_when_many_wait_for_room(void **state)
{
	struct outbox *outbox = outbox_new(32);
	struct {
		struct outbox *outbox;
		uint32_t number;
	} producers[PRODUCERS];
	pthread_t threads[PRODUCERS];
	uint64_t next[PRODUCERS] = { 0 };
	struct item items[20];
	bool is_closed;

	(void)state;
	for (uint32_t i = 0; i < PRODUCERS; i++) {
		producers[i].outbox = outbox;
		producers[i].number = i;
		assert_int_equal(pthread_create(&threads[i], NULL, put_many, &producers[i]), 0);
	}
	for (size_t total = 0; total < (size_t)PRODUCERS * EACH;) {
		size_t count = outbox_take(outbox, items, COUNT(items), 1000, &is_closed);
		assert_true(count > 0);
		total += count;
		for (size_t i = 0; i < count; i++)
			assert_int_equal(items[i].epoch, next[items[i].bus_id]++);
	}
	for (size_t i = 0; i < PRODUCERS; i++)
		(void)pthread_join(threads[i], NULL);
	outbox_free(outbox);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_come_out_in_their_order),
		cmocka_unit_test(a_small_batch_is_given_after_the_wait),
		cmocka_unit_test(a_full_batch_is_given_at_once),
		cmocka_unit_test(a_closed_box_gives_the_rest_and_then_says_so),
		cmocka_unit_test(nothing_is_lost_or_reordered_when_many_wait_for_room),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
