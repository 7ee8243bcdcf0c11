/*
 * account_open.h - opens an account: the tenant, the meters with what is in them, prices, terms,
 * orders to the meters and the first sale, in one transaction or not at all.
 *
 * The request key is that of a draft (account_draft.h): the same draft opens one account.
 */
#ifndef VOLTILL_ACCOUNT_OPEN_H
#define VOLTILL_ACCOUNT_OPEN_H

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/account_draft.h"
#include "model/account_profile.h"
#include "model/meter_orders.h"
#include "model/sale.h"
#include "model/scope.h"
#include "model/request_key.h"

#define OPEN_METERS_MAX 20
#define OPEN_ORDERS	"open" /* purpose of the batch of orders, for meter_orders_key */

/* How old the figures of a meter may be when an account takes it over. */
int64_t account_figures_age(int64_t status_period_ms); /* ms */

struct account_wish {
	int64_t draft_id;
	struct operator_actor by;
	const struct scope *scope;
	int64_t account_id; /* another meter for this one; 0: a new account of the profile */
	struct account_profile profile;
	bool is_phone_meant; /* an open account has that phone number, and another one is meant */
	int64_t meter_ids[OPEN_METERS_MAX];
	size_t meter_count;
	bool has_terms; /* false: the meters keep what they have */
	struct meter_terms terms;
	struct sale_wish sale; /* amount_fen 0: nothing is sold now */
};

struct account_opened {
	int64_t account_id, batch_id, sale_id; /* 0: nothing was ordered, or sold */
	size_t left_out;		       /* orders that the models cannot take */
	bool is_old;			       /* it had been opened before */
};

/* RC_INVALID: faults say why, nothing was written. Fields: meters, name, number, phone, initials,
 * id_number, note, tariff, alarm1 …, those of a sale, "". Keys: MeterNotRead {number, minutes},
 * MeterNeeded, MeterGone {number}, MeterHasTenant {number, tenant}, MeterMeasures {number},
 * TariffNeeded {number}, TariffNotInForce, SamePhone {number, name}, NumberTaken, AccountGone,
 * AccountClosing. RC_NOT_FOUND: no such draft. */
enum rc account_open(struct db *db, struct arena *arena, const struct account_wish *wish,
    struct faults *faults, struct account_opened *opened);

/* Whether a meter may be taken, as account_open will ask again. Adds a fault of field "meters". */
struct free_meter;
void account_check_meter(const struct free_meter *meter, int64_t now, struct faults *faults);

#endif
