#include "model/meter_admin.h"

#include "base/text.h"

#define SEARCH_MAX 200

enum { COUNT_ROWS, LIST, EXPORT, FACTS };

/* clang-format off: it breaks texts in the middle of a word */
#define FROM                                                                                                  \
	" FROM meter m JOIN meter_model mm ON mm.meter_model_id = m.meter_model_id"                           \
	" JOIN bus b ON b.bus_id = m.bus_id JOIN gateway g ON g.gateway_id = b.gateway_id"                    \
	" LEFT JOIN place p0 ON p0.place_id = m.place_id"                                                     \
	" LEFT JOIN place p1 ON p1.place_id = p0.parent_id"                                                   \
	" LEFT JOIN place p2 ON p2.place_id = p1.parent_id"                                                   \
	" LEFT JOIN place p3 ON p3.place_id = p2.parent_id"                                                   \
	" LEFT JOIN v_place_scope s ON s.place_id = m.place_id"                                               \
	" LEFT JOIN account_meter am ON am.active_meter = m.meter_id"                                         \
	" LEFT JOIN account a ON a.account_id = am.account_id"                                                \
	" WHERE (? = '' OR FIND_IN_SET(COALESCE(s.scope_id, 0), ?))"                                          \
	" AND (? = 0 OR m.bus_id = ?)"                                                                        \
	" AND (? = 0 OR ? IN (p0.place_id, p1.place_id, p2.place_id, p3.place_id))"                           \
	" AND (? = 0 OR m.meter_model_id = ?) AND (? = '' OR m.credit_mode = ?)"                              \
	" AND CASE ? WHEN 0 THEN m.removed_at IS NULL WHEN 1 THEN m.removed_at IS NOT NULL ELSE TRUE END"     \
	" AND (? = '' OR CONCAT_WS(' ', m.number, m.name, p1.name, p0.name, p0.initials, a.name, a.initials," \
	" g.name, b.name, m.note) LIKE ?)"
#define PATH	     "CONCAT_WS(' / ', p3.name, p2.name, p1.name, p0.name)"
/* Each pair is one order: up with 1, down with 2. */
#define BOTH(column) "CASE ? WHEN 1 THEN " column " END, CASE ? WHEN 2 THEN " column " END DESC, "
#define ORDER                                                                                                            \
	" ORDER BY " BOTH("m.number") BOTH("g.name") BOTH("b.name") BOTH(                                                \
	    "mm.name") "CASE ? WHEN 2 THEN " PATH " END DESC, "                                                          \
		       "p3.sort_order, p3.name, p2.sort_order, p2.name, p1.sort_order, p1.name, p0.sort_order, p0.name," \
		       " g.name, b.name, m.unit, m.meter_id"

static const struct query Q[] QUERIES = {
	[COUNT_ROWS] = { .sql = "SELECT COUNT(*)" FROM, .bounded = "one row" },
	[LIST] = { .sql =
		       "SELECT m.meter_id AS Id, m.number AS Number, m.name AS Name, mm.name AS Model,"
		       " g.name AS Gateway, b.name AS Bus, b.bus_id AS BusId, m.unit AS Unit,"
		       " m.box_position AS Position, m.phases AS Phases, " PATH " AS Place,"
		       " m.credit_mode AS CreditMode, NULLIF(m.is_protected, 0) AS IsProtected,"
		       " a.name AS Tenant, a.account_id AS AccountId, m.removed_at AS RemovedAt" FROM
			   ORDER " LIMIT ? OFFSET ?" },
	[EXPORT] = { .sql =
			 "SELECT m.number, m.name, " PATH
			 ", mm.name, g.name, b.name, m.unit, m.box_position,"
			 " m.phases, m.ct_ratio, m.pt_ratio, m.rated_power_w, m.credit_mode,"
			 " IF(m.is_protected, 'yes', 'no'), m.alarm1_fen, m.alarm2_fen, m.overload_w,"
			 " m.overdraft_fen, m.hold_mode, a.name, m.note, m.installed_at, m.removed_at" FROM
			     ORDER " LIMIT 1000000" },
	[FACTS] = { .sql =
			"SELECT a.account_id, a.name, a.number, s.read_at, s.energy_wh FROM meter m"
			" LEFT JOIN account_meter am ON am.active_meter = m.meter_id"
			" LEFT JOIN account a ON a.account_id = am.account_id"
			" LEFT JOIN meter_state s ON s.meter_id = m.meter_id WHERE m.meter_id = ?",
	    .bounded = "primary key" },
};
/* clang-format on */

#define FILTER(f, like)                                                                         \
	S(scope_text((f)->scope)), S(scope_text((f)->scope)), I((f)->bus_id), I((f)->bus_id),   \
	    I((f)->place_id), I((f)->place_id), I((f)->meter_model_id), I((f)->meter_model_id), \
	    S((f)->credit_mode), S((f)->credit_mode), I((f)->presence), S((f)->search), S(like)

#define TWICE(x)	   I(x), I(x)
#define ORDERS(n, b, m, p) TWICE(n), TWICE(b), TWICE(b), TWICE(m), I(p)

/* 1 up, 2 down for the chosen order, 0 for the others. */
static int
direction(enum meter_admin_sort sort, enum meter_admin_sort chosen, bool is_descending)
{
	return sort != chosen ? 0 : is_descending ? 2 : 1;
}

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
	return db_query(db, &Q[LIST],
	    ARGS(FILTER(filter, like),
		ORDERS(direction(sort, METER_SORT_NUMBER, is_descending),
		    direction(sort, METER_SORT_BUS, is_descending),
		    direction(sort, METER_SORT_MODEL, is_descending),
		    direction(sort, METER_SORT_PLACE, is_descending)),
		I(limit), I(offset)),
	    rows);
}

enum rc
meter_admin_export(struct db *db, const struct meter_admin_filter *filter,
    enum meter_admin_sort sort, bool is_descending, struct rows **rows)
{
	char like[2 * SEARCH_MAX + 3];

	text_like(filter->search, like, sizeof(like));
	return db_stream(db, &Q[EXPORT],
	    ARGS(FILTER(filter, like), ORDERS(direction(sort, METER_SORT_NUMBER, is_descending),
					   direction(sort, METER_SORT_BUS, is_descending),
					   direction(sort, METER_SORT_MODEL, is_descending),
					   direction(sort, METER_SORT_PLACE, is_descending))),
	    rows);
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
