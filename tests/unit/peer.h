/*
 * peer.h - the other side of a link, for its tests: answers each request as a table of steps says,
 * on a pty, as a serial server, or as a Modbus TCP gateway.
 */
#ifndef VOLTILL_PEER_H
#define VOLTILL_PEER_H

#include "../../collector/link.c"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <cmocka.h>

#define STEPS_MAX 40

/* Tests run on busy machines, where any thread may stand still for a second. So the link waits long
 * where an answer comes, which costs nothing, and shortly only where none can come in that time. */
#define PATIENCE_MS 20000
#define SHORT_MS    150	 /* the link makes it 210: what 48 registers need at 115200 baud */
#define STALL_MS    1200 /* what was sent at once is there after this, yet more is waited for */

/* How the other side answers one request; zero answers it properly. */
struct step {
	int delay_ms;	  /* before anything is sent */
	bool awaits_word; /* answers after peer_tell */
	bool awaits_next; /* answers after the next request was sent */
	bool is_silent;
	bool closes;		    /* instead of an answer */
	const char *before, *after; /* hex, around the answer */
	int unit_off, function_off, count_off, transaction_off;
	int exception;
	bool is_crc_wrong;
	size_t cut;	/* send only so many bytes */
	int dribble_ms; /* between bytes */
	const char
	    *raw; /* hex, instead of an answer; RTU: with its checksum; TCP: header is made */
	int babble_bytes, babble_pause_ms; /* a burst and how often, made up for when it is late */
	int babble_ms;			   /* random bytes for so long, instead of an answer */
	bool is_stale_first;		   /* TCP: an answer to the request before comes first */
	int wakes_fd;			   /* rings this eventfd instead of answering; 0: none */
};

struct peer {
	enum transport transport;
	int listener, fd, quit_fd, word_fd;
	uint16_t port;
	char device[128];
	pthread_t thread;
	const struct step *steps;
	size_t step_count;
	const char *greeting; /* hex, sent when a connection was made */
	/* what came */
	size_t requests, connections;
	uint8_t request[STEPS_MAX][300];
	size_t lengths[STEPS_MAX];
	int64_t at_us[STEPS_MAX];   /* when the whole request was there */
	int64_t sent_us[STEPS_MAX]; /* just before its answer was sent */
	atomic_size_t served;	    /* requests that all was sent for */
	atomic_bool was_reset;
};

/* ---- the other side ---- */

static size_t
unhex(const char *hex, uint8_t *bytes)
{
	size_t length = 0;

	for (; hex[0] != '\0'; hex += 2) {
		while (*hex == ' ')
			hex++;
		unsigned value;
		assert(sscanf(hex, "%2x", &value) == 1);
		bytes[length++] = (uint8_t)value;
	}
	return length;
}

static bool
is_readable(struct peer *peer, int fd, int64_t timeout_ms)
{
	struct pollfd polled[] = { { .fd = fd, .events = POLLIN },
		{ .fd = peer->quit_fd, .events = POLLIN } };

	return poll(polled, 2, (int)timeout_ms) > 0 && polled[1].revents == 0;
}

static bool
is_told_to_quit(struct peer *peer, int64_t timeout_ms)
{
	struct pollfd polled = { .fd = peer->quit_fd, .events = POLLIN };

	return poll(&polled, 1, (int)timeout_ms) > 0;
}

/* A whole request without framing: unit, function, data. 0 at the end of the connection. */
static size_t
receive_request(struct peer *peer, uint8_t *bytes, uint16_t *transaction)
{
	bool is_tcp = peer->transport == TRANSPORT_TCP;
	size_t length = 0, needed = is_tcp ? 6 : 8;

	while (length < needed) {
		if (!is_readable(peer, peer->fd, -1))
			return 0;
		ssize_t got = read(peer->fd, bytes + length, needed - length);
		if (got <= 0) {
			peer->was_reset = got < 0 && errno == ECONNRESET;
			return 0;
		}
		length += (size_t)got;
		if (is_tcp && length == 6)
			needed = 6 + bytes[5];
		if (!is_tcp && length == 8 && bytes[1] == 0x20)
			needed = 9 + bytes[6];
	}
	peer->at_us[peer->requests] = clock_mono_us();
	if (!is_tcp)
		return length - 2;
	*transaction = (uint16_t)(bytes[0] << 8 | bytes[1]);
	memmove(bytes, bytes + 6, length - 6);
	return length - 6;
}

static void
send_bytes(struct peer *peer, const uint8_t *bytes, size_t length, int dribble_ms)
{
	for (size_t sent = 0; sent < length;) {
		size_t now = dribble_ms > 0 ? 1 : length - sent;
		if (write(peer->fd, bytes + sent, now) < 0)
			return;
		sent += now;
		if (dribble_ms > 0 && is_told_to_quit(peer, dribble_ms))
			return;
	}
}

static void
send_answer(
    struct peer *peer, const struct step *step, const uint8_t *request, uint16_t transaction)
{
	uint8_t bytes[600], *pdu, frame[600];
	size_t before = step->before != NULL ? unhex(step->before, frame) : 0, length = 3;

	pdu = bytes + MBAP_PREFIX;
	pdu[0] = (uint8_t)(request[0] + step->unit_off);
	pdu[1] = (uint8_t)(request[1] + step->function_off);
	int count = request[5] + step->count_off;
	pdu[2] = (uint8_t)(2 * count);
	for (int i = 0; i < count; i++) { /* each register holds its address */
		int value = (request[2] << 8 | request[3]) + i;
		pdu[length++] = (uint8_t)(value >> 8);
		pdu[length++] = (uint8_t)value;
	}
	if (step->exception != 0) {
		pdu[1] |= 0x80;
		pdu[2] = (uint8_t)step->exception;
		length = 3;
	}
	if (step->raw != NULL)
		length = unhex(step->raw, pdu);
	size_t total;
	if (peer->transport == TRANSPORT_TCP) {
		transaction = (uint16_t)(transaction + step->transaction_off);
		uint8_t head[] = { (uint8_t)(transaction >> 8), (uint8_t)transaction, 0, 0,
			(uint8_t)(length >> 8), (uint8_t)length };
		memcpy(frame + before, head, sizeof(head));
		memcpy(frame + before + sizeof(head), pdu, length);
		total = before + sizeof(head) + length;
	} else {
		uint16_t crc = rtu_crc(pdu, length);
		memcpy(frame + before, pdu, length);
		total = before + length;
		if (step->raw == NULL) {
			frame[total++] = (uint8_t)(crc + step->is_crc_wrong);
			frame[total++] = (uint8_t)(crc >> 8);
		}
	}
	if (step->cut > 0)
		total = step->cut;
	if (step->after != NULL)
		total += unhex(step->after, frame + total);
	peer->sent_us[peer->requests - 1] = clock_mono_us();
	send_bytes(peer, frame, total, step->dribble_ms);
}

/* As many bytes as the time that passed asks for, so that a late burst is a larger one. */
static void
babble(struct peer *peer, const struct step *step)
{
	int64_t began = clock_mono(), lasted = 0;
	size_t sent = 0;
	uint8_t bytes[4096];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)rand();
	/* Nobody may listen any more. */
	(void)fcntl(peer->fd, F_SETFL, O_NONBLOCK);
	while (lasted < step->babble_ms && !is_told_to_quit(peer, step->babble_pause_ms)) {
		lasted = clock_mono() - began;
		size_t due = (size_t)(lasted / step->babble_pause_ms) * step->babble_bytes - sent;
		if (due > sizeof(bytes))
			due = sizeof(bytes);
		ssize_t got = write(peer->fd, bytes, due);
		if (got < 0 && errno != EAGAIN)
			return;
		sent += got < 0 ? 0 : (size_t)got;
	}
}

static void
play(struct peer *peer, const struct step *step, const uint8_t *request, uint16_t transaction)
{
	if (step->delay_ms > 0)
		(void)usleep((useconds_t)step->delay_ms * 1000);
	if ((step->awaits_word && !is_readable(peer, peer->word_fd, -1)) ||
	    (step->awaits_next && !is_readable(peer, peer->fd, -1)))
		return;
	uint64_t word;
	if (step->awaits_word)
		assert(read(peer->word_fd, &word, sizeof(word)) == sizeof(word));
	if (step->wakes_fd != 0) {
		uint64_t one = 1;
		assert(write(step->wakes_fd, &one, sizeof(one)) == sizeof(one));
	}
	if (step->babble_ms > 0)
		babble(peer, step);
	if (step->is_stale_first) {
		struct step stale = { .transaction_off = -1 };
		send_answer(peer, &stale, request, transaction);
	}
	if (!step->is_silent && !step->closes && step->babble_ms == 0 && step->wakes_fd == 0)
		send_answer(peer, step, request, transaction);
}

static void
serve_connection(struct peer *peer)
{
	static const struct step PROPER;
	uint16_t transaction = 0;

	while (peer->requests < STEPS_MAX) {
		uint8_t *request = peer->request[peer->requests];
		size_t length = receive_request(peer, request, &transaction);
		if (length == 0)
			return;
		peer->lengths[peer->requests] = length;
		const struct step *step =
		    peer->requests < peer->step_count ? &peer->steps[peer->requests] : &PROPER;
		peer->requests++;
		play(peer, step, request, transaction);
		peer->served++;
		if (step->closes)
			return;
	}
}

static void *
serve(void *argument)
{
	struct peer *peer = argument;

	if (peer->transport == TRANSPORT_RTU) {
		serve_connection(peer);
		return NULL;
	}
	while (is_readable(peer, peer->listener, -1)) {
		peer->fd = accept(peer->listener, NULL, NULL);
		peer->connections++;
		if (peer->greeting != NULL) {
			uint8_t bytes[64];
			size_t length = unhex(peer->greeting, bytes);
			send_bytes(peer, bytes, length, 0);
		}
		serve_connection(peer);
		(void)close(peer->fd);
	}
	return NULL;
}

/* Lets a step with awaits_word answer. */
static void
peer_tell(struct peer *peer)
{
	uint64_t one = 1;

	assert_int_equal(write(peer->word_fd, &one, sizeof(one)), sizeof(one));
}

/* A port nobody else gets, where connections are refused. */
static void
peer_bind(struct peer *peer)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);

	peer->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(peer->listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(getsockname(peer->listener, (struct sockaddr *)&address, &size), 0);
	peer->port = ntohs(address.sin_port);
}

static void
peer_listen(struct peer *peer)
{
	peer_bind(peer);
	assert_int_equal(listen(peer->listener, 5), 0);
}

/* ---- one test: a peer and a link to it ---- */

struct bench {
	struct peer peer;
	struct link *link;
	int wake_fd, slave;
};

static struct link_config
config_of(const struct peer *peer)
{
	struct link_config config = { .transport = peer->transport,
		.host = "127.0.0.1",
		.port = peer->port,
		.baud = 115200,
		.parity = 'N',
		.stop_bits = 1,
		.timeout_ms = PATIENCE_MS };

	(void)snprintf(config.device, sizeof(config.device), "%s", peer->device);
	return config;
}

static void
begin_with(struct bench *bench, enum transport transport, const struct step *steps, size_t count,
    uint32_t baud, uint32_t gap_ms)
{
	struct peer *peer = &bench->peer;

	*bench = (struct bench){ .peer = { .transport = transport,
				     .steps = steps,
				     .step_count = count,
				     .listener = -1,
				     .fd = -1 },
		.slave = -1 };
	peer->quit_fd = eventfd(0, 0);
	peer->word_fd = eventfd(0, 0);
	bench->wake_fd = eventfd(0, 0);
	if (transport == TRANSPORT_RTU) {
		struct termios raw;
		assert_int_equal(openpty(&peer->fd, &bench->slave, peer->device, NULL, NULL), 0);
		assert_int_equal(tcgetattr(bench->slave, &raw), 0);
		cfmakeraw(&raw);
		assert_int_equal(tcsetattr(bench->slave, TCSANOW, &raw), 0);
	} else {
		peer_listen(peer);
	}
	assert_int_equal(pthread_create(&peer->thread, NULL, serve, peer), 0);
	struct link_config config = config_of(peer);
	config.baud = baud;
	config.gap_ms = gap_ms;
	bench->link = link_new(&config, bench->wake_fd);
	assert_int_equal(link_open(bench->link), RC_OK);
}

static void
begin(struct bench *bench, enum transport transport, const struct step *steps, size_t count)
{
	begin_with(bench, transport, steps, count, 115200, 0);
}

static void
end(struct bench *bench)
{
	uint64_t one = 1;

	link_free(bench->link);
	assert_int_equal(write(bench->peer.quit_fd, &one, sizeof(one)), sizeof(one));
	(void)pthread_join(bench->peer.thread, NULL);
	(void)close(bench->peer.quit_fd);
	(void)close(bench->peer.word_fd);
	(void)close(bench->wake_fd);
	if (bench->peer.listener >= 0)
		(void)close(bench->peer.listener);
	if (bench->slave >= 0) {
		(void)close(bench->slave);
		(void)close(bench->peer.fd);
	}
}

/* timeout_ms 0: that of the bus, PATIENCE_MS. */
static enum rc
read_within(
    struct bench *bench, uint8_t unit, uint16_t address, uint16_t count, uint32_t timeout_ms)
{
	uint16_t registers[REGISTERS_MAX];
	enum rc rc = link_read(bench->link, unit, 3, address, count, registers, timeout_ms, 0);

	for (size_t i = 0; rc == RC_OK && i < count; i++)
		assert_int_equal(registers[i], address + i);
	return rc;
}

static enum rc
read_from(struct bench *bench, uint8_t unit, uint16_t address, uint16_t count)
{
	return read_within(bench, unit, address, count, 0);
}

/* Waits until the peer did all it wants to do for so many requests. */
static void
await_served(struct bench *bench, size_t requests)
{
	for (int64_t until = clock_mono() + PATIENCE_MS; bench->peer.served < requests;) {
		assert_true(clock_mono() < until);
		(void)usleep(1000);
	}
}

/* Waits until bytes that nobody took lie at the link. */
static void
await_bytes(struct bench *bench)
{
	struct pollfd polled = { .fd = modbus_get_socket(bench->link->modbus), .events = POLLIN };

	assert_int_equal(poll(&polled, 1, PATIENCE_MS), 1);
}

static void
expect(struct bench *bench, enum rc rc, enum rc wanted, enum trouble trouble)
{
	assert_int_equal(link_trouble(bench->link), trouble);
	assert_int_equal(rc, wanted);
}

#define FOR_EACH_TRANSPORT(t) for (enum transport t = TRANSPORT_RTU; t <= TRANSPORT_RTU_TCP; t++)
#define STEPS(...) \
	(const struct step[]){ __VA_ARGS__ }, COUNT(((const struct step[]){ __VA_ARGS__ }))

#endif
