#include "model/approval_private.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "model/edit.h"

enum { ASK };
static const struct query Q[] QUERIES = {
	[ASK] = { .sql =
		      "INSERT INTO approval (kind, sale_id, command_id, meter_id, meter_change_id,"
		      " payload, amount_fen, reason, asked_by, asked_at)"
		      " VALUES (?, NULLIF(?, 0), NULLIF(?, 0), NULLIF(?, 0), NULLIF(?, 0), ?, ?, ?, ?,"
		      " ?)" },
};

static const char *const names[APPROVAL_KINDS] = {
	[APPROVAL_REFUND] = "refund",
	[APPROVAL_REVERSAL] = "reversal",
	[APPROVAL_ADJUSTMENT] = "adjustment",
	[APPROVAL_HELD] = "held",
	[APPROVAL_EXPLAIN] = "explain",
	[APPROVAL_CHANGE] = "change",
	[APPROVAL_CLOSING] = "closing",
};

const char *
approval_kind_name(enum approval_kind kind)
{
	assert((size_t)kind < APPROVAL_KINDS);
	return names[kind];
}

enum approval_kind
approval_kind_find(const char *name)
{
	size_t kind = 0;

	while (kind < APPROVAL_KINDS && strcmp(names[kind], name) != 0)
		kind++;
	return (enum approval_kind)kind;
}

enum rc
approval_audit(struct db *db, const char *action, int64_t approval_id, enum approval_kind kind,
    const char *reason, const struct operator_actor *by)
{
	struct changes changes = { 0 };

	change_text(&changes, "approval", "", names[kind]);
	return edit_audit(db, by, action, "approval", approval_id, &changes,
	    reason != NULL && reason[0] != '\0' ? reason : NULL);
}

enum rc
approval_ask(struct db *db, const struct approval_ask *ask, int64_t *approval_id)
{
	enum rc rc = db_exec(db, &Q[ASK],
	    ARGS(S(names[ask->kind]), I(ask->sale_id), I(ask->command_id), I(ask->meter_id),
		I(ask->meter_change_id), S(ask->payload != NULL ? ask->payload : ""),
		I(ask->amount_fen), S(ask->reason), I(ask->by.operator_id), T(ask->by.now)));

	if (rc != RC_OK)
		return rc;
	*approval_id = db_last_id(db);
	return approval_audit(db, "approval.ask", *approval_id, ask->kind, ask->reason, &ask->by);
}
