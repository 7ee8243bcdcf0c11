/* The steps of imports in the background of this program. */
#include "app.h"
#include "base/clock.h"
#include "base/doorbell.h"
#include "base/log.h"
#include "import.h"
#include "model/import_job.h"
#include "model/setting.h"

#define SWEEP_EACH_MS (10 * CLOCK_MINUTE)

/* Days in a file are those of the site. */
static enum rc
take_zone(struct db *db)
{
	char zone[64];
	enum rc rc = setting_text(db, "site.time_zone", "Asia/Shanghai", zone, sizeof(zone));

	return rc == RC_OK ? clock_set_zone(zone) : rc;
}

static enum rc
sweep(struct db *db)
{
	static int64_t swept_at;

	if (swept_at != 0 && clock_mono() - swept_at < SWEEP_EACH_MS)
		return RC_NOT_FOUND;
	swept_at = clock_mono();
	enum rc rc = import_sweep(db, clock_now());
	return rc == RC_OK ? RC_NOT_FOUND : rc;
}

enum rc
import_work(struct app_work *work)
{
	struct import_job job = { .db = work->db, .folder = work->conf->web_spool };
	enum rc rc = import_job_claim(&job, clock_now());

	if (rc == RC_NOT_FOUND)
		return sweep(work->db);
	if (rc == RC_OK)
		rc = take_zone(work->db);
	if (rc == RC_OK)
		rc = db_open(work->conf, work->account, &job.beat);
	if (rc == RC_OK)
		rc = import_job_run(&job, clock_now());
	doorbell_ring(work->conf); /* the collector looks for new meters at once */
	db_close(job.beat);
	/* A step that failed waits for the next round. */
	return rc == RC_NOT_FOUND ? RC_UNAVAILABLE : rc;
}
