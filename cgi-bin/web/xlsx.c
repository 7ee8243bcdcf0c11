#include <assert.h>
#include <string.h>

#include <xlsxwriter.h>
#include <zip.h>

#include "base/log.h"
#include "base/text.h"

#include "xlsx.h"

#define SHEET_NAME_MAX	 31
#define ENTRIES_MAX	 64
#define CHUNK		 65536
#define DECIMALS_FORMATS 4

struct xlsx {
	const char *path;
	lxw_workbook *book;
	lxw_worksheet *sheet;
	lxw_format *header, *time, *day, *decimals[DECIMALS_FORMATS];
	lxw_row_t row;
	size_t columns;
};

static enum rc
check(const struct xlsx *workbook, lxw_error error)
{
	if (error == LXW_NO_ERROR)
		return RC_OK;
	log_error("export", "%s: row %u: %s", workbook->path, workbook->row, lxw_strerror(error));
	return RC_BUG;
}

/* A name Excel accepts: at most 31 characters and none of []:*?/\ */
static const char *
sheet_name(struct arena *arena, const char *text)
{
	char name[SHEET_NAME_MAX * 4 + 1] = "";

	for (size_t i = 0, characters = 0; text[i] != '\0' && i + 1 < sizeof(name); i++) {
		bool starts = ((unsigned char)text[i] & 0xc0) != 0x80;
		if (starts && ++characters > SHEET_NAME_MAX)
			break;
		name[i] = strchr("[]:*?/\\'", text[i]) != NULL ? '_' : text[i];
	}
	return arena_strdup(arena, *name == '\0' ? "1" : name);
}

static lxw_format *
number_format(lxw_workbook *book, const char *text)
{
	lxw_format *format = workbook_add_format(book);

	format_set_num_format(format, text);
	return format;
}

static void
add_formats(struct xlsx *workbook)
{
	static const char *const decimals[DECIMALS_FORMATS] = { "0", "#,##0.0", "#,##0.00",
		"#,##0.000" };

	workbook->header = workbook_add_format(workbook->book);
	format_set_bold(workbook->header);
	format_set_bottom(workbook->header, LXW_BORDER_THIN);
	format_set_text_wrap(workbook->header);
	workbook->time = number_format(workbook->book, "yyyy-mm-dd hh:mm:ss");
	workbook->day = number_format(workbook->book, "yyyy-mm-dd");
	for (size_t i = 0; i < DECIMALS_FORMATS; i++)
		workbook->decimals[i] = number_format(workbook->book, decimals[i]);
}

/* In constant memory a column's width has to be known before its first cell. */
static enum rc
begin_sheet(struct xlsx *workbook, const struct xlsx_column *columns, size_t count)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; i < count && rc == RC_OK; i++)
		rc = check(workbook, worksheet_set_column(workbook->sheet, (lxw_col_t)i,
					 (lxw_col_t)i, columns[i].width, NULL));
	for (size_t i = 0; i < count && rc == RC_OK; i++)
		rc = check(workbook, worksheet_write_string(workbook->sheet, 0, (lxw_col_t)i,
					 columns[i].title, workbook->header));
	worksheet_freeze_panes(workbook->sheet, 1, 0);
	worksheet_repeat_rows(workbook->sheet, 0, 0);
	worksheet_set_landscape(workbook->sheet);
	workbook->row = 1;
	return rc;
}

enum rc
xlsx_new(struct arena *arena, const char *path, const char *folder, const char *sheet,
    const struct xlsx_column *columns, size_t count, struct xlsx **out)
{
	struct xlsx *workbook = arena_alloc(arena, sizeof(*workbook));
	lxw_workbook_options options = {
		.constant_memory = LXW_TRUE,
		.tmpdir = arena_strdup(arena, folder),
	};

	workbook->path = path;
	workbook->columns = count;
	workbook->book = workbook_new_opt(path, &options);
	if (workbook->book == NULL) {
		log_error("export", "%s: cannot begin a workbook", path);
		return RC_BUG;
	}
	workbook->sheet = workbook_add_worksheet(workbook->book, sheet_name(arena, sheet));
	if (workbook->sheet == NULL) {
		log_error("export", "%s: cannot begin a sheet in %s", path, folder);
		xlsx_discard(workbook);
		return RC_BUG;
	}
	add_formats(workbook);
	enum rc rc = begin_sheet(workbook, columns, count);
	if (rc != RC_OK)
		xlsx_discard(workbook);
	else
		*out = workbook;
	return rc;
}

enum rc
xlsx_text(struct xlsx *workbook, size_t column, const char *text)
{
	if (*text == '\0')
		return RC_OK;
	return check(workbook,
	    worksheet_write_string(workbook->sheet, workbook->row, (lxw_col_t)column, text, NULL));
}

enum rc
xlsx_number(struct xlsx *workbook, size_t column, int64_t value, int64_t divisor)
{
	size_t decimals = 0;

	for (int64_t d = divisor; d >= 10 && decimals + 1 < DECIMALS_FORMATS; d /= 10)
		decimals++;
	return check(
	    workbook, worksheet_write_number(workbook->sheet, workbook->row, (lxw_col_t)column,
			  (double)value / (double)divisor, workbook->decimals[decimals]));
}

static enum rc
write_civil(struct xlsx *workbook, size_t column, const struct civil *civil, lxw_format *format)
{
	lxw_datetime datetime = {
		.year = civil->year,
		.month = civil->month,
		.day = civil->day,
		.hour = civil->hour,
		.min = civil->minute,
		.sec = civil->second,
	};

	return check(workbook, worksheet_write_datetime(workbook->sheet, workbook->row,
				   (lxw_col_t)column, &datetime, format));
}

enum rc
xlsx_time(struct xlsx *workbook, size_t column, int64_t at)
{
	struct civil civil = clock_civil(at);

	return write_civil(workbook, column, &civil, workbook->time);
}

enum rc
xlsx_day(struct xlsx *workbook, size_t column, struct day day)
{
	struct civil civil = clock_utc(day.number * 24 * CLOCK_HOUR);

	return write_civil(workbook, column, &civil, workbook->day);
}

void
xlsx_next(struct xlsx *workbook)
{
	workbook->row++;
}

static enum rc
add_about(struct xlsx *workbook, const char *name, const char *const (*about)[2], size_t count)
{
	lxw_worksheet *sheet = workbook_add_worksheet(workbook->book, name);
	enum rc rc = sheet == NULL ? RC_BUG : RC_OK;

	if (rc == RC_OK)
		rc = check(workbook, worksheet_set_column(sheet, 0, 0, 18, NULL));
	if (rc == RC_OK)
		rc = check(workbook, worksheet_set_column(sheet, 1, 1, 80, NULL));
	for (size_t i = 0; i < count && rc == RC_OK; i++) {
		rc = check(workbook,
		    worksheet_write_string(sheet, (lxw_row_t)i, 0, about[i][0], workbook->header));
		if (rc == RC_OK)
			rc = check(workbook,
			    worksheet_write_string(sheet, (lxw_row_t)i, 1, about[i][1], NULL));
	}
	return rc;
}

enum rc
xlsx_finish(struct xlsx *workbook, const char *sheet, const char *const (*about)[2], size_t count)
{
	enum rc rc = check(workbook, worksheet_autofilter(workbook->sheet, 0, 0, workbook->row - 1,
					 (lxw_col_t)(workbook->columns - 1)));

	if (rc == RC_OK)
		rc = add_about(workbook, sheet, about, count);
	if (rc != RC_OK) {
		xlsx_discard(workbook);
		return rc;
	}
	/* Frees everything, whatever it returns. */
	rc = check(workbook, workbook_close(workbook->book));
	workbook->book = NULL;
	return rc;
}

void
xlsx_discard(struct xlsx *workbook)
{
	if (workbook->book != NULL)
		lxw_workbook_free(workbook->book);
	workbook->book = NULL;
}

/* Verification. */

/* Counts "<row" in a stream that comes in chunks, and remembers how it ends. */
struct scan {
	int64_t rows;
	size_t matched;
	char tail[16];
	size_t tail_length;
};

static void
scan_chunk(struct scan *scan, const char *bytes, size_t length)
{
	static const char mark[] = "<row ";

	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == mark[scan->matched])
			scan->matched++;
		else
			scan->matched = bytes[i] == mark[0];
		if (scan->matched == sizeof(mark) - 1) {
			scan->rows++;
			scan->matched = 0;
		}
	}
	for (size_t i = length > sizeof(scan->tail) ? length - sizeof(scan->tail) : 0; i < length;
	     i++) {
		if (scan->tail_length == sizeof(scan->tail))
			memmove(scan->tail, scan->tail + 1, --scan->tail_length);
		scan->tail[scan->tail_length++] = bytes[i];
	}
}

/* Reads one part to its end; libzip compares the checksum there. */
static enum rc
read_part(zip_t *zip, zip_uint64_t index, struct scan *scan)
{
	static char bytes[CHUNK];
	zip_file_t *file = zip_fopen_index(zip, index, 0);
	zip_int64_t n;

	if (file == NULL)
		return RC_BUG;
	while ((n = zip_fread(file, bytes, sizeof(bytes))) > 0)
		scan_chunk(scan, bytes, (size_t)n);
	return zip_fclose(file) == 0 && n == 0 ? RC_OK : RC_BUG;
}

static bool
is_complete(const struct scan *scan, int64_t rows)
{
	static const char end[] = "</worksheet>";
	size_t n = sizeof(end) - 1;

	return scan->rows == rows && scan->tail_length >= n &&
	       memcmp(scan->tail + scan->tail_length - n, end, n) == 0;
}

static enum rc
verify_parts(zip_t *zip, int64_t rows)
{
	zip_int64_t count = zip_get_num_entries(zip, 0);
	bool has_sheet = false;

	if (count < 1 || count > ENTRIES_MAX)
		return RC_BUG;
	for (zip_uint64_t i = 0; i < (zip_uint64_t)count; i++) {
		struct scan scan = { 0 };
		const char *name = zip_get_name(zip, i, 0);
		if (name == NULL || read_part(zip, i, &scan) != RC_OK)
			return RC_BUG;
		if (strcmp(name, "xl/worksheets/sheet1.xml") != 0)
			continue;
		has_sheet = is_complete(&scan, rows);
	}
	return has_sheet ? RC_OK : RC_BUG;
}

enum rc
xlsx_verify(const char *path, int64_t rows)
{
	int error = 0;
	zip_t *zip = zip_open(path, ZIP_RDONLY, &error);
	enum rc rc = zip == NULL ? RC_BUG : verify_parts(zip, rows);

	if (zip != NULL)
		zip_discard(zip);
	if (rc != RC_OK)
		log_error("export", "%s: the written workbook is not whole", path);
	return rc;
}
