/* /login/totp: one's own second factor. */
#include "base/totp.h"

#include <stddef.h>

#include "base/qr.h"
#include "base/text.h"
#include "form.h"
#include "model/factor.h"
#include "pages.h"

#define CODE_MAX 20

struct totp_form {
	char code[CODE_MAX * 4 + 1];
	char secret[2 * FACTOR_SEALED * 4 + 1]; /* sealed, in hex: the form carries it */
};

static const struct form_field FIELDS[] = {
	{ "code", FORM_RAW, .is_required = true, .max = CODE_MAX,
	    .offset = offsetof(struct totp_form, code) },
	{ "secret", FORM_RAW, .is_required = true, .max = 2 * FACTOR_SEALED,
	    .offset = offsetof(struct totp_form, secret) },
};

static struct operator_actor
actor_of(struct req *r)
{
	return (struct operator_actor){ r->user.operator_id, r->user.username, r->address, r->now };
}

/* The secret as the app wants it: as a picture, and in groups of four for who has to type it. */
static enum rc
show_secret(struct req *r, const unsigned char secret[TOTP_SECRET])
{
	char text[TOTP_TEXT];
	const char *path, *spaced = "";
	const char *site = view_word(r->view, "Site.Short");
	int size;

	totp_text(secret, text);
	for (size_t i = 0; i + 1 < sizeof(text); i += 4)
		spaced = arena_printf(r->arena, "%s%s%.4s", spaced, i > 0 ? " " : "", text + i);
	enum rc rc = qr_path(r->arena,
	    arena_printf(r->arena, "otpauth://totp/%s:%s?secret=%s&issuer=%s",
		param_encode(r->arena, site), r->user.username, text, param_encode(r->arena, site)),
	    &path, &size);
	if (rc != RC_OK)
		return rc;
	view_set(r->view, "Totp.Secret", spaced);
	view_set(r->view, "Totp.Path", path);
	view_int(r->view, "Totp.Size", size);
	return RC_OK;
}

/* The page of who has none yet. sealed is shown again after a wrong code, so that the app need not
 * be fed twice. */
static enum rc
show_enrolment(
    struct req *r, const unsigned char key[SECRET_KEY], const unsigned char sealed[FACTOR_SEALED])
{
	unsigned char secret[TOTP_SECRET];
	char hex[2 * FACTOR_SEALED + 1];
	enum rc rc = secret_unseal(key, sealed, FACTOR_SEALED, secret);

	if (rc == RC_OK)
		rc = show_secret(r, secret);
	if (rc != RC_OK)
		return RC_INVALID;
	text_hex(sealed, FACTOR_SEALED, hex);
	view_set(r->view, "Totp.Sealed", hex);
	view_bool(r->view, "Totp.IsForced", r->user.must_enrol);
	return page(r, "login/totp.cs");
}

enum rc
totp_show(struct req *r)
{
	unsigned char key[SECRET_KEY], sealed[FACTOR_SEALED];
	int64_t left, since;
	enum rc rc = factor_state(r->db, r->user.operator_id, &left, &since);

	if (rc != RC_OK)
		return rc;
	if (since != 0) {
		view_time(r->view, "Totp.Since", since, r->now, 0);
		view_int(r->view, "Totp.Left", left);
		view_bool(r->view, "Totp.IsShort", left < 3);
		view_bool(r->view, "Totp.IsNeeded", r->session->needs_totp);
		return page(r, "login/totp.cs");
	}
	if (factor_key(r->conf, key) != RC_OK) {
		view_bool(r->view, "Totp.HasNoKey", true);
		return page(r, "login/totp.cs");
	}
	factor_new(key, sealed);
	return show_enrolment(r, key, sealed);
}

/* Shown once: an answer of its own instead of a redirect, because they are stored nowhere. */
static enum rc
show_codes(struct req *r, char codes[FACTOR_CODES][FACTOR_RECOVERY])
{
	struct node *list = view_node(r->view, "Codes");

	for (int i = 0; i < FACTOR_CODES; i++)
		node_set(r->view, node_add(r->view, list), "Text", codes[i]);
	return page(r, "login/codes.cs");
}

enum rc
totp_on(struct req *r)
{
	unsigned char key[SECRET_KEY], sealed[FACTOR_SEALED];
	char codes[FACTOR_CODES][FACTOR_RECOVERY];
	struct operator_actor by = actor_of(r);
	struct totp_form form = { 0 };
	enum rc rc = factor_key(r->conf, key);

	if (rc != RC_OK || r->session->has_totp)
		return rc != RC_OK ? rc : redirect(r, "/login/totp");
	rc = form_read(r, FIELDS, COUNT(FIELDS), &form);
	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	if (text_unhex(form.secret, sealed, sizeof(sealed)) != RC_OK)
		return RC_INVALID;
	if (rc == RC_OK)
		rc = factor_enrol(r->db, key, sealed, form.code, &by, codes);
	if (rc == RC_OK)
		return show_codes(r, codes);
	if (rc == RC_DENIED)
		form_error(r, "code", "WrongCode");
	else if (r->status != 422)
		return rc;
	return show_enrolment(r, key, sealed);
}

enum rc
totp_codes(struct req *r)
{
	char codes[FACTOR_CODES][FACTOR_RECOVERY];
	struct operator_actor by = actor_of(r);

	if (!r->session->has_totp)
		return redirect(r, "/login/totp");
	enum rc rc = factor_renew(r->db, &by, codes);
	return rc == RC_OK ? show_codes(r, codes) : rc;
}

enum rc
totp_off(struct req *r)
{
	struct operator_actor by = actor_of(r);

	if (r->session->needs_totp) {
		flash(r, "FactorNeeded");
		return redirect(r, "/login/totp");
	}
	enum rc rc = factor_reset(r->db, r->user.operator_id, &by);
	if (rc != RC_OK)
		return rc;
	flash(r, "FactorOff");
	return redirect(r, "/login/totp");
}
