#include <string.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "base/log.h"
#include "store_alarm.h"

#define RULES_MS      2000  /* rules are read again so soon, */
#define RULES_EACH_MS 5	    /* in a large fleet after so long for each meter, */
#define SLOW_MS	      60000 /* at the latest together with what is slow */
#define SELF_MS	      10000
#define BUS_MARKS     (ALARM_BIT(ALARM_BUS_LOST) | ALARM_BIT(ALARM_BUS_NOISE))

/* ---- rules ---- */

static void
keep_rule(void *context, uint32_t meter_id, const struct alarm_rule *rule)
{
	known_meter(context, meter_id)->rule = *rule;
}

/* Only what changed is worth reading. */
static enum rc
read_rules(struct alarm_watch *watch, struct db *db, struct known *known, int64_t mono)
{
	char stamp[ALARM_STAMP_MAX] = "";
	enum rc rc = alarm_rules_stamp(db, watch->collector_id, stamp);

	if (rc == RC_OK && strcmp(stamp, watch->stamp) != 0) {
		rc = alarm_limits_read(db, &watch->limits);
		if (rc == RC_OK)
			rc = alarm_rules_each(
			    db, watch->collector_id, &watch->limits, keep_rule, known);
	}
	if (rc != RC_OK)
		return rc;
	memcpy(watch->stamp, stamp, sizeof(stamp));
	int64_t pause = RULES_EACH_MS * (int64_t)known->meter_count;
	pause = pause < RULES_MS ? RULES_MS : pause > SLOW_MS ? SLOW_MS : pause;
	watch->rules_at = mono + pause;
	return RC_OK;
}

/* Two collectors may have lost the buses of one gateway in the same moment, neither seeing the
 * other: the fold is made again now and then, as long as a bus is lost. */
static enum rc
do_slow(struct alarm_watch *watch, struct db *db, const struct known *known, int64_t mono)
{
	int64_t now = clock_now();
	enum rc rc = alarm_end_plans(db, now);

	if (rc == RC_OK && watch->limits.is_percent)
		rc = alarm_note_purchases(db);
	for (size_t i = 0; i < known->bus_count && rc == RC_OK; i++) {
		const struct known_bus *bus = &known->buses[i];
		if (bus->owned_epoch != 0 && (bus->marks & BUS_MARKS) != 0)
			rc = alarm_fold(db, bus->bus_id, now);
	}
	if (rc == RC_OK)
		watch->slow_at = mono + SLOW_MS;
	return rc;
}

/* ---- the collector itself ---- */

static enum rc
tell(struct alarm_watch *watch, struct db *db, bool is_bad, bool *is_told, struct alarm *alarm)
{
	if (watch->is_told && is_bad == *is_told)
		return RC_OK;
	alarm->collector_id = watch->collector_id;
	enum rc rc = is_bad ? alarm_begin(db, alarm) : alarm_end(db, alarm);
	if (rc == RC_OK)
		*is_told = is_bad;
	return rc;
}

static enum rc
look_at_spool(struct alarm_watch *watch, struct db *db, int64_t now)
{
	bool waits = !spool_is_empty(watch->spool);
	struct alarm alarm = { .kind = ALARM_SPOOL_GROWING,
		.has_value = true,
		.value = (int64_t)spool_count(watch->spool) };

	if (!waits)
		watch->waits_since = 0;
	else if (watch->waits_since == 0)
		watch->waits_since = now;
	alarm.at = waits ? watch->waits_since : now;
	return tell(watch, db,
	    alarm_judge_spool(
		watch->waits_since, now, watch->limits.spool_ms, watch->is_spool_told),
	    &watch->is_spool_told, &alarm);
}

static enum rc
look_at_disk(struct alarm_watch *watch, struct db *db, int64_t now)
{
	struct statvfs disk;

	if (statvfs(watch->conf->collector_spool, &disk) != 0 || disk.f_blocks == 0)
		return RC_OK;
	struct alarm alarm = { .kind = ALARM_DISK_LOW,
		.at = now,
		.has_value = true,
		.value = (int64_t)(disk.f_bavail * 1000 / disk.f_blocks),
		.has_threshold = true,
		.threshold = watch->limits.disk_permille };
	return tell(watch, db, alarm_judge_disk(alarm.value, alarm.threshold, watch->is_disk_told),
	    &watch->is_disk_told, &alarm);
}

static enum rc
look_at_self(struct alarm_watch *watch, struct db *db, int64_t mono)
{
	int64_t now = clock_now();
	enum rc rc = look_at_spool(watch, db, now);

	if (rc == RC_OK)
		rc = look_at_disk(watch, db, now);
	if (rc != RC_OK)
		return rc;
	watch->is_told = true;
	watch->self_at = mono + SELF_MS;
	return RC_OK;
}

enum rc
store_alarm_watch(struct alarm_watch *watch, struct db *db, struct known *known, int64_t mono)
{
	enum rc rc = RC_OK;

	if (mono >= watch->rules_at)
		rc = read_rules(watch, db, known, mono);
	if (rc == RC_OK && mono >= watch->self_at)
		rc = look_at_self(watch, db, mono);
	if (rc == RC_OK && mono >= watch->slow_at)
		rc = do_slow(watch, db, known, mono);
	return rc;
}

/* ---- meters ---- */

void
store_alarm_judge(struct known *known, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct known_meter *meter = &known->meters[known->states.places[i]];
		meter->verdict =
		    alarm_judge(&meter->rule, &meter->state, meter->marks, &meter->memory);
	}
}

static enum rc
settle(struct db *db, struct writing *w, struct known_meter *meter, uint32_t kinds, bool begins)
{
	enum rc rc = RC_OK;

	for (enum alarm_kind kind = 0; kind < ALARM_KINDS && rc == RC_OK; kind++) {
		struct alarm alarm = {
			.kind = kind, .meter_id = meter->meter_id, .at = meter->state.read_at
		};
		if ((kinds & ALARM_BIT(kind)) == 0)
			continue;
		if (begins)
			alarm_measure(&meter->rule, &meter->state, &alarm);
		rc = store_set_alarm(db, w, meter, &alarm, begins);
	}
	return rc;
}

enum rc
store_alarm_settle(struct db *db, struct writing *w, struct known_meter *meter)
{
	uint32_t changed = (meter->new_marks ^ meter->verdict) & ALARM_RULED;

	if (!meter->has_state || changed == 0)
		return RC_OK;
	/* What ends goes first: of the warnings of credit never two run. */
	enum rc rc = settle(db, w, meter, changed & meter->new_marks, false);
	return rc == RC_OK ? settle(db, w, meter, changed & meter->verdict, true) : rc;
}
