/* What each line of an import does: written in blocks, read as lists. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "model/import_store.h"

#define BLOCK_ROWS   500
#define BLOCK_BYTES  (2 * 1024 * 1024) /* far below what a packet of the server holds */
#define FAULTS_BYTES 4000
#define LABEL_CHARS  290

enum { INSERT, DELETE, LINES, STREAM, COUNT_LINES };

/* The same condition three times. An empty outcome stands for all. */
#define WHERE                                                              \
	" FROM import_row WHERE import_id = ? AND (? = '' OR outcome = ?)" \
	" AND (? = 0 OR obstacle <> '') AND (? = '' OR label LIKE ? OR cells LIKE ?)"
#define COLUMNS "SELECT row_no, part_no, outcome, label, faults, changes, cells, obstacle"

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[INSERT] = { .sql =
			 "INSERT INTO import_row (import_id, row_no, part_no, outcome, label, object_id, revision,"
			 " faults, cells, changes, old_cells) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[DELETE] = { .sql = "DELETE FROM import_row WHERE import_id = ?" },
	[LINES] = { .sql = COLUMNS WHERE " ORDER BY row_no, part_no LIMIT ? OFFSET ?" },
	[STREAM] = { .sql = COLUMNS WHERE " ORDER BY row_no, part_no",
	    .bounded = "lines of one file, row by row" },
	[COUNT_LINES] = { .sql = "SELECT COUNT(*)" WHERE, .bounded = "one row" },
};
/* clang-format on */

enum { NUMBERS = 5, TEXTS = 6 };

struct import_writer {
	struct db *db;
	struct arena *arena; /* texts of the block */
	int64_t numbers[NUMBERS][BLOCK_ROWS];
	const char *texts[TEXTS][BLOCK_ROWS];
	size_t count, bytes;
	int64_t import_id;
};

static void
free_writer(void *subject)
{
	struct import_writer *writer = subject;

	arena_free(writer->arena);
	free(writer);
}

enum rc
import_writer_begin(
    struct db *db, struct arena *arena, int64_t import_id, struct import_writer **out)
{
	struct import_writer *writer = calloc(1, sizeof(*writer));

	if (writer == NULL)
		log_fatal("memory", "no room for a block of lines");
	writer->db = db;
	writer->arena = arena_new();
	writer->import_id = import_id;
	arena_on_free(arena, free_writer, writer);
	*out = writer;
	return db_exec(db, &Q[DELETE], ARGS(I(import_id)));
}

/* Columns in the order of the statement: five numbers and six texts in between. */
enum rc
import_writer_end(struct import_writer *writer)
{
	static const struct {
		bool is_text;
		size_t at;
	} order[NUMBERS + TEXTS] = { { 0, 0 }, { 0, 1 }, { 0, 2 }, { 1, 0 }, { 1, 1 }, { 0, 3 },
		{ 0, 4 }, { 1, 2 }, { 1, 3 }, { 1, 4 }, { 1, 5 } };
	struct column columns[NUMBERS + TEXTS] = { 0 };

	if (writer->count == 0)
		return RC_OK;
	for (size_t i = 0; i < COUNT(order); i++) {
		if (order[i].is_text)
			columns[i] = (struct column){ .kind = VALUE_TEXT,
				.texts = writer->texts[order[i].at] };
		else
			columns[i] = (struct column){ .kind = VALUE_INT,
				.numbers = writer->numbers[order[i].at] };
	}
	enum rc rc = db_bulk(writer->db, &Q[INSERT], columns, COUNT(columns), writer->count);
	writer->count = writer->bytes = 0;
	arena_reset(writer->arena);
	return rc;
}

/* ---- texts of a line ---- */

static const char *
faults_text(struct arena *arena, const struct faults *faults)
{
	char *text = arena_alloc(arena, FAULTS_BYTES), one[FAULT_VALUE_MAX + 100];
	size_t used = 0;

	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->list[i];
		int n = snprintf(one, sizeof(one), "%s%s\x1f%s\x1f%s", i > 0 ? "\x1e" : "",
		    fault->field, fault->key, fault->value);
		if (n < 0 || used + (size_t)n >= FAULTS_BYTES)
			break;
		memcpy(text + used, one, (size_t)n + 1);
		used += (size_t)n;
	}
	return text;
}

/* Texts one after the other with a separator; NULL counts as "". */
static const char *
join(struct arena *arena, const char *const *parts, size_t count, char separator)
{
	size_t length = 1;

	for (size_t i = 0; i < count; i++)
		length += (parts[i] == NULL ? 0 : strlen(parts[i])) + 1;
	char *text = arena_alloc(arena, length), *end = text;
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			*end++ = separator;
		end = stpcpy(end, parts[i] == NULL ? "" : parts[i]);
	}
	return text;
}

static const char *
changes_text(struct arena *arena, const struct changes *changes)
{
	const char *parts[CHANGES_MAX * 3];

	for (size_t i = 0; i < changes->count; i++) {
		parts[3 * i] = changes->list[i].field;
		parts[3 * i + 1] = changes->list[i].before;
		parts[3 * i + 2] = changes->list[i].after;
	}
	return join(arena, parts, 3 * changes->count, IMPORT_PART);
}

/* "3=101" for each field that was changed: by its number, as fields never move. */
static const char *
old_text(struct arena *arena, const char *const *cells)
{
	const char *parts[IMPORT_FIELDS_MAX];
	size_t count = 0;

	for (size_t i = 0; cells != NULL && i < IMPORT_FIELDS_MAX; i++)
		if (cells[i] != NULL)
			parts[count++] = arena_printf(arena, "%zu=%s", i, cells[i]);
	return join(arena, parts, count, IMPORT_PART);
}

static const char *
label_text(struct arena *arena, const char *label)
{
	char text[LABEL_CHARS * 4 + 1];
	size_t at = 0, characters = 0;

	for (; label[at] != '\0'; at++) {
		if (((unsigned char)label[at] & 0xc0) != 0x80 && ++characters > LABEL_CHARS)
			break;
		text[at] = label[at];
	}
	text[at] = '\0';
	return arena_strdup(arena, text);
}

enum rc
import_writer_add(struct import_writer *writer, const struct import_result *result)
{
	size_t at = writer->count++;
	struct arena *arena = writer->arena;
	const int64_t numbers[NUMBERS] = { writer->import_id, result->row, result->part,
		result->object_id, result->revision };
	const char *texts[TEXTS] = { import_outcome_name(result->outcome),
		label_text(arena, result->label), faults_text(arena, result->faults),
		join(arena, result->cells->cells, result->cells->count, IMPORT_PART),
		changes_text(arena, result->changes), old_text(arena, result->old_cells) };

	for (size_t i = 0; i < NUMBERS; i++)
		writer->numbers[i][at] = numbers[i];
	for (size_t i = 0; i < TEXTS; i++) {
		writer->texts[i][at] = texts[i];
		writer->bytes += strlen(texts[i]);
	}
	if (writer->count < BLOCK_ROWS && writer->bytes < BLOCK_BYTES)
		return RC_OK;
	return import_writer_end(writer);
}

/* ---- lists ---- */

#define FILTER_VALUES 7

static void
filter_values(
    const struct import_filter *filter, char like[512], struct value values[FILTER_VALUES])
{
	const char *outcome = import_outcome_name(filter->outcome);

	text_like(filter->search, like, 512);
	values[0] = I(filter->import_id);
	values[1] = values[2] = S(outcome);
	values[3] = I(filter->has_obstacle);
	values[4] = S(filter->search);
	values[5] = values[6] = S(like);
}

enum rc
import_line_list(struct db *db, const struct import_filter *filter, int64_t limit, int64_t offset,
    struct rows **rows)
{
	struct value values[FILTER_VALUES + 2];
	char like[512];

	filter_values(filter, like, values);
	values[FILTER_VALUES] = I(limit);
	values[FILTER_VALUES + 1] = I(offset);
	return db_query(db, &Q[LINES], (struct args){ values, COUNT(values) }, rows);
}

enum rc
import_line_stream(struct db *db, const struct import_filter *filter, struct rows **rows)
{
	struct value values[FILTER_VALUES];
	char like[512];

	filter_values(filter, like, values);
	return db_stream(db, &Q[STREAM], (struct args){ values, COUNT(values) }, rows);
}

enum rc
import_line_count(struct db *db, const struct import_filter *filter, int64_t *count)
{
	struct value values[FILTER_VALUES];
	char like[512];

	filter_values(filter, like, values);
	return db_int(db, &Q[COUNT_LINES], (struct args){ values, COUNT(values) }, count);
}
