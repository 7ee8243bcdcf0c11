#include <string.h>

#include "base/text.h"
#include "model/place_edit.h"

enum { LOAD, LOCK, PATH };

#define SELECT_ROW                                                            \
	"SELECT place_id, COALESCE(parent_id, 0), kind + 0, name, initials, " \
	"sort_order, revision FROM place WHERE place_id = ?"

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[LOAD] = { .sql = SELECT_ROW, .bounded = "primary key" },
	[LOCK] = { .sql = SELECT_ROW " FOR UPDATE", .bounded = "primary key" },
	[PATH] = { .sql =
		       "SELECT CONCAT_WS(' / ', p3.name, p2.name, p1.name, p0.name) FROM place p0"
		       " LEFT JOIN place p1 ON p1.place_id = p0.parent_id"
		       " LEFT JOIN place p2 ON p2.place_id = p1.parent_id"
		       " LEFT JOIN place p3 ON p3.place_id = p2.parent_id"
		       " WHERE p0.place_id = ?",
	    .bounded = "primary key" },
};
/* clang-format on */

static const char *const KINDS[PLACE_KINDS] = { "site", "building", "floor", "room" };

const char *
place_kind_name(enum place_kind kind)
{
	return (size_t)kind < PLACE_KINDS ? KINDS[kind] : "";
}

enum place_kind
place_kind_find(const char *name)
{
	for (size_t i = 0; i < PLACE_KINDS; i++)
		if (strcmp(KINDS[i], name) == 0)
			return (enum place_kind)i;
	return PLACE_KINDS;
}

static enum rc
load(struct db *db, const struct query *query, int64_t place_id, struct place_row *row)
{
	struct rows *rows;
	enum rc rc = db_query(db, query, ARGS(I(place_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		*row = (struct place_row){ .place_id = rows_int(rows, 0),
			.parent_id = rows_int(rows, 1),
			.kind = (enum place_kind)(rows_int(rows, 2) - 1),
			.sort_order = rows_int(rows, 5),
			.revision = rows_int(rows, 6) };
		(void)text_copy(row->name, sizeof(row->name), rows_text(rows, 3));
		(void)text_copy(row->initials, sizeof(row->initials), rows_text(rows, 4));
	}
	rows_end(rows);
	return rc;
}

enum rc
place_load(struct db *db, int64_t place_id, struct place_row *row)
{
	return load(db, &Q[LOAD], place_id, row);
}

enum rc
place_load_locked(struct db *db, int64_t place_id, struct place_row *row)
{
	return load(db, &Q[LOCK], place_id, row);
}

enum rc
place_path(struct db *db, int64_t place_id, char *path, size_t size)
{
	struct arena *arena = arena_new();
	const char *text = "";
	enum rc rc =
	    place_id == 0 ? RC_NOT_FOUND : db_text(db, &Q[PATH], ARGS(I(place_id)), arena, &text);

	(void)text_copy(path, size, rc == RC_OK ? text : "-");
	arena_free(arena);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
place_name_change(
    struct db *db, struct changes *changes, const char *field, int64_t before, int64_t after)
{
	char old[PLACE_PATH_MAX], new[PLACE_PATH_MAX];
	enum rc rc = RC_OK;

	if (before == after)
		return RC_OK;
	if ((rc = place_path(db, before, old, sizeof(old))) == RC_OK)
		rc = place_path(db, after, new, sizeof(new));
	if (rc == RC_OK)
		change_reword(changes, field, old, new);
	return rc;
}
