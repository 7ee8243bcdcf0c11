#include <string.h>

#include "nav.h"

static const struct entry {
	const char *key, *href;
	enum permission permission;
} entries[] = {
	{ "Overview", "/accounts/overview", PERM_METER_VIEW },
	{ "Board", "/accounts/board", PERM_METER_VIEW },
	{ "Meters", "/accounts/meters", PERM_METER_VIEW },
	{ "Gateways", "/accounts/gateways", PERM_BUS_VIEW },
};

void
nav_view(struct req *r)
{
	struct node *list = view_node(r->view, "Nav");
	const char *current = r->route == NULL || r->route->nav == NULL ? "" : r->route->nav;

	if (r->session == NULL || r->user.must_change)
		return;
	for (size_t i = 0; i < COUNT(entries); i++) {
		if (!may(r, entries[i].permission))
			continue;
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Key", entries[i].key);
		node_set(r->view, node, "Href", entries[i].href);
		node_bool(r->view, node, "Current", strcmp(entries[i].key, current) == 0);
	}
}
