/* /settings/operators: who may sign in. */
#include <string.h>

#include "edit.h"
#include "export.h"
#include "list.h"
#include "people.h"

#include "base/text.h"

#define PER_PAGE 50

static const char *const SORT_NAMES[] = { "username", "name", "role", "signed", NULL };
static const char *const FILTERS[] = { "role", "state", NULL };

static const struct export_column COLUMNS[] = {
	{ "Settings.Operators.Username", CELL_TEXT, 16, NULL },
	{ "Field.display_name", CELL_TEXT, 18, NULL },
	{ "Settings.Operators.Phone", CELL_TEXT, 16, NULL },
	{ "Word.Role", CELL_WORD, 14, "Role" },
	{ "Settings.Operators.RoleName", CELL_TEXT, 16, NULL },
	{ "Settings.Operators.Buildings", CELL_TEXT, 24, NULL },
	{ "Word.State", CELL_WORD, 12, "Person" },
	{ "Settings.Operators.SignedIn", CELL_TIME, 20, NULL },
	{ "Settings.Operators.Created", CELL_TIME, 20, NULL },
	{ "Settings.Operators.Totp", CELL_TIME, 20, NULL },
};

const char *
role_word(struct req *r, const char *code, const char *name)
{
	const char *word;

	if (*name != '\0')
		return name;
	word = view_word(r->view, arena_printf(r->arena, "Role.%s", code));
	return *word != '\0' ? word : code;
}

struct person_filter
person_asker(struct req *r)
{
	return (struct person_filter){ .scope = r->scope,
		.self = r->user.operator_id,
		.search = "",
		.state = -1,
		.now = r->now };
}

enum rc
role_choices(struct req *r, int64_t chosen, bool has_all)
{
	struct role *roles;
	size_t count;
	enum rc rc = role_list(r->db, r->arena, &roles, &count);

	if (rc != RC_OK)
		return rc;
	choice_add(r, "role", 0,
	    view_word(r->view, has_all ? "Word.All" : "Settings.Operator.ChooseRole"), chosen);
	for (size_t i = 0; i < count; i++)
		choice_add(r, "role", roles[i].role_id, role_word(r, roles[i].code, roles[i].name),
		    chosen);
	return RC_OK;
}

static int
read_state(struct req *r)
{
	for (int i = 0; i < PERSON_STATES; i++)
		if (strcmp(param_get(&r->query, "state"),
			person_state_name((enum person_state)i)) == 0)
			return i;
	return -1;
}

static void
show_states(struct req *r, int chosen)
{
	struct node *list = view_node(r->view, "Form.state.Choice");
	struct node *node = node_add(r->view, list);

	node_set(r->view, node, "Value", "");
	node_set(r->view, node, "Text", view_word(r->view, "Word.All"));
	for (int i = 0; i < PERSON_STATES; i++) {
		const char *name = person_state_name((enum person_state)i);
		node = node_add(r->view, list);
		node_set(r->view, node, "Value", name);
		node_set(r->view, node, "Text",
		    view_word(r->view, arena_printf(r->arena, "Person.%s", name)));
		node_bool(r->view, node, "Selected", i == chosen);
	}
}

static void
show_row(struct req *r, struct node *node, const struct person *person)
{
	node_int(r->view, node, "Id", person->operator_id);
	node_set(r->view, node, "Username", person->username);
	node_set(r->view, node, "Name", person->name);
	node_set(r->view, node, "Phone", person->phone);
	node_set(r->view, node, "Role", role_word(r, person->role, person->role_name));
	node_set(r->view, node, "Buildings", person->buildings);
	node_set(r->view, node, "State", person_state_name(person->state));
	node_bool(r->view, node, "HasTotp", person->totp_since != 0);
	node_bool(r->view, node, "IsSelf", person->operator_id == r->user.operator_id);
	node_time(r->view, node, "SignedIn", person->signed_in_at, r->now, 0);
}

static enum rc
show_page(struct req *r, struct list *list, const struct person_filter *filter)
{
	struct node *rows = view_node(r->view, "Rows");
	enum person_sort sort = PERSON_BY_USERNAME;
	struct person *people;
	size_t count;
	int64_t total;
	enum rc rc = person_count(r->db, filter, &total);

	if (rc != RC_OK)
		return rc;
	list_clamp(list, total);
	for (int i = 0; SORT_NAMES[i] != NULL; i++)
		if (strcmp(SORT_NAMES[i], list->sort) == 0)
			sort = (enum person_sort)i;
	rc = person_list(r->db, r->arena, filter, sort, list->is_descending, list_limit(list),
	    list_offset(list), &people, &count);
	if (rc == RC_OK)
		rc = role_choices(r, filter->role_id, true);
	if (rc != RC_OK)
		return rc;
	show_states(r, filter->state);
	for (size_t i = 0; i < count; i++)
		show_row(r, node_add(r->view, rows), &people[i]);
	list_view(r, list, total, FILTERS);
	return page(r, "settings/operators.cs");
}

enum rc
operators(struct req *r)
{
	struct person_filter filter = person_asker(r);
	struct list list;
	struct rows *rows;
	enum rc rc;

	list_read(r, SORT_NAMES, PER_PAGE, &list);
	filter.search = list.search;
	filter.state = read_state(r);
	if (text_parse_uint(param_get(&r->query, "role"), UINT32_MAX, &filter.role_id) != RC_OK)
		filter.role_id = 0;
	if (list.format == LIST_PAGE)
		return show_page(r, &list, &filter);
	if (!may(r, PERM_EXPORT))
		return RC_DENIED;
	if ((rc = person_export(r->db, &filter, &rows)) != RC_OK)
		return rc;
	return export_answer(r, list.format, "Settings.Start.Operators", param_get(&r->query, "q"),
	    COLUMNS, COUNT(COLUMNS), rows);
}
