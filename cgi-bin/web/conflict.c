#include "conflict.h"

#include <string.h>

#include "base/text.h"
#include "form.h"
#include "model/history.h"

#define REASON_MAX 200

enum rc
show_changed(struct req *r, const char *object_kind, int64_t object_id)
{
	struct history save;
	size_t count;
	enum rc rc = history_read(r->db, object_kind, object_id, 1, r->arena, &save, &count);

	if (rc != RC_OK || count == 0)
		return rc;
	view_set(r->view, "Changed.By", save.by);
	view_time(r->view, "Changed.At", save.at, r->now, 0);
	return RC_OK;
}

/* "may meter.edit" is a permission of a role; everything else a field of a form. */
static const char *
change_word(struct req *r, const char *field)
{
	const char *word =
	    strncmp(field, "may ", 4) == 0
		? view_word(r->view, arena_printf(r->arena, "Permission.%s", field + 4))
		: view_word(r->view, arena_printf(r->arena, "Field.%s", field));

	return *word != '\0' ? word : field;
}

/* Fields whose values are codes, and where their words are. */
static const struct {
	const char *field, *branch;
} coded[] = {
	{ "role", "Role" },
	{ "credit_mode", "CreditMode" },
	{ "transport", "Transport" },
	{ "hold_mode", "Settings.Import.Hold" },
	{ "kind", "HolidayKind" },
	{ "kind", "Settings.Place.Kind" },
};

/* What stands in the audit as a code. */
static const char *
change_value(struct req *r, const char *field, const char *value)
{
	const char *word = "";

	if (strcmp(value, "yes") == 0 || strcmp(value, "no") == 0)
		return view_word(r->view, *value == 'y' ? "Word.Yes" : "Word.No");
	if (*value == '\0' || strpbrk(value, ". ") != NULL)
		return value;
	for (size_t i = 0; i < COUNT(coded) && *word == '\0'; i++)
		if (strcmp(field, coded[i].field) == 0)
			word = view_word(
			    r->view, arena_printf(r->arena, "%s.%s", coded[i].branch, value));
	return *word != '\0' ? word : value;
}

void
show_changes(struct req *r, struct node *node, const char *detail)
{
	struct history_change change;

	while (history_change(r->arena, &detail, &change)) {
		struct node *line = node_add(r->view, node);
		node_set(r->view, line, "Field", change.field);
		node_set(r->view, line, "Word", change_word(r, change.field));
		node_set(r->view, line, "Before", change_value(r, change.field, change.before));
		node_set(r->view, line, "After", change_value(r, change.field, change.after));
	}
}

static enum rc
tell(struct req *r, const struct history *saves, size_t count, int64_t since)
{
	struct node *list = view_node(r->view, "Conflict");

	for (size_t i = 0; i < count; i++) {
		if (saves[i].at <= since)
			continue;
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "By", saves[i].by);
		node_time(r->view, node, "At", saves[i].at, r->now, 0);
		show_changes(r, node_child(r->view, node, "Change"), saves[i].detail);
	}
	form_error(r, "", "Conflict");
	r->status = 409;
	return RC_OK;
}

enum rc
show_conflict(struct req *r, const char *object_kind, int64_t object_id, int64_t typed_revision,
    int64_t revision)
{
	struct history saves[HISTORY_MAX];
	int64_t missed = revision - typed_revision;
	size_t count, max = missed < 1 ? 1 : missed > HISTORY_MAX ? HISTORY_MAX : (size_t)missed;
	enum rc rc = history_read(r->db, object_kind, object_id, max, r->arena, saves, &count);

	if (rc != RC_OK)
		return rc;
	view_int(r->view, "Form.revision.Value", revision);
	return tell(r, saves, count, 0);
}

enum rc
show_conflict_since(
    struct req *r, const char *object_kind, int64_t object_id, int64_t since, int64_t revision)
{
	struct history saves[HISTORY_MAX];
	size_t count;
	enum rc rc =
	    history_read(r->db, object_kind, object_id, HISTORY_MAX, r->arena, saves, &count);

	if (rc != RC_OK)
		return rc;
	view_int(r->view, "Form.revision.Value", revision);
	return tell(r, saves, count, since);
}

int64_t
show_revision(struct req *r)
{
	int64_t revision = -1;
	const char *typed = param_get(&r->body, "revision");

	if (text_parse_uint(typed, INT64_MAX, &revision) != RC_OK)
		return -1;
	view_int(r->view, "Form.revision.Value", revision);
	return revision;
}

struct confirmed {
	int64_t revision;
	char reason[REASON_MAX * 4 + 1];
};

enum rc
reason_read(struct req *r, int64_t *revision, const char **reason)
{
	static const struct form_field FIELDS[] = {
		{ "revision", FORM_UINT, true, UINT32_MAX, NULL,
		    offsetof(struct confirmed, revision) },
		{ "reason", FORM_TEXT, true, REASON_MAX, NULL, offsetof(struct confirmed, reason) },
	};
	struct confirmed confirmed = { 0 };
	enum rc rc = form_read(r, FIELDS, COUNT(FIELDS), &confirmed);

	*revision = confirmed.revision;
	*reason = arena_strdup(r->arena, confirmed.reason);
	return rc;
}
