/* /settings/tariffs/meters: which meter pays what, and whether it holds it; many at once get
 * another tariff. */
#include "tariff.h"

#include <string.h>

#include "base/text.h"
#include "export.h"
#include "list.h"
#include "model/config_want.h"
#include "model/tariff_assign.h"
#include "model/tariff_load.h"
#include "model/tariff_text.h"

#define PER_PAGE 50

static const char *const FILTERS[] = { "tariff", "place", NULL };

static const struct export_column COLUMNS[] = {
	{ "Word.Building", CELL_TEXT, 14, NULL },
	{ "Word.Floor", CELL_TEXT, 10, NULL },
	{ "Word.Room", CELL_TEXT, 12, NULL },
	{ "Word.Name", CELL_TEXT, 16, NULL },
	{ "Word.Tenant", CELL_TEXT, 24, NULL },
	{ "Word.Number", CELL_TEXT, 16, NULL },
	{ "Word.Model", CELL_TEXT, 12, NULL },
	{ "Settings.Tariff.Tariff", CELL_TEXT, 24, NULL },
	{ "Settings.Tariff.OwnPrice", CELL_TEXT, 14, NULL },
	{ "Field.valid_from", CELL_DAY, 14, NULL },
	{ "Settings.Tariff.NextTariff", CELL_TEXT, 24, NULL },
	{ "Settings.Tariff.NextFrom", CELL_DAY, 14, NULL },
};

/* ---- filter ---- */

static int64_t
query_number(const struct params *params, const char *name)
{
	int64_t number = 0;

	return text_parse_uint(param_get(params, name), UINT32_MAX, &number) == RC_OK ? number : 0;
}

static void
filter_read(struct req *r, const struct list *list, struct tariff_filter *filter)
{
	const char *which = param_get(&r->query, "tariff");

	*filter = (struct tariff_filter){ .scope = r->scope,
		.today = clock_day(r->now),
		.tariff_id = strcmp(which, "none") == 0	 ? TARIFF_NONE
			     : strcmp(which, "own") == 0 ? TARIFF_OWN
							 : query_number(&r->query, "tariff"),
		.place_id = query_number(&r->query, "place"),
		.search = list->search };
}

/* ---- rows ---- */

static void
show_side(struct req *r, struct node *node, const char *name, const struct config_side *side)
{
	const char *state = side->why != WHY_NONE	   ? ""
			    : side->is_open		   ? "open"
			    : config_is_due(side) == false ? "held"
			    : side->is_held		   ? "other"
							   : "unread";

	node_set(r->view, node, name, state);
}

static void
show_item(struct req *r, struct node *node, const struct tariff_meter_item *item,
    const struct config_want *want)
{
	node_int(r->view, node, "Id", item->meter_id);
	node_set(r->view, node, "Place", *item->room != '\0' ? item->room : item->name);
	node_set(
	    r->view, node, "Floor", arena_printf(r->arena, "%s %s", item->building, item->floor));
	node_set(r->view, node, "Tenant", item->tenant);
	node_set(r->view, node, "Number", item->number);
	if (item->tariff_id != 0) {
		node_int(r->view, node, "TariffId", item->tariff_id);
		node_set(r->view, node, "Tariff", item->tariff);
	}
	if (item->price_uyuan >= 0)
		node_set(r->view, node, "Price", price_words(r, item->price_uyuan));
	if (item->tariff_id != 0 || item->price_uyuan >= 0)
		node_set(r->view, node, "From", day_words(r, item->from));
	if (item->has_next) {
		node_set(r->view, node, "Next",
		    *item->next_tariff != '\0' ? item->next_tariff
					       : price_words(r, item->next_uyuan));
		node_set(r->view, node, "NextFrom", day_words(r, item->next_from));
	}
	if (want == NULL)
		return;
	show_side(r, node, "Prices", &want->parts[CONFIG_PRICES]);
	show_side(r, node, "Tou", &want->parts[CONFIG_TOU]);
}

static enum rc
show_rows(struct req *r, const struct tariff_meter_item *items, size_t count)
{
	struct node *rows = view_node(r->view, "Meters");
	struct config_want *wants;
	size_t want_count;
	enum rc rc = config_want(r->db, r->arena, 0, r->now, &wants, &want_count);

	for (size_t i = 0; rc == RC_OK && i < count; i++)
		show_item(r, node_add(r->view, rows), &items[i],
		    config_want_find(wants, want_count, items[i].meter_id));
	return rc;
}

/* The choice of tariffs, of the filter and of the form. */
static enum rc
show_tariffs(struct req *r, int64_t filtered, int64_t selected)
{
	struct node *list = view_node(r->view, "Tariffs");
	struct tariff_item *items;
	size_t count;
	enum rc rc = tariff_list(r->db, r->arena, r->scope, clock_day(r->now), "", &items, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct node *node = node_add(r->view, list);
		node_int(r->view, node, "Id", items[i].tariff_id);
		node_set(r->view, node, "Name", items[i].name);
		node_bool(r->view, node, "IsFiltered", items[i].tariff_id == filtered);
		node_bool(r->view, node, "IsSelected", items[i].tariff_id == selected);
		node_bool(r->view, node, "MayChoose",
		    !items[i].is_archived && (items[i].version_id != 0 || items[i].has_next));
		if (items[i].tariff_id == filtered)
			view_set(r->view, "Filtered.Name", items[i].name);
	}
	view_bool(r->view, "IsNone", filtered == TARIFF_NONE);
	view_bool(r->view, "IsOwn", filtered == TARIFF_OWN);
	return rc;
}

/* Places an operator may filter by: sites, buildings and floors. */
static enum rc
show_places(struct req *r, int64_t chosen)
{
	struct place_list places;
	enum rc rc = place_all(r->db, r->arena, r->scope, &places);

	for (size_t i = 0; rc == RC_OK && i < places.count; i++)
		if (places.list[i].is_in_scope && places.list[i].row.kind != KIND_ROOM)
			choice_add(
			    r, "place", places.list[i].row.place_id, places.list[i].path, chosen);
	return rc;
}

static enum rc
answer_export(struct req *r, const struct list *list, const struct tariff_filter *filter)
{
	const char *words = param_get(&r->query, "q");
	struct tariff_row tariff;
	struct rows *rows;
	enum rc rc;

	if (!may(r, PERM_EXPORT))
		return RC_DENIED;
	if (filter->tariff_id == TARIFF_NONE)
		words = view_word(r->view, "Settings.Tariff.NoTariff");
	else if (filter->tariff_id == TARIFF_OWN)
		words = view_word(r->view, "Settings.Tariff.OwnPrice");
	else if (filter->tariff_id != 0 && tariff_find(r->db, filter->tariff_id, &tariff) == RC_OK)
		words = arena_printf(r->arena, "%s %s", tariff.name, words);
	rc = tariff_meter_export(r->db, filter, list_limit(list), &rows);
	return rc == RC_OK ? export_answer(r, list->format, "Settings.Tariff.Meters", words,
				 COLUMNS, COUNT(COLUMNS), rows)
			   : rc;
}

enum rc
tariff_meters_page(struct req *r)
{
	static const char *const SORTS[] = { "place", NULL };
	struct tariff_filter filter;
	struct tariff_meter_item *items;
	struct list list;
	int64_t total;
	size_t count;
	enum rc rc;

	list_read(r, SORTS, PER_PAGE, &list);
	filter_read(r, &list, &filter);
	if (list.format != LIST_PAGE)
		return answer_export(r, &list, &filter);
	if ((rc = tariff_meter_count(r->db, &filter, &total)) != RC_OK)
		return rc;
	list_clamp(&list, total);
	rc = tariff_meter_list(
	    r->db, r->arena, &filter, list_limit(&list), list_offset(&list), &items, &count);
	if (rc != RC_OK || (rc = show_rows(r, items, count)) != RC_OK ||
	    (rc = show_tariffs(r, filter.tariff_id, 0)) != RC_OK ||
	    (rc = show_places(r, filter.place_id)) != RC_OK)
		return rc;
	if (filter.place_id != 0)
		view_int(r->view, "Filter.Place", filter.place_id);
	view_set(r->view, "Filter.Tariff", param_get(&r->query, "tariff"));
	crumb(r, NULL, view_word(r->view, "Settings.Tariff.Meters"));
	view_set(r->view, "Page.Title", view_word(r->view, "Settings.Tariff.Meters"));
	list_view(r, &list, total, FILTERS);
	return page(r, "settings/tariff_meters.cs");
}

/* ---- giving many a tariff ---- */

struct typed {
	int64_t tariff_id;
	char price[TARIFF_TEXT_MAX * 4 + 1];
	struct day from;
};
#define AT(member) offsetof(struct typed, member)
static const struct form_field FIELDS[] = {
	{ "tariff_id", FORM_UINT, false, UINT32_MAX, NULL, AT(tariff_id) },
	{ "price", FORM_TEXT, false, TARIFF_TEXT_MAX, NULL, AT(price) },
	{ "valid_from", FORM_DAY, true, 0, NULL, AT(from) },
};

/* The ticked meters, or all of a filter ("all=1" with its parameters). */
static enum rc
read_meters(struct req *r, const struct params *params, int64_t **ids, size_t *count)
{
	const char *value;

	*ids = arena_alloc(r->arena, TARIFF_ASSIGN_MAX * sizeof(**ids));
	*count = 0;
	for (size_t n = 0; (value = param_nth(params, "meter", n)) != NULL; n++) {
		int64_t id;
		if (text_parse_uint(value, UINT32_MAX, &id) != RC_OK || *count == TARIFF_ASSIGN_MAX)
			return RC_INVALID;
		(*ids)[(*count)++] = id;
	}
	int64_t place_id = query_number(params, "place");
	if (*count > 0 || place_id == 0)
		return *count > 0 ? RC_OK : RC_NOT_FOUND;
	struct tariff_filter filter = {
		.scope = r->scope, .today = clock_day(r->now), .place_id = place_id
	};
	struct tariff_meter_item *items;
	enum rc rc =
	    tariff_meter_list(r->db, r->arena, &filter, TARIFF_ASSIGN_MAX, 0, &items, count);
	for (size_t i = 0; rc == RC_OK && i < *count; i++)
		(*ids)[i] = items[i].meter_id;
	return rc == RC_OK && *count == 0 ? RC_NOT_FOUND : rc;
}

/* The form names every meter it is for, so that what is saved is what was shown. */
static enum rc
assign_page(struct req *r, const int64_t *ids, size_t count, int64_t selected)
{
	const char *list = "";
	struct tariff_filter filter = { .scope = r->scope, .today = clock_day(r->now) };
	struct node *rows = view_node(r->view, "Meters");
	struct tariff_meter_item *items;
	size_t found;
	enum rc rc;

	for (size_t i = 0; i < count; i++)
		list = i == 0 ? number_text(r, ids[0])
			      : arena_printf(r->arena, "%s,%lld", list, (long long)ids[i]);
	filter.ids = list;
	rc = tariff_meter_list(r->db, r->arena, &filter, TARIFF_ASSIGN_MAX, 0, &items, &found);
	if (rc != RC_OK || found != count)
		return rc == RC_OK ? RC_NOT_FOUND : rc;
	for (size_t i = 0; i < found; i++)
		show_item(r, node_add(r->view, rows), &items[i], NULL);
	if ((rc = show_tariffs(r, 0, selected)) != RC_OK)
		return rc;
	const char *const number[] = { number_text(r, (int64_t)count) };
	const char *title = view_phrase(r->view, "Settings.Tariff.AssignTitle", number, 1);
	view_set(r->view, "Today", day_words(r, filter.today));
	crumb(r, "/settings/tariffs/meters", view_word(r->view, "Settings.Tariff.Meters"));
	crumb(r, NULL, title);
	view_set(r->view, "Page.Title", title);
	return page(r, "settings/tariff_assign.cs");
}

enum rc
tariff_ask_assign(struct req *r)
{
	struct typed typed = { .from = clock_day_add(clock_day(r->now), 1) };
	int64_t *ids;
	size_t count;
	enum rc rc = read_meters(r, &r->query, &ids, &count);

	if (rc == RC_NOT_FOUND) {
		flash(r, "NothingTicked");
		return redirect(r, "/settings/tariffs/meters");
	}
	if (rc != RC_OK)
		return rc;
	form_fill(r, FIELDS, COUNT(FIELDS), &typed);
	return assign_page(r, ids, count, query_number(&r->query, "to"));
}

struct giving {
	const int64_t *ids;
	size_t count, changed;
	struct tariff_assignment assignment;
	const struct scope *scope;
	struct operator_actor by;
};

static enum rc
give(struct db *db, void *context)
{
	struct giving *giving = context;

	return tariff_assign(db, giving->ids, giving->count, &giving->assignment, giving->scope,
	    &giving->by, &giving->changed);
}

static enum rc
read_assignment(struct req *r, struct typed *typed, struct tariff_assignment *assignment)
{
	enum rc rc = form_read(r, FIELDS, COUNT(FIELDS), typed);
	struct day today = clock_day(r->now);

	*assignment = (struct tariff_assignment){ typed->tariff_id, 0, typed->from };
	if (typed->tariff_id == 0 &&
	    tariff_price_parse(typed->price, &assignment->price_uyuan) != RC_OK) {
		form_error_values(
		    r, "price", "TariffPrice", (const char *const[]){ typed->price }, 1);
		rc = RC_INVALID;
	}
	if (rc == RC_OK && typed->from.number < today.number) {
		form_error_values(
		    r, "valid_from", "TariffPast", (const char *const[]){ day_words(r, today) }, 1);
		rc = RC_INVALID;
	}
	return rc;
}

enum rc
tariff_give(struct req *r)
{
	struct giving giving = { .scope = r->scope, .by = editor(r) };
	struct typed typed = { 0 };
	int64_t *ids;
	enum rc rc = read_meters(r, &r->body, &ids, &giving.count);

	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_INVALID : rc;
	giving.ids = ids;
	rc = read_assignment(r, &typed, &giving.assignment);
	if (rc == RC_OK && (rc = edit_save(r, give, &giving)) == RC_INVALID)
		form_error(r, "valid_from", "TariffNoVersion");
	if (rc == RC_INVALID)
		return assign_page(r, ids, giving.count, typed.tariff_id);
	if (rc != RC_OK)
		return rc;
	flash_values(
	    r, "TariffGiven", (const char *const[]){ number_text(r, (int64_t)giving.changed) }, 1);
	if (giving.count == 1)
		return redirect(r, "/settings/tariffs/meters/%lld", (long long)ids[0]);
	return redirect(r, "/settings/tariffs/meters");
}

/* ---- one meter ---- */

enum rc
tariff_meter_page(struct req *r)
{
	struct tariff_filter filter = {
		.scope = r->scope, .today = clock_day(r->now), .ids = number_text(r, r->id)
	};
	struct node *list = view_node(r->view, "Stretches");
	struct tariff_stretch *stretches;
	struct tariff_meter_item *item;
	struct config_want *wants;
	size_t count, want_count;
	bool is_now = true;
	enum rc rc = tariff_meter_list(r->db, r->arena, &filter, 1, 0, &item, &count);

	if (rc != RC_OK || count == 0)
		return rc == RC_OK ? RC_NOT_FOUND : rc;
	if ((rc = tariff_history(r->db, r->arena, r->id, &stretches, &count)) != RC_OK ||
	    (rc = config_want(r->db, r->arena, r->id, r->now, &wants, &want_count)) != RC_OK)
		return rc;
	show_item(r, view_node(r->view, "Meter"), item, config_want_find(wants, want_count, r->id));
	for (size_t i = 0; i < count; i++) {
		struct node *node = node_add(r->view, list);
		bool is_next = stretches[i].from.number > filter.today.number;
		node_set(r->view, node, "From", day_words(r, stretches[i].from));
		if (stretches[i].tariff_id != 0)
			node_int(r->view, node, "TariffId", stretches[i].tariff_id);
		node_set(r->view, node, "Tariff", stretches[i].tariff);
		if (stretches[i].price_uyuan >= 0)
			node_set(r->view, node, "Price", price_words(r, stretches[i].price_uyuan));
		node_set(r->view, node, "Status", is_next ? "next" : is_now ? "now" : "past");
		is_now = is_now && is_next;
	}
	const char *title = *item->room != '\0' ? item->room : item->number;
	crumb(r, "/settings/tariffs/meters", view_word(r->view, "Settings.Tariff.Meters"));
	crumb(r, NULL, title);
	view_set(r->view, "Page.Title", title);
	return page(r, "settings/tariff_meter.cs");
}

struct taking {
	int64_t meter_id;
	struct day from, today;
	const struct scope *scope;
	struct operator_actor by;
};

static enum rc
take(struct db *db, void *context)
{
	const struct taking *taking = context;

	return tariff_unassign(
	    db, taking->meter_id, taking->from, taking->today, taking->scope, &taking->by);
}

enum rc
tariff_take(struct req *r)
{
	struct taking taking = {
		.meter_id = r->id, .today = clock_day(r->now), .scope = r->scope, .by = editor(r)
	};
	enum rc rc = clock_parse_day(param_get(&r->body, "valid_from"), &taking.from);

	if (rc == RC_OK)
		rc = edit_save(r, take, &taking);
	if (rc != RC_OK)
		return rc == RC_INVALID ? RC_NOT_FOUND : rc;
	flash(r, "Withdrawn");
	return redirect(r, "/settings/tariffs/meters/%lld", (long long)r->id);
}
