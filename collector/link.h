/*
 * link.h - one bus on the wire. The owner of libmodbus.
 *
 * link.c keeps the silence before each request, bounds the whole answer by one time-out, checks
 * unit, function, length and (on TCP) transaction id, drains what nobody asked for, and resets a
 * connection on close so that nothing unsent is delivered later (reliability.md D-20…D-2A).
 * A link belongs to one thread, and that thread must block or ignore SIGPIPE.
 */
#ifndef VOLTILL_LINK_H
#define VOLTILL_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"

enum transport { TRANSPORT_RTU, TRANSPORT_TCP, TRANSPORT_RTU_TCP };

struct link_config {
	enum transport transport;
	char host[64]; /* numeric address */
	uint16_t port;
	char device[128];
	uint32_t baud; /* of the RS-485 line, also when it is behind a gateway */
	char parity;
	uint8_t stop_bits;
	uint32_t
	    timeout_ms; /* whole answer; a slow line gets what its speed needs, see link_read */
	uint32_t gap_ms;
};

/* Why the last request failed; counted per meter and shown. */
enum trouble {
	TROUBLE_NONE,
	TROUBLE_TIMEOUT, /* no answer, or not whole in time */
	TROUBLE_DAMAGED, /* checksum, wrong unit, function, length or transaction id */
	TROUBLE_REFUSED, /* Modbus exception, code in link_exception */
	TROUBLE_GATEWAY, /* exception 10 or 11: the gateway cannot, not the meter */
	TROUBLE_OPEN,	 /* cannot connect or open the port; the connection is closed */
	TROUBLE_NOISE,	 /* bytes without end: a babbling device; the connection is closed */
	TROUBLE_STOPPED, /* wake descriptor fired: the program stops */
	TROUBLES,
};

struct link;

/* Copies config. wake_fd becomes readable when the thread shall end: waits and transactions under
 * way are then given up with TROUBLE_STOPPED; -1: none. */
struct link *link_new(const struct link_config *config, int wake_fd);
void link_free(struct link *link); /* NULL is allowed */

/* Opens when it is closed. RC_UNAVAILABLE with TROUBLE_OPEN (reason in link_reason) or
 * TROUBLE_STOPPED; does not wait between tries: the caller spaces them. */
enum rc link_open(struct link *link);
void link_close(struct link *link); /* TCP: by reset */
bool link_is_open(const struct link *link);

/* Reads count registers by function 3 or 4. RC_OK, RC_TIMEOUT, RC_INVALID (damaged or refused) or
 * RC_UNAVAILABLE; link_trouble says more. Never retries. timeout_ms 0: that of the bus. The answer
 * must be whole within the time-out, or within the time its bytes need on the line plus 200 ms when
 * that is longer. The request leaves when the line was silent for 3.5 characters plus the greater
 * of the bus's gap and min_gap_ms. */
enum rc link_read(struct link *link, uint8_t unit, uint8_t function, uint16_t address,
    uint16_t count, uint16_t *registers, uint32_t timeout_ms, uint32_t min_gap_ms);

/* From now on nobody waits longer than so for an answer, whatever its bytes need: for meters whose
 * answers are known to take less. 0 ends that. */
void link_set_patience(struct link *link, int64_t patience_ms);

/* Sends one raw request (unit, function, data; no checksum) and receives the whole answer in the
 * same form, for functions libmodbus does not know (0x20). *length is the room, then the length.
 * Results as link_read. An RTU answer ends with silence, so it must stand alone and whole in the
 * time-out. */
enum rc link_exchange(struct link *link, const uint8_t *request, size_t request_length,
    uint8_t *answer, size_t *length, uint32_t timeout_ms);

enum trouble link_trouble(const struct link *link);
int link_exception(const struct link *link);
/* False: surely not a byte of the last request went out. */
bool link_has_sent(const struct link *link);
const char *link_reason(const struct link *link); /* of the last TROUBLE_OPEN, for the log */
int link_error(const struct link *link);	  /* the errno of it, after link_open */
const char *trouble_name(enum trouble trouble);	  /* "timeout", for logs and bus_state.trouble */

#endif
