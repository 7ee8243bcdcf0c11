#include "model/operator_people.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/throttle.h"

#define SEARCH_MAX 200
#define PLACES_MAX 2000

/* The longest wait of the account or of one of its pairs with an address. */
#define WAITING                                                                           \
	"EXISTS (SELECT 1 FROM login_attempt t WHERE t.kind = 'account' AND t.subject = " \
	"o.username AND t.blocked_until > ?) "
#define STATE                                                      \
	"CASE WHEN o.disabled_at IS NOT NULL THEN 3 WHEN " WAITING \
	"THEN 2 WHEN o.must_change OR o.password_changed_at IS NULL THEN 1 ELSE 0 END "
#define BUILDINGS                                                                                \
	"(SELECT CAST(GROUP_CONCAT(p.name ORDER BY p.sort_order, p.name SEPARATOR ', ') AS "     \
	"CHAR(1000)) FROM operator_scope c JOIN place p USING (place_id) WHERE c.operator_id = " \
	"o.operator_id) "
#define SIGNED_IN "(SELECT MAX(s.created_at) FROM session s WHERE s.operator_id = o.operator_id) "
#define COLUMNS                                                                       \
	"o.operator_id, o.role_id, o.revision, o.username, o.display_name, o.phone, " \
	"(SELECT CAST(GROUP_CONCAT(c.place_id) AS CHAR(2000)) FROM operator_scope c " \
	"WHERE c.operator_id = o.operator_id), r.code, r.name, " BUILDINGS            \
	", o.created_at, " SIGNED_IN                                                  \
	", o.password_changed_at, o.totp_since, (SELECT COUNT(*) FROM session s "     \
	"WHERE s.operator_id = o.operator_id AND s.ended_at IS NULL AND s.expires_at > ?), " STATE
#define FROM "FROM operator o JOIN role r USING (role_id) "
/* bind_filter binds in this order. */
#define VISIBLE                                                                                \
	"(? = '' OR o.operator_id = ? OR (EXISTS (SELECT 1 FROM operator_scope c WHERE "       \
	"c.operator_id = o.operator_id) AND NOT EXISTS (SELECT 1 FROM operator_scope c WHERE " \
	"c.operator_id = o.operator_id AND NOT FIND_IN_SET(c.place_id, ?)))) "
#define FILTER                                                                         \
	"WHERE " VISIBLE "AND (? = '' OR CONCAT_WS('\n', o.username, o.display_name, " \
	"o.phone) LIKE ?) AND (? = 0 OR o.role_id = ?) AND (? < 0 OR " STATE "= ?) "
#define ORDER_KEY                                                                 \
	"CASE ? WHEN 1 THEN o.display_name WHEN 2 THEN COALESCE(r.name, r.code) " \
	"WHEN 3 THEN " SIGNED_IN "ELSE o.username END "

enum { COUNT_ALL, LIST, LIST_DOWN, EXPORT, FIND, PLACES, LOCK_EDITORS, EDITORS };
static const struct query Q[] QUERIES = {
	[COUNT_ALL] = { .sql = "SELECT COUNT(*) " FROM FILTER, .bounded = "one number" },
	[LIST] = { .sql = "SELECT " COLUMNS FROM FILTER "ORDER BY " ORDER_KEY
			  ", o.username LIMIT ? OFFSET ?" },
	[LIST_DOWN] = { .sql = "SELECT " COLUMNS FROM FILTER "ORDER BY " ORDER_KEY
			       "DESC, o.username DESC LIMIT ? OFFSET ?" },
	[EXPORT] = { .sql = "SELECT o.username, o.display_name, o.phone, r.code, r.name, " BUILDINGS
			    ", ELT(1 + " STATE ", 'open', 'new', 'waiting', 'disabled'), " SIGNED_IN
			    ", o.created_at, o.totp_since " FROM FILTER
			    "ORDER BY o.username LIMIT 100000" },
	[FIND] = { .sql = "SELECT " COLUMNS FROM "WHERE " VISIBLE "AND o.operator_id = ? LIMIT 1" },
	[PLACES] = { .sql = "SELECT p.place_id, IF(p.kind = 'building' AND s.name IS NOT NULL,"
			    " CONCAT(s.name, ' / ', p.name), p.name) FROM place p"
			    " LEFT JOIN place s ON s.place_id = p.parent_id"
			    " WHERE p.kind IN ('site', 'building')"
			    " AND (? = '' OR FIND_IN_SET(p.place_id, ?))"
			    " ORDER BY COALESCE(s.sort_order, p.sort_order),"
			    " COALESCE(s.place_id, p.place_id), p.kind, p.sort_order, p.name"
			    " LIMIT 2000" },
	[LOCK_EDITORS] = { .sql = "SELECT role_id FROM role_permission"
				  " WHERE permission = 'operator.edit' LIMIT 1000 FOR UPDATE" },
	/* Who never had a password cannot sign in. */
	[EDITORS] = { .sql = "SELECT COUNT(*) FROM operator o JOIN role_permission p"
			     " ON p.role_id = o.role_id AND p.permission = 'operator.edit'"
			     " WHERE o.disabled_at IS NULL AND o.password_changed_at IS NOT NULL"
			     " AND o.operator_id <> ? AND o.role_id <> ?",
	    .bounded = "one number" },
};

const char *
person_state_name(enum person_state state)
{
	static const char *const names[PERSON_STATES] = { "open", "new", "waiting", "disabled" };

	assert(state < PERSON_STATES);
	return names[state];
}

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

static struct args
bound(const struct binds *binds)
{
	return (struct args){ binds->values, binds->count };
}

static void
bind_visible(struct binds *binds, const struct person_filter *filter)
{
	bind(binds, S(scope_text(filter->scope)));
	bind(binds, I(filter->self));
	bind(binds, S(scope_text(filter->scope)));
}

static void
bind_filter(struct binds *binds, const struct person_filter *filter)
{
	assert(strlen(filter->search) <= SEARCH_MAX);
	text_like(filter->search, binds->pattern, sizeof(binds->pattern));
	bind_visible(binds, filter);
	bind(binds, S(filter->search));
	bind(binds, S(binds->pattern));
	bind(binds, I(filter->role_id));
	bind(binds, I(filter->role_id));
	bind(binds, I(filter->state));
	bind(binds, T(filter->now));
	bind(binds, I(filter->state));
}

/* The times of COLUMNS. */
static void
bind_columns(struct binds *binds, const struct person_filter *filter)
{
	bind(binds, T(filter->now));
	bind(binds, T(filter->now));
}

static void
load_scope(const char *ids, struct person *person)
{
	person->scope_count = 0;
	for (const char *at = ids; *at != '\0' && person->scope_count < PERSON_SCOPES_MAX;) {
		char *end;
		person->scope[person->scope_count++] = strtoll(at, &end, 10);
		at = *end == ',' ? end + 1 : end;
	}
}

static void
load(const struct rows *rows, struct arena *arena, struct person *person)
{
	*person = (struct person){
		.operator_id = rows_int(rows, 0),
		.role_id = rows_int(rows, 1),
		.revision = rows_int(rows, 2),
		.role = arena_strdup(arena, rows_text(rows, 7)),
		.role_name = arena_strdup(arena, rows_text(rows, 8)),
		.buildings = arena_strdup(arena, rows_text(rows, 9)),
		.created_at = rows_int(rows, 10),
		.signed_in_at = rows_int(rows, 11),
		.password_at = rows_int(rows, 12),
		.totp_since = rows_int(rows, 13),
		.sessions = rows_int(rows, 14),
		.state = (enum person_state)rows_int(rows, 15),
	};
	text_copy(person->username, sizeof(person->username), rows_text(rows, 3));
	text_copy(person->name, sizeof(person->name), rows_text(rows, 4));
	text_copy(person->phone, sizeof(person->phone), rows_text(rows, 5));
	load_scope(rows_text(rows, 6), person);
}

enum rc
person_count(struct db *db, const struct person_filter *filter, int64_t *count)
{
	struct binds binds = { .count = 0 };

	bind_filter(&binds, filter);
	return db_int(db, &Q[COUNT_ALL], bound(&binds), count);
}

enum rc
person_list(struct db *db, struct arena *arena, const struct person_filter *filter,
    enum person_sort sort, bool is_descending, int64_t limit, int64_t offset, struct person **list,
    size_t *count)
{
	struct binds binds = { .count = 0 };
	struct rows *rows;

	bind_columns(&binds, filter);
	bind_filter(&binds, filter);
	bind(&binds, I(sort));
	bind(&binds, I(limit));
	bind(&binds, I(offset));
	enum rc rc = db_query(db, &Q[is_descending ? LIST_DOWN : LIST], bound(&binds), &rows);
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
person_export(struct db *db, const struct person_filter *filter, struct rows **rows)
{
	struct binds binds = { .count = 0 };

	bind(&binds, T(filter->now));
	bind_filter(&binds, filter);
	return db_stream(db, &Q[EXPORT], bound(&binds), rows);
}

enum rc
person_find(struct db *db, struct arena *arena, const struct person_filter *filter,
    int64_t operator_id, struct person *person)
{
	struct binds binds = { .count = 0 };
	struct rows *rows;

	bind_columns(&binds, filter);
	bind_visible(&binds, filter);
	bind(&binds, I(operator_id));
	enum rc rc = db_query(db, &Q[FIND], bound(&binds), &rows);
	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		load(rows, arena, person);
	rows_end(rows);
	return rc;
}

enum rc
person_places(struct db *db, struct arena *arena, const struct scope *scope,
    struct person_place **places, size_t *count)
{
	struct value in = S(scope_text(scope));
	struct rows *rows;
	enum rc rc = db_query(db, &Q[PLACES], ARGS(in, in), &rows);

	if (rc != RC_OK)
		return rc;
	*places = arena_alloc(arena, PLACES_MAX * sizeof(**places));
	*count = 0;
	while (*count < PLACES_MAX && (rc = rows_next(rows)) == RC_OK)
		(*places)[(*count)++] = (struct person_place){ rows_int(rows, 0),
			arena_strdup(arena, rows_text(rows, 1)) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
person_editors(struct db *db, int64_t operator_id, int64_t role_id, int64_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LOCK_EDITORS], NO_ARGS, &rows);

	if (rc != RC_OK)
		return rc;
	rows_end(rows);
	return db_int(db, &Q[EDITORS], ARGS(I(operator_id), I(role_id)), count);
}
