/* Typed figures of a dead meter, and the second person. */
#include "model/meter_change_private.h"

#include <string.h>

#include "model/edit.h"

enum { ACTOR, APPROVED };
static const struct query Q[] QUERIES = {
	[ACTOR] = { .sql = "SELECT username FROM operator WHERE operator_id = ?",
	    .bounded = "primary key" },
	[APPROVED] = { .sql = "UPDATE meter_change SET sale_id = ?, second_by = ?"
			      " WHERE meter_change_id = ?" },
};

/* The document is that of who asked; nothing is sent, the money lies between the meters at once. */
static enum rc
transfer(struct db *db, struct change_stored *change, const char *actor, const char *reason,
    const struct operator_actor *by, struct faults *faults)
{
	struct transfer_wish wish = {
		.asker.by = { change->began_by, actor, by->address, by->now },
		.account_id = change->account_id,
		.meter_id = change->old_meter_id,
		.is_manual = true,
		.manual_fen = change->old_fen,
		.manual_wh = change->old_wh,
		.second_by = by->operator_id,
		.reason = reason,
	};
	int64_t sale_id;

	memcpy(wish.asker.request_key, change->request_key, SALE_KEY);
	enum rc rc = sale_transfer(db, &wish, faults, &sale_id);
	if (rc == RC_OK)
		rc = db_exec(
		    db, &Q[APPROVED], ARGS(I(sale_id), I(by->operator_id), I(change->change_id)));
	return rc == RC_OK ? change_move(db, change, CHANGE_CLEARED, by->now) : rc;
}

enum rc
meter_change_approve(struct db *db, int64_t change_id, const char *reason,
    const struct operator_actor *by, struct faults *faults)
{
	struct arena *arena = arena_new();
	struct change_stored change;
	const char *actor;
	enum rc rc = change_lock(db, change_id, &change);

	if (rc == RC_OK && change.state != CHANGE_ASKED)
		rc = RC_CONFLICT;
	if (rc == RC_OK)
		rc = db_text(db, &Q[ACTOR], ARGS(I(change.began_by)), arena, &actor);
	if (rc == RC_OK)
		rc = transfer(db, &change, actor, reason, by, faults);
	arena_free(arena);
	return rc;
}

enum rc
meter_change_refuse(struct db *db, int64_t change_id, int64_t now)
{
	struct change_stored change;
	enum rc rc = change_lock(db, change_id, &change);

	if (rc == RC_OK && change.state != CHANGE_ASKED)
		rc = RC_CONFLICT;
	return rc == RC_OK ? change_move(db, &change, CHANGE_CANCELLED, now) : rc;
}
