/* /settings/meters/new, /settings/meters/{id}, …/reinstall: one meter. */
#include "meter.h"

#include <string.h>

#include "base/text.h"
#include "edit.h"
#include "gateway.h"
#include "model/meter_admin.h"
#include "model/model_list.h"
#include "model/world.h"

/* ---- finding ---- */

enum rc
meter_may_use_bus(struct req *r, int64_t bus_id)
{
	struct place_list places;
	struct gateway_row gateway;
	struct bus_row bus;

	return bus_find(r, bus_id, &places, &gateway, &bus);
}

enum rc
meter_find_row(struct req *r, int64_t meter_id, struct place_list *places, struct meter_row *row)
{
	enum rc rc = place_all(r->db, r->arena, r->scope, places);

	if (rc == RC_OK)
		rc = meter_load_row(r->db, meter_id, row);
	if (rc != RC_OK)
		return rc;
	const struct place_item *place = place_all_find(places, row->place_id);
	bool is_in_scope =
	    row->place_id == 0 ? !scope_is_limited(r->scope) : place != NULL && place->is_in_scope;
	return is_in_scope ? RC_OK : RC_NOT_FOUND;
}

const char *
meter_row_title(struct req *r, const struct place_list *places, const struct meter_row *row)
{
	const struct place_item *place = place_all_find(places, row->place_id);
	const char *where = row->name[0] != '\0' ? row->name : place != NULL ? place->row.name : "";

	return *where != '\0' ? arena_printf(r->arena, "%s · %s", where, row->number)
			      : arena_strdup(r->arena, row->number);
}

/* ---- showing ---- */

static enum rc
show_facts(struct req *r, const struct meter_row *row)
{
	struct meter_facts facts;
	enum rc rc = meter_admin_facts(r->db, row->meter_id, &facts);

	if (rc != RC_OK)
		return rc;
	if (facts.account_id != 0) {
		view_int(r->view, "Account.Id", facts.account_id);
		view_set(r->view, "Account.Name", facts.account);
		view_set(r->view, "Account.Number", facts.number);
	}
	view_time(r->view, "Meter.Read", facts.read_at, r->now, 0);
	if (facts.read_at != 0)
		view_energy(r->view, "Meter.Energy", facts.energy_wh);
	view_time(r->view, "Meter.Installed", row->installed_at, r->now, 0);
	view_time(r->view, "Meter.Removed", row->removed_at, r->now, 0);
	return show_changed(r, "meter", row->meter_id);
}

static enum rc
show_form(struct req *r, const struct place_list *places, const struct meter_row *row,
    const struct meter_row *stored)
{
	enum rc rc = meter_form_show(r, places, row);

	if (rc != RC_OK)
		return rc;
	if (stored->meter_id == 0) {
		crumb(r, NULL, view_word(r->view, "Settings.Meter.New"));
		view_set(r->view, "Page.Title", view_word(r->view, "Settings.Meter.New"));
		view_bool(r->view, "IsNew", true);
		return page(r, "settings/meter.cs");
	}
	const char *title = meter_row_title(r, places, stored);
	crumb(r, NULL, title);
	view_set(r->view, "Page.Title", title);
	view_int(r->view, "Meter.Id", stored->meter_id);
	view_int(r->view, "Meter.BusId", stored->bus_id);
	rc = show_facts(r, stored);
	return rc == RC_OK ? page(r, "settings/meter.cs") : rc;
}

/* ---- saving ---- */

struct saving {
	struct req *r;
	const struct meter_row *wanted;
	bool is_reinstall;
	struct operator_actor by;
	struct faults faults;
	int64_t meter_id;
};

static enum rc
store(struct db *db, struct saving *s, struct meter_row *row)
{
	if (row->meter_id == 0)
		return meter_insert(db, row, &s->by);
	return s->is_reinstall ? meter_reinstall(db, row, &s->by) : meter_update(db, row, &s->by);
}

static enum rc
save(struct db *db, void *context)
{
	struct saving *s = context;
	struct meter_row row = *s->wanted;
	struct world *world = world_of_database(db, s->r->arena);
	enum rc rc;

	s->faults = (struct faults){ 0 };
	meter_validate(&row, world, &s->faults);
	if ((rc = world_failed(world)) != RC_OK)
		return rc;
	if (s->faults.count > 0)
		return RC_INVALID;
	rc = store(db, s, &row);
	s->meter_id = row.meter_id;
	return rc;
}

/* What is wrong, and what others saved meanwhile: one does not hide the other. */
static enum rc
refuse(struct req *r, const struct saving *s, enum rc rc)
{
	struct meter_row stored = { .revision = s->wanted->revision };

	if (rc != RC_INVALID && rc != RC_CONFLICT)
		return rc;
	if (rc == RC_INVALID && edit_show_faults(r, &s->faults) == RC_OK)
		form_error(r, "", "Conflict"); /* it is not removed any more */
	rc = s->wanted->meter_id == 0 ? RC_OK : meter_load_row(r->db, s->wanted->meter_id, &stored);
	if (rc != RC_OK)
		return rc;
	return edit_show_meanwhile(
	    r, "meter", stored.meter_id, s->wanted->revision, stored.revision);
}

static enum rc
save_typed(struct req *r, const struct place_list *places, const struct meter_row *stored,
    bool is_reinstall)
{
	struct meter_row row;
	struct saving s = { .r = r, .wanted = &row, .is_reinstall = is_reinstall, .by = editor(r) };

	if (meter_form_read(r, places, stored, &row) != RC_OK)
		return show_form(r, places, &row, stored);
	enum rc rc = edit_save(r, save, &s);
	/* Somebody took the number or the address just now: the second look says which. */
	if (rc == RC_CONFLICT && db_is_duplicate(r->db))
		rc = edit_save(r, save, &s);
	if (rc != RC_OK) {
		rc = refuse(r, &s, rc);
		return rc == RC_OK ? show_form(r, places, &row, stored) : rc;
	}
	flash(r, "MeterSaved");
	return redirect(r, "/settings/meters/%lld", (long long)s.meter_id);
}

/* ---- routes ---- */

/* A scan leads here with what it found: bus, unit, model (its code) and number. */
static enum rc
take_found(struct req *r, struct meter_row *row)
{
	struct model_item *models;
	size_t count;
	const char *code = param_get(&r->query, "model");
	enum rc rc = model_list(r->db, r->arena, r->scope, &models, &count);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++)
		if (strcmp(models[i].code, code) == 0) {
			row->meter_model_id = models[i].meter_model_id;
			if (models[i].profile != NULL && !models[i].profile->has_credit)
				row->credit_mode = CREDIT_MONITOR;
			if (models[i].profile != NULL && models[i].profile->is_box && row->unit > 0)
				row->box_position = (row->unit - 1) % METER_BOX_MAX + 1;
		}
	return RC_OK;
}

enum rc
meter_new(struct req *r)
{
	struct place_list places;
	struct meter_row row = meter_default();
	enum rc rc = place_all(r->db, r->arena, r->scope, &places);

	if (rc != RC_OK)
		return rc;
	if (r->method == POST)
		return save_typed(r, &places, &row, false);
	(void)text_parse_uint(param_get(&r->query, "bus"), UINT32_MAX, &row.bus_id);
	(void)text_parse_uint(param_get(&r->query, "unit"), BUS_UNIT_MAX, &row.unit);
	(void)text_parse_uint(param_get(&r->query, "place"), UINT32_MAX, &row.place_id);
	if (text_clean_name(param_get(&r->query, "number"), METER_NUMBER_MAX, row.number,
		sizeof(row.number)) != RC_OK)
		row.number[0] = '\0';
	if ((rc = take_found(r, &row)) != RC_OK)
		return rc;
	meter_form_fill(r, &places, &row);
	return show_form(r, &places, &row, &row);
}

enum rc
meter_edit(struct req *r)
{
	struct place_list places;
	struct meter_row row;
	enum rc rc = meter_find_row(r, r->id, &places, &row);

	if (rc != RC_OK)
		return rc;
	if (r->method == POST)
		return row.removed_at == 0 ? save_typed(r, &places, &row, false) : RC_CONFLICT;
	meter_form_fill(r, &places, &row);
	return show_form(r, &places, &row, &row);
}

enum rc
meter_install_again(struct req *r)
{
	struct place_list places;
	struct meter_row row;
	enum rc rc = meter_find_row(r, r->id, &places, &row);

	return rc == RC_OK ? save_typed(r, &places, &row, true) : rc;
}
