#include "model/sale_private.h"

#include <string.h>

#include "model/edit.h"
#include "model/limit.h"
#include "model/shift.h"

#define FAST_MS	 (10 * CLOCK_SECOND) /* within that one operator makes at most … */
#define FAST_MAX 100		     /* … so many documents (W-35) */
#define CLOCK_BACK_MS                                                              \
	(5 * CLOCK_MINUTE) /* behind the newest journal: the clock is wrong (M-29) \
			    */

enum { LIMITS, FAST, NEWEST, LOCK, HOLD, LOAD, STOPPED };

/* A running alarm, or a delivery that two persons have to look at. Four times the meter. */
#define IS_STOPPED                                                                        \
	"(EXISTS (SELECT 1 FROM alarm WHERE active_key IN (CONCAT('count_mismatch:', ?, " \
	"':0'), CONCAT('balance_drift:', ?, ':0'), CONCAT('delivery_held:', ?, ':0')))"   \
	" OR EXISTS (SELECT 1 FROM delivery WHERE meter_id = ? AND state = 'held'))"

static const struct query Q[] QUERIES = {
	[LIMITS] = { .sql = "SELECT r.sale_max_fen, r.refund_day_max_fen, r.cash_max_fen,"
			    " r.second_max_fen FROM operator o JOIN role r"
			    " ON r.role_id = o.role_id WHERE o.operator_id = ?",
	    .bounded = "primary key" },
	[FAST] = { .sql = "SELECT COUNT(*) FROM sale WHERE operator_id = ? AND created_at > ?",
	    .bounded = "one row" },
	[NEWEST] = { .sql = "SELECT at FROM journal ORDER BY journal_id DESC LIMIT 1" },
	[LOCK] = { .sql = "SELECT 1 FROM account_meter WHERE active_meter = ?"
			  " AND account_id = ? FOR UPDATE",
	    .bounded = "unique key" },
	[HOLD] = { .sql = "SELECT account_id, (SELECT m.bus_id FROM meter m"
			  " WHERE m.meter_id = active_meter), (SELECT m.credit_mode FROM meter m"
			  " WHERE m.meter_id = active_meter) FROM account_meter"
			  " WHERE active_meter = ? FOR UPDATE",
	    .bounded = "unique key" },
	[LOAD] = { .sql = "SELECT (SELECT s.read_at FROM meter_state s WHERE s.meter_id = ?),"
			  " (SELECT s.credit_fen FROM meter_state s WHERE s.meter_id = ?),"
			  " (SELECT COUNT(*) FROM delivery d WHERE d.meter_id = ?"
			  " AND d.state IN ('queued', 'sent', 'held')), " IS_STOPPED,
	    .bounded = "one row" },
	[STOPPED] = { .sql = "SELECT " IS_STOPPED, .bounded = "one row" },
};

/* ---- who asks ---- */

static int64_t
limit_of(const struct rows *rows, size_t column)
{
	return rows_is_null(rows, column) ? LIMIT_NONE : rows_int(rows, column);
}

enum rc
sale_limits(struct db *db, int64_t operator_id, struct sale_limits *limits)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LIMITS], ARGS(I(operator_id)), &rows);

	*limits = (struct sale_limits){ 0 };
	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc == RC_OK)
		*limits = (struct sale_limits){ .sale_max_fen = limit_of(rows, 0),
			.refund_day_max_fen = limit_of(rows, 1),
			.cash_max_fen = limit_of(rows, 2),
			.second_max_fen = limit_of(rows, 3) };
	rows_end(rows);
	return rc;
}

static enum rc
check_pace(struct db *db, const struct operator_actor *by, struct faults *faults)
{
	int64_t made = 0, newest_at = 0;
	enum rc rc = db_int(db, &Q[FAST], ARGS(I(by->operator_id), T(by->now - FAST_MS)), &made);

	if (rc == RC_OK && made >= FAST_MAX)
		fault_add(faults, "", "TooFast", "%s", "");
	if (rc == RC_OK)
		rc = db_int(db, &Q[NEWEST], NO_ARGS, &newest_at);
	if (rc == RC_OK && newest_at > by->now + CLOCK_BACK_MS)
		fault_add(faults, "", "ClockBehind", "%s", "");
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
sale_open_desk(struct db *db, const struct operator_actor *by, bool needs_shift,
    struct faults *faults, struct sale_desk *desk)
{
	*desk = (struct sale_desk){ .day = clock_day(by->now) };
	enum rc rc = business_day_hold(db, desk->day);

	if (rc == RC_CONFLICT) {
		fault_add(faults, "", "DayClosed", "%s", "");
		rc = RC_OK;
	}
	if (rc == RC_OK && needs_shift)
		rc = shift_hold(db, by->operator_id, &desk->shift_id);
	if (rc == RC_NOT_FOUND) {
		fault_add(faults, "", "NoShift", "%s", "");
		rc = RC_OK;
	}
	if (rc == RC_OK)
		rc = sale_limits(db, by->operator_id, &desk->limits);
	return rc == RC_OK ? check_pace(db, by, faults) : rc;
}

void
sale_check_reason(struct faults *faults, const char *field, const char *text, bool is_required)
{
	edit_check_text(faults, field, text != NULL ? text : "", SALE_TEXT_MAX, is_required);
}

/* ---- the meter ---- */

enum rc
sale_lock_meter(struct db *db, int64_t account_id, int64_t meter_id)
{
	int64_t one;

	return db_int(db, &Q[LOCK], ARGS(I(meter_id), I(account_id)), &one);
}

enum rc
sale_is_stopped(struct db *db, int64_t meter_id, bool *is_stopped)
{
	int64_t yes = 0;
	enum rc rc =
	    db_int(db, &Q[STOPPED], ARGS(I(meter_id), I(meter_id), I(meter_id), I(meter_id)), &yes);

	*is_stopped = yes != 0;
	return rc;
}

/* RC_NOT_FOUND: it serves another account, or none, or sells nothing. */
static enum rc
lock_and_take(struct db *db, struct sale_meter *meter)
{
	struct rows *rows;
	int64_t account_id = 0;
	enum rc rc = db_query(db, &Q[HOLD], ARGS(I(meter->meter_id)), &rows);

	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc == RC_OK) {
		account_id = rows_int(rows, 0);
		meter->bus_id = rows_int(rows, 1);
		meter->mode = credit_mode_find(rows_text(rows, 2));
	}
	rows_end(rows);
	if (rc == RC_OK && (account_id != meter->account_id || meter->mode == CREDIT_MONITOR))
		return RC_NOT_FOUND;
	return rc;
}

static enum rc
load_meter(struct db *db, struct sale_meter *meter)
{
	struct value id = I(meter->meter_id);
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LOAD], ARGS(id, id, id, id, id, id, id), &rows);

	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc == RC_OK) {
		bool has_credit = meter->mode == CREDIT_METER && !rows_is_null(rows, 1);
		meter->was_read = !rows_is_null(rows, 0);
		meter->shown_fen = has_credit ? rows_int(rows, 1) : METER_NO_CREDIT;
		meter->open = rows_int(rows, 2);
		meter->has_held = rows_int(rows, 3) != 0;
	}
	rows_end(rows);
	return rc;
}

enum rc
sale_hold_meter(struct db *db, int64_t account_id, int64_t meter_id, bool may_be_stopped,
    int64_t now, struct faults *faults, struct sale_meter *meter)
{
	*meter = (struct sale_meter){
		.meter_id = meter_id, .account_id = account_id, .shown_fen = METER_NO_CREDIT
	};
	enum rc rc = lock_and_take(db, meter);

	if (rc == RC_NOT_FOUND) {
		fault_add(faults, "", "NotItsAccount", "%s", "");
		return RC_OK;
	}
	if (rc == RC_OK)
		rc = epoch_ensure(db, meter_id, account_id, now, &meter->epoch);
	if (rc == RC_NOT_FOUND) {
		fault_add(faults, "", "NeverRead", "%s", "");
		return RC_OK;
	}
	if (rc == RC_OK)
		rc = load_meter(db, meter);
	if (rc == RC_OK && meter->has_held && !may_be_stopped)
		fault_add(faults, "", "MeterStopped", "%s", "");
	return rc;
}
