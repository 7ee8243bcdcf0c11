#include "base/sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/log.h"
#include "base/sheet_xlsx.h"

#define LOOK 512 /* bytes that tell the kind of a file */

struct sheet {
	struct csv *csv; /* or */
	struct xlsx_rows *rows;
	int64_t filled;
	struct sheet_row row;
	struct sheet_fault fault;
};

enum kind { KIND_CSV, KIND_ZIP, KIND_OLE, KIND_OTHER };

/* The first bytes of things that are no table and that people pick by mistake. */
static enum kind
kind_of(const unsigned char *bytes, size_t length)
{
	static const struct {
		const char *bytes;
		size_t length;
		enum kind kind;
	} marks[] = {
		{ "PK\x03\x04", 4, KIND_ZIP },
		{ "PK\x05\x06", 4, KIND_ZIP },
		{ "\xd0\xcf\x11\xe0", 4, KIND_OLE }, /* .xls, or a workbook with a password */
		{ "\xff\xfe", 2, KIND_CSV },
		{ "\xfe\xff", 2, KIND_CSV },
		{ "%PDF", 4, KIND_OTHER },
		{ "<?xml", 5, KIND_OTHER },
		{ "<!DOC", 5, KIND_OTHER },
		{ "<html", 5, KIND_OTHER },
		{ "{\\rtf", 5, KIND_OTHER },
	};

	for (size_t i = 0; i < COUNT(marks); i++)
		if (length >= marks[i].length &&
		    memcmp(bytes, marks[i].bytes, marks[i].length) == 0)
			return marks[i].kind;
	/* Pictures, programs, archives: no text has several of these at its beginning. */
	size_t controls = 0;
	for (size_t i = 0; i < length; i++)
		controls +=
		    bytes[i] < 0x20 && (bytes[i] == 0 || strchr("\t\r\n", bytes[i]) == NULL);
	return controls > 3 ? KIND_OTHER : KIND_CSV;
}

static enum rc
refuse(struct sheet_fault *fault, const char *key)
{
	*fault = (struct sheet_fault){ .key = key };
	return RC_INVALID;
}

/* Looks at the first bytes and goes back to them. */
static enum rc
look(int fd, enum kind *kind, struct sheet_fault *fault)
{
	unsigned char bytes[LOOK];
	struct stat status;
	ssize_t got;

	if (fstat(fd, &status) != 0 || (got = pread(fd, bytes, sizeof(bytes), 0)) < 0) {
		log_error("import", "cannot read the file: %s", strerror(errno));
		return RC_UNAVAILABLE;
	}
	if (!S_ISREG(status.st_mode))
		return refuse(fault, "SheetType");
	if (status.st_size == 0)
		return refuse(fault, "SheetEmpty");
	if (status.st_size > SHEET_FILE_MAX)
		return refuse(fault, "SheetBig");
	*kind = kind_of(bytes, (size_t)got);
	return RC_OK;
}

static enum rc
open_kind(struct sheet *sheet, int fd, enum kind kind, size_t number, struct sheet_fault *fault)
{
	switch (kind) {
	case KIND_CSV:
		return csv_open(fd, &sheet->csv, fault);
	case KIND_ZIP:
		return xlsx_rows_open(fd, number, &sheet->rows, fault);
	case KIND_OLE:
	case KIND_OTHER:
		break;
	}
	close(fd);
	return refuse(fault, kind == KIND_OLE ? "SheetOld" : "SheetType");
}

enum rc
sheet_open(const char *path, size_t number, struct sheet **out, struct sheet_fault *fault)
{
	enum kind kind;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	*fault = (struct sheet_fault){ 0 };
	if (fd < 0) {
		log_error("import", "%s: %s", path, strerror(errno));
		return RC_UNAVAILABLE;
	}
	enum rc rc = look(fd, &kind, fault);
	if (rc != RC_OK) {
		close(fd);
		return rc;
	}
	struct sheet *sheet = calloc(1, sizeof(*sheet));
	if (sheet == NULL)
		log_fatal("memory", "no room for a sheet");
	rc = open_kind(sheet, fd, kind, number, fault);
	if (rc != RC_OK)
		free(sheet);
	else
		*out = sheet;
	return rc;
}

void
sheet_close(struct sheet *sheet)
{
	if (sheet == NULL)
		return;
	csv_close(sheet->csv);
	xlsx_rows_close(sheet->rows);
	free(sheet);
}

enum rc
sheet_next(struct sheet *sheet, const struct sheet_row **row)
{
	enum rc rc;

	do {
		if (sheet->csv != NULL)
			rc = csv_next(sheet->csv, &sheet->row, &sheet->fault);
		else
			rc = xlsx_rows_next(sheet->rows, &sheet->row, &sheet->fault);
	} while (rc == RC_OK && sheet->row.count == 0);
	if (rc != RC_OK)
		return rc;
	if (++sheet->filled > SHEET_ROWS_MAX) {
		sheet->fault = (struct sheet_fault){ .key = "SheetRows", .row = sheet->row.number };
		return RC_INVALID;
	}
	*row = &sheet->row;
	return RC_OK;
}

const struct sheet_fault *
sheet_why(const struct sheet *sheet)
{
	return &sheet->fault;
}

size_t
sheet_count(const struct sheet *sheet)
{
	return sheet->rows == NULL ? 0 : xlsx_rows_book(sheet->rows)->sheet_count;
}

const char *
sheet_name(const struct sheet *sheet, size_t number)
{
	return xlsx_rows_book(sheet->rows)->sheets[number - 1].name;
}

size_t
sheet_number(const struct sheet *sheet)
{
	return sheet->rows == NULL ? 0 : xlsx_rows_number(sheet->rows);
}
