/* /settings/places: the tree of places, its search and its export. */
#include <string.h>

#include "base/text.h"
#include "edit.h"
#include "export.h"
#include "list.h"
#include "model/place_list.h"

#define SEARCH_MAX 200	/* hits that are shown */
#define WHOLE_MAX  1200 /* with more places than this rooms stand on the page of their floor */

static const struct export_column COLUMNS[] = {
	{ "Settings.Place.Site", CELL_TEXT, 16, NULL },
	{ "Word.Building", CELL_TEXT, 16, NULL },
	{ "Word.Floor", CELL_TEXT, 12, NULL },
	{ "Word.Room", CELL_TEXT, 14, NULL },
	{ "Settings.Place.KindWord", CELL_WORD, 10, "Settings.Place.Kind" },
	{ "Field.initials", CELL_TEXT, 12, NULL },
	{ "Field.sort_order", CELL_INT, 10, NULL },
	{ "Word.Meters", CELL_INT, 10, NULL },
};

static void
show_item(struct req *r, struct node *node, const struct place_item *item)
{
	node_int(r->view, node, "Id", item->row.place_id);
	node_set(r->view, node, "Kind", place_kind_name(item->row.kind));
	node_set(r->view, node, "Name", item->row.name);
	node_set(r->view, node, "Path", item->path);
	node_int(r->view, node, "Meters", item->meters_in);
	node_bool(r->view, node, "MayEdit", item->is_in_scope);
	node_bool(r->view, node, "MayAdd", item->is_in_scope && item->row.kind != KIND_ROOM);
}

/* The next place that is shown; count if there is none. */
static size_t
next_shown(const struct place_list *places, size_t i, bool is_whole)
{
	do
		i++;
	while (i < places->count && !is_whole && places->list[i].row.kind == KIND_ROOM);
	return i;
}

/* The page nests lists: an item says whether one begins below it, and how many end behind it. */
static void
show_tree(struct req *r, const struct place_list *places)
{
	bool is_whole = places->count <= WHOLE_MAX;
	struct node *list = view_node(r->view, "Tree");
	size_t next;

	for (size_t i = 0; i < places->count; i = next) {
		const struct place_item *item = &places->list[i];
		next = next_shown(places, i, is_whole);
		int64_t depth = next < places->count ? places->list[next].depth : 0;
		struct node *node = node_add(r->view, list);
		show_item(r, node, item);
		node_bool(r->view, node, "HasBelow", depth > item->depth);
		node_bool(r->view, node, "IsOpen", item->row.kind <= KIND_BUILDING);
		node_bool(r->view, node, "HasRooms",
		    !is_whole && item->children > 0 && depth <= item->depth);
		for (; depth <= item->depth; depth++)
			(void)node_add(r->view, node_child(r->view, node, "Ends"));
	}
}

static bool
matches(const struct place_item *item, const char *search)
{
	char folded[PLACE_PATH_MAX];

	text_fold(item->path, folded, sizeof(folded));
	return strstr(folded, search) != NULL || strstr(item->row.initials, search) != NULL;
}

static int64_t
show_hits(struct req *r, const struct place_list *places, const char *search)
{
	struct node *list = view_node(r->view, "Hits");
	int64_t count = 0;

	for (size_t i = 0; i < places->count; i++) {
		const struct place_item *item = &places->list[i];
		if (!item->is_in_scope || !matches(item, search))
			continue;
		if (count++ < SEARCH_MAX)
			show_item(r, node_add(r->view, list), item);
	}
	return count;
}

enum rc
places(struct req *r)
{
	static const char *const SORTS[] = { "tree", NULL };
	struct list list;
	struct place_list all;
	struct rows *rows;
	enum rc rc;

	list_read(r, SORTS, SEARCH_MAX, &list);
	if (list.format != LIST_PAGE) {
		if (!may(r, PERM_EXPORT))
			return RC_DENIED;
		if ((rc = place_export(r->db, r->scope, list.search, &rows)) != RC_OK)
			return rc;
		return export_answer(r, list.format, "Settings.Places.Title",
		    param_get(&r->query, "q"), COLUMNS, COUNT(COLUMNS), rows);
	}
	if ((rc = place_all(r->db, r->arena, r->scope, &all)) != RC_OK)
		return rc;
	int64_t total = (int64_t)all.count;
	if (list.search[0] != '\0')
		total = show_hits(r, &all, list.search);
	else
		show_tree(r, &all);
	view_bool(r->view, "MayAddTop", !scope_is_limited(r->scope));
	list_view(r, &list, total, NULL);
	return page(r, "settings/places.cs");
}
