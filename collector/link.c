#define _GNU_SOURCE /* ppoll */
#include <assert.h>
#include <errno.h>
#include <modbus/modbus.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "dial.h"
#include "link.h"
#include "mbap.h"
#include "rtu.h"
#include "tcp.h"

#define MS_US		  1000LL
#define FD_LIMIT	  1000	  /* libmodbus calls FD_SET, which aborts at 1024 */
#define CONNECT_MIN_MS	  1000LL  /* a handshake over a mobile line takes longer than an answer */
#define MARGIN_MS	  200LL	  /* answer delay that a slow line is given on top of its bytes */
#define UNSURE_SILENCE_US 40000LL /* after trouble: longer than packing gaps of serial servers */
#define ANSWER_SILENCE_US 40000LL /* the same gaps inside an answer whose length is unknown */
#define NOISE_LIMIT_US	  2000000LL
#define NOISE_NAP_US	  5000 /* lets a flood collect, so that draining it costs little */
#define REGISTERS_MAX	  125

struct link {
	struct link_config config;
	int wake_fd;
	modbus_t *modbus;
	bool is_open;
	bool is_unsure; /* trouble on an RTU line: bytes of it may still come */
	enum trouble trouble;
	int exception;
	int64_t silence_us;   /* 3.5 characters */
	int64_t last_byte_us; /* monotonic, when the line was last busy */
	struct tcp tcp;
	char reason[128];
};

/* One request and its answer: unit, function, data. */
struct exchange {
	const uint8_t *request;
	size_t request_length;
	uint8_t *answer;
	size_t room, length;
	size_t expected; /* bytes on the wire, for the time they need; 0: unknown */
	int64_t timeout_ms, gap_ms;
	bool is_foreign; /* libmodbus cannot receive the answer: read to silence */
};

static const struct {
	const char *name;
	enum rc rc;
} TROUBLE[TROUBLES] = {
	[TROUBLE_NONE] = { "none", RC_OK },
	[TROUBLE_TIMEOUT] = { "timeout", RC_TIMEOUT },
	[TROUBLE_DAMAGED] = { "damaged", RC_INVALID },
	[TROUBLE_REFUSED] = { "refused", RC_INVALID },
	[TROUBLE_GATEWAY] = { "gateway", RC_UNAVAILABLE },
	[TROUBLE_OPEN] = { "open", RC_UNAVAILABLE },
	[TROUBLE_NOISE] = { "noise", RC_UNAVAILABLE },
	[TROUBLE_STOPPED] = { "stopped", RC_UNAVAILABLE },
};

const char *
trouble_name(enum trouble trouble)
{
	return (size_t)trouble < COUNT(TROUBLE) ? TROUBLE[trouble].name : "unknown";
}

static enum rc
fail(struct link *link, enum trouble trouble)
{
	link->trouble = trouble;
	/* Whatever was not received properly may still be on its way. */
	link->is_unsure =
	    trouble != TROUBLE_NONE && trouble != TROUBLE_REFUSED && trouble != TROUBLE_GATEWAY;
	return TROUBLE[trouble].rc;
}

static enum rc
fail_open(struct link *link, const char *what, const char *why)
{
	(void)snprintf(link->reason, sizeof(link->reason), "%.60s: %.60s", what, why);
	link_close(link);
	return fail(link, TROUBLE_OPEN);
}

/* ---- opening and closing ---- */

static bool
is_serial(const struct link *link)
{
	return link->config.transport == TRANSPORT_RTU;
}

static modbus_t *
context_new(const struct link_config *config)
{
	switch (config->transport) {
	case TRANSPORT_TCP:
		return modbus_new_tcp(NULL, config->port);
	case TRANSPORT_RTU_TCP:
		return modbus_new_rtu("/dev/null", (int)config->baud, 'N', 8, 1);
	case TRANSPORT_RTU:
		break;
	}
	return modbus_new_rtu(
	    config->device, (int)config->baud, config->parity, 8, config->stop_bits);
}

struct link *
link_new(const struct link_config *config, int wake_fd)
{
	struct link *link = calloc(1, sizeof(*link));

	assert(config->baud > 0 && config->timeout_ms > 0);
	if (link == NULL || (link->modbus = context_new(config)) == NULL)
		log_fatal("link", "cannot make a Modbus context: %s", modbus_strerror(errno));
	link->config = *config;
	link->wake_fd = wake_fd;
	link->silence_us = rtu_silence_us(config->baud, config->parity, config->stop_bits);
	/* No recovery by libmodbus: it would send again on its own (reliability.md D-25). */
	(void)modbus_set_error_recovery(link->modbus, MODBUS_ERROR_RECOVERY_NONE);
	/* No time-out between bytes: the one of the whole answer bounds a dribbling device (D-24).
	 */
	(void)modbus_set_byte_timeout(link->modbus, 0, 0);
	return link;
}

void
link_free(struct link *link)
{
	if (link == NULL)
		return;
	link_close(link);
	modbus_free(link->modbus);
	free(link);
}

bool
link_is_open(const struct link *link)
{
	return link->is_open;
}

void
link_close(struct link *link)
{
	if (!link->is_open)
		return;
	/* A socket was told to reset when it was made (dial.h), so closing is enough. */
	if (is_serial(link))
		modbus_close(link->modbus);
	else
		(void)close(modbus_get_socket(link->modbus));
	(void)modbus_set_socket(link->modbus, -1);
	link->is_open = false;
}

static enum rc
open_serial(struct link *link)
{
	if (modbus_connect(link->modbus) != 0)
		return fail_open(link, link->config.device, modbus_strerror(errno));
	link->is_open = true;
	(void)modbus_flush(link->modbus);
	return RC_OK;
}

static enum rc
open_socket(struct link *link)
{
	const struct link_config *config = &link->config;
	int64_t timeout_ms =
	    config->timeout_ms > CONNECT_MIN_MS ? config->timeout_ms : CONNECT_MIN_MS;
	char where[sizeof(config->host) + 16];

	(void)snprintf(where, sizeof(where), "%s port %u", config->host, (unsigned)config->port);
	int fd = dial(config->host, config->port, timeout_ms, link->wake_fd);
	if (fd < 0 && errno == ECANCELED)
		return fail(link, TROUBLE_STOPPED);
	if (fd < 0)
		return fail_open(link, where, strerror(errno));
	(void)modbus_set_socket(link->modbus, fd);
	link->is_open = true;
	if (config->transport == TRANSPORT_TCP && !tcp_begin(&link->tcp, fd, link->wake_fd))
		return fail_open(link, where, strerror(errno));
	return RC_OK;
}

enum rc
link_open(struct link *link)
{
	if (link->is_open)
		return RC_OK;
	enum rc rc = is_serial(link) ? open_serial(link) : open_socket(link);
	if (rc != RC_OK)
		return rc;
	if (modbus_get_socket(link->modbus) >= FD_LIMIT)
		return fail_open(link, "too many buses", "use a second collector");
	link->last_byte_us = clock_mono_us();
	link->trouble = TROUBLE_NONE;
	link->is_unsure = true; /* a serial server may still hold bytes for its last client */
	return RC_OK;
}

/* ---- waiting on a line ---- */

enum wait { WAIT_OVER, WAIT_INPUT, WAIT_WOKEN, WAIT_GONE };

/* Waits until the moment until_us, input, or the wake descriptor. */
static enum wait
await_input(const struct link *link, int64_t now_us, int64_t until_us)
{
	struct pollfd polled[] = { { .fd = modbus_get_socket(link->modbus), .events = POLLIN },
		{ .fd = link->wake_fd, .events = POLLIN } };
	int64_t left_us = until_us > now_us ? until_us - now_us : 0;
	struct timespec left = { .tv_sec = left_us / 1000000, .tv_nsec = left_us % 1000000 * 1000 };

	if (ppoll(polled, 2, &left, NULL) < 0)
		return errno == EINTR ? WAIT_INPUT : WAIT_GONE;
	if (polled[1].revents != 0)
		return WAIT_WOKEN;
	/* A socket tells its end by reading; a port that was pulled out is readable for ever. */
	if (polled[0].revents & ~POLLIN && (is_serial(link) || !(polled[0].revents & POLLIN)))
		return WAIT_GONE;
	return polled[0].revents & POLLIN ? WAIT_INPUT : WAIT_OVER;
}

/* Reads what is there. Returns the number of bytes, 0 for none, -1 when the line is gone. */
static ssize_t
take_input(const struct link *link, uint8_t *bytes, size_t room)
{
	ssize_t got = read(modbus_get_socket(link->modbus), bytes, room);

	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	return got == 0 && !is_serial(link) ? -1 : got;
}

/* Throws away what nobody asked for, until the line was silent for as long as the next request
 * needs. Everything read here is a late answer, an echo or noise. */
static enum rc
await_silence(struct link *link, int64_t gap_ms)
{
	int64_t needed_us = link->silence_us + gap_ms * MS_US;
	int64_t now_us = clock_mono_us(), began_us = now_us;
	uint8_t scrap[512];

	if (link->is_unsure && needed_us < link->silence_us + UNSURE_SILENCE_US)
		needed_us = link->silence_us + UNSURE_SILENCE_US;
	for (;; now_us = clock_mono_us()) {
		if (now_us - began_us > NOISE_LIMIT_US + gap_ms * MS_US) {
			link_close(link);
			return fail(link, TROUBLE_NOISE);
		}
		switch (await_input(link, now_us, link->last_byte_us + needed_us)) {
		case WAIT_OVER:
			return RC_OK;
		case WAIT_WOKEN:
			return fail(link, TROUBLE_STOPPED);
		case WAIT_GONE:
			return fail_open(link, "line", "hung up");
		case WAIT_INPUT:
			break;
		}
		ssize_t got = take_input(link, scrap, sizeof(scrap));
		if (got < 0)
			return fail_open(link, "line", "closed by the other side");
		if (got > 0)
			link->last_byte_us = clock_mono_us();
		if (got == (ssize_t)sizeof(scrap))
			(void)usleep(NOISE_NAP_US);
	}
}

/* ---- RTU, on a serial line or through a transparent server ---- */

static int64_t
wire_us(const struct link *link, size_t bytes)
{
	const struct link_config *config = &link->config;

	return rtu_character_us(config->baud, config->parity, config->stop_bits, bytes);
}

/* What a whole exchange may take from now on. */
static int64_t
allowed_us(const struct link *link, const struct exchange *exchange)
{
	int64_t request_us = wire_us(link, exchange->request_length + 2);
	int64_t needed_us = wire_us(link, exchange->expected) + MARGIN_MS * MS_US;
	int64_t timeout_us = exchange->timeout_ms * MS_US;

	return request_us + (timeout_us > needed_us ? timeout_us : needed_us);
}

static enum rc
send_request(struct link *link, const struct exchange *exchange)
{
	enum rc rc = await_silence(link, exchange->gap_ms);

	if (rc != RC_OK)
		return rc;
	(void)modbus_set_slave(link->modbus, exchange->request[0]);
	if (modbus_send_raw_request(
		link->modbus, exchange->request, (int)exchange->request_length) < 0)
		return fail_open(link, "send", modbus_strerror(errno));
	link->last_byte_us = clock_mono_us() + wire_us(link, exchange->request_length + 2);
	return RC_OK;
}

/* Waits for the first byte ourselves, because libmodbus would not see the wake descriptor. */
static enum rc
await_answer(struct link *link, int64_t until_us)
{
	for (;;) {
		switch (await_input(link, clock_mono_us(), until_us)) {
		case WAIT_INPUT:
			return RC_OK;
		case WAIT_OVER:
			return fail(link, TROUBLE_TIMEOUT);
		case WAIT_WOKEN:
			return fail(link, TROUBLE_STOPPED);
		case WAIT_GONE:
			return fail_open(link, "line", "hung up");
		}
	}
}

static enum rc
fail_rtu(struct link *link, int error)
{
	switch (error) {
	case ETIMEDOUT:
		return fail(link, TROUBLE_TIMEOUT);
	case EMBBADCRC:
	case EMBBADDATA:
	case EMBBADEXC:
	case EMBBADSLAVE:
		return fail(link, TROUBLE_DAMAGED);
	default:
		return fail_open(link, "receive", modbus_strerror(error));
	}
}

/* The next frame of a function that libmodbus knows: it finds the length and checks the checksum.
 * A frame of another unit comes back unchecked and with length 0. */
static enum rc
receive_frame(struct link *link, struct exchange *exchange, int64_t until_us)
{
	uint8_t frame[MODBUS_MAX_ADU_LENGTH];
	int64_t left_us = until_us - clock_mono_us();

	if (left_us < MS_US)
		left_us = MS_US;
	(void)modbus_set_response_timeout(
	    link->modbus, (uint32_t)(left_us / 1000000), (uint32_t)(left_us % 1000000));
	int got = modbus_receive_confirmation(link->modbus, frame);
	int error = errno;
	link->last_byte_us = clock_mono_us();
	if (got < 0)
		return fail_rtu(link, error);
	exchange->length = got < 4 ? 0 : (size_t)got - 2;
	if (exchange->length > exchange->room)
		exchange->length = 0;
	memcpy(exchange->answer, frame, exchange->length);
	return RC_OK;
}

static bool
is_answer(const struct exchange *exchange)
{
	const uint8_t *request = exchange->request, *answer = exchange->answer;

	if (exchange->length < 3 || answer[0] != request[0])
		return false;
	return (answer[1] == request[1] && exchange->length + 2 == exchange->expected) ||
	       (answer[1] == (request[1] | 0x80) && exchange->length == 3);
}

/* A whole frame that is not ours is the late answer to an earlier request. Ours still comes: taking
 * it for the answer to the next request is the mistake to avoid (reliability.md D-20). */
static enum rc
receive_known(struct link *link, struct exchange *exchange, int64_t until_us)
{
	bool is_late_seen = false;

	for (;;) {
		enum rc rc = receive_frame(link, exchange, until_us);
		if (rc == RC_TIMEOUT && is_late_seen)
			return fail(link, TROUBLE_DAMAGED);
		if (rc != RC_OK || is_answer(exchange))
			return rc;
		is_late_seen = true;
		if ((rc = await_answer(link, until_us)) != RC_OK)
			return rc == RC_TIMEOUT ? fail(link, TROUBLE_DAMAGED) : rc;
	}
}

/* The answer of any other function: everything until the line is silent must be one frame. */
static enum rc
receive_foreign(struct link *link, struct exchange *exchange, int64_t until_us)
{
	uint8_t frame[RTU_FRAME_MAX + 1];
	size_t length = 0;

	for (;;) {
		ssize_t got = take_input(link, frame + length, sizeof(frame) - length);
		if (got < 0)
			return fail_open(link, "line", "closed by the other side");
		int64_t now_us = clock_mono_us();
		if (got > 0)
			link->last_byte_us = now_us;
		length += (size_t)got;
		if (length == sizeof(frame))
			return fail(link, TROUBLE_DAMAGED);
		if (now_us >= until_us)
			return fail(link, TROUBLE_TIMEOUT);
		enum wait wait = await_input(
		    link, now_us, link->last_byte_us + link->silence_us + ANSWER_SILENCE_US);
		if (wait == WAIT_WOKEN)
			return fail(link, TROUBLE_STOPPED);
		if (wait == WAIT_GONE)
			return fail_open(link, "line", "hung up");
		if (wait == WAIT_OVER)
			break;
	}
	if (!rtu_is_frame(frame, length) || length - 2 > exchange->room)
		return fail(link, TROUBLE_DAMAGED);
	exchange->length = length - 2;
	memcpy(exchange->answer, frame, exchange->length);
	return RC_OK;
}

static enum rc
exchange_rtu(struct link *link, struct exchange *exchange)
{
	enum rc rc = send_request(link, exchange);

	if (rc != RC_OK)
		return rc;
	int64_t until_us = clock_mono_us() + allowed_us(link, exchange);
	if ((rc = await_answer(link, until_us)) != RC_OK)
		return rc;
	return exchange->is_foreign ? receive_foreign(link, exchange, until_us)
				    : receive_known(link, exchange, until_us);
}

/* ---- Modbus TCP ---- */

/* The pause that gateway or meter want between requests. */
static enum rc
await_gap(struct link *link, int64_t gap_ms)
{
	struct pollfd polled = { .fd = link->wake_fd, .events = POLLIN };

	for (;;) {
		int64_t left_us = link->last_byte_us + gap_ms * MS_US - clock_mono_us();
		if (left_us <= 0)
			return RC_OK;
		struct timespec left = { .tv_sec = left_us / 1000000,
			.tv_nsec = left_us % 1000000 * 1000 };
		if (ppoll(&polled, 1, &left, NULL) > 0)
			return fail(link, TROUBLE_STOPPED);
	}
}

static enum rc
exchange_tcp(struct link *link, struct exchange *exchange)
{
	enum rc rc = exchange->gap_ms > 0 ? await_gap(link, exchange->gap_ms) : RC_OK;

	if (rc != RC_OK)
		return rc;
	exchange->length = exchange->room;
	enum trouble trouble = tcp_exchange(&link->tcp, exchange->request, exchange->request_length,
	    exchange->answer, &exchange->length, clock_mono_us() + allowed_us(link, exchange));
	if (exchange->gap_ms > 0)
		link->last_byte_us = clock_mono_us();
	if (trouble == TROUBLE_OPEN)
		return fail_open(link, "connection", link->tcp.reason);
	if (trouble != TROUBLE_NONE && link->tcp.is_lost)
		link_close(link);
	return fail(link, trouble);
}

/* ---- requests ---- */

/* The answer must come from the unit that was asked, for the function that was asked. */
static enum rc
check_answer(struct link *link, const struct exchange *exchange)
{
	const uint8_t *request = exchange->request, *answer = exchange->answer;

	if (answer[0] != request[0])
		return fail(link, TROUBLE_DAMAGED);
	if (answer[1] == (request[1] | 0x80) && exchange->length == 3) {
		link->exception = answer[2];
		bool is_gateway = answer[2] == MODBUS_EXCEPTION_GATEWAY_PATH ||
				  answer[2] == MODBUS_EXCEPTION_GATEWAY_TARGET;
		return fail(link, is_gateway ? TROUBLE_GATEWAY : TROUBLE_REFUSED);
	}
	return fail(link, answer[1] == request[1] ? TROUBLE_NONE : TROUBLE_DAMAGED);
}

static enum rc
run(struct link *link, struct exchange *exchange)
{
	enum rc rc;

	link->exception = 0;
	if (!link->is_open)
		return fail_open(link, "line", "not open");
	if (exchange->timeout_ms == 0)
		exchange->timeout_ms = link->config.timeout_ms;
	if (exchange->gap_ms < link->config.gap_ms)
		exchange->gap_ms = link->config.gap_ms;
	rc = link->config.transport == TRANSPORT_TCP ? exchange_tcp(link, exchange)
						     : exchange_rtu(link, exchange);
	return rc == RC_OK ? check_answer(link, exchange) : rc;
}

enum rc
link_read(struct link *link, uint8_t unit, uint8_t function, uint16_t address, uint16_t count,
    uint16_t *registers, uint32_t timeout_ms, uint32_t min_gap_ms)
{
	uint8_t request[] = { unit, function, (uint8_t)(address >> 8), (uint8_t)address,
		(uint8_t)(count >> 8), (uint8_t)count };
	uint8_t answer[MBAP_PDU_MAX];
	struct exchange exchange = { .request = request,
		.request_length = sizeof(request),
		.answer = answer,
		.room = sizeof(answer),
		.expected = 5 + 2 * (size_t)count,
		.timeout_ms = timeout_ms,
		.gap_ms = min_gap_ms };

	assert(unit >= 1 && unit <= 247 && count >= 1 && count <= REGISTERS_MAX);
	assert(function == MODBUS_FC_READ_HOLDING_REGISTERS ||
	       function == MODBUS_FC_READ_INPUT_REGISTERS);
	enum rc rc = run(link, &exchange);
	if (rc != RC_OK)
		return rc;
	if (exchange.length != 3 + 2 * (size_t)count || answer[2] != 2 * count)
		return fail(link, TROUBLE_DAMAGED);
	for (size_t i = 0; i < count; i++)
		registers[i] = (uint16_t)(answer[3 + 2 * i] << 8 | answer[4 + 2 * i]);
	return RC_OK;
}

enum rc
link_exchange(struct link *link, const uint8_t *request, size_t request_length, uint8_t *answer,
    size_t *length, uint32_t timeout_ms)
{
	struct exchange exchange = { .request = request,
		.request_length = request_length,
		.answer = answer,
		.room = *length,
		.expected = *length + 2,
		.timeout_ms = timeout_ms,
		.is_foreign = true };

	assert(request_length >= 2 && request_length <= MBAP_PDU_MAX && *length >= 3);
	*length = 0;
	enum rc rc = run(link, &exchange);
	if (rc == RC_OK)
		*length = exchange.length;
	return rc;
}

enum trouble
link_trouble(const struct link *link)
{
	return link->trouble;
}

int
link_exception(const struct link *link)
{
	return link->exception;
}

const char *
link_reason(const struct link *link)
{
	return link->reason;
}
