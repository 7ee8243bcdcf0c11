/* /settings/meters: the meters as they are set up, with filters, Excel and CSV. */
#include <string.h>

#include "edit.h"
#include "export.h"
#include "list.h"
#include "meter.h"
#include "model/meter_admin.h"

#include "base/text.h"

#define PER_PAGE 50

static const char *const SORTS[] = { "place", "number", "bus", "model", NULL };
static const char *const FILTERS[] = { "bus", "place", "model", "mode", "removed", NULL };
static const char *const PRESENCES[] = { "", "yes", "all", NULL };

static const struct export_column COLUMNS[] = {
	{ "Word.Number", CELL_TEXT, 18, NULL },
	{ "Field.name", CELL_TEXT, 16, NULL },
	{ "Word.Place", CELL_TEXT, 28, NULL },
	{ "Word.Model", CELL_TEXT, 12, NULL },
	{ "Word.Gateway", CELL_TEXT, 16, NULL },
	{ "Word.Bus", CELL_TEXT, 14, NULL },
	{ "Field.unit", CELL_INT, 8, NULL },
	{ "Field.box_position", CELL_INT, 10, NULL },
	{ "Field.phases", CELL_INT, 8, NULL },
	{ "Field.ct_ratio", CELL_INT, 8, NULL },
	{ "Field.pt_ratio", CELL_INT, 8, NULL },
	{ "Field.rated_power_w", CELL_INT, 14, NULL },
	{ "Field.credit_mode", CELL_WORD, 14, "CreditMode" },
	{ "Field.is_protected", CELL_WORD, 10, "Settings.Meter.YesNo" },
	{ "Field.alarm1", CELL_MONEY, 12, NULL },
	{ "Field.alarm2", CELL_MONEY, 12, NULL },
	{ "Field.overload_w", CELL_INT, 12, NULL },
	{ "Field.overdraft", CELL_MONEY, 12, NULL },
	{ "Field.hold_mode", CELL_WORD, 14, "Settings.Meter.Hold" },
	{ "Word.Tenant", CELL_TEXT, 20, NULL },
	{ "Field.note", CELL_TEXT, 20, NULL },
	{ "Settings.Meter.InstalledAt", CELL_TIME, 20, NULL },
	{ "Settings.Meter.RemovedAt", CELL_TIME, 20, NULL },
};

static enum meter_admin_sort
sort_of(const struct list *list)
{
	for (int i = 0; SORTS[i] != NULL; i++)
		if (strcmp(SORTS[i], list->sort) == 0)
			return (enum meter_admin_sort)i;
	return METER_SORT_PLACE;
}

static int64_t
id_of(const struct req *r, const char *name)
{
	int64_t id = 0;

	(void)text_parse_uint(param_get(&r->query, name), UINT32_MAX, &id);
	return id;
}

static void
read_filter(struct req *r, const struct list *list, struct meter_admin_filter *filter)
{
	enum credit_mode mode = credit_mode_find(param_get(&r->query, "mode"));

	*filter = (struct meter_admin_filter){ .scope = r->scope,
		.bus_id = id_of(r, "bus"),
		.place_id = id_of(r, "place"),
		.meter_model_id = id_of(r, "model"),
		.credit_mode = mode > CREDIT_MONITOR ? "" : credit_mode_name(mode),
		.search = list->search };
	for (int i = 0; PRESENCES[i] != NULL; i++)
		if (strcmp(PRESENCES[i], param_get(&r->query, "removed")) == 0)
			filter->presence = (enum meter_presence)i;
}

/* Sites, buildings and floors: a room is found by its name. */
static void
show_place_filter(struct req *r, const struct place_list *places, int64_t place_id)
{
	choice_add(r, "place", 0, view_word(r->view, "Settings.Meters.AnyPlace"), place_id);
	for (size_t i = 0; i < places->count; i++) {
		const struct place_item *item = &places->list[i];
		if (item->is_in_scope &&
		    (item->row.kind != KIND_ROOM || item->row.place_id == place_id))
			choice_add(r, "place", item->row.place_id, item->path, place_id);
	}
}

/* For the second sheet of an export. */
static const char *
filter_text(struct req *r)
{
	const char *text = param_get(&r->query, "q");

	for (size_t i = 0; FILTERS[i] != NULL; i++) {
		const char *value = param_get(&r->query, FILTERS[i]);
		if (*value != '\0')
			text = arena_printf(r->arena, "%s%s%s=%s", text, *text != '\0' ? ", " : "",
			    FILTERS[i], value);
	}
	return text;
}

static enum rc
show_rows(struct req *r, const struct meter_admin_filter *filter, struct list *list)
{
	struct rows *rows;
	struct node *node = view_node(r->view, "Meters");
	static const char *const TEXTS[] = { "Id", "Number", "Name", "Model", "Gateway", "Bus",
		"BusId", "Unit", "Position", "Phases", "Place", "CreditMode", "IsProtected",
		"Tenant", "AccountId" };
	enum rc rc = meter_admin_list(r->db, filter, sort_of(list), list->is_descending,
	    list_limit(list), list_offset(list), &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		struct node *row = node_add(r->view, node);
		for (size_t i = 0; i < COUNT(TEXTS); i++)
			if (!rows_is_null(rows, i))
				node_set(r->view, row, TEXTS[i], rows_text(rows, i));
		node_time(r->view, row, "Removed", rows_int(rows, COUNT(TEXTS)), r->now, 0);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static void
show_words(struct req *r, const struct meter_admin_filter *filter)
{
	struct node *modes = view_node(r->view, "Modes");
	struct node *presences = view_node(r->view, "Presences");

	for (int i = CREDIT_METER; i <= CREDIT_MONITOR; i++) {
		struct node *node = node_add(r->view, modes);
		const char *name = credit_mode_name((enum credit_mode)i);
		node_set(r->view, node, "Value", name);
		node_bool(r->view, node, "Selected", strcmp(name, filter->credit_mode) == 0);
	}
	for (int i = 0; PRESENCES[i] != NULL; i++) {
		struct node *node = node_add(r->view, presences);
		static const char *const KEYS[] = { "Living", "Removed", "All" };
		node_set(r->view, node, "Value", PRESENCES[i]);
		node_set(r->view, node, "Key", KEYS[i]);
		node_bool(r->view, node, "Selected", i == (int)filter->presence);
	}
}

static enum rc
show_page(struct req *r, const struct meter_admin_filter *filter, struct list *list)
{
	struct place_list places;
	int64_t total;
	enum rc rc = meter_admin_count(r->db, filter, &total);

	if (rc == RC_OK)
		rc = place_all(r->db, r->arena, r->scope, &places);
	if (rc == RC_OK)
		rc = meter_choices(r, filter->bus_id, filter->meter_model_id);
	if (rc != RC_OK)
		return rc;
	list_clamp(list, total);
	show_place_filter(r, &places, filter->place_id);
	show_words(r, filter);
	if ((rc = show_rows(r, filter, list)) != RC_OK)
		return rc;
	list_view(r, list, total, FILTERS);
	return page(r, "settings/meters.cs");
}

enum rc
meters(struct req *r)
{
	struct meter_admin_filter filter;
	struct list list;
	struct rows *rows;
	enum rc rc;

	list_read(r, SORTS, PER_PAGE, &list);
	read_filter(r, &list, &filter);
	if (list.format == LIST_PAGE)
		return show_page(r, &filter, &list);
	if (!may(r, PERM_EXPORT))
		return RC_DENIED;
	rc = meter_admin_export(r->db, &filter, sort_of(&list), list.is_descending, &rows);
	if (rc != RC_OK)
		return rc;
	return export_answer(
	    r, list.format, "Settings.Meters.Title", filter_text(r), COLUMNS, COUNT(COLUMNS), rows);
}
