#include "model/config_want.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "model/command.h"
#include "model/setting.h"
#include "model/tariff_load.h"

#define ROOM_AT_FIRST 64
#define PLANS_MAX     64 /* plans of other meters that are remembered: most share a tariff */

#define ALL_MAX 100000

enum { METERS, HELD, OPEN };

static const struct query Q[] QUERIES = {
	[METERS] = { .sql = "SELECT m.meter_id, m.bus_id, mm.code, m.credit_mode, m.alarm1_fen,"
			    " m.alarm2_fen, m.overdraft_fen, m.overload_w FROM meter m"
			    " JOIN meter_model mm ON mm.meter_model_id = m.meter_model_id"
			    " WHERE m.removed_at IS NULL AND m.meter_id BETWEEN ? AND ?"
			    " AND (? OR EXISTS (SELECT 1 FROM meter_config h"
			    " WHERE h.meter_id = m.meter_id AND h.sent_at IS NOT NULL))"
			    " ORDER BY m.meter_id LIMIT ?" },
	[HELD] = { .sql = "SELECT meter_id, part, value, read_at, sent_at FROM meter_config"
			  " WHERE meter_id BETWEEN ? AND ? ORDER BY meter_id, part LIMIT 500000" },
	[OPEN] = { .sql = "SELECT meter_id, kind FROM command"
			  " WHERE state IN ('queued', 'taken') AND meter_id BETWEEN ? AND ?"
			  " ORDER BY meter_id LIMIT 500000" },
};

/* A plan that was made, and for what. */
struct made {
	const struct tariff_meter *meter;
	const struct config_model *model;
	struct config_plan plan;
};

struct config_wants {
	struct db *db;
	struct arena *arena; /* of this slice */
	int64_t now;
	struct tariff_book book;
	struct tariff_meter *tariffs;
	size_t tariff_count;
	int64_t alarm1_fen, alarm2_fen, overdraft_fen, overload_w; /* of the site */
	struct config_want *wants;
	size_t count, room;
	struct made made[PLANS_MAX];
	size_t made_count;
};

const char *
config_why_name(enum config_why why)
{
	static const char *const NAMES[WHYS] = { "", "model", "mode", "tariff" };

	assert((size_t)why < COUNT(NAMES));
	return NAMES[why];
}

bool
config_is_due(const struct config_side *side)
{
	return side->why == WHY_NONE && !side->is_same;
}

static struct config_want *
find(struct config_want *wants, size_t count, int64_t meter_id)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (wants[middle].meter_id < meter_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && wants[low].meter_id == meter_id ? &wants[low] : NULL;
}

const struct config_want *
config_want_find(const struct config_want *wants, size_t count, int64_t meter_id)
{
	return find((struct config_want *)(uintptr_t)wants, count, meter_id);
}

/* ---- the tariff ---- */

static const struct tariff_meter *
find_tariff(const struct config_wants *work, int64_t meter_id)
{
	size_t low = 0, high = work->tariff_count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (work->tariffs[middle].meter_id < meter_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < work->tariff_count && work->tariffs[low].meter_id == meter_id
		   ? &work->tariffs[low]
		   : NULL;
}

static bool
has_same_spans(const struct tariff_meter *a, const struct tariff_meter *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->spans[i].from_at != b->spans[i].from_at ||
		    a->spans[i].version != b->spans[i].version)
			return false;
	return true;
}

/* Steps are the meter's own; without them meters of a tariff share the plan. */
static enum rc
make_plan(struct config_wants *work, const struct tariff_meter *meter,
    const struct config_model *model, struct config_plan *plan)
{
	const struct tariff_version *version = tariff_version_at(meter, work->now);
	struct tariff_steps steps = { 0 };
	bool has_steps = version != NULL && version->tier_count > 0;
	enum rc rc = RC_OK;

	for (size_t i = 0; i < work->made_count && !has_steps; i++) {
		const struct made *made = &work->made[i];
		if (made->model != model || !has_same_spans(made->meter, meter))
			continue;
		*plan = made->plan;
		return RC_OK;
	}
	if (has_steps)
		rc = tariff_load_steps_now(work->db, meter->meter_id, version, work->now, &steps);
	if (rc == RC_OK)
		rc = config_plan(meter->spans, meter->count, &work->book.calendar, &steps, model,
		    work->now, plan);
	if (rc == RC_OK && !has_steps && work->made_count < PLANS_MAX)
		work->made[work->made_count++] = (struct made){ meter, model, *plan };
	return rc;
}

static enum rc
want_tariff(struct config_wants *work, struct config_want *want, const struct config_model *model)
{
	const struct tariff_meter *meter = find_tariff(work, want->meter_id);
	struct config_plan plan;
	enum rc rc = meter == NULL ? RC_NOT_FOUND : make_plan(work, meter, model, &plan);

	if (rc == RC_NOT_FOUND) {
		want->parts[CONFIG_PRICES].why = want->parts[CONFIG_TOU].why = WHY_TARIFF;
		return RC_OK;
	}
	if (rc != RC_OK)
		return rc;
	want->parts[CONFIG_PRICES].wanted = plan.prices;
	want->parts[CONFIG_TOU].wanted = plan.tou;
	want->price_until = plan.next_at;
	return RC_OK;
}

/* ---- the meter's own row ---- */

static int64_t
value_or(const struct rows *rows, size_t column, int64_t otherwise)
{
	return rows_is_null(rows, column) ? otherwise : rows_int(rows, column);
}

static void
want_own(const struct config_wants *work, const struct rows *rows, struct config_want *want,
    const struct config_model *model)
{
	int64_t overdraft_fen = value_or(rows, 6, work->overdraft_fen);

	want->parts[CONFIG_ALARMS].wanted.u.alarms =
	    (struct config_alarms){ .alarm1_fen = value_or(rows, 4, work->alarm1_fen),
		    .alarm2_fen = value_or(rows, 5, work->alarm2_fen),
		    .overdraft_fen = model->has_overdraft ? overdraft_fen : CONFIG_NONE };
	want->parts[CONFIG_OVERLOAD].wanted.u.overload.limit_w =
	    value_or(rows, 7, work->overload_w);
	want->parts[CONFIG_CLOCK].wanted.u.clock.offset_s = 0;
}

static struct config_want *
append(struct config_wants *work, int64_t meter_id)
{
	if (work->count == work->room) {
		size_t room = work->room == 0 ? ROOM_AT_FIRST : 2 * work->room;
		struct config_want *wants = arena_alloc(work->arena, room * sizeof(*wants));
		if (work->count > 0)
			memcpy(wants, work->wants, work->count * sizeof(*wants));
		work->wants = wants;
		work->room = room;
	}
	struct config_want *want = &work->wants[work->count++];
	memset(want, 0, sizeof(*want));
	want->meter_id = meter_id;
	for (size_t part = 0; part < CONFIG_PARTS; part++)
		want->parts[part].wanted.part = (enum config_part)part;
	return want;
}

/* A meter that does not count credit down has no use for prices and alarms. */
static void
add_meter(struct config_wants *work, const struct rows *rows)
{
	struct config_want *want = append(work, rows_int(rows, 0));
	const struct config_model *model = config_model_find(rows_text(rows, 2));
	bool has_credit = strcmp(rows_text(rows, 3), "meter") == 0;

	want->bus_id = rows_int(rows, 1);
	want->model = model;
	if (model != NULL)
		want_own(work, rows, want, model);
	for (size_t part = 0; part < CONFIG_PARTS; part++) {
		bool is_money = part == CONFIG_PRICES || part == CONFIG_ALARMS;
		if (model == NULL || (model->parts >> part & 1) == 0)
			want->parts[part].why = WHY_MODEL;
		else if (is_money && !has_credit)
			want->parts[part].why = WHY_MODE;
	}
}

/* The meters of a range of numbers; an only one: from = to. */
static enum rc
load_meters(struct config_wants *work, int64_t from, int64_t to, bool only_sent, size_t most)
{
	struct rows *rows;
	enum rc rc =
	    db_query(work->db, &Q[METERS], ARGS(I(from), I(to), I(!only_sent), I(most)), &rows);

	work->wants = NULL;
	work->count = work->room = 0;
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK)
		add_meter(work, rows);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
want_tariffs(struct config_wants *work)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; i < work->count && rc == RC_OK; i++) {
		struct config_want *want = &work->wants[i];
		enum config_why prices = want->parts[CONFIG_PRICES].why,
				tou = want->parts[CONFIG_TOU].why;
		if (prices != WHY_NONE && tou != WHY_NONE)
			continue;
		rc = want_tariff(work, want, want->model);
		if (prices != WHY_NONE)
			want->parts[CONFIG_PRICES].why = prices;
		if (tou != WHY_NONE)
			want->parts[CONFIG_TOU].why = tou;
	}
	return rc;
}

/* ---- what they hold, and what is on its way ---- */

static void
add_held(struct config_wants *work, const struct rows *rows)
{
	struct config_want *want = find(work->wants, work->count, rows_int(rows, 0));
	enum config_part part = config_part_find(rows_text(rows, 1));

	if (want == NULL || part == CONFIG_PARTS)
		return;
	struct config_side *side = &want->parts[part];
	side->is_held = config_parse(part, rows_text(rows, 2), &side->held) == RC_OK;
	side->read_at = rows_int(rows, 3);
	side->sent_at = rows_int(rows, 4);
	side->is_same =
	    side->is_held && side->why == WHY_NONE && config_is_same(&side->wanted, &side->held);
}

static void
add_open(struct config_wants *work, const struct rows *rows)
{
	struct config_want *want = find(work->wants, work->count, rows_int(rows, 0));
	enum command_kind kind = command_kind_find(rows_text(rows, 1));

	if (want == NULL || kind == COMMAND_KINDS || command_trait(kind)->part == CONFIG_PARTS)
		return;
	want->parts[command_trait(kind)->part].is_open = true;
}

/* Of the meters of the slice. */
static enum rc
load_rows(struct config_wants *work, const struct query *query,
    void (*add)(struct config_wants *, const struct rows *))
{
	struct rows *rows;
	enum rc rc = db_query(work->db, query,
	    ARGS(I(work->wants[0].meter_id), I(work->wants[work->count - 1].meter_id)), &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK)
		add(work, rows);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- all of it ---- */

static enum rc
load_settings(struct config_wants *work)
{
	enum rc rc = setting_int(work->db, "alarm.credit1_fen", 5000, &work->alarm1_fen);

	if (rc == RC_OK)
		rc = setting_int(work->db, "alarm.credit2_fen", 2000, &work->alarm2_fen);
	if (rc == RC_OK)
		rc = setting_int(work->db, "meter.overdraft_fen", 0, &work->overdraft_fen);
	if (rc == RC_OK)
		rc = setting_int(work->db, "meter.overload_w", 0, &work->overload_w);
	return rc;
}

static enum rc
load_tariffs(struct config_wants *work, int64_t meter_id)
{
	struct day today = clock_day(work->now);
	enum rc rc = tariff_book(work->db, work->arena, clock_day_add(today, -CONFIG_PLAN_DAYS),
	    clock_day_add(today, CONFIG_PLAN_DAYS), &work->book);

	if (rc != RC_OK)
		return rc;
	if (meter_id == 0)
		return tariff_meters(work->db, &work->book, &work->tariffs, &work->tariff_count);
	work->tariffs = arena_alloc(work->arena, sizeof(*work->tariffs));
	work->tariff_count = 1;
	rc = tariff_meter(work->db, &work->book, meter_id, work->tariffs);
	if (rc != RC_NOT_FOUND)
		return rc;
	work->tariff_count = 0;
	return RC_OK;
}

static enum rc
fill(struct config_wants *work, int64_t from, int64_t to, bool only_sent, size_t most)
{
	enum rc rc = load_meters(work, from, to, only_sent, most);

	if (rc != RC_OK || work->count == 0)
		return rc;
	if ((rc = want_tariffs(work)) == RC_OK &&
	    (rc = load_rows(work, &Q[HELD], add_held)) == RC_OK)
		rc = load_rows(work, &Q[OPEN], add_open);
	return rc;
}

static enum rc
open_source(
    struct db *db, struct arena *arena, int64_t meter_id, int64_t now, struct config_wants **source)
{
	struct config_wants *work = arena_alloc(arena, sizeof(*work));

	work->db = db;
	work->arena = arena;
	work->now = now;
	*source = work;
	enum rc rc = load_settings(work);
	return rc == RC_OK ? load_tariffs(work, meter_id) : rc;
}

enum rc
config_want(struct db *db, struct arena *arena, int64_t meter_id, int64_t now,
    struct config_want **wants, size_t *count)
{
	struct config_wants *work;
	enum rc rc = open_source(db, arena, meter_id, now, &work);

	if (rc == RC_OK)
		rc = fill(work, meter_id, meter_id != 0 ? meter_id : INT32_MAX, false, ALL_MAX);
	*wants = work->wants;
	*count = work->count;
	return rc;
}

enum rc
config_wants_open(struct db *db, struct arena *arena, int64_t now, struct config_wants **source)
{
	return open_source(db, arena, 0, now, source);
}

enum rc
config_wants_next(struct config_wants *source, struct arena *arena, bool only_sent,
    int64_t after_id, size_t most, struct config_want **wants, size_t *count)
{
	source->arena = arena;
	enum rc rc = fill(source, after_id + 1, INT32_MAX, only_sent, most);

	*wants = source->wants;
	*count = source->count;
	return rc;
}
