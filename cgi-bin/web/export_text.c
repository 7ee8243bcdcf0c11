#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"

#include "export_text.h"
#include "param.h"

#define NAME_PART_MAX 101

/* Bytes of the well-formed character at text, 0 when there is none. */
static size_t
character_size(const char *text)
{
	size_t length = strnlen(text, 4);

	for (size_t n = 1; n <= length; n++)
		if (text_is_utf8(text, n))
			return n;
	return 0;
}

/* Allowed in XML 1.0, and nothing a cell would show as a box: no control characters but tab and
 * line ends, no U+FFFE and U+FFFF. */
static bool
is_allowed(const char *text, size_t size)
{
	unsigned char first = (unsigned char)*text;

	if (size == 1)
		return (first >= 0x20 && first != 0x7f) || first == '\t' || first == '\n' ||
		       first == '\r';
	return size != 3 ||
	       (memcmp(text, "\xef\xbf\xbe", 3) != 0 && memcmp(text, "\xef\xbf\xbf", 3) != 0);
}

/* Also in their full-width forms, which Excel in Chinese and Japanese takes for the same. */
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

const char *
export_text(struct arena *arena, const char *text)
{
	static const char replacement[] = "\xef\xbf\xbd";
	char *out = arena_alloc(arena, strlen(text) * 3 + 2), *end = out + 1;

	for (size_t characters = 0; *text != '\0' && characters < EXPORT_TEXT_CHARS; characters++) {
		size_t size = character_size(text);
		if (size > 0 && is_allowed(text, size)) {
			memcpy(end, text, size);
			end += size;
		} else {
			end = stpcpy(end, replacement);
		}
		text += size > 0 ? size : 1;
	}
	if (!begins_formula(out + 1))
		return out + 1;
	out[0] = '\'';
	return out;
}

void
export_csv_field(FILE *file, const char *text)
{
	size_t length = strlen(text);
	bool is_plain = strpbrk(text, "\",;\r\n\t") == NULL && *text != ' ' &&
			(length == 0 || text[length - 1] != ' ');

	if (is_plain) {
		fputs(text, file);
		return;
	}
	fputc('"', file);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', file);
		fputc(*text, file);
	}
	fputc('"', file);
}

static const char *
name_part(struct arena *arena, const char *text)
{
	char part[NAME_PART_MAX];

	text_copy(part, sizeof(part), text);
	for (char *c = part; *c != '\0'; c++)
		if (iscntrl((unsigned char)*c) || strchr("/\\:*?\"<>|;% ", *c) != NULL ||
		    (*c == '.' && c == part))
			*c = '_';
	return arena_strdup(arena, part);
}

const char *
export_file_name(
    struct arena *arena, const char *word, const char *site, const char *day, const char *extension)
{
	return arena_printf(
	    arena, "%s_%s_%s.%s", name_part(arena, word), name_part(arena, site), day, extension);
}

const char *
export_disposition(struct arena *arena, const char *name)
{
	const char *dot = strrchr(name, '.');

	return arena_printf(arena, "attachment; filename=\"export%s\"; filename*=UTF-8''%s",
	    dot == NULL ? "" : dot, param_encode(arena, name));
}
