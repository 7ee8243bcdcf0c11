/* Beside the requests: closings and changes of meters go on as the meters answer. */
#include "app.h"
#include "base/clock.h"
#include "base/doorbell.h"
#include "base/log.h"
#include "model/setting.h"
#include "tenant.h"

#define LOOK_EACH_MS (2 * CLOCK_SECOND)

/* A tariff that follows to another meter begins on a day of the site. */
static enum rc
take_zone(struct db *db)
{
	char zone[64];
	enum rc rc = setting_text(db, "site.time_zone", "Asia/Shanghai", zone, sizeof(zone));

	return rc == RC_OK ? clock_set_zone(zone) : rc;
}

enum rc
accounts_advance(struct app_work *work)
{
	static int64_t looked_at;
	const struct operator_actor by = { 0, "accounts", "", clock_now() };
	size_t changes = 0, closings = 0;
	enum rc rc;

	if (looked_at != 0 && clock_mono() - looked_at < LOOK_EACH_MS)
		return RC_NOT_FOUND;
	looked_at = clock_mono();
	rc = take_zone(work->db);
	if (rc == RC_OK)
		rc = meter_change_run(work->db, &by, &changes);
	if (rc == RC_OK)
		rc = account_leave_run(work->db, &by, &closings);
	if (changes + closings > 0)
		doorbell_ring(work->conf);
	return rc == RC_OK ? RC_NOT_FOUND : rc;
}
