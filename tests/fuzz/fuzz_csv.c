/* A file of comma-separated values in any encoding. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sheet_fault fault;
	struct sheet_row row;
	struct csv *csv;
	int fd = memfd_create("fuzz", 0);
	int64_t number = 0;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	if (csv_open(fd, &csv, &fault) != RC_OK)
		return 0;
	enum rc rc;
	while ((rc = csv_next(csv, &row, &fault)) == RC_OK) {
		assert(row.number > number && row.count <= SHEET_COLUMNS_MAX);
		number = row.number;
		for (size_t i = 0; i < row.count; i++)
			assert(text_is_utf8(row.cells[i], strlen(row.cells[i])));
	}
	assert(rc == RC_NOT_FOUND || fault.key != NULL);
	csv_close(csv);
	return 0;
}
