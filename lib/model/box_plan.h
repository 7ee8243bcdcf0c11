/*
 * box_plan.h - the loops of a box that is put up at once: addresses and positions in the order of
 * the maker (domain.md §1.3). Pure.
 */
#ifndef VOLTILL_BOX_PLAN_H
#define VOLTILL_BOX_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "model/fault.h"
#include "model/meter_rule.h"

struct box_order {
	int64_t base, size;   /* first address; 12, 24 or 36 */
	int64_t transformers; /* three-phase users behind current transformers, in front */
	int64_t three_phase;  /* direct three-phase users, then */
	int64_t ct_ratio;     /* of the first */
};

struct box_loop {
	int64_t unit, position, phases, ct_ratio;
};

/* All users the box holds: the single-phase ones fill the rest, as far as addresses reach. Faults
 * of fields size, base, transformers, three_phase; the plan is then empty. */
size_t box_plan(
    const struct box_order *order, struct box_loop loops[METER_BOX_MAX], struct faults *faults);

#endif
