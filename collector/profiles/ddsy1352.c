#include "acrel.h"
#include "profiles.h"

/* Single-phase meter on a rail. */
const struct profile profile_ddsy1352 = {
	.code = "ddsy1352",
	.blocks = { ACREL_BLOCK },
	.fields = acrel_fields,
	.field_count = ACREL_FIELDS,
	.has = ACREL_HAS,
	.type_address = ACREL_TYPE,
	.type_value = 7,
	.identity = ACREL_IDENTITY,
	.spare_register = ACREL_SPARE,
	.register_range_wh = ACREL_RANGE_WH,
	.config = &acrel_ddsy_config,
	.money = &acrel_money,
};
