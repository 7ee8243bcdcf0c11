/*
 * import_job.h - the steps of an import that take long: check, apply, undo.
 *
 * A step is asked for by import_ask and done by whoever claims it: a worker of the settings program
 * in the background, or voltillctl in place. What it writes is one transaction, which also moves
 * the state on, so a worker that dies leaves nothing half done: another one begins again. A claim
 * that shows no life for IMPORT_DEAD_MS is taken over; the transaction of the old worker then
 * fails.
 */
#ifndef VOLTILL_IMPORT_JOB_H
#define VOLTILL_IMPORT_JOB_H

#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"
#include "model/import_store.h"

#define IMPORT_CLAIM	 16
#define IMPORT_DEAD_MS	 20000
#define IMPORT_TRIES_MAX 3 /* a step that ends its worker each time fails */

struct import_job {
	struct db *db;
	struct db *beat;    /* another connection, for signs of life and progress */
	const char *folder; /* for the file */
	int64_t import_id;
	unsigned char claim[IMPORT_CLAIM];
	int64_t beat_at; /* monotonic */
};

/* Claims the oldest step nobody works on. RC_NOT_FOUND: there is none. */
enum rc import_job_claim(struct import_job *job, int64_t now);
/* Claims that one, for who asked for it himself. */
enum rc import_job_claim_one(struct import_job *job, int64_t import_id, int64_t now);

/* Does the step. Its outcome is in the state and the result of the import; a failure (logged)
 * leaves the step for another try. */
enum rc import_job_run(struct import_job *job, int64_t now);

/* Forgets files of imports that nobody went on with, and of those that were applied. */
enum rc import_sweep(struct db *db, int64_t now);

#endif
