/*
 * store_alarm.h - the alarms that rules decide (model/alarm_rule.h): of meters by their readings,
 * of this collector by its spool and its disk.
 *
 * Rules are copies from a moment ago, so that judging a reading asks nobody. The
 * more meters there are, the longer a copy lasts: reading them costs a small part of the time.
 */
#ifndef VOLTILL_STORE_ALARM_H
#define VOLTILL_STORE_ALARM_H

#include "base/conf.h"
#include "model/alarm_limit.h"
#include "spool.h"
#include "store_write.h"

/* Begins zeroed but for the first three. */
struct alarm_watch {
	const struct conf *conf;
	const struct spool *spool;
	uint32_t collector_id;

	struct alarm_limits limits;
	char stamp[ALARM_STAMP_MAX];		   /* of the rules as they were read */
	int64_t rules_at, slow_at, self_at;	   /* monotonic: when each is due again */
	int64_t waits_since;			   /* half hours wait in the spool; 0: none does */
	bool is_told, is_spool_told, is_disk_told; /* what the database says of this collector */
};

/* Outside a transaction, before each: reads rules, looks at spool and disk, ends plans that are
 * over, each when it is due. */
enum rc store_alarm_watch(
    struct alarm_watch *watch, struct db *db, struct known *known, int64_t mono);

/* Outside a transaction, before each: what the first `count` waiting states say. */
void store_alarm_judge(struct known *known, size_t count);

/* Within the transaction: begins and ends what the state of a meter says. */
enum rc store_alarm_settle(struct db *db, struct writing *writing, struct known_meter *meter);

#endif
