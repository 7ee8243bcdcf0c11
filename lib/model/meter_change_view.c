/* Changes as people see them. */
#include <string.h>

#include "model/meter_change.h"
#include "model/meter_row.h"

enum { FIND, OF_METER, OF_ACCOUNT };

#define PLACE_OF(v) "COALESCE(NULLIF(" v ".room, ''), NULLIF(" v ".name, ''), " v ".floor, '')"
#define METER_OF(v)                                                                          \
	" " v ".meter_id, " v ".number, " v ".building, " PLACE_OF(                          \
	    v) ", " v ".model, " v ".read_at, " v ".lost_since, " v ".credit_fen, " v        \
	       ".energy_wh, " v ".removed_at, "                                              \
	       "EXISTS (SELECT 1 FROM account_meter x WHERE x.active_meter = " v ".meter_id" \
	       " AND x.account_id = c.account_id),"

#define SELECT_CHANGE                                                                                  \
	"SELECT" METER_OF("o") METER_OF(                                                               \
	    "n") " c.meter_change_id, c.account_id, c.sale_id, c.began_at, c.ended_at, q.approval_id," \
		 " c.kind + 0, c.state + 0, c.is_manual, c.new_number, c.reason, a.name, a.number,"    \
		 " COALESCE(b.display_name, ''), COALESCE(w.display_name, ''), c.old_wh, c.old_fen,"   \
		 " c.new_wh, s.receipt_number, s.state, EXISTS (SELECT 1 FROM delivery d"              \
		 " WHERE d.sale_id = c.sale_id AND d.state IN ('sent', 'done', 'held')),"              \
		 " EXISTS (SELECT 1 FROM alarm l WHERE l.meter_id = c.new_meter_id"                    \
		 " AND l.kind = 'identity_mismatch' AND l.ended_at IS NULL)"                           \
		 " FROM meter_change c JOIN account a ON a.account_id = c.account_id"                  \
		 " JOIN v_meter_now o ON o.meter_id = c.old_meter_id"                                  \
		 " LEFT JOIN v_meter_now n ON n.meter_id = c.new_meter_id"                             \
		 " LEFT JOIN sale s ON s.sale_id = c.sale_id"                                          \
		 " LEFT JOIN operator b ON b.operator_id = c.began_by"                                 \
		 " LEFT JOIN operator w ON w.operator_id = c.second_by"                                \
		 " LEFT JOIN approval q ON q.approval_id = (SELECT MAX(y.approval_id) FROM approval y" \
		 " WHERE y.outcome IS NULL AND y.meter_change_id = c.meter_change_id)"                 \
		 " WHERE (? = '' OR FIND_IN_SET(o.scope_id, ?))"

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[FIND] = { .sql = SELECT_CHANGE " AND c.meter_change_id = ?", .bounded = "primary key" },
	[OF_METER] = { .sql = "SELECT meter_change_id FROM meter_change WHERE active_old = ?",
	    .bounded = "unique key" },
	[OF_ACCOUNT] = { .sql = SELECT_CHANGE " AND c.account_id = ?"
					      " ORDER BY c.meter_change_id DESC LIMIT ?" },
};
/* clang-format on */

#define METER_COLUMNS_OF 11

static void
load_meter(const struct rows *rows, size_t from, struct arena *arena, struct change_meter *meter)
{
	*meter = (struct change_meter){ .meter_id = rows_int(rows, from),
		.number = arena_strdup(arena, rows_text(rows, from + 1)),
		.building = arena_strdup(arena, rows_text(rows, from + 2)),
		.place = arena_strdup(arena, rows_text(rows, from + 3)),
		.model = arena_strdup(arena, rows_text(rows, from + 4)),
		.read_at = rows_int(rows, from + 5),
		.lost_since = rows_int(rows, from + 6),
		.credit_fen = row_int(rows, from + 7, METER_NO_CREDIT),
		.energy_wh = row_int(rows, from + 8, -1),
		.removed_at = rows_int(rows, from + 9),
		.is_serving = rows_int(rows, from + 10) != 0 };
}

static void
load(const struct rows *rows, struct arena *arena, struct meter_change *change)
{
	const size_t at = 2 * METER_COLUMNS_OF;

	*change = (struct meter_change){ .change_id = rows_int(rows, at),
		.account_id = rows_int(rows, at + 1),
		.sale_id = rows_int(rows, at + 2),
		.began_at = rows_int(rows, at + 3),
		.ended_at = rows_int(rows, at + 4),
		.approval_id = rows_int(rows, at + 5),
		.kind = (enum change_kind)(rows_int(rows, at + 6) - 1),
		.state = (enum change_state)(rows_int(rows, at + 7) - 1),
		.is_manual = rows_int(rows, at + 8) != 0,
		.new_number = arena_strdup(arena, rows_text(rows, at + 9)),
		.reason = arena_strdup(arena, rows_text(rows, at + 10)),
		.tenant = arena_strdup(arena, rows_text(rows, at + 11)),
		.account_number = arena_strdup(arena, rows_text(rows, at + 12)),
		.began_by = arena_strdup(arena, rows_text(rows, at + 13)),
		.second_by = arena_strdup(arena, rows_text(rows, at + 14)),
		.old_wh = row_int(rows, at + 15, -1),
		.old_fen = row_int(rows, at + 16, METER_NO_CREDIT),
		.new_wh = row_int(rows, at + 17, -1),
		.receipt_number = arena_strdup(arena, rows_text(rows, at + 18)),
		.sale_state = rows_is_null(rows, at + 19)
				  ? SALE_STATES
				  : sale_state_find(rows_text(rows, at + 19)),
		.is_sent = rows_int(rows, at + 20) != 0,
		.has_other_meter = rows_int(rows, at + 21) != 0 };
	load_meter(rows, 0, arena, &change->old);
	load_meter(rows, METER_COLUMNS_OF, arena, &change->new);
}

enum rc
meter_change_find(struct db *db, struct arena *arena, const struct scope *scope, int64_t change_id,
    struct meter_change *change)
{
	struct value in = S(scope_text(scope));
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FIND], ARGS(in, in, I(change_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		load(rows, arena, change);
	rows_end(rows);
	return rc;
}

enum rc
meter_change_of_meter(struct db *db, int64_t old_meter_id, int64_t *change_id)
{
	return db_int(db, &Q[OF_METER], ARGS(I(old_meter_id)), change_id);
}

enum rc
meter_change_of_account(struct db *db, struct arena *arena, const struct scope *scope,
    int64_t account_id, struct meter_change *list, size_t most, size_t *count)
{
	struct value in = S(scope_text(scope));
	struct rows *rows;
	enum rc rc = db_query(db, &Q[OF_ACCOUNT], ARGS(in, in, I(account_id), I(most)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	while (*count < most && (rc = rows_next(rows)) == RC_OK)
		load(rows, arena, &list[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
