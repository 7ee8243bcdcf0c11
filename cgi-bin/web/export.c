#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/money.h"
#include "base/secret.h"
#include "base/text.h"

#include "answer.h"
#include "export.h"
#include "export_text.h"
#include "request.h"
#include "xlsx.h"

#define SPOOL_PREFIX "export-"
#define KEEP_S	     3600
#define SWEEP_MS     (10 * CLOCK_MINUTE)
#define COLUMNS_MAX  64

struct export
{
	struct req *r;
	const char *word; /* what is exported, in words */
	const char *filter;
	const struct export_column *columns;
	size_t count;
	struct rows *rows;
	const char *path;
	struct arena *row_arena; /* texts of one row */
	int64_t written;
};

/* Exports, and files that came in while a worker was killed. */
static bool
is_ours(const char *name)
{
	static const char *const prefixes[] = { SPOOL_PREFIX, "upload-", "import-" };

	for (size_t i = 0; i < COUNT(prefixes); i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

/* Spool files nobody fetched, or that were fetched: a later export removes them after an hour. */
static void
sweep_spool(const char *folder)
{
	static int64_t swept_at;
	char path[CONF_TEXT_MAX + NAME_MAX + 2];
	struct dirent *entry;
	struct stat status;
	int64_t now_s = clock_now() / 1000;
	DIR *spool;

	if ((swept_at != 0 && clock_mono() - swept_at < SWEEP_MS) ||
	    (spool = opendir(folder)) == NULL)
		return;
	swept_at = clock_mono();
	while ((entry = readdir(spool)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (is_ours(entry->d_name) && stat(path, &status) == 0 &&
		    now_s - status.st_mtime > KEEP_S)
			unlink(path);
	}
	closedir(spool);
}

/* Cells. */

static const char *
unit_key(enum cell cell)
{
	switch (cell) {
	case CELL_MONEY:
		return "Unit.Yuan";
	case CELL_ENERGY:
		return "Unit.Kwh";
	case CELL_POWER:
		return "Unit.Kw";
	default:
		return NULL;
	}
}

static const char *
column_title(const struct export *export, size_t i)
{
	const struct export_column *column = &export->columns[i];
	const char *title = view_word(export->r->view, column->title);
	const char *unit = unit_key(column->cell);

	if (unit == NULL)
		return title;
	return arena_printf(export->r->arena, "%s (%s)", title, view_word(export->r->view, unit));
}

static const char *
cell_word(const struct export *export, size_t i)
{
	const char *value = rows_text(export->rows, i);
	const char *word = view_word(export->r->view,
	    arena_printf(export->row_arena, "%s.%s", export->columns[i].words, value));

	return *word == '\0' ? value : word;
}

/* Text of a CSV cell; numbers plain, so that a sheet reads them as such. */
static const char *
cell_text(const struct export *export, size_t i)
{
	char text[MONEY_TEXT_MAX];

	switch (export->columns[i].cell) {
	case CELL_TEXT:
		return export_text(export->row_arena, rows_text(export->rows, i));
	case CELL_WORD:
		return export_text(export->row_arena, cell_word(export, i));
	case CELL_MONEY:
		money_format_plain(rows_int(export->rows, i), text, sizeof(text));
		return arena_strdup(export->row_arena, text);
	case CELL_ENERGY:
		energy_format_plain(rows_int(export->rows, i), 2, text, sizeof(text));
		return arena_strdup(export->row_arena, text);
	case CELL_POWER:
	case CELL_MILLI:
		energy_format_plain(rows_int(export->rows, i), 3, text, sizeof(text));
		return arena_strdup(export->row_arena, text);
	case CELL_INT:
	case CELL_TIME:
	case CELL_DAY:
		break;
	}
	return rows_text(export->rows, i);
}

static enum rc
sheet_cell(const struct export *export, struct xlsx *workbook, size_t i)
{
	if (rows_is_null(export->rows, i))
		return RC_OK;
	switch (export->columns[i].cell) {
	case CELL_INT:
		return xlsx_number(workbook, i, rows_int(export->rows, i), 1);
	case CELL_MONEY:
		return xlsx_number(workbook, i, rows_int(export->rows, i), 100);
	case CELL_ENERGY:
		return xlsx_number(workbook, i, rows_int(export->rows, i), 1000);
	case CELL_POWER:
	case CELL_MILLI:
		return xlsx_number(workbook, i, rows_int(export->rows, i), 1000);
	case CELL_TIME:
		return xlsx_time(workbook, i, rows_int(export->rows, i));
	case CELL_DAY:
		return xlsx_day(workbook, i, rows_day(export->rows, i));
	case CELL_TEXT:
	case CELL_WORD:
		break;
	}
	return xlsx_text(workbook, i, cell_text(export, i));
}

/* Excel. */

static enum rc
finish_workbook(const struct export *export, struct xlsx *workbook)
{
	struct req *r = export->r;
	char time[40];

	clock_format(r->now, time, sizeof(time));
	const char *filter = *export->filter == '\0' ? view_word(r->view, "Export.NoFilter")
						     : export_text(r->arena, export->filter);
	const char *const about[][2] = {
		{ view_word(r->view, "Export.Content"), export->word },
		{ view_word(r->view, "Export.Filter"), filter },
		{ view_word(r->view, "Export.Rows"),
		    arena_printf(r->arena, "%lld", (long long)export->written) },
		{ view_word(r->view, "Export.Operator"),
		    arena_printf(r->arena, "%s (%s)", export_text(r->arena, r->user.display_name),
			r->user.username) },
		{ view_word(r->view, "Export.Time"),
		    arena_printf(r->arena, "%s %s", time, clock_zone()) },
		{ view_word(r->view, "Export.Site"), export_text(r->arena, r->site->name) },
		{ view_word(r->view, "Export.Version"), VOLTILL_VERSION },
	};
	return xlsx_finish(workbook, view_word(r->view, "Export.About"), about, COUNT(about));
}

static enum rc
sheet_rows(struct export *export, struct xlsx *workbook)
{
	enum rc rc;

	while ((rc = rows_next(export->rows)) == RC_OK) {
		for (size_t i = 0; i < export->count; i++)
			if ((rc = sheet_cell(export, workbook, i)) != RC_OK)
				return rc;
		xlsx_next(workbook);
		arena_reset(export->row_arena);
		export->written++;
	}
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
write_xlsx(struct export *export)
{
	struct xlsx_column columns[COLUMNS_MAX];
	struct xlsx *workbook;

	for (size_t i = 0; i < export->count; i++)
		columns[i] =
		    (struct xlsx_column){ column_title(export, i), export->columns[i].width };
	enum rc rc = xlsx_new(export->r->arena, export->path, export->r->conf->web_spool,
	    export->word, columns, export->count, &workbook);
	if (rc != RC_OK)
		return rc;
	if ((rc = sheet_rows(export, workbook)) != RC_OK) {
		xlsx_discard(workbook);
		return rc;
	}
	rc = finish_workbook(export, workbook);
	return rc == RC_OK ? xlsx_verify(export->path, export->written + 1) : rc;
}

/* CSV. */

static void
csv_header(const struct export *export, FILE *file)
{
	fputs("\xef\xbb\xbf", file); /* so that Excel takes it for UTF-8 */
	for (size_t i = 0; i < export->count; i++) {
		if (i > 0)
			fputc(',', file);
		export_csv_field(file, column_title(export, i));
	}
	fputs("\r\n", file);
}

static enum rc
csv_rows(struct export *export, FILE *file)
{
	enum rc rc;

	while ((rc = rows_next(export->rows)) == RC_OK && !ferror(file)) {
		for (size_t i = 0; i < export->count; i++) {
			if (i > 0)
				fputc(',', file);
			if (!rows_is_null(export->rows, i))
				export_csv_field(file, cell_text(export, i));
		}
		fputs("\r\n", file);
		arena_reset(export->row_arena);
		export->written++;
	}
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
write_csv(struct export *export)
{
	FILE *file = fopen(export->path, "wxe");

	if (file == NULL) {
		log_error("export", "%s: %s", export->path, strerror(errno));
		return RC_BUG;
	}
	csv_header(export, file);
	enum rc rc = csv_rows(export, file);
	bool failed = ferror(file) != 0;
	if (fclose(file) != 0 || failed) {
		log_error("export", "%s: %s", export->path, strerror(errno));
		return RC_BUG;
	}
	return rc;
}

/* The answer. */

static const char *
spool_name(struct req *r, const char *extension)
{
	unsigned char random[12];
	char hex[2 * sizeof(random) + 1];

	secret_random(random, sizeof(random));
	text_hex(random, sizeof(random), hex);
	return arena_printf(r->arena, SPOOL_PREFIX "%s.%s", hex, extension);
}

static void
answer_export(
    const struct export *export, const char *file, const char *extension, const char *type)
{
	struct req *r = export->r;
	char day[16];

	clock_format_day(clock_day(r->now), day, sizeof(day));
	const char *name = export_file_name(r->arena, export->word, r->site->name, day, extension);
	log_info(r->path, "%s exported %lld rows as %s", r->user.username,
	    (long long)export->written, extension);
	answer_file(r, file, type, export_disposition(r->arena, name));
}

enum rc
export_answer(struct req *r, enum list_format format, const char *name, const char *filter,
    const struct export_column *columns, size_t count, struct rows *rows)
{
	bool is_sheet = format == LIST_XLSX;
	const char *extension = is_sheet ? "xlsx" : "csv";
	const char *file = spool_name(r, extension);
	struct export export = {
		.r = r,
		.word = view_word(r->view, name),
		.filter = filter == NULL ? "" : filter,
		.columns = columns,
		.count = count,
		.rows = rows,
		.path = arena_printf(r->arena, "%s/%s", r->conf->web_spool, file),
	};
	enum rc rc = RC_DENIED;

	assert(count > 0 && count <= COLUMNS_MAX && count == rows_columns(rows));
	if (may(r, PERM_EXPORT)) {
		sweep_spool(r->conf->web_spool);
		export.row_arena = arena_new();
		rc = is_sheet ? write_xlsx(&export) : write_csv(&export);
		arena_free(export.row_arena);
	}
	rows_end(rows);
	if (rc == RC_OK)
		answer_export(&export, file, extension,
		    is_sheet ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
			     : "text/csv; charset=utf-8");
	else
		unlink(export.path);
	/* libxlsxwriter keeps its temporary files open when a workbook fails, and with them their
	 * space on a disk that is full already. */
	if (rc != RC_OK && rc != RC_DENIED && is_sheet)
		r->site->is_spoiled = true;
	return rc;
}
