/* /settings/gateways/new, /settings/gateways/{id}: a gateway and its buses. */
#include "gateway.h"

#include "base/text.h"
#include "edit.h"
#include "model/world.h"

struct typed {
	int64_t revision;
	char name[GATEWAY_NAME_MAX * 4 + 1], note[GATEWAY_NOTE_MAX * 4 + 1];
	char place[PLACE_PATH_MAX * 4 + 1];
};

#define AT(member) offsetof(struct typed, member)
static const struct form_field FIELDS[] = {
	{ "revision", FORM_UINT, false, UINT32_MAX, NULL, AT(revision) },
	{ "name", FORM_TEXT, true, GATEWAY_NAME_MAX, NULL, AT(name) },
	{ "place", FORM_TEXT, false, PLACE_PATH_MAX, NULL, AT(place) },
	{ "note", FORM_TEXT, false, GATEWAY_NOTE_MAX, NULL, AT(note) },
};

/* ---- finding ---- */

bool
gateway_is_in_scope(
    const struct req *r, const struct place_list *places, const struct gateway_row *row)
{
	const struct place_item *item = place_all_find(places, row->place_id);

	return row->place_id == 0 ? !scope_is_limited(r->scope) : item != NULL && item->is_in_scope;
}

enum rc
gateway_find(struct req *r, int64_t gateway_id, struct place_list *places, struct gateway_row *row)
{
	enum rc rc = place_all(r->db, r->arena, r->scope, places);

	if (rc == RC_OK)
		rc = gateway_load(r->db, gateway_id, row);
	if (rc == RC_OK && !gateway_is_in_scope(r, places, row))
		rc = RC_NOT_FOUND;
	return rc;
}

void
gateway_crumb(struct req *r, const struct gateway_row *gateway)
{
	crumb(r, arena_printf(r->arena, "/settings/gateways/%lld", (long long)gateway->gateway_id),
	    gateway->name);
}

/* ---- showing ---- */

static enum rc
show_buses(struct req *r, int64_t gateway_id)
{
	struct node *rows = view_node(r->view, "Buses");
	struct bus_view *buses;
	size_t count;
	enum rc rc = gateway_buses(r->db, r->arena, r->scope, gateway_id, r->now, &buses, &count);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++)
		if (buses[i].bus_id != 0)
			bus_show_row(r, node_add(r->view, rows), &buses[i]);
	return RC_OK;
}

static enum rc
show_form(
    struct req *r, const struct place_list *places, const struct gateway_row *row, const char *name)
{
	enum rc rc;

	place_field_propose(r, places);
	if (row->gateway_id == 0) {
		crumb(r, NULL, view_word(r->view, "Settings.Gateway.New"));
		view_set(r->view, "Page.Title", view_word(r->view, "Settings.Gateway.New"));
		view_bool(r->view, "IsNew", true);
		return page(r, "settings/gateway.cs");
	}
	crumb(r, NULL, name);
	view_set(r->view, "Page.Title", name);
	view_int(r->view, "Gateway.Id", row->gateway_id);
	if ((rc = show_buses(r, row->gateway_id)) == RC_OK)
		rc = show_changed(r, "gateway", row->gateway_id);
	return rc == RC_OK ? page(r, "settings/gateway.cs") : rc;
}

static void
fill_form(struct req *r, const struct place_list *places, const struct gateway_row *row)
{
	struct typed typed = { .revision = row->revision };

	(void)text_copy(typed.name, sizeof(typed.name), row->name);
	(void)text_copy(typed.note, sizeof(typed.note), row->note);
	form_fill(r, FIELDS, COUNT(FIELDS), &typed);
	place_field_show(r, places, "place", row->place_id);
}

/* ---- saving ---- */

struct saving {
	struct req *r;
	const struct gateway_row *wanted;
	struct operator_actor by;
	struct faults faults;
	int64_t gateway_id;
};

static enum rc
save(struct db *db, void *context)
{
	struct saving *s = context;
	struct gateway_row row = *s->wanted;
	struct world *world = world_of_database(db, s->r->arena);
	enum rc rc;

	s->faults = (struct faults){ 0 };
	gateway_validate(&row, world, &s->faults);
	if ((rc = world_failed(world)) != RC_OK)
		return rc;
	if (s->faults.count > 0)
		return RC_INVALID;
	rc = row.gateway_id == 0 ? gateway_insert(db, &row, &s->by)
				 : gateway_update(db, &row, &s->by);
	s->gateway_id = row.gateway_id;
	return rc;
}

/* What is wrong, and what others saved meanwhile: one does not hide the other. */
static enum rc
refuse(struct req *r, const struct saving *s, enum rc rc)
{
	const struct gateway_row *wanted = s->wanted;
	struct gateway_row stored = { .revision = wanted->revision };

	if (rc == RC_INVALID)
		(void)edit_show_faults(r, &s->faults);
	else if (rc != RC_CONFLICT)
		return rc;
	else if (db_is_duplicate(r->db))
		form_error_values(
		    r, "name", "GatewayTaken", (const char *const[]){ wanted->name }, 1);
	rc = wanted->gateway_id == 0 ? RC_OK : gateway_load(r->db, wanted->gateway_id, &stored);
	if (rc != RC_OK)
		return rc;
	return edit_show_meanwhile(
	    r, "gateway", wanted->gateway_id, wanted->revision, stored.revision);
}

static enum rc
read_typed(struct req *r, const struct place_list *places, const struct gateway_row *stored,
    struct gateway_row *row)
{
	struct typed typed = { 0 };
	enum rc rc = form_read(r, FIELDS, COUNT(FIELDS), &typed);

	*row = *stored;
	row->revision = typed.revision;
	(void)text_copy(row->name, sizeof(row->name), typed.name);
	(void)text_copy(row->note, sizeof(row->note), typed.note);
	if (place_field_read(r, places, "place", typed.place, &row->place_id) != RC_OK)
		rc = RC_INVALID;
	else if (!gateway_is_in_scope(r, places, row)) {
		form_error(r, "place", "PlaceNeeded");
		rc = RC_INVALID;
	}
	return rc;
}

static enum rc
save_typed(struct req *r, const struct place_list *places, const struct gateway_row *stored)
{
	struct gateway_row row;
	struct saving s = { .r = r, .wanted = &row, .by = editor(r) };

	if (read_typed(r, places, stored, &row) != RC_OK)
		return show_form(r, places, stored, stored->name);
	enum rc rc = edit_save(r, save, &s);
	if (rc != RC_OK) {
		rc = refuse(r, &s, rc);
		return rc == RC_OK ? show_form(r, places, stored, stored->name) : rc;
	}
	flash(r, "Saved");
	return redirect(r, "/settings/gateways/%lld", (long long)s.gateway_id);
}

/* ---- routes ---- */

enum rc
gateway_new(struct req *r)
{
	struct gateway_row row = { 0 };
	struct place_list places;
	enum rc rc = place_all(r->db, r->arena, r->scope, &places);

	if (rc != RC_OK)
		return rc;
	if (r->method == POST)
		return save_typed(r, &places, &row);
	fill_form(r, &places, &row);
	return show_form(r, &places, &row, "");
}

enum rc
gateway_edit(struct req *r)
{
	struct gateway_row row;
	struct place_list places;
	enum rc rc = gateway_find(r, r->id, &places, &row);

	if (rc != RC_OK)
		return rc;
	if (r->method == POST)
		return save_typed(r, &places, &row);
	fill_form(r, &places, &row);
	return show_form(r, &places, &row, row.name);
}

/* ---- deleting ---- */

static enum rc
ask_delete(struct req *r, const struct gateway_row *row)
{
	const char *here = arena_printf(r->arena, "/settings/gateways/%lld", (long long)r->id);
	const char *const name[] = { row->name };
	struct bus_view *buses;
	size_t count;
	enum rc rc = gateway_buses(r->db, r->arena, r->scope, r->id, r->now, &buses, &count);

	if (rc != RC_OK)
		return rc;
	if (count > 0 && buses[0].bus_id != 0) {
		const char *const number[] = { number_text(r, (int64_t)count) };
		confirm_obstacle(r, view_phrase(r->view, "Settings.Gateway.HoldsBuses", number, 1));
	}
	gateway_crumb(r, row);
	return confirm_page(r, &(struct confirm){ .title = view_phrase(r->view,
						      "Settings.Gateway.DeleteTitle", name, 1),
				   .text = "",
				   .icon = "trash",
				   .button = view_word(r->view, "Settings.Gateway.Delete"),
				   .action = arena_printf(r->arena, "%s/delete", here),
				   .back = here,
				   .revision = row->revision,
				   .asks_reason = true });
}

enum rc
gateway_ask_delete(struct req *r)
{
	struct gateway_row row;
	struct place_list places;
	enum rc rc = gateway_find(r, r->id, &places, &row);

	return rc == RC_OK ? ask_delete(r, &row) : rc;
}

struct removal {
	struct gateway_row row;
	const char *reason;
	struct operator_actor by;
};

static enum rc
remove_it(struct db *db, void *context)
{
	const struct removal *removal = context;

	return gateway_remove(db, &removal->row, removal->reason, &removal->by);
}

enum rc
gateway_delete(struct req *r)
{
	struct gateway_row row;
	struct place_list places;
	struct removal removal = { .by = editor(r) };
	enum rc rc = gateway_find(r, r->id, &places, &row);

	if (rc != RC_OK)
		return rc;
	removal.row = row;
	if (reason_read(r, &removal.row.revision, &removal.reason) != RC_OK)
		return ask_delete(r, &row);
	rc = edit_save(r, remove_it, &removal);
	if (rc == RC_CONFLICT)
		rc = show_conflict(r, "gateway", r->id, removal.row.revision, row.revision);
	else if (rc == RC_INVALID) {
		r->status = 409;
		rc = RC_OK;
	} else if (rc == RC_OK) {
		flash(r, "Deleted");
		return redirect(r, "/settings/gateways");
	}
	return rc == RC_OK ? ask_delete(r, &row) : rc;
}
