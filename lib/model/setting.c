#include "base/log.h"
#include "base/text.h"
#include "model/setting.h"

enum { VALUE };
static const struct query Q[] QUERIES = {
	[VALUE] = { .sql = "SELECT value FROM setting WHERE name = ?", .bounded = "primary key" },
};

enum rc
setting_text(struct db *db, const char *name, const char *fallback, char *out, size_t size)
{
	struct arena *arena = arena_new();
	const char *value = fallback;
	enum rc rc = db_text(db, &Q[VALUE], ARGS(S(name)), arena, &value);

	if (rc == RC_NOT_FOUND) {
		value = fallback;
		rc = RC_OK;
	}
	if (rc == RC_OK)
		(void)text_copy(out, size, value);
	arena_free(arena);
	return rc;
}

enum rc
setting_int(struct db *db, const char *name, int64_t fallback, int64_t *value)
{
	char text[24];
	enum rc rc = setting_text(db, name, "", text, sizeof(text));

	if (rc != RC_OK)
		return rc;
	if (text_parse_uint(text, INT64_MAX, value) == RC_OK)
		return RC_OK;
	if (text[0] != '\0')
		log_warn("setting", "%s is \"%s\", which is no number: %lld is taken", name, text,
		    (long long)fallback);
	*value = fallback;
	return RC_OK;
}
