/*
 * meter_row.h - the columns of v_meter_now that become a struct meter; for meter.c and snapshot.c.
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
	"n.flags, n.place_id"

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
	METER_COLUMNS_COUNT
};

void meter_load(const struct rows *rows, struct arena *arena, struct meter *meter);

/* The number in a column, otherwise when it is NULL. */
int64_t row_int(const struct rows *rows, size_t column, int64_t otherwise);

#endif
