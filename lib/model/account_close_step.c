/* What follows when meters are cleared, and the end of an account. */
#include "model/account_close.h"

#include "model/edit.h"
#include "model/meter_orders.h"
#include "model/sale_private.h"

#define ACCOUNTS_AT_ONCE 50
#define TRIP_DAYS	 7 /* a meter that was cleared longer ago is not tripped any more */

enum { LOCK, TRIPPED, STATE, CLOSE, OPEN_ONES };

/* Ordered since it was cleared, or the meter serves somebody by now. */
#define TRIP_IS_DONE(meter, at)                                                             \
	"(EXISTS (SELECT 1 FROM command t WHERE t.meter_id = " meter " AND t.kind = 'trip'" \
	" AND t.created_at >= " at ") OR EXISTS (SELECT 1 FROM account_meter o"             \
	" WHERE o.active_meter = " meter "))"

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[LOCK] = { .sql = "SELECT closing_at IS NOT NULL FROM account WHERE account_id = ?"
			  " AND closed_at IS NULL FOR UPDATE",
	    .bounded = "primary key" },
	[TRIPPED] = { .sql = "SELECT " TRIP_IS_DONE(
			  "m.meter_id", "?") " FROM meter m WHERE m.meter_id = ?",
	    .bounded = "primary key" },
	[STATE] = { .sql =
			"SELECT (SELECT COUNT(*) FROM account_meter am WHERE am.account_id = a.account_id"
			" AND am.ended_at IS NULL) + (SELECT COUNT(*) FROM sale s"
			" WHERE s.account_id = a.account_id AND s.state IN ('asked', 'booked', 'held', 'due'))"
			" + (SELECT COUNT(*) FROM ledger_balance b WHERE b.account_id = a.account_id"
			" AND (b.transit_fen <> 0 OR b.payable_fen <> 0)) FROM account a"
			" WHERE a.account_id = ?",
	    .bounded = "primary key" },
	[CLOSE] = { .sql =
			"UPDATE account SET closed_at = ?, closed_by = ?, revision = revision + 1"
			" WHERE account_id = ?" },
	/* Meters left lately that wait for their trip; and accounts that are settled. */
	[OPEN_ONES] = { .sql =
			    "(SELECT am.account_id FROM account_meter am JOIN sale s"
			    " ON s.meter_id = am.meter_id AND s.account_id = am.account_id"
			    " AND s.kind = 'closing' AND s.state IN ('due', 'paid')"
			    " AND s.created_at BETWEEN am.began_at AND am.ended_at"
			    " JOIN account a ON a.account_id = am.account_id AND a.closed_at IS NULL"
			    " JOIN delivery d ON d.sale_id = s.sale_id AND d.state = 'done'"
			    " WHERE am.ended_at > ? AND NOT " TRIP_IS_DONE("am.meter_id",
				"s.created_at") " AND NOT EXISTS (SELECT 1 FROM command k WHERE k.meter_id = am.meter_id"
						" AND k.kind = 'keep_on' AND k.state NOT IN ('failed', 'cancelled')"
						" AND k.created_at >= s.created_at - INTERVAL 1 SECOND))"
						" UNION (SELECT a.account_id FROM account a WHERE a.closing_at IS NOT NULL"
						" AND a.closed_at IS NULL AND NOT EXISTS (SELECT 1 FROM account_meter am"
						" WHERE am.account_id = a.account_id AND am.ended_at IS NULL)"
						" AND NOT EXISTS (SELECT 1 FROM sale s WHERE s.account_id = a.account_id"
						" AND s.state IN ('asked', 'booked', 'held', 'due'))) LIMIT ?" },
};
/* clang-format on */

struct step {
	int64_t account_id;
	const struct operator_actor *by;
	bool is_closed;
};

/* delivery_settle ended epoch and service; what is left is the relay. */
static enum rc
trip(struct db *db, const struct leaving_meter *meter, struct meter_orders *orders)
{
	int64_t is_done;
	enum rc rc;

	if (meter->ended_at == 0 || meter->is_kept || meter->is_manual ||
	    (meter->state != LEAVING_DUE && meter->state != LEAVING_SETTLED))
		return RC_OK;
	rc = db_int(db, &Q[TRIPPED], ARGS(T(meter->begun_at), I(meter->meter_id)), &is_done);
	return rc == RC_OK && !is_done
		   ? meter_orders_add_kind(db, meter->meter_id, COMMAND_TRIP, orders)
		   : rc;
}

static enum rc
trip_all(struct db *db, struct arena *arena, const struct step *step)
{
	struct meter_orders *orders = arena_alloc(arena, sizeof(*orders));
	unsigned char key[COMMAND_KEY];
	struct leaving_meter *meters;
	int64_t batch_id;
	size_t count;
	enum rc rc = account_leaving(db, arena, step->account_id, &meters, &count);

	orders->count = orders->left_out = 0;
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		rc = trip(db, &meters[i], orders);
	secret_random(key, sizeof(key));
	return rc == RC_OK ? meter_orders_send(db, orders, key, "", step->by, &batch_id) : rc;
}

static enum rc
close_account(struct db *db, struct step *step)
{
	struct changes changes = { 0 };
	int64_t open;
	enum rc rc = db_int(db, &Q[STATE], ARGS(I(step->account_id)), &open);

	if (rc != RC_OK || open > 0)
		return rc;
	rc = db_exec(db, &Q[CLOSE],
	    ARGS(T(step->by->now), step->by->operator_id != 0 ? I(step->by->operator_id) : NIL,
		I(step->account_id)));
	if (rc != RC_OK)
		return rc;
	step->is_closed = true;
	change_flag(&changes, "closed", false, true);
	return edit_audit(
	    db, step->by, "account.close", "account", step->account_id, &changes, NULL);
}

static enum rc
take_step(struct db *db, void *context)
{
	struct step *step = context;
	struct arena *arena = arena_new();
	int64_t is_closing;
	enum rc rc = db_int(db, &Q[LOCK], ARGS(I(step->account_id)), &is_closing);

	step->is_closed = false;
	if (rc == RC_OK)
		rc = trip_all(db, arena, step);
	if (rc == RC_OK && is_closing)
		rc = close_account(db, step);
	arena_free(arena);
	return rc;
}

enum rc
account_leave_step(
    struct db *db, int64_t account_id, const struct operator_actor *by, bool *is_closed)
{
	struct step step = { .account_id = account_id, .by = by };
	enum rc rc = db_transact(db, take_step, &step);

	if (is_closed != NULL)
		*is_closed = step.is_closed;
	return rc;
}

enum rc
account_leave_run(struct db *db, const struct operator_actor *by, size_t *steps)
{
	int64_t ids[ACCOUNTS_AT_ONCE];
	struct rows *rows;
	size_t count = 0;
	enum rc rc = db_query(db, &Q[OPEN_ONES],
	    ARGS(T(by->now - TRIP_DAYS * 24 * CLOCK_HOUR), I(ACCOUNTS_AT_ONCE)), &rows);

	*steps = 0;
	if (rc != RC_OK)
		return rc;
	while (count < ACCOUNTS_AT_ONCE && (rc = rows_next(rows)) == RC_OK)
		ids[count++] = rows_int(rows, 0);
	rows_end(rows);
	rc = rc == RC_NOT_FOUND ? RC_OK : rc;
	for (size_t i = 0; i < count && rc == RC_OK; i++) {
		rc = account_leave_step(db, ids[i], by, NULL);
		*steps += rc == RC_OK;
		/* Somebody closed it just now, or works on it: the next run sees. */
		if (rc == RC_NOT_FOUND || rc == RC_CONFLICT)
			rc = RC_OK;
	}
	return rc;
}

/* ---- money ---- */

enum rc
account_leave_settle(struct db *db, struct arena *arena, int64_t account_id,
    const struct operator_actor *by, struct faults *faults)
{
	struct leaving_meter *meters;
	size_t count, paid = 0;
	enum rc rc = account_leave_step(db, account_id, by, NULL);

	if (rc == RC_OK)
		rc = account_leaving(db, arena, account_id, &meters, &count);
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		if (meters[i].state != LEAVING_DUE)
			continue;
		rc = sale_pay(db, meters[i].sale_id, by, faults);
		if (rc == RC_CONFLICT)
			rc = RC_OK; /* paid at another place just now */
		paid += rc == RC_OK;
	}
	if (rc == RC_OK && paid == 0)
		return RC_CONFLICT;
	return rc == RC_OK ? account_leave_step(db, account_id, by, NULL) : rc;
}
