#include "model/room_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define DIGITS_MAX 9

/* Bytes of a separator at text, 0 if there is none. */
static size_t
separator(const char *text)
{
	static const char *const wide[] = { "，", "、", "；" };

	if (*text == ',' || *text == ';' || *text == '\n' || *text == '\r')
		return 1;
	for (size_t i = 0; i < COUNT(wide); i++)
		if (strncmp(text, wide[i], strlen(wide[i])) == 0)
			return strlen(wide[i]);
	return 0;
}

static size_t
digits_at_end(const char *text, size_t length)
{
	size_t count = 0;

	while (count < length && text[length - count - 1] >= '0' && text[length - count - 1] <= '9')
		count++;
	return count;
}

static enum room_names_fault
add(struct room_names *names, const char *name)
{
	if (names->count == ROOM_NAMES_MAX)
		return ROOM_NAMES_MANY;
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->list[i], name) == 0)
			return ROOM_NAMES_TWICE;
	(void)text_copy(names->list[names->count++], sizeof(names->list[0]), name);
	return ROOM_NAMES_OK;
}

/* From first to last, where both end with digits: "A101" and "A120" or "120". */
static enum room_names_fault
add_range(struct room_names *names, const char *first, size_t first_length, const char *last)
{
	size_t last_length = strlen(last);
	size_t first_digits = digits_at_end(first, first_length);
	size_t last_digits = digits_at_end(last, last_length);
	size_t before = first_length - first_digits, last_before = last_length - last_digits;

	if (first_digits == 0 || last_digits == 0 || first_digits > DIGITS_MAX ||
	    last_digits > DIGITS_MAX || last_before > before ||
	    (last_before > 0 && (last_before != before || strncmp(first, last, before) != 0)))
		return ROOM_NAMES_RANGE;
	long from = strtol(first + before, NULL, 10), to = strtol(last + last_before, NULL, 10);
	if (to < from)
		return ROOM_NAMES_RANGE;
	enum room_names_fault fault = ROOM_NAMES_OK;
	for (long n = from; n <= to && fault == ROOM_NAMES_OK; n++) {
		char name[PLACE_NAME_MAX * 4 + 1];
		(void)snprintf(
		    name, sizeof(name), "%.*s%0*ld", (int)before, first, (int)first_digits, n);
		fault = add(names, name);
	}
	return fault;
}

/* "101-120", "A01-A20", "A01-20", but not "B1-02" nor "A-1". */
static bool
is_range(const char *first, size_t first_length, const char *last)
{
	size_t digits = digits_at_end(first, first_length), last_length = strlen(last);
	size_t last_digits = digits_at_end(last, last_length);

	if (digits == 0 || last_digits == 0)
		return false;
	return digits == first_length || last_digits < last_length || last_digits == digits;
}

/* One part between separators. A hyphen means a range when digits stand on both sides of it and it
 * is the only one; a room may be called "B1-02". */
static enum room_names_fault
add_part(struct room_names *names, const char *part)
{
	const char *hyphen = strchr(part, '-');

	if (text_length(part) > PLACE_NAME_MAX)
		return ROOM_NAMES_LONG;
	if (hyphen == NULL || hyphen == part || hyphen[1] == '\0')
		return add(names, part);
	const char *second = strchr(hyphen + 1, '-');
	if (second != NULL) { /* "B1-01-B1-20": the range is in the middle */
		const char *third = strchr(second + 1, '-');
		if (third == NULL || strchr(third + 1, '-') != NULL)
			return ROOM_NAMES_RANGE;
		return add_range(names, part, (size_t)(second - part), second + 1);
	}
	if (!is_range(part, (size_t)(hyphen - part), hyphen + 1))
		return add(names, part);
	return add_range(names, part, (size_t)(hyphen - part), hyphen + 1);
}

enum room_names_fault
room_names_parse(const char *text, struct room_names *names)
{
	char raw[ROOM_NAMES_TEXT_MAX * 4 + 1];
	size_t used = 0;
	enum room_names_fault fault = ROOM_NAMES_OK;

	names->count = 0;
	for (const char *at = text; fault == ROOM_NAMES_OK; at++) {
		size_t skip = *at == '\0' ? 1 : separator(at);
		if (skip == 0) {
			if (used + 1 < sizeof(raw))
				raw[used++] = *at;
			continue;
		}
		raw[used] = '\0';
		used = 0;
		if (text_clean_name(raw, ROOM_NAMES_TEXT_MAX, names->wrong, sizeof(names->wrong)) ==
			RC_OK &&
		    names->wrong[0] != '\0')
			fault = add_part(names, names->wrong);
		if (*at == '\0')
			break;
		at += skip - 1;
	}
	return fault;
}
