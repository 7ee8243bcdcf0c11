/* /settings/tariffs: what electricity costs, for how many meters; and a new tariff. */
#include "tariff.h"

#include <string.h>

#include "base/text.h"
#include "export.h"
#include "list.h"
#include "model/config_want.h"
#include "model/tariff_load.h"

struct typed {
	char name[TARIFF_TITLE_MAX * 4 + 1], note[TARIFF_NOTE_MAX * 4 + 1];
	int64_t start;
};
enum { START_TOU, START_FLAT };
static const char *const STARTS[] = { "tou", "flat", NULL };

#define AT(member) offsetof(struct typed, member)
static const struct form_field FIELDS[] = {
	{ "name", FORM_TEXT, true, TARIFF_TITLE_MAX, NULL, AT(name) },
	{ "note", FORM_TEXT, false, TARIFF_NOTE_MAX, NULL, AT(note) },
	{ "start", FORM_CHOICE, true, 0, STARTS, AT(start) },
};

static const struct export_column COLUMNS[] = {
	{ "Word.Name", CELL_TEXT, 24, NULL },
	{ "Field.note", CELL_TEXT, 24, NULL },
	{ "Settings.Tariff.PresentSince", CELL_DAY, 14, NULL },
	{ "Tou.sharp", CELL_TEXT, 12, NULL },
	{ "Tou.peak", CELL_TEXT, 12, NULL },
	{ "Tou.flat", CELL_TEXT, 12, NULL },
	{ "Tou.valley", CELL_TEXT, 12, NULL },
	{ "Tou.deep", CELL_TEXT, 12, NULL },
	{ "Settings.Tariff.NextFrom", CELL_DAY, 14, NULL },
	{ "Word.Meters", CELL_INT, 10, NULL },
	{ "Settings.Tariff.ArchivedAt", CELL_TIME, 20, NULL },
};

/* ---- the list ---- */

/* Meters of the tariff that do not hold its prices or day table yet. */
static int64_t
count_due(const struct config_want *wants, size_t count, const struct tariff_meter *meters,
    size_t meter_count, int64_t tariff_id, int64_t now)
{
	int64_t due = 0;
	size_t k = 0;

	for (size_t i = 0; i < meter_count; i++) {
		const struct tariff_version *version = tariff_version_at(&meters[i], now);
		if (version == NULL || version->tariff_id != tariff_id)
			continue;
		while (k < count && wants[k].meter_id < meters[i].meter_id)
			k++;
		if (k < count && wants[k].meter_id == meters[i].meter_id)
			due += config_is_due(&wants[k].parts[CONFIG_PRICES]) ||
			       config_is_due(&wants[k].parts[CONFIG_TOU]);
	}
	return due;
}

static enum rc
show_item(struct req *r, struct node *node, const struct tariff_item *item,
    const struct tariff_book *book)
{
	node_int(r->view, node, "Id", item->tariff_id);
	node_set(r->view, node, "Name", item->name);
	node_set(r->view, node, "Note", item->note);
	node_bool(r->view, node, "IsArchived", item->is_archived);
	node_int(r->view, node, "Meters", item->meters);
	if (item->drafts > 0)
		node_int(r->view, node, "Drafts", item->drafts);
	if (item->has_next)
		node_set(r->view, node, "Next", day_words(r, item->next_from));
	if (item->version_id == 0)
		return RC_OK;
	node_set(r->view, node, "From", day_words(r, item->valid_from));
	for (size_t i = 0; i < book->count; i++)
		if (book->entries[i].version->version_id == item->version_id)
			totals_show(
			    r, node_child(r->view, node, "Periods"), book->entries[i].version);
	return RC_OK;
}

static enum rc
show_list(struct req *r, const struct tariff_item *items, size_t count)
{
	struct day today = clock_day(r->now);
	struct node *list = view_node(r->view, "Tariffs");
	struct config_want *wants;
	struct tariff_book book;
	struct tariff_meter *meters;
	size_t want_count, meter_count;
	enum rc rc = tariff_book(r->db, r->arena, today, clock_day_add(today, 1), &book);

	if (rc != RC_OK || (rc = tariff_meters(r->db, &book, &meters, &meter_count)) != RC_OK ||
	    (rc = config_want(r->db, r->arena, 0, r->now, &wants, &want_count)) != RC_OK)
		return rc;
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct node *node = node_add(r->view, list);
		rc = show_item(r, node, &items[i], &book);
		/* Counted over all buildings: only who may see them all is told. */
		int64_t due = scope_is_limited(r->scope)
				  ? 0
				  : count_due(wants, want_count, meters, meter_count,
					items[i].tariff_id, r->now);
		if (due > 0)
			node_int(r->view, node, "Due", due);
	}
	return rc;
}

enum rc
tariffs(struct req *r)
{
	static const char *const SORTS[] = { "name", NULL };
	struct tariff_filter filter = { .scope = r->scope, .today = clock_day(r->now) };
	struct tariff_item *items;
	struct list list;
	struct rows *rows;
	int64_t without;
	size_t count;
	enum rc rc;

	list_read(r, SORTS, TARIFFS_MAX, &list);
	if (list.format != LIST_PAGE) {
		if (!may(r, PERM_EXPORT))
			return RC_DENIED;
		rc = tariff_export(r->db, r->scope, filter.today, list.search, &rows);
		return rc == RC_OK ? export_answer(r, list.format, "Settings.Tariffs.Title",
					 param_get(&r->query, "q"), COLUMNS, COUNT(COLUMNS), rows)
				   : rc;
	}
	rc = tariff_list(r->db, r->arena, r->scope, filter.today, list.search, &items, &count);
	if (rc != RC_OK || (rc = show_list(r, items, count)) != RC_OK)
		return rc;
	filter.tariff_id = TARIFF_NONE;
	if ((rc = tariff_meter_count(r->db, &filter, &without)) != RC_OK)
		return rc;
	if (without > 0)
		view_int(r->view, "Without", without);
	list_view(r, &list, (int64_t)count, NULL);
	return page(r, "settings/tariffs.cs");
}

/* ---- a new one ---- */

static const struct tariff_table EVENING = { 6,
	{ { 0, TARIFF_VALLEY }, { 360, TARIFF_FLAT }, { 480, TARIFF_PEAK }, { 660, TARIFF_FLAT },
	    { 1080, TARIFF_PEAK }, { 1320, TARIFF_VALLEY } } };

static void
start_version(struct req *r, int64_t start, struct tariff_version *version)
{
	tariff_fixed(version, view_word(r->view, "Settings.Tariff.FirstComponent"), 0);
	if (start == START_TOU)
		version->tables[0] = EVENING;
}

struct making {
	struct tariff_row tariff;
	struct tariff_version version;
	struct tariff_version_row row;
	struct operator_actor by;
};

static enum rc
make(struct db *db, void *context)
{
	struct making *making = context;
	enum rc rc = tariff_insert(db, &making->tariff, &making->by);

	making->row.tariff_id = making->tariff.tariff_id;
	return rc == RC_OK ? tariff_draft_insert(db, &making->row, &making->version, &making->by)
			   : rc;
}

static enum rc
new_page(struct req *r)
{
	crumb(r, NULL, view_word(r->view, "Settings.Tariff.New"));
	view_set(r->view, "Page.Title", view_word(r->view, "Settings.Tariff.New"));
	return page(r, "settings/tariff_new.cs");
}

static enum rc
refuse(struct req *r, const struct making *making, enum rc rc)
{
	if (rc == RC_CONFLICT && db_is_duplicate(r->db)) {
		form_error_values(
		    r, "name", "TariffTaken", (const char *const[]){ making->tariff.name }, 1);
		rc = RC_OK;
	}
	return rc == RC_OK ? new_page(r) : rc;
}

enum rc
tariff_new(struct req *r)
{
	struct typed typed = { 0 };
	struct making making = { .by = editor(r) };
	struct faults faults = { 0 };

	if (r->method == GET) {
		form_fill(r, FIELDS, COUNT(FIELDS), &typed);
		return new_page(r);
	}
	enum rc rc = form_read(r, FIELDS, COUNT(FIELDS), &typed);
	if (rc != RC_OK)
		return rc == RC_INVALID ? new_page(r) : rc;
	(void)text_copy(making.tariff.name, sizeof(making.tariff.name), typed.name);
	(void)text_copy(making.tariff.note, sizeof(making.tariff.note), typed.note);
	tariff_validate(&making.tariff, &faults);
	if (edit_show_faults(r, &faults) != RC_OK)
		return new_page(r);
	start_version(r, typed.start, &making.version);
	if ((rc = edit_save(r, make, &making)) != RC_OK)
		return refuse(r, &making, rc);
	flash(r, "TariffMade");
	return redirect(r, "%s", version_link(r, making.row.version_id, "/edit"));
}
