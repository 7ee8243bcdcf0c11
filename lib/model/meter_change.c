#include "model/meter_change_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/account_list.h"
#include "model/account_open.h"
#include "model/approval.h"
#include "model/delivery.h"
#include "model/edit.h"
#include "model/sale_private.h"
#include "model/world.h"

enum { KNOWN, ACCOUNT, HOLDER, OLD, INSERT, BEGAN, LIVING, APPROVAL, WITHDRAW };

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[KNOWN] = { .sql = "SELECT meter_change_id FROM meter_change WHERE request_key = ?",
	    .bounded = "unique key" },
	[ACCOUNT] = { .sql = "SELECT closing_at IS NOT NULL FROM account WHERE account_id = ?"
			     " AND closed_at IS NULL FOR UPDATE",
	    .bounded = "primary key" },
	[HOLDER] = { .sql = "SELECT a.name FROM account_meter am JOIN account a"
			    " ON a.account_id = am.account_id WHERE am.active_meter = ?",
	    .bounded = "unique key" },
	/* Whatever is on its way to or from the old meter. */
	[OLD] = { .sql =
		      "SELECT m.number, (SELECT COUNT(*) FROM delivery d WHERE d.meter_id = m.meter_id"
		      " AND d.state IN ('queued', 'sent', 'held') AND d.resolved_as IS NULL)"
		      " + (SELECT COUNT(*) FROM meter_change c WHERE c.active_old = m.meter_id)"
		      " + (SELECT COUNT(*) FROM meter_change c WHERE c.new_meter_id = m.meter_id"
		      " AND c.active_old IS NOT NULL)"
		      " + (SELECT COUNT(*) FROM ledger_balance b WHERE b.meter_id = m.meter_id"
		      " AND b.account_id = ? AND b.transit_fen <> 0), m.credit_mode = 'monitor'"
		      " FROM meter m WHERE m.meter_id = ?",
	    .bounded = "primary key" },
	[INSERT] = { .sql =
			 "INSERT INTO meter_change (kind, request_key, account_id, old_meter_id,"
			 " new_meter_id, new_number, state, is_manual, old_wh, old_fen, reason, began_at,"
			 " began_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[BEGAN] = { .sql = "UPDATE meter_change SET sale_id = ? WHERE meter_change_id = ?" },
	[LIVING] = { .sql = "SELECT command_id FROM delivery WHERE sale_id = ?"
			    " AND state NOT IN ('failed', 'cancelled') LIMIT 1" },
	[APPROVAL] = { .sql = "SELECT approval_id FROM approval WHERE meter_change_id = ?"
			      " AND outcome IS NULL FOR UPDATE",
	    .bounded = "one open question of a change" },
	[WITHDRAW] = { .sql =
			   "UPDATE approval SET outcome = 'withdrawn', decided_by = ?, decided_at = ?,"
			   " note = ? WHERE approval_id = ?" },
};
/* clang-format on */

struct beginning {
	const struct change_wish *wish;
	struct arena *arena;
	struct faults *faults;
	int64_t change_id;
};

/* ---- what hinders ---- */

static enum rc
check_old(struct db *db, struct beginning *b)
{
	const struct change_wish *wish = b->wish;
	struct rows *rows;
	enum rc rc = db_query(db, &Q[OLD], ARGS(I(wish->account_id), I(wish->old_meter_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		if (rows_int(rows, 2) != 0)
			fault_add(b->faults, "", "ChangeMonitor", "%s", "");
		else if (rows_int(rows, 1) > 0)
			fault_add(b->faults, "", "ChangeOpen", "%s", rows_text(rows, 0));
	}
	rows_end(rows);
	return rc;
}

static enum rc
check_new_number(struct db *db, struct beginning *b)
{
	const char *number = b->wish->new_number;
	struct world *world = world_of_database(db, b->arena);

	if (number[0] == '\0')
		fault_add(b->faults, "new_number", "Required", "%s", "");
	else if (world->meter_numbered(world->context, number) != 0)
		fault_add_text(b->faults, "new_number", "NumberInUse", number);
	return world_failed(world);
}

static enum rc
check_new_meter(struct db *db, struct beginning *b)
{
	const struct change_wish *wish = b->wish;
	struct faults faults = { 0 };
	struct free_meter meter;
	const char *name;
	enum rc rc = account_free_meter(db, b->arena, wish->scope, wish->new_meter_id, &meter);

	if (rc == RC_NOT_FOUND) {
		fault_add(b->faults, "new_meter", "MeterGone", "%s", "");
		return RC_OK;
	}
	if (rc != RC_OK)
		return rc;
	account_check_meter(&meter, wish->asker.by.now, &faults);
	for (size_t i = 0; i < faults.count; i++)
		fault_add(b->faults, "new_meter", faults.list[i].key, "%s", faults.list[i].value);
	if (wish->new_meter_id == wish->old_meter_id)
		fault_add(b->faults, "new_meter", "ChangeSame", "%s", "");
	rc = db_text(db, &Q[HOLDER], ARGS(I(wish->new_meter_id)), b->arena, &name);
	if (rc == RC_OK)
		fault_add(b->faults, "new_meter", "MeterHasTenant", "%s\t%s", meter.number, name);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
check(struct db *db, struct beginning *b)
{
	const struct change_wish *wish = b->wish;
	int64_t is_closing;
	enum rc rc = db_int(db, &Q[ACCOUNT], ARGS(I(wish->account_id)), &is_closing);

	if (rc == RC_OK)
		rc = sale_lock_meter(db, wish->account_id, wish->old_meter_id);
	if (rc == RC_NOT_FOUND) {
		fault_add(b->faults, "", "ChangeNotItsAccount", "%s", "");
		return RC_INVALID;
	}
	if (rc != RC_OK)
		return rc;
	if (is_closing)
		fault_add(b->faults, "", "AccountClosing", "%s", "");
	edit_check_text(b->faults, "reason", wish->reason, SALE_TEXT_MAX, true);
	rc = check_old(db, b);
	if (rc == RC_OK)
		rc = wish->new_meter_id != 0 ? check_new_meter(db, b) : check_new_number(db, b);
	return rc == RC_OK ? sale_verdict(b->faults) : rc;
}

/* ---- beginning ---- */

static struct value
or_null(int64_t value, bool is_there)
{
	return is_there ? I(value) : NIL;
}

static enum rc
insert(struct db *db, struct beginning *b)
{
	const struct change_wish *wish = b->wish;
	const struct operator_actor *by = &wish->asker.by;
	enum change_state state = wish->is_manual ? CHANGE_ASKED : CHANGE_CLEARING;
	enum rc rc = db_exec(db, &Q[INSERT],
	    ARGS(S(change_kind_name(wish->kind)), B(wish->asker.request_key, SALE_KEY),
		I(wish->account_id), I(wish->old_meter_id),
		or_null(wish->new_meter_id, wish->new_meter_id != 0), S(wish->new_number),
		S(change_state_name(state)), I(wish->is_manual),
		or_null(wish->manual_wh, wish->is_manual),
		or_null(wish->manual_fen, wish->is_manual), S(wish->reason), T(by->now),
		I(by->operator_id)));

	b->change_id = rc == RC_OK ? db_last_id(db) : 0;
	return rc;
}

static enum rc
ask_second(struct db *db, const struct beginning *b)
{
	const struct change_wish *wish = b->wish;
	int64_t approval_id;
	char payload[100];

	(void)snprintf(payload, sizeof(payload), "%" PRId64 " %" PRId64 " %" PRId64,
	    wish->account_id, wish->manual_fen, wish->manual_wh);
	const struct approval_ask ask = { .kind = APPROVAL_CHANGE,
		.meter_id = wish->old_meter_id,
		.meter_change_id = b->change_id,
		.amount_fen = wish->manual_fen,
		.payload = payload,
		.reason = wish->reason,
		.by = wish->asker.by };
	return approval_ask(db, &ask, &approval_id);
}

/* A meter that counts no credit has no order: then the money lies between the meters already. */
static enum rc
clear_old(struct db *db, struct beginning *b)
{
	const struct change_wish *wish = b->wish;
	const struct transfer_wish transfer = { .asker = wish->asker,
		.account_id = wish->account_id,
		.meter_id = wish->old_meter_id,
		.reason = wish->reason };
	struct change_stored change;
	int64_t sale_id, command_id;
	enum rc rc = sale_transfer(db, &transfer, b->faults, &sale_id);

	if (rc == RC_OK)
		rc = db_exec(db, &Q[BEGAN], ARGS(I(sale_id), I(b->change_id)));
	if (rc == RC_OK)
		rc = db_int(db, &Q[LIVING], ARGS(I(sale_id)), &command_id);
	if (rc != RC_NOT_FOUND)
		return rc;
	rc = change_lock(db, b->change_id, &change);
	return rc == RC_OK ? change_move(db, &change, CHANGE_CLEARED, wish->asker.by.now) : rc;
}

static enum rc
audit(struct db *db, const struct beginning *b)
{
	const struct change_wish *wish = b->wish;
	struct changes changes = { 0 };

	change_text(&changes, "change_kind", "", change_kind_name(wish->kind));
	change_int_or(&changes, "old_meter", 0, 0, wish->old_meter_id);
	change_int_or(&changes, "new_meter", 0, 0, wish->new_meter_id);
	change_text(&changes, "new_number", "", wish->new_number);
	if (wish->is_manual)
		change_money_or(
		    &changes, "credit", METER_NO_CREDIT, METER_NO_CREDIT, wish->manual_fen);
	return edit_audit(db, &wish->asker.by, "meter.change", "account", wish->account_id,
	    &changes, wish->reason);
}

static enum rc
begin(struct db *db, void *context)
{
	struct beginning *b = context;
	enum rc rc;

	*b->faults = (struct faults){ 0 };
	if ((rc = check(db, b)) == RC_OK)
		rc = insert(db, b);
	if (rc == RC_OK)
		rc = b->wish->is_manual ? ask_second(db, b) : clear_old(db, b);
	return rc == RC_OK ? audit(db, b) : rc;
}

enum rc
meter_change_known(struct db *db, const unsigned char request_key[SALE_KEY], int64_t *change_id)
{
	return db_int(db, &Q[KNOWN], ARGS(B(request_key, SALE_KEY)), change_id);
}

enum rc
meter_change_begin(struct db *db, struct arena *arena, const struct change_wish *wish,
    struct faults *faults, int64_t *change_id, bool *is_old)
{
	struct beginning b = { .wish = wish, .arena = arena, .faults = faults };
	enum rc rc = meter_change_known(db, wish->asker.request_key, change_id);

	*is_old = rc == RC_OK;
	if (rc != RC_NOT_FOUND)
		return rc;
	rc = db_transact(db, begin, &b);
	*change_id = b.change_id;
	if (rc != RC_CONFLICT && rc != RC_UNAVAILABLE)
		return rc;
	/* Pressed twice at the same moment, or the outcome of the commit is not known. */
	enum rc found = meter_change_known(db, wish->asker.request_key, change_id);
	*is_old = found == RC_OK;
	return found == RC_OK ? RC_OK : rc;
}

/* ---- calling it off ---- */

struct calling_off {
	int64_t change_id;
	const char *reason;
	const struct operator_actor *by;
};

static enum rc
withdraw(struct db *db, const struct calling_off *off)
{
	int64_t approval_id;
	enum rc rc = db_int(db, &Q[APPROVAL], ARGS(I(off->change_id)), &approval_id);

	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	return db_exec(db, &Q[WITHDRAW],
	    ARGS(I(off->by->operator_id), T(off->by->now), S(off->reason), I(approval_id)));
}

static enum rc
take_back(struct db *db, const struct change_stored *change, int64_t now)
{
	int64_t command_id;
	enum rc rc = db_int(db, &Q[LIVING], ARGS(I(change->sale_id)), &command_id);

	if (rc == RC_OK)
		rc = delivery_cancel(db, command_id, now);
	if (rc == RC_OK)
		rc = sale_move(db, change->sale_id, SALE_BOOKED, SALE_CANCELLED, now);
	return rc == RC_NOT_FOUND ? RC_CONFLICT : rc;
}

static enum rc
call_off(struct db *db, void *context)
{
	const struct calling_off *off = context;
	struct changes changes = { 0 };
	struct change_stored change;
	enum rc rc = change_lock(db, off->change_id, &change);

	if (rc != RC_OK)
		return rc;
	if (change.state == CHANGE_ASKED)
		rc = withdraw(db, off);
	else if (change.state == CHANGE_CLEARING)
		rc = take_back(db, &change, off->by->now);
	else
		rc = RC_CONFLICT;
	if (rc == RC_OK)
		rc = change_move(db, &change, CHANGE_CANCELLED, off->by->now);
	if (rc != RC_OK)
		return rc;
	change_int_or(&changes, "old_meter", 0, 0, change.old_meter_id);
	return edit_audit(
	    db, off->by, "meter.unchange", "account", change.account_id, &changes, off->reason);
}

enum rc
meter_change_cancel(
    struct db *db, int64_t change_id, const char *reason, const struct operator_actor *by)
{
	struct calling_off off = { change_id, reason, by };

	return db_transact(db, call_off, &off);
}
