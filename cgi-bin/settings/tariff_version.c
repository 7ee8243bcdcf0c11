/* /settings/tariffs/versions/{id}: a version as it is, as a sheet to post, and its drafts' editor.
 */
#include "tariff.h"

#include <string.h>

#include "base/text.h"
#include "model/setting.h"
#include "model/tariff_check.h"
#include "model/tariff_load.h"

/* ---- looking ---- */

static enum rc
show(struct req *r, const char *template)
{
	struct tariff_page opened;
	enum rc rc = version_open(r, &opened);

	if (rc != RC_OK)
		return rc;
	crumb(r, NULL,
	    opened.row.state == TARIFF_DRAFT ? view_word(r->view, "VersionStatus.draft")
					     : day_words(r, opened.row.valid_from));
	version_show(r, &opened);
	warnings_show(r, &opened.version);
	view_set(r->view, "Page.Title", version_title(r, &opened));
	if ((rc = show_changed(r, "tariff_version", r->id)) != RC_OK)
		return rc;
	return page(r, template);
}

enum rc
version(struct req *r)
{
	return show(r, "settings/tariff_version.cs");
}

enum rc
version_print(struct req *r)
{
	char company[512] = "";
	enum rc rc = setting_text(r->db, "receipt.company", "", company, sizeof(company));

	if (rc != RC_OK)
		return rc;
	view_set(r->view, "Company", company);
	view_set(r->view, "Today", day_words(r, clock_day(r->now)));
	return show(r, "settings/tariff_print.cs");
}

/* ---- the editor ---- */

static enum rc
edit_page(struct req *r, const struct tariff_page *opened, const struct tariff_version *version)
{
	enum rc rc = show_changed(r, "tariff_version", r->id);

	if (rc != RC_OK)
		return rc;
	view_int(r->view, "Version.Id", opened->row.version_id);
	warnings_show(r, version);
	crumb(r, NULL, view_word(r->view, "VersionStatus.draft"));
	view_set(r->view, "Page.Title", version_title(r, opened));
	return page(r, "settings/tariff_edit.cs");
}

/* Only drafts: whoever comes late is shown what it has become. */
static enum rc
draft_open(struct req *r, struct tariff_page *opened)
{
	enum rc rc = version_open(r, opened);

	return rc == RC_OK && opened->row.state != TARIFF_DRAFT ? RC_CONFLICT : rc;
}

enum rc
version_edit(struct req *r)
{
	struct tariff_page opened;
	enum rc rc = version_open(r, &opened);

	if (rc != RC_OK)
		return rc;
	if (opened.row.state != TARIFF_DRAFT)
		return redirect(r, "%s", version_link(r, r->id, ""));
	typed_show(r, typed_of_version(r, &opened.version, opened.row.note));
	view_int(r->view, "Form.revision.Value", opened.row.revision);
	return edit_page(r, &opened, &opened.version);
}

struct saving {
	struct tariff_version_row row;
	struct tariff_version content;
	struct operator_actor by;
};

static enum rc
save(struct db *db, void *context)
{
	struct saving *saving = context;
	struct tariff_version_row row = saving->row;

	return tariff_draft_update(db, &row, &saving->content, &saving->by);
}

static enum rc
saved(struct req *r)
{
	const char *deed = param_get(&r->body, "do");

	flash(r, "Saved");
	if (strcmp(deed, "add_season") == 0 || strncmp(deed, "drop_", 5) == 0)
		return redirect(r, "%s", version_link(r, r->id, "/edit"));
	return redirect(r, "%s",
	    version_link(r, r->id,
		strcmp(deed, "publish") == 0 ? "/publish"
		: strcmp(deed, "trial") == 0 ? "/trial"
		: strcmp(deed, "stay") == 0  ? "/edit"
					     : ""));
}

enum rc
version_save(struct req *r)
{
	struct saving saving = { .by = editor(r) };
	struct tariff_page opened;
	struct faults faults = { 0 };
	enum rc rc = draft_open(r, &opened);

	if (rc != RC_OK)
		return rc;
	struct typed_tariff *typed = typed_of_body(r);
	saving.row = opened.row;
	saving.row.revision = show_revision(r);
	typed_parse(typed, &saving.content, saving.row.note, &faults);
	rc = edit_show_faults(r, &faults);
	if (rc == RC_OK)
		rc = edit_save(r, save, &saving);
	if (rc == RC_OK)
		return saved(r);
	if (rc == RC_CONFLICT)
		rc = show_conflict(
		    r, "tariff_version", r->id, saving.row.revision, opened.row.revision);
	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	typed_show(r, typed);
	return edit_page(r, &opened, &opened.version);
}

/* ---- deleting a draft, withdrawing a version ---- */

struct deed {
	struct tariff_version_row row;
	struct day today;
	const char *reason;
	struct operator_actor by;
};

static enum rc
delete_it(struct db *db, void *context)
{
	const struct deed *deed = context;

	return tariff_draft_remove(db, &deed->row, &deed->by);
}

static enum rc
ask_delete(struct req *r, const struct tariff_page *opened)
{
	return confirm_page(
	    r, &(struct confirm){ .title = view_word(r->view, "Settings.Tariff.DeleteTitle"),
		   .text = view_word(r->view, "Settings.Tariff.DeleteText"),
		   .icon = "trash",
		   .button = view_word(r->view, "Settings.Tariff.Delete"),
		   .action = version_link(r, r->id, "/delete"),
		   .back = version_link(r, r->id, ""),
		   .revision = opened->row.revision });
}

enum rc
version_ask_delete(struct req *r)
{
	struct tariff_page opened;
	enum rc rc = draft_open(r, &opened);

	return rc == RC_OK ? ask_delete(r, &opened) : rc;
}

enum rc
version_delete(struct req *r)
{
	struct tariff_page opened;
	struct deed deed = { .by = editor(r) };
	enum rc rc = draft_open(r, &opened);

	if (rc != RC_OK)
		return rc;
	deed.row = opened.row;
	deed.row.revision = show_revision(r);
	rc = edit_save(r, delete_it, &deed);
	if (rc == RC_CONFLICT) {
		rc = show_conflict(
		    r, "tariff_version", r->id, deed.row.revision, opened.row.revision);
		return rc == RC_OK ? ask_delete(r, &opened) : rc;
	}
	if (rc != RC_OK)
		return rc;
	flash(r, "Deleted");
	return redirect(r, "/settings/tariffs/%lld", (long long)opened.tariff.tariff_id);
}

static enum rc
withdraw_it(struct db *db, void *context)
{
	const struct deed *deed = context;

	return tariff_withdraw(db, &deed->row, deed->today, deed->reason, &deed->by);
}

static enum rc
ask_withdraw(struct req *r, const struct tariff_page *opened)
{
	if (opened->status != VERSION_NEXT)
		confirm_obstacle(r, view_word(r->view, "Settings.Tariff.NotNext"));
	confirm_fact(
	    r, view_word(r->view, "Field.valid_from"), day_words(r, opened->row.valid_from));
	return confirm_page(
	    r, &(struct confirm){ .title = view_word(r->view, "Settings.Tariff.WithdrawTitle"),
		   .text = view_word(r->view, "Settings.Tariff.WithdrawText"),
		   .icon = "x",
		   .button = view_word(r->view, "Settings.Tariff.Withdraw"),
		   .action = version_link(r, r->id, "/withdraw"),
		   .back = version_link(r, r->id, ""),
		   .revision = opened->row.revision,
		   .asks_reason = true });
}

enum rc
version_ask_withdraw(struct req *r)
{
	struct tariff_page opened;
	enum rc rc = version_open(r, &opened);

	return rc == RC_OK ? ask_withdraw(r, &opened) : rc;
}

enum rc
version_withdraw(struct req *r)
{
	struct tariff_page opened;
	struct deed deed = { .today = clock_day(r->now), .by = editor(r) };
	enum rc rc = version_open(r, &opened);

	if (rc != RC_OK)
		return rc;
	deed.row = opened.row;
	if (reason_read(r, &deed.row.revision, &deed.reason) != RC_OK)
		return ask_withdraw(r, &opened);
	rc = edit_save(r, withdraw_it, &deed);
	if (rc == RC_INVALID) {
		confirm_obstacle(r, view_word(r->view, "Settings.Tariff.LeftAlone"));
		r->status = 409;
		return ask_withdraw(r, &opened);
	}
	if (rc == RC_CONFLICT) {
		rc = show_conflict(
		    r, "tariff_version", r->id, deed.row.revision, opened.row.revision);
		return rc == RC_OK ? ask_withdraw(r, &opened) : rc;
	}
	if (rc != RC_OK)
		return rc;
	flash(r, "Withdrawn");
	return redirect(r, "%s", version_link(r, r->id, ""));
}
