/*
 * xlsx.h - an Excel file, written row by row in constant memory. The owner of libxlsxwriter.
 *
 * Every call may fail and says so in the log; after a failure only xlsx_discard is allowed.
 */
#ifndef VOLTILL_XLSX_H
#define VOLTILL_XLSX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/rc.h"

struct xlsx;

struct xlsx_column {
	const char *title;
	int width; /* characters */
};

/* Begins the data sheet with its header row. folder holds the temporary files. */
enum rc xlsx_new(struct arena *arena, const char *path, const char *folder, const char *sheet,
    const struct xlsx_column *columns, size_t count, struct xlsx **xlsx);

/* Cells of the current row. text must be clean (export_text.h). */
enum rc xlsx_text(struct xlsx *xlsx, size_t column, const char *text);
/* value / divisor, shown with as many decimals as divisor has zeros, at most 3. */
enum rc xlsx_number(struct xlsx *xlsx, size_t column, int64_t value, int64_t divisor);
enum rc xlsx_time(struct xlsx *xlsx, size_t column, int64_t at);
enum rc xlsx_day(struct xlsx *xlsx, size_t column, struct day day);
void xlsx_next(struct xlsx *xlsx);

/* A second sheet of names and values, then the file is written and closed. */
enum rc xlsx_finish(
    struct xlsx *xlsx, const char *sheet, const char *const (*about)[2], size_t count);
/* Gives up: nothing is left but what the caller removes at path. */
void xlsx_discard(struct xlsx *xlsx);

/* Opens the file again and reads all of it: every part has its right checksum, the first sheet is
 * complete and has that many rows, header included. RC_BUG (logged) when not: libxlsxwriter reports
 * success on a full disk (reference/reliability.md §2.6). */
enum rc xlsx_verify(const char *path, int64_t rows);

#endif
