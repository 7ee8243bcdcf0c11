/* Which column of the file is what: chosen by its header, changed by the reader. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"
#include "base/text.h"
#include "form.h"
#include "import.h"

#define SAMPLES 3

/* "C" for the third, as spreadsheets call it. */
static const char *
column_letters(struct arena *arena, size_t column)
{
	if (column <= 26)
		return arena_printf(arena, "%c", (char)('A' + column - 1));
	return arena_printf(
	    arena, "%c%c", (char)('A' + (column - 1) / 26 - 1), (char)('A' + (column - 1) % 26));
}

static const char *
cell(const struct import_head *head, size_t row, size_t column)
{
	if (row >= head->row_count || column > head->rows[row].count)
		return "";
	return head->rows[row].cells[column - 1];
}

static size_t
widest(const struct import_head *head)
{
	size_t count = 0;

	for (size_t i = 0; i < head->row_count; i++)
		if (head->rows[i].count > count)
			count = head->rows[i].count;
	return count;
}

static const char *
samples(struct req *r, const struct import_head *head, size_t column)
{
	const char *text = "";
	size_t found = 0;

	for (size_t i = 1; i < head->row_count && found < SAMPLES; i++) {
		const char *value = cell(head, i, column);
		if (*value == '\0')
			continue;
		text = arena_printf(r->arena, "%s%s%s", text, found > 0 ? " · " : "", value);
		found++;
	}
	return text;
}

static void
show_field(struct req *r, const struct import_record *record, const struct import_head *head,
    const struct import_field *field, size_t chosen)
{
	struct node *node = node_add(r->view, view_node(r->view, "Fields"));
	size_t columns = widest(head);

	node_set(r->view, node, "Name", arena_printf(r->arena, "c_%s", field->name));
	node_set(r->view, node, "Title", import_title(r, record->kind, field->name));
	node_set(r->view, node, "Help",
	    view_word(r->view, arena_printf(r->arena, "Settings.Import.Help.%s", field->name)));
	node_bool(r->view, node, "IsKey", field->is_key);
	node_bool(r->view, node, "IsRequired", field->is_required);
	struct node *options = node_child(r->view, node, "Options");
	for (size_t i = 1; i <= columns; i++) {
		struct node *option = node_add(r->view, options);
		const char *title = cell(head, 0, i);
		node_int(r->view, option, "Value", (int64_t)i);
		node_set(r->view, option, "Text",
		    arena_printf(r->arena, "%s%s%s", column_letters(r->arena, i),
			*title != '\0' ? ": " : "", title));
		node_bool(r->view, option, "Selected", i == chosen);
	}
	if (chosen != 0)
		node_set(r->view, node, "Samples", samples(r, head, chosen));
}

/* Columns of the file that no field takes: said, so that nobody thinks they were read. */
static void
show_unused(struct req *r, const struct import_head *head, const struct import_map *map)
{
	const char *text = "";

	for (size_t i = 1; i <= widest(head); i++) {
		bool is_used = false;
		for (size_t field = 0; field < IMPORT_FIELDS_MAX; field++)
			is_used = is_used || map->columns[field] == i;
		if (!is_used && *cell(head, 0, i) != '\0')
			text = arena_printf(
			    r->arena, "%s%s%s", text, *text != '\0' ? ", " : "", cell(head, 0, i));
	}
	view_set(r->view, "Unused", *text == '\0' ? NULL : text);
}

static void
show_sheets(struct req *r, const struct import_record *record, const struct import_head *head)
{
	struct node *list = view_node(r->view, "Sheets");

	if (head->sheet_count < 2 || record->state != IMPORT_UPLOADED)
		return;
	for (size_t i = 0; i < head->sheet_count; i++) {
		struct node *node = node_add(r->view, list);
		node_int(r->view, node, "Value", (int64_t)i + 1);
		node_set(r->view, node, "Text", head->sheets[i]);
		node_bool(r->view, node, "Selected", (int64_t)i + 1 == record->sheet);
	}
}

enum rc
import_columns_page(struct req *r, const struct import_record *record, const struct import_map *map)
{
	struct import_head head;
	size_t count;
	const struct import_field *fields = import_fields(record->kind, &count);
	enum rc rc = import_load_head(r->db, record->import_id, r->arena, &head);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++)
		show_field(r, record, &head, &fields[i], map->columns[i]);
	show_unused(r, &head, map);
	show_sheets(r, record, &head);
	return page(r, "settings/import_columns.cs");
}

/* ---- what was chosen ---- */

static enum rc
read_choice(struct req *r, const struct import_field *field, size_t *column)
{
	const char *name = arena_printf(r->arena, "c_%s", field->name), *typed;
	int64_t number = 0;

	if (param_one(&r->body, name, &typed) != RC_OK ||
	    (*typed != '\0' && text_parse_uint(typed, SHEET_COLUMNS_MAX, &number) != RC_OK)) {
		form_error(r, name, "BadChoice");
		return RC_INVALID;
	}
	*column = (size_t)number;
	return RC_OK;
}

static enum rc
check_twins(
    struct req *r, const struct import_field *fields, size_t count, const struct import_map *map)
{
	enum rc rc = RC_OK;

	for (size_t i = 1; i < count; i++)
		for (size_t n = 0; n < i; n++)
			if (map->columns[i] != 0 && map->columns[i] == map->columns[n]) {
				form_error(r, arena_printf(r->arena, "c_%s", fields[i].name),
				    "ColumnTwice");
				rc = RC_INVALID;
			}
	return rc;
}

static enum rc
read_map(struct req *r, enum import_kind kind, struct import_map *map)
{
	size_t count;
	const struct import_field *fields = import_fields(kind, &count);
	enum rc rc = RC_OK;

	*map = (struct import_map){ 0 };
	for (size_t i = 0; i < count; i++)
		if (read_choice(r, &fields[i], &map->columns[i]) != RC_OK)
			rc = RC_INVALID;
	if (rc == RC_OK)
		rc = check_twins(r, fields, count, map);
	const char *missing = import_map_missing(kind, map);
	if (rc == RC_OK && missing != NULL) {
		form_error(r, arena_printf(r->arena, "c_%s", missing), "ColumnMissing");
		rc = RC_INVALID;
	}
	return rc;
}

enum rc
import_columns(struct req *r)
{
	struct operator_actor by = import_actor(r);
	struct import_record record;
	struct import_map map;
	enum rc rc = import_of_path(r, &record);

	if (rc != RC_OK)
		return rc;
	if (record.state != IMPORT_UPLOADED && record.state != IMPORT_CHECKED)
		return redirect(r, "/settings/imports/%lld", (long long)r->id);
	rc = read_map(r, record.kind, &map);
	if (rc == RC_INVALID) {
		import_steps(r, &record, 1);
		return import_columns_page(r, &record, &map);
	}
	if (rc == RC_OK)
		rc = import_ask(
		    r->db, r->id, record.state, IMPORT_CHECKING, IMPORT_CHECK, &map, r->scope, &by);
	if (rc == RC_OK)
		import_wait(r, r->id);
	/* Pressed twice: the step runs, which is what was wanted. */
	if (rc == RC_OK || rc == RC_CONFLICT)
		return redirect(r, "/settings/imports/%lld", (long long)r->id);
	return rc;
}

enum rc
import_sheet_choice(struct req *r)
{
	struct sheet_fault fault = { 0 };
	struct import_record record;
	struct import_head head;
	size_t opened;
	int64_t sheet;
	enum rc rc = import_of_path(r, &record);
	unsigned char random[8];
	char hex[2 * sizeof(random) + 1];

	if (rc != RC_OK)
		return rc;
	if (text_parse_uint(param_get(&r->body, "sheet"), SHEET_SHEETS_MAX, &sheet) != RC_OK)
		return RC_INVALID;
	secret_random(random, sizeof(random));
	text_hex(random, sizeof(random), hex);
	const char *path = arena_printf(r->arena, "%s/import-%s", r->conf->web_spool, hex);
	rc = import_fetch(r->db, r->id, path);
	if (rc == RC_OK)
		rc = import_head_read(path, (size_t)sheet, r->arena, &head, &opened, &fault);
	unlink(path);
	if (rc == RC_INVALID) {
		import_file_error(r, "sheet", &fault);
		import_steps(r, &record, 1);
		return import_columns_page(r, &record, &record.map);
	}
	if (rc == RC_OK)
		rc = import_choose_sheet(r->db, r->id, opened, &head, record.kind);
	if (rc == RC_OK || rc == RC_CONFLICT)
		return redirect(r, "/settings/imports/%lld", (long long)r->id);
	return rc;
}
