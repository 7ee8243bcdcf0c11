/*
 * line.h - a bus and the way to it: pty, Modbus TCP gateway, transparent serial server.
 */
#ifndef METERSIM_LINE_H
#define METERSIM_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "loop.h"
#include "meter.h"

#define LINE_NAME  32
#define INPUT_ROOM 1024
#define WIRE_ROOM  900 /* an answer, twice, with noise around it */

enum line_kind { LINE_TCP, LINE_RTU_TCP, LINE_PTY };

/* Somebody who asks: a TCP client, or the one behind a pty. Never freed, only used again; serial
 * tells a later user from an earlier one. */
struct conn {
	struct conn *next;
	struct watch watch;
	struct timer silence; /* ends what cannot be a frame */
	struct line *line;
	uint64_t serial;
	size_t input_length, output_length, output_room;
	bool is_deaf;	 /* what arrives is skipped until the line is silent */
	uint8_t *output; /* what the kernel did not take */
	uint8_t input[INPUT_ROOM];
};

enum stage { STAGE_RECEIVE, STAGE_WAIT, STAGE_SEND, STAGE_HOLD };

/* One request and its answer. */
struct exchange {
	struct exchange *next;
	struct timer timer;
	struct line *line;
	struct conn *conn;
	uint64_t serial;
	enum stage stage;
	uint16_t transaction;
	bool is_garbled, is_reset, is_detached; /* detached: the bus does not wait for it */
	int64_t delay_us, dribble_us, begin_us;
	size_t request_length, answer_length, sent;
	uint8_t request[FRAME_ROOM];
	uint8_t answer[WIRE_ROOM];
};

struct line_counters {
	int64_t requests, answers, ignored, exceptions, damaged, collisions, early;
};

struct line {
	struct line *next;
	char name[LINE_NAME];
	enum line_kind kind;
	char host[48];
	int port;
	char path[128];
	int baud, bits, delay_ms, gateway_timeout_ms;
	int64_t pace; /* -1 while not given */
	bool is_strict, answers_target_failed;
	char tty[64];
	int tty_slave_fd;

	struct watch listener;
	struct conn *conns;
	int conn_count;
	struct meter *meters[256];
	struct fault *faults;
	struct timer babble, babble_end;
	struct line_counters counters;

	/* The wire of a paced line. */
	struct exchange *receiving, *sending;
	struct exchange *queue; /* of a gateway: the first is being served */
	int64_t free_us;
};

extern struct line *lines;
struct line *line_find(const char *name);

/* line.c */
void line_open(struct line *line);
void line_close(struct line *line);
void line_print(const struct line *line);
void line_fault_began(struct line *line, enum fault_kind kind, int64_t argument);
void line_fault_ended(struct line *line, enum fault_kind kind);

/* conn.c */
struct conn *conn_open(struct line *line, int fd);
void conn_close(struct conn *conn);
void conn_reset(struct conn *conn); /* TCP: by RST */
void conn_send(struct conn *conn, const uint8_t *bytes, size_t length);
bool conn_is(const struct conn *conn, uint64_t serial);

/* conn_input.c: finds requests in what arrived and hands them to line_request. */
void conn_input(struct conn *conn);
void conn_silent(struct timer *timer);

/* answer.c: carries out exchange->request, faults included, and fills the answer as it goes on the
 * wire. False: there is none. */
bool answer_make(struct exchange *exchange);

/* wire.c: times a request and its answer. request holds unit, function, data. */
void line_request(struct conn *conn, const uint8_t *request, size_t length, uint16_t transaction);
int64_t wire_char_us(const struct line *line, size_t characters);
int64_t wire_gap_us(const struct line *line);

#endif
