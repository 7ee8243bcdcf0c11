/* Documents, orders, shifts, days and the ledger of the demonstration, row by row. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/money.h"
#include "base/secret.h"
#include "base/text.h"
#include "demo_money.h"
#include "demo_tape.h"
#include "model/shift.h"

#define OPENS_AT  (8 * CLOCK_HOUR + 40 * CLOCK_MINUTE) /* of a shift, in its day */
#define CLOSES_AT (20 * CLOCK_HOUR + 10 * CLOCK_MINUTE)
#define DAY_ENDS  (21 * CLOCK_HOUR)
#define TAKEN_MS  300 /* after the press of the button */
#define SENT_MS	  500
#define DONE_MS	  1200

enum {
	NEXT,
	EPOCH,
	SHIFT,
	SHIFT_COUNT,
	DAY,
	COUNTER,
	BATCH,
	COMMAND,
	SALE,
	LINE,
	DELIVERY,
	JOURNAL,
	POSTING,
	BALANCE,
	CHARGE,
	AUDIT,
	FEE,
	LIMITS,
	GUARD,
	TABLES
};
static const struct query Q[] QUERIES = {
	[NEXT] = { .sql = "SELECT (SELECT COALESCE(MAX(sale_id), 0) FROM sale),"
			  " (SELECT COALESCE(MAX(command_id), 0) FROM command),"
			  " (SELECT COALESCE(MAX(command_batch_id), 0) FROM command_batch),"
			  " (SELECT COALESCE(MAX(journal_id), 0) FROM journal),"
			  " (SELECT COALESCE(MAX(shift_id), 0) FROM shift),"
			  " (SELECT COALESCE(MAX(meter_epoch_id), 0) FROM meter_epoch)",
	    .bounded = "one row" },
	[EPOCH] = { .sql = "INSERT INTO meter_epoch (meter_epoch_id, meter_id, account_id, cause,"
			   " began_at, base_count, base_credit_fen, base_energy_wh, last_count,"
			   " last_credit_fen, last_energy_wh, last_at, changed_at)"
			   " VALUES (?, ?, ?, 'adopted', ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[SHIFT] = { .sql = "INSERT INTO shift (shift_id, operator_id, opened_at, biz_day,"
			   " float_fen, closed_at, expected_fen, counted_fen, note)"
			   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[SHIFT_COUNT] = { .sql = "INSERT INTO shift_count (shift_id, denomination_fen, pieces)"
				 " VALUES (?, ?, ?)" },
	[DAY] = { .sql = "INSERT INTO business_day (day, closed_at, closed_by) VALUES (?, ?, ?)" },
	[COUNTER] = { .sql = "INSERT INTO receipt_counter (series, operator_id, biz_day, last_seq)"
			     " VALUES (0, ?, ?, ?)" },
	[BATCH] = { .sql = "INSERT INTO command_batch (command_batch_id, kind, request_key,"
			   " created_by, created_at) VALUES (?, 'credit', UNHEX(?), ?, ?)" },
	[COMMAND] = { .sql = "INSERT INTO command (command_id, command_batch_id, kind, bus_id,"
			     " meter_id, state, created_at, taken_at, taken_epoch, ended_at, step,"
			     " attempts) VALUES (?, ?, 'credit', ?, ?, 'confirmed', ?, ?, 1, ?, 1,"
			     " 1)" },
	[SALE] = { .sql = "INSERT INTO sale (sale_id, kind, request_key, request_digest, series,"
			  " operator_id, biz_day, receipt_seq, receipt_number, verify_code,"
			  " shift_id, account_id, meter_id, channel, amount_fen, credit_fen,"
			  " tendered_fen, balance_fen, state, created_at, settled_at)"
			  " VALUES (?, 'purchase', UNHEX(?), UNHEX(?), 0, ?, ?, ?, ?, UNHEX(?), ?,"
			  " ?, ?, ?, ?, ?, ?, ?, 'delivered', ?, ?)" },
	[LINE] = { .sql = "INSERT INTO sale_line (sale_id, line, kind, name, amount_fen)"
			  " VALUES (?, ?, ?, ?, ?)" },
	[DELIVERY] = { .sql =
			   "INSERT INTO delivery (command_id, sale_id, meter_id, meter_epoch_id,"
			   " kind, amount_fen, state, want_count, intent_at, before_fen, before_wh,"
			   " sends, sent_at, after_count, after_fen, after_wh, ended_at)"
			   " VALUES (?, ?, ?, ?, 'credit', ?, 'done', ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)" },
	[JOURNAL] = { .sql = "INSERT INTO journal (journal_id, kind, source_key, at, biz_day,"
			     " sale_id, command_id, account_id, operator_id, shift_id)"
			     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[POSTING] = { .sql = "INSERT INTO posting (journal_id, line, ledger, account_id, meter_id,"
			     " shift_id, channel, name, amount_fen)"
			     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[BALANCE] = { .sql = "INSERT INTO ledger_balance (account_id, meter_id, credit_fen)"
			     " VALUES (?, ?, ?)" },
	[CHARGE] = { .sql = "INSERT INTO charge_day (day, meter_epoch_id, meter_id, account_id,"
			    " opening_fen, credited_fen, deducted_fen, energy_wh, charge_fen,"
			    " difference_fen, closing_fen, closing_at, closing_wh, closing_count,"
			    " carry_nano, unpriced_wh, doubtful, month_day, month_wh, year_day,"
			    " year_wh, journal_id, charged_at) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?,"
			    " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[AUDIT] = { .sql = "INSERT INTO audit (at, operator_id, actor, address, action, outcome,"
			   " object_kind, object_id, detail)"
			   " VALUES (?, ?, ?, '127.0.0.1', ?, 'done', ?, ?, ?)" },
	[FEE] = { .sql = "INSERT INTO fee (name, kind, value) VALUES (?, 'fixed', 500)" },
	[LIMITS] = { .sql = "UPDATE role SET cash_max_fen = COALESCE(cash_max_fen, 2000000),"
			    " second_max_fen = COALESCE(second_max_fen, 50000)"
			    " WHERE code = 'cashier'" },
	/* What the simulator's meters do is known. */
	[GUARD] = { .sql = "INSERT INTO model_guard (meter_model_id, guard, tested_at, meter_id,"
			   " command_id) SELECT m.meter_model_id, 'checks', MIN(c.ended_at),"
			   " MIN(c.meter_id), MIN(c.command_id) FROM command c JOIN meter m"
			   " ON m.meter_id = c.meter_id WHERE c.kind = 'credit'"
			   " GROUP BY m.meter_model_id ON DUPLICATE KEY UPDATE guard = guard" },
};

static const char *const SELLERS[DEMO_SELLERS] = { "cashier", "manager" };

struct writer {
	struct demo_business *b;
	struct tape *tapes[TABLES];
	int64_t sale_id, command_id, batch_id, journal_id, shift_id,
	    epoch_id; /* the last of each */
};

static enum rc
put(struct writer *w, int table, struct args row)
{
	if (w->tapes[table] == NULL)
		w->tapes[table] = tape_new(w->b->db, w->b->arena, &Q[table]);
	return tape_put(w->tapes[table], row);
}

static struct value
id_or_null(int64_t id)
{
	return id != 0 ? I(id) : NIL;
}

static const char *
random_hex(char *text, size_t bytes)
{
	unsigned char random[32];

	secret_random(random, bytes);
	text_hex(random, bytes, text);
	return text;
}

static enum rc
audit(struct writer *w, int64_t at, int64_t operator_id, const char *actor, const char *action,
    const char *kind, int64_t id, const char *detail)
{
	return put(w, AUDIT,
	    ARGS(T(at), I(operator_id), S(actor), S(action), S(kind), id_or_null(id), S(detail)));
}

/* ---- the ledger ---- */

static enum rc
post(struct writer *w, int line, const struct posting *posting)
{
	if (posting->amount_fen == 0)
		return RC_OK;
	return put(w, POSTING,
	    ARGS(I(w->journal_id), I(line), S(ledger_name(posting->ledger)),
		id_or_null(posting->account_id), id_or_null(posting->meter_id),
		id_or_null(posting->shift_id),
		posting->channel != CHANNEL_NONE ? S(channel_name(posting->channel)) : NIL,
		S(posting->name != NULL ? posting->name : ""), I(posting->amount_fen)));
}

static enum rc
book(struct writer *w, const struct journal *journal, const struct posting *postings, size_t count)
{
	enum rc rc = put(w, JOURNAL,
	    ARGS(I(++w->journal_id), S(journal_kind_name(journal->kind)), S(journal->source_key),
		T(journal->at), D(clock_day(journal->at)), id_or_null(journal->sale_id),
		id_or_null(journal->command_id), id_or_null(journal->account_id),
		id_or_null(journal->operator_id), id_or_null(journal->shift_id)));

	for (size_t i = 0; rc == RC_OK && i < count; i++)
		rc = post(w, (int)i + 1, &postings[i]);
	return rc;
}

static struct posting
of_shop(const struct demo_shop *shop, enum ledger ledger, int64_t amount_fen)
{
	return (struct posting){ .ledger = ledger,
		.account_id = shop->account_id,
		.meter_id = shop->meter_id,
		.channel = CHANNEL_NONE,
		.amount_fen = amount_fen };
}

static enum rc
book_purchase(struct writer *w, const struct demo_buy *buy)
{
	const struct demo_shop *shop = &w->b->shops[buy->meter];
	char source[LEDGER_SOURCE_MAX + 1];
	const struct posting paid[] = {
		{ .ledger = LEDGER_CASH,
		    .shift_id = buy->shift_id,
		    .channel = buy->channel,
		    .amount_fen = buy->credit_fen + buy->fee_fen },
		of_shop(shop, LEDGER_TRANSIT, -buy->credit_fen),
		{ .ledger = LEDGER_FEE,
		    .channel = CHANNEL_NONE,
		    .name = DEMO_FEE,
		    .amount_fen = -buy->fee_fen },
	};
	const struct posting delivered[] = { of_shop(shop, LEDGER_TRANSIT, buy->credit_fen),
		of_shop(shop, LEDGER_CREDIT, -buy->credit_fen) };

	(void)snprintf(source, sizeof(source), "purchase:%" PRId64, buy->sale_id);
	enum rc rc = book(w,
	    &(struct journal){ .kind = JOURNAL_PURCHASE,
		.at = buy->at,
		.sale_id = buy->sale_id,
		.account_id = shop->account_id,
		.operator_id = w->b->sellers[buy->seller],
		.shift_id = buy->shift_id,
		.source_key = source },
	    paid, COUNT(paid));
	(void)snprintf(source, sizeof(source), "delivery:%" PRId64, buy->command_id);
	return rc == RC_OK ? book(w,
				 &(struct journal){ .kind = JOURNAL_DELIVERY,
				     .at = buy->at + DONE_MS,
				     .sale_id = buy->sale_id,
				     .command_id = buy->command_id,
				     .account_id = shop->account_id,
				     .source_key = source },
				 delivered, COUNT(delivered))
			   : rc;
}

/* ---- documents and orders ---- */

static enum rc
write_document(struct writer *w, const struct demo_buy *buy)
{
	const struct demo_shop *shop = &w->b->shops[buy->meter];
	int64_t operator_id = w->b->sellers[buy->seller], amount = buy->credit_fen + buy->fee_fen;
	char key[33], digest[65], verify[17], day[16], receipt[RECEIPT_NUMBER_MAX + 1], detail[200],
	    money[MONEY_TEXT_MAX];
	bool gives_more = buy->channel == CHANNEL_CASH && buy->fee_fen != 0;

	clock_format_day(buy->day, day, sizeof(day));
	(void)snprintf(receipt, sizeof(receipt), "A%.4s%.2s%.2s-%03" PRId64 "-%04" PRId64, day,
	    day + 5, day + 8, operator_id, buy->seq);
	money_format(amount, money, sizeof(money));
	(void)snprintf(detail, sizeof(detail),
	    "receipt_number: -> %s\nchannel: -> %s\namount: -> %s", receipt,
	    channel_name(buy->channel), money);
	enum rc rc = put(w, SALE,
	    ARGS(I(buy->sale_id), S(random_hex(key, 16)), S(random_hex(digest, 32)), I(operator_id),
		D(buy->day), I(buy->seq), S(receipt), S(random_hex(verify, 8)), I(buy->shift_id),
		I(shop->account_id), I(shop->meter_id), S(channel_name(buy->channel)), I(amount),
		I(buy->credit_fen), gives_more ? I((amount + 9999) / 10000 * 10000) : NIL,
		I(buy->before_fen), T(buy->at), T(buy->at + DONE_MS)));
	if (rc == RC_OK)
		rc = put(
		    w, LINE, ARGS(I(buy->sale_id), I(1), S("energy"), S(""), I(buy->credit_fen)));
	if (rc == RC_OK && buy->fee_fen != 0)
		rc = put(
		    w, LINE, ARGS(I(buy->sale_id), I(2), S("fee"), S(DEMO_FEE), I(buy->fee_fen)));
	return rc == RC_OK ? audit(w, buy->at, operator_id, SELLERS[buy->seller], "sale.purchase",
				 "sale", buy->sale_id, detail)
			   : rc;
}

static enum rc
write_order(struct writer *w, const struct demo_buy *buy)
{
	const struct demo_shop *shop = &w->b->shops[buy->meter];
	char key[33];
	enum rc rc = put(w, BATCH,
	    ARGS(I(++w->batch_id), S(random_hex(key, 16)), I(w->b->sellers[buy->seller]),
		T(buy->at)));

	if (rc == RC_OK)
		rc = put(w, COMMAND,
		    ARGS(I(buy->command_id), I(w->batch_id), I(shop->bus_id), I(shop->meter_id),
			T(buy->at), T(buy->at + TAKEN_MS), T(buy->at + DONE_MS)));
	return rc == RC_OK ? put(w, DELIVERY,
				 ARGS(I(buy->command_id), I(buy->sale_id), I(shop->meter_id),
				     I(shop->epoch_id), I(buy->credit_fen), I(buy->count),
				     T(buy->at + SENT_MS), I(buy->before_fen), I(buy->before_wh),
				     T(buy->at + SENT_MS), I(buy->count),
				     I(buy->before_fen + buy->credit_fen), I(buy->before_wh),
				     T(buy->at + DONE_MS)))
			   : rc;
}

static enum rc
write_buys(struct writer *w)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < w->b->buy_count; i++) {
		struct demo_buy *buy = &w->b->buys[i];
		if ((rc = write_document(w, buy)) == RC_OK && (rc = write_order(w, buy)) == RC_OK)
			rc = book_purchase(w, buy);
	}
	return rc;
}

/* ---- shifts and days ---- */

/* What a seller took on a day. */
struct drawer {
	size_t seller;
	struct day day;
	int64_t cash_fen, seq, last_at;
};

static enum rc
count_drawer(struct writer *w, int64_t counted_fen)
{
	size_t count;
	const int64_t *notes = shift_denominations(&count);
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		if (counted_fen >= notes[i])
			rc = put(w, SHIFT_COUNT,
			    ARGS(I(w->shift_id), I(notes[i]), I(counted_fen / notes[i])));
		counted_fen %= notes[i];
	}
	return rc;
}

static enum rc
book_short(struct writer *w, int64_t difference_fen, int64_t operator_id, int64_t at)
{
	char source[LEDGER_SOURCE_MAX + 1];
	const struct posting postings[] = {
		{ .ledger = LEDGER_CASH,
		    .shift_id = w->shift_id,
		    .channel = CHANNEL_CASH,
		    .amount_fen = difference_fen },
		{ .ledger = LEDGER_OVER_SHORT,
		    .shift_id = w->shift_id,
		    .channel = CHANNEL_NONE,
		    .amount_fen = -difference_fen },
	};

	if (difference_fen == 0)
		return RC_OK;
	(void)snprintf(source, sizeof(source), "shift:%" PRId64, w->shift_id);
	return book(w,
	    &(struct journal){ .kind = JOURNAL_SHIFT,
		.at = at,
		.operator_id = operator_id,
		.shift_id = w->shift_id,
		.source_key = source },
	    postings, COUNT(postings));
}

static enum rc
write_shift(struct writer *w, const struct drawer *drawer)
{
	int64_t operator_id = w->b->sellers[drawer->seller];
	int64_t from = clock_day_start(drawer->day), closed = from + CLOSES_AT;
	int64_t expected = DEMO_FLOAT_FEN + drawer->cash_fen;
	int64_t difference = drawer->day.number % 23 == 5 && drawer->seller == 0 ? -100 : 0;
	const char *actor = SELLERS[drawer->seller];

	if (closed >= w->b->now)
		closed = drawer->last_at + 2 * CLOCK_MINUTE < w->b->now
			     ? drawer->last_at + 2 * CLOCK_MINUTE
			     : w->b->now - 1;
	enum rc rc = put(w, SHIFT,
	    ARGS(I(w->shift_id), I(operator_id), T(from + OPENS_AT), D(drawer->day),
		I(DEMO_FLOAT_FEN), T(closed), I(expected), I(expected + difference),
		S(difference != 0 ? "找零时少收 1 元" : "")));
	if (rc == RC_OK)
		rc = count_drawer(w, expected + difference);
	if (rc == RC_OK)
		rc = book_short(w, difference, operator_id, closed);
	if (rc == RC_OK)
		rc = put(w, COUNTER, ARGS(I(operator_id), D(drawer->day), I(drawer->seq)));
	if (rc == RC_OK)
		rc = audit(w, from + OPENS_AT, operator_id, actor, "shift.open", "shift",
		    w->shift_id, "drawer: -> 500.00");
	return rc == RC_OK
		   ? audit(w, closed, operator_id, actor, "shift.close", "shift", w->shift_id, "")
		   : rc;
}

static enum rc
write_day(struct writer *w, struct day day)
{
	int64_t ends = clock_day_start(day) + DAY_ENDS;
	char detail[32] = "day: -> ";

	if (day.number == clock_day(w->b->now).number || ends >= w->b->now)
		return put(w, DAY, ARGS(D(day), NIL, NIL));
	clock_format_day(day, detail + 8, sizeof(detail) - 8);
	enum rc rc = put(w, DAY, ARGS(D(day), T(ends), I(w->b->closer)));
	return rc == RC_OK
		   ? audit(w, ends, w->b->closer, "finance", "day.close", "day", day.number, detail)
		   : rc;
}

/* Numbers the purchases of a day, which lie from first on, and closes its drawers. */
static enum rc
close_drawers(struct writer *w, size_t first, size_t end)
{
	struct demo_buy *buys = w->b->buys;
	enum rc rc = write_day(w, buys[first].day);

	for (size_t seller = 0; rc == RC_OK && seller < DEMO_SELLERS; seller++) {
		struct drawer drawer = { .seller = seller, .day = buys[first].day };
		for (size_t i = first; i < end; i++) {
			if (buys[i].seller != seller)
				continue;
			buys[i].seq = ++drawer.seq;
			buys[i].shift_id = w->shift_id + 1;
			drawer.last_at = buys[i].at;
			if (buys[i].channel == CHANNEL_CASH)
				drawer.cash_fen += buys[i].credit_fen + buys[i].fee_fen;
		}
		if (drawer.seq == 0)
			continue;
		w->shift_id++;
		rc = write_shift(w, &drawer);
	}
	return rc;
}

static enum rc
write_days(struct writer *w)
{
	size_t first = 0, count = w->b->buy_count;
	enum rc rc = RC_OK;

	for (size_t i = 0; i < count; i++) {
		w->b->buys[i].sale_id = ++w->sale_id;
		w->b->buys[i].command_id = ++w->command_id;
	}
	while (rc == RC_OK && first < count) {
		size_t end = first;
		while (end < count && w->b->buys[end].day.number == w->b->buys[first].day.number)
			end++;
		rc = close_drawers(w, first, end);
		first = end;
	}
	return rc;
}

/* ---- meters ---- */

static enum rc
write_epoch(struct writer *w, struct demo_shop *shop)
{
	const struct demo_buy *last = shop->last;
	const struct charge_reading *base = &shop->base;
	const struct posting found[] = { of_shop(shop, LEDGER_OPENING, base->credit_fen),
		of_shop(shop, LEDGER_CREDIT, -base->credit_fen) };
	char source[LEDGER_SOURCE_MAX + 1];
	int64_t at = last != NULL ? last->at + DONE_MS : base->at;

	shop->epoch_id = ++w->epoch_id;
	enum rc rc = put(w, EPOCH,
	    ARGS(I(shop->epoch_id), I(shop->meter_id), I(shop->account_id), T(base->at),
		I(base->count), I(base->credit_fen), I(base->energy_wh),
		I(last != NULL ? last->count : base->count),
		I(last != NULL ? last->before_fen + last->credit_fen : base->credit_fen),
		I(last != NULL ? last->before_wh : base->energy_wh), T(at), T(at)));
	if (rc == RC_OK)
		rc = put(
		    w, BALANCE, ARGS(I(shop->account_id), I(shop->meter_id), I(shop->credit_fen)));
	if (rc != RC_OK || base->credit_fen == 0)
		return rc;
	(void)snprintf(source, sizeof(source), "epoch:%" PRId64, shop->epoch_id);
	return book(w,
	    &(struct journal){ .kind = JOURNAL_OPENING,
		.at = base->at,
		.account_id = shop->account_id,
		.source_key = source },
	    found, COUNT(found));
}

static enum rc
book_use(struct writer *w, const struct demo_shop *shop, const struct charge_row *row, int64_t at)
{
	const struct posting used[] = { of_shop(shop, LEDGER_CREDIT, charge_out_of_credit(row)),
		of_shop(shop, LEDGER_REVENUE, -row->charge_fen),
		of_shop(shop, LEDGER_METERING, row->difference_fen) };
	char source[LEDGER_SOURCE_MAX + 1], day[16];

	clock_format_day(row->day, day, sizeof(day));
	(void)snprintf(source, sizeof(source), "use:%s:%" PRId64, day, shop->epoch_id);
	return book(w,
	    &(struct journal){ .kind = JOURNAL_USE,
		.at = at,
		.account_id = shop->account_id,
		.source_key = source },
	    used, COUNT(used));
}

static struct value
day_or_null(int32_t number)
{
	return number != 0 ? D(((struct day){ number })) : NIL;
}

static enum rc
write_charge(struct writer *w, const struct charge_row *row)
{
	const struct demo_shop *shop = &w->b->shops[row->epoch_id];
	int64_t end_at = clock_day_start(clock_day_add(row->day, 1));
	bool is_booked = row->charge_fen != 0 || row->difference_fen != 0;
	enum rc rc = is_booked ? book_use(w, shop, row, end_at - 1) : RC_OK;

	if (rc != RC_OK)
		return rc;
	return put(w, CHARGE,
	    ARGS(D(row->day), I(shop->epoch_id), I(row->meter_id), I(row->account_id),
		I(row->opening_fen), I(row->credited_fen), I(row->energy_wh), I(row->charge_fen),
		I(row->difference_fen), I(row->closing_fen), T(row->closing_at), I(row->closing_wh),
		I(row->closing_count), I(row->carry_nano), I(row->unpriced_wh), I(row->doubtful),
		day_or_null(row->steps.month), I(row->steps.month_wh), day_or_null(row->steps.year),
		I(row->steps.year_wh), is_booked ? I(w->journal_id) : NIL,
		T(end_at + CLOCK_HOUR < w->b->now ? end_at + CLOCK_HOUR : w->b->now)));
}

static enum rc
write_meters(struct writer *w)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < w->b->shop_count; i++)
		if (w->b->shops[i].base.at != 0)
			rc = write_epoch(w, &w->b->shops[i]);
	for (size_t i = 0; rc == RC_OK && i < w->b->row_count; i++)
		rc = write_charge(w, &w->b->rows[i]);
	return rc;
}

/* ---- all of it ---- */

static enum rc
load_next(struct writer *w)
{
	int64_t *const ids[] = { &w->sale_id, &w->command_id, &w->batch_id, &w->journal_id,
		&w->shift_id, &w->epoch_id };
	struct rows *rows;
	enum rc rc = db_query(w->b->db, &Q[NEXT], NO_ARGS, &rows);

	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	for (size_t i = 0; rc == RC_OK && i < COUNT(ids); i++)
		*ids[i] = rows_int(rows, i);
	rows_end(rows);
	return rc;
}

/* In the order in which the tables name each other. */
static enum rc
send_all(struct writer *w)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < TABLES; i++)
		if (w->tapes[i] != NULL)
			rc = tape_end(w->tapes[i]);
	return rc;
}

enum rc
demo_money_write(struct demo_business *b)
{
	struct writer w = { .b = b };
	enum rc rc = load_next(&w);

	if (rc == RC_OK)
		rc = write_days(&w);
	if (rc == RC_OK)
		rc = write_meters(&w);
	/* What was gathered of the tables before is there when documents name it. */
	if (rc == RC_OK)
		rc = send_all(&w);
	if (rc == RC_OK)
		rc = write_buys(&w);
	if (rc == RC_OK)
		rc = send_all(&w);
	if (rc == RC_OK)
		rc = db_exec(b->db, &Q[FEE], ARGS(S(DEMO_FEE)));
	if (rc == RC_OK)
		rc = db_exec(b->db, &Q[LIMITS], NO_ARGS);
	return rc == RC_OK ? db_exec(b->db, &Q[GUARD], NO_ARGS) : rc;
}
