#include "model/account_open.h"
#include "model/request_key.h"

#include <string.h>

#include "base/clock.h"
#include "model/account_list.h"
#include "model/edit.h"
#include "model/epoch.h"
#include "model/tariff_assign.h"

#define FIGURES_AGE (10 * CLOCK_MINUTE)

enum { DRAFT, OPENED, HOLDER, PRICED, CLOSING, LEAVING };

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[DRAFT] = { .sql = "SELECT COALESCE(account_id, 0) FROM account_draft"
			   " WHERE account_draft_id = ? AND operator_id = ? FOR UPDATE",
	    .bounded = "primary key" },
	[OPENED] = { .sql = "UPDATE account_draft SET account_id = ?, changed_at = ?"
			    " WHERE account_draft_id = ?" },
	[HOLDER] = { .sql = "SELECT a.name FROM account_meter am JOIN account a"
			    " ON a.account_id = am.account_id WHERE am.active_meter = ?",
	    .bounded = "unique key" },
	[PRICED] = { .sql =
			 "SELECT COUNT(*) FROM meter_tariff WHERE meter_id = ? AND valid_from <= ?",
	    .bounded = "one row" },
	[CLOSING] = { .sql = "SELECT closing_at IS NOT NULL FROM account WHERE account_id = ?"
			     " AND closed_at IS NULL FOR UPDATE",
	    .bounded = "primary key" },
	[LEAVING] = { .sql = "SELECT COUNT(*) FROM meter_change WHERE new_meter_id = ?"
			     " AND state NOT IN ('done', 'cancelled')",
	    .bounded = "one row" },
};
/* clang-format on */

struct opening {
	const struct account_wish *wish;
	struct arena *arena;
	struct faults *faults;
	struct account_opened *opened;
	unsigned char key[DRAFT_KEY];
	struct account_row row; /* of the account, its meters begin at wish->by.now */
};

int64_t
account_figures_age(int64_t status_period_ms)
{
	int64_t age = 2 * status_period_ms + CLOCK_MINUTE;

	return age > FIGURES_AGE ? age : FIGURES_AGE;
}

/* ---- what is asked before anything is written ---- */

void
account_check_meter(const struct free_meter *meter, int64_t now, struct faults *faults)
{
	int64_t minutes = (now - meter->read_at) / CLOCK_MINUTE;

	if (meter->credit_mode == CREDIT_MONITOR)
		fault_add(faults, "meters", "MeterMeasures", "%s", meter->number);
	else if (meter->read_at == 0)
		fault_add(faults, "meters", "MeterNeverRead", "%s", meter->number);
	else if (now - meter->read_at > account_figures_age(meter->status_period_ms))
		fault_add(faults, "meters", "MeterNotRead", "%s\t%lld", meter->number,
		    (long long)minutes);
}

static enum rc
check_holder(struct db *db, struct opening *o, const struct free_meter *meter)
{
	const char *name;
	int64_t changes = 0;
	enum rc rc = db_text(db, &Q[HOLDER], ARGS(I(meter->meter_id)), o->arena, &name);

	if (rc == RC_OK)
		fault_add(o->faults, "meters", "MeterHasTenant", "%s\t%s", meter->number, name);
	else if (rc == RC_NOT_FOUND)
		rc = db_int(db, &Q[LEAVING], ARGS(I(meter->meter_id)), &changes);
	if (rc == RC_OK && changes > 0)
		fault_add(o->faults, "meters", "MeterInChange", "%s", meter->number);
	return rc;
}

static enum rc
check_price(struct db *db, struct opening *o, const struct free_meter *meter)
{
	const struct account_wish *wish = o->wish;
	int64_t priced = 1;
	enum rc rc = RC_OK;

	if (!wish->has_terms || wish->terms.tariff_id == 0)
		rc = db_int(
		    db, &Q[PRICED], ARGS(I(meter->meter_id), D(clock_day(wish->by.now))), &priced);
	if (rc == RC_OK && priced == 0)
		fault_add(o->faults, "tariff", "TariffNeeded", "%s", meter->number);
	return rc;
}

static enum rc
check_meters(struct db *db, struct opening *o)
{
	const struct account_wish *wish = o->wish;
	struct free_meter meter;
	enum rc rc = RC_OK;

	if (wish->meter_count == 0)
		fault_add(o->faults, "meters", "MeterNeeded", "%s", "");
	for (size_t i = 0; i < wish->meter_count && rc == RC_OK; i++) {
		rc = account_free_meter(db, o->arena, wish->scope, wish->meter_ids[i], &meter);
		if (rc == RC_NOT_FOUND) {
			fault_add(o->faults, "meters", "MeterGone", "%s", "");
			rc = RC_OK;
			continue;
		}
		if (rc == RC_OK)
			account_check_meter(&meter, wish->by.now, o->faults);
		if (rc == RC_OK)
			rc = check_holder(db, o, &meter);
		if (rc == RC_OK)
			rc = check_price(db, o, &meter);
	}
	return rc;
}

static enum rc
check_phone(struct db *db, struct opening *o)
{
	const struct account_row *row = &o->wish->profile.row;
	struct same_phone same[SAME_PHONE_MAX];
	size_t count;
	enum rc rc;

	if (o->wish->is_phone_meant)
		return RC_OK;
	rc = account_same_phone(db, o->arena, o->wish->scope, row->phone, 0, same, &count);
	if (rc == RC_OK && count > 0)
		fault_add(o->faults, "phone", "SamePhone", "%s\t%s", same[0].number, same[0].name);
	return rc;
}

/* The account that gets another meter, locked. */
static enum rc
check_account(struct db *db, struct opening *o)
{
	int64_t is_closing = 0;
	enum rc rc = db_int(db, &Q[CLOSING], ARGS(I(o->wish->account_id)), &is_closing);

	if (rc == RC_OK && is_closing)
		fault_add(o->faults, "", "AccountClosing", "%s", "");
	if (rc == RC_OK)
		rc = account_load_row(db, o->wish->account_id, &o->row);
	if (rc == RC_NOT_FOUND) {
		fault_add(o->faults, "", "AccountGone", "%s", "");
		rc = RC_OK;
	}
	return rc;
}

static enum rc
check(struct db *db, struct opening *o)
{
	const struct account_wish *wish = o->wish;
	enum rc rc = check_meters(db, o);

	if (rc == RC_OK && wish->has_terms)
		meter_terms_validate(&wish->terms, o->faults);
	if (rc == RC_OK && wish->account_id != 0)
		rc = check_account(db, o);
	if (rc == RC_OK && wish->account_id == 0) {
		account_profile_validate(&wish->profile, o->faults);
		rc = check_phone(db, o);
	}
	return rc == RC_OK && o->faults->count > 0 ? RC_INVALID : rc;
}

/* ---- writing ---- */

static enum rc
write_account(struct db *db, struct opening *o)
{
	struct account_profile profile = o->wish->profile;
	enum rc rc;

	if (o->wish->account_id != 0)
		return RC_OK; /* check_account loaded its row */
	profile.row.opened_at = o->wish->by.now;
	rc = account_profile_insert(db, &profile, &o->wish->by);
	if (rc == RC_CONFLICT && o->wish->profile.row.number[0] != '\0') {
		fault_add(o->faults, "number", "NumberTaken", "%s", profile.row.number);
		return RC_INVALID;
	}
	o->row = profile.row;
	return rc;
}

/* The account begins with what the meter shows: its count, its credit, its register. */
static enum rc
take_meter(struct db *db, struct opening *o, int64_t meter_id)
{
	const struct operator_actor *by = &o->wish->by;
	struct account_row row = o->row;
	struct epoch_figures figures;
	struct epoch epoch;
	enum rc rc;

	row.opened_at = by->now;
	rc = account_give_meter(db, &row, meter_id, by);
	if (rc == RC_OK && o->wish->has_terms)
		rc = meter_terms_store(db, meter_id, &o->wish->terms, by);
	if (rc == RC_OK)
		rc = epoch_figures(db, meter_id, &figures);
	if (rc == RC_OK)
		rc = epoch_begin(db, meter_id, row.account_id, EPOCH_OPENING, &figures,
		    by->operator_id, 0, by->now, &epoch);
	return rc;
}

static enum rc
assign_tariff(struct db *db, struct opening *o)
{
	const struct account_wish *wish = o->wish;
	const struct tariff_assignment assignment = { .tariff_id = wish->terms.tariff_id,
		.from = clock_day(wish->by.now) };
	size_t changed;
	enum rc rc;

	if (!wish->has_terms || wish->terms.tariff_id == 0)
		return RC_OK;
	rc = tariff_assign(
	    db, wish->meter_ids, wish->meter_count, &assignment, wish->scope, &wish->by, &changed);
	if (rc != RC_INVALID && rc != RC_NOT_FOUND)
		return rc;
	fault_add(o->faults, "tariff", "TariffNotInForce", "%s", "");
	return RC_INVALID;
}

static enum rc
send_orders(struct db *db, struct opening *o)
{
	const struct account_wish *wish = o->wish;
	struct meter_orders *orders = arena_alloc(o->arena, sizeof(*orders));
	unsigned char key[COMMAND_KEY];
	enum rc rc = RC_OK;

	orders->count = orders->left_out = 0;
	for (size_t i = 0; i < wish->meter_count && rc == RC_OK; i++)
		rc = meter_orders_add(db, o->arena, wish->meter_ids[i], wish->by.now, orders);
	request_key_derive(o->key, OPEN_ORDERS, key);
	if (rc == RC_OK)
		rc = meter_orders_send(db, orders, key, "", &wish->by, &o->opened->batch_id);
	o->opened->left_out = orders->left_out;
	return rc;
}

static enum rc
sell(struct db *db, struct opening *o)
{
	struct sale_wish sale = o->wish->sale;

	if (sale.amount_fen == 0)
		return RC_OK;
	sale.asker.by = o->wish->by;
	/* Another tenant of the same meter may begin with the same amount. */
	sale.is_duplicate_meant = true;
	sale.account_id = o->row.account_id;
	request_key_derive(o->key, "sale", sale.asker.request_key);
	return sale_record_within(db, &sale, o->faults, &o->opened->sale_id);
}

static enum rc
write_all(struct db *db, struct opening *o)
{
	const struct account_wish *wish = o->wish;
	enum rc rc = write_account(db, o);

	for (size_t i = 0; i < wish->meter_count && rc == RC_OK; i++)
		rc = take_meter(db, o, wish->meter_ids[i]);
	if (rc == RC_OK)
		rc = assign_tariff(db, o);
	if (rc == RC_OK)
		rc = sell(db, o);
	if (rc == RC_OK)
		rc = send_orders(db, o);
	if (rc == RC_OK)
		rc = db_exec(
		    db, &Q[OPENED], ARGS(I(o->row.account_id), T(wish->by.now), I(wish->draft_id)));
	o->opened->account_id = o->row.account_id;
	return rc;
}

static enum rc
open_it(struct db *db, void *context)
{
	struct opening *o = context;
	struct account_draft draft;
	int64_t account_id;
	enum rc rc = db_int(
	    db, &Q[DRAFT], ARGS(I(o->wish->draft_id), I(o->wish->by.operator_id)), &account_id);

	*o->faults = (struct faults){ 0 };
	*o->opened = (struct account_opened){ 0 };
	if (rc != RC_OK)
		return rc;
	if (account_id != 0) {
		o->opened->account_id = account_id;
		o->opened->is_old = true;
		return RC_OK;
	}
	rc = account_draft_find(db, o->arena, o->wish->by.operator_id, o->wish->draft_id, &draft);
	memcpy(o->key, draft.request_key, DRAFT_KEY);
	if (rc == RC_OK)
		rc = check(db, o);
	return rc == RC_OK ? write_all(db, o) : rc;
}

#define TRIES 3 /* two openings at once that both take the next free number */

enum rc
account_open(struct db *db, struct arena *arena, const struct account_wish *wish,
    struct faults *faults, struct account_opened *opened)
{
	struct opening o = { .wish = wish, .arena = arena, .faults = faults, .opened = opened };
	enum rc rc = RC_CONFLICT;

	for (int i = 0; i < TRIES && rc == RC_CONFLICT; i++)
		rc = db_transact(db, open_it, &o);
	return rc;
}
