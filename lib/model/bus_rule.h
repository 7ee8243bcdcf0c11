/*
 * bus_rule.h - what a bus may be: the one place of these limits, for forms, imports and the
 * collector. Pure.
 */
#ifndef VOLTILL_BUS_RULE_H
#define VOLTILL_BUS_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BUS_UNIT_MAX	   247 /* highest Modbus address; so many meters at most */
#define BUS_TIMEOUT_MIN_MS 10
#define BUS_TIMEOUT_MAX_MS 60000
#define BUS_GAP_MAX_MS	   10000
#define BUS_PERIOD_MAX_S   86400
#define BUS_FRESH_S	   180 /* a state on a screen should be younger than this */

/* Serial port; Modbus TCP; RTU frames over TCP. */
enum bus_transport { BUS_RTU, BUS_TCP, BUS_RTU_TCP, BUS_TRANSPORTS };
const char *bus_transport_name(enum bus_transport transport); /* "rtu" "tcp" "rtu_tcp" */
enum bus_transport bus_transport_find(const char *name);      /* BUS_TRANSPORTS: none */

/* 1200 … 115200, ends with 0. */
extern const int64_t bus_bauds[];

bool bus_is_baud(int64_t baud);
bool bus_is_host(const char *host);	/* numeric IPv4 or IPv6: a name may hang in a resolver */
bool bus_is_device(const char *device); /* an absolute path */
bool bus_is_parity(const char *parity);
bool bus_is_stop_bits(int64_t stop_bits);
bool bus_is_timeout(int64_t timeout_ms);
bool bus_is_gap(int64_t gap_ms);
bool bus_is_status_period(int64_t period_s);
/* Slots are counted from midnight, so the day must hold a whole number of them. */
bool bus_is_reading_period(int64_t period_s);

#endif
