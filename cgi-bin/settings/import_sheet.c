/* A file of an import that the reader gets: a template, or lines with the reason why they failed.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "export_text.h"
#include "import.h"
#include "request.h"
#include "xlsx.h"

#define COLUMNS_MAX (SHEET_COLUMNS_MAX + 1)

struct import_sheet {
	struct req *r;
	const char *word, *path, *file;
	size_t count;
	int64_t rows;
	FILE *csv; /* or */
	struct xlsx *xlsx;
	struct arena *arena; /* texts of a row */
};

static void
discard(struct import_sheet *sheet)
{
	if (sheet->csv != NULL)
		fclose(sheet->csv);
	if (sheet->xlsx != NULL)
		xlsx_discard(sheet->xlsx);
	sheet->csv = NULL;
	sheet->xlsx = NULL;
	unlink(sheet->path);
}

static void
free_row(void *arena)
{
	arena_free(arena);
}

static void
put_csv(const struct import_sheet *sheet, const char *const *cells)
{
	for (size_t i = 0; i < sheet->count; i++) {
		if (i > 0)
			fputc(',', sheet->csv);
		export_csv_field(sheet->csv, cells[i]);
	}
	fputs("\r\n", sheet->csv);
}

static enum rc
begin_file(struct import_sheet *sheet, enum list_format format, const char *const *titles,
    const int *widths)
{
	struct xlsx_column columns[COLUMNS_MAX];

	if (format == LIST_XLSX) {
		for (size_t i = 0; i < sheet->count; i++)
			columns[i] = (struct xlsx_column){ titles[i], widths[i] };
		return xlsx_new(sheet->r->arena, sheet->path, sheet->r->conf->web_spool,
		    sheet->word, columns, sheet->count, &sheet->xlsx);
	}
	sheet->csv = fopen(sheet->path, "wxe");
	if (sheet->csv == NULL) {
		log_error("export", "%s: %s", sheet->path, strerror(errno));
		return RC_BUG;
	}
	fputs("\xef\xbb\xbf", sheet->csv); /* so that Excel takes it for UTF-8 */
	put_csv(sheet, titles);
	return RC_OK;
}

enum rc
import_sheet_begin(struct req *r, enum list_format format, const char *word,
    const char *const *titles, const int *widths, size_t count, struct import_sheet **out)
{
	struct import_sheet *sheet = arena_alloc(r->arena, sizeof(*sheet));
	unsigned char random[12];
	char hex[2 * sizeof(random) + 1];

	secret_random(random, sizeof(random));
	text_hex(random, sizeof(random), hex);
	sheet->r = r;
	sheet->word = word;
	sheet->count = count < COLUMNS_MAX ? count : COLUMNS_MAX;
	sheet->file =
	    arena_printf(r->arena, "export-%s.%s", hex, format == LIST_XLSX ? "xlsx" : "csv");
	sheet->path = arena_printf(r->arena, "%s/%s", r->conf->web_spool, sheet->file);
	sheet->arena = arena_new();
	arena_on_free(r->arena, free_row, sheet->arena);
	*out = sheet;
	return begin_file(sheet, format, titles, widths);
}

enum rc
import_sheet_row(struct import_sheet *sheet, const char *const *cells)
{
	const char *clean[COLUMNS_MAX];
	enum rc rc = RC_OK;

	arena_reset(sheet->arena);
	for (size_t i = 0; i < sheet->count; i++)
		clean[i] = export_text(sheet->arena, cells[i]);
	sheet->rows++;
	if (sheet->csv != NULL) {
		put_csv(sheet, clean);
		return RC_OK;
	}
	for (size_t i = 0; i < sheet->count && rc == RC_OK; i++)
		rc = xlsx_text(sheet->xlsx, i, clean[i]);
	xlsx_next(sheet->xlsx);
	return rc;
}

static enum rc
finish(struct import_sheet *sheet, const char *name, const char *const (*about)[2], size_t count)
{
	if (sheet->csv != NULL) {
		bool failed = ferror(sheet->csv) != 0;
		failed = fclose(sheet->csv) != 0 || failed;
		sheet->csv = NULL;
		if (failed)
			log_error("export", "%s: %s", sheet->path, strerror(errno));
		return failed ? RC_BUG : RC_OK;
	}
	enum rc rc = xlsx_finish(sheet->xlsx, name, about, count);
	sheet->xlsx = NULL;
	return rc == RC_OK ? xlsx_verify(sheet->path, sheet->rows + 1) : rc;
}

enum rc
import_sheet_end(
    struct import_sheet *sheet, const char *name, const char *const (*about)[2], size_t count)
{
	struct req *r = sheet->r;
	bool is_xlsx = sheet->xlsx != NULL;
	char day[16];
	enum rc rc = finish(sheet, name, about, count);

	if (rc != RC_OK) {
		discard(sheet);
		r->site->is_spoiled = r->site->is_spoiled || is_xlsx;
		return rc;
	}
	clock_format_day(clock_day(r->now), day, sizeof(day));
	answer_file(r, sheet->file,
	    is_xlsx ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		    : "text/csv; charset=utf-8",
	    export_disposition(r->arena, export_file_name(r->arena, sheet->word, r->site->name, day,
					     is_xlsx ? "xlsx" : "csv")));
	return RC_OK;
}
