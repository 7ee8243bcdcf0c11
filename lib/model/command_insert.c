#include <assert.h>
#include <string.h>

#include "model/command.h"

#define ROWS_MAX 100 /* in one bulk statement: payloads are long */

enum { BATCH, COMMAND, KEEP };
static const struct query Q[] QUERIES = {
	[BATCH] = { .sql = "INSERT INTO command_batch (kind, request_key, created_by, created_at,"
			   " reason) VALUES (?, ?, ?, ?, ?)" },
	[COMMAND] = { .sql = "INSERT INTO command (command_batch_id, kind, bus_id, meter_id,"
			     " payload, created_at, not_before, expires_at, steps, until_at,"
			     " force_before, until_before)"
			     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[KEEP] = { .sql = "INSERT INTO meter_keep (command_id, meter_id, ends_at)"
			  " SELECT command_id, meter_id, until_at FROM command"
			  " WHERE command_batch_id = ? AND until_at IS NOT NULL" },
};

static const char *
kind_of(const struct command_order *orders, size_t count)
{
	bool is_mixed = false, is_control = true;

	for (size_t i = 0; i < count; i++) {
		is_mixed |= orders[i].kind != orders[0].kind;
		is_control &= command_trait(orders[i].kind)->is_control;
	}
	if (is_mixed)
		return is_control ? BATCH_RESTORE : BATCH_MIXED;
	return command_trait(orders[0].kind)->name;
}

/* When it is not sent any more; 0: it waits for ever. A keep-on that comes after its own end would
 * last for ever. */
static int64_t
expiry_of(const struct command_order *order, int64_t from)
{
	int64_t valid_ms = command_trait(order->kind)->valid_ms;

	if (order->until_at != 0 && (valid_ms == 0 || order->until_at < from + valid_ms))
		return order->until_at;
	return valid_ms == 0 ? 0 : from + valid_ms;
}

static enum rc
insert_rows(struct db *db, const struct command_batch *batch, int64_t batch_id,
    const struct command_order *orders, size_t count)
{
	int64_t batches[ROWS_MAX], buses[ROWS_MAX], meters[ROWS_MAX], made[ROWS_MAX],
	    begins[ROWS_MAX], ends[ROWS_MAX], steps[ROWS_MAX];
	const char *kinds[ROWS_MAX], *payloads[ROWS_MAX];
	int64_t untils[ROWS_MAX], forces[ROWS_MAX], olds[ROWS_MAX];
	char no_meter[ROWS_MAX], no_begin[ROWS_MAX], no_end[ROWS_MAX], no_until[ROWS_MAX],
	    no_force[ROWS_MAX], no_old[ROWS_MAX];
	int64_t from = batch->not_before > batch->at ? batch->not_before : batch->at;

	for (size_t i = 0; i < count; i++) {
		const struct command_trait *trait = command_trait(orders[i].kind);
		assert(trait->is_of_bus == (orders[i].meter_id == 0) && orders[i].steps > 0);
		batches[i] = batch_id;
		kinds[i] = trait->name;
		buses[i] = orders[i].bus_id;
		meters[i] = orders[i].meter_id;
		no_meter[i] = orders[i].meter_id == 0;
		payloads[i] = orders[i].payload;
		made[i] = batch->at;
		begins[i] = batch->not_before;
		no_begin[i] = batch->not_before == 0;
		ends[i] = expiry_of(&orders[i], from);
		no_end[i] = ends[i] == 0;
		steps[i] = orders[i].steps;
		untils[i] = orders[i].until_at;
		no_until[i] = untils[i] == 0;
		forces[i] = orders[i].force_before;
		no_force[i] = !orders[i].has_before;
		olds[i] = orders[i].until_before;
		no_old[i] = !orders[i].has_before || olds[i] == 0;
	}
	const struct column columns[] = { { .kind = VALUE_INT, .numbers = batches },
		{ .kind = VALUE_TEXT, .texts = kinds }, { .kind = VALUE_INT, .numbers = buses },
		{ .kind = VALUE_INT, .numbers = meters, .nulls = no_meter },
		{ .kind = VALUE_TEXT, .texts = payloads }, { .kind = VALUE_TIME, .numbers = made },
		{ .kind = VALUE_TIME, .numbers = begins, .nulls = no_begin },
		{ .kind = VALUE_TIME, .numbers = ends, .nulls = no_end },
		{ .kind = VALUE_INT, .numbers = steps },
		{ .kind = VALUE_TIME, .numbers = untils, .nulls = no_until },
		{ .kind = VALUE_INT, .numbers = forces, .nulls = no_force },
		{ .kind = VALUE_TIME, .numbers = olds, .nulls = no_old } };
	return db_bulk(db, &Q[COMMAND], columns, COUNT(columns), count);
}

enum rc
command_insert(struct db *db, const struct command_batch *batch, const struct command_order *orders,
    size_t count, int64_t *batch_id)
{
	if (count == 0 || count > COMMAND_BATCH_MAX)
		return RC_INVALID;
	enum rc rc = db_exec(db, &Q[BATCH],
	    ARGS(S(kind_of(orders, count)), B(batch->request_key, COMMAND_KEY),
		batch->operator_id != 0 ? I(batch->operator_id) : NIL, T(batch->at),
		S(batch->reason)));
	if (rc != RC_OK)
		return rc;
	*batch_id = db_last_id(db);
	bool has_keep = false;
	for (size_t i = 0; i < count; i++)
		has_keep |= orders[i].until_at != 0;
	for (size_t i = 0; i < count && rc == RC_OK; i += ROWS_MAX) {
		size_t rows = count - i < ROWS_MAX ? count - i : ROWS_MAX;
		rc = insert_rows(db, batch, *batch_id, orders + i, rows);
	}
	return rc == RC_OK && has_keep ? db_exec(db, &Q[KEEP], ARGS(I(*batch_id))) : rc;
}
