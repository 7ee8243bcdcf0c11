/*
 * meter.h - one meter: what it is, what it holds, how time passes for it.
 *
 * Energy is kept in millionths of a watt-hour and credit in billionths of a yuan, so that a second
 * of a night's standby still counts and the sum of many short steps equals one long step.
 */
#ifndef METERSIM_METER_H
#define METERSIM_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UWH_PER_WH	1000000LL
#define NYUAN_PER_FEN	10000000LL
#define HALF_HOUR_MS	1800000LL
#define DAY_MS		86400000LL
#define FRAME_ROOM	300 /* unit, function and data of any request or answer */
#define BLOCK_BYTES	96  /* the 48 registers from 0x0200 */
#define DAY_TABLE	42  /* 14 slots of rate, minute, hour */
#define SWITCH_TABLE	48 /* 8 slots of state, minute, hour for free days, then for working days */
#define OVER_CONFIRM_MS 10000 /* a load has to last this long over the limit */

enum model { MODEL_ADF300, MODEL_DDSY1352, MODEL_DTSY1352, MODEL_DTSY1946 };
enum rate { RATE_TOTAL, RATE_SHARP, RATE_PEAK, RATE_FLAT, RATE_VALLEY, RATE_DEEP, RATES };
enum topup { TOPUP_AUTO, TOPUP_NEVER, TOPUP_LOW, TOPUP_ARREARS };

/* The open questions of domain.md section 7: every variant can be chosen. */
enum guard { GUARD_CHECKS, GUARD_STORES, GUARD_ADDS };
enum refuse { REFUSE_EXCEPTION, REFUSE_ACK };
enum reply20 { REPLY_STATUS, REPLY_ZERO, REPLY_ECHO, REPLY_SHORT };
enum negative { NEGATIVE_SIGNED, NEGATIVE_FLAG, NEGATIVE_SIGNBIT };
enum season { SEASON_TDM, SEASON_MDT };
enum polarity { POLARITY_TRIP1, POLARITY_CLOSE1 };
enum ctpt { CTPT_CT37, CTPT_CT38 };
enum words { WORDS_NORMAL, WORDS_SWAP };
enum content { CONTENT_NORMAL, CONTENT_ZERO, CONTENT_FFFF };
enum stuck { STUCK_NO, STUCK_OPEN, STUCK_CLOSED };

struct line;

struct box {
	int base, size, three;
};

struct meter {
	struct line *line;
	struct box *box;
	struct meter *head; /* this address shows one phase of that user */
	int phase;	    /* which: 1 or 2 */
	int unit;
	uint64_t identity; /* of the noise: seed, line name, unit */

	/* What it is. Every number is an int64_t so that one table of keys can name them all. */
	int64_t model, phases, tenant, prepay, topup, topup_fen, silent, type, ct, pt, fault;
	int64_t guard, refuse, reply20, negative, season, polarity, ctpt, words, content, stuck;
	int64_t zones_check, price_scale, load_unit_w, recover_unit_s, delay_ms, drift_ppm, hoard_fen;
	int64_t loss_permille, extra_w;
	double scale;
	char number[13];
	char sum[64];	      /* LINE:1-36 as configured */
	struct meter **parts; /* the meters below this one, NULL: none */
	size_t part_count;
	bool has_credit, has_energy, has_count; /* given in the configuration */

	/* What it holds. */
	int64_t at_ms; /* everything below is true at this moment */
	int64_t energy_uwh[RATES], phase_uwh[3];
	int64_t consumed_uwh[RATES]; /* never set from outside; what a meter above adds up */
	int64_t part_uwh[RATES];     /* what the parts had consumed at at_ms */
	int64_t credit_nyuan, base_uwh, count, delivered_fen;
	int64_t price_uyuan[4], alarm_fen[2], overdraft_fen;
	int64_t is_fee_tripped;
	int64_t force_on[3], force_trip[3];
	int64_t load_on, load_max_w, load_phase_w[3], load_step_w, load_pf, load_recover_s;
	int64_t over_trips, over_allowed, is_over_open, over_since_ms, over_reclose_ms;
	int64_t switch_on, switch_mask;
	uint8_t switch_table[SWITCH_TABLE];
	uint8_t day_table[2][DAY_TABLE], zones[12];
	int64_t clock_offset_ms, clock_set_ms;
	int64_t demand_w, demand_ms, demand_base_uwh, demand_base_ms;
	int64_t relay_mode;

	/* What tests ask for. */
	int64_t requests, answers, writes, recharges, refusals;

	/* Caches. */
	int64_t knot;
	double knot_w[2];
	int64_t tariff_until_ms, tariff_rate;
	int64_t switch_until_ms, switch_closed;
	int64_t image_second;
	uint8_t image[BLOCK_BYTES];
	uint8_t last_request[6];
	uint8_t last_answer[FRAME_ROOM]; /* for the fault "stale" */
	size_t last_length;
};

struct building {
	uint64_t seed;
	int64_t zone_ms;
};
extern struct building building;

/* A well mixed number of two. */
uint64_t hash_mix(uint64_t a, uint64_t b);
double hash_unit(uint64_t a, uint64_t b); /* 0 … 1 */

/* curve.c: what the rooms behind a meter want to draw at the beginning of a local half hour. */
double curve_knot_w(const struct meter *meter, int64_t knot);
int curve_power_factor(int64_t tenant); /* 0.001 */
extern const char *const TENANT_WORDS[];

/* clock.c: the meter's own clock, its tariff and its time switch. */
struct moment {
	int year, month, day, weekday, hour, minute, second; /* year 26, Sunday 0 */
};
int64_t meter_clock_ms(const struct meter *meter, int64_t at_ms); /* local, as if it were UTC */
void meter_clock_set(struct meter *meter, int64_t at_ms, int64_t local_ms);
struct moment moment_of(int64_t local_ms);
int64_t moment_ms(const struct moment *moment);
void day_tables_default(struct meter *meter);
/* Valid until meter->tariff_until_ms and switch_until_ms. */
int meter_rate(struct meter *meter, int64_t at_ms);
bool meter_switch_closed(struct meter *meter, int64_t at_ms);

/* meter.c */
void meter_init(struct meter *meter, struct line *line, const char *line_name, int unit);
/* Gives the periods, where they are zero, their usual part of the total. */
void meter_energy_spread(struct meter *meter);
void meter_advance(struct meter *meter, int64_t now_ms);
void meter_changed(struct meter *meter); /* drops the caches after a change from outside */
double meter_power_w(struct meter *meter, int64_t at_ms, double phase_w[3]);
bool meter_recharge(struct meter *meter, int64_t amount_fen, int64_t count); /* false: refused */
void meter_credit_set(struct meter *meter, int64_t credit_nyuan);
void meter_extra_set(struct meter *meter, int64_t extra_w);
void meter_overload_reset(struct meter *meter, int64_t trips);
int64_t meter_credit_fen(const struct meter *meter);
/* Bits 0-2: phases. */
unsigned meter_phase_mask(const struct meter *meter);
unsigned meter_fee_wants(const struct meter *meter);
unsigned meter_load_wants(const struct meter *meter);
unsigned meter_time_wants(const struct meter *meter);
unsigned meter_force_wants(const struct meter *meter);
bool meter_is_forced(const struct meter *meter);
unsigned meter_relay(const struct meter *meter);
bool meter_is_over(struct meter *meter);
enum { FLAG_OVER = 0x10, FLAG_ARREARS = 0x20, FLAG_ALARM1 = 0x40, FLAG_ALARM2 = 0x80 };
unsigned meter_flags(struct meter *meter);

#endif
