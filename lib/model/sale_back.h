/*
 * sale_back.h - what refunds, reversals and adjustments share, and how one that was asked for is
 * carried out when the second person says yes. Not for pages.
 */
#ifndef VOLTILL_SALE_BACK_H
#define VOLTILL_SALE_BACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"
#include "model/delivery.h"
#include "model/sale_private.h"

/* Carries out a document that is asked for, in the transaction of its approval. RC_INVALID: not at
 * this moment, faults say why. RC_CONFLICT: it cannot be done any more; the first fault, if there
 * is one, says why. Nothing is to be committed then. */
enum rc sale_refund_approved(
    struct db *db, int64_t sale_id, const struct operator_actor *by, struct faults *faults);
enum rc sale_reversal_approved(
    struct db *db, int64_t sale_id, const struct operator_actor *by, struct faults *faults);
enum rc sale_adjustment_approved(
    struct db *db, int64_t sale_id, const struct operator_actor *by, struct faults *faults);

/* ---- shared ---- */

/* What can be taken out of a meter: what it showed last, or what the ledger says of one that counts
 * no credit itself. */
enum rc sale_back_most(struct db *db, const struct sale_meter *meter, int64_t *most_fen);

/* Fault RefundDayMax when the refunds and reversals of that operator on that business day, with
 * amount_fen more, exceed the limit of the role. */
enum rc sale_back_check_day(struct db *db, const struct sale_limits *limits, int64_t operator_id,
    struct day day, int64_t amount_fen, const char *field, struct faults *faults);

/* Orders the money command of a document, or settles it at once for a meter that counts no credit
 * itself. amount_fen > 0. */
enum rc sale_back_order(struct db *db, int64_t sale_id, const struct sale_meter *meter,
    enum delivery_kind kind, int64_t amount_fen, const struct operator_actor *by);

/* asked -> state, with who approved. RC_CONFLICT: it is not asked for any more. */
enum rc sale_back_approve(struct db *db, int64_t sale_id, enum sale_state state, int64_t settled_at,
    const struct operator_actor *by);

/* Of a document that waited for its second person: RC_INVALID when the first fault passes by itself
 * (the meter is busy), RC_CONFLICT when it does not. */
enum rc sale_back_verdict(const struct faults *faults);

/* A fault whose value is an amount. */
void sale_back_fault(struct faults *faults, const char *field, const char *key, int64_t amount_fen);

#endif
