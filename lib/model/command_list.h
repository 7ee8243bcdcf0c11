/*
 * command_list.h - orders as people see them. A batch is there for whoever sees one of its meters;
 * an order to a bus for whoever sees its gateway, or no building is hidden from.
 */
#ifndef VOLTILL_COMMAND_LIST_H
#define VOLTILL_COMMAND_LIST_H

#include "base/arena.h"
#include "base/db.h"
#include "model/command.h"
#include "model/scope.h"

/* What became of a batch. Queued, taken and held are open. */
struct batch_row {
	int64_t batch_id, created_at;
	const char *kind, *operator_name, *reason; /* operator_name "": the system itself */
	int64_t total, confirmed, failed, cancelled, queued, taken, held;
	int64_t ended_at;  /* of the last one; 0: still open */
	int64_t hidden;	   /* commands outside the scope */
	int64_t began_at;  /* of the first one; 0: none began yet */
	int64_t waiting;   /* queued ones whose meter did not answer */
	int64_t starts_at; /* not before then; 0: at once */
	bool has_before;   /* what it did can be restored, see control.h */
};

struct batch_filter {
	const char *search; /* folded: reason, operator, meter number; "": all */
	const char *state;  /* "open", "failed", "done" or "": all */
	bool is_by_system;  /* also those of the system itself */
	const char *sort;   /* "time", "kind", "by" */
	bool is_descending;
	int64_t limit, offset;
};

enum rc command_count_batches(
    struct db *db, const struct scope *scope, const struct batch_filter *filter, int64_t *total);
enum rc command_list_batches(struct db *db, struct arena *arena, const struct scope *scope,
    const struct batch_filter *filter, struct batch_row **batches, size_t *count);
/* Time, kind, operator, reason, total, confirmed, failed, cancelled, queued, taken, held, end. */
enum rc command_export_batches(struct db *db, const struct scope *scope,
    const struct batch_filter *filter, struct rows **rows);

/* RC_NOT_FOUND also when nothing of it is in the scope. */
enum rc command_find_batch(struct db *db, struct arena *arena, const struct scope *scope,
    int64_t batch_id, struct batch_row *batch);

struct command_row {
	int64_t command_id, meter_id, bus_id, unit;
	const char *building, *place, *number, *tenant, *bus; /* "" for none */
	const char *kind, *state, *result;
	int64_t step, steps, attempts;
	int64_t created_at, taken_at, tried_at, ended_at, expires_at, lost_since;
	int64_t not_before, until_at; /* 0: none */
};
enum rc command_list_rows(struct db *db, struct arena *arena, const struct scope *scope,
    int64_t batch_id, const char *state, int64_t limit, int64_t offset,
    struct command_row **commands, size_t *count, int64_t *total);
/* Building, place, meter, tenant, bus, unit, kind, state, result, attempts, times. */
enum rc command_export_rows(struct db *db, const struct scope *scope, int64_t batch_id,
    const char *state, struct rows **rows);

#endif
