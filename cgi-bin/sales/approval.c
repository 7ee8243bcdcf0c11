/* /sales/approvals/{id}: what somebody asks for, with the figures that matter, and the second
 * person's yes or no. Whoever asked may only take it back. */
#include <stdlib.h>
#include <string.h>

#include "base/doorbell.h"
#include "approve.h"
#include "form.h"
#include "model/held.h"
#include "model/sale_view.h"

#define NOTE_MAX 200

static const struct form_field FIELDS[] = {
	{ "note", FORM_TEXT, .max = NOTE_MAX, .offset = 0 },
};

/* ---- figures ---- */

/* Numbers of a payload, with blanks between; false when there are not so many. */
static bool
read_numbers(const char *text, int64_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *end;
		numbers[i] = strtoll(text, &end, 10);
		if (end == text)
			return false;
		text = end;
	}
	return true;
}

static void
show_figures(struct req *r, const char *name, int64_t count, int64_t credit_fen, int64_t energy_wh)
{
	struct node *node = view_node(r->view, name);

	if (count >= 0)
		node_int(r->view, node, "Count", count);
	if (credit_fen != METER_NO_CREDIT)
		node_set(r->view, node, "Credit", money_text(r, credit_fen));
	if (energy_wh > 0)
		node_energy(r->view, node, "Energy", energy_wh);
}

/* What was read at a meter whose delivery is held, beside what the ledger expects. */
static enum rc
show_held(struct req *r, const struct approval *approval)
{
	const char *blank = strchr(approval->payload, ' ');
	struct held_delivery held;
	int64_t seen[3];
	enum rc rc;

	if (blank == NULL || !read_numbers(blank, seen, COUNT(seen)))
		return RC_BUG;
	view_set(r->view, "Verdict",
	    arena_strndup(r->arena, approval->payload, (size_t)(blank - approval->payload)));
	show_figures(r, "Seen", seen[0], seen[1], seen[2]);
	rc = held_find(r->db, r->arena, r->scope, approval->command_id, &held);
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	show_figures(r, "Before", held.meter.expected.count, held.before_fen, held.before_wh);
	if (held.want_count >= 0)
		view_int(r->view, "Want.Count", held.want_count);
	view_set(r->view, "Want.Credit", money_text(r, held.amount_fen));
	show_figures(
	    r, "Newest", held.meter.now.count, held.meter.now.credit_fen, held.meter.now.energy_wh);
	view_time(r->view, "Newest.At", held.meter.now.at, r->now, 0);
	return RC_OK;
}

static enum rc
show_explain(struct req *r, const struct approval *approval)
{
	struct stopped_meter stopped;
	int64_t seen[3];
	enum rc rc;

	if (!read_numbers(approval->payload, seen, COUNT(seen)))
		return RC_BUG;
	show_figures(r, "Seen", seen[0], seen[1], seen[2]);
	rc = stopped_find(r->db, r->arena, r->scope, approval->meter_id, &stopped);
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	show_figures(r, "Before", stopped.meter.expected.count, stopped.ledger_fen,
	    stopped.meter.expected.energy_wh);
	show_figures(r, "Newest", stopped.meter.now.count, stopped.meter.now.credit_fen,
	    stopped.meter.now.energy_wh);
	view_time(r->view, "Newest.At", stopped.meter.now.at, r->now, 0);
	return RC_OK;
}

/* Manual figures of a meter that is dead: "ACCOUNT CREDIT_FEN ENERGY_WH". */
static enum rc
show_manual(struct req *r, const struct approval *approval)
{
	int64_t seen[3];

	if (approval->kind == APPROVAL_CLOSING &&
	    read_numbers(approval->payload, seen, COUNT(seen)))
		show_figures(r, "Seen", -1, seen[1], seen[2]);
	return RC_OK;
}

static enum rc
show_document(struct req *r, const struct approval *approval)
{
	struct node *node = view_node(r->view, "Document");
	struct sale_view sale;
	enum rc rc = sale_find(r->db, r->arena, r->scope, approval->sale_id, &sale);

	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	node_int(r->view, node, "Id", sale.sale_id);
	node_set(r->view, node, "Number", sale.receipt_number);
	node_set(r->view, node, "State", sale_state_name(sale.state));
	node_set(r->view, node, "Channel", channel_name(sale.channel));
	node_set(r->view, node, "Note", sale.note);
	if (sale.reverses_sale_id != 0) {
		node_int(r->view, node, "ReversesId", sale.reverses_sale_id);
		node_set(r->view, node, "Reverses", sale.reverses_number);
	}
	if (sale.balance_fen != METER_NO_CREDIT)
		node_set(r->view, node, "Balance", money_text(r, sale.balance_fen));
	return RC_OK;
}

static enum rc (*const figures[APPROVAL_KINDS])(struct req *r, const struct approval *approval) = {
	[APPROVAL_HELD] = show_held,
	[APPROVAL_EXPLAIN] = show_explain,
	[APPROVAL_CHANGE] = show_manual,
	[APPROVAL_CLOSING] = show_manual,
};

/* ---- the page ---- */

static enum rc
show_page(struct req *r, const struct approval *approval)
{
	enum rc rc = RC_OK;

	if (figures[approval->kind] != NULL)
		rc = figures[approval->kind](r, approval);
	if (rc == RC_OK && approval->sale_id != 0)
		rc = show_document(r, approval);
	if (rc != RC_OK)
		return rc;
	approval_show(r, view_node(r->view, "Approval"), approval);
	const char *title = words(r, "Sales.Approval.Of",
	    view_word(r->view,
		arena_printf(r->arena, "Approval.Kind.%s", approval_kind_name(approval->kind))),
	    NULL);
	view_set(r->view, "Page.Title", title);
	crumb(r, NULL, title);
	return page(r, "sales/approval.cs");
}

static enum rc
find(struct req *r, struct approval *approval)
{
	return r->id == 0 ? RC_NOT_FOUND
			  : approval_find(r->db, r->arena, r->scope, r->id, approval);
}

enum rc
approval_page(struct req *r)
{
	struct approval approval;
	enum rc rc = find(r, &approval);

	return rc == RC_OK ? show_page(r, &approval) : rc;
}

/* A refusal on the page of the question. */
static enum rc
refuse(
    struct req *r, const struct approval *approval, const char *field, const char *key, int status)
{
	form_error(r, field, key);
	r->status = status;
	return show_page(r, approval);
}

static enum rc
decided(struct req *r, const char *flash_key)
{
	doorbell_ring(r->conf);
	flash(r, flash_key);
	return redirect(r, "/sales/approvals/%lld", (long long)r->id);
}

enum rc
approval_yes(struct req *r)
{
	const struct operator_actor by = editor(r);
	struct approval approval;
	struct faults faults = { .count = 0 };
	char note[4 * NOTE_MAX + 1] = "";
	enum rc rc = find(r, &approval);

	if (rc != RC_OK)
		return rc;
	if (form_read(r, FIELDS, COUNT(FIELDS), note) != RC_OK)
		return show_page(r, &approval);
	rc = approval_approve(r->db, r->id, note, &by, &faults);
	switch (rc) {
	case RC_OK:
		return decided(r, "Approved");
	case RC_DENIED:
		return refuse(r, &approval, "", "ApprovalOwn", 403);
	case RC_INVALID:
		show_faults(r, &faults);
		r->status = 409;
		return show_page(r, &approval);
	case RC_CONFLICT:
		return decided(r, "ApprovalOver");
	default:
		return rc;
	}
}

enum rc
approval_no(struct req *r)
{
	const struct operator_actor by = editor(r);
	struct approval approval;
	char note[4 * NOTE_MAX + 1] = "";
	enum rc rc = find(r, &approval);

	if (rc != RC_OK)
		return rc;
	if (form_read(r, FIELDS, COUNT(FIELDS), note) != RC_OK)
		return show_page(r, &approval);
	bool is_mine = approval.asked_by == by.operator_id;
	if (!is_mine && *note == '\0')
		return refuse(r, &approval, "note", "ApprovalNote", 422);
	rc = approval_reject(r->db, r->id, note, &by);
	if (rc != RC_OK && rc != RC_CONFLICT)
		return rc;
	return decided(r, rc == RC_CONFLICT ? "ApprovalOver"
			  : is_mine	    ? "ApprovalWithdrawn"
					    : "ApprovalRejected");
}

/* For whoever may ask and not decide: the page of the document leads here. */
enum rc
approval_take_back(struct req *r)
{
	const struct operator_actor by = editor(r);
	struct approval approval;
	enum rc rc = find(r, &approval);

	if (rc != RC_OK)
		return rc;
	if (approval.asked_by != by.operator_id)
		return RC_DENIED;
	rc = approval_reject(r->db, r->id, "", &by);
	if (rc != RC_OK && rc != RC_CONFLICT)
		return rc;
	flash(r, rc == RC_OK ? "ApprovalWithdrawn" : "ApprovalOver");
	if (approval.sale_id != 0)
		return redirect(r, "/sales/%lld", (long long)approval.sale_id);
	return redirect(r, may(r, PERM_ADJUST) ? "/sales/held" : "/sales");
}
