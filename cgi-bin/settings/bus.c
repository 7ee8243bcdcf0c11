/* /settings/gateways/{id}/bus, /settings/buses/{id}: how a bus is reached and how often it is read.
 */
#include "gateway.h"

#include <string.h>

#include "base/text.h"
#include "edit.h"
#include "model/bus_list.h"
#include "model/world.h"
#include "trouble.h"

static const char *const TRANSPORTS[] = { "rtu", "tcp", "rtu_tcp", NULL };
static const char *const PARITIES[] = { "N", "E", "O", NULL };

struct typed {
	int64_t revision, gateway_id, transport, port, baud, parity, stop_bits;
	int64_t response_timeout_ms, gap_ms, status_period_s, reading_period_s;
	char name[BUS_NAME_MAX * 4 + 1];
	char host[BUS_HOST_MAX * 4 + 1], device[BUS_DEVICE_MAX * 4 + 1];
};

#define AT(member) offsetof(struct typed, member)
static const struct form_field FIELDS[] = {
	{ "revision", FORM_UINT, false, UINT32_MAX, NULL, AT(revision) },
	{ "gateway", FORM_UINT, false, UINT32_MAX, NULL, AT(gateway_id) },
	{ "name", FORM_TEXT, true, BUS_NAME_MAX, NULL, AT(name) },
	{ "transport", FORM_CHOICE, true, 0, TRANSPORTS, AT(transport) },
	{ "host", FORM_TEXT, false, BUS_HOST_MAX, NULL, AT(host) },
	{ "port", FORM_UINT, false, UINT16_MAX, NULL, AT(port) },
	{ "device", FORM_TEXT, false, BUS_DEVICE_MAX, NULL, AT(device) },
	{ "baud", FORM_UINT, false, INT32_MAX, NULL, AT(baud) },
	{ "parity", FORM_CHOICE, false, 0, PARITIES, AT(parity) },
	{ "stop_bits", FORM_UINT, false, 2, NULL, AT(stop_bits) },
	{ "response_timeout_ms", FORM_UINT, false, BUS_TIMEOUT_MAX_MS, NULL,
	    AT(response_timeout_ms) },
	{ "gap_ms", FORM_UINT, false, BUS_GAP_MAX_MS, NULL, AT(gap_ms) },
	{ "status_period_s", FORM_UINT, false, BUS_PERIOD_MAX_S, NULL, AT(status_period_s) },
	{ "reading_period_s", FORM_UINT, false, BUS_PERIOD_MAX_S, NULL, AT(reading_period_s) },
};

enum rc
bus_find(struct req *r, int64_t bus_id, struct place_list *places, struct gateway_row *gateway,
    struct bus_row *bus)
{
	enum rc rc = bus_load(r->db, bus_id, bus);

	return rc == RC_OK ? gateway_find(r, bus->gateway_id, places, gateway) : rc;
}

/* ---- between row and form ---- */

static struct typed
typed_of(const struct bus_row *row)
{
	struct typed typed = { .revision = row->revision,
		.gateway_id = row->gateway_id,
		.transport = (int64_t)row->transport,
		.port = row->port,
		.baud = row->baud,
		.stop_bits = row->stop_bits,
		.response_timeout_ms = row->response_timeout_ms,
		.gap_ms = row->gap_ms,
		.status_period_s = row->status_period_s,
		.reading_period_s = row->reading_period_s };

	for (int64_t i = 0; PARITIES[i] != NULL; i++)
		if (strcmp(PARITIES[i], row->parity) == 0)
			typed.parity = i;
	(void)text_copy(typed.name, sizeof(typed.name), row->name);
	(void)text_copy(typed.host, sizeof(typed.host), row->host);
	(void)text_copy(typed.device, sizeof(typed.device), row->device);
	return typed;
}

static void
take_typed(const struct typed *typed, struct bus_row *row)
{
	row->revision = typed->revision;
	row->gateway_id = typed->gateway_id;
	row->transport = (enum bus_transport)typed->transport;
	row->port = typed->port;
	row->baud = typed->baud;
	row->stop_bits = typed->stop_bits;
	row->response_timeout_ms = typed->response_timeout_ms;
	row->gap_ms = typed->gap_ms;
	row->status_period_s = typed->status_period_s;
	row->reading_period_s = typed->reading_period_s;
	(void)text_copy(row->parity, sizeof(row->parity), PARITIES[typed->parity]);
	(void)text_copy(row->name, sizeof(row->name), typed->name);
	(void)text_copy(row->host, sizeof(row->host), typed->host);
	(void)text_copy(row->device, sizeof(row->device), typed->device);
}

/* ---- showing ---- */

static void
show_default(struct req *r, const char *field, int64_t value)
{
	view_int(r->view, arena_printf(r->arena, "Form.%s.Default", field), value);
}

static enum rc
show_choices(struct req *r, const struct bus_row *row)
{
	struct bus_view *buses;
	size_t count;
	int64_t last = 0;
	enum rc rc = gateway_buses(r->db, r->arena, r->scope, 0, r->now, &buses, &count);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++) {
		if (buses[i].gateway_id != last && bus_view_is_in_scope(r, &buses[i]))
			choice_add(
			    r, "gateway", buses[i].gateway_id, buses[i].gateway, row->gateway_id);
		last = buses[i].gateway_id;
	}
	for (size_t i = 0; bus_bauds[i] != 0; i++)
		choice_add(r, "baud", bus_bauds[i], number_text(r, bus_bauds[i]), row->baud);
	for (int64_t bits = 1; bits <= 2; bits++)
		choice_add(r, "stop_bits", bits, number_text(r, bits), row->stop_bits);
	return RC_OK;
}

/* A period in the unit a person counts it in. */
static const char *
seconds_text(struct req *r, int64_t ms)
{
	return arena_printf(
	    r->arena, "%lld.%lld", (long long)(ms / 1000), (long long)(ms % 1000 / 100));
}

static enum rc
show_estimate(struct req *r, const struct bus_row *row)
{
	struct bus_load loads[BUS_LOADS_MAX];
	struct bus_estimate estimate;
	size_t count;
	enum rc rc = bus_loads(r->db, row->bus_id, loads, &count);

	if (rc != RC_OK)
		return rc;
	bus_estimate(row, loads, count, &estimate);
	view_int(r->view, "Estimate.Meters", estimate.meters);
	view_set(r->view, "Estimate.Wire", seconds_text(r, estimate.wire_ms));
	view_set(r->view, "Estimate.Round", seconds_text(r, estimate.round_ms));
	view_int(r->view, "Estimate.Oldest", estimate.oldest_s);
	view_bool(r->view, "Estimate.IsLate", estimate.is_late);
	return RC_OK;
}

static enum rc
show_report(struct req *r, const struct bus_row *row)
{
	struct bus_report report;
	enum rc rc = bus_report(r->db, row->bus_id, &report);

	if (rc != RC_OK)
		return rc;
	const char *words = trouble_words(r, report.trouble);
	view_set(r->view, "Report.Trouble", *words != '\0' ? words : report.trouble);
	view_bool(r->view, "Report.IsRefused", strncmp(report.trouble, "definition_", 11) == 0);
	view_time(r->view, "Report.Seen", report.seen_at, r->now, 0);
	view_time(r->view, "Report.LostSince", report.lost_since, r->now, 0);
	if (report.round_ms > 0)
		view_set(r->view, "Report.Round", seconds_text(r, report.round_ms));
	return RC_OK;
}

static enum rc
show_form(
    struct req *r, const struct gateway_row *gateway, const struct bus_row *row, const char *name)
{
	const struct bus_row usual = bus_default();
	enum rc rc = show_choices(r, row);

	show_default(r, "response_timeout_ms", usual.response_timeout_ms);
	show_default(r, "gap_ms", usual.gap_ms);
	show_default(r, "status_period_s", usual.status_period_s);
	show_default(r, "reading_period_s", usual.reading_period_s);
	gateway_crumb(r, gateway);
	view_int(r->view, "Gateway.Id", gateway->gateway_id);
	view_bool(r->view, "IsNew", row->bus_id == 0);
	if (rc == RC_OK)
		rc = show_estimate(r, row);
	if (row->bus_id == 0) {
		crumb(r, NULL, view_word(r->view, "Settings.Bus.New"));
		view_set(r->view, "Page.Title", view_word(r->view, "Settings.Bus.New"));
		return rc == RC_OK ? page(r, "settings/bus.cs") : rc;
	}
	crumb(r, NULL, name);
	view_set(r->view, "Page.Title", arena_printf(r->arena, "%s / %s", gateway->name, name));
	view_int(r->view, "Bus.Id", row->bus_id);
	view_time(r->view, "Bus.DisabledAt", row->disabled_at, r->now, 0);
	if (rc == RC_OK)
		rc = show_report(r, row);
	if (rc == RC_OK)
		rc = show_changed(r, "bus", row->bus_id);
	return rc == RC_OK ? page(r, "settings/bus.cs") : rc;
}

/* ---- saving ---- */

struct saving {
	struct req *r;
	const struct bus_row *wanted;
	struct operator_actor by;
	struct faults faults;
	int64_t bus_id;
};

static enum rc
save(struct db *db, void *context)
{
	struct saving *s = context;
	struct bus_row row = *s->wanted;
	struct world *world = world_of_database(db, s->r->arena);
	enum rc rc;

	s->faults = (struct faults){ 0 };
	bus_validate(&row, world, &s->faults);
	if ((rc = world_failed(world)) != RC_OK)
		return rc;
	if (s->faults.count > 0)
		return RC_INVALID;
	rc = row.bus_id == 0 ? bus_insert(db, &row, &s->by) : bus_update(db, &row, &s->by);
	s->bus_id = row.bus_id;
	return rc;
}

/* What is wrong, and what others saved meanwhile: one does not hide the other. */
static enum rc
refuse(struct req *r, const struct saving *s, enum rc rc)
{
	const struct bus_row *wanted = s->wanted;
	struct bus_row stored = { .revision = wanted->revision };

	if (rc == RC_INVALID)
		(void)edit_show_faults(r, &s->faults);
	else if (rc != RC_CONFLICT)
		return rc;
	else if (db_is_duplicate(r->db))
		form_error_values(r, "name", "BusTaken", (const char *const[]){ wanted->name }, 1);
	rc = wanted->bus_id == 0 ? RC_OK : bus_load(r->db, wanted->bus_id, &stored);
	if (rc != RC_OK)
		return rc;
	return edit_show_meanwhile(r, "bus", wanted->bus_id, wanted->revision, stored.revision);
}

static enum rc
save_typed(struct req *r, const struct gateway_row *gateway, const struct bus_row *stored)
{
	const struct bus_row usual = bus_default();
	struct typed typed = typed_of(&usual);
	struct bus_row row = *stored;
	struct gateway_row target;
	struct place_list places;
	struct saving s = { .r = r, .wanted = &row, .by = editor(r) };

	typed.gateway_id = stored->gateway_id;
	enum rc rc = form_read(r, FIELDS, COUNT(FIELDS), &typed);
	take_typed(&typed, &row);
	if (rc != RC_OK)
		return show_form(r, gateway, &row, stored->name);
	if (gateway_find(r, row.gateway_id, &places, &target) != RC_OK) {
		form_error(r, "gateway", "NoSuchGateway");
		return show_form(r, gateway, &row, stored->name);
	}
	if ((rc = edit_save(r, save, &s)) != RC_OK) {
		rc = refuse(r, &s, rc);
		return rc == RC_OK ? show_form(r, gateway, &row, stored->name) : rc;
	}
	flash(r, "Saved");
	return redirect(r, "/settings/buses/%lld", (long long)s.bus_id);
}

/* ---- routes ---- */

enum rc
bus_new(struct req *r)
{
	struct gateway_row gateway;
	struct place_list places;
	struct bus_row row = bus_default();
	enum rc rc = gateway_find(r, r->id, &places, &gateway);

	if (rc != RC_OK)
		return rc;
	row.gateway_id = gateway.gateway_id;
	if (r->method == POST)
		return save_typed(r, &gateway, &row);
	struct typed typed = typed_of(&row);
	form_fill(r, FIELDS, COUNT(FIELDS), &typed);
	view_set(r->view, "Form.port.Value", "");
	return show_form(r, &gateway, &row, "");
}

enum rc
bus_edit(struct req *r)
{
	struct gateway_row gateway;
	struct place_list places;
	struct bus_row row;
	enum rc rc = bus_find(r, r->id, &places, &gateway, &row);

	if (rc != RC_OK)
		return rc;
	if (r->method == POST)
		return save_typed(r, &gateway, &row);
	struct typed typed = typed_of(&row);
	form_fill(r, FIELDS, COUNT(FIELDS), &typed);
	if (row.port == 0)
		view_set(r->view, "Form.port.Value", "");
	return show_form(r, &gateway, &row, row.name);
}
