/*
 * bus_estimate.h - how long a round of a bus will take, and how old its states may become. Pure.
 */
#ifndef VOLTILL_BUS_ESTIMATE_H
#define VOLTILL_BUS_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/bus_edit.h"
#include "model/meter_model.h"

#define BUS_ANSWER_MS 60 /* what a meter takes to answer, as far as nobody measured it */

/* Meters of one model on a bus. */
struct bus_load {
	const struct meter_model *model; /* NULL: none that we know; counted as the usual block */
	int64_t meters;
};

struct bus_estimate {
	int64_t meters;
	int64_t wire_ms;  /* frames and silences alone: no faster is possible */
	int64_t round_ms; /* with the answer times */
	int64_t oldest_s; /* age of a state just before it is renewed */
	bool is_late;	  /* older than BUS_FRESH_S */
};

void bus_estimate(const struct bus_row *bus, const struct bus_load *loads, size_t count,
    struct bus_estimate *estimate);

#endif
