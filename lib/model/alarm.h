/*
 * alarm.h - alarms are states with a beginning and an end; of each kind one runs for a thing.
 */
#ifndef VOLTILL_ALARM_H
#define VOLTILL_ALARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"

enum alarm_kind {
	ALARM_METER_LOST,     /* a meter does not answer */
	ALARM_BUS_LOST,	      /* nothing on the bus answers; its lost meters are folded under it */
	ALARM_IMPLAUSIBLE,    /* a meter says what cannot be */
	ALARM_MODEL_MISMATCH, /* it is not the model it should be */
	ALARM_BUS_NOISE,      /* bytes without end on the bus */
	ALARM_IDENTITY_MISMATCH, /* it shows the number of another meter */
	ALARM_COUNT_MISMATCH, /* its purchase count is not the one of the ledger; sales are stopped
			       */
	ALARM_BALANCE_DRIFT,  /* its credit moved as no use and no order explains; sales are stopped
			       */
	ALARM_DELIVERY_HELD,  /* a money command waits for two persons */
	ALARM_METERING_DIFFERENCE, /* a day's use at its price is not what the meter counted down */
	ALARM_CHECK_FAILED,	   /* of nothing in particular: the books do not agree */
	ALARM_KINDS,
};

#define ALARM_DETAIL_MAX 200

struct alarm {
	enum alarm_kind kind;
	uint32_t meter_id, bus_id; /* what it is about: one of them, the other 0 */
	int64_t at;		   /* when it began, or ended */
	char detail[ALARM_DETAIL_MAX];
};

const char *alarm_kind_name(enum alarm_kind kind); /* "meter_lost" */

/* Begins one, unless it runs already; ends one, if it runs. Inside the caller's transaction. */
enum rc alarm_begin(struct db *db, const struct alarm *alarm);
enum rc alarm_end(struct db *db, const struct alarm *alarm);

/* Whether one of a meter runs. */
enum rc alarm_is_running(struct db *db, enum alarm_kind kind, uint32_t meter_id, bool *is_running);

/* Folds the running lost-meter alarms of a bus under its own running alarm, or unfolds them when it
 * has none. To be called after either began or ended. */
enum rc alarm_fold(struct db *db, uint32_t bus_id);

/* Ends the alarms of a meter that was removed and of a bus that was disabled. */
enum rc alarm_end_orphans(struct db *db, int64_t at);

/* Calls each for every running alarm; only kind, meter_id and bus_id are filled. */
enum rc alarm_each_running(
    struct db *db, void (*each)(void *context, const struct alarm *alarm), void *context);

#endif
