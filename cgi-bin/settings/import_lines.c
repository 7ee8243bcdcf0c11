/* What each line of a file does, or did: on the page, and as a file with the reasons. */
#include <string.h>

#include "import.h"

#define PER_PAGE    50
#define CHANGES_ALL (3 * CHANGES_MAX)
#define FAULT_PARTS 3

static const char *const SORTS[] = { "row", NULL };
static const char *const FILTERS[] = { "tab", NULL };
static const char *const TABS[] = { "", "new", "changed", "same", "wrong", "obstacle" };

/* ---- a line in words ---- */

static void
show_changes_of(struct req *r, struct node *node, enum import_kind kind, const char *text)
{
	const char *parts[CHANGES_ALL];
	size_t count = import_split(r->arena, text, IMPORT_PART, parts, CHANGES_ALL);
	struct node *list = node_child(r->view, node, "Change");

	for (size_t i = 0; i + 2 < count; i += 3) {
		struct node *change = node_add(r->view, list);
		node_set(r->view, change, "Word", import_title(r, kind, parts[i]));
		node_set(r->view, change, "Before", import_value(r, parts[i], parts[i + 1]));
		node_set(r->view, change, "After", import_value(r, parts[i], parts[i + 2]));
	}
}

static size_t
split_faults(struct req *r, const char *text, const char *faults[FAULTS_MAX][FAULT_PARTS])
{
	const char *entries[FAULTS_MAX];
	size_t count = import_split(r->arena, text, IMPORT_ENTRY, entries, FAULTS_MAX);

	for (size_t i = 0; i < count; i++) {
		faults[i][0] = faults[i][1] = faults[i][2] = "";
		import_split(r->arena, entries[i], IMPORT_PART, faults[i], FAULT_PARTS);
	}
	return count;
}

static void
show_faults_of(struct req *r, struct node *node, enum import_kind kind, const char *text)
{
	const char *faults[FAULTS_MAX][FAULT_PARTS];
	size_t count = split_faults(r, text, faults);
	struct node *list = node_child(r->view, node, "Fault");

	for (size_t i = 0; i < count; i++) {
		struct node *fault = node_add(r->view, list);
		if (*faults[i][0] != '\0')
			node_set(r->view, fault, "Word", import_title(r, kind, faults[i][0]));
		node_set(r->view, fault, "Text", import_fault_text(r, faults[i][1], faults[i][2]));
	}
}

static const char *
reason(struct req *r, enum import_kind kind, const char *text)
{
	const char *faults[FAULTS_MAX][FAULT_PARTS], *out = "";
	size_t count = split_faults(r, text, faults);

	for (size_t i = 0; i < count; i++)
		out = arena_printf(r->arena, "%s%s%s%s%s", out, i > 0 ? "; " : "",
		    *faults[i][0] != '\0' ? import_title(r, kind, faults[i][0]) : "",
		    *faults[i][0] != '\0' ? ": " : "",
		    import_fault_text(r, faults[i][1], faults[i][2]));
	return out;
}

/* ---- the page ---- */

static void
show_tabs(struct req *r, const struct import_record *record, const char *current, bool is_blocked)
{
	struct node *list = view_node(r->view, "Tabs");

	for (size_t i = 0; i < COUNT(TABS); i++) {
		if (strcmp(TABS[i], "obstacle") == 0 && !is_blocked)
			continue;
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Key", *TABS[i] != '\0' ? TABS[i] : "all");
		node_set(r->view, node, "Href",
		    arena_printf(r->arena, "/settings/imports/%lld%s%s", (long long)r->id,
			*TABS[i] != '\0' ? "?tab=" : "", TABS[i]));
		node_bool(r->view, node, "Current", strcmp(TABS[i], current) == 0);
		for (int n = 0; n < IMPORT_OUTCOMES; n++)
			if (strcmp(TABS[i], import_outcome_name((enum import_outcome)n)) == 0)
				node_int(r->view, node, "Count", record->counts.by[n]);
	}
}

static enum rc
show_lines(struct req *r, const struct import_record *record, const struct import_filter *filter,
    const struct list *list)
{
	struct node *lines = view_node(r->view, "Lines");
	struct rows *rows;
	enum rc rc = import_line_list(r->db, filter, list_limit(list), list_offset(list), &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		struct node *node = node_add(r->view, lines);
		const char *outcome = rows_text(rows, IMPORT_COLUMN_OUTCOME);
		const char *obstacle = rows_text(rows, IMPORT_COLUMN_OBSTACLE);
		node_int(r->view, node, "Row", rows_int(rows, IMPORT_COLUMN_ROW));
		node_set(r->view, node, "Outcome", outcome);
		node_bool(r->view, node, "IsExtra",
		    rows_int(rows, IMPORT_COLUMN_PART) != IMPORT_PART_LINE);
		node_set(r->view, node, "Label", rows_text(rows, IMPORT_COLUMN_LABEL));
		node_bool(r->view, node, "IsChange", strcmp(outcome, "changed") == 0);
		if (strcmp(outcome, "new") == 0 || strcmp(outcome, "changed") == 0)
			show_changes_of(
			    r, node, record->kind, rows_text(rows, IMPORT_COLUMN_CHANGES));
		show_faults_of(r, node, record->kind, rows_text(rows, IMPORT_COLUMN_FAULTS));
		if (*obstacle != '\0')
			node_set(r->view, node, "Obstacle", import_fault_text(r, obstacle, ""));
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- the file ---- */

static enum rc
put_line(struct req *r, const struct import_record *record, const struct rows *rows,
    struct import_sheet *sheet, size_t columns)
{
	const char *cells[SHEET_COLUMNS_MAX + 3], *parts[SHEET_COLUMNS_MAX];
	const char *outcome = rows_text(rows, IMPORT_COLUMN_OUTCOME);
	size_t count = import_split(
	    r->arena, rows_text(rows, IMPORT_COLUMN_CELLS), IMPORT_PART, parts, SHEET_COLUMNS_MAX);

	for (size_t i = 0; i < columns; i++)
		cells[i] = i < count ? parts[i] : "";
	cells[columns] =
	    arena_printf(r->arena, "%lld", (long long)rows_int(rows, IMPORT_COLUMN_ROW));
	cells[columns + 1] =
	    view_word(r->view, arena_printf(r->arena, "Settings.Import.Outcome.%s", outcome));
	cells[columns + 2] = reason(r, record->kind, rows_text(rows, IMPORT_COLUMN_FAULTS));
	return import_sheet_row(sheet, cells);
}

/* The lines as they were, with their number, what became of them and why: to be put right and
 * brought again. Places that were missing on the way are no lines of the file. */
static enum rc
answer_file_of(struct req *r, const struct import_record *record,
    const struct import_filter *filter, enum list_format format)
{
	const char *titles[SHEET_COLUMNS_MAX + 3];
	int widths[SHEET_COLUMNS_MAX + 3];
	struct import_head head;
	struct import_sheet *sheet;
	struct rows *rows;
	enum rc rc = import_load_head(r->db, record->import_id, r->arena, &head);

	if (rc != RC_OK)
		return rc;
	size_t columns = head.rows[0].count;
	if (columns > SHEET_COLUMNS_MAX - 3)
		columns = SHEET_COLUMNS_MAX - 3;
	for (size_t i = 0; i < columns + 3; i++) {
		titles[i] = i < columns ? head.rows[0].cells[i] : "";
		widths[i] = i < columns + 2 ? 14 : 60;
	}
	titles[columns] = view_word(r->view, "Settings.Import.Row");
	titles[columns + 1] = view_word(r->view, "Settings.Import.Result");
	titles[columns + 2] = view_word(r->view, "Settings.Import.Reason");
	rc = import_sheet_begin(r, format, view_word(r->view, "Settings.Import.LinesFile"), titles,
	    widths, columns + 3, &sheet);
	if (rc == RC_OK)
		rc = import_line_stream(r->db, filter, &rows);
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK)
		if (rows_int(rows, IMPORT_COLUMN_PART) == IMPORT_PART_LINE &&
		    (rc = put_line(r, record, rows, sheet, columns)) != RC_OK)
			break;
	rows_end(rows);
	if (rc != RC_NOT_FOUND)
		return rc;
	const char *const about[][2] = { { view_word(r->view, "Settings.Import.File"),
	    record->file_name } };
	return import_sheet_end(sheet, view_word(r->view, "Export.About"), about, COUNT(about));
}

enum rc
import_lines_page(struct req *r, const struct import_record *record)
{
	const char *tab = param_get(&r->query, "tab");
	struct import_filter filter = { .import_id = record->import_id,
		.outcome = IMPORT_OUTCOMES };
	struct list list;
	int64_t total;

	for (int i = 0; i < IMPORT_OUTCOMES; i++)
		if (strcmp(tab, import_outcome_name((enum import_outcome)i)) == 0)
			filter.outcome = (enum import_outcome)i;
	filter.has_obstacle = strcmp(tab, "obstacle") == 0;
	if (filter.outcome == IMPORT_OUTCOMES && !filter.has_obstacle)
		tab = "";
	list_read(r, SORTS, PER_PAGE, &list);
	filter.search = list.search;
	if (list.format != LIST_PAGE)
		return answer_file_of(r, record, &filter, list.format);
	enum rc rc = import_line_count(r->db, &filter, &total);
	if (rc != RC_OK)
		return rc;
	list_clamp(&list, total);
	list_view(r, &list, total, FILTERS);
	show_tabs(
	    r, record, tab, filter.has_obstacle || strncmp(record->result, "UndoBlocked", 11) == 0);
	rc = show_lines(r, record, &filter, &list);
	return rc == RC_OK ? page(r, "settings/import.cs") : rc;
}
