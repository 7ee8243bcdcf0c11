/*
 * gateway_edit.h - gateways as people change them. See place_edit.h for what the verbs promise.
 */
#ifndef VOLTILL_GATEWAY_EDIT_H
#define VOLTILL_GATEWAY_EDIT_H

#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"
#include "model/change.h"
#include "model/fault.h"
#include "model/operator.h"
#include "model/world.h"

#define GATEWAY_NAME_MAX 64
#define GATEWAY_NOTE_MAX 200

struct gateway_row {
	int64_t gateway_id; /* 0: not stored yet */
	char name[GATEWAY_NAME_MAX * 4 + 1];
	int64_t place_id; /* 0: none */
	char note[GATEWAY_NOTE_MAX * 4 + 1];
	int64_t revision;
};

/* Faults of fields name, place, note. */
void gateway_validate(
    const struct gateway_row *row, const struct world *world, struct faults *faults);
void gateway_compare(
    const struct gateway_row *before, const struct gateway_row *after, struct changes *changes);

enum rc gateway_insert(struct db *db, struct gateway_row *row, const struct operator_actor *by);
enum rc gateway_update(struct db *db, struct gateway_row *row, const struct operator_actor *by);
/* RC_INVALID while it has buses. */
enum rc gateway_remove(struct db *db, const struct gateway_row *row, const char *reason,
    const struct operator_actor *by);
enum rc gateway_load(struct db *db, int64_t gateway_id, struct gateway_row *row);

#endif
