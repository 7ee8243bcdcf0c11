#include "base/clock.h"
#include "model/meter_keep.h"

#define AGAIN_MS (10 * CLOCK_MINUTE) /* what failed is not ordered again before */

enum { DUE, NEXT, CLOSE };

#define LATER                                                    \
	"(SELECT 1 FROM command l WHERE l.meter_id = k.meter_id" \
	" AND l.command_id > k.command_id AND l.kind IN ('trip', 'keep_on', 'prepaid') AND "

static const struct query Q[] QUERIES = {
	/* One that failed after it was tried may have reached the meter all the same. */
	[DUE] = { .sql = "SELECT k.meter_id, m.bus_id, k.ends_at FROM meter_keep k"
			 " JOIN command c ON c.command_id = k.command_id"
			 " JOIN meter m ON m.meter_id = k.meter_id AND m.removed_at IS NULL"
			 " JOIN bus_lease b ON b.bus_id = m.bus_id AND b.collector_id = ?"
			 " WHERE k.ended_at IS NULL AND k.ends_at <= ?"
			 " AND (c.state = 'confirmed' OR (c.state IN ('failed', 'cancelled')"
			 " AND c.attempts > 0))"
			 " AND NOT EXISTS " LATER "(l.state IN ('queued', 'taken', 'confirmed')"
			 " OR l.ended_at > ?)) ORDER BY k.ends_at LIMIT ?" },
	[NEXT] = { .sql = "SELECT MIN(ends_at) FROM meter_keep WHERE ended_at IS NULL"
			  " AND ends_at > ?",
	    .bounded = "one row" },
	[CLOSE] = { .sql = "UPDATE meter_keep k JOIN command c ON c.command_id = k.command_id"
			   " SET k.ended_at = ? WHERE k.ended_at IS NULL"
			   " AND ((c.state IN ('failed', 'cancelled') AND c.attempts = 0)"
			   " OR EXISTS " LATER "l.state = 'confirmed'))" },
};

enum rc
meter_keep_due(struct db *db, int64_t collector_id, int64_t now, struct meter_keep *keeps,
    size_t room, size_t *count, int64_t *next_at)
{
	struct rows *rows;
	enum rc rc =
	    db_query(db, &Q[DUE], ARGS(I(collector_id), T(now), T(now - AGAIN_MS), I(room)), &rows);

	*count = 0;
	*next_at = 0;
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK)
		keeps[(*count)++] = (struct meter_keep){ .meter_id = rows_int(rows, 0),
			.bus_id = rows_int(rows, 1),
			.ends_at = rows_int(rows, 2) };
	rows_end(rows);
	if (rc != RC_NOT_FOUND || (rc = db_query(db, &Q[NEXT], ARGS(T(now)), &rows)) != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		*next_at = rows_int(rows, 0);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
meter_keep_close(struct db *db, int64_t now)
{
	return db_exec(db, &Q[CLOSE], ARGS(T(now)));
}
