#include "model/control.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/meter_keep.h"
#include "model/meter_model.h"

#define FACTS_MAX 20000 /* as the snapshot of meters */
#define OPEN_MAX  50000

enum { FACTS, OPEN, BEFORE };

static const struct query Q[] QUERIES = {
	[FACTS] = { .sql = "SELECT m.meter_id, m.bus_id, mm.code, b.disabled_at IS NOT NULL,"
			   " a.closing_at IS NOT NULL FROM meter m"
			   " JOIN meter_model mm ON mm.meter_model_id = m.meter_model_id"
			   " JOIN bus b ON b.bus_id = m.bus_id"
			   " LEFT JOIN account_meter am ON am.active_meter = m.meter_id"
			   " LEFT JOIN account a ON a.account_id = am.account_id"
			   " WHERE m.removed_at IS NULL ORDER BY m.meter_id LIMIT ?" },
	[OPEN] = { .sql = "SELECT meter_id, command_batch_id, kind FROM command"
			  " WHERE state IN ('queued', 'taken', 'held') AND meter_id IS NOT NULL"
			  " ORDER BY meter_id, command_id LIMIT ?" },
	[BEFORE] = { .sql = "SELECT meter_id, force_before, until_before FROM command"
			    " WHERE command_batch_id = ? AND force_before IS NOT NULL"
			    " AND (state = 'confirmed' OR (state = 'failed' AND attempts > 0))"
			    " ORDER BY meter_id LIMIT ?" },
};

static const char *const OP_NAMES[CONTROL_OPS] = {
	[CONTROL_TRIP] = "trip",
	[CONTROL_KEEP_ON] = "keep_on",
	[CONTROL_PREPAID] = "prepaid",
	[CONTROL_READ] = "read",
	[CONTROL_CLOCK] = "clock",
	[CONTROL_RESTORE] = "restore",
};

static const char *const WHY_NAMES[CONTROL_WHYS] = {
	[CONTROL_GOES] = "",
	[CONTROL_LOST] = "lost",
	[CONTROL_PROTECTED] = "protected",
	[CONTROL_KEPT] = "kept",
	[CONTROL_UNOPENED] = "unopened",
	[CONTROL_MODEL] = "model",
	[CONTROL_MONITOR] = "monitor",
	[CONTROL_SAME] = "same",
	[CONTROL_MONEY] = "money",
	[CONTROL_CLOSING] = "closing",
	[CONTROL_BUS] = "bus",
	[CONTROL_BEFORE] = "before",
};

const char *
control_op_name(enum control_op op)
{
	return (size_t)op < COUNT(OP_NAMES) ? OP_NAMES[op] : "";
}

enum control_op
control_op_find(const char *name)
{
	size_t op = 0;

	while (op < COUNT(OP_NAMES) && strcmp(OP_NAMES[op], name) != 0)
		op++;
	return (enum control_op)op;
}

bool
control_is_force(enum control_op op)
{
	return op != CONTROL_READ && op != CONTROL_CLOCK;
}

const char *
control_why_name(enum control_why why)
{
	assert((size_t)why < COUNT(WHY_NAMES));
	return WHY_NAMES[why];
}

static int64_t
mask_of(int phases)
{
	return phases == 3 ? 7 : 1;
}

enum control_force
control_force(int64_t force_state, int phases)
{
	int64_t mask = mask_of(phases), closed = force_state & mask;

	if (force_state < 0)
		return FORCE_UNKNOWN;
	if ((force_state & CONTROL_ACTIVE) == 0)
		return FORCE_NONE;
	return closed == mask ? FORCE_CLOSED : closed == 0 ? FORCE_OPEN : FORCE_MIXED;
}

/* ---- the facts ---- */

/* Rows of control facts come ascending by meter; the meters do not. */
static int
compare_ids(const void *left, const void *right)
{
	const struct control_meter *a = *(struct control_meter *const *)left,
				   *b = *(struct control_meter *const *)right;

	return (a->meter->meter_id > b->meter->meter_id) -
	       (a->meter->meter_id < b->meter->meter_id);
}

static struct control_meter *
find(struct control_meter **sorted, size_t count, int64_t meter_id)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (sorted[middle]->meter->meter_id < meter_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && sorted[low]->meter->meter_id == meter_id ? sorted[low] : NULL;
}

static enum rc
load_facts(struct db *db, struct control_meter **sorted, size_t count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FACTS], ARGS(I(FACTS_MAX)), &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		struct control_meter *meter = find(sorted, count, rows_int(rows, 0));
		const struct meter_model *model = meter_model_find(rows_text(rows, 2));
		if (meter == NULL)
			continue;
		meter->bus_id = rows_int(rows, 1);
		meter->can_force = model != NULL && model->has_control;
		meter->can_clock = model != NULL && model->has_clock && model->has_control;
		meter->is_bus_disabled = rows_int(rows, 3) != 0;
		meter->is_closing = rows_int(rows, 4) != 0;
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
load_open(struct db *db, struct arena *arena, struct control_meter **sorted, size_t count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[OPEN], ARGS(I(OPEN_MAX)), &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		struct control_meter *meter = find(sorted, count, rows_int(rows, 0));
		enum command_kind kind = command_kind_find(rows_text(rows, 2));
		if (meter == NULL || kind == COMMAND_KINDS)
			continue;
		meter->has_money |= command_trait(kind)->is_money;
		if (!command_trait(kind)->is_control)
			continue;
		meter->open_batch_id = rows_int(rows, 1);
		meter->open_kind = arena_strdup(arena, rows_text(rows, 2));
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
control_list(struct db *db, struct arena *arena, const struct meter *const *meters, size_t count,
    struct control_meter **list)
{
	struct control_meter **sorted = arena_alloc(arena, (count + 1) * sizeof(*sorted));
	struct meter_keep *keeps;
	size_t keep_count;

	*list = arena_alloc(arena, (count + 1) * sizeof(**list));
	for (size_t i = 0; i < count; i++) {
		(*list)[i] = (struct control_meter){ .meter = meters[i], .open_kind = "" };
		sorted[i] = &(*list)[i];
	}
	qsort(sorted, count, sizeof(struct control_meter *), compare_ids);
	enum rc rc = load_facts(db, sorted, count);
	if (rc == RC_OK)
		rc = load_open(db, arena, sorted, count);
	if (rc == RC_OK)
		rc = meter_keep_list(db, arena, &keeps, &keep_count);
	for (size_t i = 0; i < count && rc == RC_OK; i++) {
		const struct meter_keep *keep =
		    meter_keep_find(keeps, keep_count, meters[i]->meter_id);
		(*list)[i].kept_until = keep != NULL ? keep->ends_at : 0;
	}
	return rc;
}

/* ---- the rules ---- */

static enum command_kind
kind_of(enum control_op op)
{
	static const enum command_kind KINDS[CONTROL_OPS] = {
		[CONTROL_TRIP] = COMMAND_TRIP,
		[CONTROL_KEEP_ON] = COMMAND_KEEP_ON,
		[CONTROL_PREPAID] = COMMAND_PREPAID,
		[CONTROL_READ] = COMMAND_READ_NOW,
		[CONTROL_CLOCK] = COMMAND_WRITE_CLOCK,
		[CONTROL_RESTORE] = COMMAND_PREPAID,
	};

	return KINDS[op];
}

/* What brings back what was in force; COMMAND_KINDS: nothing can. */
static enum command_kind
kind_of_before(const struct control_meter *meter, int64_t now)
{
	if (!meter->has_before)
		return COMMAND_KINDS;
	switch (control_force(meter->force_before, meter->meter->phases)) {
	case FORCE_NONE:
		return COMMAND_PREPAID;
	case FORCE_OPEN:
		return COMMAND_TRIP;
	case FORCE_CLOSED:
		/* Nothing is kept on without an end. */
		return meter->until_before > now ? COMMAND_KEEP_ON : COMMAND_KINDS;
	default:
		return COMMAND_KINDS;
	}
}

static enum control_why
why_no_trip(const struct control_meter *meter, enum control_op op)
{
	const struct meter *m = meter->meter;

	if (m->lost_since != 0 || !m->has_state)
		return CONTROL_LOST;
	if (m->is_protected)
		return CONTROL_PROTECTED;
	if (m->account_id == 0 && op != CONTROL_RESTORE)
		return CONTROL_UNOPENED;
	if (meter->has_money)
		return CONTROL_MONEY;
	if (op != CONTROL_RESTORE &&
	    control_force(m->control.force_state, m->phases) == FORCE_CLOSED)
		return CONTROL_KEPT;
	return CONTROL_GOES;
}

/* A meter that does not answer may be in any state by now. */
static bool
is_same(const struct control_meter *meter)
{
	const struct meter *m = meter->meter;
	enum control_force force = control_force(m->control.force_state, m->phases);

	if (m->lost_since != 0 || !m->has_state)
		return false;
	if (meter->kind == COMMAND_TRIP)
		return force == FORCE_OPEN;
	if (meter->kind == COMMAND_KEEP_ON)
		return force == FORCE_CLOSED && meter->kept_until == meter->until_at;
	return force == FORCE_NONE;
}

static enum control_why
why_no_force(const struct control_meter *meter, enum control_op op)
{
	const struct meter *m = meter->meter;

	if (m->credit_mode == CREDIT_MONITOR)
		return CONTROL_MONITOR;
	if (!meter->can_force)
		return CONTROL_MODEL;
	if (meter->is_closing)
		return CONTROL_CLOSING;
	if (meter->kind == COMMAND_KINDS)
		return CONTROL_BEFORE;
	if (meter->kind == COMMAND_KEEP_ON && m->account_id == 0 && op != CONTROL_RESTORE)
		return CONTROL_UNOPENED;
	if (meter->open_batch_id == 0 && is_same(meter))
		return CONTROL_SAME;
	return meter->kind == COMMAND_TRIP ? why_no_trip(meter, op) : CONTROL_GOES;
}

void
control_judge(struct control_meter *meter, enum control_op op, int64_t until_at, int64_t now)
{
	meter->kind = op == CONTROL_RESTORE ? kind_of_before(meter, now) : kind_of(op);
	meter->until_at = meter->kind != COMMAND_KEEP_ON ? 0
			  : op == CONTROL_RESTORE	 ? meter->until_before
							 : until_at;
	if (meter->is_bus_disabled || meter->bus_id == 0)
		meter->why = CONTROL_BUS;
	else if (control_is_force(op))
		meter->why = why_no_force(meter, op);
	else
		meter->why =
		    op == CONTROL_CLOCK && !meter->can_clock ? CONTROL_MODEL : CONTROL_GOES;
}

/* A source that is not in force wants nothing; one that the meter lacks neither. */
static bool
wants_closed(int state, int64_t mask)
{
	return state < 0 || (state & CONTROL_ACTIVE) == 0 || (state & mask) == mask;
}

int
control_after(const struct control_meter *meter)
{
	const struct meter_control *control = &meter->meter->control;
	int64_t mask = mask_of(meter->meter->phases);

	if (meter->kind == COMMAND_TRIP)
		return 0;
	if (meter->kind == COMMAND_KEEP_ON)
		return 1;
	if (control->relay_closed < 0 || control->fee_state < 0)
		return -1;
	if (meter->kind != COMMAND_PREPAID)
		return (control->relay_closed & mask) == mask;
	return wants_closed(control->fee_state, mask) && wants_closed(control->load_state, mask) &&
	       wants_closed(control->time_state, mask);
}

struct command_order
control_order(const struct control_meter *meter)
{
	int force = meter->meter->control.force_state;

	return (struct command_order){ .kind = meter->kind,
		.bus_id = meter->bus_id,
		.meter_id = meter->meter->meter_id,
		.payload = "",
		.steps = 1,
		.until_at = meter->until_at,
		.has_before = command_trait(meter->kind)->is_control && force >= 0,
		.force_before = force < 0 ? 0 : force,
		.until_before = meter->kept_until };
}

enum rc
control_before_list(struct db *db, struct arena *arena, int64_t batch_id,
    struct control_before **list, size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[BEFORE], ARGS(I(batch_id), I(COMMAND_BATCH_MAX)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, COMMAND_BATCH_MAX * sizeof(**list));
	while ((rc = rows_next(rows)) == RC_OK)
		(*list)[(*count)++] = (struct control_before){ .meter_id = rows_int(rows, 0),
			.force_before = rows_int(rows, 1),
			.until_before = rows_int(rows, 2) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
