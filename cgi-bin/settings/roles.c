/* /settings/roles: what each role may do; one role; and a look through its eyes. */
#include <stddef.h>
#include <string.h>

#include "base/money.h"
#include "base/text.h"
#include "edit.h"
#include "form.h"
#include "people.h"

#define METERS_MAX 1000000
#define MONEY_MAX  100000000000 /* fen: a thousand million */
#define BIT(p)	   ((permission_set)1 << (p))

/* The order in which people think of them; each has a word and an explanation in the dictionary. */
static const struct group {
	const char *name;
	enum permission permissions[6];
} GROUPS[] = {
	{ "Monitor", { PERM_METER_VIEW, PERM_BUS_VIEW, PERM_EXPORT, PERM_ALARM_ACK } },
	{ "Building", { PERM_PLACE_EDIT, PERM_GATEWAY_EDIT, PERM_METER_EDIT, PERM_METER_WRITE,
			  PERM_METER_CONTROL, PERM_IMPORT } },
	{ "Price", { PERM_TARIFF_VIEW, PERM_TARIFF_EDIT } },
	{ "Account", { PERM_ACCOUNT_VIEW, PERM_ACCOUNT_EDIT } },
	{ "Sale", { PERM_SALE_VIEW, PERM_SALE, PERM_REFUND, PERM_APPROVE, PERM_ADJUST } },
	{ "Books", { PERM_SHIFT_ALL, PERM_LEDGER_CHECK, PERM_FEE_EDIT } },
	{ "People", { PERM_OPERATOR_EDIT, PERM_AUDIT_VIEW } },
	{ "Site", { PERM_SETTING_EDIT } },
};

struct role_form {
	char name[ROLE_NAME_MAX * 4 + 1];
	int64_t revision, sale, refund, second, cash, batch;
	bool needs_totp;
};

static const struct form_field FIELDS[] = {
	{ "name", FORM_TEXT, .max = ROLE_NAME_MAX, .offset = offsetof(struct role_form, name) },
	{ "revision", FORM_UINT, .max = UINT32_MAX,
	    .offset = offsetof(struct role_form, revision) },
	{ "sale_max_fen", FORM_MONEY, .max = MONEY_MAX,
	    .offset = offsetof(struct role_form, sale) },
	{ "refund_day_max_fen", FORM_MONEY, .max = MONEY_MAX,
	    .offset = offsetof(struct role_form, refund) },
	{ "second_max_fen", FORM_BALANCE, .offset = offsetof(struct role_form, second) },
	{ "cash_max_fen", FORM_MONEY, .max = MONEY_MAX,
	    .offset = offsetof(struct role_form, cash) },
	{ "batch_max_meters", FORM_UINT, .max = METERS_MAX,
	    .offset = offsetof(struct role_form, batch) },
	{ "needs_totp", FORM_BOOL, .offset = offsetof(struct role_form, needs_totp) },
};

/* ---- the matrix ---- */

static void
show_heads(struct req *r, const struct role *roles, size_t count)
{
	struct node *heads = view_node(r->view, "Roles");

	for (size_t i = 0; i < count; i++) {
		struct node *node = node_add(r->view, heads);
		node_int(r->view, node, "Id", roles[i].role_id);
		node_set(r->view, node, "Name", role_word(r, roles[i].code, roles[i].name));
		node_int(r->view, node, "People", roles[i].people);
		node_bool(r->view, node, "NeedsTotp", roles[i].needs_totp);
	}
}

static void
show_group(struct req *r, const struct group *group, const struct role *roles, size_t count)
{
	struct node *node = node_add(r->view, view_node(r->view, "Groups"));
	struct node *rows = node_child(r->view, node, "Row");

	node_set(r->view, node, "Key", group->name);
	for (size_t i = 0; i < COUNT(group->permissions) && group->permissions[i] != PERM_PUBLIC;
	     i++) {
		enum permission p = group->permissions[i];
		struct node *row = node_add(r->view, rows);
		struct node *cells = node_child(r->view, row, "Cell");
		node_set(r->view, row, "Word",
		    view_word(
			r->view, arena_printf(r->arena, "Permission.%s", permission_name(p))));
		for (size_t k = 0; k < count; k++) {
			struct node *cell = node_add(r->view, cells);
			node_set(r->view, cell, "Role", role_word(r, roles[k].code, roles[k].name));
			node_bool(r->view, cell, "IsHeld", (roles[k].permissions & BIT(p)) != 0);
		}
	}
}

enum rc
roles(struct req *r)
{
	struct role *list;
	size_t count;
	enum rc rc = role_list(r->db, r->arena, &list, &count);

	if (rc != RC_OK)
		return rc;
	show_heads(r, list, count);
	for (size_t i = 0; i < COUNT(GROUPS); i++)
		show_group(r, &GROUPS[i], list, count);
	return page(r, "settings/roles.cs");
}

/* ---- one role ---- */

static void
show_permissions(struct req *r, permission_set held)
{
	struct node *groups = view_node(r->view, "Groups");

	for (size_t g = 0; g < COUNT(GROUPS); g++) {
		struct node *node = node_add(r->view, groups);
		struct node *rows = node_child(r->view, node, "Row");
		node_set(r->view, node, "Key", GROUPS[g].name);
		for (size_t i = 0;
		     i < COUNT(GROUPS[g].permissions) && GROUPS[g].permissions[i] != PERM_PUBLIC;
		     i++) {
			enum permission p = GROUPS[g].permissions[i];
			const char *name = permission_name(p);
			struct node *row = node_add(r->view, rows);
			node_set(r->view, row, "Code", name);
			node_set(r->view, row, "Word",
			    view_word(r->view, arena_printf(r->arena, "Permission.%s", name)));
			node_set(r->view, row, "Hint",
			    view_word(r->view, arena_printf(r->arena, "PermissionHint.%s", name)));
			node_bool(r->view, row, "IsHeld", (held & BIT(p)) != 0);
		}
	}
}

static enum rc
show_form(struct req *r, const struct role *role, permission_set held)
{
	bool is_new = role->role_id == 0;
	const char *title =
	    is_new ? view_word(r->view, "Settings.Role.New") : role_word(r, role->code, role->name);
	int64_t own;
	enum rc rc = role_of(r->db, r->user.operator_id, &own);

	if (rc == RC_OK && !is_new)
		rc = show_changed(r, "role", role->role_id);
	if (rc != RC_OK)
		return rc;
	show_permissions(r, held);
	view_set(r->view, "Page.Title", title);
	view_int(r->view, "Role.Id", role->role_id);
	view_int(r->view, "Role.People", role->people);
	view_int(r->view, "Role.Disabled", role->disabled);
	view_bool(r->view, "Role.IsOwn", is_new || role_is_own(role));
	view_bool(r->view, "Role.IsMine", own == role->role_id);
	view_bool(r->view, "IsNew", is_new);
	crumb(r, NULL, title);
	return page(r, "settings/role.cs");
}

static void
fill_limit(struct req *r, const char *field, int64_t limit, bool is_money)
{
	char text[MONEY_TEXT_MAX];

	if (limit == LIMIT_NONE)
		return;
	if (is_money) {
		money_format_plain(limit, text, sizeof(text));
		view_set(r->view, field, text);
	} else {
		view_int(r->view, field, limit);
	}
}

static void
fill_form(struct req *r, const struct role *role)
{
	view_set(r->view, "Form.name.Value", role->name);
	view_int(r->view, "Form.revision.Value", role->revision);
	fill_limit(r, "Form.sale_max_fen.Value", role->limits.sale_max_fen, true);
	fill_limit(r, "Form.refund_day_max_fen.Value", role->limits.refund_day_max_fen, true);
	fill_limit(r, "Form.second_max_fen.Value", role->limits.second_max_fen, true);
	fill_limit(r, "Form.cash_max_fen.Value", role->limits.cash_max_fen, true);
	fill_limit(r, "Form.batch_max_meters.Value", role->limits.batch_max_meters, false);
	view_bool(r->view, "Form.needs_totp.Checked", role->needs_totp);
}

/* An empty limit is none. */
static int64_t
typed_limit(struct req *r, const char *field, int64_t value)
{
	return *param_get(&r->body, field) == '\0' ? LIMIT_NONE : value;
}

static enum rc
read_typed(struct req *r, const struct role *stored, struct role *typed)
{
	struct role_form form = { 0 };
	struct faults faults = { 0 };
	const char *name;
	enum rc rc = form_read(r, FIELDS, COUNT(FIELDS), &form);

	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	*typed = *stored;
	typed->revision = form.revision;
	typed->permissions = permission_parse("");
	typed->needs_totp = form.needs_totp;
	typed->limits = (struct limits){ typed_limit(r, "sale_max_fen", form.sale),
		typed_limit(r, "refund_day_max_fen", form.refund),
		typed_limit(r, "second_max_fen", form.second),
		typed_limit(r, "cash_max_fen", form.cash),
		typed_limit(r, "batch_max_meters", form.batch) };
	if (stored->role_id == 0 || role_is_own(stored))
		text_copy(typed->name, sizeof(typed->name), form.name);
	for (size_t n = 0; (name = param_nth(&r->body, "permission", n)) != NULL; n++) {
		enum permission p = permission_find(name);
		if (p == PERM_COUNT)
			return RC_INVALID;
		typed->permissions |= BIT(p);
	}
	if (rc == RC_INVALID)
		return RC_CONFLICT; /* the form is shown again, with what form_read said */
	role_validate(typed, &faults);
	return edit_show_faults(r, &faults) == RC_OK ? RC_OK : RC_CONFLICT;
}

/* The form again with what is wrong; other failures go on. */
static enum rc
refuse(struct req *r, const struct role *stored, const struct role *typed,
    const struct faults *faults, enum rc rc)
{
	if (rc == RC_INVALID)
		(void)edit_show_faults(r, faults);
	else if (rc != RC_CONFLICT)
		return rc;
	else if ((rc = show_conflict(
		      r, "role", stored->role_id, typed->revision, stored->revision)) != RC_OK)
		return rc;
	return show_form(r, stored, typed->permissions);
}

static enum rc
save(struct req *r, const struct role *stored)
{
	struct operator_actor by = editor(r);
	struct faults faults = { 0 };
	struct role typed;
	int64_t own;
	enum rc rc = read_typed(r, stored, &typed);

	if (rc == RC_CONFLICT)
		return show_form(r, stored, typed.permissions);
	if (rc != RC_OK || (rc = role_of(r->db, r->user.operator_id, &own)) != RC_OK)
		return rc;
	rc = stored->role_id == 0 ? role_add(r->db, &typed, &by, &faults)
				  : role_save(r->db, &typed, own, &by, &faults);
	if (rc != RC_OK)
		return refuse(r, stored, &typed, &faults, rc);
	flash(r, "Saved");
	return redirect(r, "/settings/roles/%lld", (long long)typed.role_id);
}

/* A new role may begin as a copy: ?from=ID. */
enum rc
role_new(struct req *r)
{
	struct role role = { .limits = LIMITS_NONE };
	int64_t from = 0;
	enum rc rc;

	if (r->method == POST)
		return save(r, &role);
	if (text_parse_uint(param_get(&r->query, "from"), UINT32_MAX, &from) == RC_OK &&
	    from != 0) {
		if ((rc = role_find(r->db, from, &role)) != RC_OK)
			return rc;
		const char *const values[] = { role_word(r, role.code, role.name) };
		text_copy(role.name, sizeof(role.name),
		    view_phrase(r->view, "Settings.Role.CopyOf", values, 1));
		role.role_id = role.revision = role.people = role.disabled = 0;
	}
	fill_form(r, &role);
	return show_form(r, &role, role.permissions);
}

enum rc
role_edit(struct req *r)
{
	struct role role;
	enum rc rc = role_find(r->db, r->id, &role);

	if (rc != RC_OK)
		return rc;
	if (r->method == POST)
		return save(r, &role);
	fill_form(r, &role);
	return show_form(r, &role, role.permissions);
}

static enum rc
ask_delete(struct req *r, const struct role *role)
{
	const char *here = arena_printf(r->arena, "/settings/roles/%lld", (long long)role->role_id);
	const char *name = role_word(r, role->code, role->name);
	const char *const values[] = { name };

	if (!role_is_own(role))
		confirm_obstacle(r, view_word(r->view, "Error.RoleBuiltIn"));
	else if (role->people + role->disabled > 0)
		confirm_obstacle(r, view_word(r->view, "Error.RoleInUse"));
	crumb(r, here, name);
	return confirm_page(r, &(struct confirm){ .title = view_phrase(r->view,
						      "Settings.Role.DeleteTitle", values, 1),
				   .text = "",
				   .icon = "trash",
				   .button = view_word(r->view, "Settings.Role.Delete"),
				   .action = arena_printf(r->arena, "%s/delete", here),
				   .back = here,
				   .revision = role->revision });
}

enum rc
role_ask_delete(struct req *r)
{
	struct role role;
	enum rc rc = role_find(r->db, r->id, &role);

	return rc == RC_OK ? ask_delete(r, &role) : rc;
}

enum rc
role_remove(struct req *r)
{
	struct operator_actor by = editor(r);
	struct faults faults = { 0 };
	struct role role;
	int64_t revision;
	enum rc rc = role_find(r->db, r->id, &role);

	if (rc != RC_OK)
		return rc;
	if (text_parse_uint(param_get(&r->body, "revision"), UINT32_MAX, &revision) != RC_OK)
		return RC_INVALID;
	struct role asked = role;
	asked.revision = revision;
	rc = role_delete(r->db, &asked, &by, &faults);
	if (rc == RC_INVALID || rc == RC_CONFLICT) {
		if (rc == RC_INVALID)
			(void)edit_show_faults(r, &faults);
		else
			form_error(r, "", "Conflict");
		return ask_delete(r, &role);
	}
	if (rc != RC_OK)
		return rc;
	flash(r, "Deleted");
	return redirect(r, "/settings/roles");
}

enum rc
role_look(struct req *r)
{
	struct operator_actor by = editor(r);
	struct role role;
	enum rc rc = role_find(r->db, r->id, &role);

	if (rc == RC_OK)
		rc = role_view(r->db, r->session, &role, &by);
	return rc == RC_OK ? redirect(r, "/settings") : rc;
}
