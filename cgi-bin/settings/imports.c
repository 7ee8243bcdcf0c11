/* /settings/imports: the files that were brought, and what became of them. */
#include "export.h"
#include "import.h"

#define PER_PAGE 50

static const char *const SORTS[] = { "-time", NULL };
static const char *const FILTERS[] = { NULL };

static const struct export_column COLUMNS[] = {
	{ "Settings.Imports.Number", CELL_INT, 8, NULL },
	{ "Settings.Import.What", CELL_WORD, 12, "Settings.Import.Kind" },
	{ "Settings.Import.File", CELL_TEXT, 30, NULL },
	{ "Word.State", CELL_WORD, 16, "Settings.Import.State" },
	{ "Settings.Imports.By", CELL_TEXT, 16, NULL },
	{ "Settings.Imports.At", CELL_TIME, 20, NULL },
	{ "Settings.Imports.Ended", CELL_TIME, 20, NULL },
	{ "Settings.Import.Outcome.new", CELL_INT, 8, NULL },
	{ "Settings.Import.Outcome.changed", CELL_INT, 8, NULL },
	{ "Settings.Import.Outcome.same", CELL_INT, 8, NULL },
	{ "Settings.Import.Outcome.wrong", CELL_INT, 8, NULL },
};

static enum rc
show_rows(struct req *r, struct rows *rows)
{
	struct node *list = view_node(r->view, "Imports");
	enum rc rc;

	while ((rc = rows_next(rows)) == RC_OK) {
		struct node *node = node_add(r->view, list);
		node_int(r->view, node, "Id", rows_int(rows, 0));
		node_set(r->view, node, "Kind", rows_text(rows, 1));
		node_set(r->view, node, "FileName", rows_text(rows, 2));
		node_set(r->view, node, "State", rows_text(rows, 3));
		node_set(r->view, node, "Creator", rows_text(rows, 4));
		node_time(r->view, node, "Created", rows_int(rows, 5), r->now, 0);
		for (size_t i = 7; i < rows_columns(rows); i++)
			node_int(r->view, node, rows_name(rows, i), rows_int(rows, i));
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
imports(struct req *r)
{
	struct list list;
	struct rows *rows;
	int64_t total;
	enum rc rc = import_count(r->db, import_reader(r), &total);

	if (rc != RC_OK)
		return rc;
	list_read(r, SORTS, PER_PAGE, &list);
	list_clamp(&list, total);
	rc = import_list(r->db, import_reader(r), list_limit(&list), list_offset(&list), &rows);
	if (rc != RC_OK)
		return rc;
	if (list.format != LIST_PAGE)
		return export_answer(
		    r, list.format, "Settings.Imports.Title", "", COLUMNS, COUNT(COLUMNS), rows);
	list_view(r, &list, total, FILTERS);
	rc = show_rows(r, rows);
	return rc == RC_OK ? page(r, "settings/imports.cs") : rc;
}
