/*
 * meter_new.c - a meter before anybody used it: the values nobody gave.
 */
#include <stdio.h>
#include <string.h>

#include "keys.h"
#include "loop.h"
#include "meter.h"

void
meter_init(struct meter *meter, struct line *line, const char *line_name, int unit)
{
	uint64_t identity = building.seed;
	for (const char *c = line_name; *c != '\0'; c++)
		identity = hash_mix(identity, (uint64_t)(unsigned char)*c);
	*meter = (struct meter){
		.line = line,
		.unit = unit,
		.identity = hash_mix(identity, (uint64_t)unit),
		.prepay = -1,
		.type = -1,
		.ct = 1,
		.pt = 1,
		.scale = 1,
		.price_scale = 100,
		.load_unit_w = 1,
		.recover_unit_s = 60,
		.loss_permille = -1,
		.price_uyuan = { 1250000, 1050000, 750000, 420000 },
		.alarm_fen = { 5000, 2000 },
		.load_pf = 900,
		.load_recover_s = 180,
		.over_allowed = 3,
		.switch_mask = 0x3E,
		.overdraft_fen = -1,
		.image_second = INT64_MIN,
		.knot = INT64_MIN,
	};
}

static int64_t
random_between(const struct meter *meter, uint64_t salt, int64_t low, int64_t high)
{
	return low + (int64_t)(hash_unit(meter->identity, salt) * (double)(high - low));
}

/* A register total that its periods add up to. */
void
meter_energy_spread(struct meter *meter)
{
	static const int64_t PERCENT[RATES] = { 0, 6, 34, 38, 22, 0 };
	int64_t total = meter->energy_uwh[RATE_TOTAL], rest = total;
	int64_t grain =
	    10 * UWH_PER_WH * meter->ct * meter->pt; /* so that the registers add up too */
	for (int rate = RATE_SHARP; rate <= RATE_VALLEY; rate++) {
		if (meter->energy_uwh[rate] == 0)
			meter->energy_uwh[rate] = rate == RATE_VALLEY
						      ? rest
						      : total / 100 * PERCENT[rate] / grain * grain;
		rest -= meter->energy_uwh[rate];
	}
	for (size_t i = 0; i < (size_t)meter->phases; i++)
		meter->phase_uwh[i] = total / meter->phases;
}

void
meter_finish(struct meter *meter)
{
	if (meter->phases == 0)
		meter->phases =
		    meter->model == MODEL_DTSY1352 || meter->model == MODEL_DTSY1946 ? 3 : 1;
	if (meter->prepay < 0)
		meter->prepay = meter->tenant != 8 && meter->model != MODEL_DTSY1946;
	if (meter->type < 0)
		meter->type = meter->model == MODEL_ADF300     ? 10
			      : meter->model == MODEL_DDSY1352 ? 7
							       : 5;
	if (meter->number[0] == '\0')
		snprintf(meter->number, sizeof meter->number, "2024%08u",
		    (unsigned)random_between(meter, 11, 1, 99999999) % 100000000);
	if (meter->overdraft_fen < 0)
		meter->overdraft_fen =
		    meter->topup == TOPUP_ARREARS ? random_between(meter, 12, 10, 60) * 100 : 0;
	if (meter->loss_permille < 0)
		meter->loss_permille = random_between(meter, 13, 20, 41);
	if (!meter->has_energy)
		meter->energy_uwh[RATE_TOTAL] =
		    (int64_t)((double)random_between(meter, 14, 4000000, 16000000) * meter->scale) *
		    UWH_PER_WH;
	if (!meter->has_credit)
		meter->credit_nyuan = random_between(meter, 15, 8000, 90000) * NYUAN_PER_FEN;
	if (!meter->has_count)
		meter->count = random_between(meter, 16, 8, 60);
	meter_energy_spread(meter);
	day_tables_default(meter);
	meter->at_ms = meter->clock_set_ms = meter_now_ms();
	meter_changed(meter);
	meter_switch_closed(meter, meter->at_ms);
}
