/*
 * tariff_bill.h - what the readings of some days cost under given prices. Reads only.
 *
 * The energy between two usable readings is an interval; one that began before the first day counts
 * with the part that lies in it, by time. Energy after the last reading is not known yet. Roll-over
 * and doubtful readings are left out and counted.
 */
#ifndef VOLTILL_TARIFF_BILL_H
#define VOLTILL_TARIFF_BILL_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/scope.h"
#include "model/tariff.h"

/* A meter, and the days for which it is billed: of an account those it was theirs. */
struct bill_meter {
	int64_t meter_id;
	int64_t from_at, to_at;
	const char *number, *room, *tenant;
};
#define BILL_METERS_MAX 200

/* Meters of an account in the days, or one meter. RC_NOT_FOUND: there is none in the scope. */
enum rc bill_of_account(struct db *db, struct arena *arena, int64_t account_id, struct day from,
    struct day to, const struct scope *scope, struct bill_meter **meters, size_t *count);
enum rc bill_of_meter(struct db *db, struct arena *arena, int64_t meter_id, struct day from,
    struct day to, const struct scope *scope, struct bill_meter **meters, size_t *count);

struct bill_intervals {
	struct tariff_interval *list;
	size_t count, doubtful; /* intervals that are left out */
	int64_t energy_wh;
};
enum rc bill_intervals(struct db *db, struct arena *arena, const struct bill_meter *meter,
    struct bill_intervals *intervals);

/* Adds the price of the intervals to charge. *unpriced_wh: what was used while there was no price.
 */
enum rc bill_price(const struct bill_intervals *intervals, struct tariff_plan *plan,
    struct tariff_steps *steps, struct tariff_charge *charge, int64_t *unpriced_wh);

/* Accounts and meters for a choice: those whose name, number or room holds the text. */
struct bill_choice {
	int64_t account_id, meter_id; /* one of them */
	const char *name, *detail;
};
#define BILL_CHOICES_MAX 30
enum rc bill_search(struct db *db, struct arena *arena, const char *search,
    const struct scope *scope, struct bill_choice **list, size_t *count);

#endif
