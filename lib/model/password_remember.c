#include "model/password_policy.h"

enum { REMEMBER, FORGET };
static const struct query Q[] QUERIES = {
	[REMEMBER] = { .sql =
			   "REPLACE INTO operator_password (operator_id, changed_at, password_hash)"
			   " VALUES (?, ?, ?)" },
	[FORGET] = { .sql =
			 "DELETE FROM operator_password WHERE operator_id = ? AND changed_at <="
			 " (SELECT changed_at FROM (SELECT changed_at FROM operator_password"
			 " WHERE operator_id = ? ORDER BY changed_at DESC LIMIT 1 OFFSET ?) AS t)" },
};

enum rc
password_remember(struct db *db, int64_t operator_id, const char *hash, int64_t now)
{
	enum rc rc = db_exec(db, &Q[REMEMBER], ARGS(I(operator_id), T(now), S(hash)));

	if (rc != RC_OK)
		return rc;
	return db_exec(
	    db, &Q[FORGET], ARGS(I(operator_id), I(operator_id), I(PASSWORD_HISTORY_MAX)));
}
