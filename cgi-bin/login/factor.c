/* /login/factor: the code of the second factor, after the password was right. */
#include "model/factor.h"

#include <stddef.h>

#include "form.h"
#include "model/audit.h"
#include "model/session.h"
#include "model/throttle.h"
#include "pages.h"

#define CODE_MAX 20

struct factor_form {
	char code[CODE_MAX * 4 + 1];
};

static const struct form_field FIELDS[] = {
	{ "code", FORM_RAW, .is_required = true, .max = CODE_MAX,
	    .offset = offsetof(struct factor_form, code) },
};

static enum rc
show(struct req *r, const struct params *params)
{
	view_set(r->view, "Login.Next", safe_next(r, param_get(params, "next"), ""));
	return page(r, "login/factor.cs");
}

/* The password was given too long ago: begin again. */
static enum rc
start_again(struct req *r)
{
	set_cookie(r, STEP_COOKIE, "", 0);
	flash(r, "FactorLate");
	return redirect(r, "/login");
}

enum rc
factor_show(struct req *r)
{
	if (r->session != NULL)
		return redirect(r, "/");
	if (*get_cookie(r, STEP_COOKIE) == '\0')
		return redirect(r, "/login");
	return show(r, &r->query);
}

static enum rc
audit_refused(struct req *r, const struct operator_row *op)
{
	return audit_write(r->db, &(struct audit){ .at = r->now,
				      .operator_id = op->operator_id,
				      .actor = op->username,
				      .address = r->address,
				      .action = "session.begin",
				      .outcome = AUDIT_REFUSED,
				      .reason = "wrong code" });
}

/* Counted like a password: six digits are few. */
static enum rc
verify(struct req *r, const struct operator_row *op, const char *code, int64_t *wait_ms)
{
	struct operator_actor by = { op->operator_id, op->username, r->address, r->now };
	bool is_known;
	enum rc rc =
	    session_is_known_address(r->db, op->operator_id, r->address, r->now, &is_known);

	if (rc == RC_OK)
		rc = throttle_begin(r->db, op->username, r->address, is_known, r->now, wait_ms);
	if (rc != RC_OK)
		return rc;
	rc = factor_check(r->db, r->conf, code, &by);
	if (rc != RC_DENIED)
		return rc;
	rc = audit_refused(r, op);
	return rc == RC_OK ? RC_DENIED : rc;
}

static enum rc
enter(struct req *r, const struct operator_row *op)
{
	enum rc rc = factor_step_end(r->db, get_cookie(r, STEP_COOKIE));

	if (rc == RC_NOT_FOUND)
		return start_again(r);
	if (rc != RC_OK)
		return rc;
	set_cookie(r, STEP_COOKIE, "", 0);
	return signin_enter(r, op);
}

enum rc
factor(struct req *r)
{
	char username[OPERATOR_USERNAME_MAX + 1];
	struct factor_form form = { 0 };
	struct operator_row op;
	int64_t wait_ms = 0;
	enum rc rc =
	    factor_step_find(r->db, get_cookie(r, STEP_COOKIE), r->now, username, sizeof(username));

	if (rc == RC_NOT_FOUND)
		return start_again(r);
	if (rc == RC_OK)
		rc = operator_find(r->db, username, &op);
	if (rc != RC_OK)
		return rc;
	if (op.is_disabled)
		return start_again(r);
	rc = form_read(r, FIELDS, COUNT(FIELDS), &form);
	if (rc == RC_OK)
		rc = verify(r, &op, form.code, &wait_ms);
	if (rc == RC_OK)
		return enter(r, &op);
	if (rc != RC_DENIED && rc != RC_INVALID)
		return rc;
	if (wait_ms > 0)
		show_wait(r, wait_ms);
	else if (rc == RC_DENIED)
		form_error(r, "code", "WrongCode");
	return show(r, &r->body);
}
