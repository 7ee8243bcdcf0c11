/*
 * invariant_private.h - what the files of the check share. Nobody else includes it.
 */
#ifndef VOLTILL_INVARIANT_PRIVATE_H
#define VOLTILL_INVARIANT_PRIVATE_H

#include "model/invariant.h"

#define INVARIANT_MOMENTS_MAX 8

/* Rows of a statement: what is off in words, and how many there are in all. Only the first few are
 * returned. Each of its arguments is the present moment, moved by so much. */
struct invariant_rule {
	struct invariant head;
	const struct query *query;
	int64_t moments[INVARIANT_MOMENTS_MAX];
	size_t moment_count;
	/* In place of a statement. */
	enum rc (*look)(struct db *db, int64_t now, struct invariant_result *result);
};

#define OFF_FROM "SELECT x.what, COUNT(*) OVER () FROM ("
#define OFF_END	 ") x LIMIT 8"

/* Tables that end with a rule without a code. */
extern const struct invariant_rule invariant_ledger[], invariant_orders[], invariant_days[],
    invariant_people[];

#endif
