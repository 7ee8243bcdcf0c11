#include "acrel.h"
#include "profiles.h"

/* Three-phase meter on a rail, also behind current transformers. */
const struct profile profile_dtsy1352 = {
	.code = "dtsy1352",
	.blocks = { ACREL_BLOCK },
	.fields = acrel_fields,
	.field_count = ACREL_FIELDS,
	.has = ACREL_HAS | HAS_PHASES,
	.type_address = ACREL_TYPE,
	.type_value = 5,
	.identity = ACREL_IDENTITY,
	.spare_register = ACREL_SPARE,
	.register_range_wh = ACREL_RANGE_WH,
	.config = &acrel_dtsy_config,
	.money = &acrel_money,
};
