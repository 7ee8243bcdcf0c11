#include "model/approval_private.h"

#include "base/text.h"

enum { FIND, LIST, EXPORT, COUNT_ALL, COUNT_OPEN };

/* clang-format off: it breaks texts in the middle of a word */
/* The meter it is about, whatever was asked. */
#define FROM                                                                        \
	" FROM approval a LEFT JOIN sale s ON s.sale_id = a.sale_id"                \
	" LEFT JOIN delivery d ON d.command_id = a.command_id"                      \
	" LEFT JOIN sale ds ON ds.sale_id = d.sale_id"                              \
	" LEFT JOIN meter_change mc ON mc.meter_change_id = a.meter_change_id"      \
	" LEFT JOIN v_meter_now n ON n.meter_id = COALESCE(d.meter_id, s.meter_id," \
	" mc.old_meter_id, a.meter_id) LEFT JOIN account ac ON ac.account_id ="     \
	" COALESCE(s.account_id, ds.account_id, mc.account_id, n.account_id)"       \
	" LEFT JOIN operator ao ON ao.operator_id = a.asked_by"                     \
	" LEFT JOIN operator bo ON bo.operator_id = a.decided_by "
#define PLACE  "CONCAT_WS(' ', n.building, IF(n.room = '', n.floor, n.room))"
#define NUMBER "COALESCE(s.receipt_number, ds.receipt_number, '')"
#define COLUMNS                                                                            \
	"a.approval_id, a.kind, COALESCE(a.sale_id, d.sale_id), a.command_id, n.meter_id," \
	" a.meter_change_id, a.amount_fen, a.payload, a.reason, a.note, a.asked_by,"       \
	" a.asked_at, a.decided_by, a.decided_at, a.outcome, ao.display_name,"             \
	" bo.display_name, " PLACE ", n.number, ac.name, " NUMBER ", ac.account_id"
/* Twice the scope. */
#define SEEN "(? = '' OR FIND_IN_SET(n.scope_id, ?))"
/* The scope, twice whether open, and the search twice. */
#define FILTER                                                                        \
	"WHERE " SEEN " AND (? < 0 OR (a.outcome IS NULL) = ?) AND (? = '' OR"        \
	" CONCAT_WS('\n', " PLACE ", n.number, ac.name, " NUMBER ", ao.display_name," \
	" bo.display_name, a.reason) LIKE ?)"
#define ORDER " ORDER BY a.outcome IS NOT NULL, a.approval_id DESC"
/* clang-format on */

static const struct query Q[] QUERIES = {
	[FIND] = { .sql = "SELECT " COLUMNS FROM "WHERE " SEEN " AND a.approval_id = ?",
	    .bounded = "primary key" },
	[LIST] = { .sql = "SELECT " COLUMNS FROM FILTER ORDER " LIMIT ? OFFSET ?" },
	[EXPORT] = { .sql = "SELECT a.asked_at, a.kind, " PLACE ", n.number, ac.name,"
			    " a.amount_fen, a.reason, ao.display_name, a.outcome,"
			    " bo.display_name, a.decided_at, a.note, " NUMBER FROM FILTER ORDER
			    " LIMIT 1000000" },
	[COUNT_ALL] = { .sql = "SELECT COUNT(*)" FROM FILTER, .bounded = "one row" },
	[COUNT_OPEN] = { .sql = "SELECT COUNT(*)" FROM "WHERE " SEEN " AND a.outcome IS NULL",
	    .bounded = "one row" },
};

static void
load(const struct rows *rows, struct arena *arena, struct approval *approval)
{
	*approval = (struct approval){
		.approval_id = rows_int(rows, 0),
		.kind = approval_kind_find(rows_text(rows, 1)),
		.sale_id = rows_int(rows, 2),
		.command_id = rows_int(rows, 3),
		.meter_id = rows_int(rows, 4),
		.meter_change_id = rows_int(rows, 5),
		.amount_fen = rows_int(rows, 6),
		.payload = arena_strdup(arena, rows_text(rows, 7)),
		.reason = arena_strdup(arena, rows_text(rows, 8)),
		.note = arena_strdup(arena, rows_text(rows, 9)),
		.asked_by = rows_int(rows, 10),
		.asked_at = rows_int(rows, 11),
		.decided_by = rows_int(rows, 12),
		.decided_at = rows_int(rows, 13),
		.outcome = arena_strdup(arena, rows_text(rows, 14)),
		.asked_name = arena_strdup(arena, rows_text(rows, 15)),
		.decided_name = arena_strdup(arena, rows_text(rows, 16)),
		.place = arena_strdup(arena, rows_text(rows, 17)),
		.number = arena_strdup(arena, rows_text(rows, 18)),
		.tenant = arena_strdup(arena, rows_text(rows, 19)),
		.receipt_number = arena_strdup(arena, rows_text(rows, 20)),
		.account_id = rows_int(rows, 21),
	};
}

enum rc
approval_find(struct db *db, struct arena *arena, const struct scope *scope, int64_t approval_id,
    struct approval *approval)
{
	struct value in = S(scope_text(scope));
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FIND], ARGS(in, in, I(approval_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		load(rows, arena, approval);
	rows_end(rows);
	return rc;
}

#define LIKE_MAX 420

struct filter_args {
	struct value values[8];
	size_t count;
	char like[LIKE_MAX];
};

static void
make_args(struct filter_args *args, const struct approval_filter *filter)
{
	const char *search = filter->search != NULL ? filter->search : "";
	struct value in = S(scope_text(filter->scope));

	text_like(search, args->like, sizeof(args->like));
	args->values[0] = args->values[1] = in;
	args->values[2] = args->values[3] = I(filter->is_open);
	args->values[4] = S(search);
	args->values[5] = S(args->like);
	args->values[6] = I(filter->limit);
	args->values[7] = I(filter->offset);
}

enum rc
approval_list(struct db *db, struct arena *arena, const struct approval_filter *filter,
    struct approval **list, size_t *count, int64_t *total)
{
	struct filter_args args;
	struct rows *rows;

	make_args(&args, filter);
	*count = 0;
	enum rc rc = db_int(db, &Q[COUNT_ALL], (struct args){ args.values, 6 }, total);
	if (rc == RC_OK)
		rc = db_query(db, &Q[LIST], (struct args){ args.values, 8 }, &rows);
	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, ((size_t)filter->limit + 1) * sizeof(**list));
	while ((rc = rows_next(rows)) == RC_OK)
		load(rows, arena, &(*list)[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
approval_export(struct db *db, const struct approval_filter *filter, struct rows **rows)
{
	struct filter_args args;

	make_args(&args, filter);
	return db_stream(db, &Q[EXPORT], (struct args){ args.values, 6 }, rows);
}

enum rc
approval_count_open(struct db *db, const struct scope *scope, int64_t *count)
{
	struct value in = S(scope_text(scope));

	return db_int(db, &Q[COUNT_OPEN], ARGS(in, in), count);
}
