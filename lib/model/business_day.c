#include "model/shift.h"

enum { HOLD, MAKE };
static const struct query Q[] QUERIES = {
	[HOLD] = { .sql = "SELECT closed_at IS NOT NULL FROM business_day WHERE day = ?"
			  " LOCK IN SHARE MODE",
	    .bounded = "primary key" },
	[MAKE] = { .sql = "INSERT IGNORE INTO business_day (day) VALUES (?)" },
};

enum rc
business_day_hold(struct db *db, struct day day)
{
	int64_t is_closed = 0;
	enum rc rc = db_int(db, &Q[HOLD], ARGS(D(day)), &is_closed);

	if (rc == RC_NOT_FOUND) {
		rc = db_exec(db, &Q[MAKE], ARGS(D(day)));
		if (rc == RC_OK)
			rc = db_int(db, &Q[HOLD], ARGS(D(day)), &is_closed);
	}
	return rc == RC_OK && is_closed != 0 ? RC_CONFLICT : rc;
}
