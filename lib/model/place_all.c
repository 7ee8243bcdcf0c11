#include "model/place_all.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define PLACES_MAX 200000
#define SEPARATOR  " / "

enum { ALL };

/* Ordered so that siblings stand together in their order. */
static const struct query Q[] QUERIES = {
	[ALL] = { .sql =
		      "SELECT p.place_id, COALESCE(p.parent_id, 0), p.kind + 0, p.name, p.initials, "
		      "p.sort_order, p.revision, COALESCE(n.meters, 0) FROM place p "
		      "LEFT JOIN (SELECT place_id, COUNT(*) AS meters FROM meter "
		      "WHERE removed_at IS NULL AND place_id IS NOT NULL GROUP BY place_id "
		      "LIMIT 200000) AS n ON n.place_id = p.place_id "
		      "ORDER BY COALESCE(p.parent_id, 0), p.sort_order, p.name LIMIT 200000" },
};

/* The rows as they came, ordered by parent, while the tree is made of them. */
struct growing {
	struct arena *arena;
	const struct scope *scope;
	struct place_item *rows;
	size_t count;
	struct place_list *out;
};

static enum rc
read_rows(struct db *db, struct growing *g)
{
	struct rows *rows;
	size_t room = 512;
	enum rc rc = db_query(db, &Q[ALL], NO_ARGS, &rows);

	if (rc != RC_OK)
		return rc;
	g->rows = arena_alloc(g->arena, room * sizeof(*g->rows));
	while ((rc = rows_next(rows)) == RC_OK && g->count < PLACES_MAX) {
		if (g->count == room) {
			struct place_item *larger =
			    arena_alloc(g->arena, 2 * room * sizeof(*larger));
			memcpy(larger, g->rows, room * sizeof(*larger));
			g->rows = larger;
			room *= 2;
		}
		struct place_item *item = &g->rows[g->count++];
		*item = (struct place_item){ .row = { .place_id = rows_int(rows, 0),
						 .parent_id = rows_int(rows, 1),
						 .kind = (enum place_kind)(rows_int(rows, 2) - 1),
						 .sort_order = rows_int(rows, 5),
						 .revision = rows_int(rows, 6) },
			.meters = rows_int(rows, 7) };
		(void)text_copy(item->row.name, sizeof(item->row.name), rows_text(rows, 3));
		(void)text_copy(item->row.initials, sizeof(item->row.initials), rows_text(rows, 4));
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Index of the first row with that parent. */
static size_t
first_child(const struct growing *g, int64_t parent_id)
{
	size_t low = 0, high = g->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (g->rows[middle].row.parent_id < parent_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A site that is not in the scope stands there when something below it is. */
static bool
leads_to_scope(const struct growing *g, int64_t place_id)
{
	for (size_t i = first_child(g, place_id);
	     i < g->count && g->rows[i].row.parent_id == place_id; i++)
		if (g->rows[i].row.kind == KIND_BUILDING &&
		    scope_has(g->scope, g->rows[i].row.place_id))
			return true;
	return false;
}

static int64_t
scope_of(const struct place_row *row, const struct place_item *parent)
{
	if (row->kind == KIND_BUILDING || row->kind == KIND_SITE)
		return row->place_id;
	return parent != NULL ? parent->scope_id : 0;
}

/* Adds the children of parent (NULL: the topmost places) and what is below them; the tree is four
 * levels deep. Returns the meters in it. */
static int64_t
grow(struct growing *g, struct place_item *parent, int64_t depth)
{
	int64_t parent_id = parent != NULL ? parent->row.place_id : 0, meters = 0;

	for (size_t i = first_child(g, parent_id);
	     i < g->count && g->rows[i].row.parent_id == parent_id && depth < PLACE_KINDS; i++) {
		int64_t scope_id = scope_of(&g->rows[i].row, parent);
		bool is_in = scope_has(g->scope, scope_id);
		if (!is_in && !leads_to_scope(g, g->rows[i].row.place_id))
			continue;
		struct place_item *item = &g->out->list[g->out->count++];
		*item = g->rows[i];
		item->path = parent == NULL ? arena_strdup(g->arena, item->row.name)
					    : arena_printf(g->arena, "%s" SEPARATOR "%s",
						  parent->path, item->row.name);
		item->scope_id = scope_id;
		item->is_in_scope = is_in;
		item->depth = depth;
		if (parent != NULL)
			parent->children++;
		item->meters_in = (is_in ? item->meters : 0) + grow(g, item, depth + 1);
		meters += item->meters_in;
	}
	return meters;
}

enum rc
place_all(struct db *db, struct arena *arena, const struct scope *scope, struct place_list *places)
{
	struct growing g = { .arena = arena, .scope = scope, .out = places };
	enum rc rc = read_rows(db, &g);

	*places = (struct place_list){ 0 };
	if (rc != RC_OK)
		return rc;
	places->list = arena_alloc(arena, (g.count + 1) * sizeof(*places->list));
	(void)grow(&g, NULL, 0);
	return RC_OK;
}

const struct place_item *
place_all_find(const struct place_list *places, int64_t place_id)
{
	for (size_t i = 0; i < places->count; i++)
		if (places->list[i].row.place_id == place_id)
			return &places->list[i];
	return NULL;
}

/* Folded, and without spaces around the slashes. */
static void
fold_path(const char *path, char *out, size_t size)
{
	size_t used = 0;

	text_fold(path, out, size);
	for (const char *at = out; *at != '\0'; at++) {
		if (*at == ' ' && (at[1] == '/' || at[1] == '\0'))
			continue;
		if (*at == ' ' && used > 0 && out[used - 1] == '/')
			continue;
		out[used++] = *at;
	}
	out[used] = '\0';
}

/* "a/b/c" ends with "b/c", not with "/c" of "ab/c". */
static bool
ends_with(const char *path, const char *tail)
{
	size_t length = strlen(path), wanted = strlen(tail);

	if (wanted > length || strcmp(path + length - wanted, tail) != 0)
		return false;
	return wanted == length || path[length - wanted - 1] == '/';
}

enum rc
place_all_match(const struct place_list *places, const char *typed, const struct place_item **place,
    const struct place_item **other)
{
	char wanted[PLACE_PATH_MAX], path[PLACE_PATH_MAX];

	*place = *other = NULL;
	fold_path(typed, wanted, sizeof(wanted));
	if (wanted[0] == '\0')
		return RC_NOT_FOUND;
	for (size_t i = 0; i < places->count; i++) {
		const struct place_item *item = &places->list[i];
		if (!item->is_in_scope)
			continue;
		fold_path(item->path, path, sizeof(path));
		if (strcmp(path, wanted) == 0) {
			*place = item;
			return RC_OK;
		}
		if (!ends_with(path, wanted))
			continue;
		if (*place == NULL)
			*place = item;
		else if (*other == NULL)
			*other = item;
	}
	if (*place == NULL)
		return RC_NOT_FOUND;
	return *other != NULL ? RC_CONFLICT : RC_OK;
}

int64_t
place_all_next_order(const struct place_list *places, int64_t parent_id)
{
	int64_t next = 1;

	for (size_t i = 0; i < places->count; i++)
		if (places->list[i].row.parent_id == parent_id &&
		    places->list[i].row.sort_order >= next)
			next = places->list[i].row.sort_order + 1;
	return next;
}
