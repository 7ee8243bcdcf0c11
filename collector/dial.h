/*
 * dial.h - a TCP connection to a gateway, set up so that it never lingers.
 */
#ifndef VOLTILL_DIAL_H
#define VOLTILL_DIAL_H

#include <stdint.h>

/* Connects to a numeric address within timeout_ms, or until wake_fd (-1: none) becomes readable.
 * Returns a non-blocking descriptor: no delay, dead peers found within seconds, and a close that
 * resets, so that nothing unsent is delivered later (reliability.md D-27). Or -1 with errno,
 * ECANCELED when it was woken. */
int dial(const char *host, uint16_t port, int64_t timeout_ms, int wake_fd);

#endif
