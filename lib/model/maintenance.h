/*
 * maintenance.h - planned work: faults of lines and meters that begin at its place and in its time
 * are expected, and marked so (alarm.h). Money is never explained by it.
 */
#ifndef VOLTILL_MAINTENANCE_H
#define VOLTILL_MAINTENANCE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/fault.h"
#include "model/operator.h"
#include "model/scope.h"

#define MAINTENANCE_REASON_MAX 200
#define MAINTENANCE_DAYS_MAX   31 /* longer work is planned again */
#define MAINTENANCE_PLACES_MAX 2000

struct maintenance {
	int64_t maintenance_id, place_id;
	const char *place; /* with the places around it */
	int64_t begins_at, ends_at;
	const char *reason, *created_by, *cancelled_by;
	int64_t cancelled_at; /* 0: it was not */
	int64_t alarms;	      /* that began within */
};

struct maintenance_filter {
	const struct scope *scope;
	const char *search; /* folded; "": all */
	const char *sort;   /* "begins" "place" */
	bool is_descending;
	int64_t limit, offset;
};
enum rc maintenance_count(struct db *db, const struct maintenance_filter *filter, int64_t *total);
enum rc maintenance_list(struct db *db, struct arena *arena,
    const struct maintenance_filter *filter, struct maintenance **list, size_t *count);
/* The columns are listed in cgi-bin/accounts/maintenance.c. */
enum rc maintenance_export(
    struct db *db, const struct maintenance_filter *filter, struct rows **rows);

/* Sites, buildings and floors of the scope, in their order. */
struct maintenance_place {
	int64_t place_id;
	const char *name;
};
enum rc maintenance_places(struct db *db, struct arena *arena, const struct scope *scope,
    struct maintenance_place **list, size_t *count);

struct maintenance_wish {
	const unsigned char *key; /* 16 bytes, of the form: pressing twice is one plan */
	int64_t place_id, begins_at, ends_at;
	const char *reason;
	struct operator_actor by;
};
/* In the caller's transaction. RC_INVALID: faults at place, from_day, to_day or reason. */
enum rc maintenance_plan(struct db *db, const struct scope *scope,
    const struct maintenance_wish *wish, struct faults *faults);
/* RC_NOT_FOUND: none for this reader; RC_CONFLICT: over or cancelled already. */
enum rc maintenance_cancel(
    struct db *db, const struct scope *scope, int64_t maintenance_id, struct operator_actor by);

#endif
