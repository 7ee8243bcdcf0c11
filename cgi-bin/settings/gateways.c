/* /settings/gateways: gateways with their buses, as they are set up. */
#include "gateway.h"

#include <string.h>

#include "base/text.h"
#include "edit.h"
#include "export.h"
#include "list.h"
#include "model/bus_list.h"
#include "trouble.h"

#define PER_PAGE 100

static const struct export_column COLUMNS[] = {
	{ "Word.Gateway", CELL_TEXT, 18, NULL },
	{ "Word.Place", CELL_TEXT, 24, NULL },
	{ "Word.Note", CELL_TEXT, 20, NULL },
	{ "Word.Bus", CELL_TEXT, 16, NULL },
	{ "Field.transport", CELL_WORD, 14, "Transport" },
	{ "Field.host", CELL_TEXT, 18, NULL },
	{ "Field.port", CELL_INT, 8, NULL },
	{ "Field.device", CELL_TEXT, 24, NULL },
	{ "Field.baud", CELL_INT, 10, NULL },
	{ "Field.parity", CELL_WORD, 10, "Settings.Bus.Parity" },
	{ "Field.stop_bits", CELL_INT, 10, NULL },
	{ "Field.response_timeout_ms", CELL_INT, 14, NULL },
	{ "Field.gap_ms", CELL_INT, 14, NULL },
	{ "Field.status_period_s", CELL_INT, 14, NULL },
	{ "Field.reading_period_s", CELL_INT, 14, NULL },
	{ "Settings.Bus.DisabledSince", CELL_TIME, 20, NULL },
	{ "Word.Meters", CELL_INT, 10, NULL },
};

static const char *
address_text(struct req *r, const struct bus_view *bus)
{
	if (strcmp(bus->transport, "rtu") == 0)
		return bus->device;
	return strchr(bus->host, ':') != NULL
		   ? arena_printf(r->arena, "[%s]:%lld", bus->host, (long long)bus->port)
		   : arena_printf(r->arena, "%s:%lld", bus->host, (long long)bus->port);
}

void
bus_show_row(struct req *r, struct node *node, const struct bus_view *bus)
{
	node_int(r->view, node, "GatewayId", bus->gateway_id);
	node_set(r->view, node, "Gateway", bus->gateway);
	node_set(r->view, node, "Place", bus->place);
	if (bus->bus_id == 0)
		return;
	node_int(r->view, node, "Id", bus->bus_id);
	node_set(r->view, node, "Name", bus->bus);
	node_set(r->view, node, "Transport", bus->transport);
	node_set(r->view, node, "Address", address_text(r, bus));
	node_set(r->view, node, "Line",
	    arena_printf(r->arena, "%lld 8%s%lld", (long long)bus->baud, bus->parity,
		(long long)bus->stop_bits));
	node_set(r->view, node, "Status", bus_status_name(bus->status));
	node_int(r->view, node, "Meters", bus->meters);
	if (bus->meters_lost > 0)
		node_int(r->view, node, "Lost", bus->meters_lost);
	node_set(r->view, node, "Trouble", trouble_words(r, bus->trouble));
}

bool
bus_view_is_in_scope(const struct req *r, const struct bus_view *bus)
{
	return bus->place[0] != '\0' || !scope_is_limited(r->scope);
}

static bool
matches(const struct req *r, const struct bus_view *bus, const char *search)
{
	char folded[1200];

	if (*search == '\0')
		return true;
	text_fold(arena_printf(r->arena, "%s %s %s %s %s", bus->gateway, bus->bus, bus->host,
		      bus->device, bus->place),
	    folded, sizeof(folded));
	return strstr(folded, search) != NULL;
}

/* Keeps those that match, in their order. */
static size_t
filter(const struct req *r, struct bus_view *buses, size_t count, const char *search)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (bus_view_is_in_scope(r, &buses[i]) && matches(r, &buses[i], search))
			buses[kept++] = buses[i];
	return kept;
}

static enum rc
answer_export(struct req *r, const struct list *list)
{
	struct rows *rows;
	enum rc rc;

	if (!may(r, PERM_EXPORT))
		return RC_DENIED;
	if ((rc = bus_export(r->db, r->scope, list->search, &rows)) != RC_OK)
		return rc;
	return export_answer(r, list->format, "Settings.Gateways.Title", param_get(&r->query, "q"),
	    COLUMNS, COUNT(COLUMNS), rows);
}

enum rc
gateways(struct req *r)
{
	static const char *const SORTS[] = { "name", NULL };
	struct node *rows = view_node(r->view, "Buses");
	struct bus_view *buses;
	struct list list;
	size_t count;
	enum rc rc;

	list_read(r, SORTS, PER_PAGE, &list);
	if (list.format != LIST_PAGE)
		return answer_export(r, &list);
	if ((rc = gateway_buses(r->db, r->arena, r->scope, 0, r->now, &buses, &count)) != RC_OK)
		return rc;
	count = filter(r, buses, count, list.search);
	list_clamp(&list, (int64_t)count);
	size_t from = (size_t)list_offset(&list), to = from + (size_t)list_limit(&list);
	for (size_t i = from; i < to && i < count; i++) {
		struct node *node = node_add(r->view, rows);
		bus_show_row(r, node, &buses[i]);
		node_bool(r->view, node, "IsAgain",
		    i > from && buses[i].gateway_id == buses[i - 1].gateway_id);
	}
	list_view(r, &list, (int64_t)count, NULL);
	return page(r, "settings/gateways.cs");
}
