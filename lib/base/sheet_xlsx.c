#include "base/sheet_xlsx.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#define DAY_S	    86400
#define DAYS_MAX    2958465 /* 9999-12-31, where Excel ends */
#define VALUE_MAX   64
#define DIGITS_KEPT 15

struct xlsx_rows {
	struct book *book;
	size_t number;
	struct part *part;
	struct sheet_row *row; /* where the next one goes */
	int64_t row_number;
	size_t column; /* of the cell, from 0 */
	int style;
	char type[12];
	bool is_in_row, is_value, is_inline, is_aid, is_row_due;
	size_t begin;
	char cells[SHEET_ROW_MAX + SHEET_COLUMNS_MAX + SHEET_CELL_MAX + 1];
	size_t length;
};

/* ---- numbers ---- */

/* Excel's day 60 is 1900-02-29, which never was. */
static int32_t
day_number(int64_t serial, bool is_1904)
{
	if (is_1904)
		return (int32_t)(serial - 24107);
	return (int32_t)(serial < 60 ? serial - 25568 : serial - 25569);
}

static void
time_text(double serial, enum book_format format, bool is_1904, char *out, size_t size)
{
	int64_t seconds = (int64_t)llround(serial * DAY_S), of_day = seconds % DAY_S;
	char day[16] = "", time[16] = "";

	if (format != FORMAT_TIME)
		clock_format_day(
		    (struct day){ day_number(seconds / DAY_S, is_1904) }, day, sizeof(day));
	if (format == FORMAT_TIME || of_day != 0)
		snprintf(time, sizeof(time), "%02d:%02d:%02d", (int)(of_day / 3600),
		    (int)(of_day / 60 % 60), (int)(of_day % 60));
	snprintf(out, size, "%s%s%s", day, *day != '\0' && *time != '\0' ? " " : "", time);
}

static bool
is_whole(const char *value)
{
	value += *value == '-';
	return *value != '\0' && strlen(value) <= DIGITS_KEPT &&
	       strspn(value, "0123456789") == strlen(value);
}

void
xlsx_number_text(const char *value, enum book_format format, unsigned zeros, bool is_1904,
    char *out, size_t size)
{
	char *end;
	char text[VALUE_MAX];
	double number = strtod(value, &end);

	if (*end != '\0' || !isfinite(number)) {
		text_copy(out, size, value);
		return;
	}
	if (format >= FORMAT_DAY && format <= FORMAT_DAY_TIME && number >= 0 && number < DAYS_MAX) {
		time_text(number, format, is_1904, out, size);
		return;
	}
	/* The 15 digits that Excel keeps and shows: 0.30000000000000004 was typed as 0.3. */
	if (is_whole(value))
		text_copy(text, sizeof(text), value);
	else if (fabs(number) < 1e15 && fabs(number) >= 1e-6)
		snprintf(text, sizeof(text), "%.*f",
		    number == floor(number) ? 0 : DIGITS_KEPT - 1 - (int)floor(log10(fabs(number))),
		    number);
	else
		snprintf(text, sizeof(text), number == 0 ? "%.0f" : "%.14E", number);
	if (strchr(text, '.') != NULL && strchr(text, 'E') == NULL) {
		size_t length = strlen(text);
		while (text[length - 1] == '0')
			text[--length] = '\0';
		if (text[length - 1] == '.')
			text[--length] = '\0';
	}
	if (format == FORMAT_ZEROS && is_whole(text) && *text != '-' && strlen(text) < zeros)
		snprintf(out, size, "%0*lld", (int)zeros, (long long)strtoll(text, NULL, 10));
	else
		text_copy(out, size, text);
}

/* ---- cells ---- */

static void
refuse(struct xlsx_rows *rows, const char *key)
{
	part_refuse(rows->part, key, rows->row_number, (int64_t)rows->column + 1);
}

/* "AB12" is column 27, row 12. False when it is no address. */
static bool
parse_address(const char *address, size_t *column, int64_t *row)
{
	size_t letters = 0;

	*column = 0;
	while (address[letters] >= 'A' && address[letters] <= 'Z' && letters < 4)
		*column = *column * 26 + (size_t)(address[letters++] - 'A' + 1);
	if (letters == 0 || letters > 3 ||
	    text_parse_uint(address + letters, 1048576, row) != RC_OK)
		return false;
	--*column;
	return true;
}

static void
begin_row(struct xlsx_rows *rows, const char **attributes)
{
	const char *number = part_attribute(attributes, "r");
	int64_t parsed = rows->row_number + 1;

	if (number != NULL &&
	    (text_parse_uint(number, 1048576, &parsed) != RC_OK || parsed <= rows->row_number)) {
		part_refuse(rows->part, "SheetXml", rows->row_number, 0);
		return;
	}
	rows->row_number = parsed;
	*rows->row = (struct sheet_row){ .number = parsed };
	rows->column = SIZE_MAX;
	rows->length = 0;
	rows->is_in_row = true;
}

static void
begin_cell(struct xlsx_rows *rows, const char **attributes)
{
	const char *address = part_attribute(attributes, "r");
	const char *type = part_attribute(attributes, "t");
	const char *style = part_attribute(attributes, "s");
	int64_t row, number = 0;

	rows->column++;
	if (address != NULL) {
		size_t column;
		if (!parse_address(address, &column, &row) || row != rows->row_number ||
		    (rows->column > 0 && column < rows->column)) {
			refuse(rows, "SheetXml");
			return;
		}
		rows->column = column;
	}
	if (style != NULL && text_parse_uint(style, BOOK_FORMATS_MAX - 1, &number) != RC_OK)
		number = 0;
	rows->style = (int)number;
	text_copy(rows->type, sizeof(rows->type), type != NULL ? type : "n");
	rows->begin = rows->length;
}

static void
sheet_begin(void *context, const char *name, const char **attributes)
{
	struct xlsx_rows *rows = context;

	if (strcmp(name, "row") == 0)
		begin_row(rows, attributes);
	else if (!rows->is_in_row)
		return;
	else if (strcmp(name, "c") == 0)
		begin_cell(rows, attributes);
	else if (strcmp(name, "v") == 0)
		rows->is_value = true;
	else if (strcmp(name, "rPh") == 0)
		rows->is_aid = true;
	else if (strcmp(name, "t") == 0)
		rows->is_inline = !rows->is_aid;
}

static void
add(struct xlsx_rows *rows, const char *text, size_t length)
{
	if (rows->length - rows->begin + length > SHEET_CELL_MAX)
		refuse(rows, "SheetCell");
	else if (rows->length + length > SHEET_ROW_MAX)
		refuse(rows, "SheetRow");
	else {
		memcpy(rows->cells + rows->length, text, length);
		rows->length += length;
	}
}

static void
sheet_text(void *context, const char *text, size_t length)
{
	struct xlsx_rows *rows = context;

	if (rows->is_value || rows->is_inline)
		add(rows, text, length);
}

static int
hex_digit(char digit)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *found = strchr(digits, digit >= 'a' && digit <= 'f' ? digit - 32 : digit);

	return found == NULL || digit == '\0' ? -1 : (int)(found - digits);
}

/* "_x000D_" stands for a character that XML cannot hold. Those above ASCII need no such dress. */
static void
undress(char *text)
{
	char *out = text;

	while (*text != '\0') {
		int value = 0;
		bool is_dressed =
		    text[0] == '_' && text[1] == 'x' && strlen(text) >= 7 && text[6] == '_';
		for (int i = 2; is_dressed && i < 6; i++) {
			is_dressed = hex_digit(text[i]) >= 0;
			value = value * 16 + hex_digit(text[i]);
		}
		if (is_dressed && value < 0x80) {
			*out++ = (char)(value == 0 ? 1 : value);
			text += 7;
		} else
			*out++ = *text++;
	}
	*out = '\0';
}

static void
translate_number(struct xlsx_rows *rows, const char *value)
{
	const struct book *book = rows->book;
	enum book_format format = FORMAT_PLAIN;
	unsigned zeros = 0;
	char text[VALUE_MAX];

	if ((size_t)rows->style < book->format_count) {
		format = (enum book_format)book->formats[rows->style].format;
		zeros = book->formats[rows->style].zeros;
	}
	xlsx_number_text(value, format, zeros, book->is_1904, text, sizeof(text));
	rows->length = rows->begin;
	add(rows, text, strlen(text));
}

/* Turns what stood in <v> into what the cell shows. */
static void
translate(struct xlsx_rows *rows)
{
	char value[VALUE_MAX];
	int64_t number;

	if (strcmp(rows->type, "inlineStr") == 0 || strcmp(rows->type, "str") == 0 ||
	    strcmp(rows->type, "e") == 0 || strcmp(rows->type, "d") == 0 ||
	    rows->length == rows->begin)
		return;
	rows->cells[rows->length] = '\0';
	if (!text_copy(value, sizeof(value), rows->cells + rows->begin)) {
		refuse(rows, "SheetXml");
		return;
	}
	if (strcmp(rows->type, "n") == 0) {
		translate_number(rows, value);
		return;
	}
	const char *text = NULL;
	if (strcmp(rows->type, "b") == 0)
		text = strcmp(value, "1") == 0 ? "TRUE" : "FALSE";
	else if (text_parse_uint(value, UINT32_MAX, &number) == RC_OK)
		text = book_string(rows->book, (size_t)number);
	if (text == NULL) {
		refuse(rows, "SheetXml");
		return;
	}
	rows->length = rows->begin;
	add(rows, text, strlen(text));
}

static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if (((unsigned char)*text < 0x20 && strchr("\t\r\n", *text) == NULL) ||
		    *text == 0x7f)
			return true;
	return false;
}

static void
end_cell(struct xlsx_rows *rows)
{
	char *cell = rows->cells + rows->begin;

	translate(rows);
	rows->cells[rows->length] = '\0';
	undress(cell);
	rows->length = rows->begin + strlen(cell);
	if (*cell == '\0')
		return;
	if (has_control(cell))
		refuse(rows, "SheetCharacter");
	else if (rows->column >= SHEET_COLUMNS_MAX)
		refuse(rows, "SheetColumns");
	else {
		rows->row->cells[rows->column] = cell;
		rows->row->count = rows->column + 1;
		rows->length++;
	}
}

static void
end_row(struct xlsx_rows *rows)
{
	rows->is_in_row = false;
	for (size_t i = 0; i < rows->row->count; i++)
		if (rows->row->cells[i] == NULL)
			rows->row->cells[i] = "";
	if (rows->row->count == 0)
		return;
	rows->is_row_due = true;
	part_pause(rows->part);
}

static void
sheet_end(void *context, const char *name)
{
	struct xlsx_rows *rows = context;

	if (strcmp(name, "rPh") == 0)
		rows->is_aid = false;
	rows->is_value = rows->is_inline = false;
	if (rows->is_in_row && strcmp(name, "c") == 0 && rows->column != SIZE_MAX)
		end_cell(rows);
	else if (rows->is_in_row && strcmp(name, "row") == 0)
		end_row(rows);
}

/* ---- the sheet ---- */

static enum rc
open_sheet(struct xlsx_rows *rows, struct sheet_fault *fault)
{
	static const struct part_reader reader = { sheet_begin, sheet_end, sheet_text };
	const struct book *book = rows->book;
	size_t first = rows->number == 0 ? 1 : rows->number;

	while (rows->number == 0 && first < book->sheet_count &&
	       book->sheets[first - 1].part[0] == '\0')
		first++; /* a sheet of charts has no rows */
	rows->number = first;
	if (first > book->sheet_count || book->sheets[first - 1].part[0] == '\0') {
		*fault = (struct sheet_fault){ .key = "SheetEmpty" };
		return RC_INVALID;
	}
	return part_open(
	    book->archive, book->sheets[first - 1].part, &reader, rows, &rows->part, fault);
}

enum rc
xlsx_rows_open(int fd, size_t number, struct xlsx_rows **out, struct sheet_fault *fault)
{
	struct archive *archive;
	struct xlsx_rows *rows;
	struct book *book;
	enum rc rc = archive_open(fd, &archive, fault);

	if (rc != RC_OK || (rc = book_open(archive, &book, fault)) != RC_OK)
		return rc;
	rows = calloc(1, sizeof(*rows));
	if (rows == NULL)
		log_fatal("memory", "no room for a sheet");
	rows->book = book;
	rows->number = number;
	if ((rc = open_sheet(rows, fault)) != RC_OK)
		xlsx_rows_close(rows);
	else
		*out = rows;
	return rc;
}

void
xlsx_rows_close(struct xlsx_rows *rows)
{
	if (rows == NULL)
		return;
	part_close(rows->part);
	book_close(rows->book);
	free(rows);
}

enum rc
xlsx_rows_next(struct xlsx_rows *rows, struct sheet_row *row, struct sheet_fault *fault)
{
	rows->row = row;
	rows->is_row_due = false;
	enum rc rc = part_next(rows->part, fault);
	return rc == RC_OK && !rows->is_row_due ? RC_NOT_FOUND : rc;
}

const struct book *
xlsx_rows_book(const struct xlsx_rows *rows)
{
	return rows->book;
}

size_t
xlsx_rows_number(const struct xlsx_rows *rows)
{
	return rows->number;
}
