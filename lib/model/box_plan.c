#include "model/box_plan.h"

#include <inttypes.h>

static void
check(const struct box_order *order, struct faults *faults)
{
	int64_t users = order->transformers + order->three_phase;

	if (!meter_is_box_base(1, order->size))
		fault_add(faults, "size", "BadChoice", "%s", "");
	else if (!meter_is_box_base(order->base, order->size))
		fault_add(faults, "base", "BoxBase", "%" PRId64, order->base);
	else if (users * 3 > order->size || order->base + users * 3 - 1 > BUS_UNIT_MAX)
		fault_add(faults, "three_phase", "BoxFull", "%" PRId64, order->size / 3);
}

static void
put(struct box_loop loops[METER_BOX_MAX], size_t *count, const struct box_order *order,
    int64_t position, int64_t phases, int64_t ct_ratio)
{
	loops[(*count)++] = (struct box_loop){ .unit = order->base + position - 1,
		.position = position,
		.phases = phases,
		.ct_ratio = ct_ratio };
}

size_t
box_plan(const struct box_order *order, struct box_loop loops[METER_BOX_MAX], struct faults *faults)
{
	size_t count = 0;
	int64_t position = 1;

	check(order, faults);
	if (faults->count > 0)
		return 0;
	for (int64_t i = 0; i < order->transformers; i++, position += 3)
		put(loops, &count, order, position, 3, order->ct_ratio);
	for (int64_t i = 0; i < order->three_phase; i++, position += 3)
		put(loops, &count, order, position, 3, 1);
	for (; position <= order->size && order->base + position - 1 <= BUS_UNIT_MAX; position++)
		put(loops, &count, order, position, 1, 1);
	return count;
}
