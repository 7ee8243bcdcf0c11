#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dial.h"

/* A cable that was pulled is found by unacknowledged data, a silent one by three lost probes. */
#define USER_TIMEOUT_MS	   5000
#define KEEPALIVE_IDLE_S   10
#define KEEPALIVE_PERIOD_S 5
#define KEEPALIVE_COUNT	   3

static void
set_number(int fd, int level, int name, int value)
{
	/* A kernel that refuses one of these still gives a working connection. */
	(void)setsockopt(fd, level, name, &value, sizeof(value));
}

static void
set_options(int fd)
{
	struct linger reset = { .l_onoff = 1, .l_linger = 0 };

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	set_number(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_number(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set_number(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, USER_TIMEOUT_MS);
	set_number(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S);
	set_number(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_PERIOD_S);
	set_number(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_COUNT);
}

/* 0 or an errno. */
static int
await_connected(int fd, int64_t timeout_ms, int wake_fd)
{
	struct pollfd polled[] = { { .fd = fd, .events = POLLOUT },
		{ .fd = wake_fd, .events = POLLIN } };
	int error = 0;
	socklen_t size = sizeof(error);

	int ready = poll(polled, 2, (int)timeout_ms);
	if (ready < 0)
		return errno;
	if (ready == 0)
		return ETIMEDOUT;
	if (polled[0].revents == 0)
		return ECANCELED;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

static int
connect_address(const struct addrinfo *address, int64_t timeout_ms, int wake_fd)
{
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	set_options(fd);
	int error = connect(fd, address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno;
	if (error == EINPROGRESS)
		error = await_connected(fd, timeout_ms, wake_fd);
	if (error == 0)
		return fd;
	(void)close(fd);
	errno = error;
	return -1;
}

int
dial(const char *host, uint16_t port, int64_t timeout_ms, int wake_fd)
{
	/* Names are not looked up: a resolver may hang for minutes (reliability.md B-34). */
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *address;
	char service[8];

	(void)snprintf(service, sizeof(service), "%u", (unsigned)port);
	if (getaddrinfo(host, service, &hints, &address) != 0) {
		errno = EADDRNOTAVAIL;
		return -1;
	}
	int fd = connect_address(address, timeout_ms, wake_fd);
	int error = errno;
	freeaddrinfo(address);
	errno = error;
	return fd;
}
