/* Invariants of money orders, epochs and what the meters say. */
#include "model/invariant_private.h"

#include "base/clock.h"

enum { I06, I07, I09, I11, I12, I13, I14, I15, I17, I22, I26, I29, I34 };

/* How far a count is from another, on a register of 16 bits. */
#define AFTER(count, from) "((" count " + 65536 - " from ") % 65536)"
/* Two persons adopted what the meter of epoch e showed: its counts need not follow each other. */
#define ADOPTED                                                                      \
	"EXISTS (SELECT 1 FROM approval a WHERE a.kind = 'explain' AND a.outcome = " \
	"'approved' AND a.meter_id = e.meter_id AND a.decided_at >= e.began_at AND " \
	"(e.ended_at IS NULL OR a.decided_at <= e.ended_at))"
/* Kinds of journal that an order of a kind is booked as. */
#define BOOKED_AS "j.kind IN ('delivery', 'deduction', 'move_out', 'move_in', 'adjustment')"
#define SIGNED	  "IF(d.kind = 'credit', d.amount_fen, -d.amount_fen)"

/* Texts are broken between words. */
/* clang-format off */
static const struct query Q[] QUERIES = {
	/* A meter that was dead gave its figures to two persons, and got no order. */
	[I06] = { .sql = OFF_FROM
		"SELECT CONCAT('document ', s.sale_id, ' (', s.kind, ', ', s.state, ') has no"
		" order') what FROM sale s JOIN meter m ON m.meter_id = s.meter_id LEFT JOIN"
		" delivery d ON d.sale_id = s.sale_id WHERE d.sale_id IS NULL AND"
		" m.credit_mode = 'meter' AND CASE WHEN s.kind IN ('purchase', 'adjustment')"
		" THEN s.state IN ('booked', 'delivered', 'held', 'failed') WHEN s.kind ="
		" 'refund' THEN s.state IN ('booked', 'held', 'failed', 'due', 'paid') WHEN"
		" s.kind = 'reversal' THEN s.state IN ('booked', 'held', 'failed') ELSE"
		" s.state IN ('booked', 'held') AND NOT EXISTS (SELECT 1 FROM meter_change c"
		" WHERE c.sale_id = s.sale_id AND c.is_manual) END" OFF_END },
	[I07] = { .sql = OFF_FROM
		"SELECT CONCAT('order ', d.command_id, ': ', d.kind, ' ', d.amount_fen, ' of"
		" document ', s.sale_id, ' with ', s.credit_fen) what FROM delivery d JOIN"
		" sale s ON s.sale_id = d.sale_id WHERE d.amount_fen <> CASE WHEN d.kind ="
		" 'clear' THEN IF(d.state = 'done', s.credit_fen, 0) ELSE ABS(s.credit_fen)"
		" END OR (d.kind = 'credit') <> (s.credit_fen > 0 AND (s.kind IN ('purchase',"
		" 'adjustment') OR (s.kind = 'transfer' AND d.leg = 2)))" OFF_END },
	[I09] = { .sql = OFF_FROM
		"SELECT CONCAT('purchase ', s.sale_id, ' is cancelled, its order ',"
		" d.command_id, ' is ', d.state) what FROM sale s JOIN delivery d ON"
		" d.sale_id = s.sale_id WHERE s.kind = 'purchase' AND s.state = 'cancelled'"
		" AND d.state NOT IN ('cancelled', 'failed') UNION ALL SELECT"
		" CONCAT('reversal ', r.sale_id, ' of delivered purchase ', s.sale_id, ' took"
		" nothing out of the meter') FROM sale r JOIN sale s ON s.sale_id ="
		" r.reverses_sale_id WHERE r.state IN ('due', 'paid') AND s.state <>"
		" 'cancelled' AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.sale_id ="
		" r.sale_id AND j.kind = 'deduction')" OFF_END },
	[I11] = { .sql = OFF_FROM
		"SELECT CONCAT('epoch ', e.meter_epoch_id, ' of meter ', e.meter_id, ':"
		" counts ', e.base_count, ' … ', e.last_count, ', ', d.done, ' done, ',"
		" d.first, ' … ', d.last, ' after the base') what FROM (SELECT"
		" d.meter_epoch_id, SUM(d.state = 'done') done, MIN(IF(d.state = 'done', "
		AFTER("d.want_count", "e.base_count") ", NULL)) first, MAX(IF(d.state ="
		" 'done', " AFTER("d.want_count", "e.base_count") ", NULL)) last,"
		" MAX(IF(d.state = 'sent', " AFTER("d.want_count", "e.last_count") ", NULL))"
		" next FROM delivery d JOIN meter_epoch e ON e.meter_epoch_id ="
		" d.meter_epoch_id WHERE d.state IN ('done', 'sent') GROUP BY"
		" d.meter_epoch_id) d JOIN meter_epoch e ON e.meter_epoch_id ="
		" d.meter_epoch_id WHERE d.next <> 1 OR ((d.first <> 1 OR d.last <> d.done)"
		" AND NOT " ADOPTED ")" OFF_END },
	[I12] = { .sql = OFF_FROM
		"SELECT CONCAT('order ', command_id, ' is ', state, ' without ', CONCAT_WS(',"
		" ', IF(want_count IS NULL, 'a count', NULL), IF(intent_at IS NULL, 'an"
		" intent', NULL), IF(sends = 0, 'a send', NULL), IF(before_fen IS NULL, 'what"
		" was before', NULL))) what FROM delivery WHERE (want_count IS NULL AND state"
		" IN ('sent', 'done')) OR ((state = 'sent' OR (state = 'done' AND resolved_as"
		" IS NULL) OR (state = 'held' AND want_count IS NOT NULL)) AND (want_count IS"
		" NULL OR intent_at IS NULL OR sends = 0 OR sent_at IS NULL OR before_fen IS"
		" NULL)) OR (state IN ('queued', 'cancelled') AND sends > 0)" OFF_END },
	/* Only while nothing is on its way, and by an answer that is newer than the ledger's
	 * figures. */
	[I13] = { .sql = OFF_FROM
		"SELECT CONCAT('meter ', e.meter_id, ' shows ', s.purchase_count, ' purchases"
		" and ', s.credit_fen, ' after ', e.last_count, ' and ', e.last_credit_fen)"
		" what FROM meter_epoch e JOIN meter m ON m.meter_id = e.meter_id JOIN"
		" meter_state s ON s.meter_id = e.meter_id WHERE e.active_meter IS NOT NULL"
		" AND e.flight_count IS NULL AND m.credit_mode = 'meter' AND s.read_at >"
		" e.changed_at AND s.quality & 142 = 0 AND (s.purchase_count <> e.last_count"
		" OR s.credit_fen > e.last_credit_fen) AND NOT EXISTS (SELECT 1 FROM delivery"
		" d WHERE d.meter_id = e.meter_id AND d.state IN ('sent', 'held'))" OFF_END },
	[I14] = { .sql = OFF_FROM
		"SELECT CONCAT('order ', d.command_id, ' (', d.kind, ', ', d.state, ') is"
		" booked ', COUNT(j.journal_id), ' times') what, d.state, d.kind,"
		" d.amount_fen amount, COUNT(j.journal_id) n, COALESCE(SUM(IF(d.kind ="
		" 'credit', j.kind IN ('deduction', 'move_out'), j.kind = 'delivery')), 0)"
		" wrong FROM delivery d LEFT JOIN journal j ON j.command_id = d.command_id"
		" AND " BOOKED_AS " GROUP BY d.command_id HAVING n <> (d.state = 'done' AND"
		" amount <> 0) OR wrong > 0 UNION ALL SELECT CONCAT('journal ', j.journal_id,"
		" ': ', j.command_id, ' is no money order'), 0, 0, 0, 0, 0 FROM journal j"
		" LEFT JOIN delivery d ON d.command_id = j.command_id WHERE j.command_id IS"
		" NOT NULL AND d.command_id IS NULL" OFF_END },
	[I15] = { .sql = OFF_FROM
		"SELECT CONCAT('account ', account_id, ', meter ', meter_id, ': ',"
		" SUM(moved), ' more booked than moved') what FROM (SELECT p.account_id,"
		" p.meter_id, -SUM(p.amount_fen) moved FROM posting p JOIN journal j ON"
		" j.journal_id = p.journal_id WHERE p.ledger = 'credit' AND (j.kind ="
		" 'opening' OR j.command_id IS NOT NULL) GROUP BY p.account_id, p.meter_id"
		" UNION ALL SELECT e.account_id, e.meter_id, -e.base_credit_fen FROM"
		" meter_epoch e UNION ALL SELECT e.account_id, e.meter_id, -SUM(" SIGNED ")"
		" FROM delivery d JOIN meter_epoch e ON e.meter_epoch_id = d.meter_epoch_id"
		" WHERE d.state = 'done' GROUP BY e.account_id, e.meter_id) b GROUP BY"
		" account_id, meter_id HAVING SUM(moved) <> 0" OFF_END },
	[I17] = { .sql = OFF_FROM
		"SELECT CONCAT('meter ', meter_id, ': ', COUNT(*), ' orders are sent') what"
		" FROM delivery WHERE state = 'sent' GROUP BY meter_id HAVING COUNT(*) > 1"
		" UNION ALL SELECT CONCAT('meter ', e.meter_id, ': count ', e.flight_count, '"
		" is in flight without an order') FROM meter_epoch e WHERE e.flight_count IS"
		" NOT NULL AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.meter_epoch_id ="
		" e.meter_epoch_id AND d.active_count = e.flight_count AND d.state IN"
		" ('sent', 'held')) UNION ALL SELECT CONCAT('order ', d.command_id, ' is"
		" sent, and its epoch knows nothing of it') FROM delivery d JOIN meter_epoch"
		" e ON e.meter_epoch_id = d.meter_epoch_id WHERE d.state = 'sent' AND"
		" (e.ended_at IS NOT NULL OR e.flight_count IS NULL OR e.flight_count <>"
		" d.want_count)" OFF_END },
	/* What waits for a meter that does not answer is told by the alarm of that meter. */
	[I22] = { .sql = OFF_FROM
		"SELECT CONCAT('order ', d.command_id, ' for meter ', d.meter_id, ' is ',"
		" d.state, ' since ', c.created_at) what FROM delivery d JOIN command c ON"
		" c.command_id = d.command_id LEFT JOIN meter_link l ON l.meter_id ="
		" d.meter_id WHERE d.state IN ('queued', 'sent', 'held') AND c.created_at < ?"
		" AND (d.state <> 'queued' OR l.lost_since IS NULL) UNION ALL SELECT"
		" CONCAT('meter change ', meter_change_id, ' is ', state, ' since ',"
		" began_at) FROM meter_change WHERE state NOT IN ('done', 'cancelled') AND"
		" began_at < ?" OFF_END },
	[I26] = { .sql = OFF_FROM
		"SELECT CONCAT('epoch ', e.meter_epoch_id, ' of meter ', e.meter_id, ': ',"
		" e.base_count, ' and ', COALESCE(d.done, 0), ' orders are not ',"
		" e.last_count) what FROM meter_epoch e JOIN meter m ON m.meter_id ="
		" e.meter_id LEFT JOIN (SELECT meter_epoch_id, COUNT(*) done, MAX(want_count)"
		" highest FROM delivery WHERE state = 'done' GROUP BY meter_epoch_id) d ON"
		" d.meter_epoch_id = e.meter_epoch_id WHERE (e.base_count + COALESCE(d.done,"
		" 0)) % 65536 <> e.last_count AND NOT " ADOPTED OFF_END },
	[I29] = { .sql = OFF_FROM
		"SELECT CONCAT('command ', c.command_id, ' (', c.kind, ', ', c.state, '),"
		" delivery (', COALESCE(d.kind, 'none'), ', ', COALESCE(d.state, 'none'),"
		" ')') what FROM command c LEFT JOIN delivery d ON d.command_id ="
		" c.command_id WHERE c.kind IN ('credit', 'deduct', 'clear') AND"
		" (d.command_id IS NULL OR d.kind <> c.kind OR d.meter_id <> c.meter_id OR"
		" NOT CASE c.state WHEN 'queued' THEN d.state IN ('queued', 'sent') WHEN"
		" 'taken' THEN d.state IN ('queued', 'sent') WHEN 'confirmed' THEN d.state ="
		" 'done' WHEN 'failed' THEN d.state = 'failed' WHEN 'cancelled' THEN d.state"
		" = 'cancelled' ELSE d.state = 'held' END) UNION ALL SELECT CONCAT('delivery"
		" ', d.command_id, ' (', d.kind, ') has a command ', c.kind) FROM delivery d"
		" JOIN command c ON c.command_id = d.command_id WHERE c.kind NOT IN"
		" ('credit', 'deduct', 'clear')" OFF_END },
	[I34] = { .sql = OFF_FROM
		"SELECT CONCAT('epoch ', e.meter_epoch_id, ': meter ', e.meter_id, ' is not"
		" with account ', e.account_id) what FROM meter_epoch e LEFT JOIN"
		" account_meter a ON a.active_meter = e.meter_id WHERE e.ended_at IS NULL AND"
		" (a.account_id IS NULL OR a.account_id <> e.account_id) UNION ALL SELECT"
		" CONCAT('order ', d.command_id, ' of document ', s.sale_id, ' is in epoch ',"
		" e.meter_epoch_id, ' of meter ', e.meter_id, ' and account ', e.account_id)"
		" FROM delivery d JOIN sale s ON s.sale_id = d.sale_id JOIN meter_epoch e ON"
		" e.meter_epoch_id = d.meter_epoch_id WHERE d.meter_id <> e.meter_id OR"
		" s.account_id <> e.account_id OR d.meter_id <> IF(d.leg = 2, s.to_meter_id,"
		" s.meter_id) UNION ALL SELECT CONCAT('epochs ', a.meter_epoch_id, ' and ',"
		" b.meter_epoch_id, ' of meter ', a.meter_id, ' overlap') FROM meter_epoch a"
		" JOIN meter_epoch b ON b.meter_id = a.meter_id AND b.meter_epoch_id >"
		" a.meter_epoch_id WHERE a.ended_at IS NULL OR a.last_at > b.began_at" OFF_END },
};
/* clang-format on */

const struct invariant_rule invariant_orders[] = {
	{ { "I06", "what is booked has its order" }, &Q[I06] },
	{ { "I07", "an order has the amount of its document" }, &Q[I07] },
	{ { "I09", "what was delivered is reversed by a deduction only" }, &Q[I09] },
	{ { "I11", "purchase counts follow each other in an epoch" }, &Q[I11] },
	{ { "I12", "what was sent has its intent" }, &Q[I12] },
	{ { "I13", "a meter shows what the ledger expects" }, &Q[I13] },
	{ { "I14", "what is done is booked, once" }, &Q[I14] },
	{ { "I15", "credit booked is credit that was found and moved" }, &Q[I15] },
	{ { "I17", "of one meter one order is in flight" }, &Q[I17] },
	{ { "I22", "nothing is stuck for more than a day" }, &Q[I22],
	    { -24 * CLOCK_HOUR, -24 * CLOCK_HOUR }, 2 },
	{ { "I26", "an epoch's count is its base and what was delivered" }, &Q[I26] },
	{ { "I29", "command and delivery agree" }, &Q[I29] },
	{ { "I34", "meter, account and epoch agree" }, &Q[I34] },
	{ { NULL, NULL } },
};
