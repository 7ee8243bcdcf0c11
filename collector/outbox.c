#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "outbox.h"

/* A ring. Hundreds of threads put, one takes: nobody is woken for a single item. The taker is woken
 * when its batch is there, and those who wait for room when half of it is free, not one by one. */
struct outbox {
	pthread_mutex_t lock;
	pthread_cond_t has_batch, has_room;
	struct item *items;
	size_t capacity, first, count;
	size_t wanted;	/* what the taker waits for, 0 when it does not */
	size_t waiting; /* threads that wait for room */
	bool is_closed;
};

struct outbox *
outbox_new(size_t capacity)
{
	struct outbox *outbox = calloc(1, sizeof(*outbox));
	pthread_condattr_t monotonic;

	assert(capacity > 0);
	if (outbox == NULL || (outbox->items = calloc(capacity, sizeof(*outbox->items))) == NULL)
		log_fatal("memory", "no room for the outbox");
	outbox->capacity = capacity;
	(void)pthread_mutex_init(&outbox->lock, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&outbox->has_batch, &monotonic);
	(void)pthread_cond_init(&outbox->has_room, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	return outbox;
}

void
outbox_free(struct outbox *outbox)
{
	if (outbox == NULL)
		return;
	(void)pthread_cond_destroy(&outbox->has_room);
	(void)pthread_cond_destroy(&outbox->has_batch);
	(void)pthread_mutex_destroy(&outbox->lock);
	free(outbox->items);
	free(outbox);
}

void
outbox_put(struct outbox *outbox, const struct item *item)
{
	(void)pthread_mutex_lock(&outbox->lock);
	assert(!outbox->is_closed);
	while (outbox->count == outbox->capacity) {
		outbox->waiting++;
		(void)pthread_cond_wait(&outbox->has_room, &outbox->lock);
		outbox->waiting--;
	}
	outbox->items[(outbox->first + outbox->count++) % outbox->capacity] = *item;
	bool is_awaited = outbox->wanted != 0 && outbox->count >= outbox->wanted;
	if (is_awaited)
		outbox->wanted = 0;
	(void)pthread_mutex_unlock(&outbox->lock);
	if (is_awaited)
		(void)pthread_cond_signal(&outbox->has_batch);
}

static void
wait_batch(struct outbox *outbox, size_t max, int64_t wait_ms)
{
	int64_t until = clock_mono() + wait_ms;
	struct timespec end = { until / 1000, until % 1000 * 1000000 };

	while (outbox->count < max && !outbox->is_closed) {
		outbox->wanted = max;
		if (pthread_cond_timedwait(&outbox->has_batch, &outbox->lock, &end) == ETIMEDOUT)
			break;
	}
	outbox->wanted = 0;
}

size_t
outbox_take(struct outbox *outbox, struct item *items, size_t max, int64_t wait_ms, bool *closed)
{
	(void)pthread_mutex_lock(&outbox->lock);
	wait_batch(outbox, max < outbox->capacity ? max : outbox->capacity, wait_ms);
	size_t count = outbox->count < max ? outbox->count : max;
	size_t straight = outbox->capacity - outbox->first;
	if (straight > count)
		straight = count;
	memcpy(items, outbox->items + outbox->first, straight * sizeof(*items));
	memcpy(items + straight, outbox->items, (count - straight) * sizeof(*items));
	outbox->first = (outbox->first + count) % outbox->capacity;
	outbox->count -= count;
	*closed = outbox->is_closed && count == 0;
	bool wakes = outbox->waiting > 0 && outbox->count <= outbox->capacity / 2;
	(void)pthread_mutex_unlock(&outbox->lock);
	if (wakes)
		(void)pthread_cond_broadcast(&outbox->has_room);
	return count;
}

void
outbox_close(struct outbox *outbox)
{
	(void)pthread_mutex_lock(&outbox->lock);
	outbox->is_closed = true;
	(void)pthread_mutex_unlock(&outbox->lock);
	(void)pthread_cond_signal(&outbox->has_batch);
}
