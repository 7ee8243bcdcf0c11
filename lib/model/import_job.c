#include "model/import_job.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "model/audit.h"

#define BEAT_MS	   500
#define PAST_LINES 500
#define KEEP_MS	   (30 * 24 * CLOCK_HOUR)

enum {
	NEXT,
	CLAIM,
	BEAT,
	HOLD,
	DONE,
	FINISH,
	APPLIED,
	GIVE_BACK,
	PAST,
	BLOCK,
	UNBLOCK,
	SWEEP,
};

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[NEXT] = { .sql = "SELECT import_id FROM import_job WHERE claim IS NULL OR beat_at < ?"
			  " ORDER BY import_id LIMIT 1" },
	[CLAIM] = { .sql =
			"UPDATE import_job SET claim = ?, beat_at = ?, tries = tries + 1, rows_done = 0"
			" WHERE import_id = ? AND (claim IS NULL OR beat_at < ?)" },
	[BEAT] = { .sql =
		       "UPDATE import_job SET beat_at = ?, rows_done = ? WHERE import_id = ? AND claim = ?" },
	[HOLD] = { .sql =
		       "SELECT tries FROM import_job WHERE import_id = ? AND claim = ? FOR UPDATE",
	    .bounded = "primary key" },
	[DONE] = { .sql = "DELETE FROM import_job WHERE import_id = ? AND claim = ?" },
	[FINISH] = { .sql =
			 "UPDATE import SET state = ?, rows_total = ?, rows_new = ?, rows_changed = ?,"
			 " rows_same = ?, rows_wrong = ?, plan_digest = ?, result = ?, ended_at = ?"
			 " WHERE import_id = ?" },
	[APPLIED] = { .sql =
			  "UPDATE import SET state = ?, result = ?, ended_at = ? WHERE import_id = ?" },
	[GIVE_BACK] = { .sql =
			    "UPDATE import_job SET claim = NULL WHERE import_id = ? AND claim = ?" },
	[PAST] = { .sql =
		       "SELECT row_no, part_no, outcome, object_id, revision, cells, old_cells, label"
		       " FROM import_row WHERE import_id = ? AND outcome IN ('new', 'changed')"
		       " AND (row_no < ? OR (row_no = ? AND part_no < ?))"
		       " ORDER BY row_no DESC, part_no DESC LIMIT 500" },
	[BLOCK] = { .sql =
			"UPDATE import_row SET obstacle = ? WHERE import_id = ? AND row_no = ? AND part_no = ?" },
	[UNBLOCK] = { .sql =
			  "UPDATE import_row SET obstacle = '' WHERE import_id = ? AND obstacle <> ''" },
	[SWEEP] = { .sql =
			"DELETE f FROM import_file f JOIN import i ON i.import_id = f.import_id"
			" WHERE i.created_at < ? OR (i.state IN ('applied', 'undone') AND i.ended_at < ?)" },
};
/* clang-format on */

/* ---- claims ---- */

enum rc
import_job_claim_one(struct import_job *job, int64_t import_id, int64_t now)
{
	job->import_id = import_id;
	secret_random(job->claim, sizeof(job->claim));
	job->beat_at = clock_mono();
	enum rc rc = db_exec(job->db, &Q[CLAIM],
	    ARGS(B(job->claim, IMPORT_CLAIM), T(now), I(import_id), T(now - IMPORT_DEAD_MS)));
	return rc == RC_OK && db_affected(job->db) == 0 ? RC_NOT_FOUND : rc;
}

enum rc
import_job_claim(struct import_job *job, int64_t now)
{
	int64_t import_id;
	enum rc rc = db_int(job->db, &Q[NEXT], ARGS(T(now - IMPORT_DEAD_MS)), &import_id);

	return rc == RC_OK ? import_job_claim_one(job, import_id, now) : rc;
}

/* A sign of life on the other connection. RC_CONFLICT: somebody took the step over. */
static enum rc
beat(void *context, int64_t lines)
{
	struct import_job *job = context;
	int64_t now = clock_mono();

	if (now - job->beat_at < BEAT_MS)
		return RC_OK;
	job->beat_at = now;
	enum rc rc = db_exec(job->beat, &Q[BEAT],
	    ARGS(T(clock_now()), I(lines), I(job->import_id), B(job->claim, IMPORT_CLAIM)));
	if (rc == RC_OK && db_affected(job->beat) == 0) {
		log_warn(
		    "import", "%" PRId64 ": another worker took the step over", job->import_id);
		return RC_CONFLICT;
	}
	return rc;
}

/* Inside the transaction of the step, at its end: whoever took it over must not have begun. */
static enum rc
let_go(struct import_job *job)
{
	int64_t tries;
	enum rc rc =
	    db_int(job->db, &Q[HOLD], ARGS(I(job->import_id), B(job->claim, IMPORT_CLAIM)), &tries);

	if (rc == RC_NOT_FOUND)
		return RC_CONFLICT;
	if (rc == RC_OK)
		rc = db_exec(
		    job->db, &Q[DONE], ARGS(I(job->import_id), B(job->claim, IMPORT_CLAIM)));
	return rc;
}

/* ---- what a step is made of ---- */

struct step {
	struct import_job *job;
	struct import_record record;
	struct arena *arena;
	char path[512];
	struct import_writer *writer;
	struct import_run run;
	struct sheet_fault fault;
	bool is_over; /* another worker has it */
	int64_t now;
};

static enum rc
keep_result(void *context, const struct import_result *result)
{
	struct step *step = context;

	return import_writer_add(step->writer, result);
}

static enum rc
show_progress(void *context, int64_t lines)
{
	struct step *step = context;
	enum rc rc = beat(step->job, lines);

	step->is_over = rc == RC_CONFLICT;
	return rc;
}

static enum rc
audit(struct step *step, const char *action)
{
	const struct import_record *record = &step->record;
	const struct import_counts *counts = &step->run.counts;
	char detail[1000];

	snprintf(detail, sizeof(detail),
	    "kind:  -> %s\nfile:  -> %s\nnew:  -> %" PRId64 "\nchanged:  -> %" PRId64
	    "\nsame:  -> %" PRId64 "\nwrong:  -> %" PRId64,
	    import_kind_name(record->kind), record->file_name, counts->by[IMPORT_NEW],
	    counts->by[IMPORT_CHANGED], counts->by[IMPORT_SAME], counts->by[IMPORT_WRONG]);
	struct audit row = {
		.at = step->now,
		.operator_id = record->by.operator_id,
		.actor = record->by.actor,
		.address = record->by.address,
		.action = action,
		.object_kind = "import",
		.object_id = record->import_id,
		.detail = detail,
	};
	return audit_write(step->job->db, &row);
}

static enum rc
finish(struct step *step, enum import_state state, const unsigned char *plan, const char *result)
{
	const struct import_counts *c = &step->run.counts;

	return db_exec(step->job->db, &Q[FINISH],
	    ARGS(S(import_state_name(state)), I(c->total), I(c->by[IMPORT_NEW]),
		I(c->by[IMPORT_CHANGED]), I(c->by[IMPORT_SAME]), I(c->by[IMPORT_WRONG]),
		plan != NULL ? B(plan, SECRET_DIGEST) : NIL, S(result), T(step->now),
		I(step->job->import_id)));
}

/* Runs the file through, keeping what each line does. */
static enum rc
run_file(struct step *step, enum import_mode mode)
{
	struct sheet *sheet;
	enum rc rc = sheet_open(step->path, (size_t)step->record.sheet, &sheet, &step->fault);

	if (rc != RC_OK)
		return rc;
	step->run = (struct import_run){ .db = step->job->db,
		.kind = step->record.kind,
		.map = &step->record.map,
		.scope = &step->record.scope,
		.by = step->record.by,
		.mode = mode,
		.each = keep_result,
		.progress = show_progress,
		.context = step };
	step->run.by.now = step->now;
	rc = import_writer_begin(step->job->db, step->arena, step->record.import_id, &step->writer);
	if (rc == RC_OK)
		rc = import_rows(&step->run, sheet);
	if (rc == RC_OK)
		rc = import_writer_end(step->writer);
	if (rc == RC_INVALID)
		step->fault = *sheet_why(sheet);
	sheet_close(sheet);
	return rc;
}

/* ---- the steps ---- */

/* What the file would change. */
static enum rc
check(struct db *db, void *context)
{
	struct step *step = context;
	char result[IMPORT_RESULT_MAX + 1];
	enum rc rc = run_file(step, IMPORT_CHECK);

	(void)db;
	if (rc == RC_INVALID) { /* the file breaks off: nothing of it is used */
		snprintf(result, sizeof(result), "%s\t%" PRId64 "\t%" PRId64,
		    step->fault.key != NULL ? step->fault.key : "SheetBroken", step->fault.row,
		    step->fault.column);
		step->run.counts = (struct import_counts){ 0 };
		rc = finish(step, IMPORT_FAILED, NULL, result);
	} else if (rc == RC_OK)
		rc = finish(step, IMPORT_CHECKED, step->run.digest, step->record.result);
	return rc == RC_OK ? let_go(step->job) : rc;
}

/* Does what was shown, all of it or not at all. RC_CONFLICT: it would not be what was shown. */
static enum rc
apply(struct db *db, void *context)
{
	struct step *step = context;
	enum rc rc = run_file(step, step->record.mode);

	(void)db;
	if (rc == RC_INVALID ||
	    (rc == RC_OK && memcmp(step->run.digest, step->record.plan, SECRET_DIGEST) != 0))
		rc = RC_CONFLICT;
	if (rc == RC_OK)
		rc = audit(step, "import.apply");
	if (rc == RC_OK)
		rc = finish(step, IMPORT_APPLIED, step->run.digest, "");
	return rc == RC_OK ? let_go(step->job) : rc;
}

/* The database is not what it was when the lines were shown: they are shown again. */
static enum rc
show_again(struct step *step)
{
	text_copy(step->record.result, sizeof(step->record.result), "ImportMoved");
	return db_transact(step->job->db, check, step);
}

/* ---- undo ---- */

struct past {
	struct import_past line;
	int64_t row, part;
};

static void
take_past(struct step *step, const struct rows *rows, struct arena *arena, struct past *past)
{
	const char *cells[SHEET_COLUMNS_MAX], *old[IMPORT_FIELDS_MAX];

	*past = (struct past){ .row = rows_int(rows, 0), .part = rows_int(rows, 1) };
	past->line.outcome = strcmp(rows_text(rows, 2), "new") == 0 ? IMPORT_NEW : IMPORT_CHANGED;
	past->line.object_id = rows_int(rows, 3);
	past->line.revision = rows_int(rows, 4);
	size_t count =
	    import_split(arena, rows_text(rows, 5), IMPORT_PART, cells, SHEET_COLUMNS_MAX);
	for (size_t i = 0; i < IMPORT_FIELDS_MAX; i++) {
		size_t column = step->record.map.columns[i];
		past->line.cells[i] = column > 0 && column <= count ? cells[column - 1] : "";
	}
	count = import_split(arena, rows_text(rows, 6), IMPORT_PART, old, IMPORT_FIELDS_MAX);
	for (size_t i = 0; i < count; i++) {
		char *end;
		size_t field = strtoul(old[i], &end, 10);
		if (*end == '=' && field < IMPORT_FIELDS_MAX)
			past->line.old_cells[field] = end + 1;
	}
}

/* The next lines before (row, part), last first. */
static enum rc
read_past(struct step *step, struct arena *arena, int64_t row, int64_t part, struct past *lines,
    size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(step->job->db, &Q[PAST],
	    ARGS(I(step->record.import_id), I(row), I(row), I(part)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	while (*count < PAST_LINES && (rc = rows_next(rows)) == RC_OK)
		take_past(step, rows, arena, &lines[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Lines that cannot be undone; kept over the end of the transaction that found them. */
struct blocked {
	int64_t row, part;
	char key[40];
	struct blocked *next;
};

struct undoing {
	struct step *step;
	struct blocked *blocked;
	int64_t count, done;
};

static enum rc
undo_lines(struct undoing *undoing, struct import_undo *undo, struct past *lines, size_t count)
{
	struct step *step = undoing->step;

	for (size_t i = 0; i < count; i++) {
		struct faults obstacle = { 0 };
		enum rc rc = import_undo_line(undo, &lines[i].line, &obstacle);
		if (rc == RC_CONFLICT && obstacle.count > 0) {
			struct blocked *one = arena_alloc(step->arena, sizeof(*one));
			*one =
			    (struct blocked){ lines[i].row, lines[i].part, "", undoing->blocked };
			text_copy(one->key, sizeof(one->key), obstacle.list[0].key);
			undoing->blocked = one;
			undoing->count++;
		} else if (rc != RC_OK)
			return rc;
		if ((rc = show_progress(step, ++undoing->done)) != RC_OK)
			return rc;
	}
	return RC_OK;
}

static enum rc
undo_all(struct undoing *undoing, struct arena *arena)
{
	struct step *step = undoing->step;
	struct past *lines = arena_alloc(arena, PAST_LINES * sizeof(*lines));
	struct arena *texts = arena_new();
	struct import_undo *undo;
	int64_t row = INT64_MAX, part = 0;
	size_t count = PAST_LINES;
	enum rc rc =
	    import_undo_begin(step->job->db, arena, step->record.kind, &step->record.by, &undo);

	while (rc == RC_OK && count == PAST_LINES) {
		arena_reset(texts);
		rc = read_past(step, texts, row, part, lines, &count);
		if (rc != RC_OK || count == 0)
			break;
		row = lines[count - 1].row;
		part = lines[count - 1].part;
		rc = undo_lines(undoing, undo, lines, count);
	}
	arena_free(texts);
	return rc;
}

/* RC_CONFLICT with blocked lines: nothing is undone. */
static enum rc
undo(struct db *db, void *context)
{
	struct undoing *undoing = context;
	struct step *step = undoing->step;
	struct arena *arena = arena_new();

	undoing->blocked = NULL;
	undoing->count = undoing->done = 0;
	step->run.counts = step->record.counts;
	step->record.by.now = step->now;
	enum rc rc = undo_all(undoing, arena);
	if (rc == RC_OK && undoing->count > 0)
		rc = RC_CONFLICT;
	if (rc == RC_OK)
		rc = audit(step, "import.undo");
	if (rc == RC_OK)
		rc = db_exec(db, &Q[APPLIED],
		    ARGS(S("undone"), S(""), T(step->now), I(step->record.import_id)));
	arena_free(arena);
	return rc == RC_OK ? let_go(step->job) : rc;
}

static enum rc
tell_blocked(struct db *db, void *context)
{
	struct undoing *undoing = context;
	struct step *step = undoing->step;
	int64_t import_id = step->record.import_id;
	char result[64];
	enum rc rc = db_exec(db, &Q[UNBLOCK], ARGS(I(import_id)));

	for (struct blocked *one = undoing->blocked; one != NULL && rc == RC_OK; one = one->next)
		rc = db_exec(
		    db, &Q[BLOCK], ARGS(S(one->key), I(import_id), I(one->row), I(one->part)));
	snprintf(result, sizeof(result), "UndoBlocked\t%" PRId64, undoing->count);
	if (rc == RC_OK)
		rc = db_exec(
		    db, &Q[APPLIED], ARGS(S("applied"), S(result), T(step->now), I(import_id)));
	return rc == RC_OK ? let_go(step->job) : rc;
}

/* ---- a job ---- */

static enum rc
give_up(struct db *db, void *context)
{
	struct step *step = context;
	/* An undo that never ends well leaves what was applied. */
	const char *state = step->record.state == IMPORT_UNDOING ? "applied" : "failed";
	enum rc rc = db_exec(db, &Q[APPLIED],
	    ARGS(S(state), S("ImportGaveUp"), T(step->now), I(step->record.import_id)));

	return rc == RC_OK ? let_go(step->job) : rc;
}

static enum rc
fetch(struct step *step)
{
	unsigned char random[8];
	char hex[2 * sizeof(random) + 1];

	secret_random(random, sizeof(random));
	text_hex(random, sizeof(random), hex);
	snprintf(step->path, sizeof(step->path), "%s/import-%s", step->job->folder, hex);
	return import_fetch(step->job->db, step->record.import_id, step->path);
}

static enum rc
run_step(struct step *step)
{
	struct undoing undoing = { .step = step };
	enum rc rc;

	switch (step->record.state) {
	case IMPORT_CHECKING:
		step->record.result[0] = '\0';
		return db_transact(step->job->db, check, step);
	case IMPORT_APPLYING:
		rc = db_transact(step->job->db, apply, step);
		return rc == RC_CONFLICT && !step->is_over ? show_again(step) : rc;
	case IMPORT_UNDOING:
		rc = db_transact(step->job->db, undo, &undoing);
		if (rc == RC_CONFLICT && undoing.count > 0)
			rc = db_transact(step->job->db, tell_blocked, &undoing);
		return rc;
	default:
		return db_exec(step->job->db, &Q[DONE],
		    ARGS(I(step->record.import_id), B(step->job->claim, IMPORT_CLAIM)));
	}
}

static enum rc
prepare_and_run(struct step *step)
{
	int64_t tries;
	enum rc rc = db_int(step->job->db, &Q[HOLD],
	    ARGS(I(step->job->import_id), B(step->job->claim, IMPORT_CLAIM)), &tries);

	if (rc == RC_OK)
		rc = import_load(step->job->db, step->job->import_id, 0, &step->record);
	if (rc != RC_OK)
		return rc;
	if (tries > IMPORT_TRIES_MAX) {
		log_error("import", "%" PRId64 ": given up after %d tries", step->record.import_id,
		    IMPORT_TRIES_MAX);
		return db_transact(step->job->db, give_up, step);
	}
	if (step->record.state != IMPORT_UNDOING)
		rc = fetch(step);
	return rc == RC_OK ? run_step(step) : rc;
}

enum rc
import_job_run(struct import_job *job, int64_t now)
{
	struct step *step = calloc(1, sizeof(*step));

	if (step == NULL)
		log_fatal("memory", "no room for a step");
	step->job = job;
	step->now = now;
	step->arena = arena_new();
	enum rc rc = prepare_and_run(step);
	if (step->path[0] != '\0')
		unlink(step->path);
	if (rc == RC_OK)
		log_info("import", "%" PRId64 ": %s %s ended, %" PRId64 " lines", job->import_id,
		    import_state_name(step->record.state), import_kind_name(step->record.kind),
		    step->run.counts.total);
	else {
		log_error("import", "%" PRId64 ": step failed: %s", job->import_id, rc_name(rc));
		/* So that the next try need not wait until this one counts as dead. */
		if (db_exec(job->db, &Q[GIVE_BACK],
			ARGS(I(job->import_id), B(job->claim, IMPORT_CLAIM))) != RC_OK)
			log_warn("import", "%" PRId64 ": the claim stays", job->import_id);
	}
	arena_free(step->arena);
	free(step);
	return rc;
}

enum rc
import_sweep(struct db *db, int64_t now)
{
	return db_exec(db, &Q[SWEEP], ARGS(T(now - KEEP_MS), T(now - CLOCK_HOUR)));
}
