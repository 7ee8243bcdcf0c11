#include "model/meter.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "model/meter_row.h"

#define DETAIL_COLUMNS                                                                            \
	"n.model, n.maker, n.bus, n.gateway, n.account_number, n.bus_id, n.gateway_id, n.unit, "  \
	"n.ct_ratio, n.pt_ratio, n.has_relay, n.has_credit, n.quality, n.energy_wh, n.sharp_wh, " \
	"n.peak_wh, n.flat_wh, n.valley_wh, n.purchase_count, n.overload_count, n.overload_max, " \
	"n.voltage_a_dv, n.voltage_b_dv, n.voltage_c_dv, n.current_a_ma, n.current_b_ma, "        \
	"n.current_c_ma, n.power_a_w, n.power_b_w, n.power_c_w, n.reactive_var, n.power_factor, " \
	"n.demand_w, n.base_wh, n.clock_at, n.reading_period_s"

enum {
	DETAIL_MODEL = METER_COLUMNS_COUNT,
	DETAIL_MAKER,
	DETAIL_BUS,
	DETAIL_GATEWAY,
	DETAIL_ACCOUNT_NUMBER,
	DETAIL_BUS_ID,
	DETAIL_GATEWAY_ID,
	DETAIL_UNIT,
	DETAIL_CT,
	DETAIL_PT,
	DETAIL_HAS_RELAY,
	DETAIL_HAS_CREDIT,
	DETAIL_QUALITY,
	DETAIL_ENERGY,
	DETAIL_SHARP,
	DETAIL_PEAK,
	DETAIL_FLAT,
	DETAIL_VALLEY,
	DETAIL_PURCHASES,
	DETAIL_OVERLOADS,
	DETAIL_OVERLOAD_MAX,
	DETAIL_VOLTAGE,
	DETAIL_CURRENT = DETAIL_VOLTAGE + 3,
	DETAIL_PHASE_POWER = DETAIL_CURRENT + 3,
	DETAIL_REACTIVE = DETAIL_PHASE_POWER + 3,
	DETAIL_FACTOR,
	DETAIL_DEMAND,
	DETAIL_BASE,
	DETAIL_CLOCK,
	DETAIL_READING_PERIOD
};

/* FILTER_ARGS binds in this order. The search looks where meter_search_text looks. */
#define FILTER                                                                                   \
	"n.removed_at IS NULL AND (? = 0 OR ? IN (n.site_id, n.building_id, n.floor_id, "        \
	"n.place_id)) AND (1 << n.status) & ? <> 0 AND (? = '' OR FIND_IN_SET(n.meter_id, ?)) "  \
	"AND (? = '' OR CONCAT_WS('\n', n.room, n.name, n.tenant, n.number, n.tenant_initials, " \
	"n.place_initials) LIKE ? OR n.phone LIKE ?) "
#define FROM_TODAY \
	"FROM v_meter_now n LEFT JOIN energy_day e ON e.day = ? AND e.meter_id = n.meter_id "

/* Binds: sort, sign, sort, is text descending, sort, is text ascending, sort, four signs of the
 * place, is place descending.
 * The numbers are enum meter_sort. */
#define ORDER                                                                                   \
	"ORDER BY CASE ? WHEN 4 THEN n.credit_fen IS NULL WHEN 5 THEN e.used_wh IS NULL "       \
	"WHEN 6 THEN n.power_w IS NULL WHEN 7 THEN n.read_at IS NULL WHEN 8 THEN n.energy_wh "  \
	"IS NULL WHEN 1 THEN n.tenant IS NULL ELSE 0 END, "                                     \
	"? * CASE ? WHEN 3 THEN n.status WHEN 4 THEN n.credit_fen WHEN 5 THEN e.used_wh "       \
	"WHEN 6 THEN n.power_w WHEN 7 THEN TO_SECONDS(n.read_at) WHEN 8 THEN n.energy_wh END, " \
	"IF(?, CASE ? WHEN 1 THEN n.tenant WHEN 2 THEN n.number END, '') DESC, "                \
	"IF(?, CASE ? WHEN 1 THEN n.tenant WHEN 2 THEN n.number END, ''), "                     \
	"? * n.site_order, ? * n.building_order, ? * n.floor_order, ? * n.room_order, "         \
	"IF(?, n.room, '') DESC, n.room, n.meter_id "

enum { TOTALS, LIST, EXPORT, FIND };

static const struct query Q[] QUERIES = {
	[TOTALS] = { .sql = "SELECT COUNT(*), CAST(SUM(n.credit_fen) AS SIGNED), "
			    "CAST(SUM(e.used_wh) AS SIGNED), CAST(SUM(n.power_w) AS SIGNED), "
			    "CAST(SUM(n.energy_wh) AS SIGNED) " FROM_TODAY "WHERE " FILTER,
	    .bounded = "one row of sums" },
	[LIST] = { .sql = "SELECT " METER_COLUMNS ", " DETAIL_COLUMNS " " FROM_TODAY
			  "WHERE " FILTER ORDER "LIMIT ? OFFSET ?" },
	[EXPORT] = { .sql =
			 "SELECT n.site, n.building, n.floor, n.room, n.name, n.tenant, "
			 "n.account_number, n.phone, n.number, n.model, "
			 "ELT(n.status + 1, 'lost', 'tripped', 'arrears', 'alarm2', 'alarm1', "
			 "'protected', "
			 "'unopened', 'open') AS status, n.credit_fen, n.purchase_count, "
			 "e.used_wh, "
			 "n.energy_wh, n.sharp_wh, n.peak_wh, n.flat_wh, n.valley_wh, n.power_w, "
			 "n.voltage_a_dv * 100 AS voltage_a, n.voltage_b_dv * 100 AS voltage_b, "
			 "n.voltage_c_dv * 100 AS voltage_c, n.current_a_ma, n.current_b_ma, "
			 "n.current_c_ma, "
			 "n.power_factor, n.demand_w, "
			 "CASE WHEN n.relay_closed IS NULL THEN 'unknown' "
			 "WHEN n.relay_closed & IF(n.phases = 3, 7, 1) = IF(n.phases = 3, 7, 1) "
			 "THEN 'closed' WHEN n.relay_closed & IF(n.phases = 3, 7, 1) = 0 THEN "
			 "'open' "
			 "ELSE 'partial' END AS relay, n.alarm1_fen, n.alarm2_fen, n.credit_mode, "
			 "n.gateway, "
			 "n.bus, n.unit, n.read_at, n.lost_since " FROM_TODAY "WHERE " FILTER ORDER
			 "LIMIT ?" },
	[FIND] = { .sql = "SELECT " METER_COLUMNS ", " DETAIL_COLUMNS " " FROM_TODAY
			  "WHERE n.meter_id = ? LIMIT 1" },
};

static const char *const STATUS_NAMES[STATUSES] = { "lost", "tripped", "arrears", "alarm2",
	"alarm1", "protected", "unopened", "open" };
static const char *const MODE_NAMES[] = { "meter", "server", "monitor" };

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

const char *
credit_mode_name(enum credit_mode mode)
{
	assert((size_t)mode < COUNT(MODE_NAMES));
	return MODE_NAMES[mode];
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

bool
meter_matches_place(const struct meter *meter, int64_t place_id)
{
	return place_id == 0 || place_id == meter->floor_id || place_id == meter->building_id ||
	       place_id == meter->site_id || place_id == meter->place_id;
}

/* The tail of a phone number has at least this many digits. */
#define PHONE_TAIL_MIN 4

static bool
is_phone_tail(const char *search)
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
	return is_phone_tail(search) && tail >= length &&
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

static void
load_detail(const struct rows *rows, struct arena *arena, struct meter_detail *detail)
{
	*detail = (struct meter_detail){
		.model = row_text(rows, arena, DETAIL_MODEL),
		.maker = row_text(rows, arena, DETAIL_MAKER),
		.bus = row_text(rows, arena, DETAIL_BUS),
		.gateway = row_text(rows, arena, DETAIL_GATEWAY),
		.account_number = row_text(rows, arena, DETAIL_ACCOUNT_NUMBER),
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

#define SEARCH_MAX 200
#define BINDS_MAX  32

/* Values in the order of the ? of a statement. The patterns must outlive the call. */
struct binds {
	struct value values[BINDS_MAX];
	size_t count;
	char pattern[2 * SEARCH_MAX + 3], tail[SEARCH_MAX + 2];
};

static void
bind(struct binds *binds, struct value value)
{
	assert(binds->count < BINDS_MAX);
	binds->values[binds->count++] = value;
}

static struct args
bound(const struct binds *binds)
{
	return (struct args){ binds->values, binds->count };
}

static void
bind_filter(struct binds *binds, const struct meter_filter *filter)
{
	const char *search = filter->search != NULL ? filter->search : "";
	const char *ids = filter->ids != NULL ? filter->ids : "";
	bool is_tail = is_phone_tail(search) && strlen(search) <= SEARCH_MAX;

	text_like(search, binds->pattern, sizeof(binds->pattern));
	if (is_tail) {
		binds->tail[0] = '%';
		memcpy(binds->tail + 1, search, strlen(search) + 1);
	}
	bind(binds, I(filter->place_id));
	bind(binds, I(filter->place_id));
	bind(binds, I(filter->status_mask));
	bind(binds, S(ids));
	bind(binds, S(ids));
	bind(binds, S(search));
	bind(binds, S(binds->pattern));
	bind(binds, is_tail ? S(binds->tail) : NIL);
}

static void
bind_order(struct binds *binds, enum meter_sort sort, bool is_descending)
{
	bool is_text = sort == METER_BY_TENANT || sort == METER_BY_NUMBER;
	int place_sign = sort == METER_BY_PLACE && is_descending ? -1 : 1;

	bind(binds, I(sort));
	bind(binds, I(is_descending ? -1 : 1));
	bind(binds, I(sort));
	bind(binds, I(is_text && is_descending));
	bind(binds, I(sort));
	bind(binds, I(is_text && !is_descending));
	bind(binds, I(sort));
	for (int level = 0; level < 4; level++)
		bind(binds, I(place_sign));
	bind(binds, I(place_sign < 0));
}

enum rc
meter_totals(
    struct db *db, const struct meter_filter *filter, struct day today, struct meter_totals *totals)
{
	struct binds binds = { .count = 0 };
	struct rows *rows;
	enum rc rc;

	bind(&binds, D(today));
	bind_filter(&binds, filter);
	if ((rc = db_query(db, &Q[TOTALS], bound(&binds), &rows)) != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		*totals = (struct meter_totals){
			.meters = rows_int(rows, 0),
			.credit_fen = rows_int(rows, 1),
			.today_wh = rows_int(rows, 2),
			.power_w = rows_int(rows, 3),
			.energy_wh = rows_int(rows, 4),
		};
	rows_end(rows);
	return rc;
}

enum rc
meter_list(struct db *db, struct arena *arena, const struct meter_filter *filter, struct day today,
    enum meter_sort sort, bool is_descending, int64_t limit, int64_t offset,
    struct meter_detail **meters, size_t *count)
{
	struct binds binds = { .count = 0 };
	struct rows *rows;
	enum rc rc;

	assert(limit >= 0 && limit <= METER_LIST_MAX);
	bind(&binds, D(today));
	bind_filter(&binds, filter);
	bind_order(&binds, sort, is_descending);
	bind(&binds, I(limit));
	bind(&binds, I(offset));
	if ((rc = db_query(db, &Q[LIST], bound(&binds), &rows)) != RC_OK)
		return rc;
	*meters = arena_alloc(arena, ((size_t)limit + 1) * sizeof(**meters));
	*count = 0;
	while ((rc = rows_next(rows)) == RC_OK)
		load_detail(rows, arena, &(*meters)[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
meter_export(struct db *db, const struct meter_filter *filter, struct day today,
    enum meter_sort sort, bool is_descending, int64_t limit, struct rows **rows)
{
	struct binds binds = { .count = 0 };

	bind(&binds, D(today));
	bind_filter(&binds, filter);
	bind_order(&binds, sort, is_descending);
	bind(&binds, I(limit));
	return db_stream(db, &Q[EXPORT], bound(&binds), rows);
}

enum rc
meter_find(struct db *db, struct arena *arena, int64_t meter_id, struct day today,
    struct meter_detail *detail)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FIND], ARGS(D(today), I(meter_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		load_detail(rows, arena, detail);
	rows_end(rows);
	return rc;
}
