#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "plan.h"

#define LOST_SHARE     30   /* asking the lost takes at most 1/30 of a busy bus */
#define FIND_SHARE     2    /* finding out about others at most 1/2 */
#define PERIOD_MIN_MS  5000 /* back-off is counted in these when there is no status period */
#define BACKOFF_MAX    10   /* periods, and never more than: */
#define BACKOFF_MAX_MS 600000
#define RECALL_PERIOD_MS \
	300000 /* a meter that flaps does not end the back-off of others for ever */
#define SILENT_PAUSE_MS	    2000 /* between tries on a bus where nobody answers */
#define SILENT_PAUSE_MAX_MS 20000
#define WAIT_MAX_MS	    60000
#define PROVEN_AGE_MS	    5000 /* in trouble, those that answer wait so long for the others */
#define HURRY_MIN_MS	    100	 /* a machine that stands still for a moment is no silence */
#define HURRY_SPARE_MS	    25

enum condition { UNKNOWN, LIVE, DOUBTFUL, LOST, RESTING };

struct entry {
	enum condition condition;
	int silences;	     /* in a row */
	bool has_answered;   /* since the start, or since it was lost last */
	bool is_recalled;    /* its back-off ended because another meter came back */
	int64_t asked_at;    /* monotonic; 0: never */
	int64_t answered_at; /* monotonic; 0: never */
	int64_t took_ms;     /* the longest of the last answers */
	int64_t next_at;     /* not live: not asked before, unless nobody answers */
	int64_t slot_at;     /* last slot read, UTC */
	int64_t seen_at;     /* UTC, last reading before this start; orders the first questions */
	uint64_t round;	     /* in which it was asked last */
};

struct plan {
	struct plan_timing timing;
	int64_t asked_at; /* when the meter that is being asked was chosen */
	int64_t ended_at; /* when the last answer or time-out was told */
	int64_t find_at; /* not before: asking unknown or doubtful meters while live ones are due */
	int64_t probe_at;    /* the same for lost ones */
	int64_t recalled_at; /* 0: never */
	int64_t idle_since;  /* 0: not idle */
	int silences;	     /* of all meters in a row */
	int64_t trouble_at;  /* when a live meter fell silent, till all others answered; 0: none */
	unsigned turn;	     /* of choose_in_trouble */
	int64_t patience_ms; /* for the meter that is being asked; 0: as long as the bus allows */
	uint64_t round;
	int64_t round_began, round_idle_ms;
	bool is_round_begun;
	size_t count;
	struct entry entries[];
};

struct plan *
plan_new(const struct plan_timing *timing, size_t meters)
{
	struct plan *plan = calloc(1, sizeof(*plan) + meters * sizeof(struct entry));

	if (plan == NULL)
		log_fatal("plan", "no memory for %zu meters", meters);
	plan->timing = *timing;
	plan->count = meters;
	plan->round = 1;
	return plan;
}

void
plan_free(struct plan *plan)
{
	free(plan);
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
greatest(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* ---- slots ---- */

/* A clock that is put back a little must not read the old slot again, but one that was far in the
 * future must not keep the slots of a year from being read. */
static bool
is_slot_open(const struct plan *plan, const struct entry *entry, int64_t slot_at)
{
	return entry->slot_at < slot_at ||
	       entry->slot_at - slot_at > plan->timing.reading_period_ms;
}

int64_t
plan_slot(const struct plan *plan, size_t meter, int64_t wall)
{
	if (plan->timing.reading_period_ms == 0)
		return wall;
	int64_t slot_at = clock_slot(wall, plan->timing.reading_period_ms);
	return is_slot_open(plan, &plan->entries[meter], slot_at) ? slot_at : 0;
}

void
plan_remember(struct plan *plan, size_t meter, int64_t slot_at, int64_t seen_at)
{
	plan->entries[meter].slot_at = slot_at;
	plan->entries[meter].seen_at = seen_at;
}

/* ---- choosing ---- */

/* slot_at is the running slot, 0 without slots. */
static bool
is_due(const struct plan *plan, const struct entry *entry, int64_t now, int64_t slot_at)
{
	return entry->asked_at + plan->timing.status_period_ms <= now ||
	       (slot_at != 0 && is_slot_open(plan, entry, slot_at));
}

/* The longest unasked live meter that is due, or -1; *next_at tells when the next becomes due. */
static int
choose_live(const struct plan *plan, int64_t now, int64_t slot_at, int64_t *next_at, size_t *live)
{
	int chosen = -1;

	for (size_t i = 0; i < plan->count; i++) {
		const struct entry *entry = &plan->entries[i];
		if (entry->condition != LIVE)
			continue;
		++*live;
		if (chosen >= 0 && entry->asked_at >= plan->entries[chosen].asked_at)
			continue;
		if (is_due(plan, entry, now, slot_at))
			chosen = (int)i;
		else
			*next_at = least(*next_at, entry->asked_at + plan->timing.status_period_ms);
	}
	return chosen;
}

/* A fuse or a cable often takes many meters together, and each of them costs a time-out before it
 * is known. So all are tried quickly, oldest first, and in between those that have answered since
 * are read in time. */
static int
choose_in_trouble(struct plan *plan, int64_t now, int64_t slot_at, int due)
{
	int proven = -1, unproven = -1;

	for (size_t i = 0; i < plan->count; i++) {
		const struct entry *entry = &plan->entries[i];
		if (entry->condition != LIVE || !is_due(plan, entry, now, slot_at))
			continue;
		int *oldest = entry->answered_at > plan->trouble_at ? &proven : &unproven;
		if (*oldest < 0 || entry->asked_at < plan->entries[*oldest].asked_at)
			*oldest = (int)i;
	}
	if (unproven < 0)
		return due;
	bool is_proven_old = proven >= 0 && plan->entries[proven].asked_at + PROVEN_AGE_MS <= now;
	return is_proven_old && plan->turn++ % 2 == 0 ? proven : unproven;
}

/* Over when every live meter has answered since. */
static bool
is_in_trouble(struct plan *plan)
{
	bool is_over = true;

	if (plan->trouble_at == 0)
		return false;
	for (size_t i = 0; i < plan->count && is_over; i++)
		is_over = plan->entries[i].condition != LIVE ||
			  plan->entries[i].answered_at > plan->trouble_at;
	if (is_over)
		plan->trouble_at = 0;
	return !is_over;
}

/* What kind of question a meter that is not live is, the most urgent first. */
enum errand { ERRAND_FIRST, ERRAND_FIND, ERRAND_PROBE };

static enum errand
errand_of(const struct entry *entry)
{
	if (entry->condition == UNKNOWN)
		return ERRAND_FIRST;
	return entry->condition == LOST && !entry->is_recalled ? ERRAND_PROBE : ERRAND_FIND;
}

/* When a meter that is not live may be asked. While live meters wait, all of these together keep to
 * the shares, and a doubtful one takes no more than a thirtieth of the bus by itself: but for the
 * first silence of one that answered until now, which mostly is a hiccup. */
static int64_t
permitted_at(const struct plan *plan, const struct entry *entry, bool is_busy)
{
	if (!is_busy)
		return entry->next_at;
	enum errand errand = errand_of(entry);
	int64_t at =
	    greatest(entry->next_at, errand == ERRAND_PROBE ? plan->probe_at : plan->find_at);
	if (entry->condition == DOUBTFUL && (entry->silences > 1 || !entry->has_answered))
		at = greatest(at, entry->asked_at + LOST_SHARE * plan->timing.probe_cost_ms);
	return at;
}

static bool
goes_before(const struct entry *a, const struct entry *b)
{
	enum errand first = errand_of(a), second = errand_of(b);

	if (first != second)
		return first < second;
	return a->asked_at != b->asked_at ? a->asked_at < b->asked_at : a->seen_at > b->seen_at;
}

static int
choose_other(const struct plan *plan, int64_t now, bool is_busy, int64_t *next_at)
{
	int chosen = -1;

	for (size_t i = 0; i < plan->count; i++) {
		const struct entry *entry = &plan->entries[i];
		if (entry->condition == LIVE)
			continue;
		int64_t at = permitted_at(plan, entry, is_busy);
		if (at > now)
			*next_at = least(*next_at, at);
		else if (chosen < 0 || goes_before(entry, &plan->entries[chosen]))
			chosen = (int)i;
	}
	return chosen;
}

/* Nobody answers: every meter once, then gently round and round, so that the bus is seen to be back
 * within seconds, whatever the back-off of its meters says. */
static int
choose_silent(const struct plan *plan, int64_t now, int64_t *next_at)
{
	int64_t pause_ms =
	    least(greatest(plan->timing.status_period_ms / (int64_t)plan->count, SILENT_PAUSE_MS),
		SILENT_PAUSE_MAX_MS);
	int64_t again_at = plan->ended_at + pause_ms;
	int chosen = -1;

	for (size_t i = 0; i < plan->count; i++) {
		const struct entry *entry = &plan->entries[i];
		int64_t at = entry->condition == UNKNOWN   ? now
			     : entry->condition == RESTING ? greatest(again_at, entry->next_at)
							   : again_at;
		if (at > now)
			*next_at = least(*next_at, at);
		else if (chosen < 0 || goes_before(entry, &plan->entries[chosen]))
			chosen = (int)i;
	}
	return chosen;
}

/* In trouble, a meter that answered until now has as long as its answers take: a silent one then
 * costs no time-out but a moment, and is asked again properly when all were tried. */
static int64_t
patience_ms(const struct plan *plan, const struct entry *entry)
{
	if (!plan->timing.may_hurry || plan->trouble_at == 0 || entry->condition != LIVE ||
	    entry->answered_at > plan->trouble_at)
		return 0;
	return greatest(entry->took_ms + entry->took_ms / 4 + HURRY_SPARE_MS, HURRY_MIN_MS);
}

static void
note_idle(struct plan *plan, int64_t now)
{
	if (plan->idle_since == 0)
		plan->idle_since = now;
}

static void
note_busy(struct plan *plan, int64_t now)
{
	if (plan->idle_since != 0)
		plan->round_idle_ms += now - plan->idle_since;
	plan->idle_since = 0;
	if (!plan->is_round_begun) {
		plan->is_round_begun = true;
		plan->round_began = now;
		plan->round_idle_ms = 0;
	}
	plan->asked_at = now;
}

int
plan_next(struct plan *plan, int64_t now, int64_t wall, int64_t *wait_ms)
{
	int64_t slot_period_ms = plan->timing.reading_period_ms;
	int64_t slot_at = slot_period_ms > 0 ? clock_slot(wall, slot_period_ms) : 0;
	int64_t next_at = now + WAIT_MAX_MS;
	size_t live = 0;
	int chosen;

	*wait_ms = WAIT_MAX_MS;
	if (plan->count == 0)
		return -1;
	int due = choose_live(plan, now, slot_at, &next_at, &live);
	if (due >= 0 && is_in_trouble(plan))
		chosen = choose_in_trouble(plan, now, slot_at, due);
	else if (live > 0)
		chosen = choose_other(plan, now, due >= 0, &next_at);
	else
		chosen = choose_silent(plan, now, &next_at);
	if (chosen < 0)
		chosen = due;
	if (chosen >= 0) {
		note_busy(plan, now);
		plan->patience_ms = patience_ms(plan, &plan->entries[chosen]);
		*wait_ms = 0;
		return chosen;
	}
	note_idle(plan, now);
	if (slot_at != 0)
		next_at = least(next_at, now + slot_at + slot_period_ms - wall);
	*wait_ms = greatest(1, next_at - now);
	return -1;
}

int64_t
plan_patience_ms(const struct plan *plan)
{
	return plan->patience_ms;
}

/* ---- learning ---- */

/* Common to all that can come of asking. */
static struct entry *
note_asked(struct plan *plan, size_t meter, int64_t now)
{
	struct entry *entry = &plan->entries[meter];

	assert(meter < plan->count);
	entry->asked_at = plan->asked_at;
	entry->round = plan->round;
	entry->is_recalled = false;
	plan->ended_at = now;
	return entry;
}

/* Something came back: asks the other lost meters soon. */
static void
recall_lost(struct plan *plan, int64_t now)
{
	if (plan->recalled_at != 0 && now - plan->recalled_at < RECALL_PERIOD_MS)
		return;
	plan->recalled_at = now;
	for (size_t i = 0; i < plan->count; i++)
		if (plan->entries[i].condition == LOST) {
			plan->entries[i].is_recalled = true;
			plan->entries[i].next_at = now;
		}
}

static enum plan_change
note_answer(struct plan *plan, struct entry *entry, enum condition condition, int64_t now)
{
	enum condition before = entry->condition;

	entry->condition = condition;
	entry->has_answered = true;
	entry->answered_at = now;
	entry->silences = 0;
	plan->silences = 0;
	if (before == LOST)
		recall_lost(plan, now);
	return before == LOST || before == UNKNOWN ? PLAN_BACK : PLAN_SAME;
}

enum plan_change
plan_answered(struct plan *plan, size_t meter, int64_t now, int64_t wall)
{
	struct entry *entry = note_asked(plan, meter, now);
	int64_t slot_at = plan_slot(plan, meter, wall), took_ms = now - plan->asked_at;

	if (slot_at != 0)
		entry->slot_at = slot_at;
	entry->took_ms = greatest(took_ms, entry->took_ms - (entry->took_ms - took_ms) / 8);
	return note_answer(plan, entry, LIVE, now);
}

enum plan_change
plan_rest(struct plan *plan, size_t meter, int64_t now, int64_t pause_ms)
{
	struct entry *entry = note_asked(plan, meter, now);

	entry->next_at = now + pause_ms;
	return note_answer(plan, entry, RESTING, now);
}

/* Twice as long each time, from two periods on. */
static int64_t
backoff_ms(const struct plan *plan, int silences)
{
	int64_t period_ms = plan->timing.status_period_ms;

	if (period_ms == 0)
		period_ms = PERIOD_MIN_MS;
	int64_t pause_ms = period_ms, longest_ms = least(BACKOFF_MAX * period_ms, BACKOFF_MAX_MS);
	for (int i = PLAN_LOST_AFTER; i <= silences && pause_ms < longest_ms; i++)
		pause_ms *= 2;
	return least(pause_ms, longest_ms);
}

enum plan_change
plan_silent(struct plan *plan, size_t meter, int64_t now)
{
	struct entry *entry = note_asked(plan, meter, now);
	int64_t cost_ms = now - plan->asked_at;
	bool was_lost = entry->condition == LOST;

	if (entry->condition == LIVE && plan->trouble_at == 0)
		plan->trouble_at = plan->asked_at;
	plan->find_at = now + (FIND_SHARE - 1) * cost_ms;
	if (plan->patience_ms != 0) {
		entry->condition = DOUBTFUL;
		entry->next_at = now;
		return PLAN_SAME;
	}
	plan->silences++;
	entry->silences++;
	entry->condition = entry->silences >= PLAN_LOST_AFTER ? LOST : DOUBTFUL;
	if (entry->condition == LOST)
		entry->has_answered = false;
	entry->next_at =
	    plan->asked_at + (entry->condition == LOST ? backoff_ms(plan, entry->silences)
						       : plan->timing.status_period_ms);
	plan->probe_at = now + (LOST_SHARE - 1) * cost_ms;
	return entry->condition == LOST && !was_lost ? PLAN_LOST : PLAN_SAME;
}

void
plan_adopt(struct plan *plan, size_t meter, const struct plan *old, size_t old_meter)
{
	plan->entries[meter] = old->entries[old_meter];
	plan->entries[meter].round = 0;
	plan->ended_at = old->ended_at;
	plan->find_at = old->find_at;
	plan->probe_at = old->probe_at;
	plan->recalled_at = old->recalled_at;
	plan->silences = old->silences;
}

/* ---- telling ---- */

bool
plan_is_lost(const struct plan *plan, size_t meter)
{
	assert(meter < plan->count);
	return plan->entries[meter].condition == LOST;
}

size_t
plan_lost_count(const struct plan *plan)
{
	size_t lost = 0;

	for (size_t i = 0; i < plan->count; i++)
		lost += plan->entries[i].condition == LOST;
	return lost;
}

bool
plan_is_silent(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->entries[i].condition != DOUBTFUL && plan->entries[i].condition != LOST)
			return false;
	return plan->silences >= PLAN_LOST_AFTER;
}

bool
plan_round_ended(struct plan *plan, int64_t now, int64_t *round_ms)
{
	size_t live = 0;

	if (!plan->is_round_begun)
		return false;
	for (size_t i = 0; i < plan->count; i++) {
		const struct entry *entry = &plan->entries[i];
		if (entry->condition == UNKNOWN)
			return false;
		if (entry->condition != LIVE)
			continue;
		if (entry->round != plan->round)
			return false;
		live++;
	}
	plan->is_round_begun = false;
	plan->round++;
	*round_ms = now - plan->round_began - plan->round_idle_ms;
	return live > 0;
}
