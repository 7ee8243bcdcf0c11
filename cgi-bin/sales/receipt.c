/* POST /sales/{id}/print counts a print, /sales/{id}/receipt is what goes through the printer. */
#include <string.h>

#include "base/qr.h"
#include "base/text.h"
#include "document.h"
#include "form.h"
#include "model/setting.h"
#include "office.h"

#define PAPER_COOKIE "paper"
#define PAPER_AGE_S  (365 * 24 * 3600LL)
#define TITLE_MAX    (4 * 64 + 1)
#define LINES_SHORT  4	/* what fits the shorter length of a roll */
#define TEXT_SHORT   40 /* characters of tenant, reason and note */
#define FOOTER_MAX   (4 * 300 + 1)

struct print_form {
	int64_t paper;
};

static const char *const PAPER_CHOICES[] = { "form", "a5", "roll80", "roll58", NULL };

static const struct form_field FIELDS[] = {
	{ "paper", FORM_CHOICE, true, 0, PAPER_CHOICES, offsetof(struct print_form, paper) },
};

void
paper_choices(struct req *r, enum sale_paper paper)
{
	if (paper == PAPERS)
		paper = sale_paper_find(get_cookie(r, PAPER_COOKIE));
	const struct print_form form = { .paper = paper == PAPERS ? PAPER_FORM : paper };

	form_fill(r, FIELDS, COUNT(FIELDS), &form);
}

enum rc
receipt_record(struct req *r)
{
	struct print_form form = { .paper = PAPER_FORM };
	struct sale_view sale;
	const struct operator_actor by = editor(r);
	int64_t print;
	enum rc rc = document_find(r, &sale);

	if (rc != RC_OK)
		return rc;
	if (form_read(r, FIELDS, COUNT(FIELDS), &form) != RC_OK)
		return RC_INVALID;
	const enum sale_paper paper = (enum sale_paper)form.paper;
	if ((rc = receipt_print(r->db, sale.sale_id, paper, &by, &print)) != RC_OK)
		return rc;
	set_cookie(r, PAPER_COOKIE, sale_paper_name(paper), PAPER_AGE_S);
	return redirect(r, "/sales/%lld/receipt?paper=%s&print=%lld", (long long)sale.sale_id,
	    sale_paper_name(paper), (long long)print);
}

/* ---- the paper ---- */

static enum rc
show_head(struct req *r)
{
	char title[TITLE_MAX], company[TITLE_MAX], footer[FOOTER_MAX];
	struct node *list = view_node(r->view, "Footer");
	enum rc rc = setting_text(r->db, "receipt.title", "", title, sizeof(title));

	if (rc == RC_OK)
		rc = setting_text(r->db, "receipt.company", "", company, sizeof(company));
	if (rc == RC_OK)
		rc = setting_text(r->db, "receipt.footer", "", footer, sizeof(footer));
	if (rc != RC_OK)
		return rc;
	view_set(r->view, "Receipt.Title",
	    *title != '\0' ? title : view_word(r->view, "Sales.Receipt.Usual"));
	view_set(r->view, "Receipt.Company", company);
	for (char *line = footer, *end; *line != '\0'; line = end) {
		end = line + strcspn(line, "\n");
		if (*end != '\0')
			*end++ = '\0';
		node_set(r->view, node_add(r->view, list), "Text", line);
	}
	return RC_OK;
}

static enum rc
show_code(struct req *r, const struct sale_view *sale)
{
	const char *path, *address;
	int size;

	address = arena_printf(r->arena, "%s://%s/sales/verify?code=%s",
	    r->is_secure ? "https" : "http", r->host, sale->verify_code);
	enum rc rc = qr_path(r->arena, address, &path, &size);
	if (rc != RC_OK)
		return rc;
	view_set(r->view, "Receipt.Code", sale->verify_code);
	view_set(r->view, "Receipt.Path", path);
	view_int(r->view, "Receipt.Size", size);
	return RC_OK;
}

/* What the meter shows before and after: as it confirmed, or what was shown when it was sold and
 * what that makes. */
static void
show_balance(struct req *r, const struct sale_view *sale)
{
	const struct sale_delivery *delivery = sale_delivery_now(sale);
	bool is_credit = sale->kind == SALE_PURCHASE;

	if (delivery != NULL && delivery->want_count >= 0) {
		const char *const counts[] = { number_text(r, delivery->want_count) };
		view_set(r->view, "Receipt.Count",
		    view_phrase(r->view, "Sales.Receipt.CountIs", counts, 1));
	}
	if (delivery != NULL && delivery->state == DELIVERY_DONE &&
	    delivery->after_fen != METER_NO_CREDIT && delivery->before_fen != METER_NO_CREDIT) {
		view_set(r->view, "Receipt.Before", money_text(r, delivery->before_fen));
		view_set(r->view, "Receipt.After", money_text(r, delivery->after_fen));
	} else if (sale->balance_fen != METER_NO_CREDIT && is_credit) {
		view_set(r->view, "Receipt.Before", money_text(r, sale->balance_fen));
		view_set(
		    r->view, "Receipt.After", money_text(r, sale->balance_fen + sale->credit_fen));
		view_bool(r->view, "Receipt.IsExpected", true);
	}
}

/* The last print that was counted: an address with another number shows no unmarked copy. */
static void
show_print(struct req *r, const struct sale_view *sale)
{
	view_bool(r->view, "Receipt.IsPreview", sale->prints == 0);
	if (sale->prints > 1)
		view_set(r->view, "Receipt.Reprint",
		    words(r, "Sales.Receipt.Reprint", number_text(r, sale->prints), NULL));
	view_bool(r->view, "Receipt.IsNow", *param_get(&r->query, "print") != '\0');
}

enum rc
receipt(struct req *r)
{
	enum sale_paper paper = sale_paper_find(param_get(&r->query, "paper"));
	struct sale_view sale;
	enum rc rc = document_find(r, &sale);

	if (rc != RC_OK)
		return rc;
	if (!document_may_print(&sale))
		return RC_NOT_FOUND;
	if ((rc = show_head(r)) != RC_OK || (rc = show_code(r, &sale)) != RC_OK)
		return rc;
	paper_choices(r, paper);
	if (paper == PAPERS)
		paper = PAPER_FORM;
	view_set(r->view, "Receipt.Paper", sale_paper_name(paper));
	document_show(r, &sale);
	document_lines(r, &sale);
	view_bool(r->view, "Receipt.IsLong",
	    sale.line_count > LINES_SHORT ||
		text_length(sale.note) + text_length(sale.reason) + text_length(sale.tenant) >
		    TEXT_SHORT);
	show_balance(r, &sale);
	show_print(r, &sale);
	crumb(
	    r, arena_printf(r->arena, "/sales/%lld", (long long)sale.sale_id), sale.receipt_number);
	crumb(r, NULL, view_word(r->view, "Sales.Receipt.Title"));
	return page(r, "sales/receipt.cs");
}
