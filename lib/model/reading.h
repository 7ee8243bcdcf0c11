/*
 * reading.h - what a meter said at one moment, and whether it can be believed.
 *
 * The values are those of the primary side: profile.c has already multiplied by the ratios.
 */
#ifndef VOLTILL_READING_H
#define VOLTILL_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/rc.h"

/* Doubts about a reading (reliability.md B-50…B-58). 0 is good. Nothing is ever dropped. */
enum quality {
	QUALITY_ROLLOVER = 1 << 0,   /* the register went through its end; use is still right */
	QUALITY_DECREASED = 1 << 1,  /* energy fell: not used until a person confirmed it */
	QUALITY_JUMP = 1 << 2,       /* more than the rated power can explain: likewise */
	QUALITY_EMPTY = 1 << 3,      /* all zero or all ones: not values */
	QUALITY_CLOCK = 1 << 4,      /* the meter's clock is off by more than 5 minutes */
	QUALITY_DEMO = 1 << 5,       /* generated history of the demo building */
	QUALITY_AFTER_GAP = 1 << 6,  /* first after a gap: the interval is longer than one period */
	QUALITY_OTHER_METER = 1 << 7, /* what answers shows another meter's number */
};
#define QUALITY_UNUSABLE \
	(QUALITY_DECREASED | QUALITY_JUMP | QUALITY_EMPTY | QUALITY_OTHER_METER)

enum meter_flag {
	FLAG_FAULT = 1 << 0,
	FLAG_OVER_LIMIT = 1 << 1, /* 越限 */
	FLAG_ARREARS = 1 << 2,    /* 欠费 */
	FLAG_ALARM1 = 1 << 3,
	FLAG_ALARM2 = 1 << 4,
};

/* A control source of the relay (domain.md §1.4): bits 0-2 say that it wants L1-L3 closed,
 * bit 3 that it is in force at all. */
#define CONTROL_WANTS  0x7
#define CONTROL_ACTIVE 0x8

/* Values a meter may lack; struct reading.has says which are there. */
enum reading_part {
	HAS_PERIODS = 1 << 0,  /* sharp_wh … valley_wh */
	HAS_CREDIT = 1 << 1,   /* credit_fen, purchase_count, overload_*, base_wh */
	HAS_CONTROL = 1 << 2,  /* relay_closed, the four control states */
	HAS_PHASES = 1 << 3,   /* B and C values */
	HAS_POWER = 1 << 4,    /* power_w, voltage, current, power factor */
	HAS_CLOCK = 1 << 5,
	HAS_DEMAND = 1 << 6,
};

enum { PERIOD_SHARP, PERIOD_PEAK, PERIOD_FLAT, PERIOD_VALLEY, PERIODS };

struct reading {
	uint32_t meter_id;
	uint32_t has;        /* enum reading_part */
	int64_t read_at;     /* when the answer came, ms UTC */
	int64_t slot_at;     /* half hour it stands for; 0: only a state, no reading */
	int64_t energy_wh;
	int64_t period_wh[PERIODS];
	int64_t register_range_wh; /* the energy register returns to zero at this value */
	int64_t credit_fen;
	int64_t base_wh;
	int64_t clock_at;    /* the meter's clock, ms UTC; 0: it shows no date */
	int64_t used_wh;     /* since the last usable half hour; set by reading_check when slot_at is */
	int64_t used_period_wh[PERIODS];
	int32_t power_w;
	int32_t phase_power_w[3];
	int32_t current_ma[3];
	int32_t reactive_var;
	int32_t demand_w;
	uint32_t purchase_count;
	int16_t power_factor; /* 0.001 */
	uint16_t voltage_dv[3];
	uint16_t overload_count, overload_max;
	uint16_t flags;      /* enum meter_flag */
	uint16_t quality;    /* enum quality; set by reading_check */
	uint8_t relay_closed;
	uint8_t fee_state, load_state, time_state, force_state;
};

/* What is known of a meter from before; kept by the collector for every meter it reads. */
struct reading_last {
	int64_t read_at;  /* 0: nothing known yet */
	int64_t slot_at;  /* of the last usable half hour, 0: none */
	int64_t energy_wh;
	int64_t slot_energy_wh; /* what the registers showed then */
	int64_t slot_period_wh[PERIODS];
	int64_t period_ms; /* of the slots; an interval longer than this is after a gap. 0: never */
};

/* Judges reading against last, sets reading->quality (keeps QUALITY_DEMO and QUALITY_OTHER_METER) and, in a half hour, used_wh
 * and used_period_wh by reading_used. rated_power_w bounds what is plausible, 0 bounds nothing; pure,
 * no clock. A reading with QUALITY_UNUSABLE does not become the base of the next: reading_accept moves
 * last forward only for usable ones. */
void reading_check(struct reading *reading, const struct reading_last *last, int64_t rated_power_w);
void reading_accept(struct reading_last *last, const struct reading *reading);

/* Energy from the last usable half hour to this one, roll-over included; 0 when either is missing
 * or unusable. period_wh likewise for each period when the meter has them. */
int64_t reading_used(const struct reading *reading, const struct reading_last *last,
    int64_t period_wh[PERIODS]);

/* Arrays for storing up to `capacity` readings in one go; made once, used for every batch. */
struct reading_batch;
struct reading_batch *reading_batch_new(size_t capacity);
void reading_batch_free(struct reading_batch *batch); /* NULL is allowed */

/* Stores half hours (slot_at != 0) into reading and adds them up in energy_day, inside the caller's
 * transaction. Storing one a second time changes nothing; one meter's come in the order of time. An
 * interval that ends at midnight belongs to the day it ends. count may be 0. */
enum rc reading_store(struct db *db, struct reading_batch *batch,
    const struct reading *const *readings, size_t count);

/* Makes each reading the newest values of its meter, in meter_state. */
enum rc reading_store_state(struct db *db, struct reading_batch *batch,
    const struct reading *const *readings, size_t count);

#endif
