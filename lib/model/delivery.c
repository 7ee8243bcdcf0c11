#include "model/delivery.h"

#include <assert.h>
#include <string.h>

#include "base/secret.h"
#include "model/command.h"
#include "model/delivery_private.h"
#include "model/meter_config.h"

enum {
	LOAD,
	PRICE_OWN,
	PRICE,
	EPOCH_OF,
	HOLD_EPOCH,
	HOLD_COMMAND,
	OTHERS,
	INTEND,
	FLIGHT,
	METER,
	INSERT,
	CANCEL
};

/* The highest price of a version: every component and the highest step on top. */
#define VERSION_PRICE                                                         \
	"(SELECT COALESCE(SUM(c.price), 0) FROM (SELECT p.tariff_version_id," \
	" MAX(p.price_uyuan) AS price FROM tariff_price p"                    \
	" GROUP BY p.tariff_version_id, p.component) c"                       \
	" WHERE c.tariff_version_id = v.tariff_version_id)"                   \
	" + (SELECT COALESCE(MAX(s.price_uyuan), 0) FROM tariff_tier s"       \
	" WHERE s.tariff_version_id = v.tariff_version_id)"

static const struct query Q[] QUERIES = {
	[LOAD] = { .sql = "SELECT d.sale_id, d.meter_id, d.meter_epoch_id, d.kind, d.amount_fen,"
			  " g.guard, e.last_count, d.intent_at, d.want_count, d.before_fen,"
			  " d.before_wh, d.target_fen, d.sent_at, d.sends, e.last_credit_fen,"
			  " e.last_energy_wh FROM delivery d JOIN meter_epoch e"
			  " ON e.meter_epoch_id = d.meter_epoch_id"
			  " JOIN meter m ON m.meter_id = d.meter_id"
			  " LEFT JOIN model_guard g ON g.meter_model_id = m.meter_model_id"
			  " WHERE d.command_id = ? AND d.state IN ('queued', 'sent')"
			  " AND e.ended_at IS NULL",
	    .bounded = "primary key" },
	[PRICE_OWN] = { .sql = "SELECT value FROM meter_config WHERE meter_id = ?"
			       " AND part = 'prices'",
	    .bounded = "primary key" },
	[PRICE] = { .sql = "SELECT GREATEST(COALESCE((SELECT MAX(t.price_uyuan) FROM meter_tariff"
			   " t WHERE t.meter_id = ?), 0), COALESCE((SELECT MAX(" VERSION_PRICE ")"
			   " FROM meter_tariff t JOIN tariff_version v ON v.tariff_id = t.tariff_id"
			   " AND v.state = 'published' WHERE t.meter_id = ?), 0))",
	    .bounded = "one row" },
	/* Found first, then locked: a subquery would make the wait for the lock an error 1020. */
	[EPOCH_OF] = { .sql = "SELECT meter_epoch_id FROM delivery WHERE command_id = ?",
	    .bounded = "primary key" },
	[HOLD_EPOCH] = { .sql = "SELECT meter_id, last_count, meter_epoch_id FROM meter_epoch"
				" WHERE meter_epoch_id = ? AND ended_at IS NULL FOR UPDATE",
	    .bounded = "primary key" },
	[HOLD_COMMAND] = { .sql = "SELECT 1 FROM command WHERE command_id = ?"
				  " AND state = 'taken' AND taken_epoch = ? FOR UPDATE",
	    .bounded = "primary key" },
	[OTHERS] = { .sql = "SELECT COUNT(*) FROM delivery WHERE meter_id = ?"
			    " AND state IN ('sent', 'held') AND command_id <> ?",
	    .bounded = "one row" },
	[INTEND] = { .sql = "UPDATE delivery SET state = 'sent', want_count = ?, before_fen = ?,"
			    " before_wh = ?, target_fen = ?, sends = ?, sent_at = ?,"
			    " intent_at = COALESCE(intent_at, ?) WHERE command_id = ?"
			    " AND state IN ('queued', 'sent') AND sends < ?" },
	[FLIGHT] = { .sql = "UPDATE meter_epoch SET flight_count = ?,"
			    " changed_at = GREATEST(changed_at, ?) WHERE meter_epoch_id = ?" },
	[METER] = { .sql = "SELECT m.bus_id, e.meter_epoch_id FROM meter m JOIN meter_epoch e"
			   " ON e.active_meter = m.meter_id WHERE m.meter_id = ?"
			   " AND m.removed_at IS NULL",
	    .bounded = "unique keys" },
	[INSERT] = { .sql = "INSERT INTO delivery (command_id, sale_id, leg, meter_id,"
			    " meter_epoch_id, kind, amount_fen) VALUES (?, ?, ?, ?, ?, ?, ?)" },
	[CANCEL] = { .sql = "UPDATE command c JOIN delivery d ON d.command_id = c.command_id"
			    " SET c.state = 'cancelled', c.ended_at = ?, c.result = 'cancelled',"
			    " d.state = 'cancelled', d.ended_at = ? WHERE c.command_id = ?"
			    " AND c.state = 'queued' AND d.state = 'queued'"
			    " AND d.intent_at IS NULL" },
};

/* ---- what the collector has to know ---- */

enum rc
delivery_price_max(struct db *db, int64_t meter_id, int64_t *price_uyuan)
{
	struct arena *arena = arena_new();
	struct config config;
	const char *text = "";
	enum rc rc = db_int(db, &Q[PRICE], ARGS(I(meter_id), I(meter_id)), price_uyuan);

	if (rc == RC_OK)
		rc = db_text(db, &Q[PRICE_OWN], ARGS(I(meter_id)), arena, &text);
	if (rc == RC_OK && config_parse(CONFIG_PRICES, text, &config) == RC_OK)
		for (size_t i = 0; i < CONFIG_PERIODS; i++)
			if (config.u.prices.price_uyuan[i] > *price_uyuan)
				*price_uyuan = config.u.prices.price_uyuan[i];
	arena_free(arena);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static void
take_job(const struct rows *rows, struct delivery_job *job)
{
	job->sale_id = rows_int(rows, 0);
	job->meter_id = (uint32_t)rows_int(rows, 1);
	job->epoch_id = (uint32_t)rows_int(rows, 2);
	job->kind = delivery_kind_find(rows_text(rows, 3));
	job->amount_fen = rows_int(rows, 4);
	job->guard =
	    rows_is_null(rows, 5) ? GUARD_UNKNOWN : delivery_guard_find(rows_text(rows, 5));
	job->last_count = (uint32_t)rows_int(rows, 6);
	job->has_intent = !rows_is_null(rows, 7);
	job->want_count = (uint32_t)rows_int(rows, 8);
	job->before_fen = rows_int(rows, 9);
	job->before_wh = rows_int(rows, 10);
	job->target_fen = rows_int(rows, 11);
	job->sent_at = rows_int(rows, 12);
	job->sends = (uint8_t)rows_int(rows, 13);
	job->last_fen = rows_int(rows, 14);
	job->last_wh = rows_int(rows, 15);
}

enum rc
delivery_load(struct db *db, int64_t command_id, struct delivery_job *job)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LOAD], ARGS(I(command_id)), &rows);

	if (rc != RC_OK)
		return rc;
	*job = (struct delivery_job){ .command_id = command_id };
	rc = rows_next(rows);
	if (rc == RC_OK)
		take_job(rows, job);
	rows_end(rows);
	return rc == RC_OK ? delivery_price_max(db, job->meter_id, &job->price_max_uyuan) : rc;
}

/* ---- the intent ---- */

/* Locks the meter's epoch and the command. RC_NOT_FOUND: not ours. */
static enum rc
hold(struct db *db, int64_t command_id, uint64_t lease_epoch, struct epoch *epoch)
{
	struct rows *rows;
	int64_t one, epoch_id;
	enum rc rc = db_int(db, &Q[EPOCH_OF], ARGS(I(command_id)), &epoch_id);

	if (rc == RC_OK)
		rc = db_query(db, &Q[HOLD_EPOCH], ARGS(I(epoch_id)), &rows);
	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc == RC_OK) {
		epoch->meter_id = rows_int(rows, 0);
		epoch->last_count = rows_int(rows, 1);
		epoch->epoch_id = rows_int(rows, 2);
	}
	rows_end(rows);
	return rc == RC_OK ? db_int(db, &Q[HOLD_COMMAND], ARGS(I(command_id), I(lease_epoch)), &one)
			   : rc;
}

enum rc
delivery_intend(struct db *db, const struct delivery_intent *intent)
{
	struct epoch epoch = { 0 };
	int64_t others = 0;
	enum rc rc = hold(db, intent->command_id, intent->lease_epoch, &epoch);

	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_CONFLICT : rc;
	/* The next count, or the first after the meter's counter ran over. */
	if (intent->want_count != epoch.last_count + 1 &&
	    (intent->want_count != 0 || epoch.last_count == 0))
		return RC_CONFLICT;
	rc = db_int(db, &Q[OTHERS], ARGS(I(epoch.meter_id), I(intent->command_id)), &others);
	if (rc == RC_OK && others > 0)
		return RC_CONFLICT;
	if (rc == RC_OK)
		rc = db_exec(db, &Q[INTEND],
		    ARGS(I(intent->want_count), I(intent->before_fen), I(intent->before_wh),
			I(intent->target_fen), I(intent->sends), T(intent->at), T(intent->at),
			I(intent->command_id), I(intent->sends)));
	if (rc == RC_OK && db_affected(db) == 0)
		return RC_CONFLICT;
	return rc == RC_OK ? db_exec(db, &Q[FLIGHT],
				 ARGS(I(intent->want_count), T(intent->at), I(epoch.epoch_id)))
			   : rc;
}

/* ---- orders ---- */

static enum command_kind
command_of(enum delivery_kind kind)
{
	static const enum command_kind kinds[] = {
		[DELIVERY_CREDIT] = COMMAND_CREDIT,
		[DELIVERY_DEDUCT] = COMMAND_DEDUCT,
		[DELIVERY_CLEAR] = COMMAND_CLEAR,
	};

	assert((size_t)kind < COUNT(kinds));
	return kinds[kind];
}

static enum rc
insert_command(
    struct db *db, const struct delivery_order *order, int64_t bus_id, int64_t *command_id)
{
	struct command_batch batch = {
		.operator_id = order->operator_id, .reason = "", .at = order->at
	};
	const struct command_order command = { .kind = command_of(order->kind),
		.bus_id = bus_id,
		.meter_id = order->meter_id,
		.payload = "",
		.steps = 1 };
	int64_t batch_id;

	secret_random(batch.request_key, sizeof(batch.request_key));
	enum rc rc = command_insert(db, &batch, &command, 1, &batch_id);
	*command_id = db_last_id(db);
	return rc;
}

static enum rc
find_meter(struct db *db, int64_t meter_id, int64_t *bus_id, int64_t *epoch_id)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[METER], ARGS(I(meter_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		*bus_id = rows_int(rows, 0);
		*epoch_id = rows_int(rows, 1);
	}
	rows_end(rows);
	return rc;
}

enum rc
delivery_order(struct db *db, const struct delivery_order *order, int64_t *command_id)
{
	int64_t bus_id = order->bus_id, epoch_id = order->epoch_id;
	enum rc rc = RC_OK;

	assert(order->kind == DELIVERY_CLEAR ? order->amount_fen == 0 : order->amount_fen > 0);
	if (bus_id == 0 || epoch_id == 0)
		rc = find_meter(db, order->meter_id, &bus_id, &epoch_id);
	if (rc == RC_OK)
		rc = insert_command(db, order, bus_id, command_id);
	return rc == RC_OK
		   ? db_exec(db, &Q[INSERT],
			 ARGS(I(*command_id), I(order->sale_id), I(order->leg), I(order->meter_id),
			     I(epoch_id), S(delivery_kind_name(order->kind)), I(order->amount_fen)))
		   : rc;
}

enum rc
delivery_cancel(struct db *db, int64_t command_id, int64_t now)
{
	enum rc rc = db_exec(db, &Q[CANCEL], ARGS(T(now), T(now), I(command_id)));

	return rc == RC_OK && db_affected(db) == 0 ? RC_CONFLICT : rc;
}
