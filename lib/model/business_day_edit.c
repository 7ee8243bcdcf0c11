/* Closing a business day. */
#include "model/shift.h"

#include "model/edit.h"

enum { MAKE, LOCK, OPEN_SHIFTS, CLOSE };
static const struct query Q[] QUERIES = {
	[MAKE] = { .sql = "INSERT IGNORE INTO business_day (day) VALUES (?)" },
	[LOCK] = { .sql = "SELECT closed_at IS NOT NULL FROM business_day WHERE day = ? FOR UPDATE",
	    .bounded = "primary key" },
	[OPEN_SHIFTS] = { .sql = "SELECT COUNT(*) FROM shift WHERE biz_day <= ?"
				 " AND closed_at IS NULL",
	    .bounded = "one row" },
	[CLOSE] = { .sql = "UPDATE business_day SET closed_at = ?, closed_by = ? WHERE day = ?" },
};

struct closing {
	struct day day;
	const struct operator_actor *by;
};

static enum rc
audit(struct db *db, const struct closing *closing)
{
	struct changes changes = { 0 };
	char day[16];

	clock_format_day(closing->day, day, sizeof(day));
	change_text(&changes, "day", "", day);
	return edit_audit(db, closing->by, "day.close", "day", closing->day.number, &changes, NULL);
}

static enum rc
close_day(struct db *db, void *context)
{
	const struct closing *closing = context;
	int64_t is_closed, open;
	enum rc rc = db_exec(db, &Q[MAKE], ARGS(D(closing->day)));

	/* Who opens a shift holds the row too, so none can come in between. */
	if (rc == RC_OK)
		rc = db_int(db, &Q[LOCK], ARGS(D(closing->day)), &is_closed);
	if (rc == RC_OK)
		rc = db_int(db, &Q[OPEN_SHIFTS], ARGS(D(closing->day)), &open);
	if (rc == RC_OK && (is_closed || open > 0))
		return RC_CONFLICT;
	if (rc == RC_OK)
		rc = db_exec(db, &Q[CLOSE],
		    ARGS(T(closing->by->now), I(closing->by->operator_id), D(closing->day)));
	return rc == RC_OK ? audit(db, closing) : rc;
}

enum rc
business_day_close(struct db *db, struct day day, const struct operator_actor *by)
{
	struct closing closing = { day, by };

	if (day.number > clock_day(by->now).number)
		return RC_INVALID;
	return db_transact(db, close_day, &closing);
}
