#include "model/guard.h"

#include <assert.h>

enum { MAY_TEST, STORE };

static const struct query Q[] QUERIES = {
	[MAY_TEST] = { .sql = "SELECT COUNT(*) FROM meter m WHERE m.meter_id = ?"
			      " AND m.removed_at IS NULL"
			      " AND NOT EXISTS (SELECT 1 FROM account_meter a"
			      " WHERE a.active_meter = m.meter_id)"
			      " AND NOT EXISTS (SELECT 1 FROM meter_epoch e"
			      " WHERE e.active_meter = m.meter_id)",
	    .bounded = "one row" },
	[STORE] = { .sql = "INSERT INTO model_guard (meter_model_id, guard, tested_at, meter_id,"
			   " command_id) SELECT meter_model_id, ?, ?, meter_id, ? FROM meter"
			   " WHERE meter_id = ? ON DUPLICATE KEY UPDATE guard = VALUES(guard),"
			   " tested_at = VALUES(tested_at), meter_id = VALUES(meter_id),"
			   " command_id = VALUES(command_id)" },
};

enum rc
guard_may_test(struct db *db, int64_t meter_id, bool *may_test)
{
	int64_t count = 0;
	enum rc rc = db_int(db, &Q[MAY_TEST], ARGS(I(meter_id)), &count);

	*may_test = count > 0;
	return rc;
}

enum rc
guard_store(
    struct db *db, int64_t meter_id, int64_t command_id, enum delivery_guard guard, int64_t at)
{
	assert(guard != GUARD_UNKNOWN);
	return db_exec(
	    db, &Q[STORE], ARGS(S(delivery_guard_name(guard)), T(at), I(command_id), I(meter_id)));
}
