#include "model/alarm_rule.h"

#include <assert.h>
#include <stdio.h>

#include "base/clock.h"
#include "model/relay.h"

#define EASE_PART	   20 /* a warning of credit ends when the limit is passed by a 20th */
#define DISK_EASE_PERMILLE 20

enum verdict { UNCLEAR, GOOD, BAD };

/* So many bad readings in a row begin it, so many good ones end it. */
static const struct streak {
	enum alarm_kind kind;
	uint8_t to_begin, to_end;
} STREAKS[ALARM_STREAKS] = {
	[ALARM_STREAK_OVERLOAD] = { ALARM_OVERLOAD, 1, 2 },
	[ALARM_STREAK_CLOCK] = { ALARM_CLOCK_DRIFT, 2, 1 },
	[ALARM_STREAK_RELAY] = { ALARM_RELAY_DISORDER, 2, 2 },
};

/* ---- credit ---- */

enum level { LEVEL_NONE, LEVEL_LOW1, LEVEL_LOW2, LEVEL_ARREARS };
static const enum alarm_kind LEVEL_KINDS[] = {
	[LEVEL_LOW1] = ALARM_LOW_CREDIT1,
	[LEVEL_LOW2] = ALARM_LOW_CREDIT2,
	[LEVEL_ARREARS] = ALARM_ARREARS,
};

static enum level
level_running(uint32_t running)
{
	for (enum level level = LEVEL_ARREARS; level > LEVEL_NONE; level--)
		if ((running & ALARM_BIT(LEVEL_KINDS[level])) != 0)
			return level;
	return LEVEL_NONE;
}

/* meter_status says the same of a board. */
static enum level
level_met(const struct alarm_rule *rule, const struct reading *reading)
{
	if ((reading->flags & FLAG_ARREARS) != 0 || reading->credit_fen < 0)
		return LEVEL_ARREARS;
	if (reading->credit_fen <= rule->alarm2_fen)
		return LEVEL_LOW2;
	return reading->credit_fen <= rule->alarm1_fen ? LEVEL_LOW1 : LEVEL_NONE;
}

static bool
is_held(const struct alarm_rule *rule, const struct reading *reading, enum level level)
{
	int64_t limit_fen = level == LEVEL_LOW2 ? rule->alarm2_fen : rule->alarm1_fen;

	if (level == LEVEL_ARREARS)
		return reading->credit_fen <= 0;
	return reading->credit_fen <= limit_fen + limit_fen / EASE_PART;
}

/* The level that holds, and of those that are watched the highest below it. */
static uint32_t
judge_credit(const struct alarm_rule *rule, const struct reading *reading, uint32_t running)
{
	enum level level = level_running(running), met;

	if ((reading->has & HAS_CREDIT) == 0)
		return running & ALARM_CREDIT;
	while (level > LEVEL_NONE && !is_held(rule, reading, level))
		level--;
	met = level_met(rule, reading);
	if (met > level)
		level = met;
	while (level > LEVEL_NONE && (rule->kinds & ALARM_BIT(LEVEL_KINDS[level])) == 0)
		level--;
	return level > LEVEL_NONE ? ALARM_BIT(LEVEL_KINDS[level]) : 0;
}

/* ---- the others ---- */

static bool
is_load_open(const struct alarm_rule *rule, const struct reading *reading)
{
	int mask = rule->phases == 3 ? CONTROL_WANTS : 1;

	return (reading->has & HAS_CONTROL) != 0 && (reading->load_state & CONTROL_ACTIVE) != 0 &&
	       (reading->load_state & mask) != mask;
}

/* Over the limit now, tripped by it, or tripped and closed again since the reading before. */
static enum verdict
see_overload(
    const struct alarm_rule *rule, const struct reading *reading, struct alarm_memory *memory)
{
	bool has_count = (reading->has & HAS_CREDIT) != 0;
	bool has_tripped =
	    has_count && memory->has_count && reading->overload_count > memory->overload_count;

	if (has_count) {
		memory->has_count = true;
		memory->overload_count = reading->overload_count;
	}
	return (reading->flags & FLAG_OVER_LIMIT) != 0 || has_tripped || is_load_open(rule, reading)
		   ? BAD
		   : GOOD;
}

static int64_t
clock_drift(const struct reading *reading)
{
	return reading->clock_at - reading->read_at;
}

/* Between four fifths of what is allowed and all of it nothing changes. */
static enum verdict
see_clock(const struct alarm_rule *rule, const struct reading *reading)
{
	int64_t drift = clock_drift(reading), off = drift < 0 ? -drift : drift;

	if ((reading->has & HAS_CLOCK) == 0 || reading->clock_at <= 0)
		return UNCLEAR;
	if (off > rule->clock_ms)
		return BAD;
	return off <= rule->clock_ms * 4 / 5 ? GOOD : UNCLEAR;
}

static enum relay_reason
relay_reason(const struct alarm_rule *rule, const struct reading *reading)
{
	const struct meter_control control = { .relay_closed = reading->relay_closed,
		.fee_state = reading->fee_state,
		.load_state = reading->load_state,
		.time_state = reading->time_state,
		.force_state = reading->force_state,
		.flags = reading->flags };
	bool has_credit = (reading->has & HAS_CREDIT) != 0;
	struct relay_view view;

	relay_explain(&control, rule->phases, has_credit ? reading->credit_fen : METER_NO_CREDIT,
	    -1, -1, &view);
	return view.reason;
}

static enum verdict
see_relay(const struct alarm_rule *rule, const struct reading *reading)
{
	if ((reading->has & HAS_CONTROL) == 0)
		return UNCLEAR;
	enum relay_reason reason = relay_reason(rule, reading);
	return reason == REASON_AGAINST || reason == REASON_UNEXPLAINED ? BAD : GOOD;
}

/* ---- all ---- */

static void
count(uint8_t *streak, uint8_t *other)
{
	*other = 0;
	if (*streak < UINT8_MAX)
		(*streak)++;
}

static uint32_t
judge_streak(uint32_t running, size_t i, enum verdict verdict, struct alarm_memory *memory)
{
	uint32_t bit = ALARM_BIT(STREAKS[i].kind);

	if (verdict == BAD)
		count(&memory->bad[i], &memory->good[i]);
	else if (verdict == GOOD)
		count(&memory->good[i], &memory->bad[i]);
	if (memory->bad[i] >= STREAKS[i].to_begin)
		return running | bit;
	return memory->good[i] >= STREAKS[i].to_end ? running & ~bit : running;
}

uint32_t
alarm_judge(const struct alarm_rule *rule, const struct reading *reading, uint32_t running,
    struct alarm_memory *memory)
{
	if (!rule->is_known || (reading->quality & QUALITY_UNUSABLE) != 0)
		return running & ALARM_RULED;
	if (memory->judged_at == reading->read_at)
		return memory->verdict;
	memory->judged_at = reading->read_at;
	uint32_t others = running & ALARM_RULED & ~ALARM_CREDIT;
	others = judge_streak(
	    others, ALARM_STREAK_OVERLOAD, see_overload(rule, reading, memory), memory);
	others = judge_streak(others, ALARM_STREAK_CLOCK, see_clock(rule, reading), memory);
	others = judge_streak(others, ALARM_STREAK_RELAY, see_relay(rule, reading), memory);
	memory->verdict = (others | judge_credit(rule, reading, running)) & rule->kinds;
	return memory->verdict;
}

static void
measured(struct alarm *alarm, int64_t value, int64_t threshold)
{
	alarm->has_value = alarm->has_threshold = true;
	alarm->value = value;
	alarm->threshold = threshold;
}

static void
measure_overload(const struct alarm_rule *rule, const struct reading *reading, struct alarm *alarm)
{
	alarm->has_value = (reading->has & HAS_POWER) != 0;
	alarm->value = reading->power_w;
	alarm->has_threshold = rule->overload_w > 0;
	alarm->threshold = rule->overload_w;
	if (is_load_open(rule, reading) && (reading->has & HAS_CREDIT) != 0)
		(void)snprintf(alarm->detail, sizeof(alarm->detail), "tripped %u %u",
		    reading->overload_count, reading->overload_max);
}

void
alarm_measure(const struct alarm_rule *rule, const struct reading *reading, struct alarm *alarm)
{
	switch (alarm->kind) {
	case ALARM_LOW_CREDIT1:
		measured(alarm, reading->credit_fen, rule->alarm1_fen);
		break;
	case ALARM_LOW_CREDIT2:
		measured(alarm, reading->credit_fen, rule->alarm2_fen);
		break;
	case ALARM_ARREARS:
		measured(alarm, reading->credit_fen, 0);
		break;
	case ALARM_OVERLOAD:
		measure_overload(rule, reading, alarm);
		break;
	case ALARM_CLOCK_DRIFT:
		measured(alarm, clock_drift(reading) / CLOCK_SECOND, rule->clock_ms / CLOCK_SECOND);
		break;
	case ALARM_RELAY_DISORDER:
		(void)snprintf(alarm->detail, sizeof(alarm->detail), "%s",
		    relay_reason_name(relay_reason(rule, reading)));
		break;
	default:
		break;
	}
}

bool
alarm_judge_spool(int64_t waits_since, int64_t now, int64_t patience_ms, bool is_running)
{
	if (waits_since == 0)
		return false;
	return is_running || now - waits_since >= patience_ms;
}

bool
alarm_judge_disk(int64_t free_permille, int64_t limit_permille, bool is_running)
{
	return free_permille < limit_permille + (is_running ? DISK_EASE_PERMILLE : 0);
}
