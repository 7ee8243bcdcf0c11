#define _GNU_SOURCE /* accept4 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"
#include "keys.h"
#include "line.h"
#include "state.h"

#define COMMAND_ROOM 4096

struct session {
	struct session *next;
	struct watch watch;
	size_t length;
	char input[COMMAND_ROOM];
	char *output; /* of the command being carried out */
	size_t output_length, output_room;
};

static struct watch listener = { .fd = -1 };
static struct session *sessions;
static const char *socket_path, *saved_path;

static void say(struct session *session, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
say(struct session *session, const char *format, ...)
{
	char line[512];
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	size_t size = (size_t)length < sizeof line ? (size_t)length : sizeof line - 1;
	if (session->output_length + size + 1 > session->output_room) {
		session->output_room = session->output_room * 2 + 4096;
		session->output = realloc(session->output, session->output_room);
		if (session->output == NULL)
			die("out of memory");
	}
	memcpy(session->output + session->output_length, line, size);
	session->output[session->output_length + size] = '\n';
	session->output_length += size + 1;
}

static bool
refuse(struct session *session, const char *why, const char *what)
{
	say(session, "error %s%s%s", why, *what != '\0' ? ": " : "", what);
	return false;
}

/* Whom a command is for: "LINE UNITS", UNITS being *, a number, 3-32 or 1,5,9. */
struct target {
	struct line *line;
	bool is_all;
	bool is_unit[256];
};

static bool
units_parse(const char *text, struct target *target)
{
	memset(target->is_unit, 0, sizeof target->is_unit);
	target->is_all = strcmp(text, "*") == 0;
	while (!target->is_all && *text != '\0') {
		char *end;
		long first = strtol(text, &end, 10), last = first;
		if (end == text)
			return false;
		if (*end == '-') {
			text = end + 1;
			last = strtol(text, &end, 10);
		}
		if (first < 0 || last > 255 || first > last || (*end != ',' && *end != '\0'))
			return false;
		for (long unit = first; unit <= last; unit++)
			target->is_unit[unit] = true;
		text = *end == ',' ? end + 1 : end;
	}
	return true;
}

static bool
target_take(struct session *session, char **rest, struct target *target)
{
	char *name = strtok_r(NULL, " ", rest), *units = strtok_r(NULL, " ", rest);
	target->line = name != NULL ? line_find(name) : NULL;
	if (target->line == NULL)
		return refuse(session, "no line", name != NULL ? name : "");
	if (units == NULL || !units_parse(units, target))
		return refuse(session, "no unit", units != NULL ? units : "");
	return true;
}

/* The next meter of the target from *unit on. */
static struct meter *
target_meter(const struct target *target, int *unit)
{
	for (; *unit < 256; (*unit)++) {
		struct meter *meter = target->line->meters[*unit];
		if (meter != NULL && (target->is_all || target->is_unit[*unit])) {
			(*unit)++;
			return meter;
		}
	}
	return NULL;
}

static bool
command_set(struct session *session, char **rest)
{
	struct target target;
	struct meter *meter;
	int unit = 1, count = 0;
	if (!target_take(session, rest, &target))
		return false;
	while ((meter = target_meter(&target, &unit)) != NULL) {
		char text[COMMAND_ROOM];
		snprintf(text, sizeof text, "%s", *rest);
		meter_advance(meter, meter_now_ms());
		const char *complaint = meter_keys_set(meter, text);
		meter_changed(meter);
		if (complaint != NULL)
			return refuse(session, complaint, "");
		count++;
	}
	return count > 0 ? true : refuse(session, "no meter", "");
}

static void
say_line(void *context, const char *line)
{
	say(context, "%s", line);
}

static bool
command_get(struct session *session, char **rest)
{
	struct target target;
	char value[256];
	int unit = 1;
	if (!target_take(session, rest, &target))
		return false;
	struct meter *meter = target_meter(&target, &unit);
	if (meter == NULL)
		return refuse(session, "no meter", "");
	meter_advance(meter, meter_now_ms());
	meter_rate(meter, meter->at_ms);
	char *name = strtok_r(NULL, " ", rest);
	if (name == NULL)
		meter_keys_print(meter, say_line, session);
	for (; name != NULL; name = strtok_r(NULL, " ", rest)) {
		if (!meter_key_get(meter, name, value, sizeof value))
			return refuse(session, "unknown key", name);
		say(session, "%s=%s", name, value);
	}
	return true;
}

/* A purchase made at the meter by another way: card or hand tool. */
static bool
command_buy(struct session *session, char **rest)
{
	struct target target;
	struct meter *meter;
	int unit = 1;
	if (!target_take(session, rest, &target))
		return false;
	int64_t amount_fen;
	if (!number_read(*rest, &amount_fen))
		return refuse(session, "an amount in fen", *rest);
	while ((meter = target_meter(&target, &unit)) != NULL) {
		meter_advance(meter, meter_now_ms());
		if (!meter_recharge(meter, amount_fen, (meter->count + 1) & 0xFFFF))
			return refuse(session, "refused", "");
	}
	return true;
}

static enum fault_kind
fault_kind_find(const char *name)
{
	for (int kind = 0; kind < FAULT_KINDS; kind++)
		if (strcmp(FAULT_WORDS[kind].name, name) == 0)
			return (enum fault_kind)kind;
	return FAULT_KINDS;
}

static bool
fault_option(struct fault *fault, const char *word)
{
	char *end;
	if (strcmp(word, "on=read") == 0)
		fault->when = WHEN_READ;
	else if (strcmp(word, "on=write") == 0)
		fault->when = WHEN_WRITE;
	else if (strncmp(word, "fc=", 3) == 0)
		fault->function = (int)strtol(word + 3, NULL, 0);
	else if (strncmp(word, "chance=", 7) == 0)
		fault->chance = strtod(word + 7, NULL);
	else {
		fault->left = strtoll(word, &end, 10);
		return *end == '\0' && fault->left > 0;
	}
	return true;
}

static void
fault_apply(const struct target *target, const struct fault *fault, bool is_clear)
{
	bool is_line =
	    target->is_all || (fault->kind < FAULT_KINDS && FAULT_WORDS[fault->kind].is_line);
	for (int unit = 0; unit < (is_line ? 1 : 256); unit++) {
		struct fault one = *fault;
		one.unit = is_line ? UNIT_ANY : unit;
		if (!is_line && !target->is_unit[unit])
			continue;
		if (is_clear)
			fault_clear(target->line, one.unit, one.kind);
		else
			fault_add(target->line, &one);
	}
}

static bool
command_fault(struct session *session, char **rest)
{
	struct target target;
	struct fault fault = { .left = -1, .chance = 1 };
	char *word;
	if (!target_take(session, rest, &target))
		return false;
	char *name = strtok_r(NULL, " ", rest), *value = name != NULL ? strchr(name, '=') : NULL;
	if (name == NULL)
		return refuse(session, "which fault", "");
	if (value != NULL)
		*value++ = '\0';
	bool is_alive = strcmp(name, "alive") == 0;
	fault.kind = is_alive ? FAULT_DEAD : fault_kind_find(name);
	if (fault.kind == FAULT_KINDS)
		return refuse(session, "unknown fault", name);
	fault.argument = FAULT_WORDS[fault.kind].usual;
	if (value != NULL && !number_read(value, &fault.argument))
		return refuse(session, "no number", value);
	while ((word = strtok_r(NULL, " ", rest)) != NULL)
		if (!fault_option(&fault, word))
			return refuse(session, "unknown option", word);
	fault_apply(&target, &fault, is_alive);
	return true;
}

static bool
command_clear(struct session *session, char **rest)
{
	struct target target;
	struct fault fault = { .kind = FAULT_KINDS };
	if (**rest == '\0') {
		for (struct line *line = lines; line != NULL; line = line->next)
			fault_clear(line, UNIT_ANY, FAULT_KINDS);
		return true;
	}
	if (!target_take(session, rest, &target))
		return false;
	char *name = strtok_r(NULL, " ", rest);
	if (name != NULL && (fault.kind = fault_kind_find(name)) == FAULT_KINDS)
		return refuse(session, "unknown fault", name);
	fault_apply(&target, &fault, true);
	return true;
}

static bool
command_faults(struct session *session, char **rest)
{
	(void)rest;
	for (const struct line *line = lines; line != NULL; line = line->next) {
		for (const struct fault *fault = line->faults; fault != NULL; fault = fault->next) {
			char unit[8] = "*";
			if (fault->unit != UNIT_ANY)
				snprintf(unit, sizeof unit, "%d", fault->unit);
			say(session, "fault %s %s %s=%lld left=%lld", line->name, unit,
			    FAULT_WORDS[fault->kind].name, (long long)fault->argument,
			    (long long)fault->left);
		}
	}
	return true;
}

static void
say_counters(struct session *session, const struct line *line)
{
	const struct line_counters *c = &line->counters;
	say(session,
	    "line %s requests=%lld answers=%lld ignored=%lld exceptions=%lld damaged=%lld "
	    "collisions=%lld early=%lld clients=%d",
	    line->name, (long long)c->requests, (long long)c->answers, (long long)c->ignored,
	    (long long)c->exceptions, (long long)c->damaged, (long long)c->collisions,
	    (long long)c->early, line->conn_count);
}

static bool
command_stats(struct session *session, char **rest)
{
	char *name = strtok_r(NULL, " ", rest);
	bool is_reset = name != NULL && strcmp(name, "reset") == 0;
	if (name != NULL && !is_reset && line_find(name) == NULL)
		return refuse(session, "no line", name);
	for (struct line *line = lines; line != NULL; line = line->next) {
		if (name != NULL && !is_reset && strcmp(name, line->name) != 0)
			continue;
		if (!is_reset)
			say_counters(session, line);
		else
			line->counters = (struct line_counters){ 0 };
		for (int unit = 1; unit < 256; unit++) {
			struct meter *meter = line->meters[unit];
			if (meter != NULL && is_reset)
				meter->requests = meter->answers = 0;
			else if (meter != NULL && meter->requests > 0)
				say(session, "unit %s %d requests=%lld answers=%lld writes=%lld",
				    line->name, unit, (long long)meter->requests,
				    (long long)meter->answers, (long long)meter->writes);
		}
	}
	return true;
}

static bool
command_lines(struct session *session, char **rest)
{
	(void)rest;
	for (const struct line *line = lines; line != NULL; line = line->next) {
		int count = 0;
		for (int unit = 1; unit < 256; unit++)
			count += line->meters[unit] != NULL;
		say(session, "line %s units=%d baud=%d pace=%lld clients=%d", line->name, count,
		    line->baud, (long long)line->pace, line->conn_count);
	}
	return true;
}

static bool
factor_read(const char *text, double *factor)
{
	char *end;
	*factor = strtod(text, &end);
	return end != text && *end == '\0' && *factor >= 0;
}

static bool
command_speed(struct session *session, char **rest)
{
	double speed = 0;
	if (!factor_read(*rest, &speed) || speed > 1e6)
		return refuse(session, "a factor from 0 to 1000000", "");
	meter_clock_speed(speed);
	return true;
}

static bool
command_step(struct session *session, char **rest)
{
	double seconds = 0;
	if (!factor_read(*rest, &seconds) || seconds > 1e9)
		return refuse(session, "seconds forward", "");
	meter_clock_step((int64_t)(seconds * 1000));
	return true;
}

static bool
command_now(struct session *session, char **rest)
{
	(void)rest;
	say(session, "now_ms=%lld", (long long)meter_now_ms());
	return true;
}

static bool
command_save(struct session *session, char **rest)
{
	(void)rest;
	if (saved_path == NULL)
		return refuse(session, "no --state", "");
	state_save(saved_path);
	return true;
}

static const struct {
	const char *name;
	bool (*carry_out)(struct session *session, char **rest);
} COMMANDS[] = {
	{ "set", command_set },
	{ "get", command_get },
	{ "buy", command_buy },
	{ "fault", command_fault },
	{ "clear", command_clear },
	{ "faults", command_faults },
	{ "stats", command_stats },
	{ "lines", command_lines },
	{ "speed", command_speed },
	{ "step", command_step },
	{ "now", command_now },
	{ "save", command_save },
};

static void
carry_out(struct session *session, char *text)
{
	char *rest, *verb = strtok_r(text, " ", &rest);
	if (verb == NULL)
		return;
	for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++) {
		if (strcmp(COMMANDS[i].name, verb) != 0)
			continue;
		if (COMMANDS[i].carry_out(session, &rest))
			say(session, "ok");
		return;
	}
	refuse(session, "unknown command", verb);
}

static void
session_close(struct session *session)
{
	struct session **at = &sessions;
	while (*at != session)
		at = &(*at)->next;
	*at = session->next;
	watch_stop(&session->watch);
	close(session->watch.fd);
	free(session->output);
	free(session);
}

/* The peer waits for its answer, so a plain blocking write is enough. */
static bool
answer_flush(struct session *session)
{
	size_t done = 0;
	while (done < session->output_length) {
		ssize_t written =
		    write(session->watch.fd, session->output + done, session->output_length - done);
		if (written <= 0)
			return false;
		done += (size_t)written;
	}
	session->output_length = 0;
	return true;
}

static void
session_ready(struct watch *watch, uint32_t events)
{
	struct session *session = OWNER_OF(watch, struct session, watch);
	size_t room = sizeof session->input - 1 - session->length;
	ssize_t got = room > 0 ? read(watch->fd, session->input + session->length, room) : 0;
	char *end;
	(void)events;
	if (got <= 0) {
		session_close(session);
		return;
	}
	session->length += (size_t)got;
	session->input[session->length] = '\0';
	while ((end = strchr(session->input, '\n')) != NULL) {
		*end = '\0';
		carry_out(session, session->input);
		session->length -= (size_t)(end + 1 - session->input);
		memmove(session->input, end + 1, session->length + 1);
		if (!answer_flush(session)) {
			session_close(session);
			return;
		}
	}
}

static void
control_ready(struct watch *watch, uint32_t events)
{
	(void)events;
	int fd = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return;
	struct session *session = calloc(1, sizeof *session);
	if (session == NULL)
		die("out of memory");
	session->watch = (struct watch){ .fd = fd, .ready = session_ready };
	session->next = sessions;
	sessions = session;
	watch_start(&session->watch, EPOLLIN);
}

void
control_open(const char *path, const char *state_path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof address.sun_path)
		die("%s: too long for a socket", path);
	memcpy(address.sun_path, path, strlen(path) + 1);
	socket_path = path;
	saved_path = state_path;
	unlink(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
	    listen(fd, 8) != 0)
		die("%s: %s", path, strerror(errno));
	listener = (struct watch){ .fd = fd, .ready = control_ready };
	watch_start(&listener, EPOLLIN);
}

void
control_close(void)
{
	while (sessions != NULL)
		session_close(sessions);
	if (listener.fd >= 0)
		unlink(socket_path);
}
