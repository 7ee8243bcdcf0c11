#include "model/meter.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "model/meter_row.h"

/* bind_filter binds in this order. The search looks where that of snapshot.c looks. */
#define FILTER                                                                                   \
	"n.removed_at IS NULL AND (? = 0 OR ? IN (n.site_id, n.building_id, n.floor_id, "        \
	"n.place_id)) AND (1 << n.status) & ? <> 0 AND (? = '' OR FIND_IN_SET(n.meter_id, ?)) "  \
	"AND (? = '' OR FIND_IN_SET(n.scope_id, ?)) "                                            \
	"AND (? = '' OR CONCAT_WS('\n', n.room, n.name, n.tenant, n.number, n.tenant_initials, " \
	"n.place_initials, n.account_number) LIKE ? OR n.phone LIKE ?) "
#define FROM_TODAY \
	"FROM v_meter_now n LEFT JOIN energy_day e ON e.day = ? AND e.meter_id = n.meter_id "

#define EXPORT_COLUMNS                                                                \
	"n.site, n.building, n.floor, n.room, n.name, n.tenant, n.account_number, "   \
	"n.phone, n.number, n.model, ELT(n.status + 1, 'lost', 'tripped', "           \
	"'arrears', 'alarm2', 'alarm1', 'protected', 'unopened', 'open') AS status, " \
	"n.credit_fen, n.purchase_count, e.used_wh, n.energy_wh, n.sharp_wh, "        \
	"n.peak_wh, n.flat_wh, n.valley_wh, n.power_w, n.voltage_a_dv * 100 AS "      \
	"voltage_a, n.voltage_b_dv * 100 AS voltage_b, n.voltage_c_dv * 100 AS "      \
	"voltage_c, n.current_a_ma, n.current_b_ma, n.current_c_ma, n.power_factor, " \
	"n.demand_w, CASE WHEN n.relay_closed IS NULL THEN 'unknown' WHEN "           \
	"n.relay_closed & IF(n.phases = 3, 7, 1) = IF(n.phases = 3, 7, 1) THEN "      \
	"'closed' WHEN n.relay_closed & IF(n.phases = 3, 7, 1) = 0 THEN 'open' ELSE " \
	"'partial' END AS relay, n.alarm1_fen, n.alarm2_fen, n.credit_mode, "         \
	"n.gateway, n.bus, n.unit, n.read_at, n.lost_since "

/* One statement per way of sorting. Never ORDER BY something that is constant for some value of a
 * ?: MariaDB drops such an item from the prepared statement at its first execution, for ever. */
#define PLACE_ORDER \
	"n.site_order, n.building_order, n.floor_order, n.room_order, n.room, n.meter_id "
#define BY_PLACE "ORDER BY " PLACE_ORDER
#define BY_PLACE_DOWN                                                                          \
	"ORDER BY n.site_order DESC, n.building_order DESC, n.floor_order DESC, n.room_order " \
	"DESC, "                                                                               \
	"n.room DESC, n.meter_id DESC "
#define TEXT_KEY     "CASE ? WHEN 1 THEN n.tenant ELSE n.number END"
#define BY_TEXT	     "ORDER BY " TEXT_KEY " IS NULL, " TEXT_KEY ", " PLACE_ORDER
#define BY_TEXT_DOWN "ORDER BY " TEXT_KEY " IS NULL, " TEXT_KEY " DESC, " PLACE_ORDER
#define NUMBER_KEY                                                                    \
	"CASE ? WHEN 3 THEN n.status WHEN 4 THEN n.credit_fen WHEN 5 THEN e.used_wh " \
	"WHEN 6 THEN n.power_w WHEN 7 THEN TO_SECONDS(n.read_at) ELSE n.energy_wh END"
#define BY_NUMBER      "ORDER BY " NUMBER_KEY " IS NULL, " NUMBER_KEY ", " PLACE_ORDER
#define BY_NUMBER_DOWN "ORDER BY " NUMBER_KEY " IS NULL, " NUMBER_KEY " DESC, " PLACE_ORDER

#define LIST_ROWS   "SELECT " METER_COLUMNS ", " DETAIL_COLUMNS " " FROM_TODAY "WHERE " FILTER
#define EXPORT_ROWS "SELECT " EXPORT_COLUMNS FROM_TODAY "WHERE " FILTER

/* In pairs: upwards, downwards. */
enum { PLACE, PLACE_DOWN, TEXT, TEXT_DOWN, NUMBER, NUMBER_DOWN, ORDERS };
enum { LIST = 0, EXPORT = ORDERS, TOTALS = 2 * ORDERS };

static const struct query Q[] QUERIES = {
	[LIST + PLACE] = { .sql = LIST_ROWS BY_PLACE "LIMIT ? OFFSET ?" },
	[LIST + PLACE_DOWN] = { .sql = LIST_ROWS BY_PLACE_DOWN "LIMIT ? OFFSET ?" },
	[LIST + TEXT] = { .sql = LIST_ROWS BY_TEXT "LIMIT ? OFFSET ?" },
	[LIST + TEXT_DOWN] = { .sql = LIST_ROWS BY_TEXT_DOWN "LIMIT ? OFFSET ?" },
	[LIST + NUMBER] = { .sql = LIST_ROWS BY_NUMBER "LIMIT ? OFFSET ?" },
	[LIST + NUMBER_DOWN] = { .sql = LIST_ROWS BY_NUMBER_DOWN "LIMIT ? OFFSET ?" },
	[EXPORT + PLACE] = { .sql = EXPORT_ROWS BY_PLACE "LIMIT ?" },
	[EXPORT + PLACE_DOWN] = { .sql = EXPORT_ROWS BY_PLACE_DOWN "LIMIT ?" },
	[EXPORT + TEXT] = { .sql = EXPORT_ROWS BY_TEXT "LIMIT ?" },
	[EXPORT + TEXT_DOWN] = { .sql = EXPORT_ROWS BY_TEXT_DOWN "LIMIT ?" },
	[EXPORT + NUMBER] = { .sql = EXPORT_ROWS BY_NUMBER "LIMIT ?" },
	[EXPORT + NUMBER_DOWN] = { .sql = EXPORT_ROWS BY_NUMBER_DOWN "LIMIT ?" },
	[TOTALS] = { .sql = "SELECT COUNT(*), CAST(SUM(n.credit_fen) AS SIGNED), "
			    "CAST(SUM(e.used_wh) AS SIGNED), CAST(SUM(n.power_w) AS SIGNED), "
			    "CAST(SUM(n.energy_wh) AS SIGNED) " FROM_TODAY "WHERE " FILTER,
	    .bounded = "one row of sums" },
};

#define SEARCH_MAX 200
#define BINDS_MAX  32

/* Values in the order of the ? of a statement. The patterns must outlive the call. */
struct binds {
	struct value values[BINDS_MAX];
	size_t count;
	char pattern[2 * SEARCH_MAX + 3], tail[SEARCH_MAX + 2];
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
bind_filter(struct binds *binds, const struct meter_filter *filter)
{
	const char *search = filter->search != NULL ? filter->search : "";
	const char *ids = filter->ids != NULL ? filter->ids : "";
	bool is_tail = meter_is_phone_tail(search) && strlen(search) <= SEARCH_MAX;

	text_like(search, binds->pattern, sizeof(binds->pattern));
	if (is_tail) {
		binds->tail[0] = '%';
		memcpy(binds->tail + 1, search, strlen(search) + 1);
	}
	bind(binds, I(filter->place_id));
	bind(binds, I(filter->place_id));
	bind(binds, I(filter->status_mask));
	bind(binds, S(ids));
	bind(binds, S(ids));
	bind(binds, S(scope_text(filter->scope)));
	bind(binds, S(scope_text(filter->scope)));
	bind(binds, S(search));
	bind(binds, S(binds->pattern));
	bind(binds, is_tail ? S(binds->tail) : NIL);
}

/* Binds what the order needs and says which of the pair of statements it is. */
static int
bind_order(struct binds *binds, enum meter_sort sort, bool is_descending)
{
	bool is_text = sort == METER_BY_TENANT || sort == METER_BY_NUMBER;

	if (sort == METER_BY_PLACE)
		return PLACE + is_descending;
	bind(binds, I(sort));
	bind(binds, I(sort));
	return (is_text ? TEXT : NUMBER) + is_descending;
}

enum rc
meter_totals(
    struct db *db, const struct meter_filter *filter, struct day today, struct meter_totals *totals)
{
	struct binds binds = { .count = 0 };
	struct rows *rows;
	enum rc rc;

	bind(&binds, D(today));
	bind_filter(&binds, filter);
	if ((rc = db_query(db, &Q[TOTALS], bound(&binds), &rows)) != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		*totals = (struct meter_totals){
			.meters = rows_int(rows, 0),
			.credit_fen = rows_int(rows, 1),
			.today_wh = rows_int(rows, 2),
			.power_w = rows_int(rows, 3),
			.energy_wh = rows_int(rows, 4),
		};
	rows_end(rows);
	return rc;
}

enum rc
meter_list(struct db *db, struct arena *arena, const struct meter_filter *filter, struct day today,
    enum meter_sort sort, bool is_descending, int64_t limit, int64_t offset,
    struct meter_detail **meters, size_t *count)
{
	struct binds binds = { .count = 0 };
	struct rows *rows;
	int order;
	enum rc rc;

	assert(limit >= 0 && limit <= METER_LIST_MAX);
	bind(&binds, D(today));
	bind_filter(&binds, filter);
	order = bind_order(&binds, sort, is_descending);
	bind(&binds, I(limit));
	bind(&binds, I(offset));
	if ((rc = db_query(db, &Q[LIST + order], bound(&binds), &rows)) != RC_OK)
		return rc;
	*meters = arena_alloc(arena, ((size_t)limit + 1) * sizeof(**meters));
	*count = 0;
	while ((rc = rows_next(rows)) == RC_OK)
		meter_load_detail(rows, arena, &(*meters)[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
meter_export(struct db *db, const struct meter_filter *filter, struct day today,
    enum meter_sort sort, bool is_descending, int64_t limit, struct rows **rows)
{
	struct binds binds = { .count = 0 };

	bind(&binds, D(today));
	bind_filter(&binds, filter);
	int order = bind_order(&binds, sort, is_descending);
	bind(&binds, I(limit));
	return db_stream(db, &Q[EXPORT + order], bound(&binds), rows);
}
