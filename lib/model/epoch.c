#include "model/epoch.h"

#include <assert.h>
#include <string.h>

#include "model/sale_private.h"

enum { NUMBER, FIND, FIGURES, INSERT, END };
static const struct query Q[] QUERIES = {
	/* Found first, then locked by its number, as the collector does: by the other key they
	 * would deadlock, and a subquery would make the wait for the lock an error 1020. */
	[NUMBER] = { .sql = "SELECT meter_epoch_id FROM meter_epoch WHERE active_meter = ?",
	    .bounded = "unique key" },
	[FIND] = { .sql = "SELECT meter_epoch_id, meter_id, account_id, base_count,"
			  " base_credit_fen, base_energy_wh, began_at, last_count, last_credit_fen,"
			  " last_energy_wh, last_at, COALESCE(flight_count, -1) FROM meter_epoch"
			  " WHERE meter_epoch_id = ? AND ended_at IS NULL FOR UPDATE",
	    .bounded = "primary key" },
	/* An epoch that just ended knows more than an answer from before its end. */
	[FIGURES] = { .sql = "SELECT m.credit_mode, s.read_at, s.purchase_count, s.credit_fen,"
			     " s.energy_wh, e.last_at, e.last_count, e.last_credit_fen,"
			     " e.last_energy_wh FROM meter m"
			     " LEFT JOIN meter_state s ON s.meter_id = m.meter_id"
			     " LEFT JOIN meter_epoch e ON e.meter_id = m.meter_id"
			     " WHERE m.meter_id = ? ORDER BY e.meter_epoch_id DESC LIMIT 1" },
	[INSERT] = { .sql = "INSERT INTO meter_epoch (meter_id, account_id, cause, began_at,"
			    " base_count, base_credit_fen, base_energy_wh, last_count,"
			    " last_credit_fen, last_energy_wh, last_at, changed_at, opened_by,"
			    " second_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[END] = { .sql = "UPDATE meter_epoch SET ended_at = GREATEST(?, began_at),"
			 " flight_count = NULL WHERE active_meter = ?" },
};

static const char *const CAUSES[] = {
	[EPOCH_OPENING] = "opening",
	[EPOCH_ADOPTED] = "adopted",
	[EPOCH_REPLACEMENT] = "replacement",
	[EPOCH_MOVE] = "move",
	[EPOCH_RESET] = "reset",
};

enum rc
epoch_find(struct db *db, int64_t meter_id, struct epoch *epoch)
{
	struct rows *rows;
	int64_t epoch_id;
	enum rc rc = db_int(db, &Q[NUMBER], ARGS(I(meter_id)), &epoch_id);

	if (rc == RC_OK)
		rc = db_query(db, &Q[FIND], ARGS(I(epoch_id)), &rows);
	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc == RC_OK)
		*epoch = (struct epoch){ .epoch_id = rows_int(rows, 0),
			.meter_id = rows_int(rows, 1),
			.account_id = rows_int(rows, 2),
			.base_count = rows_int(rows, 3),
			.base_credit_fen = rows_int(rows, 4),
			.base_energy_wh = rows_int(rows, 5),
			.began_at = rows_int(rows, 6),
			.last_count = rows_int(rows, 7),
			.last_credit_fen = rows_int(rows, 8),
			.last_energy_wh = rows_int(rows, 9),
			.last_at = rows_int(rows, 10),
			.flight_count = rows_int(rows, 11) };
	rows_end(rows);
	return rc;
}

/* ---- figures ---- */

static enum rc
take_figures(const struct rows *rows, struct epoch_figures *figures)
{
	bool is_counting = strcmp(rows_text(rows, 0), credit_mode_name(CREDIT_METER)) == 0;
	/* In the first column of what was read, and of the epoch before. */
	size_t from = rows_int(rows, 5) > rows_int(rows, 1) ? 5 : 1;

	if (rows_is_null(rows, from) ||
	    (is_counting && (rows_is_null(rows, from + 1) || rows_is_null(rows, from + 2))))
		return RC_NOT_FOUND;
	*figures = (struct epoch_figures){ .count = is_counting ? rows_int(rows, from + 1) : 0,
		.credit_fen = is_counting ? rows_int(rows, from + 2) : 0,
		.energy_wh = rows_int(rows, from + 3),
		.at = rows_int(rows, from) };
	return RC_OK;
}

enum rc
epoch_figures(struct db *db, int64_t meter_id, struct epoch_figures *figures)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FIGURES], ARGS(I(meter_id)), &rows);

	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc == RC_OK)
		rc = take_figures(rows, figures);
	rows_end(rows);
	return rc;
}

/* ---- begin and end ---- */

static enum rc
book_found(struct db *db, const struct epoch *epoch, int64_t operator_id, int64_t now)
{
	int64_t fen = epoch->base_credit_fen;

	if (fen == 0)
		return RC_OK;
	const struct posting postings[] = {
		sale_posting(LEDGER_OPENING, epoch->account_id, epoch->meter_id, fen),
		sale_posting(LEDGER_CREDIT, epoch->account_id, epoch->meter_id, -fen),
	};
	return sale_book(db,
	    &(struct sale_booking){ .kind = JOURNAL_OPENING,
		.what = "epoch",
		.id = epoch->epoch_id,
		.at = now,
		.account_id = epoch->account_id,
		.operator_id = operator_id },
	    postings, COUNT(postings));
}

enum rc
epoch_begin(struct db *db, int64_t meter_id, int64_t account_id, enum epoch_cause cause,
    const struct epoch_figures *figures, int64_t operator_id, int64_t second_by, int64_t now,
    struct epoch *epoch)
{
	assert((size_t)cause < COUNT(CAUSES));
	enum rc rc = db_exec(db, &Q[INSERT],
	    ARGS(I(meter_id), I(account_id), S(CAUSES[cause]), T(figures->at), I(figures->count),
		I(figures->credit_fen), I(figures->energy_wh), I(figures->count),
		I(figures->credit_fen), I(figures->energy_wh), T(figures->at), T(figures->at),
		operator_id != 0 ? I(operator_id) : NIL, second_by != 0 ? I(second_by) : NIL));
	if (rc != RC_OK)
		return rc;
	*epoch = (struct epoch){ .epoch_id = db_last_id(db),
		.meter_id = meter_id,
		.account_id = account_id,
		.base_count = figures->count,
		.base_credit_fen = figures->credit_fen,
		.base_energy_wh = figures->energy_wh,
		.began_at = figures->at,
		.last_count = figures->count,
		.last_credit_fen = figures->credit_fen,
		.last_energy_wh = figures->energy_wh,
		.last_at = figures->at,
		.flight_count = -1 };
	return book_found(db, epoch, operator_id, now);
}

enum rc
epoch_end(struct db *db, int64_t meter_id, int64_t now)
{
	enum rc rc = db_exec(db, &Q[END], ARGS(T(now), I(meter_id)));

	return rc == RC_OK && db_affected(db) == 0 ? RC_NOT_FOUND : rc;
}

enum rc
epoch_ensure(struct db *db, int64_t meter_id, int64_t account_id, int64_t now, struct epoch *epoch)
{
	struct epoch_figures figures;
	enum rc rc = epoch_find(db, meter_id, epoch);

	if (rc != RC_NOT_FOUND)
		return rc;
	rc = epoch_figures(db, meter_id, &figures);
	return rc == RC_OK ? epoch_begin(db, meter_id, account_id, EPOCH_ADOPTED, &figures, 0, 0,
				 now, epoch)
			   : rc;
}
