/*
 * store_move.c - half hours of a meter that hangs on another bus by now.
 *
 * Whoever moves a meter raises the fence of all collectors in the same transaction: it waits for
 * the batch that is being stored, and the next batch finds a fence it does not know. From then on a
 * half hour counts only if its meter still hangs on the bus that read it. The new bus is defined
 * after the move was committed and so begins where the last half hour that was booked ended: no
 * interval is booked twice, and none is left out.
 */
#include "store_write.h"

enum { HOME };
static const struct query Q[] QUERIES = {
	[HOME] = { .sql = "SELECT bus_id FROM meter WHERE meter_id = ?", .bounded = "primary key" },
};

/* What the database says now; a meter that is gone hangs nowhere. */
static enum rc
ask_home(struct db *db, const struct writing *w, struct known_meter *meter)
{
	int64_t bus_id = 0;
	enum rc rc = db_int(db, &Q[HOME], ARGS(I(meter->meter_id)), &bus_id);

	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	meter->home_bus_id = (uint32_t)bus_id;
	meter->home_fence = w->fence;
	return RC_OK;
}

/* Asked once for each meter and fence, and once more when they differ: somebody may have moved it
 * by hand. */
static enum rc
is_at_home(struct db *db, const struct writing *w, const struct item *item, bool *is_home)
{
	struct known_meter *meter = known_meter(w->known, item->u.reading.meter_id);
	enum rc rc = RC_OK;

	if (meter->home_fence != w->fence || meter->home_bus_id != item->bus_id)
		rc = ask_home(db, w, meter);
	*is_home = meter->home_bus_id == item->bus_id;
	return rc;
}

enum rc
store_drop_moved(struct db *db, struct writing *w)
{
	size_t kept = 0;
	enum rc rc = RC_OK;

	for (size_t i = 0; i < w->item_count && rc == RC_OK; i++) {
		bool is_home = true;
		if (w->items[i]->kind == ITEM_READING)
			rc = is_at_home(db, w, w->items[i], &is_home);
		if (is_home)
			w->items[kept++] = w->items[i];
		else
			w->moved++;
	}
	if (rc == RC_OK)
		w->item_count = kept;
	return rc;
}
