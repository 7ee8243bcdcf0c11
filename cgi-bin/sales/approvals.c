/* /sales/approvals: what waits for a second person, and what became of it. */
#include "approve.h"

#include <string.h>

#include "export.h"
#include "form.h"
#include "list.h"

#define PER_PAGE 50

static const char *const SORTS[] = { "-time", NULL };
static const char *const FILTERS[] = { "state", NULL };

/* As they stand in the address; the first is meant when there is none. */
static const struct state {
	const char *name;
	int is_open;
} STATES[] = { { "open", 1 }, { "decided", 0 }, { "all", -1 } };

static const struct export_column COLUMNS[] = {
	{ "Sales.Approvals.Asked", CELL_TIME, 20, NULL },
	{ "Sales.Approvals.What", CELL_WORD, 16, "Approval.Kind" },
	{ "Word.Place", CELL_TEXT, 20, NULL },
	{ "Word.Number", CELL_TEXT, 16, NULL },
	{ "Word.Tenant", CELL_TEXT, 20, NULL },
	{ "Word.Amount", CELL_MONEY, 14, NULL },
	{ "Sales.Deed.Reason", CELL_TEXT, 30, NULL },
	{ "Sales.Approvals.AskedBy", CELL_TEXT, 16, NULL },
	{ "Sales.Approvals.Outcome", CELL_WORD, 12, "Approval.Outcome" },
	{ "Sales.Approvals.DecidedBy", CELL_TEXT, 16, NULL },
	{ "Sales.Approvals.Decided", CELL_TIME, 20, NULL },
	{ "Word.Note", CELL_TEXT, 30, NULL },
	{ "Sales.Deed.Number", CELL_TEXT, 22, NULL },
};

/* A note of the system is a key of T.Error with values. */
static const char *
note_text(struct req *r, const char *note)
{
	const char *values[FAULT_VALUES_MAX];
	size_t count = 0;
	char *rest, *copy;

	if (*note != '#')
		return note;
	copy = arena_strdup(r->arena, note + 1);
	const char *key = strtok_r(copy, "\t", &rest);
	for (char *value;
	     count < FAULT_VALUES_MAX && (value = strtok_r(NULL, "\t", &rest)) != NULL;)
		values[count++] = value;
	const char *word =
	    key == NULL
		? ""
		: view_phrase(r->view, arena_printf(r->arena, "Error.%s", key), values, count);
	return *word != '\0' ? word : view_word(r->view, "Sales.Approval.NotPossible");
}

void
approval_show(struct req *r, struct node *node, const struct approval *approval)
{
	bool is_mine = approval->asked_by == r->user.operator_id;

	node_int(r->view, node, "Id", approval->approval_id);
	node_set(r->view, node, "Kind", approval_kind_name(approval->kind));
	node_set(r->view, node, "Place", approval->place);
	node_set(r->view, node, "Number", approval->number);
	node_set(r->view, node, "Tenant", approval->tenant);
	node_set(r->view, node, "Receipt", approval->receipt_number);
	if (approval->amount_fen != 0)
		node_set(r->view, node, "Amount", money_text(r, approval->amount_fen));
	node_set(r->view, node, "Reason", approval->reason);
	node_set(r->view, node, "By", approval->asked_name);
	node_bool(r->view, node, "IsMine", is_mine);
	node_time(r->view, node, "Asked", approval->asked_at, r->now, 0);
	node_set(r->view, node, "Outcome", *approval->outcome == '\0' ? "open" : approval->outcome);
	node_bool(r->view, node, "IsOpen", approval->decided_at == 0);
	node_set(r->view, node, "DecidedBy", approval->decided_name);
	node_time(r->view, node, "Decided", approval->decided_at, r->now, 0);
	node_set(r->view, node, "Note", note_text(r, approval->note));
}

static const struct state *
read_state(struct req *r)
{
	const char *typed = param_get(&r->query, "state");

	for (size_t i = 0; i < COUNT(STATES); i++)
		if (strcmp(STATES[i].name, typed) == 0)
			return &STATES[i];
	return &STATES[0];
}

static enum rc
show_states(struct req *r, const struct state *current)
{
	struct node *list = view_node(r->view, "States");
	int64_t open;
	enum rc rc = approval_count_open(r->db, r->scope, &open);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < COUNT(STATES); i++) {
		struct node *node = node_add(r->view, list);
		struct url url = url_begin(r, "/sales/approvals");
		url_text(&url, "state", i == 0 ? "" : STATES[i].name);
		url_text(&url, "q", param_get(&r->query, "q"));
		node_set(r->view, node, "Key", STATES[i].name);
		node_set(r->view, node, "Href", url.text);
		node_bool(r->view, node, "Current", &STATES[i] == current);
		if (i == 0)
			node_int(r->view, node, "Count", open);
	}
	return RC_OK;
}

enum rc
approvals_page(struct req *r)
{
	const struct state *state = read_state(r);
	struct approval_filter filter = { .scope = r->scope, .is_open = state->is_open };
	struct approval *asked;
	struct list list;
	struct rows *rows;
	int64_t total;
	size_t count;
	enum rc rc;

	list_read(r, SORTS, PER_PAGE, &list);
	filter.search = list.search;
	filter.limit = list_limit(&list);
	filter.offset = list_offset(&list);
	if (list.format != LIST_PAGE) {
		if (!may(r, PERM_EXPORT))
			return RC_DENIED;
		rc = approval_export(r->db, &filter, &rows);
		return rc != RC_OK ? rc
				   : export_answer(r, list.format, "Sales.Approvals.Title",
					 list.search, COLUMNS, COUNT(COLUMNS), rows);
	}
	if ((rc = approval_list(r->db, r->arena, &filter, &asked, &count, &total)) != RC_OK)
		return rc;
	struct node *node = view_node(r->view, "Approvals");
	for (size_t i = 0; i < count; i++)
		approval_show(r, node_add(r->view, node), &asked[i]);
	list_view(r, &list, total, FILTERS);
	rc = show_states(r, state);
	return rc == RC_OK ? page(r, "sales/approvals.cs") : rc;
}
