/*
 * profile.h - a meter model as data.
 *
 * A profile says which registers one poll reads and what each means. A new Modbus meter is a new
 * file in profiles/, one row in the list of profile.c and a captured vector in the tests: no logic.
 */
#ifndef VOLTILL_PROFILE_H
#define VOLTILL_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"
#include "model/reading.h"

#define PROFILE_BLOCKS_MAX    6
#define PROFILE_REGISTERS_MAX 125

/* One request: count registers from address, by function 3 or 4. */
struct block {
	uint8_t function;
	uint16_t address, count;
};

enum field_type { FIELD_U16, FIELD_S16, FIELD_U32, FIELD_S32, FIELD_BYTE_HIGH, FIELD_BYTE_LOW, FIELD_CLOCK };

/* One value: register, type, and target += raw × numerator ÷ denominator (× ratio). */
struct field {
	uint16_t address;
	uint8_t type;        /* enum field_type */
	uint8_t target;      /* enum target in profile.c's table */
	int32_t numerator, denominator;
	uint8_t ratio;       /* 0 none, 1 CT, 2 PT, 3 CT × PT */
};

struct profile {
	const char *code;           /* meter_model.code */
	struct block blocks[PROFILE_BLOCKS_MAX]; /* asked in order; ends with count 0 */
	const struct field *fields;
	size_t field_count;
	uint32_t has;               /* enum reading_part of a three-phase meter */
	uint16_t type_address, type_value; /* identity: register and what it must hold; 0: none */
	uint16_t spare_register;    /* last register of block 0 that may be left out (length trick); 0: none */
	int64_t register_range_wh;
	uint32_t min_gap_ms;        /* pause this model needs between requests */
	uint32_t answer_timeout_ms; /* at least this long, whatever the bus says; 0: bus decides */
};

/* The profile of that code, NULL if there is none. */
const struct profile *profile_find(const char *code);
const struct profile *profile_list(size_t *count);

/* Registers as received, one array per block. Fills everything but meter_id, slot_at and quality.
 * RC_INVALID when the identity register holds something else: a wrong model, or a wrong meter. */
enum rc profile_decode(const struct profile *profile, uint16_t (*registers)[PROFILE_REGISTERS_MAX],
    int64_t ct_ratio, int64_t pt_ratio, struct reading *reading);

#endif
