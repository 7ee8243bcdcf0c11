#define _GNU_SOURCE /* pthread_setname_np */
#include "money_desk.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "bus.h"
#include "deliver.h"
#include "model/command_run.h"
#include "model/guard.h"
#include "store.h"

#define RETRY_MS      1000
#define STOP_MS	      3000 /* what is not stored by then is resolved at the next start */
#define ROOM_AT_FIRST 64

enum task_kind { TASK_INTEND, TASK_SETTLE, TASK_MAY_TEST };

struct task {
	enum task_kind kind;
	uint32_t bus_id, meter_id;
	uint64_t epoch;
	int64_t command_id;
	bool is_gone, was_tried;
	struct delivery_intent intent;
	struct delivery_end end;
	char outcome[DELIVER_OUTCOME_MAX]; /* of end */
};

struct entry {
	uint32_t bus_id;
	uint64_t epoch;
	struct bus *bus;
};

struct money_desk {
	pthread_t thread;
	const struct conf *conf;
	uint32_t collector_id;

	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct task *tasks; /* a ring, oldest at first */
	size_t first, count, room;
	struct entry *entries;
	size_t entry_count, entry_room;
	bool is_stopping;
	int ends_fd;

	/* The thread's own. */
	struct db *db;
	bool is_away;
};

static void *
grown(void *memory, size_t count, size_t size)
{
	memory = realloc(memory, count * size);
	if (memory == NULL)
		log_fatal("memory", "no room for the money desk");
	return memory;
}

/* ---- buses ---- */

static struct entry *
find_entry(struct money_desk *desk, uint32_t bus_id, uint64_t epoch)
{
	for (size_t i = 0; i < desk->entry_count; i++)
		if (desk->entries[i].bus_id == bus_id && desk->entries[i].epoch == epoch)
			return &desk->entries[i];
	return NULL;
}

void
money_desk_enter(struct money_desk *desk, uint32_t bus_id, uint64_t epoch, struct bus *bus)
{
	(void)pthread_mutex_lock(&desk->lock);
	if (desk->entry_count == desk->entry_room) {
		desk->entry_room = desk->entry_room == 0 ? ROOM_AT_FIRST : 2 * desk->entry_room;
		desk->entries = grown(desk->entries, desk->entry_room, sizeof(*desk->entries));
	}
	desk->entries[desk->entry_count++] =
	    (struct entry){ .bus_id = bus_id, .epoch = epoch, .bus = bus };
	(void)pthread_mutex_unlock(&desk->lock);
}

void
money_desk_leave(struct money_desk *desk, const struct bus *bus)
{
	(void)pthread_mutex_lock(&desk->lock);
	for (size_t i = 0; i < desk->entry_count; i++) {
		if (desk->entries[i].bus != bus)
			continue;
		desk->entries[i] = desk->entries[--desk->entry_count];
		break;
	}
	(void)pthread_mutex_unlock(&desk->lock);
}

static bool
is_there(struct money_desk *desk, const struct task *task)
{
	(void)pthread_mutex_lock(&desk->lock);
	bool is_found = find_entry(desk, task->bus_id, task->epoch) != NULL;
	(void)pthread_mutex_unlock(&desk->lock);
	return is_found;
}

/* The bus cannot end in between: to leave it needs the lock. */
static void
answer(struct money_desk *desk, const struct task *task, bool is_yes)
{
	(void)pthread_mutex_lock(&desk->lock);
	const struct entry *entry = find_entry(desk, task->bus_id, task->epoch);
	if (entry != NULL)
		bus_money_answer(entry->bus, task->command_id, is_yes);
	(void)pthread_mutex_unlock(&desk->lock);
}

/* ---- tasks ---- */

static void
put(struct money_desk *desk, const struct task *task)
{
	(void)pthread_mutex_lock(&desk->lock);
	if (desk->count == desk->room) {
		size_t room = desk->room == 0 ? ROOM_AT_FIRST : 2 * desk->room;
		struct task *tasks = grown(NULL, room, sizeof(*tasks));
		for (size_t i = 0; i < desk->count; i++)
			tasks[i] = desk->tasks[(desk->first + i) % desk->room];
		free(desk->tasks);
		desk->tasks = tasks;
		desk->room = room;
		desk->first = 0;
	}
	desk->tasks[(desk->first + desk->count++) % desk->room] = *task;
	(void)pthread_cond_signal(&desk->wake);
	(void)pthread_mutex_unlock(&desk->lock);
}

void
money_desk_intend(struct money_desk *desk, uint32_t bus_id, const struct delivery_intent *intent)
{
	put(desk, &(struct task){ .kind = TASK_INTEND,
		      .bus_id = bus_id,
		      .epoch = intent->lease_epoch,
		      .command_id = intent->command_id,
		      .intent = *intent });
}

void
money_desk_settle(
    struct money_desk *desk, uint32_t bus_id, const struct delivery_end *end, bool is_gone)
{
	struct task task = { .kind = TASK_SETTLE,
		.bus_id = bus_id,
		.epoch = end->lease_epoch,
		.command_id = end->command_id,
		.is_gone = is_gone,
		.end = *end };

	(void)text_copy(task.outcome, sizeof(task.outcome), end->outcome);
	put(desk, &task);
}

void
money_desk_may_test(
    struct money_desk *desk, uint32_t bus_id, uint64_t epoch, int64_t command_id, uint32_t meter_id)
{
	put(desk, &(struct task){ .kind = TASK_MAY_TEST,
		      .bus_id = bus_id,
		      .epoch = epoch,
		      .command_id = command_id,
		      .meter_id = meter_id });
}

/* ---- committing ---- */

struct work {
	struct money_desk *desk;
	const struct task *task;
	bool is_yes;
};

/* Nobody said whether the last try was committed: the row does. */
static enum rc
was_stored(struct db *db, const struct task *task, bool *is_stored)
{
	struct delivery_job job;
	enum rc rc = delivery_load(db, task->command_id, &job);

	*is_stored = rc == RC_OK && job.has_intent && job.sends == task->intent.sends &&
		     job.sent_at == task->intent.at;
	return rc == RC_NOT_FOUND ? RC_CONFLICT : rc;
}

static enum rc
intend(struct db *db, const struct task *task)
{
	bool is_stored = false;
	enum rc rc = task->was_tried ? was_stored(db, task, &is_stored) : RC_OK;

	return rc != RC_OK || is_stored ? rc : delivery_intend(db, &task->intent);
}

static enum rc
settle(struct db *db, const struct task *task)
{
	struct delivery_end end = task->end;

	end.outcome = task->outcome;
	enum rc rc = delivery_settle(db, &end);
	if (rc == RC_OK && task->is_gone)
		rc = command_follow_meter(db, task->command_id);
	return rc;
}

static enum rc
commit(struct db *db, void *context)
{
	struct work *work = context;
	const struct task *task = work->task;
	enum rc rc = command_hold(db, work->desk->collector_id, task->bus_id, task->epoch);

	if (rc != RC_OK)
		return rc;
	switch (task->kind) {
	case TASK_INTEND:
		return intend(db, task);
	case TASK_SETTLE:
		return settle(db, task);
	case TASK_MAY_TEST:
		return guard_may_test(db, task->meter_id, &work->is_yes);
	}
	return RC_BUG;
}

static void
note_settled(struct money_desk *desk, const struct task *task, enum rc rc)
{
	uint64_t one = 1;

	if (rc == RC_NOT_FOUND)
		log_warn("money", "the result of order %lld is dropped: it is not ours any more",
		    (long long)task->command_id);
	(void)pthread_mutex_lock(&desk->lock);
	int fd = desk->ends_fd;
	(void)pthread_mutex_unlock(&desk->lock);
	if (fd >= 0)
		(void)!write(fd, &one, sizeof(one));
}

static enum rc
settle_as(struct money_desk *desk, struct task *task, enum delivery_state state)
{
	struct work work = { .desk = desk, .task = task };

	task->end.state = state;
	task->end.amount_fen = 0;
	task->end.retry_at = clock_now() + 10 * CLOCK_MINUTE;
	(void)text_copy(task->outcome, sizeof(task->outcome), "not_booked");
	return db_transact(desk->db, commit, &work);
}

/* The books refuse a result, which is our own mistake: people have to look. */
static void
note_refused(struct money_desk *desk, struct task *task, enum rc rc)
{
	log_error("money", "the result of order %lld (%s) is refused: %s",
	    (long long)task->command_id, delivery_state_name(task->end.state), rc_name(rc));
	if (settle_as(desk, task, DELIVERY_HELD) != RC_OK &&
	    settle_as(desk, task, DELIVERY_QUEUED) != RC_OK)
		log_error("money", "order %lld stays claimed until the next start",
		    (long long)task->command_id);
}

static void
note_database(struct money_desk *desk, enum rc rc)
{
	bool is_away = rc == RC_UNAVAILABLE;

	if (is_away && !desk->is_away)
		log_warn("money", "the database is away: orders wait");
	else if (!is_away && desk->is_away)
		log_info("money", "the database is back");
	desk->is_away = is_away;
}

/* False: the database is away, once more later. */
static bool
perform(struct money_desk *desk, struct task *task)
{
	struct work work = { .desk = desk, .task = task };
	enum rc rc = desk->db == NULL ? db_open(desk->conf, STORE_ACCOUNT, &desk->db) : RC_OK;

	/* Nobody would send what is intended. */
	if (task->kind != TASK_SETTLE && !is_there(desk, task))
		return true;
	if (rc != RC_OK) {
		note_database(desk, RC_UNAVAILABLE);
		return false;
	}
	rc = db_transact(desk->db, commit, &work);
	note_database(desk, rc);
	if (rc == RC_UNAVAILABLE) {
		task->was_tried = true;
		return false;
	}
	if (task->kind != TASK_SETTLE)
		answer(desk, task, rc == RC_OK && (task->kind == TASK_INTEND || work.is_yes));
	else if (rc != RC_OK && rc != RC_NOT_FOUND)
		note_refused(desk, task, rc);
	if (task->kind == TASK_SETTLE)
		note_settled(desk, task, rc);
	return true;
}

/* ---- the thread ---- */

/* The lock is held. */
static void
rest(struct money_desk *desk)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += RETRY_MS / 1000;
	(void)pthread_cond_timedwait(&desk->wake, &desk->lock, &until);
}

/* The oldest task, copied; it stays first until it is done. False: the desk ends. */
static bool
take(struct money_desk *desk, struct task *task)
{
	(void)pthread_mutex_lock(&desk->lock);
	while (desk->count == 0 && !desk->is_stopping)
		(void)pthread_cond_wait(&desk->wake, &desk->lock);
	bool has_one = desk->count > 0;
	if (has_one)
		*task = desk->tasks[desk->first];
	(void)pthread_mutex_unlock(&desk->lock);
	return has_one;
}

static void
drop(struct money_desk *desk)
{
	(void)pthread_mutex_lock(&desk->lock);
	desk->first = (desk->first + 1) % desk->room;
	desk->count--;
	(void)pthread_mutex_unlock(&desk->lock);
}

/* False: it is time to end. */
static bool
wait_for_database(struct money_desk *desk, int64_t *stop_at)
{
	int64_t now = clock_mono();

	(void)pthread_mutex_lock(&desk->lock);
	if (desk->is_stopping && *stop_at == 0)
		*stop_at = now + STOP_MS;
	bool ends = *stop_at != 0 && now >= *stop_at;
	if (!ends)
		rest(desk);
	(void)pthread_mutex_unlock(&desk->lock);
	return !ends;
}

static void *
run(void *context)
{
	struct money_desk *desk = context;
	struct task task;
	int64_t stop_at = 0;

	(void)pthread_setname_np(pthread_self(), "money");
	while (take(desk, &task)) {
		while (!perform(desk, &task))
			if (!wait_for_database(desk, &stop_at)) {
				db_close(desk->db);
				return NULL;
			}
		drop(desk);
	}
	db_close(desk->db);
	return NULL;
}

struct money_desk *
money_desk_start(const struct conf *conf, const struct lease_owner *owner)
{
	struct money_desk *desk = grown(NULL, 1, sizeof(*desk));
	pthread_condattr_t attributes;

	*desk =
	    (struct money_desk){ .conf = conf, .collector_id = owner->collector_id, .ends_fd = -1 };
	(void)pthread_mutex_init(&desk->lock, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&desk->wake, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	int failed = pthread_create(&desk->thread, NULL, run, desk);
	if (failed != 0)
		log_fatal("money", "its thread does not start: error %d", failed);
	return desk;
}

void
money_desk_tell_ends(struct money_desk *desk, int fd)
{
	(void)pthread_mutex_lock(&desk->lock);
	desk->ends_fd = fd;
	(void)pthread_mutex_unlock(&desk->lock);
}

int64_t
money_desk_gateway_delay_ms(const struct money_desk *desk)
{
	return desk->conf->collector_gateway_delay_ms;
}

bool
money_desk_stop(struct money_desk *desk)
{
	(void)pthread_mutex_lock(&desk->lock);
	desk->is_stopping = true;
	(void)pthread_cond_signal(&desk->wake);
	(void)pthread_mutex_unlock(&desk->lock);
	(void)pthread_join(desk->thread, NULL);
	bool is_complete = desk->count == 0;
	if (!is_complete)
		log_warn("money",
		    "%zu results are not stored: the meters tell them at the next "
		    "start",
		    desk->count);
	assert(desk->entry_count == 0);
	(void)pthread_cond_destroy(&desk->wake);
	(void)pthread_mutex_destroy(&desk->lock);
	free(desk->tasks);
	free(desk->entries);
	free(desk);
	return is_complete;
}
