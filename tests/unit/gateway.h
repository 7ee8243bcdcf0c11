/*
 * gateway.h - a Modbus TCP gateway with ADF300 loops, for the tests of a bus. It counts what it was
 * asked; what each meter does can be changed while it runs.
 */
#ifndef VOLTILL_GATEWAY_H
#define VOLTILL_GATEWAY_H

#include "../../collector/bus.c"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <cmocka.h>

#define METERS	   4
#define RESETS_MAX 16

struct gateway {
	int listener, quit_fd;
	uint16_t port;
	pthread_t thread;
	atomic_bool is_dead[METERS + 1];
	atomic_int exception[METERS + 1], type, energy_step;
	atomic_int asked[METERS + 1]; /* for values, [0]: in all */
	atomic_int box[METERS + 1];   /* last digits of the number it shows; 0: refuses to */
	atomic_int box_asked[METERS + 1];
	atomic_int resets; /* connections that are reset at their first request */
	atomic_int connections;
	atomic_int counts; /* bit 0: 48 registers were asked, bit 1: 47 */
	/* Monotonic, of each connection: just after it was made, just before it was reset. */
	int64_t made_at[RESETS_MAX], reset_at[RESETS_MAX];
};

static bool
gateway_waits(struct gateway *gateway, int fd)
{
	struct pollfd polled[] = { { .fd = fd, .events = POLLIN },
		{ .fd = gateway->quit_fd, .events = POLLIN } };

	return poll(polled, 2, -1) > 0 && polled[1].revents == 0;
}

static void
put_register(uint8_t *answer, size_t reg, unsigned value)
{
	answer[9 + 2 * (reg - 0x0200)] = (uint8_t)(value >> 8);
	answer[10 + 2 * (reg - 0x0200)] = (uint8_t)value;
}

/* Eight registers at 0x0903: two counts, then ten digits that begin with 20240000. */
static void
gateway_answer_box(struct gateway *gateway, int fd, const uint8_t *request)
{
	int unit = request[6], box = gateway->box[unit];
	uint8_t answer[25] = { request[0], request[1], 0, 0, 0, 19, request[6], 3, 16, 0, 0, 0, 36,
		0x20, 0x24, 0, 0, (uint8_t)(box / 10 << 4 | box % 10) };
	uint8_t refusal[9] = { request[0], request[1], 0, 0, 0, 3, request[6], 0x83, 2 };

	gateway->box_asked[unit]++;
	(void)!write(fd, box == 0 ? refusal : answer, box == 0 ? sizeof(refusal) : sizeof(answer));
}

static void
gateway_answer(struct gateway *gateway, int fd, const uint8_t *request)
{
	uint8_t answer[300] = { request[0], request[1], 0, 0, 0, 0, request[6], request[7] };
	int unit = request[6], count = request[11], exception = gateway->exception[unit];
	size_t length = 9 + 2 * (size_t)count;

	answer[8] = (uint8_t)(2 * count);
	put_register(answer, 0x0200, (unsigned)gateway->type);
	put_register(answer, 0x0216, (unsigned)(unit * 1000 + gateway->energy_step));
	put_register(answer, 0x0228, 26 << 8 | 11);
	put_register(answer, 0x0229, 22 << 8);
	if (exception != 0) {
		answer[7] |= 0x80;
		answer[8] = (uint8_t)exception;
		length = 9;
	}
	answer[5] = (uint8_t)(length - 6);
	(void)!write(fd, answer, length);
}

static void
gateway_talk(struct gateway *gateway, int fd)
{
	uint8_t request[12];

	while (
	    gateway_waits(gateway, fd) && read(fd, request, sizeof(request)) == sizeof(request)) {
		if (request[8] == 0x09) {
			gateway_answer_box(gateway, fd, request);
			continue;
		}
		gateway->counts |= request[11] == 48 ? 1 : request[11] == 47 ? 2 : 4;
		gateway->asked[0]++;
		gateway->asked[request[6]]++;
		if (gateway->resets > 0) {
			gateway->resets--;
			gateway->reset_at[gateway->connections % RESETS_MAX] = clock_mono();
			return;
		}
		if (!gateway->is_dead[request[6]])
			gateway_answer(gateway, fd, request);
	}
}

static void *
gateway_run(void *argument)
{
	struct gateway *gateway = argument;
	struct linger reset = { 1, 0 };

	while (gateway_waits(gateway, gateway->listener)) {
		int fd = accept(gateway->listener, NULL, NULL);
		gateway->made_at[(gateway->connections + 1) % RESETS_MAX] = clock_mono();
		gateway->connections++;
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		gateway_talk(gateway, fd);
		(void)close(fd);
	}
	return NULL;
}

static int
gateway_bind(uint16_t *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(*port) };
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

static void
gateway_start(struct gateway *gateway)
{
	gateway->quit_fd = eventfd(0, 0);
	gateway->listener = gateway_bind(&gateway->port);
	assert_int_equal(listen(gateway->listener, 5), 0);
	assert_int_equal(pthread_create(&gateway->thread, NULL, gateway_run, gateway), 0);
}

static void
gateway_stop(struct gateway *gateway)
{
	ring(gateway->quit_fd);
	(void)pthread_join(gateway->thread, NULL);
	(void)close(gateway->listener);
	(void)close(gateway->quit_fd);
}

#endif
