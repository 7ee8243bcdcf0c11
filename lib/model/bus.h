/*
 * bus.h - how the buses and the meters on them are doing: bus_state, meter_link, poll_hour.
 */
#ifndef VOLTILL_MODEL_BUS_H
#define VOLTILL_MODEL_BUS_H

#include <stddef.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"

#define BUS_ROWS_MAX 512 /* most rows of one call */

/* The last whole round of a bus. */
struct bus_round {
	uint32_t bus_id;
	int64_t at;
	uint32_t round_ms, meters, meters_lost;
};
enum rc bus_store_rounds(struct db *db, const struct bus_round *rounds, size_t count);

/* Nothing on the bus answers since at, with the trouble as a code and its values ("open",
 * "timeout"); a bus that is lost already keeps the time it was lost. */
enum rc bus_lose(struct db *db, uint32_t bus_id, int64_t at, const char *trouble);
enum rc bus_return(struct db *db, uint32_t bus_id, int64_t at);

/* Why the definition of a bus was refused; "" when that is over. Leaves lost_since alone. */
enum rc bus_set_trouble(struct db *db, uint32_t bus_id, int64_t at, const char *trouble);

/* Whether a meter answers: silent since at, or again. */
enum rc bus_lose_meter(struct db *db, uint32_t meter_id, int64_t at);
enum rc bus_return_meter(struct db *db, uint32_t meter_id);

/* The living meters of a bus. */
#define BUS_METERS_MAX 247
enum rc bus_list_meters(
    struct db *db, uint32_t bus_id, uint32_t ids[BUS_METERS_MAX], size_t *count);

/* Calls each for every meter that does not answer, with its bus 0, and for every lost bus, with its
 * meter 0. */
enum rc bus_each_lost(
    struct db *db, void (*each)(void *context, uint32_t meter_id, uint32_t bus_id), void *context);

/* Counters of asking one meter, to be added to those of that hour. */
struct bus_polls {
	uint32_t meter_id;
	int64_t hour_at;
	uint32_t asked, answered, timeouts, damaged, refused;
	uint64_t answer_ms;
};
enum rc bus_add_polls(struct db *db, const struct bus_polls *polls, size_t count);

#endif
