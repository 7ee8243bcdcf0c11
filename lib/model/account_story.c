#include "model/account_story.h"

#include <string.h>

enum { EVENTS, USE, OPENING, SUMS, METERING, ENERGY, LINES, LINES_EXPORT };

#define OF_CUSTOMER "p.ledger IN ('transit', 'credit', 'payable', 'moving')"
#define DURING(at)                                                                    \
	"am.account_id = ? AND " at " >= am.began_at AND (am.ended_at IS NULL OR " at \
	" <= am.ended_at)"
#define NEWEST(id) " ORDER BY at DESC, " id " DESC LIMIT ?)"

/* A meter's number stands in it for who has several. */
#define LINES_OF                                                                                  \
	"SELECT j.at AS at, j.kind AS kind, COALESCE(s.receipt_number, '') AS receipt_number,"    \
	" COALESCE(MAX(m.number), '') AS number, COALESCE(j.sale_id, 0) AS sale_id,"              \
	" -SUM(p.amount_fen) AS amount_fen, j.journal_id AS journal_id FROM journal j"            \
	" JOIN posting p ON p.journal_id = j.journal_id AND p.account_id = ? AND " OF_CUSTOMER    \
	" LEFT JOIN sale s ON s.sale_id = j.sale_id LEFT JOIN meter m ON m.meter_id = p.meter_id" \
	" WHERE j.account_id = ? AND j.biz_day BETWEEN ? AND ?"                                   \
	" GROUP BY j.journal_id HAVING amount_fen <> 0"

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[EVENTS] = { .sql =
			 "SELECT at, source, kind, state, detail, who, number, id, amount_fen FROM ("
			 "(SELECT a.at AS at, 0 AS source, a.action AS kind, '' AS state, a.detail AS detail,"
			 " COALESCE(o.display_name, a.actor) AS who, '' AS number, 0 AS id, 0 AS amount_fen,"
			 " a.audit_id AS row_id FROM audit a LEFT JOIN operator o ON o.operator_id = a.operator_id"
			 " WHERE a.object_kind = 'account' AND a.object_id = ? AND a.outcome = 'done'" NEWEST(
			     "row_id") " UNION ALL (SELECT s.created_at AS at, 1, s.kind, s.state, s.receipt_number,"
				       " COALESCE(o.display_name, ''), m.number, s.sale_id,"
				       " IF(s.amount_fen <> 0, s.amount_fen, s.credit_fen), s.sale_id FROM sale s"
				       " JOIN meter m ON m.meter_id = s.meter_id"
				       " LEFT JOIN operator o ON o.operator_id = s.operator_id WHERE s.account_id = ?" NEWEST(
					   "sale_id") " UNION ALL (SELECT l.began_at AS at, 2, l.kind, IF(l.ended_at IS NULL, '', 'ended'),"
						      " l.detail, '', m.number, 0, 0, l.alarm_id FROM account_meter am"
						      " JOIN alarm l ON l.meter_id = am.meter_id JOIN meter m ON m.meter_id = l.meter_id WHERE " DURING(
							  "l.began_at")
							  NEWEST(
							      "alarm_id") " UNION ALL (SELECT c.created_at AS at, 3, c.kind, c.state, '', COALESCE(o.display_name, ''),"
									  " m.number, c.command_batch_id, 0, c.command_id FROM account_meter am"
									  " JOIN command c ON c.meter_id = am.meter_id"
									  " JOIN command_batch b ON b.command_batch_id = c.command_batch_id AND b.created_by IS NOT NULL"
									  " JOIN meter m ON m.meter_id = c.meter_id LEFT JOIN operator o ON o.operator_id = b.created_by"
									  " WHERE c.kind NOT IN ('credit', 'deduct', 'clear') AND " DURING(
									      "c.created_at")
									      NEWEST(
										  "command_id") ") AS x ORDER BY at DESC, source, row_id DESC LIMIT ? OFFSET ?" },
	[USE] = { .sql =
		      "SELECT day, SUM(energy_wh), SUM(charge_fen), SUM(unpriced_wh) FROM charge_day"
		      " WHERE account_id = ? AND day >= ? GROUP BY day ORDER BY day LIMIT 400" },
	[OPENING] = { .sql = "SELECT COALESCE(-SUM(p.amount_fen), 0) FROM posting p"
			     " JOIN journal j ON j.journal_id = p.journal_id"
			     " WHERE p.account_id = ? AND " OF_CUSTOMER " AND j.biz_day < ?",
	    .bounded = "one row" },
	[SUMS] = { .sql =
		       "SELECT j.kind, -SUM(p.amount_fen) FROM posting p"
		       " JOIN journal j ON j.journal_id = p.journal_id"
		       " WHERE p.account_id = ? AND " OF_CUSTOMER " AND j.biz_day BETWEEN ? AND ?"
		       " GROUP BY j.kind LIMIT 50" },
	[METERING] = { .sql = "SELECT COALESCE(SUM(p.amount_fen), 0) FROM posting p"
			      " JOIN journal j ON j.journal_id = p.journal_id"
			      " WHERE p.account_id = ? AND p.ledger = 'metering' AND j.kind = 'use'"
			      " AND j.biz_day BETWEEN ? AND ?",
	    .bounded = "one row" },
	[ENERGY] = { .sql = "SELECT COALESCE(SUM(energy_wh), 0) FROM charge_day"
			    " WHERE account_id = ? AND day BETWEEN ? AND ?",
	    .bounded = "one row" },
	[LINES] = { .sql = LINES_OF " ORDER BY j.at, j.journal_id LIMIT ?" },
	[LINES_EXPORT] = { .sql =
			       "SELECT at, kind, receipt_number, number, amount_fen,"
			       " CAST(? + SUM(amount_fen) OVER (ORDER BY at, journal_id) AS SIGNED)"
			       " FROM (" LINES_OF ") AS x ORDER BY at, journal_id LIMIT 1000000" },
};
/* clang-format on */

enum rc
account_events(struct db *db, struct arena *arena, int64_t account_id, int64_t limit,
    int64_t offset, struct account_event **list, size_t *count)
{
	struct value id = I(account_id), most = I(limit + offset);
	struct rows *rows;
	enum rc rc = db_query(db, &Q[EVENTS],
	    ARGS(id, most, id, most, id, most, id, most, I(limit), I(offset)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, (size_t)limit * sizeof(**list));
	while (*count < (size_t)limit && (rc = rows_next(rows)) == RC_OK)
		(*list)[(*count)++] = (struct account_event){ .at = rows_int(rows, 0),
			.source = (enum event_source)rows_int(rows, 1),
			.kind = arena_strdup(arena, rows_text(rows, 2)),
			.state = arena_strdup(arena, rows_text(rows, 3)),
			.detail = arena_strdup(arena, rows_text(rows, 4)),
			.who = arena_strdup(arena, rows_text(rows, 5)),
			.number = arena_strdup(arena, rows_text(rows, 6)),
			.id = rows_int(rows, 7),
			.amount_fen = rows_int(rows, 8) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

#define USE_MAX 400

enum rc
account_use(struct db *db, struct arena *arena, int64_t account_id, struct day from,
    struct account_use **list, size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[USE], ARGS(I(account_id), D(from)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, USE_MAX * sizeof(**list));
	while (*count < USE_MAX && (rc = rows_next(rows)) == RC_OK)
		(*list)[(*count)++] = (struct account_use){ rows_day(rows, 0), rows_int(rows, 1),
			rows_int(rows, 2), rows_int(rows, 3) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum journal_kind
kind_of(const char *name)
{
	size_t kind = 0;

	while (
	    kind < JOURNAL_KINDS && strcmp(journal_kind_name((enum journal_kind)kind), name) != 0)
		kind++;
	return (enum journal_kind)kind;
}

static enum rc
load_sums(
    struct db *db, int64_t account_id, struct day from, struct day to, struct account_sums *sums)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[SUMS], ARGS(I(account_id), D(from), D(to)), &rows);

	if (rc != RC_OK)
		return rc;
	sums->closing_fen = sums->opening_fen;
	while ((rc = rows_next(rows)) == RC_OK) {
		enum journal_kind kind = kind_of(rows_text(rows, 0));
		sums->closing_fen += rows_int(rows, 1);
		if (kind < JOURNAL_KINDS)
			sums->kind_fen[kind] = rows_int(rows, 1);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
account_sums(
    struct db *db, int64_t account_id, struct day from, struct day to, struct account_sums *sums)
{
	*sums = (struct account_sums){ 0 };
	enum rc rc = db_int(db, &Q[OPENING], ARGS(I(account_id), D(from)), &sums->opening_fen);
	if (rc == RC_OK)
		rc = load_sums(db, account_id, from, to, sums);
	if (rc == RC_OK)
		rc = db_int(
		    db, &Q[METERING], ARGS(I(account_id), D(from), D(to)), &sums->metering_fen);
	if (rc == RC_OK)
		rc = db_int(db, &Q[ENERGY], ARGS(I(account_id), D(from), D(to)), &sums->energy_wh);
	sums->charge_fen = sums->kind_fen[JOURNAL_USE] - sums->metering_fen;
	return rc;
}

enum rc
account_lines(struct db *db, struct arena *arena, int64_t account_id, struct day from,
    struct day to, struct account_line **list, size_t *count)
{
	struct value id = I(account_id);
	int64_t balance_fen;
	struct rows *rows;
	enum rc rc = db_int(db, &Q[OPENING], ARGS(id, D(from)), &balance_fen);

	*count = 0;
	if (rc == RC_OK)
		rc = db_query(db, &Q[LINES], ARGS(id, id, D(from), D(to), I(STATEMENT_MAX)), &rows);
	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, STATEMENT_MAX * sizeof(**list));
	while (*count < STATEMENT_MAX && (rc = rows_next(rows)) == RC_OK) {
		balance_fen += rows_int(rows, 5);
		(*list)[(*count)++] = (struct account_line){ .at = rows_int(rows, 0),
			.kind = kind_of(rows_text(rows, 1)),
			.receipt_number = arena_strdup(arena, rows_text(rows, 2)),
			.number = arena_strdup(arena, rows_text(rows, 3)),
			.sale_id = rows_int(rows, 4),
			.amount_fen = rows_int(rows, 5),
			.balance_fen = balance_fen };
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
account_lines_export(
    struct db *db, int64_t account_id, struct day from, struct day to, struct rows **rows)
{
	struct value id = I(account_id);
	int64_t opening_fen;
	enum rc rc = db_int(db, &Q[OPENING], ARGS(id, D(from)), &opening_fen);

	if (rc != RC_OK)
		return rc;
	return db_stream(db, &Q[LINES_EXPORT], ARGS(I(opening_fen), id, id, D(from), D(to)), rows);
}
