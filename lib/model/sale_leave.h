/*
 * sale_leave.h - what closing and transfer share: a meter is emptied for good. Private to the
 * model.
 */
#ifndef VOLTILL_SALE_LEAVE_H
#define VOLTILL_SALE_LEAVE_H

#include "model/sale_private.h"

struct sale_leaving {
	const struct sale_asker *asker;
	int64_t account_id, meter_id;
	bool is_manual;
	int64_t manual_fen, manual_wh;
	const char *reason;
	struct sale_meter meter;
	struct sale_desk desk;
};
/* Locks the meter and checks what hinders: open orders, a stopped meter (not with manual figures),
 * a closed day, the reason. RC_INVALID: see faults. */
enum rc sale_leave_check(struct db *db, struct sale_leaving *leaving, struct faults *faults);
/* What is to be done once the document is written: an order, or everything at once. */
enum rc sale_leave(struct db *db, const struct sale_leaving *leaving, int64_t sale_id);

#endif
