/*
 * tariff_assign.h - which meter pays what, from which day on. Inside the caller's transaction.
 */
#ifndef VOLTILL_TARIFF_ASSIGN_H
#define VOLTILL_TARIFF_ASSIGN_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/operator.h"
#include "model/scope.h"

#define TARIFF_ASSIGN_MAX 2000 /* meters at once: as many as a form can name */

struct tariff_assignment {
	int64_t tariff_id;   /* 0: a price of its own */
	int64_t price_uyuan; /* then this one */
	struct day from;
};

/* From that day on, until what is planned for a later day. Meters that have just that already are
 * passed over; *changed counts the others. RC_NOT_FOUND: a meter or the tariff does not exist, is
 * removed or outside the scope, and nothing is changed. RC_INVALID: the tariff has no version that
 * holds on that day. */
enum rc tariff_assign(struct db *db, const int64_t *meter_ids, size_t count,
    const struct tariff_assignment *assignment, const struct scope *scope,
    const struct operator_actor *by, size_t *changed);

/* Takes back what begins on that day, which must be after today. RC_NOT_FOUND: there is no such
 * plan. */
enum rc tariff_unassign(struct db *db, int64_t meter_id, struct day from, struct day today,
    const struct scope *scope, const struct operator_actor *by);

#endif
