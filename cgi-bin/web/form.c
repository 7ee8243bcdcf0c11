#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/money.h"
#include "base/text.h"

#include "form.h"

/* Everything about one field while it is read. */
struct reading {
	struct req *r;
	const struct form_field *field;
	const char *typed;
	char *into;
};

/* The lines of a FORM_LINES field that are clean already. */
struct lines {
	char *clean, *typed; /* typed: room for one line as it came */
	size_t size, used, last, count;
};

static char *
name_of(struct req *r, const char *field, const char *part)
{
	return arena_printf(r->arena, "Form.%s.%s", field, part);
}

static const char *
number_text(struct req *r, int64_t number)
{
	return arena_printf(r->arena, "%lld", (long long)number);
}

/* Beside the field and into the summary. */
void
form_error_values(
    struct req *r, const char *field, const char *key, const char *const *values, size_t count)
{
	struct node *list = view_node(r->view, "Form.Errors");
	struct node *node = node_add(r->view, list);
	const char *text =
	    view_phrase(r->view, arena_printf(r->arena, "Error.%s", key), values, count);

	node_set(r->view, node, "Field", field);
	node_set(r->view, node, "Text", text);
	if (*field != '\0')
		view_set(r->view, name_of(r, field, "Error"), text);
	if (r->status == 200)
		r->status = 422;
}

void
form_error(struct req *r, const char *field, const char *key)
{
	form_error_values(r, field, key, (const char *const[]){ "" }, 1);
}

static enum rc
refuse(const struct reading *reading, const char *key)
{
	const char *limit = number_text(reading->r, reading->field->max);

	form_error_values(reading->r, reading->field->name, key, (const char *const[]){ limit }, 1);
	return RC_INVALID;
}

/* What the page shows, for the first time or again. */

static void
show_frame(struct req *r, const struct form_field *field)
{
	view_bool(r->view, name_of(r, field->name, "Required"), field->is_required);
	if (field->kind == FORM_TEXT || field->kind == FORM_LINES || field->kind == FORM_RAW)
		view_int(r->view, name_of(r, field->name, "Max"), field->max);
}

static void
show_choices(struct req *r, const struct form_field *field, const char *value)
{
	struct node *list = view_node(r->view, name_of(r, field->name, "Choice"));

	for (size_t i = 0; field->choices[i] != NULL; i++) {
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Value", field->choices[i]);
		node_bool(r->view, node, "Selected", strcmp(field->choices[i], value) == 0);
	}
}

static void
show_typed(struct req *r, const struct form_field *field, const char *typed)
{
	show_frame(r, field);
	if (field->kind == FORM_RAW)
		return;
	view_set(r->view, name_of(r, field->name, "Value"), typed);
	if (field->kind == FORM_BOOL)
		view_bool(r->view, name_of(r, field->name, "Checked"), *typed != '\0');
	if (field->kind == FORM_CHOICE)
		show_choices(r, field, typed);
}

static const char *
stored_text(struct req *r, const struct form_field *field, const char *from)
{
	char text[MONEY_TEXT_MAX];
	int64_t energy_wh;

	switch (field->kind) {
	case FORM_TEXT:
	case FORM_LINES:
		return from;
	case FORM_MONEY:
	case FORM_BALANCE:
		money_format_plain(*(const int64_t *)(const void *)from, text, sizeof(text));
		return arena_strdup(r->arena, text);
	case FORM_ENERGY:
		energy_wh = *(const int64_t *)(const void *)from;
		energy_format_plain(energy_wh, energy_wh % 10 == 0 ? 2 : 3, text, sizeof(text));
		return arena_strdup(r->arena, text);
	case FORM_UINT:
		return number_text(r, *(const int64_t *)(const void *)from);
	case FORM_DAY:
		clock_format_day(*(const struct day *)(const void *)from, text, sizeof(text));
		return arena_strdup(r->arena, text);
	case FORM_BOOL:
		return *(const bool *)from ? "1" : "";
	case FORM_CHOICE:
		return field->choices[*(const int64_t *)(const void *)from];
	case FORM_RAW:
		break;
	}
	return "";
}

void
form_fill(struct req *r, const struct form_field *fields, size_t count, const void *from)
{
	for (size_t i = 0; i < count; i++)
		show_typed(r, &fields[i],
		    stored_text(r, &fields[i], (const char *)from + fields[i].offset));
}

/* Reading. Each kind writes its member or refuses with a message. */

static enum rc
read_text(const struct reading *reading)
{
	size_t max = (size_t)reading->field->max;

	if (text_length(reading->typed) > max * 2)
		return refuse(reading, "TooLong"); /* before it is cleaned: nobody types that */
	char *clean = arena_alloc(reading->r->arena, max * 4 * 2 + 1);
	if (text_clean_name(reading->typed, max * 2, clean, max * 4 * 2 + 1) != RC_OK)
		return refuse(reading, "BadText");
	if (text_length(clean) > max)
		return refuse(reading, "TooLong");
	if (*clean == '\0' && reading->field->is_required)
		return refuse(reading, "Required");
	text_copy(reading->into, max * 4 + 1, clean);
	return RC_OK;
}

/* Appends the clean form of a line; last marks the end of the last
 * line that holds something. */
static enum rc
append_line(const struct reading *reading, const char *typed, size_t length, struct lines *lines)
{
	char *line = lines->clean + lines->used + (lines->count > 0);

	memcpy(lines->typed, typed, length);
	lines->typed[length] = '\0';
	if (text_clean_name(lines->typed, (size_t)reading->field->max * 2, line,
		lines->size - (size_t)(line - lines->clean)) != RC_OK)
		return refuse(reading, "BadText");
	if (lines->used == 0 && *line == '\0')
		return RC_OK; /* empty lines at the beginning go */
	if (lines->count++ > 0)
		line[-1] = '\n';
	lines->used = (size_t)(line - lines->clean) + strlen(line);
	if (*line != '\0')
		lines->last = lines->used;
	return RC_OK;
}

/* Each line is cleaned as a name is; a browser sends CR LF. */
static enum rc
read_lines(const struct reading *reading)
{
	size_t max = (size_t)reading->field->max, bytes = strlen(reading->typed);
	struct lines lines = { .size = bytes * 3 + 2 }; /* composing makes at most three of one */

	if (text_length(reading->typed) > max * 2)
		return refuse(reading, "TooLong");
	lines.clean = arena_alloc(reading->r->arena, lines.size);
	lines.typed = arena_alloc(reading->r->arena, bytes + 1);
	for (const char *rest = reading->typed; *rest != '\0';) {
		size_t length = strcspn(rest, "\r\n");
		if (append_line(reading, rest, length, &lines) != RC_OK)
			return RC_INVALID;
		rest += length;
		rest += *rest == '\r' ? 1 + (rest[1] == '\n') : *rest == '\n';
	}
	lines.clean[lines.last] = '\0';
	if (text_length(lines.clean) > max)
		return refuse(reading, "TooLong");
	if (lines.last == 0 && reading->field->is_required)
		return refuse(reading, "Required");
	text_copy(reading->into, max * 4 + 1, lines.clean);
	return RC_OK;
}

static enum rc
read_raw(const struct reading *reading)
{
	if (text_length(reading->typed) > (size_t)reading->field->max)
		return refuse(reading, "TooLong");
	text_copy(reading->into, (size_t)reading->field->max * 4 + 1, reading->typed);
	return RC_OK;
}

static enum rc
read_money(const struct reading *reading)
{
	int64_t *amount_fen = (int64_t *)(void *)reading->into;

	return money_parse(reading->typed, amount_fen) == RC_OK ? RC_OK
								: refuse(reading, "BadMoney");
}

static enum rc
read_balance(const struct reading *reading)
{
	int64_t *amount_fen = (int64_t *)(void *)reading->into;

	return money_parse_balance(reading->typed, amount_fen) == RC_OK
		   ? RC_OK
		   : refuse(reading, "BadAmount");
}

static enum rc
read_energy(const struct reading *reading)
{
	int64_t *energy_wh = (int64_t *)(void *)reading->into;

	return energy_parse(reading->typed, energy_wh) == RC_OK ? RC_OK
								: refuse(reading, "BadEnergy");
}

static enum rc
read_uint(const struct reading *reading)
{
	int64_t *number = (int64_t *)(void *)reading->into;

	return text_parse_uint(reading->typed, reading->field->max, number) == RC_OK
		   ? RC_OK
		   : refuse(reading, "BadNumber");
}

static enum rc
read_day(const struct reading *reading)
{
	struct day *day = (struct day *)(void *)reading->into;

	return clock_parse_day(reading->typed, day) == RC_OK ? RC_OK : refuse(reading, "BadDay");
}

static enum rc
read_bool(const struct reading *reading)
{
	*(bool *)reading->into = *reading->typed != '\0';
	return RC_OK;
}

static enum rc
read_choice(const struct reading *reading)
{
	for (size_t i = 0; reading->field->choices[i] != NULL; i++)
		if (strcmp(reading->field->choices[i], reading->typed) == 0) {
			*(int64_t *)(void *)reading->into = (int64_t)i;
			return RC_OK;
		}
	return refuse(reading, "BadChoice");
}

static enum rc (*const readers[])(const struct reading *) = {
	[FORM_TEXT] = read_text,
	[FORM_LINES] = read_lines,
	[FORM_RAW] = read_raw,
	[FORM_MONEY] = read_money,
	[FORM_BALANCE] = read_balance,
	[FORM_ENERGY] = read_energy,
	[FORM_UINT] = read_uint,
	[FORM_DAY] = read_day,
	[FORM_BOOL] = read_bool,
	[FORM_CHOICE] = read_choice,
};

/* A value that comes twice, or in query and body, is an attack or a bug, never a person
 * (reliability.md W-36). */
static enum rc
take_typed(struct req *r, struct reading *reading)
{
	const char *name = reading->field->name;
	const struct params *params = r->method == POST ? &r->body : &r->query;
	enum rc rc = param_one(params, name, &reading->typed);

	if (r->method == POST && param_nth(&r->query, name, 0) != NULL)
		rc = RC_INVALID;
	if (rc == RC_OK)
		return RC_OK;
	r->status = 400;
	return refuse(reading, "TwoValues");
}

static bool
is_text(const struct form_field *field)
{
	return field->kind == FORM_TEXT || field->kind == FORM_LINES || field->kind == FORM_RAW;
}

static enum rc
read_field(struct req *r, const struct form_field *field, void *into)
{
	struct reading reading = { .r = r, .field = field, .into = (char *)into + field->offset };
	enum rc rc = take_typed(r, &reading);

	if (rc != RC_OK)
		return rc;
	show_typed(r, field, reading.typed);
	if (is_text(field))
		*reading.into = '\0';
	if (*reading.typed == '\0' && field->kind != FORM_BOOL)
		return field->is_required ? refuse(&reading, "Required") : RC_OK;
	return readers[field->kind](&reading);
}

enum rc
form_read(struct req *r, const struct form_field *fields, size_t count, void *into)
{
	enum rc result = RC_OK;

	for (size_t i = 0; i < count; i++)
		if (read_field(r, &fields[i], into) != RC_OK)
			result = RC_INVALID;
	return result;
}
