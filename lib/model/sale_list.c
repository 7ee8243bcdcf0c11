#include "model/sale_list.h"

#include <string.h>

#include "base/money.h"
#include "base/text.h"

#define FIRST_DAY 0	/* 1970-01-01 */
#define LAST_DAY  84005 /* 2199-12-31 */
#define NO_AMOUNT (-1)	/* no document has it */

enum { TOTALS, LIST, EXPORT };

/* clang-format off: it breaks texts in the middle of a word */
#define FROM                                                                             \
	" FROM sale s JOIN v_meter_now n ON n.meter_id = s.meter_id"                     \
	" JOIN account a ON a.account_id = s.account_id"                                 \
	" JOIN operator o ON o.operator_id = s.operator_id"                              \
	" WHERE (? = '' OR FIND_IN_SET(n.scope_id, ?))"                                  \
	" AND s.biz_day BETWEEN ? AND ? AND s.account_id BETWEEN ? AND ?"                \
	" AND (? = '' OR CONCAT_WS(' ', a.name, a.initials, a.number, s.receipt_number," \
	" n.room, n.name, n.number) LIKE ? OR CONVERT(a.phone USING utf8mb4) LIKE ?"     \
	" OR s.amount_fen = ?)"                                                          \
	" AND (? = '' OR s.kind = ?) AND (? = '' OR s.state = ?)"                        \
	" AND (? = '' OR s.channel = ?)"                                                 \
	" AND (? = 0 OR s.state IN ('asked', 'booked', 'held', 'due'))"                  \
	" AND (? = 0 OR s.operator_id = ?)"                                              \
	" AND (? = 0 OR s.meter_id = ? OR s.to_meter_id = ?)"                            \
	" AND (? = 0 OR s.shift_id = ? OR s.paid_shift_id = ?)"

#define FEES                                                                      \
	"(SELECT CAST(COALESCE(SUM(l.amount_fen), 0) AS SIGNED) FROM sale_line l" \
	" WHERE l.sale_id = s.sale_id AND l.kind = 'fee')"

#define DELIVERY_STATE                                                \
	"(SELECT d.state FROM delivery d WHERE d.sale_id = s.sale_id" \
	" ORDER BY d.leg DESC, d.command_id DESC LIMIT 1)"

#define PLACE "COALESCE(NULLIF(n.room, ''), NULLIF(n.name, ''), n.floor)"

/* A constant here would be dropped for ever from a prepared statement: CASE stays. */
#define ORDER                                                                          \
	" ORDER BY CASE ? WHEN 'number' THEN s.receipt_number END,"                    \
	" CASE ? WHEN '-number' THEN s.receipt_number END DESC,"                       \
	" CASE ? WHEN 'tenant' THEN a.name END, CASE ? WHEN '-tenant' THEN a.name END" \
	" DESC, CASE ? WHEN 'amount' THEN s.amount_fen END,"                           \
	" CASE ? WHEN '-amount' THEN s.amount_fen END DESC,"                           \
	" CASE ? WHEN 'operator' THEN o.display_name END,"                             \
	" CASE ? WHEN '-operator' THEN o.display_name END DESC,"                       \
	" CASE ? WHEN 'state' THEN s.state END, CASE ? WHEN '-state' THEN s.state END" \
	" DESC, CASE ? WHEN 'time' THEN s.sale_id END, s.sale_id DESC"
#define ORDER_ARGS 11

static const struct query Q[] QUERIES = {
	[TOTALS] = { .sql =
			 "SELECT s.kind, s.channel, COUNT(*), CAST(SUM(IF(s.state IN ('rejected', 'failed'),"
			 " 0, s.amount_fen)) AS SIGNED), CAST(SUM(CASE WHEN s.kind = 'purchase'"
			 " THEN s.amount_fen WHEN s.state = 'paid' THEN -s.amount_fen ELSE 0 END) AS SIGNED),"
			 " CAST(SUM(IF(s.kind = 'purchase', " FEES ", 0)) AS SIGNED)" FROM
			 " GROUP BY s.kind, s.channel",
	    .bounded = "kinds and channels" },
	[LIST] = { .sql =
		       "SELECT s.sale_id, s.created_at, s.settled_at, s.paid_at, s.kind, s.state,"
		       " s.channel, s.receipt_number, s.biz_day, s.account_id, s.meter_id, a.number,"
		       " a.name, n.number, n.building, " PLACE ", s.amount_fen, s.credit_fen, " FEES
		       ","
		       " s.operator_id, o.display_name, s.reason, " DELIVERY_STATE
		       ", n.lost_since" FROM ORDER " LIMIT ? OFFSET ?" },
	[EXPORT] = { .sql =
			 "SELECT s.receipt_number, s.biz_day, s.created_at, s.kind, s.state, s.channel,"
			 " a.number, a.name, n.building, " PLACE
			 ", n.number, s.amount_fen, s.credit_fen,"
			 " " FEES ", o.display_name, s.reason, s.settled_at, s.paid_at" FROM ORDER
			 " LIMIT ? OFFSET ?" },
};
/* clang-format on */

#define LIKE_MAX 420

/* The arguments of a filter, in the order of the statements. */
struct filter_args {
	struct value values[48];
	size_t count;
	char like[LIKE_MAX], tail[LIKE_MAX];
	char sort[16];
};

static void
add(struct filter_args *args, struct value value)
{
	args->values[args->count++] = value;
}

static void
add_times(struct filter_args *args, struct value value, int times)
{
	for (int i = 0; i < times; i++)
		add(args, value);
}

/* No bound: from the first to the last. */
static void
add_range(struct filter_args *args, int64_t id)
{
	add(args, I(id));
	add(args, I(id != 0 ? id : UINT32_MAX));
}

static void
add_search(struct filter_args *args, const char *search)
{
	int64_t amount_fen = NO_AMOUNT;

	text_like(search, args->like, sizeof(args->like));
	if (money_parse(search, &amount_fen) != RC_OK)
		amount_fen = NO_AMOUNT;
	add(args, S(search));
	add(args, S(args->like));
	/* Four digits of a phone number say something, one does not. */
	(void)text_copy(args->tail, sizeof(args->tail), strlen(search) >= 4 ? args->like : "- ");
	args->tail[strlen(args->tail) - 1] = '\0';
	add(args, S(args->tail));
	add(args, I(amount_fen));
}

static void
make_args(struct filter_args *args, const struct sale_filter *filter)
{
	struct day from = { filter->from.number != 0 ? filter->from.number : FIRST_DAY };
	struct day to = { filter->to.number != 0 ? filter->to.number : LAST_DAY };

	args->count = 0;
	add_times(args, S(scope_text(filter->scope)), 2);
	add(args, D(from));
	add(args, D(to));
	add_range(args, filter->account_id);
	add_search(args, filter->search != NULL ? filter->search : "");
	add_times(args, S(filter->kind < SALE_KINDS ? sale_kind_name(filter->kind) : ""), 2);
	add_times(args, S(filter->state < SALE_STATES ? sale_state_name(filter->state) : ""), 2);
	add_times(args, S(filter->channel < CHANNELS ? channel_name(filter->channel) : ""), 2);
	add(args, I(filter->is_open));
	add_times(args, I(filter->operator_id), 2);
	add_times(args, I(filter->meter_id), 3);
	add_times(args, I(filter->shift_id), 3);
}

static void
add_order(struct filter_args *args, const struct sale_filter *filter)
{
	args->sort[0] = '-';
	(void)text_copy(args->sort + filter->is_descending,
	    sizeof(args->sort) - filter->is_descending,
	    filter->sort != NULL ? filter->sort : "time");
	add_times(args, S(args->sort), ORDER_ARGS);
	add(args, I(filter->limit));
	add(args, I(filter->offset));
}

static struct args
args_of(const struct filter_args *args)
{
	return (struct args){ args->values, args->count };
}

/* ---- sums ---- */

static void
add_totals(const struct rows *rows, struct sale_totals *totals)
{
	enum sale_kind kind = sale_kind_find(rows_text(rows, 0));
	enum channel channel = channel_find(rows_text(rows, 1));

	if (kind == SALE_KINDS || channel == CHANNELS)
		return;
	totals->count += rows_int(rows, 2);
	totals->kind_count[kind] += rows_int(rows, 2);
	totals->kind_fen[kind] += rows_int(rows, 3);
	totals->channel_fen[channel] += rows_int(rows, 4);
	totals->fee_fen += rows_int(rows, 5);
}

enum rc
sale_totals(struct db *db, const struct sale_filter *filter, struct sale_totals *totals)
{
	struct filter_args args;
	struct rows *rows;

	*totals = (struct sale_totals){ .count = 0 };
	make_args(&args, filter);
	enum rc rc = db_query(db, &Q[TOTALS], args_of(&args), &rows);
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK)
		add_totals(rows, totals);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- rows ---- */

static void
take(const struct rows *rows, struct arena *arena, struct sale_row *row)
{
	*row = (struct sale_row){ .sale_id = rows_int(rows, 0),
		.created_at = rows_int(rows, 1),
		.settled_at = rows_int(rows, 2),
		.paid_at = rows_int(rows, 3),
		.kind = sale_kind_find(rows_text(rows, 4)),
		.state = sale_state_find(rows_text(rows, 5)),
		.channel = channel_find(rows_text(rows, 6)),
		.receipt_number = arena_strdup(arena, rows_text(rows, 7)),
		.biz_day = rows_day(rows, 8),
		.account_id = rows_int(rows, 9),
		.meter_id = rows_int(rows, 10),
		.account_number = arena_strdup(arena, rows_text(rows, 11)),
		.tenant = arena_strdup(arena, rows_text(rows, 12)),
		.number = arena_strdup(arena, rows_text(rows, 13)),
		.building = arena_strdup(arena, rows_text(rows, 14)),
		.place = arena_strdup(arena, rows_text(rows, 15)),
		.amount_fen = rows_int(rows, 16),
		.credit_fen = rows_int(rows, 17),
		.fee_fen = rows_int(rows, 18),
		.operator_id = rows_int(rows, 19),
		.operator_name = arena_strdup(arena, rows_text(rows, 20)),
		.reason = arena_strdup(arena, rows_text(rows, 21)),
		.delivery_state = arena_strdup(arena, rows_text(rows, 22)) };
	if (strcmp(row->delivery_state, "queued") == 0 || strcmp(row->delivery_state, "sent") == 0)
		row->lost_since = rows_int(rows, 23);
}

enum rc
sale_list(struct db *db, struct arena *arena, const struct sale_filter *filter,
    struct sale_row **list, size_t *count)
{
	struct filter_args args;
	struct rows *rows;

	*count = 0;
	make_args(&args, filter);
	add_order(&args, filter);
	enum rc rc = db_query(db, &Q[LIST], args_of(&args), &rows);
	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, ((size_t)filter->limit + 1) * sizeof(**list));
	while ((rc = rows_next(rows)) == RC_OK)
		take(rows, arena, &(*list)[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
sale_export(struct db *db, const struct sale_filter *filter, struct rows **rows)
{
	struct filter_args args;

	make_args(&args, filter);
	add_order(&args, filter);
	return db_stream(db, &Q[EXPORT], args_of(&args), rows);
}
