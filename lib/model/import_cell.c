#include <stdio.h>
#include <string.h>

#include "base/money.h"
#include "base/text.h"
#include "model/import_private.h"

#define CLEAR "-"

/* ---- faults ---- */

static const struct import_field *
field_of(const struct import_line *line, size_t field)
{
	return &import_table(line->run->kind)->fields[field];
}

void
line_fault(struct import_line *line, size_t field, const char *key, const char *value)
{
	fault_add_text(&line->faults, field_of(line, field)->name, key, value);
}

void
line_not_found(struct import_line *line, size_t field, const char *typed, const struct near *near)
{
	const char *name = field_of(line, field)->name;

	if (*near_name(near) == '\0')
		fault_add_text(&line->faults, name, "NotFound", typed);
	else
		fault_add(&line->faults, name, "NotFoundNear", "%s\t%s", typed, near_name(near));
}

void
line_require(struct import_line *line)
{
	const struct import_kind_table *table = import_table(line->run->kind);

	for (size_t i = 0; i < table->count; i++)
		if (table->fields[i].is_required && cell_is_empty(line, i))
			line_fault(line, i, "Required", "");
}

/* ---- the text of a cell ---- */

static bool
begins_formula(const char *text)
{
	static const char *const wide[] = { "＝", "＋", "－", "＠" };

	if (*text != '\0' && strchr("=+-@\t\r\n", *text) != NULL)
		return true;
	for (size_t i = 0; i < COUNT(wide); i++)
		if (strncmp(text, wide[i], strlen(wide[i])) == 0)
			return true;
	return false;
}

/* Bytes of the white space at text: also that of web pages and of Chinese keyboards. */
static size_t
white(const char *text)
{
	static const char *const spaces[] = { " ", "\t", "\r", "\n", "\u00a0", "\u3000", "\u200b",
		"\ufeff" };

	for (size_t i = 0; i < COUNT(spaces); i++)
		if (strncmp(text, spaces[i], strlen(spaces[i])) == 0)
			return strlen(spaces[i]);
	return 0;
}

const char *
cell_text(struct import_line *line, size_t field)
{
	const char *text = line->cells[field], *end;
	size_t size;

	while ((size = white(text)) > 0)
		text += size;
	end = text;
	for (const char *at = text; *at != '\0';) {
		size = white(at);
		at += size > 0 ? size : 1;
		if (size == 0)
			end = at;
	}
	if (*text == '\'' && begins_formula(text + 1))
		text++;
	return arena_strndup(line->arena, text, (size_t)(end - text));
}

bool
cell_is_empty(struct import_line *line, size_t field)
{
	return *cell_text(line, field) == '\0';
}

/* The cell says "none", and the field can be none. */
static bool
is_clear(const struct import_line *line, size_t field, const char *text)
{
	return field_of(line, field)->is_clearable && strcmp(text, CLEAR) == 0;
}

/* Full-width digits and letters as ASCII, nothing else changed. */
static const char *
narrow(struct import_line *line, const char *text)
{
	char *out = arena_alloc(line->arena, strlen(text) + 1), *end = out;

	while (*text != '\0') {
		const unsigned char *byte = (const unsigned char *)text;
		int code = byte[0] == 0xef && byte[1] != 0
			       ? (byte[0] & 0xf) << 12 | (byte[1] & 0x3f) << 6 | (byte[2] & 0x3f)
			       : 0;
		if (code >= 0xff01 && code <= 0xff5e) {
			*end++ = (char)(code - 0xff01 + '!');
			text += 3;
		} else
			*end++ = *text++;
	}
	return out;
}

bool
take_name(struct import_line *line, size_t field, size_t max, char *out, size_t size)
{
	const char *text = cell_text(line, field);
	char number[24];

	if (*text == '\0')
		return false;
	if (is_clear(line, field, text)) {
		out[0] = '\0';
		return true;
	}
	if (text_clean_name(text, max, out, size) == RC_OK)
		return true;
	out[0] = '\0';
	if (text_length(text) > max) {
		snprintf(number, sizeof(number), "%zu", max);
		line_fault(line, field, "TooLong", number);
	} else
		line_fault(line, field, "BadText", "");
	return false;
}

/* "2.10705E+11": a spreadsheet took the number of a meter for an amount, and its digits are lost.
 */
static bool
is_exponent(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	text += digits;
	if (digits == 0 || (*text != '.' && *text != 'E' && *text != 'e'))
		return false;
	if (*text == '.')
		text += 1 + strspn(text + 1, "0123456789");
	return (*text == 'E' || *text == 'e') && text[1] == '+' && text[2] != '\0' &&
	       strspn(text + 2, "0123456789") == strlen(text + 2);
}

bool
take_code(struct import_line *line, size_t field, char *out, size_t size)
{
	const char *text = narrow(line, cell_text(line, field));
	char number[24];

	if (*text == '\0')
		return false;
	if (is_clear(line, field, text))
		text = "";
	for (const char *at = text; *at != '\0'; at++)
		if (*at < 0x21 || *at > 0x7e) {
			line_fault(line, field, "BadCode", "");
			return false;
		}
	if (is_exponent(text)) {
		line_fault(line, field, "ExcelNumber", text);
		return false;
	}
	if (text_copy(out, size, text))
		return true;
	snprintf(number, sizeof(number), "%zu", size - 1);
	line_fault(line, field, "TooLong", number);
	out[0] = '\0';
	return false;
}

/* "007" is seven, and "7.0" comes from formulas. */
static bool
parse_whole(const char *text, int64_t *out)
{
	char digits[24];
	size_t length = strspn(text, "0123456789");

	if (length == 0 || (text[length] != '\0' && strcmp(text + length, ".0") != 0 &&
			       strcmp(text + length, ".00") != 0))
		return false;
	while (length > 1 && *text == '0') {
		text++;
		length--;
	}
	if (length >= sizeof(digits))
		return false;
	memcpy(digits, text, length);
	digits[length] = '\0';
	return text_parse_uint(digits, 1000000000000LL, out) == RC_OK;
}

bool
take_whole(struct import_line *line, size_t field, int64_t none, int64_t *out)
{
	const char *text = narrow(line, cell_text(line, field));

	if (*text == '\0')
		return false;
	if (is_clear(line, field, text)) {
		*out = none;
		return true;
	}
	if (parse_whole(text, out))
		return true;
	line_fault(line, field, "NoWhole", text);
	return false;
}

bool
take_yuan(struct import_line *line, size_t field, int64_t none, int64_t *out_fen)
{
	const char *text = narrow(line, cell_text(line, field));

	if (*text == '\0')
		return false;
	if (is_clear(line, field, text)) {
		*out_fen = none;
		return true;
	}
	if (strcmp(text, "0") == 0 || strcmp(text, "0.0") == 0 || strcmp(text, "0.00") == 0) {
		*out_fen = 0;
		return true;
	}
	if (money_parse(text, out_fen) == RC_OK)
		return true;
	line_fault(line, field, "NoAmount", text);
	return false;
}

bool
take_flag(struct import_line *line, size_t field, bool *out)
{
	static const char yes[] = "yes|y|1|true|是|√|有|ja";
	static const char no[] = "no|n|0|false|否|×|x|无";
	const char *text = cell_text(line, field);

	if (*text == '\0')
		return false;
	if (match_word(yes, text))
		*out = true;
	else if (match_word(no, text))
		*out = false;
	else {
		line_fault(line, field, "NoFlag", text);
		return false;
	}
	return true;
}

bool
take_choice(struct import_line *line, size_t field, int64_t *out)
{
	const struct import_choice *choices = field_of(line, field)->choices;
	const char *text = cell_text(line, field), *all = "";
	char bare[MATCH_MAX], code[MATCH_MAX];

	if (*text == '\0')
		return false;
	match_bare(text, bare);
	for (size_t i = 0; choices[i].code != NULL; i++) {
		match_bare(choices[i].code, code);
		if (strcmp(code, bare) == 0 || match_word(choices[i].words, text)) {
			*out = (int64_t)i;
			return true;
		}
		all = arena_printf(line->arena, "%s%s%s", all, i > 0 ? ", " : "", choices[i].code);
	}
	line_fault(line, field, "NoChoice", arena_printf(line->arena, "%s\t%s", text, all));
	return false;
}

bool
take_day(struct import_line *line, size_t field, struct day *out)
{
	const char *text = cell_text(line, field);
	char day[11];

	if (*text == '\0')
		return false;
	/* A sheet may hold the time of day as well, and slashes are as common as hyphens. */
	text_copy(day, sizeof(day), text);
	for (char *at = day; *at != '\0'; at++)
		if (*at == '/' || *at == '.')
			*at = '-';
	bool has_time = strlen(text) > 10;
	if ((!has_time || text[10] == ' ') && clock_parse_day(day, out) == RC_OK)
		return true;
	line_fault(line, field, "NoDay", text);
	return false;
}
