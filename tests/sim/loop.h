/*
 * loop.h - the one thread of the simulator: descriptors, timers and the two clocks.
 *
 * Wire timing uses the monotonic clock in microseconds. The meters live on a clock of their own in
 * milliseconds UTC, which is the wall clock until somebody speeds it up or steps it.
 */
#ifndef METERSIM_LOOP_H
#define METERSIM_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#define OWNER_OF(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

/* A timer that is not started has slot 0; it may be stopped and started at any time. */
struct timer {
	int64_t at_us;
	size_t slot;
	void (*fire)(struct timer *timer);
};

/* A descriptor below zero is not watched; a late event for it is dropped. */
struct watch {
	int fd;
	void (*ready)(struct watch *watch, uint32_t events);
};

void loop_open(void);
void loop_run(void); /* until loop_end */
void loop_end(void);

void watch_start(struct watch *watch, uint32_t events);
void watch_change(struct watch *watch, uint32_t events);
void watch_stop(struct watch *watch); /* does not close */

void timer_start(struct timer *timer, int64_t at_us);
void timer_stop(struct timer *timer);

int64_t real_us(void);

int64_t meter_now_ms(void);
void meter_clock_speed(double speed);
void meter_clock_step(int64_t step_ms);
int64_t meter_clock_offset_ms(void); /* ahead of the wall clock */

/* Ends the program; for what cannot be repaired while starting. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
