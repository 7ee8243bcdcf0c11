/*
 * What judging alarms adds to storing a round: the states of ten thousand meters in batches, with
 * and without rules, in a quiet round and in one in which a hundredth of the meters change.
 *
 *   alarm CONF ROUNDS     prints store_us=… quiet_us=… busy_us=… rules_us=… of the median round
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/conf.h"
#include "model/alarm_limit.h"
#include "model/reading.h"

#define METERS 10000
#define BATCH  1000

static struct alarm_rule rules[METERS + 1];
static struct alarm_memory memories[METERS + 1];
static struct reading readings[METERS];

struct storing {
	struct reading_batch *batch;
	const struct reading *list[BATCH];
	size_t first;
};

static void
keep(void *context, uint32_t meter_id, const struct alarm_rule *rule)
{
	(void)context;
	rules[meter_id] = *rule;
}

static enum rc
store(struct db *db, void *context)
{
	struct storing *storing = context;

	for (size_t i = 0; i < BATCH; i++)
		storing->list[i] = &readings[storing->first + i];
	return reading_store_state(db, storing->batch, storing->list, BATCH);
}

static void
must(enum rc rc)
{
	if (rc == RC_OK)
		return;
	(void)fprintf(stderr, "alarm: %s\n", rc_name(rc));
	exit(1);
}

static int64_t
store_round(struct db *db, struct storing *storing)
{
	int64_t began = clock_mono_us();

	for (storing->first = 0; storing->first < METERS; storing->first += BATCH)
		must(db_transact(db, store, storing));
	return clock_mono_us() - began;
}

/* Rules are looked at about once in a round of a fleet of that size, and read when they changed. */
static int64_t
judge_round(struct db *db, uint32_t *verdicts)
{
	int64_t began = clock_mono_us();
	char stamp[ALARM_STAMP_MAX];

	must(alarm_rules_stamp(db, 1, stamp));
	for (size_t i = 0; i < METERS; i++)
		verdicts[i] = alarm_judge(&rules[i + 1], &readings[i], 0, &memories[i + 1]);
	return clock_mono_us() - began;
}

static int64_t
rules_round(struct db *db)
{
	int64_t began = clock_mono_us();
	struct alarm_limits limits;

	must(alarm_limits_read(db, &limits));
	must(alarm_rules_each(db, 1, &limits, keep, NULL));
	return clock_mono_us() - began;
}

static enum rc
change(struct db *db, void *context)
{
	bool begins = *(bool *)context;
	enum rc rc = RC_OK;

	for (uint32_t i = 1; i <= METERS / 100 && rc == RC_OK; i++) {
		struct alarm alarm = {
			.kind = ALARM_LOW_CREDIT1, .meter_id = i, .at = clock_now()
		};
		rc = begins ? alarm_begin(db, &alarm) : alarm_end(db, &alarm);
	}
	return rc;
}

static int64_t
change_round(struct db *db, bool begins)
{
	int64_t began = clock_mono_us();

	must(db_transact(db, change, &begins));
	return clock_mono_us() - began;
}

static int
by_value(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return (a > b) - (a < b);
}

static int64_t
middle(int64_t *values, size_t count)
{
	qsort(values, count, sizeof(*values), by_value);
	return values[count / 2];
}

static void
read_meters(int round)
{
	for (uint32_t i = 0; i < METERS; i++)
		readings[i] = (struct reading){ .meter_id = i + 1,
			.has = HAS_CREDIT | HAS_CONTROL | HAS_CLOCK | HAS_POWER,
			.read_at = clock_now(),
			.clock_at = clock_now(),
			.energy_wh = 1000000 + round * 17,
			.credit_fen = 100000 - round,
			.power_w = 900 + round,
			.relay_closed = 1,
			.fee_state = CONTROL_ACTIVE | 1 };
}

int
main(int argc, char **argv)
{
	static uint32_t verdicts[METERS];
	static int64_t stored[100], quiet[100], busy[100], read[100];
	static struct conf conf;
	struct storing storing = { .batch = reading_batch_new(BATCH) };
	size_t rounds = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	struct db *db;

	if (rounds == 0 || rounds > 100)
		return 2;
	must(conf_load(&conf, argv[1]));
	must(db_open(&conf, "voltill_collector", &db));
	for (size_t i = 0; i < rounds; i++) {
		read_meters((int)i);
		read[i] = rules_round(db);
		stored[i] = store_round(db, &storing);
		quiet[i] = judge_round(db, verdicts);
		busy[i] = quiet[i] + change_round(db, i % 2 == 0);
	}
	(void)printf("store_us=%lld quiet_us=%lld busy_us=%lld rules_us=%lld\n",
	    (long long)middle(stored, rounds), (long long)middle(quiet, rounds),
	    (long long)middle(busy, rounds), (long long)middle(read, rounds));
	db_close(db);
	return 0;
}
