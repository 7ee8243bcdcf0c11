/* Handing money over. */
#include "model/sale_back.h"

#include "model/edit.h"
#include "model/shift.h"

enum { PAID };
static const struct query Q[] QUERIES = {
	[PAID] = { .sql = "UPDATE sale SET paid_at = ?, paid_by = ?, paid_shift_id = ?"
			  " WHERE sale_id = ?" },
};

struct payment {
	int64_t sale_id;
	const struct operator_actor *by;
	struct faults *faults;
};

/* What is handed over; below zero what is collected: the meter was in debt when it was cleared. */
static int64_t
money_of(const struct sale_stored *sale)
{
	return sale->amount_fen != 0 || sale->credit_fen > 0 ? sale->amount_fen : sale->credit_fen;
}

static enum rc
check_cash(struct db *db, const struct sale_stored *sale, const struct sale_desk *desk,
    struct faults *faults)
{
	int64_t cash, fen = money_of(sale), ceiling = desk->limits.cash_max_fen;

	if (sale->channel != CHANNEL_CASH)
		return RC_OK;
	enum rc rc = shift_cash(db, desk->shift_id, &cash);
	if (rc == RC_OK && cash < fen)
		sale_back_fault(faults, "", "CashShort", cash);
	else if (rc == RC_OK && fen < 0 && cash - fen > ceiling)
		sale_back_fault(faults, "", "CashMax", ceiling);
	return rc;
}

static enum rc
book(struct db *db, const struct sale_stored *sale, int64_t shift_id,
    const struct operator_actor *by)
{
	int64_t fen = money_of(sale);

	if (fen == 0)
		return RC_OK;
	const struct posting postings[] = {
		sale_posting(LEDGER_PAYABLE, sale->account_id, sale->meter_id, fen),
		sale_posting_cash(shift_id, sale->channel, -fen),
	};
	return sale_book(db,
	    &(struct sale_booking){ .kind = JOURNAL_PAYOUT,
		.what = "payout",
		.id = sale->sale_id,
		.at = by->now,
		.sale_id = sale->sale_id,
		.account_id = sale->account_id,
		.operator_id = by->operator_id,
		.shift_id = shift_id },
	    postings, COUNT(postings));
}

static enum rc
audit(struct db *db, const struct sale_stored *sale, const struct operator_actor *by)
{
	struct changes changes = { 0 };

	change_text(&changes, "receipt_number", "", sale->receipt_number);
	change_money_or(&changes, "amount", INT64_MIN, INT64_MIN, money_of(sale));
	change_text(&changes, "channel", "", channel_name(sale->channel));
	return edit_audit(db, by, "sale.pay", "sale", sale->sale_id, &changes, NULL);
}

static enum rc
store(struct db *db, const struct sale_stored *sale, int64_t shift_id,
    const struct operator_actor *by)
{
	enum rc rc = sale_move(db, sale->sale_id, SALE_DUE, SALE_PAID, 0);

	if (rc == RC_OK)
		rc = db_exec(db, &Q[PAID],
		    ARGS(T(by->now), I(by->operator_id), I(shift_id), I(sale->sale_id)));
	if (rc == RC_OK)
		rc = book(db, sale, shift_id, by);
	return rc == RC_OK ? audit(db, sale, by) : rc;
}

static enum rc
pay(struct db *db, void *context)
{
	struct payment *payment = context;
	struct sale_stored sale;
	struct sale_desk desk;
	enum rc rc;

	*payment->faults = (struct faults){ 0 };
	rc = sale_open_desk(db, payment->by, true, payment->faults, &desk);
	if (rc == RC_OK)
		rc = sale_lock(db, payment->sale_id, &sale);
	if (rc == RC_OK && sale.state != SALE_DUE)
		return RC_CONFLICT;
	if (rc == RC_OK && payment->faults->count == 0)
		rc = check_cash(db, &sale, &desk, payment->faults);
	if (rc == RC_OK)
		rc = sale_verdict(payment->faults);
	return rc == RC_OK ? store(db, &sale, desk.shift_id, payment->by) : rc;
}

enum rc
sale_pay(struct db *db, int64_t sale_id, const struct operator_actor *by, struct faults *faults)
{
	struct payment payment = { sale_id, by, faults };
	struct sale_stored sale;
	enum rc rc = sale_load(db, sale_id, &sale);

	if (rc == RC_OK && sale.state != SALE_DUE)
		return RC_CONFLICT;
	return rc == RC_OK ? db_transact(db, pay, &payment) : rc;
}
