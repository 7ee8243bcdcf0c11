#include "../../collector/link.c"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <cmocka.h>

#define STEPS_MAX  40
#define TIMEOUT_MS 150 /* the link adds what 48 registers need at 115200 baud, 210 ms at least */

/* How the other side answers one request; zero answers it properly. */
struct step {
	int delay_ms; /* before anything is sent */
	bool is_silent;
	bool closes;		    /* instead of an answer */
	const char *before, *after; /* hex, around the answer */
	int unit_off, function_off, count_off, transaction_off;
	int exception;
	bool is_crc_wrong;
	size_t cut;	/* send only so many bytes */
	int dribble_ms; /* between bytes */
	const char
	    *raw;      /* hex, instead of an answer; RTU: with its checksum; TCP: header is made */
	int babble_ms; /* random bytes for so long, instead of an answer */
	bool is_stale_first; /* TCP: an answer to the request before comes first */
	int wakes_fd;	     /* rings this eventfd instead of answering; 0: none */
};

struct peer {
	enum transport transport;
	int listener, fd, quit_fd;
	uint16_t port;
	char device[128];
	pthread_t thread;
	const struct step *steps;
	size_t step_count;
	const char *greeting; /* hex, sent a little after each connection was made */
	/* what came */
	size_t requests, connections;
	uint8_t request[STEPS_MAX][300];
	size_t lengths[STEPS_MAX];
	int64_t at_us[STEPS_MAX], sent_us[STEPS_MAX];
	bool was_reset;
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
		if (dribble_ms > 0)
			(void)usleep((useconds_t)dribble_ms * 1000);
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
	send_bytes(peer, frame, total, step->dribble_ms);
}

static void
babble(struct peer *peer, int64_t for_ms)
{
	int64_t until = clock_mono() + for_ms;
	uint8_t bytes[7];

	/* Nobody may listen any more. */
	(void)fcntl(peer->fd, F_SETFL, O_NONBLOCK);
	while (clock_mono() < until && !is_readable(peer, -1, 3)) {
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)rand();
		if (write(peer->fd, bytes, sizeof(bytes)) < 0 && errno != EAGAIN)
			return;
	}
}

static void
play(struct peer *peer, const struct step *step, const uint8_t *request, uint16_t transaction)
{
	if (step->delay_ms > 0)
		(void)usleep((useconds_t)step->delay_ms * 1000);
	if (step->wakes_fd != 0) {
		uint64_t one = 1;
		assert(write(step->wakes_fd, &one, sizeof(one)) == sizeof(one));
	}
	if (step->babble_ms > 0)
		babble(peer, step->babble_ms);
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
		size_t index = peer->requests++;
		play(peer, step, request, transaction);
		peer->sent_us[index] = clock_mono_us();
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
			(void)usleep(15000);
			send_bytes(peer, bytes, length, 0);
		}
		serve_connection(peer);
		(void)close(peer->fd);
	}
	return NULL;
}

static void
peer_listen(struct peer *peer)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);

	peer->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(peer->listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(peer->listener, 5), 0);
	assert_int_equal(getsockname(peer->listener, (struct sockaddr *)&address, &size), 0);
	peer->port = ntohs(address.sin_port);
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
		.timeout_ms = TIMEOUT_MS };

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
	(void)close(bench->wake_fd);
	if (bench->peer.listener >= 0)
		(void)close(bench->peer.listener);
	if (bench->slave >= 0) {
		(void)close(bench->slave);
		(void)close(bench->peer.fd);
	}
}

static enum rc
read_from(struct bench *bench, uint8_t unit, uint16_t address, uint16_t count)
{
	uint16_t registers[REGISTERS_MAX];
	enum rc rc = link_read(bench->link, unit, 3, address, count, registers, 0, 0);

	for (size_t i = 0; rc == RC_OK && i < count; i++)
		assert_int_equal(registers[i], address + i);
	return rc;
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

/* ---- what must hold ---- */

static void
registers_are_read_over_each_transport(void **state)
{
	(void)state;
	struct bench bench;

	FOR_EACH_TRANSPORT(t)
	{
		begin(&bench, t, NULL, 0);
		assert_int_equal(read_from(&bench, 1, 0x0200, 48), RC_OK);
		assert_int_equal(read_from(&bench, 247, 0x0073, 125), RC_OK);
		assert_int_equal(read_from(&bench, 17, 0xFFF0, 1), RC_OK);
		static const uint8_t first[] = { 1, 3, 2, 0, 0, 48 };
		assert_memory_equal(bench.peer.request[0], first, sizeof(first));
		end(&bench);
	}
}

static void
each_trouble_has_its_name_and_the_next_request_is_right(void **state)
{
	(void)state;
	const struct {
		struct step step;
		enum rc rc;
		enum trouble trouble;
	} rows[] = {
		{ { .is_silent = true }, RC_TIMEOUT, TROUBLE_TIMEOUT },
		{ { .delay_ms = 260 }, RC_TIMEOUT, TROUBLE_TIMEOUT },
		{ { .unit_off = 1 }, RC_INVALID, TROUBLE_DAMAGED },
		{ { .function_off = 1 }, RC_INVALID, TROUBLE_DAMAGED },
		{ { .count_off = -1 }, RC_INVALID, TROUBLE_DAMAGED },
		{ { .count_off = 1 }, RC_INVALID, TROUBLE_DAMAGED },
		{ { .exception = 2 }, RC_INVALID, TROUBLE_REFUSED },
		{ { .exception = 6 }, RC_INVALID, TROUBLE_REFUSED },
		{ { .exception = 10 }, RC_UNAVAILABLE, TROUBLE_GATEWAY },
		{ { .exception = 11 }, RC_UNAVAILABLE, TROUBLE_GATEWAY },
		{ { .cut = 30 }, RC_TIMEOUT, TROUBLE_TIMEOUT },
	};
	struct bench bench;

	FOR_EACH_TRANSPORT(t)
	for (size_t i = 0; i < COUNT(rows); i++) {
		begin(&bench, t, STEPS({ 0 }, rows[i].step));
		assert_int_equal(read_from(&bench, 5, 0x0200, 48), RC_OK);
		enum rc rc = read_from(&bench, 5, 0x0200, 48);
		expect(&bench, rc, rows[i].rc, rows[i].trouble);
		assert_int_equal(link_exception(bench.link), rows[i].step.exception);
		/* As after a late answer: let it come before the next request. */
		(void)usleep(rows[i].step.delay_ms > 0 ? 100000 : 0);
		assert_int_equal(link_open(bench.link), RC_OK);
		assert_int_equal(read_from(&bench, 6, 0x0300, 20), RC_OK);
		end(&bench);
	}
}

static void
a_wrong_checksum_is_damage(void **state)
{
	(void)state;
	struct bench bench;

	for (int i = 0; i < 2; i++) {
		begin(&bench, i == 0 ? TRANSPORT_RTU : TRANSPORT_RTU_TCP,
		    STEPS({ .is_crc_wrong = true }));
		expect(&bench, read_from(&bench, 5, 0x0200, 48), RC_INVALID, TROUBLE_DAMAGED);
		assert_int_equal(read_from(&bench, 5, 0x0200, 48), RC_OK);
		end(&bench);
	}
}

static void
bytes_before_or_behind_an_answer_do_not_spoil_the_next(void **state)
{
	(void)state;
	struct bench bench;

	FOR_EACH_TRANSPORT(t)
	{
		begin(&bench, t, STEPS({ .before = "00 FF 55" }, { 0 }, { .after = "AA 55 00" }));
		assert_int_not_equal(read_from(&bench, 5, 0x0200, 48), RC_OK);
		assert_int_equal(link_open(bench.link), RC_OK);
		assert_int_equal(read_from(&bench, 5, 0x0210, 48), RC_OK);
		assert_int_equal(read_from(&bench, 5, 0x0220, 48), RC_OK);
		assert_int_equal(read_from(&bench, 5, 0x0230, 48), RC_OK);
		end(&bench);
	}
}

static void
a_late_answer_is_never_taken_for_another(void **state)
{
	(void)state;
	struct bench bench;

	FOR_EACH_TRANSPORT(t)
	{
		/* It comes while the next request waits for its own answer: another unit is asked,
		 * then the same unit for one register less. */
		begin(&bench, t, STEPS({ .delay_ms = 260 }, { .delay_ms = 20 }));
		expect(&bench, read_from(&bench, 5, 0x0100, 48), RC_TIMEOUT, TROUBLE_TIMEOUT);
		assert_int_equal(read_from(&bench, 6, 0x0200, 48), RC_OK);
		assert_int_equal(read_from(&bench, 6, 0x0300, 48), RC_OK);
		end(&bench);
		begin(&bench, t, STEPS({ .delay_ms = 260 }, { .delay_ms = 20 }));
		expect(&bench, read_from(&bench, 5, 0x0100, 48), RC_TIMEOUT, TROUBLE_TIMEOUT);
		assert_int_equal(read_from(&bench, 5, 0x0200, 47), RC_OK);
		assert_int_equal(read_from(&bench, 5, 0x0300, 48), RC_OK);
		end(&bench);
	}
}

static void
a_stale_answer_is_skipped_and_the_stream_stays_in_step(void **state)
{
	(void)state;
	struct bench bench;

	begin(&bench, TRANSPORT_TCP,
	    STEPS(
		{ .is_stale_first = true }, { .transaction_off = 1 }, { .is_stale_first = true }));
	assert_int_equal(read_from(&bench, 5, 0x0200, 48), RC_OK);
	expect(&bench, read_from(&bench, 5, 0x0210, 48), RC_TIMEOUT, TROUBLE_TIMEOUT);
	assert_int_equal(link_open(bench.link), RC_OK);
	assert_int_equal(read_from(&bench, 5, 0x0220, 48), RC_OK);
	assert_int_equal(read_from(&bench, 5, 0x0230, 48), RC_OK);
	end(&bench);
}

static void
what_is_not_modbus_closes_the_connection(void **state)
{
	(void)state;
	struct bench bench;

	begin(&bench, TRANSPORT_TCP, STEPS({ .before = "48 54 54 50 2F 31 2E 31" }));
	expect(&bench, read_from(&bench, 5, 0x0200, 48), RC_INVALID, TROUBLE_DAMAGED);
	assert_false(link_is_open(bench.link));
	assert_int_equal(link_open(bench.link), RC_OK);
	assert_int_equal(read_from(&bench, 5, 0x0200, 48), RC_OK);
	assert_int_equal(bench.peer.connections, 2);
	end(&bench);
}

static void
what_a_server_still_holds_for_its_last_client_is_dropped(void **state)
{
	(void)state;
	struct bench bench;

	begin(&bench, TRANSPORT_RTU_TCP, NULL, 0);
	bench.peer.greeting = "05 03 04 11 11 22 22";
	link_close(bench.link);
	assert_int_equal(link_open(bench.link), RC_OK);
	assert_int_equal(read_from(&bench, 5, 0x0200, 2), RC_OK);
	end(&bench);
}

static void
a_dribbling_device_is_given_up_in_time(void **state)
{
	(void)state;
	struct bench bench;

	FOR_EACH_TRANSPORT(t)
	{
		begin(&bench, t, STEPS({ .dribble_ms = 20 }));
		int64_t began = clock_mono();
		expect(&bench, read_from(&bench, 5, 0x0200, 48), RC_TIMEOUT, TROUBLE_TIMEOUT);
		assert_in_range(clock_mono() - began, 200, 500);
		end(&bench);
	}
}

static void
a_babbling_device_is_noise_and_does_not_hang_the_bus(void **state)
{
	(void)state;
	struct bench bench;

	for (int i = 0; i < 2; i++) {
		begin(&bench, i == 0 ? TRANSPORT_RTU : TRANSPORT_RTU_TCP,
		    STEPS({ .babble_ms = 4000 }));
		int64_t began = clock_mono();
		enum rc rc = RC_OK;
		while (link_trouble(bench.link) != TROUBLE_NOISE && clock_mono() - began < 5000)
			rc = read_from(&bench, 5, 0x0200, 48);
		expect(&bench, rc, RC_UNAVAILABLE, TROUBLE_NOISE);
		assert_in_range(clock_mono() - began, 2000, 3500);
		assert_false(link_is_open(bench.link));
		end(&bench);
	}
}

static void
the_end_of_a_connection_is_told_and_mended_by_opening(void **state)
{
	(void)state;
	struct bench bench;

	for (int i = 0; i < 2; i++) {
		begin(
		    &bench, i == 0 ? TRANSPORT_TCP : TRANSPORT_RTU_TCP, STEPS({ .closes = true }));
		expect(&bench, read_from(&bench, 5, 0x0200, 48), RC_UNAVAILABLE, TROUBLE_OPEN);
		assert_false(link_is_open(bench.link));
		assert_string_not_equal(link_reason(bench.link), "");
		expect(&bench, read_from(&bench, 5, 0x0200, 48), RC_UNAVAILABLE, TROUBLE_OPEN);
		assert_int_equal(link_open(bench.link), RC_OK);
		assert_int_equal(read_from(&bench, 5, 0x0200, 48), RC_OK);
		end(&bench);
	}
}

static void
a_port_that_is_pulled_out_is_told(void **state)
{
	(void)state;
	struct bench bench;

	begin(&bench, TRANSPORT_RTU, NULL, 0);
	assert_int_equal(read_from(&bench, 5, 0x0200, 48), RC_OK);
	uint64_t one = 1;
	assert_int_equal(write(bench.peer.quit_fd, &one, sizeof(one)), sizeof(one));
	(void)pthread_join(bench.peer.thread, NULL);
	(void)close(bench.peer.fd);
	int64_t began = clock_mono();
	expect(&bench, read_from(&bench, 5, 0x0200, 48), RC_UNAVAILABLE, TROUBLE_OPEN);
	assert_true(clock_mono() - began < 200);
	assert_int_equal(link_open(bench.link), RC_UNAVAILABLE);
	expect(&bench, RC_OK, RC_OK, TROUBLE_OPEN);
	link_free(bench.link);
	(void)close(bench.slave);
	(void)close(bench.peer.quit_fd);
	(void)close(bench.wake_fd);
}

static void
a_refused_connection_is_told_at_once(void **state)
{
	(void)state;
	struct peer peer = { .transport = TRANSPORT_TCP };

	peer_listen(&peer);
	(void)close(peer.listener);
	struct link_config config = config_of(&peer);
	struct link *link = link_new(&config, -1);
	assert_int_equal(link_open(link), RC_UNAVAILABLE);
	assert_int_equal(link_trouble(link), TROUBLE_OPEN);
	assert_non_null(strstr(link_reason(link), "refused"));
	link_free(link);

	(void)snprintf(config.host, sizeof(config.host), "gateway.invalid");
	link = link_new(&config, -1);
	int64_t began = clock_mono();
	assert_int_equal(link_open(link), RC_UNAVAILABLE);
	assert_true(clock_mono() - began < 100); /* nobody was asked for the name */
	link_free(link);
}

static void
closing_resets_the_connection(void **state)
{
	(void)state;
	struct bench bench;

	begin(&bench, TRANSPORT_TCP, NULL, 0);
	assert_int_equal(read_from(&bench, 5, 0x0200, 48), RC_OK);
	link_close(bench.link);
	(void)usleep(50000);
	assert_true(bench.peer.was_reset);
	end(&bench);
}

static void
stopping_gives_up_a_request_under_way(void **state)
{
	(void)state;
	struct bench bench;

	FOR_EACH_TRANSPORT(t)
	{
		struct step wake = { .delay_ms = 30 };
		begin(&bench, t, &wake, 1);
		wake.wakes_fd = bench.wake_fd;
		bench.link->config.timeout_ms = 5000;
		int64_t began = clock_mono();
		expect(&bench, read_from(&bench, 5, 0x0200, 48), RC_UNAVAILABLE, TROUBLE_STOPPED);
		assert_true(clock_mono() - began < 400);
		end(&bench);
	}
}

static void
the_line_is_silent_before_each_request(void **state)
{
	(void)state;
	struct bench bench;
	const struct {
		uint32_t baud, gap_ms;
		int64_t silence_us;
	} rows[] = { { 115200, 0, 1750 }, { 9600, 0, 3645 }, { 2400, 0, 14583 },
		{ 115200, 25, 26750 } };

	FOR_EACH_TRANSPORT(t)
	for (size_t i = 0; i < COUNT(rows); i++) {
		begin_with(&bench, t, NULL, 0, rows[i].baud, rows[i].gap_ms);
		for (int k = 0; k < 5; k++)
			assert_int_equal(read_from(&bench, 5, 0x0200, 4), RC_OK);
		for (int k = 1; k < 5; k++) {
			int64_t silence_us = bench.peer.at_us[k] - bench.peer.sent_us[k - 1];
			int64_t wanted_us =
			    t == TRANSPORT_TCP ? rows[i].gap_ms * 1000 : rows[i].silence_us;
			/* The peer notes its time a little after its last byte. */
			assert_true(silence_us >= wanted_us - 500);
		}
		end(&bench);
	}
}

static void
the_clock_of_a_meter_is_set_by_a_raw_exchange(void **state)
{
	(void)state;
	static const uint8_t request[] = { 1, 0x20, 0x03, 0x54, 0, 5, 0x0A, 0, 0x1E, 9, 0, 0x16,
		0x0B, 0x1A, 0, 0, 0 };
	uint8_t answer[64];
	struct bench bench;

	FOR_EACH_TRANSPORT(t)
	{
		/* Fifteen bytes on an RTU line, which libmodbus cannot receive. */
		struct step good = { .raw = "01 20 0A 00 00 00 00 00 00 00 00 00 00" };
		struct step bad = { .raw = "01 A0 02" }, silent = { .is_silent = true };
		char framed[2][80];
		struct step steps[] = { good, bad, silent };
		if (t != TRANSPORT_TCP)
			for (int i = 0; i < 2; i++) { /* raw RTU carries its own checksum */
				uint8_t bytes[32];
				size_t length = unhex(steps[i].raw, bytes);
				uint16_t crc = rtu_crc(bytes, length);
				(void)snprintf(framed[i], sizeof(framed[i]), "%s%02X%02X",
				    steps[i].raw, (unsigned)crc & 0xFF, (unsigned)crc >> 8);
				steps[i].raw = framed[i];
			}
		begin(&bench, t, steps, COUNT(steps));
		size_t length = sizeof(answer);
		assert_int_equal(
		    link_exchange(bench.link, request, sizeof(request), answer, &length, 500),
		    RC_OK);
		assert_int_equal(length, 13);
		assert_int_equal(answer[1], 0x20);
		assert_int_equal(bench.peer.lengths[0], sizeof(request));
		assert_memory_equal(bench.peer.request[0], request, sizeof(request));
		length = sizeof(answer);
		enum rc rc =
		    link_exchange(bench.link, request, sizeof(request), answer, &length, 500);
		expect(&bench, rc, RC_INVALID, TROUBLE_REFUSED);
		assert_int_equal(link_exception(bench.link), 2);
		length = sizeof(answer);
		rc = link_exchange(bench.link, request, sizeof(request), answer, &length, 200);
		expect(&bench, rc, RC_TIMEOUT, TROUBLE_TIMEOUT);
		assert_int_equal(length, 0);
		/* libmodbus goes on reading where the exchange ended. */
		assert_int_equal(read_from(&bench, 1, 0x0200, 48), RC_OK);
		end(&bench);
	}
}

static void
an_exchange_believes_nothing_but_one_whole_frame(void **state)
{
	(void)state;
	static const uint8_t request[] = { 1, 0x20, 0x01, 0, 0, 4, 8, 0, 0, 0x27, 0x10, 0, 5, 0,
		0 };
	static const char *const wrong[] = {
		"01 20 0A 00 00 00 00 00 00 00 00 00 00 00 00", /* checksum */
		"01 20", "01", "02 20 00 48 18",		/* another unit */
	};
	uint8_t answer[64];
	struct bench bench;

	for (size_t i = 0; i < COUNT(wrong); i++) {
		begin(&bench, TRANSPORT_RTU, STEPS({ .raw = wrong[i] }));
		size_t length = sizeof(answer);
		enum rc rc =
		    link_exchange(bench.link, request, sizeof(request), answer, &length, 300);
		expect(&bench, rc, RC_INVALID, TROUBLE_DAMAGED);
		assert_int_equal(read_from(&bench, 1, 0x0200, 48), RC_OK);
		end(&bench);
	}
}

static void
a_slow_line_gets_the_time_its_bytes_need(void **state)
{
	(void)state;
	struct bench bench;

	/* 255 bytes take 2.1 s at 1200 baud; the time-out of the bus is 0.15 s. */
	begin_with(&bench, TRANSPORT_RTU_TCP, STEPS({ .delay_ms = 700 }), 1200, 0);
	assert_int_equal(read_from(&bench, 5, 0x0200, 125), RC_OK);
	end(&bench);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registers_are_read_over_each_transport),
		cmocka_unit_test(each_trouble_has_its_name_and_the_next_request_is_right),
		cmocka_unit_test(a_wrong_checksum_is_damage),
		cmocka_unit_test(bytes_before_or_behind_an_answer_do_not_spoil_the_next),
		cmocka_unit_test(a_late_answer_is_never_taken_for_another),
		cmocka_unit_test(a_stale_answer_is_skipped_and_the_stream_stays_in_step),
		cmocka_unit_test(what_is_not_modbus_closes_the_connection),
		cmocka_unit_test(what_a_server_still_holds_for_its_last_client_is_dropped),
		cmocka_unit_test(a_dribbling_device_is_given_up_in_time),
		cmocka_unit_test(a_babbling_device_is_noise_and_does_not_hang_the_bus),
		cmocka_unit_test(the_end_of_a_connection_is_told_and_mended_by_opening),
		cmocka_unit_test(a_port_that_is_pulled_out_is_told),
		cmocka_unit_test(a_refused_connection_is_told_at_once),
		cmocka_unit_test(closing_resets_the_connection),
		cmocka_unit_test(stopping_gives_up_a_request_under_way),
		cmocka_unit_test(the_line_is_silent_before_each_request),
		cmocka_unit_test(the_clock_of_a_meter_is_set_by_a_raw_exchange),
		cmocka_unit_test(an_exchange_believes_nothing_but_one_whole_frame),
		cmocka_unit_test(a_slow_line_gets_the_time_its_bytes_need),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
