/* /settings/operators/{id}: one person; what may be done to him, and what not. */
#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "edit.h"
#include "form.h"
#include "model/factor.h"
#include "people.h"

#define NO_ID	      0
#define PASSWORD_SIZE 64

struct operator_form {
	int64_t revision, role;
	char username[OPERATOR_USERNAME_MAX * 4 + 1], display_name[OPERATOR_NAME_MAX * 4 + 1],
	    phone[PERSON_PHONE_MAX * 4 + 1];
};

static const struct form_field FIELDS[] = {
	{ "revision", FORM_UINT, .max = UINT32_MAX,
	    .offset = offsetof(struct operator_form, revision) },
	{ "username", FORM_RAW, .max = OPERATOR_USERNAME_MAX,
	    .offset = offsetof(struct operator_form, username) },
	{ "display_name", FORM_TEXT, .is_required = true, .max = OPERATOR_NAME_MAX,
	    .offset = offsetof(struct operator_form, display_name) },
	{ "phone", FORM_TEXT, .max = PERSON_PHONE_MAX,
	    .offset = offsetof(struct operator_form, phone) },
	{ "role", FORM_UINT, .is_required = true, .max = UINT32_MAX,
	    .offset = offsetof(struct operator_form, role) },
};

enum rc
person_of_path(struct req *r, struct person *person)
{
	struct person_filter asker = person_asker(r);

	return person_find(r->db, r->arena, &asker, r->id, person);
}

static bool
is_self(const struct req *r, const struct person *person)
{
	return person->operator_id == r->user.operator_id;
}

static const char *
person_path(struct req *r, const struct person *person)
{
	return arena_printf(r->arena, "/settings/operators/%lld", (long long)person->operator_id);
}

/* ---- showing ---- */

static bool
has_place(const struct person *person, int64_t place_id)
{
	for (size_t i = 0; i < person->scope_count; i++)
		if (person->scope[i] == place_id)
			return true;
	return false;
}

static enum rc
show_places(struct req *r, const struct person *person)
{
	struct node *list = view_node(r->view, "Form.building.Choice");
	struct person_place *places;
	size_t count;
	enum rc rc = person_places(r->db, r->arena, r->scope, &places, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct node *node = node_add(r->view, list);
		node_int(r->view, node, "Value", places[i].place_id);
		node_set(r->view, node, "Text", places[i].text);
		node_bool(r->view, node, "Selected", has_place(person, places[i].place_id));
	}
	return rc;
}

static void
show_facts(struct req *r, const struct person *person)
{
	struct node *node = view_node(r->view, "Person");

	node_int(r->view, node, "Id", person->operator_id);
	node_set(r->view, node, "Username", person->username);
	node_set(r->view, node, "Name", person->name);
	node_set(r->view, node, "Role", role_word(r, person->role, person->role_name));
	node_set(r->view, node, "Buildings", person->buildings);
	node_set(r->view, node, "State", person_state_name(person->state));
	node_bool(r->view, node, "IsSelf", is_self(r, person));
	node_bool(r->view, node, "IsDisabled", person->state == PERSON_DISABLED);
	node_bool(r->view, node, "IsWaiting", person->state == PERSON_WAITING);
	node_int(r->view, node, "Sessions", person->sessions);
	node_bool(r->view, node, "HasSessions", person->sessions > 0);
	node_bool(r->view, node, "HasTotp", person->totp_since != 0);
	node_time(r->view, node, "Totp", person->totp_since, r->now, 0);
	node_time(r->view, node, "SignedIn", person->signed_in_at, r->now, 0);
	node_time(r->view, node, "Password", person->password_at, r->now, 0);
	node_time(r->view, node, "Created", person->created_at, r->now, 0);
}

static enum rc
show_form(struct req *r, const struct person *person, const struct person *typed)
{
	const char *title = person->operator_id == NO_ID
				? view_word(r->view, "Settings.Operator.New")
				: person->name;
	enum rc rc = role_choices(r, typed->role_id, false);

	if (rc == RC_OK)
		rc = show_places(r, typed);
	if (rc != RC_OK)
		return rc;
	view_bool(r->view, "IsNew", person->operator_id == NO_ID);
	view_bool(r->view, "IsLimited", scope_is_limited(r->scope));
	view_set(r->view, "Page.Title", title);
	crumb(r, NULL, title);
	if (person->operator_id != NO_ID) {
		show_facts(r, person);
		if ((rc = show_changed(r, "operator", person->operator_id)) != RC_OK)
			return rc;
	}
	return page(r, "settings/operator.cs");
}

static void
fill_form(struct req *r, const struct person *person)
{
	struct operator_form form = { .revision = person->revision, .role = person->role_id };

	text_copy(form.display_name, sizeof(form.display_name), person->name);
	text_copy(form.phone, sizeof(form.phone), person->phone);
	form_fill(r, FIELDS, COUNT(FIELDS), &form);
}

/* ---- reading ---- */

/* The buildings of the form. Those the reader may not see cannot be taken away by not being ticked:
 * a person with such a building is not shown to him at all. */
static enum rc
read_places(struct req *r, struct person *person)
{
	const char *typed;

	person->scope_count = 0;
	for (size_t n = 0; (typed = param_nth(&r->body, "building", n)) != NULL; n++) {
		int64_t id;
		if (text_parse_uint(typed, UINT32_MAX, &id) != RC_OK || id == 0 ||
		    n == PERSON_SCOPES_MAX)
			return RC_INVALID;
		/* In order and each once, as they are stored. */
		size_t at = person->scope_count;
		while (at > 0 && person->scope[at - 1] > id)
			at--;
		if (at > 0 && person->scope[at - 1] == id)
			continue;
		memmove(&person->scope[at + 1], &person->scope[at],
		    (person->scope_count - at) * sizeof(person->scope[0]));
		person->scope[at] = id;
		person->scope_count++;
	}
	return RC_OK;
}

static enum rc
read_typed(struct req *r, const struct person *stored, struct person *typed)
{
	struct operator_form form = { 0 };
	struct faults faults = { 0 };
	enum rc rc = form_read(r, FIELDS, COUNT(FIELDS), &form);

	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	*typed = (struct person){
		.operator_id = stored->operator_id, .role_id = form.role, .revision = form.revision
	};
	text_copy(typed->username, sizeof(typed->username),
	    stored->operator_id == NO_ID ? form.username : stored->username);
	text_copy(typed->name, sizeof(typed->name), form.display_name);
	text_copy(typed->phone, sizeof(typed->phone), form.phone);
	if (stored->operator_id == NO_ID)
		view_set(r->view, "Form.username.Value", form.username);
	if (read_places(r, typed) != RC_OK)
		return RC_NOT_FOUND;
	if (rc != RC_OK)
		return rc;
	person_validate(typed, &faults);
	return edit_show_faults(r, &faults);
}

/* ---- saving ---- */

/* Shown once; nobody can look it up again. */
static enum rc
show_password(struct req *r, const struct person *person, const char *password)
{
	const char *title = view_word(r->view, "Settings.Operator.PasswordTitle");

	view_set(r->view, "Person.Username", person->username);
	view_set(r->view, "Person.Name", person->name);
	view_set(r->view, "Password", password);
	view_set(r->view, "Person.Href", person_path(r, person));
	view_set(r->view, "Page.Title", title);
	crumb(r, person_path(r, person), person->name);
	crumb(r, NULL, title);
	return page(r, "settings/operator_password.cs");
}

static enum rc
add(struct req *r, struct person *typed)
{
	char password[PASSWORD_SIZE], hash[SECRET_HASH_MAX];
	struct person_filter asker = person_asker(r);
	struct operator_actor by = editor(r);
	struct faults faults = { 0 };

	secret_password(password, sizeof(password));
	enum rc rc = secret_hash(password, hash);
	if (rc == RC_OK)
		rc = person_add(r->db, typed, hash, &asker, &by, &faults);
	if (rc == RC_OK)
		return show_password(r, typed, password);
	if (rc == RC_INVALID)
		(void)edit_show_faults(r, &faults);
	else if (rc == RC_CONFLICT)
		form_error(r, "username", "UsernameTaken");
	else
		return rc;
	const struct person none = { 0 };
	return show_form(r, &none, typed);
}

static enum rc
save(struct req *r, const struct person *stored, struct person *typed)
{
	struct person_filter asker = person_asker(r);
	struct operator_actor by = editor(r);
	struct faults faults = { 0 };
	enum rc rc = person_save(r->db, typed, &asker, &by, &faults);

	if (rc == RC_OK) {
		flash(r, "Saved");
		return redirect(r, "%s", person_path(r, stored));
	}
	if (rc == RC_INVALID)
		(void)edit_show_faults(r, &faults);
	else if (rc != RC_CONFLICT)
		return rc;
	else if ((rc = show_conflict(r, "operator", stored->operator_id, typed->revision,
		      stored->revision)) != RC_OK)
		return rc;
	return show_form(r, stored, typed);
}

enum rc
operator_new(struct req *r)
{
	struct person none = { .name = "" }, typed;

	if (r->method == GET) {
		fill_form(r, &none);
		return show_form(r, &none, &none);
	}
	enum rc rc = read_typed(r, &none, &typed);
	if (rc == RC_INVALID)
		return show_form(r, &none, &typed);
	return rc == RC_OK ? add(r, &typed) : rc;
}

enum rc
operator_edit(struct req *r)
{
	struct person person, typed;
	enum rc rc = person_of_path(r, &person);

	if (rc != RC_OK)
		return rc;
	if (r->method == GET) {
		fill_form(r, &person);
		return show_form(r, &person, &person);
	}
	rc = read_typed(r, &person, &typed);
	if (rc == RC_INVALID)
		return show_form(r, &person, &typed);
	return rc == RC_OK ? save(r, &person, &typed) : rc;
}

/* ---- deeds ---- */

/* Finds the person; nobody does these things to himself. */
static enum rc
begin_deed(struct req *r, struct person *person, bool *is_refused)
{
	enum rc rc = person_of_path(r, person);

	*is_refused = rc == RC_OK && is_self(r, person);
	if (!*is_refused)
		return rc;
	flash(r, "OwnAccount");
	return redirect(r, "%s", person_path(r, person));
}

static enum rc
end_deed(struct req *r, const struct person *person, enum rc rc, const char *word)
{
	if (rc == RC_CONFLICT)
		word = "ChangedMeanwhile";
	else if (rc != RC_OK)
		return rc;
	flash(r, word);
	return redirect(r, "%s", person_path(r, person));
}

static enum rc
ask_disable(struct req *r, const struct person *person, int64_t revision)
{
	const char *const values[] = { person->name, person->username };

	if (is_self(r, person))
		confirm_obstacle(r, view_word(r->view, "Error.OwnDisable"));
	crumb(r, person_path(r, person), person->name);
	return confirm_page(
	    r, &(struct confirm){
		   .title = view_phrase(r->view, "Settings.Operator.DisableTitle", values, 2),
		   .text = view_word(r->view, "Settings.Operator.DisableText"),
		   .icon = "lock",
		   .button = view_word(r->view, "Settings.Operator.Disable"),
		   .action = arena_printf(r->arena, "%s/disable", person_path(r, person)),
		   .back = person_path(r, person),
		   .revision = revision,
		   .asks_reason = true });
}

enum rc
operator_ask_disable(struct req *r)
{
	struct person person;
	enum rc rc = person_of_path(r, &person);

	return rc == RC_OK ? ask_disable(r, &person, person.revision) : rc;
}

enum rc
operator_disable(struct req *r)
{
	struct operator_actor by = editor(r);
	struct faults faults = { 0 };
	struct person person;
	const char *reason;
	int64_t revision;
	enum rc rc = person_of_path(r, &person);

	if (rc != RC_OK)
		return rc;
	rc = reason_read(r, &revision, &reason);
	if (rc == RC_OK) {
		person.revision = revision;
		rc = person_disable(r->db, &person, reason, &by, &faults);
	}
	if (rc != RC_INVALID)
		return end_deed(r, &person, rc, "OperatorDisabled");
	(void)edit_show_faults(r, &faults);
	return ask_disable(r, &person, revision);
}

/* A deed that asks for nothing but the person. */
static enum rc
do_deed(struct req *r,
    enum rc (*act)(struct db *, const struct person *, const struct operator_actor *),
    const char *word)
{
	struct operator_actor by = editor(r);
	struct person person;
	bool is_refused;
	enum rc rc = begin_deed(r, &person, &is_refused);

	if (rc != RC_OK || is_refused)
		return rc;
	return end_deed(r, &person, act(r->db, &person, &by), word);
}

enum rc
operator_enable(struct req *r)
{
	return do_deed(r, person_enable, "OperatorEnabled");
}

enum rc
operator_end_sessions(struct req *r)
{
	return do_deed(r, person_end_sessions, "OperatorSessions");
}

static enum rc
reset_factor(struct db *db, const struct person *person, const struct operator_actor *by)
{
	return factor_reset(db, person->operator_id, by);
}

enum rc
operator_totp(struct req *r)
{
	return do_deed(r, reset_factor, "OperatorTotp");
}

enum rc
operator_unlock(struct req *r)
{
	return do_deed(r, person_unlock, "OperatorUnlocked");
}

enum rc
operator_password(struct req *r)
{
	char password[PASSWORD_SIZE], hash[SECRET_HASH_MAX];
	struct operator_actor by = editor(r);
	struct person person;
	bool is_refused;
	enum rc rc = begin_deed(r, &person, &is_refused);

	if (rc != RC_OK || is_refused)
		return rc;
	secret_password(password, sizeof(password));
	if ((rc = secret_hash(password, hash)) == RC_OK)
		rc = person_password(r->db, &person, hash, &by);
	return rc == RC_OK ? show_password(r, &person, password) : rc;
}
