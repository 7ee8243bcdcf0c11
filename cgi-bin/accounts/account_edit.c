/* /accounts/{id}/edit: what is known of the tenant. */
#include <stddef.h>

#include "base/text.h"
#include "conflict.h"
#include "form.h"
#include "model/account_profile.h"
#include "tenant.h"

struct typed {
	int64_t revision;
	char name[ACCOUNT_NAME_MAX * 4 + 1], initials[ACCOUNT_INITIALS_MAX * 4 + 1];
	char phone[ACCOUNT_PHONE_MAX * 4 + 1], id_number[ACCOUNT_ID_NUMBER_MAX * 4 + 1];
	char note[ACCOUNT_NOTE_MAX * 4 + 1];
};

#define AT(member) offsetof(struct typed, member)
static const struct form_field FIELDS[] = {
	{ "revision", FORM_UINT, true, UINT32_MAX, NULL, AT(revision) },
	{ "name", FORM_TEXT, true, ACCOUNT_NAME_MAX, NULL, AT(name) },
	{ "initials", FORM_TEXT, false, ACCOUNT_INITIALS_MAX, NULL, AT(initials) },
	{ "phone", FORM_TEXT, false, ACCOUNT_PHONE_MAX, NULL, AT(phone) },
	{ "id_number", FORM_TEXT, false, ACCOUNT_ID_NUMBER_MAX, NULL, AT(id_number) },
	{ "note", FORM_TEXT, false, ACCOUNT_NOTE_MAX, NULL, AT(note) },
};

static void
fill(struct req *r, const struct account_profile *profile)
{
	struct typed typed = { .revision = profile->row.revision };

	(void)text_copy(typed.name, sizeof(typed.name), profile->row.name);
	(void)text_copy(typed.initials, sizeof(typed.initials), profile->row.initials);
	(void)text_copy(typed.phone, sizeof(typed.phone), profile->row.phone);
	(void)text_copy(typed.id_number, sizeof(typed.id_number), profile->id_number);
	(void)text_copy(typed.note, sizeof(typed.note), profile->note);
	form_fill(r, FIELDS, COUNT(FIELDS), &typed);
}

static void
take(const struct typed *typed, struct account_profile *profile)
{
	profile->row.revision = typed->revision;
	(void)text_copy(profile->row.name, sizeof(profile->row.name), typed->name);
	(void)text_copy(profile->row.initials, sizeof(profile->row.initials), typed->initials);
	(void)text_copy(profile->row.phone, sizeof(profile->row.phone), typed->phone);
	(void)text_copy(profile->id_number, sizeof(profile->id_number), typed->id_number);
	(void)text_copy(profile->note, sizeof(profile->note), typed->note);
}

struct saving {
	struct account_profile profile;
	struct operator_actor by;
	struct faults faults;
};

static enum rc
save(struct db *db, void *context)
{
	struct saving *saving = context;
	struct account_profile profile = saving->profile;

	saving->faults = (struct faults){ 0 };
	account_profile_validate(&profile, &saving->faults);
	if (saving->faults.count > 0)
		return RC_INVALID;
	return account_profile_update(db, &profile, &saving->by);
}

static enum rc
show(struct req *r)
{
	enum rc rc = show_changed(r, "account", r->id);

	crumb(r, NULL, view_word(r->view, "Word.Edit"));
	return rc == RC_OK ? page(r, "accounts/account_edit.cs") : rc;
}

static enum rc
save_typed(struct req *r, const struct account_profile *stored)
{
	struct saving saving = { .profile = *stored, .by = editor(r) };
	struct typed typed = { .revision = -1 };

	if (form_read(r, FIELDS, COUNT(FIELDS), &typed) != RC_OK)
		return show(r);
	take(&typed, &saving.profile);
	enum rc rc = edit_save(r, save, &saving);
	if (rc == RC_INVALID) {
		show_faults(r, &saving.faults);
		return show(r);
	}
	if (rc == RC_CONFLICT) {
		rc = show_conflict(r, "account", r->id, typed.revision, stored->row.revision);
		return rc == RC_OK ? show(r) : rc;
	}
	if (rc != RC_OK)
		return rc;
	flash(r, "AccountSaved");
	return redirect(r, "/accounts/%lld", (long long)r->id);
}

enum rc
account_edit_page(struct req *r)
{
	struct account_profile profile;
	struct account_head head;
	enum rc rc = tenant_find(r, &head);

	if (rc == RC_OK)
		rc = account_profile_load(r->db, r->id, &profile);
	if (rc != RC_OK)
		return rc;
	if (r->method == POST)
		return save_typed(r, &profile);
	fill(r, &profile);
	return show(r);
}
