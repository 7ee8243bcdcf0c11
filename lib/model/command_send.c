#include <inttypes.h>
#include <stdio.h>

#include "model/audit.h"
#include "model/command.h"

/* Their document decides about them: see delivery.h. */
#define MONEY_KINDS "'credit', 'deduct', 'clear'"

enum { FIND, CANCEL_QUEUED, CANCEL_TAKEN, COPY_BATCH, COPY_COMMANDS, COPY_KEEPS };
static const struct query Q[] QUERIES = {
	[FIND] = { .sql = "SELECT command_batch_id FROM command_batch WHERE request_key = ?",
	    .bounded = "unique key" },
	[CANCEL_QUEUED] = { .sql = "UPDATE command SET state = 'cancelled', ended_at = ?,"
				   " cancel_at = ?, result = 'cancelled'"
				   " WHERE command_batch_id = ? AND state = 'queued'"
				   " AND kind NOT IN (" MONEY_KINDS ")" },
	/* Only what goes on for long looks at it. */
	[CANCEL_TAKEN] = { .sql = "UPDATE command SET cancel_at = ? WHERE command_batch_id = ?"
				  " AND state = 'taken' AND cancel_at IS NULL" },
	[COPY_BATCH] = { .sql = "INSERT INTO command_batch (kind, request_key, created_by,"
				" created_at, reason) SELECT kind, ?, ?, ?, ? FROM command_batch"
				" WHERE command_batch_id = ?" },
	[COPY_COMMANDS] = { .sql =
				"INSERT INTO command (command_batch_id, kind, bus_id, meter_id,"
				" payload, created_at, expires_at, steps, until_at, force_before,"
				" until_before) SELECT ?, kind, bus_id, meter_id, payload, ?,"
				" LEAST(COALESCE(until_at, '9999-12-31'), ? + INTERVAL"
				" TIMESTAMPDIFF(SECOND, COALESCE(not_before, created_at), expires_at)"
				" SECOND), steps, until_at, force_before, until_before"
				" FROM command WHERE command_batch_id = ?"
				" AND state IN ('failed', 'cancelled')"
				" AND (until_at IS NULL OR until_at > ?)"
				" AND kind NOT IN (" MONEY_KINDS ") ORDER BY command_id" },
	[COPY_KEEPS] = { .sql = "INSERT INTO meter_keep (command_id, meter_id, ends_at)"
				" SELECT command_id, meter_id, until_at FROM command"
				" WHERE command_batch_id = ? AND until_at IS NOT NULL" },
};

/* What a transaction is about. */
struct task {
	const struct command_batch *batch;
	const struct command_order *orders;
	size_t count;
	int64_t old_batch_id;
	int64_t batch_id, affected;
};

static enum rc
audit(struct db *db, const struct command_batch *batch, const char *action, int64_t batch_id,
    int64_t count)
{
	char detail[64];

	(void)snprintf(detail, sizeof(detail), "orders:  -> %" PRId64, count);
	return audit_write(db, &(struct audit){ .at = batch->at,
				   .operator_id = batch->operator_id,
				   .actor = batch->actor,
				   .address = batch->address,
				   .action = action,
				   .outcome = AUDIT_DONE,
				   .object_kind = "order",
				   .object_id = batch_id,
				   .detail = detail,
				   .reason = batch->reason[0] != '\0' ? batch->reason : NULL });
}

/* The batch of a request key, if it was sent already. */
static enum rc
find_old(struct db *db, const struct command_batch *batch, int64_t *batch_id, bool *is_old)
{
	enum rc rc = db_int(db, &Q[FIND], ARGS(B(batch->request_key, COMMAND_KEY)), batch_id);

	*is_old = rc == RC_OK;
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
run(struct db *db, enum rc (*work)(struct db *, void *), struct task *task, int64_t *batch_id,
    bool *is_old)
{
	enum rc rc = find_old(db, task->batch, batch_id, is_old);

	if (rc != RC_OK || *is_old)
		return rc;
	rc = db_transact(db, work, task);
	if (rc == RC_OK)
		*batch_id = task->batch_id;
	if (rc != RC_CONFLICT && rc != RC_UNAVAILABLE)
		return rc;
	/* Pressed twice at the same moment, or the outcome of the commit is not known. */
	enum rc found = find_old(db, task->batch, batch_id, is_old);
	return found == RC_OK && *is_old ? RC_OK : rc;
}

static enum rc
send(struct db *db, void *context)
{
	struct task *task = context;
	enum rc rc = command_insert(db, task->batch, task->orders, task->count, &task->batch_id);

	return rc == RC_OK
		   ? audit(db, task->batch, "order.send", task->batch_id, (int64_t)task->count)
		   : rc;
}

enum rc
command_send(struct db *db, const struct command_batch *batch, const struct command_order *orders,
    size_t count, int64_t *batch_id, bool *is_old)
{
	struct task task = { .batch = batch, .orders = orders, .count = count };

	return run(db, send, &task, batch_id, is_old);
}

static enum rc
cancel(struct db *db, void *context)
{
	struct task *task = context;
	int64_t at = task->batch->at;
	enum rc rc = db_exec(db, &Q[CANCEL_QUEUED], ARGS(T(at), T(at), I(task->old_batch_id)));

	if (rc != RC_OK)
		return rc;
	task->affected = db_affected(db);
	rc = db_exec(db, &Q[CANCEL_TAKEN], ARGS(T(at), I(task->old_batch_id)));
	if (rc != RC_OK)
		return rc;
	task->affected += db_affected(db);
	return audit(db, task->batch, "order.cancel", task->old_batch_id, task->affected);
}

enum rc
command_cancel(struct db *db, int64_t batch_id, const struct command_batch *who, int64_t *cancelled)
{
	struct task task = { .batch = who, .old_batch_id = batch_id };
	enum rc rc = db_transact(db, cancel, &task);

	*cancelled = task.affected;
	return rc;
}

static enum rc
copy(struct db *db, void *context)
{
	struct task *task = context;
	const struct command_batch *batch = task->batch;
	enum rc rc = db_exec(db, &Q[COPY_BATCH],
	    ARGS(B(batch->request_key, COMMAND_KEY), I(batch->operator_id), T(batch->at),
		S(batch->reason), I(task->old_batch_id)));

	if (rc != RC_OK)
		return rc;
	task->batch_id = db_last_id(db);
	rc = db_exec(db, &Q[COPY_COMMANDS],
	    ARGS(I(task->batch_id), T(batch->at), T(batch->at), I(task->old_batch_id),
		T(batch->at)));
	if (rc != RC_OK)
		return rc;
	if (db_affected(db) == 0)
		return RC_NOT_FOUND;
	int64_t copied = db_affected(db);
	rc = db_exec(db, &Q[COPY_KEEPS], ARGS(I(task->batch_id)));
	return rc == RC_OK ? audit(db, batch, "order.retry", task->batch_id, copied) : rc;
}

enum rc
command_retry(struct db *db, int64_t old_batch_id, const struct command_batch *batch,
    int64_t *batch_id, bool *is_old)
{
	struct task task = { .batch = batch, .old_batch_id = old_batch_id };

	return run(db, copy, &task, batch_id, is_old);
}
