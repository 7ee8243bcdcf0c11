/*
 * history.c - a believable past.
 *
 * What the rooms wanted is known, so the purchases are planned backwards from what each meter holds
 * now; then every meter lives through the time again, and is left where a live start continues.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"
#include "keys.h"
#include "line.h"
#include "registers.h"

#define SLOTS_A_DAY 48

struct purchase {
	int slot;
	int64_t after_ms; /* into the slot */
	int64_t amount_fen;
};

struct plan {
	struct meter *meter;
	int64_t consumed_uwh[RATES];
	struct purchase *purchases; /* the last one first */
	int count, room, done;
};

static struct {
	struct plan *plans;
	int count, slots;
	int64_t begin_ms;
	int64_t *cost_nyuan; /* of one meter by slot */
} history;

static char output[1 << 16];
static size_t output_length;

static void
output_flush(void)
{
	if (fwrite(output, 1, output_length, stdout) != output_length)
		die("cannot write the history");
	output_length = 0;
}

static void
put_number(int64_t value, char after)
{
	char digits[24];
	size_t at = sizeof digits;
	uint64_t rest = value < 0 ? (uint64_t)-value : (uint64_t)value;
	digits[--at] = after;
	do
		digits[--at] = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	if (value < 0)
		digits[--at] = '-';
	memcpy(output + output_length, digits + at, sizeof digits - at);
	output_length += sizeof digits - at;
}

/* What somebody who reads this meter now would store. */
static void
row_print(struct meter *meter)
{
	double phase_w[3];
	int64_t unit_wh = 10 * meter->ct * meter->pt;
	size_t name = strlen(meter->line->name);
	if (output_length + 512 > sizeof output)
		output_flush();
	memcpy(output + output_length, meter->line->name, name);
	output_length += name;
	output[output_length++] = '\t';
	put_number(meter->unit, '\t');
	put_number(meter->at_ms, '\t');
	for (size_t rate = RATE_TOTAL; rate <= RATE_VALLEY; rate++)
		put_number(energy_register(meter, meter->energy_uwh[rate]) * unit_wh, '\t');
	put_number(meter_credit_fen(meter), '\t');
	put_number(meter->count, '\t');
	put_number((int64_t)(meter_power_w(meter, meter->at_ms, phase_w) + 0.5), '\n');
}

static int64_t
choose(const struct meter *meter, uint64_t salt, int64_t low, int64_t high)
{
	if (high <= low)
		return low;
	return low + (int64_t)(hash_mix(meter->identity ^ 0x8157, salt) % (uint64_t)(high - low));
}

/* Lives the whole time in a copy that never trips for want of credit. */
static int64_t
plan_costs(struct plan *plan)
{
	struct meter trial = *plan->meter;
	trial.at_ms = history.begin_ms;
	trial.is_fee_tripped = 0;
	trial.overdraft_fen = 100000000000;
	trial.credit_nyuan = 0;
	meter_changed(&trial);
	for (int slot = 0; slot < history.slots; slot++) {
		int64_t before_nyuan = trial.credit_nyuan;
		meter_advance(&trial, history.begin_ms + (slot + 1) * HALF_HOUR_MS);
		history.cost_nyuan[slot] = before_nyuan - trial.credit_nyuan;
	}
	for (size_t rate = 0; rate < RATES; rate++)
		plan->consumed_uwh[rate] =
		    trial.consumed_uwh[rate] - plan->meter->consumed_uwh[rate];
	return -trial.credit_nyuan;
}

/* People pay round sums that last them one to three weeks. */
static int64_t
amount_typical_fen(const struct plan *plan, int64_t day_fen, int number)
{
	static const int64_t USUAL_FEN[] = { 10000, 20000, 30000, 50000, 100000, 200000, 500000 };
	const struct meter *meter = plan->meter;
	if (meter->topup_fen > 0)
		return meter->topup_fen;
	int64_t wanted_fen = day_fen * choose(meter, 1000 + (uint64_t)number, 6, 20);
	size_t i = 0;
	while (i + 1 < sizeof USUAL_FEN / sizeof *USUAL_FEN && USUAL_FEN[i] < wanted_fen)
		i++;
	return USUAL_FEN[i];
}

static void
purchase_add(struct plan *plan, int slot, int64_t amount_fen)
{
	if (plan->count == plan->room) {
		plan->room = plan->room * 2 + 16;
		plan->purchases =
		    reallocarray(plan->purchases, (size_t)plan->room, sizeof *plan->purchases);
		if (plan->purchases == NULL)
			die("out of memory");
	}
	int64_t after_ms = choose(plan->meter, 5000 + (uint64_t)slot, 60000, HALF_HOUR_MS - 60000);
	plan->purchases[plan->count++] = (struct purchase){ slot, after_ms, amount_fen };
}

static bool
is_daytime(int slot)
{
	int64_t local_ms = history.begin_ms + slot * HALF_HOUR_MS + building.zone_ms;
	int64_t hour = local_ms % DAY_MS / 3600000;
	return hour >= 9 && hour < 20;
}

/* Back from end_nyuan at the end of the slot before `last`: credit grows by what was used, and a
 * purchase lies wherever so much credit could only just have been bought. Returns the credit at the
 * start. */
static int64_t
purchases_plan(struct plan *plan, int last, int64_t end_nyuan, int64_t day_fen)
{
	const struct meter *meter = plan->meter;
	int64_t credit_nyuan = end_nyuan;
	int64_t amount_fen = amount_typical_fen(plan, day_fen, 0);
	for (int slot = last - 1; slot >= 0; slot--) {
		credit_nyuan += history.cost_nyuan[slot];
		int64_t margin_fen = choose(meter, (uint64_t)plan->count,
		    meter->alarm_fen[1] / 2 + 300, meter->alarm_fen[0] * 5 / 4 + 600);
		if (credit_nyuan < (amount_fen + margin_fen) * NYUAN_PER_FEN || !is_daytime(slot))
			continue;
		purchase_add(plan, slot, amount_fen);
		credit_nyuan -= amount_fen * NYUAN_PER_FEN;
		amount_fen = amount_typical_fen(plan, day_fen, plan->count);
	}
	return credit_nyuan;
}

/* Where the credit ends: as configured, near the alarm, or used up some hours ago. */
static void
credit_plan(struct plan *plan, int64_t cost_nyuan)
{
	struct meter *meter = plan->meter;
	int64_t day_fen = cost_nyuan / NYUAN_PER_FEN * SLOTS_A_DAY / history.slots;
	int64_t amount_fen = amount_typical_fen(plan, day_fen, 0);
	int64_t credit_fen = meter_credit_fen(meter);
	int last = history.slots;
	if (meter->topup == TOPUP_NEVER || !meter->prepay)
		return;
	bool is_used_up = meter->has_credit && credit_fen <= -meter->overdraft_fen;
	if (is_used_up && credit_fen < 0)
		meter->overdraft_fen = -credit_fen;
	int64_t end_nyuan = meter->credit_nyuan;
	if (meter->topup == TOPUP_ARREARS || is_used_up) {
		int trip = last - 1 - (int)choose(meter, 21, 12, 72);
		trip = trip < 0 ? 0 : trip;
		end_nyuan = -meter->overdraft_fen * NYUAN_PER_FEN - history.cost_nyuan[trip] / 2;
		last = trip + 1;
	} else if (!meter->has_credit && meter->topup == TOPUP_LOW) {
		end_nyuan =
		    choose(meter, 22, meter->alarm_fen[1] + 200, meter->alarm_fen[0] - 200) *
		    NYUAN_PER_FEN;
	} else if (!meter->has_credit) {
		int64_t low_fen = meter->alarm_fen[0] * 3 / 2;
		end_nyuan = choose(meter, 23, low_fen, low_fen + amount_fen) * NYUAN_PER_FEN;
	}
	meter->credit_nyuan = purchases_plan(plan, last, end_nyuan, day_fen);
	meter->is_fee_tripped = 0;
	meter->count = meter->count > plan->count ? meter->count - plan->count : 0;
}

/* A register that holds now what was configured held less when the history began. */
static void
energy_plan(const struct plan *plan)
{
	struct meter *meter = plan->meter;
	bool is_whole = true;
	for (size_t rate = RATE_TOTAL; rate < RATES; rate++) {
		meter->energy_uwh[rate] -= plan->consumed_uwh[rate];
		is_whole = is_whole && meter->energy_uwh[rate] >= 0;
	}
	if (is_whole)
		return;
	if (meter->energy_uwh[RATE_TOTAL] < 0)
		meter->energy_uwh[RATE_TOTAL] = 0;
	memset(meter->energy_uwh + RATE_SHARP, 0, (RATES - 1) * sizeof *meter->energy_uwh);
	meter_energy_spread(meter);
}

static void
plan_sum(struct plan *plan)
{
	const struct meter *meter = plan->meter;
	for (size_t part = 0; part < meter->part_count; part++)
		for (int i = 0; i < history.count; i++)
			for (size_t rate = 0;
			     rate < RATES && history.plans[i].meter == meter->parts[part]; rate++)
				plan->consumed_uwh[rate] += history.plans[i].consumed_uwh[rate] *
							    (1000 + meter->loss_permille) / 1000;
}

static void
plans_make(void)
{
	for (struct line *line = lines; line != NULL; line = line->next) {
		for (int unit = 1; unit < 256; unit++) {
			struct meter *meter = line->meters[unit];
			if (meter != NULL && meter->head == NULL)
				history.plans[history.count++].meter = meter;
		}
	}
	for (int i = 0; i < history.count; i++) {
		struct plan *plan = &history.plans[i];
		if (plan->meter->parts == NULL)
			credit_plan(plan, plan_costs(plan));
	}
	for (int i = 0; i < history.count; i++) {
		struct plan *plan = &history.plans[i];
		if (plan->meter->parts != NULL)
			plan_sum(plan);
		energy_plan(plan);
		plan->meter->at_ms = history.begin_ms;
		meter_changed(plan->meter);
	}
}

static void
slot_live(struct plan *plan, int slot)
{
	struct meter *meter = plan->meter;
	int64_t slot_ms = history.begin_ms + slot * HALF_HOUR_MS;
	while (plan->done < plan->count) {
		const struct purchase *next = &plan->purchases[plan->count - 1 - plan->done];
		if (next->slot != slot)
			break;
		meter_advance(meter, slot_ms + next->after_ms);
		meter_recharge(meter, next->amount_fen, (meter->count + 1) & 0xFFFF);
		plan->done++;
	}
	meter_advance(meter, slot_ms + HALF_HOUR_MS);
}

void
history_print(int days)
{
	size_t meters = 0;
	for (const struct line *line = lines; line != NULL; line = line->next)
		for (int unit = 1; unit < 256; unit++)
			meters += line->meters[unit] != NULL;
	history.slots = days * SLOTS_A_DAY;
	history.plans = calloc(meters + 1, sizeof *history.plans);
	history.cost_nyuan = calloc((size_t)history.slots, sizeof *history.cost_nyuan);
	if (history.plans == NULL || history.cost_nyuan == NULL)
		die("out of memory");
	int64_t end_ms = meter_now_ms() / HALF_HOUR_MS * HALF_HOUR_MS;
	history.begin_ms = end_ms - history.slots * HALF_HOUR_MS;
	plans_make();
	for (int slot = 0; slot < history.slots; slot++) {
		for (int i = 0; i < history.count; i++)
			slot_live(&history.plans[i], slot);
		for (int i = 0; i < history.count; i++)
			row_print(history.plans[i].meter);
	}
	output_flush();
	if (fflush(stdout) != 0)
		die("cannot write the history");
	for (int i = 0; i < history.count; i++)
		free(history.plans[i].purchases);
	free(history.plans);
	free(history.cost_nyuan);
}
