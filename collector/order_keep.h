/*
 * order_keep.h - orders of the system itself: what a meter cannot hold, the server does in time.
 *
 * A meter knows no holiday, no step and no deep valley (model/config_plan.h). Of meters whose
 * prices or tables a person had written once, this keeps them right: when the plan and what was
 * read back differ, an order is made, one at a time per meter and part. Called by the dispatcher's
 * thread.
 */
#ifndef VOLTILL_ORDER_KEEP_H
#define VOLTILL_ORDER_KEEP_H

#include "order_dispatch.h"

/* Makes the orders that are due for meters of these buses; *made: how many, *next_at: when (UTC) a
 * plan changes next, at the latest in ORDERS_KEEP_MS. */
#define ORDERS_KEEP_MS (5 * CLOCK_MINUTE)
enum rc orders_keep(struct db *db, struct charge *charges, size_t count, int64_t now, size_t *made,
    int64_t *next_at);

/* order_until.c: orders back to prepaid what was kept on for a time that is over; *next_at: when
 * the next one ends, 0: none. */
enum rc orders_until(struct db *db, const struct lease_owner *owner, struct charge *charges,
    size_t count, int64_t now, size_t *made, int64_t *next_at);

#endif
