/*
 * partition.h - the months of table reading.
 */
#ifndef VOLTILL_PARTITION_H
#define VOLTILL_PARTITION_H

#include "base/db.h"

/* Splits months off the last partition up to three months ahead of now. What is there stays; called
 * again it does nothing. Prints what it added. */
enum rc partition_keep(struct db *db, int64_t now);

#endif
