/*
 * doorbell.h - tells the collector on this machine that something changed.
 */
#ifndef VOLTILL_BASE_DOORBELL_H
#define VOLTILL_BASE_DOORBELL_H

#include "base/conf.h"

/* Rings after a commit: the collector then looks at once for changed definitions and new orders,
 * instead of within a second or two. Never waits and cannot fail: without a collector here, or
 * without a doorbell, the change is found by looking. */
void doorbell_ring(const struct conf *conf);

#endif
