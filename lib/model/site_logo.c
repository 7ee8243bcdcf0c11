#include "model/site_image.h"

#include <string.h>

#include "base/text.h"

enum { READ };
static const struct query Q[] QUERIES = {
	[READ] = { .sql = "SELECT type, digest, bytes FROM site_image WHERE kind = 'logo'",
	    .bounded = "primary key" },
};

enum rc
site_logo_read(struct db *db, struct arena *arena, struct site_logo *logo)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[READ], NO_ARGS, &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		size_t length = rows_length(rows, 2);
		char *bytes = arena_alloc(arena, length + 1);
		memcpy(bytes, rows_text(rows, 2), length);
		*logo = (struct site_logo){ .type = arena_strdup(arena, rows_text(rows, 0)),
			.bytes = bytes,
			.length = length };
		(void)text_copy(logo->digest, sizeof(logo->digest), rows_text(rows, 1));
	}
	rows_end(rows);
	return rc;
}
