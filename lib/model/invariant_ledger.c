/* Invariants of journals, documents and receipts. */
#include "model/invariant_private.h"

enum { I01, I02, I03, I04, I05, I08, I10, I23, I27, I31, I33, I35, I38 };

/* Sums of one ledger within a journal. */
#define SUM_OF(ledger) "COALESCE(SUM(IF(p.ledger = '" ledger "', p.amount_fen, 0)), 0)"
#define HAS(kind)      "COALESCE(SUM(j.kind = '" kind "'), 0)"
#define MISSING(table, key)                                                           \
	"LEFT JOIN " table " t ON t." key " = j." key " WHERE j." key " IS NOT NULL " \
	"AND t." key " IS NULL"

/* Texts are broken between words. */
/* clang-format off */
static const struct query Q[] QUERIES = {
	[I01] = { .sql = OFF_FROM
		"SELECT CONCAT('journal ', journal_id, ': sum ', SUM(amount_fen)) what FROM"
		" posting GROUP BY journal_id HAVING SUM(amount_fen) <> 0" OFF_END },
	[I02] = { .sql = OFF_FROM
		"SELECT CONCAT('journal ', j.journal_id, ': ', COUNT(p.line), ' postings')"
		" what FROM journal j LEFT JOIN posting p ON p.journal_id = j.journal_id"
		" GROUP BY j.journal_id HAVING COUNT(p.line) < 2" OFF_END },
	/* A payout of a purchase that was taken back is the whole amount; what a meter gave
	 * back of one is its energy alone, and the fees come out of the fees. */
	[I03] = { .sql = OFF_FROM
		"SELECT CONCAT('journal ', j.journal_id, ' (', j.kind, '): document ',"
		" s.sale_id, ' has ', s.amount_fen, ' / ', s.credit_fen) what, j.kind,"
		" s.amount_fen amount, s.credit_fen energy, " SUM_OF("cash") " cash, "
		SUM_OF("transit") " transit, " SUM_OF("credit") " credit, "
		SUM_OF("payable") " payable, " SUM_OF("fee") " fee, " SUM_OF("moving")
		" moving, " SUM_OF("suspense") " suspense FROM posting p STRAIGHT_JOIN"
		" journal j ON j.journal_id = p.journal_id STRAIGHT_JOIN sale s ON s.sale_id"
		" = j.sale_id GROUP BY p.journal_id HAVING CASE j.kind WHEN 'purchase' THEN"
		" cash <> amount OR transit <> -energy OR fee <> energy - amount WHEN"
		" 'delivery' THEN transit <> energy OR credit <> -energy WHEN 'deduction'"
		" THEN credit <> energy OR payable + fee <> -energy OR payable <> IF(energy <"
		" 0, -energy, -amount) WHEN 'payout' THEN payable <> IF(energy < 0, energy,"
		" amount) OR cash <> -payable WHEN 'reversal' THEN transit <> energy OR cash"
		" + payable <> -amount OR fee <> amount - energy WHEN 'move_out' THEN credit"
		" <> energy OR moving <> -energy WHEN 'move_in' THEN moving <> energy OR"
		" credit <> -energy WHEN 'adjustment' THEN suspense <> energy OR credit <>"
		" -energy ELSE TRUE END" OFF_END },
	[I04] = { .sql = OFF_FROM
		"SELECT CONCAT('operator ', operator_id, ' on ', biz_day, ', series ',"
		" series, ': ', COUNT(*), ' receipts from ', MIN(receipt_seq), ' to ',"
		" MAX(receipt_seq)) what FROM sale GROUP BY series, operator_id, biz_day"
		" HAVING MIN(receipt_seq) <> 1 OR MAX(receipt_seq) <> COUNT(*)" OFF_END },
	[I05] = { .sql = OFF_FROM
		"SELECT CONCAT('operator ', c.operator_id, ' on ', c.biz_day, ': counter ',"
		" c.last_seq) what FROM receipt_counter c WHERE c.last_seq <>"
		" COALESCE((SELECT MAX(s.receipt_seq) FROM sale s WHERE s.series = c.series"
		" AND s.operator_id = c.operator_id AND s.biz_day = c.biz_day), 0) UNION ALL"
		" SELECT CONCAT('operator ', s.operator_id, ' on ', s.biz_day, ': no"
		" counter') FROM (SELECT DISTINCT series, operator_id, biz_day FROM sale) s"
		" LEFT JOIN receipt_counter c ON c.series = s.series AND c.operator_id ="
		" s.operator_id AND c.biz_day = s.biz_day WHERE c.last_seq IS NULL" OFF_END },
	[I08] = { .sql = OFF_FROM
		"SELECT CONCAT('document ', r.sale_id, ' reverses ',"
		" COALESCE(r.reverses_sale_id, 'nothing')) what FROM sale r LEFT JOIN sale s"
		" ON s.sale_id = r.reverses_sale_id WHERE (r.kind = 'reversal' OR"
		" r.reverses_sale_id IS NOT NULL) AND (r.kind <> 'reversal' OR s.sale_id IS"
		" NULL OR s.kind <> 'purchase' OR s.sale_id >= r.sale_id OR s.created_at >"
		" r.created_at OR s.meter_id <> r.meter_id OR s.account_id <> r.account_id OR"
		" s.amount_fen <> r.amount_fen OR s.credit_fen <> r.credit_fen)" OFF_END },
	[I10] = { .sql = OFF_FROM
		"SELECT CONCAT('purchase ', s.sale_id, ' is ', s.state, ', its reversal ',"
		" COALESCE(CONCAT(r.sale_id, ' is ', r.state), 'is missing')) what FROM sale"
		" s LEFT JOIN sale r ON r.active_reverses = s.sale_id WHERE s.kind ="
		" 'purchase' AND s.state = 'cancelled' AND (r.sale_id IS NULL OR r.state NOT"
		" IN ('due', 'paid'))" OFF_END },
	[I23] = { .sql = OFF_FROM
		"SELECT CONCAT('account ', account_id, ', meter ', meter_id, ': ',"
		" SUM(transit), ' / ', SUM(credit), ' / ', SUM(payable), ' more than booked')"
		" what FROM (SELECT account_id, meter_id, transit_fen transit, credit_fen"
		" credit, payable_fen payable FROM ledger_balance UNION ALL SELECT"
		" account_id, meter_id, SUM(IF(ledger = 'transit', amount_fen, 0)),"
		" SUM(IF(ledger = 'credit', amount_fen, 0)), SUM(IF(ledger = 'payable',"
		" amount_fen, 0)) FROM posting WHERE ledger IN ('transit', 'credit',"
		" 'payable') GROUP BY account_id, meter_id) b GROUP BY account_id, meter_id"
		" HAVING SUM(transit) <> 0 OR SUM(credit) <> 0 OR SUM(payable) <> 0" OFF_END },
	/* Which journals a document has in each of its states. */
	[I27] = { .sql = OFF_FROM
		"SELECT CONCAT('document ', s.sale_id, ' (', s.kind, ', ', s.state, ') has ',"
		" COALESCE(GROUP_CONCAT(j.kind ORDER BY j.journal_id SEPARATOR ', '), 'no"
		" journal')) what, s.kind, s.state, s.credit_fen energy, COUNT(j.journal_id)"
		" n, " HAS("purchase") " purchase, " HAS("delivery") " delivery, "
		HAS("deduction") " deduction, " HAS("payout") " payout, " HAS("reversal")
		" reversal, " HAS("move_out") " move_out, " HAS("move_in") " move_in, "
		HAS("adjustment") " adjustment FROM sale s LEFT JOIN journal j ON j.sale_id ="
		" s.sale_id GROUP BY s.sale_id HAVING NOT CASE s.kind WHEN 'purchase' THEN"
		" purchase = 1 AND delivery = (s.state = 'delivered') AND n = purchase +"
		" delivery AND s.state IN ('booked', 'delivered', 'held', 'cancelled') WHEN"
		" 'refund' THEN deduction = (s.state IN ('due', 'paid') AND energy <> 0) AND"
		" payout = (s.state = 'paid' AND energy <> 0) AND n = deduction + payout WHEN"
		" 'closing' THEN deduction = (s.state IN ('due', 'paid') AND energy <> 0) AND"
		" payout = (s.state = 'paid' AND energy <> 0) AND n = deduction + payout WHEN"
		" 'reversal' THEN deduction + reversal = (s.state IN ('due', 'paid')) AND"
		" IF(reversal = 1, payout <= (s.state = 'paid'), payout = (s.state = 'paid'))"
		" AND n = deduction + reversal + payout WHEN 'transfer' THEN n = move_out +"
		" move_in AND move_in <= move_out AND move_out <= 1 AND IF(s.state ="
		" 'delivered', move_in = move_out AND move_out = (energy <> 0), move_in = 0)"
		" WHEN 'adjustment' THEN n = adjustment AND adjustment = (s.state ="
		" 'delivered') ELSE FALSE END" OFF_END },
	[I31] = { .sql = OFF_FROM
		"SELECT CONCAT('journal ', j.journal_id, ' (', j.kind, ') has ', p.ledger)"
		" what FROM journal j JOIN posting p ON p.journal_id = j.journal_id WHERE NOT"
		" FIND_IN_SET(p.ledger, CASE j.kind WHEN 'purchase' THEN 'cash,transit,fee'"
		" WHEN 'delivery' THEN 'transit,credit' WHEN 'deduction' THEN"
		" 'credit,payable,fee' WHEN 'payout' THEN 'payable,cash' WHEN 'reversal' THEN"
		" 'transit,fee,cash,payable' WHEN 'move_out' THEN 'credit,moving' WHEN"
		" 'move_in' THEN 'moving,credit' WHEN 'use' THEN 'credit,revenue,metering'"
		" WHEN 'opening' THEN 'opening,credit' WHEN 'adjustment' THEN"
		" 'suspense,credit' WHEN 'explained' THEN 'suspense,credit' WHEN 'shift' THEN"
		" 'cash,over_short' ELSE '' END)" OFF_END },
	[I33] = { .sql = OFF_FROM
		"SELECT CONCAT('document ', s.sale_id, ': lines sum to ',"
		" COALESCE(SUM(l.amount_fen), 0), ' of ', s.amount_fen) what, s.amount_fen"
		" amount, s.credit_fen energy, COALESCE(SUM(l.amount_fen), 0) total,"
		" COALESCE(SUM(IF(l.kind = 'energy', l.amount_fen, 0)), 0) sold FROM sale s"
		" LEFT JOIN sale_line l ON l.sale_id = s.sale_id WHERE s.kind = 'purchase'"
		" GROUP BY s.sale_id HAVING total <> amount OR sold <> energy" OFF_END },
	[I35] = { .sql = OFF_FROM
		"SELECT CONCAT('journal ', j.journal_id, ': no document ', j.sale_id) what"
		" FROM journal j " MISSING("sale", "sale_id") " UNION ALL SELECT"
		" CONCAT('journal ', j.journal_id, ': no command ', j.command_id) FROM"
		" journal j " MISSING("command", "command_id") " UNION ALL SELECT"
		" CONCAT('journals: no account ', j.account_id) FROM (SELECT DISTINCT"
		" account_id FROM journal) j " MISSING("account", "account_id") " UNION ALL"
		" SELECT CONCAT('postings: no account ', j.account_id) FROM (SELECT DISTINCT"
		" ledger, account_id, meter_id FROM posting) j "
		MISSING("account", "account_id") " UNION ALL SELECT CONCAT('postings: no"
		" meter ', j.meter_id) FROM (SELECT DISTINCT ledger, account_id, meter_id"
		" FROM posting) j " MISSING("meter", "meter_id") " UNION ALL SELECT"
		" CONCAT('postings: no shift ', j.shift_id) FROM (SELECT DISTINCT shift_id"
		" FROM posting) j " MISSING("shift", "shift_id") OFF_END },
	[I38] = { .sql = OFF_FROM
		"SELECT CONCAT('posting ', p.journal_id, '/', p.line, ' of ', p.ledger, '"
		" names ', CONCAT_WS(', ', IF(p.account_id IS NULL, NULL, 'an account'),"
		" IF(p.meter_id IS NULL, NULL, 'a meter'), IF(p.shift_id IS NULL, NULL, 'a"
		" shift'), IF(p.channel IS NULL, NULL, 'a channel'), IF(p.name = '', NULL, 'a"
		" name'))) what FROM posting p WHERE p.amount_fen = 0 OR (p.channel IS NOT"
		" NULL) <> (p.ledger = 'cash') OR (p.name <> '') <> (p.ledger = 'fee') OR"
		" (p.shift_id IS NULL AND (p.ledger = 'over_short' OR p.channel = 'cash')) OR"
		" (p.account_id IS NULL AND p.ledger NOT IN ('cash', 'fee', 'over_short')) OR"
		" (p.meter_id IS NULL AND p.ledger NOT IN ('cash', 'fee', 'moving',"
		" 'over_short'))" OFF_END },
};
/* clang-format on */

const struct invariant_rule invariant_ledger[] = {
	{ { "I01", "the postings of a journal sum to zero" }, &Q[I01] },
	{ { "I02", "a journal has two postings or more" }, &Q[I02] },
	{ { "I03", "a document's journals have its amounts" }, &Q[I03] },
	{ { "I04", "receipts run from 1 without a gap" }, &Q[I04] },
	{ { "I05", "the receipt counter is the last number" }, &Q[I05] },
	{ { "I08", "a reversal is of an earlier purchase, with its amounts" }, &Q[I08] },
	{ { "I10", "a cancelled purchase was reversed" }, &Q[I10] },
	{ { "I23", "balances are what the postings say" }, &Q[I23] },
	{ { "I27", "a document has the journals of its state" }, &Q[I27] },
	{ { "I31", "a journal has the ledgers of its kind" }, &Q[I31] },
	{ { "I33", "the lines of a purchase sum up" }, &Q[I33] },
	{ { "I35", "what journals name exists" }, &Q[I35] },
	{ { "I38", "a posting names what its ledger is kept by" }, &Q[I38] },
	{ { NULL, NULL } },
};
