#include "model/meter.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "model/meter_row.h"

static const struct query Q[] QUERIES = {
	{ .sql = "SELECT " METER_COLUMNS ", " DETAIL_COLUMNS " FROM v_meter_now n "
		 "LEFT JOIN energy_day e ON e.day = ? AND e.meter_id = n.meter_id "
		 "WHERE n.meter_id = ? LIMIT 1" },
};

static const char *const STATUS_NAMES[STATUSES] = { "lost", "tripped", "arrears", "alarm2",
	"alarm1", "protected", "unopened", "open" };
const char *
meter_status_name(enum meter_status status)
{
	assert(status < STATUSES);
	return STATUS_NAMES[status];
}

enum meter_status
meter_status_find(const char *name)
{
	enum meter_status status = 0;

	while (status < STATUSES && strcmp(name, STATUS_NAMES[status]) != 0)
		status++;
	return status;
}

enum meter_status
meter_status_before(const struct meter *meter)
{
	bool is_monitor = meter->credit_mode == CREDIT_MONITOR;
	bool owes = meter->account_id != 0 && !is_monitor;
	bool has_credit = meter->credit_fen != METER_NO_CREDIT;
	int mask = meter->phases == 3 ? 7 : 1;
	const struct meter_control *control = &meter->control;

	if ((meter->account_id != 0 || is_monitor) && control->relay_closed >= 0 &&
	    (control->relay_closed & mask) != mask)
		return STATUS_TRIPPED;
	if (owes && ((control->flags & FLAG_ARREARS) != 0 || (has_credit && meter->credit_fen < 0)))
		return STATUS_ARREARS;
	if (owes && has_credit && meter->credit_fen <= meter->alarm2_fen)
		return STATUS_ALARM2;
	if (owes && has_credit && meter->credit_fen <= meter->alarm1_fen)
		return STATUS_ALARM1;
	if (meter->is_protected)
		return STATUS_PROTECTED;
	if (control->force_state >= 0 &&
	    (control->force_state & (CONTROL_ACTIVE | mask)) == (CONTROL_ACTIVE | mask))
		return STATUS_PROTECTED;
	if (meter->account_id == 0 && !is_monitor)
		return STATUS_UNOPENED;
	return STATUS_OPEN;
}

enum meter_status
meter_status(const struct meter *meter)
{
	if (!meter->has_state || meter->lost_since != 0)
		return STATUS_LOST;
	return meter_status_before(meter);
}

int64_t
meter_days_left(const struct meter *meter)
{
	if (meter->credit_fen == METER_NO_CREDIT || meter->account_id == 0)
		return -1;
	if (meter->credit_fen <= 0)
		return 0;
	return meter->spent_day_fen > 0 ? meter->credit_fen / meter->spent_day_fen : -1;
}

int64_t
meter_old_after(const struct meter *meter)
{
	return 2 * meter->status_period_ms + CLOCK_MINUTE;
}

bool
meter_is_old(const struct meter *meter, int64_t now)
{
	return meter->read_at == 0 || now - meter->read_at > meter_old_after(meter);
}

int64_t
meter_scope_id(const struct meter *meter)
{
	return meter->building_id != 0 ? meter->building_id : meter->site_id;
}

bool
meter_matches_place(const struct meter *meter, int64_t place_id)
{
	return place_id == 0 || place_id == meter->floor_id || place_id == meter->building_id ||
	       place_id == meter->site_id || place_id == meter->place_id;
}

/* The tail of a phone number has at least this many digits. */
#define PHONE_TAIL_MIN 4

bool
meter_is_phone_tail(const char *search)
{
	size_t length = strlen(search);

	return length >= PHONE_TAIL_MIN && strspn(search, "0123456789") == length;
}

bool
meter_matches_search(const struct meter *meter, const char *search)
{
	size_t tail, length = strlen(search);

	if (length == 0 || strstr(meter->search, search) != NULL)
		return true;
	tail = strlen(meter->phone);
	return meter_is_phone_tail(search) && tail >= length &&
	       strcmp(meter->phone + tail - length, search) == 0;
}

int64_t
row_int(const struct rows *rows, size_t column, int64_t otherwise)
{
	return rows_is_null(rows, column) ? otherwise : rows_int(rows, column);
}

static const char *
row_text(const struct rows *rows, struct arena *arena, size_t column)
{
	return arena_strdup(arena, rows_text(rows, column));
}

static void
load_control(const struct rows *rows, struct meter_control *control)
{
	control->relay_closed = (int)row_int(rows, ROW_RELAY, -1);
	control->fee_state = (int)row_int(rows, ROW_FEE, -1);
	control->load_state = (int)row_int(rows, ROW_LOAD, -1);
	control->time_state = (int)row_int(rows, ROW_TIME, -1);
	control->force_state = (int)row_int(rows, ROW_FORCE, -1);
	control->flags = (uint16_t)row_int(rows, ROW_FLAGS, 0);
}

void
meter_load(const struct rows *rows, struct arena *arena, struct meter *meter)
{
	*meter = (struct meter){
		.meter_id = rows_int(rows, ROW_METER_ID),
		.number = row_text(rows, arena, ROW_NUMBER),
		.name = row_text(rows, arena, ROW_NAME),
		.room = row_text(rows, arena, ROW_ROOM),
		.floor = row_text(rows, arena, ROW_FLOOR),
		.building = row_text(rows, arena, ROW_BUILDING),
		.site = row_text(rows, arena, ROW_SITE),
		.place_id = rows_int(rows, ROW_PLACE_ID),
		.account_number = row_text(rows, arena, ROW_ACCOUNT_NUMBER),
		.floor_id = rows_int(rows, ROW_FLOOR_ID),
		.building_id = rows_int(rows, ROW_BUILDING_ID),
		.site_id = rows_int(rows, ROW_SITE_ID),
		.account_id = rows_int(rows, ROW_ACCOUNT_ID),
		.tenant = row_text(rows, arena, ROW_TENANT),
		.phone = row_text(rows, arena, ROW_PHONE),
		.credit_mode = (enum credit_mode)(rows_int(rows, ROW_CREDIT_MODE) - 1),
		.is_protected = rows_int(rows, ROW_IS_PROTECTED) != 0,
		.phases = (int)rows_int(rows, ROW_PHASES),
		.has_state = !rows_is_null(rows, ROW_READ_AT),
		.read_at = rows_int(rows, ROW_READ_AT),
		.lost_since = rows_int(rows, ROW_LOST_SINCE),
		.status_period_ms = rows_int(rows, ROW_STATUS_PERIOD) * CLOCK_SECOND,
		.credit_fen = row_int(rows, ROW_CREDIT, METER_NO_CREDIT),
		.alarm1_fen = row_int(rows, ROW_ALARM1, METER_NO_CREDIT),
		.alarm2_fen = row_int(rows, ROW_ALARM2, METER_NO_CREDIT),
		.power_w = row_int(rows, ROW_POWER, METER_NO_VALUE),
		.today_wh = row_int(rows, ROW_TODAY, -1),
		.spent_day_fen = -1,
	};
	load_control(rows, &meter->control);
}

static void
load_electric(const struct rows *rows, struct meter_detail *detail)
{
	for (size_t p = 0; p < 3; p++) {
		detail->voltage_dv[p] = row_int(rows, DETAIL_VOLTAGE + p, -1);
		detail->current_ma[p] = rows_int(rows, DETAIL_CURRENT + p);
		detail->phase_power_w[p] = rows_int(rows, DETAIL_PHASE_POWER + p);
	}
	detail->has_current = !rows_is_null(rows, DETAIL_CURRENT);
	detail->has_phase_power = !rows_is_null(rows, DETAIL_PHASE_POWER);
	detail->has_reactive = !rows_is_null(rows, DETAIL_REACTIVE);
	detail->reactive_var = rows_int(rows, DETAIL_REACTIVE);
	detail->has_factor = !rows_is_null(rows, DETAIL_FACTOR);
	detail->power_factor = rows_int(rows, DETAIL_FACTOR);
}

void
meter_load_detail(const struct rows *rows, struct arena *arena, struct meter_detail *detail)
{
	*detail = (struct meter_detail){
		.model = row_text(rows, arena, DETAIL_MODEL),
		.maker = row_text(rows, arena, DETAIL_MAKER),
		.bus = row_text(rows, arena, DETAIL_BUS),
		.gateway = row_text(rows, arena, DETAIL_GATEWAY),
		.bus_id = rows_int(rows, DETAIL_BUS_ID),
		.gateway_id = rows_int(rows, DETAIL_GATEWAY_ID),
		.unit = rows_int(rows, DETAIL_UNIT),
		.ct_ratio = rows_int(rows, DETAIL_CT),
		.pt_ratio = rows_int(rows, DETAIL_PT),
		.has_relay = rows_int(rows, DETAIL_HAS_RELAY) != 0,
		.has_credit = rows_int(rows, DETAIL_HAS_CREDIT) != 0,
		.quality = (uint16_t)rows_int(rows, DETAIL_QUALITY),
		.energy_wh = row_int(rows, DETAIL_ENERGY, -1),
		.purchase_count = row_int(rows, DETAIL_PURCHASES, -1),
		.overload_count = row_int(rows, DETAIL_OVERLOADS, -1),
		.overload_max = row_int(rows, DETAIL_OVERLOAD_MAX, -1),
		.demand_w = row_int(rows, DETAIL_DEMAND, -1),
		.base_wh = row_int(rows, DETAIL_BASE, -1),
		.clock_at = rows_int(rows, DETAIL_CLOCK),
		.reading_period_ms = rows_int(rows, DETAIL_READING_PERIOD) * CLOCK_SECOND,
	};
	for (size_t p = 0; p < PERIODS; p++)
		detail->period_wh[p] = row_int(rows, DETAIL_SHARP + p, -1);
	load_electric(rows, detail);
	meter_load(rows, arena, &detail->meter);
}

enum rc
meter_find(struct db *db, struct arena *arena, const struct scope *scope, int64_t meter_id,
    struct day today, struct meter_detail *detail)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[0], ARGS(D(today), I(meter_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		meter_load_detail(rows, arena, detail);
	rows_end(rows);
	if (rc == RC_OK && !scope_has(scope, meter_scope_id(&detail->meter)))
		rc = RC_NOT_FOUND;
	return rc;
}
