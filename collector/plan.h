/*
 * plan.h - which meter is asked next. Pure: time comes in as an argument.
 *
 * Live meters that are due go first, oldest first. A meter that did not answer is asked once a round
 * without retries and with growing back-off; asking the silent never takes more than a twentieth of
 * the bus while live meters are due, and fits into idle time otherwise. When one comes back, the
 * back-off of the others ends: a fuse or a gateway often takes several.
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
	int64_t probe_cost_ms;     /* what asking a silent meter costs: the response time-out */
};

struct plan *plan_new(const struct plan_timing *timing, size_t meters);
void plan_free(struct plan *plan);

/* The next meter to ask at `now` (monotonic ms), or -1; *wait_ms then says when to ask again. wall is
 * the UTC clock, for slots: at each slot boundary every live meter is due at once. */
int plan_next(struct plan *plan, int64_t now, int64_t wall, int64_t *wait_ms);

/* What came of asking. Returns the change of state. */
enum plan_change { PLAN_SAME, PLAN_LOST, PLAN_BACK };
enum plan_change plan_answered(struct plan *plan, size_t meter, int64_t now, int64_t wall);
enum plan_change plan_silent(struct plan *plan, size_t meter, int64_t now);

/* Slot the answer of this meter at `wall` stands for, 0 when its slot was already read. */
int64_t plan_slot(const struct plan *plan, size_t meter, int64_t wall);
/* Makes what was learned about a meter in an old plan known to a new one (reload). */
void plan_adopt(struct plan *plan, size_t meter, const struct plan *old, size_t old_meter);

bool plan_is_lost(const struct plan *plan, size_t meter);
size_t plan_lost_count(const struct plan *plan);
/* True once when a round ended: every live meter was asked. *round_ms its length. */
bool plan_round_ended(struct plan *plan, int64_t now, int64_t *round_ms);

#endif
