#include <string.h>

#include "answer.h"
#include "nav.h"
#include "request.h"

static const struct entry {
	const char *key, *href;
	enum permission permission;
	const char *group; /* heading above the first entry of it that is shown */
} entries[] = {
	{ "Overview", "/accounts/overview", PERM_METER_VIEW, "Monitor" },
	{ "Board", "/accounts/board", PERM_METER_VIEW, "Monitor" },
	{ "Meters", "/accounts/meters", PERM_METER_VIEW, "Monitor" },
	{ "Gateways", "/accounts/gateways", PERM_BUS_VIEW, "Monitor" },
	{ "Alarms", "/accounts/alarms", PERM_METER_VIEW, "Monitor" },
	{ "Accounts", "/accounts/list", PERM_ACCOUNT_VIEW, "Customer" },
	{ "Counter", "/sales/counter", PERM_SALE, "Customer" },
	{ "Sales", "/sales/records", PERM_SALE_VIEW, "Customer" },
	{ "Approvals", "/sales/approvals", PERM_APPROVE, "Customer" },
	{ "Held", "/sales/held", PERM_ADJUST, "Customer" },
	{ "Shift", "/sales/shift", PERM_SALE, "Books" },
	{ "Shifts", "/sales/shifts", PERM_SHIFT_ALL, "Books" },
	{ "Check", "/sales/check", PERM_LEDGER_CHECK, "Books" },
	{ "Fees", "/sales/fees", PERM_FEE_EDIT, "Books" },
	{ "Settings", "/settings", PERM_SIGNED_IN, "Manage" },
};

/* The parts of the settings: cards of its first page, and entries below it while one is there. */
static const struct part {
	const char *key, *href, *icon;
	enum permission permission;
	const char *group;
	enum permission also;
} parts[] = {
	{ "Places", "/settings/places", "building", PERM_PLACE_EDIT, "Building" },
	{ "Gateways", "/settings/gateways", "router", PERM_GATEWAY_EDIT, "Building" },
	{ "Meters", "/settings/meters", "gauge", PERM_METER_EDIT, "Building" },
	{ "Models", "/settings/models", "list-details", PERM_METER_EDIT, "Building" },
	{ "Imports", "/settings/imports", "upload", PERM_IMPORT, "Building" },
	{ "Tariffs", "/settings/tariffs", "coin", PERM_TARIFF_VIEW, "Price" },
	{ "Holidays", "/settings/holidays", "calendar", PERM_TARIFF_VIEW, "Price" },
	{ "Orders", "/settings/orders", "send", PERM_METER_WRITE, "Price", PERM_METER_CONTROL },
	{ "Operators", "/settings/operators", "users", PERM_OPERATOR_EDIT, "People" },
	{ "Roles", "/settings/roles", "shield-check", PERM_OPERATOR_EDIT, "People" },
	{ "Audit", "/settings/audit", "history", PERM_AUDIT_VIEW, "People" },
	{ "System", "/settings/system", "settings", PERM_SETTING_EDIT, "Site" },
};

/* Both programs have an entry "Meters": a key counts below the address of its program only. */
static bool
is_current(const struct req *r, const char *key, const char *href)
{
	const char *nav = r->route == NULL || r->route->nav == NULL ? "" : r->route->nav;
	size_t length = strlen(r->site->program);

	return strcmp(nav, key) == 0 && strncmp(href + 1, r->site->program, length) == 0 &&
	       (href[1 + length] == '/' || href[1 + length] == '\0');
}

static void
view_parts(struct req *r, struct node *settings)
{
	struct node *list = node_child(r->view, settings, "Part");
	const char *group = "";

	for (size_t i = 0; i < COUNT(parts); i++) {
		if (!may_use(r, parts[i].permission, parts[i].also))
			continue;
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Key", parts[i].key);
		node_set(r->view, node, "Href", parts[i].href);
		node_set(r->view, node, "Icon", parts[i].icon);
		if (strcmp(parts[i].group, group) != 0)
			node_set(r->view, node, "Group", group = parts[i].group);
		if (!is_current(r, parts[i].key, parts[i].href))
			continue;
		node_bool(r->view, node, "Current", true);
		node_bool(r->view, settings, "IsAround", true);
	}
}

void
nav_view(struct req *r)
{
	struct node *list = view_node(r->view, "Nav");
	const char *group = "";

	if (r->session == NULL || r->user.must_change || r->user.must_enrol)
		return;
	for (size_t i = 0; i < COUNT(entries); i++) {
		if (!may(r, entries[i].permission))
			continue;
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Key", entries[i].key);
		node_set(r->view, node, "Href", entries[i].href);
		if (strcmp(entries[i].group, group) != 0)
			node_set(r->view, node, "Group", group = entries[i].group);
		node_bool(r->view, node, "Current", is_current(r, entries[i].key, entries[i].href));
		if (strcmp(entries[i].key, "Settings") == 0 &&
		    strcmp(r->site->program, "settings") == 0)
			view_parts(r, node);
	}
}
