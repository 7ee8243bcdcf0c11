#include "model/tariff_assign_private.h"

enum { DROP };
static const struct query Q[] QUERIES = {
	[DROP] = { .sql = "DELETE FROM meter_tariff WHERE meter_id = ? AND valid_from = ?" },
};

enum rc
tariff_unassign(struct db *db, int64_t meter_id, struct day from, struct day today,
    const struct scope *scope, const struct operator_actor *by)
{
	struct tariff_stand stand, before;
	enum rc rc = tariff_meter_check(db, meter_id, scope);

	if (rc != RC_OK || (rc = tariff_stand_load(db, meter_id, from, &stand)) != RC_OK)
		return rc;
	if (!stand.is_there || stand.from.number != from.number || from.number <= today.number)
		return RC_NOT_FOUND;
	if ((rc = db_exec(db, &Q[DROP], ARGS(I(meter_id), D(from)))) != RC_OK ||
	    (rc = tariff_stand_load(db, meter_id, from, &before)) != RC_OK)
		return rc;
	return tariff_assign_audit(db, by, meter_id, from, stand.words, before.words);
}
