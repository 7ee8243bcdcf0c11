/*
 * meter_rule.h - what a meter may be: the one place of these limits, for forms, imports and the
 * collector. Pure.
 */
#ifndef VOLTILL_METER_RULE_H
#define VOLTILL_METER_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/bus_rule.h"

#define METER_RATIO_MAX	  1000000 /* of ct × pt */
#define METER_POWER_MAX_W 100000000
#define METER_BOX_MAX	  36

bool meter_is_phases(int64_t phases);
bool meter_is_ratio(int64_t ct_ratio, int64_t pt_ratio);
bool meter_is_unit(int64_t unit, int64_t addresses);

/* Boxes are of 12, 24 or 36 loops, and each size begins at k × size + 1. True when a box of some
 * size can begin at base and holds the position (and those behind it that a three-phase user
 * takes). */
bool meter_box_fits(int64_t base, int64_t position, int64_t addresses);
bool meter_is_box_base(int64_t base, int64_t size);

#endif
