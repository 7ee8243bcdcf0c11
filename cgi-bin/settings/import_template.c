/* /settings/imports/template: an empty file to fill in, or one with what is stored now; the second
 * sheet says what each column holds. */
#include <string.h>

#include "import.h"

#define WIDTH 16

static const char *
help(struct req *r, const struct import_field *field)
{
	const char *text =
	    view_word(r->view, arena_printf(r->arena, "Settings.Import.Help.%s", field->name));

	if (field->is_key)
		text = arena_printf(
		    r->arena, "%s %s", text, view_word(r->view, "Settings.Import.IsKey"));
	if (field->is_required)
		text = arena_printf(
		    r->arena, "%s %s", text, view_word(r->view, "Settings.Import.IsRequired"));
	if (field->is_clearable)
		text = arena_printf(
		    r->arena, "%s %s", text, view_word(r->view, "Settings.Import.IsClearable"));
	for (const struct import_choice *c = field->choices; c != NULL && c->code != NULL; c++)
		text = arena_printf(r->arena, "%s%s%s (%s)", text, c == field->choices ? " " : ", ",
		    c->code, import_value(r, field->name, c->code));
	return text;
}

static enum rc
put_row(void *context, const char *const *cells)
{
	return import_sheet_row(context, cells);
}

static enum rc
put_examples(struct import_sheet *sheet, const struct import_field *fields, size_t count)
{
	const char *cells[IMPORT_FIELDS_MAX];
	enum rc rc = RC_OK;

	for (size_t n = 0; n < COUNT(fields->examples) && rc == RC_OK; n++) {
		for (size_t i = 0; i < count; i++)
			cells[i] = fields[i].examples[n];
		rc = import_sheet_row(sheet, cells);
	}
	return rc;
}

static enum rc
answer(struct req *r, enum import_kind kind, enum list_format format, const char *content)
{
	const char *titles[IMPORT_FIELDS_MAX], *about[IMPORT_FIELDS_MAX + 1][2];
	int widths[IMPORT_FIELDS_MAX];
	struct import_sheet *sheet;
	size_t count;
	const struct import_field *fields = import_fields(kind, &count);

	for (size_t i = 0; i < count; i++) {
		titles[i] = import_title(r, kind, fields[i].name);
		widths[i] = WIDTH;
		about[i + 1][0] = titles[i];
		about[i + 1][1] = help(r, &fields[i]);
	}
	about[0][0] = view_word(r->view, "Settings.Import.About");
	about[0][1] = view_word(r->view, "Settings.Import.AboutText");
	const char *word = view_word(
	    r->view, arena_printf(r->arena, "Settings.Import.Kind.%s", import_kind_name(kind)));
	enum rc rc = import_sheet_begin(r, format, word, titles, widths, count, &sheet);
	if (rc == RC_OK && strcmp(content, "data") == 0)
		rc = import_stored(r->db, kind, r->scope, put_row, sheet);
	else if (rc == RC_OK && strcmp(content, "example") == 0)
		rc = put_examples(sheet, fields, count);
	if (rc != RC_OK)
		return rc;
	return import_sheet_end(sheet, view_word(r->view, "Settings.Import.AboutSheet"),
	    (const char *const(*)[2])about, count + 1);
}

enum rc
import_template(struct req *r)
{
	enum import_kind kind = import_kind_find(param_get(&r->query, "kind"));
	const char *format = param_get(&r->query, "format");
	const char *content = param_get(&r->query, "with");

	if (kind == IMPORT_KINDS)
		return RC_NOT_FOUND;
	if ((strcmp(content, "data") == 0 && !may(r, PERM_EXPORT)) || !import_may(r, kind))
		return RC_DENIED;
	return answer(r, kind, strcmp(format, "csv") == 0 ? LIST_CSV : LIST_XLSX, content);
}
