/*
 * route.h - the request, the route table and what every handler may call.
 *
 * Method, session, permission and CSRF are checked before the handler runs, so it cannot forget
 * them. A handler fills the view and returns page(); GET changes nothing, POST answers redirect().
 */
#ifndef VOLTILL_ROUTE_H
#define VOLTILL_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/permission.h"
#include "model/session.h"
#include "param.h"
#include "upload.h"
#include "view.h"

enum method { GET = 1, POST = 2 }; /* HEAD is served as GET without a body */

struct user {
	int64_t operator_id; /* 0: nobody is signed in */
	const char *username, *display_name, *role;
	permission_set permissions;
	const char *csrf; /* what the hidden field "csrf" must hold */
	bool must_change; /* only the password page is open until it is changed */
	bool must_enrol;  /* only the page of the second factor */
};

struct site;
struct request;
struct answer;

struct req {
	struct arena *arena; /* everything of this request; freed after the answer */
	const struct conf *conf;
	struct db *db;
	struct view *view;
	enum method method;
	bool is_head, is_secure, is_fragment; /* fragment: asked by htmx (HX-Request) */
	const char *path, *address, *user_agent, *host;
	const char *here;     /* path and query as they were asked */
	const char *language; /* "zh-CN" or "en" */
	const char *theme;    /* "auto", "light", "dark" */
	struct params query, body, cookies;
	const struct upload *upload; /* the file of an is_upload route, NULL without one */
	const char *upload_path;     /* where it lies until the request is over */
	struct user user;
	const struct session *session; /* NULL: nobody is signed in */
	const struct scope *scope;     /* buildings the reader may see; nobody: nothing */
	int64_t id;		       /* number in the path ("/accounts/meters/{id}"), 0 if none */
	int64_t now;		       /* ms UTC, the same through the request */
	const struct route *route;
	int status;		/* 200 unless the handler sets it (422 for a form with errors) */
	const char *form_token; /* of a signed-out visitor: what FORM_COOKIE holds or will hold */
	struct site *site;
	const struct request *in;
	struct answer *answer; /* answer.h: what goes out */
};

struct route {
	enum method method;
	const char *path; /* "/accounts/meters/{id}"; {id} is digits, at most one per path */
	enum permission permission;
	enum rc (*handler)(struct req *);
	enum permission also; /* who has this one instead may, too; PERM_PUBLIC: nobody else */
	const char *nav;      /* entry of the navigation that is marked, "" if none */
	bool is_form; /* POST by a signed-out visitor is allowed (sign-in); CSRF is checked all the
			 same */
	bool while_must_change; /* open to a person who has to choose a new password first */
	bool while_must_enrol;	/* … to one whose role asks for a second factor not set up yet */
	bool while_viewing;	/* a POST that is open while one looks through another role */
	bool is_upload; /* a POST with a file (upload.h); the permission is checked before it is
			   read */
	bool confirms;	/* the password is asked again when it was given too long ago (confirm.h) */
};

/* True when path is the pattern's; *id is its number, 0 without one. A slash at the end does not
 * count. */
bool route_match(const char *pattern, const char *path, int64_t *id);

/* The route of method and path. NULL: *allowed has a bit (1 << method) for every method of that
 * path. */
const struct route *route_find(const struct route *routes, size_t count, enum method method,
    const char *path, int64_t *id, unsigned *allowed);

/* Session, permission and CSRF of r->route, then its handler; in every case there is an answer. */
void route_run(struct req *r);

/* Answers with the status page that belongs to rc; 500 and 503 get an id that is logged. */
void route_fail(struct req *r, enum rc rc);

/* Renders a page template inside the layout, or the page body alone for a fragment. */
enum rc page(struct req *r, const char *template);

/* 303 to a path of ours built by printf; only paths, never what a visitor typed. */
enum rc redirect(struct req *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A note on the next page ("PasswordChanged"): key under T.Flash, kept in a short-lived cookie. */
void flash(struct req *r, const char *key);
/* The same with {0} … filled in; at most 4 short values. */
void flash_values(struct req *r, const char *key, const char *const *values, size_t count);

#define SESSION_COOKIE                                                                         \
	"sid"		   /* "__Host-sid" on the wire under https; both verbs below see to it \
			    */
#define FORM_COOKIE "csrf" /* a session_token() of a signed-out visitor; likewise */

/* Sets a cookie with the right flags (HttpOnly, SameSite=Lax, Path=/, Secure under https).
 * max_age_s 0 deletes it, -1 lets it live as long as the browser. value: letters, digits, - _ . |
 * %. */
void set_cookie(struct req *r, const char *name, const char *value, int64_t max_age_s);
const char *get_cookie(const struct req *r, const char *name); /* "" when absent */

/* Extra response header. Value bytes that could end the line are a bug. */
void set_header(struct req *r, const char *name, const char *value);

/* The path typed in ?next= when it is one of ours and not the sign-in page, else otherwise
 * (reliability.md W-66). */
const char *safe_next(const struct req *r, const char *typed, const char *otherwise);

bool may(const struct req *r, enum permission permission);
/* permission or also, as a route says. */
bool may_use(const struct req *r, enum permission permission, enum permission also);

/* The sign of the site's currency: "¥". */
const char *currency_sign(const struct req *r);

#endif
