#include "model/bus_edit.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/edit.h"

enum { INSERT, UPDATE, DELETE, DELETE_STATE, DELETE_LEASE, METERS, COMMANDS };

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[INSERT] = { .sql =
			 "INSERT INTO bus (gateway_id, name, transport, host, port, device, baud,"
			 " parity, stop_bits, response_timeout_ms, gap_ms, status_period_s,"
			 " reading_period_s, disabled_at)"
			 " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[UPDATE] = { .sql =
			 "UPDATE bus SET gateway_id = ?, name = ?, transport = ?, host = ?, port = ?,"
			 " device = ?, baud = ?, parity = ?, stop_bits = ?, response_timeout_ms = ?,"
			 " gap_ms = ?, status_period_s = ?, reading_period_s = ?, disabled_at = ?,"
			 " revision = revision + 1 WHERE bus_id = ?" },
	[DELETE] = { .sql = "DELETE FROM bus WHERE bus_id = ?" },
	[DELETE_STATE] = { .sql = "DELETE FROM bus_state WHERE bus_id = ?" },
	[DELETE_LEASE] = { .sql = "DELETE FROM bus_lease WHERE bus_id = ?" },
	[METERS] = { .sql = "SELECT COUNT(*) FROM meter WHERE bus_id = ?", .bounded = "one row" },
	[COMMANDS] = { .sql = "SELECT COUNT(*) FROM command WHERE bus_id = ?",
	    .bounded = "one row" },
};
/* clang-format on */

struct bus_row
bus_default(void)
{
	return (struct bus_row){ .transport = BUS_RTU_TCP,
		.baud = 9600,
		.parity = "N",
		.stop_bits = 1,
		.response_timeout_ms = 1000,
		.gap_ms = 0,
		.status_period_s = 60,
		.reading_period_s = 1800 };
}

/* ---- validation ---- */

static void
check_name(const struct bus_row *row, const struct world *world, struct faults *faults)
{
	edit_check_text(faults, "name", row->name, BUS_NAME_MAX, true);
	if (row->gateway_id == 0 || !world->gateway_exists(world->context, row->gateway_id)) {
		fault_add(faults, "gateway", "NoSuchGateway", "%s", "");
		return;
	}
	if (fault_find(faults, "name") != NULL)
		return;
	int64_t twin = world->bus_named(world->context, row->gateway_id, row->name);
	if (twin != 0 && twin != row->bus_id)
		fault_add_text(faults, "name", "BusTaken", row->name);
}

/* Two buses that open the same port would take each other's answers. */
static void
check_twin(const struct bus_row *row, const struct world *world, struct faults *faults)
{
	bool is_serial = row->transport == BUS_RTU;
	struct bus_row other;
	int64_t twin = world->bus_at(world->context, is_serial ? "" : row->host,
	    is_serial ? 0 : row->port, is_serial ? row->device : "");

	if (twin == 0 || twin == row->bus_id || row->disabled_at != 0)
		return;
	bool is_known = world->bus(world->context, twin, &other);
	fault_add_text(
	    faults, is_serial ? "device" : "host", "EndPointTaken", is_known ? other.name : "");
}

static void
check_end(const struct bus_row *row, const struct world *world, struct faults *faults)
{
	if (row->transport >= BUS_TRANSPORTS) {
		fault_add(faults, "transport", "BadChoice", "%s", "");
		return;
	}
	if (row->transport == BUS_RTU) {
		if (!bus_is_device(row->device))
			fault_add(faults, "device",
			    row->device[0] == '\0' ? "Required" : "BadDevice", "%s", "");
	} else {
		if (!bus_is_host(row->host))
			fault_add(faults, "host", row->host[0] == '\0' ? "Required" : "BadHost",
			    "%s", "");
		edit_check_range(faults, "port", row->port, 1, UINT16_MAX);
	}
	if (fault_find(faults, "device") == NULL && fault_find(faults, "host") == NULL)
		check_twin(row, world, faults);
}

static void
check_line(const struct bus_row *row, struct faults *faults)
{
	if (!bus_is_baud(row->baud))
		fault_add(faults, "baud", "BadBaud", "%s", "");
	if (!bus_is_parity(row->parity))
		fault_add(faults, "parity", "BadChoice", "%s", "");
	if (!bus_is_stop_bits(row->stop_bits))
		fault_add(faults, "stop_bits", "BadChoice", "%s", "");
}

static void
check_times(const struct bus_row *row, struct faults *faults)
{
	if (!bus_is_timeout(row->response_timeout_ms))
		edit_check_range(faults, "response_timeout_ms", row->response_timeout_ms,
		    BUS_TIMEOUT_MIN_MS, BUS_TIMEOUT_MAX_MS);
	if (!bus_is_gap(row->gap_ms))
		edit_check_range(faults, "gap_ms", row->gap_ms, 0, BUS_GAP_MAX_MS);
	if (!bus_is_status_period(row->status_period_s))
		edit_check_range(
		    faults, "status_period_s", row->status_period_s, 0, BUS_PERIOD_MAX_S);
	if (!bus_is_reading_period(row->reading_period_s))
		fault_add(faults, "reading_period_s", "BadReadingPeriod", "%s", "");
}

void
bus_validate(const struct bus_row *row, const struct world *world, struct faults *faults)
{
	check_name(row, world, faults);
	check_end(row, world, faults);
	check_line(row, faults);
	check_times(row, faults);
}

/* ---- comparing ---- */

static void
state_text(const struct bus_row *row, const char **text)
{
	*text = row->disabled_at != 0 ? "yes" : "no";
}

void
bus_compare(const struct bus_row *before, const struct bus_row *after, struct changes *changes)
{
	bool is_new = before->bus_id == 0;
	const char *was_disabled, *is_disabled;

	state_text(before, &was_disabled);
	state_text(after, &is_disabled);
	change_int_or(changes, "gateway", 0, before->gateway_id, after->gateway_id);
	change_text(changes, "name", before->name, after->name);
	change_text(changes, "transport", is_new ? "" : bus_transport_name(before->transport),
	    bus_transport_name(after->transport));
	change_text(changes, "host", before->host, after->host);
	change_int_or(changes, "port", 0, before->port, after->port);
	change_text(changes, "device", before->device, after->device);
	change_int_or(changes, "baud", 0, before->baud, after->baud);
	change_text(changes, "parity", before->parity, after->parity);
	change_int_or(changes, "stop_bits", 0, before->stop_bits, after->stop_bits);
	change_int(changes, "response_timeout_ms", before->response_timeout_ms,
	    after->response_timeout_ms);
	change_int(changes, "gap_ms", before->gap_ms, after->gap_ms);
	change_int(changes, "status_period_s", before->status_period_s, after->status_period_s);
	change_int(changes, "reading_period_s", before->reading_period_s, after->reading_period_s);
	change_text(changes, "disabled", was_disabled, is_disabled);
}

/* ---- storing ---- */

static enum rc
lock(struct db *db, const struct bus_row *row, struct bus_row *stored)
{
	enum rc rc = bus_load_locked(db, row->bus_id, stored);

	return rc == RC_OK && stored->revision != row->revision ? RC_CONFLICT : rc;
}

/* What the transport does not use says nothing. */
static void
clear_unused(struct bus_row *row)
{
	if (row->transport == BUS_RTU) {
		row->host[0] = '\0';
		row->port = 0;
	} else
		row->device[0] = '\0';
}

enum rc
bus_insert(struct db *db, struct bus_row *row, const struct operator_actor *by)
{
	struct changes changes = { 0 };

	clear_unused(row);
	enum rc rc = db_exec(db, &Q[INSERT],
	    ARGS(I(row->gateway_id), S(row->name), S(bus_transport_name(row->transport)),
		S(row->host), I(row->port), S(row->device), I(row->baud), S(row->parity),
		I(row->stop_bits), I(row->response_timeout_ms), I(row->gap_ms),
		I(row->status_period_s), I(row->reading_period_s),
		row->disabled_at != 0 ? T(row->disabled_at) : NIL));
	if (rc != RC_OK)
		return rc;
	row->bus_id = db_last_id(db);
	row->revision = 0;
	bus_compare(&(const struct bus_row){ 0 }, row, &changes);
	return edit_audit(db, by, "bus.add", "bus", row->bus_id, &changes, NULL);
}

static const char *
deed(const struct bus_row *stored, const struct bus_row *row)
{
	if ((stored->disabled_at != 0) == (row->disabled_at != 0))
		return "bus.edit";
	return row->disabled_at != 0 ? "bus.disable" : "bus.enable";
}

enum rc
bus_update(struct db *db, struct bus_row *row, const struct operator_actor *by)
{
	struct bus_row stored;
	struct changes changes = { 0 };
	enum rc rc = lock(db, row, &stored);

	if (rc != RC_OK)
		return rc;
	clear_unused(row);
	bus_compare(&stored, row, &changes);
	if (changes.count == 0)
		return RC_OK;
	rc = db_exec(db, &Q[UPDATE],
	    ARGS(I(row->gateway_id), S(row->name), S(bus_transport_name(row->transport)),
		S(row->host), I(row->port), S(row->device), I(row->baud), S(row->parity),
		I(row->stop_bits), I(row->response_timeout_ms), I(row->gap_ms),
		I(row->status_period_s), I(row->reading_period_s),
		row->disabled_at != 0 ? T(row->disabled_at) : NIL, I(row->bus_id)));
	if (rc != RC_OK)
		return rc;
	row->revision++;
	return edit_audit(db, by, deed(&stored, row), "bus", row->bus_id, &changes, NULL);
}

enum rc
bus_count_uses(struct db *db, int64_t bus_id, int64_t *meters, int64_t *orders)
{
	enum rc rc = db_int(db, &Q[METERS], ARGS(I(bus_id)), meters);

	return rc == RC_OK ? db_int(db, &Q[COMMANDS], ARGS(I(bus_id)), orders) : rc;
}

enum rc
bus_remove(
    struct db *db, const struct bus_row *row, const char *reason, const struct operator_actor *by)
{
	static const int deletes[] = { DELETE_STATE, DELETE_LEASE, DELETE };
	struct bus_row stored;
	struct changes changes = { 0 };
	int64_t meters, orders;
	enum rc rc = lock(db, row, &stored);

	if (rc == RC_OK)
		rc = bus_count_uses(db, row->bus_id, &meters, &orders);
	if (rc != RC_OK)
		return rc;
	if (meters + orders > 0)
		return RC_INVALID;
	for (size_t i = 0; i < COUNT(deletes) && rc == RC_OK; i++)
		rc = db_exec(db, &Q[deletes[i]], ARGS(I(row->bus_id)));
	if (rc != RC_OK)
		return rc;
	change_text(&changes, "name", stored.name, "");
	change_text(&changes, "host", stored.host, "");
	change_int_or(&changes, "port", 0, stored.port, 0);
	change_text(&changes, "device", stored.device, "");
	return edit_audit(db, by, "bus.delete", "bus", row->bus_id, &changes, reason);
}
