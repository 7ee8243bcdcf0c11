/*
 * log.h - one line an event, to stderr or to a file.
 *
 * A line reads "<3>2026-11-23T10:30:00.123Z collector[812] bus 4: no answer from 127.0.0.1:5021".
 * The <N> prefix is the syslog level that journald understands. Control characters and bytes that
 * are not UTF-8 are written as \xNN, so that no value can forge a line (reliability.md W-90).
 * Log a change of state, not a state. Never log a password, a session id or a key.
 */
#ifndef VOLTILL_LOG_H
#define VOLTILL_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARN = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 };

/* Sets the program's name and the least important level that is written. Threads may log meanwhile,
 * as long as the name stays the same. */
void log_open(const char *program, enum log_level level);

/* Each takes the subject first ("bus 4", "session", "/accounts/board"): who the line is about. */
void log_error(const char *subject, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_warn(const char *subject, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_info(const char *subject, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_debug(const char *subject, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* For failures at start: writes the line and ends the program with status 1. */
void log_fatal(const char *subject, const char *format, ...)
    __attribute__((noreturn, format(printf, 2, 3)));

#endif
