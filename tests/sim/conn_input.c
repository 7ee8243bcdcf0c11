/*
 * conn_input.c - finds the requests in what arrives.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"
#include "line.h"

#define SILENCE_US 20000 /* at least; a host that is busy may write a frame in two pieces */

static void
input_take(struct conn *conn, size_t length)
{
	conn->input_length -= length;
	memmove(conn->input, conn->input + length, conn->input_length);
}

static void
silence_expect(struct conn *conn)
{
	int64_t gap_us = wire_gap_us(conn->line);
	timer_start(&conn->silence, real_us() + (gap_us > SILENCE_US ? gap_us : SILENCE_US));
}

/* The line fell silent: what is there is a frame of unknown kind, or nothing. */
void
conn_silent(struct timer *timer)
{
	struct conn *conn = OWNER_OF(timer, struct conn, silence);
	size_t length = conn->input_length;
	bool is_frame = !conn->is_deaf && length >= 4 && length <= FRAME_ROOM &&
			frame_crc(conn->input, length) == 0;
	conn->input_length = 0;
	conn->is_deaf = false;
	if (is_frame)
		line_request(conn, conn->input, length - 2, 0);
	else if (length > 0)
		conn->line->counters.damaged++;
}

static void
input_rtu(struct conn *conn)
{
	uint64_t serial = conn->serial;
	while (conn->input_length > 0 && !conn->is_deaf) {
		int length = frame_request_length(conn->input, conn->input_length);
		if (length <= 0 || (size_t)length > conn->input_length)
			break;
		if (frame_crc(conn->input, (size_t)length) != 0) {
			conn->is_deaf = true;
			conn->line->counters.damaged++;
			break;
		}
		line_request(conn, conn->input, (size_t)length - 2, 0);
		if (!conn_is(conn, serial))
			return;
		input_take(conn, (size_t)length);
	}
	if (conn->is_deaf)
		conn->input_length = 0;
	if (conn->is_deaf || conn->input_length > 0)
		silence_expect(conn);
	else
		timer_stop(&conn->silence);
}

static void
input_tcp(struct conn *conn)
{
	uint64_t serial = conn->serial;
	size_t done = 0;
	while (conn->input_length - done >= 7) {
		const uint8_t *frame = conn->input + done;
		size_t length = get16(frame + 4);
		if (get16(frame + 2) != 0 || length < 2 || length > 254) {
			conn->line->counters.damaged++;
			conn_close(conn);
			return;
		}
		if (conn->input_length - done < 6 + length)
			break;
		line_request(conn, frame + 6, length, get16(frame));
		if (!conn_is(conn, serial))
			return;
		done += 6 + length;
	}
	if (done > 0)
		input_take(conn, done);
}

void
conn_input(struct conn *conn)
{
	ssize_t got =
	    read(conn->watch.fd, conn->input + conn->input_length, INPUT_ROOM - conn->input_length);
	if (got < 0 && (errno == EAGAIN || (errno == EIO && conn->line->kind == LINE_PTY)))
		return;
	if (got <= 0) {
		conn_close(conn);
		return;
	}
	conn->input_length += (size_t)got;
	if (conn->line->kind == LINE_TCP)
		input_tcp(conn);
	else
		input_rtu(conn);
	if (conn->watch.fd >= 0 && conn->input_length == INPUT_ROOM)
		conn->input_length = 0;
}
