/*
 * wire.c - how long a request and its answer take, and who may speak when.
 *
 * A paced line is one pair of wires at one speed. Behind a pty or a transparent serial server two
 * who speak at once damage each other; a Modbus TCP gateway keeps what comes in a queue. Bytes
 * appear at the asker when the wire would have carried them; deadlines are computed from deadlines,
 * so that late wake-ups of this process do not add up.
 */
#include <stdlib.h>
#include <string.h>

#include "line.h"

#define CHUNK_US 8000 /* a serial port hands over what came in about so often */

int64_t
wire_char_us(const struct line *line, size_t characters)
{
	return (int64_t)characters * line->bits * 1000000 / line->baud;
}

int64_t
wire_gap_us(const struct line *line)
{
	return line->baud > 19200 ? 1750 : 3500000LL * line->bits / line->baud;
}

static void exchange_fire(struct timer *timer);

static void
exchange_begin(struct exchange *exchange, struct conn *conn, const uint8_t *request, size_t length,
    uint16_t transaction)
{
	exchange->next = NULL;
	exchange->timer = (struct timer){ .fire = exchange_fire };
	exchange->line = conn->line;
	exchange->conn = conn;
	exchange->serial = conn->serial;
	exchange->stage = STAGE_RECEIVE;
	exchange->transaction = transaction;
	exchange->is_garbled = exchange->is_reset = exchange->is_detached = false;
	exchange->delay_us = exchange->dribble_us = exchange->begin_us = 0;
	exchange->request_length = length;
	exchange->answer_length = exchange->sent = 0;
	memcpy(exchange->request, request, length);
}

static struct exchange *
exchange_copy(const struct exchange *exchange)
{
	struct exchange *copy = malloc(sizeof *copy);
	if (copy == NULL)
		die("out of memory");
	*copy = *exchange;
	return copy;
}

/* The gateway takes the next request out of its queue. */
static void
gateway_serve(struct line *line)
{
	struct exchange *exchange = line->queue;
	if (exchange == NULL || exchange->timer.slot != 0)
		return;
	int64_t begin_us = real_us(), free_us = line->free_us + wire_gap_us(line);
	begin_us = begin_us > free_us ? begin_us : free_us;
	exchange->stage = STAGE_RECEIVE;
	timer_start(&exchange->timer, begin_us + wire_char_us(line, exchange->request_length + 2));
}

static void
gateway_release(struct exchange *exchange)
{
	struct line *line = exchange->line;
	if (line->queue != exchange)
		return;
	line->queue = exchange->next;
	exchange->next = NULL;
	gateway_serve(line);
}

static void
exchange_end(struct exchange *exchange, int64_t at_us)
{
	struct line *line = exchange->line;
	if (line->sending == exchange)
		line->sending = NULL;
	if (line->receiving == exchange)
		line->receiving = NULL;
	if (!exchange->is_detached)
		line->free_us = at_us;
	gateway_release(exchange);
	free(exchange);
}

static void
exchange_emit(struct exchange *exchange, size_t until)
{
	uint8_t *bytes = exchange->answer + exchange->sent;
	size_t length = until - exchange->sent;
	exchange->sent = until;
	if (length == 0 || !conn_is(exchange->conn, exchange->serial))
		return;
	for (size_t i = 0; i < length && exchange->is_garbled; i++)
		bytes[i] ^= (uint8_t)(random() | 1);
	if (exchange->is_reset && until == exchange->answer_length) {
		conn_send(exchange->conn, bytes, length / 2);
		if (conn_is(exchange->conn, exchange->serial))
			conn_reset(exchange->conn);
	} else {
		conn_send(exchange->conn, bytes, length);
	}
}

static void
stage_received(struct exchange *exchange, int64_t at_us)
{
	struct line *line = exchange->line;
	line->receiving = NULL;
	line->free_us = at_us;
	bool is_answered = !exchange->is_garbled && answer_make(exchange);
	line->counters.answers += is_answered;
	line->counters.ignored += !is_answered;
	if (is_answered) {
		exchange->stage = STAGE_WAIT;
		timer_start(&exchange->timer,
		    at_us + wire_gap_us(line) + line->delay_ms * 1000 + exchange->delay_us);
		if (exchange->is_detached)
			gateway_release(exchange);
	} else if (line->kind == LINE_TCP) {
		exchange->stage = STAGE_HOLD;
		timer_start(&exchange->timer, at_us + line->gateway_timeout_ms * 1000);
	} else {
		exchange_end(exchange, at_us);
	}
}

/* When all bytes of the answer have passed. */
static int64_t
answer_end_us(const struct exchange *exchange)
{
	const struct line *line = exchange->line;
	size_t header = line->kind == LINE_TCP ? 4 : 0;
	size_t characters = exchange->answer_length > header ? exchange->answer_length - header : 1;
	return exchange->begin_us + wire_char_us(line, characters);
}

static void
send_next(struct exchange *exchange, int64_t at_us)
{
	const struct line *line = exchange->line;
	int64_t end_us = answer_end_us(exchange), next_us = end_us;
	if (exchange->dribble_us > 0)
		next_us = at_us + exchange->dribble_us;
	else if (line->kind == LINE_PTY && at_us + CHUNK_US < end_us)
		next_us = at_us + CHUNK_US;
	timer_start(&exchange->timer, next_us);
}

static void
stage_send(struct exchange *exchange, int64_t at_us)
{
	const struct line *line = exchange->line;
	size_t until = exchange->answer_length;
	if (exchange->dribble_us > 0)
		until = exchange->sent + 1;
	else if (line->pace && !exchange->is_detached && at_us < answer_end_us(exchange))
		until = (size_t)((at_us - exchange->begin_us) / wire_char_us(line, 1));
	if (until > exchange->answer_length)
		until = exchange->answer_length;
	exchange_emit(exchange, until);
	if (until < exchange->answer_length)
		send_next(exchange, at_us);
	else
		exchange_end(exchange, at_us);
}

static void
stage_waited(struct exchange *exchange, int64_t at_us)
{
	struct line *line = exchange->line;
	exchange->stage = STAGE_SEND;
	exchange->begin_us = at_us;
	if (exchange->is_detached) {
		stage_send(exchange, at_us);
		return;
	}
	if (line->sending != NULL || line->receiving != NULL) {
		line->counters.collisions++;
		if (line->sending != NULL)
			line->sending->is_garbled = true;
		if (line->receiving != NULL)
			line->receiving->is_garbled = true;
		free(exchange);
		return;
	}
	line->sending = exchange;
	send_next(exchange, at_us);
}

static void
exchange_fire(struct timer *timer)
{
	struct exchange *exchange = OWNER_OF(timer, struct exchange, timer);
	switch (exchange->stage) {
	case STAGE_RECEIVE:
		stage_received(exchange, timer->at_us);
		break;
	case STAGE_WAIT:
		stage_waited(exchange, timer->at_us);
		break;
	case STAGE_SEND:
		stage_send(exchange, timer->at_us);
		break;
	case STAGE_HOLD:
		exchange_end(exchange, timer->at_us);
		break;
	}
}

/* A request reaches the wire of a line where nobody keeps order. */
static void
wire_arrive(struct exchange *exchange)
{
	struct line *line = exchange->line;
	int64_t now_us = real_us();
	if (line->sending != NULL || line->receiving != NULL) {
		line->counters.collisions++;
		if (line->sending != NULL)
			line->sending->is_garbled = true;
		if (line->receiving != NULL)
			line->receiving->is_garbled = true;
		free(exchange);
		return;
	}
	if (now_us < line->free_us + wire_gap_us(line) * 9 / 10) {
		line->counters.early++;
		exchange->is_garbled = line->is_strict;
	}
	line->receiving = exchange;
	timer_start(&exchange->timer, now_us + wire_char_us(line, exchange->request_length + 2));
}

static void
gateway_arrive(struct exchange *exchange)
{
	struct exchange **last = &exchange->line->queue;
	while (*last != NULL)
		last = &(*last)->next;
	*last = exchange;
	gateway_serve(exchange->line);
}

/* Without pace there is no wire: an answer follows at once, or when a fault lets it. */
static void
answer_at_once(struct exchange *exchange)
{
	struct line *line = exchange->line;
	if (!answer_make(exchange)) {
		line->counters.ignored++;
		return;
	}
	line->counters.answers++;
	exchange->is_detached = true;
	if (exchange->delay_us == 0 && exchange->dribble_us == 0 && !exchange->is_reset) {
		conn_send(exchange->conn, exchange->answer, exchange->answer_length);
		return;
	}
	struct exchange *copy = exchange_copy(exchange);
	copy->stage = STAGE_WAIT;
	timer_start(&copy->timer, real_us() + copy->delay_us);
}

void
line_request(struct conn *conn, const uint8_t *request, size_t length, uint16_t transaction)
{
	struct line *line = conn->line;
	struct exchange exchange;
	line->counters.requests++;
	bool is_drowned = line->kind != LINE_TCP && fault_is_on(line, FAULT_BABBLE, NULL);
	if (is_drowned || fault_is_on(line, FAULT_STALL, NULL)) {
		line->counters.ignored++;
		return;
	}
	exchange_begin(&exchange, conn, request, length, transaction);
	if (!line->pace)
		answer_at_once(&exchange);
	else if (line->kind == LINE_TCP)
		gateway_arrive(exchange_copy(&exchange));
	else
		wire_arrive(exchange_copy(&exchange));
}
