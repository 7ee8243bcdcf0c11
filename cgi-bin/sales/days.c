/* /sales/days: business days, what came in on each, and the end of a day. */
#include "export.h"
#include "form.h"
#include "list.h"
#include "model/shift_list.h"
#include "office.h"

#define PER_PAGE 50

static const char *const SORTS[] = { "-day", NULL };
static const char *const FILTERS[] = { "state", "from", "to", NULL };

static const struct export_column COLUMNS[] = {
	{ "Sales.Shift.Day", CELL_DAY, 12, NULL },
	{ "Sales.Shift.Documents", CELL_INT, 10, NULL },
	{ "Sales.Days.Shifts", CELL_INT, 10, NULL },
	{ "Sales.Days.OpenShifts", CELL_INT, 14, NULL },
	{ "Channel.cash", CELL_MONEY, 14, NULL },
	{ "Channel.transfer", CELL_MONEY, 14, NULL },
	{ "Channel.pos", CELL_MONEY, 14, NULL },
	{ "Channel.qr", CELL_MONEY, 14, NULL },
	{ "Sales.Shift.Purchases", CELL_MONEY, 14, NULL },
	{ "Sales.Shift.Payouts", CELL_MONEY, 14, NULL },
	{ "Sales.Days.OverShort", CELL_MONEY, 14, NULL },
	{ "Sales.Days.ClosedAt", CELL_TIME, 20, NULL },
	{ "Sales.Shift.ClosedBy", CELL_TEXT, 16, NULL },
};

static void
show_day(struct req *r, struct node *node, const struct business_day *day)
{
	struct node *channels = node_child(r->view, node, "Channel");
	int64_t total_fen = 0;

	node_int(r->view, node, "Id", day->day.number);
	node_set(r->view, node, "Day", day_text(r, day->day));
	node_time(r->view, node, "Closed", day->closed_at, r->now, 0);
	node_set(r->view, node, "ClosedBy", day->closed_by);
	node_bool(r->view, node, "IsOpen", day->closed_at == 0);
	node_int(r->view, node, "Documents", day->documents);
	node_int(r->view, node, "Shifts", day->shifts);
	node_int(r->view, node, "OpenShifts", day->open_shifts);
	node_bool(r->view, node, "IsBlocked", day->open_shifts > 0);
	for (size_t i = 0; i < CHANNEL_NONE; i++) {
		struct node *line = node_add(r->view, channels);
		node_set(r->view, line, "Key", channel_name((enum channel)i));
		node_set(r->view, line, "Amount", money_text(r, day->channel_fen[i]));
		total_fen += day->channel_fen[i];
	}
	node_set(r->view, node, "Total", money_text(r, total_fen));
	node_set(r->view, node, "Purchases", money_text(r, day->purchases_fen));
	node_set(r->view, node, "Payouts", money_text(r, day->payouts_fen));
	node_set(r->view, node, "OverShort", money_text(r, day->over_short_fen));
	node_set(r->view, node, "Match", shift_match(day->over_short_fen));
}

static enum rc
show_list(struct req *r, const struct business_day_filter *filter)
{
	struct node *rows = view_node(r->view, "Days");
	struct business_day *shown;
	size_t count;
	enum rc rc = business_day_list(r->db, r->arena, filter, &shown, &count);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++)
		show_day(r, node_add(r->view, rows), &shown[i]);
	open_tabs(r, filter->is_open);
	return page(r, "sales/days.cs");
}

enum rc
days(struct req *r)
{
	struct list list;
	struct rows *rows;
	struct business_day_filter filter = { .is_open = open_read(r) };
	int64_t total;
	enum rc rc = span_read(r, &filter.from, &filter.to);

	if (rc != RC_OK)
		return rc;
	list_read(r, SORTS, PER_PAGE, &list);
	filter.is_descending = list.is_descending;
	if ((rc = business_day_count_list(r->db, &filter, &total)) != RC_OK)
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
	if ((rc = business_day_export(r->db, &filter, &rows)) != RC_OK)
		return rc;
	return export_answer(r, list.format, "Sales.Days.Title",
	    words(r, "Sales.Span", day_text(r, filter.from), day_text(r, filter.to)), COLUMNS,
	    COUNT(COLUMNS), rows);
}

/* ---- one day ---- */

#define BLOCKERS_SHOWN 50
#define DAY_MAX	       84000 /* days since 1970: clock.h ends with 2199 */

/* The address names the day by its number since 1970. A day on which nothing happened is there only
 * when it is today. */
static enum rc
find_day(struct req *r, struct business_day *day)
{
	struct day today = clock_day(r->now), asked = { (int32_t)r->id };

	if (r->id == 0 || r->id > DAY_MAX)
		return RC_NOT_FOUND;
	enum rc rc = business_day_find(r->db, r->arena, asked, day);
	if (rc == RC_NOT_FOUND && asked.number == today.number) {
		*day = (struct business_day){ .day = asked, .closed_by = "" };
		rc = RC_OK;
	}
	return rc;
}

/* Shifts of the day and of days before that are still open. */
static enum rc
show_blockers(struct req *r, struct day day)
{
	const struct shift_filter filter = {
		.from = { 0 }, .to = day, .is_open = 1, .sort = "time", .limit = BLOCKERS_SHOWN
	};
	struct node *list = view_node(r->view, "Blockers");
	struct shift *open;
	size_t count;
	enum rc rc = shift_list(r->db, r->arena, &filter, &open, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++)
		shift_show(r, node_add(r->view, list), &open[i]);
	return rc;
}

static enum rc
show_page(struct req *r, const struct business_day *day)
{
	enum rc rc = show_blockers(r, day->day);

	if (rc != RC_OK)
		return rc;
	show_day(r, view_node(r->view, "Day"), day);
	view_bool(r->view, "IsToday", day->day.number == clock_day(r->now).number);
	view_set(r->view, "Page.Title", words(r, "Sales.Day.Of", day_text(r, day->day), NULL));
	crumb(r, "/sales/days", view_word(r->view, "Sales.Days.Title"));
	crumb(r, NULL, day_text(r, day->day));
	return page(r, "sales/day.cs");
}

enum rc
day_page(struct req *r)
{
	struct business_day day;
	enum rc rc = find_day(r, &day);

	return rc == RC_OK ? show_page(r, &day) : rc;
}

enum rc
day_close(struct req *r)
{
	struct business_day day;
	const struct operator_actor by = editor(r);
	enum rc rc = find_day(r, &day);

	if (rc != RC_OK)
		return rc;
	if (day.closed_at != 0) {
		flash(r, "DayClosedAlready");
		return redirect(r, "/sales/days/%lld", (long long)r->id);
	}
	rc = business_day_close(r->db, day.day, &by);
	if (rc == RC_CONFLICT || rc == RC_INVALID) {
		form_error(r, "", rc == RC_CONFLICT ? "DayBlocked" : "DayAhead");
		r->status = 409;
		return show_page(r, &day);
	}
	if (rc != RC_OK)
		return rc;
	flash(r, "DayClosed");
	return redirect(r, "/sales/days/%lld", (long long)r->id);
}
