/*
 * model_list.h - the meter models of the database with what the collector can read of them.
 */
#ifndef VOLTILL_MODEL_LIST_H
#define VOLTILL_MODEL_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "model/meter_model.h"
#include "model/scope.h"

struct model_item {
	int64_t meter_model_id;
	const char *code, *name, *maker;
	bool has_credit, has_relay;
	int64_t meters;			   /* living ones the reader may see */
	const struct meter_model *profile; /* NULL: this version reads it not */
};

enum rc model_list(struct db *db, struct arena *arena, const struct scope *scope,
    struct model_item **models, size_t *count);

#endif
