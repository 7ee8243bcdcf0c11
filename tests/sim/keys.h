/*
 * keys.h - the names of everything a meter is and holds.
 *
 * One table serves the configuration, `set` and `get` of the control socket, and the state file.
 */
#ifndef METERSIM_KEYS_H
#define METERSIM_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct meter;

/* A whole decimal number and nothing else. */
bool number_read(const char *text, int64_t *number);

/* Sets one key in the unit of its name. NULL, or what is wrong with it. The caller has advanced the
 * meter to now and says what changed with meter_changed. */
const char *meter_key_set(struct meter *meter, const char *name, const char *value);

/* `text` holds key=value pairs, separated by blanks; it is changed. NULL, or the complaint. */
const char *meter_keys_set(struct meter *meter, char *text);

/* The value as text, also of what only follows from others (relay, power_w …). False: unknown. */
bool meter_key_get(struct meter *meter, const char *name, char *value, size_t room);
void meter_keys_print(
    struct meter *meter, void (*print)(void *context, const char *line), void *context);

/* The state file: exact values of what time and writes change. */
void meter_state_print(const struct meter *meter, FILE *file);
bool meter_state_set(struct meter *meter, const char *name, const char *value);

/* The defaults that depend on the keys given: numbers, balances, tables. */
void meter_finish(struct meter *meter);

#endif
