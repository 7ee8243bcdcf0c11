#define _GNU_SOURCE /* pthread_setname_np */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "bus_private.h"
#include "lease.h"
#include "money_desk.h"
#include "order.h"

#define STACK_BYTES	 (128 * 1024)
#define THREAD_NAME_MAX	 16   /* of the kernel, with its end */
#define EVENT_FD_MIN	 1024 /* descriptors below are for connections, see FD_LIMIT in link.c */
#define REOPEN_MAX_MS	 30000
#define RENEW_MS	 30000 /* a silent connection is made anew this often */
#define BUSY_PAUSE_MS	 1000
#define BUSY_TRIES	 3
#define LEASE_PAUSE_MS	 50
#define REFUSED_PAUSE_MS (10 * CLOCK_MINUTE) /* a wrong model stays wrong until a person acts */

/* Modbus exceptions. 1 to 3: there is no such function, register or value. */
#define EXCEPTION_VALUE	      3
#define EXCEPTION_ACKNOWLEDGE 5
#define EXCEPTION_BUSY	      6

/* ---- the line ---- */

/* The line was closed, or could not be opened. The first time after an answer it is opened again at
 * once: gateways close what was idle. From then on in growing distance. */
void
bus_note_closed(struct bus *bus, enum trouble trouble, int64_t now, int64_t wall)
{
	int64_t pause_ms = CLOCK_SECOND;

	if (bus->missed_since == 0)
		bus->missed_since = wall;
	if (!bus->is_answered || trouble == TROUBLE_NOISE)
		bus->reopenings++;
	bus->is_answered = false;
	for (int i = 1; i < bus->reopenings && pause_ms < REOPEN_MAX_MS; i++)
		pause_ms *= 2;
	bus->open_at = bus->reopenings == 0
			   ? now
			   : now + (pause_ms < REOPEN_MAX_MS ? pause_ms : REOPEN_MAX_MS);
	if (bus->reopenings >= PLAN_LOST_AFTER || trouble == TROUBLE_NOISE)
		tell_bus_lost(bus, trouble, wall);
}

bool
bus_open_line(struct bus *bus, int64_t now, int64_t wall)
{
	if (link_is_open(bus->link))
		return true;
	if (now < bus->open_at)
		return false;
	if (link_open(bus->link) == RC_OK) {
		bus->opened_at = now;
		return true;
	}
	if (link_trouble(bus->link) == TROUBLE_OPEN)
		bus_note_closed(bus, TROUBLE_OPEN, clock_mono(), wall);
	return false;
}

static void
note_answer(struct bus *bus, struct station *station, int64_t wall)
{
	bus->is_answered = true;
	bus->reopenings = 0;
	bus->missed_since = 0;
	station->busy_tries = 0;
	tell_bus_back(bus, wall);
}

/* ---- asking one meter ---- */

static void
note_silence(struct bus *bus, size_t i, enum trouble trouble, int64_t now, int64_t wall)
{
	struct station *station = &bus->stations[i];

	if (bus->missed_since == 0)
		bus->missed_since = wall;
	if (station->missed_since == 0)
		station->missed_since = wall;
	station->busy_tries = 0;
	station->is_short = !station->is_short;
	tell_change(bus, station, plan_silent(bus->plan, i, now), wall, trouble);
	if (!plan_is_silent(bus->plan))
		return;
	tell_bus_lost(bus, trouble, wall);
	if (now - bus->opened_at >= RENEW_MS)
		link_close(bus->link);
}

/* The meter answers, but it is not what it should be. */
static void
note_mismatch(struct bus *bus, size_t i, const char *what, int64_t now, int64_t wall)
{
	struct station *station = &bus->stations[i];
	const struct meter_definition *meter = station->definition;

	tell_change(
	    bus, station, plan_rest(bus->plan, i, now, REFUSED_PAUSE_MS), wall, TROUBLE_NONE);
	station->missed_since = 0;
	if (station->is_mismatched)
		return;
	station->is_mismatched = true;
	log_warn(bus->definition->name, "meter %u (unit %u) is no %s: %s", meter->meter_id,
	    meter->unit, meter->profile->code, what);
	tell_event(bus, ITEM_MISMATCH, meter->meter_id, wall, TROUBLE_REFUSED);
}

enum rc
bus_decode(const struct bus *bus, size_t i, const uint16_t (*registers)[PROFILE_REGISTERS_MAX],
    int64_t wall, struct reading *reading)
{
	const struct meter_definition *meter = bus->stations[i].definition;
	enum rc rc =
	    profile_decode(meter->profile, registers, meter->ct_ratio, meter->pt_ratio, reading);

	reading->meter_id = meter->meter_id;
	reading->read_at = wall;
	if (meter->phases == 1)
		reading->has &= ~(uint32_t)HAS_PHASES;
	return rc;
}

static void
settle_reading(struct bus *bus, size_t i, const uint16_t (*registers)[PROFILE_REGISTERS_MAX],
    int64_t now, int64_t wall)
{
	struct station *station = &bus->stations[i];
	const struct meter_definition *meter = station->definition;
	struct item item = item_of(bus, ITEM_READING);
	struct reading *reading = &item.u.reading;

	if (bus_decode(bus, i, registers, wall, reading) != RC_OK) {
		note_mismatch(bus, i, "another type of device answers", now, wall);
		return;
	}
	reading->slot_at = plan_slot(bus->plan, i, wall);
	station->clock_ahead = reading->clock_at == 0 ? 0 : reading->clock_at - now;
	enum plan_change change = plan_answered(bus->plan, i, now, wall);
	tell_change(bus, station, change, wall, TROUBLE_NONE);
	if (change == PLAN_BACK)
		station->identity_at = 0;
	station->missed_since = 0;
	station->is_mismatched = false;
	reading_check(reading, &station->last, meter->rated_power_w);
	identity_check(bus, i, reading);
	reading_accept(&station->last, reading);
	outbox_put(bus->outbox, &item);
}

static void
settle_refusal(struct bus *bus, size_t i, int64_t now, int64_t wall)
{
	struct station *station = &bus->stations[i];
	int exception = link_exception(bus->link);
	bool is_busy = exception == EXCEPTION_BUSY || exception == EXCEPTION_ACKNOWLEDGE;

	if (is_busy && ++station->busy_tries <= BUSY_TRIES)
		tell_change(
		    bus, station, plan_rest(bus->plan, i, now, BUSY_PAUSE_MS), wall, TROUBLE_NONE);
	else if (exception >= 1 && exception <= EXCEPTION_VALUE)
		note_mismatch(bus, i, "it refuses the registers", now, wall);
	else
		note_silence(bus, i, TROUBLE_REFUSED, now, wall);
}

uint32_t
bus_timeout_ms(const struct bus *bus, const struct profile *profile)
{
	uint32_t timeout_ms = bus->definition->link.timeout_ms;

	return timeout_ms > profile->answer_timeout_ms ? timeout_ms : profile->answer_timeout_ms;
}

/* Asks for all blocks, and once more for one that came damaged: the line is quiet by then. */
static enum trouble
read_blocks(struct bus *bus, struct station *station, uint16_t (*registers)[PROFILE_REGISTERS_MAX])
{
	const struct profile *profile = station->definition->profile;
	uint32_t timeout_ms = bus_timeout_ms(bus, profile);
	bool is_spare_left_out = station->is_short && profile->spare_register != 0;
	bool was_damaged = false;

	for (size_t i = 0; i < PROFILE_BLOCKS_MAX && profile->blocks[i].count > 0;) {
		const struct block *block = &profile->blocks[i];
		uint16_t count = (uint16_t)(block->count - (i == 0 && is_spare_left_out));
		enum rc rc = link_read(bus->link, station->definition->unit, block->function,
		    block->address, count, registers[i], timeout_ms, profile->min_gap_ms);
		if (rc == RC_OK) {
			i++;
			continue;
		}
		enum trouble trouble = link_trouble(bus->link);
		if (trouble != TROUBLE_DAMAGED || was_damaged || !link_is_open(bus->link))
			return trouble;
		was_damaged = true;
		station->polls.asked++;
		station->polls.damaged++;
	}
	return TROUBLE_NONE;
}

static void
count_poll(struct item_polls *polls, enum trouble trouble, int64_t took_ms)
{
	switch (trouble) {
	case TROUBLE_NONE:
		polls->answered++;
		polls->answer_ms += (uint64_t)took_ms;
		break;
	case TROUBLE_TIMEOUT:
	case TROUBLE_GATEWAY:
		polls->timeouts++;
		break;
	case TROUBLE_DAMAGED:
		polls->damaged++;
		break;
	case TROUBLE_REFUSED:
		polls->refused++;
		break;
	default:
		return;
	}
	polls->asked++;
}

static enum trouble
read_in_time(struct bus *bus, struct station *station, uint16_t (*registers)[PROFILE_REGISTERS_MAX],
    int64_t began)
{
	int64_t patience_ms = plan_patience_ms(bus->plan);

	link_set_patience(bus->link, patience_ms);
	enum trouble trouble = read_blocks(bus, station, registers);
	link_set_patience(bus->link, 0);
	/* Who was asked in a hurry had no fair chance, and is asked again. */
	if (patience_ms == 0 || trouble != TROUBLE_TIMEOUT)
		count_poll(&station->polls, trouble, clock_mono() - began);
	return trouble;
}

static void
ask(struct bus *bus, size_t i, int64_t began)
{
	uint16_t registers[PROFILE_BLOCKS_MAX][PROFILE_REGISTERS_MAX];
	struct station *station = &bus->stations[i];
	enum trouble trouble = read_in_time(bus, station, registers, began);
	int64_t now = clock_mono(), wall = clock_now();
	bool was_answered = bus->is_answered;

	if (trouble == TROUBLE_STOPPED)
		return;
	if (trouble == TROUBLE_NONE || trouble == TROUBLE_REFUSED)
		note_answer(bus, station, wall);
	if (!link_is_open(bus->link))
		bus_note_closed(bus, trouble, now, wall);
	switch (trouble) {
	case TROUBLE_NONE:
		settle_reading(bus, i, registers, now, wall);
		break;
	case TROUBLE_REFUSED:
		settle_refusal(bus, i, now, wall);
		break;
	case TROUBLE_OPEN:
	case TROUBLE_NOISE:
		/* A connection that ends before it brought anything may end because of this very
		 * request: others go first the next time. */
		if (!was_answered)
			note_silence(bus, i, trouble, now, wall);
		break;
	default:
		note_silence(bus, i, trouble, now, wall);
		break;
	}
	tell_round(bus, now, wall);
}

/* ---- the definition ---- */

static bool
is_same_line(const struct link_config *a, const struct link_config *b)
{
	return a->transport == b->transport && strcmp(a->host, b->host) == 0 &&
	       a->port == b->port && strcmp(a->device, b->device) == 0 && a->baud == b->baud &&
	       a->parity == b->parity && a->stop_bits == b->stop_bits &&
	       a->timeout_ms == b->timeout_ms && a->gap_ms == b->gap_ms;
}

/* Index of the same meter, asked the same way, in the running definition; its count if there is
 * none. */
static size_t
find_station(const struct bus *bus, const struct meter_definition *meter)
{
	size_t i = 0;

	while (i < bus->definition->meter_count &&
	       (bus->definition->meters[i].meter_id != meter->meter_id ||
		   bus->definition->meters[i].unit != meter->unit ||
		   bus->definition->meters[i].profile != meter->profile))
		i++;
	return i;
}

static void
make_station(const struct bus *bus, struct plan *plan, struct station *station,
    const struct meter_definition *meter, size_t i)
{
	size_t old = bus->definition == NULL ? 0 : find_station(bus, meter);
	bool is_known = bus->definition != NULL && old < bus->definition->meter_count;

	*station = is_known ? bus->stations[old] : (struct station){ .last = meter->last };
	station->definition = meter;
	identity_redefine(station, is_known ? &bus->stations[old] : NULL);
	plan_remember(plan, i, station->last.slot_at, station->last.read_at);
	/* A person may have put a wrong meter right: it is asked at once. */
	if (is_known && !station->is_mismatched)
		plan_adopt(plan, i, bus->plan, old);
}

static void
apply_definition(struct bus *bus, struct bus_definition *definition)
{
	struct plan *plan = plan_new(&definition->timing, definition->meter_count);
	struct station *stations = calloc(definition->meter_count + 1, sizeof(*stations));
	struct bus_definition *old = bus->definition;

	if (stations == NULL)
		log_fatal(definition->name, "no memory for %zu meters", definition->meter_count);
	for (size_t i = 0; i < definition->meter_count; i++)
		make_station(bus, plan, &stations[i], &definition->meters[i], i);
	if (old == NULL || !is_same_line(&old->link, &definition->link)) {
		link_free(bus->link);
		bus->link = link_new(&definition->link, bus->stop_fd);
		bus->reopenings = 0;
		bus->open_at = 0;
	}
	plan_free(bus->plan);
	free(bus->stations);
	definition_free(old);
	bus->plan = plan;
	bus->stations = stations;
	bus->definition = definition;
}

static void
take_mail(struct bus *bus)
{
	if (!atomic_load_explicit(&bus->has_mail, memory_order_relaxed))
		return;
	(void)pthread_mutex_lock(&bus->lock);
	struct bus_definition *definition = bus->mail;
	bus->mail = NULL;
	atomic_store(&bus->has_mail, false);
	orders_take_mail(bus);
	(void)pthread_mutex_unlock(&bus->lock);
	if (definition == NULL)
		return;
	tell_polls(bus);
	apply_definition(bus, definition);
}

/* ---- the thread ---- */

static void
rest(struct bus *bus, int64_t wait_ms)
{
	struct pollfd polled = { .fd = bus->inbox_fd, .events = POLLIN };
	uint64_t count;

	if (poll(&polled, 1, (int)wait_ms) > 0)
		(void)!read(bus->inbox_fd, &count, sizeof(count));
}

static void
turn(struct bus *bus)
{
	int64_t now = clock_mono(), wall = clock_now(), wait_ms, wake_at;

	tell_polls_in_time(bus, now, wall);
	if (!lease_holds()) {
		rest(bus, LEASE_PAUSE_MS);
		return;
	}
	int meter = plan_next(bus->plan, now, wall, &wait_ms);
	if (orders_turn(bus, meter >= 0, now, wall, &wake_at))
		return;
	if (meter >= 0 && bus_open_line(bus, now, wall)) {
		ask(bus, (size_t)meter, now);
		return;
	}
	int64_t until = meter >= 0 ? bus->open_at : now + wait_ms;
	if (until > bus->polls_told_at + POLLS_PERIOD_MS)
		until = bus->polls_told_at + POLLS_PERIOD_MS;
	if (until > wake_at)
		until = wake_at;
	rest(bus, until > now ? until - now : 0);
}

static void *
run(void *argument)
{
	struct bus *bus = argument;
	char name[THREAD_NAME_MAX];

	(void)snprintf(name, sizeof(name), "bus %" PRIu32, bus->definition->bus_id);
	(void)pthread_setname_np(pthread_self(), name);
	while (!atomic_load_explicit(&bus->is_stopping, memory_order_relaxed)) {
		take_mail(bus);
		turn(bus);
	}
	tell_polls(bus);
	link_close(bus->link);
	orders_put_back(bus);
	return NULL;
}

/* A descriptor above those that libmodbus may use for connections, if the system allows so many. */
static int
make_event(void)
{
	int low = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int high = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, EVENT_FD_MIN);

	if (high < 0)
		return low;
	(void)close(low);
	return high;
}

static void
ring(int event_fd)
{
	uint64_t one = 1;

	(void)!write(event_fd, &one, sizeof(one));
}

void
bus_ring(struct bus *bus)
{
	ring(bus->inbox_fd);
}

static int
start_thread(struct bus *bus)
{
	pthread_attr_t attributes;
	sigset_t all, before;

	(void)sigfillset(&all);
	(void)pthread_attr_init(&attributes);
	(void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
	/* Signals are for the main thread; SIGPIPE becomes an error of write. */
	(void)pthread_sigmask(SIG_BLOCK, &all, &before);
	int error = pthread_create(&bus->thread, &attributes, run, bus);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attributes);
	return error;
}

static void
bus_free(struct bus *bus)
{
	link_free(bus->link);
	plan_free(bus->plan);
	free(bus->stations);
	definition_free(bus->definition);
	definition_free(bus->mail);
	if (bus->inbox_fd >= 0)
		(void)close(bus->inbox_fd);
	if (bus->stop_fd >= 0)
		(void)close(bus->stop_fd);
	(void)pthread_mutex_destroy(&bus->lock);
	orders_free(bus->orders);
	free(bus);
}

struct bus *
bus_start(struct bus_definition *definition, uint64_t epoch, struct outbox *outbox,
    struct money_desk *desk)
{
	struct bus *bus = calloc(1, sizeof(*bus));
	int64_t now = clock_mono(), wall = clock_now();

	if (bus == NULL)
		log_fatal(definition->name, "no memory");
	(void)pthread_mutex_init(&bus->lock, NULL);
	bus->outbox = outbox;
	bus->orders = orders_new();
	bus->desk = desk;
	bus->epoch = epoch;
	bus->began_at = now;
	bus->inbox_fd = make_event();
	bus->stop_fd = make_event();
	bus->hour_at = wall - wall % CLOCK_HOUR;
	/* Buses that start together tell their counters at different times. */
	bus->polls_told_at = now - definition->bus_id % 16 * (POLLS_PERIOD_MS / 16);
	bus->round_told_at = now - ROUND_PERIOD_MS;
	apply_definition(bus, definition);
	if (desk != NULL)
		money_desk_enter(desk, definition->bus_id, epoch, bus);
	int error = bus->inbox_fd < 0 || bus->stop_fd < 0 ? errno : start_thread(bus);
	if (error == 0)
		return bus;
	log_error(definition->name, "cannot start its thread: %s", strerror(error));
	if (desk != NULL)
		money_desk_leave(desk, bus);
	bus_free(bus);
	return NULL;
}

void
bus_redefine(struct bus *bus, struct bus_definition *definition)
{
	(void)pthread_mutex_lock(&bus->lock);
	definition_free(bus->mail);
	bus->mail = definition;
	atomic_store(&bus->has_mail, true);
	(void)pthread_mutex_unlock(&bus->lock);
	bus_ring(bus);
}

void
bus_stop(struct bus *bus)
{
	if (bus->desk != NULL)
		money_desk_leave(bus->desk, bus);
	atomic_store(&bus->is_stopping, true);
	ring(bus->stop_fd);
	ring(bus->inbox_fd);
}

void
bus_join(struct bus *bus)
{
	(void)pthread_join(bus->thread, NULL);
	bus_free(bus);
}
