/* Adopting what a meter shows whose sales are stopped. */
#include "model/held.h"

#include <inttypes.h>
#include <stdio.h>

#include "model/alarm.h"
#include "model/approval_private.h"
#include "model/charge.h"
#include "model/edit.h"
#include "model/sale_back.h"

enum { ACCOUNT, UNDER_WAY, ADOPT };
static const struct query Q[] QUERIES = {
	[ACCOUNT] = { .sql = "SELECT account_id FROM account_meter WHERE active_meter = ?",
	    .bounded = "unique key" },
	[UNDER_WAY] = { .sql = "SELECT CASE WHEN SUM(state = 'held') > 0 THEN 2"
			       " WHEN SUM(state = 'sent') > 0 THEN 1 ELSE 0 END FROM delivery"
			       " WHERE meter_id = ? AND state IN ('sent', 'held')",
	    .bounded = "one row" },
	[ADOPT] = { .sql = "UPDATE meter_epoch SET last_count = ?, last_credit_fen = ?,"
			   " last_energy_wh = ?, last_at = ?, changed_at = ?"
			   " WHERE meter_epoch_id = ?" },
};

/* The meter's epoch, with everything about the meter in line behind us. */
static enum rc
hold(struct db *db, int64_t meter_id, struct epoch *epoch)
{
	int64_t account_id;
	enum rc rc = db_int(db, &Q[ACCOUNT], ARGS(I(meter_id)), &account_id);

	if (rc == RC_OK)
		rc = sale_lock_meter(db, account_id, meter_id);
	return rc == RC_OK ? epoch_find(db, meter_id, epoch) : rc;
}

/* Credit only falls and energy only rises between two confirmed orders: what was seen is still true
 * when the newest answer, *now, follows from it. */
static enum rc
check(struct db *db, const struct epoch *epoch, const struct approval_figures *seen,
    struct faults *faults, struct epoch_figures *now)
{
	int64_t under_way;
	enum rc rc = db_int(db, &Q[UNDER_WAY], ARGS(I(epoch->meter_id)), &under_way);

	if (rc != RC_OK)
		return rc;
	if (under_way == 2)
		fault_add(faults, "", "HeldFirst", "%s", "");
	else if (under_way == 1 || epoch->flight_count != -1)
		fault_add(faults, "", "InFlight", "%s", "");
	rc = epoch_figures(db, epoch->meter_id, now);
	if (rc == RC_NOT_FOUND) {
		fault_add(faults, "", "NeverRead", "%s", "");
		return RC_OK;
	}
	if (rc == RC_OK && (now->count != seen->count || now->credit_fen > seen->credit_fen ||
			       now->energy_wh < seen->energy_wh))
		fault_add(faults, "", "FiguresMoved", "%s", "");
	return rc;
}

/* What no order and no use explains: what it shows less what it should. */
static enum rc
find_difference(struct db *db, const struct epoch *epoch, const struct epoch_figures *now,
    int64_t ledger_fen, int64_t *difference_fen)
{
	int64_t charge_fen;
	enum rc rc = charge_since(db, epoch->epoch_id, now->at, now->energy_wh, &charge_fen);

	if (rc == RC_OK)
		*difference_fen = now->credit_fen - (ledger_fen - charge_fen);
	return rc;
}

/* ---- asking ---- */

struct asking {
	const struct explain_wish *wish;
	struct faults *faults;
	int64_t *approval_id;
};

static enum rc
ask(struct db *db, void *context)
{
	const struct asking *asking = context;
	const struct explain_wish *wish = asking->wish;
	struct approval_figures seen = { wish->count, wish->credit_fen, wish->energy_wh };
	struct ledger_balance balance;
	struct epoch_figures now;
	struct epoch epoch;
	int64_t difference_fen;
	char payload[100];
	enum rc rc = hold(db, wish->meter_id, &epoch);

	*asking->faults = (struct faults){ 0 };
	sale_check_reason(asking->faults, "reason", wish->reason, true);
	if (rc == RC_OK)
		rc = check(db, &epoch, &seen, asking->faults, &now);
	if (rc == RC_OK)
		rc = sale_verdict(asking->faults);
	if (rc == RC_OK)
		rc = ledger_balance(db, epoch.account_id, wish->meter_id, &balance);
	if (rc == RC_OK)
		rc = find_difference(db, &epoch, &now, balance.credit_fen, &difference_fen);
	if (rc != RC_OK)
		return rc;
	(void)snprintf(payload, sizeof(payload), "%" PRId64 " %" PRId64 " %" PRId64, seen.count,
	    seen.credit_fen, seen.energy_wh);
	return approval_ask(db,
	    &(struct approval_ask){ .kind = APPROVAL_EXPLAIN,
		.meter_id = wish->meter_id,
		.amount_fen = difference_fen,
		.payload = payload,
		.reason = wish->reason,
		.by = wish->by },
	    asking->approval_id);
}

enum rc
explain_ask(
    struct db *db, const struct explain_wish *wish, struct faults *faults, int64_t *approval_id)
{
	struct asking asking = { wish, faults, approval_id };

	return db_transact(db, ask, &asking);
}

/* ---- the second person said yes ---- */

static enum rc
book(struct db *db, const struct approval *approval, const struct epoch *epoch,
    int64_t difference_fen, const struct operator_actor *by)
{
	const struct posting postings[] = {
		sale_posting(LEDGER_CREDIT, epoch->account_id, epoch->meter_id, -difference_fen),
		sale_posting(LEDGER_SUSPENSE, epoch->account_id, epoch->meter_id, difference_fen),
	};

	if (difference_fen == 0)
		return RC_OK;
	return sale_book(db,
	    &(struct sale_booking){ .kind = JOURNAL_EXPLAINED,
		.what = "explained",
		.id = approval->approval_id,
		.at = by->now,
		.account_id = epoch->account_id,
		.operator_id = by->operator_id },
	    postings, COUNT(postings));
}

static enum rc
end_alarms(struct db *db, int64_t meter_id, int64_t now)
{
	static const enum alarm_kind kinds[] = { ALARM_COUNT_MISMATCH, ALARM_BALANCE_DRIFT,
		ALARM_DELIVERY_HELD };
	enum rc rc = RC_OK;

	for (size_t i = 0; i < COUNT(kinds) && rc == RC_OK; i++)
		rc = alarm_end(db,
		    &(struct alarm){ .kind = kinds[i], .meter_id = (uint32_t)meter_id, .at = now });
	return rc;
}

static enum rc
audit(struct db *db, const struct epoch *epoch, const struct epoch_figures *now,
    const struct approval *approval, const struct operator_actor *by)
{
	struct changes changes = { 0 };

	change_int(&changes, "purchase_count", epoch->last_count, now->count);
	change_money_or(&changes, "credit", INT64_MIN, epoch->last_credit_fen, now->credit_fen);
	return edit_audit(
	    db, by, "meter.explain", "meter", epoch->meter_id, &changes, approval->reason);
}

static enum rc
adopt(struct db *db, const struct approval *approval, const struct epoch *epoch,
    const struct epoch_figures *now, const struct operator_actor *by)
{
	struct ledger_balance balance;
	int64_t difference_fen;
	enum rc rc = ledger_balance_lock(db, epoch->account_id, epoch->meter_id, &balance);

	if (rc == RC_OK)
		rc = find_difference(db, epoch, now, balance.credit_fen, &difference_fen);
	if (rc == RC_OK)
		rc = book(db, approval, epoch, difference_fen, by);
	if (rc == RC_OK)
		rc = db_exec(db, &Q[ADOPT],
		    ARGS(I(now->count), I(now->credit_fen), I(now->energy_wh), T(now->at),
			T(by->now), I(epoch->epoch_id)));
	if (rc == RC_OK)
		rc = end_alarms(db, epoch->meter_id, by->now);
	return rc == RC_OK ? audit(db, epoch, now, approval, by) : rc;
}

enum rc
explain_approved(struct db *db, const struct approval *approval, const struct operator_actor *by,
    struct faults *faults)
{
	struct approval_figures seen;
	struct epoch_figures now;
	struct epoch epoch;
	enum rc rc = approval_figures(approval->payload, &seen);

	if (rc == RC_OK)
		rc = hold(db, approval->meter_id, &epoch);
	if (rc == RC_OK)
		rc = check(db, &epoch, &seen, faults, &now);
	if (rc == RC_OK)
		rc = sale_back_verdict(faults);
	return rc == RC_OK ? adopt(db, approval, &epoch, &now, by) : rc;
}
