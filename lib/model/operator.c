#include "model/operator.h"

#include <string.h>

#include "base/text.h"
#include "model/audit.h"
#include "model/password_policy.h"
#include "model/session.h"

enum { FIND, SET_PASSWORD, SET_PREFERENCES };
static const struct query Q[] QUERIES = {
	[FIND] = { .sql =
		       "SELECT o.operator_id, o.username, o.display_name, r.code, o.password_hash,"
		       " o.must_change, o.disabled_at, o.password_changed_at, o.totp_since"
		       " FROM operator o JOIN role r USING (role_id) WHERE o.username = ?",
	    .bounded = "unique key" },
	[SET_PASSWORD] = { .sql = "UPDATE operator SET password_hash = ?, password_changed_at = ?,"
				  " must_change = ? WHERE operator_id = ?" },
	[SET_PREFERENCES] = { .sql = "UPDATE operator SET language = ?, theme = ?"
				     " WHERE operator_id = ?" },
};

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
	op->has_totp = !rows_is_null(rows, 8);
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

enum rc
operator_audit(struct db *db, const struct operator_actor *by, const char *action,
    int64_t operator_id, const char *detail)
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

struct change {
	const struct operator_row *op;
	const struct operator_actor *by;
	const char *hash;
	int64_t keep;
	bool must_change;
};

static enum rc
set_password(struct db *db, void *context)
{
	const struct change *change = context;
	int64_t id = change->op->operator_id, now = change->by->now;
	enum rc rc = db_exec(
	    db, &Q[SET_PASSWORD], ARGS(S(change->hash), T(now), I(change->must_change), I(id)));
	if (rc != RC_OK)
		return rc;
	if ((rc = password_remember(db, id, change->hash, now)) != RC_OK)
		return rc;
	if ((rc = session_end_all(db, id, change->keep, SESSION_PASSWORD, now)) != RC_OK)
		return rc;
	return operator_audit(
	    db, change->by, "password.change", id, change->must_change ? "one-time password" : "");
}

enum rc
operator_set_password(struct db *db, const struct operator_row *op, const char *hash,
    bool must_change, int64_t keep, const struct operator_actor *by)
{
	struct change change = {
		.op = op, .by = by, .hash = hash, .must_change = must_change, .keep = keep
	};
	return db_transact(db, set_password, &change);
}

enum rc
operator_set_preferences(
    struct db *db, int64_t operator_id, const char *language, const char *theme)
{
	return db_exec(db, &Q[SET_PREFERENCES],
	    ARGS(language[0] != '\0' ? S(language) : NIL, S(theme), I(operator_id)));
}
