/* /settings/tariffs/versions/{id}/publish: from which day on, and what changes then. */
#include "tariff.h"

#include "model/change.h"
#include "model/tariff_load.h"
#include "model/tariff_text.h"

struct typed {
	int64_t revision;
	struct day from;
};
#define AT(member) offsetof(struct typed, member)
static const struct form_field FIELDS[] = {
	{ "revision", FORM_UINT, false, UINT32_MAX, NULL, AT(revision) },
	{ "valid_from", FORM_DAY, true, 0, NULL, AT(from) },
};

struct publishing {
	struct tariff_version_row row;
	struct day today;
	struct operator_actor by;
};

static enum rc
publish(struct db *db, void *context)
{
	struct publishing *publishing = context;
	struct tariff_version_row row = publishing->row;

	return tariff_publish(db, &row, publishing->today, &publishing->by);
}

/* What the draft changes against the version that is in force. */
static enum rc
show_difference(struct req *r, const struct tariff_page *opened)
{
	struct changes *changes = arena_alloc(r->arena, sizeof(*changes));
	char *detail = arena_alloc(r->arena, CHANGE_DETAIL_MAX);
	struct tariff_version present;
	struct version_item *items;
	size_t count;
	enum rc rc = tariff_versions(
	    r->db, r->arena, opened->tariff.tariff_id, clock_day(r->now), &items, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		if (items[i].status != VERSION_NOW)
			continue;
		if ((rc = tariff_load_version(r->db, items[i].version_id, &present)) != RC_OK)
			return rc;
		tariff_compare(&present, &opened->version, changes);
		changes_detail(changes, detail, CHANGE_DETAIL_MAX);
		show_changes(r, view_node(r->view, "Difference"), detail);
		view_set(r->view, "Present.From", day_words(r, items[i].valid_from));
		totals_show(r, view_node(r->view, "Present.Periods"), &present);
	}
	return rc;
}

static enum rc
show_page(struct req *r, const struct tariff_page *opened)
{
	struct tariff_filter filter = {
		.scope = r->scope, .today = clock_day(r->now), .tariff_id = opened->tariff.tariff_id
	};
	int64_t meters;
	enum rc rc = tariff_meter_count(r->db, &filter, &meters);

	if (rc != RC_OK || (rc = show_difference(r, opened)) != RC_OK)
		return rc;
	version_show(r, opened);
	warnings_show(r, &opened->version);
	view_int(r->view, "Tariff.Meters", meters);
	view_set(r->view, "Today", day_words(r, filter.today));
	crumb(r, version_link(r, r->id, ""), view_word(r->view, "VersionStatus.draft"));
	crumb(r, NULL, view_word(r->view, "Settings.Tariff.Publish"));
	view_set(r->view, "Page.Title", view_word(r->view, "Settings.Tariff.Publish"));
	return page(r, "settings/tariff_publish.cs");
}

enum rc
version_ask_publish(struct req *r)
{
	struct tariff_page opened;
	struct typed typed = { 0 };
	enum rc rc = version_open(r, &opened);

	if (rc != RC_OK)
		return rc;
	if (opened.row.state != TARIFF_DRAFT)
		return redirect(r, "%s", version_link(r, r->id, ""));
	typed.revision = opened.row.revision;
	typed.from = clock_day_add(clock_day(r->now), 1);
	form_fill(r, FIELDS, COUNT(FIELDS), &typed);
	return show_page(r, &opened);
}

static enum rc
refuse(struct req *r, const struct tariff_page *opened, const struct publishing *publishing,
    enum rc rc)
{
	if (rc == RC_INVALID)
		form_error(r, "", "TariffNotWhole");
	else if (rc != RC_CONFLICT)
		return rc;
	else if (db_is_duplicate(r->db))
		form_error(r, "valid_from", "TariffDayTaken");
	else if (opened->row.state != TARIFF_DRAFT)
		return redirect(r, "%s", version_link(r, r->id, ""));
	else if ((rc = show_conflict(r, "tariff_version", r->id, publishing->row.revision,
		      opened->row.revision)) != RC_OK)
		return rc;
	return show_page(r, opened);
}

enum rc
version_publish(struct req *r)
{
	struct tariff_page opened;
	struct typed typed = { 0 };
	struct publishing publishing = { .today = clock_day(r->now), .by = editor(r) };
	enum rc rc = version_open(r, &opened);

	if (rc != RC_OK)
		return rc;
	rc = form_read(r, FIELDS, COUNT(FIELDS), &typed);
	if (rc == RC_OK && typed.from.number < publishing.today.number) {
		form_error_values(r, "valid_from", "TariffPast",
		    (const char *const[]){ day_words(r, publishing.today) }, 1);
		rc = RC_INVALID;
	}
	if (rc != RC_OK)
		return rc == RC_INVALID ? show_page(r, &opened) : rc;
	publishing.row = opened.row;
	publishing.row.revision = typed.revision;
	publishing.row.valid_from = typed.from;
	if ((rc = edit_save(r, publish, &publishing)) != RC_OK)
		return refuse(r, &opened, &publishing, rc);
	flash(r, "Published");
	return redirect(r, "%s", version_link(r, r->id, ""));
}
