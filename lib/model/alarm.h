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
	ALARM_LOW_CREDIT1,	   /* credit at or below the first warning amount … */
	ALARM_LOW_CREDIT2,	   /* … the second … */
	ALARM_ARREARS,		   /* … used up: of these three one runs at a time */
	ALARM_OVERLOAD,		   /* over the limit of its load, or tripped by it */
	ALARM_CLOCK_DRIFT,	   /* its clock is off */
	ALARM_RELAY_DISORDER,	   /* its relay does not stand as its controls say */
	ALARM_GATEWAY_LOST,  /* no bus of it answers; they and their meters are folded under it */
	ALARM_SPOOL_GROWING, /* of a collector: half hours wait on its disk */
	ALARM_DISK_LOW,	     /* of a collector: the disk of its spool is nearly full */
	ALARM_KINDS,
};

enum alarm_severity { ALARM_MINOR, ALARM_MAJOR, ALARM_CRITICAL, ALARM_SEVERITIES };

#define ALARM_DETAIL_MAX 200

struct alarm {
	enum alarm_kind kind;
	/* What it is about: one of them, the others 0; none for something of no thing. */
	uint32_t meter_id, bus_id, gateway_id, collector_id;
	int64_t at; /* when it began, or ended */
	/* What was found and the limit, in the unit of the kind; read if has_value. */
	bool has_value, has_threshold;
	int64_t value, threshold;
	char detail[ALARM_DETAIL_MAX];
};

/* alarm_kind.c, pure. */
const char *alarm_kind_name(enum alarm_kind kind);	       /* "meter_lost" */
enum alarm_kind alarm_kind_find(const char *name);	       /* ALARM_KINDS: there is none */
enum alarm_severity alarm_severity(enum alarm_kind kind);      /* fixed for each kind */
const char *alarm_severity_name(enum alarm_severity severity); /* "critical" */
enum alarm_severity alarm_severity_find(const char *name);     /* ALARM_SEVERITIES: none */
/* Whether planned work explains it: faults of lines and meters, never money. */
bool alarm_is_plannable(enum alarm_kind kind);

/* Begins one, unless it runs already, under the planned work at its place (maintenance.h) if there
 * is any; ends one, if it runs. Inside the caller's transaction. */
enum rc alarm_begin(struct db *db, const struct alarm *alarm);
enum rc alarm_end(struct db *db, const struct alarm *alarm);

/* Whether one of a meter runs. */
enum rc alarm_is_running(struct db *db, enum alarm_kind kind, uint32_t meter_id, bool *is_running);

/* Begins or ends the alarm of the gateway of a bus, which is lost when none of its buses that have
 * meters answers, and folds what follows from a lost gateway or bus under its alarm, or unfolds it.
 * To be called after an alarm of the bus or of its meters began or ended. */
enum rc alarm_fold(struct db *db, uint32_t bus_id, int64_t at);

/* Ends the alarms of a meter that was removed, of a bus that was disabled, of credit of a meter
 * that has no account any more, and of a collector that was not seen for a day. */
enum rc alarm_end_orphans(struct db *db, int64_t at);
/* Planned work that is over excuses nothing any more: what still runs is an alarm like others. */
enum rc alarm_end_plans(struct db *db, int64_t now);

/* Calls each for every running alarm; only kind and what it is about are filled. */
enum rc alarm_each_running(
    struct db *db, void (*each)(void *context, const struct alarm *alarm), void *context);

#endif
