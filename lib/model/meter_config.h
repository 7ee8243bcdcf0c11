/*
 * meter_config.h - what can be set in a meter: prices, day tables, alarms, overload limit, clock.
 *
 * One representation for what shall be (command.payload), what the meter said when it was read back
 * (table meter_config) and what the planner wants: a struct, and a canonical ASCII text of it. Of
 * equal values the texts are equal.
 */
#ifndef VOLTILL_METER_CONFIG_H
#define VOLTILL_METER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"

enum config_part {
	CONFIG_PRICES,
	CONFIG_TOU,
	CONFIG_ALARMS,
	CONFIG_OVERLOAD,
	CONFIG_CLOCK,
	CONFIG_PARTS
};
const char *config_part_name(enum config_part part); /* "prices", in the database */
enum config_part config_part_find(const char *name); /* CONFIG_PARTS if unknown */

#define CONFIG_PERIODS	5 /* sharp, peak, flat, valley, deep: as enum tariff_period */
#define CONFIG_SLOTS	14
#define CONFIG_TABLES	2
#define CONFIG_ZONES	4
#define CONFIG_TEXT_MAX 600
#define CONFIG_NONE	(-1) /* a value that this model does not have */

struct config_prices {
	int64_t price_uyuan[CONFIG_PERIODS]; /* CONFIG_NONE: no price of its own (deep valley) */
};

struct config_slot {
	uint16_t
	    start_min; /* minute of the day; lasts until the next one, the last until midnight */
	uint8_t period;
};

struct config_table {
	uint8_t count;				/* 0: not set */
	struct config_slot slots[CONFIG_SLOTS]; /* ascending, the first at 0 */
};

/* From that day of the year on the table holds, until the next zone begins. */
struct config_zone {
	uint8_t month, day, table; /* table 1 or 2 */
};

struct config_tou {
	struct config_table tables[CONFIG_TABLES];
	uint8_t zone_count;
	struct config_zone zones[CONFIG_ZONES]; /* ascending by day */
};

struct config_alarms {
	int64_t alarm1_fen, alarm2_fen, overdraft_fen; /* CONFIG_NONE: this model shows none */
};

struct config_overload {
	int64_t limit_w; /* of the whole meter, all phases; 0: no limit */
};

struct config_clock {
	int64_t offset_s; /* the meter's clock minus ours */
};

struct config {
	enum config_part part;
	union {
		struct config_prices prices;
		struct config_tou tou;
		struct config_alarms alarms;
		struct config_overload overload;
		struct config_clock clock;
	} u;
};

/* Strict: what config_format did not write is RC_INVALID. */
enum rc config_parse(enum config_part part, const char *text, struct config *config);
/* text has CONFIG_TEXT_MAX bytes. */
void config_format(const struct config *config, char *text);

/* True when a meter that holds `held` does what `wanted` says: values that one side does not have
 * are left out, a limit may be off by what its division by phases loses, a clock by a minute. */
bool config_is_same(const struct config *wanted, const struct config *held);

#endif
