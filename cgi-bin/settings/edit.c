#include "edit.h"

#include <string.h>

#define PROPOSALS_MAX 1500 /* a browser stands no more in one list */

enum rc
edit_show_faults(struct req *r, const struct faults *faults)
{
	show_faults(r, faults);
	return faults->count > 0 ? RC_INVALID : RC_OK;
}

enum rc
edit_show_meanwhile(struct req *r, const char *object_kind, int64_t object_id,
    int64_t typed_revision, int64_t revision)
{
	if (typed_revision == revision)
		return RC_OK;
	return show_conflict(r, object_kind, object_id, typed_revision, revision);
}

const char *
link_text(struct req *r, const char *path, const char *name, const char *value)
{
	return arena_printf(r->arena, "%s?%s=%s", path, name, param_encode(r->arena, value));
}

/* ---- places ---- */

void
place_field_propose(struct req *r, const struct place_list *places)
{
	struct node *list = view_node(r->view, "Places");

	for (size_t i = 0; i < places->count && i < PROPOSALS_MAX; i++)
		if (places->list[i].is_in_scope)
			node_set(r->view, node_add(r->view, list), "Path", places->list[i].path);
}

void
place_field_show(
    struct req *r, const struct place_list *places, const char *field, int64_t place_id)
{
	const struct place_item *item = place_all_find(places, place_id);

	view_set(r->view, arena_printf(r->arena, "Form.%s.Value", field),
	    item != NULL ? item->path : "");
}

enum rc
place_field_read(struct req *r, const struct place_list *places, const char *field,
    const char *typed, int64_t *place_id)
{
	const struct place_item *place, *other;

	*place_id = 0;
	if (*typed == '\0')
		return RC_OK;
	switch (place_all_match(places, typed, &place, &other)) {
	case RC_OK:
		*place_id = place->row.place_id;
		return RC_OK;
	case RC_CONFLICT:
		form_error_values(r, field, "PlaceSeveral",
		    (const char *const[]){ typed, place->path, other->path }, 3);
		return RC_INVALID;
	default:
		form_error_values(r, field, "PlaceUnknown", (const char *const[]){ typed }, 1);
		return RC_INVALID;
	}
}
