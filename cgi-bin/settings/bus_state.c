/* /settings/buses/{id}/disable, …/enable, …/delete. */
#include "gateway.h"

#include "base/text.h"
#include "edit.h"
#include "model/world.h"

/* ---- off and on ---- */

struct switching {
	struct req *r;
	struct bus_row row;
	bool is_off;
	struct operator_actor by;
	struct faults faults;
};

static enum rc
switch_it(struct db *db, void *context)
{
	struct switching *s = context;
	struct bus_row row = s->row;
	struct world *world = world_of_database(db, s->r->arena);

	row.disabled_at = s->is_off ? s->by.now : 0;
	s->faults = (struct faults){ 0 };
	if (!s->is_off)
		bus_validate(&row, world, &s->faults);
	if (world_failed(world) != RC_OK)
		return world_failed(world);
	return s->faults.count > 0 ? RC_INVALID : bus_update(db, &row, &s->by);
}

/* The revision of the page: who switches a bus off has seen how it is set. */
static int64_t
typed_revision(struct req *r)
{
	int64_t revision = 0;

	if (text_parse_uint(param_get(&r->body, "revision"), UINT32_MAX, &revision) != RC_OK)
		revision = -1;
	return revision;
}

static enum rc
turn(struct req *r, bool is_off)
{
	struct gateway_row gateway;
	struct place_list places;
	struct switching s = { .r = r, .is_off = is_off, .by = editor(r) };
	enum rc rc = bus_find(r, r->id, &places, &gateway, &s.row);

	if (rc != RC_OK)
		return rc;
	s.row.revision = typed_revision(r);
	rc = edit_save(r, switch_it, &s);
	if (rc == RC_INVALID)
		flash(r, "BusEndTaken");
	else if (rc == RC_CONFLICT)
		flash(r, "ChangedMeanwhile");
	else if (rc != RC_OK)
		return rc;
	else
		flash(r, is_off ? "BusDisabled" : "BusEnabled");
	return redirect(r, "/settings/buses/%lld", (long long)r->id);
}

enum rc
bus_disable(struct req *r)
{
	return turn(r, true);
}

enum rc
bus_enable(struct req *r)
{
	return turn(r, false);
}

/* ---- deleting ---- */

static enum rc
ask_delete(struct req *r, const struct gateway_row *gateway, const struct bus_row *row)
{
	const char *here = arena_printf(r->arena, "/settings/buses/%lld", (long long)r->id);
	const char *const name[] = { row->name };
	int64_t meters, orders;
	enum rc rc = bus_count_uses(r->db, r->id, &meters, &orders);

	if (rc != RC_OK)
		return rc;
	const char *const counts[] = { number_text(r, meters), number_text(r, orders) };
	if (meters > 0)
		confirm_obstacle(
		    r, view_phrase(r->view, "Settings.Bus.HoldsMeters", &counts[0], 1));
	if (orders > 0)
		confirm_obstacle(
		    r, view_phrase(r->view, "Settings.Bus.HoldsOrders", &counts[1], 1));
	gateway_crumb(r, gateway);
	crumb(r, here, row->name);
	return confirm_page(r,
	    &(struct confirm){ .title = view_phrase(r->view, "Settings.Bus.DeleteTitle", name, 1),
		.text = "",
		.icon = "trash",
		.button = view_word(r->view, "Settings.Bus.Delete"),
		.action = arena_printf(r->arena, "%s/delete", here),
		.back = here,
		.revision = row->revision,
		.asks_reason = true });
}

enum rc
bus_ask_delete(struct req *r)
{
	struct gateway_row gateway;
	struct place_list places;
	struct bus_row row;
	enum rc rc = bus_find(r, r->id, &places, &gateway, &row);

	return rc == RC_OK ? ask_delete(r, &gateway, &row) : rc;
}

struct removal {
	struct bus_row row;
	const char *reason;
	struct operator_actor by;
};

static enum rc
remove_it(struct db *db, void *context)
{
	const struct removal *removal = context;

	return bus_remove(db, &removal->row, removal->reason, &removal->by);
}

enum rc
bus_delete(struct req *r)
{
	struct gateway_row gateway;
	struct place_list places;
	struct bus_row row;
	struct removal removal = { .by = editor(r) };
	enum rc rc = bus_find(r, r->id, &places, &gateway, &row);

	if (rc != RC_OK)
		return rc;
	removal.row = row;
	if (reason_read(r, &removal.row.revision, &removal.reason) != RC_OK)
		return ask_delete(r, &gateway, &row);
	rc = edit_save(r, remove_it, &removal);
	if (rc == RC_CONFLICT)
		rc = show_conflict(r, "bus", r->id, removal.row.revision, row.revision);
	else if (rc == RC_INVALID) {
		r->status = 409;
		rc = RC_OK;
	} else if (rc == RC_OK) {
		flash(r, "Deleted");
		return redirect(r, "/settings/gateways/%lld", (long long)row.gateway_id);
	}
	return rc == RC_OK ? ask_delete(r, &gateway, &row) : rc;
}
