#include "model/password_policy.h"

enum { NEWEST };
static const struct query Q[] QUERIES = {
	[NEWEST] = { .sql = "SELECT password_hash FROM operator_password WHERE operator_id = ?"
			    " ORDER BY changed_at DESC LIMIT ?" },
};

enum rc
password_history(struct db *db, int64_t operator_id, size_t max, struct arena *arena,
    const char **hashes, size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[NEWEST], ARGS(I(operator_id), I(max)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	while (*count < max && (rc = rows_next(rows)) == RC_OK)
		hashes[(*count)++] = arena_strdup(arena, rows_text(rows, 0));
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
