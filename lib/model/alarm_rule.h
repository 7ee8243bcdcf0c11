/*
 * alarm_rule.h - when an alarm begins and ends, from what a meter or a collector says. Pure.
 *
 * One bad value is no alarm where meters are known to err, and a value at the limit does not ring
 * again and again: what begins after so many readings ends after so many, and a limit is left by
 * more than it was met.
 */
#ifndef VOLTILL_ALARM_RULE_H
#define VOLTILL_ALARM_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/alarm.h"
#include "model/reading.h"

#define ALARM_BIT(kind) (1u << (kind))
/* Kinds that alarm_judge decides, and of those the warnings of credit, of which one runs. */
#define ALARM_CREDIT \
	(ALARM_BIT(ALARM_LOW_CREDIT1) | ALARM_BIT(ALARM_LOW_CREDIT2) | ALARM_BIT(ALARM_ARREARS))
#define ALARM_RULED                                                                \
	(ALARM_CREDIT | ALARM_BIT(ALARM_OVERLOAD) | ALARM_BIT(ALARM_CLOCK_DRIFT) | \
	    ALARM_BIT(ALARM_RELAY_DISORDER))

/* What counts for one meter. */
struct alarm_rule {
	bool is_known;	/* false: nothing begins and nothing ends */
	uint8_t phases; /* 1 or 3 */
	uint32_t kinds; /* ALARM_BITs of those that may run */
	int64_t alarm1_fen, alarm2_fen;
	int64_t overload_w; /* 0: no limit is known */
	int64_t clock_ms;   /* the clock may be off by so much */
};

enum { ALARM_STREAK_OVERLOAD, ALARM_STREAK_CLOCK, ALARM_STREAK_RELAY, ALARM_STREAKS };

/* What is remembered of the readings before; begins zeroed. */
struct alarm_memory {
	int64_t judged_at; /* read_at of the newest that was judged: it is not judged again */
	uint8_t bad[ALARM_STREAKS], good[ALARM_STREAKS]; /* readings in a row */
	bool has_count;
	uint16_t overload_count; /* that the meter showed then */
	uint32_t verdict;
};

/* Which of ALARM_RULED run after this reading, if those of `running` ran before it. A reading that
 * cannot be believed changes nothing. */
uint32_t alarm_judge(const struct alarm_rule *rule, const struct reading *reading, uint32_t running,
    struct alarm_memory *memory);

/* Fills value, threshold and detail of an alarm that begins with this reading. */
void alarm_measure(
    const struct alarm_rule *rule, const struct reading *reading, struct alarm *alarm);

/* Half hours wait on the disk since then (0: none waits): an alarm when that is too long ago. Ends
 * when nothing waits. */
bool alarm_judge_spool(int64_t waits_since, int64_t now, int64_t patience_ms, bool is_running);
/* Free part of a disk in per mille: begins below the limit, ends two per cent above. */
bool alarm_judge_disk(int64_t free_permille, int64_t limit_permille, bool is_running);

#endif
