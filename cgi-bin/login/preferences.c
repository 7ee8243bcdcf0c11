#include <stddef.h>
#include <string.h>

#include "model/operator.h"
#include "pages.h"

#define YEAR_S (365LL * 24 * 3600)

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
	return redirect(r, "%s", safe_next(r, param_get(&r->body, "next"), "/"));
}
