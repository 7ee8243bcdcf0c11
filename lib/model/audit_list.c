#include "model/audit_list.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

#define SEARCH_MAX 200

/* What a number in the audit means to people. */
#define OBJECT_NAME                                                                                 \
	"CASE a.object_kind WHEN 'meter' THEN (SELECT m.number FROM meter m WHERE m.meter_id = "    \
	"a.object_id) WHEN 'operator' THEN (SELECT p.username FROM operator p WHERE "               \
	"p.operator_id = a.object_id) WHEN 'role' THEN (SELECT COALESCE(r.name, r.code) FROM role " \
	"r WHERE r.role_id = a.object_id) WHEN 'gateway' THEN (SELECT g.name FROM gateway g WHERE " \
	"g.gateway_id = a.object_id) WHEN 'bus' THEN (SELECT b.name FROM bus b WHERE b.bus_id = "   \
	"a.object_id) WHEN 'place' THEN (SELECT p.name FROM place p WHERE p.place_id = "            \
	"a.object_id) WHEN 'account' THEN (SELECT c.number FROM account c WHERE c.account_id = "    \
	"a.object_id) WHEN 'sale' THEN (SELECT d.receipt_number FROM sale d WHERE d.sale_id = "     \
	"a.object_id) WHEN 'shift' THEN CONCAT('#', a.object_id) WHEN 'approval' THEN CONCAT('#', " \
	"a.object_id) END "
#define ROW_COLUMNS                                                                       \
	"a.audit_id, a.at, a.operator_id, a.actor, o.display_name, a.address, a.action, " \
	"a.outcome, a.object_kind, a.object_id, " OBJECT_NAME ", a.detail, a.reason, s.seq "
#define EXPORT_COLUMNS                                                                   \
	"a.at, a.actor, o.display_name, a.address, a.action, a.outcome, a.object_kind, " \
	"a.object_id, " OBJECT_NAME ", a.detail, a.reason, a.audit_id "
#define FROM                                                                  \
	"FROM audit a LEFT JOIN operator o ON o.operator_id = a.operator_id " \
	"LEFT JOIN audit_seal s ON s.audit_id = a.audit_id WHERE "
/* The rest of the filter, in the order in which bind_rest binds, and the order of every list. Each
 * variant begins with what its index holds. */
#define REST                                                                                                                       \
	"a.at >= ? AND a.at < ? AND (? = 0 OR a.at < ? OR (a.at = ? AND a.audit_id < ?)) "                                         \
	"AND (? = 0 OR a.operator_id = ?) AND (? = '' OR a.actor = ?) AND (? = '' OR a.action = ?) AND (? = '' OR a.outcome = ?) " \
	"AND (? = '' OR CONCAT_WS('\n', a.detail, a.reason, a.actor) LIKE ?) "                                                     \
	"ORDER BY a.at DESC, a.audit_id DESC LIMIT ?"

#define BY_TIME	    ""
#define BY_OPERATOR "a.operator_id = ? AND "
#define BY_OBJECT   "a.object_kind = ? AND a.object_id = ? AND "
#define BY_KIND	    "a.object_kind = ? AND "
#define BY_ACTION   "a.action = ? AND "

enum { TIME, OPERATOR, OBJECT, KIND, ACTION, VARIANTS };
enum { LIST = 0, EXPORT = VARIANTS, FIND = 2 * VARIANTS, ACTIONS, WHO };

static const struct query Q[] QUERIES = {
	[LIST + TIME] = { .sql = "SELECT " ROW_COLUMNS FROM BY_TIME REST },
	[LIST + OPERATOR] = { .sql = "SELECT " ROW_COLUMNS FROM BY_OPERATOR REST },
	[LIST + OBJECT] = { .sql = "SELECT " ROW_COLUMNS FROM BY_OBJECT REST },
	[LIST + KIND] = { .sql = "SELECT " ROW_COLUMNS FROM BY_KIND REST },
	[LIST + ACTION] = { .sql = "SELECT " ROW_COLUMNS FROM BY_ACTION REST },
	[EXPORT + TIME] = { .sql = "SELECT " EXPORT_COLUMNS FROM BY_TIME REST },
	[EXPORT + OPERATOR] = { .sql = "SELECT " EXPORT_COLUMNS FROM BY_OPERATOR REST },
	[EXPORT + OBJECT] = { .sql = "SELECT " EXPORT_COLUMNS FROM BY_OBJECT REST },
	[EXPORT + KIND] = { .sql = "SELECT " EXPORT_COLUMNS FROM BY_KIND REST },
	[EXPORT + ACTION] = { .sql = "SELECT " EXPORT_COLUMNS FROM BY_ACTION REST },
	[FIND] = { .sql = "SELECT " ROW_COLUMNS FROM "a.audit_id = ? LIMIT 1" },
	[ACTIONS] = { .sql = "SELECT action FROM audit GROUP BY action LIMIT 200" },
	[WHO] = { .sql = "SELECT operator_id FROM operator WHERE username = ?",
	    .bounded = "unique key" },
};

#define BINDS_MAX 24

struct binds {
	struct value values[BINDS_MAX];
	size_t count;
	char pattern[2 * SEARCH_MAX + 3];
};

static void
bind(struct binds *binds, struct value value)
{
	assert(binds->count < BINDS_MAX);
	binds->values[binds->count++] = value;
}

static int
bind_variant(struct binds *binds, const struct audit_filter *filter)
{
	if (*filter->object_kind != '\0') {
		bind(binds, S(filter->object_kind));
		if (filter->object_id == 0)
			return KIND;
		bind(binds, I(filter->object_id));
		return OBJECT;
	}
	if (filter->operator_id != 0) {
		bind(binds, I(filter->operator_id));
		return OPERATOR;
	}
	if (*filter->action != '\0') {
		bind(binds, S(filter->action));
		return ACTION;
	}
	return TIME;
}

static int
bind_filter(struct binds *binds, const struct audit_filter *filter, int64_t limit)
{
	const char *const texts[] = { filter->actor, filter->action, filter->outcome };
	int variant = bind_variant(binds, filter);

	assert(strlen(filter->search) <= SEARCH_MAX);
	text_like(filter->search, binds->pattern, sizeof(binds->pattern));
	bind(binds, T(filter->from_at));
	/* Where the page before ended is where the index is entered. */
	bind(binds,
	    T(filter->before_id != 0 && filter->before_at < filter->to_at ? filter->before_at + 1
									  : filter->to_at));
	bind(binds, I(filter->before_id));
	bind(binds, T(filter->before_at));
	bind(binds, T(filter->before_at));
	bind(binds, I(filter->before_id));
	bind(binds, I(filter->operator_id));
	bind(binds, I(filter->operator_id));
	for (size_t i = 0; i < COUNT(texts); i++) {
		bind(binds, S(texts[i]));
		bind(binds, S(texts[i]));
	}
	bind(binds, S(filter->search));
	bind(binds, S(binds->pattern));
	bind(binds, I(limit));
	return variant;
}

static void
load(const struct rows *rows, struct arena *arena, struct audit_row *row)
{
	*row = (struct audit_row){
		.audit_id = rows_int(rows, 0),
		.at = rows_int(rows, 1),
		.operator_id = rows_int(rows, 2),
		.actor = arena_strdup(arena, rows_text(rows, 3)),
		.name = arena_strdup(arena, rows_text(rows, 4)),
		.address = arena_strdup(arena, rows_text(rows, 5)),
		.action = arena_strdup(arena, rows_text(rows, 6)),
		.outcome = arena_strdup(arena, rows_text(rows, 7)),
		.object_kind = arena_strdup(arena, rows_text(rows, 8)),
		.object_id = rows_int(rows, 9),
		.object = arena_strdup(arena, rows_text(rows, 10)),
		.detail = arena_strdup(arena, rows_text(rows, 11)),
		.reason = arena_strdup(arena, rows_text(rows, 12)),
		.seq = rows_int(rows, 13),
	};
}

enum rc
audit_list(struct db *db, struct arena *arena, const struct audit_filter *filter, int64_t limit,
    struct audit_row **list, size_t *count)
{
	struct binds binds = { .count = 0 };
	struct rows *rows;
	int variant = bind_filter(&binds, filter, limit);
	enum rc rc =
	    db_query(db, &Q[LIST + variant], (struct args){ binds.values, binds.count }, &rows);

	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, ((size_t)limit + 1) * sizeof(**list));
	*count = 0;
	while ((rc = rows_next(rows)) == RC_OK)
		load(rows, arena, &(*list)[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
audit_export(struct db *db, const struct audit_filter *filter, int64_t limit, struct rows **rows)
{
	struct binds binds = { .count = 0 };
	int variant = bind_filter(&binds, filter, limit);

	return db_stream(
	    db, &Q[EXPORT + variant], (struct args){ binds.values, binds.count }, rows);
}

enum rc
audit_find(struct db *db, struct arena *arena, int64_t audit_id, struct audit_row *row)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FIND], ARGS(I(audit_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		load(rows, arena, row);
	rows_end(rows);
	return rc;
}

enum rc
audit_actions(struct db *db, struct arena *arena, const char **actions, size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[ACTIONS], NO_ARGS, &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK && *count < AUDIT_ACTIONS_MAX)
		actions[(*count)++] = arena_strdup(arena, rows_text(rows, 0));
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
audit_operator(struct db *db, const char *username, int64_t *operator_id)
{
	return db_int(db, &Q[WHO], ARGS(S(username)), operator_id);
}
