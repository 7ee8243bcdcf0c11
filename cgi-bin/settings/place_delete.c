/* /settings/places/{id}/delete: only what is empty, and a clear word why not. */
#include "edit.h"
#include "place.h"

static void
show_obstacles(struct req *r, const struct place_uses *uses)
{
	const struct {
		int64_t count;
		const char *key;
	} obstacles[] = {
		{ uses->places, "Settings.Place.HoldsPlaces" },
		{ uses->meters, "Settings.Place.HoldsMeters" },
		{ uses->past_meters, "Settings.Place.HeldMeters" },
		{ uses->gateways, "Settings.Place.HoldsGateways" },
		{ uses->scopes, "Settings.Place.HoldsScopes" },
	};

	for (size_t i = 0; i < COUNT(obstacles); i++) {
		const char *const count[] = { number_text(r, obstacles[i].count) };
		if (obstacles[i].count > 0)
			confirm_obstacle(r, view_phrase(r->view, obstacles[i].key, count, 1));
	}
}

static enum rc
ask(struct req *r, const struct place_list *all, const struct place_item *item, int64_t revision)
{
	struct place_uses uses;
	const char *here = arena_printf(r->arena, "/settings/places/%lld", (long long)r->id);
	const char *const name[] = { item->row.name };
	enum rc rc = place_count_uses(r->db, r->id, &uses);

	if (rc != RC_OK)
		return rc;
	show_obstacles(r, &uses);
	confirm_fact(r, view_word(r->view, "Word.Place"), item->path);
	place_crumbs(r, all, r->id);
	return confirm_page(r,
	    &(struct confirm){ .title = view_phrase(r->view, "Settings.Place.DeleteTitle", name, 1),
		.text = "",
		.icon = "trash",
		.button = view_word(r->view, "Settings.Place.Delete"),
		.action = arena_printf(r->arena, "%s/delete", here),
		.back = here,
		.revision = revision,
		.asks_reason = true });
}

enum rc
place_ask_delete(struct req *r)
{
	struct place_list all;
	const struct place_item *item;
	enum rc rc = place_find(r, &all, &item);

	return rc == RC_OK ? ask(r, &all, item, item->row.revision) : rc;
}

struct removal {
	struct place_row row;
	const char *reason;
	struct operator_actor by;
};

static enum rc
save(struct db *db, void *context)
{
	const struct removal *removal = context;

	return place_remove(db, &removal->row, removal->reason, &removal->by);
}

enum rc
place_delete(struct req *r)
{
	struct place_list all;
	const struct place_item *item;
	struct removal removal = { .by = editor(r) };
	enum rc rc = place_find(r, &all, &item);

	if (rc != RC_OK)
		return rc;
	removal.row = item->row;
	if (reason_read(r, &removal.row.revision, &removal.reason) != RC_OK)
		return ask(r, &all, item, item->row.revision);
	rc = edit_save(r, save, &removal);
	if (rc == RC_CONFLICT) {
		rc = show_conflict(r, "place", r->id, removal.row.revision, item->row.revision);
		return rc == RC_OK ? ask(r, &all, item, item->row.revision) : rc;
	}
	if (rc == RC_INVALID) {
		r->status = 409;
		return ask(r, &all, item, item->row.revision);
	}
	if (rc != RC_OK)
		return rc;
	flash(r, "Deleted");
	if (item->row.parent_id == 0)
		return redirect(r, "/settings/places");
	return redirect(r, "/settings/places/%lld", (long long)item->row.parent_id);
}
