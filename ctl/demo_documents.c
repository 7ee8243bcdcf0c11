/* Documents of the demonstration that wait for somebody, made by the model itself. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/secret.h"
#include "demo_money.h"
#include "model/alarm.h"
#include "model/sale.h"
#include "model/shift.h"

enum { LIVING, RICH, SILENT, COMMAND, HOLD_COMMAND, HOLD_DELIVERY, HOLD_EPOCH, HOLD_SALE };
static const struct query Q[] QUERIES = {
	/* Meters with money in them that answer. */
	[LIVING] = { .sql = "SELECT m.meter_id, a.account_id FROM account_meter a"
			    " JOIN meter m ON m.meter_id = a.meter_id"
			    " JOIN meter_state s ON s.meter_id = a.meter_id"
			    " LEFT JOIN meter_link l ON l.meter_id = a.meter_id"
			    " WHERE a.ended_at IS NULL AND l.lost_since IS NULL"
			    " AND m.credit_mode = 'meter' AND s.credit_fen > 20000"
			    " ORDER BY m.meter_id LIMIT 1 OFFSET ?" },
	/* More than the cashier may give back alone. */
	[RICH] = { .sql = "SELECT m.meter_id, a.account_id FROM account_meter a"
			  " JOIN meter m ON m.meter_id = a.meter_id"
			  " JOIN meter_state s ON s.meter_id = a.meter_id WHERE a.ended_at IS NULL"
			  " AND m.credit_mode = 'meter' ORDER BY s.credit_fen DESC LIMIT 1"
			  " OFFSET ?" },
	[SILENT] = { .sql = "SELECT l.meter_id, a.account_id FROM meter_link l"
			    " JOIN account_meter a ON a.active_meter = l.meter_id"
			    " WHERE l.lost_since IS NOT NULL LIMIT 1 OFFSET ?" },
	[COMMAND] = { .sql = "SELECT command_id FROM delivery WHERE sale_id = ? LIMIT 1" },
	/* As if the collector had sent it and read the same figures again. */
	[HOLD_COMMAND] = { .sql = "UPDATE command SET state = 'held', taken_at = ?,"
				  " ended_at = ?, taken_epoch = 1, attempts = 1, result = 'lost 1'"
				  " WHERE command_id = ?" },
	[HOLD_DELIVERY] = { .sql = "UPDATE delivery d JOIN meter_epoch e"
				   " ON e.meter_epoch_id = d.meter_epoch_id"
				   " JOIN meter_state s ON s.meter_id = d.meter_id"
				   " SET d.state = 'held', d.want_count = e.last_count + 1,"
				   " d.intent_at = ?, d.sent_at = ?, d.sends = 1,"
				   " d.before_fen = s.credit_fen, d.before_wh = s.energy_wh,"
				   " d.found_count = e.last_count, d.found_fen = s.credit_fen,"
				   " d.outcome = 'lost 1' WHERE d.command_id = ?" },
	[HOLD_EPOCH] = { .sql = "UPDATE meter_epoch e JOIN delivery d"
				" ON d.meter_epoch_id = e.meter_epoch_id SET"
				" e.flight_count = d.want_count, e.changed_at = ?"
				" WHERE d.command_id = ?" },
	[HOLD_SALE] = { .sql = "UPDATE sale SET state = 'held' WHERE sale_id = ?" },
};

struct desk {
	struct db *db;
	struct operator_actor cashier, manager;
};

struct place {
	int64_t meter_id, account_id;
};

static enum rc
find(struct db *db, const struct query *query, int64_t offset, struct place *place)
{
	struct rows *rows;
	enum rc rc = db_query(db, query, ARGS(I(offset)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		*place = (struct place){ rows_int(rows, 0), rows_int(rows, 1) };
	rows_end(rows);
	return rc;
}

static struct sale_asker
asker(struct operator_actor by)
{
	struct sale_asker asker = { .by = by };

	asker.by.now = clock_now();
	secret_random(asker.request_key, sizeof(asker.request_key));
	return asker;
}

static enum rc
sell(const struct desk *desk, const struct place *place, int64_t amount_fen, const char *note,
    int64_t *sale_id)
{
	struct sale_wish wish = { .asker = asker(desk->cashier),
		.account_id = place->account_id,
		.meter_id = place->meter_id,
		.channel = CHANNEL_CASH,
		.amount_fen = amount_fen,
		.is_duplicate_meant = true,
		.note = note };
	struct faults faults = { 0 };
	bool is_old;

	return sale_record(desk->db, &wish, &faults, sale_id, &is_old);
}

/* Sold twice by mistake, and taken back before it was sent. */
static enum rc
take_back(const struct desk *desk)
{
	struct place place;
	struct faults faults = { 0 };
	int64_t sale_id, reversal_id;
	bool is_old;
	enum rc rc = find(desk->db, &Q[LIVING], 40, &place);

	if (rc == RC_OK)
		rc = sell(desk, &place, 20000, "", &sale_id);
	if (rc != RC_OK)
		return rc;
	struct reversal_wish wish = {
		.asker = asker(desk->cashier), .sale_id = sale_id, .reason = "选错房间"
	};
	return sale_reverse(desk->db, &wish, &faults, &reversal_id, &is_old);
}

static enum rc
ask_second(const struct desk *desk)
{
	struct place place;
	struct faults faults = { 0 };
	int64_t sale_id;
	bool is_old;
	enum rc rc = find(desk->db, &Q[LIVING], 60, &place);

	if (rc != RC_OK)
		return rc;
	struct adjustment_wish adjustment = { .asker = asker(desk->manager),
		.account_id = place.account_id,
		.meter_id = place.meter_id,
		.amount_fen = 3500,
		.reason = "停电检修补偿" };
	rc = sale_adjust(desk->db, &adjustment, &faults, &sale_id, &is_old);
	if (rc == RC_OK)
		rc = find(desk->db, &Q[RICH], 0, &place);
	if (rc != RC_OK)
		return rc;
	struct refund_wish refund = { .asker = asker(desk->cashier),
		.account_id = place.account_id,
		.meter_id = place.meter_id,
		.amount_fen = 0,
		.channel = CHANNEL_TRANSFER,
		.reason = "租户申请退还余额",
		.note = "" };
	return sale_refund(desk->db, &refund, &faults, &sale_id, &is_old);
}

struct holding {
	int64_t sale_id;
	const struct place *place;
};

static enum rc
hold(struct db *db, void *context)
{
	const struct holding *holding = context;
	int64_t now = clock_now(), command_id;
	struct alarm alarm = { .kind = ALARM_DELIVERY_HELD,
		.meter_id = (uint32_t)holding->place->meter_id,
		.at = now,
		.detail = "lost 1" };
	enum rc rc = db_int(db, &Q[COMMAND], ARGS(I(holding->sale_id)), &command_id);

	if (rc == RC_OK)
		rc = db_exec(db, &Q[HOLD_COMMAND], ARGS(T(now), T(now), I(command_id)));
	if (rc == RC_OK)
		rc = db_exec(db, &Q[HOLD_DELIVERY], ARGS(T(now), T(now), I(command_id)));
	if (rc == RC_OK)
		rc = db_exec(db, &Q[HOLD_EPOCH], ARGS(T(now), I(command_id)));
	if (rc == RC_OK)
		rc = db_exec(db, &Q[HOLD_SALE], ARGS(I(holding->sale_id)));
	return rc == RC_OK ? alarm_begin(db, &alarm) : rc;
}

static enum rc
leave_held(const struct desk *desk)
{
	struct place place;
	struct holding holding = { .place = &place };
	enum rc rc = find(desk->db, &Q[LIVING], 20, &place);

	if (rc == RC_OK)
		rc = sell(desk, &place, 10000, "", &holding.sale_id);
	return rc == RC_OK ? db_transact(desk->db, hold, &holding) : rc;
}

static enum rc
leave_queued(const struct desk *desk)
{
	struct place place;
	int64_t sale_id;
	enum rc rc = find(desk->db, &Q[SILENT], 0, &place);

	if (rc == RC_OK)
		rc = sell(desk, &place, 30000, "表计失联，恢复后自动下发", &sale_id);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
close_shift(const struct desk *desk, int64_t shift_id)
{
	struct shift_closing closing = { .shift_id = shift_id, .note = "", .by = desk->cashier };
	struct shift_count counts[SHIFT_DENOMINATIONS_MAX];
	size_t count;
	const int64_t *notes = shift_denominations(&count);
	int64_t cash, counted, expected;
	enum rc rc = shift_cash(desk->db, shift_id, &cash);

	for (size_t i = 0; i < count; i++) {
		counts[i] = (struct shift_count){ notes[i], cash / notes[i] };
		cash %= notes[i];
	}
	closing.counts = counts;
	closing.count = count;
	closing.by.now = clock_now();
	return rc == RC_OK ? shift_close(desk->db, &closing, &counted, &expected) : rc;
}

enum rc
demo_documents(struct db *db, int64_t cashier, int64_t manager)
{
	struct desk desk = { .db = db,
		.cashier = { cashier, "cashier", "127.0.0.1", clock_now() },
		.manager = { manager, "manager", "127.0.0.1", clock_now() } };
	int64_t shift_id;
	enum rc rc = shift_open(db, DEMO_FLOAT_FEN, &desk.cashier, &shift_id);

	if (rc == RC_OK)
		rc = leave_queued(&desk);
	if (rc == RC_OK)
		rc = leave_held(&desk);
	if (rc == RC_OK)
		rc = take_back(&desk);
	if (rc == RC_OK)
		rc = ask_second(&desk);
	return rc == RC_OK ? close_shift(&desk, shift_id) : rc;
}
