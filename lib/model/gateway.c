#include "model/gateway.h"

#include <assert.h>
#include <string.h>

#define BUSES_MAX  2000
#define METERS_MAX 300 /* a bus holds 247 addresses */

enum { BUSES, EXPORT, METERS, HOURS, METER_HOURS };

/* The LIMIT inside keeps MariaDB from "splitting" the sums, that is from computing them again for
 * every bus, by a whole scan each when the prepared statement runs the second time. */
#define FROM_BUSES                                                                               \
	"FROM gateway g LEFT JOIN place p ON p.place_id = g.place_id "                           \
	"LEFT JOIN bus b ON b.gateway_id = g.gateway_id "                                        \
	"LEFT JOIN bus_state s ON s.bus_id = b.bus_id "                                          \
	"LEFT JOIN bus_lease l ON l.bus_id = b.bus_id AND l.expires_at > ? "                     \
	"LEFT JOIN collector c ON c.collector_id = l.collector_id "                              \
	"LEFT JOIN (SELECT m.bus_id, COUNT(*) AS meters, SUM(k.lost_since IS NOT NULL) AS lost " \
	"FROM v_meter_scope m LEFT JOIN meter_link k ON k.meter_id = m.meter_id "                \
	"WHERE m.removed_at IS NULL AND (? = '' OR FIND_IN_SET(m.scope_id, ?)) "                 \
	"GROUP BY m.bus_id LIMIT 100000) AS n ON n.bus_id = b.bus_id "                           \
	"LEFT JOIN (SELECT m.bus_id, SUM(h.asked) AS asked, SUM(h.answered) AS answered, "       \
	"SUM(h.timeouts) AS timeouts, SUM(h.damaged) AS damaged, SUM(h.refused) AS refused, "    \
	"SUM(h.answer_ms) AS answer_ms FROM poll_hour h "                                        \
	"JOIN v_meter_scope m ON m.meter_id = h.meter_id WHERE h.hour_at >= ? "                  \
	"AND m.removed_at IS NULL AND (? = '' OR FIND_IN_SET(m.scope_id, ?)) "                   \
	"GROUP BY m.bus_id LIMIT 100000) AS t ON t.bus_id = b.bus_id "                           \
	"LEFT JOIN v_place_scope ps ON ps.place_id = g.place_id "
#define IN_SCOPE                                                                                      \
	"(? = '' OR FIND_IN_SET(ps.scope_id, ?) OR (g.place_id IS NULL "                              \
	"AND g.gateway_id IN (SELECT mb.gateway_id FROM v_meter_scope ms JOIN bus mb USING (bus_id) " \
	"WHERE ms.removed_at IS NULL AND FIND_IN_SET(ms.scope_id, ?)))) "

#define POLL_COLUMNS(t)                                                   \
	"CAST(" t ".asked AS SIGNED), CAST(" t ".answered AS SIGNED), "   \
	"CAST(" t ".timeouts AS SIGNED), CAST(" t ".damaged AS SIGNED), " \
	"CAST(" t ".refused AS SIGNED), CAST(" t ".answer_ms AS SIGNED)"

static const struct query Q[] QUERIES = {
	[BUSES] = { .sql = "SELECT g.gateway_id, b.bus_id, g.name, p.name, b.name, b.transport, "
			   "b.host, "
			   "b.device, b.parity, s.trouble, c.name, b.port, b.baud, b.stop_bits, "
			   "b.disabled_at, CAST(n.meters AS SIGNED), CAST(n.lost AS SIGNED), "
			   "s.seen_at, "
			   "s.round_ms, s.round_at, s.lost_since, " POLL_COLUMNS(
			       "t") " " FROM_BUSES "WHERE (? = 0 OR g.gateway_id = ?) AND " IN_SCOPE
				    "ORDER BY "
				    "g.name, b.name LIMIT 2000" },
	[EXPORT] = { .sql =
			 "SELECT g.name, p.name, b.name, b.transport, "
			 "IF(b.transport = 'rtu', b.device, CONCAT(b.host, ':', b.port)), b.baud, "
			 "CAST(n.meters AS SIGNED), CAST(n.lost AS SIGNED), s.round_ms, "
			 "s.round_at, "
			 "s.lost_since, c.name, " POLL_COLUMNS(
			     "t") " " FROM_BUSES "WHERE " IN_SCOPE
				  "ORDER BY g.name, b.name LIMIT 100000" },
	[METERS] = { .sql =
			 "SELECT n.meter_id, n.unit, n.room, n.name, n.tenant, n.number, "
			 "n.lost_since "
			 "FROM v_meter_now n WHERE n.bus_id = ? AND n.removed_at IS NULL "
			 "AND (? = '' OR FIND_IN_SET(n.scope_id, ?)) ORDER BY n.unit LIMIT 300" },
	[HOURS] = { .sql = "SELECT h.meter_id, h.hour_at, " POLL_COLUMNS(
			"h") " FROM meter m "
			     "JOIN poll_hour h ON h.meter_id = m.meter_id AND h.hour_at >= ? "
			     "WHERE m.bus_id = ? AND m.removed_at IS NULL LIMIT 10000" },
	[METER_HOURS] = { .sql = "SELECT h.meter_id, h.hour_at, " POLL_COLUMNS(
			      "h") " FROM poll_hour h "
				   "WHERE h.hour_at >= ? AND h.meter_id = ? LIMIT 100" },
};

static const char *const STATUS_NAMES[BUS_STATUSES] = { "ok", "partly", "lost", "unwatched",
	"empty", "disabled" };

const char *
bus_status_name(enum bus_status status)
{
	assert(status < BUS_STATUSES);
	return STATUS_NAMES[status];
}

int
poll_success(const struct poll_sum *poll)
{
	return poll->asked > 0 ? (int)(poll->answered * 1000 / poll->asked) : -1;
}

int64_t
poll_answer_ms(const struct poll_sum *poll)
{
	return poll->answered > 0 ? poll->answer_ms / poll->answered : -1;
}

int64_t
gateway_first_hour(int64_t now)
{
	return now / CLOCK_HOUR * CLOCK_HOUR - (GATEWAY_HOURS - 1) * CLOCK_HOUR;
}

static void
load_poll(const struct rows *rows, size_t column, struct poll_sum *poll)
{
	*poll = (struct poll_sum){ rows_int(rows, column), rows_int(rows, column + 1),
		rows_int(rows, column + 2), rows_int(rows, column + 3), rows_int(rows, column + 4),
		rows_int(rows, column + 5) };
}

static void
add_poll(struct poll_sum *sum, const struct poll_sum *poll)
{
	sum->asked += poll->asked;
	sum->answered += poll->answered;
	sum->timeouts += poll->timeouts;
	sum->damaged += poll->damaged;
	sum->refused += poll->refused;
	sum->answer_ms += poll->answer_ms;
}

static enum bus_status
status_of(const struct bus_view *bus)
{
	if (bus->is_disabled)
		return BUS_DISABLED;
	if (bus->meters == 0)
		return BUS_EMPTY;
	if (bus->collector[0] == '\0')
		return BUS_UNWATCHED;
	if (bus->lost_since != 0 || bus->meters_lost == bus->meters)
		return BUS_LOST;
	return bus->meters_lost > 0 ? BUS_PARTLY : BUS_OK;
}

static void
load_bus(const struct rows *rows, struct arena *arena, struct bus_view *bus)
{
	*bus = (struct bus_view){
		.gateway_id = rows_int(rows, 0),
		.bus_id = rows_int(rows, 1),
		.gateway = arena_strdup(arena, rows_text(rows, 2)),
		.place = arena_strdup(arena, rows_text(rows, 3)),
		.bus = arena_strdup(arena, rows_text(rows, 4)),
		.transport = arena_strdup(arena, rows_text(rows, 5)),
		.host = arena_strdup(arena, rows_text(rows, 6)),
		.device = arena_strdup(arena, rows_text(rows, 7)),
		.parity = arena_strdup(arena, rows_text(rows, 8)),
		.trouble = arena_strdup(arena, rows_text(rows, 9)),
		.collector = arena_strdup(arena, rows_text(rows, 10)),
		.port = rows_int(rows, 11),
		.baud = rows_int(rows, 12),
		.stop_bits = rows_int(rows, 13),
		.is_disabled = !rows_is_null(rows, 14),
		.meters = rows_int(rows, 15),
		.meters_lost = rows_int(rows, 16),
		.has_state = !rows_is_null(rows, 17),
		.seen_at = rows_int(rows, 17),
		.round_ms = rows_is_null(rows, 18) ? -1 : rows_int(rows, 18),
		.round_at = rows_int(rows, 19),
		.lost_since = rows_int(rows, 20),
	};
	load_poll(rows, 21, &bus->poll);
	bus->status = status_of(bus);
}

enum rc
gateway_buses(struct db *db, struct arena *arena, const struct scope *scope, int64_t gateway_id,
    int64_t now, struct bus_view **buses, size_t *count)
{
	struct value in = S(scope_text(scope));
	size_t room = 64;
	struct rows *rows;
	enum rc rc = db_query(db, &Q[BUSES],
	    ARGS(T(now), in, in, T(gateway_first_hour(now)), in, in, I(gateway_id), I(gateway_id),
		in, in, in),
	    &rows);

	if (rc != RC_OK)
		return rc;
	*buses = arena_alloc(arena, room * sizeof(**buses));
	*count = 0;
	while ((rc = rows_next(rows)) == RC_OK && *count < BUSES_MAX) {
		if (*count == room) {
			struct bus_view *larger = arena_alloc(arena, 2 * room * sizeof(*larger));
			memcpy(larger, *buses, room * sizeof(*larger));
			*buses = larger;
			room *= 2;
		}
		load_bus(rows, arena, &(*buses)[(*count)++]);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
gateway_export(struct db *db, const struct scope *scope, int64_t now, struct rows **rows)
{
	struct value in = S(scope_text(scope));

	return db_stream(db, &Q[EXPORT],
	    ARGS(T(now), in, in, T(gateway_first_hour(now)), in, in, in, in, in), rows);
}

static void
add_hour(struct meter_poll *meter, int64_t hour_at, int64_t first_at, const struct poll_sum *poll)
{
	int64_t index = (hour_at - first_at) / CLOCK_HOUR;

	if (index < 0 || index >= GATEWAY_HOURS)
		return;
	add_poll(&meter->hours[index], poll);
	add_poll(&meter->total, poll);
}

static enum rc
load_hours(struct rows *rows, int64_t first_at, struct meter_poll *meters, size_t count)
{
	struct poll_sum poll;
	enum rc rc;

	while ((rc = rows_next(rows)) == RC_OK) {
		size_t i = 0;
		while (i < count && meters[i].meter_id != rows_int(rows, 0))
			i++;
		if (i == count)
			continue;
		load_poll(rows, 2, &poll);
		add_hour(&meters[i], rows_int(rows, 1), first_at, &poll);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
gateway_meters(struct db *db, struct arena *arena, const struct scope *scope, int64_t bus_id,
    int64_t now, struct meter_poll **meters, size_t *count)
{
	int64_t first_at = gateway_first_hour(now);
	struct rows *rows;
	enum rc rc = db_query(
	    db, &Q[METERS], ARGS(I(bus_id), S(scope_text(scope)), S(scope_text(scope))), &rows);

	if (rc != RC_OK)
		return rc;
	*meters = arena_alloc(arena, METERS_MAX * sizeof(**meters));
	*count = 0;
	while ((rc = rows_next(rows)) == RC_OK && *count < METERS_MAX)
		(*meters)[(*count)++] = (struct meter_poll){
			.meter_id = rows_int(rows, 0),
			.unit = rows_int(rows, 1),
			.room = arena_strdup(arena, rows_text(rows, 2)),
			.name = arena_strdup(arena, rows_text(rows, 3)),
			.tenant = arena_strdup(arena, rows_text(rows, 4)),
			.number = arena_strdup(arena, rows_text(rows, 5)),
			.lost_since = rows_int(rows, 6),
		};
	rows_end(rows);
	if (rc != RC_NOT_FOUND && rc != RC_OK)
		return rc;
	if ((rc = db_query(db, &Q[HOURS], ARGS(T(first_at), I(bus_id)), &rows)) != RC_OK)
		return rc;
	return load_hours(rows, first_at, *meters, *count);
}

enum rc
gateway_meter_hours(struct db *db, int64_t meter_id, int64_t now, struct meter_poll *meter)
{
	int64_t first_at = gateway_first_hour(now);
	struct rows *rows;
	enum rc rc;

	*meter = (struct meter_poll){ .meter_id = meter_id };
	rc = db_query(db, &Q[METER_HOURS], ARGS(T(first_at), I(meter_id)), &rows);
	return rc == RC_OK ? load_hours(rows, first_at, meter, 1) : rc;
}
