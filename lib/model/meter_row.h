/*
 * meter_row.h - the columns of v_meter_now that become a struct meter; for meter.c, meter_list.c
 * and snapshot.c.
 */
#ifndef VOLTILL_METER_ROW_H
#define VOLTILL_METER_ROW_H

#include "model/meter.h"

/* In the order of enum meter_column; e is energy_day of today. */
#define METER_COLUMNS                                                                            \
	"n.meter_id, n.number, n.name, n.room, n.floor, n.building, n.site, n.floor_id, "        \
	"n.building_id, n.site_id, n.account_id, n.tenant, n.phone, n.tenant_initials, "         \
	"n.place_initials, n.credit_mode + 0 AS credit_mode, n.is_protected, n.phases, "         \
	"n.read_at, "                                                                            \
	"n.lost_since, n.status_period_s, n.credit_fen, n.alarm1_fen, n.alarm2_fen, n.power_w, " \
	"e.used_wh, n.relay_closed, n.fee_state, n.load_state, n.time_state, n.force_state, "    \
	"n.flags, n.place_id, n.account_number"

enum meter_column {
	ROW_METER_ID,
	ROW_NUMBER,
	ROW_NAME,
	ROW_ROOM,
	ROW_FLOOR,
	ROW_BUILDING,
	ROW_SITE,
	ROW_FLOOR_ID,
	ROW_BUILDING_ID,
	ROW_SITE_ID,
	ROW_ACCOUNT_ID,
	ROW_TENANT,
	ROW_PHONE,
	ROW_TENANT_INITIALS,
	ROW_PLACE_INITIALS,
	ROW_CREDIT_MODE,
	ROW_IS_PROTECTED,
	ROW_PHASES,
	ROW_READ_AT,
	ROW_LOST_SINCE,
	ROW_STATUS_PERIOD,
	ROW_CREDIT,
	ROW_ALARM1,
	ROW_ALARM2,
	ROW_POWER,
	ROW_TODAY,
	ROW_RELAY,
	ROW_FEE,
	ROW_LOAD,
	ROW_TIME,
	ROW_FORCE,
	ROW_FLAGS,
	ROW_PLACE_ID,
	ROW_ACCOUNT_NUMBER,
	METER_COLUMNS_COUNT
};

void meter_load(const struct rows *rows, struct arena *arena, struct meter *meter);

#define DETAIL_COLUMNS                                                                            \
	"n.model, n.maker, n.bus, n.gateway, n.bus_id, n.gateway_id, n.unit, "                    \
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

/* Of a statement that selects METER_COLUMNS and then DETAIL_COLUMNS. */
void meter_load_detail(const struct rows *rows, struct arena *arena, struct meter_detail *detail);

/* Is this long enough and digits only, so that it may be the end of a phone number? */
bool meter_is_phone_tail(const char *search);

/* The number in a column, otherwise when it is NULL. */
int64_t row_int(const struct rows *rows, size_t column, int64_t otherwise);

#endif
