/*
 * profile.h - a meter model as data.
 *
 * A profile says which registers one poll reads and what each means. A new Modbus meter is a new
 * file in profiles/, one row in profiles/profiles.h and a captured vector in the tests: no logic.
 */
#ifndef VOLTILL_PROFILE_H
#define VOLTILL_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"
#include "config_frame.h"
#include "model/reading.h"
#include "money_frame.h"

#define PROFILE_BLOCKS_MAX    6
#define PROFILE_REGISTERS_MAX 125

/* One request: count registers from address, by function 3 or 4. */
struct block {
	uint8_t function;
	uint16_t address, count;
};

/* How a value lies in its registers. 32-bit values have the high word first. */
enum field_type {
	FIELD_U16,
	FIELD_S16,
	FIELD_U32,
	FIELD_S32,
	FIELD_U16_ODD, /* low byte of address, high byte of the next */
	FIELD_BITS,    /* bits bits from bit shift, put at bit into of the target */
	FIELD_CLOCK,   /* seven bytes: year of century, month, day, weekday, hour, minute, second */
};

/* The member of struct reading that a field goes to. Several fields may add up in one target. */
enum target {
	TARGET_ENERGY,
	TARGET_SHARP,
	TARGET_PEAK,
	TARGET_FLAT,
	TARGET_VALLEY,
	TARGET_CREDIT,
	TARGET_BASE,
	TARGET_CLOCK,
	TARGET_POWER,
	TARGET_POWER_A,
	TARGET_POWER_B,
	TARGET_POWER_C,
	TARGET_CURRENT_A,
	TARGET_CURRENT_B,
	TARGET_CURRENT_C,
	TARGET_REACTIVE,
	TARGET_DEMAND,
	TARGET_PURCHASE_COUNT,
	TARGET_POWER_FACTOR,
	TARGET_VOLTAGE_A,
	TARGET_VOLTAGE_B,
	TARGET_VOLTAGE_C,
	TARGET_OVERLOAD_COUNT,
	TARGET_OVERLOAD_MAX,
	TARGET_FLAGS,
	TARGET_RELAY,
	TARGET_FEE,
	TARGET_LOAD,
	TARGET_TIME,
	TARGET_FORCE,
	TARGETS,
};

/* Which transformer ratios stand between the register and the primary side. */
enum ratio {
	RATIO_NONE,
	RATIO_CT = 1 << 0,		   /* currents */
	RATIO_PT = 1 << 1,		   /* voltages */
	RATIO_CT_PT = RATIO_CT | RATIO_PT, /* powers and energies */
};

/* One value: target += raw × scale (× ratios); a target that cannot hold it gets its limit. */
struct field {
	uint16_t address;
	uint8_t type;	/* enum field_type */
	uint8_t target; /* enum target */
	int32_t scale;	/* units of the target per unit of the register; unused by bits and clock */
	uint8_t ratio;	/* enum ratio */
	uint8_t shift, bits, into;
};

/* Where a meter keeps its own number: digits in binary-coded decimal, two a byte. */
struct identity {
	struct block block; /* count 0: this model shows no number that is known */
	uint8_t offset;	    /* bytes of the answer in front of the number */
	uint8_t digits;
	bool is_shared; /* it is the number of the box, and all its loops show the same */
};

struct profile {
	const char *code;			 /* meter_model.code */
	struct block blocks[PROFILE_BLOCKS_MAX]; /* asked in order; ends with count 0 */
	const struct field *fields;
	size_t field_count;
	uint32_t has;			   /* enum reading_part of a three-phase meter */
	uint16_t type_address, type_value; /* identity: register and what it must hold; 0: none */
	struct identity identity;
	uint16_t spare_register; /* last register of block 0 that may be left out (length trick); 0:
				    none */
	int64_t register_range_wh; /* the energy register returns to zero here, before the ratios */
	uint32_t min_gap_ms;	   /* pause this model needs between requests */
	uint8_t three_phase_addresses; /* a three-phase user takes so many; 0: one as any other */
	uint32_t answer_timeout_ms; /* at least this long, whatever the bus says; 0: bus decides */
	const struct config_frames *config; /* what can be set; NULL: nothing that is known */
	const struct money_frames *money;   /* NULL: it counts no credit, its relay obeys nobody */
};

/* The profile of that code, NULL if there is none. */
const struct profile *profile_find(const char *code);
const struct profile *const *profile_list(size_t *count);

/* Registers as received, one array per block. Fills everything but meter_id, read_at, slot_at and
 * quality. clock_at is 0 when the meter's clock shows no date. RC_INVALID when the identity
 * register holds something else: a wrong model, or a wrong meter; reading is then zero. */
enum rc profile_decode(const struct profile *profile,
    const uint16_t (*registers)[PROFILE_REGISTERS_MAX], int64_t ct_ratio, int64_t pt_ratio,
    struct reading *reading);

/* Four registers of FIELD_CLOCK, the site's wall clock, as UTC; 0 when they hold no date. In the
 * hour that is skipped or repeated when clocks change, the result is one of the two readings a
 * person could make of it. */
int64_t profile_clock(const uint16_t *from);

#endif
