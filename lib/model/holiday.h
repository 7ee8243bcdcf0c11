/*
 * holiday.h - the calendar of holidays and of weekends that are worked (调休).
 *
 * A weekend needs no row: only days that are not what their weekday says. insert, remove and
 * replace write the audit row and run inside the caller's transaction.
 */
#ifndef VOLTILL_HOLIDAY_H
#define VOLTILL_HOLIDAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/fault.h"
#include "model/operator.h"

#define HOLIDAY_NAME_MAX 32   /* characters */
#define HOLIDAY_YEAR_MAX 366  /* rows of a year */
#define HOLIDAY_LIST_MAX 8000 /* characters of a pasted list */

struct holiday {
	struct day day;
	bool is_workday;
	char name[HOLIDAY_NAME_MAX * 4 + 1];
};

/* Days of that year, ascending; at most HOLIDAY_YEAR_MAX. */
enum rc holiday_list(
    struct db *db, struct arena *arena, int year, struct holiday **list, size_t *count);

/* Sets these days, over what was there before. *changed: how many are new or different. The past is
 * priced already: a day before `earliest` that would change is RC_CONFLICT. */
enum rc holiday_set(struct db *db, const struct holiday *list, size_t count, struct day earliest,
    const struct operator_actor *by, size_t *changed);
/* RC_NOT_FOUND when there is no such row; RC_CONFLICT for a day before `earliest`. */
enum rc holiday_remove(
    struct db *db, struct day day, struct day earliest, const struct operator_actor *by);

/* Reads a pasted list, a line each: "2026-10-01", "2026-10-01 National Day", a range
 * "2026-10-01..2026-10-07 国庆节" (also ~ and 至), and "2026-10-10 班" or "work" at the end of the
 * dates for a weekend that is worked. Commas and tabs count as spaces. Faults are of field "list"
 * and name the line. list has room for HOLIDAY_YEAR_MAX. */
void holiday_parse(const char *text, struct holiday *list, size_t *count, struct faults *faults);

#endif
