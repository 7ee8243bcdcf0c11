/* Typed figures of a dead meter, and the second person. */
#include <string.h>

#include "model/account_close.h"
#include "model/meter_orders.h"
#include "model/request_key.h"

enum { ACTOR };
static const struct query Q[] QUERIES = {
	[ACTOR] = { .sql = "SELECT username FROM operator WHERE operator_id = ?",
	    .bounded = "primary key" },
};

enum rc
account_close_approve(struct db *db, const struct leave_figures *figures,
    const struct operator_actor *by, struct faults *faults)
{
	struct arena *arena = arena_new();
	struct closing_wish closing = { .account_id = figures->account_id,
		.meter_id = figures->meter_id,
		.channel = CHANNEL_CASH,
		.is_manual = true,
		.manual_fen = figures->credit_fen,
		.manual_wh = figures->energy_wh,
		.second_by = by->operator_id,
		.reason = figures->reason };
	unsigned char seed[SALE_KEY] = { 0 };
	int64_t sale_id;
	const char *actor;
	enum rc rc = db_text(db, &Q[ACTOR], ARGS(I(figures->asked_by)), arena, &actor);

	closing.asker.by =
	    (struct operator_actor){ figures->asked_by, actor, by->address, by->now };
	(void)memcpy(seed, &figures->approval_id, sizeof(figures->approval_id));
	request_key_derive(seed, "approval of a closing", closing.asker.request_key);
	if (rc == RC_OK)
		rc = sale_close_meter(db, &closing, faults, &sale_id);
	arena_free(arena);
	return rc;
}
