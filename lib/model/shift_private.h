/*
 * shift_private.h - the row of a shift with its totals, as shift.c and shift_list.c select it.
 *
 * A shift's money is what the journals booked in it: cash of a channel, taken > 0. What counting
 * the drawer booked (kind shift) is no money of a customer and stays out.
 */
#ifndef VOLTILL_SHIFT_PRIVATE_H
#define VOLTILL_SHIFT_PRIVATE_H

#include "model/shift.h"

#define SHIFT_SUM(condition) "CAST(COALESCE(SUM(IF(" condition ", p.amount_fen, 0)), 0) AS SIGNED)"
#define SHIFT_CASH	     "j.kind <> 'shift' AND p.channel = 'cash'"
/* Of an open shift as it is now. */
#define SHIFT_EXPECTED	     "COALESCE(s.expected_fen, s.float_fen + " SHIFT_SUM(SHIFT_CASH) ")"
#define SHIFT_DOCUMENTS	     "(SELECT COUNT(*) FROM sale d WHERE d.shift_id = s.shift_id)"
#define SHIFT_CHANNELS                                                                                                                           \
	SHIFT_SUM(SHIFT_CASH)                                                                                                                    \
	", " SHIFT_SUM("j.kind <> 'shift' AND p.channel = 'transfer'") ", " SHIFT_SUM("j.kind <> 'shift' AND p.channel = 'pos'") ", " SHIFT_SUM( \
	    "j.kind <> 'shift' AND p.channel = 'qr'") ", " SHIFT_SUM("j.kind = 'purchase'") ", -" SHIFT_SUM("j.kind NOT IN ('purchase', 'shift')")

/* Ends with the tables; rows for shift_load. */
#define SHIFT_COLUMNS                                                                     \
	"s.shift_id, s.operator_id, o.display_name, s.opened_at, s.closed_at, s.biz_day," \
	" s.float_fen, " SHIFT_EXPECTED                                                   \
	", s.counted_fen, s.note, c.display_name, " SHIFT_DOCUMENTS ", " SHIFT_CHANNELS
#define SHIFT_JOINS                                                             \
	" JOIN operator o ON o.operator_id = s.operator_id"                     \
	" LEFT JOIN operator c ON c.operator_id = s.closed_by"                  \
	" LEFT JOIN posting p ON p.shift_id = s.shift_id AND p.ledger = 'cash'" \
	" LEFT JOIN journal j ON j.journal_id = p.journal_id "
#define SHIFT_SELECT "SELECT " SHIFT_COLUMNS " FROM shift s" SHIFT_JOINS
#define SHIFT_GROUP  " GROUP BY s.shift_id"

void shift_load(const struct rows *rows, struct arena *arena, struct shift *shift);

#endif
