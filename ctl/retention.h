/*
 * retention.h - lets go of what the settings no longer keep.
 */
#ifndef VOLTILL_RETENTION_H
#define VOLTILL_RETENTION_H

#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"

/* Half hours older than keep.reading_months go with their month, records of polling older than
 * keep.poll_days in small steps. The audit and the use of each day stay for ever. */
enum rc retention_apply(struct db *db, int64_t now);

#endif
