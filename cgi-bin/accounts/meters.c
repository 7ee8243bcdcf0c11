/* /accounts/meters: the same filters as the board, as a table, Excel and CSV. */
#include <string.h>

#include "accounts.h"
#include "base/money.h"
#include "export.h"
#include "list.h"

#define PER_PAGE 50

static const struct {
	const char *name;
	enum meter_sort sort;
} SORTS[] = {
	{ "place", METER_BY_PLACE },
	{ "tenant", METER_BY_TENANT },
	{ "number", METER_BY_NUMBER },
	{ "state", METER_BY_STATUS },
	{ "credit", METER_BY_CREDIT },
	{ "today", METER_BY_TODAY },
	{ "power", METER_BY_POWER },
	{ "read", METER_BY_AGE },
	{ "energy", METER_BY_ENERGY },
};
static const char *const SORT_NAMES[] = { "place", "tenant", "number", "state", "credit", "today",
	"power", "read", "energy", NULL };
static const char *const FILTERS[] = { "b", "f", "st", "meter", "c", NULL };
/* Groups of columns a reader may add: c=periods&c=link. */
static const char *const GROUPS[] = { "periods", "electric", "credit", "link" };

static const struct export_column COLUMNS[] = {
	{ "Accounts.Meters.Site", CELL_TEXT, 12, NULL },
	{ "Word.Building", CELL_TEXT, 12, NULL },
	{ "Word.Floor", CELL_TEXT, 10, NULL },
	{ "Word.Room", CELL_TEXT, 10, NULL },
	{ "Word.Name", CELL_TEXT, 16, NULL },
	{ "Word.Tenant", CELL_TEXT, 24, NULL },
	{ "Accounts.Meters.AccountNumber", CELL_TEXT, 14, NULL },
	{ "Accounts.Meters.Phone", CELL_TEXT, 14, NULL },
	{ "Word.Number", CELL_TEXT, 16, NULL },
	{ "Word.Model", CELL_TEXT, 12, NULL },
	{ "Word.State", CELL_WORD, 10, "Status" },
	{ "Word.Balance", CELL_MONEY, 14, NULL },
	{ "Word.PurchaseCount", CELL_INT, 10, NULL },
	{ "Accounts.Meters.Today", CELL_ENERGY, 14, NULL },
	{ "Accounts.Meters.Energy", CELL_ENERGY, 16, NULL },
	{ "Tou.sharp", CELL_ENERGY, 14, NULL },
	{ "Tou.peak", CELL_ENERGY, 14, NULL },
	{ "Tou.flat", CELL_ENERGY, 14, NULL },
	{ "Tou.valley", CELL_ENERGY, 14, NULL },
	{ "Word.Power", CELL_POWER, 12, NULL },
	{ "Accounts.Meters.VoltageA", CELL_MILLI, 10, NULL },
	{ "Accounts.Meters.VoltageB", CELL_MILLI, 10, NULL },
	{ "Accounts.Meters.VoltageC", CELL_MILLI, 10, NULL },
	{ "Accounts.Meters.CurrentA", CELL_MILLI, 10, NULL },
	{ "Accounts.Meters.CurrentB", CELL_MILLI, 10, NULL },
	{ "Accounts.Meters.CurrentC", CELL_MILLI, 10, NULL },
	{ "Word.PowerFactor", CELL_MILLI, 10, NULL },
	{ "Word.Demand", CELL_POWER, 12, NULL },
	{ "Word.Relay", CELL_WORD, 10, "Switch" },
	{ "Status.alarm1", CELL_MONEY, 14, NULL },
	{ "Status.alarm2", CELL_MONEY, 14, NULL },
	{ "Word.Mode", CELL_WORD, 14, "CreditMode" },
	{ "Word.Gateway", CELL_TEXT, 16, NULL },
	{ "Word.Bus", CELL_TEXT, 16, NULL },
	{ "Word.Unit", CELL_INT, 8, NULL },
	{ "Word.LastRead", CELL_TIME, 20, NULL },
	{ "Accounts.Meters.LostSince", CELL_TIME, 20, NULL },
};

static enum meter_sort
sort_of(const struct list *list)
{
	for (size_t i = 0; i < COUNT(SORTS); i++)
		if (strcmp(SORTS[i].name, list->sort) == 0)
			return SORTS[i].sort;
	return METER_BY_PLACE;
}

static bool
has_group(struct req *r, const char *group)
{
	const char *value;

	for (size_t n = 0; (value = param_nth(&r->query, "c", n)) != NULL; n++)
		if (strcmp(value, group) == 0)
			return true;
	return false;
}

/* The filter in words, for the second sheet. */
static const char *
filter_text(struct req *r, const struct filter *filter, const char *place)
{
	const char *text = "";

	if (place != NULL && *place != '\0')
		text = place;
	if (filter->model.status_mask != STATUS_ALL)
		for (int i = 0; i < STATUSES; i++)
			if ((filter->model.status_mask & 1u << i) != 0)
				text = arena_printf(r->arena, "%s%s%s", text,
				    *text != '\0' ? ", " : "",
				    view_word(
					r->view, arena_printf(r->arena, "Status.%s",
						     meter_status_name((enum meter_status)i))));
	if (*filter->search != '\0')
		text = arena_printf(r->arena, "%s%s\"%s\"", text, *text != '\0' ? ", " : "",
		    param_get(&r->query, "q"));
	if (*filter->model.ids != '\0')
		text = arena_printf(r->arena, "%s%s%s", text, *text != '\0' ? ", " : "",
		    view_word(r->view, "Accounts.Meters.Ticked"));
	return text;
}

/* Name of the chosen place, from any meter in it. */
static enum rc
place_name(struct req *r, const struct filter *filter, const char **name)
{
	const struct meter_snapshot *snapshot;
	enum rc rc;

	*name = "";
	if (filter->model.place_id == 0)
		return RC_OK;
	if ((rc = meter_snapshot(r->db, r->arena, r->scope, r->now, &snapshot)) != RC_OK)
		return rc;
	for (size_t i = 0; i < snapshot->count; i++) {
		const struct meter *meter = &snapshot->list[i];
		if (!meter_matches_place(meter, filter->model.place_id))
			continue;
		*name = filter->floor_id != 0
			    ? arena_printf(r->arena, "%s %s", meter->building, meter->floor)
			: filter->building_id == meter->site_id
			    ? arena_strdup(r->arena, meter->site)
			    : arena_strdup(r->arena, meter->building);
		break;
	}
	return RC_OK;
}

static void
show_money(struct req *r, struct node *node, const char *name, int64_t amount_fen)
{
	if (amount_fen != METER_NO_CREDIT)
		node_money(r->view, node, name, amount_fen);
}

static void
show_energy(struct req *r, struct node *node, const char *name, int64_t energy_wh)
{
	if (energy_wh >= 0)
		node_energy(r->view, node, name, energy_wh);
}

static void
show_electric(struct req *r, struct node *node, const struct meter_detail *detail)
{
	static const char *const PHASES[] = { "A", "B", "C" };
	struct node *phases = node_child(r->view, node, "Phases");
	size_t count = detail->meter.phases == 3 ? 3 : 1;

	for (size_t p = 0; p < count; p++) {
		struct node *phase = node_add(r->view, phases);
		node_set(r->view, phase, "Name", PHASES[p]);
		if (detail->voltage_dv[p] >= 0)
			node_set(
			    r->view, phase, "Voltage", decimal_text(r, detail->voltage_dv[p], 1));
		if (detail->has_current)
			node_set(
			    r->view, phase, "Current", decimal_text(r, detail->current_ma[p], 3));
	}
	if (detail->has_factor)
		node_set(r->view, node, "Factor", decimal_text(r, detail->power_factor, 3));
}

static void
show_row(struct req *r, struct node *node, const struct meter_detail *detail)
{
	static const char *const PERIOD_NAMES[PERIODS] = { "Sharp", "Peak", "Flat", "Valley" };

	meter_show(r, node, &detail->meter);
	node_set(r->view, node, "Number", detail->meter.number);
	node_set(r->view, node, "Floor", detail->meter.floor);
	show_energy(r, node, "Energy", detail->energy_wh);
	for (int p = 0; p < PERIODS; p++)
		show_energy(r, node, PERIOD_NAMES[p], detail->period_wh[p]);
	show_electric(r, node, detail);
	if (detail->purchase_count >= 0)
		node_int(r->view, node, "Purchases", detail->purchase_count);
	show_money(r, node, "Alarm1", detail->meter.alarm1_fen);
	show_money(r, node, "Alarm2", detail->meter.alarm2_fen);
	node_set(r->view, node, "Model", detail->model);
	node_set(r->view, node, "Gateway", detail->gateway);
	node_int(r->view, node, "GatewayId", detail->gateway_id);
	node_set(r->view, node, "Bus", detail->bus);
	node_int(r->view, node, "Unit", detail->unit);
}

static void
show_groups(struct req *r)
{
	struct node *list = view_node(r->view, "Columns");

	for (size_t i = 0; i < COUNT(GROUPS); i++) {
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Name", GROUPS[i]);
		node_bool(r->view, node, "IsChosen", has_group(r, GROUPS[i]));
		if (!has_group(r, GROUPS[i]))
			continue;
		view_bool(r->view, arena_printf(r->arena, "Has.%s", GROUPS[i]), true);
		view_bool(r->view, "Has.any", true);
	}
}

static const char *
chip_link(struct req *r, const struct filter *filter, const void *context)
{
	struct url url = url_begin(r, "/accounts/meters");

	(void)context;
	filter_link(r, filter, &url);
	for (size_t i = 0; i < COUNT(GROUPS); i++)
		if (has_group(r, GROUPS[i]))
			url_text(&url, "c", GROUPS[i]);
	return url.text;
}

static void
show_totals(struct req *r, const struct meter_totals *totals)
{
	const char *const count[] = { number_text(r, totals->meters) };

	view_set(
	    r->view, "Totals.Meters", view_phrase(r->view, "Accounts.Board.MetersCount", count, 1));
	view_money(r->view, "Totals.Credit", totals->credit_fen);
	view_energy(r->view, "Totals.Today", totals->today_wh);
	view_set(r->view, "Totals.Power", power_text(r, totals->power_w));
	view_energy(r->view, "Totals.Energy", totals->energy_wh);
}

static enum rc
show_page(struct req *r, const struct filter *filter, struct list *list)
{
	struct day today = clock_day(r->now);
	struct node *rows = view_node(r->view, "Meters");
	struct url board = url_begin(r, "/accounts/board");
	struct meter_detail *details;
	struct meter_totals totals;
	const struct meter_snapshot *snapshot;
	size_t count;
	enum rc rc;

	if ((rc = meter_totals(r->db, &filter->model, today, &totals)) != RC_OK)
		return rc;
	list_clamp(list, totals.meters);
	rc = meter_list(r->db, r->arena, &filter->model, today, sort_of(list), list->is_descending,
	    list_limit(list), list_offset(list), &details, &count);
	if (rc != RC_OK ||
	    (rc = meter_snapshot(r->db, r->arena, r->scope, r->now, &snapshot)) != RC_OK)
		return rc;
	chips_show(r, snapshot, filter, chip_link, NULL);
	for (size_t i = 0; i < count; i++)
		show_row(r, node_add(r->view, rows), &details[i]);
	show_totals(r, &totals);
	show_groups(r);
	filter_link(r, filter, &board);
	view_set(r->view, "Board.Href", board.text);
	bulk_show(r, filter, totals.meters);
	view_bool(r->view, "IsTicked", *filter->model.ids != '\0');
	list_view(r, list, totals.meters, FILTERS);
	return page(r, "accounts/meters.cs");
}

enum rc
meters(struct req *r)
{
	struct filter filter;
	struct list list;
	struct rows *rows;
	const char *place;
	enum rc rc;

	filter_read(r, &filter);
	list_read(r, SORT_NAMES, PER_PAGE, &list);
	if (*param_get(&r->query, "all") != '\0' && list.format == LIST_PAGE)
		return redirect(r, "%s", chip_link(r, &filter, NULL));
	if ((rc = place_name(r, &filter, &place)) != RC_OK)
		return rc;
	view_set(r->view, "PlaceName", place);
	if (list.format == LIST_PAGE)
		return show_page(r, &filter, &list);
	if (!may(r, PERM_EXPORT))
		return RC_DENIED;
	rc = meter_export(r->db, &filter.model, clock_day(r->now), sort_of(&list),
	    list.is_descending, list_limit(&list), &rows);
	if (rc != RC_OK)
		return rc;
	return export_answer(r, list.format, "Accounts.Meters.Title",
	    filter_text(r, &filter, place), COLUMNS, COUNT(COLUMNS), rows);
}
