/*
 * guard_view.h - what is known of a model's purchase count, and on which meters it can be tested.
 */
#ifndef VOLTILL_GUARD_VIEW_H
#define VOLTILL_GUARD_VIEW_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/delivery.h"
#include "model/scope.h"

struct guard_view {
	enum delivery_guard guard; /* GUARD_UNKNOWN: never tested */
	int64_t tested_at;	   /* 0: never */
	const char *number;	   /* of the meter it was tested on */
};
enum rc guard_find(
    struct db *db, struct arena *arena, int64_t meter_model_id, struct guard_view *view);

/* Living meters of the model whose credit is nobody's, in the scope; see guard_may_test. */
struct guard_meter {
	int64_t meter_id, bus_id;
	const char *number, *place; /* place: "" for none */
};
#define GUARD_METERS_MAX 200
enum rc guard_meters(struct db *db, struct arena *arena, const struct scope *scope,
    int64_t meter_model_id, struct guard_meter **meters, size_t *count);

#endif
