#include "model/command_run.h"

#include <assert.h>

#include "base/clock.h"

#define RETRY_MIN_MS (2 * CLOCK_SECOND) /* a meter that answers polls but not this order */

#define MONEY_KINDS "'credit', 'deduct', 'clear'"

enum {
	BUSES,
	DUE,
	CANCELLED,
	HOLD,
	TAKE,
	GIVE_BACK,
	SETTLE,
	ATTEMPT,
	PROGRESS,
	FOUND,
	CONFIG,
	FOLLOW,
	PUT_BACK,
	INTERRUPT,
	FAILED,
	EXPIRE,
};

static const struct query Q[] QUERIES = {
	[BUSES] = { .sql = "SELECT l.bus_id FROM bus_lease l WHERE l.collector_id = ?"
			   " AND EXISTS (SELECT 1 FROM command c WHERE c.bus_id = l.bus_id"
			   " AND c.state = 'queued') LIMIT ?" },
	[DUE] = { .sql =
		      "SELECT c.command_id, c.kind, c.bus_id, c.meter_id, c.payload, c.attempts"
		      " FROM command c LEFT JOIN meter_state s ON s.meter_id = c.meter_id"
		      " WHERE c.bus_id = ? AND c.state = 'queued'"
		      " AND (c.not_before IS NULL OR c.not_before <= ?)"
		      " AND (c.expires_at IS NULL OR c.expires_at > ?)"
		      " AND (c.retry_at IS NULL OR c.retry_at <= ?"
		      " OR (s.read_at > c.tried_at AND c.tried_at <= ?))"
		      " AND NOT EXISTS (SELECT 1 FROM command e WHERE e.meter_id = c.meter_id"
		      " AND (e.state = 'taken' OR (e.state = 'queued' AND e.command_id < c.command_id"
		      " AND (e.not_before IS NULL OR e.not_before <= ?)"
		      " AND (c.kind NOT IN (" MONEY_KINDS ") OR e.kind IN (" MONEY_KINDS ")))))"
		      " AND (c.kind NOT IN (" MONEY_KINDS ") OR NOT EXISTS (SELECT 1"
		      " FROM delivery d WHERE d.meter_id = c.meter_id AND d.state = 'held'))"
		      " ORDER BY c.meter_id IS NOT NULL, c.kind NOT IN (" MONEY_KINDS "),"
		      " c.command_id LIMIT ?" },
	[CANCELLED] = { .sql = "SELECT c.command_id, c.bus_id FROM bus_lease l JOIN command c"
			       " ON c.bus_id = l.bus_id AND c.state = 'taken'"
			       " WHERE l.collector_id = ? AND c.cancel_at IS NOT NULL LIMIT ?" },
	[HOLD] = { .sql = "SELECT 1 FROM bus_lease WHERE bus_id = ? AND collector_id = ?"
			  " AND epoch = ? LOCK IN SHARE MODE",
	    .bounded = "primary key" },
	[TAKE] = { .sql = "UPDATE command SET state = 'taken', taken_at = ?, taken_epoch = ?,"
			  " attempts = attempts + 1 WHERE command_id = ? AND state = 'queued'" },
	[GIVE_BACK] = { .sql = "UPDATE command SET state = 'queued', attempts = attempts - 1"
			       " WHERE command_id = ? AND state = 'taken' AND taken_epoch = ?" },
	[SETTLE] = { .sql = "UPDATE command SET state = ?, ended_at = ?, tried_at = ?,"
			    " retry_at = ?, step = LEAST(steps, GREATEST(step, ?)), result = ?"
			    " WHERE command_id = ? AND state = 'taken' AND taken_epoch = ?" },
	[ATTEMPT] = { .sql = "INSERT IGNORE INTO command_attempt (command_id, attempt, began_at,"
			     " ended_at, outcome) VALUES (?, ?, ?, ?, ?)" },
	[PROGRESS] = { .sql = "UPDATE command SET step = LEAST(steps, ?) WHERE command_id = ?"
			      " AND state = 'taken' AND taken_epoch = ?" },
	[FOUND] = { .sql = "INSERT INTO bus_scan (command_id, unit, outcome, model_code, number,"
			   " answer_ms) VALUES (?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE"
			   " outcome = VALUES(outcome), model_code = VALUES(model_code),"
			   " number = VALUES(number), answer_ms = VALUES(answer_ms)" },
	[CONFIG] = { .sql = "INSERT INTO meter_config (meter_id, part, value, read_at, sent_at)"
			    " SELECT ?, ?, ?, ?, (SELECT ? FROM command WHERE command_id = ?)"
			    " ON DUPLICATE KEY UPDATE value = VALUES(value),"
			    " read_at = VALUES(read_at),"
			    " sent_at = COALESCE(VALUES(sent_at), sent_at)" },
	[FOLLOW] = { .sql = "UPDATE command c JOIN meter m ON m.meter_id = c.meter_id"
			    " SET c.bus_id = m.bus_id, c.retry_at = NULL WHERE c.command_id = ?"
			    " AND c.state = 'queued' AND m.bus_id IS NOT NULL"
			    " AND m.bus_id <> c.bus_id" },
	[PUT_BACK] = { .sql = "UPDATE command SET state = 'queued', retry_at = NULL"
			      " WHERE bus_id = ? AND state = 'taken'"
			      " AND kind IN ('write_prices', 'write_tou', 'write_alarms',"
			      " 'write_overload', 'write_clock', 'read_config', 'scan_bus',"
			      " 'test_bus', 'trip', 'keep_on', 'prepaid', 'read_now', " MONEY_KINDS
			      ")" },
	[INTERRUPT] = { .sql = "UPDATE command SET state = 'failed', ended_at = UTC_TIMESTAMP(3),"
			       " result = 'interrupted' WHERE bus_id = ? AND state = 'taken'"
			       " AND kind = 'guard_test'" },
	[FAILED] = { .sql = "SELECT COUNT(*) FROM command WHERE meter_id = ?"
			    " AND state IN ('failed', 'cancelled') AND kind = ? AND payload = ?"
			    " AND ended_at >= ?",
	    .bounded = "one row" },
	[EXPIRE] = { .sql = "UPDATE command c JOIN bus_lease l ON l.bus_id = c.bus_id"
			    " SET c.state = 'failed', c.ended_at = ?, c.result = 'expired'"
			    " WHERE l.collector_id = ? AND c.state = 'queued'"
			    " AND c.expires_at <= ?" },
};

/* ---- finding ---- */

enum rc
command_list_buses(
    struct db *db, uint32_t collector_id, uint32_t *bus_ids, size_t room, size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[BUSES], ARGS(I(collector_id), I(room)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK)
		bus_ids[(*count)++] = (uint32_t)rows_int(rows, 0);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static void
read_command(const struct rows *rows, struct command *command)
{
	const char *payload = rows_text(rows, 4);

	*command = (struct command){ .command_id = rows_int(rows, 0),
		.kind = command_kind_find(rows_text(rows, 1)),
		.bus_id = (uint32_t)rows_int(rows, 2),
		.meter_id = (uint32_t)rows_int(rows, 3),
		.attempt = (uint16_t)(rows_int(rows, 5) + 1) };
	if (command->kind == COMMAND_KINDS)
		return;
	enum config_part part = command_trait(command->kind)->part;
	if (command->kind == COMMAND_SCAN_BUS)
		command->is_payload_wrong = command_scan_parse(payload, &command->scan) != RC_OK;
	else if (part != CONFIG_PARTS && part != CONFIG_CLOCK)
		command->is_payload_wrong = config_parse(part, payload, &command->wanted) != RC_OK;
}

enum rc
command_list_due(struct db *db, uint32_t bus_id, int64_t now, struct command *commands, size_t room,
    size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[DUE],
	    ARGS(I(bus_id), T(now), T(now), T(now), T(now - RETRY_MIN_MS), T(now), I(room)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK)
		read_command(rows, &commands[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
command_list_cancelled(struct db *db, uint32_t collector_id, int64_t *command_ids,
    uint32_t *bus_ids, size_t room, size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[CANCELLED], ARGS(I(collector_id), I(room)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	for (; (rc = rows_next(rows)) == RC_OK; ++*count) {
		command_ids[*count] = rows_int(rows, 0);
		bus_ids[*count] = (uint32_t)rows_int(rows, 1);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- taking and settling ---- */

enum rc
command_hold(struct db *db, uint32_t collector_id, uint32_t bus_id, uint64_t epoch)
{
	int64_t one;

	return db_int(db, &Q[HOLD], ARGS(I(bus_id), I(collector_id), I(epoch)), &one);
}

enum rc
command_take(struct db *db, struct command *command, uint64_t epoch, int64_t now)
{
	enum rc rc = db_exec(db, &Q[TAKE], ARGS(T(now), I(epoch), I(command->command_id)));

	if (rc != RC_OK || db_affected(db) == 0)
		return rc == RC_OK ? RC_NOT_FOUND : rc;
	if (command->kind == COMMAND_KINDS || !command_trait(command->kind)->is_money)
		return RC_OK;
	rc = delivery_load(db, command->command_id, &command->money);
	command->is_payload_wrong = rc == RC_NOT_FOUND;
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
command_give_back(struct db *db, int64_t command_id, uint64_t epoch)
{
	return db_exec(db, &Q[GIVE_BACK], ARGS(I(command_id), I(epoch)));
}

enum rc
command_settle(struct db *db, const struct command_end *end)
{
	bool is_over = end->state != COMMAND_QUEUED;
	enum rc rc = db_exec(db, &Q[SETTLE],
	    ARGS(S(command_state_name(end->state)), is_over ? T(end->ended_at) : NIL,
		T(end->ended_at), is_over ? NIL : T(end->retry_at), I(end->step), S(end->result),
		I(end->command_id), I(end->epoch)));

	assert(end->state != COMMAND_TAKEN);
	if (rc != RC_OK || db_affected(db) == 0)
		return rc;
	return db_exec(db, &Q[ATTEMPT],
	    ARGS(I(end->command_id), I(end->attempt), T(end->began_at), T(end->ended_at),
		S(end->result)));
}

enum rc
command_progress(struct db *db, int64_t command_id, uint64_t epoch, unsigned step)
{
	return db_exec(db, &Q[PROGRESS], ARGS(I(step), I(command_id), I(epoch)));
}

enum rc
command_store_found(struct db *db, const struct command_found *found)
{
	enum rc rc = db_exec(db, &Q[FOUND],
	    ARGS(I(found->command_id), I(found->unit), S(found->outcome), S(found->model_code),
		S(found->number), found->answer_ms < 0 ? NIL : I(found->answer_ms)));

	return rc == RC_OK ? command_progress(db, found->command_id, found->epoch, found->step)
			   : rc;
}

enum rc
command_store_config(
    struct db *db, uint32_t meter_id, const struct config *config, int64_t at, int64_t by_command)
{
	char text[CONFIG_TEXT_MAX];

	config_format(config, text);
	return db_exec(db, &Q[CONFIG],
	    ARGS(I(meter_id), S(config_part_name(config->part)), S(text), T(at), T(at),
		I(by_command)));
}

enum rc
command_follow_meter(struct db *db, int64_t command_id)
{
	return db_exec(db, &Q[FOLLOW], ARGS(I(command_id)));
}

enum rc
command_put_back(struct db *db, uint32_t bus_id)
{
	enum rc rc = db_exec(db, &Q[PUT_BACK], ARGS(I(bus_id)));

	return rc == RC_OK ? db_exec(db, &Q[INTERRUPT], ARGS(I(bus_id))) : rc;
}

enum rc
command_expire(struct db *db, uint32_t collector_id, int64_t now)
{
	return db_exec(db, &Q[EXPIRE], ARGS(T(now), I(collector_id), T(now)));
}

enum rc
command_has_failed(struct db *db, int64_t meter_id, enum command_kind kind, const char *payload,
    int64_t since, bool *has_failed)
{
	int64_t count = 0;
	enum rc rc = db_int(db, &Q[FAILED],
	    ARGS(I(meter_id), S(command_trait(kind)->name), S(payload), T(since)), &count);

	*has_failed = count > 0;
	return rc;
}
