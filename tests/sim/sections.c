/*
 * sections.c - which registers each model has besides the poll block (domain.md 1.4, 1.5).
 */
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "registers.h"

static void
price_put(const struct meter *meter, uint8_t *bytes)
{
	for (size_t i = 0; i < 4; i++)
		put_long(meter, bytes + i * 4, meter->price_uyuan[i] / meter->price_scale);
}

static void
run_state_fill(struct meter *meter, uint8_t *bytes)
{
	put16(bytes, 0x01 | (meter->prepay ? 0x40 : 0));
}

static void
ratio_fill(struct meter *meter, uint8_t *bytes)
{
	bool ct_first = meter->ctpt == CTPT_CT37;
	put16(bytes, ct_first ? meter->ct : meter->pt);
	put16(bytes + 2, ct_first ? meter->pt : meter->ct);
}

static int
ratio_store(struct meter *meter, const uint8_t *bytes)
{
	bool ct_first = meter->ctpt == CTPT_CT37;
	int ct = get16(bytes + (ct_first ? 0 : 2)), pt = get16(bytes + (ct_first ? 2 : 0));
	if (ct == 0 || pt == 0)
		return EXCEPTION_VALUE;
	meter->ct = ct;
	meter->pt = pt;
	return 0;
}

static void
force_fill(struct meter *meter, uint8_t *bytes)
{
	put16(bytes, meter->force_on[0]);
	put16(bytes + 2, meter->force_trip[0]);
}

static int
force_store(struct meter *meter, const uint8_t *bytes)
{
	int is_on = get16(bytes), is_trip = get16(bytes + 2);
	if (is_on > 1 || is_trip > 1)
		return EXCEPTION_VALUE;
	for (size_t i = 0; i < 3; i++) {
		meter->force_on[i] = is_on;
		meter->force_trip[i] = is_trip;
	}
	return 0;
}

static void
relay_mode_fill(struct meter *meter, uint8_t *bytes)
{
	put16(bytes, meter->relay_mode);
}

static int
relay_mode_store(struct meter *meter, const uint8_t *bytes)
{
	meter->relay_mode = get16(bytes);
	return 0;
}

static void
old_block_fill(struct meter *meter, uint8_t *bytes)
{
	put_long(meter, bytes, meter->alarm_fen[0]);
	put_long(meter, bytes + 4, meter->alarm_fen[1]);
	put_long(meter, bytes + 8, meter->overdraft_fen);
	put16(bytes + 16, meter->count);
	put_long(meter, bytes + 18, credit_register(meter));
	put16(bytes + 30, meter_fee_wants(meter) ? 1 : 0);
	force_fill(meter, bytes + 34);
	price_put(meter, bytes + 38);
	put16(bytes + 54, meter->load_max_w / meter->load_unit_w);
}

static void
prepay_dtsy_fill(struct meter *meter, uint8_t *bytes)
{
	put16(bytes, meter->prepay);
	put16(bytes + 2, meter->count);
	price_put(meter, bytes + 4);
	put_long(meter, bytes + 20, meter->alarm_fen[0]);
	put_long(meter, bytes + 24, meter->alarm_fen[1]);
	put_long(meter, bytes + 28, meter->overdraft_fen);
	put_long(meter, bytes + 36, energy_register(meter, meter->energy_uwh[RATE_TOTAL]));
	put_long(meter, bytes + 40, credit_register(meter));
	put_long(meter, bytes + 44, energy_register(meter, meter->base_uwh));
}

static void
prepay_adf_fill(struct meter *meter, uint8_t *bytes)
{
	put16(bytes, meter->prepay);
	price_put(meter, bytes + 2);
	put_long(meter, bytes + 18, meter->alarm_fen[0]);
	put_long(meter, bytes + 22, meter->alarm_fen[1]);
	put16(bytes + 30, meter->count);
}

/* Seven registers: on, limit, step, power factor, an unknown one, trips, recover time. */
static void
load_put(const struct meter *meter, uint8_t *bytes, int64_t max_w)
{
	const int64_t shown[] = { meter->load_on, max_w / meter->load_unit_w,
		meter->load_step_w / meter->load_unit_w, meter->load_pf, 0, meter->over_allowed,
		meter->load_recover_s / meter->recover_unit_s };
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
		put16(bytes + i * 2, shown[i]);
}

static void
load_adf_fill(struct meter *meter, uint8_t *bytes)
{
	for (size_t i = 0; i < 3; i++)
		load_put(meter, bytes + i * 16, meter->phases == 3 ? meter->load_phase_w[i] : 0);
	if (meter->phases != 3)
		load_put(meter, bytes, meter->load_max_w);
	load_put(meter, bytes + 48, meter->load_max_w);
}

static void
load_ddsy_fill(struct meter *meter, uint8_t *bytes)
{
	load_put(meter, bytes, meter->load_max_w);
}

/* One "on" in front, then six registers a phase. */
static void
load_dtsy_fill(struct meter *meter, uint8_t *bytes)
{
	uint8_t own[14];
	for (size_t i = 0; i < 3; i++) {
		load_put(meter, own, meter->load_phase_w[i]);
		memcpy(bytes + 2 + i * 12, own + 2, 12);
	}
	put16(bytes, meter->load_on);
}

static void
switch_fill(struct meter *meter, uint8_t *bytes)
{
	put16(bytes, meter->switch_on);
	put16(bytes + 2, meter->switch_mask);
	memcpy(bytes + 6, meter->switch_table, SWITCH_TABLE);
}

static void
day1_fill(struct meter *meter, uint8_t *bytes)
{
	memcpy(bytes, meter->day_table[0], DAY_TABLE);
}

static void
day2_fill(struct meter *meter, uint8_t *bytes)
{
	memcpy(bytes, meter->day_table[1], DAY_TABLE);
}

static int
day_store(uint8_t *table, const uint8_t *bytes)
{
	for (size_t i = 0; i < DAY_TABLE; i += 3)
		if (bytes[i] > RATE_DEEP || bytes[i + 1] > 59 || bytes[i + 2] > 24)
			return EXCEPTION_VALUE;
	memcpy(table, bytes, DAY_TABLE);
	return 0;
}

static int
day1_store(struct meter *meter, const uint8_t *bytes)
{
	return day_store(meter->day_table[0], bytes);
}

static int
day2_store(struct meter *meter, const uint8_t *bytes)
{
	return day_store(meter->day_table[1], bytes);
}

static void
zones_fill(struct meter *meter, uint8_t *bytes)
{
	memcpy(bytes, meter->zones, sizeof meter->zones);
}

/* Some meters look at what they are told, in their own order of the bytes. */
static bool
zones_make_sense(const struct meter *meter, const uint8_t *bytes)
{
	bool is_tdm = meter->season == SEASON_TDM;
	for (size_t i = 0; i < sizeof meter->zones; i += 3) {
		int table = bytes[i + (is_tdm ? 0 : 2)], month = bytes[i + (is_tdm ? 2 : 0)];
		if (table < 1 || table > 2 || month < 1 || month > 12 || bytes[i + 1] < 1 ||
		    bytes[i + 1] > 31)
			return false;
	}
	return true;
}

static int
zones_store(struct meter *meter, const uint8_t *bytes)
{
	if (meter->zones_check && !zones_make_sense(meter, bytes))
		return EXCEPTION_VALUE;
	memcpy(meter->zones, bytes, sizeof meter->zones);
	return 0;
}

static void
digits_put(const char *digits, size_t count, uint8_t *bytes)
{
	for (size_t i = 0; i < count; i++)
		bytes[i] = (uint8_t)((digits[i * 2] - '0') << 4 | (digits[i * 2 + 1] - '0'));
}

/* Address, baud index, parity, stop bits, one byte each; then the number. */
static void
address_fill(struct meter *meter, uint8_t *bytes)
{
	bytes[0] = (uint8_t)meter->unit;
	bytes[1] = 1;
	bytes[3] = 1;
	digits_put(meter->number, 6, bytes + 4);
}

static void
address_adf_fill(struct meter *meter, uint8_t *bytes)
{
	bytes[0] = (uint8_t)meter->unit;
	bytes[1] = 1;
	bytes[3] = 1;
}

static void
box_fill(struct meter *meter, uint8_t *bytes)
{
	const struct box *box = meter->box;
	put16(bytes, box != NULL ? box->three : meter->phases == 3);
	put16(bytes + 2, box != NULL ? box->size - 3 * box->three : meter->phases != 3);
	digits_put(meter->number + 2, 5, bytes + 4);
	put16(bytes + 10, meter->prepay);
}

static void
box_size_fill(struct meter *meter, uint8_t *bytes)
{
	put16(bytes, meter->box != NULL ? meter->box->size : 12);
}

static void
energies_fill(struct meter *meter, uint8_t *bytes)
{
	for (size_t rate = RATE_TOTAL; rate <= RATE_VALLEY; rate++)
		put_long(meter, bytes + rate * 4, energy_register(meter, meter->energy_uwh[rate]));
}

static void
deep_fill(struct meter *meter, uint8_t *bytes)
{
	put_long(meter, bytes, energy_register(meter, meter->energy_uwh[RATE_DEEP]));
}

static void
legacy_ddsy_fill(struct meter *meter, uint8_t *bytes)
{
	uint8_t block[BLOCK_BYTES];
	block_fill(meter, block);
	energies_fill(meter, bytes);
	put16(bytes + 20, meter->type);
	memcpy(bytes + 22, block + 2, 2);
	memcpy(bytes + 24, block + 8, 2);
	memcpy(bytes + 26, block + 14, 2);
	memcpy(bytes + 28, block + 22, 2);
	put16(bytes + 30, get16(block + 2) * get16(block + 8) / 1000); /* apparent, 0.001 kVA */
	memcpy(bytes + 32, block + 30, 2);
}

static void
sfere_total_fill(struct meter *meter, uint8_t *bytes)
{
	put_long(meter, bytes, energy_register(meter, meter->energy_uwh[RATE_TOTAL]));
}

static void
sfere_rates_fill(struct meter *meter, uint8_t *bytes)
{
	for (size_t rate = RATE_SHARP; rate <= RATE_DEEP; rate++)
		put_long(
		    meter, bytes + (rate - 1) * 4, energy_register(meter, meter->energy_uwh[rate]));
}

static void
sfere_ct_fill(struct meter *meter, uint8_t *bytes)
{
	put16(bytes, meter->ct);
}

static int
sfere_ct_store(struct meter *meter, const uint8_t *bytes)
{
	meter->ct = get16(bytes);
	return meter->ct == 0 ? EXCEPTION_VALUE : 0;
}

static void
sfere_control_fill(struct meter *meter, uint8_t *bytes)
{
	put16(bytes, meter->force_on[0] ? 2 : 1);
}

static int
sfere_control_store(struct meter *meter, const uint8_t *bytes)
{
	int order = get16(bytes);
	if (order != 1 && order != 2)
		return EXCEPTION_VALUE;
	for (size_t i = 0; i < 3; i++)
		meter->force_on[i] = meter->force_trip[i] = order == 2;
	return 0;
}

#define COMMON_SECTIONS                                                        \
	{ 0x0200, 48, block_fill, NULL }, { 0x0022, 1, run_state_fill, NULL }, \
	    { 0x0037, 2, ratio_fill, ratio_store },                            \
	    { 0x0063, 1, relay_mode_fill, relay_mode_store },                  \
	{                                                                      \
		0x5030, 2, deep_fill, NULL                                     \
	}

#define ADF_SECTIONS                                                                   \
	COMMON_SECTIONS, { 0x0057, 2, force_fill, force_store },                       \
	    { 0x0600, 27, switch_fill, NULL }, { 0x0700, 32, load_adf_fill, NULL },    \
	    { 0x0900, 2, address_adf_fill, NULL }, { 0x0903, 8, box_fill, NULL },      \
	    { 0x0910, 1, box_size_fill, NULL }, { 0x0914, 21, day1_fill, day1_store }, \
	    { 0x0929, 21, day2_fill, day2_store },                                     \
	{                                                                              \
		0x093E, 6, zones_fill, zones_store                                     \
	}

static const struct section ADF_SINGLE[] = { ADF_SECTIONS, { 0x0500, 18, prepay_adf_fill, NULL },
	{ 0 } };
static const struct section ADF_THREE[] = { ADF_SECTIONS, { 0x0536, 18, prepay_adf_fill, NULL },
	{ 0 } };

static const struct section DDSY[] = {
	COMMON_SECTIONS,
	{ 0x0000, 17, legacy_ddsy_fill, NULL },
	{ 0x0057, 2, force_fill, force_store },
	{ 0x0046, 28, old_block_fill, NULL },
	{ 0x0360, 5, address_fill, NULL },
	{ 0x0400, 25, prepay_dtsy_fill, NULL },
	{ 0x0480, 7, load_ddsy_fill, NULL },
	{ 0x2000, 6, zones_fill, zones_store },
	{ 0x2006, 21, day1_fill, day1_store },
	{ 0x201B, 21, day2_fill, day2_store },
	{ 0 },
};

static const struct section DTSY[] = {
	COMMON_SECTIONS,
	{ 0x0000, 10, energies_fill, NULL },
	{ 0x0028, 6, zones_fill, zones_store },
	{ 0x0057, 2, force_fill, force_store },
	{ 0x0360, 5, address_fill, NULL },
	{ 0x0400, 25, prepay_dtsy_fill, NULL },
	{ 0x0480, 19, load_dtsy_fill, NULL },
	{ 0x2000, 21, day1_fill, day1_store },
	{ 0x2015, 21, day2_fill, day2_store },
	{ 0 },
};

static const struct section SFERE[] = {
	{ 0x0073, 2, sfere_total_fill, NULL },
	{ 0x008B, 10, sfere_rates_fill, NULL },
	{ 0x080B, 1, sfere_ct_fill, sfere_ct_store },
	{ 0x0B25, 1, sfere_control_fill, sfere_control_store },
	{ 0 },
};

const struct section *
section_list(const struct meter *meter)
{
	switch (meter->model) {
	case MODEL_ADF300:
		return meter->phases == 3 ? ADF_THREE : ADF_SINGLE;
	case MODEL_DDSY1352:
		return DDSY;
	case MODEL_DTSY1352:
		return DTSY;
	case MODEL_DTSY1946:
		return SFERE;
	default:
		abort();
	}
}
