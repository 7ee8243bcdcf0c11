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
#include "line.h"
#include "link.h"
#include "mbap.h"
#include "rtu.h"
#include "tcp.h"

#define MS_US	       1000LL
#define FD_LIMIT       1000   /* libmodbus calls FD_SET, which aborts at 1024 */
#define CONNECT_MIN_MS 1000LL /* a handshake over a mobile line takes longer than an answer */
#define MARGIN_MS      200LL  /* answer delay that a slow line is given on top of its bytes */
#define OTHERS_MAX     3      /* frames of others before ours; more than that is babble */
#define REGISTERS_MAX  125

struct link {
	struct link_config config;
	modbus_t *modbus;
	struct line line; /* RTU */
	struct tcp tcp;	  /* Modbus TCP */
	bool is_open;
	bool has_sent; /* a part of the last request, perhaps */
	enum trouble trouble;
	int exception;
	int error;		/* errno of the last TROUBLE_OPEN */
	int64_t patience_ms;	/* see link_set_patience */
	int64_t last_answer_us; /* Modbus TCP with a gap */
	char reason[128];
};

/* One request and its answer: unit, function, data. */
struct exchange {
	const uint8_t *request;
	size_t request_length;
	uint8_t *answer;
	size_t room, length;
	size_t expected; /* bytes on the wire, for the time they need */
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
	return TROUBLE[trouble].rc;
}

static enum rc
fail_open(struct link *link, const char *what, const char *why)
{
	link->error = errno;
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
	link->tcp.wake_fd = wake_fd;
	line_init(&link->line, config, wake_fd);
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
	int fd = dial(config->host, config->port, timeout_ms, link->tcp.wake_fd);
	if (fd < 0 && errno == ECANCELED)
		return fail(link, TROUBLE_STOPPED);
	if (fd < 0)
		return fail_open(link, where, strerror(errno));
	(void)modbus_set_socket(link->modbus, fd);
	link->is_open = true;
	if (config->transport == TRANSPORT_TCP && !tcp_begin(&link->tcp, fd))
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
	line_opened(&link->line, modbus_get_socket(link->modbus));
	return fail(link, TROUBLE_NONE);
}

/* ---- RTU, on a serial line or through a transparent server ---- */

/* What a whole exchange may take from now on. */
static int64_t
allowed_us(const struct link *link, const struct exchange *exchange)
{
	int64_t request_us = line_wire_us(&link->line, exchange->request_length + 2);
	int64_t needed_us = line_wire_us(&link->line, exchange->expected) + MARGIN_MS * MS_US;
	int64_t timeout_us = exchange->timeout_ms * MS_US;

	if (link->patience_ms != 0)
		return link->patience_ms * MS_US;
	return request_us + (timeout_us > needed_us ? timeout_us : needed_us);
}

static enum trouble
send_request(struct link *link, const struct exchange *exchange)
{
	struct line *line = &link->line;
	enum trouble trouble = line_await_silence(line, exchange->gap_ms);

	if (trouble != TROUBLE_NONE)
		return trouble;
	(void)modbus_set_slave(link->modbus, exchange->request[0]);
	link->has_sent = true;
	if (modbus_send_raw_request(
		link->modbus, exchange->request, (int)exchange->request_length) < 0) {
		line->reason = modbus_strerror(errno);
		return TROUBLE_OPEN;
	}
	line->last_byte_us = clock_mono_us() + line_wire_us(line, exchange->request_length + 2);
	return TROUBLE_NONE;
}

static enum trouble
trouble_of(struct link *link, int error)
{
	if (error == ETIMEDOUT)
		return TROUBLE_TIMEOUT;
	if (error > MODBUS_ENOBASE)
		return TROUBLE_DAMAGED;
	link->line.reason = modbus_strerror(error);
	return TROUBLE_OPEN;
}

/* The next frame of a function that libmodbus knows: it finds the length and checks the checksum.
 * A frame of another unit comes back unchecked and with length 0. */
static enum trouble
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
	link->line.last_byte_us = clock_mono_us();
	if (got < 0)
		return trouble_of(link, error);
	exchange->length = got < 4 ? 0 : (size_t)got - 2;
	if (exchange->length > exchange->room)
		exchange->length = 0;
	memcpy(exchange->answer, frame, exchange->length);
	return TROUBLE_NONE;
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
static enum trouble
receive_known(struct link *link, struct exchange *exchange, int64_t until_us)
{
	enum trouble trouble = TROUBLE_NONE;
	int others = 0;

	while (trouble == TROUBLE_NONE) {
		/* We wait for the first byte, because libmodbus would not see the wake descriptor.
		 */
		trouble = line_await_input(&link->line, until_us);
		if (trouble == TROUBLE_NONE)
			trouble = receive_frame(link, exchange, until_us);
		if (trouble == TROUBLE_NONE && is_answer(exchange))
			return TROUBLE_NONE;
		if (trouble == TROUBLE_NONE && ++others == OTHERS_MAX)
			return TROUBLE_DAMAGED;
	}
	return trouble == TROUBLE_TIMEOUT && others > 0 ? TROUBLE_DAMAGED : trouble;
}

/* The answer of any other function: everything until the line is silent must be one frame. */
static enum trouble
receive_foreign(struct link *link, struct exchange *exchange, int64_t until_us)
{
	uint8_t frame[RTU_FRAME_MAX + 1];
	size_t length = 0;
	enum trouble trouble = line_await_input(&link->line, until_us);

	if (trouble == TROUBLE_NONE)
		trouble = line_receive(&link->line, frame, sizeof(frame), &length, until_us);
	if (trouble != TROUBLE_NONE)
		return trouble;
	if (!rtu_is_frame(frame, length) || length - 2 > exchange->room)
		return TROUBLE_DAMAGED;
	exchange->length = length - 2;
	memcpy(exchange->answer, frame, exchange->length);
	return TROUBLE_NONE;
}

static enum rc
exchange_rtu(struct link *link, struct exchange *exchange)
{
	enum trouble trouble = send_request(link, exchange);

	if (trouble == TROUBLE_NONE) {
		int64_t until_us = clock_mono_us() + allowed_us(link, exchange);
		trouble = exchange->is_foreign ? receive_foreign(link, exchange, until_us)
					       : receive_known(link, exchange, until_us);
	}
	/* Whatever was not received properly may still be on its way. */
	link->line.is_unsure = trouble != TROUBLE_NONE;
	if (trouble == TROUBLE_NONE)
		link->line.noise.last_us = 0;
	if (trouble == TROUBLE_OPEN)
		return fail_open(link, "line", link->line.reason);
	if (trouble == TROUBLE_NOISE)
		link_close(link);
	return fail(link, trouble);
}

/* ---- Modbus TCP ---- */

/* The pause that gateway or meter want between requests. */
static enum rc
await_gap(struct link *link, int64_t gap_ms)
{
	struct pollfd polled = { .fd = link->tcp.wake_fd, .events = POLLIN };

	for (;;) {
		int64_t left_us = link->last_answer_us + gap_ms * MS_US - clock_mono_us();
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
	link->has_sent = true;
	enum trouble trouble = tcp_exchange(&link->tcp, exchange->request, exchange->request_length,
	    exchange->answer, &exchange->length, clock_mono_us() + allowed_us(link, exchange));
	if (exchange->gap_ms > 0)
		link->last_answer_us = clock_mono_us();
	if (trouble == TROUBLE_OPEN)
		return fail_open(link, "connection", link->tcp.reason);
	if (trouble != TROUBLE_NONE && link->tcp.is_lost)
		link_close(link);
	return fail(link, trouble);
}

/* ---- requests ---- */

void
link_set_patience(struct link *link, int64_t patience_ms)
{
	link->patience_ms = patience_ms;
}

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
	link->has_sent = false;
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

bool
link_has_sent(const struct link *link)
{
	return link->has_sent;
}

int
link_error(const struct link *link)
{
	return link->error;
}

const char *
link_reason(const struct link *link)
{
	return link->reason;
}
