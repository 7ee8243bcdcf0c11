#include "model/sale.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/money.h"
#include "base/text.h"
#include "model/delivery.h"
#include "model/limit.h"
#include "model/sale_lines.h"
#include "model/sale_private.h"
#include "model/shift.h"

#define HOARD_FEN   9999999 /* when the settings say nothing */
#define DUPLICATE_S 120

enum { ROOM, DUPLICATE };
static const struct query Q[] QUERIES = {
	[ROOM] = { .sql = "SELECT (SELECT value FROM setting WHERE name = 'sale.hoard_fen'),"
			  " (SELECT value FROM setting WHERE name = 'sale.duplicate_s'),"
			  " CAST(COALESCE(SUM(b.transit_fen), 0) AS SIGNED),"
			  " CAST(COALESCE(SUM(b.credit_fen), 0) AS SIGNED)"
			  " FROM ledger_balance b WHERE b.account_id = ? AND b.meter_id = ?",
	    .bounded = "one row" },
	[DUPLICATE] = { .sql = "SELECT receipt_number, created_at FROM sale WHERE meter_id = ?"
			       " AND kind = 'purchase' AND amount_fen = ?"
			       " AND state <> 'cancelled' AND created_at > ?"
			       " ORDER BY sale_id DESC LIMIT 1" },
};

struct deed {
	const struct sale_wish *wish;
	struct faults *faults;
	unsigned char digest[SECRET_DIGEST];
	struct arena *arena;
	struct sale_meter meter;
	struct sale_desk desk;
	struct sale_lines lines;
};

/* ---- what speaks against it ---- */

static void
fault_amount(struct faults *faults, const char *field, const char *key, int64_t amount_fen)
{
	char text[MONEY_TEXT_MAX];

	money_format(amount_fen, text, sizeof(text));
	fault_add(faults, field, key, "%s", text);
}

static void
check_wish(const struct sale_wish *wish, struct faults *faults)
{
	if (wish->amount_fen <= 0)
		fault_add(faults, "amount", "Required", "%s", "");
	else if (wish->amount_fen > SALE_MAX_FEN)
		fault_amount(faults, "amount", "SaleMax", SALE_MAX_FEN);
	if ((size_t)wish->channel >= CHANNEL_NONE)
		fault_add(faults, "channel", "Required", "%s", "");
	if (wish->channel == CHANNEL_CASH && wish->tendered_fen != 0 &&
	    wish->tendered_fen < wish->amount_fen)
		fault_add(faults, "tendered", "Tendered", "%s", "");
	sale_check_reason(faults, "note", wish->note, false);
}

static enum rc
check_limits(struct db *db, const struct deed *deed)
{
	const struct sale_wish *wish = deed->wish;
	const struct sale_limits *limits = &deed->desk.limits;
	int64_t cash = 0;

	if (wish->amount_fen > limits->sale_max_fen)
		fault_amount(deed->faults, "amount", "SaleMax", limits->sale_max_fen);
	if (wish->channel != CHANNEL_CASH || limits->cash_max_fen == LIMIT_NONE)
		return RC_OK;
	enum rc rc = shift_cash(db, deed->desk.shift_id, &cash);
	if (rc == RC_OK && cash + wish->amount_fen > limits->cash_max_fen)
		fault_amount(deed->faults, "amount", "CashMax", limits->cash_max_fen);
	return rc;
}

static enum rc
check_lines(struct db *db, struct deed *deed)
{
	const struct sale_wish *wish = deed->wish;
	enum rc rc = sale_lines(db, deed->arena, wish, wish->asker.by.now, &deed->lines);

	if (rc == RC_NOT_FOUND) {
		fault_add(deed->faults, "fee", "PriceChanged", "%s", "");
		return RC_OK;
	}
	if (rc == RC_OK && wish->price_mark != 0 && wish->price_mark != deed->lines.mark)
		fault_add(deed->faults, "", "PriceChanged", "%s", "");
	if (rc == RC_OK && deed->lines.credit_fen <= 0)
		fault_add(deed->faults, "amount", "NothingLeft", "%s", "");
	return rc;
}

/* What is known of the meter's money, and the settings about it. */
struct room {
	int64_t hoard_fen, duplicate_s;
	int64_t transit_fen, credit_fen;
};

/* A setting that is no number counts as missing. */
static int64_t
setting_or(const struct rows *rows, size_t column, int64_t fallback)
{
	int64_t number;

	return text_parse_uint(rows_text(rows, column), INT64_MAX, &number) == RC_OK ? number
										     : fallback;
}

static enum rc
load_room(struct db *db, const struct sale_meter *meter, struct room *room)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[ROOM], ARGS(I(meter->account_id), I(meter->meter_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		*room = (struct room){ .hoard_fen = setting_or(rows, 0, HOARD_FEN),
			.duplicate_s = setting_or(rows, 1, DUPLICATE_S),
			.transit_fen = rows_int(rows, 2),
			.credit_fen = rows_int(rows, 3) };
	rows_end(rows);
	return rc;
}

/* Too much credit in one meter is a risk to the customer, and more than some meters can show. */
static void
check_hoard(const struct deed *deed, const struct room *room)
{
	char limit_text[MONEY_TEXT_MAX], now_text[MONEY_TEXT_MAX];
	int64_t shown = deed->meter.shown_fen;
	int64_t now = room->transit_fen + (shown != METER_NO_CREDIT ? shown : room->credit_fen);

	if (now + deed->lines.credit_fen <= room->hoard_fen)
		return;
	money_format(room->hoard_fen, limit_text, sizeof(limit_text));
	money_format(now, now_text, sizeof(now_text));
	fault_add(deed->faults, "amount", "HoardMax", "%s\t%s", limit_text, now_text);
}

static enum rc
check_duplicate(struct db *db, const struct deed *deed, const struct room *room)
{
	const struct sale_wish *wish = deed->wish;
	struct rows *rows;
	char when[32];

	if (wish->is_duplicate_meant || room->duplicate_s == 0)
		return RC_OK;
	enum rc rc = db_query(db, &Q[DUPLICATE],
	    ARGS(I(wish->meter_id), I(wish->amount_fen),
		T(wish->asker.by.now - room->duplicate_s * CLOCK_SECOND)),
	    &rows);
	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc == RC_OK) {
		clock_format(rows_int(rows, 1), when, sizeof(when));
		fault_add(deed->faults, "", "NearDuplicate", "%s\t%s", rows_text(rows, 0), when);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
check_room(struct db *db, const struct deed *deed)
{
	struct room room;
	enum rc rc = load_room(db, &deed->meter, &room);

	if (rc != RC_OK)
		return rc;
	check_hoard(deed, &room);
	return deed->faults->count == 0 ? check_duplicate(db, deed, &room) : RC_OK;
}

/* Locks in the order of sale_private.h. */
static enum rc
check(struct db *db, struct deed *deed)
{
	const struct sale_wish *wish = deed->wish;
	struct faults *faults = deed->faults;
	enum rc rc;

	check_wish(wish, faults);
	rc = sale_hold_meter(
	    db, wish->account_id, wish->meter_id, false, wish->asker.by.now, faults, &deed->meter);
	/* What is sold behind the order that empties it would never arrive. */
	if (rc == RC_OK && faults->count == 0 && deed->meter.is_leaving)
		fault_add(faults, "", "InFlight", "%s", "");
	if (rc == RC_OK && faults->count == 0)
		rc = sale_open_desk(db, &wish->asker.by, true, faults, &deed->desk);
	if (rc == RC_OK && faults->count == 0)
		rc = check_lines(db, deed);
	if (rc == RC_OK && faults->count == 0)
		rc = check_limits(db, deed);
	if (rc == RC_OK && faults->count == 0)
		rc = check_room(db, deed);
	return rc == RC_OK ? sale_verdict(faults) : rc;
}

/* ---- doing it ---- */

static enum rc
insert(struct db *db, const struct deed *deed, int64_t *sale_id)
{
	const struct sale_wish *wish = deed->wish;

	return sale_insert(db,
	    &(struct sale_document){ .kind = SALE_PURCHASE,
		.state = SALE_BOOKED,
		.key = wish->asker.request_key,
		.digest = deed->digest,
		.by = &wish->asker.by,
		.day = deed->desk.day,
		.shift_id = deed->desk.shift_id,
		.account_id = wish->account_id,
		.meter_id = wish->meter_id,
		.channel = wish->channel,
		.amount_fen = wish->amount_fen,
		.credit_fen = deed->lines.credit_fen,
		.tendered_fen = wish->channel == CHANNEL_CASH ? wish->tendered_fen : 0,
		.balance_fen = deed->meter.shown_fen,
		.note = wish->note,
		.lines = deed->lines.lines,
		.line_count = deed->lines.count },
	    sale_id);
}

static enum rc
book(struct db *db, const struct deed *deed, int64_t sale_id)
{
	const struct sale_wish *wish = deed->wish;
	const struct operator_actor *by = &wish->asker.by;
	struct posting postings[SALE_FEES_MAX + 2];
	size_t count = 0;

	postings[count++] = sale_posting_cash(deed->desk.shift_id, wish->channel, wish->amount_fen);
	postings[count++] =
	    sale_posting(LEDGER_TRANSIT, wish->account_id, wish->meter_id, -deed->lines.credit_fen);
	for (size_t i = 1; i < deed->lines.count; i++)
		postings[count++] =
		    sale_posting_fee(deed->lines.lines[i].name, -deed->lines.lines[i].amount_fen);
	return sale_book(db,
	    &(struct sale_booking){ .kind = JOURNAL_PURCHASE,
		.what = "purchase",
		.id = sale_id,
		.at = by->now,
		.sale_id = sale_id,
		.account_id = wish->account_id,
		.operator_id = by->operator_id,
		.shift_id = deed->desk.shift_id },
	    postings, count);
}

static enum rc
deliver(struct db *db, const struct deed *deed, int64_t sale_id)
{
	const struct operator_actor *by = &deed->wish->asker.by;
	struct sale_stored sale;
	int64_t command_id;

	if (deed->meter.mode == CREDIT_METER)
		return delivery_order(db,
		    &(struct delivery_order){ .sale_id = sale_id,
			.meter_id = deed->meter.meter_id,
			.leg = 1,
			.kind = DELIVERY_CREDIT,
			.amount_fen = deed->lines.credit_fen,
			.operator_id = by->operator_id,
			.at = by->now,
			.bus_id = deed->meter.bus_id,
			.epoch_id = deed->meter.epoch.epoch_id },
		    &command_id);
	enum rc rc = sale_lock(db, sale_id, &sale);
	return rc == RC_OK
		   ? sale_settle_server(db, &sale, deed->meter.meter_id, deed->lines.credit_fen, by)
		   : rc;
}

static enum rc
sell(struct db *db, void *context, int64_t *sale_id)
{
	struct deed *deed = context;
	enum rc rc = check(db, deed);

	if (rc == RC_OK)
		rc = insert(db, deed, sale_id);
	if (rc == RC_OK)
		rc = book(db, deed, *sale_id);
	return rc == RC_OK ? deliver(db, deed, *sale_id) : rc;
}

static void
prepare(const struct sale_wish *wish, struct sale_request *request)
{
	struct sale_digest digest = { .length = 0 };

	assert(wish->fee_count <= SALE_FEES_MAX);
	digest_text(&digest, "purchase");
	digest_int(&digest, wish->account_id);
	digest_int(&digest, wish->meter_id);
	digest_int(&digest, wish->channel);
	digest_int(&digest, wish->amount_fen);
	digest_int(&digest, wish->tendered_fen);
	for (size_t i = 0; i < wish->fee_count; i++)
		digest_int(&digest, wish->fee_ids[i]);
	digest_text(&digest, wish->note);
	sale_request_digest(request, &digest);
}

enum rc
sale_record(struct db *db, const struct sale_wish *wish, struct faults *faults, int64_t *sale_id,
    bool *is_old)
{
	struct deed deed = { .wish = wish, .faults = faults, .arena = arena_new() };
	struct sale_request request = {
		.key = wish->asker.request_key, .faults = faults, .work = sell, .context = &deed
	};

	prepare(wish, &request);
	memcpy(deed.digest, request.digest, sizeof(deed.digest));
	enum rc rc = sale_run(db, &request, sale_id, is_old);
	arena_free(deed.arena);
	return rc;
}

enum rc
sale_record_within(
    struct db *db, const struct sale_wish *wish, struct faults *faults, int64_t *sale_id)
{
	struct deed deed = { .wish = wish, .faults = faults, .arena = arena_new() };
	struct sale_request request = { .key = wish->asker.request_key };

	prepare(wish, &request);
	memcpy(deed.digest, request.digest, sizeof(deed.digest));
	enum rc rc = sell(db, &deed, sale_id);
	arena_free(deed.arena);
	return rc;
}
