#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

/* A write of at most PIPE_BUF bytes is not mixed with the lines of other threads and processes. */
#define LINE_MAX_BYTES 4096

static char program_name[32] = "voltill";
static _Atomic enum log_level least = LOG_LEVEL_INFO;

void
log_open(const char *program, enum log_level level)
{
	(void)text_copy(program_name, sizeof(program_name), program);
	least = level;
}

/* Bytes of the printable character at text, 0 when it has to be escaped. */
static size_t
printable(const unsigned char *text, size_t left)
{
	size_t length = text[0] < 0x80 ? 1 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;

	if (text[0] < 0x20 || text[0] == 0x7f || length > left ||
	    !text_is_utf8((const char *)text, length))
		return 0;
	if (text[0] == 0xc2 && text[1] < 0xa0)
		return 0; /* C1 control characters */
	if (text[0] == 0xe2 && text[1] == 0x80 && (text[2] == 0xa8 || text[2] == 0xa9))
		return 0; /* line and paragraph separator */
	return length;
}

/* Appends text with everything escaped that could forge or break a line; the end of the line keeps
 * room for its newline. */
static size_t
append(char *line, size_t used, const char *text)
{
	const unsigned char *byte = (const unsigned char *)text;
	size_t left = strlen(text);

	while (left > 0 && used + 8 < LINE_MAX_BYTES) {
		size_t length = printable(byte, left);
		if (length == 0) {
			used += (size_t)snprintf(line + used, 5, "\\x%02x", *byte);
			length = 1;
		} else {
			memcpy(line + used, byte, length);
			used += length;
		}
		byte += length;
		left -= length;
	}
	return used;
}

static void
write_all(const char *line, size_t length)
{
	while (length > 0) {
		ssize_t done = write(STDERR_FILENO, line, length);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return; /* there is no place left to report this */
		line += done;
		length -= (size_t)done;
	}
}

__attribute__((format(printf, 3, 0))) static void
write_line(enum log_level level, const char *subject, const char *format, va_list list)
{
	char line[LINE_MAX_BYTES], text[LINE_MAX_BYTES], at[32];
	int saved_errno = errno;

	if (level > least)
		return;
	if (vsnprintf(text, sizeof(text), format, list) < 0)
		(void)text_copy(text, sizeof(text), format);
	clock_format_utc(clock_now(), at, sizeof(at));
	size_t used = (size_t)snprintf(
	    line, sizeof(line), "<%d>%s %s[%d] ", (int)level, at, program_name, (int)getpid());
	used = append(line, used, subject);
	used = append(line, used, ": ");
	used = append(line, used, text);
	line[used++] = '\n';
	write_all(line, used);
	errno = saved_errno;
}

#define WRITE_LINE(level)                         \
	va_list list;                             \
	va_start(list, format);                   \
	write_line(level, subject, format, list); \
	va_end(list)

void
log_error(const char *subject, const char *format, ...)
{
	WRITE_LINE(LOG_LEVEL_ERROR);
}

void
log_warn(const char *subject, const char *format, ...)
{
	WRITE_LINE(LOG_LEVEL_WARN);
}

void
log_info(const char *subject, const char *format, ...)
{
	WRITE_LINE(LOG_LEVEL_INFO);
}

void
log_debug(const char *subject, const char *format, ...)
{
	WRITE_LINE(LOG_LEVEL_DEBUG);
}

void
log_fatal(const char *subject, const char *format, ...)
{
	WRITE_LINE(LOG_LEVEL_ERROR);
	exit(1);
}
