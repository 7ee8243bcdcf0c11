/*
 * check_run.h - runs of the check, and what they found: for the pages.
 *
 * A page asks for a run (check_ask); `voltillctl nightly --follow` does it within seconds, and one
 * by itself every night. Results are stored one after another while it runs, so a page can show how
 * far it is.
 */
#ifndef VOLTILL_CHECK_RUN_H
#define VOLTILL_CHECK_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/operator.h"

struct check_run {
	int64_t check_run_id;
	int64_t asked_by;		      /* 0: nightly, or the command line */
	const char *asked_name;		      /* "" then */
	int64_t asked_at, began_at, ended_at; /* 0: not yet */
	int64_t violations;		      /* of an ended run */
	int64_t done, failed;		      /* invariants that were looked at; that are broken */
};

struct check_result {
	const char *code;   /* "I01", words under T.Invariant */
	int64_t violations; /* 0: it holds */
	int64_t took_ms;
	const char *sample; /* the first of what is off, a line each: "journal 17: sum 5" */
};

/* Asks for a run. RC_CONFLICT: one waits or runs already, *check_run_id is that one. Audited
 * ("check.ask"), in a transaction of its own. */
enum rc check_ask(struct db *db, const struct operator_actor *by, int64_t *check_run_id);

/* Newest first. */
#define CHECK_RUNS_MAX 100
enum rc check_list(struct db *db, struct arena *arena, int64_t limit, int64_t offset,
    struct check_run **list, size_t *count, int64_t *total);
enum rc check_find(struct db *db, struct arena *arena, int64_t check_run_id, struct check_run *run);
/* In the order of their codes. */
enum rc check_results(struct db *db, struct arena *arena, int64_t check_run_id,
    struct check_result **list, size_t *count);

/* The same for export_answer: code, code again (T.Invariant), violations, took_ms, sample. */
enum rc check_export(struct db *db, int64_t check_run_id, struct rows **rows);

/* ---- for who does the work ---- */

/* A run that begins at once; asked by nobody. */
enum rc check_begin(struct db *db, int64_t now, int64_t *check_run_id);
/* Takes the oldest run that was asked for. RC_NOT_FOUND: there is none. One that was begun and not
 * ended for CHECK_DEAD_MS is taken over. */
#define CHECK_DEAD_MS 900000
enum rc check_claim(struct db *db, int64_t now, int64_t *check_run_id);
/* One result. A run that is taken over gets it anew. */
enum rc check_store(struct db *db, int64_t check_run_id, const struct check_result *result);
enum rc check_end(struct db *db, int64_t check_run_id, int64_t violations, int64_t now);

#endif
