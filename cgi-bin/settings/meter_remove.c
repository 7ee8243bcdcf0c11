/* /settings/meters/{id}/remove: taken off the wall; its history stays. */
#include "edit.h"
#include "meter.h"
#include "model/meter_admin.h"

static enum rc
ask(struct req *r, const struct place_list *places, const struct meter_row *row)
{
	const char *here = arena_printf(r->arena, "/settings/meters/%lld", (long long)r->id);
	const struct place_item *place = place_all_find(places, row->place_id);
	const char *const number[] = { row->number };
	struct meter_facts facts;
	enum rc rc = meter_admin_facts(r->db, row->meter_id, &facts);

	if (rc != RC_OK)
		return rc;
	if (facts.account_id != 0) {
		const char *const account[] = { facts.number, facts.account };
		confirm_obstacle(r, view_phrase(r->view, "Settings.Meter.HasAccount", account, 2));
	}
	if (row->removed_at != 0)
		confirm_obstacle(r, view_word(r->view, "Settings.Meter.IsRemoved"));
	confirm_fact(r, view_word(r->view, "Field.number"), row->number);
	if (place != NULL)
		confirm_fact(r, view_word(r->view, "Word.Place"), place->path);
	if (facts.read_at != 0) {
		view_time(r->view, "Last", facts.read_at, r->now, 0);
		view_energy(r->view, "LastEnergy", facts.energy_wh);
		confirm_fact(r, view_word(r->view, "Settings.Meter.LastEnergy"),
		    arena_printf(r->arena, "%s %s", view_get(r->view, "LastEnergy"),
			view_word(r->view, "Unit.Kwh")));
		confirm_fact(
		    r, view_word(r->view, "Word.LastRead"), view_get(r->view, "Last.Text"));
	}
	crumb(r, here, meter_row_title(r, places, row));
	return confirm_page(r, &(struct confirm){ .title = view_phrase(r->view,
						      "Settings.Meter.RemoveTitle", number, 1),
				   .text = view_word(r->view, "Settings.Meter.RemoveText"),
				   .icon = "plug-off",
				   .button = view_word(r->view, "Settings.Meter.Remove"),
				   .action = arena_printf(r->arena, "%s/remove", here),
				   .back = here,
				   .revision = row->revision,
				   .asks_reason = true });
}

enum rc
meter_ask_remove(struct req *r)
{
	struct place_list places;
	struct meter_row row;
	enum rc rc = meter_find_row(r, r->id, &places, &row);

	return rc == RC_OK ? ask(r, &places, &row) : rc;
}

struct removal {
	struct meter_row row;
	const char *reason;
	struct operator_actor by;
};

static enum rc
remove_it(struct db *db, void *context)
{
	const struct removal *removal = context;

	return meter_remove(db, &removal->row, removal->reason, &removal->by);
}

enum rc
meter_take_off(struct req *r)
{
	struct place_list places;
	struct meter_row row;
	struct removal removal = { .by = editor(r) };
	enum rc rc = meter_find_row(r, r->id, &places, &row);

	if (rc != RC_OK)
		return rc;
	removal.row = row;
	if (reason_read(r, &removal.row.revision, &removal.reason) != RC_OK)
		return ask(r, &places, &row);
	rc = edit_save(r, remove_it, &removal);
	if (rc == RC_CONFLICT)
		rc = show_conflict(r, "meter", r->id, removal.row.revision, row.revision);
	else if (rc == RC_INVALID) {
		r->status = 409;
		rc = RC_OK;
	} else if (rc == RC_OK) {
		flash(r, "MeterRemoved");
		return redirect(r, "/settings/meters/%lld", (long long)r->id);
	}
	return rc == RC_OK ? ask(r, &places, &row) : rc;
}
