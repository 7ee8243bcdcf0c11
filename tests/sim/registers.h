/*
 * registers.h - the address space of a meter and what it answers.
 */
#ifndef METERSIM_REGISTERS_H
#define METERSIM_REGISTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "meter.h"

/* Carries out one request (unit, function, data) and writes the answer, unit first. Returns its
 * length, 0 when this request has no answer. answer has FRAME_ROOM bytes. */
size_t meter_execute(struct meter *meter, const uint8_t *request, size_t length, uint8_t *answer);

size_t answer_exception(uint8_t *answer, const uint8_t *request, int exception);

/* One stretch of registers. store is NULL where nothing can be written; it gets the whole stretch
 * with the written registers replaced, and returns an exception or 0. */
struct section {
	uint16_t address, count;
	void (*fill)(struct meter *meter, uint8_t *bytes);
	int (*store)(struct meter *meter, const uint8_t *bytes);
};
#define SECTION_BYTES 128

/* Sections of a model, ended by count 0. */
const struct section *section_list(const struct meter *meter);

void block_fill(struct meter *meter, uint8_t *bytes); /* 0x0200 × 48 */
/* A 32-bit number, in the word order this meter is set to. */
void put_long(const struct meter *meter, uint8_t *bytes, int64_t value);
int64_t energy_register(const struct meter *meter, int64_t energy_uwh);
int64_t credit_register(const struct meter *meter);

/* command.c: function 0x20. Returns an exception or 0; *board_count is the number of lower boards
 * that answer for themselves after a broadcast, with their results in boards. */
int command_execute(struct meter *meter, uint16_t address, uint16_t count, const uint8_t *data,
    uint8_t *boards, size_t *board_count);

/* The other meters of a line, for a broadcast inside a box. */
struct meter *line_meter(const struct line *line, int unit);

#endif
