#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "model/audit.h"

#include "answer.h"
#include "confirm.h"
#include "request.h"
#include "route.h"

#define ID_MAX (1LL << 53) /* what a script can hold exactly */
#define ID     "{id}"

/* Reads the digits at *path: 1 … 2^53, no leading zero (reliability.md W-26). */
static bool
take_id(const char **path, int64_t *id)
{
	char digits[20];
	size_t length = strspn(*path, "0123456789");

	if (length == 0 || length >= sizeof(digits))
		return false;
	memcpy(digits, *path, length);
	digits[length] = '\0';
	*path += length;
	return text_parse_uint(digits, ID_MAX, id) == RC_OK && *id > 0;
}

bool
route_match(const char *pattern, const char *path, int64_t *id)
{
	*id = 0;
	while (*pattern != '\0') {
		if (strncmp(pattern, ID, strlen(ID)) == 0) {
			if (!take_id(&path, id))
				return false;
			pattern += strlen(ID);
		} else if (*pattern == *path) {
			pattern++;
			path++;
		} else {
			break;
		}
	}
	/* One slash more or less at the end is the same page. */
	if (strcmp(pattern, "/") == 0)
		pattern++;
	if (strcmp(path, "/") == 0)
		path++;
	return *pattern == '\0' && *path == '\0';
}

const struct route *
route_find(const struct route *routes, size_t count, enum method method, const char *path,
    int64_t *id, unsigned *allowed)
{
	*allowed = 0;
	for (size_t i = 0; i < count; i++) {
		if (!route_match(routes[i].path, path, id))
			continue;
		if (routes[i].method == method)
			return &routes[i];
		*allowed |= 1U << routes[i].method;
	}
	*id = 0;
	return NULL;
}

/* CSRF: where the request comes from, and the token of the form. */

/* The host of "https://host:port"; its port only when ours is known (nginx passes a bare host). */
static bool
is_own_origin(const struct req *r, const char *origin)
{
	const char *host = strstr(origin, "://");

	if (host == NULL)
		return false; /* "null": a sandboxed or local page */
	host += strlen("://");
	size_t length = strlen(r->host);
	if (length == 0 || strncasecmp(host, r->host, length) != 0)
		return false;
	return host[length] == '\0' ||
	       (host[length] == ':' && strchr(r->host, ':') == NULL &&
		   strspn(host + length + 1, "0123456789") == strlen(host + length + 1));
}

static bool
is_same_site(const struct req *r)
{
	const char *site = request_header(r, "HTTP_SEC_FETCH_SITE");
	const char *origin = request_header(r, "HTTP_ORIGIN");

	if (*site != '\0' && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
		return false;
	return *origin == '\0' || is_own_origin(r, origin);
}

static bool
has_token(const struct req *r)
{
	const char *token;

	if (param_one(&r->body, "csrf", &token) != RC_OK)
		return false;
	return strlen(token) == strlen(r->user.csrf) && *token != '\0' &&
	       secret_equal(token, r->user.csrf, strlen(token));
}

/* A signed-out visitor's token is worth something only with the cookie that belongs to it. */
static bool
is_form_genuine(const struct req *r)
{
	if (r->session == NULL && *get_cookie(r, FORM_COOKIE) == '\0')
		return false;
	return is_same_site(r) && has_token(r);
}

/* Answers. */

static int
status_of(enum rc rc)
{
	switch (rc) {
	case RC_NOT_FOUND:
		return 404;
	case RC_INVALID:
		return 400;
	case RC_DENIED:
		return 403;
	case RC_CONFLICT:
		return 409;
	case RC_TIMEOUT:
	case RC_UNAVAILABLE:
		return 503;
	case RC_OK:
	case RC_BUG:
		break;
	}
	return 500;
}

void
route_fail(struct req *r, enum rc rc)
{
	int status = status_of(rc);
	unsigned char random[4];
	char id[2 * sizeof(random) + 1];

	if (status < 500) {
		answer_status(r, status, ANSWER_WORDS, NULL);
		return;
	}
	secret_random(random, sizeof(random));
	text_hex(random, sizeof(random), id);
	log_error(r->path, "answered %d, error id %s (%s)", status, id, rc_name(rc));
	answer_status(r, status, ANSWER_WORDS, id);
}

/* Refused rights are on record. When that cannot be written the refusal stands all the same. */
static void
note_refusal(struct req *r, const char *why)
{
	log_warn(r->path, "refused: operator %s, %s", r->user.username, why);
	enum rc rc =
	    audit_write(r->db, &(struct audit){ .at = r->now,
				   .operator_id = r->user.operator_id,
				   .actor = r->user.username,
				   .address = r->address,
				   .action = "route.enter",
				   .outcome = AUDIT_REFUSED,
				   .detail = arena_printf(r->arena, "%s: %s", r->path, why) });
	if (rc != RC_OK)
		log_error(r->path, "the refusal is not on record (%s)", rc_name(rc));
}

/* True when something has to be done first; the request was answered. */
static bool
is_held_back(struct req *r)
{
	const struct route *route = r->route;
	const char *first = NULL;

	if (r->user.must_change && !route->while_must_change)
		first = "/login/password";
	else if (!r->user.must_change && r->user.must_enrol && !route->while_must_enrol)
		first = "/login/totp";
	if (first == NULL)
		return false;
	if (redirect(r, "%s", first) != RC_OK)
		route_fail(r, RC_BUG);
	return true;
}

/* What a person may do at all, but not now. */
static bool
is_timely(struct req *r)
{
	const struct route *route = r->route;

	if (r->session == NULL)
		return true;
	if (route->method == POST && r->session->is_viewing && !route->while_viewing) {
		note_refusal(r, arena_printf(r->arena, "looks as role %s", r->session->view_role));
		answer_status(r, 403, ANSWER_VIEWING, NULL);
		return false;
	}
	if (route->confirms && r->session->confirm_until <= r->now) {
		enum rc rc = confirm_ask(r);
		if (rc != RC_OK)
			route_fail(r, rc);
		return false;
	}
	return true;
}

/* True when the request may go on; otherwise it was answered. */
static bool
is_admitted(struct req *r)
{
	const struct route *route = r->route;
	bool needs_user =
	    route->permission != PERM_PUBLIC || (route->method == POST && !route->is_form);

	if (needs_user && r->session == NULL) {
		answer_sign_in(r);
		return false;
	}
	if (route->permission != PERM_PUBLIC && is_held_back(r))
		return false;
	if (!may_use(r, route->permission, route->also)) {
		note_refusal(r,
		    arena_printf(r->arena, "no permission %s", permission_name(route->permission)));
		answer_status(r, 403, ANSWER_WORDS, NULL);
		return false;
	}
	if (route->method == POST && !is_form_genuine(r)) {
		if (r->session != NULL)
			note_refusal(r, "form without a valid token");
		else
			log_warn(
			    r->path, "refused: form without a valid token from %s", r->address);
		answer_status(r, 403, ANSWER_TOKEN, NULL);
		return false;
	}
	return is_timely(r);
}

void
route_run(struct req *r)
{
	if (!is_admitted(r))
		return;
	enum rc rc = r->route->handler(r);
	if (rc == RC_OK && r->answer->status == 0) {
		log_error(r->path, "the handler gave no answer");
		rc = RC_BUG;
	}
	if (rc != RC_OK)
		route_fail(r, rc);
}
