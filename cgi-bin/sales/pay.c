/* /sales/{id}/pay: money that the meter gave back is handed over. /sales/{id}/resend: what was not
 * delivered goes out again. Both ask first. */
#include "deed.h"

static enum rc
find(struct req *r, struct sale_view *sale)
{
	return r->id == 0 ? RC_NOT_FOUND : sale_find(r->db, r->arena, r->scope, r->id, sale);
}

static const char *
sale_link(struct req *r, const char *rest)
{
	return arena_printf(r->arena, "/sales/%lld%s", (long long)r->id, rest);
}

static void
show_facts(struct req *r, const struct sale_view *sale)
{
	confirm_fact(r, view_word(r->view, "Sales.Deed.Number"), sale->receipt_number);
	confirm_fact(r, view_word(r->view, "Sales.Deed.Kind"),
	    view_word(r->view, arena_printf(r->arena, "Sale.Kind.%s", sale_kind_name(sale->kind))));
	confirm_fact(r, view_word(r->view, "Word.Tenant"), sale->tenant);
	confirm_fact(r, view_word(r->view, "Word.Place"),
	    arena_printf(r->arena, "%s %s", sale->building, sale->place));
	confirm_fact(r, view_word(r->view, "Word.Meter"), sale->number);
	confirm_fact(r, view_word(r->view, "Word.State"),
	    view_word(
		r->view, arena_printf(r->arena, "Sale.State.%s", sale_state_name(sale->state))));
}

/* ---- pay ---- */

static enum rc
show_pay(struct req *r, const struct sale_view *sale)
{
	enum rc rc = deed_shift(r);

	if (rc != RC_OK)
		return rc;
	deed_sale(r, view_node(r->view, "Sale"), sale);
	view_set(
	    r->view, "Button", words(r, "Sales.Pay.Button", money_text(r, sale->amount_fen), NULL));
	view_bool(r->view, "IsDue", sale->state == SALE_DUE);
	view_bool(r->view, "IsCash", sale->channel == CHANNEL_CASH);
	crumb(r, sale_link(r, ""), sale->receipt_number);
	crumb(r, NULL, view_word(r->view, "Sales.Pay.Title"));
	return page(r, "sales/pay.cs");
}

enum rc
pay_ask(struct req *r)
{
	struct sale_view sale;
	enum rc rc = find(r, &sale);

	return rc == RC_OK ? show_pay(r, &sale) : rc;
}

enum rc
pay_do(struct req *r)
{
	const struct operator_actor by = editor(r);
	struct sale_view sale;
	struct faults faults = { .count = 0 };
	enum rc rc = find(r, &sale);

	if (rc != RC_OK)
		return rc;
	rc = sale_pay(r->db, r->id, &by, &faults);
	if (rc == RC_INVALID) {
		show_faults(r, &faults);
		return show_pay(r, &sale);
	}
	if (rc != RC_OK && rc != RC_CONFLICT)
		return rc;
	flash(r, rc == RC_OK ? "SalePaid" : "SaleNotDue");
	return redirect(r, "%s", sale_link(r, ""));
}

/* ---- resend ---- */

static enum rc
show_resend(struct req *r, const struct sale_view *sale)
{
	const struct confirm confirm = { .title = view_word(r->view, "Sales.Resend.Title"),
		.text = view_word(r->view, "Sales.Resend.Text"),
		.icon = "send",
		.button = words(r, "Sales.Resend.Button", money_text(r, sale->credit_fen), NULL),
		.action = sale_link(r, "/resend"),
		.back = sale_link(r, "") };

	show_facts(r, sale);
	crumb(r, sale_link(r, ""), sale->receipt_number);
	return confirm_page(r, &confirm);
}

enum rc
resend_ask(struct req *r)
{
	struct sale_view sale;
	enum rc rc = find(r, &sale);

	return rc == RC_OK ? show_resend(r, &sale) : rc;
}

enum rc
resend_do(struct req *r)
{
	const struct operator_actor by = editor(r);
	struct sale_view sale;
	struct faults faults = { .count = 0 };
	enum rc rc = find(r, &sale);

	if (rc != RC_OK)
		return rc;
	rc = sale_resend(r->db, r->id, &by, &faults);
	if (rc == RC_INVALID) {
		show_faults(r, &faults);
		return show_resend(r, &sale);
	}
	if (rc != RC_OK && rc != RC_CONFLICT)
		return rc;
	flash(r, rc == RC_OK ? "SaleResent" : "SaleNothingToSend");
	return rc == RC_OK ? deed_done(r, r->id) : redirect(r, "%s", sale_link(r, ""));
}
