#include "model/epoch_watch.h"

#define COLUMNS                                                                 \
	"SELECT e.meter_epoch_id, e.meter_id, e.last_count, e.last_credit_fen," \
	" e.last_energy_wh, COALESCE(e.flight_count, -1), e.changed_at FROM meter_epoch e"

enum { EACH, FIND };
static const struct query Q[] QUERIES = {
	[EACH] = { .sql = COLUMNS " JOIN meter m ON m.meter_id = e.meter_id"
				  " WHERE e.active_meter IS NOT NULL AND m.credit_mode = 'meter'"
				  " AND m.removed_at IS NULL",
	    .bounded = "one for each meter, read row by row" },
	[FIND] = { .sql = COLUMNS " WHERE e.active_meter = ?", .bounded = "unique key" },
};

static struct epoch_watch
read_row(const struct rows *rows)
{
	return (struct epoch_watch){ .epoch_id = (uint32_t)rows_int(rows, 0),
		.meter_id = (uint32_t)rows_int(rows, 1),
		.last_count = rows_int(rows, 2),
		.last_credit_fen = rows_int(rows, 3),
		.last_energy_wh = rows_int(rows, 4),
		.flight_count = rows_int(rows, 5),
		.changed_at = rows_int(rows, 6) };
}

enum rc
epoch_watch_each(
    struct db *db, void (*each)(void *context, const struct epoch_watch *epoch), void *context)
{
	struct rows *rows;
	enum rc rc = db_stream(db, &Q[EACH], NO_ARGS, &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		struct epoch_watch epoch = read_row(rows);
		each(context, &epoch);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
epoch_watch_find(struct db *db, uint32_t meter_id, struct epoch_watch *epoch)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FIND], ARGS(I(meter_id)), &rows);

	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc == RC_OK)
		*epoch = read_row(rows);
	rows_end(rows);
	return rc;
}
