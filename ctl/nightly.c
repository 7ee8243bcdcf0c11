/*
 * voltillctl nightly: prices what was used, proves the books, and does the runs of the check that
 * people ask for.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "ctl.h"
#include "model/alarm.h"
#include "model/audit.h"
#include "model/charge.h"
#include "model/check_run.h"
#include "model/invariant.h"

#define ROUND_MS   1000		       /* who asked for a run waits so long */
#define CHARGE_MS  (10 * CLOCK_MINUTE) /* late readings let a day be charged later */
#define CHECK_AT   (2 * CLOCK_HOUR)    /* after midnight: most days are charged by then */
#define TROUBLE_MS (30 * CLOCK_SECOND) /* pause after a failure */

enum { CHECKED };
static const struct query Q[] QUERIES = {
	[CHECKED] = { .sql = "SELECT COUNT(*) FROM check_run WHERE asked_by IS NULL"
			     " AND ended_at >= ?",
	    .bounded = "one number" },
};

static const char USAGE[] =
    "usage: voltillctl nightly [--follow]\n"
    "Prices the use of all days that are over and runs the check (exit status 1 when anything is\n"
    "off). With --follow it goes on doing so: days as their readings are complete, the check once a\n"
    "night and whenever a person asks for it.\n";

/* ---- the steps ---- */

static enum rc
charge(struct db *db)
{
	struct charge_work work;
	char detail[128];
	enum rc rc = charge_due(db, clock_now(), NULL, &work);

	if (work.begun + work.charged + work.failed == 0)
		return rc;
	(void)snprintf(detail, sizeof(detail),
	    "begun: -> %" PRId64 "\ncharged: -> %" PRId64 "\nfailed: -> %" PRId64, work.begun,
	    work.charged, work.failed);
	log_info("charge",
	    "%" PRId64 " days charged, %" PRId64 " epochs begun, %" PRId64 " meters failed",
	    work.charged, work.begun, work.failed);
	enum rc told = audit_write(
	    db, &(struct audit){ .at = clock_now(),
		    .actor = "nightly",
		    .address = "",
		    .action = "day.charge",
		    .outcome = work.failed > 0 || rc != RC_OK ? AUDIT_FAILED : AUDIT_DONE,
		    .detail = detail });
	return rc == RC_OK ? told : rc;
}

static enum rc
watch(struct db *db, int64_t run_id, int64_t violations)
{
	struct alarm alarm = { .kind = ALARM_CHECK_FAILED, .at = clock_now() };

	if (violations == 0)
		return alarm_end(db, &alarm);
	(void)snprintf(
	    alarm.detail, sizeof(alarm.detail), "check %" PRId64 " %" PRId64, violations, run_id);
	return alarm_begin(db, &alarm);
}

static enum rc
check(struct db *db, int64_t run_id, int64_t *violations)
{
	enum rc rc = invariant_run(db, run_id, violations);

	if (rc != RC_OK)
		return rc;
	if (*violations > 0)
		log_error("check", "run %" PRId64 ": %" PRId64 " violations", run_id, *violations);
	else
		log_info("check", "run %" PRId64 ": the books agree", run_id);
	return watch(db, run_id, *violations);
}

/* ---- without an end ---- */

static void
pause_ms(int64_t ms)
{
	struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	(void)nanosleep(&time, NULL);
}

static enum rc
check_asked(struct db *db)
{
	int64_t run_id, violations;
	enum rc rc = check_claim(db, clock_now(), &run_id);

	return rc == RC_OK ? check(db, run_id, &violations) : rc;
}

/* Once a day, at night or when the machine is on again. */
static enum rc
check_nightly(struct db *db)
{
	int64_t now = clock_now(), due_at = clock_day_start(clock_day(now - CHECK_AT)) + CHECK_AT;
	int64_t done, run_id, violations;
	enum rc rc = db_int(db, &Q[CHECKED], ARGS(T(due_at)), &done);

	if (rc != RC_OK || done > 0)
		return rc;
	rc = check_begin(db, now, &run_id);
	return rc == RC_OK ? check(db, run_id, &violations) : rc;
}

/* The zone of the site is a setting and may change under us. */
static enum rc
round_once(struct db *db, int64_t *charged_at)
{
	int64_t now = clock_mono();
	enum rc rc = check_asked(db);

	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	if (*charged_at != 0 && now - *charged_at < CHARGE_MS)
		return RC_OK;
	rc = ctl_take_zone(db);
	if (rc == RC_OK)
		rc = charge(db);
	if (rc == RC_OK)
		rc = check_nightly(db);
	if (rc == RC_OK)
		*charged_at = now;
	return rc;
}

/* Runs until it is told to stop: every step is a transaction, and what was not done is done next
 * time. */
static void __attribute__((noreturn)) follow(struct db *db)
{
	int64_t charged_at = 0;

	for (;;)
		pause_ms(round_once(db, &charged_at) == RC_OK ? ROUND_MS : TROUBLE_MS);
}

enum rc
ctl_nightly(struct ctl *ctl, int argc, char **argv)
{
	int64_t run_id, violations = 0;

	if (argc == 2 && strcmp(argv[1], "--follow") == 0)
		follow(ctl->db);
	if (argc != 1) {
		(void)fputs(USAGE, stderr);
		return RC_INVALID;
	}
	enum rc rc = charge(ctl->db);
	/* One that a person waits for is as good as one of our own. */
	if (rc == RC_OK && (rc = check_claim(ctl->db, clock_now(), &run_id)) == RC_NOT_FOUND)
		rc = check_begin(ctl->db, clock_now(), &run_id);
	if (rc == RC_OK)
		rc = check(ctl->db, run_id, &violations);
	return rc == RC_OK && violations > 0 ? RC_CONFLICT : rc;
}
