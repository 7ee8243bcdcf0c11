#include <string.h>

#include "settings.h"

/* The way into each part of the settings; words are under T.Settings.Start.<key>. */
static const struct card {
	const char *key, *href, *icon;
	enum permission permission;
	const char *group;
} cards[] = {
	{ "Places", "/settings/places", "building", PERM_PLACE_EDIT, "Building" },
	{ "Gateways", "/settings/gateways", "router", PERM_GATEWAY_EDIT, "Building" },
	{ "Meters", "/settings/meters", "gauge", PERM_METER_EDIT, "Building" },
	{ "Models", "/settings/models", "list-details", PERM_METER_EDIT, "Building" },
	{ "Imports", "/settings/imports", "upload", PERM_IMPORT, "Building" },
	{ "Tariffs", "/settings/tariffs", "coin", PERM_TARIFF_VIEW, "Price" },
	{ "Holidays", "/settings/holidays", "calendar", PERM_TARIFF_VIEW, "Price" },
	{ "Orders", "/settings/orders", "send", PERM_METER_WRITE, "Price" },
	{ "Operators", "/settings/operators", "users", PERM_OPERATOR_EDIT, "People" },
	{ "Roles", "/settings/roles", "shield-check", PERM_OPERATOR_EDIT, "People" },
	{ "Audit", "/settings/audit", "history", PERM_AUDIT_VIEW, "People" },
	{ "System", "/settings/system", "settings", PERM_SETTING_EDIT, "Site" },
};

enum rc
settings_start(struct req *r)
{
	struct node *list = view_node(r->view, "Cards");
	const char *group = "";

	for (size_t i = 0; i < COUNT(cards); i++) {
		if (!may(r, cards[i].permission))
			continue;
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Key", cards[i].key);
		node_set(r->view, node, "Href", cards[i].href);
		node_set(r->view, node, "Icon", cards[i].icon);
		if (strcmp(cards[i].group, group) != 0)
			node_set(r->view, node, "Group", group = cards[i].group);
	}
	return page(r, "settings/start.cs");
}
