#include "model/account_edit.h"
#include "model/edit.h"

enum { LOCK, TAKE, USES, DELETE };

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[LOCK] = { .sql = "SELECT revision FROM account WHERE account_id = ? AND closed_at IS NULL"
			  " FOR UPDATE",
	    .bounded = "primary key" },
	[TAKE] = { .sql = "DELETE FROM account_meter WHERE meter_id = ? AND account_id = ?"
			  " AND ended_at IS NULL" },
	[USES] = { .sql = "SELECT COUNT(*) FROM account_meter WHERE account_id = ?",
	    .bounded = "one row" },
	[DELETE] = { .sql = "DELETE FROM account WHERE account_id = ?" },
};
/* clang-format on */

enum rc
account_take_meter(
    struct db *db, const struct account_row *row, int64_t meter_id, const struct operator_actor *by)
{
	struct changes changes = { 0 };
	enum rc rc = db_exec(db, &Q[TAKE], ARGS(I(meter_id), I(row->account_id)));

	if (rc != RC_OK)
		return rc;
	if (db_affected(db) == 0)
		return RC_NOT_FOUND;
	change_int_or(&changes, "meter", 0, meter_id, 0);
	return edit_audit(db, by, "account.meter", "account", row->account_id, &changes, NULL);
}

enum rc
account_erase(struct db *db, const struct account_row *row, const struct operator_actor *by)
{
	struct changes changes = { 0 };
	struct account_row stored;
	int64_t uses, revision;
	enum rc rc = account_load_row(db, row->account_id, &stored);

	if (rc == RC_OK)
		rc = db_int(db, &Q[LOCK], ARGS(I(row->account_id)), &revision);
	if (rc == RC_OK && revision != row->revision)
		rc = RC_CONFLICT;

	if (rc == RC_OK)
		rc = db_int(db, &Q[USES], ARGS(I(row->account_id)), &uses);
	if (rc != RC_OK)
		return rc;
	if (uses > 0)
		return RC_INVALID;
	account_compare(&stored, &(struct account_row){ 0 }, &changes);
	rc = db_exec(db, &Q[DELETE], ARGS(I(row->account_id)));
	if (rc != RC_OK)
		return rc;
	return edit_audit(db, by, "account.erase", "account", row->account_id, &changes, NULL);
}
