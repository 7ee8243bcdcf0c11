/*
 * sheet_xlsx.h - the rows of a workbook's sheet. For sheet.c only.
 */
#ifndef VOLTILL_SHEET_XLSX_H
#define VOLTILL_SHEET_XLSX_H

#include "base/rc.h"
#include "base/sheet.h"
#include "base/sheet_book.h"

struct xlsx_rows;

/* Takes the descriptor. number: 0 is the first sheet that is not hidden. */
enum rc xlsx_rows_open(int fd, size_t number, struct xlsx_rows **rows, struct sheet_fault *fault);
void xlsx_rows_close(struct xlsx_rows *rows);
enum rc xlsx_rows_next(struct xlsx_rows *rows, struct sheet_row *row, struct sheet_fault *fault);

const struct book *xlsx_rows_book(const struct xlsx_rows *rows);
size_t xlsx_rows_number(const struct xlsx_rows *rows);

/* A number as the cell shows it: 2.107050012E9 is 2107050012, with a day format 46349 is
 * 2026-11-23. What has more digits than Excel keeps stays in exponent form, so that whoever takes
 * the text for a number of a meter can say so. Pure. */
void xlsx_number_text(const char *value, enum book_format format, unsigned zeros, bool is_1904,
    char *out, size_t size);

#endif
