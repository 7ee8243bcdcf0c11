#include <string.h>

#include "nav.h"

static const struct entry {
	const char *key, *href;
	enum permission permission;
	const char *group; /* heading above the first entry of it that is shown */
} entries[] = {
	{ "Overview", "/accounts/overview", PERM_METER_VIEW, "Monitor" },
	{ "Board", "/accounts/board", PERM_METER_VIEW, "Monitor" },
	{ "Meters", "/accounts/meters", PERM_METER_VIEW, "Monitor" },
	{ "Gateways", "/accounts/gateways", PERM_BUS_VIEW, "Monitor" },
	{ "Settings", "/settings", PERM_SIGNED_IN, "Manage" },
};

void
nav_view(struct req *r)
{
	struct node *list = view_node(r->view, "Nav");
	const char *current = r->route == NULL || r->route->nav == NULL ? "" : r->route->nav;
	const char *group = "";

	if (r->session == NULL || r->user.must_change)
		return;
	for (size_t i = 0; i < COUNT(entries); i++) {
		if (!may(r, entries[i].permission))
			continue;
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Key", entries[i].key);
		node_set(r->view, node, "Href", entries[i].href);
		if (strcmp(entries[i].group, group) != 0)
			node_set(r->view, node, "Group", group = entries[i].group);
		node_bool(r->view, node, "Current", strcmp(entries[i].key, current) == 0);
	}
}
