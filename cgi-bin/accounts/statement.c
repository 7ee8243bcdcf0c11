/* /accounts/{id}/statement: opening + purchases - refunds - use = closing, with every line. */
#include <string.h>

#include "export.h"
#include "form.h"
#include "list.h"
#include "model/account_story.h"
#include "tenant.h"

#define DAYS_MAX 366

static const struct export_column COLUMNS[] = {
	{ "Word.Time", CELL_TIME, 20, NULL },
	{ "Accounts.Statement.What", CELL_WORD, 18, "Journal" },
	{ "Accounts.Account.Receipt", CELL_TEXT, 22, NULL },
	{ "Word.Number", CELL_TEXT, 16, NULL },
	{ "Word.Amount", CELL_MONEY, 14, NULL },
	{ "Word.Balance", CELL_MONEY, 14, NULL },
};

struct period {
	struct day from, to;
};

static const struct form_field FIELDS[] = {
	{ "from", FORM_DAY, false, 0, NULL, offsetof(struct period, from) },
	{ "to", FORM_DAY, false, 0, NULL, offsetof(struct period, to) },
};

/* This month, when nothing or nothing sensible was asked for. */
static void
read_period(struct req *r, struct period *period)
{
	struct day today = clock_day(r->now);
	const struct period usual = { clock_month_start(today), today };

	*period = usual;
	if (form_read(r, FIELDS, COUNT(FIELDS), period) != RC_OK) {
		*period = usual;
		return;
	}
	if (period->to.number < period->from.number) {
		form_error(r, "to", "DayOrder");
		*period = usual;
	} else if (period->to.number - period->from.number >= DAYS_MAX) {
		form_error(r, "to", "PeriodTooLong");
		period->from = clock_day_add(period->to, 1 - DAYS_MAX);
	}
	form_fill(r, FIELDS, COUNT(FIELDS), period);
}

static void
show_sum(struct req *r, const char *key, int64_t amount_fen, bool is_always)
{
	if (amount_fen == 0 && !is_always)
		return;
	struct node *node = node_add(r->view, view_node(r->view, "Sums"));
	node_set(r->view, node, "Text",
	    view_word(r->view, arena_printf(r->arena, "Accounts.Statement.%s", key)));
	node_money(r->view, node, "Amount", amount_fen);
	node_bool(r->view, node, "IsNegative", amount_fen < 0);
}

/* What the journals did, in the words of a customer. */
static void
show_sums(struct req *r, const struct account_sums *sums)
{
	static const struct {
		const char *key;
		enum journal_kind kinds[3];
		size_t count;
	} LINES[] = {
		{ "Purchases", { JOURNAL_PURCHASE, JOURNAL_REVERSAL }, 2 },
		{ "Refunds", { JOURNAL_PAYOUT, JOURNAL_DEDUCTION }, 2 },
		{ "Found", { JOURNAL_OPENING }, 1 },
		{ "Corrections", { JOURNAL_ADJUSTMENT, JOURNAL_EXPLAINED }, 2 },
	};
	int64_t sum_fen = sums->opening_fen + sums->charge_fen + sums->metering_fen;

	show_sum(r, "Opening", sums->opening_fen, true);
	for (size_t i = 0; i < COUNT(LINES); i++) {
		int64_t fen = 0;
		for (size_t n = 0; n < LINES[i].count; n++)
			fen += sums->kind_fen[LINES[i].kinds[n]];
		show_sum(r, LINES[i].key, fen, i < 2);
		sum_fen += fen;
	}
	show_sum(r, "Use", sums->charge_fen, true);
	show_sum(r, "Metering", sums->metering_fen, false);
	show_sum(r, "Other", sums->closing_fen - sum_fen, false);
	show_sum(r, "Closing", sums->closing_fen, true);
	view_energy(r->view, "Energy", sums->energy_wh);
}

static enum rc
show_lines(struct req *r, const struct period *period)
{
	struct account_line *lines;
	size_t count;
	enum rc rc =
	    account_lines(r->db, r->arena, r->id, period->from, period->to, &lines, &count);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++) {
		struct node *node = node_add(r->view, view_node(r->view, "Lines"));
		node_time(r->view, node, "At", lines[i].at, r->now, 0);
		node_set(r->view, node, "Kind", journal_kind_name(lines[i].kind));
		node_set(r->view, node, "Receipt", lines[i].receipt_number);
		node_set(r->view, node, "Number", lines[i].number);
		if (lines[i].sale_id != 0 && may(r, PERM_SALE_VIEW))
			node_int(r->view, node, "SaleId", lines[i].sale_id);
		node_money(r->view, node, "Amount", lines[i].amount_fen);
		node_bool(r->view, node, "IsNegative", lines[i].amount_fen < 0);
		node_money(r->view, node, "Balance", lines[i].balance_fen);
	}
	view_bool(r->view, "IsCut", count == STATEMENT_MAX);
	return RC_OK;
}

static void
show_exports(struct req *r, const struct period *period)
{
	const char *here = arena_printf(r->arena, "/accounts/%lld/statement?from=%s&to=%s",
	    (long long)r->id, day_words(r, period->from), day_words(r, period->to));

	if (!may(r, PERM_EXPORT))
		return;
	view_set(r->view, "List.Export.Xlsx.Href", arena_printf(r->arena, "%s&format=xlsx", here));
	view_set(r->view, "List.Export.Csv.Href", arena_printf(r->arena, "%s&format=csv", here));
}

static enum rc
export_lines(struct req *r, const struct account_head *head, const struct period *period,
    enum list_format format)
{
	struct rows *rows;
	enum rc rc = account_lines_export(r->db, r->id, period->from, period->to, &rows);

	if (rc != RC_OK)
		return rc;
	return export_answer(r, format, "Accounts.Statement.Title",
	    arena_printf(r->arena, "%s %s, %s – %s", head->number, head->name,
		day_words(r, period->from), day_words(r, period->to)),
	    COLUMNS, COUNT(COLUMNS), rows);
}

enum rc
account_statement(struct req *r)
{
	static const char *const SORTS[] = { "time", NULL };
	struct account_head head;
	struct account_sums sums;
	struct period period;
	struct list list;
	enum rc rc = tenant_find(r, &head);

	if (rc != RC_OK)
		return rc;
	list_read(r, SORTS, STATEMENT_MAX, &list);
	read_period(r, &period);
	if (list.format != LIST_PAGE && r->status != 422)
		return may(r, PERM_EXPORT) ? export_lines(r, &head, &period, list.format)
					   : RC_DENIED;
	rc = account_sums(r->db, r->id, period.from, period.to, &sums);
	if (rc == RC_OK)
		rc = show_lines(r, &period);
	if (rc != RC_OK)
		return rc;
	show_sums(r, &sums);
	show_exports(r, &period);
	crumb(r, NULL, view_word(r->view, "Accounts.Statement.Title"));
	view_set(r->view, "Period.From", day_words(r, period.from));
	view_set(r->view, "Period.To", day_words(r, period.to));
	return page(r, "accounts/statement.cs");
}
