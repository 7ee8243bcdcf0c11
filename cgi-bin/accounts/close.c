/* /accounts/{id}/close: the account leaves its meters; what is paid out; the paper to sign. */
#include <string.h>

#include "base/doorbell.h"
#include "base/money.h"
#include "base/text.h"
#include "form.h"
#include "tenant.h"

#define REFRESH_S  3
#define REASON_MAX 200

static const char *const RELAYS[] = { "trip", "keep" };
static const enum channel CHANNELS_OFFERED[] = { CHANNEL_CASH, CHANNEL_TRANSFER };

struct closing {
	struct account_head head;
	struct leaving_meter *meters;
	size_t count;
	int64_t only_id; /* one meter is given up; 0: the account is closed */
	bool is_begun;	 /* one of them leaves already */
};

static int64_t
asked_meter(const struct req *r)
{
	const struct params *typed = r->method == POST ? &r->body : &r->query;
	int64_t id = 0;

	return text_parse_uint(param_get(typed, "meter"), UINT32_MAX, &id) == RC_OK ? id : 0;
}

static enum rc
load(struct req *r, struct closing *closing)
{
	*closing = (struct closing){ .only_id = asked_meter(r) };
	enum rc rc = tenant_find(r, &closing->head);
	if (rc == RC_OK)
		rc = account_leaving(r->db, r->arena, r->id, &closing->meters, &closing->count);
	for (size_t i = 0; i < closing->count && rc == RC_OK; i++)
		closing->is_begun |= closing->meters[i].state != LEAVING_NOT;
	return rc;
}

/* ---- showing ---- */

static void
show_obstacles(struct req *r, struct node *node, unsigned obstacles)
{
	static const char *const KEYS[] = { "Open", "Held", "Change" };

	for (size_t i = 0; i < COUNT(KEYS); i++)
		if ((obstacles >> i & 1) != 0)
			node_set(r->view, node_add(r->view, node_child(r->view, node, "Obstacles")),
			    "Key", KEYS[i]);
}

/* What came back in a form with faults stays as it was typed. */
static void
show_typed(struct req *r, struct node *node, int64_t meter_id)
{
	static const char *const NAMES[] = { "manual", "credit", "energy" };

	for (size_t i = 0; i < COUNT(NAMES); i++) {
		const char *name = arena_printf(r->arena, "%s_%lld", NAMES[i], (long long)meter_id);
		node_set(r->view, node, NAMES[i], param_get(&r->body, name));
	}
}

static struct node *
show_meter(struct req *r, const struct leaving_meter *meter)
{
	struct node *node = node_add(r->view, view_node(r->view, "Meters"));

	node_int(r->view, node, "Id", meter->meter_id);
	node_set(r->view, node, "Number", meter->number);
	node_set(r->view, node, "Building", meter->building);
	node_set(r->view, node, "Place", meter->place);
	node_set(r->view, node, "State", leaving_state_name(meter->state));
	node_time(r->view, node, "Seen", meter->read_at, r->now, meter->old_after_ms);
	node_time(r->view, node, "LostSince", meter->lost_since, r->now, 0);
	node_bool(r->view, node, "IsLost", meter->lost_since != 0);
	if (meter->credit_fen != METER_NO_CREDIT)
		node_money(r->view, node, "Credit", meter->credit_fen);
	else
		node_money(r->view, node, "Credit", meter->balance.credit_fen);
	if (meter->energy_wh >= 0)
		node_energy(r->view, node, "Energy", meter->energy_wh);
	show_obstacles(r, node, meter->state == LEAVING_NOT ? meter->obstacles : 0);
	show_typed(r, node, meter->meter_id);
	return node;
}

static void
show_progress_meter(struct req *r, struct node *node, const struct leaving_meter *meter)
{
	bool is_cleared = meter->state == LEAVING_DUE || meter->state == LEAVING_SETTLED;

	node_int(r->view, node, "SaleId", meter->sale_id);
	node_set(r->view, node, "Receipt", meter->receipt_number);
	node_bool(r->view, node, "IsManual", meter->is_manual);
	node_bool(r->view, node, "IsKept", meter->is_kept);
	node_time(r->view, node, "Cleared", meter->cleared_at, r->now, 0);
	if (meter->state == LEAVING_ASKED)
		node_int(r->view, node, "ApprovalId", meter->approval_id);
	if (!is_cleared)
		return;
	node_bool(r->view, node, "IsCleared", true);
	node_money(r->view, node, "Taken", meter->taken_fen);
	node_bool(r->view, node, "IsNegative", meter->taken_fen < 0);
	if (meter->final_wh >= 0)
		node_energy(r->view, node, "Final", meter->final_wh);
}

static void
show_choices(struct req *r, const char *relay, const char *channel)
{
	struct node *relays = view_node(r->view, "Form.relay.Choice");
	struct node *channels = view_node(r->view, "Form.channel.Choice");

	for (size_t i = 0; i < COUNT(RELAYS); i++) {
		struct node *node = node_add(r->view, relays);
		node_set(r->view, node, "Value", RELAYS[i]);
		node_bool(r->view, node, "Selected",
		    strcmp(relay, RELAYS[i]) == 0 || (*relay == '\0' && i == 0));
	}
	for (size_t i = 0; i < COUNT(CHANNELS_OFFERED); i++) {
		struct node *node = node_add(r->view, channels);
		const char *name = channel_name(CHANNELS_OFFERED[i]);
		node_set(r->view, node, "Value", name);
		node_bool(r->view, node, "Selected",
		    strcmp(channel, name) == 0 || (*channel == '\0' && i == 0));
	}
}

/* The form: what will be, what hinders. */
static enum rc
show_form(struct req *r, const struct closing *closing)
{
	bool is_blocked = false;
	size_t shown = 0;

	for (size_t i = 0; i < closing->count; i++) {
		const struct leaving_meter *meter = &closing->meters[i];
		if (meter->ended_at != 0 || meter->state != LEAVING_NOT ||
		    (closing->only_id != 0 && meter->meter_id != closing->only_id))
			continue;
		(void)show_meter(r, meter);
		is_blocked |= meter->obstacles != 0;
		shown++;
	}
	if (shown == 0)
		return RC_NOT_FOUND;
	show_choices(r, param_get(&r->body, "relay"), param_get(&r->body, "channel"));
	view_set(r->view, "Form.reason.Value", param_get(&r->body, "reason"));
	view_bool(r->view, "Form.reason.Required", true);
	view_bool(r->view, "IsBlocked", is_blocked);
	view_int(r->view, "OnlyId", closing->only_id);
	view_bool(r->view, "IsWhole", closing->only_id == 0);
	bound_key_show(r, "Key", arena_printf(r->arena, "close/%lld", (long long)r->id));
	crumb(r, NULL,
	    view_word(
		r->view, closing->only_id == 0 ? "Accounts.Close.Title" : "Accounts.Close.GiveUp"));
	return page(r, "accounts/close.cs");
}

/* How far it has come. */
static enum rc
show_progress(struct req *r, const struct closing *closing)
{
	int64_t sum_fen = 0;
	bool is_waiting = false, may_stay = true, is_due = false;

	for (size_t i = 0; i < closing->count; i++) {
		const struct leaving_meter *meter = &closing->meters[i];
		if (meter->state == LEAVING_NOT)
			continue;
		show_progress_meter(r, show_meter(r, meter), meter);
		sum_fen += meter->taken_fen;
		is_due |= meter->state == LEAVING_DUE;
		is_waiting |= meter->state == LEAVING_CLEARING || meter->state == LEAVING_ASKED;
		may_stay &= meter->state == LEAVING_CLEARING || meter->state == LEAVING_ASKED;
	}
	view_set(r->view, "Sum.Amount", money_text(r, sum_fen < 0 ? -sum_fen : sum_fen));
	view_bool(r->view, "Sum.IsDebt", sum_fen < 0);
	view_bool(r->view, "Sum.IsNothing", sum_fen == 0);
	view_bool(r->view, "IsDue", is_due && may(r, PERM_REFUND));
	view_bool(r->view, "MayStay", may_stay);
	view_bool(r->view, "IsWaiting", is_waiting);
	view_set(r->view, "Account.Reason", closing->head.closing_reason);
	view_bool(r->view, "Account.IsClosing", closing->head.state == ACCOUNT_CLOSING);
	if (is_waiting)
		view_int(r->view, "Page.Refresh", REFRESH_S);
	crumb(r, NULL, view_word(r->view, "Accounts.Close.Progress"));
	return page(r, "accounts/closing.cs");
}

enum rc
account_close_page(struct req *r)
{
	struct closing closing;
	bool asks_form = *param_get(&r->query, "begin") != '\0';
	enum rc rc = load(r, &closing);

	if (rc != RC_OK)
		return rc;
	if (closing.head.state == ACCOUNT_CLOSED)
		return redirect(r, "/accounts/%lld/close/print", (long long)r->id);
	if (closing.head.state == ACCOUNT_CLOSING ||
	    (closing.is_begun && closing.only_id == 0 && !asks_form))
		return show_progress(r, &closing);
	return show_form(r, &closing);
}

/* ---- beginning ---- */

static void
read_manual(struct req *r, struct leave_meter *meter, struct faults *faults)
{
	long long id = (long long)meter->meter_id;
	const char *credit = arena_printf(r->arena, "credit_%lld", id);
	const char *energy = arena_printf(r->arena, "energy_%lld", id);

	meter->is_manual = *param_get(&r->body, arena_printf(r->arena, "manual_%lld", id)) != '\0';
	if (!meter->is_manual)
		return;
	if (money_parse_balance(param_get(&r->body, credit), &meter->manual_fen) != RC_OK)
		fault_add(faults, credit, "BadAmount", "%s", "");
	if (energy_parse(param_get(&r->body, energy), &meter->manual_wh) != RC_OK)
		fault_add(faults, energy, "BadEnergy", "%s", "");
}

static void
read_wish(
    struct req *r, const struct closing *closing, struct leave_wish *wish, struct faults *faults)
{
	enum channel channel = channel_find(param_get(&r->body, "channel"));
	char *reason = arena_alloc(r->arena, 4 * REASON_MAX + 1);

	wish->asker.by = editor(r);
	wish->account_id = r->id;
	wish->is_whole = closing->only_id == 0;
	wish->keeps_supply = strcmp(param_get(&r->body, "relay"), "keep") == 0;
	wish->channel = channel < CHANNEL_NONE ? channel : CHANNEL_CASH;
	reason[0] = '\0';
	if (text_clean_name(
		param_get(&r->body, "reason"), REASON_MAX, reason, 4 * REASON_MAX + 1) != RC_OK)
		fault_add(faults, "reason", "BadText", "%s", "");
	wish->reason = reason;
	for (size_t i = 0; i < closing->count; i++) {
		const struct leaving_meter *meter = &closing->meters[i];
		if (meter->ended_at != 0 ||
		    (closing->only_id != 0 && meter->meter_id != closing->only_id))
			continue;
		struct leave_meter *wanted = &wish->meters[wish->meter_count++];
		wanted->meter_id = meter->meter_id;
		read_manual(r, wanted, faults);
	}
}

enum rc
account_close_begin(struct req *r)
{
	struct leave_wish *wish = arena_alloc(r->arena, sizeof(*wish));
	struct faults faults = { 0 };
	struct closing closing;
	enum rc rc = load(r, &closing);

	if (rc != RC_OK)
		return rc;
	if (closing.head.state == ACCOUNT_CLOSED)
		return RC_CONFLICT;
	*wish = (struct leave_wish){ 0 };
	rc = bound_key_read(
	    r, arena_printf(r->arena, "close/%lld", (long long)r->id), wish->asker.request_key);
	if (rc != RC_OK)
		return rc;
	read_wish(r, &closing, wish, &faults);
	rc = faults.count > 0 ? RC_INVALID : account_leave(r->db, wish, &faults);
	if (rc == RC_INVALID) {
		show_faults(r, &faults);
		r->status = 422;
		return show_form(r, &closing);
	}
	if (rc != RC_OK)
		return rc;
	doorbell_ring(r->conf);
	flash(r, "ClosingBegun");
	return redirect(r, "/accounts/%lld/close", (long long)r->id);
}

/* ---- calling off, and money ---- */

enum rc
account_close_stay(struct req *r)
{
	struct operator_actor by = editor(r);
	struct closing closing;
	enum rc rc = load(r, &closing);

	if (rc == RC_OK)
		rc = account_leave_cancel(r->db, r->id, "", &by);
	if (rc == RC_CONFLICT) {
		form_error(r, "", "TooLateToStay");
		r->status = 409;
		return show_progress(r, &closing);
	}
	if (rc != RC_OK)
		return rc;
	doorbell_ring(r->conf);
	flash(r, "ClosingCalledOff");
	return redirect(r, "/accounts/%lld", (long long)r->id);
}

enum rc
account_close_settle(struct req *r)
{
	struct operator_actor by = editor(r);
	struct faults faults = { 0 };
	struct closing closing;
	enum rc rc = load(r, &closing);

	if (rc != RC_OK)
		return rc;
	rc = account_leave_settle(r->db, r->arena, r->id, &by, &faults);
	if (rc == RC_INVALID) {
		show_faults(r, &faults);
		r->status = 422;
		if ((rc = account_leaving(
			 r->db, r->arena, r->id, &closing.meters, &closing.count)) != RC_OK)
			return rc;
		return show_progress(r, &closing);
	}
	/* Settled at another place already: the page shows it. */
	if (rc != RC_OK && rc != RC_CONFLICT)
		return rc;
	doorbell_ring(r->conf);
	flash(r, "ClosingSettled");
	return redirect(r, "/accounts/%lld/close/print", (long long)r->id);
}

/* ---- paper ---- */

enum rc
account_close_print(struct req *r)
{
	struct closing closing;
	int64_t sum_fen = 0;
	enum rc rc = load(r, &closing);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < closing.count; i++) {
		if (closing.meters[i].state == LEAVING_NOT)
			continue;
		show_progress_meter(r, show_meter(r, &closing.meters[i]), &closing.meters[i]);
		sum_fen += closing.meters[i].taken_fen;
	}
	view_set(r->view, "Sum.Amount", money_text(r, sum_fen < 0 ? -sum_fen : sum_fen));
	view_bool(r->view, "Sum.IsDebt", sum_fen < 0);
	view_set(r->view, "Account.Phone",
	    closing.head.phone[0] == '\0' ? "" : mask_text(r, closing.head.phone, 3, 4));
	view_set(r->view, "Account.Reason", closing.head.closing_reason);
	view_time(r->view, "Account.Opened", closing.head.opened_at, r->now, 0);
	view_time(r->view, "Account.Closed", closing.head.closed_at, r->now, 0);
	view_bool(r->view, "IsClosed", closing.head.state == ACCOUNT_CLOSED);
	view_set(r->view, "Operator", r->user.display_name);
	crumb(r, NULL, view_word(r->view, "Accounts.Close.Print"));
	return page(r, "accounts/settlement.cs");
}
