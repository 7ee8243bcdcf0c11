#include "base/csv.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"

#define CHUNK	 65536
/* A byte of any of the encodings becomes at most three of UTF-8. */
#define TEXT_MAX (3 * CHUNK)
#define END	 (-1)
#define BROKEN	 (-2)

struct csv {
	int fd;
	iconv_t decoder; /* NO_DECODER: the file is UTF-8 */
	bool is_over;	 /* the file was read to its end */
	enum rc trouble; /* why reading stopped early */
	char raw[CHUNK];
	size_t raw_used;
	char text[TEXT_MAX];
	size_t at, used;
	char separator;
	int64_t row, column;
	char cells[SHEET_ROW_MAX + SHEET_COLUMNS_MAX + 1];
	size_t length;
};

#define NO_DECODER ((iconv_t)-1)

static enum rc
refuse(struct sheet_fault *fault, const char *key, int64_t row, int64_t column)
{
	*fault = (struct sheet_fault){ .key = key, .row = row, .column = column };
	return RC_INVALID;
}

/* ---- bytes and encodings ---- */

static ssize_t
read_some(int fd, char *bytes, size_t size)
{
	ssize_t got;

	do
		got = read(fd, bytes, size);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		log_error("import", "cannot read the file: %s", strerror(errno));
	return got;
}

/* Length without a character of UTF-8 that is cut off at the end. */
static size_t
whole_characters(const char *bytes, size_t length)
{
	for (size_t back = 1; back <= 3 && back <= length; back++) {
		unsigned char byte = (unsigned char)bytes[length - back];
		size_t size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
		if ((byte & 0xc0) == 0x80)
			continue;
		return size > back ? length - back : length;
	}
	return length;
}

/* Is all of the file UTF-8? NUL is for the parser to refuse, with its place. */
static enum rc
look_through(int fd, bool *is_utf8)
{
	char bytes[CHUNK + 4];
	size_t kept = 0;
	ssize_t got;

	*is_utf8 = true;
	while ((got = read_some(fd, bytes + kept, CHUNK)) > 0) {
		size_t length = kept + (size_t)got, whole = whole_characters(bytes, length);
		for (size_t i = 0; i < whole; i++)
			bytes[i] = (char)(bytes[i] == '\0' ? ' ' : bytes[i]);
		if (!text_is_utf8(bytes, whole))
			*is_utf8 = false;
		kept = length - whole;
		memmove(bytes, bytes + whole, kept);
	}
	*is_utf8 = *is_utf8 && kept == 0;
	return got < 0 || lseek(fd, 0, SEEK_SET) != 0 ? RC_UNAVAILABLE : RC_OK;
}

static bool
begins(const struct csv *csv, const char *mark, size_t length)
{
	return csv->raw_used >= length && memcmp(csv->raw, mark, length) == 0;
}

static void
drop(struct csv *csv, size_t length)
{
	csv->raw_used -= length;
	memmove(csv->raw, csv->raw + length, csv->raw_used);
}

static enum rc
choose_decoder(struct csv *csv, const char *encoding)
{
	csv->decoder = iconv_open("UTF-8", encoding);
	if (csv->decoder != NO_DECODER)
		return RC_OK;
	log_error("import", "this machine cannot decode %s: %s", encoding, strerror(errno));
	return RC_BUG;
}

/* The mark at the beginning decides, then the bytes: what is not UTF-8 was written by a Chinese
 * Excel. */
static enum rc
find_encoding(struct csv *csv)
{
	bool is_utf8;
	enum rc rc = look_through(csv->fd, &is_utf8);

	if (rc != RC_OK)
		return rc;
	ssize_t got = read_some(csv->fd, csv->raw, CHUNK);
	if (got < 0)
		return RC_UNAVAILABLE;
	csv->raw_used = (size_t)got;
	if (begins(csv, "\xff\xfe", 2) || begins(csv, "\xfe\xff", 2)) {
		const char *encoding = csv->raw[0] == '\xff' ? "UTF-16LE" : "UTF-16BE";
		drop(csv, 2);
		return choose_decoder(csv, encoding);
	}
	if (is_utf8 && begins(csv, "\xef\xbb\xbf", 3))
		drop(csv, 3);
	return is_utf8 ? RC_OK : choose_decoder(csv, "GB18030");
}

/* ---- characters ---- */

static void
decode(struct csv *csv)
{
	char *in = csv->raw, *out = csv->text;
	size_t in_left = csv->raw_used, out_left = TEXT_MAX;

	if (csv->decoder == NO_DECODER) {
		memcpy(csv->text, csv->raw, csv->raw_used);
		csv->used = csv->raw_used;
		csv->raw_used = 0;
		return;
	}
	size_t failed = iconv(csv->decoder, &in, &in_left, &out, &out_left);
	bool is_broken = failed == (size_t)-1 && (errno == EILSEQ || csv->is_over);
	csv->used = TEXT_MAX - out_left;
	memmove(csv->raw, in, in_left);
	csv->raw_used = in_left;
	if (is_broken)
		csv->trouble = RC_INVALID;
}

static void
fill(struct csv *csv)
{
	csv->at = csv->used = 0;
	while (csv->used == 0 && csv->trouble == RC_OK && !(csv->is_over && csv->raw_used == 0)) {
		if (!csv->is_over && csv->raw_used < CHUNK) {
			ssize_t got =
			    read_some(csv->fd, csv->raw + csv->raw_used, CHUNK - csv->raw_used);
			if (got < 0)
				csv->trouble = RC_UNAVAILABLE;
			csv->is_over = got <= 0;
			csv->raw_used += got > 0 ? (size_t)got : 0;
		}
		decode(csv);
	}
}

/* The next byte of UTF-8, END or BROKEN. */
static int
take(struct csv *csv)
{
	if (csv->at == csv->used && (csv->trouble != RC_OK || (fill(csv), csv->used == 0)))
		return csv->trouble != RC_OK ? BROKEN : END;
	return (unsigned char)csv->text[csv->at++];
}

static int
peek(struct csv *csv)
{
	int byte = take(csv);

	if (byte >= 0)
		csv->at--;
	return byte;
}

/* ---- the separator ---- */

/* "sep=;" as the first line: Excel obeys it and does not show it. */
static bool
take_announcement(struct csv *csv)
{
	const char *text = csv->text;

	if (csv->used < 5 || strncasecmp(text, "sep=", 4) != 0 || text[4] == '\0' ||
	    strchr(",;\t|", text[4]) == NULL)
		return false;
	if (csv->used > 5 && text[5] != '\r' && text[5] != '\n')
		return false;
	csv->separator = text[4];
	csv->at = 5;
	if (csv->at < csv->used && text[csv->at] == '\r')
		csv->at++;
	if (csv->at < csv->used && text[csv->at] == '\n')
		csv->at++;
	csv->row++;
	return true;
}

/* Whatever stands most often in the first line, outside quotes. */
static void
find_separator(struct csv *csv)
{
	static const char candidates[] = ",;\t";
	size_t counts[sizeof(candidates) - 1] = { 0 }, best = 0;
	bool is_quoted = false;

	csv->separator = ',';
	fill(csv);
	if (take_announcement(csv))
		return;
	for (size_t i = 0; i < csv->used; i++) {
		char byte = csv->text[i];
		const char *found = byte == '\0' ? NULL : strchr(candidates, byte);
		if (byte == '"')
			is_quoted = !is_quoted;
		else if (!is_quoted && (byte == '\r' || byte == '\n'))
			break;
		else if (!is_quoted && found != NULL)
			counts[found - candidates]++;
	}
	for (size_t i = 0; i < COUNT(counts); i++)
		if (counts[i] > counts[best])
			best = i;
	csv->separator = candidates[best];
}

enum rc
csv_open(int fd, struct csv **out, struct sheet_fault *fault)
{
	struct csv *csv = calloc(1, sizeof(*csv));

	*fault = (struct sheet_fault){ 0 };
	if (csv == NULL)
		log_fatal("memory", "no room for a file");
	csv->fd = fd;
	csv->decoder = NO_DECODER;
	enum rc rc = find_encoding(csv);
	if (rc != RC_OK) {
		csv_close(csv);
		return rc;
	}
	find_separator(csv);
	*out = csv;
	return RC_OK;
}

void
csv_close(struct csv *csv)
{
	if (csv == NULL)
		return;
	if (csv->decoder != NO_DECODER)
		iconv_close(csv->decoder);
	close(csv->fd);
	free(csv);
}

/* ---- records ---- */

static const char *
put(struct csv *csv, size_t begin, int byte)
{
	bool is_control =
	    (byte < 0x20 && byte != '\t' && byte != '\r' && byte != '\n') || byte == 0x7f;

	if (is_control)
		return "SheetCharacter";
	if (csv->length - begin >= SHEET_CELL_MAX)
		return "SheetCell";
	if (csv->length >= SHEET_ROW_MAX)
		return "SheetRow";
	csv->cells[csv->length++] = (char)byte;
	return NULL;
}

/* The inside of quotes; the opening one is taken. */
static const char *
read_quoted(struct csv *csv, size_t begin)
{
	const char *wrong = NULL;
	int byte;

	while (wrong == NULL && (byte = take(csv)) >= 0) {
		if (byte == '"' && peek(csv) != '"')
			return NULL;
		if (byte == '"')
			byte = take(csv);
		wrong = put(csv, begin, byte);
	}
	if (wrong == NULL)
		wrong = byte == BROKEN ? "SheetEncoding" : "SheetQuote";
	return wrong;
}

static bool
ends_cell(const struct csv *csv, int byte)
{
	return byte < 0 || byte == csv->separator || byte == '\r' || byte == '\n';
}

static const char *
read_cell(struct csv *csv)
{
	size_t begin = csv->length;
	const char *wrong = NULL;

	if (peek(csv) == '"') {
		take(csv);
		if ((wrong = read_quoted(csv, begin)) == NULL && !ends_cell(csv, peek(csv)))
			wrong = "SheetQuote";
	} else {
		while (wrong == NULL && !ends_cell(csv, peek(csv)))
			wrong = put(csv, begin, take(csv));
	}
	csv->cells[csv->length++] = '\0';
	return wrong == NULL && peek(csv) == BROKEN ? "SheetEncoding" : wrong;
}

/* Takes what ended a cell. True when the record goes on. */
static bool
take_end(struct csv *csv)
{
	int byte = take(csv);

	if (byte == '\r' && peek(csv) == '\n')
		take(csv);
	return byte == csv->separator;
}

static enum rc
explain(const struct csv *csv, struct sheet_fault *fault, const char *wrong, size_t column)
{
	if (csv->trouble == RC_UNAVAILABLE)
		return RC_UNAVAILABLE;
	return refuse(fault, wrong, csv->row, (int64_t)column);
}

enum rc
csv_next(struct csv *csv, struct sheet_row *row, struct sheet_fault *fault)
{
	size_t column = 0;

	csv->length = 0;
	if (peek(csv) == END)
		return RC_NOT_FOUND;
	*row = (struct sheet_row){ .number = ++csv->row };
	do {
		size_t begin = csv->length;
		const char *wrong = read_cell(csv);
		column++;
		bool is_empty = csv->cells[begin] == '\0';
		if (wrong == NULL && !is_empty && column > SHEET_COLUMNS_MAX)
			wrong = "SheetColumns";
		if (wrong != NULL)
			return explain(csv, fault, wrong, column);
		if (column > SHEET_COLUMNS_MAX) {
			csv->length = begin;
			continue;
		}
		row->cells[column - 1] = csv->cells + begin;
		if (!is_empty)
			row->count = column;
	} while (take_end(csv));
	return RC_OK;
}
