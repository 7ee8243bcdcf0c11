/*
 * alarm_limit.h - the rules of alarms as people set them: settings, and amounts of single meters.
 */
#ifndef VOLTILL_ALARM_LIMIT_H
#define VOLTILL_ALARM_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"
#include "model/alarm_rule.h"

/* Settings of the group SETTING_RULES, and those beside them. */
struct alarm_limits {
	uint32_t kinds;	 /* ALARM_BITs of ALARM_RULED that are watched */
	bool is_percent; /* warnings follow the last purchase, where a meter has no own amount */
	int64_t credit1_percent, credit2_percent, credit1_fen, credit2_fen;
	int64_t overload_w, clock_ms, spool_ms, disk_permille;
};

/* One statement. A value that is no number counts as missing. */
enum rc alarm_limits_read(struct db *db, struct alarm_limits *limits);

/* Writes down what each account bought last, for warnings by per cent. Outside a transaction:
 * each that differs is written by itself. */
enum rc alarm_note_purchases(struct db *db);

/* A text that differs when alarm_rules_each would say something else: much less work than that. */
#define ALARM_STAMP_MAX 1000
enum rc alarm_rules_stamp(struct db *db, uint32_t collector_id, char stamp[ALARM_STAMP_MAX]);

/* Calls each for every living meter on the buses of a collector. */
enum rc alarm_rules_each(struct db *db, uint32_t collector_id, const struct alarm_limits *limits,
    void (*each)(void *context, uint32_t meter_id, const struct alarm_rule *rule), void *context);

#endif
