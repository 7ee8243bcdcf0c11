#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"

#include "lang.h"
#include "request.h"

#define SETTINGS_AGE_MS                                                          \
	(2 * CLOCK_SECOND) /* a changed name or zone is seen at once, for people \
			    */

static const struct query Q[] QUERIES = {
	{ .sql = "SELECT name, value FROM setting WHERE name IN ('site.name', 'site.language', "
		 "'site.currency', 'site.logo', 'site.time_zone') LIMIT 5" },
};

const char *
request_header(const struct req *r, const char *name)
{
	const char *value = r->in->header(r->in->context, name);

	return strlen(value) > REQUEST_HEADER_MAX ? "" : value;
}

static bool
is_header(const struct req *r, const char *name, const char *value)
{
	return strcmp(request_header(r, name), value) == 0;
}

/* What the reader likes. The profile of a signed-in one goes before the cookies. */

static const char *
choose_language(const struct req *r)
{
	const char *asked = r->session == NULL ? "" : r->session->language;

	if (!lang_is_known(asked))
		asked = get_cookie(r, "lang");
	if (!lang_is_known(asked))
		asked = lang_negotiate(request_header(r, "HTTP_ACCEPT_LANGUAGE"));
	if (asked == NULL || !lang_is_known(asked))
		asked = r->site->language;
	return lang_is_known(asked) ? asked : "zh-CN";
}

static const char *
choose_theme(const struct req *r)
{
	static const char *const themes[] = { "auto", "light", "dark" };
	const char *asked = r->session == NULL ? get_cookie(r, "theme") : r->session->theme;

	for (size_t i = 0; i < COUNT(themes); i++)
		if (strcmp(asked, themes[i]) == 0)
			return themes[i];
	return themes[0];
}

static void
take_preferences(struct req *r)
{
	r->language = choose_language(r);
	r->theme = choose_theme(r);
	r->view = view_new(r->arena, r->language);
}

/* Site settings, from the database every few seconds. */
static void
refresh_settings(struct site *site)
{
	struct rows *rows;

	if (site->db == NULL ||
	    (site->read_at != 0 && clock_mono() - site->read_at < SETTINGS_AGE_MS))
		return;
	if (db_query(site->db, &Q[0], NO_ARGS, &rows) != RC_OK)
		return; /* the old ones do for another while */
	while (rows_next(rows) == RC_OK) {
		const char *name = rows_text(rows, 0), *value = rows_text(rows, 1);
		if (strcmp(name, "site.name") == 0)
			text_copy(site->name, sizeof(site->name), value);
		else if (strcmp(name, "site.language") == 0)
			text_copy(site->language, sizeof(site->language), value);
		else if (strcmp(name, "site.currency") == 0)
			text_copy(site->currency, sizeof(site->currency), value);
		else if (strcmp(name, "site.logo") == 0)
			text_copy(site->logo, sizeof(site->logo), value);
		else if (strcmp(clock_zone(), value) != 0 && clock_set_zone(value) != RC_OK)
			log_error("setting", "site.time_zone: there is no zone %s", value);
	}
	rows_end(rows);
	site->read_at = clock_mono();
}

/* Who asks. */

static void
take_anonymous(struct req *r)
{
	char token[SESSION_TOKEN], csrf[SESSION_TOKEN];
	const char *cookie = get_cookie(r, FORM_COOKIE);

	if (session_csrf(cookie, csrf) != RC_OK) {
		session_token(token);
		cookie = token;
		if (session_csrf(cookie, csrf) != RC_OK)
			log_fatal("request", "a fresh token is malformed");
	}
	r->form_token = arena_strdup(r->arena, cookie);
	r->user = (struct user){
		.username = "",
		.display_name = "",
		.role = "",
		.csrf = arena_strdup(r->arena, csrf),
	};
}

static void
take_user(struct req *r, const struct session *session)
{
	r->session = session;
	r->scope = &session->scope;
	r->user = (struct user){
		.operator_id = session->operator_id,
		.username = session->username,
		.display_name = session->display_name,
		.role = session->role,
		.permissions = session->permissions,
		.csrf = session->csrf,
		.must_change = session->must_change,
		.must_enrol = session->must_enrol,
	};
}

/* RC_OK also when nobody is signed in; a failure means that it cannot be known (fail closed). */
static enum rc
take_session(struct req *r)
{
	const char *cookie = get_cookie(r, SESSION_COOKIE);
	struct session *session = arena_alloc(r->arena, sizeof(*session));

	if (*cookie == '\0')
		return RC_OK;
	if (r->db == NULL)
		return RC_UNAVAILABLE;
	enum rc rc = session_find(r->db, cookie, r->now, session);
	if (rc == RC_OK) {
		take_user(r, session);
		return RC_OK;
	}
	if (rc != RC_NOT_FOUND)
		return rc;
	set_cookie(r, SESSION_COOKIE, "", 0);
	const char *word = session_end_word(session->end);
	if (word != NULL)
		flash(r, word);
	return RC_OK;
}

/* What is asked. */

/* 0, or the status that refuses the request before anyone looks at it. */
static int
take_method(struct req *r)
{
	const char *method = r->in->method;

	r->is_head = strcmp(method, "HEAD") == 0;
	r->method = strcmp(method, "POST") == 0 ? POST : GET;
	if (r->method == GET && !r->is_head && strcmp(method, "GET") != 0)
		return 405;
	return 0;
}

static bool
is_clean_path(const char *path)
{
	size_t length = strlen(path);

	for (size_t i = 0; i < length; i++)
		if (iscntrl((unsigned char)path[i]))
			return false;
	return path[0] == '/' && text_is_utf8(path, length);
}

static int
take_path(struct req *r)
{
	const char *query = r->in->query;

	if (strlen(r->in->path) > REQUEST_PATH_MAX || strlen(query) > PARAM_QUERY_MAX)
		return 414;
	if (!is_clean_path(r->in->path))
		return 400;
	r->path = r->in->path;
	r->here = *query == '\0' ? r->path : arena_printf(r->arena, "%s?%s", r->path, query);
	if (params_parse(r->arena, query, strlen(query), &r->query) != RC_OK)
		return 400;
	return 0;
}

/* Forms of ours are urlencoded. One with a file is read when its route is known (take_upload). */
static int
take_body(struct req *r)
{
	static const char form[] = "application/x-www-form-urlencoded";
	const struct request *in = r->in;

	if (in->is_too_long)
		return 413;
	if (r->method != POST || in->read_body != NULL || in->body_length == 0)
		return 0;
	if (strncasecmp(in->type, form, strlen(form)) != 0)
		return 415;
	return params_parse(r->arena, in->body, in->body_length, &r->body) == RC_OK ? 0 : 400;
}

/* Files. */

struct spool {
	const struct request *in;
	FILE *file;
};

static size_t
read_upload(void *context, char *bytes, size_t size)
{
	struct spool *spool = context;

	return spool->in->read_body(spool->in->context, bytes, size);
}

static bool
write_upload(void *context, const char *bytes, size_t size)
{
	struct spool *spool = context;

	return fwrite(bytes, 1, size, spool->file) == size;
}

static void
remove_upload(void *path)
{
	unlink(path);
}

static enum rc
spool_upload(struct req *r, FILE *file, const char *path)
{
	struct spool spool = { .in = r->in, .file = file };
	struct upload_stream stream = { read_upload, write_upload, &spool };
	struct upload *upload = arena_alloc(r->arena, sizeof(*upload));
	enum rc rc = upload_parse(r->arena, r->in->type, &stream, &r->body, upload);

	if (fclose(file) != 0 || rc == RC_UNAVAILABLE) {
		log_error(r->path, "%s: %s", path, strerror(errno));
		rc = RC_UNAVAILABLE;
	}
	if (*upload->field != '\0')
		r->upload = upload;
	r->upload_path = path;
	return rc;
}

/* The status that refuses it, or 0. Who may not use the route is refused by route_run, unread. */
static int
take_upload(struct req *r)
{
	unsigned char random[12];
	char hex[2 * sizeof(random) + 1];

	if (!r->route->is_upload)
		return 400;
	if (!may_use(r, r->route->permission, r->route->also))
		return 0;
	secret_random(random, sizeof(random));
	text_hex(random, sizeof(random), hex);
	char *path = arena_printf(r->arena, "%s/upload-%s", r->conf->web_spool, hex);
	FILE *file = fopen(path, "wxe");
	if (file == NULL) {
		log_error(r->path, "%s: %s", path, strerror(errno));
		return 503;
	}
	arena_on_free(r->arena, remove_upload, path);
	switch (spool_upload(r, file, path)) {
	case RC_OK:
		return 0;
	case RC_CONFLICT:
		return 413;
	case RC_UNAVAILABLE:
		return 503;
	default:
		return 400;
	}
}

static int
take_input(struct req *r)
{
	int (*const steps[])(struct req *) = { take_method, take_path, take_body };
	int64_t refused;
	int status;

	if (text_parse_uint(r->in->failure, 599, &refused) == RC_OK && refused >= 400)
		return (int)refused;
	for (size_t i = 0; i < COUNT(steps); i++)
		if ((status = steps[i](r)) != 0)
			return status;
	return 0;
}

static void
take_client(struct req *r)
{
	r->path = r->here = "/";
	r->method = GET;
	r->status = 200;
	r->address = r->in->address;
	r->is_secure = strcmp(r->in->scheme, "https") == 0;
	r->host = request_header(r, "HTTP_HOST");
	r->user_agent = request_header(r, "HTTP_USER_AGENT");
	r->is_fragment = is_header(r, "HTTP_HX_REQUEST", "true") &&
			 !is_header(r, "HTTP_HX_BOOSTED", "true") &&
			 !is_header(r, "HTTP_HX_HISTORY_RESTORE_REQUEST", "true") &&
			 !is_header(r, "HTTP_HX_REQUEST_TYPE", "full");
	cookies_parse(r->arena, request_header(r, "HTTP_COOKIE"), &r->cookies);
	take_anonymous(r);
}

static void
refuse_method(struct req *r, unsigned allowed)
{
	const char *methods = "GET, HEAD, POST";

	if (allowed == 1U << GET)
		methods = "GET, HEAD";
	else if (allowed == 1U << POST)
		methods = "POST";
	set_header(r, "Allow", methods);
	answer_status(r, 405, ANSWER_WORDS, NULL);
}

static void
dispatch(struct req *r)
{
	unsigned allowed;

	r->route =
	    route_find(r->site->routes, r->site->count, r->method, r->path, &r->id, &allowed);
	int status = r->route != NULL && r->in->read_body != NULL ? take_upload(r) : 0;
	if (status != 0)
		answer_status(r, status, ANSWER_WORDS, NULL);
	else if (r->route != NULL)
		route_run(r);
	else if (allowed != 0)
		refuse_method(r, allowed);
	else
		answer_status(r, 404, ANSWER_WORDS, NULL);
}

void
request_serve(
    struct site *site, struct arena *arena, const struct request *in, struct answer *answer)
{
	struct req *r = arena_alloc(arena, sizeof(*r));

	*r = (struct req){ .arena = arena,
		.conf = site->conf,
		.db = site->db,
		.site = site,
		.scope = &scope_nothing };
	r->in = in;
	r->answer = answer;
	r->now = clock_now();
	*answer = (struct answer){ 0 };
	answer->last = &answer->headers;
	lang_refresh();
	refresh_settings(site);
	take_client(r);
	answer_security(r);
	int status = take_input(r);
	enum rc rc = take_session(r); /* also for a refusal: its page is in the reader's language */
	take_preferences(r);
	if (status == 405)
		refuse_method(r, 0);
	else if (status != 0)
		answer_status(r, status, ANSWER_WORDS, NULL);
	else if (rc != RC_OK)
		route_fail(r, rc);
	else
		dispatch(r);
	answer->is_bodyless = r->is_head;
}
