/*
 * operator_admin.c - what only an administrator does to operators. A file of its own, so that a
 * program that merely signs people in neither holds these statements nor needs the rights for them.
 */
#include "model/operator.h"
#include "model/password_policy.h"

#include <stdio.h>

#include "base/text.h"
#include "model/session.h"

enum { ROLE, INSERT, SET_DISABLED, SET_ROLE, LIST };
static const struct query Q[] QUERIES = {
	[ROLE] = { .sql = "SELECT role_id FROM role WHERE code = ?", .bounded = "unique key" },
	[INSERT] = { .sql = "INSERT INTO operator (username, display_name, role_id, password_hash,"
			    " password_changed_at, must_change, created_at)"
			    " VALUES (?, ?, ?, ?, ?, ?, ?)" },
	[SET_DISABLED] = { .sql = "UPDATE operator SET disabled_at = ? WHERE operator_id = ?" },
	[SET_ROLE] = { .sql = "UPDATE operator SET role_id = ? WHERE operator_id = ?" },
	[LIST] = { .sql = "SELECT o.username AS Username, o.display_name AS DisplayName,"
			  " r.code AS Role, o.disabled_at IS NOT NULL AS IsDisabled,"
			  " o.must_change AS MustChange, (SELECT MAX(s.created_at)"
			  " FROM session s WHERE s.operator_id = o.operator_id) AS SignedInAt"
			  " FROM operator o JOIN role r USING (role_id)"
			  " ORDER BY o.username LIMIT 10000" },
};

/* What a change needs inside its transaction. */
struct change {
	const struct operator_row *op;
	const struct operator_actor *by;
	const char *role;
	int64_t operator_id;
	bool is_disabled;
};

static enum rc
add(struct db *db, void *context)
{
	struct change *change = context;
	const struct operator_row *op = change->op;
	int64_t role_id, now = change->by->now;
	char detail[128];
	bool has_password = op->password_hash[0] != '\0';
	enum rc rc = db_int(db, &Q[ROLE], ARGS(S(op->role)), &role_id);
	if (rc != RC_OK)
		return rc;
	rc = db_exec(db, &Q[INSERT],
	    ARGS(S(op->username), S(op->display_name), I(role_id),
		has_password ? S(op->password_hash) : NIL, has_password ? T(now) : NIL,
		I(op->must_change), T(now)));
	if (rc != RC_OK)
		return rc;
	change->operator_id = db_last_id(db);
	if (has_password &&
	    (rc = password_remember(db, change->operator_id, op->password_hash, now)) != RC_OK)
		return rc;
	snprintf(detail, sizeof(detail), "username:  -> %s\nrole:  -> %s", op->username, op->role);
	return operator_audit(db, change->by, "operator.add", change->operator_id, detail);
}

enum rc
operator_add(struct db *db, const struct operator_row *op, const struct operator_actor *by,
    int64_t *operator_id)
{
	struct change change = { .op = op, .by = by };
	if (!operator_is_username(op->username) || op->display_name[0] == '\0' ||
	    text_length(op->display_name) > OPERATOR_NAME_MAX)
		return RC_INVALID;
	enum rc rc = db_transact(db, add, &change);
	*operator_id = change.operator_id;
	return rc;
}

static enum rc
set_disabled(struct db *db, void *context)
{
	const struct change *change = context;
	int64_t id = change->op->operator_id, now = change->by->now;
	enum rc rc = db_exec(db, &Q[SET_DISABLED], ARGS(change->is_disabled ? T(now) : NIL, I(id)));
	if (rc == RC_OK && change->is_disabled)
		rc = session_end_all(db, id, 0, SESSION_DISABLED, now);
	if (rc != RC_OK)
		return rc;
	return operator_audit(db, change->by,
	    change->is_disabled ? "operator.disable" : "operator.enable", id, change->op->username);
}

enum rc
operator_set_disabled(
    struct db *db, const struct operator_row *op, bool is_disabled, const struct operator_actor *by)
{
	struct change change = { .op = op, .by = by, .is_disabled = is_disabled };
	return db_transact(db, set_disabled, &change);
}

static enum rc
set_role(struct db *db, void *context)
{
	const struct change *change = context;
	int64_t role_id;
	char detail[128];
	enum rc rc = db_int(db, &Q[ROLE], ARGS(S(change->role)), &role_id);
	if (rc != RC_OK)
		return rc;
	rc = db_exec(db, &Q[SET_ROLE], ARGS(I(role_id), I(change->op->operator_id)));
	if (rc != RC_OK)
		return rc;
	snprintf(detail, sizeof(detail), "role: %s -> %s", change->op->role, change->role);
	return operator_audit(db, change->by, "operator.role", change->op->operator_id, detail);
}

enum rc
operator_set_role(
    struct db *db, const struct operator_row *op, const char *role, const struct operator_actor *by)
{
	struct change change = { .op = op, .by = by, .role = role };
	return db_transact(db, set_role, &change);
}

enum rc
operator_list(struct db *db, struct rows **rows)
{
	return db_query(db, &Q[LIST], NO_ARGS, rows);
}
