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

enum { LIMITS, DESK, LOCK, LOAD, STOPPED };

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
	/* With the limits: how many documents lately, and the newest journal. */
	[DESK] = { .sql = "SELECT r.sale_max_fen, r.refund_day_max_fen, r.cash_max_fen,"
			  " r.second_max_fen, (SELECT COUNT(*) FROM sale s"
			  " WHERE s.operator_id = o.operator_id AND s.created_at > ?),"
			  " (SELECT j.at FROM journal j ORDER BY j.journal_id DESC LIMIT 1)"
			  " FROM operator o JOIN role r ON r.role_id = o.role_id"
			  " WHERE o.operator_id = ?",
	    .bounded = "primary key" },
	[LOCK] = { .sql = "SELECT 1 FROM account_meter WHERE active_meter = ?"
			  " AND account_id = ? FOR UPDATE",
	    .bounded = "unique key" },
	[LOAD] = { .sql = "SELECT m.bus_id, m.credit_mode, s.read_at, s.credit_fen,"
			  " (SELECT COUNT(*) FROM delivery d WHERE d.meter_id = m.meter_id"
			  " AND d.state IN ('queued', 'sent', 'held')), " IS_STOPPED
			  ", EXISTS (SELECT 1 FROM delivery d JOIN sale l ON l.sale_id = d.sale_id"
			  " WHERE d.meter_id = m.meter_id AND d.state IN ('queued', 'sent', 'held')"
			  " AND d.leg = 1 AND l.kind IN ('closing', 'transfer'))"
			  " FROM meter m LEFT JOIN meter_state s ON s.meter_id = m.meter_id"
			  " WHERE m.meter_id = ?",
	    .bounded = "primary key" },
	[STOPPED] = { .sql = "SELECT " IS_STOPPED, .bounded = "one row" },
};

/* ---- who asks ---- */

static int64_t
limit_of(const struct rows *rows, size_t column)
{
	return rows_is_null(rows, column) ? LIMIT_NONE : rows_int(rows, column);
}

static void
take_limits(const struct rows *rows, struct sale_limits *limits)
{
	*limits = (struct sale_limits){ .sale_max_fen = limit_of(rows, 0),
		.refund_day_max_fen = limit_of(rows, 1),
		.cash_max_fen = limit_of(rows, 2),
		.second_max_fen = limit_of(rows, 3) };
}

enum rc
sale_limits(struct db *db, int64_t operator_id, struct sale_limits *limits)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LIMITS], ARGS(I(operator_id)), &rows);

	*limits = (struct sale_limits){ 0 };
	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		take_limits(rows, limits);
	rows_end(rows);
	return rc;
}

static enum rc
check_person(struct db *db, const struct operator_actor *by, struct faults *faults,
    struct sale_limits *limits)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[DESK], ARGS(T(by->now - FAST_MS), I(by->operator_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		take_limits(rows, limits);
		if (rows_int(rows, 4) >= FAST_MAX)
			fault_add(faults, "", "TooFast", "%s", "");
		if (rows_int(rows, 5) > by->now + CLOCK_BACK_MS)
			fault_add(faults, "", "ClockBehind", "%s", "");
	}
	rows_end(rows);
	return rc;
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
	return rc == RC_OK ? check_person(db, by, faults, &desk->limits) : rc;
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

static enum rc
load_meter(struct db *db, struct sale_meter *meter)
{
	struct value id = I(meter->meter_id);
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LOAD], ARGS(id, id, id, id, id), &rows);

	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc == RC_OK) {
		meter->bus_id = rows_int(rows, 0);
		meter->mode = credit_mode_find(rows_text(rows, 1));
		meter->was_read = !rows_is_null(rows, 2);
		if (meter->mode == CREDIT_METER && !rows_is_null(rows, 3))
			meter->shown_fen = rows_int(rows, 3);
		meter->open = rows_int(rows, 4);
		meter->has_held = rows_int(rows, 5) != 0;
		meter->is_leaving = rows_int(rows, 6) != 0;
	}
	rows_end(rows);
	return rc;
}

/* What is loaded after the epoch is locked stays true. Only meters that count credit, or for which
 * the server does, have an epoch. */
static enum rc
load_with_epoch(struct db *db, struct sale_meter *meter, int64_t now, struct faults *faults)
{
	enum rc rc = epoch_find(db, meter->meter_id, &meter->epoch);
	bool has_epoch = rc == RC_OK;

	if (rc == RC_OK || rc == RC_NOT_FOUND)
		rc = load_meter(db, meter);
	if (rc != RC_OK)
		return rc;
	if (meter->mode == CREDIT_MONITOR) {
		fault_add(faults, "", "NotItsAccount", "%s", "");
		return RC_OK;
	}
	if (!has_epoch)
		rc = epoch_ensure(db, meter->meter_id, meter->account_id, now, &meter->epoch);
	if (rc == RC_NOT_FOUND) {
		fault_add(faults, "", "NeverRead", "%s", "");
		return RC_OK;
	}
	return rc;
}

enum rc
sale_hold_meter(struct db *db, int64_t account_id, int64_t meter_id, bool may_be_stopped,
    int64_t now, struct faults *faults, struct sale_meter *meter)
{
	size_t before = faults->count;

	*meter = (struct sale_meter){
		.meter_id = meter_id, .account_id = account_id, .shown_fen = METER_NO_CREDIT
	};
	enum rc rc = sale_lock_meter(db, account_id, meter_id);
	if (rc == RC_NOT_FOUND) {
		fault_add(faults, "", "NotItsAccount", "%s", "");
		return RC_OK;
	}
	if (rc == RC_OK)
		rc = load_with_epoch(db, meter, now, faults);
	if (rc == RC_OK && faults->count == before && meter->has_held && !may_be_stopped)
		fault_add(faults, "", "MeterStopped", "%s", "");
	return rc;
}
