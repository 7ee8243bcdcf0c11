#include "model/role.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/change.h"
#include "model/edit.h"
#include "model/operator_people.h"

#define COLUMNS                                                                          \
	"r.role_id, r.revision, r.code, r.name, r.sale_max_fen, r.refund_day_max_fen, "  \
	"r.batch_max_meters, r.needs_totp, r.second_max_fen, r.cash_max_fen, "           \
	"(SELECT CAST(GROUP_CONCAT(p.permission) AS CHAR(2000)) FROM role_permission p " \
	"WHERE p.role_id = r.role_id), (SELECT COUNT(*) FROM operator o "                \
	"WHERE o.role_id = r.role_id AND o.disabled_at IS NULL), (SELECT COUNT(*) "      \
	"FROM operator o WHERE o.role_id = r.role_id AND o.disabled_at IS "              \
	"NOT NULL) FROM role r "

enum { LIST, FIND, LOCK, NAMED, INSERT, UPDATE, DELETE, FORGET, ALLOW, VIEW, ROLE_OF };
static const struct query Q[] QUERIES = {
	[LIST] = { .sql = "SELECT " COLUMNS "ORDER BY r.name IS NOT NULL, r.name, r.role_id"
			  " LIMIT 200" },
	[FIND] = { .sql = "SELECT " COLUMNS "WHERE r.role_id = ? LIMIT 1" },
	[LOCK] = { .sql = "SELECT revision FROM role WHERE role_id = ? FOR UPDATE",
	    .bounded = "primary key" },
	[NAMED] = { .sql = "SELECT COUNT(*) FROM role WHERE name = ?"
			   " AND role_id <> ?",
	    .bounded = "one number" },
	[INSERT] = { .sql = "INSERT INTO role (code, name, sale_max_fen, refund_day_max_fen,"
			    " second_max_fen, cash_max_fen, batch_max_meters, needs_totp)"
			    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)" },
	[UPDATE] = { .sql = "UPDATE role SET name = ?, sale_max_fen = ?, refund_day_max_fen = ?,"
			    " second_max_fen = ?, cash_max_fen = ?, batch_max_meters = ?,"
			    " needs_totp = ?, revision = revision + 1"
			    " WHERE role_id = ?" },
	[DELETE] = { .sql = "DELETE FROM role WHERE role_id = ?" },
	[FORGET] = { .sql = "DELETE FROM role_permission WHERE role_id = ?" },
	[ALLOW] = { .sql = "INSERT INTO role_permission (role_id, permission) VALUES (?, ?)" },
	[VIEW] = { .sql = "UPDATE session SET view_role_id = ?, view_until = ?"
			  " WHERE public_id = ? AND operator_id = ? AND ended_at IS NULL" },
	[ROLE_OF] = { .sql = "SELECT role_id FROM operator WHERE operator_id = ?",
	    .bounded = "primary key" },
};

#define BIT(permission) ((permission_set)1 << (permission))
#define BASIS		(BIT(PERM_PUBLIC) | BIT(PERM_SIGNED_IN))

struct deed {
	const struct role *role;
	const struct operator_actor *by;
	const struct session *session;
	struct faults *faults;
	int64_t own_role_id, added_id;
};

bool
role_is_own(const struct role *role)
{
	return role->name[0] != '\0';
}

static int64_t
limit_of(const struct rows *rows, size_t column)
{
	return rows_is_null(rows, column) ? LIMIT_NONE : rows_int(rows, column);
}

static void
load(const struct rows *rows, struct role *role)
{
	*role = (struct role){
		.role_id = rows_int(rows, 0),
		.revision = rows_int(rows, 1),
		.limits = { .sale_max_fen = limit_of(rows, 4),
		    .refund_day_max_fen = limit_of(rows, 5),
		    .second_max_fen = limit_of(rows, 8),
		    .cash_max_fen = limit_of(rows, 9),
		    .batch_max_meters = limit_of(rows, 6) },
		.needs_totp = rows_int(rows, 7) != 0,
		.permissions = permission_parse(rows_text(rows, 10)),
		.people = rows_int(rows, 11),
		.disabled = rows_int(rows, 12),
	};
	text_copy(role->code, sizeof(role->code), rows_text(rows, 2));
	text_copy(role->name, sizeof(role->name), rows_text(rows, 3));
}

enum rc
role_list(struct db *db, struct arena *arena, struct role **list, size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LIST], NO_ARGS, &rows);

	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, ROLES_MAX * sizeof(**list));
	*count = 0;
	while (*count < ROLES_MAX && (rc = rows_next(rows)) == RC_OK)
		load(rows, &(*list)[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
role_find(struct db *db, int64_t role_id, struct role *role)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FIND], ARGS(I(role_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		load(rows, role);
	rows_end(rows);
	return rc;
}

enum rc
role_of(struct db *db, int64_t operator_id, int64_t *role_id)
{
	return db_int(db, &Q[ROLE_OF], ARGS(I(operator_id)), role_id);
}

void
role_validate(const struct role *role, struct faults *faults)
{
	if (role->role_id == 0 || role_is_own(role))
		edit_check_text(faults, "name", role->name, ROLE_NAME_MAX, true);
	if ((role->permissions & BIT(PERM_OPERATOR_EDIT)) != 0 &&
	    (role->permissions & BIT(PERM_AUDIT_VIEW)) != 0)
		fault_add(faults, "permission", "RoleSeparation", "%s", "");
	if (role->limits.second_max_fen < 0)
		fault_add(faults, "second_max_fen", "BadAmount", "%s", "");
}

static enum rc
refuse(const struct deed *deed, const char *field, const char *key)
{
	fault_add(deed->faults, field, key, "%s", "");
	return RC_INVALID;
}

/* The field of an audit detail: "may meter.edit". */
static const char *
field_of(enum permission permission)
{
	static char fields[PERM_COUNT][40];

	(void)snprintf(
	    fields[permission], sizeof(fields[permission]), "may %s", permission_name(permission));
	return fields[permission];
}

static void
compare(const struct role *before, const struct role *after, struct changes *changes)
{
	change_text(changes, "name", before->name, after->name);
	change_money_or(changes, "sale_max_fen", LIMIT_NONE, before->limits.sale_max_fen,
	    after->limits.sale_max_fen);
	change_money_or(changes, "refund_day_max_fen", LIMIT_NONE,
	    before->limits.refund_day_max_fen, after->limits.refund_day_max_fen);
	change_money_or(changes, "second_max_fen", LIMIT_NONE, before->limits.second_max_fen,
	    after->limits.second_max_fen);
	change_money_or(changes, "cash_max_fen", LIMIT_NONE, before->limits.cash_max_fen,
	    after->limits.cash_max_fen);
	change_int_or(changes, "batch_max_meters", LIMIT_NONE, before->limits.batch_max_meters,
	    after->limits.batch_max_meters);
	change_flag(changes, "needs_totp", before->needs_totp, after->needs_totp);
	for (enum permission p = PERM_SIGNED_IN + 1; p < PERM_COUNT; p++)
		change_flag(changes, field_of(p), (before->permissions & BIT(p)) != 0,
		    (after->permissions & BIT(p)) != 0);
}

static struct value
limit_value(int64_t limit)
{
	return limit == LIMIT_NONE ? NIL : I(limit);
}

static enum rc
write_permissions(struct db *db, int64_t role_id, permission_set permissions)
{
	enum rc rc = db_exec(db, &Q[FORGET], ARGS(I(role_id)));

	for (enum permission p = PERM_SIGNED_IN + 1; rc == RC_OK && p < PERM_COUNT; p++)
		if ((permissions & BIT(p)) != 0)
			rc = db_exec(db, &Q[ALLOW], ARGS(I(role_id), S(permission_name(p))));
	return rc;
}

static enum rc
check_name(struct db *db, const struct deed *deed)
{
	const struct role *role = deed->role;
	int64_t twins;
	enum rc rc = db_int(db, &Q[NAMED], ARGS(S(role->name), I(role->role_id)), &twins);

	return rc == RC_OK && twins > 0 ? refuse(deed, "name", "RoleTaken") : rc;
}

static enum rc
add(struct db *db, void *context)
{
	struct deed *deed = context;
	const struct role *role = deed->role;
	const struct role none = { .permissions = BASIS, .limits = LIMITS_NONE };
	struct changes changes = { 0 };
	char code[OPERATOR_ROLE_MAX + 1];
	enum rc rc = check_name(db, deed);

	if (rc != RC_OK)
		return rc;
	(void)snprintf(code, sizeof(code), "own-%lld", (long long)deed->by->now);
	rc = db_exec(db, &Q[INSERT],
	    ARGS(S(code), S(role->name), limit_value(role->limits.sale_max_fen),
		limit_value(role->limits.refund_day_max_fen),
		limit_value(role->limits.second_max_fen), limit_value(role->limits.cash_max_fen),
		limit_value(role->limits.batch_max_meters), I(role->needs_totp)));
	if (rc != RC_OK)
		return rc;
	deed->added_id = db_last_id(db);
	if ((rc = write_permissions(db, deed->added_id, role->permissions)) != RC_OK)
		return rc;
	compare(&none, role, &changes);
	return edit_audit(db, deed->by, "role.add", "role", deed->added_id, &changes, NULL);
}

enum rc
role_add(struct db *db, struct role *role, const struct operator_actor *by, struct faults *faults)
{
	struct deed deed = { .role = role, .by = by, .faults = faults };
	enum rc rc = db_transact(db, add, &deed);

	role->role_id = deed.added_id;
	return rc;
}

static bool
is_wider(const struct role *before, const struct role *after)
{
	return (after->permissions & ~before->permissions) != 0 ||
	       after->limits.sale_max_fen > before->limits.sale_max_fen ||
	       after->limits.refund_day_max_fen > before->limits.refund_day_max_fen ||
	       after->limits.second_max_fen > before->limits.second_max_fen ||
	       after->limits.cash_max_fen > before->limits.cash_max_fen ||
	       after->limits.batch_max_meters > before->limits.batch_max_meters;
}

static enum rc
check_rights(struct db *db, const struct deed *deed, const struct role *before)
{
	const struct role *after = deed->role;
	bool is_lost = (before->permissions & ~after->permissions & BIT(PERM_OPERATOR_EDIT)) != 0;
	int64_t others;

	if (deed->own_role_id == after->role_id && is_wider(before, after))
		return refuse(deed, "permission", "RoleOwnWider");
	if (deed->own_role_id == after->role_id && is_lost)
		return refuse(deed, "permission", "RoleOwnEditor");
	if (!is_lost)
		return RC_OK;
	enum rc rc = person_editors(db, 0, after->role_id, &others);
	return rc == RC_OK && others == 0 ? refuse(deed, "permission", "LastEditor") : rc;
}

/* The stored role, locked; RC_CONFLICT when it is not the one the form was made from. */
static enum rc
lock(struct db *db, const struct role *role, struct role *stored)
{
	int64_t revision;
	enum rc rc = db_int(db, &Q[LOCK], ARGS(I(role->role_id)), &revision);

	if (rc == RC_OK && revision != role->revision)
		rc = RC_CONFLICT;
	return rc == RC_OK ? role_find(db, role->role_id, stored) : rc;
}

static enum rc
save(struct db *db, void *context)
{
	struct deed *deed = context;
	const struct role *role = deed->role;
	struct role stored;
	struct changes changes = { 0 };
	enum rc rc = lock(db, role, &stored);

	if (rc != RC_OK || (rc = check_rights(db, deed, &stored)) != RC_OK)
		return rc;
	if (role_is_own(&stored) && (rc = check_name(db, deed)) != RC_OK)
		return rc;
	compare(&stored, role, &changes);
	if (changes.count == 0)
		return RC_OK;
	rc = db_exec(db, &Q[UPDATE],
	    ARGS(role_is_own(&stored) ? S(role->name) : NIL, limit_value(role->limits.sale_max_fen),
		limit_value(role->limits.refund_day_max_fen),
		limit_value(role->limits.second_max_fen), limit_value(role->limits.cash_max_fen),
		limit_value(role->limits.batch_max_meters), I(role->needs_totp), I(role->role_id)));
	if (rc == RC_OK)
		rc = write_permissions(db, role->role_id, role->permissions);
	return rc == RC_OK
		   ? edit_audit(db, deed->by, "role.edit", "role", role->role_id, &changes, NULL)
		   : rc;
}

enum rc
role_save(struct db *db, const struct role *role, int64_t own_role_id,
    const struct operator_actor *by, struct faults *faults)
{
	struct deed deed = { .role = role, .by = by, .faults = faults, .own_role_id = own_role_id };

	return db_transact(db, save, &deed);
}

static enum rc delete (struct db *db, void *context) {
	struct deed *deed = context; struct role stored; struct changes changes = { 0 };
	enum rc rc = lock(db, deed->role, &stored);

	if (rc != RC_OK) return rc;
	if (!role_is_own(&stored)) return refuse(deed, "", "RoleBuiltIn");
	if (stored.people + stored.disabled > 0) return refuse(deed, "", "RoleInUse");
	change_text(&changes, "name", stored.name, "");
	if ((rc = db_exec(db, &Q[FORGET], ARGS(I(stored.role_id)))) != RC_OK ||
	    (rc = db_exec(db, &Q[DELETE], ARGS(I(stored.role_id)))) != RC_OK) return rc;
	return edit_audit(db, deed->by, "role.delete", "role", stored.role_id, &changes, NULL);
}

enum rc
role_delete(
    struct db *db, const struct role *role, const struct operator_actor *by, struct faults *faults)
{
	struct deed deed = { .role = role, .by = by, .faults = faults };

	return db_transact(db, delete, &deed);
}

static enum rc
view(struct db *db, void *context)
{
	struct deed *deed = context;
	const struct session *session = deed->session;
	const struct role *role = deed->role;
	struct changes changes = { 0 };
	enum rc rc = db_exec(db, &Q[VIEW],
	    ARGS(I(role->role_id), T(deed->by->now + ROLE_VIEW), I(session->public_id),
		I(session->operator_id)));

	if (rc != RC_OK)
		return rc;
	return edit_audit(db, deed->by, "role.view_begin", "role", role->role_id, &changes, NULL);
}

enum rc
role_view(struct db *db, const struct session *session, const struct role *role,
    const struct operator_actor *by)
{
	struct deed deed = { .role = role, .by = by, .session = session };

	return db_transact(db, view, &deed);
}
