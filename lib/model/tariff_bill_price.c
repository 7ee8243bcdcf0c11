/* Pricing what was read: pure, and by itself for programs that price and show no bills. */
#include "model/tariff_bill.h"

enum rc
bill_price(const struct bill_intervals *intervals, struct tariff_plan *plan,
    struct tariff_steps *steps, struct tariff_charge *charge, int64_t *unpriced_wh)
{
	for (size_t i = 0; i < intervals->count; i++) {
		const struct tariff_interval *interval = &intervals->list[i];
		int64_t until_at;
		/* Prices begin and end at midnight, and intervals are half hours: one with a price
		 * at both ends has it throughout. */
		if (tariff_period_at(plan, interval->from_at, &until_at) == TARIFF_PERIODS ||
		    tariff_period_at(plan, interval->to_at - 1, &until_at) == TARIFF_PERIODS) {
			*unpriced_wh += interval->energy_wh;
			continue;
		}
		enum rc rc = tariff_price(plan, interval, steps, charge);
		if (rc != RC_OK)
			return rc;
	}
	return RC_OK;
}
