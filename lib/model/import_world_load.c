#include "base/text.h"
#include "model/import_world_private.h"

enum { PLACES, GATEWAYS, BUSES, MODELS, METERS, ACCOUNTS, TENANTS };

/* In the order of a template: a place after the one it is in, meters along the wall. */
/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[PLACES] = { .sql =
			 "SELECT p.place_id, COALESCE(p.parent_id, 0), p.kind + 0, p.name, p.initials,"
			 " p.sort_order, p.revision FROM place p"
			 " LEFT JOIN place q ON q.place_id = p.parent_id"
			 " ORDER BY p.kind, q.sort_order, q.place_id, p.sort_order, p.place_id",
	    .bounded = "all places, row by row" },
	[GATEWAYS] = { .sql =
			   "SELECT gateway_id, name, COALESCE(place_id, 0), note, revision FROM gateway"
			   " ORDER BY name",
	    .bounded = "all gateways, row by row" },
	[BUSES] = { .sql =
			"SELECT b.bus_id, b.gateway_id, b.name, b.transport + 0, b.host, b.port, b.device,"
			" b.baud, b.parity, b.stop_bits, b.response_timeout_ms, b.gap_ms,"
			" b.status_period_s, b.reading_period_s, b.disabled_at, b.revision"
			" FROM bus b JOIN gateway g ON g.gateway_id = b.gateway_id ORDER BY g.name, b.name",
	    .bounded = "all buses, row by row" },
	[MODELS] = { .sql =
			 "SELECT meter_model_id, code, name FROM meter_model ORDER BY meter_model_id LIMIT 1000" },
	[METERS] = { .sql =
			 "SELECT meter_id, number, name, meter_model_id, bus_id, unit,"
			 " COALESCE(box_position, 0), phases, COALESCE(place_id, 0), ct_ratio, pt_ratio,"
			 " rated_power_w, credit_mode + 0, is_protected, COALESCE(alarm1_fen, -1),"
			 " COALESCE(alarm2_fen, -1), COALESCE(CAST(overload_w AS SIGNED), -1),"
			 " COALESCE(overdraft_fen, -1), hold_mode + 0, note, installed_at, revision"
			 " FROM meter WHERE removed_at IS NULL ORDER BY bus_id, unit",
	    .bounded = "all living meters, row by row" },
	[ACCOUNTS] = { .sql =
			   "SELECT account_id, number, name, initials, phone, opened_at, revision FROM account"
			   " WHERE closed_at IS NULL ORDER BY account_id",
	    .bounded = "all open accounts, row by row" },
	[TENANTS] = { .sql =
			  "SELECT active_meter, account_id FROM account_meter WHERE active_meter IS NOT NULL",
	    .bounded = "one row a meter, row by row" },
};
/* clang-format on */

static void
take_place(struct import_world *world, const struct rows *rows)
{
	struct place_row row = { .place_id = rows_int(rows, 0),
		.parent_id = rows_int(rows, 1),
		.kind = (enum place_kind)(rows_int(rows, 2) - 1),
		.sort_order = rows_int(rows, 5),
		.revision = rows_int(rows, 6) };

	text_copy(row.name, sizeof(row.name), rows_text(rows, 3));
	text_copy(row.initials, sizeof(row.initials), rows_text(rows, 4));
	world_put_place(world, &row);
}

static void
take_gateway(struct import_world *world, const struct rows *rows)
{
	struct gateway_row row = { .gateway_id = rows_int(rows, 0),
		.place_id = rows_int(rows, 2),
		.revision = rows_int(rows, 4) };

	text_copy(row.name, sizeof(row.name), rows_text(rows, 1));
	text_copy(row.note, sizeof(row.note), rows_text(rows, 3));
	world_put_gateway(world, &row);
}

static void
take_bus(struct import_world *world, const struct rows *rows)
{
	struct bus_row row = { .bus_id = rows_int(rows, 0),
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

	text_copy(row.name, sizeof(row.name), rows_text(rows, 2));
	text_copy(row.host, sizeof(row.host), rows_text(rows, 4));
	text_copy(row.device, sizeof(row.device), rows_text(rows, 6));
	text_copy(row.parity, sizeof(row.parity), rows_text(rows, 8));
	world_put_bus(world, &row);
}

static void
take_model(struct import_world *world, const struct rows *rows)
{
	world_put_model(world, rows_int(rows, 0), rows_text(rows, 1), rows_text(rows, 2));
}

static void
take_meter(struct import_world *world, const struct rows *rows)
{
	struct meter_row row = { .meter_id = rows_int(rows, 0),
		.meter_model_id = rows_int(rows, 3),
		.bus_id = rows_int(rows, 4),
		.unit = rows_int(rows, 5),
		.box_position = rows_int(rows, 6),
		.phases = rows_int(rows, 7),
		.place_id = rows_int(rows, 8),
		.ct_ratio = rows_int(rows, 9),
		.pt_ratio = rows_int(rows, 10),
		.rated_power_w = rows_int(rows, 11),
		.credit_mode = (enum credit_mode)(rows_int(rows, 12) - 1),
		.is_protected = rows_int(rows, 13) != 0,
		.alarm1_fen = rows_int(rows, 14),
		.alarm2_fen = rows_int(rows, 15),
		.overload_w = rows_int(rows, 16),
		.overdraft_fen = rows_int(rows, 17),
		.hold_mode = (enum hold_mode)(rows_int(rows, 18) - 1),
		.installed_at = rows_int(rows, 20),
		.revision = rows_int(rows, 21) };

	text_copy(row.number, sizeof(row.number), rows_text(rows, 1));
	text_copy(row.name, sizeof(row.name), rows_text(rows, 2));
	text_copy(row.note, sizeof(row.note), rows_text(rows, 19));
	world_put_meter(world, &row);
}

static void
take_account(struct import_world *world, const struct rows *rows)
{
	struct account_row row = { .account_id = rows_int(rows, 0),
		.opened_at = rows_int(rows, 5),
		.revision = rows_int(rows, 6) };

	text_copy(row.number, sizeof(row.number), rows_text(rows, 1));
	text_copy(row.name, sizeof(row.name), rows_text(rows, 2));
	text_copy(row.initials, sizeof(row.initials), rows_text(rows, 3));
	text_copy(row.phone, sizeof(row.phone), rows_text(rows, 4));
	world_put_account(world, &row);
}

static void
take_tenant(struct import_world *world, const struct rows *rows)
{
	world_put_tenant(world, rows_int(rows, 0), rows_int(rows, 1));
}

static enum rc
take_all(struct import_world *world, struct db *db, const struct query *query,
    void (*take)(struct import_world *, const struct rows *))
{
	struct rows *rows;
	enum rc rc = db_stream(db, query, NO_ARGS, &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK)
		take(world, rows);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
world_load(struct import_world *world, struct db *db, unsigned parts)
{
	static const struct {
		unsigned part;
		int query;
		void (*take)(struct import_world *, const struct rows *);
	} steps[] = {
		{ WORLD_PLACES, PLACES, take_place },
		{ WORLD_GATEWAYS, GATEWAYS, take_gateway },
		{ WORLD_BUSES, BUSES, take_bus },
		{ WORLD_METERS, MODELS, take_model },
		{ WORLD_METERS, METERS, take_meter },
		{ WORLD_ACCOUNTS, ACCOUNTS, take_account },
		{ WORLD_ACCOUNTS, TENANTS, take_tenant },
	};
	enum rc rc = RC_OK;

	for (size_t i = 0; i < COUNT(steps) && rc == RC_OK; i++)
		if ((parts & steps[i].part) != 0)
			rc = take_all(world, db, &Q[steps[i].query], steps[i].take);
	return rc == RC_OK && (parts & WORLD_TARIFFS) != 0 ? world_load_tariffs(world, db) : rc;
}
