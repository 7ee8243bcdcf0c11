/* /sales/adjust/{id}: the credit of a meter is put right, up or down, against suspense. Nothing
 * goes out before a second person said yes. */
#include <stddef.h>

#include "deed.h"

#define ID_MAX UINT32_MAX

enum { WAY_UP, WAY_DOWN };
static const char *const WAYS[] = { "up", "down", NULL };
static const char *const CAUSES[] = { "meter", "outage", "migration", "other", NULL };

struct adjustment {
	struct deed_meter deed;
	int64_t account_id, way, amount_fen, cause;
	char typed[4 * SALE_TEXT_MAX + 1];
};
static const struct form_field FIELDS[] = {
	{ "account", FORM_UINT, true, ID_MAX, NULL, offsetof(struct adjustment, account_id) },
	{ "way", FORM_CHOICE, true, 0, WAYS, offsetof(struct adjustment, way) },
	{ "amount", FORM_MONEY, true, 0, NULL, offsetof(struct adjustment, amount_fen) },
	{ "cause", FORM_CHOICE, true, 0, CAUSES, offsetof(struct adjustment, cause) },
	{ "reason", FORM_TEXT, false, SALE_TEXT_MAX, NULL, offsetof(struct adjustment, typed) },
};

static enum rc
show_page(struct req *r)
{
	enum rc rc = deed_key_show(r, "adjust");

	if (rc != RC_OK)
		return rc;
	crumb(r, NULL, view_word(r->view, "Sales.Adjust.Title"));
	return page(r, "sales/adjust.cs");
}

enum rc
adjust_form(struct req *r)
{
	struct adjustment adjustment = { .cause = 0 };
	enum rc rc = deed_meter(r, r->id, &adjustment.deed);

	if (rc != RC_OK)
		return rc;
	adjustment.account_id = adjustment.deed.detail.meter.account_id;
	form_fill(r, FIELDS, COUNT(FIELDS), &adjustment);
	view_set(r->view, "Form.amount.Value", "");
	return show_page(r);
}

enum rc
adjust_do(struct req *r)
{
	struct adjustment adjustment = { .cause = 0 };
	struct adjustment_wish wish = { .meter_id = r->id };
	struct faults faults = { .count = 0 };
	int64_t sale_id;
	bool is_old;
	enum rc rc = deed_meter(r, r->id, &adjustment.deed);

	if (rc == RC_OK)
		rc = deed_asker(r, "adjust", &wish.asker);
	if (rc != RC_OK)
		return rc;
	if (form_read(r, FIELDS, COUNT(FIELDS), &adjustment) != RC_OK ||
	    deed_reason(r, "Off", CAUSES[adjustment.cause], adjustment.typed, &wish.reason) !=
		RC_OK)
		return show_page(r);
	wish.account_id = adjustment.account_id;
	wish.amount_fen = adjustment.way == WAY_UP ? adjustment.amount_fen : -adjustment.amount_fen;
	rc = sale_adjust(r->db, &wish, &faults, &sale_id, &is_old);
	if (faults.count > 0 && (rc == RC_INVALID || rc == RC_CONFLICT)) {
		show_faults(r, &faults);
		return show_page(r);
	}
	return rc == RC_OK ? deed_done(r, sale_id) : rc;
}
