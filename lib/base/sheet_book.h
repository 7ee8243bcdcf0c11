/*
 * sheet_book.h - what a workbook says about its sheets: names, strings, formats. For sheet*.c only.
 */
#ifndef VOLTILL_SHEET_BOOK_H
#define VOLTILL_SHEET_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/sheet.h"
#include "base/sheet_part.h"

#define BOOK_PART_MAX	 128
#define BOOK_FORMATS_MAX 4096

/* How the number of a cell is shown. */
enum book_format { FORMAT_PLAIN, FORMAT_DAY, FORMAT_TIME, FORMAT_DAY_TIME, FORMAT_ZEROS };

struct book_sheet {
	char name[SHEET_NAME_MAX];
	char id[32];
	char part[BOOK_PART_MAX]; /* of the archive */
};

struct book {
	struct archive *archive;
	struct book_sheet sheets[SHEET_SHEETS_MAX]; /* those that are not hidden */
	size_t sheet_count;
	char strings_part[BOOK_PART_MAX], styles_part[BOOK_PART_MAX];
	bool is_1904;  /* days count from 1904, as old Macs did */
	char *strings; /* one after the other, each with its NUL */
	size_t strings_length;
	uint32_t *offsets;
	size_t string_count;
	struct {
		uint8_t format;	     /* enum book_format */
		uint8_t zeros;	     /* FORMAT_ZEROS: digits */
	} formats[BOOK_FORMATS_MAX]; /* of the cell styles, by number */
	size_t format_count;
};

/* Takes the archive, which book_close closes, also after a failure. */
enum rc book_open(struct archive *archive, struct book **book, struct sheet_fault *fault);
void book_close(struct book *book);
/* NULL when there is no such string. */
const char *book_string(const struct book *book, size_t number);

/* What a code such as yyyy-mm-dd or 00000 makes of a number; pure. */
enum book_format book_format_code(const char *code, uint8_t *zeros);

#endif
