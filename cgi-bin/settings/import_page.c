/* /settings/imports/{id}: the import in whatever state it is, and the steps that lead on. */
#include <string.h>

#include "import.h"

#define REFRESH_S 1

static const char *const STEPS[] = { "Upload", "Columns", "Check", "Apply", "Done" };

void
import_steps(struct req *r, const struct import_record *record, size_t current)
{
	struct node *list = view_node(r->view, "Steps");
	bool may_go_back = record->state == IMPORT_CHECKED && current == 2;

	for (size_t i = 0; i < COUNT(STEPS); i++) {
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Text",
		    view_word(
			r->view, arena_printf(r->arena, "Settings.Import.Step.%s", STEPS[i])));
		node_bool(r->view, node, "Current", i == current);
		if (i == 1 && may_go_back)
			node_set(r->view, node, "Href",
			    arena_printf(r->arena, "/settings/imports/%lld?step=columns",
				(long long)record->import_id));
	}
	crumb(r, NULL, record->file_name);
	view_int(r->view, "Import.Id", record->import_id);
	view_set(r->view, "Import.Kind", import_kind_name(record->kind));
	view_set(r->view, "Import.State", import_state_name(record->state));
	view_set(r->view, "Import.FileName", record->file_name);
	view_set(r->view, "Import.Creator", record->creator);
	view_time(r->view, "Import.Created", record->created_at, r->now, 0);
	if (record->ended_at != 0)
		view_time(r->view, "Import.Ended", record->ended_at, r->now, 0);
}

static void
show_counts(struct req *r, const struct import_record *record)
{
	static const char *const names[IMPORT_OUTCOMES] = { "New", "Changed", "Same", "Wrong" };
	int64_t useful = record->counts.by[IMPORT_NEW] + record->counts.by[IMPORT_CHANGED];

	for (size_t i = 0; i < IMPORT_OUTCOMES; i++)
		view_int(
		    r->view, arena_printf(r->arena, "Import.%s", names[i]), record->counts.by[i]);
	view_int(r->view, "Import.Total", record->counts.total);
	const char *value = arena_printf(r->arena, "%lld", (long long)useful);
	bool has_wrong = record->counts.by[IMPORT_WRONG] > 0;
	view_set(r->view, "Import.ApplyText",
	    view_phrase(r->view,
		has_wrong ? "Settings.Import.ApplyValid" : "Settings.Import.ApplyAll", &value, 1));
	view_bool(r->view, "Import.HasUseful", useful > 0);
	view_bool(r->view, "Import.HasWrong", has_wrong);
}

/* The message a step left: key and values. */
static void
show_message(struct req *r, const struct import_record *record)
{
	const char *values = strchr(record->result, '\t');
	size_t length = strcspn(record->result, "\t");

	if (length == 0)
		return;
	view_set(r->view, "Import.Message",
	    import_fault_text(r, arena_strndup(r->arena, record->result, length),
		values != NULL ? values + 1 : ""));
}

static enum rc
show_running(struct req *r, const struct import_record *record)
{
	import_steps(r, record, record->state == IMPORT_CHECKING ? 2 : 3);
	view_int(r->view, "Import.RowsDone", record->rows_done);
	if (record->state != IMPORT_CHECKING)
		view_int(r->view, "Import.Total", record->counts.total);
	view_int(r->view, "Page.Refresh", REFRESH_S);
	return page(r, "settings/import_run.cs");
}

static enum rc
show_result(struct req *r, const struct import_record *record)
{
	import_steps(r, record, record->state == IMPORT_CHECKED ? 2 : 4);
	show_counts(r, record);
	show_message(r, record);
	view_bool(r->view, "Import.MayApply", record->state == IMPORT_CHECKED);
	view_bool(r->view, "Import.MayUndo",
	    record->state == IMPORT_APPLIED &&
		record->counts.by[IMPORT_NEW] + record->counts.by[IMPORT_CHANGED] > 0);
	if (record->state == IMPORT_FAILED)
		return page(r, "settings/import_failed.cs");
	return import_lines_page(r, record);
}

enum rc
import_page(struct req *r)
{
	struct import_record record;
	enum rc rc = import_of_path(r, &record);
	bool asks_columns = strcmp(param_get(&r->query, "step"), "columns") == 0;

	if (rc != RC_OK)
		return rc;
	bool is_running = record.state == IMPORT_CHECKING || record.state == IMPORT_APPLYING ||
			  record.state == IMPORT_UNDOING;
	/* The progress page asked whether it is over: then the whole page is another one. */
	if (r->is_fragment && !is_running)
		set_header(r, "HX-Refresh", "true");
	if (is_running)
		return show_running(r, &record);
	if (record.state == IMPORT_UPLOADED || (record.state == IMPORT_CHECKED && asks_columns)) {
		import_steps(r, &record, 1);
		return import_columns_page(r, &record, &record.map);
	}
	return show_result(r, &record);
}

/* ---- steps ---- */

static enum rc
step(struct req *r, enum import_state from, enum import_state to, enum import_mode mode)
{
	struct operator_actor by = import_actor(r);
	enum rc rc = import_ask(r->db, r->id, from, to, mode, NULL, r->scope, &by);

	if (rc == RC_OK)
		import_wait(r, r->id);
	/* Pressed twice, or by two: the step runs or ran, and the page says which. */
	if (rc == RC_OK || rc == RC_CONFLICT)
		return redirect(r, "/settings/imports/%lld", (long long)r->id);
	return rc;
}

enum rc
import_apply(struct req *r)
{
	bool is_valid_only = strcmp(param_get(&r->body, "mode"), "valid") == 0;
	struct import_record record;
	enum rc rc = import_of_path(r, &record);

	if (rc != RC_OK)
		return rc;
	/* "All" with a wrong line among them is nothing. */
	if (!is_valid_only && record.counts.by[IMPORT_WRONG] > 0)
		return redirect(r, "/settings/imports/%lld?tab=wrong", (long long)r->id);
	return step(r, IMPORT_CHECKED, IMPORT_APPLYING,
	    is_valid_only ? IMPORT_APPLY_VALID : IMPORT_APPLY_ALL);
}

enum rc
import_ask_undo(struct req *r)
{
	struct import_record record;
	enum rc rc = import_of_path(r, &record);

	if (rc != RC_OK)
		return rc;
	if (record.state != IMPORT_APPLIED)
		return redirect(r, "/settings/imports/%lld", (long long)r->id);
	const char *back = arena_printf(r->arena, "/settings/imports/%lld", (long long)r->id);
	struct confirm confirm = {
		.title = view_word(r->view, "Settings.Import.UndoTitle"),
		.text = view_word(r->view, "Settings.Import.UndoText"),
		.icon = "refresh",
		.button = view_word(r->view, "Settings.Import.Undo"),
		.action = arena_printf(r->arena, "%s/undo", back),
		.back = back,
	};
	crumb(r, back, record.file_name);
	confirm_fact(r, view_word(r->view, "Settings.Import.File"), record.file_name);
	confirm_fact(r, view_word(r->view, "Settings.Import.Outcome.new"),
	    arena_printf(r->arena, "%lld", (long long)record.counts.by[IMPORT_NEW]));
	confirm_fact(r, view_word(r->view, "Settings.Import.Outcome.changed"),
	    arena_printf(r->arena, "%lld", (long long)record.counts.by[IMPORT_CHANGED]));
	return confirm_page(r, &confirm);
}

enum rc
import_undo(struct req *r)
{
	struct import_record record;
	enum rc rc = import_of_path(r, &record);

	return rc == RC_OK ? step(r, IMPORT_APPLIED, IMPORT_UNDOING, record.mode) : rc;
}
