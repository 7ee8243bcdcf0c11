/* /sales/records: all documents, with their sums. */
#include <string.h>

#include "base/text.h"
#include "export.h"
#include "form.h"
#include "list.h"
#include "model/sale_list.h"
#include "model/shift_list.h"
#include "office.h"
#include "sales.h"

#define PER_PAGE 50
#define ID_MAX	 UINT32_MAX

static const char *const SORTS[] = { "-time", "number", "tenant", "amount", "operator", "state",
	NULL };
static const char *const FILTERS[] = { "kind", "state", "channel", "who", "days", "from", "to",
	"account", "meter", "shift", NULL };

static const struct export_column COLUMNS[] = {
	{ "Sales.Doc.Number", CELL_TEXT, 22, NULL },
	{ "Sales.Doc.Day", CELL_DAY, 12, NULL },
	{ "Sales.Doc.Time", CELL_TIME, 20, NULL },
	{ "Sales.Doc.Kind", CELL_WORD, 10, "Sale.Kind" },
	{ "Word.State", CELL_WORD, 14, "Sale.State" },
	{ "Sales.Doc.Channel", CELL_WORD, 10, "Channel" },
	{ "Sales.Doc.Account", CELL_TEXT, 12, NULL },
	{ "Word.Tenant", CELL_TEXT, 24, NULL },
	{ "Word.Building", CELL_TEXT, 12, NULL },
	{ "Word.Place", CELL_TEXT, 16, NULL },
	{ "Word.Number", CELL_TEXT, 16, NULL },
	{ "Word.Amount", CELL_MONEY, 14, NULL },
	{ "Sales.Doc.Credit", CELL_MONEY, 14, NULL },
	{ "Sales.Doc.Fees", CELL_MONEY, 12, NULL },
	{ "Word.Operator", CELL_TEXT, 14, NULL },
	{ "Sales.Doc.Reason", CELL_TEXT, 30, NULL },
	{ "Sales.Doc.Settled", CELL_TIME, 20, NULL },
	{ "Sales.Doc.Paid", CELL_TIME, 20, NULL },
};

/* Which days: presets of the site's calendar, or from and to. */
enum days { DAYS_TODAY, DAYS_YESTERDAY, DAYS_MONTH, DAYS_ALL, DAYS_TYPED, DAYS };
static const char *const DAYS_NAMES[] = { "today", "yesterday", "month", "all", "typed" };

struct span {
	struct day from, to;
};
static const struct form_field SPAN_FIELDS[] = {
	{ "from", FORM_DAY, .offset = offsetof(struct span, from) },
	{ "to", FORM_DAY, .offset = offsetof(struct span, to) },
};

static int64_t
read_id(struct req *r, const char *name)
{
	int64_t id = 0;

	return text_parse_uint(param_get(&r->query, name), ID_MAX, &id) == RC_OK ? id : 0;
}

/* A search or a single account, meter or shift looks at all days, a list at this month. */
static enum days
read_days(struct req *r, const struct list *list, const struct sale_filter *filter)
{
	const char *typed = param_get(&r->query, "days");

	if (*param_get(&r->query, "from") != '\0' || *param_get(&r->query, "to") != '\0')
		return DAYS_TYPED;
	for (enum days days = 0; days < DAYS_TYPED; days++)
		if (strcmp(typed, DAYS_NAMES[days]) == 0)
			return days;
	bool is_single = *list->search != '\0' || filter->account_id != 0 ||
			 filter->meter_id != 0 || filter->shift_id != 0;
	return is_single ? DAYS_ALL : DAYS_MONTH;
}

/* Day number 0 is no bound. */
static void
set_span(struct req *r, enum days days, struct sale_filter *filter)
{
	struct day today = clock_day(r->now);
	struct span span = { { 0 }, { 0 } };

	if (days == DAYS_TODAY)
		span = (struct span){ today, today };
	else if (days == DAYS_YESTERDAY)
		span = (struct span){ clock_day_add(today, -1), clock_day_add(today, -1) };
	else if (days == DAYS_MONTH)
		span = (struct span){ clock_month_start(today), today };
	else if (days == DAYS_TYPED &&
		 form_read(r, SPAN_FIELDS, COUNT(SPAN_FIELDS), &span) == RC_OK &&
		 span.to.number != 0 && span.from.number > span.to.number)
		form_error(r, "from", "FromAfterTo");
	filter->from = span.from;
	filter->to = span.to;
	if (days == DAYS_TYPED)
		return;
	if (span.from.number != 0)
		view_set(r->view, "Form.from.Value", day_text(r, span.from));
	if (span.to.number != 0)
		view_set(r->view, "Form.to.Value", day_text(r, span.to));
}

static enum days
read_filter(struct req *r, const struct list *list, struct sale_filter *filter)
{
	*filter = (struct sale_filter){ .scope = r->scope,
		.search = list->search,
		.kind = sale_kind_find(param_get(&r->query, "kind")),
		.state = sale_state_find(param_get(&r->query, "state")),
		.channel = channel_find(param_get(&r->query, "channel")),
		.is_open = strcmp(param_get(&r->query, "state"), "open") == 0,
		.operator_id = read_id(r, "who"),
		.account_id = read_id(r, "account"),
		.meter_id = read_id(r, "meter"),
		.shift_id = read_id(r, "shift"),
		.sort = list->sort,
		.is_descending = list->is_descending,
		.limit = list_limit(list),
		.offset = list_offset(list) };
	enum days days = read_days(r, list, filter);
	set_span(r, days, filter);
	return days;
}

/* ---- the page ---- */

static void
word_choice(
    struct req *r, const char *field, const char *branch, const char *code, const char *chosen)
{
	struct node *list = view_node(r->view, arena_printf(r->arena, "Form.%s.Choice", field));
	struct node *node = node_add(r->view, list);

	node_set(r->view, node, "Value", code);
	node_set(r->view, node, "Text",
	    view_word(r->view,
		*code != '\0' ? arena_printf(r->arena, "%s.%s", branch, code) : "Word.All"));
	node_bool(r->view, node, "Selected", strcmp(code, chosen) == 0);
}

static enum rc
show_filters(struct req *r, const struct sale_filter *filter)
{
	struct shift_person *people;
	size_t count;
	const char *kind = param_get(&r->query, "kind"), *state = param_get(&r->query, "state"),
		   *channel = param_get(&r->query, "channel");
	enum rc rc = shift_people(r->db, r->arena, &people, &count);

	if (rc != RC_OK)
		return rc;
	word_choice(r, "kind", "Sale.Kind", "", kind);
	for (enum sale_kind i = 0; i < SALE_KINDS; i++)
		word_choice(r, "kind", "Sale.Kind", sale_kind_name(i), kind);
	word_choice(r, "state", "Sale.State", "", state);
	word_choice(r, "state", "Sales.Records.State", "open", state);
	for (enum sale_state i = 0; i < SALE_STATES; i++)
		word_choice(r, "state", "Sale.State", sale_state_name(i), state);
	word_choice(r, "channel", "Channel", "", channel);
	for (enum channel i = 0; i < CHANNELS; i++)
		word_choice(r, "channel", "Channel", channel_name(i), channel);
	choice_add(r, "who", 0, view_word(r->view, "Word.All"), filter->operator_id);
	for (size_t i = 0; i < count; i++)
		choice_add(r, "who", people[i].operator_id, people[i].name, filter->operator_id);
	return RC_OK;
}

static void
show_days(struct req *r, enum days current)
{
	static const char *const KEPT[] = { "q", "kind", "state", "channel", "who", "account",
		"meter", "shift" };
	struct node *list = view_node(r->view, "Days");

	for (enum days days = 0; days < DAYS_TYPED; days++) {
		struct node *node = node_add(r->view, list);
		struct url url = url_begin(r, "/sales/records");
		url_text(&url, "days", DAYS_NAMES[days]);
		for (size_t i = 0; i < COUNT(KEPT); i++)
			url_text(&url, KEPT[i], param_get(&r->query, KEPT[i]));
		node_set(r->view, node, "Key", DAYS_NAMES[days]);
		node_set(r->view, node, "Href", url.text);
		node_bool(r->view, node, "Current", days == current);
	}
	view_set(r->view, "DaysKey", DAYS_NAMES[current]);
}

static void
show_totals(struct req *r, const struct sale_totals *totals)
{
	int64_t back = totals->kind_count[SALE_REFUND] + totals->kind_count[SALE_REVERSAL] +
		       totals->kind_count[SALE_CLOSING];
	int64_t back_fen = totals->kind_fen[SALE_REFUND] + totals->kind_fen[SALE_REVERSAL] +
			   totals->kind_fen[SALE_CLOSING];
	int64_t net_fen = 0;

	for (enum channel i = 0; i < CHANNELS; i++)
		net_fen += totals->channel_fen[i];
	view_int(r->view, "Totals.Purchases", totals->kind_count[SALE_PURCHASE]);
	view_set(r->view, "Totals.Sold", money_text(r, totals->kind_fen[SALE_PURCHASE]));
	view_int(r->view, "Totals.Backs", back);
	view_set(r->view, "Totals.Back", money_text(r, back_fen));
	view_set(r->view, "Totals.Net", money_text(r, net_fen));
	view_set(r->view, "Totals.Fees", money_text(r, totals->fee_fen));
}

static void
show_row(struct req *r, struct node *node, const struct sale_row *row)
{
	bool is_out =
	    row->kind == SALE_REFUND || row->kind == SALE_REVERSAL || row->kind == SALE_CLOSING;

	node_int(r->view, node, "Id", row->sale_id);
	node_set(r->view, node, "Number", row->receipt_number);
	node_time(r->view, node, "Time", row->created_at, r->now, 0);
	node_set(r->view, node, "Kind", sale_kind_name(row->kind));
	node_set(r->view, node, "State", sale_state_name(row->state));
	node_set(r->view, node, "Channel", channel_name(row->channel));
	node_set(r->view, node, "Tenant", row->tenant);
	node_set(r->view, node, "AccountNumber", row->account_number);
	node_set(
	    r->view, node, "Place", arena_printf(r->arena, "%s %s", row->building, row->place));
	node_set(r->view, node, "Meter", row->number);
	node_set(
	    r->view, node, "Amount", money_text(r, is_out ? -row->amount_fen : row->amount_fen));
	node_bool(r->view, node, "IsOut", is_out && row->amount_fen > 0);
	node_set(r->view, node, "Operator", row->operator_name);
	node_bool(r->view, node, "IsLost", row->state == SALE_BOOKED && row->lost_since != 0);
}

static enum rc
show_list(struct req *r, const struct sale_filter *filter)
{
	struct node *list = view_node(r->view, "Rows");
	struct sale_row *rows;
	size_t count;
	enum rc rc = sale_list(r->db, r->arena, filter, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++)
		show_row(r, node_add(r->view, list), &rows[i]);
	return rc;
}

/* The filter in words, for the second sheet of an export. */
static const char *
filter_text(struct req *r, const struct sale_filter *filter)
{
	const char *text = "";

	if (filter->from.number != 0 || filter->to.number != 0)
		text = arena_printf(r->arena, "%s – %s",
		    filter->from.number != 0 ? day_text(r, filter->from) : "",
		    filter->to.number != 0 ? day_text(r, filter->to) : "");
	if (filter->kind != SALE_KINDS)
		text = arena_printf(r->arena, "%s %s", text,
		    view_word(r->view,
			arena_printf(r->arena, "Sale.Kind.%s", sale_kind_name(filter->kind))));
	if (filter->state != SALE_STATES)
		text = arena_printf(r->arena, "%s %s", text,
		    view_word(r->view,
			arena_printf(r->arena, "Sale.State.%s", sale_state_name(filter->state))));
	if (filter->channel != CHANNELS)
		text = arena_printf(r->arena, "%s %s", text,
		    view_word(r->view,
			arena_printf(r->arena, "Channel.%s", channel_name(filter->channel))));
	if (*filter->search != '\0')
		text = arena_printf(r->arena, "%s \"%s\"", text, param_get(&r->query, "q"));
	return text;
}

static enum rc
answer_export(struct req *r, const struct list *list, const struct sale_filter *filter)
{
	struct rows *rows;

	if (!may(r, PERM_EXPORT))
		return RC_DENIED;
	enum rc rc = sale_export(r->db, filter, &rows);
	return rc != RC_OK ? rc
			   : export_answer(r, list->format, "Sales.Records.Title",
				 filter_text(r, filter), COLUMNS, COUNT(COLUMNS), rows);
}

enum rc
records(struct req *r)
{
	struct sale_totals totals;
	struct sale_filter filter;
	struct list list;
	enum rc rc;

	list_read(r, SORTS, PER_PAGE, &list);
	enum days days = read_filter(r, &list, &filter);
	if (list.format != LIST_PAGE && r->status == 200)
		return answer_export(r, &list, &filter);
	if ((rc = sale_totals(r->db, &filter, &totals)) != RC_OK)
		return rc;
	list_clamp(&list, totals.count);
	filter.offset = list_offset(&list);
	if ((rc = show_list(r, &filter)) != RC_OK || (rc = show_filters(r, &filter)) != RC_OK)
		return rc;
	show_days(r, days);
	show_totals(r, &totals);
	list_view(r, &list, totals.count, FILTERS);
	return page(r, "sales/records.cs");
}
