/*
 * confirm.h - asks for the password again before something dangerous.
 *
 * A route with .confirms is open only while the session counts as confirmed (session.confirm_min).
 * Its GET leads to /login/confirm and back. A POST that comes too late is not lost: its fields
 * travel as hidden ones, with CONFIRM_KEEP before their names, through /login/confirm, whose next
 * page holds them again for the path they were meant for.
 */
#ifndef VOLTILL_CONFIRM_H
#define VOLTILL_CONFIRM_H

#include "route.h"

#define CONFIRM_KEEP "keep."

/* Answers a request of a route with .confirms that came too late. */
enum rc confirm_ask(struct req *r);

enum confirm_fields {
	CONFIRM_BEGIN,	/* of the body that came too late: CONFIRM_KEEP is put before the names */
	CONFIRM_AGAIN,	/* of a body of /login/confirm: those that have it, as they are */
	CONFIRM_RETURN, /* the same without it, for the path they were meant for */
};
/* Puts next and the fields of the body into the view: Again.NextHref, Again.Keep.N.Name and .Value. */
void confirm_view(struct req *r, const char *next, enum confirm_fields fields);

/* Where the confirmation may lead back to; "/" for anything else. */
const char *confirm_next(struct req *r, const char *typed);

#endif
