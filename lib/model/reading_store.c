/*
 * Storing by array binding: each column of a table is an array with one cell per reading.
 *
 * INSERT IGNORE hides only the duplicate of a half hour stored before: no C type here can exceed
 * its column, so there is no other error that it could turn into a wrong value.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/log.h"
#include "model/reading.h"

enum { READING, DAY, STATE };

/* A half hour counts once: when it is newer than the newest that was added up. The columns are set
 * from left to right, last_at at the end, because the others compare with it. */
#define NEWER "VALUES(last_at) > last_at"
#define ADD(column) \
	column " = IF(" NEWER ", COALESCE(" column ", 0) + VALUES(" column "), " column ")"

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[READING] = { .sql = "INSERT IGNORE INTO reading (meter_id, taken_at, read_at, energy_wh,"
			     " sharp_wh, peak_wh, flat_wh, valley_wh, power_w, credit_fen,"
			     " purchase_count, quality)"
			     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[DAY] = { .sql =
		      "INSERT INTO energy_day (meter_id, day, first_at, first_wh, last_at,"
		      " last_wh, used_wh, sharp_wh, peak_wh, flat_wh, valley_wh, max_power_w,"
		      " max_power_at, readings) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)"
		      " ON DUPLICATE KEY UPDATE " ADD("used_wh") ", " ADD("sharp_wh") ", " ADD("peak_wh") ", " ADD(
			  "flat_wh") ", " ADD("valley_wh") ","
							   " max_power_at = IF(" NEWER
							   " AND COALESCE(VALUES(max_power_w) >"
							   " COALESCE(max_power_w, -2147483648), 0), VALUES(max_power_at), max_power_at),"
							   " max_power_w = IF(" NEWER
							   ", GREATEST(COALESCE(max_power_w, VALUES(max_power_w)),"
							   " COALESCE(VALUES(max_power_w), max_power_w)), max_power_w),"
							   " readings = LEAST(readings + (" NEWER
							   "), 65535),"
							   " last_wh = IF(" NEWER
							   ", VALUES(last_wh), last_wh),"
							   " last_at = GREATEST(last_at, VALUES(last_at))" },
	/* No comparison of read_at: a bus has one owner, which sends the newest last, and a clock
	 * that was set back must not freeze the board. */
	[STATE] = { .sql =
			"INSERT INTO meter_state (meter_id, read_at, quality, energy_wh, sharp_wh,"
			" peak_wh, flat_wh, valley_wh, credit_fen, purchase_count, overload_count,"
			" overload_max, relay_closed, fee_state, load_state, time_state, force_state,"
			" flags, voltage_a_dv, voltage_b_dv, voltage_c_dv, current_a_ma, current_b_ma,"
			" current_c_ma, power_w, power_a_w, power_b_w, power_c_w, reactive_var,"
			" power_factor, demand_w, base_wh, clock_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?,"
			" ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON"
			" DUPLICATE KEY UPDATE read_at = VALUES(read_at), quality = VALUES(quality),"
			" energy_wh = VALUES(energy_wh), sharp_wh = VALUES(sharp_wh), peak_wh ="
			" VALUES(peak_wh), flat_wh = VALUES(flat_wh), valley_wh = VALUES(valley_wh),"
			" credit_fen = VALUES(credit_fen), purchase_count = VALUES(purchase_count),"
			" overload_count = VALUES(overload_count), overload_max = VALUES(overload_max),"
			" relay_closed = VALUES(relay_closed), fee_state = VALUES(fee_state), load_state"
			" = VALUES(load_state), time_state = VALUES(time_state), force_state ="
			" VALUES(force_state), flags = VALUES(flags), voltage_a_dv ="
			" VALUES(voltage_a_dv), voltage_b_dv = VALUES(voltage_b_dv), voltage_c_dv ="
			" VALUES(voltage_c_dv), current_a_ma = VALUES(current_a_ma), current_b_ma ="
			" VALUES(current_b_ma), current_c_ma = VALUES(current_c_ma), power_w ="
			" VALUES(power_w), power_a_w = VALUES(power_a_w), power_b_w = VALUES(power_b_w),"
			" power_c_w = VALUES(power_c_w), reactive_var = VALUES(reactive_var),"
			" power_factor = VALUES(power_factor), demand_w = VALUES(demand_w), base_wh ="
			" VALUES(base_wh), clock_at = VALUES(clock_at)" },
};

/* clang-format on */

#define READING_COLUMNS 12
#define DAY_COLUMNS	13
#define STATE_COLUMNS	33
#define COLUMNS_MAX	STATE_COLUMNS

struct reading_batch {
	size_t capacity;
	int64_t *numbers[COLUMNS_MAX];
	char *nulls[COLUMNS_MAX];
};

/* The next cells of one row, from left to right. */
struct row {
	struct reading_batch *batch;
	size_t at, column;
};

static void *
allocate(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (memory == NULL)
		log_fatal("memory", "no room for a batch of readings");
	return memory;
}

struct reading_batch *
reading_batch_new(size_t capacity)
{
	struct reading_batch *batch = allocate(1, sizeof(*batch));

	batch->capacity = capacity;
	for (size_t i = 0; i < COLUMNS_MAX; i++) {
		batch->numbers[i] = allocate(capacity, sizeof(*batch->numbers[i]));
		batch->nulls[i] = allocate(capacity, 1);
	}
	return batch;
}

void
reading_batch_free(struct reading_batch *batch)
{
	if (batch == NULL)
		return;
	for (size_t i = 0; i < COLUMNS_MAX; i++) {
		free(batch->numbers[i]);
		free(batch->nulls[i]);
	}
	free(batch);
}

static inline void
put(struct row *row, int64_t value)
{
	row->batch->numbers[row->column][row->at] = value;
	row->batch->nulls[row->column++][row->at] = 0;
}

static inline void
put_if(struct row *row, bool is_there, int64_t value)
{
	row->batch->numbers[row->column][row->at] = value;
	row->batch->nulls[row->column++][row->at] = !is_there;
}

static enum rc
store(struct db *db, struct reading_batch *batch, const struct query *query, uint64_t times,
    uint64_t days, size_t columns, size_t rows)
{
	struct column bound[COLUMNS_MAX];

	for (size_t i = 0; i < columns; i++) {
		bound[i] = (struct column){
			.kind = VALUE_INT, .numbers = batch->numbers[i], .nulls = batch->nulls[i]
		};
		if ((times >> i & 1) != 0)
			bound[i].kind = VALUE_TIME;
		if ((days >> i & 1) != 0)
			bound[i].kind = VALUE_DAY;
	}
	return rows == 0 ? RC_OK : db_bulk(db, query, bound, columns, rows);
}

static void
put_reading(struct row *row, const struct reading *r)
{
	bool has_periods = (r->has & HAS_PERIODS) != 0, has_credit = (r->has & HAS_CREDIT) != 0;

	put(row, r->meter_id);
	put(row, r->slot_at);
	put(row, r->read_at);
	put(row, r->energy_wh);
	for (size_t i = 0; i < PERIODS; i++)
		put_if(row, has_periods, r->period_wh[i]);
	put_if(row, (r->has & HAS_POWER) != 0, r->power_w);
	put_if(row, has_credit, r->credit_fen);
	put_if(row, has_credit, r->purchase_count);
	put(row, r->quality);
	assert(row->column == READING_COLUMNS);
}

static void
put_day(struct row *row, const struct reading *r)
{
	bool has_power = (r->has & HAS_POWER) != 0;

	put(row, r->meter_id);
	put(row, clock_day(r->slot_at - 1).number);
	put(row, r->slot_at);
	put(row, r->energy_wh);
	put(row, r->slot_at);
	put(row, r->energy_wh);
	put(row, r->used_wh);
	for (size_t i = 0; i < PERIODS; i++)
		put_if(row, (r->has & HAS_PERIODS) != 0, r->used_period_wh[i]);
	put_if(row, has_power, r->power_w);
	put_if(row, has_power, r->slot_at);
	assert(row->column == DAY_COLUMNS);
}

enum rc
reading_store(
    struct db *db, struct reading_batch *batch, const struct reading *const *readings, size_t count)
{
	size_t rows = 0;

	assert(count <= batch->capacity);
	for (size_t i = 0; i < count; i++)
		put_reading(&(struct row){ batch, i, 0 }, readings[i]);
	enum rc rc = store(db, batch, &Q[READING], 1 << 1 | 1 << 2, 0, READING_COLUMNS, count);
	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++) {
		if ((readings[i]->quality & QUALITY_UNUSABLE) == 0)
			put_day(&(struct row){ batch, rows++, 0 }, readings[i]);
	}
	return store(db, batch, &Q[DAY], 1 << 2 | 1 << 4 | 1 << 12, 1 << 1, DAY_COLUMNS, rows);
}

static void
put_control(struct row *row, const struct reading *r)
{
	bool has_control = (r->has & HAS_CONTROL) != 0;

	put_if(row, has_control, r->relay_closed);
	put_if(row, has_control, r->fee_state);
	put_if(row, has_control, r->load_state);
	put_if(row, has_control, r->time_state);
	put_if(row, has_control, r->force_state);
	put(row, r->flags);
}

/* Phase A is there whenever anything is measured; B and C only where there are three. */
static void
put_power(struct row *row, const struct reading *r)
{
	bool has_power = (r->has & HAS_POWER) != 0;
	bool has_phases = has_power && (r->has & HAS_PHASES) != 0;

	for (size_t i = 0; i < 3; i++)
		put_if(row, i == 0 ? has_power : has_phases, r->voltage_dv[i]);
	for (size_t i = 0; i < 3; i++)
		put_if(row, i == 0 ? has_power : has_phases, r->current_ma[i]);
	put_if(row, has_power, r->power_w);
	for (size_t i = 0; i < 3; i++)
		put_if(row, i == 0 ? has_power : has_phases, r->phase_power_w[i]);
	put_if(row, has_power, r->reactive_var);
	put_if(row, has_power, r->power_factor);
}

static void
put_state(struct row *row, const struct reading *r)
{
	bool has_credit = (r->has & HAS_CREDIT) != 0;

	put(row, r->meter_id);
	put(row, r->read_at);
	put(row, r->quality & ~QUALITY_AFTER_GAP); /* that is said of an interval */
	put(row, r->energy_wh);
	for (size_t i = 0; i < PERIODS; i++)
		put_if(row, (r->has & HAS_PERIODS) != 0, r->period_wh[i]);
	put_if(row, has_credit, r->credit_fen);
	put_if(row, has_credit, r->purchase_count);
	put_if(row, has_credit, r->overload_count);
	put_if(row, has_credit, r->overload_max);
	put_control(row, r);
	put_power(row, r);
	put_if(row, (r->has & HAS_DEMAND) != 0, r->demand_w);
	put_if(row, has_credit, r->base_wh);
	put_if(row, (r->has & HAS_CLOCK) != 0 && r->clock_at > 0, r->clock_at);
	assert(row->column == STATE_COLUMNS);
}

enum rc
reading_store_state(
    struct db *db, struct reading_batch *batch, const struct reading *const *readings, size_t count)
{
	assert(count <= batch->capacity);
	for (size_t i = 0; i < count; i++)
		put_state(&(struct row){ batch, i, 0 }, readings[i]);
	return store(db, batch, &Q[STATE], 1 << 1 | UINT64_C(1) << 32, 0, STATE_COLUMNS, count);
}
