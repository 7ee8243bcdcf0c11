#include <stddef.h>
#include <string.h>

#include "model/operator.h"
#include "pages.h"

#define YEAR_S	 (365LL * 24 * 3600)
#define NEXT_MAX 2048

/* The value that was sent if it is one of ours, else what holds now. */
static const char *
choose(const struct req *r, const char *name, const char *const *values, const char *now)
{
	const char *typed = param_get(&r->body, name);
	for (; *values != NULL; values++)
		if (strcmp(typed, *values) == 0)
			return *values;
	return now;
}

/* The page the person was on, as our own layout wrote it down. Unlike the target of a sign-in it
 * may be a page of this program and hold escapes, so that a search for 王 survives a change of
 * language; it always stays a path of this site. */
static const char *
way_back(const struct req *r)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789_/?=&.-%+~,:*";
	const char *typed = param_get(&r->body, "next");
	size_t length = strlen(typed);
	bool is_ours = typed[0] == '/' && typed[1] != '/' && length <= NEXT_MAX &&
		       strspn(typed, allowed) == length;
	return is_ours ? typed : "/";
}

/* Back to where the person was, in the language or the light just chosen. */
enum rc
preferences(struct req *r)
{
	static const char *const languages[] = { "zh-CN", "en", NULL };
	static const char *const themes[] = { "auto", "light", "dark", NULL };
	const char *language = choose(r, "language", languages, r->language);
	const char *theme = choose(r, "theme", themes, r->theme);
	if (r->session != NULL) {
		enum rc rc = operator_set_preferences(r->db, r->user.operator_id, language, theme);
		if (rc != RC_OK)
			return rc;
	}
	set_cookie(r, "lang", language, YEAR_S);
	set_cookie(r, "theme", theme, YEAR_S);
	return redirect(r, "%s", way_back(r));
}
