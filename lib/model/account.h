/*
 * account.h - how long the credit of an account lasts.
 *
 * The forecast looks at the meter's own credit at the last midnights: two neighbouring midnights
 * with the same purchase count tell what the day cost, with the meter's own prices and without any
 * tariff. Days with a purchase or without a reading are not comparable and are passed over.
 */
#ifndef VOLTILL_ACCOUNT_H
#define VOLTILL_ACCOUNT_H

#include <stddef.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"

#define FORECAST_DAYS	  7  /* comparable days in the mean */
#define FORECAST_DAYS_MIN 3  /* fewer say nothing */
#define FORECAST_BACK	  14 /* days to look back for them */

struct account_forecast {
	struct account_spending {
		int64_t meter_id, spent_day_fen;
	} * list; /* ordered by meter_id */
	size_t count;
};

/* Mean spending of every meter; kept by the worker for ten minutes and to the end of the day. The
 * result is valid until the next call. */
enum rc account_forecast(struct db *db, int64_t now, const struct account_forecast **forecast);
void account_forecast_forget(void);

/* -1 when unknown. */
int64_t account_spent_day(const struct account_forecast *forecast, int64_t meter_id);

/* Credit at one midnight, for account_mean_spending; pure. */
struct midnight {
	int64_t at, credit_fen;
	int64_t purchase_count;
};
/* Midnights in order of time. -1 when fewer than FORECAST_DAYS_MIN days are comparable. */
int64_t account_mean_spending(const struct midnight *midnights, size_t count);

#endif
