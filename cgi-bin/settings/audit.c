/* /settings/audit: who did what, when and from where. */
#include "settings.h"

#include <string.h>

#include "base/text.h"
#include "export.h"
#include "form.h"
#include "list.h"
#include "model/audit_list.h"
#include "model/history.h"
#include "model/operator.h"

#define PER_PAGE      50
#define DAYS_SHOWN    30 /* unless somebody asks for other days */
#define CHANGES_SHOWN 3
#define ACTION_MAX    48
#define TEXT_MAX      100

struct audit_form {
	struct day from, to;
	char who[4 * 64 + 1], action[4 * ACTION_MAX + 1], outcome[4 * 10 + 1], kind[4 * 32 + 1];
	char q[4 * TEXT_MAX + 1];
	int64_t object;
};

static const struct form_field FIELDS[] = {
	{ "from", FORM_DAY, .offset = offsetof(struct audit_form, from) },
	{ "to", FORM_DAY, .offset = offsetof(struct audit_form, to) },
	{ "who", FORM_TEXT, .max = 64, .offset = offsetof(struct audit_form, who) },
	{ "action", FORM_TEXT, .max = ACTION_MAX, .offset = offsetof(struct audit_form, action) },
	{ "outcome", FORM_TEXT, .max = 10, .offset = offsetof(struct audit_form, outcome) },
	{ "kind", FORM_TEXT, .max = 32, .offset = offsetof(struct audit_form, kind) },
	{ "object", FORM_UINT, .max = INT64_MAX, .offset = offsetof(struct audit_form, object) },
	{ "q", FORM_TEXT, .max = TEXT_MAX, .offset = offsetof(struct audit_form, q) },
};
static const char *const FILTERS[] = { "from", "to", "who", "action", "outcome", "kind", "object",
	NULL };
static const char *const SORTS[] = { "-time", NULL };
static const char *const OUTCOMES[] = { "done", "refused", "failed" };

static const struct export_column COLUMNS[] = {
	{ "Settings.Audit.Time", CELL_TIME, 20, NULL },
	{ "Settings.Audit.Actor", CELL_TEXT, 18, NULL },
	{ "Word.Name", CELL_TEXT, 16, NULL },
	{ "Word.Address", CELL_TEXT, 16, NULL },
	{ "Settings.Audit.Action", CELL_WORD, 22, "Audit.Action" },
	{ "Settings.Audit.Outcome", CELL_WORD, 10, "Audit.Outcome" },
	{ "Settings.Audit.Kind", CELL_WORD, 12, "Audit.Object" },
	{ "Settings.Audit.Id", CELL_INT, 10, NULL },
	{ "Settings.Audit.Object", CELL_TEXT, 18, NULL },
	{ "Settings.Audit.Detail", CELL_TEXT, 60, NULL },
	{ "Settings.Audit.Reason", CELL_TEXT, 30, NULL },
	{ "Settings.Audit.Number", CELL_INT, 12, NULL },
};

/* Where a thing has its page; the reader needs the right to open it. */
static const struct home {
	const char *kind, *path;
	enum permission permission;
} HOMES[] = {
	{ "meter", "/accounts/meters", PERM_METER_VIEW },
	{ "gateway", "/settings/gateways", PERM_GATEWAY_EDIT },
	{ "place", "/settings/places", PERM_PLACE_EDIT },
	{ "bus", "/settings/buses", PERM_GATEWAY_EDIT },
	{ "tariff", "/settings/tariffs", PERM_TARIFF_VIEW },
	{ "operator", "/settings/operators", PERM_OPERATOR_EDIT },
	{ "role", "/settings/roles", PERM_OPERATOR_EDIT },
	{ "import", "/settings/imports", PERM_IMPORT },
	{ "account", "/accounts", PERM_ACCOUNT_VIEW },
	{ "sale", "/sales", PERM_SALE_VIEW },
	{ "shift", "/sales/shifts", PERM_SHIFT_ALL },
	{ "approval", "/sales/approvals", PERM_APPROVE },
};

static bool
is_code(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyz_.") == strlen(text);
}

/* A word of the dictionary, or the code itself: an older program may not know it. */
static const char *
word_or_code(struct req *r, const char *branch, const char *code)
{
	const char *word;

	if (*code == '\0')
		return "";
	word = view_word(r->view, arena_printf(r->arena, "Audit.%s.%s", branch, code));
	return *word != '\0' ? word : code;
}

/* Reasons of the program are words of its own ("wrong password"), others what a person typed. */
static const char *
reason_text(struct req *r, const char *reason)
{
	char *key = arena_printf(r->arena, "Audit.Reason.%s", reason);
	const char *word;

	for (char *blank = key; (blank = strchr(blank, ' ')) != NULL;)
		*blank = '_';
	word = is_code(reason) || strspn(reason, "abcdefghijklmnopqrstuvwxyz ") == strlen(reason)
		   ? view_word(r->view, key)
		   : "";
	return *word != '\0' ? word : reason;
}

/* Roles of every installation are stored by their code. */
static const char *
object_text(struct req *r, const struct audit_row *row)
{
	const char *word = "";

	if (strcmp(row->object_kind, "role") == 0 && is_code(row->object) && *row->object != '\0')
		word = view_word(r->view, arena_printf(r->arena, "Role.%s", row->object));
	if (*word != '\0' || *row->object != '\0')
		return *word != '\0' ? word : row->object;
	return row->object_id != 0 ? arena_printf(r->arena, "#%lld", (long long)row->object_id)
				   : NULL;
}

static const char *
object_href(struct req *r, const struct audit_row *row)
{
	for (size_t i = 0; i < COUNT(HOMES); i++)
		if (strcmp(HOMES[i].kind, row->object_kind) == 0 && row->object_id != 0 &&
		    *row->object != '\0' && may(r, HOMES[i].permission))
			return arena_printf(
			    r->arena, "%s/%lld", HOMES[i].path, (long long)row->object_id);
	return NULL;
}

static void
show_object(struct req *r, struct node *node, const struct audit_row *row)
{
	if (*row->object_kind == '\0')
		return;
	node_set(r->view, node, "Kind", word_or_code(r, "Object", row->object_kind));
	node_set(r->view, node, "Object", object_text(r, row));
	node_set(r->view, node, "ObjectHref", object_href(r, row));
	if (row->object_id != 0)
		node_set(r->view, node, "HistoryHref",
		    arena_printf(r->arena, "/settings/audit?kind=%s&object=%lld&from=2000-01-01",
			param_encode(r->arena, row->object_kind), (long long)row->object_id));
}

static void
show_row(struct req *r, struct node *node, const struct audit_row *row)
{
	node_int(r->view, node, "Id", row->audit_id);
	node_time(r->view, node, "Time", row->at, r->now, 0);
	node_set(r->view, node, "Actor", row->actor);
	node_set(r->view, node, "Name", row->name);
	node_set(r->view, node, "Address", row->address);
	node_set(r->view, node, "Action", word_or_code(r, "Action", row->action));
	node_set(r->view, node, "Code", row->action);
	node_set(r->view, node, "Outcome", row->outcome);
	node_set(r->view, node, "OutcomeWord", word_or_code(r, "Outcome", row->outcome));
	node_set(r->view, node, "Reason", reason_text(r, row->reason));
	show_object(r, node, row);
}

/* The first changes of a row; a page with all of them is one click away. */
static void
show_summary(struct req *r, struct node *node, const char *detail)
{
	struct node *list = node_child(r->view, node, "Change");
	const char *rest = detail;
	struct history_change change;
	int count = 0;

	while (count < CHANGES_SHOWN && history_change(r->arena, &rest, &change))
		count++;
	if (rest != detail)
		show_changes(r, list, arena_strndup(r->arena, detail, (size_t)(rest - detail)));
	node_bool(r->view, node, "HasMore", *rest != '\0');
}

/* Day, person and the rest as the model wants them. */
static enum rc
take_filter(struct req *r, const struct audit_form *form, struct audit_filter *filter)
{
	bool has_from = *param_get(&r->query, "from") != '\0';
	bool has_to = *param_get(&r->query, "to") != '\0';
	struct day to = has_to ? form->to : clock_day(r->now);
	struct day from = has_from ? form->from : clock_day_add(to, 1 - DAYS_SHOWN);
	enum rc rc = RC_OK;

	*filter = (struct audit_filter){
		.from_at = clock_day_start(from),
		.to_at = clock_day_start(clock_day_add(to, 1)),
		.actor = form->who,
		.action = form->action,
		.outcome = form->outcome,
		.object_kind = form->kind,
		.object_id = form->object,
		.search = form->q,
	};
	/* These are compared with columns that hold nothing but ASCII. */
	if (!is_code(form->action) || !is_code(form->outcome) || !is_code(form->kind))
		return RC_INVALID;
	if (operator_is_username(form->who))
		rc = audit_operator(r->db, form->who, &filter->operator_id);
	if (rc == RC_OK && filter->operator_id != 0)
		filter->actor = "";
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* "1700000000000.17": the row after which the page begins. */
static void
take_key(struct req *r, struct audit_filter *filter)
{
	const char *key = param_get(&r->query, "k");
	size_t length = strcspn(key, ".");

	if (key[length] != '.' ||
	    text_parse_uint(arena_strndup(r->arena, key, length), INT64_MAX, &filter->before_at) !=
		RC_OK ||
	    text_parse_uint(key + length + 1, INT64_MAX, &filter->before_id) != RC_OK)
		filter->before_at = filter->before_id = 0;
}

static void
add_choice(struct req *r, const char *field, const char *value, const char *text, bool is_chosen)
{
	struct node *node =
	    node_add(r->view, view_node(r->view, arena_printf(r->arena, "Form.%s.Choice", field)));

	node_set(r->view, node, "Value", value);
	node_set(r->view, node, "Text", text);
	node_bool(r->view, node, "Selected", is_chosen);
}

static enum rc
show_choices(struct req *r, const struct audit_form *form)
{
	const char *actions[AUDIT_ACTIONS_MAX];
	const char *all = view_word(r->view, "Word.All");
	size_t count;
	enum rc rc = audit_actions(r->db, r->arena, actions, &count);

	if (rc != RC_OK)
		return rc;
	add_choice(r, "action", "", all, *form->action == '\0');
	for (size_t i = 0; i < count; i++)
		add_choice(r, "action", actions[i], word_or_code(r, "Action", actions[i]),
		    strcmp(actions[i], form->action) == 0);
	add_choice(r, "outcome", "", all, *form->outcome == '\0');
	for (size_t i = 0; i < COUNT(OUTCOMES); i++)
		add_choice(r, "outcome", OUTCOMES[i], word_or_code(r, "Outcome", OUTCOMES[i]),
		    strcmp(OUTCOMES[i], form->outcome) == 0);
	return RC_OK;
}

/* The page after this one keeps the filter. */
static const char *
next_href(struct req *r, const struct audit_row *last)
{
	char *href = arena_printf(r->arena, "/settings/audit?k=%lld.%lld", (long long)last->at,
	    (long long)last->audit_id);
	static const char *const names[] = { "from", "to", "who", "action", "outcome", "kind",
		"object", "q" };

	for (size_t i = 0; i < COUNT(names); i++) {
		const char *value = param_get(&r->query, names[i]);
		if (*value != '\0')
			href = arena_printf(
			    r->arena, "%s&%s=%s", href, names[i], param_encode(r->arena, value));
	}
	return href;
}

static void
show_form(struct req *r, const struct audit_filter *filter)
{
	char text[16];

	clock_format_day(clock_day(filter->from_at), text, sizeof(text));
	view_set(r->view, "Form.from.Value", text);
	clock_format_day(clock_day(filter->to_at - 1), text, sizeof(text));
	view_set(r->view, "Form.to.Value", text);
	if (*filter->object_kind == '\0')
		return;
	view_set(r->view, "Object.Kind", word_or_code(r, "Object", filter->object_kind));
	view_set(r->view, "Object.Code", filter->object_kind);
	view_int(r->view, "Object.Id", filter->object_id);
}

static enum rc
show_page(struct req *r, const struct audit_form *form, const struct list *list,
    const struct audit_filter *filter)
{
	struct node *node = view_node(r->view, "Rows");
	struct audit_row *rows;
	size_t count;
	enum rc rc = audit_list(r->db, r->arena, filter, PER_PAGE + 1, &rows, &count);

	if (rc == RC_OK)
		rc = show_choices(r, form);
	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count && i < PER_PAGE; i++) {
		struct node *row = node_add(r->view, node);
		show_row(r, row, &rows[i]);
		show_summary(r, row, rows[i].detail);
	}
	show_form(r, filter);
	list_view(r, list, (int64_t)count, FILTERS);
	view_set(
	    r->view, "Older.Href", count > PER_PAGE ? next_href(r, &rows[PER_PAGE - 1]) : NULL);
	view_bool(r->view, "IsLater", filter->before_id != 0);
	return page(r, "settings/audit.cs");
}

enum rc
audit_page(struct req *r)
{
	struct audit_form form = { 0 };
	struct audit_filter filter;
	struct list list;
	struct rows *rows;
	enum rc rc = form_read(r, FIELDS, COUNT(FIELDS), &form);

	if (rc == RC_INVALID) /* told at the field; everything is shown as without it */
		form = (struct audit_form){ 0 };
	else if (rc != RC_OK)
		return rc;
	list_read(r, SORTS, PER_PAGE, &list);
	if ((rc = take_filter(r, &form, &filter)) != RC_OK)
		return rc;
	if (list.format == LIST_PAGE || r->status != 200) {
		take_key(r, &filter);
		return show_page(r, &form, &list, &filter);
	}
	if (!may(r, PERM_EXPORT))
		return RC_DENIED;
	if ((rc = audit_export(r->db, &filter, EXPORT_ROWS_MAX, &rows)) != RC_OK)
		return rc;
	return export_answer(
	    r, list.format, "Settings.Audit.Title", form.q, COLUMNS, COUNT(COLUMNS), rows);
}

enum rc
audit_one(struct req *r)
{
	struct audit_row row;
	enum rc rc = audit_find(r->db, r->arena, r->id, &row);

	if (rc != RC_OK)
		return rc;
	show_row(r, view_node(r->view, "Row"), &row);
	show_changes(r, view_node(r->view, "Row.Change"), row.detail);
	if (row.seq != 0)
		view_int(r->view, "Row.Seq", row.seq);
	view_set(r->view, "Row.Detail", row.detail);
	const char *const values[] = { arena_printf(r->arena, "%lld", (long long)row.audit_id) };
	const char *title = view_phrase(r->view, "Settings.Audit.One", values, 1);
	view_set(r->view, "Page.Title", title);
	crumb(r, NULL, title);
	return page(r, "settings/audit_one.cs");
}
