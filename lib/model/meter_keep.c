#include "model/meter_keep.h"

enum { LIST, ONE };

/* A later order that was confirmed has taken its place. */
#define IN_FORCE                                                                        \
	" FROM meter_keep k JOIN command c ON c.command_id = k.command_id"              \
	" WHERE k.ended_at IS NULL AND c.state = 'confirmed' AND NOT EXISTS"            \
	" (SELECT 1 FROM command l WHERE l.meter_id = k.meter_id"                       \
	" AND l.command_id > k.command_id AND l.kind IN ('trip', 'keep_on', 'prepaid')" \
	" AND l.state = 'confirmed')"

static const struct query Q[] QUERIES = {
	[LIST] = { .sql = "SELECT k.meter_id, c.bus_id, k.ends_at" IN_FORCE
			  " ORDER BY k.meter_id LIMIT ?" },
	[ONE] = { .sql = "SELECT MAX(k.ends_at)" IN_FORCE " AND k.meter_id = ?",
	    .bounded = "one row" },
};

enum rc
meter_keep_list(struct db *db, struct arena *arena, struct meter_keep **keeps, size_t *count)
{
	size_t room = 16;
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LIST], ARGS(I(METER_KEEPS_MAX)), &rows);

	*count = 0;
	*keeps = NULL;
	if (rc != RC_OK)
		return rc;
	struct meter_keep *list = arena_alloc(arena, room * sizeof(*list));
	while ((rc = rows_next(rows)) == RC_OK) {
		if (*count == room) {
			struct meter_keep *larger = arena_alloc(arena, 2 * room * sizeof(*larger));
			for (size_t i = 0; i < room; i++)
				larger[i] = list[i];
			list = larger;
			room *= 2;
		}
		list[(*count)++] = (struct meter_keep){ .meter_id = rows_int(rows, 0),
			.bus_id = rows_int(rows, 1),
			.ends_at = rows_int(rows, 2) };
	}
	rows_end(rows);
	*keeps = list;
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
meter_keep_until(struct db *db, int64_t meter_id, int64_t *ends_at)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[ONE], ARGS(I(meter_id)), &rows);

	*ends_at = 0;
	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		*ends_at = rows_int(rows, 0);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

const struct meter_keep *
meter_keep_find(const struct meter_keep *keeps, size_t count, int64_t meter_id)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (keeps[middle].meter_id < meter_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && keeps[low].meter_id == meter_id ? &keeps[low] : NULL;
}
