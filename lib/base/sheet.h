/*
 * sheet.h - tables that people bring: CSV as spreadsheets write it, and XLSX, row by row.
 *
 * The kind is told by the bytes, never by the name. Cells come as UTF-8 text, whatever the file
 * was: UTF-8 with or without BOM, UTF-16, GB18030; commas, semicolons or tabs; shared or inline
 * strings, numbers, dates by their format. Memory is bounded whatever the file claims: a file that
 * passes a limit is refused with its reason (reliability.md W-70…W-73).
 */
#ifndef VOLTILL_SHEET_H
#define VOLTILL_SHEET_H

#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"

#define SHEET_FILE_MAX	  (16 * 1024 * 1024) /* bytes of the file: the limit of an upload too */
#define SHEET_COLUMNS_MAX 64
#define SHEET_ROWS_MAX	  100000 /* rows that hold something */
#define SHEET_CELL_MAX	  8192	 /* bytes of one cell */
#define SHEET_ROW_MAX	  60000	 /* bytes of one row */
#define SHEET_SHEETS_MAX  64
#define SHEET_NAME_MAX	  (31 * 4 + 1)

/* Why a file is refused: a key under T.Error, and where (0: the whole file). */
struct sheet_fault {
	const char *key;
	int64_t row;
	int64_t column;
};

struct sheet_row {
	int64_t number; /* as a spreadsheet counts, from 1 */
	size_t count;	/* cells; those behind the last that holds something are left out */
	const char *cells[SHEET_COLUMNS_MAX]; /* "" for an empty one */
};

struct sheet;

/* Opens one table of the file: 0 is the first sheet that is not hidden, else its number from 1.
 * RC_INVALID: fault says why. RC_UNAVAILABLE (logged): the file cannot be read. */
enum rc sheet_open(
    const char *path, size_t number, struct sheet **sheet, struct sheet_fault *fault);
void sheet_close(struct sheet *sheet); /* NULL is allowed */

/* The next row that holds something, valid until the next call. RC_NOT_FOUND after the last;
 * RC_INVALID: sheet_why. */
enum rc sheet_next(struct sheet *sheet, const struct sheet_row **row);
const struct sheet_fault *sheet_why(const struct sheet *sheet);

/* The sheets that are not hidden; none for CSV. */
size_t sheet_count(const struct sheet *sheet);
const char *sheet_name(const struct sheet *sheet, size_t number); /* from 1 */
size_t sheet_number(const struct sheet *sheet);			  /* of the open one */

#endif
