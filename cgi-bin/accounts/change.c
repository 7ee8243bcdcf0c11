/* /accounts/meters/{id}/replace and …/move; /accounts/changes/{id}: how far it has come. */
#include <stddef.h>
#include <string.h>

#include "base/doorbell.h"
#include "base/text.h"
#include "form.h"
#include "model/model_list.h"
#include "tenant.h"

#define REFRESH_S  3
#define REASON_MAX 200

struct typed {
	char new_number[METER_NUMBER_MAX * 4 + 1], reason[REASON_MAX * 4 + 1];
	int64_t new_meter, manual_fen, manual_wh;
	bool is_manual;
};

#define AT(member) offsetof(struct typed, member)
static const struct form_field FIELDS[] = {
	{ "new_number", FORM_TEXT, false, METER_NUMBER_MAX, NULL, AT(new_number) },
	{ "new_meter", FORM_UINT, false, UINT32_MAX, NULL, AT(new_meter) },
	{ "manual", FORM_BOOL, false, 0, NULL, AT(is_manual) },
	{ "credit", FORM_BALANCE, false, 0, NULL, AT(manual_fen) },
	{ "energy", FORM_ENERGY, false, 0, NULL, AT(manual_wh) },
	{ "reason", FORM_TEXT, true, REASON_MAX, NULL, AT(reason) },
};

/* The meter in the path and the account it serves. */
struct old_meter {
	struct meter_detail detail;
	struct account_head head;
};

static const char *
path_of(struct req *r, enum change_kind kind)
{
	return arena_printf(r->arena, "/accounts/meters/%lld/%s", (long long)r->id,
	    kind == CHANGE_MOVE ? "move" : "replace");
}

static enum rc
find_old(struct req *r, struct old_meter *old)
{
	enum rc rc = r->id == 0 ? RC_NOT_FOUND
				: meter_find(r->db, r->arena, r->scope, r->id, clock_day(r->now),
				      &old->detail);

	if (rc != RC_OK || old->detail.meter.account_id == 0)
		return rc;
	return account_find(r->db, r->arena, r->scope, old->detail.meter.account_id, &old->head);
}

/* ---- the form ---- */

static enum rc
show_new_meters(struct req *r, int64_t selected)
{
	struct free_meter *meters;
	size_t count;
	int64_t total;
	enum rc rc = account_free_meters(r->db, r->arena, r->scope, "", &meters, &count, &total);

	if (rc != RC_OK)
		return rc;
	choice_add(r, "new_meter", 0, view_word(r->view, "Accounts.Change.Choose"), selected);
	for (size_t i = 0; i < count; i++)
		if (meters[i].meter_id != r->id)
			choice_add(r, "new_meter", meters[i].meter_id,
			    arena_printf(r->arena, "%s %s · %s", meters[i].building,
				meters[i].place, meters[i].number),
			    selected);
	view_bool(r->view, "IsCut", total > (int64_t)count);
	return RC_OK;
}

static enum rc
show_form(struct req *r, const struct old_meter *old, enum change_kind kind, int64_t selected)
{
	const struct meter *meter = &old->detail.meter;
	struct node *node = view_node(r->view, "Meter");
	const char *title = view_word(
	    r->view, kind == CHANGE_MOVE ? "Accounts.Change.Move" : "Accounts.Change.Replace");
	enum rc rc = show_new_meters(r, selected);

	meter_show(r, node, meter);
	node_set(r->view, node, "Title", meter_title(r, meter));
	node_set(r->view, node, "Number", meter->number);
	node_set(r->view, node, "Model", old->detail.model);
	if (old->detail.energy_wh >= 0)
		node_energy(r->view, node, "Energy", old->detail.energy_wh);
	node_bool(r->view, node, "IsLost", meter->lost_since != 0);
	node_bool(r->view, node, "HasAccount", meter->account_id != 0);
	view_int(r->view, "Account.Id", old->head.account_id);
	view_set(r->view, "Account.Name", old->head.name);
	view_bool(r->view, "IsMove", kind == CHANGE_MOVE);
	view_set(r->view, "Action", path_of(r, kind));
	view_set(r->view, "Page.Title", title);
	bound_key_show(r, "Key", path_of(r, kind));
	crumb(r, arena_printf(r->arena, "/accounts/meters/%lld", (long long)r->id),
	    meter_title(r, meter));
	crumb(r, NULL, title);
	return rc == RC_OK ? page(r, "accounts/change_form.cs") : rc;
}

static enum rc
begin(struct req *r, const struct old_meter *old, enum change_kind kind)
{
	struct typed typed = { .new_meter = 0 };
	struct faults faults = { 0 };
	struct change_wish wish = { .scope = r->scope,
		.kind = kind,
		.account_id = old->head.account_id,
		.old_meter_id = r->id,
		.reason = typed.reason };
	int64_t change_id;
	bool is_old;
	enum rc rc = bound_key_read(r, path_of(r, kind), wish.asker.request_key);

	if (rc != RC_OK)
		return rc;
	/* Sent again, perhaps when it is done and the account has left the meter. */
	rc = meter_change_known(r->db, wish.asker.request_key, &change_id);
	if (rc == RC_OK)
		return redirect(r, "/accounts/changes/%lld", (long long)change_id);
	if (rc != RC_NOT_FOUND || old->head.account_id == 0)
		return rc == RC_NOT_FOUND ? RC_CONFLICT : rc;
	if (form_read(r, FIELDS, COUNT(FIELDS), &typed) != RC_OK)
		return show_form(r, old, kind, typed.new_meter);
	wish.asker.by = editor(r);
	wish.new_meter_id = typed.new_meter;
	wish.is_manual = typed.is_manual;
	wish.manual_fen = typed.manual_fen;
	wish.manual_wh = typed.manual_wh;
	if (typed.new_meter == 0)
		(void)text_copy(wish.new_number, sizeof(wish.new_number), typed.new_number);
	if (kind == CHANGE_MOVE && typed.new_meter == 0)
		fault_add(&faults, "new_meter", "Required", "%s", "");
	rc = faults.count > 0
		 ? RC_INVALID
		 : meter_change_begin(r->db, r->arena, &wish, &faults, &change_id, &is_old);
	if (rc == RC_INVALID) {
		show_faults(r, &faults);
		return show_form(r, old, kind, typed.new_meter);
	}
	if (rc != RC_OK)
		return rc;
	doorbell_ring(r->conf);
	flash(r, "ChangeBegun");
	return redirect(r, "/accounts/changes/%lld", (long long)change_id);
}

/* One that is under way is shown, not begun again. */
static enum rc
form_page(struct req *r, enum change_kind kind)
{
	struct old_meter old = { .head = { .account_id = 0 } };
	int64_t change_id;
	enum rc rc = find_old(r, &old);

	if (rc != RC_OK)
		return rc;
	if (r->method == POST)
		return begin(r, &old, kind);
	rc = meter_change_of_meter(r->db, r->id, &change_id);
	if (rc == RC_OK)
		return redirect(r, "/accounts/changes/%lld", (long long)change_id);
	return rc == RC_NOT_FOUND ? show_form(r, &old, kind, 0) : rc;
}

enum rc
change_replace(struct req *r)
{
	return form_page(r, CHANGE_REPLACEMENT);
}

enum rc
change_tenant_move(struct req *r)
{
	return form_page(r, CHANGE_MOVE);
}

/* ---- how far it has come ---- */

static void
show_side(struct req *r, const char *name, const struct change_meter *meter)
{
	struct node *node = view_node(r->view, name);

	node_int(r->view, node, "Id", meter->meter_id);
	node_set(r->view, node, "Number", meter->number);
	node_set(r->view, node, "Building", meter->building);
	node_set(r->view, node, "Place", meter->place);
	node_set(r->view, node, "Model", meter->model);
	node_bool(r->view, node, "IsServing", meter->is_serving);
	node_bool(r->view, node, "IsLost", meter->lost_since != 0);
	node_time(r->view, node, "Seen", meter->read_at, r->now, 5 * CLOCK_MINUTE);
	node_time(r->view, node, "Removed", meter->removed_at, r->now, 0);
	if (meter->credit_fen != METER_NO_CREDIT)
		node_set(r->view, node, "Credit", money_text(r, meter->credit_fen));
	if (meter->energy_wh >= 0)
		node_energy(r->view, node, "Energy", meter->energy_wh);
}

/* The five steps of a change, and which of them is now. */
static void
show_steps(struct req *r, const struct meter_change *change)
{
	static const char *const KEYS[] = { "Begun", "Cleared", "Hung", "Answered", "Credited" };
	struct node *steps = view_node(r->view, "Steps");
	bool is_in = change->state == CHANGE_CREDITING || change->state == CHANGE_DONE ||
		     (change->state == CHANGE_HELD && change->new_wh >= 0);
	bool is_hung = change->new.is_serving || is_in;
	const bool done[] = { change->state != CHANGE_ASKED,
		change->old_fen != METER_NO_CREDIT && change->state != CHANGE_ASKED &&
		    change->state != CHANGE_CLEARING,
		is_hung, is_in, change->state == CHANGE_DONE };
	bool is_now = false;

	for (size_t i = 0; i < COUNT(KEYS); i++) {
		struct node *node = node_add(r->view, steps);
		const char *state = done[i] ? "done" : is_now ? "waiting" : "now";
		if (!done[i] && change->state == CHANGE_HELD && !is_now)
			state = "held";
		if (change->state == CHANGE_CANCELLED && !done[i])
			state = "cancelled";
		is_now |= !done[i];
		node_set(r->view, node, "Key", KEYS[i]);
		node_set(r->view, node, "State", state);
	}
}

static enum rc
show_models(struct req *r, const struct meter_change *change)
{
	struct model_item *models;
	size_t count;
	enum rc rc = model_list(r->db, r->arena, r->scope, &models, &count);

	for (size_t i = 0; i < count && rc == RC_OK; i++)
		if (models[i].has_credit)
			choice_add(r, "model", models[i].meter_model_id,
			    arena_printf(r->arena, "%s %s", models[i].maker, models[i].name),
			    strcmp(models[i].name, change->old.model) == 0
				? models[i].meter_model_id
				: 0);
	return rc;
}

static enum rc
show_change(struct req *r, const struct meter_change *change)
{
	struct node *node = view_node(r->view, "Change");
	bool is_over = change->ended_at != 0;
	bool waits_for_hands = change->state == CHANGE_CLEARED && change->new.meter_id == 0;
	const char *title = view_word(r->view,
	    change->kind == CHANGE_MOVE ? "Accounts.Change.Move" : "Accounts.Change.Replace");
	enum rc rc = waits_for_hands ? show_models(r, change) : RC_OK;

	node_int(r->view, node, "Id", change->change_id);
	node_set(r->view, node, "Kind", change_kind_name(change->kind));
	node_set(r->view, node, "State", change_state_name(change->state));
	node_set(r->view, node, "NewNumber", change->new_number);
	node_set(r->view, node, "Reason", change->reason);
	node_set(r->view, node, "By", change->began_by);
	node_set(r->view, node, "Second", change->second_by);
	node_bool(r->view, node, "IsManual", change->is_manual);
	node_bool(r->view, node, "HasOther", change->has_other_meter);
	node_time(r->view, node, "Began", change->began_at, r->now, 0);
	node_time(r->view, node, "Ended", change->ended_at, r->now, 0);
	if (change->old_fen != METER_NO_CREDIT)
		node_set(r->view, node, "OldCredit", money_text(r, change->old_fen));
	if (change->old_wh >= 0)
		node_energy(r->view, node, "OldEnergy", change->old_wh);
	if (change->new_wh >= 0)
		node_energy(r->view, node, "NewEnergy", change->new_wh);
	if (change->sale_id != 0) {
		node_int(r->view, node, "SaleId", change->sale_id);
		node_set(r->view, node, "Receipt", change->receipt_number);
	}
	if (change->approval_id != 0)
		node_int(r->view, node, "ApprovalId", change->approval_id);
	node_bool(r->view, node, "WaitsForHands", waits_for_hands);
	node_bool(r->view, node, "WaitsForAnswer",
	    change->state == CHANGE_CLEARED && change->new.meter_id != 0);
	node_bool(r->view, node, "MayCancel",
	    (change->state == CHANGE_ASKED || change->state == CHANGE_CLEARING) &&
		!change->is_sent && may(r, PERM_ACCOUNT_EDIT));
	node_bool(r->view, node, "MayGo",
	    change->state == CHANGE_CLEARED && !waits_for_hands && may(r, PERM_ACCOUNT_EDIT));
	view_bool(r->view, "IsWaiting", !is_over && !waits_for_hands);
	if (!is_over && !waits_for_hands)
		view_int(r->view, "Page.Refresh", REFRESH_S);
	show_side(r, "Old", &change->old);
	show_side(r, "New", &change->new);
	show_steps(r, change);
	view_int(r->view, "Account.Id", change->account_id);
	view_set(r->view, "Account.Name", change->tenant);
	view_set(r->view, "Page.Title", title);
	crumb(r, tenant_href(r, change->account_id, ""), change->tenant);
	crumb(r, NULL, title);
	return rc == RC_OK ? page(r, "accounts/change.cs") : rc;
}

static enum rc
find(struct req *r, struct meter_change *change)
{
	return r->id == 0 ? RC_NOT_FOUND
			  : meter_change_find(r->db, r->arena, r->scope, r->id, change);
}

enum rc
change_page(struct req *r)
{
	struct meter_change change;
	enum rc rc = find(r, &change);

	if (rc != RC_OK)
		return rc;
	view_set(r->view, "Form.new_number.Value", change.new_number);
	return show_change(r, &change);
}

/* ---- deeds ---- */

struct hung {
	char number[METER_NUMBER_MAX * 4 + 1];
	int64_t model;
};

static const struct form_field HUNG[] = {
	{ "new_number", FORM_TEXT, true, METER_NUMBER_MAX, NULL, offsetof(struct hung, number) },
	{ "model", FORM_UINT, true, UINT32_MAX, NULL, offsetof(struct hung, model) },
};

enum rc
change_install(struct req *r)
{
	struct operator_actor by = editor(r);
	struct faults faults = { 0 };
	struct hung hung = { .model = 0 };
	struct meter_change change;
	enum rc rc = find(r, &change);

	if (rc != RC_OK)
		return rc;
	if (form_read(r, HUNG, COUNT(HUNG), &hung) != RC_OK)
		return show_change(r, &change);
	rc = meter_change_install(r->db, r->arena, r->id, hung.number, hung.model, &by, &faults);
	if (rc == RC_INVALID) {
		show_faults(r, &faults);
		return show_change(r, &change);
	}
	/* Somebody said so already. */
	if (rc != RC_OK && rc != RC_CONFLICT)
		return rc;
	doorbell_ring(r->conf);
	flash(r, "MeterHung");
	return redirect(r, "/accounts/changes/%lld", (long long)r->id);
}

enum rc
change_cancel(struct req *r)
{
	struct operator_actor by = editor(r);
	struct meter_change change;
	enum rc rc = find(r, &change);

	if (rc == RC_OK)
		rc = meter_change_cancel(r->db, r->id, "", &by);
	if (rc == RC_CONFLICT) {
		form_error(r, "", "TooLateToStay");
		r->status = 409;
		return show_change(r, &change);
	}
	if (rc != RC_OK)
		return rc;
	flash(r, "ChangeCalledOff");
	return redirect(r, "/accounts/%lld", (long long)change.account_id);
}

enum rc
change_go(struct req *r)
{
	struct operator_actor by = editor(r);
	struct meter_change change;
	bool moved = false;
	enum rc rc = find(r, &change);

	if (rc == RC_OK)
		rc = meter_change_step(r->db, r->id, &by, &moved);
	if (rc != RC_OK && rc != RC_CONFLICT)
		return rc;
	doorbell_ring(r->conf);
	flash(r, moved ? "ChangeMoved" : "ChangeWaits");
	return redirect(r, "/accounts/changes/%lld", (long long)r->id);
}
