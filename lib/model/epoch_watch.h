/*
 * epoch_watch.h - living epochs as the collector compares them with what meters show.
 */
#ifndef VOLTILL_EPOCH_WATCH_H
#define VOLTILL_EPOCH_WATCH_H

#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"

struct epoch_watch {
	uint32_t epoch_id, meter_id;
	int64_t last_count, last_credit_fen, last_energy_wh;
	int64_t flight_count; /* -1: nothing is in flight */
	int64_t changed_at;   /* a reading from before proves nothing */
};

/* Calls each for every living epoch of a meter that counts credit, and that was not removed. */
enum rc epoch_watch_each(
    struct db *db, void (*each)(void *context, const struct epoch_watch *epoch), void *context);
/* One, as it is now. RC_NOT_FOUND: there is none any more. */
enum rc epoch_watch_find(struct db *db, uint32_t meter_id, struct epoch_watch *epoch);

#endif
