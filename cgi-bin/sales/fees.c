/* /sales/fees: named lines beside the energy. */
#include <stdio.h>
#include <string.h>

#include "form.h"
#include "model/sale_fee.h"
#include "sales.h"

#define PERCENT_MAX 6 /* "12.5" */

struct typed {
	char name[FEE_NAME_MAX * 4 + 1];
	int64_t kind, amount_fen;
	char percent[PERCENT_MAX * 4 + 1];
	bool is_usual;
	int64_t revision;
};

static const char *const KINDS[] = { "fixed", "share", NULL };

#define AT(member) offsetof(struct typed, member)
static const struct form_field FIELDS[] = {
	{ "name", FORM_TEXT, true, FEE_NAME_MAX, NULL, AT(name) },
	{ "kind", FORM_CHOICE, true, 0, KINDS, AT(kind) },
	{ "amount", FORM_MONEY, false, 0, NULL, AT(amount_fen) },
	{ "percent", FORM_TEXT, false, PERCENT_MAX, NULL, AT(percent) },
	{ "usual", FORM_BOOL, false, 0, NULL, AT(is_usual) },
	{ "revision", FORM_UINT, false, UINT32_MAX, NULL, AT(revision) },
};

/* Thousandths as a person writes them: "2.5" per cent. */
static const char *
percent_text(struct req *r, int64_t permille)
{
	return permille % 10 == 0 ? number_text(r, permille / 10)
				  : arena_printf(r->arena, "%lld.%lld", (long long)(permille / 10),
					(long long)(permille % 10));
}

static enum rc
percent_parse(const char *text, int64_t *permille)
{
	size_t whole = strspn(text, "0123456789");
	const char *rest = text + whole;
	int64_t value = 0;

	if (whole < 1 || whole > 2 || (whole == 2 && text[0] == '0'))
		return RC_INVALID;
	for (size_t i = 0; i < whole; i++)
		value = value * 10 + (text[i] - '0');
	value *= 10;
	if (*rest == '.' && rest[1] >= '0' && rest[1] <= '9') {
		value += rest[1] - '0';
		rest += 2;
	}
	if (*rest != '\0' || value == 0)
		return RC_INVALID;
	*permille = value;
	return RC_OK;
}

/* ---- the list ---- */

static void
show_fee(struct req *r, struct node *node, const struct fee *fee)
{
	node_int(r->view, node, "Id", fee->fee_id);
	node_set(r->view, node, "Name", fee->name);
	node_bool(r->view, node, "IsShare", fee->is_permille);
	node_set(r->view, node, "Value",
	    fee->is_permille ? arena_printf(r->arena, "%s %%", percent_text(r, fee->value))
			     : money_text(r, fee->value));
	node_bool(r->view, node, "IsUsual", fee->is_usual);
	node_time(r->view, node, "Archived", fee->archived_at, r->now, 0);
}

enum rc
fees(struct req *r)
{
	struct fee *list;
	size_t count;
	enum rc rc = fee_list(r->db, r->arena, &list, &count);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++)
		show_fee(r,
		    node_add(r->view,
			view_node(r->view, list[i].archived_at == 0 ? "Fees" : "Archived")),
		    &list[i]);
	return page(r, "sales/fees.cs");
}

/* ---- one of them ---- */

static enum rc
show_form(struct req *r, int64_t fee_id, const char *title)
{
	if (fee_id != 0)
		view_int(r->view, "FeeId", fee_id);
	view_set(r->view, "Page.Title", title);
	view_set(r->view, "FeeTitle", title);
	crumb(r, NULL, title);
	return page(r, "sales/fee.cs");
}

/* The model's "value" stands in the field of its kind. */
static void
show_fee_faults(struct req *r, const struct typed *typed, struct faults *faults)
{
	for (size_t i = 0; i < faults->count; i++)
		if (strcmp(faults->list[i].field, "value") == 0)
			snprintf(faults->list[i].field, sizeof(faults->list[i].field), "%s",
			    typed->kind == 0 ? "amount" : "percent");
	show_faults(r, faults);
}

static enum rc
read_fee(struct req *r, struct typed *typed, struct fee *fee)
{
	if (form_read(r, FIELDS, COUNT(FIELDS), typed) != RC_OK)
		return RC_INVALID;
	memcpy(fee->name, typed->name, sizeof(fee->name));
	fee->revision = typed->revision;
	fee->is_permille = typed->kind == 1;
	fee->is_usual = typed->is_usual;
	fee->value = typed->amount_fen;
	if (!fee->is_permille && typed->amount_fen == 0)
		form_error(r, "amount", "Required");
	if (fee->is_permille && percent_parse(typed->percent, &fee->value) != RC_OK)
		form_error(r, "percent", *typed->percent == '\0' ? "Required" : "BadPercent");
	return r->status == 200 ? RC_OK : RC_INVALID;
}

/* After a save: back to the list, or the form with what is wrong. */
static enum rc
answer(struct req *r, const struct typed *typed, const struct fee *fee, struct faults *faults,
    enum rc rc, const char *title)
{
	if (rc == RC_OK) {
		flash(r, "FeeSaved");
		return redirect(r, "/sales/fees");
	}
	if (rc == RC_INVALID)
		show_fee_faults(r, typed, faults);
	else if (rc == RC_CONFLICT) {
		form_error(r, "", "Conflict");
		r->status = 409;
	} else
		return rc;
	return show_form(r, fee->fee_id, title);
}

enum rc
fee_new(struct req *r)
{
	const char *title = view_word(r->view, "Sales.Fees.New");
	const struct operator_actor by = editor(r);
	struct typed typed = { .kind = 0 };
	struct fee fee = { .fee_id = 0 };
	struct faults faults = { .count = 0 };

	if (r->method == GET) {
		form_fill(r, FIELDS, COUNT(FIELDS), &typed);
		view_set(r->view, "Form.amount.Value", "");
		return show_form(r, 0, title);
	}
	if (read_fee(r, &typed, &fee) != RC_OK)
		return show_form(r, 0, title);
	enum rc rc = fee_add(r->db, &fee, &by, &faults);
	if (rc != RC_OK)
		fee.fee_id = 0;
	return answer(r, &typed, &fee, &faults, rc, title);
}

static void
fill(struct req *r, const struct fee *fee)
{
	struct typed typed = { .kind = fee->is_permille ? 1 : 0,
		.is_usual = fee->is_usual,
		.amount_fen = fee->is_permille ? 0 : fee->value,
		.revision = fee->revision };

	memcpy(typed.name, fee->name, sizeof(typed.name));
	if (fee->is_permille)
		snprintf(typed.percent, sizeof(typed.percent), "%s", percent_text(r, fee->value));
	form_fill(r, FIELDS, COUNT(FIELDS), &typed);
	if (fee->is_permille)
		view_set(r->view, "Form.amount.Value", "");
}

/* Archived ones have no page: they are on the receipts of their time. */
static enum rc
find_living(struct req *r, struct fee *fee)
{
	enum rc rc = r->id == 0 ? RC_NOT_FOUND : fee_find(r->db, r->id, fee);

	return rc == RC_OK && fee->archived_at != 0 ? RC_NOT_FOUND : rc;
}

enum rc
fee_edit(struct req *r)
{
	const struct operator_actor by = editor(r);
	struct typed typed = { .kind = 0 };
	struct faults faults = { .count = 0 };
	struct fee fee;
	enum rc rc = find_living(r, &fee);

	if (rc != RC_OK)
		return rc;
	const char *title = arena_strdup(r->arena, fee.name);
	if (r->method == GET) {
		fill(r, &fee);
		return show_form(r, fee.fee_id, title);
	}
	if (read_fee(r, &typed, &fee) != RC_OK)
		return show_form(r, fee.fee_id, title);
	rc = fee_save(r->db, &fee, &by, &faults);
	return answer(r, &typed, &fee, &faults, rc, title);
}

/* ---- archiving ---- */

enum rc
fee_ask_archive(struct req *r)
{
	struct fee fee;
	enum rc rc = find_living(r, &fee);

	if (rc != RC_OK)
		return rc;
	const char *const name[] = { fee.name };
	const struct confirm confirm = {
		.title = view_phrase(r->view, "Sales.Fees.AskArchive", name, 1),
		.text = view_word(r->view, "Sales.Fees.ArchiveText"),
		.icon = "trash",
		.button = view_word(r->view, "Sales.Fees.Archive"),
		.action = arena_printf(r->arena, "/sales/fees/%lld/archive", (long long)fee.fee_id),
		.back = arena_printf(r->arena, "/sales/fees/%lld", (long long)fee.fee_id),
		.revision = fee.revision,
	};
	return confirm_page(r, &confirm);
}

struct asked {
	int64_t revision;
};

enum rc
fee_retire(struct req *r)
{
	static const struct form_field ASKED[] = {
		{ "revision", FORM_UINT, true, UINT32_MAX, NULL, offsetof(struct asked, revision) },
	};
	const struct operator_actor by = editor(r);
	struct asked asked = { 0 };
	struct fee fee;
	enum rc rc = find_living(r, &fee);

	if (rc != RC_OK)
		return rc;
	if (form_read(r, ASKED, COUNT(ASKED), &asked) != RC_OK)
		return RC_INVALID;
	fee.revision = asked.revision;
	if ((rc = fee_archive(r->db, &fee, &by)) != RC_OK)
		return rc;
	flash(r, "FeeArchived");
	return redirect(r, "/sales/fees");
}
