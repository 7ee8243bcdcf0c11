/* Writing documents; sale_stored.c moves them on. */
#include <assert.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/text.h"
#include "model/edit.h"
#include "model/sale_private.h"
#include "model/sale_view.h"

enum { INSERT, LINE };
static const struct query Q[] QUERIES = {
	[INSERT] = { .sql = "INSERT INTO sale (kind, request_key, request_digest, series,"
			    " operator_id, biz_day, receipt_seq, receipt_number, verify_code,"
			    " shift_id, account_id, meter_id, to_meter_id, channel, amount_fen,"
			    " credit_fen, tendered_fen, balance_fen, state, reverses_sale_id,"
			    " reason, note, approved_by, approved_at, created_at, settled_at,"
			    " paid_at, paid_by, paid_shift_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?,"
			    " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[LINE] = { .sql = "INSERT INTO sale_line (sale_id, line, kind, name, amount_fen)"
			  " VALUES (?, ?, ?, ?, ?)" },
};

static struct value
id_or_null(int64_t id)
{
	return id != 0 ? I(id) : NIL;
}

static struct value
time_or_null(int64_t at)
{
	return at != 0 ? T(at) : NIL;
}

static struct value
text_or_empty(const char *text)
{
	return S(text != NULL ? text : "");
}

static enum rc
insert_row(
    struct db *db, const struct sale_document *document, const struct receipt_number *receipt)
{
	unsigned char verify[SALE_VERIFY];

	secret_random(verify, sizeof(verify));
	return db_exec(db, &Q[INSERT],
	    ARGS(S(sale_kind_name(document->kind)), B(document->key, SALE_KEY),
		B(document->digest, SECRET_DIGEST), I(receipt->series),
		I(document->by->operator_id), D(document->day), I(receipt->seq), S(receipt->text),
		B(verify, sizeof(verify)), id_or_null(document->shift_id), I(document->account_id),
		I(document->meter_id), id_or_null(document->to_meter_id),
		S(channel_name(document->channel)), I(document->amount_fen),
		I(document->credit_fen), id_or_null(document->tendered_fen),
		document->balance_fen != METER_NO_CREDIT ? I(document->balance_fen) : NIL,
		S(sale_state_name(document->state)), id_or_null(document->reverses_sale_id),
		text_or_empty(document->reason), text_or_empty(document->note),
		id_or_null(document->approved_by), time_or_null(document->approved_at),
		T(document->by->now), time_or_null(document->settled_at),
		time_or_null(document->paid_at), id_or_null(document->paid_by),
		id_or_null(document->paid_shift_id)));
}

static enum rc
insert_lines(struct db *db, int64_t sale_id, const struct sale_document *document)
{
	int64_t sales[SALE_FEES_MAX + 1], numbers[SALE_FEES_MAX + 1], amounts[SALE_FEES_MAX + 1];
	const char *kinds[SALE_FEES_MAX + 1], *names[SALE_FEES_MAX + 1];
	size_t count = document->line_count;

	assert(count <= SALE_FEES_MAX + 1);
	for (size_t i = 0; i < count; i++) {
		const struct sale_quote_line *line = &document->lines[i];
		sales[i] = sale_id;
		numbers[i] = (int64_t)i + 1;
		kinds[i] = line->is_fee ? "fee" : "energy";
		names[i] = line->is_fee ? line->name : "";
		amounts[i] = line->amount_fen;
	}
	const struct column columns[] = { { .kind = VALUE_INT, .numbers = sales },
		{ .kind = VALUE_INT, .numbers = numbers }, { .kind = VALUE_TEXT, .texts = kinds },
		{ .kind = VALUE_TEXT, .texts = names }, { .kind = VALUE_INT, .numbers = amounts } };
	return db_bulk(db, &Q[LINE], columns, COUNT(columns), count);
}

static enum rc
audit(struct db *db, int64_t sale_id, const struct sale_document *document, const char *receipt)
{
	struct changes changes = { 0 };
	char action[32];

	(void)snprintf(action, sizeof(action), "sale.%s", sale_kind_name(document->kind));
	change_text(&changes, "receipt_number", "", receipt);
	change_int(&changes, "account_id", 0, document->account_id);
	change_int(&changes, "meter_id", 0, document->meter_id);
	change_int(&changes, "to_meter_id", 0, document->to_meter_id);
	change_text(&changes, "channel", "", channel_name(document->channel));
	change_money_or(&changes, "amount", -1, -1, document->amount_fen);
	change_money_or(&changes, "credit", METER_NO_CREDIT, METER_NO_CREDIT, document->credit_fen);
	change_int(&changes, "reverses", 0, document->reverses_sale_id);
	change_text(&changes, "state", "", sale_state_name(document->state));
	return edit_audit(db, document->by, action, "sale", sale_id, &changes, document->reason);
}

enum rc
sale_insert(struct db *db, const struct sale_document *document, int64_t *sale_id)
{
	struct receipt_number receipt;
	enum rc rc = ledger_next_receipt(db, document->by->operator_id, document->day, &receipt);

	if (rc == RC_OK)
		rc = insert_row(db, document, &receipt);
	if (rc != RC_OK)
		return rc;
	*sale_id = db_last_id(db);
	rc = insert_lines(db, *sale_id, document);
	return rc == RC_OK ? audit(db, *sale_id, document, receipt.text) : rc;
}
