/* Saying yes and no. */
#include "model/approval_private.h"

#include <stdio.h>
#include <string.h>

enum { LOCK, DECIDE };
static const struct query Q[] QUERIES = {
	[LOCK] = { .sql = "SELECT kind, sale_id, command_id, meter_id, meter_change_id, amount_fen,"
			  " payload, reason, asked_by, asked_at, outcome FROM approval"
			  " WHERE approval_id = ? FOR UPDATE",
	    .bounded = "primary key" },
	[DECIDE] = { .sql = "UPDATE approval SET outcome = ?, decided_by = ?, decided_at = ?,"
			    " note = ? WHERE approval_id = ? AND outcome IS NULL" },
};

struct decision {
	int64_t approval_id;
	const char *note;
	const struct operator_actor *by;
	struct faults *faults;
	bool is_refused; /* it cannot be done any more */
};

/* The question, locked. RC_CONFLICT: it is decided. */
static enum rc
lock(struct db *db, struct arena *arena, int64_t approval_id, struct approval *approval)
{
	struct rows *rows;
	bool is_decided = false;
	enum rc rc = db_query(db, &Q[LOCK], ARGS(I(approval_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		*approval = (struct approval){ .approval_id = approval_id,
			.kind = approval_kind_find(rows_text(rows, 0)),
			.sale_id = rows_int(rows, 1),
			.command_id = rows_int(rows, 2),
			.meter_id = rows_int(rows, 3),
			.meter_change_id = rows_int(rows, 4),
			.amount_fen = rows_int(rows, 5),
			.payload = arena_strdup(arena, rows_text(rows, 6)),
			.reason = arena_strdup(arena, rows_text(rows, 7)),
			.asked_by = rows_int(rows, 8),
			.asked_at = rows_int(rows, 9) };
		is_decided = !rows_is_null(rows, 10);
	}
	rows_end(rows);
	return rc == RC_OK && is_decided ? RC_CONFLICT : rc;
}

static enum rc
decide(struct db *db, const struct approval *approval, const char *outcome, const char *action,
    const struct decision *decision)
{
	const struct operator_actor *by = decision->by;
	enum rc rc = db_exec(db, &Q[DECIDE],
	    ARGS(S(outcome), I(by->operator_id), T(by->now), S(decision->note),
		I(approval->approval_id)));

	return rc == RC_OK ? approval_audit(db, action, approval->approval_id, approval->kind,
				 decision->note, by)
			   : rc;
}

/* ---- yes ---- */

static enum rc
carry_out(struct db *db, struct arena *arena, struct decision *decision)
{
	struct approval approval;
	enum rc rc = lock(db, arena, decision->approval_id, &approval);

	if (rc != RC_OK)
		return rc;
	if (approval.asked_by == decision->by->operator_id)
		return RC_DENIED;
	rc = approval_do(db, &approval, decision->by, decision->faults);
	if (rc == RC_CONFLICT || rc == RC_NOT_FOUND) {
		decision->is_refused = true;
		return RC_CONFLICT;
	}
	return rc == RC_OK ? decide(db, &approval, "approved", "approval.approve", decision) : rc;
}

static enum rc
approve(struct db *db, void *context)
{
	struct decision *decision = context;
	struct arena *arena = arena_new();

	*decision->faults = (struct faults){ 0 };
	decision->is_refused = false;
	enum rc rc = carry_out(db, arena, decision);
	arena_free(arena);
	return rc;
}

/* ---- no ---- */

static enum rc
turn_down(struct db *db, struct arena *arena, const struct decision *decision)
{
	struct approval approval;
	enum rc rc = lock(db, arena, decision->approval_id, &approval);

	if (rc == RC_OK)
		rc = approval_undo(db, &approval, decision->by);
	if (rc != RC_OK)
		return rc;
	return approval.asked_by == decision->by->operator_id
		   ? decide(db, &approval, "withdrawn", "approval.withdraw", decision)
		   : decide(db, &approval, "rejected", "approval.reject", decision);
}

static enum rc
reject(struct db *db, void *context)
{
	struct arena *arena = arena_new();
	enum rc rc = turn_down(db, arena, context);

	arena_free(arena);
	return rc;
}

/* ---- from outside ---- */

/* A note of the system: why it cannot be done any more. */
static enum rc
reject_refused(struct db *db, struct decision *decision)
{
	const struct fault *fault = decision->faults->count > 0 ? &decision->faults->list[0] : NULL;
	char note[400];

	if (fault == NULL)
		(void)snprintf(note, sizeof(note), "#Conflict");
	else
		(void)snprintf(note, sizeof(note), "#%s%s%s", fault->key,
		    fault->value[0] != '\0' ? "\t" : "", fault->value);
	decision->note = note;
	enum rc rc = db_transact(db, reject, decision);
	return rc == RC_OK ? RC_CONFLICT : rc;
}

enum rc
approval_approve(struct db *db, int64_t approval_id, const char *note,
    const struct operator_actor *by, struct faults *faults)
{
	struct decision decision = {
		.approval_id = approval_id, .note = note, .by = by, .faults = faults
	};
	enum rc rc = db_transact(db, approve, &decision);

	return rc == RC_CONFLICT && decision.is_refused ? reject_refused(db, &decision) : rc;
}

enum rc
approval_reject(
    struct db *db, int64_t approval_id, const char *note, const struct operator_actor *by)
{
	struct decision decision = { .approval_id = approval_id, .note = note, .by = by };

	return db_transact(db, reject, &decision);
}
