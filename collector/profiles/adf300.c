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
	.spare_register = ACREL_SPARE,
	.register_range_wh = ACREL_RANGE_WH,
	.three_phase_addresses = 3,
};
