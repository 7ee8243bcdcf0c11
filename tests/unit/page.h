/*
 * page.h - a request with an open view, for the tests of what fills pages. To be included after the
 * file under test.
 */
#ifndef VOLTILL_PAGE_H
#define VOLTILL_PAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct conf conf;

/* Set up once for all tests of a file. */
static int
open_view(void **state)
{
	(void)state;
	conf_default(&conf);
	strcpy(conf.web_templates, "templates");
	strcpy(conf.web_static, "static");
	return view_open(&conf) == RC_OK ? 0 : 1;
}

/* Gives the test this request, with an arena and a view of its own. */
static int
begin_request(void **state, struct req request)
{
	static struct req r;

	r = request;
	r.arena = arena_new();
	r.view = view_new(r.arena, "en");
	*state = &r;
	return 0;
}

static int
end(void **state)
{
	struct req *r = *state;

	arena_free(r->arena);
	return 0;
}

#endif
