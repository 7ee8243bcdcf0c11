/* What a settled order does to the ledger and to its document. */
#include "base/arena.h"
#include "model/charge.h"
#include "model/delivery_private.h"

enum { CHANGE, LEAVE };
static const struct query Q[] QUERIES = {
	[CHANGE] = { .sql = "UPDATE meter_change SET state = ?, ended_at = ?,"
			    " old_fen = COALESCE(?, old_fen), old_wh = COALESCE(?, old_wh)"
			    " WHERE sale_id = ? AND state NOT IN ('done', 'cancelled')" },
	[LEAVE] = { .sql = "UPDATE account_meter SET ended_at = GREATEST(?, began_at)"
			   " WHERE active_meter = ? AND account_id = ?" },
};

enum rc
meter_change_move(struct db *db, int64_t sale_id, const char *state, bool is_over, int64_t at,
    const int64_t *old_fen, const int64_t *old_wh)
{
	return db_exec(db, &Q[CHANGE],
	    ARGS(S(state), is_over ? T(at) : NIL, old_fen != NULL ? I(*old_fen) : NIL,
		old_wh != NULL ? I(*old_wh) : NIL, I(sale_id)));
}

/* A command settles once. Meters without one are settled with their document. */
static enum rc
book(struct db *db, const struct sale_effect *effect, enum journal_kind kind,
    const struct posting *postings, size_t count)
{
	bool has_command = effect->command_id != 0;

	return sale_book(db,
	    &(struct sale_booking){ .kind = kind,
		.what = has_command ? "delivery" : "settled",
		.id = has_command ? effect->command_id : effect->sale->sale_id,
		.at = effect->at,
		.sale_id = effect->sale->sale_id,
		.command_id = effect->command_id,
		.account_id = effect->sale->account_id,
		.operator_id = effect->operator_id },
	    postings, count);
}

/* Moves an amount (below zero: back) from one ledger of the account to another. */
static enum rc
book_move(struct db *db, const struct sale_effect *effect, enum journal_kind kind, enum ledger from,
    enum ledger to, int64_t amount_fen)
{
	int64_t account_id = effect->sale->account_id;
	const struct posting postings[] = {
		sale_posting(from, account_id, effect->meter_id, amount_fen),
		sale_posting(to, account_id, effect->meter_id, -amount_fen),
	};

	return amount_fen != 0 ? book(db, effect, kind, postings, COUNT(postings)) : RC_OK;
}

static enum rc
move(struct db *db, const struct sale_effect *effect, enum sale_state to)
{
	return sale_move(db, effect->sale->sale_id, effect->sale->state, to, effect->at);
}

/* ---- into the meter, and out of a living account ---- */

static enum rc
settle_purchase(struct db *db, const struct sale_effect *effect)
{
	enum rc rc = book_move(
	    db, effect, JOURNAL_DELIVERY, LEDGER_TRANSIT, LEDGER_CREDIT, effect->amount_fen);

	return rc == RC_OK ? move(db, effect, SALE_DELIVERED) : rc;
}

static enum rc
settle_refund(struct db *db, const struct sale_effect *effect)
{
	int64_t fen = effect->amount_fen;
	enum rc rc = book_move(db, effect, JOURNAL_DEDUCTION, LEDGER_CREDIT, LEDGER_PAYABLE, fen);

	if (rc == RC_OK)
		rc = sale_set_amounts(db, effect->sale->sale_id, fen > 0 ? fen : 0, fen);
	return rc == RC_OK ? move(db, effect, SALE_DUE) : rc;
}

/* The fees of the purchase go back with what the meter gave back. */
static enum rc
settle_reversal(struct db *db, const struct sale_effect *effect)
{
	const struct sale_stored *sale = effect->sale;
	struct sale_quote_line fees[SALE_FEES_MAX];
	struct posting postings[SALE_FEES_MAX + 2];
	struct arena *arena = arena_new();
	int64_t total = effect->amount_fen;
	size_t fee_count = 0, count = 0;
	enum rc rc = sale_fee_lines(db, arena, sale->reverses_sale_id, fees, &fee_count);

	postings[count++] =
	    sale_posting(LEDGER_CREDIT, sale->account_id, effect->meter_id, effect->amount_fen);
	for (size_t i = 0; i < fee_count; i++) {
		postings[count++] = sale_posting_fee(fees[i].name, fees[i].amount_fen);
		total += fees[i].amount_fen;
	}
	postings[count++] =
	    sale_posting(LEDGER_PAYABLE, sale->account_id, effect->meter_id, -total);
	if (rc == RC_OK)
		rc = book(db, effect, JOURNAL_DEDUCTION, postings, count);
	arena_free(arena);
	if (rc == RC_OK)
		rc = sale_set_amounts(db, sale->sale_id, total, effect->amount_fen);
	return rc == RC_OK ? move(db, effect, SALE_DUE) : rc;
}

static enum rc
settle_adjustment(struct db *db, const struct sale_effect *effect)
{
	int64_t fen = effect->kind == DELIVERY_CREDIT ? effect->amount_fen : -effect->amount_fen;
	enum rc rc = book_move(db, effect, JOURNAL_ADJUSTMENT, LEDGER_SUSPENSE, LEDGER_CREDIT, fen);

	return rc == RC_OK ? move(db, effect, SALE_DELIVERED) : rc;
}

/* ---- the meter leaves the account ---- */

/* The use since the last day is priced, the epoch ends, and the meter serves nobody. */
static enum rc
leave(struct db *db, const struct sale_effect *effect)
{
	enum rc rc = RC_OK;

	if (!effect->is_charged)
		rc = charge_last_day(db, effect->epoch_id,
		    &(struct charge_end){ .at = effect->at,
			.energy_wh = effect->energy_wh,
			.credit_fen = 0,
			.count = effect->count },
		    effect->at);
	if (rc == RC_OK)
		rc = epoch_end(db, effect->meter_id, effect->at);
	return rc == RC_OK
		   ? db_exec(db, &Q[LEAVE],
			 ARGS(T(effect->at), I(effect->meter_id), I(effect->sale->account_id)))
		   : rc;
}

/* What was taken out, below zero: a debt that was wiped. */
static enum rc
take_out(struct db *db, const struct sale_effect *effect, enum journal_kind kind, enum ledger to)
{
	int64_t fen = effect->amount_fen;
	enum rc rc = book_move(db, effect, kind, LEDGER_CREDIT, to, fen);

	if (rc == RC_OK)
		rc = sale_set_amounts(db, effect->sale->sale_id, fen > 0 ? fen : 0, fen);
	return rc == RC_OK ? leave(db, effect) : rc;
}

static enum rc
settle_closing(struct db *db, const struct sale_effect *effect)
{
	enum rc rc = take_out(db, effect, JOURNAL_DEDUCTION, LEDGER_PAYABLE);

	return rc == RC_OK ? move(db, effect, SALE_DUE) : rc;
}

/* ---- from one meter to another ---- */

static enum rc
end_transfer(struct db *db, const struct sale_effect *effect)
{
	enum rc rc = move(db, effect, SALE_DELIVERED);

	return rc == RC_OK ? meter_change_move(
				 db, effect->sale->sale_id, "done", true, effect->at, NULL, NULL)
			   : rc;
}

enum rc
sale_transfer_deliver(struct db *db, const struct sale_stored *sale, int64_t to_meter_id,
    int64_t amount_fen, int64_t operator_id, int64_t at)
{
	enum delivery_kind kind = amount_fen < 0 ? DELIVERY_DEDUCT : DELIVERY_CREDIT;
	int64_t command_id, fen = amount_fen < 0 ? -amount_fen : amount_fen;
	struct sale_effect effect = { .sale = sale,
		.leg = 2,
		.kind = kind,
		.meter_id = to_meter_id,
		.amount_fen = fen,
		.at = at,
		.operator_id = operator_id };
	enum credit_mode mode;

	if (fen == 0)
		return end_transfer(db, &effect);
	enum rc rc = sale_meter_mode(db, to_meter_id, &mode);
	if (rc != RC_OK)
		return rc;
	if (mode != CREDIT_METER)
		return sale_take_effect(db, &effect);
	rc = delivery_order(db,
	    &(struct delivery_order){ .sale_id = sale->sale_id,
		.meter_id = to_meter_id,
		.leg = 2,
		.kind = kind,
		.amount_fen = fen,
		.operator_id = operator_id,
		.at = at },
	    &command_id);
	return rc == RC_OK
		   ? meter_change_move(db, sale->sale_id, "crediting", false, at, NULL, NULL)
		   : rc;
}

static enum rc
settle_out(struct db *db, const struct sale_effect *effect)
{
	const struct sale_stored *sale = effect->sale;
	enum rc rc = take_out(db, effect, JOURNAL_MOVE_OUT, LEDGER_MOVING);

	if (rc == RC_OK)
		rc = meter_change_move(db, sale->sale_id, "cleared", false, effect->at,
		    &effect->amount_fen, &effect->energy_wh);
	/* It was held, and goes on. */
	if (rc == RC_OK && sale->state == SALE_HELD)
		rc = sale_move(db, sale->sale_id, SALE_HELD, SALE_BOOKED, 0);
	if (rc != RC_OK || sale->to_meter_id == 0)
		return rc;
	struct sale_stored booked = *sale;
	booked.state = SALE_BOOKED;
	rc = sale_transfer_deliver(
	    db, &booked, sale->to_meter_id, effect->amount_fen, effect->operator_id, effect->at);
	/* The new meter has no epoch yet: sale_transfer_into goes on from here. */
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
settle_in(struct db *db, const struct sale_effect *effect)
{
	int64_t fen = effect->kind == DELIVERY_CREDIT ? effect->amount_fen : -effect->amount_fen;
	const struct posting postings[] = {
		sale_posting(LEDGER_MOVING, effect->sale->account_id, effect->meter_id, fen),
		sale_posting(LEDGER_CREDIT, effect->sale->account_id, effect->meter_id, -fen),
	};
	enum rc rc = sale_book(db,
	    &(struct sale_booking){ .kind = JOURNAL_MOVE_IN,
		.what = "moved_in",
		.id = effect->sale->sale_id,
		.at = effect->at,
		.sale_id = effect->sale->sale_id,
		.command_id = effect->command_id,
		.account_id = effect->sale->account_id,
		.operator_id = effect->operator_id },
	    postings, COUNT(postings));

	return rc == RC_OK ? end_transfer(db, effect) : rc;
}

static enum rc
settle_transfer(struct db *db, const struct sale_effect *effect)
{
	return effect->leg == 1 ? settle_out(db, effect) : settle_in(db, effect);
}

/* ---- by kind ---- */

enum rc
sale_take_effect(struct db *db, const struct sale_effect *effect)
{
	static enum rc (*const settle[SALE_KINDS])(struct db *, const struct sale_effect *) = {
		[SALE_PURCHASE] = settle_purchase,
		[SALE_REFUND] = settle_refund,
		[SALE_REVERSAL] = settle_reversal,
		[SALE_TRANSFER] = settle_transfer,
		[SALE_ADJUSTMENT] = settle_adjustment,
		[SALE_CLOSING] = settle_closing,
	};

	return settle[effect->sale->kind](db, effect);
}

enum rc
sale_take_failure(
    struct db *db, const struct sale_stored *sale, int leg, int64_t at, int64_t operator_id)
{
	bool is_paid_for = sale->kind == SALE_PURCHASE || (sale->kind == SALE_TRANSFER && leg == 2);
	enum rc rc = RC_OK;

	(void)operator_id;
	/* The money is there and the credit is owed: it is sent again, or reversed, by a person. */
	if (is_paid_for)
		rc = sale->state == SALE_BOOKED
			 ? sale_move(db, sale->sale_id, SALE_BOOKED, SALE_HELD, 0)
			 : RC_OK;
	else
		rc = sale_move(db, sale->sale_id, sale->state, SALE_FAILED, at);
	if (rc != RC_OK || sale->kind != SALE_TRANSFER)
		return rc;
	return is_paid_for
		   ? meter_change_move(db, sale->sale_id, "held", false, at, NULL, NULL)
		   : meter_change_move(db, sale->sale_id, "cancelled", true, at, NULL, NULL);
}

/* ---- meters that count no credit themselves ---- */

static enum delivery_kind
kind_of(enum sale_kind kind, int64_t credit_fen)
{
	if (kind == SALE_PURCHASE || (kind == SALE_ADJUSTMENT && credit_fen > 0))
		return DELIVERY_CREDIT;
	return DELIVERY_DEDUCT;
}

enum rc
sale_settle_server(struct db *db, const struct sale_stored *sale, int64_t meter_id,
    int64_t amount_fen, const struct operator_actor *by)
{
	return sale_take_effect(db, &(struct sale_effect){ .sale = sale,
					.leg = 1,
					.kind = kind_of(sale->kind, sale->credit_fen),
					.meter_id = meter_id,
					.amount_fen = amount_fen,
					.at = by->now,
					.operator_id = by->operator_id });
}
