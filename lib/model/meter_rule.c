#include "model/meter_rule.h"

#include "base/rc.h"

bool
meter_is_phases(int64_t phases)
{
	return phases == 1 || phases == 3;
}

bool
meter_is_ratio(int64_t ct_ratio, int64_t pt_ratio)
{
	return ct_ratio >= 1 && pt_ratio >= 1 && ct_ratio <= METER_RATIO_MAX / pt_ratio;
}

bool
meter_is_unit(int64_t unit, int64_t addresses)
{
	return unit >= 1 && unit + addresses - 1 <= BUS_UNIT_MAX;
}

bool
meter_is_box_base(int64_t base, int64_t size)
{
	return (size == 12 || size == 24 || size == 36) && base >= 1 && base <= BUS_UNIT_MAX &&
	       (base - 1) % size == 0;
}

bool
meter_box_fits(int64_t base, int64_t position, int64_t addresses)
{
	static const int64_t sizes[] = { 12, 24, METER_BOX_MAX };

	for (size_t i = 0; i < COUNT(sizes); i++)
		if (meter_is_box_base(base, sizes[i]) && position >= 1 &&
		    position + addresses - 1 <= sizes[i])
			return true;
	return false;
}
