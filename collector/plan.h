/*
 * plan.h - which meter is asked next. Pure: time comes in as an argument.
 *
 * Live meters that are due go first, oldest first. A meter that did not answer is asked once a
 * round without retries; after PLAN_LOST_AFTER of these it is lost and asked with growing back-off.
 * Asking the lost takes at most a thirtieth of the bus while live meters are due, finding out about
 * meters that are new or fell silent just now at most half of it; both fit into idle time
 * otherwise. When a lost one comes back, the back-off of the others ends once: a fuse or a gateway
 * often takes several.
 */
#ifndef VOLTILL_PLAN_H
#define VOLTILL_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_LOST_AFTER 3 /* rounds without an answer until a meter counts as lost */

struct plan;

struct plan_timing {
	int64_t status_period_ms;  /* 0: without pause */
	int64_t reading_period_ms; /* aligned slots; 0: every answer is a reading */
	int64_t probe_cost_ms;	   /* what asking a silent meter costs: the response time-out */
	bool may_hurry; /* giving up early helps: no gateway goes on waiting in our place */
};

struct plan *plan_new(const struct plan_timing *timing, size_t meters);
void plan_free(struct plan *plan); /* NULL is allowed */

/* The next meter to ask at `now` (monotonic ms), or -1; *wait_ms then says when to ask again. wall
 * is the UTC clock, for slots: at each slot boundary every live meter is due at once. What came of
 * it is told by one of the four functions below; when none is called, the same meter stays due. */
int plan_next(struct plan *plan, int64_t now, int64_t wall, int64_t *wait_ms);

/* How long to wait for the answer to the meter chosen last, as its answers came until now: several
 * may have fallen silent at once, and time-outs must not keep the others waiting. Silence after it
 * is no reason to count the meter as lost. 0: as long as the bus allows. */
int64_t plan_patience_ms(const struct plan *plan);

/* What came of asking. Returns the change of state. The first answer ever counts as PLAN_BACK: the
 * database may still hold the meter as lost. */
enum plan_change { PLAN_SAME, PLAN_LOST, PLAN_BACK };
enum plan_change plan_answered(struct plan *plan, size_t meter, int64_t now, int64_t wall);
enum plan_change plan_silent(struct plan *plan, size_t meter, int64_t now);
/* It answers, but not with values: it is asked again after pause_ms, and is neither live nor lost.
 */
enum plan_change plan_rest(struct plan *plan, size_t meter, int64_t now, int64_t pause_ms);

/* Slot the answer of this meter at `wall` stands for, 0 when its slot was already read. */
int64_t plan_slot(const struct plan *plan, size_t meter, int64_t wall);
/* What is known from before this start: the last slot read and when the meter was read last (UTC).
 * Those that were read most recently are asked first. */
void plan_remember(struct plan *plan, size_t meter, int64_t slot_at, int64_t seen_at);
/* Makes what was learned about a meter in an old plan known to a new one (reload). */
void plan_adopt(struct plan *plan, size_t meter, const struct plan *old, size_t old_meter);

bool plan_is_lost(const struct plan *plan, size_t meter);
size_t plan_lost_count(const struct plan *plan);
/* True when every meter was asked in vain: the line or the gateway is gone, not a meter. */
bool plan_is_silent(const struct plan *plan);
/* True once when a round ended: every live meter was asked, and none is left unknown. *round_ms is
 * its length without idle time, so that it says how long a round takes, not how often there is one.
 */
bool plan_round_ended(struct plan *plan, int64_t now, int64_t *round_ms);

#endif
