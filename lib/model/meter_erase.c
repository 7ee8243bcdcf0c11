#include "model/edit.h"
#include "model/meter_edit.h"

enum { LOCK, TRACES, DELETE };

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[LOCK] = { .sql = "SELECT revision FROM meter WHERE meter_id = ? FOR UPDATE",
	    .bounded = "primary key" },
	[TRACES] = { .sql = "SELECT EXISTS (SELECT 1 FROM meter_state WHERE meter_id = ?)"
			    " + EXISTS (SELECT 1 FROM account_meter WHERE meter_id = ?)"
			    " + EXISTS (SELECT 1 FROM meter_tariff WHERE meter_id = ?)"
			    " + EXISTS (SELECT 1 FROM meter_config WHERE meter_id = ?)"
			    " + EXISTS (SELECT 1 FROM meter_link WHERE meter_id = ?)"
			    " + EXISTS (SELECT 1 FROM command WHERE meter_id = ?)"
			    " + EXISTS (SELECT 1 FROM meter_place WHERE meter_id = ?)",
	    .bounded = "one row" },
	[DELETE] = { .sql = "DELETE FROM meter WHERE meter_id = ?" },
};
/* clang-format on */

enum rc
meter_erase(struct db *db, const struct meter_row *row, const struct operator_actor *by)
{
	struct meter_row stored;
	struct changes changes = { 0 };
	struct value id = I(row->meter_id);
	int64_t revision, traces;
	enum rc rc = db_int(db, &Q[LOCK], ARGS(id), &revision);

	if (rc == RC_OK && revision != row->revision)
		rc = RC_CONFLICT;
	if (rc == RC_OK)
		rc = meter_load_row(db, row->meter_id, &stored);
	if (rc == RC_OK)
		rc = db_int(db, &Q[TRACES], ARGS(id, id, id, id, id, id, id), &traces);
	if (rc != RC_OK)
		return rc;
	if (traces > 0)
		return RC_INVALID;
	change_text(&changes, "number", stored.number, "");
	if ((rc = db_exec(db, &Q[DELETE], ARGS(id))) != RC_OK)
		return rc;
	return edit_audit(db, by, "meter.erase", "meter", row->meter_id, &changes, NULL);
}
