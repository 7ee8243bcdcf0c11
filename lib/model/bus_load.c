#include "base/text.h"
#include "model/bus_edit.h"

enum { LOAD, LOCK };

#define SELECT_ROW                                                                   \
	"SELECT bus_id, gateway_id, name, transport + 0, host, port, device, baud, " \
	"parity, stop_bits, response_timeout_ms, gap_ms, status_period_s, "          \
	"reading_period_s, disabled_at, revision FROM bus WHERE bus_id = ?"

static const struct query Q[] QUERIES = {
	[LOAD] = { .sql = SELECT_ROW, .bounded = "primary key" },
	[LOCK] = { .sql = SELECT_ROW " FOR UPDATE", .bounded = "primary key" },
};

static void
fill(const struct rows *rows, struct bus_row *row)
{
	*row = (struct bus_row){ .bus_id = rows_int(rows, 0),
		.gateway_id = rows_int(rows, 1),
		.transport = (enum bus_transport)(rows_int(rows, 3) - 1),
		.port = rows_int(rows, 5),
		.baud = rows_int(rows, 7),
		.stop_bits = rows_int(rows, 9),
		.response_timeout_ms = rows_int(rows, 10),
		.gap_ms = rows_int(rows, 11),
		.status_period_s = rows_int(rows, 12),
		.reading_period_s = rows_int(rows, 13),
		.disabled_at = rows_int(rows, 14),
		.revision = rows_int(rows, 15) };
	(void)text_copy(row->name, sizeof(row->name), rows_text(rows, 2));
	(void)text_copy(row->host, sizeof(row->host), rows_text(rows, 4));
	(void)text_copy(row->device, sizeof(row->device), rows_text(rows, 6));
	(void)text_copy(row->parity, sizeof(row->parity), rows_text(rows, 8));
}

static enum rc
load(struct db *db, const struct query *query, int64_t bus_id, struct bus_row *row)
{
	struct rows *rows;
	enum rc rc = db_query(db, query, ARGS(I(bus_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		fill(rows, row);
	rows_end(rows);
	return rc;
}

enum rc
bus_load(struct db *db, int64_t bus_id, struct bus_row *row)
{
	return load(db, &Q[LOAD], bus_id, row);
}

enum rc
bus_load_locked(struct db *db, int64_t bus_id, struct bus_row *row)
{
	return load(db, &Q[LOCK], bus_id, row);
}
