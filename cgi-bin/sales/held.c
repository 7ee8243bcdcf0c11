/* /sales/held: deliveries that are held and meters whose sales are stopped; what two persons have
 * to look at. /sales/held/{id}: what became of one delivery, as read at the meter. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "deed.h"
#include "document.h"
#include "export.h"
#include "list.h"
#include "model/held.h"

#define SHOWN_MAX 100
#define COUNT_MAX 65535

static void
show_figures(struct req *r, struct node *node, const struct held_figures *figures)
{
	if (figures->count >= 0)
		node_int(r->view, node, "Count", figures->count);
	if (figures->credit_fen != METER_NO_CREDIT)
		node_set(r->view, node, "Credit", money_text(r, figures->credit_fen));
	if (figures->energy_wh > 0)
		node_energy(r->view, node, "Energy", figures->energy_wh);
	node_time(r->view, node, "At", figures->at, r->now, 0);
}

static void
show_meter(struct req *r, struct node *node, const struct held_meter *meter)
{
	node_int(r->view, node, "Meter", meter->meter_id);
	node_set(r->view, node, "Number", meter->number);
	node_set(r->view, node, "Place",
	    *meter->building == '\0'
		? meter->place
		: arena_printf(r->arena, "%s %s", meter->building, meter->place));
	node_set(r->view, node, "Tenant", meter->tenant);
	node_bool(r->view, node, "IsLost", meter->lost_since != 0);
	show_figures(r, node_child(r->view, node, "Expected"), &meter->expected);
	show_figures(r, node_child(r->view, node, "Now"), &meter->now);
}

static void
show_held(struct req *r, struct node *node, const struct held_delivery *held)
{
	node_int(r->view, node, "Id", held->command_id);
	node_int(r->view, node, "Sale", held->sale_id);
	node_set(r->view, node, "Receipt", held->receipt_number);
	node_set(r->view, node, "SaleKind", sale_kind_name(held->sale_kind));
	node_set(r->view, node, "By", held->operator_name);
	node_set(r->view, node, "Kind", delivery_kind_name(held->kind));
	node_set(r->view, node, "Amount", money_text(r, held->amount_fen));
	if (held->want_count >= 0)
		node_int(r->view, node, "WantCount", held->want_count);
	if (held->before_fen != METER_NO_CREDIT)
		node_set(r->view, node, "Before", money_text(r, held->before_fen));
	if (held->kind == DELIVERY_CREDIT && held->before_fen != METER_NO_CREDIT)
		node_set(
		    r->view, node, "After", money_text(r, held->before_fen + held->amount_fen));
	else if (held->target_fen != METER_NO_CREDIT)
		node_set(r->view, node, "After", money_text(r, held->target_fen));
	node_int(r->view, node, "Sends", held->sends);
	node_set(r->view, node, "Outcome", outcome_text(r, "Delivery.Outcome", held->outcome));
	node_time(r->view, node, "Sent", held->sent_at, r->now, 0);
	node_time(r->view, node, "Held", held->held_at, r->now, 0);
	show_meter(r, node, &held->meter);
	show_figures(r, node_child(r->view, node, "Found"), &held->found);
	if (held->approval_id != 0) {
		node_int(r->view, node, "Approval", held->approval_id);
		node_bool(r->view, node, "IsMine", held->asked_by == r->user.operator_id);
	}
}

static void
show_stopped(struct req *r, struct node *node, const struct stopped_meter *stopped)
{
	show_meter(r, node, &stopped->meter);
	node_bool(r->view, node, "IsCountOff", stopped->is_count_off);
	node_bool(r->view, node, "IsCreditOff", stopped->is_credit_off);
	node_set(r->view, node, "Ledger", money_text(r, stopped->ledger_fen));
	if (stopped->meter.now.credit_fen != METER_NO_CREDIT)
		node_set(r->view, node, "Difference",
		    money_text(r, stopped->meter.now.credit_fen - stopped->ledger_fen));
	node_time(r->view, node, "Began", stopped->began_at, r->now, 0);
	node_int(r->view, node, "Open", stopped->open);
	node_bool(r->view, node, "HasHeld", stopped->has_held);
	if (stopped->approval_id != 0) {
		node_int(r->view, node, "Approval", stopped->approval_id);
		node_bool(r->view, node, "IsMine", stopped->asked_by == r->user.operator_id);
	}
}

static const struct export_column HELD_COLUMNS[] = {
	{ "Sales.Deed.Number", CELL_TEXT, 22, NULL },
	{ "Sales.Deed.Kind", CELL_WORD, 12, "Sale.Kind" },
	{ "Sales.HeldOne.Order", CELL_WORD, 10, "Delivery.Kind" },
	{ "Word.Tenant", CELL_TEXT, 20, NULL },
	{ "Word.Building", CELL_TEXT, 14, NULL },
	{ "Word.Place", CELL_TEXT, 14, NULL },
	{ "Word.Number", CELL_TEXT, 16, NULL },
	{ "Word.Amount", CELL_MONEY, 12, NULL },
	{ "Sales.Held.CountExpected", CELL_INT, 12, NULL },
	{ "Sales.Held.CountShown", CELL_INT, 12, NULL },
	{ "Sales.Deed.Credit", CELL_MONEY, 12, NULL },
	{ "Sales.HeldOne.Sends", CELL_INT, 10, NULL },
	{ "Sales.Held.Since", CELL_TIME, 20, NULL },
	{ "Sales.Held.WhyCode", CELL_TEXT, 24, NULL },
};
static const struct export_column STOPPED_COLUMNS[] = {
	{ "Word.Number", CELL_TEXT, 16, NULL },
	{ "Word.Building", CELL_TEXT, 14, NULL },
	{ "Word.Place", CELL_TEXT, 14, NULL },
	{ "Word.Tenant", CELL_TEXT, 20, NULL },
	{ "Sales.Held.Why", CELL_WORD, 18, "Alarm" },
	{ "Sales.Held.Since", CELL_TIME, 20, NULL },
	{ "Sales.Held.CountExpected", CELL_INT, 12, NULL },
	{ "Sales.Held.CountShown", CELL_INT, 12, NULL },
	{ "Sales.Held.Ledger", CELL_MONEY, 14, NULL },
	{ "Sales.Deed.Credit", CELL_MONEY, 14, NULL },
	{ "Sales.Shift.Difference", CELL_MONEY, 14, NULL },
	{ "Sales.Held.Newest", CELL_TIME, 20, NULL },
};

/* ?what=meters: the second list of the page. */
static enum rc
answer_export(struct req *r, enum list_format format)
{
	bool is_meters = strcmp(param_get(&r->query, "what"), "meters") == 0;
	struct rows *rows;

	if (!may(r, PERM_EXPORT))
		return RC_DENIED;
	enum rc rc = is_meters ? stopped_export(r->db, r->scope, &rows)
			       : held_export(r->db, r->scope, &rows);
	if (rc != RC_OK)
		return rc;
	return is_meters ? export_answer(r, format, "Sales.Held.Meters", "", STOPPED_COLUMNS,
			       COUNT(STOPPED_COLUMNS), rows)
			 : export_answer(r, format, "Sales.Held.Deliveries", "", HELD_COLUMNS,
			       COUNT(HELD_COLUMNS), rows);
}

static const char *const SORTS[] = { "-time", NULL };
static const char *const FILTERS[] = { NULL };

enum rc
held_page(struct req *r)
{
	struct list list;
	const struct held_filter filter = { .scope = r->scope, .limit = SHOWN_MAX };
	struct held_delivery *held;
	struct stopped_meter *stopped;
	size_t held_count, stopped_count;
	int64_t held_total, stopped_total;

	list_read(r, SORTS, SHOWN_MAX, &list);
	if (list.format != LIST_PAGE)
		return answer_export(r, list.format);
	enum rc rc = held_list(r->db, r->arena, &filter, &held, &held_count, &held_total);
	if (rc == RC_OK)
		rc = stopped_list(
		    r->db, r->arena, &filter, &stopped, &stopped_count, &stopped_total);
	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < held_count; i++)
		show_held(r, node_add(r->view, view_node(r->view, "Held")), &held[i]);
	for (size_t i = 0; i < stopped_count; i++)
		show_stopped(r, node_add(r->view, view_node(r->view, "Stopped")), &stopped[i]);
	view_int(r->view, "HeldTotal", held_total);
	view_int(r->view, "StoppedTotal", stopped_total);
	view_bool(r->view, "IsCut", held_total > SHOWN_MAX || stopped_total > SHOWN_MAX);
	list_view(r, &list, held_total, FILTERS);
	return page(r, "sales/held.cs");
}

/* ---- figures that a person read ---- */

enum { VERDICT_DELIVERED, VERDICT_NOT };
static const char *const VERDICTS[] = { "delivered", "not_delivered", NULL };

struct seen {
	int64_t count, credit_fen, energy_wh, verdict;
	char reason[4 * SALE_TEXT_MAX + 1];
};
static const struct form_field FIGURES[] = {
	{ "count", FORM_UINT, true, COUNT_MAX, NULL, offsetof(struct seen, count) },
	{ "credit", FORM_BALANCE, true, 0, NULL, offsetof(struct seen, credit_fen) },
	{ "energy", FORM_ENERGY, true, 0, NULL, offsetof(struct seen, energy_wh) },
	{ "reason", FORM_TEXT, true, SALE_TEXT_MAX, NULL, offsetof(struct seen, reason) },
};
static const struct form_field VERDICT[] = {
	{ "verdict", FORM_CHOICE, true, 0, VERDICTS, offsetof(struct seen, verdict) },
};

/* What was asked, or that it is asked already; a person who may decide is led to the question. */
static enum rc
asked(struct req *r, enum rc rc, int64_t approval_id)
{
	if (rc != RC_OK && rc != RC_CONFLICT)
		return rc;
	flash(r, rc == RC_OK ? "ApprovalAsked" : "ApprovalAskedAlready");
	if (rc == RC_OK && may(r, PERM_APPROVE))
		return redirect(r, "/sales/approvals/%lld", (long long)approval_id);
	return redirect(r, "/sales/held");
}

/* ---- one delivery ---- */

static enum rc
show_one(struct req *r, const struct held_delivery *held)
{
	show_held(r, view_node(r->view, "One"), held);
	crumb(r, NULL, held->receipt_number);
	return page(r, "sales/held_one.cs");
}

static enum rc
find(struct req *r, struct held_delivery *held)
{
	return r->id == 0 ? RC_NOT_FOUND : held_find(r->db, r->arena, r->scope, r->id, held);
}

enum rc
held_form(struct req *r)
{
	struct held_delivery held;
	struct seen seen = { 0 };
	enum rc rc = find(r, &held);

	if (rc != RC_OK)
		return rc;
	/* Empty: figures are read at the meter, not copied from the page. */
	form_fill(r, FIGURES, COUNT(FIGURES), &seen);
	view_set(r->view, "Form.count.Value", "");
	view_set(r->view, "Form.credit.Value", "");
	view_set(r->view, "Form.energy.Value", "");
	for (size_t i = 0; VERDICTS[i] != NULL; i++)
		node_set(r->view, node_add(r->view, view_node(r->view, "Form.verdict.Choice")),
		    "Value", VERDICTS[i]);
	return show_one(r, &held);
}

enum rc
held_do(struct req *r)
{
	struct held_delivery held;
	struct seen seen = { 0 };
	struct faults faults = { .count = 0 };
	int64_t approval_id = 0;
	enum rc rc = find(r, &held);

	if (rc != RC_OK)
		return rc;
	rc = form_read(r, FIGURES, COUNT(FIGURES), &seen);
	if (form_read(r, VERDICT, COUNT(VERDICT), &seen) != RC_OK || rc != RC_OK)
		return show_one(r, &held);
	const struct held_wish wish = { r->id, seen.verdict == VERDICT_DELIVERED, seen.count,
		seen.credit_fen, seen.energy_wh, seen.reason, editor(r) };
	rc = held_ask(r->db, &wish, &faults, &approval_id);
	if (rc == RC_INVALID) {
		show_faults(r, &faults);
		return show_one(r, &held);
	}
	return asked(r, rc, approval_id);
}

/* ---- one meter ---- */

static enum rc
show_explain(struct req *r, const struct stopped_meter *stopped)
{
	show_stopped(r, view_node(r->view, "One"), stopped);
	crumb(r, NULL, stopped->meter.number);
	return page(r, "sales/explain.cs");
}

static enum rc
find_stopped(struct req *r, struct stopped_meter *stopped)
{
	return r->id == 0 ? RC_NOT_FOUND : stopped_find(r->db, r->arena, r->scope, r->id, stopped);
}

enum rc
explain_form(struct req *r)
{
	struct stopped_meter stopped;
	enum rc rc = find_stopped(r, &stopped);

	if (rc != RC_OK)
		return rc;
	const struct held_figures *now = &stopped.meter.now;
	const struct seen seen = { .count = now->count < 0 ? 0 : now->count,
		.credit_fen = now->credit_fen == METER_NO_CREDIT ? 0 : now->credit_fen,
		.energy_wh = now->energy_wh };
	form_fill(r, FIGURES, COUNT(FIGURES), &seen);
	return show_explain(r, &stopped);
}

enum rc
explain_do(struct req *r)
{
	struct stopped_meter stopped;
	struct seen seen = { 0 };
	struct faults faults = { .count = 0 };
	int64_t approval_id = 0;
	enum rc rc = find_stopped(r, &stopped);

	if (rc != RC_OK)
		return rc;
	if (form_read(r, FIGURES, COUNT(FIGURES), &seen) != RC_OK)
		return show_explain(r, &stopped);
	const struct explain_wish wish = { r->id, seen.count, seen.credit_fen, seen.energy_wh,
		seen.reason, editor(r) };
	rc = explain_ask(r->db, &wish, &faults, &approval_id);
	if (rc == RC_INVALID) {
		show_faults(r, &faults);
		return show_explain(r, &stopped);
	}
	return asked(r, rc, approval_id);
}
