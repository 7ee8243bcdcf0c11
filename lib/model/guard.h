/*
 * guard.h - what a meter model does with the purchase count it is told (model_guard): found out on
 * one meter by the commissioning test, and true for its model.
 */
#ifndef VOLTILL_GUARD_H
#define VOLTILL_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"
#include "model/delivery.h"

/* The test moves credit: only where the credit is nobody's. False: the meter serves an account or
 * its purchases are counted, or it was removed. */
enum rc guard_may_test(struct db *db, int64_t meter_id, bool *may_test);

/* What the test of this command found; not GUARD_UNKNOWN. */
enum rc guard_store(
    struct db *db, int64_t meter_id, int64_t command_id, enum delivery_guard guard, int64_t at);

#endif
