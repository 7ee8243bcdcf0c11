#define _GNU_SOURCE /* pthread_setname_np */
#include <assert.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "bus.h"
#include "definition.h"
#include "dispatcher.h"
#include "doorbell.h"
#include "model/alarm.h"
#include "model/bus.h"
#include "model/setting.h"
#include "order_dispatch.h"
#include "order_keep.h"

#define LOOK_MS	       2000 /* between looks for changed definitions */
#define ORDERS_MS      1000 /* between looks for orders, when nobody rings */
#define KEEP_MIN_MS    5000 /* between looks whether meters hold what they shall */
#define RETRY_MS       1000 /* between tries while the database is away */
#define BUSES_MAX      900  /* as conf.c limits collector.max_buses: descriptors, see link.c */
#define RENEW_IN_LEASE 4    /* renewals in the time of one lease */
#define CLAIM_MS       200  /* from a ring to the claim of a bus that is new; many rings are one */

struct dispatcher {
	pthread_t thread;
	atomic_bool stops, reloads;
	int wake_fd, end_fd, doorbell_fd, ends_fd;
	struct conf *conf;
	const struct lease_owner *owner;
	struct outbox *outbox;
	struct store *store;
	struct spool *spool;
	struct money_desk *desk;

	/* The thread's own. */
	struct db *db;
	struct charge *charges, *next; /* in the order of bus_id; next is scratch */
	struct lease *leases;
	size_t count;
	bool is_away;
	char zone[64]; /* the setting as it was read last */
	int64_t renew_at, look_at, orders_at, keep_at, hold_until;
	int64_t
	    renewing_since; /* renewals have worked without a break since then; 0: they do not */
};

/* ---- starting and stopping ---- */

static void
note_trouble(struct dispatcher *d, struct charge *charge, const char *trouble)
{
	bool is_refused = trouble[0] != '\0';

	if (!is_refused && !charge->is_refused)
		return;
	charge->is_refused = is_refused;
	if (!is_refused)
		log_info("dispatcher", "bus %" PRIu32 ": the definition is right again",
		    charge->lease.bus_id);
	if (bus_set_trouble(d->db, charge->lease.bus_id, clock_now(), trouble) != RC_OK)
		charge->is_stale = true;
}

static void
stop_bus(struct charge *charge)
{
	if (charge->bus == NULL)
		return;
	bus_stop(charge->bus);
	bus_join(charge->bus);
	charge->bus = NULL;
}

/* Gives a right definition to the thread, or the thread to it. */
static void
apply(struct dispatcher *d, struct charge *charge, struct bus_definition *definition)
{
	if (charge->bus != NULL) {
		log_info(definition->name, "new definition, %zu meters", definition->meter_count);
		bus_redefine(charge->bus, definition);
		return;
	}
	store_refresh(d->store);
	if (orders_requeue(d->db, charge) != RC_OK) {
		charge->is_stale = true;
		definition_free(definition);
		return;
	}
	charge->bus = bus_start(definition, charge->lease.epoch, d->outbox, d->desk);
}

/* The bus was disabled: nobody shall read it, and nobody needs its lease. */
static void
give_up(struct dispatcher *d, struct charge *charge)
{
	stop_bus(charge);
	log_info("dispatcher", "bus %" PRIu32 " is disabled", charge->lease.bus_id);
	if (orders_requeue(d->db, charge) != RC_OK ||
	    lease_release(d->db, d->owner, charge->lease.bus_id) != RC_OK)
		charge->is_stale = true;
}

static void
load(struct dispatcher *d, struct charge *charge)
{
	struct bus_definition *definition;
	char trouble[DEFINITION_TROUBLE_MAX];

	charge->is_stale = false;
	switch (definition_load(d->db, charge->lease.bus_id, &definition, trouble)) {
	case RC_OK:
		note_trouble(d, charge, "");
		apply(d, charge, definition);
		break;
	case RC_INVALID:
		note_trouble(d, charge, trouble);
		break;
	case RC_NOT_FOUND:
		give_up(d, charge);
		break;
	default:
		charge->is_stale = true;
		break;
	}
}

/* ---- leases ---- */

/* Asks all threads to end before it waits for the first. */
static void
stop_charges(struct charge *charges, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (charges[i].bus != NULL)
			bus_stop(charges[i].bus);
	}
	for (size_t i = 0; i < count; i++) {
		if (charges[i].bus != NULL)
			bus_join(charges[i].bus);
		charges[i].bus = NULL;
	}
}

/* What we run but do not own any more. */
static void
stop_lost(struct dispatcher *d, size_t count)
{
	size_t lost = 0, kept = 0, at = 0, running = 0;

	for (size_t i = 0; i < d->count; i++) {
		const struct lease *lease = &d->charges[i].lease;
		while (at < count && d->leases[at].bus_id < lease->bus_id)
			at++;
		bool is_ours = at < count && d->leases[at].bus_id == lease->bus_id &&
			       d->leases[at].epoch == lease->epoch;
		if (is_ours) {
			d->charges[kept++] = d->charges[i];
		} else {
			running += d->charges[i].bus != NULL;
			d->next[lost++] = d->charges[i];
		}
	}
	d->count = kept;
	if (running > 0)
		log_warn("dispatcher", "%zu buses are not ours any more", running);
	stop_charges(d->next, lost);
}

/* Makes charges what the leases say; those that are new or have changed are stale. */
static void
merge_leases(struct dispatcher *d, size_t count)
{
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		const struct lease *lease = &d->leases[i];
		while (at < d->count && d->charges[at].lease.bus_id < lease->bus_id)
			at++;
		if (at == d->count || d->charges[at].lease.bus_id != lease->bus_id) {
			d->next[i] = (struct charge){ .lease = *lease, .is_stale = true };
			continue;
		}
		d->next[i] = d->charges[at];
		d->next[i].is_stale |= d->charges[at].lease.digest != lease->digest;
		d->next[i].lease = *lease;
	}
	struct charge *spare = d->charges;
	d->charges = d->next;
	d->next = spare;
	d->count = count;
}

static void
note_database(struct dispatcher *d, enum rc rc)
{
	if (rc == RC_OK) {
		if (d->is_away)
			log_info("dispatcher", "the database is back");
		d->is_away = false;
		return;
	}
	if (!d->is_away)
		log_warn("dispatcher",
		    "the database is away (%s): reading goes on, nothing changes", rc_name(rc));
	d->is_away = true;
	d->renewing_since = 0;
	d->renew_at = d->look_at = d->orders_at = clock_mono() + RETRY_MS;
	/* Nobody else can take a bus either, as long as we believe that they are as cut off as we.
	 */
	lease_hold_until(INT64_MAX);
}

/* A lease that ran out while the database was away is still its owner's, if the owner renews it as
 * soon as it can: only who renewed without a break for a whole lease may take what expired. */
static enum rc
renew(struct dispatcher *d)
{
	int64_t before = clock_mono(), lease_ms = d->conf->collector_lease_s * CLOCK_SECOND;
	bool may_take = d->renewing_since != 0 && before - d->renewing_since >= lease_ms;
	enum rc rc = lease_renew(d->db, d->owner, d->conf->collector_lease_s,
	    (size_t)d->conf->collector_max_buses, may_take);

	if (rc != RC_OK)
		return rc;
	if (d->renewing_since == 0 || before - d->renew_at > lease_ms)
		d->renewing_since = before;
	d->hold_until = before + lease_ms;
	d->renew_at = before + lease_ms / RENEW_IN_LEASE;
	return RC_OK;
}

/* The zone is a setting of the site; half hours and days follow it at once. A zone that this
 * machine does not know is refused once, not every time. */
static enum rc
follow_zone(struct dispatcher *d)
{
	char zone[sizeof(d->zone)];
	enum rc rc = setting_text(d->db, "site.time_zone", "Asia/Shanghai", zone, sizeof(zone));

	if (rc != RC_OK || strcmp(zone, d->zone) == 0)
		return rc;
	(void)text_copy(d->zone, sizeof(d->zone), zone);
	if (strcmp(zone, clock_zone()) != 0 && clock_set_zone(zone) == RC_OK)
		log_info("time zone", "is now %s", zone);
	return RC_OK;
}

static enum rc
look(struct dispatcher *d)
{
	size_t count;
	bool has_changed = false;
	enum rc rc = lease_list(d->db, d->owner, d->leases, BUSES_MAX, &count);

	if (rc == RC_OK)
		rc = follow_zone(d);
	if (rc != RC_OK)
		return rc;
	d->look_at = clock_mono() + LOOK_MS;
	stop_lost(d, count);
	merge_leases(d, count);
	for (size_t i = 0; i < d->count && !atomic_load(&d->stops); i++) {
		if (!d->charges[i].is_stale)
			continue;
		load(d, &d->charges[i]);
		has_changed = true;
	}
	return has_changed ? alarm_end_orphans(d->db, clock_now()) : RC_OK;
}

/* ---- the thread ---- */

static void
end_collector(struct dispatcher *d)
{
	uint64_t one = 1;

	atomic_store(&d->stops, true);
	if (write(d->end_fd, &one, sizeof(one)) != sizeof(one))
		log_fatal("dispatcher", "cannot end the collector: %m");
}

/* Orders of the system itself. */
static enum rc
keep(struct dispatcher *d)
{
	int64_t wall = clock_now(), next_at, end_at = 0;
	size_t made, ended = 0;
	enum rc rc = orders_keep(d->db, d->charges, d->count, wall, &made, &next_at);

	if (rc == RC_OK)
		rc = orders_until(d->db, d->owner, d->charges, d->count, wall, &ended, &end_at);
	if (rc != RC_OK)
		return rc;
	if (end_at != 0 && end_at < next_at)
		next_at = end_at;
	int64_t wait_ms = next_at - wall;
	d->keep_at = clock_mono() + (wait_ms > KEEP_MIN_MS ? wait_ms : KEEP_MIN_MS);
	if (made + ended > 0)
		d->orders_at = 0;
	return RC_OK;
}

static void
work(struct dispatcher *d)
{
	int64_t now = clock_mono();
	enum rc rc = RC_OK;
	bool is_look_due = now >= d->renew_at || now >= d->look_at;

	if (!is_look_due && now < d->orders_at)
		return;
	if (now >= d->renew_at)
		rc = renew(d);
	if (rc == RC_CONFLICT) {
		end_collector(d);
		return;
	}
	if (rc == RC_OK && is_look_due)
		rc = look(d);
	/* Not before what was lost in our sleep is stopped. */
	if (rc == RC_OK && is_look_due)
		lease_hold_until(d->hold_until);
	if (rc == RC_OK)
		rc = orders_dispatch(d->db, d->owner, d->charges, d->count, is_look_due);
	d->orders_at = clock_mono() + ORDERS_MS;
	if (rc == RC_OK && is_look_due && now >= d->keep_at)
		rc = keep(d);
	note_database(d, rc);
}

static void
reread_settings(struct dispatcher *d)
{
	struct conf fresh;
	int64_t level = d->conf->log_level;

	if (conf_read_again(&fresh) != RC_OK)
		return;
	conf_reload(d->conf, &fresh);
	spool_set_limit(d->spool, d->conf->collector_spool_mb * SPOOL_MB);
	if (d->conf->log_level != level)
		log_open("collector", (enum log_level)d->conf->log_level);
	log_info("dispatcher", "settings are read again");
}

static void
wait_for_work(struct dispatcher *d)
{
	struct pollfd fds[] = { { .fd = d->wake_fd, .events = POLLIN },
		{ .fd = d->doorbell_fd, .events = POLLIN },
		{ .fd = d->ends_fd, .events = POLLIN } };
	int64_t until = d->renew_at < d->look_at ? d->renew_at : d->look_at;
	int64_t wait_ms = (until < d->orders_at ? until : d->orders_at) - clock_mono();
	uint64_t count;

	if (wait_ms > 0 && poll(fds, COUNT(fds), (int)wait_ms) <= 0)
		return;
	if ((fds[0].revents & POLLIN) != 0 && read(d->wake_fd, &count, sizeof(count)) > 0)
		d->look_at = 0;
	if ((fds[1].revents & POLLIN) != 0) {
		doorbell_answer(d->doorbell_fd);
		d->look_at = d->orders_at = 0;
		if (d->renew_at > clock_mono() + CLAIM_MS)
			d->renew_at = clock_mono() + CLAIM_MS;
		if (d->keep_at > clock_mono() + KEEP_MIN_MS)
			d->keep_at = clock_mono() + KEEP_MIN_MS;
	}
	if ((fds[2].revents & POLLIN) != 0 && read(d->ends_fd, &count, sizeof(count)) > 0)
		d->orders_at = 0;
}

static void *
run(void *context)
{
	struct dispatcher *d = context;

	(void)pthread_setname_np(pthread_self(), "dispatcher");
	while (!atomic_load(&d->stops)) {
		if (atomic_exchange(&d->reloads, false))
			reread_settings(d);
		work(d);
		wait_for_work(d);
	}
	stop_charges(d->charges, d->count);
	return NULL;
}

static void *
allocate(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (memory == NULL)
		log_fatal("memory", "no room for the dispatcher");
	return memory;
}

struct dispatcher *
dispatcher_start(struct conf *conf, struct db *db, const struct lease_owner *owner,
    struct outbox *outbox, struct store *store, struct spool *spool, struct money_desk *desk)
{
	struct dispatcher *d = allocate(1, sizeof(*d));

	d->conf = conf;
	d->db = db;
	d->owner = owner;
	d->outbox = outbox;
	d->store = store;
	d->spool = spool;
	d->desk = desk;
	d->charges = allocate(BUSES_MAX, sizeof(*d->charges));
	d->next = allocate(BUSES_MAX, sizeof(*d->next));
	d->leases = allocate(BUSES_MAX, sizeof(*d->leases));
	d->doorbell_fd = doorbell_open(conf->collector_doorbell);
	d->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	d->end_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	d->ends_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (d->wake_fd < 0 || d->end_fd < 0 || d->ends_fd < 0)
		log_fatal("dispatcher", "no descriptor: %m");
	store_tell_ends(store, d->ends_fd);
	money_desk_tell_ends(desk, d->ends_fd);
	int failed = pthread_create(&d->thread, NULL, run, d);
	if (failed != 0)
		log_fatal("dispatcher", "its thread does not start: error %d", failed);
	return d;
}

int
dispatcher_end_fd(const struct dispatcher *dispatcher)
{
	return dispatcher->end_fd;
}

static void
wake(struct dispatcher *dispatcher)
{
	uint64_t one = 1;

	if (write(dispatcher->wake_fd, &one, sizeof(one)) < 0)
		log_warn("dispatcher", "cannot be woken: %m");
}

void
dispatcher_reload(struct dispatcher *dispatcher)
{
	atomic_store(&dispatcher->reloads, true);
	wake(dispatcher);
}

void
dispatcher_stop(struct dispatcher *dispatcher)
{
	atomic_store(&dispatcher->stops, true);
	wake(dispatcher);
	(void)pthread_join(dispatcher->thread, NULL);
}

void
dispatcher_free(struct dispatcher *dispatcher, bool releases)
{
	struct dispatcher *d = dispatcher;

	if (releases && lease_release_all(d->db, d->owner) != RC_OK)
		log_warn("dispatcher", "the leases stay until they expire");
	doorbell_close(d->doorbell_fd, d->conf->collector_doorbell);
	db_close(d->db);
	(void)close(d->wake_fd);
	(void)close(d->end_fd);
	(void)close(d->ends_fd);
	free(d->charges);
	free(d->next);
	free(d->leases);
	free(d);
}
