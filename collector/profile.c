#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "profile.h"
#include "profiles/profiles.h"

static const struct profile *const LIST[] = { PROFILES };

/* Where a target lies in struct reading, and what it can hold. */
enum store { STORE_I64, STORE_I32, STORE_U32, STORE_I16, STORE_U16, STORE_U8 };

static const struct place {
	size_t offset;
	enum store store;
} PLACES[TARGETS] = {
	[TARGET_ENERGY] = { offsetof(struct reading, energy_wh), STORE_I64 },
	[TARGET_SHARP] = { offsetof(struct reading, period_wh[PERIOD_SHARP]), STORE_I64 },
	[TARGET_PEAK] = { offsetof(struct reading, period_wh[PERIOD_PEAK]), STORE_I64 },
	[TARGET_FLAT] = { offsetof(struct reading, period_wh[PERIOD_FLAT]), STORE_I64 },
	[TARGET_VALLEY] = { offsetof(struct reading, period_wh[PERIOD_VALLEY]), STORE_I64 },
	[TARGET_CREDIT] = { offsetof(struct reading, credit_fen), STORE_I64 },
	[TARGET_BASE] = { offsetof(struct reading, base_wh), STORE_I64 },
	[TARGET_CLOCK] = { offsetof(struct reading, clock_at), STORE_I64 },
	[TARGET_POWER] = { offsetof(struct reading, power_w), STORE_I32 },
	[TARGET_POWER_A] = { offsetof(struct reading, phase_power_w[0]), STORE_I32 },
	[TARGET_POWER_B] = { offsetof(struct reading, phase_power_w[1]), STORE_I32 },
	[TARGET_POWER_C] = { offsetof(struct reading, phase_power_w[2]), STORE_I32 },
	[TARGET_CURRENT_A] = { offsetof(struct reading, current_ma[0]), STORE_I32 },
	[TARGET_CURRENT_B] = { offsetof(struct reading, current_ma[1]), STORE_I32 },
	[TARGET_CURRENT_C] = { offsetof(struct reading, current_ma[2]), STORE_I32 },
	[TARGET_REACTIVE] = { offsetof(struct reading, reactive_var), STORE_I32 },
	[TARGET_DEMAND] = { offsetof(struct reading, demand_w), STORE_I32 },
	[TARGET_PURCHASE_COUNT] = { offsetof(struct reading, purchase_count), STORE_U32 },
	[TARGET_POWER_FACTOR] = { offsetof(struct reading, power_factor), STORE_I16 },
	[TARGET_VOLTAGE_A] = { offsetof(struct reading, voltage_dv[0]), STORE_U16 },
	[TARGET_VOLTAGE_B] = { offsetof(struct reading, voltage_dv[1]), STORE_U16 },
	[TARGET_VOLTAGE_C] = { offsetof(struct reading, voltage_dv[2]), STORE_U16 },
	[TARGET_OVERLOAD_COUNT] = { offsetof(struct reading, overload_count), STORE_U16 },
	[TARGET_OVERLOAD_MAX] = { offsetof(struct reading, overload_max), STORE_U16 },
	[TARGET_FLAGS] = { offsetof(struct reading, flags), STORE_U16 },
	[TARGET_RELAY] = { offsetof(struct reading, relay_closed), STORE_U8 },
	[TARGET_FEE] = { offsetof(struct reading, fee_state), STORE_U8 },
	[TARGET_LOAD] = { offsetof(struct reading, load_state), STORE_U8 },
	[TARGET_TIME] = { offsetof(struct reading, time_state), STORE_U8 },
	[TARGET_FORCE] = { offsetof(struct reading, force_state), STORE_U8 },
};

const struct profile *const *
profile_list(size_t *count)
{
	*count = COUNT(LIST);
	return LIST;
}

const struct profile *
profile_find(const char *code)
{
	for (size_t i = 0; i < COUNT(LIST); i++)
		if (strcmp(LIST[i]->code, code) == 0)
			return LIST[i];
	return NULL;
}

static int64_t
clamp(__int128 value, int64_t low, int64_t high)
{
	return value < low ? low : value > high ? high : (int64_t)value;
}

/* Adds to a target. Ratios may lift a value over what its column can hold; it then gets the limit,
 * which the plausibility gate sees, and never a small wrong number. */
static void
add(struct reading *reading, enum target target, __int128 value)
{
	char *place = (char *)reading + PLACES[target].offset;

	switch (PLACES[target].store) {
	case STORE_I64:
		*(int64_t *)place = clamp(*(int64_t *)place + value, INT64_MIN, INT64_MAX);
		break;
	case STORE_I32:
		*(int32_t *)place = (int32_t)clamp(*(int32_t *)place + value, INT32_MIN, INT32_MAX);
		break;
	case STORE_U32:
		*(uint32_t *)place = (uint32_t)clamp(*(uint32_t *)place + value, 0, UINT32_MAX);
		break;
	case STORE_I16:
		*(int16_t *)place = (int16_t)clamp(*(int16_t *)place + value, INT16_MIN, INT16_MAX);
		break;
	case STORE_U16:
		*(uint16_t *)place = (uint16_t)clamp(*(uint16_t *)place + value, 0, UINT16_MAX);
		break;
	case STORE_U8:
		*(uint8_t *)place = (uint8_t)clamp(*(uint8_t *)place + value, 0, UINT8_MAX);
		break;
	}
}

/* The register at an address and those behind it in the same block. A profile whose field lies
 * outside its blocks is our own mistake. */
static const uint16_t *
find_registers(const struct profile *profile, const uint16_t (*registers)[PROFILE_REGISTERS_MAX],
    uint16_t address)
{
	for (size_t i = 0; i < PROFILE_BLOCKS_MAX && profile->blocks[i].count > 0; i++) {
		const struct block *block = &profile->blocks[i];
		if (address >= block->address && address < block->address + block->count)
			return &registers[i][address - block->address];
	}
	assert(false);
	return NULL;
}

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int64_t
profile_clock(const uint16_t *from)
{
	static const int DAYS[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	struct civil local = {
		.year = 2000 + (from[0] >> 8), .month = from[0] & 0xFF, .day = from[1] >> 8
	};
	int hour = from[2] >> 8, minute = from[2] & 0xFF, second = from[3] >> 8;

	if (local.month < 1 || local.month > 12 || local.day < 1 ||
	    local.day > DAYS[local.month - 1] + (local.month == 2 && is_leap(local.year)) ||
	    hour > 23 || minute > 59 || second > 59)
		return 0;
	struct day day = { (int32_t)(clock_from_utc(&local) / (24 * CLOCK_HOUR)) };
	int64_t at = clock_day_start(day) + hour * CLOCK_HOUR + minute * CLOCK_MINUTE +
		     second * CLOCK_SECOND;
	/* On the day of a change the hours since midnight are not those on the clock. */
	return at + (hour - clock_civil(at).hour) * CLOCK_HOUR;
}

static int64_t
decode_raw(const struct field *field, const uint16_t *from)
{
	switch ((enum field_type)field->type) {
	case FIELD_U16:
		return from[0];
	case FIELD_S16:
		return (int16_t)from[0];
	case FIELD_U32:
		return (int64_t)from[0] << 16 | from[1];
	case FIELD_S32:
		return (int32_t)((uint32_t)from[0] << 16 | from[1]);
	case FIELD_U16_ODD:
		return (from[0] & 0xFF) << 8 | from[1] >> 8;
	case FIELD_BITS:
		return (int64_t)(from[0] >> field->shift & ((1 << field->bits) - 1)) << field->into;
	case FIELD_CLOCK:
		return profile_clock(from);
	}
	return 0;
}

enum rc
profile_decode(const struct profile *profile, const uint16_t (*registers)[PROFILE_REGISTERS_MAX],
    int64_t ct_ratio, int64_t pt_ratio, struct reading *reading)
{
	const __int128 ratios[] = { [RATIO_NONE] = 1,
		[RATIO_CT] = ct_ratio,
		[RATIO_PT] = pt_ratio,
		[RATIO_CT_PT] = (__int128)ct_ratio * pt_ratio };

	*reading = (struct reading){ 0 };
	if (profile->type_address != 0 &&
	    *find_registers(profile, registers, profile->type_address) != profile->type_value)
		return RC_INVALID;
	for (size_t i = 0; i < profile->field_count; i++) {
		const struct field *field = &profile->fields[i];
		const uint16_t *from = find_registers(profile, registers, field->address);
		__int128 value = decode_raw(field, from);
		if (field->type != FIELD_BITS && field->type != FIELD_CLOCK)
			value = value * field->scale * ratios[field->ratio];
		add(reading, field->target, value);
	}
	reading->has = profile->has;
	reading->register_range_wh =
	    clamp(profile->register_range_wh * ratios[RATIO_CT_PT], 0, INT64_MAX);
	return RC_OK;
}
