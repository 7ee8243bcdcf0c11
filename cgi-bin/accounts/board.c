/* /accounts/board: every meter as a tile, by floor. */
#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "alarm_page.h"
#include "base/money.h"
#include "model/place.h"

#define REFRESH_S 60   /* without script; htmx asks every 15 s */
#define TILES_MAX 1000 /* more does not help anybody: choose a building or a floor */

/* An order the board can have. */
struct order {
	const char *name, *key;
	int (*compare)(const void *, const void *);
};

static const struct meter *
item(const void *place)
{
	return *(const struct meter *const *)place;
}

/* Unknown values stand last. */
static int
compare_known(int64_t a, bool has_a, int64_t b, bool has_b)
{
	if (has_a != has_b)
		return has_a ? -1 : 1;
	return (a > b) - (a < b);
}

/* The snapshot's order decides what the compared value leaves open. */
static int
by_place(const struct meter *a, const struct meter *b)
{
	return (a > b) - (a < b);
}

static int
by_credit(const void *left, const void *right)
{
	const struct meter *a = item(left), *b = item(right);
	int order = compare_known(a->credit_fen, a->credit_fen != METER_NO_CREDIT, b->credit_fen,
	    b->credit_fen != METER_NO_CREDIT);

	return order != 0 ? order : by_place(a, b);
}

static int
by_days(const void *left, const void *right)
{
	int64_t a = meter_days_left(item(left)), b = meter_days_left(item(right));
	int order = compare_known(a, a >= 0, b, b >= 0);

	return order != 0 ? order : by_credit(left, right);
}

/* Most first: who uses much is looked for, not who uses nothing. */
static int
by_today(const void *left, const void *right)
{
	const struct meter *a = item(left), *b = item(right);
	int order = compare_known(-a->today_wh, a->today_wh >= 0, -b->today_wh, b->today_wh >= 0);

	return order != 0 ? order : by_place(a, b);
}

static const struct order ORDERS[] = {
	{ "place", "SortPlace", NULL },
	{ "credit", "SortCredit", by_credit },
	{ "days", "SortDays", by_days },
	{ "today", "SortToday", by_today },
};

static const struct order *
order_find(const char *name)
{
	for (size_t i = 0; i < COUNT(ORDERS); i++)
		if (strcmp(ORDERS[i].name, name) == 0)
			return &ORDERS[i];
	return &ORDERS[0];
}

static const char *
board_link(struct req *r, const struct filter *filter, const struct order *order)
{
	struct url url = url_begin(r, "/accounts/board");

	filter_link(r, filter, &url);
	if (order != &ORDERS[0])
		url_text(&url, "sort", order->name);
	return url.text;
}

static void
show_orders(struct req *r, const struct filter *filter, const struct order *order)
{
	struct node *list = view_node(r->view, "Orders");

	for (size_t i = 0; i < COUNT(ORDERS); i++) {
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Key", ORDERS[i].key);
		node_set(r->view, node, "Href", board_link(r, filter, &ORDERS[i]));
		node_bool(r->view, node, "Current", order == &ORDERS[i]);
	}
}

static const char *
chip_link(struct req *r, const struct filter *filter, const void *context)
{
	return board_link(r, filter, context);
}

static void
show_place(struct req *r, struct node *list, const struct filter *filter, const struct order *order,
    const struct place *place)
{
	struct filter other = *filter;
	struct node *node = node_add(r->view, list);

	other.building_id = place->level == PLACE_FLOOR ? place->building_id : place->place_id;
	other.floor_id = place->level == PLACE_FLOOR ? place->place_id : 0;
	node_set(r->view, node, "Name", place->name);
	node_set(r->view, node, "Href", board_link(r, &other, order));
	node_int(r->view, node, "Level", place->level);
	node_int(r->view, node, "Count", place->matches);
	node_bool(r->view, node, "IsEmpty", place->matches == 0);
	node_bool(r->view, node, "Current", place->place_id == filter->model.place_id);
	if (place->place_id == filter->model.place_id)
		view_set(r->view, "PlaceName", place->name);
}

/* Sites only when there are several; floors of the chosen building, or of all when there are few.
 */
#define FEW_FLOORS 30

static bool
is_shown(const struct place_tree *tree, const struct filter *filter, const struct place *place)
{
	if (place->level == PLACE_SITE)
		return tree->levels[PLACE_SITE] > 1;
	return place->level == PLACE_BUILDING || tree->levels[PLACE_FLOOR] <= FEW_FLOORS ||
	       (filter->building_id != 0 && place->building_id == filter->building_id);
}

static void
show_places(struct req *r, const struct meter_snapshot *snapshot, const struct filter *filter,
    const struct order *order)
{
	struct node *list = view_node(r->view, "Places");
	struct filter everywhere = *filter;
	struct place_tree tree;

	place_tree(snapshot, &filter->model, r->arena, &tree);
	everywhere.building_id = everywhere.floor_id = 0;
	view_set(r->view, "Everywhere.Href", board_link(r, &everywhere, order));
	view_int(r->view, "Everywhere.Count", tree.matches);
	view_bool(r->view, "Everywhere.Current", filter->model.place_id == 0);
	for (size_t i = 0; i < tree.count; i++)
		if (is_shown(&tree, filter, &tree.list[i]))
			show_place(r, list, filter, order, &tree.list[i]);
}

/* The meters of the filter, in the order asked for. */
static size_t
choose(struct req *r, const struct meter_snapshot *snapshot, const struct filter *filter,
    const struct order *order, const struct meter ***chosen)
{
	const struct meter **list = arena_alloc(r->arena, (snapshot->count + 1) * sizeof(*list));
	size_t count = 0;

	for (size_t i = 0; i < snapshot->count; i++) {
		const struct meter *meter = &snapshot->list[i];
		if (meter_matches_place(meter, filter->model.place_id) &&
		    (filter->model.status_mask & 1u << meter_status(meter)) != 0 &&
		    meter_matches_search(meter, filter->search))
			list[count++] = meter;
	}
	if (order->compare != NULL)
		qsort(list, count, sizeof(*list), order->compare);
	*chosen = list;
	return count;
}

static bool
is_same_group(const struct meter *a, const struct meter *b)
{
	return a->floor_id == b->floor_id && a->building_id == b->building_id;
}

/* Sums of a floor: what its tenants used today, without the meters that only measure. */
static void
end_group(struct req *r, struct node *group, int64_t meters, int64_t today_wh)
{
	if (group == NULL)
		return;
	const char *const count[] = { number_text(r, meters) };
	node_set(r->view, group, "CountText",
	    view_phrase(r->view, "Accounts.Board.MetersCount", count, 1));
	node_energy(r->view, group, "Today", today_wh);
}

static struct node *
begin_group(struct req *r, struct node *groups, const struct meter *meter, bool has_many_buildings)
{
	struct node *group = node_add(r->view, groups);
	const char *name = *meter->floor != '\0' ? meter->floor : meter->building;

	if (has_many_buildings && *meter->floor != '\0' && *meter->building != '\0')
		name = arena_printf(r->arena, "%s · %s", meter->building, meter->floor);
	if (*name == '\0')
		name = view_word(r->view, "Accounts.Board.NoPlace");
	node_set(r->view, group, "Name", name);
	return group;
}

static void
show_tiles(struct req *r, const struct meter **list, size_t count, const struct order *order)
{
	struct node *groups = view_node(r->view, "Groups"), *group = NULL, *tiles = NULL;
	int64_t meters = 0, today_wh = 0;
	struct tile_words words = { view_word(r->view, "Unit.Kwh"), view_word(r->view, "Unit.Kw"),
		view_word(r->view, "CreditMode.monitor") };
	bool has_many = count > 0 && list[0]->building_id != list[count - 1]->building_id;

	for (size_t i = 0; i < count && i < TILES_MAX; i++) {
		if (group == NULL ||
		    (order->compare == NULL && !is_same_group(list[i], list[i - 1]))) {
			end_group(r, group, meters, today_wh);
			meters = today_wh = 0;
			group = begin_group(r, groups, list[i], has_many);
			if (order->compare != NULL)
				node_set(r->view, group, "Name",
				    view_word(r->view, "Accounts.Board.AllPlaces"));
			tiles = node_child(r->view, group, "Tiles");
		}
		struct node *tile = node_add(r->view, tiles);
		tile_show(r, tile, list[i], &words);
		meters++;
		if (list[i]->credit_mode != CREDIT_MONITOR && list[i]->today_wh > 0)
			today_wh += list[i]->today_wh;
	}
	end_group(r, group, meters, today_wh);
	if (count > TILES_MAX) {
		const char *const values[] = { number_text(r, TILES_MAX),
			number_text(r, (int64_t)count) };
		view_set(r->view, "Cut", view_phrase(r->view, "Accounts.Board.Cut", values, 2));
	}
}

static void
show_links(struct req *r, const struct filter *filter)
{
	struct url table = url_begin(r, "/accounts/meters");
	struct node *keep = view_node(r->view, "Keep");

	filter_link(r, filter, &table);
	view_set(r->view, "Table.Href", table.text);
	view_set(r->view, "Search", param_get(&r->query, "q"));
	view_set(r->view, "Reset.Href", "/accounts/board");
	view_bool(r->view, "IsFiltered", filter->is_set);
	/* Hidden fields of the search form: everything of the address but the search. */
	static const char *const names[] = { "b", "f", "st", "sort" };
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *value;
		for (size_t n = 0; (value = param_nth(&r->query, names[i], n)) != NULL; n++) {
			struct node *node = node_add(r->view, keep);
			node_set(r->view, node, "Name", names[i]);
			node_set(r->view, node, "Value", value);
		}
	}
}

enum rc
board(struct req *r)
{
	const struct order *order = order_find(param_get(&r->query, "sort"));
	const struct meter_snapshot *snapshot;
	const struct meter **list;
	struct filter filter;
	enum rc rc;

	filter_read(r, &filter);
	if (strcmp(param_get(&r->query, "view"), "table") == 0) {
		struct url table = url_begin(r, "/accounts/meters");
		filter_link(r, &filter, &table);
		return redirect(r, "%s", table.text);
	}
	if ((rc = meter_snapshot(r->db, r->arena, r->scope, r->now, &snapshot)) != RC_OK ||
	    (rc = alarm_bell(r)) != RC_OK)
		return rc;
	size_t count = choose(r, snapshot, &filter, order, &list);
	show_tiles(r, list, count, order);
	chips_show(r, snapshot, &filter, chip_link, order);
	show_places(r, snapshot, &filter, order);
	show_orders(r, &filter, order);
	show_links(r, &filter);
	bulk_show(r, &filter, (int64_t)count);
	view_bool(r->view, "HasMeters", snapshot->count > 0);
	view_bool(r->view, "HasTiles", count > 0);
	view_int(r->view, "Page.Refresh", REFRESH_S);
	return page(r, "accounts/board.cs");
}
