/* /settings/orders: what was sent to meters, by whom, and what became of it. */
#include <string.h>

#include "export.h"
#include "list.h"
#include "model/command_list.h"
#include "order.h"

static const char *const SORTS[] = { "-time", "kind", "by", NULL };
static const char *const FILTERS[] = { "state", "system", NULL };
static const char *const STATES[] = { "", "open", "failed", "done" };

static const struct export_column COLUMNS[] = {
	{ "Order.Time", CELL_TIME, 20, NULL },
	{ "Order.What", CELL_WORD, 20, "Order.Kind" },
	{ "Order.By", CELL_TEXT, 14, NULL },
	{ "Order.Reason", CELL_TEXT, 30, NULL },
	{ "Order.Total", CELL_INT, 10, NULL },
	{ "Order.State.confirmed", CELL_INT, 10, NULL },
	{ "Order.State.failed", CELL_INT, 10, NULL },
	{ "Order.State.cancelled", CELL_INT, 10, NULL },
	{ "Order.State.queued", CELL_INT, 10, NULL },
	{ "Order.State.taken", CELL_INT, 10, NULL },
	{ "Order.State.held", CELL_INT, 10, NULL },
	{ "Order.Ended", CELL_TIME, 20, NULL },
};

static const char *
read_state(struct req *r)
{
	const char *typed = param_get(&r->query, "state");

	for (size_t i = 0; i < COUNT(STATES); i++)
		if (strcmp(STATES[i], typed) == 0)
			return STATES[i];
	return "";
}

static void
show_filters(struct req *r, const struct batch_filter *filter)
{
	struct node *list = view_node(r->view, "States");

	for (size_t i = 0; i < COUNT(STATES); i++) {
		struct node *node = node_add(r->view, list);
		const char *system = filter->is_by_system ? "&system=1" : "";
		node_set(r->view, node, "Key", *STATES[i] != '\0' ? STATES[i] : "all");
		node_set(r->view, node, "Href",
		    *STATES[i] == '\0' && *system == '\0'
			? "/settings/orders"
			: arena_printf(r->arena, "/settings/orders?%s%s%s",
			      *STATES[i] != '\0' ? "state=" : "", STATES[i],
			      *STATES[i] != '\0' ? system : system + (*system == '&')));
		node_bool(r->view, node, "Current", STATES[i] == filter->state);
	}
	view_bool(r->view, "BySystem", filter->is_by_system);
	view_set(r->view, "SystemHref",
	    arena_printf(r->arena, "/settings/orders?state=%s%s", filter->state,
		filter->is_by_system ? "" : "&system=1"));
}

static void
show_batch(struct req *r, struct node *node, const struct batch_row *batch)
{
	node_int(r->view, node, "Id", batch->batch_id);
	node_set(r->view, node, "Kind", batch->kind);
	node_set(r->view, node, "By", batch->operator_name);
	node_set(r->view, node, "Reason", batch->reason);
	node_int(r->view, node, "Total", batch->total);
	node_int(r->view, node, "Confirmed", batch->confirmed);
	node_int(r->view, node, "Failed", batch->failed);
	node_int(r->view, node, "Cancelled", batch->cancelled);
	node_bool(r->view, node, "IsOpen", batch->queued + batch->taken + batch->held > 0);
	node_time(r->view, node, "Made", batch->created_at, r->now, 0);
}

enum rc
orders(struct req *r)
{
	struct list list;
	struct batch_row *batches;
	struct rows *rows;
	size_t count;
	int64_t total;
	enum rc rc;

	list_read(r, SORTS, 50, &list);
	struct batch_filter filter = { .search = list.search,
		.state = read_state(r),
		.is_by_system = *param_get(&r->query, "system") != '\0',
		.sort = list.sort,
		.is_descending = list.is_descending };
	if ((rc = command_count_batches(r->db, r->scope, &filter, &total)) != RC_OK)
		return rc;
	list_clamp(&list, total);
	filter.limit = list_limit(&list);
	filter.offset = list_offset(&list);
	if (list.format != LIST_PAGE) {
		if (!may(r, PERM_EXPORT))
			return RC_DENIED;
		rc = command_export_batches(r->db, r->scope, &filter, &rows);
		return rc != RC_OK ? rc
				   : export_answer(r, list.format, "Settings.Orders.Title", "",
					 COLUMNS, COUNT(COLUMNS), rows);
	}
	rc = command_list_batches(r->db, r->arena, r->scope, &filter, &batches, &count);
	if (rc != RC_OK)
		return rc;
	struct node *node = view_node(r->view, "Batches");
	for (size_t i = 0; i < count; i++)
		show_batch(r, node_add(r->view, node), &batches[i]);
	show_filters(r, &filter);
	list_view(r, &list, total, FILTERS);
	return page(r, "settings/orders.cs");
}
