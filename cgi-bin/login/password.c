#include "model/password.h"

#include <stddef.h>
#include <string.h>

#include "base/secret.h"
#include "form.h"
#include "hash.h"
#include "model/audit.h"
#include "model/operator.h"
#include "model/password_policy.h"
#include "model/session.h"
#include "model/throttle.h"
#include "pages.h"

#define TYPED (PASSWORD_MAX * 4 + 1)

struct password_form {
	char old[TYPED], new[TYPED], repeat[TYPED];
};

static const struct form_field FIELDS[] = {
	{ "old", FORM_RAW, .is_required = true, .max = PASSWORD_MAX,
	    .offset = offsetof(struct password_form, old) },
	{ "new", FORM_RAW, .is_required = true, .max = PASSWORD_MAX,
	    .offset = offsetof(struct password_form, new) },
	{ "repeat", FORM_RAW, .is_required = true, .max = PASSWORD_MAX,
	    .offset = offsetof(struct password_form, repeat) },
};

static const char *
number_phrase(struct req *r, const char *key, int64_t number)
{
	const char *text = arena_printf(r->arena, "%lld", (long long)number);

	return view_phrase(r->view, key, (const char *const[]){ text }, 1);
}

/* The rules in words, and why a password is asked for now. */
static enum rc
show(struct req *r)
{
	struct password_policy policy;
	enum rc rc = password_policy_read(r->db, &policy);

	if (rc != RC_OK)
		return rc;
	view_set(r->view, "Login.Policy.Length",
	    number_phrase(r, "Login.Password.PolicyLength", policy.rules.min));
	if (policy.rules.classes > 0)
		view_set(r->view, "Login.Policy.Classes",
		    number_phrase(r, "Login.Password.PolicyClasses", policy.rules.classes));
	if (policy.history > 0)
		view_set(r->view, "Login.Policy.History",
		    number_phrase(r, "Login.Password.PolicyHistory", policy.history));
	view_bool(r->view, "Login.IsExpired", r->session->is_expired);
	return page(r, "login/password.cs");
}

enum rc
password_show(struct req *r)
{
	const struct password_form empty = { 0 };
	form_fill(r, FIELDS, COUNT(FIELDS), &empty);
	return show(r);
}

/* What can be said without looking at the old password. */
static bool
is_acceptable(struct req *r, const struct password_form *form, const struct password_policy *policy)
{
	enum password_fault fault =
	    password_check(form->new, r->user.username, r->user.display_name, &policy->rules);
	int64_t limit = fault == PASSWORD_CLASSES ? policy->rules.classes : policy->rules.min;
	if (fault != PASSWORD_GOOD)
		form_error_values(r, "new", password_word(fault),
		    (const char *const[]){ arena_printf(r->arena, "%lld", (long long)limit) }, 1);
	else if (strcmp(form->new, form->old) == 0)
		form_error(r, "new", "PasswordSame");
	if (strcmp(form->new, form->repeat) != 0)
		form_error(r, "repeat", "PasswordRepeat");
	return r->status == 200;
}

static enum rc
audit_refused(struct req *r)
{
	return audit_write(r->db, &(struct audit){ .at = r->now,
				      .operator_id = r->user.operator_id,
				      .actor = r->user.username,
				      .address = r->address,
				      .action = "password.change",
				      .outcome = AUDIT_REFUSED,
				      .reason = "wrong password" });
}

/* Whoever sits down at a screen that was left open gets no more guesses than at the door. */
static enum rc
verify_old(struct req *r, const char *old, struct operator_row *op, int64_t *wait_ms)
{
	enum rc rc = operator_find(r->db, r->user.username, op);
	if (rc != RC_OK)
		return rc;
	rc = throttle_begin(r->db, op->username, r->address, true, r->now, wait_ms);
	if (rc != RC_OK)
		return rc;
	rc = hash_verify(r, op->password_hash[0] != '\0' ? op->password_hash : NULL, old);
	if (rc == RC_DENIED) {
		rc = audit_refused(r);
		return rc == RC_OK ? RC_DENIED : rc;
	}
	if (rc == RC_OK)
		rc = throttle_forgive(r->db, op->username, r->address);
	return rc;
}

/* RC_CONFLICT: one of the last passwords of this person. Each look costs a hash. */
static enum rc
check_history(struct req *r, const struct operator_row *op, const struct password_policy *policy,
    const char *new)
{
	const char *hashes[PASSWORD_HISTORY_MAX];
	size_t count, max = (size_t)policy->history;
	enum rc rc = password_history(r->db, op->operator_id, max, r->arena, hashes, &count);

	for (size_t i = 0; i < count && rc == RC_OK; i++) {
		rc = hash_verify(r, hashes[i], new);
		if (rc == RC_OK)
			return RC_CONFLICT;
		if (rc == RC_DENIED)
			rc = RC_OK;
	}
	return rc;
}

static enum rc
store(struct req *r, const struct operator_row *op, const char *password)
{
	char hash[SECRET_HASH_MAX];
	struct operator_actor by = { r->user.operator_id, r->user.username, r->address, r->now };
	enum rc rc = hash_make(r, password, hash);
	if (rc == RC_OK)
		rc = operator_set_password(r->db, op, hash, false, r->session->public_id, &by);
	if (rc != RC_OK)
		return rc;
	flash(r, "PasswordChanged");
	return redirect(r, r->user.must_change ? "/" : "/login/password");
}

enum rc
password_change(struct req *r)
{
	struct password_form form = { 0 };
	struct operator_row op;
	int64_t wait_ms = 0;
	struct password_policy policy;
	enum rc rc = password_policy_read(r->db, &policy);
	if (rc == RC_OK)
		rc = form_read(r, FIELDS, COUNT(FIELDS), &form);
	if (rc == RC_INVALID || (rc == RC_OK && !is_acceptable(r, &form, &policy)))
		return show(r);
	if (rc == RC_OK)
		rc = verify_old(r, form.old, &op, &wait_ms);
	if (rc == RC_OK && policy.history > 0)
		rc = check_history(r, &op, &policy, form.new);
	if (rc == RC_CONFLICT) {
		form_error(r, "new", "PasswordUsed");
		return show(r);
	}
	if (rc == RC_OK)
		return store(r, &op, form.new);
	if (rc != RC_DENIED)
		return rc;
	if (wait_ms > 0)
		show_wait(r, wait_ms);
	else
		form_error(r, "old", "WrongPassword");
	return show(r);
}
