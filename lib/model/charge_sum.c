#include "model/charge_sum.h"

#include "model/tariff_bill.h"

int64_t
charge_counts_between(int64_t from, int64_t to)
{
	return ((to - from) % CHARGE_COUNT_WRAP + CHARGE_COUNT_WRAP) % CHARGE_COUNT_WRAP;
}

static bool
is_explained(
    const struct charge_row *before, int64_t last_count, const struct charge_reading *reading)
{
	if (before->closing_count == CHARGE_NO_COUNT)
		return true;
	return reading->count != CHARGE_NO_COUNT &&
	       charge_counts_between(before->closing_count, reading->count) <=
		   charge_counts_between(before->closing_count, last_count);
}

size_t
charge_explained(const struct charge_row *before, int64_t last_count,
    const struct charge_reading *readings, size_t count)
{
	while (count > 0 && !is_explained(before, last_count, &readings[count - 1]))
		count--;
	return count;
}

static void
add_interval(struct bill_intervals *intervals, const struct charge_row *last,
    const struct charge_reading *reading)
{
	int64_t energy_wh = reading->energy_wh - last->closing_wh;

	if (energy_wh < 0 || reading->is_rollover) {
		intervals->doubtful++;
		return;
	}
	intervals->energy_wh += energy_wh;
	intervals->list[intervals->count++] = (struct tariff_interval){
		.from_at = last->closing_at, .to_at = reading->at, .energy_wh = energy_wh
	};
}

static enum rc
price(struct arena *arena, struct tariff_plan *plan, const struct bill_intervals *intervals,
    struct charge_row *row)
{
	struct tariff_charge *charge = arena_alloc(arena, sizeof(*charge));
	int64_t energy_wh, amount_nano;
	enum rc rc = bill_price(intervals, plan, &row->steps, charge, &row->unpriced_wh);

	if (rc == RC_OK)
		rc = tariff_charge_total(charge, &energy_wh, &amount_nano);
	return rc == RC_OK ? tariff_settle(amount_nano, &row->carry_nano, &row->charge_fen) : rc;
}

enum rc
charge_sum(struct arena *arena, const struct charge_row *before, struct tariff_plan *plan,
    const struct charge_reading *readings, size_t count, struct charge_row *row)
{
	struct bill_intervals intervals = { 0 };
	struct charge_row next = *before;

	intervals.list = arena_alloc(arena, (count + 1) * sizeof(*intervals.list));
	for (size_t i = 0; i < count; i++) {
		add_interval(&intervals, &next, &readings[i]);
		next.closing_at = readings[i].at;
		next.closing_wh = readings[i].energy_wh;
	}
	next.day = row->day;
	next.opening_fen = before->closing_fen;
	next.credited_fen = row->credited_fen;
	next.deducted_fen = row->deducted_fen;
	next.charge_fen = next.difference_fen = next.unpriced_wh = 0;
	next.energy_wh = intervals.energy_wh;
	next.doubtful = (int64_t)intervals.doubtful;
	enum rc rc = price(arena, plan, &intervals, &next);
	if (rc != RC_OK)
		return rc;
	next.closing_fen =
	    next.opening_fen + next.credited_fen - next.deducted_fen - next.charge_fen;
	if (count > 0 && before->closing_count != CHARGE_NO_COUNT) {
		next.difference_fen = readings[count - 1].credit_fen - next.closing_fen;
		next.closing_fen = readings[count - 1].credit_fen;
		next.closing_count = readings[count - 1].count;
	}
	*row = next;
	return RC_OK;
}

int64_t
charge_out_of_credit(const struct charge_row *row)
{
	return row->charge_fen - row->difference_fen;
}
