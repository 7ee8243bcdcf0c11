/* /accounts/gateways: every bus, whether it answers and how well. */
#include "accounts.h"
#include "bus_show.h"
#include "export.h"
#include "list.h"

static const char *const SORT_NAMES[] = { "name", NULL };

static const struct export_column COLUMNS[] = {
	{ "Word.Gateway", CELL_TEXT, 18, NULL },
	{ "Word.Place", CELL_TEXT, 14, NULL },
	{ "Word.Bus", CELL_TEXT, 18, NULL },
	{ "Accounts.Gateways.Transport", CELL_WORD, 16, "Transport" },
	{ "Word.Address", CELL_TEXT, 24, NULL },
	{ "Accounts.Gateways.Baud", CELL_INT, 10, NULL },
	{ "Word.Meters", CELL_INT, 10, NULL },
	{ "Accounts.Gateways.Lost", CELL_INT, 10, NULL },
	{ "Accounts.Gateways.RoundMs", CELL_INT, 14, NULL },
	{ "Accounts.Gateways.RoundAt", CELL_TIME, 20, NULL },
	{ "Accounts.Meters.LostSince", CELL_TIME, 20, NULL },
	{ "Accounts.Gateways.Collector", CELL_TEXT, 16, NULL },
	{ "Accounts.Gateways.Asked", CELL_INT, 12, NULL },
	{ "Accounts.Gateways.Answered", CELL_INT, 12, NULL },
	{ "Accounts.Gateways.Timeouts", CELL_INT, 12, NULL },
	{ "Accounts.Gateways.Damaged", CELL_INT, 12, NULL },
	{ "Accounts.Gateways.Refused", CELL_INT, 12, NULL },
	{ "Accounts.Gateways.AnswerMsSum", CELL_INT, 16, NULL },
};

static enum rc
answer_export(struct req *r, const struct list *list)
{
	struct rows *rows;
	enum rc rc;

	if (!may(r, PERM_EXPORT))
		return RC_DENIED;
	if ((rc = gateway_export(r->db, r->scope, r->now, &rows)) != RC_OK)
		return rc;
	return export_answer(
	    r, list->format, "Accounts.Gateways.Title", "", COLUMNS, COUNT(COLUMNS), rows);
}

enum rc
gateways(struct req *r)
{
	struct node *rows = view_node(r->view, "Buses");
	struct bus_view *buses;
	struct list list;
	size_t count;
	enum rc rc;

	list_read(r, SORT_NAMES, 200, &list);
	if (list.format != LIST_PAGE)
		return answer_export(r, &list);
	if ((rc = gateway_buses(r->db, r->arena, r->scope, 0, r->now, &buses, &count)) != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++)
		bus_show(r, node_add(r->view, rows), &buses[i],
		    i > 0 && buses[i].gateway_id == buses[i - 1].gateway_id);
	list_view(r, &list, (int64_t)count, NULL);
	view_int(r->view, "Page.Refresh", 60);
	return page(r, "accounts/gateways.cs");
}
