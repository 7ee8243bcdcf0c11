#include "model/shift_list.h"

enum { COUNT_DAYS, LIST, EXPORT, FIND };

/* Four values. */
#define FILTER	   "WHERE f.day BETWEEN ? AND ? AND (? < 0 OR (f.closed_at IS NULL) = ?)"
/* Once the direction; a constant would be dropped for ever from a prepared statement. */
#define ORDER(day) " ORDER BY CASE ? WHEN 1 THEN " day ".day END DESC, " day ".day"
#define FROM_PAGE                                                                          \
	" FROM (SELECT f.day, f.closed_at, f.closed_by FROM business_day f " FILTER ORDER( \
	    "f") " LIMIT ? OFFSET ?) b"
#define JOINS                                                  \
	" LEFT JOIN operator o ON o.operator_id = b.closed_by" \
	" LEFT JOIN journal j ON j.biz_day = b.day"            \
	" LEFT JOIN posting p ON p.journal_id = j.journal_id"  \
	" AND p.ledger = 'cash'"

/* clang-format off: it breaks texts in the middle of a word */
#define SUM(condition) "CAST(COALESCE(SUM(IF(" condition ", p.amount_fen, 0)), 0) AS SIGNED)"
#define CHANNEL(name)  SUM("j.kind <> 'shift' AND p.channel = '" name "'")
#define COLUMNS                                                                                                                                                                                              \
	"(SELECT COUNT(*) FROM sale d WHERE d.biz_day = b.day) AS documents,"                                                                                                                                \
	" (SELECT COUNT(*) FROM shift s WHERE s.biz_day = b.day) AS shifts,"                                                                                                                                 \
	" (SELECT COUNT(*) FROM shift s WHERE s.biz_day <= b.day AND s.closed_at IS NULL)"                                                                                                                   \
	" AS open_shifts, " CHANNEL("cash") " AS cash_fen, " CHANNEL("transfer") " AS transfer_fen, " CHANNEL("pos") " AS pos_fen, " CHANNEL(                                                                \
	    "qr") " AS qr_fen, " SUM("j.kind = 'purchase'") " AS purchases_fen, -" SUM("j.kind NOT IN ('purchase', 'shift')") " AS payouts_fen, " SUM("j.kind = 'shift'") " AS over_short_fen, b.closed_at," \
																					  " o.display_name AS closed_by"
/* clang-format on */

static const struct query Q[] QUERIES = {
	[COUNT_DAYS] = { .sql = "SELECT COUNT(*) FROM business_day f " FILTER,
	    .bounded = "one row" },
	[LIST] = { .sql = "SELECT b.day, " COLUMNS FROM_PAGE JOINS " GROUP BY b.day" ORDER("b"),
	    .bounded = "its limit is within" },
	[EXPORT] = { .sql = "SELECT b.day, " COLUMNS FROM_PAGE JOINS " GROUP BY b.day" ORDER("b"),
	    .bounded = "its limit is within" },
	[FIND] = { .sql = "SELECT b.day, " COLUMNS " FROM business_day b" JOINS
			  " WHERE b.day = ? GROUP BY b.day",
	    .bounded = "primary key" },
};

static void
load(const struct rows *rows, struct arena *arena, struct business_day *day)
{
	*day = (struct business_day){
		.day = rows_day(rows, 0),
		.documents = rows_int(rows, 1),
		.shifts = rows_int(rows, 2),
		.open_shifts = rows_int(rows, 3),
		.channel_fen = { [CHANNEL_CASH] = rows_int(rows, 4),
		    [CHANNEL_TRANSFER] = rows_int(rows, 5),
		    [CHANNEL_POS] = rows_int(rows, 6),
		    [CHANNEL_QR] = rows_int(rows, 7) },
		.purchases_fen = rows_int(rows, 8),
		.payouts_fen = rows_int(rows, 9),
		.over_short_fen = rows_int(rows, 10),
		.closed_at = rows_int(rows, 11),
		.closed_by = arena_strdup(arena, rows_text(rows, 12)),
	};
}

enum rc
business_day_count_list(struct db *db, const struct business_day_filter *filter, int64_t *total)
{
	return db_int(db, &Q[COUNT_DAYS],
	    ARGS(D(filter->from), D(filter->to), I(filter->is_open), I(filter->is_open)), total);
}

#define PAGE_ARGS(filter)                                                                    \
	ARGS(D((filter)->from), D((filter)->to), I((filter)->is_open), I((filter)->is_open), \
	    I((filter)->is_descending), I((filter)->limit), I((filter)->offset),             \
	    I((filter)->is_descending))

enum rc
business_day_list(struct db *db, struct arena *arena, const struct business_day_filter *filter,
    struct business_day **list, size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LIST], PAGE_ARGS(filter), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, ((size_t)filter->limit + 1) * sizeof(**list));
	while ((rc = rows_next(rows)) == RC_OK)
		load(rows, arena, &(*list)[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
business_day_find(
    struct db *db, struct arena *arena, struct day day, struct business_day *business_day)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FIND], ARGS(D(day)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		load(rows, arena, business_day);
	rows_end(rows);
	return rc;
}

enum rc
business_day_export(struct db *db, const struct business_day_filter *filter, struct rows **rows)
{
	return db_stream(db, &Q[EXPORT], PAGE_ARGS(filter), rows);
}
