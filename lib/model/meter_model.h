/*
 * meter_model.h - what the collector can read: its profiles, as a table made from them when the
 * program is built (collector/profiles is the only source). Pure.
 */
#ifndef VOLTILL_METER_MODEL_H
#define VOLTILL_METER_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One value of the register table. */
struct model_register {
	int address;
	const char *target; /* "energy" "voltage_a" …: words under T.Settings.Model.Target */
	const char *type;   /* "u16" "s16" "u32" "s32" "u16_odd" "bits" "clock" */
	int64_t scale;	    /* units of the target per unit of the register; 0 for bits and clock */
	const char *ratio;  /* "" "ct" "pt" "ct_pt" */
	int shift, bits;    /* of bits */
};

struct model_block {
	int function, address, count;
};

struct meter_model {
	const char *code;
	bool is_box;		   /* a loop of a box of 12, 24 or 36 with an address of its own */
	int three_phase_addresses; /* a three-phase user takes so many */
	bool has_periods, has_credit, has_control, has_phases, has_power, has_clock, has_demand;
	int64_t register_range_wh;	   /* the energy register returns to zero here */
	int min_gap_ms, answer_timeout_ms; /* 0: the bus decides */
	int type_address, type_value;	   /* identity; address 0: none */
	const struct model_block *blocks;
	size_t block_count;
	const struct model_register *registers;
	size_t register_count;
};

const struct meter_model *meter_model_find(const char *code); /* NULL: nothing reads it */
const struct meter_model *meter_model_list(size_t *count);

/* Addresses a meter of that model takes from its unit on; model may be NULL. */
int64_t meter_model_addresses(const struct meter_model *model, int64_t phases);

#endif
