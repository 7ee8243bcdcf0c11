#include "model/history.h"

#include <assert.h>
#include <string.h>

enum { NEWEST };
static const struct query Q[] QUERIES = {
	[NEWEST] = { .sql = "SELECT a.at, COALESCE(o.display_name, a.actor), a.action, a.detail"
			    " FROM audit a LEFT JOIN operator o USING (operator_id)"
			    " WHERE a.object_kind = ? AND a.object_id = ? AND a.outcome = 'done'"
			    " ORDER BY a.at DESC, a.audit_id DESC LIMIT ?" },
};

enum rc
history_read(struct db *db, const char *object_kind, int64_t object_id, size_t max,
    struct arena *arena, struct history *saves, size_t *count)
{
	struct rows *rows;

	assert(max <= HISTORY_MAX);
	*count = 0;
	enum rc rc = db_query(db, &Q[NEWEST], ARGS(S(object_kind), I(object_id), I(max)), &rows);
	if (rc != RC_OK)
		return rc;
	while (*count < max && (rc = rows_next(rows)) == RC_OK)
		saves[(*count)++] = (struct history){
			.at = rows_int(rows, 0),
			.by = arena_strdup(arena, rows_text(rows, 1)),
			.action = arena_strdup(arena, rows_text(rows, 2)),
			.detail = arena_strdup(arena, rows_text(rows, 3)),
		};
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

bool
history_change(struct arena *arena, const char **detail, struct history_change *change)
{
	size_t length = strcspn(*detail, "\n");
	char *line = arena_strndup(arena, *detail, length);

	if (**detail == '\0')
		return false;
	*detail += length + ((*detail)[length] == '\n');
	*change = (struct history_change){ .field = line, .before = "", .after = "" };
	char *before = strstr(line, ": "), *after = strstr(line, " -> ");
	if (before == NULL || after == NULL || after < before + strlen(": "))
		return true;
	*before = *after = '\0';
	change->before = before + strlen(": ");
	change->after = after + strlen(" -> ");
	return true;
}
