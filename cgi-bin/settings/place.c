/* /settings/places/new, /settings/places/{id}: one place, and what is right below it. */
#include "place.h"

#include <string.h>

#include "base/pinyin.h"
#include "base/text.h"
#include "edit.h"
#include "model/world.h"

static const char *const KINDS[] = { "site", "building", "floor", "room", NULL };

/* What the form holds. */
struct typed {
	int64_t revision, kind, parent_id;
	char name[PLACE_NAME_MAX * 4 + 1], initials[PLACE_INITIALS_MAX * 4 + 1];
};

#define AT(member) offsetof(struct typed, member)
static const struct form_field FIELDS[] = {
	{ "revision", FORM_UINT, false, UINT32_MAX, NULL, AT(revision) },
	{ "kind", FORM_CHOICE, true, 0, KINDS, AT(kind) },
	{ "parent", FORM_UINT, false, UINT32_MAX, NULL, AT(parent_id) },
	{ "name", FORM_TEXT, true, PLACE_NAME_MAX, NULL, AT(name) },
	{ "initials", FORM_TEXT, false, PLACE_INITIALS_MAX, NULL, AT(initials) },
};

/* ---- showing ---- */

void
place_crumbs(struct req *r, const struct place_list *all, int64_t place_id)
{
	const struct place_item *steps[PLACE_KINDS], *item = place_all_find(all, place_id);
	size_t count = 0;

	for (; item != NULL && count < PLACE_KINDS; item = place_all_find(all, item->row.parent_id))
		steps[count++] = item;
	while (count > 0) {
		item = steps[--count];
		crumb(r,
		    item->is_in_scope ? arena_printf(r->arena, "/settings/places/%lld",
					    (long long)item->row.place_id)
				      : NULL,
		    item->row.name);
	}
}

/* Where a place may hang: the kinds above it. One that is there already stays in the list, also
 * when it is out of the reader's scope. */
static void
show_parents(struct req *r, const struct place_list *all, const struct place_row *row)
{
	bool is_new = row->place_id == 0;

	if (!scope_is_limited(r->scope) || row->parent_id == 0)
		choice_add(
		    r, "parent", 0, view_word(r->view, "Settings.Place.NoParent"), row->parent_id);
	for (size_t i = 0; i < all->count; i++) {
		const struct place_item *item = &all->list[i];
		bool fits = is_new ? item->row.kind != KIND_ROOM
				   : place_fits(row->kind, true, item->row.kind);
		if (item->row.place_id == row->parent_id || (fits && item->is_in_scope))
			choice_add(r, "parent", item->row.place_id, item->path, row->parent_id);
	}
}

static void
show_children(struct req *r, const struct place_list *all, int64_t place_id)
{
	struct node *list = view_node(r->view, "Children"), *node = NULL;

	for (size_t i = 0; i < all->count; i++) {
		const struct place_item *item = &all->list[i];
		if (item->row.parent_id != place_id)
			continue;
		bool is_first = node == NULL;
		node = node_add(r->view, list);
		node_int(r->view, node, "Id", item->row.place_id);
		node_set(r->view, node, "Name", item->row.name);
		node_set(r->view, node, "Initials", item->row.initials);
		node_set(r->view, node, "Kind", place_kind_name(item->row.kind));
		node_int(r->view, node, "Meters", item->meters_in);
		node_bool(r->view, node, "IsFirst", is_first);
		const char *const name[] = { item->row.name };
		node_set(
		    r->view, node, "UpText", view_phrase(r->view, "Settings.Place.Up", name, 1));
		node_set(r->view, node, "DownText",
		    view_phrase(r->view, "Settings.Place.Down", name, 1));
	}
	if (node != NULL)
		node_bool(r->view, node, "IsLast", true);
}

static enum rc
show_form(struct req *r, const struct place_list *all, const struct place_row *row)
{
	const struct place_item *item = place_all_find(all, row->place_id);
	enum rc rc = RC_OK;

	show_parents(r, all, row);
	if (item == NULL) {
		place_crumbs(r, all, row->parent_id);
		crumb(r, NULL, view_word(r->view, "Settings.Place.New"));
		view_set(r->view, "Page.Title", view_word(r->view, "Settings.Place.New"));
		view_bool(r->view, "IsNew", true);
		view_int(r->view, "Parent.Id", row->parent_id);
		return page(r, "settings/place.cs");
	}
	place_crumbs(r, all, item->row.parent_id);
	crumb(r, NULL, item->row.name);
	view_set(r->view, "Page.Title", item->row.name);
	view_int(r->view, "Place.Id", row->place_id);
	view_set(r->view, "Place.Kind", place_kind_name(row->kind));
	view_int(r->view, "Place.Meters", item->meters_in);
	view_bool(r->view, "Place.MayAdd", row->kind != KIND_ROOM);
	view_bool(
	    r->view, "Place.MayAddRooms", row->kind == KIND_FLOOR || row->kind == KIND_BUILDING);
	show_children(r, all, row->place_id);
	rc = show_changed(r, "place", row->place_id);
	return rc == RC_OK ? page(r, "settings/place.cs") : rc;
}

static void
fill_form(struct req *r, const struct place_row *row)
{
	struct typed typed = {
		.revision = row->revision, .kind = (int64_t)row->kind, .parent_id = row->parent_id
	};

	(void)text_copy(typed.name, sizeof(typed.name), row->name);
	(void)text_copy(typed.initials, sizeof(typed.initials), row->initials);
	form_fill(r, FIELDS, COUNT(FIELDS), &typed);
}

/* ---- reading ---- */

/* Initials that were left out, or that still are those of the old name, follow the name. */
static void
propose_initials(const struct place_row *stored, struct place_row *row)
{
	char old[PLACE_INITIALS_MAX + 1];

	pinyin_initials(stored->name, old, sizeof(old));
	bool follows = stored->place_id != 0 && strcmp(stored->name, row->name) != 0 &&
		       strcmp(stored->initials, old) == 0 &&
		       strcmp(stored->initials, row->initials) == 0;
	if (row->initials[0] == '\0' || follows)
		pinyin_initials(row->name, row->initials, sizeof(row->initials));
}

static void
take_typed(const struct typed *typed, const struct place_row *stored, struct place_row *row)
{
	*row = *stored;
	row->revision = typed->revision;
	row->kind = (enum place_kind)typed->kind;
	row->parent_id = typed->parent_id;
	(void)text_copy(row->name, sizeof(row->name), typed->name);
	text_fold(typed->initials, row->initials, sizeof(row->initials));
	propose_initials(stored, row);
}

/* Only below what the reader may edit; whoever is limited makes nothing at the top. */
static bool
may_hang(struct req *r, const struct place_list *all, const struct place_row *stored,
    const struct place_row *row)
{
	const struct place_item *parent = place_all_find(all, row->parent_id);

	if (stored->place_id != 0 && stored->parent_id == row->parent_id)
		return true;
	if (row->parent_id == 0)
		return !scope_is_limited(r->scope);
	return parent != NULL && parent->is_in_scope;
}

/* ---- saving ---- */

struct saving {
	struct req *r;
	const struct place_row *wanted;
	struct operator_actor by;
	struct faults faults;
	int64_t place_id;
};

static enum rc
save(struct db *db, void *context)
{
	struct saving *s = context;
	struct place_row row = *s->wanted;
	struct world *world = world_of_database(db, s->r->arena);
	enum rc rc;

	s->faults = (struct faults){ 0 };
	place_validate(&row, world, &s->faults);
	if ((rc = world_failed(world)) != RC_OK)
		return rc;
	if (s->faults.count > 0)
		return RC_INVALID;
	rc = row.place_id == 0 ? place_insert(db, &row, &s->by) : place_update(db, &row, &s->by);
	s->place_id = row.place_id;
	return rc;
}

/* The form again with what was typed, what is wrong, and what others saved meanwhile. */
static enum rc
refuse(struct req *r, const struct place_list *all, const struct saving *s, enum rc rc)
{
	const struct place_row *wanted = s->wanted;
	struct place_row stored = { .revision = wanted->revision };

	if (rc == RC_INVALID)
		(void)edit_show_faults(r, &s->faults);
	else if (rc != RC_CONFLICT)
		return rc;
	else if (db_is_duplicate(r->db))
		form_error_values(
		    r, "name", "PlaceTaken", (const char *const[]){ wanted->name }, 1);
	rc = wanted->place_id == 0 ? RC_OK : place_load(r->db, wanted->place_id, &stored);
	if (rc == RC_OK)
		rc = edit_show_meanwhile(
		    r, "place", wanted->place_id, wanted->revision, stored.revision);
	return rc == RC_OK ? show_form(r, all, wanted) : rc;
}

static enum rc
save_typed(struct req *r, const struct place_list *all, const struct place_row *stored)
{
	struct typed typed = { .kind = (int64_t)stored->kind };
	struct place_row row;
	struct saving s = { .r = r, .wanted = &row, .by = editor(r) };
	enum rc rc = form_read(r, FIELDS, COUNT(FIELDS), &typed);

	take_typed(&typed, stored, &row);
	if (stored->place_id == 0)
		row.sort_order = place_all_next_order(all, row.parent_id);
	if (rc != RC_OK)
		return show_form(r, all, &row);
	if (!may_hang(r, all, stored, &row)) {
		form_error(r, "parent", "NoSuchPlace");
		return show_form(r, all, &row);
	}
	if ((rc = edit_save(r, save, &s)) != RC_OK)
		return refuse(r, all, &s, rc);
	flash(r, "Saved");
	if (stored->place_id == 0 && row.parent_id != 0)
		return redirect(r, "/settings/places/%lld", (long long)row.parent_id);
	return redirect(r, "/settings/places/%lld", (long long)s.place_id);
}

/* ---- routes ---- */

enum rc
place_new(struct req *r)
{
	struct place_list all;
	struct place_row row = { .kind = KIND_SITE };
	enum rc rc = place_all(r->db, r->arena, r->scope, &all);

	if (rc != RC_OK)
		return rc;
	if (r->method == POST)
		return save_typed(r, &all, &row);
	(void)text_parse_uint(param_get(&r->query, "parent"), UINT32_MAX, &row.parent_id);
	const struct place_item *parent = place_all_find(&all, row.parent_id);
	if (parent == NULL)
		row.parent_id = 0;
	else
		row.kind = parent->row.kind == KIND_ROOM ? KIND_ROOM : parent->row.kind + 1;
	fill_form(r, &row);
	return show_form(r, &all, &row);
}

enum rc
place_find(struct req *r, struct place_list *all, const struct place_item **item)
{
	enum rc rc = place_all(r->db, r->arena, r->scope, all);

	if (rc != RC_OK)
		return rc;
	*item = place_all_find(all, r->id);
	return *item != NULL && (*item)->is_in_scope ? RC_OK : RC_NOT_FOUND;
}

enum rc
place_edit(struct req *r)
{
	struct place_list all;
	const struct place_item *item;
	enum rc rc = place_find(r, &all, &item);

	if (rc != RC_OK)
		return rc;
	if (r->method == POST)
		return save_typed(r, &all, &item->row);
	fill_form(r, &item->row);
	return show_form(r, &all, &item->row);
}
