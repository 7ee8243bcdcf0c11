/* /sales/{id}: a document and how far it has come. */
#include <string.h>

#include "base/capital.h"
#include "base/mask.h"
#include "document.h"
#include "office.h"

#define REFRESH_S 2
#define PHONE_MAX 64

/* ---- the five steps ---- */

/* "12 → 13" of the order that counts, and what the meter showed. */
static const char *
count_text(struct req *r, const struct sale_view *sale)
{
	const struct sale_delivery *delivery = sale_delivery_now(sale);

	if (delivery == NULL || delivery->want_count < 0)
		return NULL;
	const char *const values[] = { number_text(r, delivery->from_count),
		number_text(r, delivery->want_count) };
	return view_phrase(r->view, "Sales.Sale.Count", values, 2);
}

/* What a step that is not over waits for. */
static const char *
waiting_text(struct req *r, const struct sale_delivery *delivery)
{
	if (delivery == NULL || delivery->state == DELIVERY_DONE)
		return NULL;
	if (delivery->lost_since != 0)
		return view_word(r->view, "Sales.Sale.WaitLost");
	if (delivery->state == DELIVERY_SENT)
		return view_word(r->view, "Sales.Sale.WaitAnswer");
	if (delivery->is_taken)
		return view_word(r->view, "Sales.Sale.WaitTaken");
	if (delivery->ahead > 0)
		return words(r, "Sales.Sale.WaitQueue", number_text(r, delivery->ahead), NULL);
	return delivery->state == DELIVERY_QUEUED ? view_word(r->view, "Sales.Sale.WaitTurn")
						  : NULL;
}

static void
show_progress(struct req *r, const struct sale_view *sale)
{
	struct node *list = view_node(r->view, "Steps");
	struct sale_progress progress;

	sale_progress(sale, &progress);
	for (enum sale_step step = 0; step < SALE_STEPS; step++) {
		if (progress.state[step] == SALE_STEP_LEFT_OUT)
			continue;
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Key", sale_step_name(step));
		node_set(r->view, node, "State", sale_step_state_name(progress.state[step]));
		node_time(r->view, node, "At", progress.at[step], r->now, 0);
		if (step == SALE_STEP_CONFIRMED && progress.state[step] == SALE_STEP_DONE)
			node_set(r->view, node, "Note", count_text(r, sale));
		if (progress.state[step] == SALE_STEP_NOW)
			node_set(r->view, node, "Note", waiting_text(r, sale_delivery_now(sale)));
	}
	view_bool(r->view, "IsOver", progress.is_over);
	if (!progress.is_over)
		view_int(r->view, "Page.Refresh", REFRESH_S);
}

/* ---- what happened ---- */

static void
show_figures(struct req *r, struct node *node, const char *name, int64_t amount_fen)
{
	if (amount_fen != METER_NO_CREDIT)
		node_set(r->view, node, name, money_text(r, amount_fen));
}

static void
show_delivery(struct req *r, struct node *node, const struct sale_delivery *delivery)
{
	node_set(r->view, node, "Kind", delivery_kind_name(delivery->kind));
	node_set(r->view, node, "State", delivery_state_name(delivery->state));
	node_set(r->view, node, "Number", delivery->number);
	node_set(r->view, node, "Amount", money_text(r, delivery->amount_fen));
	node_time(r->view, node, "Created", delivery->created_at, r->now, 0);
	node_time(r->view, node, "Sent", delivery->sent_at, r->now, 0);
	node_time(r->view, node, "Tried", delivery->tried_at, r->now, 0);
	node_time(r->view, node, "Retry", delivery->retry_at, r->now, 0);
	node_time(r->view, node, "Ended", delivery->ended_at, r->now, 0);
	node_time(r->view, node, "Lost", delivery->lost_since, r->now, 0);
	if (delivery->want_count >= 0) {
		node_int(r->view, node, "From", delivery->from_count);
		node_int(r->view, node, "Want", delivery->want_count);
	}
	show_figures(r, node, "Before", delivery->before_fen);
	show_figures(r, node, "After", delivery->after_fen);
	if (delivery->attempts > 0)
		node_int(r->view, node, "Attempts", delivery->attempts);
	node_set(r->view, node, "Outcome", outcome_text(r, "Delivery.Outcome", delivery->outcome));
	node_set(r->view, node, "Result", outcome_text(r, "Order.Result", delivery->result));
	if (delivery->found_count >= 0)
		node_int(r->view, node, "Found", delivery->found_count);
	show_figures(r, node, "FoundCredit", delivery->found_fen);
	if (*delivery->resolved_as != '\0')
		node_set(r->view, node, "Resolved", delivery->resolved_as);
}

static void
show_timeline(struct req *r, const struct sale_view *sale)
{
	struct node *list = view_node(r->view, "Deliveries");

	for (size_t i = 0; i < sale->delivery_count; i++)
		show_delivery(r, node_add(r->view, list), &sale->deliveries[i]);
}

/* ---- what it says ---- */

void
document_lines(struct req *r, const struct sale_view *sale)
{
	struct node *list = view_node(r->view, "Lines");

	for (size_t i = 0; i < sale->line_count; i++) {
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Name",
		    sale->lines[i].is_fee ? sale->lines[i].name
					  : view_word(r->view, "Sales.Line.Energy"));
		node_set(r->view, node, "Amount", money_text(r, sale->lines[i].amount_fen));
	}
}

static void
show_people(struct req *r, struct node *node, const struct sale_view *sale)
{
	node_set(r->view, node, "Operator", sale->operator_name);
	if (sale->approved_by != 0)
		node_set(r->view, node, "ApprovedBy", sale->approved_name);
	node_time(r->view, node, "Approved", sale->approved_at, r->now, 0);
	if (sale->paid_by != 0)
		node_set(r->view, node, "PaidBy", sale->paid_name);
	node_time(r->view, node, "Paid", sale->paid_at, r->now, 0);
	if (sale->shift_id != 0)
		node_int(r->view, node, "ShiftId", sale->shift_id);
}

void
document_show(struct req *r, const struct sale_view *sale)
{
	struct node *node = view_node(r->view, "Doc");
	char capital[CAPITAL_TEXT_MAX], phone[PHONE_MAX];

	capital_amount(sale->amount_fen, capital, sizeof(capital));
	mask_number(sale->phone, phone, sizeof(phone));
	node_int(r->view, node, "Id", sale->sale_id);
	node_set(r->view, node, "Number", sale->receipt_number);
	node_set(r->view, node, "Kind", sale_kind_name(sale->kind));
	node_set(r->view, node, "State", sale_state_name(sale->state));
	node_set(r->view, node, "Day", day_text(r, sale->biz_day));
	node_time(r->view, node, "Created", sale->created_at, r->now, 0);
	node_time(r->view, node, "Settled", sale->settled_at, r->now, 0);
	node_set(r->view, node, "Amount", money_text(r, sale->amount_fen));
	node_set(r->view, node, "Capital", capital);
	node_set(r->view, node, "Credit", money_text(r, sale->credit_fen));
	node_set(r->view, node, "Channel", channel_name(sale->channel));
	if (sale->tendered_fen > sale->amount_fen) {
		node_set(r->view, node, "Tendered", money_text(r, sale->tendered_fen));
		node_set(
		    r->view, node, "Change", money_text(r, sale->tendered_fen - sale->amount_fen));
	}
	node_int(r->view, node, "AccountId", sale->account_id);
	node_set(r->view, node, "AccountNumber", sale->account_number);
	node_set(r->view, node, "Tenant", sale->tenant);
	node_set(r->view, node, "Phone", phone);
	node_int(r->view, node, "MeterId", sale->meter_id);
	node_set(r->view, node, "Meter", sale->number);
	node_set(r->view, node, "Place",
	    *sale->building != '\0' ? arena_printf(r->arena, "%s %s", sale->building, sale->place)
				    : sale->place);
	if (sale->to_meter_id != 0) {
		node_set(r->view, node, "ToMeter", sale->to_number);
		node_set(r->view, node, "ToPlace", sale->to_place);
	}
	show_figures(r, node, "Balance", sale->balance_fen);
	node_set(r->view, node, "Reason", sale->reason);
	node_set(r->view, node, "Note", sale->note);
	node_int(r->view, node, "Prints", sale->prints);
	show_people(r, node, sale);
}

static void
show_relatives(struct req *r, const struct sale_view *sale)
{
	struct node *node = view_node(r->view, "Doc");

	if (sale->reverses_sale_id != 0) {
		node_int(r->view, node, "ReversesId", sale->reverses_sale_id);
		node_set(r->view, node, "Reverses", sale->reverses_number);
	}
	if (sale->reversed_by_sale_id != 0) {
		node_int(r->view, node, "ReversedById", sale->reversed_by_sale_id);
		node_set(r->view, node, "ReversedBy", sale->reversed_number);
	}
}

/* ---- what may be done ---- */

static bool
may_reverse(const struct req *r, const struct sale_view *sale)
{
	return may(r, PERM_REFUND) && sale->kind == SALE_PURCHASE && sale->is_last &&
	       sale->reversed_by_sale_id == 0 && !sale->is_account_closed &&
	       (sale->state == SALE_BOOKED || sale->state == SALE_DELIVERED);
}

static bool
may_resend(const struct req *r, const struct sale_view *sale)
{
	const struct sale_delivery *delivery = sale_delivery_now(sale);

	if (!may(r, PERM_ADJUST) || delivery == NULL)
		return false;
	if (sale->state == SALE_HELD)
		return strcmp(delivery->resolved_as, "not_delivered") == 0;
	return sale->state == SALE_FAILED && sale->kind != SALE_PURCHASE;
}

bool
document_may_print(const struct sale_view *sale)
{
	return sale->state != SALE_ASKED && sale->state != SALE_REJECTED;
}

/* Where two persons say what became of the delivery that is held. */
static void
show_held_link(struct req *r, const struct sale_view *sale)
{
	const struct sale_delivery *delivery = sale_delivery_now(sale);

	if (delivery != NULL && delivery->state == DELIVERY_HELD)
		view_int(r->view, "HeldId", delivery->command_id);
}

static void
show_deeds(struct req *r, const struct sale_view *sale)
{
	bool is_living =
	    sale->is_meter_of_account && !sale->is_account_closed && sale->state != SALE_HELD;

	view_bool(r->view, "May.Reverse", may_reverse(r, sale));
	view_bool(
	    r->view, "May.Refund", may(r, PERM_REFUND) && sale->kind == SALE_PURCHASE && is_living);
	view_bool(r->view, "May.Pay", may(r, PERM_SALE) && sale->state == SALE_DUE);
	view_bool(r->view, "May.Resend", may_resend(r, sale));
	view_bool(r->view, "May.Print", document_may_print(sale));
	view_bool(r->view, "May.SellAgain", may(r, PERM_SALE) && is_living);
	view_bool(r->view, "IsHeld", sale->state == SALE_HELD);
	view_bool(r->view, "IsAsked", sale->state == SALE_ASKED);
	if (sale->approval_id != 0)
		view_int(r->view, "Approval.Id", sale->approval_id);
	view_bool(r->view, "Approval.IsMine",
	    sale->approval_asked_by == r->user.operator_id && may(r, PERM_REFUND));
	if (sale->state == SALE_HELD && may(r, PERM_ADJUST))
		show_held_link(r, sale);
	view_bool(r->view, "IsOwn", sale->operator_id == r->user.operator_id);
}

enum rc
document_find(struct req *r, struct sale_view *sale)
{
	return r->id == 0 ? RC_NOT_FOUND : sale_find(r->db, r->arena, r->scope, r->id, sale);
}

enum rc
sale(struct req *r)
{
	struct sale_view sale;
	enum rc rc = document_find(r, &sale);

	if (rc != RC_OK)
		return rc;
	document_show(r, &sale);
	document_lines(r, &sale);
	show_relatives(r, &sale);
	show_progress(r, &sale);
	show_timeline(r, &sale);
	show_deeds(r, &sale);
	paper_choices(r, PAPERS);
	view_set(r->view, "Page.Title", sale.receipt_number);
	crumb(r, NULL, sale.receipt_number);
	return page(r, "sales/sale.cs");
}
