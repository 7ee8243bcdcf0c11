#include "model/maintenance.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/edit.h"

#define KEY_SIZE 16
#define LIKE_MAX 420

#define PATH "CONCAT_WS(' / ', p3.name, p2.name, p1.name, p0.name)"
#define AROUND                                              \
	" LEFT JOIN place p1 ON p1.place_id = p0.parent_id" \
	" LEFT JOIN place p2 ON p2.place_id = p1.parent_id" \
	" LEFT JOIN place p3 ON p3.place_id = p2.parent_id"
#define FROM                                                                        \
	" FROM maintenance w LEFT JOIN place p0 ON p0.place_id = w.place_id" AROUND \
	" LEFT JOIN v_place_scope s ON s.place_id = w.place_id"                     \
	" LEFT JOIN operator o ON o.operator_id = w.created_by"                     \
	" LEFT JOIN operator x ON x.operator_id = w.cancelled_by"                   \
	" WHERE (? = '' OR FIND_IN_SET(s.scope_id, ?))"                             \
	" AND (? = '' OR CONCAT_WS(' ', " PATH ", w.reason, o.display_name) LIKE ?)"
#define ORDER                                                                   \
	" ORDER BY CASE ? WHEN 'place' THEN " PATH " END, CASE ? WHEN '-place'" \
	" THEN " PATH " END DESC, CASE ? WHEN 'begins' THEN w.begins_at END,"   \
	" w.begins_at DESC, w.maintenance_id DESC LIMIT ? OFFSET ?"
#define BEGAN_WITHIN "(SELECT COUNT(*) FROM alarm a WHERE a.maintenance_id = w.maintenance_id)"

enum { COUNT_ALL, LIST, EXPORT, PLACES, IS_PLACE, INSERT, FIND, CANCEL };
static const struct query Q[] QUERIES = {
	[COUNT_ALL] = { .sql = "SELECT COUNT(*)" FROM, .bounded = "one row" },
	[LIST] = { .sql = "SELECT w.maintenance_id, w.place_id, " PATH
			  ", w.begins_at, w.ends_at, w.reason, o.display_name, x.display_name,"
			  " w.cancelled_at, " BEGAN_WITHIN FROM ORDER,
	    .bounded = "its limit is within" },
	[EXPORT] = { .sql = "SELECT " PATH ", w.begins_at, w.ends_at, w.reason, o.display_name,"
			    " w.cancelled_at, x.display_name, " BEGAN_WITHIN FROM ORDER,
	    .bounded = "its limit is within" },
	[PLACES] = { .sql = "SELECT p0.place_id, " PATH " FROM place p0 JOIN v_place_scope s"
			    " ON s.place_id = p0.place_id" AROUND
			    " WHERE p0.kind IN ('site', 'building', 'floor')"
			    " AND (? = '' OR FIND_IN_SET(s.scope_id, ?))"
			    " ORDER BY CONCAT_WS('/', LPAD(p3.sort_order, 6, '0'),"
			    " LPAD(p2.sort_order, 6, '0'), LPAD(p1.sort_order, 6, '0'),"
			    " LPAD(p0.sort_order, 6, '0')), p0.place_id LIMIT ?" },
	[IS_PLACE] = { .sql = "SELECT COUNT(*) FROM v_place_scope WHERE place_id = ?"
			      " AND (? = '' OR FIND_IN_SET(scope_id, ?))",
	    .bounded = "one row" },
	[INSERT] = { .sql = "INSERT INTO maintenance (request_key, place_id, begins_at, ends_at,"
			    " reason, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?)" },
	[FIND] = { .sql = "SELECT COUNT(*) FROM maintenance w LEFT JOIN v_place_scope s"
			  " ON s.place_id = w.place_id WHERE w.maintenance_id = ?"
			  " AND (? = '' OR FIND_IN_SET(s.scope_id, ?))",
	    .bounded = "one row" },
	[CANCEL] = { .sql = "UPDATE maintenance SET cancelled_at = ?, cancelled_by = ?"
			    " WHERE maintenance_id = ? AND cancelled_at IS NULL AND ends_at > ?" },
};

/* The arguments of a list; page: with order and limit. */
struct list_args {
	struct value values[10];
	size_t count;
	char sort[16], like[LIKE_MAX];
};

static struct args
make_args(struct list_args *args, const struct maintenance_filter *filter, bool is_page)
{
	struct value in = S(scope_text(filter->scope));

	text_like(filter->search, args->like, sizeof(args->like));
	(void)snprintf(
	    args->sort, sizeof(args->sort), "%s%s", filter->is_descending ? "-" : "", filter->sort);
	struct value sort = S(args->sort);
	const struct value all[] = { in, in, S(filter->search), S(args->like), sort, sort, sort,
		I(filter->limit), I(filter->offset) };
	memcpy(args->values, all, sizeof(all));
	return (struct args){ args->values, is_page ? COUNT(all) : 4 };
}

enum rc
maintenance_count(struct db *db, const struct maintenance_filter *filter, int64_t *total)
{
	struct list_args args;

	return db_int(db, &Q[COUNT_ALL], make_args(&args, filter, false), total);
}

enum rc
maintenance_list(struct db *db, struct arena *arena, const struct maintenance_filter *filter,
    struct maintenance **list, size_t *count)
{
	struct list_args args;
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LIST], make_args(&args, filter, true), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, ((size_t)filter->limit + 1) * sizeof(**list));
	while ((rc = rows_next(rows)) == RC_OK)
		(*list)[(*count)++] = (struct maintenance){ .maintenance_id = rows_int(rows, 0),
			.place_id = rows_int(rows, 1),
			.place = arena_strdup(arena, rows_text(rows, 2)),
			.begins_at = rows_int(rows, 3),
			.ends_at = rows_int(rows, 4),
			.reason = arena_strdup(arena, rows_text(rows, 5)),
			.created_by = arena_strdup(arena, rows_text(rows, 6)),
			.cancelled_by = arena_strdup(arena, rows_text(rows, 7)),
			.cancelled_at = rows_int(rows, 8),
			.alarms = rows_int(rows, 9) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
maintenance_export(struct db *db, const struct maintenance_filter *filter, struct rows **rows)
{
	struct list_args args;

	return db_stream(db, &Q[EXPORT], make_args(&args, filter, true), rows);
}

enum rc
maintenance_places(struct db *db, struct arena *arena, const struct scope *scope,
    struct maintenance_place **list, size_t *count)
{
	struct value in = S(scope_text(scope));
	struct rows *rows;
	enum rc rc = db_query(db, &Q[PLACES], ARGS(in, in, I(MAINTENANCE_PLACES_MAX)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, MAINTENANCE_PLACES_MAX * sizeof(**list));
	while ((rc = rows_next(rows)) == RC_OK)
		(*list)[(*count)++] = (struct maintenance_place){ .place_id = rows_int(rows, 0),
			.name = arena_strdup(arena, rows_text(rows, 1)) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
check(struct db *db, const struct scope *scope, const struct maintenance_wish *wish,
    struct faults *faults)
{
	struct value in = S(scope_text(scope));
	int64_t places = 0;
	enum rc rc = db_int(db, &Q[IS_PLACE], ARGS(I(wish->place_id), in, in), &places);

	if (rc != RC_OK)
		return rc;
	if (places == 0)
		fault_add(faults, "place", "BadChoice", "%s", "");
	if (wish->begins_at >= wish->ends_at)
		fault_add(faults, "to_day", "EndBeforeBegin", "%s", "");
	else if (wish->ends_at <= wish->by.now)
		fault_add(faults, "to_day", "EndPast", "%s", "");
	else if (wish->ends_at - wish->begins_at > MAINTENANCE_DAYS_MAX * 24 * CLOCK_HOUR)
		fault_add(faults, "to_day", "PlanTooLong", "%d", MAINTENANCE_DAYS_MAX);
	edit_check_text(faults, "reason", wish->reason, MAINTENANCE_REASON_MAX, true);
	return faults->count == 0 ? RC_OK : RC_INVALID;
}

enum rc
maintenance_plan(struct db *db, const struct scope *scope, const struct maintenance_wish *wish,
    struct faults *faults)
{
	struct changes changes = { .count = 0 };
	char from[24], to[24];
	enum rc rc = check(db, scope, wish, faults);

	if (rc != RC_OK)
		return rc;
	rc = db_exec(db, &Q[INSERT],
	    ARGS(B(wish->key, KEY_SIZE), I(wish->place_id), T(wish->begins_at), T(wish->ends_at),
		S(wish->reason), T(wish->by.now), I(wish->by.operator_id)));
	if (rc != RC_OK)
		return rc;
	clock_format_minute(wish->begins_at, from, sizeof(from));
	clock_format_minute(wish->ends_at, to, sizeof(to));
	change_int(&changes, "place", 0, wish->place_id);
	change_text(&changes, "from", "", from);
	change_text(&changes, "to", "", to);
	return edit_audit(db, &wish->by, "maintenance.plan", "maintenance", db_last_id(db),
	    &changes, wish->reason);
}

enum rc
maintenance_cancel(
    struct db *db, const struct scope *scope, int64_t maintenance_id, struct operator_actor by)
{
	struct value in = S(scope_text(scope));
	struct changes changes = { .count = 0 };
	int64_t found = 0;
	enum rc rc = db_int(db, &Q[FIND], ARGS(I(maintenance_id), in, in), &found);

	if (rc != RC_OK || found == 0)
		return rc == RC_OK ? RC_NOT_FOUND : rc;
	rc = db_exec(
	    db, &Q[CANCEL], ARGS(T(by.now), I(by.operator_id), I(maintenance_id), T(by.now)));
	if (rc != RC_OK || db_affected(db) == 0)
		return rc == RC_OK ? RC_CONFLICT : rc;
	return edit_audit(
	    db, &by, "maintenance.cancel", "maintenance", maintenance_id, &changes, NULL);
}
