/*
 * tariff_check.h - is a version whole, and can the meters hold it? Pure; for the editor, for
 * publishing and for an import.
 *
 * A season is named season_0 …, the table of a season and kind of day table_0_0 …, a component
 * component_0 …, a step tier_0 …: fields of the form and of faults.
 */
#ifndef VOLTILL_TARIFF_CHECK_H
#define VOLTILL_TARIFF_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "model/fault.h"
#include "model/tariff.h"

/* No fault: the engine can price with it. */
void tariff_check(const struct tariff_version *version, struct faults *faults);

/* What a meter holds by itself. */
struct tariff_limits {
	size_t slots, tables, seasons;
	bool has_deep;
};
extern const struct tariff_limits tariff_meter_limits; /* ADF300, DDSY1352, DTSY1352 */

/* What the meters cannot do by themselves, so that the server sends them the right table or price
 * in time; and prices that look forgotten. Keys under T.Error: Tariff…. */
void tariff_warn(const struct tariff_version *version, const struct tariff_limits *limits,
    struct faults *warnings);

/* Periods that some table uses. */
bool tariff_uses(const struct tariff_version *version, enum tariff_period period);

#endif
