#include "model/operator.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "model/audit.h"
#include "model/session.h"

enum { FIND, ROLE, INSERT, SET_PASSWORD, SET_DISABLED, SET_ROLE, SET_PREFERENCES, LIST };
static const struct query Q[] QUERIES = {
	[FIND] = { .sql =
		       "SELECT o.operator_id, o.username, o.display_name, r.code, o.password_hash,"
		       " o.must_change, o.disabled_at, o.password_changed_at"
		       " FROM operator o JOIN role r USING (role_id) WHERE o.username = ?",
	    .bounded = "unique key" },
	[ROLE] = { .sql = "SELECT role_id FROM role WHERE code = ?", .bounded = "unique key" },
	[INSERT] = { .sql = "INSERT INTO operator (username, display_name, role_id, password_hash,"
			    " password_changed_at, must_change, created_at) VALUES (?, ?, ?, ?, ?, "
			    "?, ?)" },
	[SET_PASSWORD] = { .sql = "UPDATE operator SET password_hash = ?, password_changed_at = ?,"
				  " must_change = ? WHERE operator_id = ?" },
	[SET_DISABLED] = { .sql = "UPDATE operator SET disabled_at = ? WHERE operator_id = ?" },
	[SET_ROLE] = { .sql = "UPDATE operator SET role_id = ? WHERE operator_id = ?" },
	[SET_PREFERENCES] = { .sql = "UPDATE operator SET language = ?, theme = ? WHERE "
				     "operator_id = ?" },
	[LIST] = { .sql = "SELECT o.username AS Username, o.display_name AS DisplayName, r.code AS "
			  "Role,"
			  " o.disabled_at IS NOT NULL AS IsDisabled, o.must_change AS MustChange,"
			  " (SELECT MAX(s.created_at) FROM session s WHERE s.operator_id = "
			  "o.operator_id)"
			  " AS SignedInAt FROM operator o JOIN role r USING (role_id)"
			  " ORDER BY o.username LIMIT 10000" },
};

bool
operator_is_username(const char *typed)
{
	size_t length = strlen(typed);
	return length >= OPERATOR_USERNAME_MIN && length <= OPERATOR_USERNAME_MAX &&
	       strspn(typed, "abcdefghijklmnopqrstuvwxyz0123456789._-") == length;
}

static void
fill(struct rows *rows, struct operator_row *op)
{
	op->operator_id = rows_int(rows, 0);
	text_copy(op->username, sizeof(op->username), rows_text(rows, 1));
	text_copy(op->display_name, sizeof(op->display_name), rows_text(rows, 2));
	text_copy(op->role, sizeof(op->role), rows_text(rows, 3));
	text_copy(op->password_hash, sizeof(op->password_hash), rows_text(rows, 4));
	op->must_change = rows_int(rows, 5) != 0;
	op->is_disabled = !rows_is_null(rows, 6);
	op->password_changed_at = rows_int(rows, 7);
}

enum rc
operator_find(struct db *db, const char *username, struct operator_row *op)
{
	struct rows *rows;
	*op = (struct operator_row){ 0 };
	if (!operator_is_username(username))
		return RC_NOT_FOUND;
	enum rc rc = db_query(db, &Q[FIND], ARGS(S(username)), &rows);
	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		fill(rows, op);
	rows_end(rows);
	return rc;
}

static enum rc
audit(struct db *db, const struct operator_actor *by, const char *action, int64_t operator_id,
    const char *detail)
{
	return audit_write(db, &(struct audit){ .at = by->now,
				   .operator_id = by->operator_id,
				   .actor = by->actor,
				   .address = by->address,
				   .action = action,
				   .object_kind = "operator",
				   .object_id = operator_id,
				   .detail = detail });
}

/* What a change needs inside its transaction. */
struct change {
	const struct operator_row *op;
	const struct operator_actor *by;
	const char *hash, *role;
	int64_t operator_id, keep;
	bool flag;
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
	snprintf(detail, sizeof(detail), "username: %s, role: %s", op->username, op->role);
	return audit(db, change->by, "operator.add", change->operator_id, detail);
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
set_password(struct db *db, void *context)
{
	const struct change *change = context;
	int64_t id = change->op->operator_id, now = change->by->now;
	enum rc rc =
	    db_exec(db, &Q[SET_PASSWORD], ARGS(S(change->hash), T(now), I(change->flag), I(id)));
	if (rc != RC_OK)
		return rc;
	if ((rc = session_end_all(db, id, change->keep, SESSION_PASSWORD, now)) != RC_OK)
		return rc;
	return audit(
	    db, change->by, "password.change", id, change->flag ? "one-time password" : "");
}

enum rc
operator_set_password(struct db *db, const struct operator_row *op, const char *hash,
    bool must_change, int64_t keep, const struct operator_actor *by)
{
	struct change change = {
		.op = op, .by = by, .hash = hash, .flag = must_change, .keep = keep
	};
	return db_transact(db, set_password, &change);
}

static enum rc
set_disabled(struct db *db, void *context)
{
	const struct change *change = context;
	int64_t id = change->op->operator_id, now = change->by->now;
	enum rc rc = db_exec(db, &Q[SET_DISABLED], ARGS(change->flag ? T(now) : NIL, I(id)));
	if (rc == RC_OK && change->flag)
		rc = session_end_all(db, id, 0, SESSION_DISABLED, now);
	if (rc != RC_OK)
		return rc;
	return audit(db, change->by, change->flag ? "operator.disable" : "operator.enable", id,
	    change->op->username);
}

enum rc
operator_set_disabled(
    struct db *db, const struct operator_row *op, bool is_disabled, const struct operator_actor *by)
{
	struct change change = { .op = op, .by = by, .flag = is_disabled };
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
	return audit(db, change->by, "operator.role", change->op->operator_id, detail);
}

enum rc
operator_set_role(
    struct db *db, const struct operator_row *op, const char *role, const struct operator_actor *by)
{
	struct change change = { .op = op, .by = by, .role = role };
	return db_transact(db, set_role, &change);
}

enum rc
operator_set_preferences(
    struct db *db, int64_t operator_id, const char *language, const char *theme)
{
	return db_exec(db, &Q[SET_PREFERENCES],
	    ARGS(language[0] != '\0' ? S(language) : NIL, S(theme), I(operator_id)));
}

enum rc
operator_list(struct db *db, struct rows **rows)
{
	return db_query(db, &Q[LIST], NO_ARGS, rows);
}
