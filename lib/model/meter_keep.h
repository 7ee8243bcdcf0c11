/*
 * meter_keep.h - meters that are kept on (forced closed) for a time.
 *
 * Who orders a keep-on says until when (command.until_at), and a row here holds that promise. When
 * the time has come the collector orders the meter back to prepaid, unless a later order to force
 * it, or to end that, was confirmed or is under way; if that order fails, it is made again.
 */
#ifndef VOLTILL_METER_KEEP_H
#define VOLTILL_METER_KEEP_H

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"

#define METER_KEEPS_MAX 20000
#define METER_KEEP_DAYS 30 /* nobody keeps a meter on for longer with one order */

struct meter_keep {
	int64_t meter_id, bus_id, ends_at;
};

/* Those in force, confirmed by their meters, ascending by meter. */
enum rc meter_keep_list(
    struct db *db, struct arena *arena, struct meter_keep **keeps, size_t *count);
/* Until when a meter is kept on; 0: it is not, or nobody said for how long. */
enum rc meter_keep_until(struct db *db, int64_t meter_id, int64_t *ends_at);
/* The row of a meter in the list, NULL if there is none. */
const struct meter_keep *meter_keep_find(
    const struct meter_keep *keeps, size_t count, int64_t meter_id);

/* meter_keep_end.c, for the collector that has the lease of their buses. Those whose end has come
 * and for which nothing is under way, at most room; *next_at: when the next one ends, or is tried
 * again (0: none). */
enum rc meter_keep_due(struct db *db, int64_t collector_id, int64_t now, struct meter_keep *keeps,
    size_t room, size_t *count, int64_t *next_at);
/* Closes the rows that hold no promise any more. */
enum rc meter_keep_close(struct db *db, int64_t now);

#endif
