#include "acrel.h"

/* Measured values and energies are those of the secondary side; the ratios of the definition lift
 * them, not the copies in 0x0213 and 0x0214, which an installer may have left at 1. Money is money.
 */
const struct field acrel_fields[ACREL_FIELDS] = {
	{ 0x0201, FIELD_U16, TARGET_VOLTAGE_A, .scale = 1, .ratio = RATIO_PT },
	{ 0x0202, FIELD_U16, TARGET_VOLTAGE_B, .scale = 1, .ratio = RATIO_PT },
	{ 0x0203, FIELD_U16, TARGET_VOLTAGE_C, .scale = 1, .ratio = RATIO_PT },
	{ 0x0204, FIELD_U16, TARGET_CURRENT_A, .scale = 10, .ratio = RATIO_CT },
	{ 0x0205, FIELD_U16, TARGET_CURRENT_B, .scale = 10, .ratio = RATIO_CT },
	{ 0x0206, FIELD_U16, TARGET_CURRENT_C, .scale = 10, .ratio = RATIO_CT },
	{ 0x0207, FIELD_S16, TARGET_POWER_A, .scale = 1, .ratio = RATIO_CT_PT },
	{ 0x0208, FIELD_S16, TARGET_POWER_B, .scale = 1, .ratio = RATIO_CT_PT },
	{ 0x0209, FIELD_S16, TARGET_POWER_C, .scale = 1, .ratio = RATIO_CT_PT },
	{ 0x020A, FIELD_S16, TARGET_POWER, .scale = 1, .ratio = RATIO_CT_PT },
	{ 0x020E, FIELD_S16, TARGET_REACTIVE, .scale = 1, .ratio = RATIO_CT_PT },
	{ 0x0212, FIELD_S16, TARGET_POWER_FACTOR, .scale = 1 },

	{ 0x0215, FIELD_U32, TARGET_ENERGY, .scale = 10, .ratio = RATIO_CT_PT },
	{ 0x0217, FIELD_U32, TARGET_SHARP, .scale = 10, .ratio = RATIO_CT_PT },
	{ 0x0219, FIELD_U32, TARGET_PEAK, .scale = 10, .ratio = RATIO_CT_PT },
	{ 0x021B, FIELD_U32, TARGET_FLAT, .scale = 10, .ratio = RATIO_CT_PT },
	{ 0x021D, FIELD_U32, TARGET_VALLEY, .scale = 10, .ratio = RATIO_CT_PT },

	/* Overdraft shows as a negative amount. */
	{ 0x021F, FIELD_S32, TARGET_CREDIT, .scale = 1 },
	{ 0x0221, FIELD_U16, TARGET_PURCHASE_COUNT, .scale = 1 },
	{ 0x0222, FIELD_U16, TARGET_OVERLOAD_COUNT, .scale = 1 },
	{ 0x0223, FIELD_U16, TARGET_OVERLOAD_MAX, .scale = 1 },
	{ 0x0226, FIELD_U32, TARGET_BASE, .scale = 10, .ratio = RATIO_CT_PT },

	{ 0x0224, FIELD_BITS, TARGET_RELAY, .shift = 13, .bits = 3, .into = 0 },
	{ 0x0224, FIELD_BITS, TARGET_FLAGS, .shift = 8, .bits = 1, .into = 0 }, /* fault */
	{ 0x0224, FIELD_BITS, TARGET_FLAGS, .shift = 4, .bits = 4, .into = 1 }, /* over limit … */
	{ 0x0224, FIELD_BITS, TARGET_FEE, .shift = 0, .bits = 4, .into = 0 },
	{ 0x0225, FIELD_BITS, TARGET_LOAD, .shift = 8, .bits = 4, .into = 0 },
	{ 0x0225, FIELD_BITS, TARGET_FORCE, .shift = 0, .bits = 4, .into = 0 },
	{ 0x0225, FIELD_BITS, TARGET_TIME, .shift = 4, .bits = 4, .into = 0 },

	{ 0x0228, FIELD_CLOCK, TARGET_CLOCK, .scale = 1 },
	{ 0x022B, FIELD_U16_ODD, TARGET_DEMAND, .scale = 1, .ratio = RATIO_CT_PT },
};

/* The last three registers of the block hold demand time and box size, which nothing needs. */
const struct money_frames acrel_money = { .credit_address = 0x0100,
	.set_address = 0x0200,
	.force_address = 0x0057,
	.amount_unit_fen = 1,
	.count_range = 65536,
	.spare = 3 };
