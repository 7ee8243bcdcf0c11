#include "model/account_close.h"
#include "model/request_key.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/approval.h"
#include "model/delivery.h"
#include "model/edit.h"
#include "model/meter_orders.h"
#include "model/sale_private.h"

enum { LOCK, CLOSING, NOT_CLOSING, LIVING, LOCK_APPROVAL, WITHDRAW };

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[LOCK] = { .sql = "SELECT closing_at IS NOT NULL FROM account WHERE account_id = ?"
			  " AND closed_at IS NULL FOR UPDATE",
	    .bounded = "primary key" },
	[CLOSING] = { .sql =
			  "UPDATE account SET closing_at = ?, closing_relay = ?, closing_reason = ?,"
			  " revision = revision + 1 WHERE account_id = ?" },
	[NOT_CLOSING] = { .sql =
			      "UPDATE account SET closing_at = NULL, closing_relay = NULL,"
			      " closing_reason = '', revision = revision + 1 WHERE account_id = ?" },
	[LIVING] = { .sql = "SELECT command_id FROM delivery WHERE sale_id = ?"
			    " AND state NOT IN ('failed', 'cancelled') LIMIT 1" },
	[LOCK_APPROVAL] = { .sql = "SELECT approval_id FROM approval WHERE approval_id = ?"
				   " AND outcome IS NULL FOR UPDATE",
	    .bounded = "primary key" },
	[WITHDRAW] = { .sql =
			   "UPDATE approval SET outcome = 'withdrawn', decided_by = ?, decided_at = ?,"
			   " note = ? WHERE approval_id = ?" },
};
/* clang-format on */

struct leave {
	const struct leave_wish *wish;
	struct faults *faults;
	struct arena *arena;
	struct leaving_meter *meters;
	size_t count;
	struct meter_orders *orders;
};

static const struct leaving_meter *
find(const struct leave *leave, int64_t meter_id)
{
	for (size_t i = 0; i < leave->count; i++)
		if (leave->meters[i].meter_id == meter_id && leave->meters[i].ended_at == 0)
			return &leave->meters[i];
	return NULL;
}

/* ---- what hinders ---- */

static void
check_meter(struct leave *leave, const struct leave_meter *wanted)
{
	const struct leaving_meter *meter = find(leave, wanted->meter_id);

	if (meter == NULL) {
		fault_add(leave->faults, "", "NotItsAccount", "%s", "");
		return;
	}
	if (meter->state != LEAVING_NOT)
		return;
	if ((meter->obstacles & OBSTACLE_CHANGE) != 0)
		fault_add(leave->faults, "", "LeaveChange", "%s", meter->number);
	else if ((meter->obstacles & OBSTACLE_HELD) != 0)
		fault_add(leave->faults, "", "LeaveHeld", "%s", meter->number);
	else if ((meter->obstacles & OBSTACLE_OPEN) != 0)
		fault_add(leave->faults, "", "LeaveOpen", "%s", meter->number);
}

/* The whole account leaves all meters; of others at least one stays. */
static void
check_count(struct leave *leave)
{
	const struct leave_wish *wish = leave->wish;
	size_t staying = 0;

	for (size_t i = 0; i < leave->count; i++) {
		bool is_meant = leave->meters[i].state != LEAVING_NOT;
		for (size_t n = 0; n < wish->meter_count; n++)
			is_meant |= wish->meters[n].meter_id == leave->meters[i].meter_id;
		staying += leave->meters[i].ended_at == 0 && !is_meant;
	}
	if (wish->is_whole && staying > 0)
		fault_add(leave->faults, "", "Conflict", "%s", "");
	else if (!wish->is_whole && staying == 0)
		fault_add(leave->faults, "", "LeaveLast", "%s", "");
}

static enum rc
check(struct leave *leave, bool is_closing)
{
	const struct leave_wish *wish = leave->wish;

	edit_check_text(leave->faults, "reason", wish->reason, SALE_TEXT_MAX, true);
	if (is_closing && !wish->is_whole)
		fault_add(leave->faults, "", "AccountClosing", "%s", "");
	for (size_t i = 0; i < wish->meter_count; i++)
		check_meter(leave, &wish->meters[i]);
	check_count(leave);
	return sale_verdict(leave->faults);
}

/* ---- one meter ---- */

static void
meter_key(const unsigned char request_key[SALE_KEY], int64_t meter_id, unsigned char key[SALE_KEY])
{
	char purpose[32];

	(void)snprintf(purpose, sizeof(purpose), "leave %" PRId64, meter_id);
	request_key_derive(request_key, purpose, key);
}

static enum rc
ask_second(struct db *db, const struct leave *leave, const struct leave_meter *meter)
{
	const struct leave_wish *wish = leave->wish;
	char payload[100];
	int64_t approval_id;

	(void)snprintf(payload, sizeof(payload), "%" PRId64 " %" PRId64 " %" PRId64,
	    wish->account_id, meter->manual_fen, meter->manual_wh);
	const struct approval_ask ask = { .kind = APPROVAL_CLOSING,
		.meter_id = meter->meter_id,
		.amount_fen = meter->manual_fen,
		.payload = payload,
		.reason = wish->reason,
		.by = wish->asker.by };
	return approval_ask(db, &ask, &approval_id);
}

/* The supply that stays on is held before the credit goes: no tenant behind it sees the lamp blink.
 */
static enum rc
clear_meter(struct db *db, struct leave *leave, const struct leave_meter *meter)
{
	const struct leave_wish *wish = leave->wish;
	struct closing_wish closing = { .asker = wish->asker,
		.account_id = wish->account_id,
		.meter_id = meter->meter_id,
		.channel = wish->channel,
		.reason = wish->reason };
	int64_t sale_id;

	meter_key(wish->asker.request_key, meter->meter_id, closing.asker.request_key);
	return sale_close_meter(db, &closing, leave->faults, &sale_id);
}

static enum rc
leave_one(struct db *db, struct leave *leave, const struct leave_meter *meter)
{
	const struct leaving_meter *now = find(leave, meter->meter_id);

	if (now->state != LEAVING_NOT)
		return RC_OK;
	return meter->is_manual ? ask_second(db, leave, meter) : clear_meter(db, leave, meter);
}

static enum rc
keep_supply(struct db *db, struct leave *leave)
{
	const struct leave_wish *wish = leave->wish;
	unsigned char key[COMMAND_KEY];
	int64_t batch_id;
	enum rc rc = RC_OK;

	leave->orders->count = leave->orders->left_out = 0;
	for (size_t i = 0; i < wish->meter_count && rc == RC_OK; i++)
		if (!wish->meters[i].is_manual &&
		    find(leave, wish->meters[i].meter_id)->state == LEAVING_NOT)
			rc = meter_orders_add_kind(
			    db, wish->meters[i].meter_id, COMMAND_KEEP_ON, leave->orders);
	request_key_derive(wish->asker.request_key, "keep", key);
	return rc == RC_OK ? meter_orders_send(
				 db, leave->orders, key, wish->reason, &wish->asker.by, &batch_id)
			   : rc;
}

static enum rc
note_closing(struct db *db, const struct leave *leave, bool is_closing)
{
	const struct leave_wish *wish = leave->wish;
	const char *relay = wish->keeps_supply ? "keep" : "trip";
	struct changes changes = { 0 };
	enum rc rc = RC_OK;

	if (wish->is_whole && !is_closing)
		rc = db_exec(db, &Q[CLOSING],
		    ARGS(T(wish->asker.by.now), S(relay), S(wish->reason), I(wish->account_id)));
	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < wish->meter_count; i++)
		change_text(&changes, "meter", find(leave, wish->meters[i].meter_id)->number, "");
	change_text(&changes, "closing_relay", "", relay);
	return edit_audit(db, &wish->asker.by, wish->is_whole ? "account.closing" : "account.leave",
	    "account", wish->account_id, &changes, wish->reason);
}

static enum rc
write(struct db *db, struct leave *leave, bool is_closing)
{
	const struct leave_wish *wish = leave->wish;
	enum rc rc = wish->keeps_supply ? keep_supply(db, leave) : RC_OK;

	for (size_t i = 0; i < wish->meter_count && rc == RC_OK; i++)
		rc = leave_one(db, leave, &wish->meters[i]);
	return rc == RC_OK ? note_closing(db, leave, is_closing) : rc;
}

/* ---- the wish ---- */

/* Is there anything that is not done already? */
static bool
has_news(const struct leave *leave)
{
	for (size_t i = 0; i < leave->wish->meter_count; i++)
		if (find(leave, leave->wish->meters[i].meter_id)->state == LEAVING_NOT)
			return true;
	return false;
}

static enum rc
do_leave(struct db *db, void *context)
{
	struct leave *leave = context;
	int64_t is_closing;
	enum rc rc = db_int(db, &Q[LOCK], ARGS(I(leave->wish->account_id)), &is_closing);

	*leave->faults = (struct faults){ 0 };
	if (rc == RC_OK)
		rc = account_leaving(
		    db, leave->arena, leave->wish->account_id, &leave->meters, &leave->count);
	if (rc == RC_OK)
		rc = check(leave, is_closing != 0);
	if (rc != RC_OK || !has_news(leave))
		return rc;
	return write(db, leave, is_closing != 0);
}

enum rc
account_leave(struct db *db, const struct leave_wish *wish, struct faults *faults)
{
	struct leave leave = { .wish = wish, .faults = faults, .arena = arena_new() };

	leave.orders = arena_alloc(leave.arena, sizeof(*leave.orders));
	enum rc rc = db_transact(db, do_leave, &leave);
	arena_free(leave.arena);
	return rc;
}

/* ---- calling it off ---- */

struct calling_off {
	int64_t account_id;
	const char *reason;
	const struct operator_actor *by;
};

static enum rc
withdraw(struct db *db, const struct calling_off *off, int64_t approval_id)
{
	int64_t found;
	enum rc rc = db_int(db, &Q[LOCK_APPROVAL], ARGS(I(approval_id)), &found);

	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_CONFLICT : rc;
	return db_exec(db, &Q[WITHDRAW],
	    ARGS(I(off->by->operator_id), T(off->by->now), S(off->reason), I(approval_id)));
}

static enum rc
call_off_meter(struct db *db, const struct calling_off *off, const struct leaving_meter *meter,
    struct meter_orders *orders)
{
	int64_t command_id;
	enum rc rc;

	if (meter->state == LEAVING_NOT)
		return RC_OK;
	if (meter->state == LEAVING_ASKED)
		return withdraw(db, off, meter->approval_id);
	if (meter->state != LEAVING_CLEARING)
		return RC_CONFLICT;
	if ((rc = sale_lock_meter(db, off->account_id, meter->meter_id)) == RC_OK)
		rc = db_int(db, &Q[LIVING], ARGS(I(meter->sale_id)), &command_id);
	if (rc == RC_OK)
		rc = delivery_cancel(db, command_id, off->by->now);
	if (rc == RC_OK)
		rc = sale_move(db, meter->sale_id, SALE_BOOKED, SALE_CANCELLED, off->by->now);
	if (rc == RC_OK && meter->is_kept)
		rc = meter_orders_add_kind(db, meter->meter_id, COMMAND_PREPAID, orders);
	return rc == RC_NOT_FOUND ? RC_CONFLICT : rc;
}

static enum rc
call_off_all(struct db *db, struct arena *arena, const struct calling_off *off)
{
	struct meter_orders *orders = arena_alloc(arena, sizeof(*orders));
	struct changes changes = { 0 };
	struct leaving_meter *meters;
	unsigned char key[COMMAND_KEY];
	int64_t is_closing, batch_id;
	size_t count;
	enum rc rc = db_int(db, &Q[LOCK], ARGS(I(off->account_id)), &is_closing);

	orders->count = orders->left_out = 0;
	if (rc == RC_OK)
		rc = account_leaving(db, arena, off->account_id, &meters, &count);
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		rc = call_off_meter(db, off, &meters[i], orders);
	secret_random(key, sizeof(key));
	if (rc == RC_OK)
		rc = meter_orders_send(db, orders, key, off->reason, off->by, &batch_id);
	if (rc == RC_OK)
		rc = db_exec(db, &Q[NOT_CLOSING], ARGS(I(off->account_id)));
	if (rc != RC_OK)
		return rc;
	return edit_audit(
	    db, off->by, "account.stay", "account", off->account_id, &changes, off->reason);
}

static enum rc
call_off(struct db *db, void *context)
{
	struct arena *arena = arena_new();
	enum rc rc = call_off_all(db, arena, context);

	arena_free(arena);
	return rc;
}

enum rc
account_leave_cancel(
    struct db *db, int64_t account_id, const char *reason, const struct operator_actor *by)
{
	struct calling_off off = { account_id, reason, by };

	return db_transact(db, call_off, &off);
}
