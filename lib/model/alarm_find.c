#include "model/alarm_find.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define LIKE_MAX  420
#define KINDS_MAX 400 /* all names with commas between */

static const char *const STATES[ALARM_STATES] = { "any", "open", "acknowledged", "muted",
	"planned" };

/* clang-format off: it breaks texts in the middle of a word */
#define FROM                                                                          \
	" FROM alarm a LEFT JOIN v_meter_now n ON n.meter_id = a.meter_id"            \
	" LEFT JOIN bus b ON b.bus_id = a.bus_id"                                     \
	" LEFT JOIN gateway g ON g.gateway_id = COALESCE(a.gateway_id, b.gateway_id)" \
	" LEFT JOIN v_place_scope ps ON ps.place_id = g.place_id"                     \
	" LEFT JOIN place gp ON gp.place_id = g.place_id"                             \
	" LEFT JOIN collector c ON c.collector_id = a.collector_id"                   \
	" LEFT JOIN account t ON t.account_id = a.account_id"                         \
	" LEFT JOIN operator o ON o.operator_id = a.acknowledged_by"                  \
	" LEFT JOIN maintenance w ON w.maintenance_id = a.maintenance_id"

/* Four times the scope. An alarm of a line is seen by whoever sees the gateway, or one of its
 * meters if the gateway has no place. */
#define SCOPE                                                                            \
	" (? = '' OR FIND_IN_SET(n.scope_id, ?) OR (a.meter_id IS NULL"                  \
	" AND (FIND_IN_SET(ps.scope_id, ?) OR (g.gateway_id IS NOT NULL"                 \
	" AND g.place_id IS NULL AND EXISTS (SELECT 1 FROM bus sb JOIN v_meter_scope ms" \
	" ON ms.bus_id = sb.bus_id WHERE sb.gateway_id = g.gateway_id"                   \
	" AND ms.removed_at IS NULL AND FIND_IN_SET(ms.scope_id, ?))))))"

#define FILTER                                                                            \
	" AND (? = '' OR CONCAT_WS(' ', t.name, t.initials, n.tenant, n.tenant_initials," \
	" n.room, n.name, n.number, g.name, b.name, c.name, a.note) LIKE ?)"              \
	" AND (? = '' OR FIND_IN_SET(a.kind, ?))"                                         \
	" AND (? = 0 OR n.building_id = ? OR ps.scope_id = ?)"                            \
	" AND (? = 0 OR a.meter_id = ?) "                                                 \
	" AND (? = 1 OR a.parent_id <=> NULLIF(?, 0))"                                    \
	" AND CASE ? WHEN 'open' THEN a.acknowledged_at IS NULL AND a.maintenance_id"     \
	" IS NULL AND COALESCE(a.muted_until <= ?, TRUE) WHEN 'acknowledged'"             \
	" THEN a.acknowledged_at IS NOT NULL WHEN 'muted' THEN a.muted_until > ?"         \
	" WHEN 'planned' THEN a.maintenance_id IS NOT NULL ELSE TRUE END"

#define RUNNING " WHERE a.active_key IS NOT NULL AND"
#define OVER	" WHERE a.ended_at IS NOT NULL AND a.began_at >= ? AND a.began_at < ? AND"

#define SUBJECT                                                                          \
	"COALESCE(IF(a.meter_id IS NULL, NULL, COALESCE(NULLIF(n.name, ''), n.number))," \
	" IF(b.bus_id IS NULL, g.name, CONCAT(g.name, ' · ', b.name)), c.name, '')"
#define PLACE "COALESCE(CONCAT_WS(' ', n.building, IF(n.room = '', n.floor, n.room)), gp.name, '')"
#define FOLDED                                                             \
	"(SELECT COUNT(*) FROM alarm f WHERE f.parent_id = a.alarm_id AND" \
	" f.kind = 'meter_lost' AND (a.ended_at IS NOT NULL OR f.ended_at IS NULL))"
#define COLUMNS                                                                                 \
	"SELECT a.alarm_id, a.parent_id, a.meter_id, g.gateway_id, a.kind, " SUBJECT ", " PLACE \
	", COALESCE(t.name, n.tenant, ''), a.detail, a.value, a.threshold,"                     \
	" a.began_at, a.ended_at, a.acknowledged_at, o.display_name, a.note,"                   \
	" a.muted_until, w.reason, " FOLDED

/* The value of a kind in its unit; the words are the page's. */
#define IN_UNIT(column)                                                                        \
	"CASE WHEN a.kind IN ('low_credit1', 'low_credit2', 'arrears') THEN CONCAT(IF(" column \
	" < 0, '-', ''), ABS(" column ") DIV 100, '.', LPAD(ABS(" column ") % 100, 2, '0'))"   \
	" WHEN a.kind = 'overload' THEN CONCAT(" column ", ' W')"                              \
	" WHEN a.kind = 'clock_drift' THEN CONCAT(" column ", ' s')"                           \
	" WHEN a.kind = 'disk_low' THEN CONCAT(" column " DIV 10, ' %') ELSE " column " END"

/* Twice the names of the kinds of a severity. */
#define SEVERITY                                                                       \
	"CASE WHEN FIND_IN_SET(a.kind, ?) THEN 'critical' WHEN FIND_IN_SET(a.kind, ?)" \
	" THEN 'major' ELSE 'minor' END"
#define EXPORT_COLUMNS                                                                     \
	"SELECT " SEVERITY ", a.kind, " PLACE ", COALESCE(t.name, n.tenant, ''), " SUBJECT \
	", COALESCE(" IN_UNIT("a.value") ", a.detail), " IN_UNIT(                          \
	    "a.threshold") ", a.began_at, a.ended_at, TIMESTAMPDIFF(MINUTE, a.began_at,"   \
			   " COALESCE(a.ended_at, ?)), " FOLDED                            \
			   ", a.acknowledged_at, o.display_name,"                          \
			   " a.note, a.muted_until, w.reason"

/* A constant here would be dropped for ever from a prepared statement: CASE stays. Given are the
 * names of all kinds, the most severe first, and the sort, in turn. */
#define ORDER                                                                                      \
	" ORDER BY CASE ? WHEN 'severity' THEN FIND_IN_SET(a.kind, ?) END,"                        \
	" CASE ? WHEN '-severity' THEN FIND_IN_SET(a.kind, ?) END DESC,"                           \
	" CASE ? WHEN 'kind' THEN a.kind + 0 END, CASE ? WHEN '-kind' THEN a.kind + 0 END DESC,"   \
	" CASE ? WHEN 'subject' THEN " PLACE " END, CASE ? WHEN '-subject' THEN " PLACE            \
	" END DESC,"                                                                               \
	" CASE ? WHEN 'ended' THEN a.ended_at END, CASE ? WHEN '-ended' THEN a.ended_at END DESC," \
	" CASE ? WHEN 'began' THEN a.began_at END, a.began_at DESC, a.alarm_id DESC"               \
	" LIMIT ? OFFSET ?"

enum { COUNT_NOW, COUNT_OVER, LIST_NOW, LIST_OVER, EXPORT_NOW, EXPORT_OVER, ONE, NOTES };
static const struct query Q[] QUERIES = {
	[COUNT_NOW] = { .sql = "SELECT COUNT(*)" FROM RUNNING SCOPE FILTER, .bounded = "one row" },
	[COUNT_OVER] = { .sql = "SELECT COUNT(*)" FROM OVER SCOPE FILTER, .bounded = "one row" },
	[LIST_NOW] = { .sql = COLUMNS FROM RUNNING SCOPE FILTER ORDER },
	[LIST_OVER] = { .sql = COLUMNS FROM OVER SCOPE FILTER ORDER },
	[EXPORT_NOW] = { .sql = EXPORT_COLUMNS FROM RUNNING SCOPE FILTER ORDER },
	[EXPORT_OVER] = { .sql = EXPORT_COLUMNS FROM OVER SCOPE FILTER ORDER },
	[ONE] = { .sql = COLUMNS FROM " WHERE a.alarm_id = ? AND" SCOPE " LIMIT 1" },
	[NOTES] = { .sql =
			"SELECT n.at, n.until_at, o.display_name, n.deed, n.note"
			" FROM alarm_note n LEFT JOIN operator o ON o.operator_id = n.operator_id"
			" WHERE n.alarm_id = ? ORDER BY n.alarm_note_id LIMIT ?" },
};
/* clang-format on */

const char *
alarm_state_name(enum alarm_state state)
{
	return STATES[state];
}

enum alarm_state
alarm_state_find(const char *name)
{
	for (enum alarm_state state = 0; state < ALARM_STATES; state++)
		if (strcmp(STATES[state], name) == 0)
			return state;
	return ALARM_ANY;
}

/* The arguments of a statement, in its order. */
struct filter_args {
	struct value values[48];
	size_t count;
	char sort[16], like[LIKE_MAX], kinds[KINDS_MAX], ranked[KINDS_MAX];
	char of_severity[ALARM_SEVERITIES][KINDS_MAX];
};

static void
add(struct filter_args *args, struct value value)
{
	args->values[args->count++] = value;
}

static void
append(char *list, enum alarm_kind kind)
{
	size_t length = strlen(list);

	(void)snprintf(list + length, KINDS_MAX - length, "%s%s", length > 0 ? "," : "",
	    alarm_kind_name(kind));
}

static void
name_kinds(struct filter_args *args, uint32_t kinds)
{
	args->kinds[0] = args->ranked[0] = '\0';
	for (int s = ALARM_SEVERITIES - 1; s >= 0; s--) {
		args->of_severity[s][0] = '\0';
		for (enum alarm_kind kind = 0; kind < ALARM_KINDS; kind++) {
			if ((int)alarm_severity(kind) != s)
				continue;
			append(args->of_severity[s], kind);
			append(args->ranked, kind);
		}
	}
	for (enum alarm_kind kind = 0; kind < ALARM_KINDS; kind++)
		if ((kinds & 1u << kind) != 0)
			append(args->kinds, kind);
	if (kinds == ALARM_NO_KIND)
		(void)snprintf(args->kinds, sizeof(args->kinds), "none");
}

static void
add_filter(struct filter_args *args, const struct alarm_filter *filter)
{
	if (filter->is_history) {
		add(args, T(filter->from_at));
		add(args, T(filter->to_at));
	}
	for (int i = 0; i < 4; i++)
		add(args, S(scope_text(filter->scope)));
	text_like(filter->search, args->like, sizeof(args->like));
	add(args, S(filter->search));
	add(args, S(args->like));
	add(args, S(args->kinds));
	add(args, S(args->kinds));
	for (int i = 0; i < 3; i++)
		add(args, I(filter->building_id));
	add(args, I(filter->meter_id));
	add(args, I(filter->meter_id));
	/* Who looks for a meter finds it also where it is folded. */
	add(args, I(*filter->search != '\0' || filter->meter_id != 0));
	add(args, I(filter->parent_id));
	add(args, S(STATES[filter->state]));
	add(args, T(filter->now));
	add(args, T(filter->now));
}

static void
add_order(struct filter_args *args, const struct alarm_filter *filter)
{
	(void)snprintf(
	    args->sort, sizeof(args->sort), "%s%s", filter->is_descending ? "-" : "", filter->sort);
	for (int i = 0; i < 2; i++) {
		add(args, S(args->sort));
		add(args, S(args->ranked));
	}
	for (int i = 0; i < 7; i++)
		add(args, S(args->sort));
	add(args, I(filter->limit));
	add(args, I(filter->offset));
}

enum rc
alarm_count(struct db *db, const struct alarm_filter *filter, int64_t *total)
{
	struct filter_args args = { .count = 0 };

	name_kinds(&args, filter->kinds);
	add_filter(&args, filter);
	return db_int(db, &Q[filter->is_history ? COUNT_OVER : COUNT_NOW],
	    (struct args){ args.values, args.count }, total);
}

static void
load(const struct rows *rows, struct arena *arena, struct alarm_row *row)
{
	*row = (struct alarm_row){ .alarm_id = rows_int(rows, 0),
		.parent_id = rows_int(rows, 1),
		.meter_id = rows_int(rows, 2),
		.gateway_id = rows_int(rows, 3),
		.kind = alarm_kind_find(rows_text(rows, 4)),
		.subject = arena_strdup(arena, rows_text(rows, 5)),
		.place = arena_strdup(arena, rows_text(rows, 6)),
		.tenant = arena_strdup(arena, rows_text(rows, 7)),
		.detail = arena_strdup(arena, rows_text(rows, 8)),
		.has_value = !rows_is_null(rows, 9),
		.has_threshold = !rows_is_null(rows, 10),
		.value = rows_int(rows, 9),
		.threshold = rows_int(rows, 10),
		.began_at = rows_int(rows, 11),
		.ended_at = rows_int(rows, 12),
		.acknowledged_at = rows_int(rows, 13),
		.acknowledged_by = arena_strdup(arena, rows_text(rows, 14)),
		.note = arena_strdup(arena, rows_text(rows, 15)),
		.muted_until = rows_int(rows, 16),
		.planned = arena_strdup(arena, rows_text(rows, 17)),
		.folded = rows_int(rows, 18) };
}

enum rc
alarm_rows(struct db *db, struct arena *arena, const struct alarm_filter *filter,
    struct alarm_row **list, size_t *count)
{
	struct filter_args args = { .count = 0 };
	struct rows *rows;

	*count = 0;
	name_kinds(&args, filter->kinds);
	add_filter(&args, filter);
	add_order(&args, filter);
	enum rc rc = db_query(db, &Q[filter->is_history ? LIST_OVER : LIST_NOW],
	    (struct args){ args.values, args.count }, &rows);
	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, ((size_t)filter->limit + 1) * sizeof(**list));
	while ((rc = rows_next(rows)) == RC_OK)
		load(rows, arena, &(*list)[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
alarm_export(struct db *db, const struct alarm_filter *filter, struct rows **rows)
{
	struct filter_args args = { .count = 0 };

	name_kinds(&args, filter->kinds);
	add(&args, S(args.of_severity[ALARM_CRITICAL]));
	add(&args, S(args.of_severity[ALARM_MAJOR]));
	add(&args, T(filter->now));
	add_filter(&args, filter);
	add_order(&args, filter);
	return db_stream(db, &Q[filter->is_history ? EXPORT_OVER : EXPORT_NOW],
	    (struct args){ args.values, args.count }, rows);
}

enum rc
alarm_find(struct db *db, struct arena *arena, const struct scope *scope, int64_t alarm_id,
    struct alarm_row *row)
{
	struct value in = S(scope_text(scope));
	struct rows *rows;
	enum rc rc = db_query(db, &Q[ONE], ARGS(I(alarm_id), in, in, in, in), &rows);

	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc == RC_OK)
		load(rows, arena, row);
	rows_end(rows);
	return rc;
}

enum rc
alarm_notes(
    struct db *db, struct arena *arena, int64_t alarm_id, struct alarm_note **notes, size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[NOTES], ARGS(I(alarm_id), I(ALARM_NOTES_MAX)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	*notes = arena_alloc(arena, ALARM_NOTES_MAX * sizeof(**notes));
	while ((rc = rows_next(rows)) == RC_OK)
		(*notes)[(*count)++] = (struct alarm_note){ .at = rows_int(rows, 0),
			.until_at = rows_int(rows, 1),
			.by = arena_strdup(arena, rows_text(rows, 2)),
			.deed = arena_strdup(arena, rows_text(rows, 3)),
			.text = arena_strdup(arena, rows_text(rows, 4)) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
