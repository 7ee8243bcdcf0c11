/* A workbook: the input is the XML of its parts, one after the other with NUL between (so that the
 * fuzzer need not learn to compress), or, when it begins with PK, the archive itself. */
#include <assert.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <zip.h>

#include "base/sheet_xlsx.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const NAMES[] = { "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml",
	"xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels" };
static const char WORKBOOK[] = "<workbook><sheets><sheet name='A' r:id='r1'/></sheets></workbook>";
static const char RELATIONS[] =
    "<Relationships><Relationship Id='r1' Type='x/worksheet' Target='worksheets/sheet1.xml'/>"
    "<Relationship Id='r2' Type='x/sharedStrings' Target='sharedStrings.xml'/>"
    "<Relationship Id='r3' Type='x/styles' Target='styles.xml'/></Relationships>";

static void
add(zip_t *zip, const char *name, const void *bytes, size_t length)
{
	zip_source_t *source = zip_source_buffer(zip, bytes, length, 0);
	zip_int64_t at = zip_file_add(zip, name, source, ZIP_FL_OVERWRITE);

	if (at < 0 || zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_STORE, 0) != 0)
		abort();
}

static void
write_book(const char *path, const uint8_t *data, size_t size)
{
	zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);

	if (zip == NULL)
		abort();
	add(zip, NAMES[3], WORKBOOK, sizeof(WORKBOOK) - 1);
	add(zip, NAMES[4], RELATIONS, sizeof(RELATIONS) - 1);
	for (size_t i = 0; i < COUNT(NAMES) && size > 0; i++) {
		const uint8_t *end = memchr(data, 0, size);
		size_t length = end == NULL ? size : (size_t)(end - data);
		add(zip, NAMES[i], data, length);
		size -= end == NULL ? size : length + 1;
		data += length + 1;
	}
	if (zip_close(zip) != 0)
		abort();
}

static int
open_input(const uint8_t *data, size_t size)
{
	char path[] = "/tmp/vt-fuzz-XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0)
		abort();
	if (size > 2 && memcmp(data, "PK", 2) == 0) {
		if (write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0)
			abort();
	} else {
		close(fd);
		write_book(path, data, size);
		if ((fd = open(path, O_RDONLY)) < 0)
			abort();
	}
	unlink(path);
	return fd;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sheet_fault fault = { 0 };
	struct sheet_row row;
	struct xlsx_rows *rows;
	int64_t number = 0;

	if (xlsx_rows_open(open_input(data, size), 0, &rows, &fault) != RC_OK) {
		assert(fault.key != NULL);
		return 0;
	}
	enum rc rc;
	while ((rc = xlsx_rows_next(rows, &row, &fault)) == RC_OK) {
		assert(row.number > number && row.count <= SHEET_COLUMNS_MAX);
		number = row.number;
		for (size_t i = 0; i < row.count; i++)
			assert(text_is_utf8(row.cells[i], strlen(row.cells[i])));
	}
	assert(rc == RC_NOT_FOUND || fault.key != NULL);
	xlsx_rows_close(rows);
	return 0;
}
