/*
 * spool.h - half hours and losses on disk while the database is away.
 *
 * One append-only file per collector name: a head, then records of a fixed size with a checksum
 * each, so that a torn or damaged record is recognised and the next one still found. It survives
 * kill -9 of the collector and is replayed, in order, at the next start. Storing a record twice
 * changes nothing, so the file is cut only when all of it is stored. A spool belongs to one thread.
 */
#ifndef VOLTILL_SPOOL_H
#define VOLTILL_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"
#include "outbox.h"

#define SPOOL_MB 1000000 /* bytes of collector.spool_mb */

struct spool;

/* Opens or makes folder/name.spool and locks it: RC_CONFLICT when another process has it. What is
 * left in it from before is there to be read. A file that is no spool, or one of another version,
 * is kept under another name. */
enum rc spool_open(const char *folder, const char *name, int64_t limit_bytes, struct spool **spool);
void spool_close(struct spool *spool); /* NULL is allowed */

/* Another limit, from any thread; what is in the file already stays. */
void spool_set_limit(struct spool *spool, int64_t limit_bytes);

/* Whether an item is kept here at all: half hours, and things lost or back. */
bool spool_keeps(const struct item *item);

/* Appends items that spool_keeps, safely on disk when it returns. Fewer than count fit when the
 * limit is reached or the disk is full (logged once, until there is room again). */
size_t spool_append(struct spool *spool, const struct item *const *items, size_t count);

bool spool_is_empty(const struct spool *spool);
size_t spool_count(const struct spool *spool); /* records still to be stored */

/* The oldest up to max records, again and again until spool_drop says that they are stored. */
size_t spool_peek(struct spool *spool, struct item *items, size_t max);
void spool_drop(struct spool *spool);

#endif
