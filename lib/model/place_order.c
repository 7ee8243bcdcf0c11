#include "model/edit.h"
#include "model/place_edit.h"

#define SIBLINGS_MAX 5000

enum { SIBLINGS, SET };

static const struct query Q[] QUERIES = {
	[SIBLINGS] = { .sql = "SELECT s.place_id, s.sort_order, s.name FROM place p "
			      "JOIN place s ON s.parent_id <=> p.parent_id WHERE p.place_id = ? "
			      "ORDER BY s.sort_order, s.name LIMIT 5000 FOR UPDATE" },
	[SET] = { .sql = "UPDATE place SET sort_order = ? WHERE place_id = ?" },
};

/* The siblings in their order; at is the place of the one that is looked for. */
struct siblings {
	struct {
		int64_t place_id, sort_order;
	} list[SIBLINGS_MAX];
	size_t count, at;
};

static enum rc
read_siblings(struct db *db, int64_t place_id, struct siblings *s)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[SIBLINGS], ARGS(I(place_id)), &rows);

	if (rc != RC_OK)
		return rc;
	s->count = s->at = 0;
	while ((rc = rows_next(rows)) == RC_OK && s->count < SIBLINGS_MAX) {
		if (rows_int(rows, 0) == place_id)
			s->at = s->count;
		s->list[s->count].place_id = rows_int(rows, 0);
		s->list[s->count++].sort_order = rows_int(rows, 1);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Numbers them 1, 2, 3 … in the new order. The revision stays: a form does not hold the order, so
 * nobody who renames one of them meanwhile loses anything. */
static enum rc
number(struct db *db, const struct siblings *s, size_t other)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; i < s->count && rc == RC_OK; i++) {
		size_t place = i == s->at ? other : i == other ? s->at : i;
		if (s->list[i].sort_order != (int64_t)place + 1)
			rc = db_exec(db, &Q[SET], ARGS(I(place + 1), I(s->list[i].place_id)));
	}
	return rc;
}

enum rc
place_shift(struct db *db, int64_t place_id, int direction, const struct operator_actor *by)
{
	struct arena *arena = arena_new();
	struct siblings *s = arena_alloc(arena, sizeof(*s));
	struct changes changes = { 0 };
	enum rc rc = read_siblings(db, place_id, s);

	if (rc == RC_OK && s->count == 0)
		rc = RC_NOT_FOUND;
	bool is_end = direction < 0 ? s->at == 0 : s->at + 1 >= s->count;
	if (rc == RC_OK && !is_end) {
		size_t other = direction < 0 ? s->at - 1 : s->at + 1;
		rc = number(db, s, other);
		change_int(&changes, "sort_order", (int64_t)s->at + 1, (int64_t)other + 1);
		if (rc == RC_OK)
			rc = edit_audit(db, by, "place.order", "place", place_id, &changes, NULL);
	}
	arena_free(arena);
	return rc;
}
