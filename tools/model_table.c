/*
 * model_table.c - run while building: prints the collector's profiles as the C table that
 * lib/model/meter_model.h hands out, so that web pages and checks know what the collector reads
 * without including it.
 */
#include <inttypes.h>
#include <stdio.h>

#include "model/reading.h"
#include "profiles/profiles.h"

static const struct profile *const LIST[] = { PROFILES };

static const char *const TARGETS_NAMES[TARGETS] = {
	[TARGET_ENERGY] = "energy",
	[TARGET_SHARP] = "sharp",
	[TARGET_PEAK] = "peak",
	[TARGET_FLAT] = "flat",
	[TARGET_VALLEY] = "valley",
	[TARGET_CREDIT] = "credit",
	[TARGET_BASE] = "base",
	[TARGET_CLOCK] = "clock",
	[TARGET_POWER] = "power",
	[TARGET_POWER_A] = "power_a",
	[TARGET_POWER_B] = "power_b",
	[TARGET_POWER_C] = "power_c",
	[TARGET_CURRENT_A] = "current_a",
	[TARGET_CURRENT_B] = "current_b",
	[TARGET_CURRENT_C] = "current_c",
	[TARGET_REACTIVE] = "reactive",
	[TARGET_DEMAND] = "demand",
	[TARGET_PURCHASE_COUNT] = "purchase_count",
	[TARGET_POWER_FACTOR] = "power_factor",
	[TARGET_VOLTAGE_A] = "voltage_a",
	[TARGET_VOLTAGE_B] = "voltage_b",
	[TARGET_VOLTAGE_C] = "voltage_c",
	[TARGET_OVERLOAD_COUNT] = "overload_count",
	[TARGET_OVERLOAD_MAX] = "overload_max",
	[TARGET_FLAGS] = "flags",
	[TARGET_RELAY] = "relay",
	[TARGET_FEE] = "fee",
	[TARGET_LOAD] = "load",
	[TARGET_TIME] = "time",
	[TARGET_FORCE] = "force",
};

static const char *const TYPES[] = {
	[FIELD_U16] = "u16",
	[FIELD_S16] = "s16",
	[FIELD_U32] = "u32",
	[FIELD_S32] = "s32",
	[FIELD_U16_ODD] = "u16_odd",
	[FIELD_BITS] = "bits",
	[FIELD_CLOCK] = "clock",
};

static const char *const RATIOS[] = {
	[RATIO_NONE] = "",
	[RATIO_CT] = "ct",
	[RATIO_PT] = "pt",
	[RATIO_CT_PT] = "ct_pt",
};

static size_t
print_blocks(const struct profile *profile)
{
	size_t count = 0;

	printf("static const struct model_block %s_blocks[] = {\n", profile->code);
	for (; count < PROFILE_BLOCKS_MAX && profile->blocks[count].count != 0; count++)
		printf("\t{ %d, 0x%04X, %d },\n", profile->blocks[count].function,
		    (unsigned)profile->blocks[count].address, profile->blocks[count].count);
	printf("};\n");
	return count;
}

static void
print_registers(const struct profile *profile)
{
	printf("static const struct model_register %s_registers[] = {\n", profile->code);
	for (size_t i = 0; i < profile->field_count; i++) {
		const struct field *field = &profile->fields[i];
		printf("\t{ 0x%04X, \"%s\", \"%s\", %" PRId32 ", \"%s\", %d, %d },\n",
		    (unsigned)field->address, TARGETS_NAMES[field->target], TYPES[field->type],
		    field->scale, RATIOS[field->ratio], field->shift, field->bits);
	}
	printf("};\n");
}

static void
print_model(const struct profile *profile, size_t block_count)
{
	uint32_t has = profile->has;
	int addresses = profile->three_phase_addresses;

	printf("\t{ \"%s\", %d, %d,", profile->code, addresses > 1, addresses > 1 ? addresses : 1);
	printf(" %d, %d, %d, %d, %d, %d, %d,", (has & HAS_PERIODS) != 0, (has & HAS_CREDIT) != 0,
	    (has & HAS_CONTROL) != 0, (has & HAS_PHASES) != 0, (has & HAS_POWER) != 0,
	    (has & HAS_CLOCK) != 0, (has & HAS_DEMAND) != 0);
	printf(" %" PRId64 "LL, %" PRIu32 ", %" PRIu32 ", 0x%04X, %d,", profile->register_range_wh,
	    profile->min_gap_ms, profile->answer_timeout_ms, (unsigned)profile->type_address,
	    profile->type_value);
	printf(" %s_blocks, %zu, %s_registers, %zu },\n", profile->code, block_count, profile->code,
	    profile->field_count);
}

int
main(void)
{
	size_t blocks[COUNT(LIST)];

	printf("/* Made by tools/model_table.c from collector/profiles. */\n");
	printf("#include \"model/meter_model.h\"\n#include \"model/model_table.h\"\n");
	for (size_t i = 0; i < COUNT(LIST); i++) {
		blocks[i] = print_blocks(LIST[i]);
		print_registers(LIST[i]);
	}
	printf("const struct meter_model model_table[] = {\n");
	for (size_t i = 0; i < COUNT(LIST); i++)
		print_model(LIST[i], blocks[i]);
	printf("};\nconst size_t model_table_count = %zu;\n", COUNT(LIST));
	return 0;
}
