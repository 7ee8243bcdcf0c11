#define _GNU_SOURCE /* ppoll */
#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "line.h"
#include "rtu.h"

#define MS_US		  1000LL
#define UNSURE_SILENCE_US 40000LL /* after trouble: longer than packing gaps of serial servers */
#define ANSWER_SILENCE_US 40000LL /* the same gaps inside an answer whose length is unknown */
#define NOISE_LIMIT_US	  2000000LL
#define NOISE_LULL_US	  1500000LL /* shorter than this, it is still the same noise */
#define NOISE_SHARE	  2	    /* half of the line's time; late answers take less */
#define NOISE_NAP_US	  5000	    /* lets a flood collect, so that draining it costs little */

void
line_init(struct line *line, const struct link_config *config, int wake_fd)
{
	*line = (struct line){ .fd = -1,
		.wake_fd = wake_fd,
		.is_serial = config->transport == TRANSPORT_RTU,
		.baud = config->baud,
		.parity = config->parity,
		.stop_bits = config->stop_bits,
		.silence_us = rtu_silence_us(config->baud, config->parity, config->stop_bits) };
}

void
line_opened(struct line *line, int fd)
{
	line->fd = fd;
	line->last_byte_us = clock_mono_us();
	line->is_unsure = true; /* a serial server may still hold bytes for its last client */
	line->noise = (struct noise){ 0 };
}

int64_t
line_wire_us(const struct line *line, size_t bytes)
{
	return rtu_character_us(line->baud, line->parity, line->stop_bits, bytes);
}

static enum trouble
gone(struct line *line, const char *reason)
{
	line->reason = reason;
	return TROUBLE_OPEN;
}

static enum trouble
await_input(struct line *line, int64_t now_us, int64_t until_us)
{
	struct pollfd polled[] = { { .fd = line->fd, .events = POLLIN },
		{ .fd = line->wake_fd, .events = POLLIN } };
	int64_t left_us = until_us > now_us ? until_us - now_us : 0;
	struct timespec left = { .tv_sec = left_us / 1000000, .tv_nsec = left_us % 1000000 * 1000 };

	if (ppoll(polled, 2, &left, NULL) < 0)
		return errno == EINTR ? TROUBLE_NONE : gone(line, "cannot wait");
	if (polled[1].revents != 0)
		return TROUBLE_STOPPED;
	/* A socket tells its end by reading; a port that was pulled out is readable for ever. */
	if (polled[0].revents & ~POLLIN && (line->is_serial || !(polled[0].revents & POLLIN)))
		return gone(line, "hung up");
	return polled[0].revents & POLLIN ? TROUBLE_NONE : TROUBLE_TIMEOUT;
}

enum trouble
line_await_input(struct line *line, int64_t until_us)
{
	return await_input(line, clock_mono_us(), until_us);
}

/* Reads what is there, perhaps nothing. */
static enum trouble
take(struct line *line, uint8_t *bytes, size_t room, size_t *length)
{
	ssize_t got = read(line->fd, bytes, room);

	*length = 0;
	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? TROUBLE_NONE : gone(line, "broken");
	if (got == 0)
		return line->is_serial ? TROUBLE_NONE : gone(line, "closed by the other side");
	*length = (size_t)got;
	line->last_byte_us = clock_mono_us();
	return TROUBLE_NONE;
}

/* True when unasked bytes filled a good part of the line for NOISE_LIMIT_US: a device that babbles.
 * It may pause for long enough to let requests out in between, as a serial server delivers in
 * bursts. */
static bool
is_babble(struct line *line, size_t bytes)
{
	struct noise *noise = &line->noise;
	int64_t now_us = line->last_byte_us;

	if (now_us - noise->last_us > NOISE_LULL_US)
		*noise = (struct noise){ .since_us = now_us };
	noise->last_us = now_us;
	noise->bytes += bytes;
	int64_t lasted_us = now_us - noise->since_us;
	return lasted_us > NOISE_LIMIT_US &&
	       line_wire_us(line, noise->bytes) * NOISE_SHARE > lasted_us;
}

/* What is read here is noise, but for the one late answer that comes in one piece. */
static enum trouble
drain(struct line *line)
{
	uint8_t scrap[512];
	size_t length;
	enum trouble trouble = take(line, scrap, sizeof(scrap), &length);

	if (trouble != TROUBLE_NONE || length == 0)
		return trouble;
	if (!rtu_is_frame(scrap, length) && is_babble(line, length))
		return TROUBLE_NOISE;
	if (length == sizeof(scrap))
		(void)usleep(NOISE_NAP_US);
	return TROUBLE_NONE;
}

enum trouble
line_await_silence(struct line *line, int64_t gap_ms)
{
	int64_t needed_us = line->silence_us + gap_ms * MS_US;
	int64_t now_us = clock_mono_us(), give_up_us = now_us + needed_us + NOISE_LIMIT_US;
	enum trouble trouble = TROUBLE_NONE;

	if (line->is_unsure && needed_us < line->silence_us + UNSURE_SILENCE_US)
		needed_us = line->silence_us + UNSURE_SILENCE_US;
	for (; trouble == TROUBLE_NONE && now_us < give_up_us; now_us = clock_mono_us()) {
		trouble = await_input(line, now_us, line->last_byte_us + needed_us);
		if (trouble == TROUBLE_TIMEOUT)
			return TROUBLE_NONE;
		if (trouble == TROUBLE_NONE)
			trouble = drain(line);
	}
	return trouble == TROUBLE_NONE ? TROUBLE_NOISE : trouble;
}

enum trouble
line_receive(struct line *line, uint8_t *bytes, size_t room, size_t *length, int64_t until_us)
{
	*length = 0;
	for (;;) {
		size_t got;
		enum trouble trouble = take(line, bytes + *length, room - *length, &got);
		if (trouble != TROUBLE_NONE)
			return trouble;
		*length += got;
		if (*length == room)
			return TROUBLE_DAMAGED;
		int64_t now_us = clock_mono_us();
		if (now_us >= until_us)
			return TROUBLE_TIMEOUT;
		trouble = await_input(
		    line, now_us, line->last_byte_us + line->silence_us + ANSWER_SILENCE_US);
		if (trouble == TROUBLE_TIMEOUT)
			return TROUBLE_NONE;
		if (trouble != TROUBLE_NONE)
			return trouble;
	}
}
