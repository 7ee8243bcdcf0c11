#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "definition.h"
#include "model/bus_rule.h"
#include "model/meter_rule.h"

#define METERS_MAX BUS_UNIT_MAX

enum { BUS, METERS };

static const struct query Q[] QUERIES = {
	[BUS] = { .sql =
		      "SELECT g.gateway_id, g.name, b.name, b.transport, b.host, b.port,"
		      " b.device, b.baud, b.parity, b.stop_bits, b.response_timeout_ms, b.gap_ms,"
		      " b.status_period_s, b.reading_period_s"
		      " FROM bus b JOIN gateway g ON g.gateway_id = b.gateway_id"
		      " WHERE b.bus_id = ? AND b.disabled_at IS NULL",
	    .bounded = "primary key" },
	/* The newest day has the slot of the newest usable half hour, so that nobody searches in
	 * the partitions of reading. One row more than fit shows that there are too many. */
	[METERS] = { .sql =
			 "SELECT m.meter_id, m.unit, mm.code, m.phases, m.ct_ratio, m.pt_ratio,"
			 " m.rated_power_w, s.read_at, s.energy_wh, s.quality, r.taken_at,"
			 " r.read_at, r.energy_wh, r.sharp_wh, r.peak_wh, r.flat_wh, r.valley_wh,"
			 " m.number, m.is_protected"
			 " FROM meter m"
			 " JOIN meter_model mm ON mm.meter_model_id = m.meter_model_id"
			 " LEFT JOIN meter_state s ON s.meter_id = m.meter_id"
			 " LEFT JOIN energy_day e ON e.meter_id = m.meter_id AND e.day ="
			 " (SELECT MAX(n.day) FROM energy_day n WHERE n.meter_id = m.meter_id)"
			 " LEFT JOIN reading r ON r.meter_id = m.meter_id AND r.taken_at = "
			 "e.last_at"
			 " WHERE m.bus_id = ? AND m.removed_at IS NULL ORDER BY m.unit LIMIT 248" },
};

/* Where a check says what is wrong: a code and its values, see definition_load. */
struct complaint {
	const char *name; /* of the bus */
	char *trouble;
};

static enum rc refuse(const struct complaint *complaint, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static enum rc
refuse(const struct complaint *complaint, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	(void)vsnprintf(complaint->trouble, DEFINITION_TROUBLE_MAX, format, values);
	va_end(values);
	log_error(complaint->name, "definition refused: %s", complaint->trouble);
	return RC_INVALID;
}

static enum transport
find_transport(const char *name)
{
	if (strcmp(name, "tcp") == 0)
		return TRANSPORT_TCP;
	return strcmp(name, "rtu_tcp") == 0 ? TRANSPORT_RTU_TCP : TRANSPORT_RTU;
}

static enum rc
check_link(const struct link_config *link, const struct complaint *c)
{
	if (link->transport == TRANSPORT_RTU && !bus_is_device(link->device))
		return refuse(c, "definition_device %s", link->device);
	if (link->transport != TRANSPORT_RTU && !bus_is_host(link->host))
		return refuse(c, "definition_address %s", link->host);
	if (link->transport != TRANSPORT_RTU && link->port == 0)
		return refuse(c, "definition_port %u", link->port);
	if (!bus_is_baud(link->baud))
		return refuse(c, "definition_baud %" PRIu32, link->baud);
	if (!bus_is_stop_bits(link->stop_bits))
		return refuse(c, "definition_stop_bits %u", link->stop_bits);
	if (!bus_is_timeout(link->timeout_ms) || !bus_is_gap(link->gap_ms))
		return refuse(
		    c, "definition_timing %" PRIu32 " %" PRIu32, link->timeout_ms, link->gap_ms);
	return RC_OK;
}

static enum rc
check_periods(int64_t status_s, int64_t reading_s, const struct complaint *c)
{
	if (!bus_is_status_period(status_s) || !bus_is_reading_period(reading_s))
		return refuse(c, "definition_timing %" PRId64 " %" PRId64, status_s, reading_s);
	return RC_OK;
}

static enum rc
fill_bus(const struct rows *rows, struct bus_definition *d, const struct complaint *c)
{
	struct link_config *link = &d->link;

	d->gateway_id = (uint32_t)rows_int(rows, 0);
	link->transport = find_transport(rows_text(rows, 3));
	(void)text_copy(link->host, sizeof(link->host), rows_text(rows, 4));
	link->port = (uint16_t)rows_int(rows, 5);
	(void)text_copy(link->device, sizeof(link->device), rows_text(rows, 6));
	link->baud = (uint32_t)rows_int(rows, 7);
	link->parity = rows_text(rows, 8)[0];
	link->stop_bits = (uint8_t)rows_int(rows, 9);
	link->timeout_ms = (uint32_t)rows_int(rows, 10);
	link->gap_ms = (uint32_t)rows_int(rows, 11);
	d->timing = (struct plan_timing){ .status_period_ms = rows_int(rows, 12) * CLOCK_SECOND,
		.reading_period_ms = rows_int(rows, 13) * CLOCK_SECOND,
		.probe_cost_ms = link->timeout_ms,
		.may_hurry = link->transport != TRANSPORT_TCP };
	enum rc rc = check_link(link, c);
	return rc == RC_OK ? check_periods(rows_int(rows, 12), rows_int(rows, 13), c) : rc;
}

static enum rc
load_bus(struct db *db, uint32_t bus_id, struct bus_definition *d, struct complaint *c)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[BUS], ARGS(I(bus_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		char name[sizeof(d->name) * 2];
		(void)snprintf(
		    name, sizeof(name), "%s / %s", rows_text(rows, 1), rows_text(rows, 2));
		(void)text_copy(d->name, sizeof(d->name), name);
		d->bus_id = bus_id;
		rc = fill_bus(rows, d, c);
	}
	rows_end(rows);
	return rc;
}

/* The registers when they were last believed: of the newest state if that is usable, which is
 * newer, else of the newest half hour. */
static void
fill_last(const struct rows *rows, struct reading_last *last)
{
	bool has_state = !rows_is_null(rows, 7) && (rows_int(rows, 9) & QUALITY_UNUSABLE) == 0;

	if (!rows_is_null(rows, 10)) {
		last->slot_at = rows_int(rows, 10);
		last->read_at = rows_int(rows, 11);
		last->energy_wh = last->slot_energy_wh = rows_int(rows, 12);
		for (size_t i = 0; i < PERIODS; i++)
			last->slot_period_wh[i] = rows_int(rows, 13 + i);
	}
	if (has_state && rows_int(rows, 7) > last->read_at) {
		last->read_at = rows_int(rows, 7);
		last->energy_wh = rows_int(rows, 8);
	}
}

static enum rc
check_meter(const struct rows *rows, const struct meter_definition *m, const struct complaint *c)
{
	int64_t unit = rows_int(rows, 1), phases = rows_int(rows, 3);

	if (m->profile == NULL)
		return refuse(
		    c, "definition_model %" PRIu32 " %s", m->meter_id, rows_text(rows, 2));
	if (!meter_is_phases(phases))
		return refuse(c, "definition_phases %" PRIu32 " %" PRId64, m->meter_id, phases);
	if (!meter_is_unit(unit, m->addresses))
		return refuse(c, "definition_unit %" PRIu32 " %" PRId64, m->meter_id, unit);
	if (!meter_is_ratio(m->ct_ratio, m->pt_ratio))
		return refuse(c, "definition_ratio %" PRIu32, m->meter_id);
	return RC_OK;
}

static enum rc
fill_meter(const struct rows *rows, struct meter_definition *m, const struct complaint *c)
{
	m->meter_id = (uint32_t)rows_int(rows, 0);
	m->unit = (uint8_t)rows_int(rows, 1);
	m->profile = profile_find(rows_text(rows, 2));
	m->phases = (uint8_t)rows_int(rows, 3);
	m->ct_ratio = rows_int(rows, 4);
	m->pt_ratio = rows_int(rows, 5);
	m->rated_power_w = rows_int(rows, 6);
	m->addresses = 1;
	if (m->phases == 3 && m->profile != NULL && m->profile->three_phase_addresses > 1)
		m->addresses = m->profile->three_phase_addresses;
	if (m->profile != NULL)
		identity_expect(&m->profile->identity, rows_text(rows, 17), m->identity);
	m->was_other_meter = !rows_is_null(rows, 9) && (rows_int(rows, 9) & QUALITY_OTHER_METER);
	m->is_protected = rows_int(rows, 18) != 0;
	fill_last(rows, &m->last);
	return check_meter(rows, m, c);
}

/* Rows come ordered by unit: a meter that begins before the one in front of it ends is a duplicate.
 */
static enum rc
check_overlap(const struct bus_definition *d, const struct complaint *c)
{
	for (size_t i = 1; i < d->meter_count; i++) {
		const struct meter_definition *before = &d->meters[i - 1], *m = &d->meters[i];
		if (m->unit < before->unit + before->addresses)
			return refuse(
			    c, "definition_unit_twice %" PRIu32 " %u", m->meter_id, m->unit);
	}
	return RC_OK;
}

static enum rc
load_meters(struct db *db, struct bus_definition *d, const struct complaint *c)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[METERS], ARGS(I(d->bus_id)), &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		if (d->meter_count == METERS_MAX) {
			rc = refuse(c, "definition_meters %d", METERS_MAX);
			break;
		}
		struct meter_definition *m = &d->meters[d->meter_count];
		if ((rc = fill_meter(rows, m, c)) != RC_OK)
			break;
		m->last.period_ms = d->timing.reading_period_ms;
		d->meter_count++;
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? check_overlap(d, c) : rc;
}

static size_t
size_of(size_t meters)
{
	return sizeof(struct bus_definition) + meters * sizeof(struct meter_definition);
}

enum rc
definition_load(struct db *db, uint32_t bus_id, struct bus_definition **definition,
    char trouble[DEFINITION_TROUBLE_MAX])
{
	struct bus_definition *d = calloc(1, size_of(METERS_MAX));

	if (d == NULL)
		log_fatal("memory", "no room for a bus definition");
	struct complaint complaint = { .name = d->name, .trouble = trouble };
	trouble[0] = '\0';
	enum rc rc = load_bus(db, bus_id, d, &complaint);
	if (rc == RC_OK)
		rc = load_meters(db, d, &complaint);
	if (rc != RC_OK) {
		definition_free(d);
		return rc;
	}
	struct bus_definition *fitting = realloc(d, size_of(d->meter_count));
	*definition = fitting == NULL ? d : fitting;
	return RC_OK;
}

void
definition_free(struct bus_definition *definition)
{
	free(definition);
}
