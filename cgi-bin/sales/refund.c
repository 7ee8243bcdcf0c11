/* /sales/refund/{id}: credit of a meter back to its tenant. The form, a page that says in which
 * order it happens, and the deed. */
#include <stddef.h>

#include "deed.h"

#define ID_MAX UINT32_MAX

enum { HOW_AMOUNT, HOW_EVERYTHING };
static const char *const HOWS[] = { "amount", "everything", NULL };
static const char *const CHANNEL_NAMES[] = { "cash", "transfer", "pos", "qr", NULL };
static const char *const CAUSES[] = { "leaving", "overpaid", "agreed", "other", NULL };

struct refund {
	struct deed_meter deed;
	int64_t account_id, how, amount_fen, channel, cause;
	char typed[4 * SALE_TEXT_MAX + 1], note[4 * SALE_TEXT_MAX + 1];
	const char *reason;
};
static const struct form_field FIELDS[] = {
	{ "account", FORM_UINT, true, ID_MAX, NULL, offsetof(struct refund, account_id) },
	{ "how", FORM_CHOICE, true, 0, HOWS, offsetof(struct refund, how) },
	{ "amount", FORM_MONEY, false, 0, NULL, offsetof(struct refund, amount_fen) },
	{ "channel", FORM_CHOICE, true, 0, CHANNEL_NAMES, offsetof(struct refund, channel) },
	{ "cause", FORM_CHOICE, true, 0, CAUSES, offsetof(struct refund, cause) },
	{ "reason", FORM_TEXT, false, SALE_TEXT_MAX, NULL, offsetof(struct refund, typed) },
	{ "note", FORM_TEXT, false, SALE_TEXT_MAX, NULL, offsetof(struct refund, note) },
};

static enum rc
show_form(struct req *r, const struct refund *refund)
{
	int64_t last_id;
	enum rc rc = deed_last_sale(r, r->id, &last_id);

	if (rc == RC_OK)
		rc = deed_shift(r);
	if (rc != RC_OK)
		return rc;
	if (last_id != 0)
		view_set(r->view, "Other.Href",
		    arena_printf(r->arena, "/sales/%lld/reverse", (long long)last_id));
	if (r->session->limits.second_max_fen != LIMIT_NONE)
		view_set(r->view, "SecondMax",
		    words(r, "Sales.Refund.SecondAbove",
			money_text(r, r->session->limits.second_max_fen), NULL));
	view_bool(r->view, "IsRefundable",
	    refund->deed.credit_fen != METER_NO_CREDIT && refund->deed.credit_fen > 0);
	crumb(r, NULL, view_word(r->view, "Sales.Refund.Title"));
	return page(r, "sales/refund.cs");
}

/* What the form holds, as far as it can be checked before anything is locked. */
static enum rc
read_form(struct req *r, struct refund *refund)
{
	int64_t most_fen = refund->deed.credit_fen;
	bool is_known = most_fen != METER_NO_CREDIT;
	const char *const most[] = { is_known ? money_text(r, most_fen) : "" };
	enum rc rc = form_read(r, FIELDS, COUNT(FIELDS), refund);

	if (rc != RC_OK)
		return rc;
	if (refund->how == HOW_EVERYTHING)
		refund->amount_fen = 0;
	else if (refund->amount_fen == 0)
		form_error(r, "amount", "Required");
	else if (is_known && refund->amount_fen > most_fen)
		form_error_values(r, "amount", "RefundMax", most, 1);
	rc = deed_reason(r, "Cause", CAUSES[refund->cause], refund->typed, &refund->reason);
	return r->status == 422 ? RC_INVALID : rc;
}

enum rc
refund_form(struct req *r)
{
	struct refund refund = { .cause = 0 };
	enum rc rc = deed_meter(r, r->id, &refund.deed);

	if (rc != RC_OK)
		return rc;
	refund.account_id = refund.deed.detail.meter.account_id;
	if (*param_get(&r->query, "how") != '\0') {
		(void)read_form(r, &refund);
	} else {
		form_fill(r, FIELDS, COUNT(FIELDS), &refund);
		view_set(r->view, "Form.amount.Value", "");
	}
	return show_form(r, &refund);
}

/* ---- the question ---- */

static const char *
back_link(struct req *r)
{
	struct url url =
	    url_begin(r, arena_printf(r->arena, "/sales/refund/%lld", (long long)r->id));

	for (size_t i = 0; i < COUNT(FIELDS); i++)
		url_text(&url, FIELDS[i].name,
		    view_get(r->view, arena_printf(r->arena, "Form.%s.Value", FIELDS[i].name)));
	return url.text;
}

static enum rc
show_question(struct req *r, const struct refund *refund)
{
	int64_t credit_fen = refund->deed.credit_fen;
	int64_t amount_fen = refund->how == HOW_EVERYTHING ? credit_fen : refund->amount_fen;
	bool is_known = credit_fen != METER_NO_CREDIT;
	enum rc rc = deed_key_show(r, "refund");

	if (rc != RC_OK)
		return rc;
	view_bool(r->view, "IsEverything", refund->how == HOW_EVERYTHING);
	view_bool(r->view, "IsSecond", is_known && amount_fen > r->session->limits.second_max_fen);
	if (is_known) {
		view_set(r->view, "Amount", money_text(r, amount_fen));
		view_set(r->view, "After", money_text(r, credit_fen - amount_fen));
	}
	view_set(r->view, "Channel", CHANNEL_NAMES[refund->channel]);
	view_set(r->view, "Reason", refund->reason);
	view_set(r->view, "Back.Href", back_link(r));
	crumb(r, arena_printf(r->arena, "/sales/refund/%lld", (long long)r->id),
	    view_word(r->view, "Sales.Refund.Title"));
	crumb(r, NULL, view_word(r->view, "Sales.RefundConfirm.Title"));
	return page(r, "sales/refund_confirm.cs");
}

enum rc
refund_ask(struct req *r)
{
	struct refund refund = { .cause = 0 };
	enum rc rc = deed_meter(r, r->id, &refund.deed);

	if (rc != RC_OK)
		return rc;
	if (*param_get(&r->query, "how") == '\0')
		return redirect(r, "/sales/refund/%lld", (long long)r->id);
	rc = read_form(r, &refund);
	return rc == RC_INVALID ? show_form(r, &refund)
	       : rc == RC_OK	? show_question(r, &refund)
				: rc;
}

enum rc
refund_do(struct req *r)
{
	struct refund refund = { .cause = 0 };
	struct refund_wish wish = { .meter_id = r->id };
	struct faults faults = { .count = 0 };
	int64_t sale_id;
	bool is_old;
	enum rc rc = deed_meter(r, r->id, &refund.deed);

	if (rc == RC_OK)
		rc = deed_asker(r, "refund", &wish.asker);
	if (rc != RC_OK)
		return rc;
	/* Credit may have fallen since: whether it is enough, the model decides under its lock. */
	refund.deed.credit_fen = METER_NO_CREDIT;
	if ((rc = read_form(r, &refund)) == RC_INVALID)
		return show_form(r, &refund);
	if (rc != RC_OK)
		return rc;
	wish.account_id = refund.account_id;
	wish.amount_fen = refund.amount_fen;
	wish.channel = (enum channel)refund.channel;
	wish.reason = refund.reason;
	wish.note = refund.note;
	rc = sale_refund(r->db, &wish, &faults, &sale_id, &is_old);
	if (faults.count > 0 && (rc == RC_INVALID || rc == RC_CONFLICT)) {
		show_faults(r, &faults);
		if ((rc = deed_meter(r, r->id, &refund.deed)) != RC_OK)
			return rc;
		return show_form(r, &refund);
	}
	return rc == RC_OK ? deed_done(r, sale_id) : rc;
}
