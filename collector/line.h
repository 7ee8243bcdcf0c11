/*
 * line.h - a stream of RTU frames: a serial port, or a transparent server behind a socket.
 *
 * Here are the waits: for silence before a request, for the first byte of an answer, for the end of
 * an answer whose length is unknown. Each ends when wake_fd becomes readable.
 */
#ifndef VOLTILL_LINE_H
#define VOLTILL_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "link.h"

/* Bytes that nobody asked for. */
struct noise {
	int64_t since_us, last_us;
	size_t bytes;
};

struct line {
	int fd, wake_fd; /* fd does not block */
	bool is_serial;
	uint32_t baud;
	char parity;
	uint8_t stop_bits;
	int64_t silence_us;   /* 3.5 characters */
	int64_t last_byte_us; /* clock_mono_us, when the line was last busy */
	bool is_unsure;	      /* after trouble: bytes of it may still come */
	struct noise noise;
	const char *reason; /* with TROUBLE_OPEN */
};

/* All but fd, which is set when the line is open. */
void line_init(struct line *line, const struct link_config *config, int wake_fd);
void line_opened(struct line *line, int fd);

/* Time that bytes take on the wire. */
int64_t line_wire_us(const struct line *line, size_t bytes);

/* Waits, throwing away what nobody asked for, until the line was silent for 3.5 characters and
 * gap_ms, longer after trouble. TROUBLE_NOISE when that does not come to pass within two seconds,
 * or when unasked bytes fill a good part of the line for as long. */
enum trouble line_await_silence(struct line *line, int64_t gap_ms);

/* Waits for input. TROUBLE_NONE, _TIMEOUT at the moment until_us, _STOPPED or _OPEN. */
enum trouble line_await_input(struct line *line, int64_t until_us);

/* Receives everything until the line is silent: *length bytes, at most room. TROUBLE_DAMAGED when
 * there are more. */
enum trouble line_receive(
    struct line *line, uint8_t *bytes, size_t room, size_t *length, int64_t until_us);

#endif
