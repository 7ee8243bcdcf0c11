/*
 * param.h - query strings, urlencoded bodies and cookies, parsed by us.
 *
 * Limits: 2000 parameters, 64 KB body, 8 KB query; a name twice is refused when it is read by
 * param_one, and query and body never mix (W-36). Bytes that are not UTF-8 or hold NUL are refused.
 */
#ifndef VOLTILL_PARAM_H
#define VOLTILL_PARAM_H

#include <stddef.h>

#include "base/arena.h"
#include "base/rc.h"

#define PARAM_MAX	2000 /* ticks of a whole board; the query itself is bounded */
#define PARAM_BODY_MAX	(64 * 1024)
#define PARAM_QUERY_MAX (8 * 1024)

struct param {
	const char *name, *value;
};

struct params {
	struct param *list;
	size_t count;
};

/* Parses "a=1&b=%E4%BA%AC". RC_INVALID for broken escapes, bad UTF-8, NUL or too many. */
enum rc params_parse(struct arena *arena, const char *text, size_t length, struct params *params);
/* Parses a Cookie header; broken pairs are passed over. */
void cookies_parse(struct arena *arena, const char *header, struct params *params);

/* A path with its escapes undone once; NULL for broken escapes, bad UTF-8 or NUL. */
const char *param_decode_path(struct arena *arena, const char *path, size_t length);
/* A value as it may stand in one part of a query or in a cookie. */
char *param_encode(struct arena *arena, const char *text);

/* The value, "" when absent. The last one when the name stands twice. */
const char *param_get(const struct params *params, const char *name);
/* RC_INVALID when the name stands twice. */
enum rc param_one(const struct params *params, const char *name, const char **value);
/* n-th value of a repeated name (check boxes, st=low&st=arrears), NULL after the last. */
const char *param_nth(const struct params *params, const char *name, size_t n);

#endif
