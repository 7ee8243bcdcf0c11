/*
 * alarm_list.h - running and past alarms for pages. Beginning and ending them is alarm.h's.
 */
#ifndef VOLTILL_ALARM_LIST_H
#define VOLTILL_ALARM_LIST_H

#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/scope.h"

struct alarm_view {
	int64_t alarm_id, meter_id, gateway_id;	     /* 0: not of a meter, not of a bus */
	const char *kind, *subject, *place, *detail; /* subject: tenant, meter or bus in words */
	int64_t began_at, ended_at;		     /* ended_at 0: running */
	int64_t folded;				     /* alarms under this one */
};

/* Running alarms of the scope that are folded under no other, newest first; total counts them all.
 */
enum rc alarm_running(struct db *db, struct arena *arena, const struct scope *scope, int64_t limit,
    struct alarm_view **alarms, size_t *count, int64_t *total);
/* The last alarms of one meter, also those folded under its bus. */
enum rc alarm_of_meter(struct db *db, struct arena *arena, int64_t meter_id, int64_t limit,
    struct alarm_view **alarms, size_t *count);

#endif
