/* A change goes on: from the cleared meter to the new one, and into it. */
#include "model/meter_change_private.h"
#include "model/request_key.h"

#include <stdio.h>
#include <string.h>

#include "model/account_edit.h"
#include "model/edit.h"
#include "model/epoch.h"
#include "model/meter_orders.h"
#include "model/reading.h"
#include "model/sale_private.h"
#include "model/world.h"

#define CHANGES_AT_ONCE 50

enum {
	OPEN_ONES,
	SERVES,
	COPY_TARIFF,
	NEW_METER,
	ANSWERS,
	FIGURES,
	HAS_EPOCH,
};

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[OPEN_ONES] = { .sql =
			    "SELECT meter_change_id FROM meter_change WHERE active_old IS NOT NULL"
			    " AND state = 'cleared' ORDER BY meter_change_id LIMIT ?" },
	[SERVES] = { .sql =
			 "SELECT COUNT(*) FROM account_meter WHERE active_meter = ? AND account_id = ?",
	    .bounded = "one row" },
	/* What holds today begins today, what is planned stays planned. */
	[COPY_TARIFF] = { .sql =
			      "INSERT INTO meter_tariff (meter_id, valid_from, tariff_id, price_uyuan)"
			      " SELECT ?, GREATEST(t.valid_from, ?), t.tariff_id, t.price_uyuan FROM meter_tariff t"
			      " WHERE t.meter_id = ? AND t.valid_from >= COALESCE((SELECT MAX(x.valid_from)"
			      " FROM meter_tariff x WHERE x.meter_id = t.meter_id AND x.valid_from <= ?), ?)"
			      " ON DUPLICATE KEY UPDATE tariff_id = VALUES(tariff_id),"
			      " price_uyuan = VALUES(price_uyuan)" },
	[NEW_METER] = { .sql = "UPDATE meter_change SET new_meter_id = ?, new_number = ?"
			       " WHERE meter_change_id = ?" },
	/* 142 is QUALITY_UNUSABLE. */
	[ANSWERS] = { .sql =
			  "SELECT COUNT(*) FROM account_meter am JOIN meter_state s"
			  " ON s.meter_id = am.meter_id AND s.read_at > am.began_at AND s.quality & 142 = 0"
			  " LEFT JOIN meter_link l ON l.meter_id = am.meter_id"
			  " WHERE am.active_meter = ? AND l.lost_since IS NULL AND NOT EXISTS"
			  " (SELECT 1 FROM alarm a WHERE a.meter_id = am.meter_id"
			  " AND a.kind = 'identity_mismatch' AND a.ended_at IS NULL)",
	    .bounded = "one row" },
	[FIGURES] = { .sql = "UPDATE meter_change SET new_wh = ? WHERE meter_change_id = ?" },
	[HAS_EPOCH] = { .sql = "SELECT COUNT(*) FROM meter_epoch WHERE active_meter = ?",
	    .bounded = "one row" },
};
/* clang-format on */

_Static_assert(QUALITY_UNUSABLE == 142, "ANSWERS names the bits");

struct step {
	struct change_stored change;
	struct arena *arena;
	const struct operator_actor *by;
	bool moved;
};

/* ---- from one to the other ---- */

/* The account and its prices follow to the new meter. */
static enum rc
take_new(struct db *db, const struct step *step, int64_t new_meter_id)
{
	struct account_row account;
	struct day today = clock_day(step->by->now);
	enum rc rc = account_load_row(db, step->change.account_id, &account);

	if (rc != RC_OK)
		return rc;
	account.opened_at = step->by->now;
	rc = account_give_meter(db, &account, new_meter_id, step->by);
	if (rc == RC_OK)
		rc = db_exec(db, &Q[COPY_TARIFF],
		    ARGS(I(new_meter_id), D(today), I(step->change.old_meter_id), D(today),
			D(today)));
	return rc;
}

/* A meter that hung elsewhere or nowhere takes over what was agreed, and the place. */
static enum rc
adopt_terms(struct db *db, const struct step *step)
{
	bool is_replacement = step->change.kind == CHANGE_REPLACEMENT;
	struct meter_row old, row;
	enum rc rc = meter_load_row(db, step->change.old_meter_id, &old);

	if (rc == RC_OK)
		rc = meter_load_row(db, step->change.new_meter_id, &row);
	if (rc != RC_OK)
		return rc;
	row.alarm1_fen = old.alarm1_fen;
	row.alarm2_fen = old.alarm2_fen;
	row.overload_w = old.overload_w;
	row.overdraft_fen = old.overdraft_fen;
	row.hold_mode = old.hold_mode;
	if (is_replacement && row.place_id == 0)
		row.place_id = old.place_id;
	rc = meter_update(db, &row, step->by);
	return rc == RC_OK && is_replacement ? meter_remove(db, &old, "", step->by) : rc;
}

static enum rc
switch_meters(struct db *db, struct step *step)
{
	enum rc rc = take_new(db, step, step->change.new_meter_id);

	step->moved = rc == RC_OK;
	return rc == RC_OK ? adopt_terms(db, step) : rc;
}

/* ---- into the new meter ---- */

static enum rc
send_orders(struct db *db, const struct step *step)
{
	struct meter_orders *orders = arena_alloc(step->arena, sizeof(*orders));
	unsigned char key[COMMAND_KEY];
	int64_t batch_id;

	orders->count = orders->left_out = 0;
	enum rc rc =
	    meter_orders_add(db, step->arena, step->change.new_meter_id, step->by->now, orders);
	request_key_derive(step->change.request_key, "change", key);
	return rc == RC_OK ? meter_orders_send(db, orders, key, "", step->by, &batch_id) : rc;
}

static enum rc
audit(struct db *db, const struct step *step, const struct epoch_figures *figures)
{
	struct changes changes = { 0 };

	change_int_or(&changes, "meter", 0, step->change.old_meter_id, step->change.new_meter_id);
	change_money_or(
	    &changes, "new_credit", METER_NO_CREDIT, METER_NO_CREDIT, figures->credit_fen);
	return edit_audit(
	    db, step->by, "meter.changed", "account", step->change.account_id, &changes, NULL);
}

/* What the new meter shows is its beginning; then the money goes on to it. */
static enum rc
begin_new(struct db *db, struct step *step, struct epoch_figures *figures)
{
	const struct change_stored *change = &step->change;
	enum epoch_cause cause =
	    change->kind == CHANGE_REPLACEMENT ? EPOCH_REPLACEMENT : EPOCH_MOVE;
	struct epoch epoch;
	enum rc rc = epoch_figures(db, change->new_meter_id, figures);

	if (rc == RC_OK)
		rc = epoch_begin(db, change->new_meter_id, change->account_id, cause, figures,
		    step->by->operator_id, 0, step->by->now, &epoch);
	return rc == RC_OK
		   ? db_exec(db, &Q[FIGURES], ARGS(I(figures->energy_wh), I(change->change_id)))
		   : rc;
}

static enum rc
credit_new(struct db *db, struct step *step)
{
	struct epoch_figures figures;
	enum rc rc = begin_new(db, step, &figures);

	if (rc == RC_OK)
		rc = change_move(db, &step->change, CHANGE_CREDITING, step->by->now);
	if (rc == RC_OK)
		rc = sale_transfer_into(
		    db, step->change.sale_id, step->change.new_meter_id, step->by);
	if (rc == RC_OK)
		rc = send_orders(db, step);
	step->moved = rc == RC_OK;
	return rc == RC_OK ? audit(db, step, &figures) : rc;
}

static enum rc
look_at_new(struct db *db, struct step *step)
{
	int64_t meter_id = step->change.new_meter_id, count = 0;
	enum rc rc;

	if (meter_id == 0)
		return RC_OK; /* somebody has to hang it */
	rc = db_int(db, &Q[SERVES], ARGS(I(meter_id), I(step->change.account_id)), &count);
	if (rc != RC_OK)
		return rc;
	if (count == 0)
		return switch_meters(db, step);
	rc = db_int(db, &Q[HAS_EPOCH], ARGS(I(meter_id)), &count);
	if (rc != RC_OK || count > 0)
		return rc;
	rc = db_int(db, &Q[ANSWERS], ARGS(I(meter_id)), &count);
	return rc == RC_OK && count > 0 ? credit_new(db, step) : rc;
}

/* ---- all of it ---- */

struct stepping {
	int64_t change_id;
	const struct operator_actor *by;
	bool moved;
};

static enum rc
run_step(struct db *db, void *context)
{
	struct stepping *stepping = context;
	struct step step = { .by = stepping->by, .arena = arena_new() };
	enum rc rc = change_lock(db, stepping->change_id, &step.change);

	if (rc == RC_OK && step.change.state == CHANGE_CLEARED)
		rc = look_at_new(db, &step);
	stepping->moved = rc == RC_OK && step.moved;
	arena_free(step.arena);
	return rc;
}

#define STEPS_AT_ONCE 2 /* the meters are switched, the new one answers */

enum rc
meter_change_step(struct db *db, int64_t change_id, const struct operator_actor *by, bool *moved)
{
	struct stepping stepping = { .change_id = change_id, .by = by };
	enum rc rc = RC_OK;

	*moved = false;
	for (int i = 0; i < STEPS_AT_ONCE && rc == RC_OK; i++) {
		rc = db_transact(db, run_step, &stepping);
		*moved |= rc == RC_OK && stepping.moved;
		if (!stepping.moved)
			break;
	}
	return rc;
}

enum rc
meter_change_run(struct db *db, const struct operator_actor *by, size_t *steps)
{
	int64_t ids[CHANGES_AT_ONCE];
	struct rows *rows;
	size_t count = 0;
	enum rc rc = db_query(db, &Q[OPEN_ONES], ARGS(I(CHANGES_AT_ONCE)), &rows);

	*steps = 0;
	if (rc != RC_OK)
		return rc;
	while (count < CHANGES_AT_ONCE && (rc = rows_next(rows)) == RC_OK)
		ids[count++] = rows_int(rows, 0);
	rows_end(rows);
	rc = rc == RC_NOT_FOUND ? RC_OK : rc;
	for (size_t i = 0; i < count && rc == RC_OK; i++) {
		bool moved;
		rc = meter_change_step(db, ids[i], by, &moved);
		*steps += moved;
		/* Somebody else was quicker: the next run sees. */
		if (rc == RC_CONFLICT || rc == RC_NOT_FOUND)
			rc = RC_OK;
	}
	return rc;
}

/* ---- the new meter hangs ---- */

struct installing {
	int64_t change_id, meter_model_id;
	const char *number;
	struct arena *arena;
	const struct operator_actor *by;
	struct faults *faults;
};

static enum rc
hang_new(struct db *db, const struct installing *in, const struct meter_row *old, int64_t *id)
{
	struct world *world = world_of_database(db, in->arena);
	struct meter_row row = *old;
	enum rc rc;

	row.meter_id = row.removed_at = row.installed_at = row.revision = 0;
	row.meter_model_id = in->meter_model_id;
	row.note[0] = '\0';
	(void)snprintf(row.number, sizeof(row.number), "%s", in->number);
	meter_validate(&row, world, in->faults);
	for (size_t i = 0; i < in->faults->count; i++)
		if (strcmp(in->faults->list[i].field, "number") == 0)
			(void)snprintf(in->faults->list[i].field, sizeof(in->faults->list[i].field),
			    "%s", "new_number");
	rc = world_failed(world);
	if (rc == RC_OK)
		rc = sale_verdict(in->faults);
	if (rc == RC_OK)
		rc = meter_insert(db, &row, in->by);
	*id = row.meter_id;
	return rc;
}

static enum rc
install(struct db *db, void *context)
{
	const struct installing *in = context;
	struct step step = { .by = in->by, .arena = in->arena };
	struct meter_row old;
	int64_t new_meter_id;
	enum rc rc = change_lock(db, in->change_id, &step.change);

	*in->faults = (struct faults){ 0 };
	if (rc == RC_OK && (step.change.state != CHANGE_CLEARED || step.change.new_meter_id != 0))
		rc = RC_CONFLICT;
	if (rc == RC_OK)
		rc = meter_load_row(db, step.change.old_meter_id, &old);
	if (rc == RC_OK)
		rc = meter_remove(db, &old, "", in->by);
	if (rc == RC_OK)
		rc = hang_new(db, in, &old, &new_meter_id);
	if (rc == RC_OK)
		rc = db_exec(
		    db, &Q[NEW_METER], ARGS(I(new_meter_id), S(in->number), I(in->change_id)));
	return rc == RC_OK ? take_new(db, &step, new_meter_id) : rc;
}

enum rc
meter_change_install(struct db *db, struct arena *arena, int64_t change_id, const char *number,
    int64_t meter_model_id, const struct operator_actor *by, struct faults *faults)
{
	struct installing in = { change_id, meter_model_id, number, arena, by, faults };

	return db_transact(db, install, &in);
}
