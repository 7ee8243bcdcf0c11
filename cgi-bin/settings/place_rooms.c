/* /settings/places/{id}/rooms: several rooms of a floor at once, such as "101-120, 1A". */
#include "place.h"

#include <string.h>

#include "base/pinyin.h"
#include "base/text.h"
#include "edit.h"
#include "model/room_names.h"
#include "model/world.h"

struct typed {
	char names[ROOM_NAMES_TEXT_MAX * 4 + 1];
};

static const struct form_field FIELDS[] = {
	{ "names", FORM_LINES, true, ROOM_NAMES_TEXT_MAX, NULL, offsetof(struct typed, names) },
};

struct saving {
	struct req *r;
	const struct room_names *names;
	const struct place_item *floor;
	int64_t next_order;
	struct operator_actor by;
	struct faults faults;
	const char *failed;
};

static enum rc
save_one(struct db *db, struct saving *s, const struct world *world, size_t i)
{
	struct place_row row = { .parent_id = s->floor->row.place_id,
		.kind = KIND_ROOM,
		.sort_order = s->next_order + (int64_t)i };

	(void)text_copy(row.name, sizeof(row.name), s->names->list[i]);
	pinyin_initials(row.name, row.initials, sizeof(row.initials));
	place_validate(&row, world, &s->faults);
	s->failed = s->names->list[i];
	if (s->faults.count > 0)
		return RC_INVALID;
	return place_insert(db, &row, &s->by);
}

/* All or none. */
static enum rc
save(struct db *db, void *context)
{
	struct saving *s = context;
	struct world *world = world_of_database(db, s->r->arena);
	enum rc rc = RC_OK;

	s->faults = (struct faults){ 0 };
	for (size_t i = 0; i < s->names->count && rc == RC_OK; i++) {
		rc = save_one(db, s, world, i);
		if (rc == RC_OK || rc == RC_INVALID)
			rc = world_failed(world) != RC_OK ? world_failed(world) : rc;
	}
	return rc;
}

static enum rc
show(struct req *r, const struct place_list *all, const struct place_item *floor)
{
	place_crumbs(r, all, floor->row.place_id);
	crumb(r, NULL, view_word(r->view, "Settings.Place.Rooms"));
	view_set(r->view, "Page.Title", view_word(r->view, "Settings.Place.Rooms"));
	view_int(r->view, "Place.Id", floor->row.place_id);
	view_set(r->view, "Place.Path", floor->path);
	return page(r, "settings/place_rooms.cs");
}

static bool
parse(struct req *r, const char *typed, struct room_names *names)
{
	const char *wrong = names->wrong;

	switch (room_names_parse(typed, names)) {
	case ROOM_NAMES_OK:
		return true;
	case ROOM_NAMES_MANY:
		form_error_values(r, "names", "RoomsMany",
		    (const char *const[]){ number_text(r, ROOM_NAMES_MAX) }, 1);
		break;
	case ROOM_NAMES_RANGE:
		form_error_values(r, "names", "RoomsRange", (const char *const[]){ wrong }, 1);
		break;
	case ROOM_NAMES_LONG:
		form_error_values(r, "names", "RoomsLong", (const char *const[]){ wrong }, 1);
		break;
	case ROOM_NAMES_TWICE:
		form_error_values(r, "names", "RoomsTwice", (const char *const[]){ wrong }, 1);
		break;
	}
	return false;
}

enum rc
place_rooms(struct req *r)
{
	struct place_list all;
	const struct place_item *floor;
	struct typed typed = { 0 };
	struct room_names *names = arena_alloc(r->arena, sizeof(*names));
	enum rc rc = place_find(r, &all, &floor);

	if (rc != RC_OK)
		return rc;
	if (!place_fits(KIND_ROOM, true, floor->row.kind))
		return RC_NOT_FOUND;
	if (r->method == GET) {
		form_fill(r, FIELDS, COUNT(FIELDS), &typed);
		return show(r, &all, floor);
	}
	if (form_read(r, FIELDS, COUNT(FIELDS), &typed) != RC_OK || !parse(r, typed.names, names))
		return show(r, &all, floor);
	struct saving s = { .r = r,
		.names = names,
		.floor = floor,
		.next_order = place_all_next_order(&all, floor->row.place_id),
		.by = editor(r) };
	rc = edit_save(r, save, &s);
	if (rc == RC_INVALID || (rc == RC_CONFLICT && db_is_duplicate(r->db))) {
		form_error_values(r, "names",
		    s.faults.count > 0 ? s.faults.list[0].key : "PlaceTaken",
		    (const char *const[]){ s.failed }, 1);
		return show(r, &all, floor);
	}
	if (rc != RC_OK)
		return rc;
	flash_values(
	    r, "RoomsAdded", (const char *const[]){ number_text(r, (int64_t)names->count) }, 1);
	return redirect(r, "/settings/places/%lld", (long long)floor->row.place_id);
}
