#include "model/bus_list.h"

#include "base/text.h"

#define SEARCH_MAX 200

enum { EXPORT, LOADS, REPORT };

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[EXPORT] = { .sql =
			 "SELECT g.name, CONCAT_WS(' / ', p2.name, p1.name, p.name), g.note, b.name, b.transport, b.host,"
			 " NULLIF(b.port, 0), b.device, b.baud, b.parity, b.stop_bits, b.response_timeout_ms,"
			 " b.gap_ms, b.status_period_s, b.reading_period_s, b.disabled_at,"
			 " (SELECT COUNT(*) FROM meter m WHERE m.bus_id = b.bus_id AND m.removed_at IS NULL)"
			 " FROM gateway g LEFT JOIN bus b ON b.gateway_id = g.gateway_id"
			 " LEFT JOIN place p ON p.place_id = g.place_id"
			 " LEFT JOIN place p1 ON p1.place_id = p.parent_id"
			 " LEFT JOIN place p2 ON p2.place_id = p1.parent_id"
			 " LEFT JOIN v_place_scope s ON s.place_id = g.place_id"
			 " WHERE (? = '' OR FIND_IN_SET(COALESCE(s.scope_id, 0), ?))"
			 " AND (? = '' OR CONCAT_WS(' ', g.name, b.name, b.host, b.device, p.name) LIKE ?)"
			 " ORDER BY g.name, b.name LIMIT 100000" },
	[LOADS] = { .sql =
			"SELECT mm.code, COUNT(*) FROM meter m"
			" JOIN meter_model mm ON mm.meter_model_id = m.meter_model_id"
			" WHERE m.bus_id = ? AND m.removed_at IS NULL GROUP BY mm.code LIMIT 32" },
	[REPORT] = { .sql = "SELECT trouble, seen_at, lost_since, round_ms, round_at FROM bus_state"
			    " WHERE bus_id = ?",
	    .bounded = "primary key" },
};
/* clang-format on */

enum rc
bus_export(struct db *db, const struct scope *scope, const char *search, struct rows **rows)
{
	char like[2 * SEARCH_MAX + 3];
	const char *limit = scope_text(scope);

	text_like(search, like, sizeof(like));
	return db_stream(db, &Q[EXPORT], ARGS(S(limit), S(limit), S(search), S(like)), rows);
}

enum rc
bus_loads(struct db *db, int64_t bus_id, struct bus_load loads[BUS_LOADS_MAX], size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LOADS], ARGS(I(bus_id)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK && *count < BUS_LOADS_MAX)
		loads[(*count)++] =
		    (struct bus_load){ .model = meter_model_find(rows_text(rows, 0)),
			    .meters = rows_int(rows, 1) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
bus_report(struct db *db, int64_t bus_id, struct bus_report *report)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[REPORT], ARGS(I(bus_id)), &rows);

	*report = (struct bus_report){ 0 };
	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		(void)text_copy(report->trouble, sizeof(report->trouble), rows_text(rows, 0));
		report->seen_at = rows_int(rows, 1);
		report->lost_since = rows_int(rows, 2);
		report->round_ms = rows_int(rows, 3);
		report->round_at = rows_int(rows, 4);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
