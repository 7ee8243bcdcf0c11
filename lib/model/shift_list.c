#include "model/shift_list.h"

#include <stdio.h>

#include "model/shift_private.h"

enum { COUNT_SHIFTS, LIST, EXPORT, COUNTS, PEOPLE };

/* Five values. */
#define FILTER                                                             \
	"WHERE (? = 0 OR f.operator_id = ?) AND f.biz_day BETWEEN ? AND ?" \
	" AND (? < 0 OR (f.closed_at IS NULL) = ?)"

/* Six times the sort; a constant would be dropped for ever from a prepared statement: CASE stays.
 */
#define ORDER(shift)                                                                               \
	" ORDER BY CASE ? WHEN 'operator' THEN " shift ".operator_id END, "                        \
	"CASE ? WHEN '-operator' THEN " shift ".operator_id END DESC, "                            \
	"CASE ? WHEN 'difference' THEN " shift ".counted_fen - " shift ".expected_fen END, "       \
	"CASE ? WHEN '-difference' THEN " shift ".counted_fen - " shift ".expected_fen END DESC, " \
	"CASE ? WHEN 'time' THEN " shift ".shift_id END, " shift ".shift_id DESC"

/* The rows of a page first, then their money. */
#define FROM_PAGE                                                                               \
	" FROM (SELECT f.shift_id, f.operator_id, f.opened_at, f.biz_day, f.float_fen,"         \
	" f.closed_at, f.closed_by, f.expected_fen, f.counted_fen, f.note FROM shift f " FILTER \
	    ORDER("f") " LIMIT ? OFFSET ?) s" SHIFT_JOINS

/* clang-format off: it breaks texts in the middle of a word */
#define EXPORT_COLUMNS                                                                                                                      \
	"s.shift_id, o.display_name AS operator, s.biz_day AS day, s.opened_at,"                                                            \
	" s.closed_at, c.display_name AS closed_by, " SHIFT_DOCUMENTS                                                                       \
	" AS documents, s.float_fen, " SHIFT_CHANNEL("cash") " AS cash_fen, " SHIFT_CHANNEL("transfer") " AS transfer_fen, " SHIFT_CHANNEL( \
	    "pos") " AS pos_fen, " SHIFT_CHANNEL("qr") " AS qr_fen, " SHIFT_PURCHASES                                                       \
						       " AS purchases_fen, " SHIFT_PAYOUTS                                                  \
						       " AS payouts_fen, " SHIFT_EXPECTED                                                   \
						       " AS expected_fen, s.counted_fen,"                                                   \
						       " s.counted_fen - s.expected_fen AS difference_fen, s.note"
/* clang-format on */

static const struct query Q[] QUERIES = {
	[COUNT_SHIFTS] = { .sql = "SELECT COUNT(*) FROM shift f " FILTER, .bounded = "one row" },
	[LIST] = { .sql = "SELECT " SHIFT_COLUMNS FROM_PAGE SHIFT_GROUP ORDER("s"),
	    .bounded = "its limit is within" },
	[EXPORT] = { .sql = "SELECT " EXPORT_COLUMNS FROM_PAGE SHIFT_GROUP ORDER("s"),
	    .bounded = "its limit is within" },
	[COUNTS] = { .sql = "SELECT denomination_fen, pieces FROM shift_count WHERE shift_id = ?"
			    " ORDER BY denomination_fen DESC LIMIT 16" },
	[PEOPLE] = { .sql = "SELECT o.operator_id, o.display_name FROM operator o WHERE EXISTS"
			    " (SELECT 1 FROM shift s WHERE s.operator_id = o.operator_id)"
			    " ORDER BY o.display_name, o.operator_id LIMIT 500" },
};

/* The arguments of a filter, in the order of the statements. */
struct filter_args {
	struct value values[24];
	size_t count;
	char sort[16];
};

static void
add(struct filter_args *args, struct value value)
{
	args->values[args->count++] = value;
}

static void
make_args(struct filter_args *args, const struct shift_filter *filter)
{
	args->count = 0;
	add(args, I(filter->operator_id));
	add(args, I(filter->operator_id));
	add(args, D(filter->from));
	add(args, D(filter->to));
	add(args, I(filter->is_open));
	add(args, I(filter->is_open));
}

static void
add_order(struct filter_args *args)
{
	for (int i = 0; i < 5; i++)
		add(args, S(args->sort));
}

static struct args
page_args(struct filter_args *args, const struct shift_filter *filter)
{
	(void)snprintf(
	    args->sort, sizeof(args->sort), "%s%s", filter->is_descending ? "-" : "", filter->sort);
	make_args(args, filter);
	add_order(args);
	add(args, I(filter->limit));
	add(args, I(filter->offset));
	add_order(args);
	return (struct args){ args->values, args->count };
}

enum rc
shift_count_list(struct db *db, const struct shift_filter *filter, int64_t *total)
{
	struct filter_args args;

	make_args(&args, filter);
	return db_int(db, &Q[COUNT_SHIFTS], (struct args){ args.values, args.count }, total);
}

enum rc
shift_list(struct db *db, struct arena *arena, const struct shift_filter *filter,
    struct shift **list, size_t *count)
{
	struct filter_args args;
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LIST], page_args(&args, filter), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, ((size_t)filter->limit + 1) * sizeof(**list));
	while ((rc = rows_next(rows)) == RC_OK)
		shift_load(rows, arena, &(*list)[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
shift_export(struct db *db, const struct shift_filter *filter, struct rows **rows)
{
	struct filter_args args;

	return db_stream(db, &Q[EXPORT], page_args(&args, filter), rows);
}

enum rc
shift_counts(struct db *db, int64_t shift_id, struct shift_count *counts, size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[COUNTS], ARGS(I(shift_id)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK)
		counts[(*count)++] = (struct shift_count){ rows_int(rows, 0), rows_int(rows, 1) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
shift_people(struct db *db, struct arena *arena, struct shift_person **people, size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[PEOPLE], NO_ARGS, &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	*people = arena_alloc(arena, SHIFT_PEOPLE_MAX * sizeof(**people));
	while ((rc = rows_next(rows)) == RC_OK)
		(*people)[(*count)++] = (struct shift_person){ rows_int(rows, 0),
			arena_strdup(arena, rows_text(rows, 1)) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
