/*
 * line.c - opens and closes the ways to a line, and the faults of a line as a whole.
 */
#define _GNU_SOURCE /* accept4 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "line.h"
#include "registers.h"

#define BABBLE_STEP_US 10000

struct line *lines;

struct line *
line_find(const char *name)
{
	for (struct line *line = lines; line != NULL; line = line->next)
		if (strcmp(line->name, name) == 0)
			return line;
	return NULL;
}

struct meter *
line_meter(const struct line *line, int unit)
{
	return unit >= 0 && unit < 256 ? line->meters[unit] : NULL;
}

static void
listener_ready(struct watch *watch, uint32_t events)
{
	struct line *line = OWNER_OF(watch, struct line, listener);
	int fd, on = 1;
	int64_t most;
	(void)events;
	while (watch->fd >= 0 &&
	       (fd = accept4(watch->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		if (fault_is_on(line, FAULT_MAX_CLIENTS, &most) && line->conn_count >= most) {
			close(fd);
			continue;
		}
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		conn_open(line, fd);
	}
}

static void
listener_open(struct line *line)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)line->port) };
	socklen_t size = sizeof address;
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || inet_pton(AF_INET, line->host, &address.sin_addr) != 1)
		die("line %s: no address: %s", line->name, line->host);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, 128) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) != 0)
		die("line %s: %s:%d: %s", line->name, line->host, line->port, strerror(errno));
	line->port = ntohs(address.sin_port);
	line->listener = (struct watch){ .fd = fd, .ready = listener_ready };
	watch_start(&line->listener, EPOLLIN);
}

static void
pty_open(struct line *line)
{
	int master, slave;
	struct termios raw;
	cfmakeraw(&raw);
	if (openpty(&master, &slave, line->tty, NULL, NULL) != 0 || tcgetattr(slave, &raw) != 0)
		die("line %s: no pty: %s", line->name, strerror(errno));
	cfmakeraw(&raw);
	tcsetattr(slave, TCSANOW, &raw);
	fcntl(master, F_SETFL, O_NONBLOCK);
	fcntl(master, F_SETFD, FD_CLOEXEC);
	fcntl(slave, F_SETFD, FD_CLOEXEC);
	unlink(line->path);
	if (symlink(line->tty, line->path) != 0)
		die("line %s: %s: %s", line->name, line->path, strerror(errno));
	/* Our own end stays open, so that the master does not hang up between two users. */
	line->tty_slave_fd = slave;
	conn_open(line, master);
}

void
line_open(struct line *line)
{
	if (line->kind == LINE_PTY)
		pty_open(line);
	else
		listener_open(line);
}

static void
listener_close(struct line *line)
{
	if (line->listener.fd < 0)
		return;
	watch_stop(&line->listener);
	close(line->listener.fd);
	line->listener.fd = -1;
}

void
line_close(struct line *line)
{
	if (line->kind == LINE_PTY) {
		unlink(line->path);
		close(line->tty_slave_fd);
	} else {
		listener_close(line);
	}
	while (line->conns != NULL)
		conn_close(line->conns);
}

void
line_print(const struct line *line)
{
	if (line->kind == LINE_PTY)
		printf("line %s pty %s\n", line->name, line->tty);
	else
		printf("line %s %s %s:%d\n", line->name, line->kind == LINE_TCP ? "tcp" : "rtutcp",
		    line->host, line->port);
}

static void
babble_fire(struct timer *timer)
{
	struct line *line = OWNER_OF(timer, struct line, babble);
	uint8_t noise[256];
	size_t count = (size_t)(BABBLE_STEP_US / wire_char_us(line, 1));
	count = count < 1 ? 1 : count > sizeof noise ? sizeof noise : count;
	for (size_t i = 0; i < count; i++)
		noise[i] = (uint8_t)random();
	for (struct conn *conn = line->conns, *next; conn != NULL; conn = next) {
		next = conn->next;
		conn_send(conn, noise, count);
	}
	timer_start(timer, timer->at_us + BABBLE_STEP_US);
}

static void
babble_end_fire(struct timer *timer)
{
	struct line *line = OWNER_OF(timer, struct line, babble_end);
	fault_clear(line, UNIT_ANY, FAULT_BABBLE);
}

static void
half_open_begin(struct line *line)
{
	if (line->listener.fd >= 0)
		watch_change(&line->listener, 0);
	for (struct conn *conn = line->conns; conn != NULL; conn = conn->next)
		watch_change(&conn->watch, 0);
}

/* With the power back the gateway knows nothing of the connections it had. */
static void
half_open_end(struct line *line)
{
	if (line->kind == LINE_PTY && line->conns != NULL)
		watch_change(&line->conns->watch, EPOLLIN);
	while (line->kind != LINE_PTY && line->conns != NULL)
		conn_reset(line->conns);
	if (line->listener.fd >= 0)
		watch_change(&line->listener, EPOLLIN);
}

void
line_fault_began(struct line *line, enum fault_kind kind, int64_t argument)
{
	if (kind == FAULT_REFUSE) {
		line_close(line);
	} else if (kind == FAULT_HALF_OPEN) {
		half_open_begin(line);
	} else if (kind == FAULT_BABBLE) {
		line->babble.fire = babble_fire;
		line->babble_end.fire = babble_end_fire;
		timer_start(&line->babble, real_us());
		timer_start(&line->babble_end, real_us() + argument * 1000000);
	}
}

void
line_fault_ended(struct line *line, enum fault_kind kind)
{
	if (kind == FAULT_REFUSE) {
		line_open(line);
	} else if (kind == FAULT_HALF_OPEN) {
		half_open_end(line);
	} else if (kind == FAULT_BABBLE) {
		timer_stop(&line->babble);
		timer_stop(&line->babble_end);
	}
}
