#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "form.h"
#include "hash.h"
#include "model/audit.h"
#include "model/factor.h"
#include "model/operator.h"
#include "model/password.h"
#include "model/session.h"
#include "model/throttle.h"
#include "pages.h"

#define ONE_TIME_VALID \
	(24 * CLOCK_HOUR) /* a password that somebody else made is good for so long */
#define USERNAME_TYPED 64 /* characters: enough to type a name wrongly and be told so */

struct signin_form {
	/* Both as typed: a look-alike or a trailing space is told, never mended into another name.
	 */
	char username[USERNAME_TYPED * 4 + 1];
	char password[PASSWORD_MAX * 4 + 1];
};

static const struct form_field FIELDS[] = {
	{ "username", FORM_RAW, .is_required = true, .max = USERNAME_TYPED,
	    .offset = offsetof(struct signin_form, username) },
	{ "password", FORM_RAW, .is_required = true, .max = PASSWORD_MAX,
	    .offset = offsetof(struct signin_form, password) },
};

static enum rc
show(struct req *r, const struct params *params)
{
	view_set(r->view, "Login.Next", safe_next(r, param_get(params, "next"), ""));
	view_set(r->view, "Form.username.Value", param_get(&r->body, "username"));
	return page(r, "login/signin.cs");
}

enum rc
signin_show(struct req *r)
{
	if (r->session != NULL)
		return redirect(r, "%s", safe_next(r, param_get(&r->query, "next"), "/"));
	return show(r, &r->query);
}

void
show_wait(struct req *r, int64_t wait_ms)
{
	char text[24];
	int64_t seconds = (wait_ms + CLOCK_SECOND - 1) / CLOCK_SECOND;
	bool is_long = seconds > 90;
	snprintf(text, sizeof(text), "%lld", (long long)(is_long ? (seconds + 59) / 60 : seconds));
	view_set(r->view, "Login.Wait",
	    view_phrase(r->view, is_long ? "Login.WaitMinutes" : "Login.WaitSeconds",
		(const char *const[]){ text }, 1));
	snprintf(text, sizeof(text), "%lld", (long long)seconds);
	set_header(r, "Retry-After", text);
	r->status = 429;
}

static enum rc
audit_refused(struct req *r, const struct operator_row *op, const char *username, const char *why)
{
	return audit_write(r->db, &(struct audit){ .at = r->now,
				      .operator_id = op->operator_id,
				      .actor = username,
				      .address = r->address,
				      .action = "session.begin",
				      .outcome = AUDIT_REFUSED,
				      .reason = why });
}

/* Takes the same steps for a name that does not exist as for one that does: the answer must not
 * tell which it was, in words, status or time. */
static enum rc
verify(struct req *r, const struct signin_form *form, struct operator_row *op, int64_t *wait_ms)
{
	bool is_known;
	enum rc rc = operator_find(r->db, form->username, op);
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	rc = session_is_known_address(r->db, op->operator_id, r->address, r->now, &is_known);
	if (rc != RC_OK)
		return rc;
	rc = throttle_begin(r->db, form->username, r->address, is_known, r->now, wait_ms);
	if (rc != RC_OK)
		return rc;
	bool is_open = op->password_hash[0] != '\0' && !op->is_disabled;
	rc = hash_verify(r, is_open ? op->password_hash : NULL, form->password);
	if (rc != RC_DENIED)
		return rc;
	rc = audit_refused(r, op, form->username, is_open ? "wrong password" : "cannot sign in");
	return rc == RC_OK ? RC_DENIED : rc;
}

static bool
is_stale_one_time(const struct operator_row *op, int64_t now)
{
	return op->must_change && op->password_changed_at + ONE_TIME_VALID < now;
}

/* Tells on the next page when and from where this account was used last. */
static enum rc
note_previous(struct req *r, const struct operator_row *op)
{
	int64_t at;
	char text[32], address[SESSION_ADDRESS];
	enum rc rc = session_previous(r->db, op->operator_id, r->now, &at, address);
	if (rc == RC_NOT_FOUND)
		return RC_OK;
	if (rc != RC_OK)
		return rc;
	clock_format_minute(at, text, sizeof(text));
	flash_values(r, "LastSignIn", (const char *const[]){ text, address }, 2);
	return RC_OK;
}

/* The old cookie opens nothing afterwards, whoever set it. */
enum rc
signin_enter(struct req *r, const struct operator_row *op)
{
	char token[SESSION_TOKEN];
	int64_t expires_at;
	struct session_client client = client_of(r);
	enum rc rc = note_previous(r, op);
	if (rc == RC_OK && r->session != NULL)
		rc = session_end(r->db, r->session, &client);
	if (rc == RC_OK)
		rc = session_begin(r->db, op, &client, token, &expires_at);
	if (rc != RC_OK)
		return rc;
	set_cookie(r, SESSION_COOKIE, token, -1);
	if ((rc = throttle_purge(r->db, r->now)) != RC_OK)
		return rc;
	if (op->must_change)
		return redirect(r, "/login/password");
	return redirect(r, "%s", safe_next(r, param_get(&r->body, "next"), "/"));
}

/* The password was right; whoever has a second factor owes it yet. */
static enum rc
go_on(struct req *r, const struct operator_row *op)
{
	const char *next = safe_next(r, param_get(&r->body, "next"), "");
	char token[SESSION_TOKEN];

	if (!op->has_totp)
		return signin_enter(r, op);
	enum rc rc = factor_step_begin(r->db, op->operator_id, r->now, token);
	if (rc != RC_OK)
		return rc;
	set_cookie(r, STEP_COOKIE, token, FACTOR_STEP_LIFE / CLOCK_SECOND);
	return redirect(
	    r, "/login/factor%s%s", *next != '\0' ? "?next=" : "", param_encode(r->arena, next));
}

enum rc
signin(struct req *r)
{
	struct signin_form form = { 0 };
	struct operator_row op;
	int64_t wait_ms = 0;
	enum rc rc = form_read(r, FIELDS, COUNT(FIELDS), &form);
	if (rc == RC_INVALID)
		return show(r, &r->body);
	if (rc != RC_OK)
		return rc;
	if (!operator_is_username(form.username)) {
		form_error(r, "username", "BadUsername");
		return show(r, &r->body);
	}
	rc = verify(r, &form, &op, &wait_ms);
	if (rc == RC_DENIED && wait_ms > 0)
		show_wait(r, wait_ms);
	else if (rc == RC_DENIED)
		form_error(r, "", "SignIn");
	else if (rc == RC_OK && is_stale_one_time(&op, r->now))
		form_error(r, "", "OneTimeStale");
	else
		return rc == RC_OK ? go_on(r, &op) : rc;
	return show(r, &r->body);
}

enum rc
signout(struct req *r)
{
	struct session_client client = client_of(r);
	enum rc rc = session_end(r->db, r->session, &client);
	if (rc != RC_OK)
		return rc;
	set_cookie(r, SESSION_COOKIE, "", 0);
	flash(r, "SignedOut");
	return redirect(r, "/login");
}
