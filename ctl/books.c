/*
 * voltillctl check: whether the books agree.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ctl.h"
#include "model/check_run.h"
#include "model/invariant.h"

static const char USAGE[] =
    "usage: voltillctl check [--quiet] [CODE …]\n"
    "Looks at all invariants of the books, or at those of the codes, and names what is off (exit\n"
    "status 1). A whole run is stored and shown by the pages. --quiet prints only what is off.\n";

static enum rc
usage(void)
{
	(void)fputs(USAGE, stderr);
	return RC_INVALID;
}

static const char *
rule_of(const char *code, size_t *index)
{
	size_t count;
	const struct invariant *list = invariant_list(&count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].code, code) == 0) {
			if (index != NULL)
				*index = i;
			return list[i].rule;
		}
	return NULL;
}

static void
print_result(const struct check_result *result, bool is_quiet)
{
	const char *line = result->sample;

	if (is_quiet && result->violations == 0)
		return;
	(void)printf("%-4s %-60s %8" PRId64 " %7" PRId64 " ms\n", result->code,
	    rule_of(result->code, NULL), result->violations, result->took_ms);
	while (*line != '\0') {
		size_t length = strcspn(line, "\n");
		(void)printf("     %.*s\n", (int)length, line);
		line += length + (line[length] == '\n');
	}
}

static enum rc
print_verdict(int64_t violations, bool is_quiet)
{
	if (violations > 0)
		(void)printf("BROKEN: %" PRId64 " violations\n", violations);
	else if (!is_quiet)
		(void)printf("OK\n");
	return violations > 0 ? RC_CONFLICT : RC_OK;
}

static enum rc
check_all(struct db *db, bool is_quiet)
{
	struct arena *arena = arena_new();
	struct check_result *list;
	size_t count = 0;
	int64_t run_id, violations = 0;
	enum rc rc = check_begin(db, clock_now(), &run_id);

	if (rc == RC_OK)
		rc = invariant_run(db, run_id, &violations);
	if (rc == RC_OK)
		rc = check_results(db, arena, run_id, &list, &count);
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		print_result(&list[i], is_quiet);
	arena_free(arena);
	return rc == RC_OK ? print_verdict(violations, is_quiet) : rc;
}

static enum rc
check_some(struct db *db, char **codes, int count, bool is_quiet)
{
	struct invariant_result result;
	int64_t violations = 0;
	size_t index;

	for (int i = 0; i < count; i++) {
		if (rule_of(codes[i], &index) == NULL)
			return usage();
		enum rc rc = invariant_check(db, index, clock_now(), &result);
		if (rc != RC_OK)
			return rc;
		violations += result.violations;
		print_result(&(struct check_result){ codes[i], result.violations, result.took_ms,
				 result.sample },
		    is_quiet);
	}
	return print_verdict(violations, is_quiet);
}

enum rc
ctl_check(struct ctl *ctl, int argc, char **argv)
{
	bool is_quiet = argc > 1 && strcmp(argv[1], "--quiet") == 0;
	int first = is_quiet ? 2 : 1;

	if (argc > first)
		return check_some(ctl->db, argv + first, argc - first, is_quiet);
	return check_all(ctl->db, is_quiet);
}
