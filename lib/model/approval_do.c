/* What an approval carries out. */
#include "model/approval_private.h"

#include <stdlib.h>
#include <string.h>

#include "model/account_close.h"
#include "model/delivery.h"
#include "model/meter_change.h"
#include "model/sale_back.h"

#define DELIVERED     "delivered "
#define NOT_DELIVERED "not_delivered "

enum { HELD_SALE };
static const struct query Q[] QUERIES = {
	[HELD_SALE] = { .sql = "SELECT d.meter_id, s.account_id FROM delivery d"
			       " JOIN sale s ON s.sale_id = d.sale_id WHERE d.command_id = ?",
	    .bounded = "primary key" },
};

enum rc
approval_figures(const char *text, struct approval_figures *figures)
{
	int64_t *const numbers[] = { &figures->count, &figures->credit_fen, &figures->energy_wh };

	for (size_t i = 0; i < COUNT(numbers); i++) {
		char *end;
		*numbers[i] = strtoll(text, &end, 10);
		if (end == text || *end != (i + 1 < COUNT(numbers) ? ' ' : '\0'))
			return RC_BUG;
		text = end + 1;
	}
	return RC_OK;
}

/* ---- a held delivery ---- */

/* Everything about a meter stands in line behind its account_meter. */
static enum rc
lock_meter(struct db *db, int64_t command_id)
{
	struct rows *rows;
	int64_t meter_id = 0, account_id = 0;
	enum rc rc = db_query(db, &Q[HELD_SALE], ARGS(I(command_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		meter_id = rows_int(rows, 0);
		account_id = rows_int(rows, 1);
	}
	rows_end(rows);
	if (rc == RC_OK && (rc = sale_lock_meter(db, account_id, meter_id)) == RC_NOT_FOUND)
		return RC_OK; /* the meter has gone to somebody else: nothing is sold to it here */
	return rc;
}

static enum rc
resolve_held(struct db *db, const struct approval *approval, const struct operator_actor *by,
    struct faults *faults)
{
	struct delivery_verdict verdict = { .command_id = approval->command_id,
		.resolved_by = approval->asked_by,
		.second_by = by->operator_id,
		.at = by->now };
	struct approval_figures figures;
	const char *text = approval->payload;

	(void)faults;
	verdict.is_delivered = strncmp(text, DELIVERED, strlen(DELIVERED)) == 0;
	if (!verdict.is_delivered && strncmp(text, NOT_DELIVERED, strlen(NOT_DELIVERED)) != 0)
		return RC_BUG;
	enum rc rc = approval_figures(strchr(text, ' ') + 1, &figures);
	if (rc == RC_OK)
		rc = lock_meter(db, approval->command_id);
	verdict.count = figures.count;
	verdict.credit_fen = figures.credit_fen;
	verdict.energy_wh = figures.energy_wh;
	return rc == RC_OK ? delivery_resolve(db, &verdict) : rc;
}

/* ---- the documents ---- */

static enum rc
do_refund(struct db *db, const struct approval *approval, const struct operator_actor *by,
    struct faults *faults)
{
	return sale_refund_approved(db, approval->sale_id, by, faults);
}

static enum rc
do_reversal(struct db *db, const struct approval *approval, const struct operator_actor *by,
    struct faults *faults)
{
	return sale_reversal_approved(db, approval->sale_id, by, faults);
}

static enum rc
do_adjustment(struct db *db, const struct approval *approval, const struct operator_actor *by,
    struct faults *faults)
{
	return sale_adjustment_approved(db, approval->sale_id, by, faults);
}

/* ---- typed figures of dead meters ---- */

static enum rc
do_closing(struct db *db, const struct approval *approval, const struct operator_actor *by,
    struct faults *faults)
{
	struct approval_figures figures;
	enum rc rc = approval_figures(approval->payload, &figures);

	if (rc != RC_OK)
		return rc;
	/* "ACCOUNT CREDIT_FEN ENERGY_WH" */
	const struct leave_figures leave = { .approval_id = approval->approval_id,
		.account_id = figures.count,
		.meter_id = approval->meter_id,
		.credit_fen = figures.credit_fen,
		.energy_wh = figures.energy_wh,
		.asked_by = approval->asked_by,
		.reason = approval->reason };
	rc = account_close_approve(db, &leave, by, faults);
	return rc == RC_INVALID ? sale_back_verdict(faults) : rc;
}

static enum rc
do_change(struct db *db, const struct approval *approval, const struct operator_actor *by,
    struct faults *faults)
{
	enum rc rc =
	    meter_change_approve(db, approval->meter_change_id, approval->reason, by, faults);

	return rc == RC_INVALID ? sale_back_verdict(faults) : rc;
}

/* ---- by kind ---- */

static enum rc (*const deeds[APPROVAL_KINDS])(struct db *db, const struct approval *approval,
    const struct operator_actor *by, struct faults *faults) = {
	[APPROVAL_REFUND] = do_refund,
	[APPROVAL_REVERSAL] = do_reversal,
	[APPROVAL_ADJUSTMENT] = do_adjustment,
	[APPROVAL_HELD] = resolve_held,
	[APPROVAL_EXPLAIN] = explain_approved,
	[APPROVAL_CHANGE] = do_change,
	[APPROVAL_CLOSING] = do_closing,
};

enum rc
approval_do(struct db *db, const struct approval *approval, const struct operator_actor *by,
    struct faults *faults)
{
	if (approval->kind >= APPROVAL_KINDS || deeds[approval->kind] == NULL)
		return RC_BUG;
	return deeds[approval->kind](db, approval, by, faults);
}

enum rc
approval_undo(struct db *db, const struct approval *approval, const struct operator_actor *by)
{
	enum rc rc = RC_OK;

	if (approval->kind == APPROVAL_REFUND || approval->kind == APPROVAL_REVERSAL ||
	    approval->kind == APPROVAL_ADJUSTMENT)
		rc = sale_move(db, approval->sale_id, SALE_ASKED, SALE_REJECTED, by->now);
	else if (approval->kind == APPROVAL_CHANGE)
		rc = meter_change_refuse(db, approval->meter_change_id, by->now);
	/* It is not asked for any more: then there is nothing to take back. */
	return rc == RC_CONFLICT ? RC_OK : rc;
}
