/* /sales/shifts: the shifts of everybody. */
#include <string.h>

#include "base/text.h"
#include "export.h"
#include "form.h"
#include "list.h"
#include "model/shift_list.h"
#include "office.h"

#define PER_PAGE   50
#define DAYS_SHOWN 31 /* unless somebody asks for other days */
#define DAYS_MAX   366

static const char *const SORTS[] = { "-time", "operator", "difference", NULL };
static const char *const FILTERS[] = { "state", "who", "from", "to", NULL };

static const struct export_column COLUMNS[] = {
	{ "Sales.Shift.Number", CELL_INT, 8, NULL },
	{ "Sales.Shift.Who", CELL_TEXT, 16, NULL },
	{ "Sales.Shift.Day", CELL_DAY, 12, NULL },
	{ "Sales.Shift.Opened", CELL_TIME, 20, NULL },
	{ "Sales.Shift.Closed", CELL_TIME, 20, NULL },
	{ "Sales.Shift.ClosedBy", CELL_TEXT, 16, NULL },
	{ "Sales.Shift.Documents", CELL_INT, 10, NULL },
	{ "Sales.Shift.Float", CELL_MONEY, 12, NULL },
	{ "Channel.cash", CELL_MONEY, 14, NULL },
	{ "Channel.transfer", CELL_MONEY, 14, NULL },
	{ "Channel.pos", CELL_MONEY, 14, NULL },
	{ "Channel.qr", CELL_MONEY, 14, NULL },
	{ "Sales.Shift.Purchases", CELL_MONEY, 14, NULL },
	{ "Sales.Shift.Payouts", CELL_MONEY, 14, NULL },
	{ "Sales.Shift.Expected", CELL_MONEY, 14, NULL },
	{ "Sales.Shift.Counted", CELL_MONEY, 14, NULL },
	{ "Sales.Shift.Difference", CELL_MONEY, 12, NULL },
	{ "Word.Note", CELL_TEXT, 30, NULL },
};

struct span {
	struct day from, to;
};
static const struct form_field FIELDS[] = {
	{ "from", FORM_DAY, .offset = offsetof(struct span, from) },
	{ "to", FORM_DAY, .offset = offsetof(struct span, to) },
};

enum rc
span_read(struct req *r, struct day *from, struct day *to)
{
	struct span span = { .to = clock_day(r->now) };
	bool has_from = *param_get(&r->query, "from") != '\0';
	enum rc rc = form_read(r, FIELDS, COUNT(FIELDS), &span);

	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	if (!has_from || rc != RC_OK)
		span.from = clock_day_add(span.to, 1 - DAYS_SHOWN);
	if (rc == RC_OK &&
	    (span.from.number > span.to.number || span.to.number - span.from.number > DAYS_MAX)) {
		const char *const most[] = { number_text(r, DAYS_MAX) };
		form_error_values(r, "from", "BadSpan", most, 1);
		span.from = clock_day_add(span.to, 1 - DAYS_SHOWN);
	}
	view_set(r->view, "Form.from.Value", day_text(r, span.from));
	view_set(r->view, "Form.to.Value", day_text(r, span.to));
	*from = span.from;
	*to = span.to;
	return RC_OK;
}

int
open_read(struct req *r)
{
	const char *state = param_get(&r->query, "state");

	return strcmp(state, "open") == 0 ? 1 : strcmp(state, "closed") == 0 ? 0 : -1;
}

void
open_tabs(struct req *r, int is_open)
{
	static const struct {
		const char *key, *value;
		int is_open;
	} TABS[] = { { "all", "", -1 }, { "open", "open", 1 }, { "closed", "closed", 0 } };
	static const char *const KEPT[] = { "who", "from", "to", "q" };
	struct node *list = view_node(r->view, "States");

	for (size_t i = 0; i < COUNT(TABS); i++) {
		struct node *node = node_add(r->view, list);
		struct url url = url_begin(r, r->path);
		url_text(&url, "state", TABS[i].value);
		for (size_t k = 0; k < COUNT(KEPT); k++)
			url_text(&url, KEPT[k], param_get(&r->query, KEPT[k]));
		node_set(r->view, node, "Key", TABS[i].key);
		node_set(r->view, node, "Href", url.text);
		node_bool(r->view, node, "Current", TABS[i].is_open == is_open);
	}
}

static enum rc
show_people(struct req *r, int64_t chosen)
{
	struct shift_person *people;
	size_t count;
	enum rc rc = shift_people(r->db, r->arena, &people, &count);

	if (rc != RC_OK)
		return rc;
	choice_add(r, "who", 0, view_word(r->view, "Sales.Shifts.Everybody"), chosen);
	for (size_t i = 0; i < count; i++)
		choice_add(r, "who", people[i].operator_id, people[i].name, chosen);
	return RC_OK;
}

static enum rc
show_list(struct req *r, const struct shift_filter *filter)
{
	struct node *rows = view_node(r->view, "Shifts");
	struct shift *shown;
	size_t count;
	enum rc rc = shift_list(r->db, r->arena, filter, &shown, &count);

	if (rc == RC_OK)
		rc = show_people(r, filter->operator_id);
	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++)
		shift_show(r, node_add(r->view, rows), &shown[i]);
	open_tabs(r, filter->is_open);
	return page(r, "sales/shifts.cs");
}

enum rc
shifts(struct req *r)
{
	struct list list;
	struct rows *rows;
	struct shift_filter filter = { .is_open = open_read(r) };
	int64_t total;
	enum rc rc = span_read(r, &filter.from, &filter.to);

	if (rc != RC_OK)
		return rc;
	list_read(r, SORTS, PER_PAGE, &list);
	(void)text_parse_uint(param_get(&r->query, "who"), INT32_MAX, &filter.operator_id);
	filter.sort = list.sort;
	filter.is_descending = list.is_descending;
	if ((rc = shift_count_list(r->db, &filter, &total)) != RC_OK)
		return rc;
	list_clamp(&list, total);
	filter.limit = list_limit(&list);
	filter.offset = list_offset(&list);
	if (list.format == LIST_PAGE) {
		list_view(r, &list, total, FILTERS);
		return show_list(r, &filter);
	}
	if (!may(r, PERM_EXPORT))
		return RC_DENIED;
	if ((rc = shift_export(r->db, &filter, &rows)) != RC_OK)
		return rc;
	return export_answer(r, list.format, "Sales.Shifts.Title",
	    words(r, "Sales.Span", day_text(r, filter.from), day_text(r, filter.to)), COLUMNS,
	    COUNT(COLUMNS), rows);
}
