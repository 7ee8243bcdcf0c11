/* /settings/imports/new: which kind of file, its template, and the file itself. */
#include <string.h>

#include "form.h"
#include "import.h"

static const char *const KINDS[] = { "places", "gateways", "buses", "meters", "accounts", "tariffs",
	NULL };

struct typed {
	int64_t kind;
};

static const struct form_field FIELDS[] = {
	{ "kind", FORM_CHOICE, .is_required = true, .choices = KINDS,
	    .offset = offsetof(struct typed, kind) },
};

static enum rc
show(struct req *r)
{
	struct node *list = view_node(r->view, "Kinds");

	for (size_t i = 0; KINDS[i] != NULL; i++)
		if (import_may(r, (enum import_kind)i))
			node_set(r->view, node_add(r->view, list), "Key", KINDS[i]);
	crumb(r, NULL, view_word(r->view, "Settings.ImportNew.Title"));
	return page(r, "settings/import_new.cs");
}

static enum rc
keep(struct req *r, enum import_kind kind, int64_t *import_id)
{
	struct import_head head;
	struct sheet_fault fault = { 0 };
	struct operator_actor by = import_actor(r);
	struct import_upload upload = { .kind = kind,
		.path = r->upload_path,
		.file_name = r->upload->name,
		.head = &head,
		.scope = r->scope };
	enum rc rc = import_head_read(r->upload_path, 0, r->arena, &head, &upload.sheet, &fault);

	if (rc == RC_INVALID)
		import_file_error(r, "file", &fault);
	return rc == RC_OK ? import_keep(r->db, &upload, &by, import_id) : rc;
}

enum rc
import_new(struct req *r)
{
	struct typed typed = { .kind = IMPORT_METERS };
	enum import_kind asked = import_kind_find(param_get(&r->query, "kind"));
	int64_t id;

	if (r->method == GET) {
		if (asked != IMPORT_KINDS)
			typed.kind = (int64_t)asked;
		form_fill(r, FIELDS, COUNT(FIELDS), &typed);
		return show(r);
	}
	enum rc rc = form_read(r, FIELDS, COUNT(FIELDS), &typed);
	if (rc == RC_OK && !import_may(r, (enum import_kind)typed.kind))
		return RC_DENIED;
	if (r->upload == NULL || *r->upload->name == '\0') {
		form_error(r, "file", "FileMissing");
		rc = RC_INVALID;
	}
	if (rc == RC_OK)
		rc = keep(r, (enum import_kind)typed.kind, &id);
	if (rc == RC_INVALID)
		return show(r);
	return rc == RC_OK ? redirect(r, "/settings/imports/%lld", (long long)id) : rc;
}
