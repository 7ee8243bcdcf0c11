#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "loop.h"

#define EVENTS_AT_ONCE 256

static struct {
	int epoll_fd, timer_fd;
	bool ended;
	struct timer **heap; /* from index 1, the soonest first */
	size_t count, room;
	int64_t armed_us;
} loop;

static struct {
	double speed;
	int64_t base_us, base_ms; /* meter clock was base_ms when the real one was base_us */
} meter_clock;

void
die(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fputs("metersim: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(1);
}

int64_t
real_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t
wall_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
meter_now_ms(void)
{
	if (meter_clock.base_ms == 0)
		meter_clock_speed(1);
	double passed_us = (double)(real_us() - meter_clock.base_us) * meter_clock.speed;
	return meter_clock.base_ms + (int64_t)(passed_us / 1000);
}

void
meter_clock_speed(double speed)
{
	meter_clock.base_ms = meter_clock.base_ms == 0 ? wall_ms() : meter_now_ms();
	meter_clock.base_us = real_us();
	meter_clock.speed = speed;
}

void
meter_clock_step(int64_t step_ms)
{
	meter_clock.base_ms = meter_now_ms() + step_ms;
	meter_clock.base_us = real_us();
}

int64_t
meter_clock_offset_ms(void)
{
	return meter_now_ms() - wall_ms();
}

static void
heap_put(size_t slot, struct timer *timer)
{
	loop.heap[slot] = timer;
	timer->slot = slot;
}

static void
heap_up(size_t slot, struct timer *timer)
{
	for (; slot > 1 && loop.heap[slot / 2]->at_us > timer->at_us; slot /= 2)
		heap_put(slot, loop.heap[slot / 2]);
	heap_put(slot, timer);
}

static void
heap_down(size_t slot, struct timer *timer)
{
	for (size_t child; (child = slot * 2) <= loop.count; slot = child) {
		if (child < loop.count && loop.heap[child + 1]->at_us < loop.heap[child]->at_us)
			child++;
		if (timer->at_us <= loop.heap[child]->at_us)
			break;
		heap_put(slot, loop.heap[child]);
	}
	heap_put(slot, timer);
}

void
timer_start(struct timer *timer, int64_t at_us)
{
	timer_stop(timer);
	timer->at_us = at_us;
	if (loop.count + 2 > loop.room) {
		loop.room = loop.room * 2 + 64;
		loop.heap = reallocarray(loop.heap, loop.room, sizeof *loop.heap);
		if (loop.heap == NULL)
			die("out of memory");
	}
	heap_up(++loop.count, timer);
}

void
timer_stop(struct timer *timer)
{
	size_t slot = timer->slot;
	if (slot == 0)
		return;
	timer->slot = 0;
	struct timer *last = loop.heap[loop.count--];
	if (last == timer)
		return;
	if (slot > 1 && loop.heap[slot / 2]->at_us > last->at_us)
		heap_up(slot, last);
	else
		heap_down(slot, last);
}

/* The kernel's timer is set only when the soonest deadline moved: a busy loop without deadlines
 * must not pay a system call a round. */
static void
timers_arm(void)
{
	int64_t at_us = loop.count > 0 ? loop.heap[1]->at_us : 0;
	if (at_us == loop.armed_us)
		return;
	loop.armed_us = at_us;
	struct itimerspec when = { .it_value = { at_us / 1000000, at_us % 1000000 * 1000 } };
	if (timerfd_settime(loop.timer_fd, TFD_TIMER_ABSTIME, &when, NULL) != 0)
		die("timerfd_settime: %s", strerror(errno));
}

static void
timers_fire(void)
{
	while (loop.count > 0 && loop.heap[1]->at_us <= real_us()) {
		struct timer *timer = loop.heap[1];
		timer_stop(timer);
		timer->fire(timer);
	}
}

static void
control_watch(int operation, struct watch *watch, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = watch };
	if (epoll_ctl(loop.epoll_fd, operation, watch->fd, &event) != 0)
		die("epoll_ctl on descriptor %d: %s", watch->fd, strerror(errno));
}

void
watch_start(struct watch *watch, uint32_t events)
{
	control_watch(EPOLL_CTL_ADD, watch, events);
}

void
watch_change(struct watch *watch, uint32_t events)
{
	control_watch(EPOLL_CTL_MOD, watch, events);
}

void
watch_stop(struct watch *watch)
{
	control_watch(EPOLL_CTL_DEL, watch, 0);
}

static void
timer_fd_ready(struct watch *watch, uint32_t events)
{
	uint64_t expirations;
	(void)events;
	if (read(watch->fd, &expirations, sizeof expirations) > 0)
		loop.armed_us = 0;
}

void
loop_open(void)
{
	static struct watch timers = { .ready = timer_fd_ready };
	loop.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	loop.timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (loop.epoll_fd < 0 || loop.timer_fd < 0)
		die("cannot start: %s", strerror(errno));
	timers.fd = loop.timer_fd;
	watch_start(&timers, EPOLLIN);
}

/* The descriptors stay: whoever closes after the last round still takes its watches out. */
void
loop_run(void)
{
	struct epoll_event events[EVENTS_AT_ONCE];
	while (!loop.ended) {
		timers_arm();
		int count = epoll_wait(loop.epoll_fd, events, EVENTS_AT_ONCE, -1);
		if (count < 0 && errno != EINTR)
			die("epoll_wait: %s", strerror(errno));
		for (int i = 0; i < count; i++) {
			struct watch *watch = events[i].data.ptr;
			if (watch->fd >= 0)
				watch->ready(watch, events[i].events);
		}
		timers_fire();
	}
}

void
loop_end(void)
{
	loop.ended = true;
}
