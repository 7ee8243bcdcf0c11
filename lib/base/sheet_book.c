#include "base/sheet_book.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/text.h"

#define STRINGS_MAX	  1000000
#define STRINGS_BYTES_MAX (24UL * 1024 * 1024)
#define CUSTOM_MAX	  1024
#define CODE_MAX	  200

/* ---- shared strings ---- */

/* Text of a string comes from <t>, alone or in runs, but not from the reading aids (<rPh>). */
struct strings_reader {
	struct book *book;
	struct part *part;
	size_t room, offsets_room, begin;
	bool is_text, is_aid;
};

static void *
grow(void *memory, size_t size)
{
	void *larger = realloc(memory, size);

	if (larger == NULL)
		log_fatal("memory", "no room for the strings of a workbook");
	return larger;
}

static void
append(struct strings_reader *reader, const char *text, size_t length)
{
	struct book *book = reader->book;

	if (book->strings_length + length > STRINGS_BYTES_MAX) {
		part_refuse(reader->part, "SheetBomb", 0, 0);
		return;
	}
	if (book->strings_length + length > reader->room) {
		reader->room = (book->strings_length + length) / 2 * 3 + 65536;
		book->strings = grow(book->strings, reader->room);
	}
	memcpy(book->strings + book->strings_length, text, length);
	book->strings_length += length;
}

static void
begin_string(struct strings_reader *reader)
{
	struct book *book = reader->book;

	if (book->string_count == STRINGS_MAX) {
		part_refuse(reader->part, "SheetBomb", 0, 0);
		return;
	}
	if (book->string_count == reader->offsets_room) {
		reader->offsets_room = 2 * reader->offsets_room + 1024;
		book->offsets = grow(book->offsets, reader->offsets_room * sizeof(*book->offsets));
	}
	book->offsets[book->string_count++] = (uint32_t)book->strings_length;
}

static void
strings_begin(void *context, const char *name, const char **attributes)
{
	struct strings_reader *reader = context;

	(void)attributes;
	if (strcmp(name, "si") == 0)
		begin_string(reader);
	else if (strcmp(name, "rPh") == 0)
		reader->is_aid = true;
	reader->is_text = strcmp(name, "t") == 0 && !reader->is_aid;
}

static void
strings_end(void *context, const char *name)
{
	struct strings_reader *reader = context;

	if (strcmp(name, "si") == 0)
		append(reader, "", 1);
	else if (strcmp(name, "rPh") == 0)
		reader->is_aid = false;
	reader->is_text = false;
}

static void
strings_text(void *context, const char *text, size_t length)
{
	struct strings_reader *reader = context;

	if (reader->is_text && reader->book->string_count > 0)
		append(reader, text, length);
}

const char *
book_string(const struct book *book, size_t number)
{
	return number < book->string_count ? book->strings + book->offsets[number] : NULL;
}

/* ---- formats ---- */

/* Numbers that Excel knows without a code; the higher ones are those of Chinese and Japanese. */
static enum book_format
built_in(int64_t number)
{
	if (number == 22)
		return FORMAT_DAY_TIME;
	if ((number >= 14 && number <= 17) || (number >= 27 && number <= 31) || number == 36 ||
	    (number >= 50 && number <= 54) || number == 57 || number == 58)
		return FORMAT_DAY;
	if ((number >= 18 && number <= 21) || (number >= 32 && number <= 35) ||
	    (number >= 45 && number <= 47) || number == 55 || number == 56)
		return FORMAT_TIME;
	return FORMAT_PLAIN;
}

/* Without what is quoted, escaped or in brackets. */
static void
bare_code(const char *code, char *bare, size_t size)
{
	size_t used = 0;

	while (*code != '\0' && *code != ';' && used + 1 < size) {
		const char *end = NULL;
		if (*code == '"')
			end = strchr(code + 1, '"');
		else if (*code == '[')
			end = strchr(code, ']');
		else if ((*code == '\\' || *code == '_' || *code == '*') && code[1] != '\0')
			end = code + 1;
		else
			bare[used++] = *code;
		code = end != NULL ? end + 1 : code + 1;
	}
	bare[used] = '\0';
}

enum book_format
book_format_code(const char *code, uint8_t *zeros)
{
	char bare[CODE_MAX];

	*zeros = 0;
	bare_code(code, bare, sizeof(bare));
	size_t length = strlen(bare);
	if (length > 1 && length < 20 && strspn(bare, "0") == length) {
		*zeros = (uint8_t)length;
		return FORMAT_ZEROS;
	}
	if (strcasecmp(bare, "general") == 0)
		return FORMAT_PLAIN;
	bool has_day = strpbrk(bare, "yYdD") != NULL;
	bool has_time = strpbrk(bare, "hHsS") != NULL;
	if (has_day && has_time)
		return FORMAT_DAY_TIME;
	return has_day ? FORMAT_DAY : has_time ? FORMAT_TIME : FORMAT_PLAIN;
}

struct styles_reader {
	struct book *book;
	bool is_cells; /* inside cellXfs */
	struct custom {
		int64_t id;
		uint8_t format, zeros;
	} customs[CUSTOM_MAX];
	size_t custom_count;
};

static int64_t
number_of(const char **attributes, const char *name)
{
	const char *text = part_attribute(attributes, name);
	int64_t number;

	if (text == NULL || text_parse_uint(text, UINT32_MAX, &number) != RC_OK)
		return -1;
	return number;
}

static void
add_custom(struct styles_reader *reader, const char **attributes)
{
	const char *code = part_attribute(attributes, "formatCode");
	struct custom *custom = &reader->customs[reader->custom_count];

	if (code == NULL || reader->custom_count == CUSTOM_MAX)
		return;
	custom->id = number_of(attributes, "numFmtId");
	custom->format = (uint8_t)book_format_code(code, &custom->zeros);
	reader->custom_count++;
}

static void
add_format(struct styles_reader *reader, const char **attributes)
{
	struct book *book = reader->book;
	int64_t id = number_of(attributes, "numFmtId");

	if (book->format_count == BOOK_FORMATS_MAX)
		return;
	size_t at = book->format_count++;
	book->formats[at].format = (uint8_t)built_in(id);
	for (size_t i = 0; i < reader->custom_count; i++) {
		if (reader->customs[i].id != id)
			continue;
		book->formats[at].format = reader->customs[i].format;
		book->formats[at].zeros = reader->customs[i].zeros;
	}
}

static void
styles_begin(void *context, const char *name, const char **attributes)
{
	struct styles_reader *reader = context;

	if (strcmp(name, "numFmt") == 0)
		add_custom(reader, attributes);
	else if (strcmp(name, "cellXfs") == 0)
		reader->is_cells = true;
	else if (strcmp(name, "xf") == 0 && reader->is_cells)
		add_format(reader, attributes);
}

static void
styles_end(void *context, const char *name)
{
	struct styles_reader *reader = context;

	if (strcmp(name, "cellXfs") == 0)
		reader->is_cells = false;
}

/* ---- the list of sheets, and where they are ---- */

static void
workbook_begin(void *context, const char *name, const char **attributes)
{
	struct book *book = context;

	if (strcmp(name, "workbookPr") == 0) {
		const char *is_1904 = part_attribute(attributes, "date1904");
		book->is_1904 = is_1904 != NULL && strchr("1t", is_1904[0]) != NULL;
	}
	if (strcmp(name, "sheet") != 0 || book->sheet_count == SHEET_SHEETS_MAX)
		return;
	const char *state = part_attribute(attributes, "state");
	const char *title = part_attribute(attributes, "name");
	const char *id = part_attribute(attributes, "id");
	if (title == NULL || id == NULL || (state != NULL && strcmp(state, "visible") != 0))
		return;
	struct book_sheet *sheet = &book->sheets[book->sheet_count];
	text_copy(sheet->name, sizeof(sheet->name), title);
	if (text_copy(sheet->id, sizeof(sheet->id), id))
		book->sheet_count++;
}

/* "worksheets/sheet1.xml" is meant from xl/, "/xl/worksheets/sheet1.xml" from the top. */
static void
resolve(const char *target, char part[BOOK_PART_MAX])
{
	size_t used = 0;

	if (target[0] != '/')
		used = (size_t)(stpcpy(part, "xl/") - part);
	if (!text_copy(part + used, BOOK_PART_MAX - used, target + (target[0] == '/')))
		part[0] = '\0';
}

static bool
ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), n = strlen(end);

	return length >= n && strcmp(text + length - n, end) == 0;
}

static void
relation_begin(void *context, const char *name, const char **attributes)
{
	struct book *book = context;
	const char *id = part_attribute(attributes, "Id");
	const char *type = part_attribute(attributes, "Type");
	const char *target = part_attribute(attributes, "Target");

	if (strcmp(name, "Relationship") != 0 || id == NULL || type == NULL || target == NULL)
		return;
	if (ends_with(type, "/sharedStrings"))
		resolve(target, book->strings_part);
	else if (ends_with(type, "/styles"))
		resolve(target, book->styles_part);
	for (size_t i = 0; i < book->sheet_count; i++)
		if (strcmp(book->sheets[i].id, id) == 0 && ends_with(type, "/worksheet"))
			resolve(target, book->sheets[i].part);
}

/* ---- all of it ---- */

static enum rc
read_part(struct book *book, const char *name, const struct part_reader *reader, void *context,
    struct part **slot, struct sheet_fault *fault)
{
	struct part *part;
	enum rc rc = part_open(book->archive, name, reader, context, &part, fault);

	if (rc != RC_OK)
		return rc;
	if (slot != NULL)
		*slot = part;
	rc = part_next(part, fault);
	part_close(part);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
read_strings(struct book *book, struct sheet_fault *fault)
{
	static const struct part_reader parts = { strings_begin, strings_end, strings_text };
	struct strings_reader reader = { .book = book };

	if (book->strings_part[0] == '\0' || !archive_has(book->archive, book->strings_part))
		return RC_OK;
	return read_part(book, book->strings_part, &parts, &reader, &reader.part, fault);
}

static enum rc
read_styles(struct book *book, struct sheet_fault *fault)
{
	static const struct part_reader parts = { styles_begin, styles_end, NULL };
	struct styles_reader *reader;

	if (book->styles_part[0] == '\0' || !archive_has(book->archive, book->styles_part))
		return RC_OK;
	reader = calloc(1, sizeof(*reader));
	if (reader == NULL)
		log_fatal("memory", "no room for styles");
	reader->book = book;
	enum rc rc = read_part(book, book->styles_part, &parts, reader, NULL, fault);
	free(reader);
	return rc;
}

static enum rc
read_all(struct book *book, struct sheet_fault *fault)
{
	static const struct part_reader workbook = { workbook_begin, NULL, NULL };
	static const struct part_reader relations = { relation_begin, NULL, NULL };
	enum rc rc;

	if (!archive_has(book->archive, "xl/workbook.xml")) {
		*fault = (struct sheet_fault){ .key = "SheetType" };
		return RC_INVALID;
	}
	rc = read_part(book, "xl/workbook.xml", &workbook, book, NULL, fault);
	if (rc == RC_OK)
		rc = read_part(book, "xl/_rels/workbook.xml.rels", &relations, book, NULL, fault);
	if (rc == RC_OK)
		rc = read_styles(book, fault);
	return rc == RC_OK ? read_strings(book, fault) : rc;
}

enum rc
book_open(struct archive *archive, struct book **out, struct sheet_fault *fault)
{
	struct book *book = calloc(1, sizeof(*book));

	if (book == NULL)
		log_fatal("memory", "no room for a workbook");
	book->archive = archive;
	enum rc rc = read_all(book, fault);
	if (rc == RC_OK && book->sheet_count == 0) {
		*fault = (struct sheet_fault){ .key = "SheetEmpty" };
		rc = RC_INVALID;
	}
	if (rc != RC_OK)
		book_close(book);
	else
		*out = book;
	return rc;
}

void
book_close(struct book *book)
{
	if (book == NULL)
		return;
	archive_close(book->archive);
	free(book->strings);
	free(book->offsets);
	free(book);
}
