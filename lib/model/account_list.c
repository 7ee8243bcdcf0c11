#include "model/account_list.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "model/meter_row.h"

#define EXPORT_MAX 1000000

enum {
	COUNTS,
	FIND,
	STRETCHES,
	FREE,
	FREE_COUNT,
	ONE_METER,
	LIST,
	EXPORT = LIST + 2 * ACCOUNT_SORTS
};

#define STATE	       "IF(a.closed_at IS NOT NULL, 2, a.closing_at IS NOT NULL)"
#define NOW_OF(column) "IF(am.ended_at IS NULL, " column ", NULL)"
#define PLACE_OF       "COALESCE(NULLIF(n.room, ''), NULLIF(n.name, ''), n.floor, n.building, '')"

/* An account whose closing was begun shows its meters to the end, one whose meter is being changed
 * shows the old one until the new one serves it. */
#define SHOWN                                                                                   \
	"(am.ended_at IS NULL OR a.closing_at IS NOT NULL OR a.closed_at IS NOT NULL OR EXISTS" \
	" (SELECT 1 FROM meter_change mc WHERE mc.active_old = am.meter_id"                     \
	" AND mc.account_id = a.account_id))"

#define FROM_ACCOUNTS                                                                                 \
	" FROM account a JOIN account_meter am ON am.account_id = a.account_id"                       \
	" AND " SHOWN " JOIN v_meter_now n ON n.meter_id = am.meter_id"                               \
	" WHERE (? = '' OR FIND_IN_SET(n.scope_id, ?))"                                               \
	" AND (? = 0 OR ? IN (n.place_id, n.floor_id, n.building_id, n.site_id))"                     \
	" GROUP BY a.account_id"                                                                      \
	" HAVING (? = '' OR a.name LIKE ? OR CONVERT(a.initials USING utf8mb4) LIKE ?"                \
	" OR CONVERT(a.number USING utf8mb4) LIKE ?"                                                  \
	" OR MAX(n.room LIKE ?) OR MAX(n.name LIKE ?) OR MAX(CONVERT(n.number USING utf8mb4) LIKE ?)" \
	" OR (? AND CONVERT(a.phone USING utf8mb4) LIKE ?))"

#define CHOSEN " AND (? = 3 OR state = ?) AND (? = 255 OR ? >> COALESCE(worst, 8) & 1)"

#define LISTED                                                                                                                                           \
	"SELECT a.account_id, a.number, a.name, IF(? OR a.phone = '', a.phone,"                                                                          \
	" CONCAT(LEFT(a.phone, IF(LENGTH(a.phone) > 7, 3, 0)), '****',"                                                                                  \
	" RIGHT(a.phone, IF(LENGTH(a.phone) > 7, 4, 2)))) AS shown_phone,"                                                                               \
	" GROUP_CONCAT(DISTINCT " PLACE_OF " ORDER BY n.floor_order, n.room_order"                                                                       \
	" SEPARATOR ', ') AS rooms, MIN(n.building) AS building, " STATE " AS state,"                                                                    \
	" SUM(am.ended_at IS NULL) AS meters, SUM(" NOW_OF(                                                                                              \
	    "n.credit_fen") ") AS credit,"                                                                                                               \
			    " MIN(" NOW_OF(                                                                                                              \
				"n.status") ") AS worst,"                                                                                                \
					    " IF(SUM(am.ended_at IS NULL AND n.read_at IS NULL) > 0, NULL,"                                              \
					    " MIN(" NOW_OF(                                                                                              \
						"n.read_at") ")) AS read_at, a.opened_at, a.closed_at, a.phone,"                                         \
							     " a.initials, GROUP_CONCAT(DISTINCT n.number ORDER BY n.number SEPARATOR ', ') AS numbers," \
							     " MIN(n.building_order) AS building_order, MIN(n.floor_order) AS floor_order,"              \
							     " MIN(n.room_order) AS room_order" FROM_ACCOUNTS                                            \
								 CHOSEN

/* Around it, because an order by an expression may not name a sum of the same statement. */
#define PAGED                                                                                   \
	"SELECT account_id, number, name, shown_phone, rooms, building, state, meters, credit," \
	" worst, read_at, opened_at, closed_at FROM (" LISTED ") AS x"

/* For CELL_WORD the state and the worst status are names. */
#define EXPORTED                                                                               \
	"SELECT number, name, shown_phone, building, rooms, numbers, ELT(state + 1, 'open', "  \
	"'closing', 'closed'), meters, credit, ELT(worst + 1, 'lost', 'tripped', 'arrears',"   \
	" 'alarm2', 'alarm1', 'protected', 'unopened', 'open'), read_at, opened_at, closed_at" \
	" FROM (" LISTED ") AS x"

#define BY_PLACE(way) \
	" ORDER BY building_order" way ", floor_order" way ", room_order" way ", account_id"
#define BY_NAME(way)   " ORDER BY name" way ", account_id"
#define BY_NUMBER(way) " ORDER BY number" way ", account_id"
#define BY_CREDIT(way) " ORDER BY credit IS NULL, credit" way ", account_id"
#define BY_STATUS(way) " ORDER BY worst IS NULL, worst" way ", account_id"
#define BY_AGE(way)    " ORDER BY read_at" way ", account_id"
#define BY_OPENED(way) " ORDER BY opened_at" way ", account_id"
#define PAGE	       " LIMIT ? OFFSET ?"
#define ALL	       " LIMIT ?"

#define SELECT_METER                                                                         \
	"SELECT n.meter_id, n.number, COALESCE(n.building, ''), " PLACE_OF ", n.model,"      \
	" n.credit_mode + 0, n.read_at, n.lost_since, n.credit_fen, n.energy_wh,"            \
	" n.purchase_count, n.status_period_s FROM v_meter_now n WHERE n.removed_at IS NULL" \
	" AND (? = '' OR FIND_IN_SET(n.scope_id, ?))"

#define FREE_ONES                                                                                                                        \
	" AND n.account_id IS NULL AND n.credit_mode <> 'monitor' AND (? = ''"                                                           \
	" OR CONVERT(n.number USING utf8mb4) LIKE ? OR n.room LIKE ? OR n.name LIKE ? OR CONVERT(n.place_initials USING utf8mb4) LIKE ?" \
	" OR CONCAT(COALESCE(n.building, ''), COALESCE(n.floor, ''), n.room) LIKE ?)"

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[COUNTS] = { .sql =
			 "SELECT state, worst, COUNT(*), SUM(credit) FROM (SELECT a.name, a.initials,"
			 " a.number, a.phone, " STATE " AS state, MIN(" NOW_OF(
			     "n.status") ") AS worst,"
					 " SUM(" NOW_OF(
					     "n.credit_fen") ") AS credit" FROM_ACCOUNTS
							     ") AS x GROUP BY state, worst LIMIT 30" },
	[FIND] = { .sql =
		       "SELECT a.account_id, a.revision, a.number, a.name, a.phone, a.id_number, a.note,"
		       " " STATE ", a.opened_at, a.closing_at, a.closed_at,"
		       " COALESCE(o.display_name, ''), COALESCE(c.display_name, ''),"
		       " COALESCE(a.closing_relay, ''), a.closing_reason FROM account a"
		       " LEFT JOIN operator o ON o.operator_id = a.opened_by"
		       " LEFT JOIN operator c ON c.operator_id = a.closed_by"
		       " WHERE a.account_id = ? AND (? = '' OR EXISTS (SELECT 1 FROM account_meter am"
		       " JOIN v_meter_scope s ON s.meter_id = am.meter_id"
		       " WHERE am.account_id = a.account_id AND FIND_IN_SET(s.scope_id, ?)"
		       " AND " SHOWN "))",
	    .bounded = "primary key" },
	[STRETCHES] = { .sql =
			    "SELECT am.meter_id, am.began_at, am.ended_at, n.number, " PLACE_OF
			    " FROM account_meter am JOIN v_meter_now n ON n.meter_id = am.meter_id"
			    " WHERE am.account_id = ? ORDER BY am.ended_at IS NOT NULL, n.building_order,"
			    " n.floor_order, n.room_order, am.meter_id, am.began_at LIMIT ?" },
	[FREE] = { .sql = SELECT_METER FREE_ONES
		   " ORDER BY n.lost_since IS NOT NULL, n.building_order,"
		   " n.floor_order, n.room_order, n.meter_id LIMIT ?" },
	[FREE_COUNT] = { .sql = "SELECT COUNT(*) FROM v_meter_now n WHERE n.removed_at IS NULL"
				" AND (? = '' OR FIND_IN_SET(n.scope_id, ?))" FREE_ONES,
	    .bounded = "one row" },
	[ONE_METER] = { .sql = SELECT_METER " AND n.meter_id = ?", .bounded = "primary key" },
	[LIST + 2 * ACCOUNT_BY_PLACE] = { .sql = PAGED BY_PLACE("") PAGE },
	[LIST + 2 * ACCOUNT_BY_PLACE + 1] = { .sql = PAGED BY_PLACE(" DESC") PAGE },
	[LIST + 2 * ACCOUNT_BY_NAME] = { .sql = PAGED BY_NAME("") PAGE },
	[LIST + 2 * ACCOUNT_BY_NAME + 1] = { .sql = PAGED BY_NAME(" DESC") PAGE },
	[LIST + 2 * ACCOUNT_BY_NUMBER] = { .sql = PAGED BY_NUMBER("") PAGE },
	[LIST + 2 * ACCOUNT_BY_NUMBER + 1] = { .sql = PAGED BY_NUMBER(" DESC") PAGE },
	[LIST + 2 * ACCOUNT_BY_CREDIT] = { .sql = PAGED BY_CREDIT("") PAGE },
	[LIST + 2 * ACCOUNT_BY_CREDIT + 1] = { .sql = PAGED BY_CREDIT(" DESC") PAGE },
	[LIST + 2 * ACCOUNT_BY_STATUS] = { .sql = PAGED BY_STATUS("") PAGE },
	[LIST + 2 * ACCOUNT_BY_STATUS + 1] = { .sql = PAGED BY_STATUS(" DESC") PAGE },
	[LIST + 2 * ACCOUNT_BY_AGE] = { .sql = PAGED BY_AGE("") PAGE },
	[LIST + 2 * ACCOUNT_BY_AGE + 1] = { .sql = PAGED BY_AGE(" DESC") PAGE },
	[LIST + 2 * ACCOUNT_BY_OPENED] = { .sql = PAGED BY_OPENED("") PAGE },
	[LIST + 2 * ACCOUNT_BY_OPENED + 1] = { .sql = PAGED BY_OPENED(" DESC") PAGE },
	[EXPORT + 2 * ACCOUNT_BY_PLACE] = { .sql = EXPORTED BY_PLACE("") ALL },
	[EXPORT + 2 * ACCOUNT_BY_PLACE + 1] = { .sql = EXPORTED BY_PLACE(" DESC") ALL },
	[EXPORT + 2 * ACCOUNT_BY_NAME] = { .sql = EXPORTED BY_NAME("") ALL },
	[EXPORT + 2 * ACCOUNT_BY_NAME + 1] = { .sql = EXPORTED BY_NAME(" DESC") ALL },
	[EXPORT + 2 * ACCOUNT_BY_NUMBER] = { .sql = EXPORTED BY_NUMBER("") ALL },
	[EXPORT + 2 * ACCOUNT_BY_NUMBER + 1] = { .sql = EXPORTED BY_NUMBER(" DESC") ALL },
	[EXPORT + 2 * ACCOUNT_BY_CREDIT] = { .sql = EXPORTED BY_CREDIT("") ALL },
	[EXPORT + 2 * ACCOUNT_BY_CREDIT + 1] = { .sql = EXPORTED BY_CREDIT(" DESC") ALL },
	[EXPORT + 2 * ACCOUNT_BY_STATUS] = { .sql = EXPORTED BY_STATUS("") ALL },
	[EXPORT + 2 * ACCOUNT_BY_STATUS + 1] = { .sql = EXPORTED BY_STATUS(" DESC") ALL },
	[EXPORT + 2 * ACCOUNT_BY_AGE] = { .sql = EXPORTED BY_AGE("") ALL },
	[EXPORT + 2 * ACCOUNT_BY_AGE + 1] = { .sql = EXPORTED BY_AGE(" DESC") ALL },
	[EXPORT + 2 * ACCOUNT_BY_OPENED] = { .sql = EXPORTED BY_OPENED("") ALL },
	[EXPORT + 2 * ACCOUNT_BY_OPENED + 1] = { .sql = EXPORTED BY_OPENED(" DESC") ALL },
};
/* clang-format on */

static const char *const STATES[ACCOUNT_STATES] = { "open", "closing", "closed" };

const char *
account_state_name(enum account_state state)
{
	return (size_t)state < ACCOUNT_STATES ? STATES[state] : "";
}

enum account_state
account_state_find(const char *name)
{
	size_t state = 0;

	while (state < ACCOUNT_STATES && strcmp(STATES[state], name) != 0)
		state++;
	return (enum account_state)state;
}

/* ---- the list ---- */

#define PATTERN_MAX   420
#define FILTER_VALUES 13
#define LIST_VALUES   (1 + FILTER_VALUES + 4 + 2)

/* Values of FROM_ACCOUNTS in its order. */
static void
fill_filter(const struct account_filter *filter, char pattern[PATTERN_MAX], char tail[PATTERN_MAX],
    struct value values[FILTER_VALUES])
{
	const char *search = filter->search != NULL ? filter->search : "";
	struct value in = S(scope_text(filter->scope)), like, phone;

	text_like(search, pattern, PATTERN_MAX);
	tail[0] = '%';
	(void)text_copy(tail + 1, PATTERN_MAX - 1, search);
	like = S(pattern);
	phone = S(tail);
	struct value list[FILTER_VALUES] = { in, in, I(filter->place_id), I(filter->place_id),
		S(search), like, like, like, like, like, like, I(meter_is_phone_tail(search)),
		phone };
	memcpy(values, list, sizeof(list));
}

enum rc
account_count(struct db *db, const struct account_filter *filter, struct account_counts *counts)
{
	char pattern[PATTERN_MAX], tail[PATTERN_MAX];
	struct value values[FILTER_VALUES];
	struct rows *rows;

	*counts = (struct account_counts){ 0 };
	fill_filter(filter, pattern, tail, values);
	enum rc rc = db_query(db, &Q[COUNTS], (struct args){ values, COUNT(values) }, &rows);
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		size_t state = (size_t)rows_int(rows, 0);
		size_t worst = rows_is_null(rows, 1) ? STATUSES : (size_t)rows_int(rows, 1);
		int64_t count = rows_int(rows, 2);
		bool is_state = filter->state == ACCOUNT_STATES || filter->state == state;
		bool is_status = filter->status_mask == STATUS_ALL ||
				 (worst < STATUSES && (filter->status_mask >> worst & 1) != 0);
		assert(state < ACCOUNT_STATES && worst <= STATUSES);
		counts->state[state] += is_status ? count : 0;
		if (is_state && worst < STATUSES)
			counts->status[worst] += count;
		counts->total += is_state && is_status ? count : 0;
		counts->credit_fen += is_state && is_status ? rows_int(rows, 3) : 0;
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Values of LISTED, and those that follow. */
static size_t
fill_list(const struct account_filter *filter, bool is_export, char pattern[PATTERN_MAX],
    char tail[PATTERN_MAX], struct value values[LIST_VALUES])
{
	size_t n = 1 + FILTER_VALUES;

	values[0] = I(filter->shows_phone);
	fill_filter(filter, pattern, tail, values + 1);
	values[n++] = I(filter->state);
	values[n++] = I(filter->state);
	values[n++] = I(filter->status_mask);
	values[n++] = I(filter->status_mask);
	values[n++] = I(is_export ? EXPORT_MAX : filter->limit);
	if (!is_export)
		values[n++] = I(filter->offset);
	return n;
}

enum rc
account_list(struct db *db, struct arena *arena, const struct account_filter *filter,
    struct account_item **list, size_t *count)
{
	char pattern[PATTERN_MAX], tail[PATTERN_MAX];
	struct value values[LIST_VALUES];
	size_t n = fill_list(filter, false, pattern, tail, values);
	size_t query = LIST + 2 * (size_t)filter->sort + filter->is_descending;
	struct rows *rows;
	enum rc rc = db_query(db, &Q[query], (struct args){ values, n }, &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, (size_t)filter->limit * sizeof(**list));
	while (*count < (size_t)filter->limit && (rc = rows_next(rows)) == RC_OK)
		(*list)[(*count)++] = (struct account_item){ .account_id = rows_int(rows, 0),
			.number = arena_strdup(arena, rows_text(rows, 1)),
			.name = arena_strdup(arena, rows_text(rows, 2)),
			.phone = arena_strdup(arena, rows_text(rows, 3)),
			.rooms = arena_strdup(arena, rows_text(rows, 4)),
			.building = arena_strdup(arena, rows_text(rows, 5)),
			.state = (enum account_state)rows_int(rows, 6),
			.meters = rows_int(rows, 7),
			.has_credit = !rows_is_null(rows, 8),
			.credit_fen = rows_int(rows, 8),
			.worst = (enum meter_status)row_int(rows, 9, STATUSES),
			.read_at = rows_int(rows, 10),
			.opened_at = rows_int(rows, 11),
			.closed_at = rows_int(rows, 12) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
account_export(struct db *db, const struct account_filter *filter, struct rows **rows)
{
	char pattern[PATTERN_MAX], tail[PATTERN_MAX];
	struct value values[LIST_VALUES];
	size_t n = fill_list(filter, true, pattern, tail, values);
	size_t query = EXPORT + 2 * (size_t)filter->sort + filter->is_descending;

	return db_stream(db, &Q[query], (struct args){ values, n }, rows);
}

/* ---- one account ---- */

enum rc
account_find(struct db *db, struct arena *arena, const struct scope *scope, int64_t account_id,
    struct account_head *head)
{
	struct value in = S(scope_text(scope));
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FIND], ARGS(I(account_id), in, in), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		*head = (struct account_head){ .account_id = rows_int(rows, 0),
			.revision = rows_int(rows, 1),
			.number = arena_strdup(arena, rows_text(rows, 2)),
			.name = arena_strdup(arena, rows_text(rows, 3)),
			.phone = arena_strdup(arena, rows_text(rows, 4)),
			.id_number = arena_strdup(arena, rows_text(rows, 5)),
			.note = arena_strdup(arena, rows_text(rows, 6)),
			.state = (enum account_state)rows_int(rows, 7),
			.opened_at = rows_int(rows, 8),
			.closing_at = rows_int(rows, 9),
			.closed_at = rows_int(rows, 10),
			.opened_by = arena_strdup(arena, rows_text(rows, 11)),
			.closed_by = arena_strdup(arena, rows_text(rows, 12)),
			.closing_relay = arena_strdup(arena, rows_text(rows, 13)),
			.closing_reason = arena_strdup(arena, rows_text(rows, 14)) };
	rows_end(rows);
	return rc;
}

enum rc
account_stretches(struct db *db, struct arena *arena, int64_t account_id,
    struct account_stretch **list, size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[STRETCHES], ARGS(I(account_id), I(ACCOUNT_METERS_MAX)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, ACCOUNT_METERS_MAX * sizeof(**list));
	while (*count < ACCOUNT_METERS_MAX && (rc = rows_next(rows)) == RC_OK)
		(*list)[(*count)++] =
		    (struct account_stretch){ rows_int(rows, 0), rows_int(rows, 1),
			    rows_int(rows, 2), arena_strdup(arena, rows_text(rows, 3)),
			    arena_strdup(arena, rows_text(rows, 4)) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- meters to choose from ---- */

static void
load_free(const struct rows *rows, struct arena *arena, struct free_meter *meter)
{
	*meter = (struct free_meter){ .meter_id = rows_int(rows, 0),
		.number = arena_strdup(arena, rows_text(rows, 1)),
		.building = arena_strdup(arena, rows_text(rows, 2)),
		.place = arena_strdup(arena, rows_text(rows, 3)),
		.model = arena_strdup(arena, rows_text(rows, 4)),
		.credit_mode = (enum credit_mode)(rows_int(rows, 5) - 1),
		.read_at = rows_int(rows, 6),
		.lost_since = rows_int(rows, 7),
		.credit_fen = row_int(rows, 8, METER_NO_CREDIT),
		.energy_wh = row_int(rows, 9, -1),
		.purchase_count = row_int(rows, 10, -1),
		.status_period_ms = rows_int(rows, 11) * CLOCK_SECOND };
}

enum rc
account_free_meters(struct db *db, struct arena *arena, const struct scope *scope,
    const char *search, struct free_meter **list, size_t *count, int64_t *total)
{
	char pattern[PATTERN_MAX];
	struct value in = S(scope_text(scope)), like;
	struct rows *rows;

	text_like(search, pattern, sizeof(pattern));
	like = S(pattern);
	*count = 0;
	enum rc rc = db_int(
	    db, &Q[FREE_COUNT], ARGS(in, in, S(search), like, like, like, like, like), total);
	if (rc == RC_OK)
		rc = db_query(db, &Q[FREE],
		    ARGS(in, in, S(search), like, like, like, like, like, I(FREE_METERS_MAX)),
		    &rows);
	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, FREE_METERS_MAX * sizeof(**list));
	while (*count < FREE_METERS_MAX && (rc = rows_next(rows)) == RC_OK)
		load_free(rows, arena, &(*list)[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
account_free_meter(struct db *db, struct arena *arena, const struct scope *scope, int64_t meter_id,
    struct free_meter *meter)
{
	struct value in = S(scope_text(scope));
	struct rows *rows;
	enum rc rc = db_query(db, &Q[ONE_METER], ARGS(in, in, I(meter_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		load_free(rows, arena, meter);
	rows_end(rows);
	return rc;
}
