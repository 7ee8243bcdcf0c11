/* Invariants of accounts, persons and the audit. */
#include "model/invariant_private.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "model/audit_seal.h"

enum { I19, I20, I25, I30 };

/* Texts are broken between words. */
/* clang-format off */
static const struct query Q[] QUERIES = {
	[I19] = { .sql = OFF_FROM
		"SELECT CONCAT('audit ', a.audit_id, ' of ', a.at, ' is not sealed') what"
		" FROM audit a LEFT JOIN audit_seal s ON s.audit_id = a.audit_id WHERE"
		" s.audit_id IS NULL AND a.at < ?" OFF_END },
	[I20] = { .sql = OFF_FROM
		"SELECT CONCAT('document ', s.sale_id, ' (', s.kind, ') has no audit row')"
		" what FROM sale s WHERE NOT EXISTS (SELECT 1 FROM audit a WHERE"
		" a.object_kind = 'sale' AND a.object_id = s.sale_id) UNION ALL SELECT"
		" CONCAT('shift ', t.shift_id, ' has no audit row') FROM shift t WHERE NOT"
		" EXISTS (SELECT 1 FROM audit a WHERE a.object_kind = 'shift' AND a.object_id"
		" = t.shift_id)" OFF_END },
	[I25] = { .sql = OFF_FROM
		"SELECT CONCAT('open account ', a.number, ' has no meter') what FROM account"
		" a LEFT JOIN account_meter m ON m.account_id = a.account_id AND m.ended_at"
		" IS NULL WHERE a.closed_at IS NULL AND a.closing_at IS NULL AND m.meter_id"
		" IS NULL AND NOT EXISTS (SELECT 1 FROM meter_change c WHERE c.account_id ="
		" a.account_id AND c.state NOT IN ('done', 'cancelled')) UNION ALL SELECT"
		" CONCAT('closed account ', a.number, ' has meter ', m.meter_id) FROM account"
		" a JOIN account_meter m ON m.account_id = a.account_id AND m.ended_at IS"
		" NULL WHERE a.closed_at IS NOT NULL UNION ALL SELECT CONCAT('closed account"
		" ', a.number, ', meter ', b.meter_id, ': ', b.transit_fen, ' / ',"
		" b.credit_fen, ' / ', b.payable_fen, ' are left') FROM account a JOIN"
		" ledger_balance b ON b.account_id = a.account_id WHERE a.closed_at IS NOT"
		" NULL AND (b.transit_fen <> 0 OR b.credit_fen <> 0 OR b.payable_fen <> 0)"
		" UNION ALL SELECT CONCAT('closed account ', a.number, ' waits for orders to"
		" its meters') FROM account a JOIN sale s ON s.account_id = a.account_id"
		" WHERE a.closed_at IS NOT NULL AND s.state IN ('asked', 'booked', 'held',"
		" 'due') UNION ALL SELECT CONCAT('nothing is on its way between meters of"
		" account ', p.account_id, ', but ', -SUM(p.amount_fen), ' is booked') FROM"
		" posting p WHERE p.ledger = 'moving' GROUP BY p.account_id HAVING"
		" SUM(p.amount_fen) <> 0 AND NOT EXISTS (SELECT 1 FROM sale s WHERE"
		" s.account_id = p.account_id AND s.kind = 'transfer' AND s.state IN"
		" ('booked', 'held'))" OFF_END },
	[I30] = { .sql = OFF_FROM
		"SELECT CONCAT('approval ', approval_id, ' (', kind, ') is by ', asked_by, '"
		" alone') what FROM approval WHERE outcome = 'approved' AND (decided_by IS"
		" NULL OR decided_by = asked_by) UNION ALL SELECT CONCAT('document ',"
		" sale_id, ' (', kind, ', ', state, ') is by ', operator_id, ' alone') FROM"
		" sale WHERE approved_by = operator_id OR (kind = 'adjustment' AND"
		" approved_by IS NULL AND state NOT IN ('asked', 'rejected')) UNION ALL"
		" SELECT CONCAT('epoch ', meter_epoch_id, ' (', cause, ') is by ',"
		" COALESCE(opened_by, 'nobody'), ' alone') FROM meter_epoch WHERE second_by ="
		" opened_by OR (cause = 'reset' AND second_by IS NULL) UNION ALL SELECT"
		" CONCAT('order ', d.command_id, ' was resolved by ', COALESCE(d.resolved_by,"
		" 'nobody'), ' alone') FROM delivery d WHERE d.resolved_as IS NOT NULL AND"
		" NOT EXISTS (SELECT 1 FROM approval a WHERE a.kind = 'held' AND a.command_id"
		" = d.command_id AND a.outcome = 'approved') UNION ALL SELECT CONCAT('meter"
		" change ', meter_change_id, ' without a reading is by ', began_by, ' alone')"
		" FROM meter_change WHERE second_by = began_by OR (is_manual AND second_by IS"
		" NULL AND state NOT IN ('asked', 'cancelled'))" OFF_END },
};
/* clang-format on */

#define SEAL_PATIENCE (10 * CLOCK_MINUTE)

/* The chain is walked by the model; who waits for a seal is I19's. */
static enum rc
walk_chain(struct db *db, int64_t now, struct invariant_result *result)
{
	static const char *const breaks[] = {
		[AUDIT_WHOLE] = "",
		[AUDIT_GAP] = "a link is missing before",
		[AUDIT_MISSING] = "its row is gone",
		[AUDIT_CHANGED] = "row or link was changed",
		[AUDIT_ANCHOR] = "",
		[AUDIT_LATE] = "",
	};
	struct audit_verdict verdict;
	enum rc rc = audit_verify(db, NULL, now, now, &verdict);

	if (rc != RC_OK || verdict.kind == AUDIT_WHOLE || verdict.kind == AUDIT_LATE)
		return rc;
	result->violations = 1;
	(void)snprintf(result->sample, sizeof(result->sample),
	    "link %" PRId64 " (audit %" PRId64 "): %s", verdict.seq, verdict.audit_id,
	    breaks[verdict.kind]);
	return RC_OK;
}

const struct invariant_rule invariant_people[] = {
	{ { "I18", "the chain of the audit is whole" }, .look = walk_chain },
	{ { "I19", "the audit is sealed in time" }, &Q[I19], { -SEAL_PATIENCE }, 1 },
	{ { "I20", "documents and shifts have audit rows" }, &Q[I20] },
	{ { "I25", "an open account has a meter, a closed one owes nothing" }, &Q[I25] },
	{ { "I30", "two persons are two" }, &Q[I30] },
	{ { NULL, NULL } },
};
