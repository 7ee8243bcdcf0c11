#include <assert.h>

#include "model/bus.h"

enum { ROUND, LOSE, RETURN, TROUBLE, LOSE_METER, RETURN_METER, METERS, LOST, POLLS };
static const struct query Q[] QUERIES = {
	[ROUND] = { .sql = "INSERT INTO bus_state (bus_id, seen_at, round_at, round_ms, meters,"
			   " meters_lost) VALUES (?, ?, ?, ?, ?, ?)"
			   " ON DUPLICATE KEY UPDATE seen_at = VALUES(seen_at),"
			   " round_at = VALUES(round_at), round_ms = VALUES(round_ms),"
			   " meters = VALUES(meters), meters_lost = VALUES(meters_lost)" },
	[LOSE] = { .sql = "INSERT INTO bus_state (bus_id, seen_at, lost_since, trouble, meters,"
			  " meters_lost) VALUES (?, ?, ?, ?, 0, 0)"
			  " ON DUPLICATE KEY UPDATE seen_at = VALUES(seen_at),"
			  " lost_since = COALESCE(lost_since, VALUES(lost_since)),"
			  " trouble = VALUES(trouble)" },
	[RETURN] = { .sql = "UPDATE bus_state SET seen_at = ?, lost_since = NULL, trouble = ''"
			    " WHERE bus_id = ?" },
	[TROUBLE] = { .sql = "INSERT INTO bus_state (bus_id, seen_at, trouble, meters, meters_lost)"
			     " VALUES (?, ?, ?, 0, 0) ON DUPLICATE KEY UPDATE"
			     " seen_at = VALUES(seen_at), trouble = VALUES(trouble)" },
	[LOSE_METER] = { .sql = "INSERT INTO meter_link (meter_id, lost_since) VALUES (?, ?)"
				" ON DUPLICATE KEY UPDATE"
				" lost_since = COALESCE(lost_since, VALUES(lost_since))" },
	[RETURN_METER] = { .sql = "INSERT INTO meter_link (meter_id, lost_since) VALUES (?, NULL)"
				  " ON DUPLICATE KEY UPDATE lost_since = NULL" },
	[METERS] = { .sql = "SELECT meter_id FROM meter WHERE bus_id = ? AND removed_at IS NULL"
			    " LIMIT 247" },
	[LOST] = { .sql = "SELECT meter_id, 0 FROM meter_link WHERE lost_since IS NOT NULL"
			  " UNION ALL SELECT 0, bus_id FROM bus_state WHERE lost_since IS NOT NULL",
	    .bounded = "one row a meter and a bus; read row by row" },
	[POLLS] = { .sql = "INSERT INTO poll_hour (meter_id, hour_at, asked, answered, timeouts,"
			   " damaged, refused, answer_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
			   " ON DUPLICATE KEY UPDATE asked = asked + VALUES(asked),"
			   " answered = answered + VALUES(answered),"
			   " timeouts = timeouts + VALUES(timeouts),"
			   " damaged = damaged + VALUES(damaged),"
			   " refused = refused + VALUES(refused),"
			   " answer_ms = answer_ms + VALUES(answer_ms)" },
};

#define COLUMNS_MAX 8

/* Binds the columns of a row-wise made table; bit n of times: column n is a time. */
static enum rc
store(struct db *db, const struct query *query, int64_t (*cells)[BUS_ROWS_MAX], unsigned times,
    size_t columns, size_t count)
{
	struct column bound[COLUMNS_MAX];

	for (size_t i = 0; i < columns; i++)
		bound[i] = (struct column){ .kind = (times >> i & 1) != 0 ? VALUE_TIME : VALUE_INT,
			.numbers = cells[i] };
	return db_bulk(db, query, bound, columns, count);
}

enum rc
bus_store_rounds(struct db *db, const struct bus_round *rounds, size_t count)
{
	int64_t cells[COLUMNS_MAX][BUS_ROWS_MAX];

	assert(count <= BUS_ROWS_MAX);
	for (size_t i = 0; i < count; i++) {
		cells[0][i] = rounds[i].bus_id;
		cells[1][i] = rounds[i].at;
		cells[2][i] = rounds[i].at;
		cells[3][i] = rounds[i].round_ms;
		cells[4][i] = rounds[i].meters;
		cells[5][i] = rounds[i].meters_lost;
	}
	return count == 0 ? RC_OK : store(db, &Q[ROUND], cells, 1 << 1 | 1 << 2, 6, count);
}

enum rc
bus_add_polls(struct db *db, const struct bus_polls *polls, size_t count)
{
	int64_t cells[COLUMNS_MAX][BUS_ROWS_MAX];

	assert(count <= BUS_ROWS_MAX);
	for (size_t i = 0; i < count; i++) {
		cells[0][i] = polls[i].meter_id;
		cells[1][i] = polls[i].hour_at;
		cells[2][i] = polls[i].asked;
		cells[3][i] = polls[i].answered;
		cells[4][i] = polls[i].timeouts;
		cells[5][i] = polls[i].damaged;
		cells[6][i] = polls[i].refused;
		cells[7][i] = (int64_t)polls[i].answer_ms;
	}
	return count == 0 ? RC_OK : store(db, &Q[POLLS], cells, 1 << 1, 8, count);
}

enum rc
bus_lose(struct db *db, uint32_t bus_id, int64_t at, const char *trouble)
{
	return db_exec(db, &Q[LOSE], ARGS(I(bus_id), T(at), T(at), S(trouble)));
}

enum rc
bus_return(struct db *db, uint32_t bus_id, int64_t at)
{
	return db_exec(db, &Q[RETURN], ARGS(T(at), I(bus_id)));
}

enum rc
bus_set_trouble(struct db *db, uint32_t bus_id, int64_t at, const char *trouble)
{
	return db_exec(db, &Q[TROUBLE], ARGS(I(bus_id), T(at), S(trouble)));
}

enum rc
bus_lose_meter(struct db *db, uint32_t meter_id, int64_t at)
{
	return db_exec(db, &Q[LOSE_METER], ARGS(I(meter_id), T(at)));
}

enum rc
bus_return_meter(struct db *db, uint32_t meter_id)
{
	return db_exec(db, &Q[RETURN_METER], ARGS(I(meter_id)));
}

enum rc
bus_list_meters(struct db *db, uint32_t bus_id, uint32_t ids[BUS_METERS_MAX], size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[METERS], ARGS(I(bus_id)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK)
		ids[(*count)++] = (uint32_t)rows_int(rows, 0);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
bus_each_lost(
    struct db *db, void (*each)(void *context, uint32_t meter_id, uint32_t bus_id), void *context)
{
	struct rows *rows;
	enum rc rc = db_stream(db, &Q[LOST], NO_ARGS, &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK)
		each(context, (uint32_t)rows_int(rows, 0), (uint32_t)rows_int(rows, 1));
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
