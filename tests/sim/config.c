#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "keys.h"
#include "line.h"

static const char *config_path;
static int config_line;

_Noreturn static void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void
complain(const char *format, ...)
{
	char text[256];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	die("%s:%d: %s", config_path, config_line, text);
}

static int
whole_number(const char *name, const char *text, int low, int high)
{
	char *end;
	long number = strtol(text, &end, 10);
	if (*text == '\0' || *end != '\0' || number < low || number > high)
		complain("%s: a number from %d to %d", name, low, high);
	return (int)number;
}

/* Cuts "name=value"; false for a word without a value. */
static bool
pair_cut(char *pair, char **value)
{
	char *equals = strchr(pair, '=');
	if (equals == NULL)
		return false;
	*equals = '\0';
	*value = equals + 1;
	return true;
}

static struct line *
line_named(const char *name)
{
	struct line *line = name != NULL ? line_find(name) : NULL;
	if (line == NULL)
		complain("no line %s", name != NULL ? name : "given");
	return line;
}

static void
address_set(struct line *line, enum line_kind kind, const char *value)
{
	const char *colon = strrchr(value, ':');
	line->kind = kind;
	if (kind == LINE_PTY) {
		snprintf(line->path, sizeof line->path, "%s", value);
		return;
	}
	if (colon == NULL || (size_t)(colon - value) >= sizeof line->host)
		complain("an address is HOST:PORT");
	snprintf(line->host, sizeof line->host, "%.*s", (int)(colon - value), value);
	line->port = whole_number("port", colon + 1, 0, 65535);
}

static void
line_option(struct line *line, const char *name, const char *value)
{
	if (strcmp(name, "tcp") == 0)
		address_set(line, LINE_TCP, value);
	else if (strcmp(name, "rtutcp") == 0)
		address_set(line, LINE_RTU_TCP, value);
	else if (strcmp(name, "pty") == 0)
		address_set(line, LINE_PTY, value);
	else if (strcmp(name, "baud") == 0)
		line->baud = whole_number(name, value, 300, 1000000);
	else if (strcmp(name, "bits") == 0)
		line->bits = whole_number(name, value, 10, 12);
	else if (strcmp(name, "delay_ms") == 0)
		line->delay_ms = whole_number(name, value, 0, 60000);
	else if (strcmp(name, "gateway_timeout_ms") == 0)
		line->gateway_timeout_ms = whole_number(name, value, 0, 60000);
	else if (strcmp(name, "pace") == 0)
		line->pace = whole_number(name, value, 0, 1);
	else if (strcmp(name, "strict") == 0)
		line->is_strict = whole_number(name, value, 0, 1);
	else if (strcmp(name, "target_failed") == 0)
		line->answers_target_failed = whole_number(name, value, 0, 1);
	else
		complain("line: unknown option %s", name);
}

static void
line_statement(char *rest)
{
	static struct line **last = &lines;
	char *word, *value, *name = strtok_r(rest, " \t", &rest);
	struct line *line = calloc(1, sizeof *line);
	if (line == NULL)
		die("out of memory");
	if (name == NULL || strlen(name) >= sizeof line->name || line_find(name) != NULL)
		complain("a line needs a name of its own, shorter than %zu", sizeof line->name);
	memcpy(line->name, name, strlen(name) + 1);
	line->pace = -1;
	line->bits = 10;
	line->gateway_timeout_ms = 300;
	line->listener.fd = -1;
	line->tty_slave_fd = -1;
	while ((word = strtok_r(NULL, " \t", &rest)) != NULL) {
		if (!pair_cut(word, &value))
			complain("line: %s has no value", word);
		line_option(line, word, value);
	}
	if (line->host[0] == '\0' && line->path[0] == '\0')
		complain("line %s: needs tcp=, rtutcp= or pty=", name);
	if (line->pace < 0)
		line->pace = line->baud > 0;
	if (line->baud == 0)
		line->baud = 9600;
	*last = line;
	last = &line->next;
}

static struct meter *
meter_add(struct line *line, int unit)
{
	struct meter *meter = calloc(1, sizeof *meter);
	if (meter == NULL)
		die("out of memory");
	meter_init(meter, line, line->name, unit);
	line->meters[unit] = meter;
	return meter;
}

/* The second and third address of a three-phase user. */
static void
views_add(struct meter *head)
{
	for (int phase = 1; phase < 3; phase++) {
		int unit = head->unit + phase;
		if (unit > 255)
			complain("unit %d: no addresses for its phases", head->unit);
		struct meter *view = head->line->meters[unit];
		if (view == NULL)
			view = meter_add(head->line, unit);
		view->head = head;
		view->box = head->box;
		view->phase = phase;
		view->phases = 3;
	}
}

static void
box_meter(struct line *line, struct box *box, int unit, const char *defaults)
{
	char text[512];
	struct meter *meter =
	    line->meters[unit] != NULL ? line->meters[unit] : meter_add(line, unit);
	if (meter->head != NULL)
		return;
	meter->box = box;
	meter->model = MODEL_ADF300;
	if (unit < box->base + 3 * box->three && (unit - box->base) % 3 == 0) {
		meter->phases = 3;
		views_add(meter);
	}
	snprintf(text, sizeof text, "%s", defaults);
	const char *complaint = meter_keys_set(meter, text);
	if (complaint != NULL)
		complain("box: %s", complaint);
}

/* Splits off the named words and leaves the others, which are keys of meters. */
static int
word_take(char *text, const char *name, int usual)
{
	size_t length = strlen(name);
	for (char *at = text; (at = strstr(at, name)) != NULL; at += length) {
		if ((at != text && at[-1] != ' ') || at[length] != '=')
			continue;
		int number = (int)strtol(at + length + 1, NULL, 10);
		while (*at != '\0' && *at != ' ')
			*at++ = ' ';
		return number;
	}
	return usual;
}

static void
box_statement(char *rest)
{
	char *name = strtok_r(rest, " \t", &rest);
	struct line *line = line_named(name);
	struct box *box = calloc(1, sizeof *box);
	if (box == NULL)
		die("out of memory");
	box->base = word_take(rest, "base", 1);
	box->size = word_take(rest, "size", 36);
	box->three = word_take(rest, "three", 0);
	if (box->size != 12 && box->size != 24 && box->size != 36)
		complain("a box has 12, 24 or 36 loops");
	if (box->base < 1 || (box->base - 1) % box->size != 0 || box->base + box->size - 1 > 255)
		complain("a box of %d cannot begin at %d", box->size, box->base);
	if (box->three < 0 || box->three * 3 > box->size)
		complain("a box of %d has no room for %d three-phase users", box->size, box->three);
	for (int i = 0; i < box->size; i++)
		box_meter(line, box, box->base + i, rest);
}

static void
meter_statement(char *rest)
{
	char *name = strtok_r(rest, " \t", &rest);
	struct line *line = line_named(name);
	int unit = word_take(rest, "unit", -1);
	if (unit < 1 || unit > 255)
		complain("a meter needs unit=1 … 255");
	struct meter *meter = line->meters[unit];
	bool is_new = meter == NULL;
	if (is_new)
		meter = meter_add(line, unit);
	else if (meter->head != NULL)
		complain("unit %d is a phase of unit %d", unit, meter->head->unit);
	const char *complaint = meter_keys_set(meter, rest);
	if (complaint != NULL)
		complain("meter %s %d: %s", name, unit, complaint);
	if (is_new && meter->model == MODEL_ADF300 && meter->phases == 3)
		views_add(meter);
}

static void
zone_statement(const char *rest)
{
	char *end;
	double hours = strtod(rest, &end);
	if (end == rest || hours < -14 || hours > 14)
		complain("zone: hours from UTC");
	building.zone_ms = (int64_t)(hours * 3600000);
}

static void
statement(char *text)
{
	text[strcspn(text, "#\n")] = '\0';
	for (char *c = text; *c != '\0'; c++)
		if (isspace((unsigned char)*c))
			*c = ' ';
	char *rest, *verb = strtok_r(text, " ", &rest);
	if (verb == NULL)
		return;
	if (strcmp(verb, "seed") == 0)
		building.seed = strtoull(rest, NULL, 10);
	else if (strcmp(verb, "zone") == 0)
		zone_statement(rest);
	else if (strcmp(verb, "line") == 0)
		line_statement(rest);
	else if (strcmp(verb, "box") == 0)
		box_statement(rest);
	else if (strcmp(verb, "meter") == 0)
		meter_statement(rest);
	else
		complain("unknown statement %s", verb);
}

/* "LINE:1-36": every meter there but the phases of others and other sums. */
static void
sum_resolve(struct meter *meter)
{
	char name[LINE_NAME];
	int first, last;
	if (sscanf(meter->sum, "%31[^:]:%d-%d", name, &first, &last) != 3 ||
	    line_find(name) == NULL || first < 1 || last > 255 || first > last)
		die("%s: sum=%s: a sum is LINE:FIRST-LAST", config_path, meter->sum);
	const struct line *line = line_find(name);
	meter->parts = calloc((size_t)(last - first + 1), sizeof(struct meter *));
	if (meter->parts == NULL)
		die("out of memory");
	for (int unit = first; unit <= last; unit++) {
		struct meter *part = line->meters[unit];
		if (part != NULL && part->head == NULL && part->sum[0] == '\0')
			meter->parts[meter->part_count++] = part;
	}
}

void
config_read(const char *path)
{
	char *text = NULL;
	size_t room = 0;
	FILE *file = fopen(path, "re");
	if (file == NULL)
		die("%s: %s", path, strerror(errno));
	config_path = path;
	while (getline(&text, &room, file) >= 0) {
		config_line++;
		statement(text);
	}
	free(text);
	fclose(file);
	for (struct line *line = lines; line != NULL; line = line->next) {
		for (int unit = 1; unit < 256; unit++) {
			struct meter *meter = line->meters[unit];
			if (meter == NULL)
				continue;
			if (meter->sum[0] != '\0')
				sum_resolve(meter);
			meter_finish(meter);
		}
	}
}
