#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

#include "answer.h"
#include "lang.h"
#include "nav.h"
#include "request.h"

#define FLASH_AGE_S	 60
#define FLASH_MAX	 500 /* bytes of the cookie */
#define FLASH_VALUES_MAX 4
#define FORM_AGE_S	 (12 * 3600)
#define LOCATION_MAX	 2048

/* Headers and cookies. */

static void
add_header(struct req *r, const char *name, const char *value)
{
	struct header *header = arena_alloc(r->arena, sizeof(*header));

	for (const char *byte = value; *byte != '\0'; byte++)
		assert(*byte >= ' ' && *byte < 0x7f);
	header->name = arena_strdup(r->arena, name);
	header->value = arena_strdup(r->arena, value);
	*r->answer->last = header;
	r->answer->last = &header->next;
}

void
set_header(struct req *r, const char *name, const char *value)
{
	for (struct header *header = r->answer->headers; header != NULL; header = header->next)
		if (strcmp(header->name, name) == 0) {
			header->value = arena_strdup(r->arena, value);
			return;
		}
	add_header(r, name, value);
}

void
answer_security(struct req *r)
{
	static const struct header headers[] = {
		{ .name = "Content-Security-Policy",
		    .value = "default-src 'none'; script-src 'self'; style-src 'self'; "
			     "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
			     "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
			     "manifest-src 'self'" },
		{ .name = "X-Content-Type-Options", .value = "nosniff" },
		{ .name = "Referrer-Policy", .value = "same-origin" },
		{ .name = "Cross-Origin-Opener-Policy", .value = "same-origin" },
		{ .name = "Permissions-Policy", .value = "camera=(self)" },
		{ .name = "Cache-Control", .value = "no-store" },
		{ .name = "Vary", .value = "HX-Request, Cookie, Accept-Language" },
	};

	for (size_t i = 0; i < COUNT(headers); i++)
		set_header(r, headers[i].name, headers[i].value);
	if (r->is_secure)
		set_header(r, "Strict-Transport-Security", "max-age=31536000");
}

/* The two cookies that open something are bound to this host wherever a browser can do that. */
static const char *
cookie_name(const struct req *r, const char *name)
{
	if (!r->is_secure)
		return name;
	if (strcmp(name, SESSION_COOKIE) == 0)
		return "__Host-" SESSION_COOKIE;
	if (strcmp(name, FORM_COOKIE) == 0)
		return "__Host-" FORM_COOKIE;
	return name;
}

void
set_cookie(struct req *r, const char *name, const char *value, int64_t max_age_s)
{
	const char *age = "";

	assert(strpbrk(value, "\",; \\\t") == NULL);
	if (max_age_s >= 0)
		age = arena_printf(r->arena, "; Max-Age=%lld", (long long)max_age_s);
	add_header(r, "Set-Cookie",
	    arena_printf(r->arena, "%s=%s; Path=/%s; HttpOnly; SameSite=Lax%s",
		cookie_name(r, name), value, age, r->is_secure ? "; Secure" : ""));
}

const char *
get_cookie(const struct req *r, const char *name)
{
	return param_get(&r->cookies, cookie_name(r, name));
}

/* Notes for the next page. */

void
flash_values(struct req *r, const char *key, const char *const *values, size_t count)
{
	char *text = arena_strdup(r->arena, key);

	for (size_t i = 0; i < count && i < FLASH_VALUES_MAX; i++)
		text = arena_printf(r->arena, "%s|%s", text, param_encode(r->arena, values[i]));
	if (strlen(text) <= FLASH_MAX)
		set_cookie(r, "flash", text, FLASH_AGE_S);
}

void
flash(struct req *r, const char *key)
{
	flash_values(r, key, NULL, 0);
}

/* The cookie came from outside: a key is letters only, and what is no phrase of ours is dropped. */
static void
flash_view(struct req *r)
{
	const char *values[FLASH_VALUES_MAX] = { "", "", "", "" };
	char *text = arena_strdup(r->arena, get_cookie(r, "flash"));
	char *rest = NULL, *key = strtok_r(text, "|", &rest), *value;

	if (*get_cookie(r, "flash") == '\0')
		return;
	set_cookie(r, "flash", "", 0);
	if (key == NULL || strlen(key) > 40)
		return;
	for (const char *c = key; *c != '\0'; c++)
		if (!isalpha((unsigned char)*c))
			return;
	for (size_t i = 0; i < FLASH_VALUES_MAX && (value = strtok_r(NULL, "|", &rest)); i++) {
		values[i] = param_decode_path(r->arena, value, strlen(value));
		if (values[i] == NULL)
			return;
	}
	const char *word = arena_printf(r->arena, "Flash.%s", key);
	if (*view_word(r->view, word) == '\0')
		return;
	view_set(r->view, "Flash.Key", key);
	view_set(r->view, "Flash.Text", view_phrase(r->view, word, values, FLASH_VALUES_MAX));
}

/* Pages. */

/* "meter.view" -> "MeterView", "accounts/board.cs" -> "AccountsBoard" with separator "". */
static char *
camel(struct arena *arena, const char *text, char dot_for)
{
	char *out = arena_alloc(arena, strlen(text) + 1);
	size_t n = 0;
	bool is_first = true;

	for (; *text != '\0'; text++) {
		if (isalnum((unsigned char)*text)) {
			out[n++] = is_first ? (char)toupper((unsigned char)*text) : *text;
			is_first = false;
		} else {
			if (*text == dot_for)
				out[n++] = '.';
			is_first = true;
		}
	}
	return out;
}

/* The banner of who looks through another role. */
static void
viewing_view(struct req *r)
{
	const struct session *session = r->session;
	const char *name = session->view_role_name;

	if (!session->is_viewing)
		return;
	if (*name == '\0')
		name = view_word(r->view, arena_printf(r->arena, "Role.%s", session->view_role));
	view_set(r->view, "User.Viewing", name);
	view_time(r->view, "User.ViewUntil", session->view_until, r->now, 0);
}

static void
user_view(struct req *r)
{
	const char *role_name = "";

	view_set(r->view, "Csrf", r->user.csrf);
	if (r->session == NULL)
		return;
	role_name = r->session->role_name;
	if (*role_name == '\0')
		role_name = view_word(r->view, arena_printf(r->arena, "Role.%s", r->user.role));
	view_bool(r->view, "User.IsSignedIn", true);
	view_set(r->view, "User.Username", r->user.username);
	view_set(r->view, "User.Name", r->user.display_name);
	view_set(r->view, "User.Role", r->user.role);
	view_set(r->view, "User.RoleName", role_name);
	/* The pages that are left are shown without navigation. */
	view_bool(r->view, "User.MustChange", r->user.must_change || r->user.must_enrol);
	view_bool(r->view, "User.HasTotp", r->session->has_totp);
	viewing_view(r);
	struct node *list = view_node(r->view, "User.May");
	for (enum permission p = PERM_METER_VIEW; p < PERM_COUNT; p++)
		node_bool(r->view, list, camel(r->arena, permission_name(p), '\0'), may(r, p));
}

const char *
currency_sign(const struct req *r)
{
	const char *code = *r->site->currency != '\0' ? r->site->currency : "CNY";

	return view_word(r->view, arena_printf(r->arena, "Currency.%s", code));
}

static void
frame_view(struct req *r, const char *name)
{
	size_t stem = strlen(name) - strlen(".cs");
	const char *template = arena_strndup(r->arena, name, stem);
	const char *title = arena_printf(r->arena, "%s.Title", camel(r->arena, template, '/'));

	if (!view_has(r->view, "Page.Title"))
		view_set(r->view, "Page.Title", view_word(r->view, title));
	view_set(r->view, "Page.Template", template);
	view_set(r->view, "Page.Program", r->site->program);
	view_set(r->view, "Page.Path", r->path);
	view_set(r->view, "Page.Here", r->method == POST ? r->path : r->here);
	view_set(r->view, "Page.Lang", r->language);
	view_set(r->view, "Page.OtherLang", lang_other(r->language));
	view_set(r->view, "Page.Theme", r->theme);
	view_set(r->view, "Page.Version", VOLTILL_VERSION);
	view_bool(r->view, "Page.IsFragment", r->is_fragment);
	view_time(r->view, "Page.Now", r->now, r->now, 0);
	view_set(r->view, "Site.Name", r->site->name);
	view_set(r->view, "Site.Currency", currency_sign(r));
	if (*r->site->logo != '\0')
		view_set(r->view, "Site.LogoHref",
		    arena_printf(r->arena, "/login/logo?v=%s", r->site->logo));
	user_view(r);
	if (r->is_fragment)
		return;
	nav_view(r);
	flash_view(r);
}

static void
finish(struct req *r, int status, const char *type, const char *body, size_t length)
{
	r->answer->status = status;
	r->answer->type = type;
	r->answer->body = body;
	r->answer->length = length;
}

enum rc
page(struct req *r, const char *template)
{
	const char *html;
	size_t length;

	if (r->session == NULL && strcmp(get_cookie(r, FORM_COOKIE), r->form_token) != 0)
		set_cookie(r, FORM_COOKIE, r->form_token, FORM_AGE_S);
	frame_view(r, template);
	enum rc rc = view_render(r->view, template, !r->is_fragment, &html, &length);
	if (rc == RC_OK)
		finish(r, r->status, "text/html; charset=utf-8", html, length);
	return rc;
}

static bool
has_word(const struct req *r, const char *key)
{
	return *view_word(r->view, arena_printf(r->arena, "Error.Page.%s.Title", key)) != '\0';
}

void
answer_status(struct req *r, int status, int words, const char *id)
{
	const char *key = arena_printf(r->arena, "S%d", status);

	/* A new view: whatever the handler filled in is not part of this page. */
	r->view = view_new(r->arena, r->language);
	r->status = status;
	if (words == ANSWER_TOKEN)
		key = "Token";
	else if (words == ANSWER_VIEWING)
		key = "Viewing";
	else if (!has_word(r, key))
		key = status < 500 ? "S400" : "S500";
	const char *branch = arena_printf(r->arena, "Error.Page.%s", key);
	view_int(r->view, "Error.Status", status);
	view_set(r->view, "Error.Id", id);
	static const char *const parts[] = { "Title", "Text", "Advice" };
	for (size_t i = 0; i < COUNT(parts); i++)
		view_set(r->view, arena_printf(r->arena, "Error.%s", parts[i]),
		    view_word(r->view, arena_printf(r->arena, "%s.%s", branch, parts[i])));
	view_set(
	    r->view, "Page.Title", view_word(r->view, arena_printf(r->arena, "%s.Title", branch)));
	if (page(r, "error.cs") == RC_OK)
		return;
	char *text = arena_printf(r->arena, "%d %s\n", status, id == NULL ? "" : id);
	finish(r, status, "text/plain; charset=utf-8", text, strlen(text));
}

/* Redirects. */

/* A path on this host in visible ASCII: nothing that could end the header or leave the site. */
static bool
is_our_path(const char *path)
{
	if (path[0] != '/' || path[1] == '/' || path[1] == '\\' || strlen(path) > LOCATION_MAX)
		return false;
	for (const char *byte = path; *byte != '\0'; byte++)
		if (!isgraph((unsigned char)*byte) || *byte == '\\')
			return false;
	return true;
}

enum rc
redirect(struct req *r, const char *format, ...)
{
	char location[LOCATION_MAX + 2];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(location, sizeof(location), format, arguments);
	va_end(arguments);
	if (!is_our_path(location)) {
		log_error(r->path, "redirect to something that is no path of ours: %s", location);
		return RC_BUG;
	}
	set_header(r, "Location", location);
	finish(r, 303, "text/plain; charset=utf-8", "", 0);
	return RC_OK;
}

const char *
safe_next(const struct req *r, const char *typed, const char *otherwise)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789_/?=&.-";

	(void)r;
	if (!is_our_path(typed) || strspn(typed, allowed) != strlen(typed) ||
	    strncmp(typed, "/login", strlen("/login")) == 0)
		return otherwise;
	return typed;
}

void
answer_sign_in(struct req *r)
{
	const char *next = safe_next(r, r->here, safe_next(r, r->path, ""));
	const char *target = "/login";

	if (r->method == GET && *next != '\0')
		target = arena_printf(r->arena, "/login?next=%s", param_encode(r->arena, next));
	if (r->is_fragment) {
		set_header(r, "HX-Redirect", target);
		finish(r, 401, "text/plain; charset=utf-8", "", 0);
		return;
	}
	set_header(r, "Location", target);
	finish(r, 303, "text/plain; charset=utf-8", "", 0);
}

void
answer_file(struct req *r, const char *name, const char *type, const char *disposition)
{
	set_header(r, "Content-Disposition", disposition);
	set_header(r, "X-Accel-Redirect", arena_printf(r->arena, "/_spool/%s", name));
	finish(r, 200, type, "", 0);
}

void
answer_image(struct req *r, const char *type, const char *bytes, size_t length)
{
	for (struct header *header = r->answer->headers; header != NULL; header = header->next)
		if (strcmp(header->name, "Cache-Control") == 0)
			header->value = "public, max-age=31536000, immutable";
	finish(r, 200, type, bytes, length);
}

bool
may(const struct req *r, enum permission permission)
{
	switch (permission) {
	case PERM_PUBLIC:
		return true;
	case PERM_SIGNED_IN:
		return r->session != NULL;
	default:
		return r->session != NULL && (r->user.permissions >> permission & 1) != 0;
	}
}

bool
may_use(const struct req *r, enum permission permission, enum permission also)
{
	return may(r, permission) || (also != PERM_PUBLIC && may(r, also));
}
