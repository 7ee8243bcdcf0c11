/*
 * route.h - the request, the route table and what every handler may call.
 *
 * Method, session, permission and CSRF are checked before the handler runs, so it cannot forget them.
 * A handler fills the view and returns page(); GET changes nothing, POST answers redirect().
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
#include "param.h"
#include "view.h"

enum method { GET = 1, POST = 2 }; /* HEAD is served as GET without a body */

struct user {
	int64_t operator_id; /* 0: nobody is signed in */
	const char *username, *display_name, *role;
	permission_set permissions;
	const char *csrf;    /* hex token of the session (or of the anonymous form cookie) */
	bool must_change;    /* only the password page is open until it is changed */
};

struct req {
	struct arena *arena; /* everything of this request; freed after the answer */
	const struct conf *conf;
	struct db *db;
	struct view *view;
	enum method method;
	bool is_head, is_secure, is_fragment; /* fragment: asked by htmx (HX-Request) */
	const char *path, *address, *user_agent, *host;
	const char *language; /* "zh-CN" or "en" */
	const char *theme;    /* "auto", "light", "dark" */
	struct params query, body;
	struct user user;
	int64_t id;           /* number in the path ("/accounts/meters/{id}"), 0 if none */
	int64_t now;          /* ms UTC, the same through the request */
	const struct route *route;
	int status;           /* 200 unless the handler sets it (422 for a form with errors) */
	void *sink;           /* app.c's: where the answer goes */
};

struct route {
	enum method method;
	const char *path;     /* "/accounts/meters/{id}"; {id} is digits, at most one per path */
	enum permission permission;
	enum rc (*handler)(struct req *);
	const char *nav;      /* entry of the navigation that is marked, "" if none */
	bool is_form;         /* POST by a signed-out visitor is allowed (sign-in); CSRF is checked all the same */
};

/* Renders a page template inside the layout, or the page body alone for a fragment. */
enum rc page(struct req *r, const char *template);

/* 303 to a path of ours built by printf; only paths, never what a visitor typed. */
enum rc redirect(struct req *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A note on the next page ("password changed"): key under T.Flash, kept in a short-lived cookie. */
void flash(struct req *r, const char *key);

/* Sets a cookie with the right flags; max_age_s 0 deletes it. Script never sees it. */
void set_cookie(struct req *r, const char *name, const char *value, int64_t max_age_s);
const char *get_cookie(const struct req *r, const char *name); /* "" when absent */

/* Extra response header. Value bytes that could end the line are a bug. */
void set_header(struct req *r, const char *name, const char *value);

/* "/login" or the path typed in ?next= when it is one of ours (reliability.md W-66). */
const char *safe_next(const struct req *r, const char *typed, const char *otherwise);

bool may(const struct req *r, enum permission permission);

#endif
