/* /sales/{id}/reverse: a wrong purchase is taken back whole, by a counter-entry. Both stand side by
 * side; nothing is ever deleted. */
#include <stddef.h>
#include <string.h>

#include "deed.h"

static const char *const CAUSES[] = { "wrong_meter", "wrong_amount", "wrong_channel", "twice",
	"other", NULL };

/* What becomes of the order to the meter. */
enum fate { FATE_BACK, FATE_DEDUCT, FATE_LEDGER, FATE_FLIGHT, FATE_HELD, FATE_OVER };
static const char *const FATES[] = { "back", "deduct", "ledger", "flight", "held", "over" };

struct reversal {
	struct sale_view sale;
	enum fate fate;
	int64_t cause;
	char typed[4 * SALE_TEXT_MAX + 1];
	const char *reason;
};
static const struct form_field FIELDS[] = {
	{ "cause", FORM_CHOICE, true, 0, CAUSES, offsetof(struct reversal, cause) },
	{ "reason", FORM_TEXT, false, SALE_TEXT_MAX, NULL, offsetof(struct reversal, typed) },
};

static enum fate
fate_of(const struct sale_view *sale)
{
	const struct sale_delivery *delivery = sale_delivery_now(sale);

	/* Two persons found that it was not delivered: then nothing is in the meter. */
	if (sale->state == SALE_HELD)
		return delivery != NULL && strcmp(delivery->resolved_as, "not_delivered") == 0
			   ? FATE_BACK
			   : FATE_HELD;
	if (sale->state == SALE_DELIVERED)
		return delivery == NULL ? FATE_LEDGER : FATE_DEDUCT;
	if (sale->state != SALE_BOOKED)
		return FATE_OVER;
	return delivery != NULL && delivery->state == DELIVERY_QUEUED ? FATE_BACK : FATE_FLIGHT;
}

static enum rc
load(struct req *r, struct reversal *reversal)
{
	enum rc rc = r->id == 0 ? RC_NOT_FOUND
				: sale_find(r->db, r->arena, r->scope, r->id, &reversal->sale);

	if (rc == RC_OK)
		reversal->fate = fate_of(&reversal->sale);
	return rc;
}

/* Why it cannot be done; NULL when it can. The model has the last word. */
static const char *
obstacle(const struct reversal *reversal)
{
	const struct sale_view *sale = &reversal->sale;

	if (sale->kind != SALE_PURCHASE)
		return "NotPurchase";
	if (sale->reversed_by_sale_id != 0 || sale->state == SALE_CANCELLED)
		return "WasReversed";
	if (reversal->fate == FATE_HELD)
		return "Held";
	if (reversal->fate == FATE_FLIGHT)
		return "Flight";
	if (!sale->is_meter_of_account)
		return "NotItsAccount";
	return sale->is_last ? NULL : "NotLast";
}

/* The purchase count of the meter before and after, as far as it is known. */
static void
show_count(struct req *r, const struct reversal *reversal)
{
	const struct sale_delivery *delivery = sale_delivery_now(&reversal->sale);

	if (delivery == NULL || delivery->want_count < 0)
		return;
	view_int(r->view, "Count.Before", delivery->from_count);
	view_int(r->view, "Count.Sold", delivery->want_count);
	if (reversal->fate == FATE_DEDUCT)
		view_int(r->view, "Count.After", delivery->want_count + 1);
}

static void
show_counter_entry(struct req *r, const struct sale_view *sale)
{
	int64_t fees_fen = 0;

	for (size_t i = 0; i < sale->line_count; i++)
		fees_fen += sale->lines[i].is_fee ? sale->lines[i].amount_fen : 0;
	view_set(r->view, "Counter.Amount", money_text(r, -sale->amount_fen));
	view_set(r->view, "Counter.Credit", money_text(r, -sale->credit_fen));
	if (fees_fen != 0)
		view_set(r->view, "Counter.Fees", money_text(r, -fees_fen));
}

static enum rc
show_page(struct req *r, const struct reversal *reversal)
{
	const struct sale_view *sale = &reversal->sale;
	bool is_today = sale->biz_day.number == clock_day(r->now).number;
	bool is_second = !is_today || sale->amount_fen > r->session->limits.second_max_fen;
	const char *why = obstacle(reversal);
	enum rc rc = deed_key_show(r, "reverse");

	if (rc == RC_OK)
		rc = deed_shift(r);
	if (rc != RC_OK)
		return rc;
	deed_sale(r, view_node(r->view, "Sale"), sale);
	show_counter_entry(r, sale);
	show_count(r, reversal);
	view_set(r->view, "Fate", FATES[reversal->fate]);
	view_set(r->view, "Cash",
	    reversal->fate != FATE_BACK ? FATES[reversal->fate]
	    : is_second			? "second"
					: "back");
	view_set(r->view, "Obstacle", why);
	view_bool(r->view, "IsToday", is_today);
	view_bool(r->view, "IsSecond", is_second);
	if (sale->reversed_by_sale_id != 0) {
		view_int(r->view, "Reversed.Id", sale->reversed_by_sale_id);
		view_set(r->view, "Reversed.Number", sale->reversed_number);
	}
	view_set(r->view, "Other.Href",
	    arena_printf(r->arena, "/sales/refund/%lld", (long long)sale->meter_id));
	view_bool(r->view, "HasOther", sale->is_meter_of_account);
	crumb(r, arena_printf(r->arena, "/sales/%lld", (long long)sale->sale_id),
	    sale->receipt_number);
	crumb(r, NULL, view_word(r->view, "Sales.Reverse.Title"));
	return page(r, "sales/reverse.cs");
}

enum rc
reverse_ask(struct req *r)
{
	struct reversal reversal = { .cause = 0 };
	enum rc rc = load(r, &reversal);

	if (rc != RC_OK)
		return rc;
	form_fill(r, FIELDS, COUNT(FIELDS), &reversal);
	return show_page(r, &reversal);
}

enum rc
reverse_do(struct req *r)
{
	struct reversal reversal = { .cause = 0 };
	struct reversal_wish wish = { .sale_id = r->id };
	struct faults faults = { .count = 0 };
	int64_t sale_id;
	bool is_old;
	enum rc rc = load(r, &reversal);

	if (rc == RC_OK)
		rc = deed_asker(r, "reverse", &wish.asker);
	if (rc != RC_OK)
		return rc;
	if (form_read(r, FIELDS, COUNT(FIELDS), &reversal) != RC_OK ||
	    deed_reason(r, "Wrong", CAUSES[reversal.cause], reversal.typed, &wish.reason) != RC_OK)
		return show_page(r, &reversal);
	rc = sale_reverse(r->db, &wish, &faults, &sale_id, &is_old);
	if (faults.count > 0 && (rc == RC_INVALID || rc == RC_CONFLICT)) {
		show_faults(r, &faults);
		rc = load(r, &reversal);
		return rc == RC_OK ? show_page(r, &reversal) : rc;
	}
	return rc == RC_OK ? deed_done(r, sale_id) : rc;
}
