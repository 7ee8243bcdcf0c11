/* /login/confirm: the password again before something dangerous; and the way back from another
 * role's eyes. */
#include "confirm.h"

#include <stddef.h>

#include "form.h"
#include "hash.h"
#include "model/audit.h"
#include "model/factor.h"
#include "model/operator.h"
#include "model/password.h"
#include "model/session.h"
#include "model/throttle.h"
#include "pages.h"

#define CODE_MAX 20

struct confirm_form {
	char password[PASSWORD_MAX * 4 + 1];
	char code[CODE_MAX * 4 + 1];
};

static const struct form_field FIELDS[] = {
	{ "password", FORM_RAW, .is_required = true, .max = PASSWORD_MAX,
	    .offset = offsetof(struct confirm_form, password) },
	{ "code", FORM_RAW, .max = CODE_MAX, .offset = offsetof(struct confirm_form, code) },
};

static enum rc
show(struct req *r)
{
	view_bool(r->view, "Again.HasCode", r->session->has_totp);
	return page(r, "login/confirm.cs");
}

enum rc
confirm_show(struct req *r)
{
	const char *next = confirm_next(r, param_get(&r->query, "next"));

	if (r->session->confirm_until > r->now)
		return redirect(r, "%s", next);
	view_set(r->view, "Again.NextHref", next);
	return show(r);
}

static enum rc
audit_refused(struct req *r, const char *why)
{
	return audit_write(r->db, &(struct audit){ .at = r->now,
				      .operator_id = r->user.operator_id,
				      .actor = r->user.username,
				      .address = r->address,
				      .action = "session.confirm",
				      .outcome = AUDIT_REFUSED,
				      .reason = why });
}

/* As guarded as the door: whoever sits down at a screen that was left open gets no more guesses. */
static enum rc
verify(struct req *r, const struct confirm_form *form, int64_t *wait_ms)
{
	struct operator_actor by = { r->user.operator_id, r->user.username, r->address, r->now };
	struct operator_row op;
	const char *why = "wrong password";
	enum rc rc = operator_find(r->db, r->user.username, &op);

	if (rc == RC_OK)
		rc = throttle_begin(r->db, op.username, r->address, true, r->now, wait_ms);
	if (rc != RC_OK)
		return rc;
	rc = hash_verify(r, op.password_hash[0] != '\0' ? op.password_hash : NULL, form->password);
	if (rc == RC_OK && r->session->has_totp) {
		rc = factor_check(r->db, r->conf, form->code, &by);
		why = "wrong code";
	}
	if (rc != RC_DENIED)
		return rc;
	rc = audit_refused(r, why);
	return rc == RC_OK ? RC_DENIED : rc;
}

static enum rc
lead_back(struct req *r, const char *next)
{
	struct session_client client = client_of(r);
	enum rc rc = session_confirm(r->db, r->session, &client);

	if (rc != RC_OK)
		return rc;
	if (*param_get(&r->body, "posted") == '\0')
		return redirect(r, "%s", next);
	confirm_view(r, next, CONFIRM_RETURN);
	return page(r, "login/confirmed.cs");
}

enum rc
confirm_check(struct req *r)
{
	const char *next = confirm_next(r, param_get(&r->body, "next"));
	struct confirm_form form = { 0 };
	int64_t wait_ms = 0;
	enum rc rc = form_read(r, FIELDS, COUNT(FIELDS), &form);

	if (rc == RC_OK)
		rc = verify(r, &form, &wait_ms);
	if (rc == RC_OK)
		return lead_back(r, next);
	if (rc != RC_DENIED && rc != RC_INVALID)
		return rc;
	if (wait_ms > 0)
		show_wait(r, wait_ms);
	else if (rc == RC_DENIED)
		form_error(r, "", r->session->has_totp ? "ConfirmCode" : "WrongPassword");
	confirm_view(r, next, CONFIRM_AGAIN);
	view_bool(r->view, "Again.IsPosted", *param_get(&r->body, "posted") != '\0');
	return show(r);
}

enum rc
view_end(struct req *r)
{
	struct session_client client = client_of(r);

	if (r->session->is_viewing) {
		enum rc rc = session_view_end(r->db, r->session, &client);
		if (rc != RC_OK)
			return rc;
	}
	return redirect(r, "/settings/roles");
}
