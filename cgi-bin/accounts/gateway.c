/* /accounts/gateways/{id}: the meters of a bus hour by hour. */
#include <stdlib.h>

#include "accounts.h"
#include "base/text.h"
#include "bus_show.h"

static void
show_meter(struct req *r, struct node *node, const struct meter_poll *meter, int64_t first_at)
{
	int permille = poll_success(&meter->total);
	int64_t answer_ms = poll_answer_ms(&meter->total);

	node_int(r->view, node, "Id", meter->meter_id);
	node_int(r->view, node, "Unit", meter->unit);
	node_set(r->view, node, "Room", *meter->room != '\0' ? meter->room : meter->name);
	node_set(r->view, node, "Tenant", meter->tenant);
	node_set(r->view, node, "Number", meter->number);
	node_time(r->view, node, "Lost", meter->lost_since, r->now, 0);
	heat_show(r, node_child(r->view, node, "Hours"), meter->hours, first_at);
	if (permille >= 0)
		node_set(r->view, node, "Success", percent_text(r, permille));
	if (answer_ms >= 0)
		node_int(r->view, node, "AnswerMs", answer_ms);
	node_int(r->view, node, "Asked", meter->total.asked);
	node_int(r->view, node, "Timeouts", meter->total.timeouts);
	node_int(r->view, node, "Damaged", meter->total.damaged);
	node_int(r->view, node, "Refused", meter->total.refused);
}

static enum rc
show_meters(struct req *r, int64_t bus_id)
{
	struct node *list = view_node(r->view, "Meters");
	int64_t first_at = gateway_first_hour(r->now);
	struct meter_poll *meters;
	size_t count;
	enum rc rc = gateway_meters(r->db, r->arena, r->scope, bus_id, r->now, &meters, &count);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++)
		show_meter(r, node_add(r->view, list), &meters[i], first_at);
	return RC_OK;
}

/* Which bus of the gateway is shown: bus=, else the first. */
static const struct bus_view *
chosen_bus(struct req *r, const struct bus_view *buses, size_t count)
{
	int64_t bus_id = 0;

	if (text_parse_uint(param_get(&r->query, "bus"), INT32_MAX, &bus_id) == RC_OK)
		for (size_t i = 0; i < count; i++)
			if (buses[i].bus_id == bus_id)
				return &buses[i];
	return &buses[0];
}

enum rc
gateway(struct req *r)
{
	struct node *list = view_node(r->view, "Buses");
	const struct bus_view *chosen;
	struct bus_view *buses;
	size_t count;
	enum rc rc;

	if (r->id == 0)
		return RC_NOT_FOUND;
	if ((rc = gateway_buses(r->db, r->arena, r->scope, r->id, r->now, &buses, &count)) != RC_OK)
		return rc;
	if (count == 0)
		return RC_NOT_FOUND;
	chosen = chosen_bus(r, buses, count);
	view_set(r->view, "Gateway.Name", buses[0].gateway);
	view_set(r->view, "Gateway.Place", buses[0].place);
	if (may(r, PERM_GATEWAY_EDIT))
		view_set(r->view, "Gateway.SettingsHref",
		    arena_printf(r->arena, "/settings/gateways/%lld", (long long)r->id));
	view_set(r->view, "Page.Title", buses[0].gateway);
	for (size_t i = 0; i < count && buses[i].bus_id != 0; i++) {
		struct node *node = node_add(r->view, list);
		struct url url = url_begin(
		    r, arena_printf(r->arena, "/accounts/gateways/%lld", (long long)r->id));
		if (i > 0)
			url_number(&url, "bus", buses[i].bus_id);
		bus_show(r, node, &buses[i], true);
		node_set(r->view, node, "Href", url.text);
		node_bool(r->view, node, "Current", &buses[i] == chosen);
	}
	if (chosen->bus_id != 0) {
		bus_show(r, view_node(r->view, "Bus"), chosen, true);
		if ((rc = show_meters(r, chosen->bus_id)) != RC_OK)
			return rc;
	}
	view_int(r->view, "Page.Refresh", 60);
	return page(r, "accounts/gateway.cs");
}
