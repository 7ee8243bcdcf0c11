/*
 * Generated history of the demonstration, marked QUALITY_DEMO.
 *
 * A million half-hours go in by array binding; the daily roll-up is added up on the way, which is
 * why this does not go through reading_store: that one reads back what it knows of every meter.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "demo.h"
#include "model/alarm.h"
#include "model/reading.h"

#define BATCH  4000
#define UNITS  256
#define VALUES 8 /* energy, four periods, credit, count, power */

enum { READING, DAY, STATE, LINK, POLLS, METERS };

static const struct query Q[] QUERIES = {
	[READING] = { .sql = "INSERT IGNORE INTO reading (meter_id, taken_at, read_at, energy_wh, "
			     "sharp_wh, peak_wh, flat_wh,"
			     " valley_wh, credit_fen, purchase_count, power_w, quality)"
			     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[DAY] = { .sql = "INSERT IGNORE INTO energy_day (day, meter_id, first_at, first_wh, "
			 "last_at, last_wh, used_wh, sharp_wh,"
			 " peak_wh, flat_wh, valley_wh, max_power_w, max_power_at, readings)"
			 " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[STATE] = { .sql = "INSERT IGNORE INTO meter_state (meter_id, read_at, quality, energy_wh, "
			   "sharp_wh, peak_wh, flat_wh,"
			   " valley_wh, credit_fen, purchase_count, power_w, relay_closed)"
			   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[LINK] = { .sql = "INSERT IGNORE INTO meter_link (meter_id, lost_since) VALUES (?, ?)" },
	/* One question a minute over the last day, a few of them lost; from the silent meter on
	   nothing. */
	[POLLS] = { .sql = "INSERT IGNORE INTO poll_hour (meter_id, hour_at, asked, answered, "
			   "timeouts, damaged, refused, answer_ms)"
			   " SELECT m.meter_id, h.hour_at, 60, 60 - CRC32(CONCAT(m.meter_id, "
			   "h.hour_at)) % 41 DIV 38,"
			   " CRC32(CONCAT(m.meter_id, h.hour_at)) % 41 DIV 38, 0, 0, 60 * (140 + "
			   "CRC32(m.meter_id) % 12)"
			   " FROM meter m JOIN (SELECT DATE_FORMAT(UTC_TIMESTAMP() - INTERVAL seq "
			   "HOUR, '%Y-%m-%d %H:00:00') AS hour_at"
			   " FROM seq_1_to_24) h LEFT JOIN meter_link l ON l.meter_id = m.meter_id"
			   " WHERE l.lost_since IS NULL OR h.hour_at < l.lost_since" },
	[METERS] = { .sql = "SELECT b.name, m.unit, m.meter_id FROM meter m JOIN bus b ON b.bus_id "
			    "= m.bus_id"
			    " WHERE m.removed_at IS NULL LIMIT 1000" },
};

struct row {
	int line, unit;
	int64_t at;
	int64_t value[VALUES];
};

/* What is being added up for one meter. */
struct track {
	int64_t meter_id;
	int64_t last_at, day_first_at, max_power_at;
	int64_t last[VALUES], day_first[VALUES], day_before[VALUES];
	int64_t max_power_w, readings;
	struct day day;
	bool has_before;
};

struct history {
	struct db *db;
	struct track tracks[DEMO_LINES][UNITS];
	struct track *silent;
	int64_t silent_from;
	size_t rows, days;
	int64_t row_cells[12][BATCH];
	int64_t day_cells[14][BATCH];
};

static enum rc
flush_cells(struct db *db, const struct query *query, const enum value_kind *kinds, size_t columns,
    const int64_t (*cells)[BATCH], size_t n)
{
	struct column bound[14] = { 0 };

	for (size_t i = 0; i < columns; i++)
		bound[i] = (struct column){ .kind = kinds[i], .numbers = cells[i] };
	return n == 0 ? RC_OK : db_bulk(db, query, bound, columns, n);
}

static enum rc
flush_rows(struct history *h)
{
	static const enum value_kind kinds[12] = { VALUE_INT, VALUE_TIME, VALUE_TIME, VALUE_INT,
		VALUE_INT, VALUE_INT, VALUE_INT, VALUE_INT, VALUE_INT, VALUE_INT, VALUE_INT,
		VALUE_INT };
	enum rc rc = flush_cells(h->db, &Q[READING], kinds, 12, h->row_cells, h->rows);

	h->rows = 0;
	return rc;
}

static enum rc
flush_days(struct history *h)
{
	static const enum value_kind kinds[14] = { VALUE_DAY, VALUE_INT, VALUE_TIME, VALUE_INT,
		VALUE_TIME, VALUE_INT, VALUE_INT, VALUE_INT, VALUE_INT, VALUE_INT, VALUE_INT,
		VALUE_INT, VALUE_TIME, VALUE_INT };
	enum rc rc = flush_cells(h->db, &Q[DAY], kinds, 14, h->day_cells, h->days);

	h->days = 0;
	return rc;
}

static enum rc
end_day(struct history *h, struct track *t)
{
	const int64_t *from = t->has_before ? t->day_before : t->day_first;
	int64_t cells[14] = { t->day.number, t->meter_id, t->day_first_at, t->day_first[0],
		t->last_at, t->last[0], t->last[0] - from[0], t->last[1] - from[1],
		t->last[2] - from[2], t->last[3] - from[3], t->last[4] - from[4], t->max_power_w,
		t->max_power_at, t->readings };

	for (size_t i = 0; i < COUNT(cells); i++)
		h->day_cells[i][h->days] = cells[i];
	return ++h->days == BATCH ? flush_days(h) : RC_OK;
}

static void
begin_day(struct track *t, const struct row *row, struct day day)
{
	t->has_before = t->last_at != 0;
	memcpy(t->day_before, t->last, sizeof t->day_before);
	memcpy(t->day_first, row->value, sizeof t->day_first);
	t->day = day;
	t->day_first_at = row->at;
	t->max_power_w = 0;
	t->max_power_at = row->at;
	t->readings = 0;
}

static enum rc
take_row(struct history *h, struct track *t, const struct row *row)
{
	/* The half hour that ends at midnight belongs to the day it ends. */
	struct day day = clock_day(row->at - 1);
	int64_t cells[12] = { t->meter_id, row->at, row->at };
	enum rc rc = RC_OK;

	if (t->last_at != 0 && t->day.number != day.number)
		rc = end_day(h, t);
	if (t->last_at == 0 || t->day.number != day.number)
		begin_day(t, row, day);
	if (row->value[7] > t->max_power_w) {
		t->max_power_w = row->value[7];
		t->max_power_at = row->at;
	}
	t->readings++;
	t->last_at = row->at;
	memcpy(t->last, row->value, sizeof t->last);
	memcpy(cells + 3, row->value, sizeof row->value);
	cells[11] = QUALITY_DEMO;
	for (size_t i = 0; i < COUNT(cells); i++)
		h->row_cells[i][h->rows] = cells[i];
	if (rc == RC_OK && ++h->rows == BATCH)
		rc = flush_rows(h);
	return rc;
}

static int
line_number(const char *name)
{
	for (int line = 0; line < DEMO_LINES; line++) {
		if (strcmp(demo_lines[line].name, name) == 0)
			return line;
	}
	return -1;
}

static bool
parse_row(const char *text, struct row *row)
{
	char name[16];
	int n = sscanf(text,
	    "%15s %d %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64
	    " %" SCNd64 " %" SCNd64 " %" SCNd64,
	    name, &row->unit, &row->at, &row->value[0], &row->value[1], &row->value[2],
	    &row->value[3], &row->value[4], &row->value[5], &row->value[6], &row->value[7]);

	row->line = n == 11 ? line_number(name) : -1;
	return row->line >= 0 && row->unit >= 0 && row->unit < UNITS;
}

static enum rc
find_meters(struct history *h)
{
	static struct demo_meter meters[DEMO_METERS];
	struct rows *rows;
	enum rc rc = db_query(h->db, &Q[METERS], NO_ARGS, &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		int line = line_number(rows_text(rows, 0));
		if (line >= 0)
			h->tracks[line][rows_int(rows, 1)].meter_id = rows_int(rows, 2);
	}
	rows_end(rows);
	demo_building(meters);
	for (size_t i = 0; i < DEMO_METERS; i++) {
		if (meters[i].is_silent)
			h->silent = &h->tracks[meters[i].line][meters[i].unit];
	}
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
lose_silent(struct history *h)
{
	struct alarm alarm = {
		.kind = ALARM_METER_LOST, .at = h->silent_from, .detail = "timeout"
	};
	enum rc rc = db_exec(h->db, &Q[LINK], ARGS(I(h->silent->meter_id), T(h->silent_from)));

	alarm.meter_id = (uint32_t)h->silent->meter_id;
	return rc == RC_OK ? alarm_begin(h->db, &alarm) : rc;
}

static enum rc
store_states(struct history *h)
{
	enum rc rc = RC_OK;

	for (int i = 0; rc == RC_OK && i < DEMO_LINES * UNITS; i++) {
		struct track *t = &h->tracks[i / UNITS][i % UNITS];

		if (t->meter_id == 0 || t->last_at == 0)
			continue;
		rc = end_day(h, t);
		if (rc == RC_OK) {
			rc = db_exec(h->db, &Q[STATE],
			    ARGS(I(t->meter_id), T(t->last_at), I(QUALITY_DEMO), I(t->last[0]),
				I(t->last[1]), I(t->last[2]), I(t->last[3]), I(t->last[4]),
				I(t->last[5]), I(t->last[6]), I(t->last[7]), I(7)));
		}
	}
	if (rc == RC_OK && h->silent != NULL)
		rc = lose_silent(h);
	return rc == RC_OK ? db_exec(h->db, &Q[POLLS], NO_ARGS) : rc;
}

static enum rc
load_rows(struct db *db, void *context)
{
	struct history *h = context;
	struct row row = { 0 };
	char text[256];
	enum rc rc = RC_OK;

	(void)db;
	while (rc == RC_OK && fgets(text, sizeof text, stdin) != NULL) {
		struct track *t;

		if (!parse_row(text, &row)) {
			log_error("demo", "not a row of history: %s", text);
			return RC_INVALID;
		}
		t = &h->tracks[row.line][row.unit];
		if (t->meter_id != 0 && (t != h->silent || row.at < h->silent_from))
			rc = take_row(h, t, &row);
	}
	if (rc == RC_OK)
		rc = flush_rows(h);
	if (rc == RC_OK)
		rc = store_states(h);
	return rc == RC_OK ? flush_days(h) : rc;
}

enum rc
demo_history_load(struct db *db)
{
	struct history *h = calloc(1, sizeof *h);
	enum rc rc;

	if (h == NULL)
		return RC_UNAVAILABLE;
	h->db = db;
	h->silent_from = clock_now() - DEMO_SILENT_FOR;
	rc = find_meters(h);
	/* One transaction: a load that was interrupted starts again from nothing. */
	if (rc == RC_OK && (rc = db_begin(db)) == RC_OK)
		rc = db_end(db, load_rows(db, h));
	free(h);
	return rc;
}
