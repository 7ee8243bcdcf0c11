/*
 * approval_private.h - what approval.c, approval_decide.c and explain.c share. Nobody else includes
 * it.
 */
#ifndef VOLTILL_APPROVAL_PRIVATE_H
#define VOLTILL_APPROVAL_PRIVATE_H

#include "model/approval.h"

/* Carries out what was asked for, in the transaction of the decision. RC_INVALID: not at this
 * moment; RC_CONFLICT and RC_NOT_FOUND: it cannot be done any more. Faults say why. */
enum rc approval_do(struct db *db, const struct approval *approval, const struct operator_actor *by,
    struct faults *faults);
enum rc explain_approved(struct db *db, const struct approval *approval,
    const struct operator_actor *by, struct faults *faults);

/* What stops waiting when the second person says no. */
enum rc approval_undo(
    struct db *db, const struct approval *approval, const struct operator_actor *by);

/* Audited in the caller's transaction. */
enum rc approval_audit(struct db *db, const char *action, int64_t approval_id,
    enum approval_kind kind, const char *reason, const struct operator_actor *by);
enum approval_kind approval_kind_find(const char *name); /* APPROVAL_KINDS: there is none */

/* The figures of a payload, from that word on. RC_BUG: it is not one of ours. */
struct approval_figures {
	int64_t count, credit_fen, energy_wh;
};
enum rc approval_figures(const char *text, struct approval_figures *figures);

#endif
