/*
 * command.c - function 0x20: what an operator may change in a meter (domain.md 1.5).
 */
#include <string.h>

#include "fault.h"
#include "frame.h"
#include "line.h"
#include "loop.h"
#include "registers.h"

static int
command_recharge(struct meter *meter, const uint8_t *data)
{
	if (meter_recharge(meter, get32(data), get16(data + 4)) || meter->refuse == REFUSE_ACK)
		return 0;
	return EXCEPTION_VALUE;
}

/* The credit as the register shows it, back to a number. */
static int64_t
credit_read(const struct meter *meter, const uint8_t *data)
{
	uint32_t value = get32(data);
	if (meter->negative == NEGATIVE_SIGNBIT && value & 0x80000000)
		return -(int64_t)(value & 0x7FFFFFFF);
	return (int32_t)value;
}

static int
command_prepay(struct meter *meter, const uint8_t *data)
{
	const uint8_t *remaining = data + 2, *count = data + 7, *total = data + 10,
		      *base = data + 15;
	const uint8_t *alarms = data + 20, *prices = data + 29, *overdraft = data + 46,
		      *number = data + 53;
	if (data[0])
		meter->prepay = data[1] != 0;
	if (count[0])
		meter->count = get16(count + 1);
	if (total[0])
		meter->energy_uwh[RATE_TOTAL] =
		    get32(total + 1) * 10 * UWH_PER_WH * meter->ct * meter->pt;
	if (base[0])
		meter->base_uwh = get32(base + 1) * 10 * UWH_PER_WH;
	if (alarms[0]) {
		meter->alarm_fen[0] = get32(alarms + 1);
		meter->alarm_fen[1] = get32(alarms + 5);
	}
	for (size_t i = 0; i < 4 && prices[0]; i++)
		meter->price_uyuan[i] = get32(prices + 1 + i * 4) * meter->price_scale;
	if (overdraft[0])
		meter->overdraft_fen = get32(overdraft + 1);
	if (number[0])
		for (int i = 0; i < 12; i++)
			meter->number[i] =
			    (char)('0' + (number[1 + i / 2] >> (i % 2 == 0 ? 4 : 0) & 0x0F) % 10);
	if (remaining[0])
		meter_credit_set(meter, credit_read(meter, remaining + 1) * NYUAN_PER_FEN);
	return 0;
}

static int
command_load(struct meter *meter, unsigned phase, const uint8_t *data)
{
	bool is_all = data[0] == 0xFF;
	if (data[0])
		meter->load_on = data[1] != 0;
	if (data[2] || is_all) {
		int64_t max_w = get16(data + 3) * meter->load_unit_w;
		if (meter->phases == 3)
			meter->load_phase_w[phase] = max_w;
		else
			meter->load_max_w = max_w;
		meter->load_step_w = get16(data + 5) * meter->load_unit_w;
		meter->load_pf = get16(data + 7);
	}
	if (data[9] || is_all)
		meter->load_recover_s = data[10] * meter->recover_unit_s;
	if (data[11] || is_all)
		meter->over_allowed = get16(data + 12);
	return 0;
}

static int
command_switch(struct meter *meter, const uint8_t *data)
{
	if (data[0])
		meter->switch_on = data[1] != 0;
	if (data[2])
		meter->switch_mask = get16(data + 3);
	if (data[7])
		memcpy(meter->switch_table, data + 8, SWITCH_TABLE);
	return 0;
}

static int
command_clock(struct meter *meter, const uint8_t *data)
{
	struct moment moment = {
		.second = data[0],
		.minute = data[1],
		.hour = data[2],
		.day = data[4],
		.month = data[5],
		.year = data[6],
	};
	if (moment.second > 59 || moment.minute > 59 || moment.hour > 23 || moment.day < 1 ||
	    moment.day > 31 || moment.month < 1 || moment.month > 12 || moment.year > 99)
		return EXCEPTION_VALUE;
	meter_clock_set(meter, meter->at_ms, moment_ms(&moment));
	return 0;
}

static int
command_force(struct meter *meter, const uint8_t *data)
{
	for (size_t i = 0; i < 3; i++) {
		const uint8_t *group = data + i * 3;
		if (!group[0])
			continue;
		bool is_one = group[2] != 0;
		meter->force_on[i] = group[1] != 0;
		meter->force_trip[i] = meter->polarity == POLARITY_TRIP1 ? is_one : !is_one;
	}
	return 0;
}

/* Three times enable and count, then both for all. One counter serves the meter. */
static int
command_overload_reset(struct meter *meter, const uint8_t *data)
{
	for (size_t i = 0; i < 4; i++)
		if (data[i * 2])
			meter_overload_reset(meter, data[i * 2 + 1]);
	return 0;
}

static int
command_one(struct meter *meter, unsigned address, unsigned count, const uint8_t *data)
{
	switch (address << 8 | count) {
	case 0x010004:
		return command_recharge(meter, data);
	case 0x02001E:
		return command_prepay(meter, data);
	case 0x03001C:
	case 0x031C1C:
	case 0x03381C:
		return command_switch(meter, data);
	case 0x035405:
		return command_clock(meter, data);
	case 0x04000D:
		return command_load(meter, 0, data);
	case 0x040D0D:
		return command_load(meter, 1, data);
	case 0x041A0D:
		return command_load(meter, 2, data);
	case 0x041004:
		return command_overload_reset(meter, data);
	case 0x050005:
		return command_force(meter, data);
	default:
		return EXCEPTION_ADDRESS;
	}
}

static int
command_apply(struct meter *meter, unsigned address, unsigned count, const uint8_t *data)
{
	meter_advance(meter, meter_now_ms());
	int64_t refusals = meter->refusals;
	int exception = command_one(meter, address, count, data);
	if (exception == 0 && meter->refusals == refusals)
		meter->writes++;
	meter_changed(meter);
	return exception;
}

/* Each lower board of a box carries three loops; it fails when one of them cannot be reached. */
static int
command_box(struct meter *meter, unsigned address, unsigned count, const uint8_t *data,
    uint8_t *boards, size_t *board_count)
{
	const struct box *box = meter->box;
	*board_count = (size_t)box->size / 3;
	memset(boards, 0, *board_count);
	for (int i = 0; i < box->size; i++) {
		struct meter *other = line_meter(meter->line, box->base + i);
		if (other == NULL || other->silent || fault_is_dead(meter->line, box->base + i)) {
			boards[i / 3] = 2;
			continue;
		}
		if (other->head == NULL && command_apply(other, address, count, data) != 0)
			boards[i / 3] = 2;
	}
	return 0;
}

int
command_execute(struct meter *meter, uint16_t address, uint16_t count, const uint8_t *data,
    uint8_t *boards, size_t *board_count)
{
	if ((address & 0xFF) == 0xFF) {
		unsigned group = address & 0xFF00;
		if (meter->box == NULL || group < 0x0200 || group > 0x0500)
			return EXCEPTION_ADDRESS;
		return command_box(meter, group, count, data, boards, board_count);
	}
	if (meter->head != NULL)
		return EXCEPTION_ADDRESS;
	return command_apply(meter, address, count, data);
}
