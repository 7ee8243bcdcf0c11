/*
 * conn.c - somebody who asks: a TCP client, or whoever opened the pty.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "line.h"

#define OUTPUT_MAX 65536

static struct conn *unused;

static void
conn_write(struct conn *conn)
{
	ssize_t written = write(conn->watch.fd, conn->output, conn->output_length);
	if (written < 0 && errno != EAGAIN) {
		conn_close(conn);
		return;
	}
	if (written > 0) {
		conn->output_length -= (size_t)written;
		memmove(conn->output, conn->output + written, conn->output_length);
	}
	if (conn->output_length == 0)
		watch_change(&conn->watch, EPOLLIN);
}

static void
conn_ready(struct watch *watch, uint32_t events)
{
	struct conn *conn = OWNER_OF(watch, struct conn, watch);
	uint64_t serial = conn->serial;
	if (fault_is_on(conn->line, FAULT_HALF_OPEN, NULL)) {
		if (events & (EPOLLHUP | EPOLLERR))
			conn_close(conn);
		return;
	}
	if (events & EPOLLOUT)
		conn_write(conn);
	if (conn_is(conn, serial) && events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		conn_input(conn);
}

struct conn *
conn_open(struct line *line, int fd)
{
	static uint64_t serials;
	struct conn *conn = unused;
	if (conn != NULL)
		unused = conn->next;
	else if ((conn = calloc(1, sizeof *conn)) == NULL)
		die("out of memory");
	conn->serial = ++serials;
	conn->line = line;
	conn->input_length = conn->output_length = 0;
	conn->is_deaf = false;
	conn->silence = (struct timer){ .fire = conn_silent };
	conn->watch = (struct watch){ .fd = fd, .ready = conn_ready };
	conn->next = line->conns;
	line->conns = conn;
	line->conn_count++;
	watch_start(&conn->watch, EPOLLIN);
	return conn;
}

bool
conn_is(const struct conn *conn, uint64_t serial)
{
	return conn->serial == serial && conn->watch.fd >= 0;
}

void
conn_close(struct conn *conn)
{
	struct line *line = conn->line;
	watch_stop(&conn->watch);
	close(conn->watch.fd);
	conn->watch.fd = -1;
	timer_stop(&conn->silence);
	for (struct conn **at = &line->conns; *at != NULL; at = &(*at)->next) {
		if (*at == conn) {
			*at = conn->next;
			break;
		}
	}
	line->conn_count--;
	conn->next = unused;
	unused = conn;
}

void
conn_reset(struct conn *conn)
{
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	if (conn->line->kind != LINE_PTY) {
		setsockopt(conn->watch.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
		conn_close(conn);
	}
}

/* Bytes for somebody who does not read are lost, as on a wire. */
static void
conn_keep(struct conn *conn, const uint8_t *bytes, size_t length)
{
	if (conn->output_length + length > OUTPUT_MAX || conn->line->kind == LINE_PTY)
		return;
	if (conn->output_room == 0) {
		conn->output_room = OUTPUT_MAX;
		if ((conn->output = malloc(OUTPUT_MAX)) == NULL)
			die("out of memory");
	}
	memcpy(conn->output + conn->output_length, bytes, length);
	conn->output_length += length;
	watch_change(&conn->watch, EPOLLIN | EPOLLOUT);
}

void
conn_send(struct conn *conn, const uint8_t *bytes, size_t length)
{
	ssize_t written = 0;
	if (fault_is_on(conn->line, FAULT_HALF_OPEN, NULL))
		return;
	if (conn->output_length == 0) {
		written = write(conn->watch.fd, bytes, length);
		if (written < 0 && errno != EAGAIN) {
			conn_close(conn);
			return;
		}
		written = written < 0 ? 0 : written;
	}
	if ((size_t)written < length)
		conn_keep(conn, bytes + written, length - (size_t)written);
}
