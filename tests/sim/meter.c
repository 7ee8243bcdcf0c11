/*
 * meter.c - time passes for a meter: it measures, counts its credit down, trips and closes.
 *
 * Time is cut at every moment at which something changes (a half hour, a tariff, a limit crossed,
 * the credit used up), so it does not matter how often somebody looks.
 */
#include <math.h>
#include <string.h>

#include "meter.h"

unsigned
meter_phase_mask(const struct meter *meter)
{
	return meter->phases == 3 ? 7 : 1;
}

unsigned
meter_fee_wants(const struct meter *meter)
{
	return meter->prepay && meter->is_fee_tripped ? 0 : meter_phase_mask(meter);
}

unsigned
meter_load_wants(const struct meter *meter)
{
	return meter->is_over_open ? 0 : meter_phase_mask(meter);
}

unsigned
meter_time_wants(const struct meter *meter)
{
	return meter->switch_on && !meter->switch_closed ? 0 : meter_phase_mask(meter);
}

unsigned
meter_force_wants(const struct meter *meter)
{
	unsigned wants = 0;
	for (unsigned i = 0; i < 3; i++)
		wants |= (unsigned)!meter->force_trip[i] << i;
	return wants & meter_phase_mask(meter);
}

bool
meter_is_forced(const struct meter *meter)
{
	return meter->force_on[0] || meter->force_on[1] || meter->force_on[2];
}

unsigned
meter_relay(const struct meter *meter)
{
	if (meter->stuck == STUCK_OPEN)
		return 0;
	if (meter->stuck == STUCK_CLOSED)
		return meter_phase_mask(meter);
	unsigned forced = 0;
	for (unsigned i = 0; i < 3; i++)
		forced |= (unsigned)(meter->force_on[i] != 0) << i;
	unsigned wants = meter_fee_wants(meter) & meter_load_wants(meter) & meter_time_wants(meter);
	return ((meter_force_wants(meter) & forced) | (wants & ~forced)) & meter_phase_mask(meter);
}

int64_t
meter_credit_fen(const struct meter *meter)
{
	return meter->credit_nyuan / NYUAN_PER_FEN;
}

/* The phases of a user are never loaded alike. */
static double
phase_share(const struct meter *meter, unsigned phase)
{
	if (meter->phases != 3)
		return phase == 0 ? 1 : 0;
	double a = 0.30 + 0.06 * hash_unit(meter->identity, 101);
	double b = 0.30 + 0.06 * hash_unit(meter->identity, 102);
	return phase == 0 ? a : phase == 1 ? b : 1 - a - b;
}

static double
relay_share(const struct meter *meter)
{
	unsigned relay = meter_relay(meter);
	if (relay == meter_phase_mask(meter))
		return 1;
	double share = 0;
	for (unsigned i = 0; i < 3; i++)
		share += relay >> i & 1 ? phase_share(meter, i) : 0;
	return share;
}

static double
wish_w(struct meter *meter, int64_t at_ms)
{
	int64_t local_ms = at_ms + building.zone_ms;
	int64_t knot = local_ms / HALF_HOUR_MS;
	if (knot != meter->knot) {
		bool is_next = knot == meter->knot + 1;
		meter->knot_w[0] = is_next ? meter->knot_w[1] : curve_knot_w(meter, knot);
		meter->knot_w[1] = curve_knot_w(meter, knot + 1);
		meter->knot = knot;
	}
	double part = (double)(local_ms % HALF_HOUR_MS) / HALF_HOUR_MS;
	return meter->knot_w[0] + (meter->knot_w[1] - meter->knot_w[0]) * part +
	       (double)meter->extra_w;
}

double
meter_power_w(struct meter *meter, int64_t at_ms, double phase_w[3])
{
	double total = 0;
	memset(phase_w, 0, 3 * sizeof *phase_w);
	if (meter->parts == NULL) {
		double wish = wish_w(meter, at_ms);
		unsigned relay = meter_relay(meter);
		for (unsigned i = 0; i < 3; i++) {
			phase_w[i] = relay >> i & 1 ? wish * phase_share(meter, i) : 0;
			total += phase_w[i];
		}
		return total;
	}
	for (size_t i = 0; i < meter->part_count; i++) {
		double ignored[3];
		total += meter_power_w(meter->parts[i], at_ms, ignored);
	}
	total *= 1 + (double)meter->loss_permille / 1000;
	for (unsigned i = 0; i < 3; i++)
		phase_w[i] = total * phase_share(meter, i);
	return total;
}

/* The limit that the first of the phases to reach its own sets for their sum; 0: none. */
static double
limit_w(const struct meter *meter)
{
	double limit = meter->load_on ? (double)meter->load_max_w : 0;
	if (!meter->load_on || meter->phases != 3)
		return limit;
	for (unsigned i = 0; i < 3; i++) {
		if (meter->load_phase_w[i] == 0)
			continue;
		double own = (double)meter->load_phase_w[i] / phase_share(meter, i);
		if (limit <= 0 || own < limit)
			limit = own;
	}
	return limit;
}

bool
meter_is_over(struct meter *meter)
{
	return meter->is_over_open || meter->over_since_ms != 0;
}

unsigned
meter_flags(struct meter *meter)
{
	unsigned flags = meter_is_over(meter) ? FLAG_OVER : 0;
	if (!meter->prepay)
		return flags;
	int64_t credit_fen = meter_credit_fen(meter);
	if (meter->is_fee_tripped || meter->credit_nyuan < 0)
		flags |= FLAG_ARREARS;
	if (credit_fen <= meter->alarm_fen[0])
		flags |= FLAG_ALARM1;
	if (credit_fen <= meter->alarm_fen[1])
		flags |= FLAG_ALARM2;
	return flags;
}

static void
overload_trip(struct meter *meter)
{
	meter->is_over_open = 1;
	meter->over_since_ms = 0;
	meter->over_trips++;
	bool may_close = meter->over_trips <= meter->over_allowed;
	meter->over_reclose_ms = may_close ? meter->at_ms + meter->load_recover_s * 1000 : 0;
}

void
meter_overload_reset(struct meter *meter, int64_t trips)
{
	meter->over_trips = trips;
	meter->is_over_open = 0;
	meter->over_since_ms = meter->over_reclose_ms = 0;
	meter_changed(meter);
}

/* A sudden step of a resistive load is what the meter takes for a forbidden heater. */
void
meter_extra_set(struct meter *meter, int64_t extra_w)
{
	int64_t step_w = extra_w - meter->extra_w;
	meter->extra_w = extra_w;
	if (meter->load_on && meter->load_step_w > 0 && step_w > meter->load_step_w &&
	    meter->load_pf <= 1000 && meter_relay(meter) != 0)
		overload_trip(meter);
	meter_changed(meter);
}

/* What happened at exactly this moment. */
static void
limits_judge(struct meter *meter)
{
	if (meter->prepay && !meter->is_fee_tripped &&
	    meter->credit_nyuan <= -meter->overdraft_fen * NYUAN_PER_FEN)
		meter->is_fee_tripped = 1;
	if (meter->is_over_open) {
		if (meter->over_reclose_ms == 0 || meter->at_ms < meter->over_reclose_ms)
			return;
		meter->is_over_open = 0;
		meter->over_reclose_ms = 0;
	}
	double limit = limit_w(meter);
	if (limit <= 0 || wish_w(meter, meter->at_ms) * relay_share(meter) <= limit)
		meter->over_since_ms = 0;
	else if (meter->over_since_ms == 0)
		meter->over_since_ms = meter->at_ms;
	else if (meter->at_ms >= meter->over_since_ms + OVER_CONFIRM_MS)
		overload_trip(meter);
}

static int64_t
sooner(int64_t end_ms, int64_t other_ms, int64_t after_ms)
{
	return other_ms > after_ms && other_ms < end_ms ? other_ms : end_ms;
}

/* The next moment at which the straight line bends or a rule may apply. */
static int64_t
segment_end_ms(struct meter *meter, int64_t now_ms)
{
	int64_t at = meter->at_ms, local_ms = at + building.zone_ms;
	int64_t end = sooner(now_ms, at + HALF_HOUR_MS - local_ms % HALF_HOUR_MS, at);
	end = sooner(end, meter->tariff_until_ms, at);
	if (meter->switch_on)
		end = sooner(end, meter->switch_until_ms, at);
	end = sooner(end, meter->over_reclose_ms, at);
	if (meter->over_since_ms != 0)
		end = sooner(end, meter->over_since_ms + OVER_CONFIRM_MS, at);
	return end;
}

/* Milliseconds until energy_uwh is used by a power that starts at power_w and changes by slope. */
static int64_t
time_for_ms(double energy_uwh, double power_w, double slope_w_per_ms)
{
	double energy = energy_uwh * 3.6; /* watt-milliseconds */
	double root = power_w * power_w + 2 * slope_w_per_ms * energy;
	double time = 2 * energy / (power_w + sqrt(root > 0 ? root : 0));
	return time < 1 ? 1 : (int64_t)ceil(time);
}

static int64_t
cost_nyuan(const struct meter *meter, int64_t energy_uwh, int rate)
{
	int64_t price = meter->price_uyuan[rate == RATE_DEEP ? 3 : rate - 1];
	return (int64_t)((__int128)energy_uwh * price / 1000000);
}

/* The segment ends where the power crosses the load limit or the credit its end. */
static int64_t
segment_cut_ms(struct meter *meter, int64_t end_ms, double from_w, double to_w, int rate)
{
	int64_t at = meter->at_ms;
	double slope = (to_w - from_w) / (double)(end_ms - at);
	double limit = limit_w(meter);
	if (limit > 0 && (from_w > limit) != (to_w > limit))
		end_ms = sooner(end_ms, at + 1 + (int64_t)((limit - from_w) / slope), at);

	if (!meter->prepay || meter->is_fee_tripped || from_w + to_w <= 0)
		return end_ms;
	int64_t price = meter->price_uyuan[rate == RATE_DEEP ? 3 : rate - 1];
	int64_t left_nyuan = meter->credit_nyuan + meter->overdraft_fen * NYUAN_PER_FEN;
	if (price <= 0 || left_nyuan <= 0)
		return end_ms;
	double left_uwh = (double)left_nyuan / (double)price * 1e6 + (double)meter->base_uwh;
	double used_uwh = (from_w + to_w) / 2 * (double)(end_ms - at) / 3.6;
	if (used_uwh < left_uwh)
		return end_ms;
	return sooner(end_ms, at + time_for_ms(left_uwh, from_w, slope), at);
}

static void
demand_judge(struct meter *meter)
{
	if ((meter->at_ms + building.zone_ms) % HALF_HOUR_MS != 0)
		return;
	int64_t used_uwh = meter->consumed_uwh[RATE_TOTAL] - meter->demand_base_uwh;
	int64_t passed_ms = meter->at_ms - meter->demand_base_ms;
	int64_t average_w = passed_ms == HALF_HOUR_MS ? used_uwh * 2 / UWH_PER_WH : 0;
	if (average_w > meter->demand_w) {
		meter->demand_w = average_w;
		meter->demand_ms = meter->at_ms;
	}
	meter->demand_base_uwh = meter->consumed_uwh[RATE_TOTAL];
	meter->demand_base_ms = meter->at_ms;
}

static void
measure(struct meter *meter, int64_t energy_uwh, int rate, bool is_priced)
{
	meter->energy_uwh[RATE_TOTAL] += energy_uwh;
	meter->energy_uwh[rate] += energy_uwh;
	meter->consumed_uwh[RATE_TOTAL] += energy_uwh;
	meter->consumed_uwh[rate] += energy_uwh;
	unsigned relay = meter_relay(meter);
	double closed = relay_share(meter);
	for (unsigned i = 0; i < 3 && closed > 0; i++)
		if (relay >> i & 1)
			meter->phase_uwh[i] +=
			    llround((double)energy_uwh * phase_share(meter, i) / closed);
	if (!is_priced)
		return;
	int64_t free_uwh = energy_uwh < meter->base_uwh ? energy_uwh : meter->base_uwh;
	meter->base_uwh -= free_uwh;
	meter->credit_nyuan -= cost_nyuan(meter, energy_uwh - free_uwh, rate);
}

static void
segment(struct meter *meter, int64_t now_ms)
{
	int rate = meter_rate(meter, meter->at_ms);
	meter_switch_closed(meter, meter->at_ms);
	limits_judge(meter);
	int64_t end_ms = segment_end_ms(meter, now_ms);
	double share = relay_share(meter);
	double from_w = wish_w(meter, meter->at_ms) * share;
	/* The end of a half hour belongs to the next knot: look one step back and prolong. */
	double slope = (meter->knot_w[1] - meter->knot_w[0]) * share / HALF_HOUR_MS;
	double to_w = from_w + slope * (double)(end_ms - meter->at_ms);
	int64_t cut_ms = segment_cut_ms(meter, end_ms, from_w, to_w, rate);
	if (cut_ms != end_ms) {
		end_ms = cut_ms;
		to_w = from_w + slope * (double)(end_ms - meter->at_ms);
	}
	double energy = (from_w + to_w) / 2 * (double)(end_ms - meter->at_ms) / 3.6;
	measure(meter, llround(energy), rate, meter->prepay);
	meter->at_ms = end_ms;
	demand_judge(meter);
}

/* A meter above others measures what they use, in their tariff periods, and the loss on the way. */
static void
sum_advance(struct meter *meter, int64_t now_ms)
{
	int64_t parts_uwh[RATES] = { 0 };
	for (size_t i = 0; i < meter->part_count; i++) {
		meter_advance(meter->parts[i], now_ms);
		for (size_t rate = 0; rate < RATES; rate++)
			parts_uwh[rate] += meter->parts[i]->consumed_uwh[rate];
	}
	for (int rate = RATE_SHARP; rate < RATES; rate++) {
		int64_t used = parts_uwh[rate] - meter->part_uwh[rate];
		/* The loss of a whole, not the sum of rounded losses, so that steps do not matter.
		 */
		int64_t loss = parts_uwh[rate] * meter->loss_permille / 1000 -
			       meter->part_uwh[rate] * meter->loss_permille / 1000;
		measure(meter, used + loss, rate, false);
		meter->part_uwh[rate] = parts_uwh[rate];
	}
	meter->at_ms = now_ms;
	demand_judge(meter);
}

void
meter_advance(struct meter *meter, int64_t now_ms)
{
	if (meter->head != NULL) {
		meter_advance(meter->head, now_ms);
		return;
	}
	if (meter->parts != NULL) {
		if (meter->at_ms < now_ms)
			sum_advance(meter, now_ms);
		return;
	}
	while (meter->at_ms < now_ms)
		segment(meter, now_ms);
	/* Also without time passing: a write may just have changed what holds now. */
	meter_rate(meter, meter->at_ms);
	meter_switch_closed(meter, meter->at_ms);
	limits_judge(meter);
}

void
meter_changed(struct meter *meter)
{
	meter->knot = INT64_MIN;
	meter->tariff_until_ms = meter->switch_until_ms = 0;
	meter->image_second = INT64_MIN;
}

void
meter_credit_set(struct meter *meter, int64_t credit_nyuan)
{
	meter->credit_nyuan = credit_nyuan;
	if (credit_nyuan > 0)
		meter->is_fee_tripped = 0;
	limits_judge(meter);
	meter_changed(meter);
}

bool
meter_recharge(struct meter *meter, int64_t amount_fen, int64_t count)
{
	int64_t credit_nyuan = meter->credit_nyuan + amount_fen * NYUAN_PER_FEN;
	int64_t hoard_fen = meter->hoard_fen > 0 ? meter->hoard_fen : INT32_MAX;
	bool is_next = count == ((meter->count + 1) & 0xFFFF);
	if (amount_fen <= 0 || credit_nyuan > hoard_fen * NYUAN_PER_FEN ||
	    (meter->guard == GUARD_CHECKS && !is_next)) {
		meter->refusals++;
		return false;
	}
	meter->count = meter->guard == GUARD_ADDS ? (meter->count + 1) & 0xFFFF : count;
	meter->delivered_fen += amount_fen;
	meter->recharges++;
	meter_credit_set(meter, credit_nyuan);
	return true;
}
