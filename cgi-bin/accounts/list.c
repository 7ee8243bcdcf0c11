/* /accounts/list: the tenants, as a table, Excel and CSV. */
#include <string.h>

#include "base/text.h"
#include "export.h"
#include "list.h"
#include "model/place_all.h"
#include "tenant.h"

#define PER_PAGE 50

static const struct {
	const char *name;
	enum account_sort sort;
} SORTS[] = {
	{ "place", ACCOUNT_BY_PLACE },
	{ "name", ACCOUNT_BY_NAME },
	{ "number", ACCOUNT_BY_NUMBER },
	{ "credit", ACCOUNT_BY_CREDIT },
	{ "state", ACCOUNT_BY_STATUS },
	{ "read", ACCOUNT_BY_AGE },
	{ "opened", ACCOUNT_BY_OPENED },
};
static const char *const SORT_NAMES[] = { "place", "name", "number", "credit", "state", "read",
	"opened", NULL };
static const char *const FILTERS[] = { "state", "place", "st", NULL };
static const char *const TABS[] = { "open", "closing", "closed", "all" };

static const struct export_column COLUMNS[] = {
	{ "Accounts.List.Number", CELL_TEXT, 14, NULL },
	{ "Word.Tenant", CELL_TEXT, 24, NULL },
	{ "Accounts.List.Phone", CELL_TEXT, 14, NULL },
	{ "Word.Building", CELL_TEXT, 14, NULL },
	{ "Accounts.List.Rooms", CELL_TEXT, 20, NULL },
	{ "Word.Number", CELL_TEXT, 24, NULL },
	{ "Accounts.List.AccountState", CELL_WORD, 10, "Accounts.State" },
	{ "Word.Meters", CELL_INT, 8, NULL },
	{ "Word.Balance", CELL_MONEY, 14, NULL },
	{ "Accounts.List.Worst", CELL_WORD, 12, "Status" },
	{ "Word.LastRead", CELL_TIME, 20, NULL },
	{ "Accounts.List.Opened", CELL_TIME, 20, NULL },
	{ "Accounts.List.Closed", CELL_TIME, 20, NULL },
};

static enum account_sort
sort_of(const struct list *list)
{
	for (size_t i = 0; i < COUNT(SORTS); i++)
		if (strcmp(SORTS[i].name, list->sort) == 0)
			return SORTS[i].sort;
	return ACCOUNT_BY_PLACE;
}

static uint32_t
read_status(struct req *r)
{
	const char *name;
	uint32_t mask = 0;

	for (size_t n = 0; (name = param_nth(&r->query, "st", n)) != NULL; n++)
		if (meter_status_find(name) < STATUSES)
			mask |= 1u << meter_status_find(name);
	return mask != 0 ? mask : STATUS_ALL;
}

static void
read_filter(struct req *r, const struct list *list, struct account_filter *filter)
{
	const char *state = param_get(&r->query, "state");

	*filter = (struct account_filter){ .scope = r->scope,
		.state = *state == '\0' ? ACCOUNT_OPEN : account_state_find(state),
		.status_mask = read_status(r),
		.search = list->search,
		.shows_phone = may(r, PERM_ACCOUNT_EDIT),
		.sort = sort_of(list),
		.is_descending = list->is_descending,
		.limit = list_limit(list) };
	(void)text_parse_uint(param_get(&r->query, "place"), UINT32_MAX, &filter->place_id);
}

static const char *
link_to(struct req *r, const struct account_filter *filter, enum account_state state,
    uint32_t status_mask)
{
	struct url url = url_begin(r, "/accounts/list");

	if (state != ACCOUNT_OPEN)
		url_text(&url, "state", TABS[state]);
	url_number(&url, "place", filter->place_id);
	for (int i = 0; i < STATUSES && status_mask != STATUS_ALL; i++)
		if ((status_mask & 1u << i) != 0)
			url_text(&url, "st", meter_status_name((enum meter_status)i));
	url_text(&url, "q", param_get(&r->query, "q"));
	return url.text;
}

static void
show_tabs(struct req *r, const struct account_filter *filter, const struct account_counts *counts)
{
	struct node *tabs = view_node(r->view, "Tabs");
	int64_t all = 0;

	for (int i = 0; i <= ACCOUNT_STATES; i++) {
		enum account_state state = (enum account_state)i;
		int64_t count = i < ACCOUNT_STATES ? counts->state[i] : all;
		struct node *tab = node_add(r->view, tabs);
		all += count;
		node_set(r->view, tab, "Key", TABS[i]);
		node_set(r->view, tab, "Href", link_to(r, filter, state, filter->status_mask));
		node_int(r->view, tab, "Count", count);
		node_bool(r->view, tab, "Current", filter->state == state);
	}
}

static void
show_chips(struct req *r, const struct account_filter *filter, const struct account_counts *counts)
{
	struct node *chips = view_node(r->view, "Chips");
	uint32_t mask = filter->status_mask;

	for (int i = -1; i < STATUSES; i++) {
		uint32_t bit = i < 0 ? STATUS_ALL : 1u << i;
		uint32_t other = i < 0 || mask == STATUS_ALL ? bit : mask ^ bit;
		int64_t count = 0;
		for (int n = 0; n < STATUSES; n++)
			count += (bit >> n & 1) != 0 ? counts->status[n] : 0;
		if (i == STATUS_UNOPENED)
			continue;
		struct node *chip = node_add(r->view, chips);
		if (i >= 0)
			node_set(r->view, chip, "Status", meter_status_name((enum meter_status)i));
		node_set(r->view, chip, "Href",
		    link_to(r, filter, filter->state, other != 0 ? other : STATUS_ALL));
		node_int(r->view, chip, "Count", count);
		node_bool(r->view, chip, "Current",
		    i < 0 ? mask == STATUS_ALL : mask != STATUS_ALL && (mask & bit) != 0);
	}
}

static enum rc
show_places(struct req *r, int64_t selected)
{
	struct place_list places;
	enum rc rc = place_all(r->db, r->arena, r->scope, &places);

	if (rc != RC_OK)
		return rc;
	choice_add(r, "place", 0, view_word(r->view, "Accounts.List.AllPlaces"), selected);
	for (size_t i = 0; i < places.count; i++) {
		const struct place_item *item = &places.list[i];
		if (item->is_in_scope && item->row.kind != KIND_ROOM)
			choice_add(r, "place", item->row.place_id, item->path, selected);
	}
	return RC_OK;
}

static void
show_row(struct req *r, const struct account_item *item, const struct meter_snapshot *snapshot)
{
	struct node *node = node_add(r->view, view_node(r->view, "Accounts"));
	int64_t days = tenant_days_left(snapshot, item->account_id);

	node_int(r->view, node, "Id", item->account_id);
	node_set(r->view, node, "Name", item->name);
	node_set(r->view, node, "Number", item->number);
	node_set(r->view, node, "Phone", item->phone);
	node_set(r->view, node, "Building", item->building);
	node_set(r->view, node, "Rooms", item->rooms);
	node_int(r->view, node, "Meters", item->meters);
	node_bool(r->view, node, "IsSeveral", item->meters > 1);
	node_set(r->view, node, "State", account_state_name(item->state));
	if (item->worst != STATUSES)
		node_set(r->view, node, "Status", meter_status_name(item->worst));
	if (item->has_credit)
		node_money(r->view, node, "Credit", item->credit_fen);
	node_bool(r->view, node, "IsNegative", item->has_credit && item->credit_fen < 0);
	node_set(
	    r->view, node, "Lasts", days_text(r, days, item->has_credit && item->credit_fen <= 0));
	if (item->meters > 0)
		node_bool(r->view, node, "HasMeters", true);
	node_time(r->view, node, "Seen", item->read_at, r->now, 5 * CLOCK_MINUTE);
	node_time(r->view, node, "Opened", item->opened_at, r->now, 0);
	node_time(r->view, node, "Closed", item->closed_at, r->now, 0);
}

static enum rc
show_page(struct req *r, struct account_filter *filter, struct list *list)
{
	const struct meter_snapshot *snapshot;
	struct account_counts counts;
	struct account_item *items;
	size_t count;
	enum rc rc = account_count(r->db, filter, &counts);

	if (rc != RC_OK)
		return rc;
	list_clamp(list, counts.total);
	filter->limit = list_limit(list);
	filter->offset = list_offset(list);
	rc = account_list(r->db, r->arena, filter, &items, &count);
	if (rc == RC_OK)
		rc = meter_snapshot(r->db, r->arena, r->scope, r->now, &snapshot);
	if (rc == RC_OK)
		rc = show_places(r, filter->place_id);
	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++)
		show_row(r, &items[i], snapshot);
	show_tabs(r, filter, &counts);
	show_chips(r, filter, &counts);
	view_money(r->view, "Total.Credit", counts.credit_fen);
	view_bool(r->view, "IsClosed", filter->state == ACCOUNT_CLOSED);
	list_view(r, list, counts.total, FILTERS);
	return page(r, "accounts/list.cs");
}

/* The filter in words, for the second sheet. */
static const char *
filter_text(struct req *r, const struct account_filter *filter)
{
	const char *text =
	    view_word(r->view, arena_printf(r->arena, "Accounts.List.Tab.%s", TABS[filter->state]));

	for (int i = 0; i < STATUSES && filter->status_mask != STATUS_ALL; i++)
		if ((filter->status_mask & 1u << i) != 0)
			text = arena_printf(r->arena, "%s, %s", text,
			    view_word(r->view, arena_printf(r->arena, "Status.%s",
						   meter_status_name((enum meter_status)i))));
	if (*filter->search != '\0')
		text = arena_printf(r->arena, "%s, \"%s\"", text, param_get(&r->query, "q"));
	return text;
}

enum rc
account_pages(struct req *r)
{
	struct account_filter filter;
	struct list list;
	struct rows *rows;
	enum rc rc;

	list_read(r, SORT_NAMES, PER_PAGE, &list);
	read_filter(r, &list, &filter);
	if (list.format == LIST_PAGE)
		return show_page(r, &filter, &list);
	if (!may(r, PERM_EXPORT))
		return RC_DENIED;
	if ((rc = account_export(r->db, &filter, &rows)) != RC_OK)
		return rc;
	return export_answer(r, list.format, "Accounts.List.Title", filter_text(r, &filter),
	    COLUMNS, COUNT(COLUMNS), rows);
}
