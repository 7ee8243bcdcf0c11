/* /settings/tariffs/{id}: one tariff, its versions, its name. */
#include "tariff.h"

#include <string.h>

#include "base/text.h"
#include "model/tariff_load.h"

struct typed {
	int64_t revision;
	char name[TARIFF_TITLE_MAX * 4 + 1], note[TARIFF_NOTE_MAX * 4 + 1];
	bool is_archived;
};
#define AT(member) offsetof(struct typed, member)
static const struct form_field FIELDS[] = {
	{ "revision", FORM_UINT, false, UINT32_MAX, NULL, AT(revision) },
	{ "name", FORM_TEXT, true, TARIFF_TITLE_MAX, NULL, AT(name) },
	{ "note", FORM_TEXT, false, TARIFF_NOTE_MAX, NULL, AT(note) },
	{ "archived", FORM_BOOL, false, 0, NULL, AT(is_archived) },
};

/* ---- opening ---- */

enum rc
tariff_open(struct req *r, struct tariff_row *tariff)
{
	enum rc rc = tariff_find(r->db, r->id, tariff);

	if (rc == RC_OK) {
		view_int(r->view, "Tariff.Id", tariff->tariff_id);
		view_set(r->view, "Tariff.Name", tariff->name);
		view_set(r->view, "Tariff.Note", tariff->note);
		view_bool(r->view, "Tariff.IsArchived", tariff->is_archived);
	}
	return rc;
}

const char *
version_link(struct req *r, int64_t version_id, const char *verb)
{
	return arena_printf(
	    r->arena, "/settings/tariffs/versions/%lld%s", (long long)version_id, verb);
}

const char *
version_title(struct req *r, const struct tariff_page *opened)
{
	const char *const values[] = { opened->tariff.name, day_words(r, opened->row.valid_from) };

	if (opened->row.state == TARIFF_DRAFT)
		return view_phrase(r->view, "Settings.Tariff.DraftOf", values, 1);
	return view_phrase(r->view, "Settings.Tariff.VersionOf", values, 2);
}

enum rc
version_open(struct req *r, struct tariff_page *opened)
{
	struct version_item *items;
	size_t count;
	enum rc rc = tariff_version_find(r->db, r->id, &opened->row);
	int64_t version_id = r->id;

	if (rc != RC_OK)
		return rc;
	r->id = opened->row.tariff_id;
	if ((rc = tariff_open(r, &opened->tariff)) != RC_OK ||
	    (rc = tariff_load_version(r->db, version_id, &opened->version)) != RC_OK ||
	    (rc = tariff_versions(r->db, r->arena, opened->tariff.tariff_id, clock_day(r->now),
		 &items, &count)) != RC_OK)
		return rc;
	r->id = version_id;
	opened->status = VERSION_PAST; /* older than what a page lists */
	for (size_t i = 0; i < count; i++)
		if (items[i].version_id == version_id)
			opened->status = items[i].status;
	crumb(r,
	    arena_printf(r->arena, "/settings/tariffs/%lld", (long long)opened->tariff.tariff_id),
	    opened->tariff.name);
	return RC_OK;
}

/* ---- the page ---- */

static void
show_version(struct req *r, struct node *node, const struct version_item *item)
{
	node_int(r->view, node, "Id", item->version_id);
	node_set(r->view, node, "Status", version_status_name(item->status));
	if (item->has_from)
		node_set(r->view, node, "From", day_words(r, item->valid_from));
	node_set(r->view, node, "Note", item->note);
	node_set(r->view, node, "CreatedBy", item->created_by);
	node_time(r->view, node, "Created", item->created_at, r->now, 0);
	if (item->published_at == 0)
		return;
	node_set(r->view, node, "PublishedBy", item->published_by);
	node_time(r->view, node, "Published", item->published_at, r->now, 0);
}

static enum rc
show_page(struct req *r, const struct tariff_row *tariff)
{
	struct tariff_filter filter = {
		.scope = r->scope, .today = clock_day(r->now), .tariff_id = tariff->tariff_id
	};
	struct node *list = view_node(r->view, "Versions");
	struct version_item *items;
	struct tariff_version version;
	size_t count;
	int64_t meters;
	enum rc rc =
	    tariff_versions(r->db, r->arena, tariff->tariff_id, filter.today, &items, &count);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct node *node = node_add(r->view, list);
		show_version(r, node, &items[i]);
		if (i >= 50)
			continue;
		rc = tariff_load_version(r->db, items[i].version_id, &version);
		if (rc == RC_OK)
			totals_show(r, node_child(r->view, node, "Periods"), &version);
	}
	if (rc != RC_OK || (rc = tariff_meter_count(r->db, &filter, &meters)) != RC_OK ||
	    (rc = show_changed(r, "tariff", tariff->tariff_id)) != RC_OK)
		return rc;
	view_int(r->view, "Tariff.Meters", meters);
	crumb(r, NULL, tariff->name);
	view_set(r->view, "Page.Title", tariff->name);
	return page(r, "settings/tariff.cs");
}

enum rc
tariff(struct req *r)
{
	struct tariff_row row;
	struct typed typed = { 0 };
	enum rc rc = tariff_open(r, &row);

	if (rc != RC_OK)
		return rc;
	typed.revision = row.revision;
	typed.is_archived = row.is_archived;
	(void)text_copy(typed.name, sizeof(typed.name), row.name);
	(void)text_copy(typed.note, sizeof(typed.note), row.note);
	form_fill(r, FIELDS, COUNT(FIELDS), &typed);
	return show_page(r, &row);
}

/* ---- saving ---- */

struct saving {
	struct tariff_row row;
	struct operator_actor by;
};

static enum rc
save(struct db *db, void *context)
{
	struct saving *saving = context;
	struct tariff_row row = saving->row;

	return tariff_update(db, &row, &saving->by);
}

enum rc
tariff_save(struct req *r)
{
	struct saving saving = { .by = editor(r) };
	struct typed typed = { 0 };
	struct tariff_row stored;
	struct faults faults = { 0 };
	enum rc rc = tariff_open(r, &stored);

	if (rc != RC_OK)
		return rc;
	rc = form_read(r, FIELDS, COUNT(FIELDS), &typed);
	saving.row = (struct tariff_row){ .tariff_id = stored.tariff_id,
		.revision = typed.revision,
		.is_archived = typed.is_archived };
	(void)text_copy(saving.row.name, sizeof(saving.row.name), typed.name);
	(void)text_copy(saving.row.note, sizeof(saving.row.note), typed.note);
	if (rc == RC_OK) {
		tariff_validate(&saving.row, &faults);
		rc = edit_show_faults(r, &faults);
	}
	if (rc == RC_OK)
		rc = edit_save(r, save, &saving);
	if (rc == RC_OK) {
		flash(r, "Saved");
		return redirect(r, "/settings/tariffs/%lld", (long long)stored.tariff_id);
	}
	if (rc == RC_CONFLICT && db_is_duplicate(r->db))
		form_error_values(r, "name", "TariffTaken", (const char *const[]){ typed.name }, 1);
	else if (rc == RC_CONFLICT) {
		rc = show_conflict(r, "tariff", stored.tariff_id, typed.revision, stored.revision);
		if (rc != RC_OK)
			return rc;
	} else if (rc != RC_INVALID) {
		return rc;
	}
	return show_page(r, &stored);
}

/* ---- a draft from a version ---- */

struct copying {
	struct tariff_version_row row;
	const struct tariff_version *content;
	struct operator_actor by;
};

static enum rc
copy(struct db *db, void *context)
{
	struct copying *copying = context;

	return tariff_draft_insert(db, &copying->row, copying->content, &copying->by);
}

enum rc
version_copy(struct req *r)
{
	struct tariff_page opened;
	struct copying copying = { .content = &opened.version, .by = editor(r) };
	enum rc rc = version_open(r, &opened);

	if (rc != RC_OK)
		return rc;
	copying.row.tariff_id = opened.tariff.tariff_id;
	(void)text_copy(copying.row.note, sizeof(copying.row.note), opened.row.note);
	if ((rc = edit_save(r, copy, &copying)) != RC_OK)
		return rc;
	flash(r, "DraftMade");
	return redirect(r, "%s", version_link(r, copying.row.version_id, "/edit"));
}
