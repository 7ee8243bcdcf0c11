#include "confirm.h"

#include <string.h>

#include "answer.h"
#include "request.h"

/* Pages of the sign-in program that are dangerous themselves; safe_next refuses that program. */
static const char *const OWN[] = { "/login/totp", "/login/totp/off", "/login/totp/codes" };

const char *
confirm_next(struct req *r, const char *typed)
{
	for (size_t i = 0; i < COUNT(OWN); i++)
		if (strcmp(OWN[i], typed) == 0)
			return OWN[i];
	return safe_next(r, typed, "/");
}

void
confirm_view(struct req *r, const char *next, enum confirm_fields fields)
{
	struct node *list = view_node(r->view, "Again.Keep");
	size_t length = strlen(CONFIRM_KEEP);

	view_set(r->view, "Again.NextHref", next);
	for (size_t i = 0; i < r->body.count; i++) {
		const char *name = r->body.list[i].name;
		bool is_kept = strncmp(name, CONFIRM_KEEP, length) == 0;
		if (strcmp(name, "csrf") == 0 || (fields != CONFIRM_BEGIN && !is_kept))
			continue;
		if (fields == CONFIRM_BEGIN)
			name = arena_printf(r->arena, CONFIRM_KEEP "%s", name);
		else if (fields == CONFIRM_RETURN)
			name += length;
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Name", name);
		node_set(r->view, node, "Value", r->body.list[i].value);
	}
}

enum rc
confirm_ask(struct req *r)
{
	const char *next = confirm_next(r, r->method == POST ? r->path : r->here);

	/* A file cannot travel in hidden fields. */
	if (r->method == POST && strncmp(r->in->type, "multipart/", strlen("multipart/")) != 0) {
		confirm_view(r, next, CONFIRM_BEGIN);
		view_bool(r->view, "Again.HasCode", r->session->has_totp);
		view_bool(r->view, "Again.IsPosted", true);
		r->status = 403;
		return page(r, "login/confirm.cs");
	}
	if (strcmp(next, "/") == 0)
		next = confirm_next(r, r->path);
	next = arena_printf(r->arena, "/login/confirm?next=%s", param_encode(r->arena, next));
	if (!r->is_fragment)
		return redirect(r, "%s", next);
	set_header(r, "HX-Redirect", next);
	r->answer->status = 401;
	r->answer->type = "text/plain; charset=utf-8";
	r->answer->body = "";
	return RC_OK;
}
