/*
 * tcp.h - one Modbus TCP exchange on a connected socket, in our own framing (mbap.h).
 *
 * The socket blocks with a receive time-out, so that an exchange is one send and one receive.
 */
#ifndef VOLTILL_TCP_H
#define VOLTILL_TCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "link.h"

struct tcp {
	int fd, wake_fd;
	uint16_t transaction;
	int64_t slice_ms;   /* SO_RCVTIMEO as it stands */
	bool is_lost;	    /* the stream cannot be followed any more: close it */
	const char *reason; /* with TROUBLE_OPEN */
};

/* Makes a connected descriptor ready. False with errno. Keeps wake_fd and the transaction number.
 */
bool tcp_begin(struct tcp *tcp, int fd);

/* Sends request (unit, function, data) and receives the whole answer in the same form until the
 * moment until_us (clock_mono_us). *length is the room, then the length. */
enum trouble tcp_exchange(struct tcp *tcp, const uint8_t *request, size_t request_length,
    uint8_t *answer, size_t *length, int64_t until_us);

#endif
