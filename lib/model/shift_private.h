/*
 * shift_private.h - the row of a shift with its totals, as shift.c and shift_list.c select it.
 *
 * A shift's money is what the journals booked in it: cash of a channel, taken > 0. What counting
 * the drawer booked (kind shift) is no money of a customer and stays out.
 */
#ifndef VOLTILL_SHIFT_PRIVATE_H
#define VOLTILL_SHIFT_PRIVATE_H

#include "model/shift.h"

/* clang-format off: it breaks texts in the middle of a word */
#define SHIFT_SUM(condition) "CAST(COALESCE(SUM(IF(" condition ", p.amount_fen, 0)), 0) AS SIGNED)"
#define SHIFT_CHANNEL(name)  SHIFT_SUM("j.kind <> 'shift' AND p.channel = '" name "'")
#define SHIFT_PURCHASES	     SHIFT_SUM("j.kind = 'purchase'")
#define SHIFT_PAYOUTS	     "-" SHIFT_SUM("j.kind NOT IN ('purchase', 'shift')")
/* Of an open shift as it is now. */
#define SHIFT_EXPECTED	     "COALESCE(s.expected_fen, s.float_fen + " SHIFT_CHANNEL("cash") ")"
#define SHIFT_DOCUMENTS	     "(SELECT COUNT(*) FROM sale d WHERE d.shift_id = s.shift_id)"

/* Rows for shift_load. */
#define SHIFT_COLUMNS                                                                     \
	"s.shift_id, s.operator_id, o.display_name, s.opened_at, s.closed_at, s.biz_day," \
	" s.float_fen, " SHIFT_EXPECTED                                                   \
	", s.counted_fen, s.note, c.display_name, " SHIFT_DOCUMENTS                       \
	", " SHIFT_CHANNEL("cash") ", " SHIFT_CHANNEL("transfer") ", " SHIFT_CHANNEL(     \
	    "pos") ", " SHIFT_CHANNEL("qr") ", " SHIFT_PURCHASES ", " SHIFT_PAYOUTS
#define SHIFT_JOINS                                                             \
	" JOIN operator o ON o.operator_id = s.operator_id"                     \
	" LEFT JOIN operator c ON c.operator_id = s.closed_by"                  \
	" LEFT JOIN posting p ON p.shift_id = s.shift_id AND p.ledger = 'cash'" \
	" LEFT JOIN journal j ON j.journal_id = p.journal_id "
#define SHIFT_SELECT "SELECT " SHIFT_COLUMNS " FROM shift s" SHIFT_JOINS
#define SHIFT_GROUP  " GROUP BY s.shift_id"
/* clang-format on */

void shift_load(const struct rows *rows, struct arena *arena, struct shift *shift);

#endif
