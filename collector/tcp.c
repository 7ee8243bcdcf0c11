#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/clock.h"
#include "mbap.h"
#include "tcp.h"

#define MS_US	    1000LL
#define SLICE_MS    250LL /* a blocked receive looks at wake_fd this often */
#define STALE_LIMIT 64	  /* frames of other transactions before one answer */

/* What was received and not yet used. */
struct inflow {
	uint8_t bytes[2 * MBAP_FRAME_MAX];
	size_t length;
};

bool
tcp_begin(struct tcp *tcp, int fd)
{
	struct timeval send_timeout = { .tv_sec = 1 };
	int flags = fcntl(fd, F_GETFL);

	tcp->fd = fd;
	tcp->slice_ms = 0;
	tcp->is_lost = false;
	return flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0 &&
	       setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &send_timeout, sizeof(send_timeout)) == 0;
}

static enum trouble
lose(struct tcp *tcp, enum trouble trouble, const char *reason)
{
	tcp->is_lost = true;
	tcp->reason = reason;
	return trouble;
}

static bool
is_woken(const struct tcp *tcp)
{
	struct pollfd polled = { .fd = tcp->wake_fd, .events = POLLIN };

	return poll(&polled, 1, 0) > 0;
}

static bool
set_slice(struct tcp *tcp, int64_t slice_ms)
{
	struct timeval slice = { .tv_sec = slice_ms / 1000, .tv_usec = slice_ms % 1000 * MS_US };

	if (slice_ms == tcp->slice_ms)
		return true;
	tcp->slice_ms = slice_ms;
	return setsockopt(tcp->fd, SOL_SOCKET, SO_RCVTIMEO, &slice, sizeof(slice)) == 0;
}

static enum trouble
send_request(struct tcp *tcp, const uint8_t *request, size_t request_length)
{
	uint8_t frame[MBAP_FRAME_MAX];
	size_t length = mbap_write(frame, ++tcp->transaction, request, request_length);
	ssize_t sent = send(tcp->fd, frame, length, MSG_NOSIGNAL);

	if (sent == (ssize_t)length)
		return TROUBLE_NONE;
	return lose(tcp, TROUBLE_OPEN, sent < 0 ? strerror(errno) : "the connection is stuck");
}

/* TROUBLE_NONE also when nothing came in this slice of time. */
static enum trouble
receive_some(struct tcp *tcp, struct inflow *inflow, int64_t until_us)
{
	int64_t left_ms = (until_us - clock_mono_us() + MS_US - 1) / MS_US;

	if (left_ms <= 0) {
		/* The rest of a frame would be taken for the beginning of the next. */
		tcp->is_lost = inflow->length > 0;
		return TROUBLE_TIMEOUT;
	}
	if (!set_slice(tcp, left_ms < SLICE_MS ? left_ms : SLICE_MS))
		return lose(tcp, TROUBLE_OPEN, strerror(errno));
	ssize_t got = recv(
	    tcp->fd, inflow->bytes + inflow->length, sizeof(inflow->bytes) - inflow->length, 0);
	if (got > 0) {
		inflow->length += (size_t)got;
		return TROUBLE_NONE;
	}
	if (got == 0)
		return lose(tcp, TROUBLE_OPEN, "closed by the other side");
	if (errno != EAGAIN && errno != EINTR)
		return lose(tcp, TROUBLE_OPEN, strerror(errno));
	return is_woken(tcp) ? TROUBLE_STOPPED : TROUBLE_NONE;
}

/* Receives until the answer to the running transaction is whole. Older answers are skipped, so that
 * the stream never stays one behind; bytes after ours are dropped. */
static enum trouble
receive_answer(struct tcp *tcp, struct inflow *inflow, size_t *length, int64_t until_us)
{
	enum trouble trouble = TROUBLE_NONE;
	int stale = 0;

	while (trouble == TROUBLE_NONE) {
		switch (mbap_look(inflow->bytes, inflow->length, tcp->transaction, length)) {
		case MBAP_ANSWER:
			return TROUBLE_NONE;
		case MBAP_BROKEN:
			return lose(tcp, TROUBLE_DAMAGED, "not Modbus");
		case MBAP_STALE:
			if (++stale > STALE_LIMIT)
				return lose(tcp, TROUBLE_NOISE, "answers without requests");
			inflow->length -= *length;
			memmove(inflow->bytes, inflow->bytes + *length, inflow->length);
			break;
		case MBAP_MORE:
			trouble = receive_some(tcp, inflow, until_us);
			break;
		}
	}
	return trouble;
}

enum trouble
tcp_exchange(struct tcp *tcp, const uint8_t *request, size_t request_length, uint8_t *answer,
    size_t *length, int64_t until_us)
{
	struct inflow inflow;
	size_t room = *length, frame_length;

	inflow.length = 0;
	enum trouble trouble = send_request(tcp, request, request_length);
	if (trouble == TROUBLE_NONE)
		trouble = receive_answer(tcp, &inflow, &frame_length, until_us);
	if (trouble != TROUBLE_NONE)
		return trouble;
	*length = frame_length - MBAP_PREFIX;
	if (*length > room)
		return TROUBLE_DAMAGED;
	memcpy(answer, inflow.bytes + MBAP_PREFIX, *length);
	return TROUBLE_NONE;
}
