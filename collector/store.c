#define _GNU_SOURCE /* pthread_setname_np */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "model/setting.h"
#include "order_store.h"
#include "store.h"
#include "store_alarm.h"
#include "store_write.h"

#define BATCH_WAIT_MS	200  /* a batch is stored when it is full or so old */
#define RETRY_MS	1000 /* between tries while the database is away */
#define ROUNDS_MS	1000 /* rounds of a bus without pause are not all worth a row */
#define POLLS_MS	5000
#define EPOCHS_MS	5000 /* what is due is compared with, and what does not fit asks again */
#define DRIFT_FEN	100
#define REPLAYS_IN_TURN 4   /* batches of the spool for one of the outbox */
#define STOP_MS		700 /* what is left of the spool then stays there */

struct store {
	pthread_t thread;
	const struct conf *conf;
	struct outbox *outbox;
	struct spool *spool;
	atomic_bool has_new_bus, has_caught_up;
	atomic_int ends_fd;
	bool is_complete; /* for store_join */

	/* The thread's own. */
	struct db *db;
	struct known *known;
	struct order_results *results; /* of orders, until they are stored */
	struct writing writing;	       /* known, batch, lease scratch, fence */
	struct alarm_watch watch;
	bool has_marks; /* the running alarms are read */
	int64_t away_since, retry_at;
	int64_t rounds_at, polls_at, epochs_at;
	uint32_t epoch_round;
	size_t lost; /* half hours and events that neither database nor spool took */
	struct item taken[STORE_BATCH_MAX], replayed[STORE_BATCH_MAX];
	const struct item *keep[STORE_BATCH_MAX];
};

/* ---- taking in ---- */

static void
take_in(struct store *store, const struct item *item)
{
	struct bus_round round;
	struct bus_polls polls;

	switch (item->kind) {
	case ITEM_READING:
		known_put_state(store->known, &item->u.reading, item->bus_id, item->epoch);
		break;
	case ITEM_BUS_ROUND:
		round = (struct bus_round){ .bus_id = item->bus_id,
			.at = item->u.round.at,
			.round_ms = item->u.round.round_ms,
			.meters = item->u.round.meters,
			.meters_lost = item->u.round.meters_lost };
		known_put_round(store->known, &round, item->epoch);
		break;
	case ITEM_POLLS:
		polls = (struct bus_polls){ .meter_id = item->u.polls.meter_id,
			.hour_at = item->u.polls.hour_at,
			.asked = item->u.polls.asked,
			.answered = item->u.polls.answered,
			.timeouts = item->u.polls.timeouts,
			.damaged = item->u.polls.damaged,
			.refused = item->u.polls.refused,
			.answer_ms = item->u.polls.answer_ms };
		known_put_polls(store->known, &polls, item->bus_id, item->epoch);
		break;
	case ITEM_ORDER_STEP:
	case ITEM_ORDER_END:
	case ITEM_ORDER_CONFIG:
	case ITEM_ORDER_FOUND:
	case ITEM_ORDER_GUARD:
		order_results_add(store->results, item);
		break;
	default:
		break;
	}
}

/* Waits for the next batch and takes it in; *keep_count of its items have to be stored one by one.
 */
static bool
take_batch(struct store *store, int64_t wait_ms, size_t *keep_count)
{
	bool is_closed;
	size_t count =
	    outbox_take(store->outbox, store->taken, STORE_BATCH_MAX, wait_ms, &is_closed);

	*keep_count = 0;
	for (size_t i = 0; i < count; i++) {
		take_in(store, &store->taken[i]);
		if (spool_keeps(&store->taken[i]))
			store->keep[(*keep_count)++] = &store->taken[i];
	}
	return !is_closed;
}

/* ---- running alarms ---- */

static void
mark_alarm(void *context, const struct alarm *alarm)
{
	struct known *known = context;
	uint32_t mark = 1u << alarm->kind;

	if (alarm->meter_id != 0) {
		struct known_meter *meter = known_meter(known, alarm->meter_id);
		meter->marks = meter->new_marks |= mark;
	} else if (alarm->bus_id != 0) {
		struct known_bus *bus = known_bus(known, alarm->bus_id);
		bus->marks = bus->new_marks |= mark;
	}
}

static void
mark_lost(void *context, uint32_t meter_id, uint32_t bus_id)
{
	struct alarm alarm = { .kind = meter_id != 0 ? ALARM_METER_LOST : ALARM_BUS_LOST,
		.meter_id = meter_id,
		.bus_id = bus_id };

	mark_alarm(context, &alarm);
}

static enum rc
read_marks(struct store *store)
{
	if (atomic_exchange(&store->has_new_bus, false))
		store->has_marks = false;
	if (store->has_marks)
		return RC_OK;
	known_clear_marks(store->known);
	enum rc rc = alarm_each_running(store->db, mark_alarm, store->known);
	if (rc == RC_OK)
		rc = bus_each_lost(store->db, mark_lost, store->known);
	store->has_marks = rc == RC_OK;
	return rc;
}

/* ---- epochs ---- */

static void
watch_epoch(void *context, const struct epoch_watch *epoch)
{
	struct store *store = context;
	struct known_meter *meter = known_find_meter(store->known, epoch->meter_id);

	if (meter == NULL)
		return;
	known_watch(meter, epoch);
	meter->credit.round = store->epoch_round;
}

/* All at once, now and then: a moment's work for ten thousand meters. */
static enum rc
read_epochs(struct store *store, int64_t now)
{
	if (now < store->epochs_at)
		return RC_OK;
	store->epoch_round++;
	enum rc rc = epoch_watch_each(store->db, watch_epoch, store);
	if (rc == RC_OK)
		rc = setting_int(
		    store->db, "ledger.drift_fen", DRIFT_FEN, &store->writing.drift_fen);
	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < store->known->meter_count; i++) {
		struct known_credit *credit = &store->known->meters[i].credit;
		if (credit->round != store->epoch_round)
			credit->epoch = (struct epoch_watch){ 0 };
	}
	store->epochs_at = now + EPOCHS_MS;
	return RC_OK;
}

/* ---- storing ---- */

static void
forget_rounds(struct store *store)
{
	for (size_t i = 0; i < store->known->bus_count; i++)
		store->known->buses[i].has_round = false;
	store->known->has_rounds = false;
}

static void
forget_states(struct store *store, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct known_meter *meter = &store->known->meters[store->known->states.places[i]];
		meter->has_state = false;
		meter->doubts = 0;
	}
	known_drop(&store->known->states, count);
}

static void
forget_polls(struct store *store, size_t count)
{
	for (size_t i = 0; i < count; i++)
		store->known->meters[store->known->polled.places[i]].has_polls = false;
	known_drop(&store->known->polled, count);
}

/* What was stored, or was not ours to store, waits no longer. */
static void
note_written(struct store *store, int64_t now)
{
	struct writing *w = &store->writing;

	forget_states(store, w->state_count);
	if (w->with_rounds) {
		forget_rounds(store);
		store->rounds_at = now + ROUNDS_MS;
	}
	if (w->with_polls) {
		forget_polls(store, w->polled_count);
		if (store->known->polled.count == 0)
			store->polls_at = now + POLLS_MS;
	}
	if (w->dropped > 0)
		log_warn("store", "%zu values of buses that another collector owns are dropped",
		    w->dropped);
	if (w->moved > 0)
		log_info("store",
		    "%zu half hours of meters that were moved to another bus are "
		    "left to that bus",
		    w->moved);
}

static enum rc
open_database(struct store *store)
{
	if (store->db != NULL)
		return RC_OK;
	return db_open(store->conf, STORE_ACCOUNT, &store->db);
}

static enum rc
write_once(
    struct store *store, const struct item **items, size_t count, size_t states, bool is_last)
{
	int64_t now = clock_mono();
	struct writing *w = &store->writing;
	enum rc rc = open_database(store);

	w->items = items;
	w->item_count = count;
	w->state_count = states;
	w->with_rounds = is_last || now >= store->rounds_at;
	w->with_polls = (is_last || now >= store->polls_at) && store->known->polled.count > 0;
	w->dropped = w->moved = 0;
	if (rc == RC_OK)
		rc = read_marks(store);
	if (rc == RC_OK)
		rc = read_epochs(store, now);
	if (rc == RC_OK)
		rc = store_alarm_watch(&store->watch, store->db, store->known, now);
	if (rc == RC_OK)
		rc = store_write(store->db, w);
	if (rc == RC_OK)
		note_written(store, now);
	return rc;
}

/* Storing the whole failed for another reason than a database that is away: one value must be to
 * blame (a meter that was deleted by hand). Each goes by itself and the culprits are dropped. When
 * nothing at all can be stored, it is the database. */
static enum rc
write_singly(struct store *store, const struct item **items, size_t count, size_t states)
{
	size_t stored = 0, refused = 0;
	enum rc rc = RC_OK, failure = RC_OK;

	for (size_t i = 0; i < count + states && rc != RC_UNAVAILABLE; i++) {
		const struct item *item = i < count ? items[i] : NULL;
		rc = write_once(store, &item, item != NULL, item == NULL, false);
		stored += rc == RC_OK;
		if (rc == RC_OK || rc == RC_UNAVAILABLE)
			continue;
		failure = rc;
		refused += item != NULL;
		if (item == NULL)
			forget_states(store, 1);
	}
	if (rc == RC_UNAVAILABLE || (stored == 0 && failure != RC_CONFLICT))
		return rc;
	if (refused > 0)
		log_error(
		    "store", "%zu half hours or losses are refused: %s", refused, rc_name(failure));
	return RC_OK;
}

/* *count shrinks by what another collector owns. */
static enum rc
write_items(struct store *store, const struct item **items, size_t *count, bool is_last)
{
	size_t states = store->known->states.count;

	if (states > STORE_BATCH_MAX)
		states = STORE_BATCH_MAX;
	enum rc rc = write_once(store, items, *count, states, is_last);
	*count = store->writing.item_count;
	if (rc == RC_OK || rc == RC_UNAVAILABLE)
		return rc;
	forget_rounds(store);
	return *count + states == 0 ? rc : write_singly(store, items, *count, states);
}

static bool
has_work(const struct store *store, size_t count)
{
	int64_t now = clock_mono();

	return count > 0 || store->known->states.count > 0 ||
	       (store->known->polled.count > 0 && now >= store->polls_at) ||
	       (store->known->has_rounds && now >= store->rounds_at);
}

/* ---- the database away and back ---- */

static void
note_away(struct store *store, enum rc rc)
{
	int64_t now = clock_mono();

	store->retry_at = now + RETRY_MS;
	if (store->away_since != 0)
		return;
	store->away_since = now;
	log_warn("store", "the database is away (%s): half hours go to the spool", rc_name(rc));
}

static void
note_back(struct store *store)
{
	if (store->away_since == 0)
		return;
	log_info("store", "the database is back after %lld s, %zu records of the spool to store",
	    (long long)(clock_mono() - store->away_since) / CLOCK_SECOND,
	    spool_count(store->spool));
	if (store->lost > 0)
		log_error("store", "%zu half hours or losses were lost meanwhile", store->lost);
	store->lost = 0;
	store->away_since = 0;
}

static void
keep_in_spool(struct store *store, const struct item **items, size_t count)
{
	if (count == 0)
		return;
	store->lost += count - spool_append(store->spool, items, count);
	if (store->watch.waits_since == 0)
		store->watch.waits_since = clock_now();
}

/* Stores the oldest of the spool, so that half hours are added up in their order. */
static enum rc
replay_batch(struct store *store)
{
	const struct item *items[STORE_BATCH_MAX];
	size_t count = spool_peek(store->spool, store->replayed, STORE_BATCH_MAX);

	for (size_t i = 0; i < count; i++)
		items[i] = &store->replayed[i];
	enum rc rc = write_items(store, items, &count, false);
	if (rc != RC_OK) {
		note_away(store, rc);
		return rc;
	}
	note_back(store);
	spool_drop(store->spool);
	if (spool_is_empty(store->spool))
		log_info("store", "the spool is stored");
	return RC_OK;
}

static bool
may_try(const struct store *store)
{
	return store->away_since == 0 || clock_mono() >= store->retry_at;
}

/* While anything is in the spool, what comes goes behind it. */
static void
store_by_spool(struct store *store, size_t count)
{
	keep_in_spool(store, store->keep, count);
	for (int i = 0; i < REPLAYS_IN_TURN && may_try(store); i++) {
		if (spool_is_empty(store->spool) || replay_batch(store) != RC_OK)
			break;
	}
}

static void
store_directly(struct store *store, size_t count, bool is_last)
{
	if (!is_last && !has_work(store, count))
		return;
	if (may_try(store)) {
		enum rc rc = write_items(store, store->keep, &count, is_last);
		if (rc == RC_OK) {
			note_back(store);
			return;
		}
		note_away(store, rc);
	}
	keep_in_spool(store, store->keep, count);
}

/* What came of orders. */
static void
store_results(struct store *store)
{
	if (order_results_count(store->results) == 0 || !may_try(store))
		return;
	enum rc rc = open_database(store);
	if (rc == RC_OK)
		rc = order_results_store(store->results, store->db);
	if (rc != RC_OK) {
		note_away(store, rc);
		return;
	}
	note_back(store);
	uint64_t one = 1;
	(void)!write(atomic_load(&store->ends_fd), &one, sizeof(one));
}

static void
finish(struct store *store)
{
	int64_t until = clock_mono() + STOP_MS;

	while (!spool_is_empty(store->spool) && clock_mono() < until) {
		if (!may_try(store) || replay_batch(store) != RC_OK)
			break;
	}
	if (store->away_since == 0 && spool_is_empty(store->spool)) {
		do {
			store_directly(store, 0, true);
		} while (store->away_since == 0 &&
			 (store->known->states.count > 0 || store->known->polled.count > 0));
	}
	store->is_complete = store->away_since == 0 && spool_is_empty(store->spool) &&
			     order_results_count(store->results) == 0;
	if (!store->is_complete)
		log_warn("store", "%zu records stay in the spool for the next start",
		    spool_count(store->spool));
}

static void *
run(void *context)
{
	struct store *store = context;
	size_t count;
	bool is_open = true;

	(void)pthread_setname_np(pthread_self(), "store");
	while (is_open) {
		if (spool_is_empty(store->spool))
			atomic_store(&store->has_caught_up, true);
		bool replays = !spool_is_empty(store->spool) && may_try(store);
		is_open = take_batch(store, replays ? 0 : BATCH_WAIT_MS, &count);
		if (spool_is_empty(store->spool))
			store_directly(store, count, false);
		else
			store_by_spool(store, count);
		store_results(store);
	}
	finish(store);
	db_close(store->db);
	return NULL;
}

struct store *
store_start(const struct conf *conf, const struct lease_owner *owner, struct outbox *outbox,
    struct spool *spool)
{
	struct store *store = calloc(1, sizeof(*store));
	struct lease *leases = calloc(STORE_BUSES_MAX, sizeof(*leases));

	if (store == NULL || leases == NULL)
		log_fatal("memory", "no room for the store");
	store->conf = conf;
	store->outbox = outbox;
	store->spool = spool;
	store->known = known_new();
	store->results = order_results_new(owner->collector_id);
	atomic_store(&store->ends_fd, -1);
	store->writing = (struct writing){ .known = store->known,
		.batch = reading_batch_new(STORE_BATCH_MAX),
		.collector_id = owner->collector_id,
		.fence = owner->fence,
		.leases = leases };
	store->watch = (struct alarm_watch){
		.conf = conf, .spool = spool, .collector_id = owner->collector_id
	};
	int failed = pthread_create(&store->thread, NULL, run, store);
	if (failed != 0)
		log_fatal("store", "its thread does not start: error %d", failed);
	return store;
}

bool
store_has_caught_up(const struct store *store)
{
	return atomic_load(&store->has_caught_up);
}

void
store_refresh(struct store *store)
{
	atomic_store(&store->has_new_bus, true);
}

void
store_tell_ends(struct store *store, int fd)
{
	atomic_store(&store->ends_fd, fd);
}

bool
store_join(struct store *store)
{
	(void)pthread_join(store->thread, NULL);
	bool is_complete = store->is_complete;

	reading_batch_free(store->writing.batch);
	free(store->writing.leases);
	order_results_free(store->results);
	known_free(store->known);
	free(store);
	return is_complete;
}
