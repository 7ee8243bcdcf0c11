/* Opening and closing a shift. */
#include "model/shift.h"

#include <inttypes.h>
#include <stdio.h>

#include "model/edit.h"

enum { OPEN, OPENED, LOCK, CLOSE, COUNTED };
static const struct query Q[] QUERIES = {
	[OPEN] = { .sql = "INSERT INTO shift (operator_id, opened_at, biz_day, float_fen)"
			  " VALUES (?, ?, ?, ?)" },
	[OPENED] = { .sql = "SELECT shift_id FROM shift WHERE active_operator = ?",
	    .bounded = "unique key" },
	[LOCK] = { .sql = "SELECT operator_id, closed_at IS NOT NULL, expected_fen FROM shift"
			  " WHERE shift_id = ? FOR UPDATE",
	    .bounded = "primary key" },
	[CLOSE] = { .sql = "UPDATE shift SET closed_at = ?, closed_by = ?, expected_fen = ?,"
			   " counted_fen = ?, note = ? WHERE shift_id = ?" },
	[COUNTED] = { .sql = "INSERT INTO shift_count (shift_id, denomination_fen, pieces)"
			     " VALUES (?, ?, ?)" },
};

/* ---- open ---- */

struct opening {
	int64_t float_fen;
	const struct operator_actor *by;
	int64_t *shift_id;
};

static enum rc
open_shift(struct db *db, void *context)
{
	const struct opening *opening = context;
	const struct operator_actor *by = opening->by;
	struct day day = clock_day(by->now);
	struct changes changes = { 0 };
	enum rc rc = db_int(db, &Q[OPENED], ARGS(I(by->operator_id)), opening->shift_id);

	if (rc == RC_OK)
		return RC_CONFLICT;
	*opening->shift_id = 0;
	if (rc == RC_NOT_FOUND)
		rc = business_day_hold(db, day);
	if (rc == RC_OK)
		rc = db_exec(db, &Q[OPEN],
		    ARGS(I(by->operator_id), T(by->now), D(day), I(opening->float_fen)));
	if (rc != RC_OK)
		return rc;
	*opening->shift_id = db_last_id(db);
	change_money_or(&changes, "drawer", -1, -1, opening->float_fen);
	return edit_audit(db, by, "shift.open", "shift", *opening->shift_id, &changes, NULL);
}

enum rc
shift_open(struct db *db, int64_t float_fen, const struct operator_actor *by, int64_t *shift_id)
{
	struct opening opening = { float_fen, by, shift_id };
	enum rc rc = db_transact(db, open_shift, &opening);

	/* Two pages at once: the other one was faster. */
	if (rc == RC_CONFLICT && *shift_id == 0) {
		rc = db_int(db, &Q[OPENED], ARGS(I(by->operator_id)), shift_id);
		return rc == RC_OK || rc == RC_NOT_FOUND ? RC_CONFLICT : rc;
	}
	return rc;
}

/* ---- close ---- */

struct deed {
	const struct shift_closing *closing;
	int64_t counted_fen, expected_fen;
};

static enum rc
book_difference(struct db *db, const struct shift_closing *closing, int64_t difference_fen)
{
	char source[LEDGER_SOURCE_MAX + 1];
	const struct posting postings[] = {
		{ .ledger = LEDGER_CASH,
		    .shift_id = closing->shift_id,
		    .channel = CHANNEL_CASH,
		    .amount_fen = difference_fen },
		{ .ledger = LEDGER_OVER_SHORT,
		    .shift_id = closing->shift_id,
		    .channel = CHANNEL_NONE,
		    .amount_fen = -difference_fen },
	};

	if (difference_fen == 0)
		return RC_OK;
	(void)snprintf(source, sizeof(source), "shift:%" PRId64, closing->shift_id);
	return ledger_write(db,
	    &(struct journal){ .kind = JOURNAL_SHIFT,
		.at = closing->by.now,
		.operator_id = closing->by.operator_id,
		.shift_id = closing->shift_id,
		.source_key = source },
	    postings, COUNT(postings), NULL);
}

static enum rc
store_counts(struct db *db, const struct shift_closing *closing)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; i < closing->count && rc == RC_OK; i++)
		if (closing->counts[i].pieces > 0)
			rc = db_exec(db, &Q[COUNTED],
			    ARGS(I(closing->shift_id), I(closing->counts[i].denomination_fen),
				I(closing->counts[i].pieces)));
	return rc;
}

static enum rc
lock(struct db *db, int64_t shift_id, int64_t *operator_id, int64_t *expected_fen)
{
	struct rows *rows;
	bool is_closed = false;
	enum rc rc = db_query(db, &Q[LOCK], ARGS(I(shift_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		*operator_id = rows_int(rows, 0);
		is_closed = rows_int(rows, 1) != 0;
		*expected_fen = rows_int(rows, 2);
	}
	rows_end(rows);
	return rc == RC_OK && is_closed ? RC_CONFLICT : rc;
}

static enum rc
store(struct db *db, const struct deed *deed, int64_t operator_id)
{
	const struct shift_closing *closing = deed->closing;
	const struct operator_actor *by = &closing->by;
	struct changes changes = { 0 };
	enum rc rc = db_exec(db, &Q[CLOSE],
	    ARGS(T(by->now), by->operator_id != operator_id ? I(by->operator_id) : NIL,
		I(deed->expected_fen), I(deed->counted_fen), S(closing->note),
		I(closing->shift_id)));

	if (rc == RC_OK)
		rc = store_counts(db, closing);
	if (rc == RC_OK)
		rc = book_difference(db, closing, deed->counted_fen - deed->expected_fen);
	if (rc != RC_OK)
		return rc;
	change_money_or(&changes, "expected", -1, -1, deed->expected_fen);
	change_money_or(&changes, "counted", -1, -1, deed->counted_fen);
	return edit_audit(db, by, "shift.close", "shift", closing->shift_id, &changes,
	    closing->note[0] != '\0' ? closing->note : NULL);
}

static enum rc
close_shift(struct db *db, void *context)
{
	struct deed *deed = context;
	const struct shift_closing *closing = deed->closing;
	int64_t operator_id;
	enum rc rc = lock(db, closing->shift_id, &operator_id, &deed->expected_fen);

	if (rc == RC_OK)
		rc = shift_cash(db, closing->shift_id, &deed->expected_fen);
	if (rc != RC_OK)
		return rc;
	if (deed->counted_fen != deed->expected_fen && closing->note[0] == '\0')
		return RC_INVALID;
	return store(db, deed, operator_id);
}

static bool
is_denomination(int64_t fen)
{
	size_t count;
	const int64_t *known = shift_denominations(&count);

	for (size_t i = 0; i < count; i++)
		if (known[i] == fen)
			return true;
	return false;
}

enum rc
shift_close(
    struct db *db, const struct shift_closing *closing, int64_t *counted_fen, int64_t *expected_fen)
{
	struct deed deed = { .closing = closing };

	for (size_t i = 0; i < closing->count; i++) {
		const struct shift_count *one = &closing->counts[i];
		if (!is_denomination(one->denomination_fen) || one->pieces < 0 ||
		    one->pieces > SHIFT_PIECES_MAX)
			return RC_BUG;
		deed.counted_fen += one->denomination_fen * one->pieces;
	}
	enum rc rc = db_transact(db, close_shift, &deed);
	*counted_fen = deed.counted_fen;
	*expected_fen = deed.expected_fen;
	return rc;
}
