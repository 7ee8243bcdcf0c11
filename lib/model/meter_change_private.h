/*
 * meter_change_private.h - what the files behind meter_change.h share.
 */
#ifndef VOLTILL_METER_CHANGE_PRIVATE_H
#define VOLTILL_METER_CHANGE_PRIVATE_H

#include "model/meter_change.h"

/* The row itself, locked. */
struct change_stored {
	int64_t change_id, account_id, old_meter_id, new_meter_id, sale_id, began_by;
	unsigned char request_key[SALE_KEY];
	enum change_kind kind;
	enum change_state state;
	bool is_manual;
	char new_number[METER_NUMBER_MAX + 1];
	int64_t old_fen, old_wh; /* of typed figures from the beginning */
};
enum rc change_lock(struct db *db, int64_t change_id, struct change_stored *change);

/* RC_CONFLICT: it is in another state by now. */
enum rc change_move(struct db *db, struct change_stored *change, enum change_state to, int64_t now);

#endif
