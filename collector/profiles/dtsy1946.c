#include "profiles.h"

/* Only the energies of this meter are known (domain.md §1.5). The registers between the two blocks
 * are not, and a meter may refuse a request that touches them; the lengths differ, so that a late
 * answer to one is never taken for the other. */
static const struct field FIELDS[] = {
	{ 0x0073, FIELD_U32, TARGET_ENERGY, .scale = 10, .ratio = RATIO_CT_PT },
	{ 0x008B, FIELD_U32, TARGET_SHARP, .scale = 10, .ratio = RATIO_CT_PT },
	{ 0x008D, FIELD_U32, TARGET_PEAK, .scale = 10, .ratio = RATIO_CT_PT },
	{ 0x008F, FIELD_U32, TARGET_FLAT, .scale = 10, .ratio = RATIO_CT_PT },
	{ 0x0091, FIELD_U32, TARGET_VALLEY, .scale = 10, .ratio = RATIO_CT_PT },
	{ 0x0093, FIELD_U32, TARGET_VALLEY, .scale = 10, .ratio = RATIO_CT_PT }, /* deep valley */
};

/* Plain three-phase meter of Sfere, without credit of its own. */
const struct profile profile_dtsy1946 = {
	.code = "dtsy1946",
	.blocks = { { .function = 3, .address = 0x0073, .count = 2 },
	    { .function = 3, .address = 0x008B, .count = 10 } },
	.fields = FIELDS,
	.field_count = COUNT(FIELDS),
	.has = HAS_PERIODS,
	.register_range_wh = 1000000000LL,
};
