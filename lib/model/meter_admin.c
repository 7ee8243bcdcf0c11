#include "model/meter_admin.h"

#include "base/text.h"

#define SEARCH_MAX 200

/* One statement for each order: a single one that chooses by CASE sorts by ten columns at once. */
enum {
	COUNT_ROWS,
	FACTS,
	LISTS,
	EXPORTS = LISTS + 2 * METER_SORTS,
	QUERY_COUNT = EXPORTS + 2 * METER_SORTS
};

/* clang-format off: it breaks texts in the middle of a word */
/* As v_place_scope says it, of places that are joined anyway. */
#define UPWARDS(kind)                                                                 \
	"CASE '" kind "' WHEN p0.kind THEN p0.place_id WHEN p1.kind THEN p1.place_id" \
	" WHEN p2.kind THEN p2.place_id WHEN p3.kind THEN p3.place_id END"
#define SCOPE "COALESCE(" UPWARDS("building") ", " UPWARDS("site") ", 0)"
#define FROM                                                                                                  \
	" FROM meter m JOIN meter_model mm ON mm.meter_model_id = m.meter_model_id"                           \
	" JOIN bus b ON b.bus_id = m.bus_id JOIN gateway g ON g.gateway_id = b.gateway_id"                    \
	" LEFT JOIN place p0 ON p0.place_id = m.place_id"                                                     \
	" LEFT JOIN place p1 ON p1.place_id = p0.parent_id"                                                   \
	" LEFT JOIN place p2 ON p2.place_id = p1.parent_id"                                                   \
	" LEFT JOIN place p3 ON p3.place_id = p2.parent_id"                                                   \
	" LEFT JOIN account_meter am ON am.active_meter = m.meter_id"                                         \
	" LEFT JOIN account a ON a.account_id = am.account_id"                                                \
	" WHERE (? = '' OR FIND_IN_SET(" SCOPE ", ?))"                                                        \
	" AND (? = 0 OR m.bus_id = ?)"                                                                        \
	" AND (? = 0 OR ? IN (p0.place_id, p1.place_id, p2.place_id, p3.place_id))"                           \
	" AND (? = 0 OR m.meter_model_id = ?) AND (? = '' OR m.credit_mode = ?)"                              \
	" AND CASE ? WHEN 0 THEN m.removed_at IS NULL WHEN 1 THEN m.removed_at IS NOT NULL ELSE TRUE END"     \
	" AND (? = '' OR CONCAT_WS(' ', m.number, m.name, p1.name, p0.name, p0.initials, a.name, a.initials," \
	" g.name, b.name, m.note) LIKE ?)"
#define PATH "CONCAT_WS(' / ', p3.name, p2.name, p1.name, p0.name)"
#define BY_PLACE(way)                                                                       \
	" ORDER BY p3.sort_order" way ", p3.name" way ", p2.sort_order" way ", p2.name" way \
	", p1.sort_order" way ", p1.name" way ", p0.sort_order" way ", p0.name" way         \
	", g.name, b.name, m.unit, m.meter_id"
#define BY_NUMBER(way) " ORDER BY m.number" way ", m.meter_id"
#define BY_BUS(way)    " ORDER BY g.name" way ", b.name" way ", m.unit" way ", m.meter_id"
#define BY_MODEL(way)  " ORDER BY mm.name" way ", m.number" way ", m.meter_id"
#define LIST                                                                             \
	"SELECT m.meter_id AS Id, m.number AS Number, m.name AS Name, mm.name AS Model," \
	" g.name AS Gateway, b.name AS Bus, b.bus_id AS BusId, m.unit AS Unit,"          \
	" m.box_position AS Position, m.phases AS Phases, " PATH " AS Place,"            \
	" m.credit_mode AS CreditMode, NULLIF(m.is_protected, 0) AS IsProtected,"        \
	" a.name AS Tenant, a.account_id AS AccountId, m.removed_at AS RemovedAt" FROM
#define PAGE " LIMIT ? OFFSET ?"
#define EXPORT                                                                                \
	"SELECT m.number, m.name, " PATH ", mm.name, g.name, b.name, m.unit, m.box_position," \
	" m.phases, m.ct_ratio, m.pt_ratio, m.rated_power_w, m.credit_mode,"                  \
	" IF(m.is_protected, 'yes', 'no'), m.alarm1_fen, m.alarm2_fen, m.overload_w,"         \
	" m.overdraft_fen, m.hold_mode, a.name, m.note, m.installed_at, m.removed_at" FROM
#define ALL " LIMIT 1000000"

static const struct query Q[QUERY_COUNT] QUERIES = {
	[COUNT_ROWS] = { .sql = "SELECT COUNT(*)" FROM, .bounded = "one row" },
	[FACTS] = { .sql =
			"SELECT a.account_id, a.name, a.number, s.read_at, s.energy_wh FROM meter m"
			" LEFT JOIN account_meter am ON am.active_meter = m.meter_id"
			" LEFT JOIN account a ON a.account_id = am.account_id"
			" LEFT JOIN meter_state s ON s.meter_id = m.meter_id WHERE m.meter_id = ?",
	    .bounded = "primary key" },
	[LISTS + 2 * METER_SORT_PLACE] = { .sql = LIST BY_PLACE("") PAGE },
	[LISTS + 2 * METER_SORT_PLACE + 1] = { .sql = LIST BY_PLACE(" DESC") PAGE },
	[LISTS + 2 * METER_SORT_NUMBER] = { .sql = LIST BY_NUMBER("") PAGE },
	[LISTS + 2 * METER_SORT_NUMBER + 1] = { .sql = LIST BY_NUMBER(" DESC") PAGE },
	[LISTS + 2 * METER_SORT_BUS] = { .sql = LIST BY_BUS("") PAGE },
	[LISTS + 2 * METER_SORT_BUS + 1] = { .sql = LIST BY_BUS(" DESC") PAGE },
	[LISTS + 2 * METER_SORT_MODEL] = { .sql = LIST BY_MODEL("") PAGE },
	[LISTS + 2 * METER_SORT_MODEL + 1] = { .sql = LIST BY_MODEL(" DESC") PAGE },
	[EXPORTS + 2 * METER_SORT_PLACE] = { .sql = EXPORT BY_PLACE("") ALL },
	[EXPORTS + 2 * METER_SORT_PLACE + 1] = { .sql = EXPORT BY_PLACE(" DESC") ALL },
	[EXPORTS + 2 * METER_SORT_NUMBER] = { .sql = EXPORT BY_NUMBER("") ALL },
	[EXPORTS + 2 * METER_SORT_NUMBER + 1] = { .sql = EXPORT BY_NUMBER(" DESC") ALL },
	[EXPORTS + 2 * METER_SORT_BUS] = { .sql = EXPORT BY_BUS("") ALL },
	[EXPORTS + 2 * METER_SORT_BUS + 1] = { .sql = EXPORT BY_BUS(" DESC") ALL },
	[EXPORTS + 2 * METER_SORT_MODEL] = { .sql = EXPORT BY_MODEL("") ALL },
	[EXPORTS + 2 * METER_SORT_MODEL + 1] = { .sql = EXPORT BY_MODEL(" DESC") ALL },
};
/* clang-format on */

#define FILTER(f, like)                                                                         \
	S(scope_text((f)->scope)), S(scope_text((f)->scope)), I((f)->bus_id), I((f)->bus_id),   \
	    I((f)->place_id), I((f)->place_id), I((f)->meter_model_id), I((f)->meter_model_id), \
	    S((f)->credit_mode), S((f)->credit_mode), I((f)->presence), S((f)->search), S(like)

enum rc
meter_admin_count(struct db *db, const struct meter_admin_filter *filter, int64_t *count)
{
	char like[2 * SEARCH_MAX + 3];

	text_like(filter->search, like, sizeof(like));
	return db_int(db, &Q[COUNT_ROWS], ARGS(FILTER(filter, like)), count);
}

enum rc
meter_admin_list(struct db *db, const struct meter_admin_filter *filter, enum meter_admin_sort sort,
    bool is_descending, int64_t limit, int64_t offset, struct rows **rows)
{
	char like[2 * SEARCH_MAX + 3];

	text_like(filter->search, like, sizeof(like));
	return db_query(db, &Q[LISTS + 2 * (int)sort + is_descending],
	    ARGS(FILTER(filter, like), I(limit), I(offset)), rows);
}

enum rc
meter_admin_export(struct db *db, const struct meter_admin_filter *filter,
    enum meter_admin_sort sort, bool is_descending, struct rows **rows)
{
	char like[2 * SEARCH_MAX + 3];

	text_like(filter->search, like, sizeof(like));
	return db_stream(
	    db, &Q[EXPORTS + 2 * (int)sort + is_descending], ARGS(FILTER(filter, like)), rows);
}

enum rc
meter_admin_facts(struct db *db, int64_t meter_id, struct meter_facts *facts)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FACTS], ARGS(I(meter_id)), &rows);

	*facts = (struct meter_facts){ 0 };
	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		facts->account_id = rows_int(rows, 0);
		(void)text_copy(facts->account, sizeof(facts->account), rows_text(rows, 1));
		(void)text_copy(facts->number, sizeof(facts->number), rows_text(rows, 2));
		facts->read_at = rows_int(rows, 3);
		facts->energy_wh = rows_int(rows, 4);
	}
	rows_end(rows);
	return rc;
}
