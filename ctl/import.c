/*
 * voltillctl import KIND FILE: places, gateways, buses, meters and accounts from a file, as the
 * page does it; all lines or none. What was imported stands in the list of the page and can be
 * undone there.
 */
#include "model/import_job.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/doorbell.h"
#include "base/text.h"
#include "ctl.h"
#include "words.h"

struct options {
	const char *kind, *file, *language;
	int64_t sheet;
	bool is_dry, is_valid_only;
};

struct importing {
	struct ctl *ctl;
	const struct options *options;
	enum import_kind kind;
	struct import_map map;
	struct arena *arena;
	const struct words *words;
	struct operator_actor by;
};

static const char USAGE[] =
    "usage: voltillctl import KIND FILE [--dry-run] [--valid-only] [--sheet N] [--lang zh-CN|en]\n"
    "KIND: places, gateways, buses, meters, accounts, tariffs. FILE: CSV or XLSX, - for standard input.\n"
    "The columns: voltillctl template KIND --columns. Faults are listed, and the exit status is 1.\n"
    "Without --valid-only nothing is imported when one line is wrong.\n";

static enum rc
usage(void)
{
	fputs(USAGE, stderr);
	return RC_INVALID;
}

static bool
read_options(int argc, char **argv, struct options *options)
{
	for (int i = 1; i < argc; i++) {
		bool has_value = i + 1 < argc;
		if (strcmp(argv[i], "--dry-run") == 0)
			options->is_dry = true;
		else if (strcmp(argv[i], "--valid-only") == 0)
			options->is_valid_only = true;
		else if (strcmp(argv[i], "--lang") == 0 && has_value)
			options->language = argv[++i];
		else if (strcmp(argv[i], "--sheet") == 0 && has_value) {
			if (text_parse_uint(argv[++i], SHEET_SHEETS_MAX, &options->sheet) != RC_OK)
				return false;
		} else if (options->kind == NULL && argv[i][0] != '-')
			options->kind = argv[i];
		else if (options->file == NULL && (argv[i][0] != '-' || argv[i][1] == '\0'))
			options->file = argv[i];
		else
			return false;
	}
	return options->file != NULL;
}

/* ---- what is told ---- */

static enum rc
refuse_file(const struct importing *importing, const struct sheet_fault *why)
{
	struct fault fault = { 0 };

	text_copy(fault.key, sizeof(fault.key), why->key);
	fprintf(stderr, "voltillctl: %s", importing->options->file);
	if (why->row > 0)
		fprintf(stderr, ", row %" PRId64, why->row);
	if (why->column > 0)
		fprintf(stderr, ", column %" PRId64, why->column);
	fprintf(stderr, ": %s\n", words_fault(importing->words, importing->arena, &fault));
	return RC_CONFLICT;
}

static void
tell_faults(const struct importing *importing, const struct import_result *result)
{
	for (size_t i = 0; i < result->faults->count; i++) {
		const struct fault *fault = &result->faults->list[i];
		fprintf(stderr, "row %" PRId64 "%s%s: %s\n", result->row,
		    fault->field[0] != '\0' ? ", " : "", fault->field,
		    words_fault(importing->words, importing->arena, fault));
	}
}

static enum rc
tell(void *context, const struct import_result *result)
{
	const struct importing *importing = context;

	if (result->outcome == IMPORT_WRONG)
		tell_faults(importing, result);
	if (!importing->options->is_dry || result->outcome == IMPORT_WRONG ||
	    result->outcome == IMPORT_SAME)
		return RC_OK;
	printf("row %" PRId64 " %s %s", result->row, import_outcome_name(result->outcome),
	    result->label);
	for (size_t i = 0; result->outcome == IMPORT_CHANGED && i < result->changes->count; i++)
		printf("%s %s: %s -> %s", i > 0 ? "," : ":", result->changes->list[i].field,
		    result->changes->list[i].before, result->changes->list[i].after);
	putchar('\n');
	return RC_OK;
}

static void
tell_counts(const struct import_counts *counts)
{
	printf("%" PRId64 " rows: %" PRId64 " new, %" PRId64 " changed, %" PRId64
	       " unchanged, %" PRId64 " wrong\n",
	    counts->total, counts->by[IMPORT_NEW], counts->by[IMPORT_CHANGED],
	    counts->by[IMPORT_SAME], counts->by[IMPORT_WRONG]);
}

/* ---- the steps ---- */

static enum rc
dry_run(struct importing *importing, struct import_counts *counts)
{
	struct sheet_fault fault;
	struct sheet *sheet;
	struct import_run run = { .db = importing->ctl->db,
		.kind = importing->kind,
		.map = &importing->map,
		.scope = &scope_everything,
		.by = importing->by,
		.mode = IMPORT_CHECK,
		.each = tell,
		.context = importing };
	enum rc rc =
	    sheet_open(importing->options->file, (size_t)importing->options->sheet, &sheet, &fault);

	if (rc == RC_INVALID)
		return refuse_file(importing, &fault);
	if (rc != RC_OK)
		return rc;
	rc = import_rows(&run, sheet);
	if (rc == RC_INVALID)
		rc = refuse_file(importing, sheet_why(sheet));
	sheet_close(sheet);
	*counts = run.counts;
	return rc;
}

/* One step, in place. */
static enum rc
run_step(struct import_job *job, int64_t import_id, const struct importing *importing,
    enum import_state from, enum import_state to)
{
	enum import_mode mode =
	    importing->options->is_valid_only ? IMPORT_APPLY_VALID : IMPORT_APPLY_ALL;
	enum rc rc =
	    import_ask(job->db, import_id, from, to, mode, NULL, &scope_everything, &importing->by);

	if (rc == RC_OK)
		rc = import_job_claim_one(job, import_id, clock_now());
	return rc == RC_OK ? import_job_run(job, clock_now()) : rc;
}

static enum rc
apply(struct importing *importing, const struct import_head *head, size_t sheet)
{
	char folder[] = "/tmp/voltill-import-XXXXXX";
	const char *name = strrchr(importing->options->file, '/');
	struct import_upload upload = { .kind = importing->kind,
		.path = importing->options->file,
		.file_name = name != NULL ? name + 1 : importing->options->file,
		.sheet = sheet,
		.head = head,
		.scope = &scope_everything };
	struct import_job job = { .db = importing->ctl->db, .folder = folder };
	struct import_record record = { 0 };
	int64_t id = 0;

	if (mkdtemp(folder) == NULL)
		return RC_UNAVAILABLE;
	enum rc rc = db_open(&importing->ctl->conf, "voltill_admin", &job.beat);
	if (rc == RC_OK)
		rc = import_keep(job.db, &upload, &importing->by, &id);
	if (rc == RC_OK)
		rc = run_step(&job, id, importing, IMPORT_UPLOADED, IMPORT_CHECKING);
	if (rc == RC_OK)
		rc = run_step(&job, id, importing, IMPORT_CHECKED, IMPORT_APPLYING);
	if (rc == RC_OK)
		rc = import_load(job.db, id, 0, &record);
	doorbell_ring(&importing->ctl->conf);
	db_close(job.beat);
	rmdir(folder);
	if (rc == RC_OK && record.state != IMPORT_APPLIED) {
		fprintf(stderr,
		    "voltillctl: the database was changed meanwhile; nothing was imported\n");
		return RC_CONFLICT;
	}
	if (rc == RC_OK)
		tell_counts(&record.counts);
	return rc;
}

static enum rc
import_file(struct importing *importing)
{
	struct import_head head;
	struct sheet_fault fault;
	struct import_counts counts = { 0 };
	size_t sheet;
	enum rc rc = import_head_read(importing->options->file, (size_t)importing->options->sheet,
	    importing->arena, &head, &sheet, &fault);

	if (rc == RC_INVALID)
		return refuse_file(importing, &fault);
	if (rc != RC_OK)
		return rc;
	import_map_header(importing->kind, &head.rows[0], &importing->map);
	const char *missing = import_map_missing(importing->kind, &importing->map);
	if (missing != NULL) {
		fprintf(stderr, "voltillctl: %s: there is no column %s\n", importing->options->file,
		    missing);
		return RC_CONFLICT;
	}
	if ((rc = dry_run(importing, &counts)) != RC_OK)
		return rc;
	bool is_right = counts.by[IMPORT_WRONG] == 0;
	if (importing->options->is_dry || (!is_right && !importing->options->is_valid_only))
		tell_counts(&counts);
	else if ((rc = apply(importing, &head, sheet)) != RC_OK)
		return rc;
	return is_right ? RC_OK : RC_CONFLICT;
}

/* Standard input as a file that can be read twice. */
static enum rc
keep_input(struct options *options, char path[], FILE *in)
{
	char bytes[65536];
	size_t n, total = 0;
	int fd = mkstemp(path);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	if (out == NULL)
		return RC_UNAVAILABLE;
	while ((n = fread(bytes, 1, sizeof(bytes), in)) > 0 && total <= SHEET_FILE_MAX)
		total += fwrite(bytes, 1, n, out);
	options->file = path;
	return fclose(out) == 0 ? RC_OK : RC_UNAVAILABLE;
}

enum rc
ctl_import(struct ctl *ctl, int argc, char **argv)
{
	struct options options = { 0 };
	char input[] = "/tmp/voltill-input-XXXXXX";
	enum rc rc = RC_OK;

	if (!read_options(argc, argv, &options) || import_kind_find(options.kind) == IMPORT_KINDS)
		return usage();
	bool is_input = strcmp(options.file, "-") == 0;
	if (is_input)
		rc = keep_input(&options, input, stdin);
	struct importing importing = { .ctl = ctl,
		.options = &options,
		.kind = import_kind_find(options.kind),
		.arena = arena_new(),
		.by = ctl_actor() };
	importing.words = words_read(&ctl->conf, options.language, importing.arena);
	if (rc == RC_OK)
		rc = import_file(&importing);
	arena_free(importing.arena);
	if (is_input)
		unlink(input);
	return rc;
}
