#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "model/check_run.h"
#include "model/invariant_private.h"

#define RULES_MAX 64

static const struct invariant_rule *rules[RULES_MAX];
static struct invariant heads[RULES_MAX];
static size_t rule_count;

/* In the order of their codes, which all have the same length. */
static void
insert(const struct invariant_rule *rule)
{
	size_t at = rule_count++;

	assert(rule_count <= RULES_MAX);
	for (; at > 0 && strcmp(rules[at - 1]->head.code, rule->head.code) > 0; at--)
		rules[at] = rules[at - 1];
	rules[at] = rule;
}

static void
collect(void)
{
	static const struct invariant_rule *const tables[] = { invariant_ledger, invariant_orders,
		invariant_days, invariant_people };

	if (rule_count > 0)
		return;
	for (size_t i = 0; i < COUNT(tables); i++)
		for (const struct invariant_rule *rule = tables[i]; rule->head.code != NULL; rule++)
			insert(rule);
	for (size_t i = 0; i < rule_count; i++)
		heads[i] = rules[i]->head;
}

const struct invariant *
invariant_list(size_t *count)
{
	collect();
	*count = rule_count;
	return heads;
}

/* One line each, as many as fit whole. */
static void
add_sample(struct invariant_result *result, const char *what)
{
	size_t used = strlen(result->sample), more = strlen(what);

	if (used + more + 1 > INVARIANT_SAMPLE_MAX)
		return;
	(void)snprintf(result->sample + used, sizeof(result->sample) - used, "%s%s",
	    used > 0 ? "\n" : "", what);
}

static enum rc
ask(struct db *db, const struct invariant_rule *rule, int64_t now, struct invariant_result *result)
{
	struct value moments[INVARIANT_MOMENTS_MAX];
	struct rows *rows;

	for (size_t i = 0; i < rule->moment_count; i++)
		moments[i] = T(now + rule->moments[i]);
	enum rc rc = db_query(db, rule->query, (struct args){ moments, rule->moment_count }, &rows);
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		result->violations = rows_int(rows, 1);
		add_sample(result, rows_text(rows, 0));
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
invariant_check(struct db *db, size_t index, int64_t now, struct invariant_result *result)
{
	int64_t began = clock_mono();

	collect();
	assert(index < rule_count);
	*result = (struct invariant_result){ 0 };
	const struct invariant_rule *rule = rules[index];
	enum rc rc = rule->look != NULL ? rule->look(db, now, result) : ask(db, rule, now, result);
	result->took_ms = clock_mono() - began;
	if (rc != RC_OK)
		log_error("check", "%s cannot be looked at: %s", rule->head.code, rc_name(rc));
	return rc;
}

enum rc
invariant_run(struct db *db, int64_t check_run_id, int64_t *violations)
{
	struct invariant_result result;
	enum rc rc = RC_OK;

	collect();
	*violations = 0;
	for (size_t i = 0; i < rule_count && rc == RC_OK; i++) {
		rc = invariant_check(db, i, clock_now(), &result);
		*violations += result.violations;
		if (rc == RC_OK)
			rc = check_store(db, check_run_id,
			    &(struct check_result){ .code = heads[i].code,
				.violations = result.violations,
				.took_ms = result.took_ms,
				.sample = result.sample });
	}
	return rc == RC_OK ? check_end(db, check_run_id, *violations, clock_now()) : rc;
}
