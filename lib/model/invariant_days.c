/* Invariants of use, readings, shifts and days. */
#include "model/invariant_private.h"

#include "base/clock.h"

enum { I16, I21, I24, I28, I32, I36, I37 };

/* Texts are broken between words. */
/* clang-format off */
static const struct query Q[] QUERIES = {
	/* Within the days of the last month, and from one to the next. */
	[I16] = { .sql = OFF_FROM
		"SELECT CONCAT('meter ', d.meter_id, ' on ', d.day, ': ', COALESCE(b.last_wh,"
		" d.first_wh), ' … ', d.first_wh, ' … ', d.last_wh, ' Wh, used ', d.used_wh)"
		" what FROM energy_day d LEFT JOIN energy_day b ON b.meter_id = d.meter_id"
		" AND b.day = d.day - INTERVAL 1 DAY WHERE d.day >= DATE(?) AND (d.used_wh <"
		" 0 OR d.last_wh < d.first_wh OR d.first_wh < b.last_wh) AND NOT EXISTS"
		" (SELECT 1 FROM reading r WHERE r.meter_id = d.meter_id AND r.quality & 1 <>"
		" 0 AND r.taken_at >= COALESCE(b.last_at, d.first_at) AND r.taken_at <="
		" d.last_at)" OFF_END },
	[I21] = { .sql = OFF_FROM
		"SELECT CONCAT('document ', sale_id, ' of ', created_at, ', day ', biz_day)"
		" what FROM sale WHERE created_at > ? OR ABS(DATEDIFF(biz_day, created_at)) >"
		" 1 UNION ALL SELECT CONCAT('journal ', journal_id, ' of ', at, ', day ',"
		" biz_day) FROM journal WHERE at > ? OR ABS(DATEDIFF(biz_day, at)) > 1 UNION"
		" ALL SELECT CONCAT('audit ', audit_id, ' of ', at) FROM audit WHERE at > ?"
		" UNION ALL SELECT CONCAT('meter ', meter_id, ' was read ', read_at) FROM"
		" meter_state WHERE read_at > ? UNION ALL SELECT CONCAT('shift ', shift_id, '"
		" of ', opened_at) FROM shift WHERE opened_at > ? UNION ALL SELECT"
		" CONCAT('epoch ', meter_epoch_id, ' of ', began_at) FROM meter_epoch WHERE"
		" began_at > ? OR ended_at < began_at" OFF_END },
	[I24] = { .sql = OFF_FROM
		"SELECT CONCAT('meter ', c.meter_id, ' on ', c.day, ': ', c.opening_fen, ' +"
		" ', c.credited_fen, ' - ', c.deducted_fen, ' - ', c.charge_fen, ' + ',"
		" c.difference_fen, ' = ', c.closing_fen, ' after ', COALESCE(b.closing_fen,"
		" e.base_credit_fen)) what FROM charge_day c LEFT JOIN charge_day b ON"
		" b.meter_epoch_id = c.meter_epoch_id AND b.day = c.day - INTERVAL 1 DAY LEFT"
		" JOIN meter_epoch e ON e.meter_epoch_id = c.meter_epoch_id WHERE"
		" e.meter_epoch_id IS NULL OR e.meter_id <> c.meter_id OR e.account_id <>"
		" c.account_id OR c.charge_fen < 0 OR c.opening_fen <>"
		" COALESCE(b.closing_fen, e.base_credit_fen) OR c.opening_fen +"
		" c.credited_fen - c.deducted_fen - c.charge_fen + c.difference_fen <>"
		" c.closing_fen OR (b.day IS NULL AND EXISTS (SELECT 1 FROM charge_day x"
		" WHERE x.meter_epoch_id = c.meter_epoch_id AND x.day < c.day))" OFF_END },
	/* What was booked at the closing stands against over_short. */
	[I28] = { .sql = OFF_FROM
		"SELECT CONCAT('shift ', s.shift_id, ': ', s.float_fen, ' and ', c.cash +"
		" c.short, ' are not ', s.expected_fen, ', counted ', s.counted_fen, ',"
		" booked ', -c.short) what FROM shift s JOIN (SELECT t.shift_id,"
		" COALESCE(SUM(IF(p.ledger = 'cash' AND p.channel = 'cash', p.amount_fen,"
		" 0)), 0) cash, COALESCE(SUM(IF(p.ledger = 'over_short', p.amount_fen, 0)),"
		" 0) short FROM shift t LEFT JOIN posting p ON p.shift_id = t.shift_id GROUP"
		" BY t.shift_id) c ON c.shift_id = s.shift_id WHERE s.closed_at IS NOT NULL"
		" AND (s.float_fen + c.cash + c.short <> COALESCE(s.expected_fen, -1) OR"
		" s.counted_fen - s.expected_fen <> -c.short OR s.counted_fen IS NULL) UNION"
		" ALL SELECT CONCAT('shift ', s.shift_id, ': ',"
		" COALESCE(SUM(n.denomination_fen * n.pieces), 0), ' in pieces are not ',"
		" s.counted_fen) FROM shift s LEFT JOIN shift_count n ON n.shift_id ="
		" s.shift_id WHERE s.closed_at IS NOT NULL GROUP BY s.shift_id HAVING"
		" COALESCE(SUM(n.denomination_fen * n.pieces), 0) <> MAX(s.counted_fen) UNION"
		" ALL SELECT CONCAT('journal ', j.journal_id, ' of ', j.at, ' is not within"
		" shift ', s.shift_id) FROM journal j JOIN shift s ON s.shift_id = j.shift_id"
		" WHERE j.at < s.opened_at OR j.at > s.closed_at UNION ALL SELECT"
		" CONCAT('document ', d.sale_id, ' of operator ', d.operator_id, ' in shift"
		" ', s.shift_id) FROM sale d JOIN shift s ON s.shift_id = d.shift_id WHERE"
		" d.operator_id <> s.operator_id" OFF_END },
	[I32] = { .sql = OFF_FROM
		"SELECT CONCAT('document ', s.sale_id, ' of ', s.created_at, ' on the closed"
		" day ', s.biz_day) what FROM business_day b JOIN sale s ON s.biz_day = b.day"
		" WHERE s.created_at > b.closed_at UNION ALL SELECT CONCAT('shift ',"
		" s.shift_id, ' is open on the closed day ', b.day) FROM business_day b JOIN"
		" shift s ON s.biz_day <= b.day WHERE b.closed_at IS NOT NULL AND"
		" (s.closed_at IS NULL OR s.closed_at > b.closed_at) UNION ALL SELECT"
		" CONCAT('document ', s.sale_id, ' is on ', s.biz_day, ', which never began')"
		" FROM sale s LEFT JOIN business_day b ON b.day = s.biz_day WHERE b.day IS"
		" NULL" OFF_END },
	[I36] = { .sql = OFF_FROM
		"SELECT CONCAT('meter ', c.meter_id, ' on ', c.day, ': journal ',"
		" COALESCE(c.journal_id, 'none'), ' has ', COALESCE(SUM(IF(p.ledger ="
		" 'revenue', p.amount_fen, 0)), 0), ' / ', COALESCE(SUM(IF(p.ledger ="
		" 'metering', p.amount_fen, 0)), 0)) what, c.charge_fen charge,"
		" c.difference_fen difference, c.journal_id booked, COALESCE(SUM(p.account_id"
		" <> c.account_id OR p.meter_id <> c.meter_id), 0) foreign_ones,"
		" COALESCE(SUM(IF(p.ledger = 'credit', p.amount_fen, 0)), 0) credit,"
		" COALESCE(SUM(IF(p.ledger = 'revenue', p.amount_fen, 0)), 0) revenue,"
		" COALESCE(SUM(IF(p.ledger = 'metering', p.amount_fen, 0)), 0) metering FROM"
		" charge_day c LEFT JOIN posting p ON p.journal_id = c.journal_id GROUP BY"
		" c.meter_epoch_id, c.day HAVING revenue <> -charge OR metering <> difference"
		" OR credit <> charge - difference OR foreign_ones > 0 OR booked IS NULL <>"
		" (charge = 0 AND difference = 0) UNION ALL SELECT CONCAT('journal ',"
		" j.journal_id, ' books no day'), 0, 0, 0, 0, 0, 0, 0 FROM journal j LEFT"
		" JOIN charge_day c ON c.journal_id = j.journal_id WHERE j.kind = 'use' AND"
		" c.journal_id IS NULL" OFF_END },
	/* What lies in a meter by the ledger is its last closing, what was delivered with a
	 * later count, and what was adopted later. Where no epoch lives nothing is left. */
	[I37] = { .sql = OFF_FROM
		"SELECT CONCAT('account ', b.account_id, ', meter ', b.meter_id, ': ledger ',"
		" b.credit_fen, ', closing ', COALESCE(l.closing_fen, l.base_credit_fen, 0),"
		" ', delivered since ', COALESCE(l.moved, 0)) what FROM ledger_balance b LEFT"
		" JOIN (SELECT e.account_id, e.meter_id, e.base_credit_fen, c.closing_fen,"
		" (SELECT COALESCE(SUM(IF(d.kind = 'credit', d.amount_fen, -d.amount_fen)),"
		" 0) FROM delivery d WHERE d.meter_epoch_id = e.meter_epoch_id AND d.state ="
		" 'done' AND (d.want_count + 65536 - COALESCE(c.closing_count, e.base_count))"
		" % 65536 BETWEEN 1 AND 32767) + (SELECT COALESCE(-SUM(p.amount_fen), 0) FROM"
		" journal j JOIN posting p ON p.journal_id = j.journal_id WHERE j.account_id"
		" = e.account_id AND j.kind = 'explained' AND p.ledger = 'credit' AND"
		" p.meter_id = e.meter_id AND j.at > COALESCE(c.closing_at, e.began_at))"
		" moved FROM meter_epoch e JOIN meter m ON m.meter_id = e.meter_id LEFT JOIN"
		" charge_day c ON c.meter_epoch_id = e.meter_epoch_id AND c.day = (SELECT"
		" MAX(x.day) FROM charge_day x WHERE x.meter_epoch_id = e.meter_epoch_id)"
		" WHERE e.active_meter IS NOT NULL AND m.credit_mode = 'meter') l ON"
		" l.account_id = b.account_id AND l.meter_id = b.meter_id JOIN meter m ON"
		" m.meter_id = b.meter_id WHERE m.credit_mode = 'meter' AND b.credit_fen <>"
		" COALESCE(l.closing_fen, l.base_credit_fen, 0) + COALESCE(l.moved, 0)" OFF_END },
};
/* clang-format on */

/* A clock that is a little fast is no fault. */
#define SOON (5 * CLOCK_MINUTE)

const struct invariant_rule invariant_days[] = {
	{ { "I16", "readings never go back" }, &Q[I16], { -31 * 24 * CLOCK_HOUR }, 1 },
	{ { "I21", "nothing lies in the"
		   " future" },
	    &Q[I21], { SOON, SOON, SOON, SOON, SOON, SOON }, 6 },
	{ { "I24", "days of use follow each other and add up" }, &Q[I24] },
	{ { "I28", "a shift's cash is what was taken and given" }, &Q[I28] },
	{ { "I32", "a closed day stays closed" }, &Q[I32] },
	{ { "I36", "a day's use is booked as it says" }, &Q[I36] },
	{ { "I37", "credit booked is the last closing and what came since" }, &Q[I37] },
	{ { NULL, NULL } },
};
