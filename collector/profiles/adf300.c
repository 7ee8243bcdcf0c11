#include "acrel.h"
#include "profiles.h"

/* A loop of a box of 12, 24 or 36: each user circuit has its own address. */
const struct profile profile_adf300 = {
	.code = "adf300",
	.blocks = { ACREL_BLOCK },
	.fields = acrel_fields,
	.field_count = ACREL_FIELDS,
	.has = ACREL_HAS | HAS_PHASES,
	.type_address = ACREL_TYPE,
	.type_value = 10,
	/* Counts of three-phase and single-phase users, then ten digits of the box. */
	.identity = { .block = { .function = 3, .address = 0x0903, .count = 8 },
	    .offset = 4,
	    .digits = 10,
	    .is_shared = true },
	.spare_register = ACREL_SPARE,
	.register_range_wh = ACREL_RANGE_WH,
	.three_phase_addresses = 3,
	.config = &acrel_adf_config,
	.money = &acrel_money,
};
