/* By itself, so that the collector holds no statement that is not its own. */
#include "model/sale_private.h"

enum { MODE };
static const struct query Q[] QUERIES = {
	[MODE] = { .sql = "SELECT credit_mode FROM meter WHERE meter_id = ?",
	    .bounded = "primary key" },
};

enum rc
sale_meter_mode(struct db *db, int64_t meter_id, enum credit_mode *mode)
{
	struct arena *arena = arena_new();
	const char *name = "";
	enum rc rc = db_text(db, &Q[MODE], ARGS(I(meter_id)), arena, &name);

	*mode = credit_mode_find(name);
	arena_free(arena);
	return rc;
}
