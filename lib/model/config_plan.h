/*
 * config_plan.h - what a meter shall hold now, and when that changes. Pure.
 *
 * A meter holds prices of four periods, two day tables and four zones of the year, nothing more. It
 * knows no weekdays, no holidays, no steps and no deep valley. So the server gives it the tables of
 * the present stretch of days and of the next ones, each with its date, and the price of the step
 * and of the deep valley at the moment when they begin. As long as the tariff stays the same, the
 * answer for one moment is always the same one.
 */
#ifndef VOLTILL_CONFIG_PLAN_H
#define VOLTILL_CONFIG_PLAN_H

#include "model/meter_config.h"
#include "model/tariff.h"

/* What meters of a model can hold. */
struct config_model {
	const char *code;
	unsigned parts;		  /* bits, 1 << enum config_part */
	int prices;		  /* 4: the deep valley has none of its own, 5: it has */
	int64_t price_unit_uyuan; /* finer prices are rounded */
	bool has_overdraft;
};
const struct config_model *config_model_find(const char *code); /* NULL: nothing can be set */

#define CONFIG_PLAN_DAYS 367 /* the spans and the calendar must reach so far back and ahead */

struct config_plan {
	struct config prices, tou;
	size_t tier;
	int64_t next_at; /* not later than this it may be something else */
};

/* RC_NOT_FOUND when the meter has no price at `now`. steps: of now. */
enum rc config_plan(const struct tariff_span *spans, size_t count,
    const struct tariff_calendar *calendar, const struct tariff_steps *steps,
    const struct config_model *model, int64_t now, struct config_plan *plan);

#endif
