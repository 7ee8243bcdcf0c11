/*
 * sale_fee.h - the fees beside the energy: what a person may set. What is on offer is in sale.h.
 *
 * A fee that was sold keeps its row for ever: it is archived, and its name is free again.
 */
#ifndef VOLTILL_SALE_FEE_H
#define VOLTILL_SALE_FEE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/fault.h"
#include "model/operator.h"

#define FEE_NAME_MAX	 32	 /* characters */
#define FEE_FIXED_MAX	 1000000 /* fen: 10,000.00 */
#define FEE_PERMILLE_MAX 500
#define FEES_MAX	 200 /* with the archived ones */

struct fee {
	int64_t fee_id, revision;
	char name[FEE_NAME_MAX * 4 + 1];
	bool is_permille; /* thousandths of what is paid; otherwise fen of each purchase */
	int64_t value;
	bool is_usual;	     /* ticked when a sale begins */
	int64_t archived_at; /* 0: on offer */
};

/* On offer first, by name. */
enum rc fee_list(struct db *db, struct arena *arena, struct fee **fees, size_t *count);
enum rc fee_find(struct db *db, int64_t fee_id, struct fee *fee);

/* Fields: name, value. Keys: Required, TooLong, BadText, OutOfRange, NameTaken. */
void fee_validate(const struct fee *fee, struct faults *faults);

/* Each is one transaction with its audit row. RC_INVALID: see faults; RC_CONFLICT: saved by
 * somebody else meanwhile, or archived. */
enum rc fee_add(
    struct db *db, struct fee *fee, const struct operator_actor *by, struct faults *faults);
enum rc fee_save(
    struct db *db, const struct fee *fee, const struct operator_actor *by, struct faults *faults);
/* fee_id and revision of it count. */
enum rc fee_archive(struct db *db, const struct fee *fee, const struct operator_actor *by);

#endif
