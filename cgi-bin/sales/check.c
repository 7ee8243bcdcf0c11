/* /sales/check: the proof that all books agree. Each rule in words, what is off, and when it was
 * looked at; a run can be asked for and is done in the background. */
#include "export.h"
#include "list.h"
#include "model/check_run.h"
#include "office.h"

#define PER_PAGE  20
#define REFRESH_S 3
#define RULES_MAX 99

static const char *const SORTS[] = { "-time", NULL };
static const char *const FILTERS[] = { NULL };

static const struct export_column COLUMNS[] = {
	{ "Sales.Check.Code", CELL_TEXT, 8, NULL },
	{ "Sales.Check.Rule", CELL_WORD, 60, "Invariant" },
	{ "Sales.Check.Violations", CELL_INT, 12, NULL },
	{ "Sales.Check.TookMs", CELL_INT, 12, NULL },
	{ "Sales.Check.Sample", CELL_TEXT, 60, NULL },
};

/* What one run found. */
static enum rc
answer_export(struct req *r, enum list_format format, int64_t check_run_id)
{
	struct rows *rows;

	if (!may(r, PERM_EXPORT))
		return RC_DENIED;
	enum rc rc = check_export(r->db, check_run_id, &rows);
	return rc != RC_OK ? rc
			   : export_answer(
				 r, format, "Sales.Check.Title", "", COLUMNS, COUNT(COLUMNS), rows);
}

/* Each rule has its words; the rules themselves stay with who may read all books. */
static int64_t
rule_count(struct req *r)
{
	int64_t count = 0;

	while (count < RULES_MAX && *view_word(r->view, arena_printf(r->arena, "Invariant.I%02d",
							    (int)count + 1)) != '\0')
		count++;
	return count;
}

static void
show_run(struct req *r, struct node *node, const struct check_run *run)
{
	node_int(r->view, node, "Id", run->check_run_id);
	node_set(r->view, node, "By", run->asked_name);
	node_time(r->view, node, "Asked", run->asked_at, r->now, 0);
	node_time(r->view, node, "Began", run->began_at, r->now, 0);
	node_time(r->view, node, "Ended", run->ended_at, r->now, 0);
	node_bool(r->view, node, "IsOver", run->ended_at != 0);
	node_int(r->view, node, "Violations", run->violations);
	node_bool(r->view, node, "IsBroken", run->failed > 0);
	node_int(r->view, node, "Done", run->done);
	node_int(r->view, node, "Failed", run->failed);
	node_int(r->view, node, "Rules", rule_count(r));
	if (run->ended_at != 0 && run->began_at != 0)
		node_set(r->view, node, "Took",
		    arena_printf(r->arena, "%lld.%lld",
			(long long)((run->ended_at - run->began_at) / 1000),
			(long long)((run->ended_at - run->began_at) % 1000 / 100)));
}

static enum rc
show_results(struct req *r, int64_t check_run_id)
{
	struct node *list = view_node(r->view, "Results");
	struct check_result *results;
	size_t count;
	enum rc rc = check_results(r->db, r->arena, check_run_id, &results, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Code", results[i].code);
		node_int(r->view, node, "Violations", results[i].violations);
		node_bool(r->view, node, "IsBroken", results[i].violations > 0);
		node_int(r->view, node, "Took", results[i].took_ms);
		node_set(r->view, node, "Sample", results[i].sample);
	}
	return rc;
}

static enum rc
show_page(struct req *r, const struct check_run *run)
{
	enum rc rc = RC_OK;

	if (run != NULL) {
		show_run(r, view_node(r->view, "Run"), run);
		rc = show_results(r, run->check_run_id);
		if (run->ended_at == 0)
			view_int(r->view, "Page.Refresh", REFRESH_S);
	}
	view_bool(r->view, "HasRun", run != NULL);
	return rc == RC_OK ? page(r, "sales/check.cs") : rc;
}

enum rc
check_page(struct req *r)
{
	struct check_run *runs;
	struct list list;
	size_t count;
	int64_t total;

	list_read(r, SORTS, PER_PAGE, &list);
	enum rc rc = check_list(
	    r->db, r->arena, list_limit(&list), list_offset(&list), &runs, &count, &total);
	if (rc != RC_OK)
		return rc;
	if (list.format != LIST_PAGE)
		return answer_export(r, list.format, count > 0 ? runs[0].check_run_id : 0);
	for (size_t i = 0; i < count; i++)
		show_run(r, node_add(r->view, view_node(r->view, "Runs")), &runs[i]);
	list_view(r, &list, total, FILTERS);
	return show_page(r, list.page == 1 && count > 0 ? &runs[0] : NULL);
}

enum rc
check_one(struct req *r)
{
	struct check_run run;
	struct list list;
	enum rc rc = r->id == 0 ? RC_NOT_FOUND : check_find(r->db, r->arena, r->id, &run);

	if (rc != RC_OK)
		return rc;
	list_read(r, SORTS, PER_PAGE, &list);
	if (list.format != LIST_PAGE)
		return answer_export(r, list.format, r->id);
	list_view(r, &list, 1, FILTERS);
	view_bool(r->view, "IsOne", true);
	crumb(r, NULL, words(r, "Sales.Check.Number", number_text(r, r->id), NULL));
	return show_page(r, &run);
}

enum rc
check_start(struct req *r)
{
	const struct operator_actor by = editor(r);
	int64_t check_run_id;
	enum rc rc = check_ask(r->db, &by, &check_run_id);

	if (rc != RC_OK && rc != RC_CONFLICT)
		return rc;
	flash(r, rc == RC_OK ? "CheckAsked" : "CheckRuns");
	return redirect(r, "/sales/check");
}
