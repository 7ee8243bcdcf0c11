/* Sending again what was not delivered. */
#include "model/sale_back.h"

#include "model/edit.h"

enum { LAST, OPEN };
static const struct query Q[] QUERIES = {
	[LAST] = { .sql = "SELECT kind, leg, meter_id, amount_fen, state = 'failed' FROM delivery"
			  " WHERE sale_id = ? ORDER BY leg DESC, command_id DESC LIMIT 1" },
	[OPEN] = { .sql = "SELECT COUNT(*) FROM delivery WHERE meter_id = ?"
			  " AND state IN ('queued', 'sent', 'held')",
	    .bounded = "one row" },
};
/* The newest order of a document. */
struct last_order {
	enum delivery_kind kind;
	int leg;
	int64_t meter_id, amount_fen;
	bool is_over; /* nothing was changed in the meter */
};

static enum rc
find_last(struct db *db, int64_t sale_id, struct last_order *last)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LAST], ARGS(I(sale_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		*last = (struct last_order){ .kind = delivery_kind_find(rows_text(rows, 0)),
			.leg = (int)rows_int(rows, 1),
			.meter_id = rows_int(rows, 2),
			.amount_fen = rows_int(rows, 3),
			.is_over = rows_int(rows, 4) != 0 };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_CONFLICT : rc;
}

struct resending {
	struct sale_stored sale;
	struct last_order last;
	const struct operator_actor *by;
	struct faults *faults;
};

/* What a failed refund was counted for no more counts again. */
static enum rc
check_day(struct db *db, const struct resending *resending)
{
	const struct sale_stored *sale = &resending->sale;
	struct sale_limits limits;
	enum rc rc;

	if (sale->state != SALE_FAILED ||
	    (sale->kind != SALE_REFUND && sale->kind != SALE_REVERSAL))
		return RC_OK;
	rc = sale_limits(db, sale->operator_id, &limits);
	return rc == RC_OK ? sale_back_check_day(db, &limits, sale->operator_id, sale->day,
				 sale->amount_fen, "", resending->faults)
			   : rc;
}

static enum rc
check_resend(struct db *db, struct resending *resending)
{
	struct faults *faults = resending->faults;
	struct epoch epoch;
	bool is_stopped = false;
	int64_t open = 0, meter_id = resending->last.meter_id;
	enum rc rc = sale_lock_meter(db, resending->sale.account_id, meter_id);

	if (rc == RC_OK)
		rc = epoch_find(db, meter_id, &epoch);
	if (rc == RC_NOT_FOUND) {
		fault_add(faults, "", "NotItsAccount", "%s", "");
		return RC_OK;
	}
	if (rc == RC_OK)
		rc = db_int(db, &Q[OPEN], ARGS(I(meter_id)), &open);
	if (rc == RC_OK)
		rc = sale_is_stopped(db, meter_id, &is_stopped);
	if (rc == RC_OK && is_stopped)
		fault_add(faults, "", "MeterStopped", "%s", "");
	else if (rc == RC_OK && open > 0)
		fault_add(faults, "", "InFlight", "%s", "");
	return rc == RC_OK ? check_day(db, resending) : rc;
}

static enum rc
audit_resend(struct db *db, const struct resending *resending)
{
	struct changes changes = { 0 };

	change_text(&changes, "receipt_number", "", resending->sale.receipt_number);
	return edit_audit(
	    db, resending->by, "sale.resend", "sale", resending->sale.sale_id, &changes, NULL);
}

static enum rc
resend(struct db *db, void *context)
{
	struct resending *resending = context;
	const struct last_order *last = &resending->last;
	struct sale_stored *sale = &resending->sale;
	int64_t command_id;
	enum rc rc;

	*resending->faults = (struct faults){ 0 };
	rc = check_resend(db, resending);
	if (rc == RC_OK)
		rc = sale_verdict(resending->faults);
	if (rc == RC_OK)
		rc = sale_lock(db, sale->sale_id, sale);
	if (rc == RC_OK && sale->state != SALE_HELD && sale->state != SALE_FAILED)
		return RC_CONFLICT;
	if (rc == RC_OK)
		rc = find_last(db, sale->sale_id, &resending->last);
	if (rc == RC_OK && !last->is_over)
		return RC_CONFLICT;
	if (rc == RC_OK)
		rc = sale_move(db, sale->sale_id, sale->state, SALE_BOOKED, 0);
	if (rc == RC_OK)
		rc = delivery_order(db,
		    &(struct delivery_order){ .sale_id = sale->sale_id,
			.meter_id = last->meter_id,
			.leg = last->leg,
			.kind = last->kind,
			.amount_fen = last->kind == DELIVERY_CLEAR ? 0 : last->amount_fen,
			.operator_id = resending->by->operator_id,
			.at = resending->by->now },
		    &command_id);
	return rc == RC_OK ? audit_resend(db, resending) : rc;
}

enum rc
sale_resend(struct db *db, int64_t sale_id, const struct operator_actor *by, struct faults *faults)
{
	struct resending resending = { .by = by, .faults = faults };
	enum rc rc = sale_load(db, sale_id, &resending.sale);

	/* Of which meter: that never changes. */
	if (rc == RC_OK)
		rc = find_last(db, sale_id, &resending.last);
	return rc == RC_OK ? db_transact(db, resend, &resending) : rc;
}
