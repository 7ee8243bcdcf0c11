/*
 * block.c - the 48 registers from 0x0200 that ADF300, DDSY1352 and DTSY1352 share.
 */
#include <math.h>
#include <string.h>

#include "frame.h"
#include "registers.h"

void
put_long(const struct meter *meter, uint8_t *bytes, int64_t value)
{
	put32(bytes,
	    meter->words == WORDS_SWAP ? (value & 0xFFFF) << 16 | (value >> 16 & 0xFFFF) : value);
}

/* Registers hold the secondary side in 0.01 kWh and begin again after 999,999.99. */
int64_t
energy_register(const struct meter *meter, int64_t energy_uwh)
{
	int64_t unit_uwh = 10 * UWH_PER_WH * meter->ct * meter->pt;
	return energy_uwh / unit_uwh % 100000000;
}

int64_t
credit_register(const struct meter *meter)
{
	int64_t credit_fen = meter_credit_fen(meter);
	if (credit_fen >= 0 || meter->negative == NEGATIVE_SIGNED)
		return credit_fen;
	return meter->negative == NEGATIVE_FLAG ? -credit_fen : -credit_fen | 0x80000000;
}

static int64_t
clip(double value, int64_t low, int64_t high)
{
	int64_t whole = llround(value);
	return whole < low ? low : whole > high ? high : whole;
}

static double
voltage_v(const struct meter *meter, unsigned phase, double power_w)
{
	uint64_t minute = (uint64_t)(meter->at_ms / 60000) * 3 + phase;
	return 231 + 5 * (hash_unit(meter->identity, minute) - 0.5) - power_w / 4000;
}

static void
put_electric(struct meter *meter, uint8_t *bytes)
{
	double phase_w[3], power_factor = curve_power_factor(meter->tenant) / 1000.0;
	double total_w = meter_power_w(meter, meter->at_ms, phase_w);
	double reactive = tan(acos(power_factor));
	double ct = (double)meter->ct, pt = (double)meter->pt;
	for (unsigned i = 0; i < 3; i++) {
		if (!(meter_phase_mask(meter) >> i & 1))
			continue;
		double volt = voltage_v(meter, i, phase_w[i]);
		put16(bytes + 2 + i * 2, clip(volt * 10, 0, UINT16_MAX));
		put16(bytes + 8 + i * 2,
		    clip(phase_w[i] / pt / volt / power_factor * 100 / ct, 0, UINT16_MAX));
		put16(bytes + 14 + i * 2, clip(phase_w[i] / ct / pt, INT16_MIN, INT16_MAX));
		put16(bytes + 22 + i * 2,
		    clip(phase_w[i] * reactive / ct / pt, INT16_MIN, INT16_MAX));
		put16(
		    bytes + 30 + i * 2, phase_w[i] > 0 ? clip(power_factor * 1000, 0, 1000) : 1000);
	}
	put16(bytes + 20, clip(total_w / ct / pt, INT16_MIN, INT16_MAX));
	put16(bytes + 28, clip(total_w * reactive / ct / pt, INT16_MIN, INT16_MAX));
	put16(bytes + 36, total_w > 0 ? clip(power_factor * 1000, 0, 1000) : 1000);
}

static void
put_state(struct meter *meter, uint8_t *bytes)
{
	unsigned relay = meter_relay(meter);
	bytes[72] = (uint8_t)((unsigned)(meter->fault != 0) | relay << 5);
	bytes[73] = (uint8_t)(meter_fee_wants(meter) | (unsigned)(meter->prepay != 0) << 3 |
			      meter_flags(meter));
	bytes[74] = (uint8_t)(meter_load_wants(meter) | (unsigned)(meter->load_on != 0) << 3);
	bytes[75] =
	    (uint8_t)(meter_force_wants(meter) | (unsigned)meter_is_forced(meter) << 3 |
		      meter_time_wants(meter) << 4 | (unsigned)(meter->switch_on != 0) << 7);
}

static void
put_clock(struct meter *meter, uint8_t *bytes)
{
	struct moment now = moment_of(meter_clock_ms(meter, meter->at_ms));
	struct moment demand = moment_of(meter_clock_ms(meter, meter->demand_ms));
	const int shown[] = { now.year, now.month, now.day, now.weekday, now.hour, now.minute,
		now.second };
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
		bytes[80 + i] = (uint8_t)shown[i];
	put16(bytes + 87, meter->demand_w / meter->ct / meter->pt);
	if (meter->demand_ms == 0)
		return;
	bytes[89] = (uint8_t)demand.minute;
	bytes[90] = (uint8_t)demand.hour;
	bytes[91] = (uint8_t)demand.day;
	bytes[92] = (uint8_t)demand.month;
}

static void
put_box(const struct meter *meter, uint8_t *bytes)
{
	if (meter->model != MODEL_ADF300)
		return;
	int size = meter->box != NULL ? meter->box->size : 12;
	bytes[94] = size == 36 ? 0 : size == 24 ? 1 : 2;
	bytes[95] = meter->phases != 3;
}

static void
block_build(struct meter *meter, uint8_t *bytes)
{
	memset(bytes, 0, BLOCK_BYTES);
	put16(bytes, meter->type);
	put_electric(meter, bytes);
	put16(bytes + 38, meter->pt);
	put16(bytes + 40, meter->ct);
	for (size_t rate = RATE_TOTAL; rate <= RATE_VALLEY; rate++)
		put_long(
		    meter, bytes + 42 + rate * 4, energy_register(meter, meter->energy_uwh[rate]));
	put_long(meter, bytes + 62, credit_register(meter));
	put16(bytes + 66, meter->count);
	put16(bytes + 68, meter->over_trips);
	put16(bytes + 70, meter->over_allowed);
	put_state(meter, bytes);
	put_long(meter, bytes + 76, energy_register(meter, meter->base_uwh));
	put_clock(meter, bytes);
	put_box(meter, bytes);
}

/* The second and third address of a three-phase user show one phase as if it were the first. */
static void
phase_view(const struct meter *meter, uint8_t *bytes)
{
	const struct meter *head = meter->head;
	size_t phase = (size_t)meter->phase;
	static const size_t FIRST[] = { 2, 8, 14, 22, 30 };
	for (size_t i = 0; i < sizeof FIRST / sizeof *FIRST; i++) {
		size_t at = FIRST[i];
		memcpy(bytes + at, bytes + at + phase * 2, 2);
		memset(bytes + at + 2, 0, 4);
	}
	memcpy(bytes + 20, bytes + 14, 2);
	memcpy(bytes + 28, bytes + 22, 2);
	memcpy(bytes + 36, bytes + 30, 2);
	int64_t total_uwh = head->energy_uwh[RATE_TOTAL] > 0 ? head->energy_uwh[RATE_TOTAL] : 1;
	double share = (double)head->phase_uwh[phase] / (double)total_uwh;
	for (size_t rate = RATE_TOTAL; rate <= RATE_VALLEY; rate++) {
		int64_t own_uwh = (int64_t)((double)head->energy_uwh[rate] * share);
		put_long(head, bytes + 42 + rate * 4, energy_register(head, own_uwh));
	}
	memset(bytes + 62, 0, 6); /* credit and count are the user's, at the first address */
	/* Bit 0 is what bit `phase` was; flags and what is in force at all stay. */
	unsigned shift = (unsigned)meter->phase;
	unsigned relay = bytes[72], fee = bytes[73], load = bytes[74], force = bytes[75];
	bytes[72] = (uint8_t)((relay & 0x01) | (relay >> shift & 0x20));
	bytes[73] = (uint8_t)((fee & 0xF8) | (fee >> shift & 0x01));
	bytes[74] = (uint8_t)((load & 0x08) | (load >> shift & 0x01));
	bytes[75] = (uint8_t)((force & 0x88) | (force >> shift & 0x11));
}

void
block_fill(struct meter *meter, uint8_t *bytes)
{
	if (meter->head != NULL) {
		block_build(meter->head, bytes);
		phase_view(meter, bytes);
	} else {
		block_build(meter, bytes);
	}
	if (meter->content != CONTENT_NORMAL)
		memset(bytes, meter->content == CONTENT_ZERO ? 0 : 0xFF, BLOCK_BYTES);
}
