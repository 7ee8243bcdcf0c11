/* POST /settings/places/{id}/up and …/down: the order among siblings, without script. */
#include "edit.h"
#include "place.h"

struct shift {
	int64_t place_id;
	int direction;
	struct operator_actor by;
};

static enum rc
save(struct db *db, void *context)
{
	const struct shift *shift = context;

	return place_shift(db, shift->place_id, shift->direction, &shift->by);
}

static enum rc
move(struct req *r, int direction)
{
	struct place_list all;
	const struct place_item *item;
	struct shift shift = { .place_id = r->id, .direction = direction, .by = editor(r) };
	enum rc rc = place_find(r, &all, &item);

	if (rc == RC_OK)
		rc = edit_save(r, save, &shift);
	if (rc != RC_OK)
		return rc;
	if (item->row.parent_id == 0)
		return redirect(r, "/settings/places#place-%lld", (long long)r->id);
	return redirect(r, "/settings/places/%lld#place-%lld", (long long)item->row.parent_id,
	    (long long)r->id);
}

enum rc
place_up(struct req *r)
{
	return move(r, -1);
}

enum rc
place_down(struct req *r)
{
	return move(r, 1);
}
