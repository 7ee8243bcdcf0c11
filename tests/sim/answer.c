/*
 * answer.c - from a request to the bytes of its answer, with the faults that were asked for.
 */
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "line.h"
#include "registers.h"

/* A write that a gateway still holds in its queue. */
struct deferred {
	struct timer timer;
	struct meter *meter;
	size_t length;
	uint8_t request[FRAME_ROOM];
};

static void
deferred_fire(struct timer *timer)
{
	struct deferred *deferred = OWNER_OF(timer, struct deferred, timer);
	uint8_t ignored[FRAME_ROOM];
	meter_execute(deferred->meter, deferred->request, deferred->length, ignored);
	free(deferred);
}

static void
defer(struct meter *meter, const struct exchange *exchange, int64_t wait_ms)
{
	struct deferred *deferred = calloc(1, sizeof *deferred);
	if (deferred == NULL)
		die("out of memory");
	deferred->meter = meter;
	deferred->length = exchange->request_length;
	memcpy(deferred->request, exchange->request, exchange->request_length);
	deferred->timer.fire = deferred_fire;
	timer_start(&deferred->timer, real_us() + wait_ms * 1000);
}

/* A cache in front of the meter gives the answer it gave before to the same question. */
static size_t
stale_or_new(struct meter *meter, const struct fault_set *faults, const uint8_t *request,
    uint8_t *answer, size_t length)
{
	bool is_same = meter->last_length > 0 && memcmp(meter->last_request, request, 6) == 0;
	if (is_same && fault_has(faults, FAULT_STALE)) {
		memcpy(answer, meter->last_answer, meter->last_length);
		return meter->last_length;
	}
	memcpy(meter->last_request, request, 6);
	memcpy(meter->last_answer, answer, length);
	meter->last_length = length;
	return length;
}

/* Another meter has the same address: both carry the request out, and now the one, now the other,
 * now both at once are heard. */
static size_t
collide(const struct meter *meter, const struct exchange *exchange, struct fault_set *faults,
    uint8_t *answer, size_t length)
{
	uint8_t request[FRAME_ROOM], other_answer[FRAME_ROOM] = { 0 };
	struct meter *other = line_meter(exchange->line, (int)faults->argument[FAULT_COLLIDE]);
	if (other == NULL)
		return length;
	memcpy(request, exchange->request, exchange->request_length);
	size_t other_length = meter_execute(other, request, exchange->request_length, other_answer);
	switch (meter->answers % 3) {
	case 0:
		return length;
	case 1:
		memcpy(answer, other_answer, other_length);
		return other_length;
	default:
		for (size_t i = 0; i < length; i++)
			answer[i] &= other_answer[i];
		faults->mask |= 1u << FAULT_CRC;
		return length;
	}
}

static size_t
meter_answer(
    struct meter *meter, const struct exchange *exchange, struct fault_set *faults, uint8_t *answer)
{
	const uint8_t *request = exchange->request;
	if (fault_has(faults, FAULT_EXC))
		return answer_exception(answer, request, (int)faults->argument[FAULT_EXC]);
	if (fault_has(faults, FAULT_DEFER)) {
		defer(meter, exchange, faults->argument[FAULT_DEFER]);
		return 0;
	}
	size_t length = meter_execute(meter, request, exchange->request_length, answer);
	if (fault_has(faults, FAULT_DUP_APPLY)) {
		uint8_t ignored[FRAME_ROOM];
		meter_execute(meter, request, exchange->request_length, ignored);
	}
	if (fault_has(faults, FAULT_APPLY_NO_ACK) || fault_has(faults, FAULT_DROP_RSP))
		return 0;
	if (fault_has(faults, FAULT_COLLIDE))
		length = collide(meter, exchange, faults, answer, length);
	if (exchange->request_length >= 6)
		length = stale_or_new(meter, faults, request, answer, length);
	return length;
}

/* Unit 0 is heard by all and answered by none. */
static void
broadcast(const struct exchange *exchange)
{
	uint8_t ignored[FRAME_ROOM];
	if (exchange->request[1] == FUNCTION_READ || exchange->request[1] == FUNCTION_READ_INPUT)
		return;
	for (size_t unit = 1; unit < 256; unit++) {
		struct meter *meter = exchange->line->meters[unit];
		if (meter != NULL && !meter->silent && !fault_is_dead(exchange->line, (int)unit))
			meter_execute(meter, exchange->request, exchange->request_length, ignored);
	}
}

static size_t
random_bytes(uint8_t *bytes, int64_t count, size_t room)
{
	size_t length = count < 0 ? 0 : (size_t)count < room ? (size_t)count : room;
	for (size_t i = 0; i < length; i++)
		bytes[i] = (uint8_t)random();
	return length;
}

/* Puts the frame around the answer and then spoils it. */
static size_t
frame_make(struct exchange *exchange, const struct fault_set *faults, uint8_t *body, size_t length)
{
	uint8_t frame[FRAME_ROOM + 8], *out = exchange->answer;
	bool is_tcp = exchange->line->kind == LINE_TCP, is_spoilt = fault_has(faults, FAULT_CRC);
	size_t size;
	if (is_tcp) {
		put16(frame, exchange->transaction);
		put16(frame + 2, 0);
		put16(frame + 4, (int64_t)length);
		memcpy(frame + 6, body, length);
		if (is_spoilt)
			frame[6 + (length > 5 ? length / 2 : length - 1)] ^= 0x15;
		size = length + 6;
	} else {
		memcpy(frame, body, length);
		size = frame_seal(frame, length);
		if (is_spoilt)
			frame[size - 1] ^= 0x5A;
	}
	if (fault_has(faults, FAULT_TRUNC)) {
		int64_t cut = faults->argument[FAULT_TRUNC];
		size -= cut > 0 && (size_t)cut < size ? (size_t)cut : size / 2;
	}
	size_t made = 0;
	if (fault_has(faults, FAULT_NOISE))
		made = random_bytes(out, faults->argument[FAULT_NOISE], 100);
	for (int times = fault_has(faults, FAULT_REPEAT) ? 2 : 1; times > 0; times--) {
		memcpy(out + made, frame, size);
		made += size;
	}
	if (fault_has(faults, FAULT_EXTRA))
		made += random_bytes(out + made, faults->argument[FAULT_EXTRA], 100);
	return made;
}

static void
answer_spoil(struct exchange *exchange, const struct fault_set *faults, uint8_t *body)
{
	if (fault_has(faults, FAULT_WRONG_UNIT))
		body[0] = (uint8_t)(body[0] + faults->argument[FAULT_WRONG_UNIT]);
	if (fault_has(faults, FAULT_WRONG_FC))
		body[1] = (uint8_t)(body[1] + faults->argument[FAULT_WRONG_FC]);
	if (fault_has(faults, FAULT_WRONG_TID))
		exchange->transaction =
		    (uint16_t)(exchange->transaction + faults->argument[FAULT_WRONG_TID]);
	if (fault_has(faults, FAULT_DELAY))
		exchange->delay_us += faults->argument[FAULT_DELAY] * 1000;
	if (fault_has(faults, FAULT_LATE)) {
		exchange->delay_us += faults->argument[FAULT_LATE] * 1000;
		exchange->is_detached = true;
	}
	if (fault_has(faults, FAULT_DRIBBLE))
		exchange->dribble_us = faults->argument[FAULT_DRIBBLE] * 1000;
	exchange->is_reset = fault_has(faults, FAULT_RST);
}

bool
answer_make(struct exchange *exchange)
{
	struct line *line = exchange->line;
	int unit = exchange->request[0];
	struct meter *meter = line->meters[unit];
	struct fault_set faults = { .mask = 0 };
	uint8_t body[FRAME_ROOM];

	if (meter != NULL)
		meter->requests++;
	if (line->faults != NULL)
		fault_take(line, unit, exchange->request[1], &faults);
	if (unit == 0) {
		broadcast(exchange);
		return false;
	}
	bool is_dead = meter == NULL || meter->silent || fault_has(&faults, FAULT_DEAD);
	if (fault_has(&faults, FAULT_DROP_REQ) || (is_dead && !line->answers_target_failed))
		return false;
	size_t length = is_dead ? answer_exception(body, exchange->request, EXCEPTION_TARGET)
				: meter_answer(meter, exchange, &faults, body);
	if (length == 0)
		return false;
	if (body[1] & 0x80)
		line->counters.exceptions++;
	if (meter != NULL) {
		meter->answers++;
		exchange->delay_us += meter->delay_ms * 1000;
	}
	if (faults.mask != 0)
		answer_spoil(exchange, &faults, body);
	exchange->answer_length = frame_make(exchange, &faults, body, length);
	return true;
}
