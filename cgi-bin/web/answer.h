/*
 * answer.h - what goes out. app.c sends it when the request is served.
 */
#ifndef VOLTILL_ANSWER_H
#define VOLTILL_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "route.h"

struct header {
	const char *name, *value;
	struct header *next;
};

struct answer {
	int status; /* 0: nothing was answered yet */
	const char *type;
	struct header *headers, **last;
	const char *body;
	size_t length;
	bool is_bodyless; /* HEAD: the length is told, the body is not sent */
};

enum { ANSWER_WORDS, ANSWER_TOKEN, ANSWER_VIEWING }; /* which words a status page takes */

/* Ends the request with a page of that status; words is ANSWER_TOKEN for a stale form,
 * ANSWER_VIEWING for a deed while looking through another role. id stands in
 * the log beside the cause, NULL if nobody needs to look there. Cannot fail: without templates the
 * answer is plain text. */
void answer_status(struct req *r, int status, int words, const char *id);

/* 303 to the sign-in page that leads back here; a fragment gets 401 and HX-Redirect. */
void answer_sign_in(struct req *r);

/* The answer is a file of the spool folder, handed out by nginx. disposition: see export.c. */
void answer_file(struct req *r, const char *name, const char *type, const char *disposition);

/* The answer is a picture whose address names its version: it may be kept for a year. */
void answer_image(struct req *r, const char *type, const char *bytes, size_t length);

/* The headers of reliability.md W-62, on every answer. */
void answer_security(struct req *r);

#endif
