/*
 * place_edit.h - the tree of places as people change it: site, building, floor, room.
 *
 * validate is pure; insert, update and remove check the revision, write the audit row and run
 * inside the caller's transaction.
 */
#ifndef VOLTILL_PLACE_EDIT_H
#define VOLTILL_PLACE_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"
#include "model/change.h"
#include "model/fault.h"
#include "model/operator.h"
#include "model/world.h"

enum place_kind { KIND_SITE, KIND_BUILDING, KIND_FLOOR, KIND_ROOM, PLACE_KINDS };
/* "site" … "room": in SQL, in files, under T.Settings.Place.Kind. */
const char *place_kind_name(enum place_kind kind);
enum place_kind place_kind_find(const char *name); /* PLACE_KINDS: there is none */

#define PLACE_NAME_MAX	   64 /* characters */
#define PLACE_INITIALS_MAX 64
#define PLACE_ORDER_MAX	   1000000

struct place_row {
	int64_t place_id;  /* 0: not stored yet */
	int64_t parent_id; /* 0: none */
	enum place_kind kind;
	char name[PLACE_NAME_MAX * 4 + 1];
	char initials[PLACE_INITIALS_MAX + 1]; /* lower-case ASCII letters and digits */
	int64_t sort_order;		       /* among its siblings */
	int64_t revision;
};

/* A site has no parent, a building a site or none, a floor a building, a room a floor or a building
 * (a building without floors). */
bool place_fits(enum place_kind kind, bool has_parent, enum place_kind parent);

/* Faults of fields name, initials, kind, parent, sort_order. */
void place_validate(const struct place_row *row, const struct world *world, struct faults *faults);

/* What an update would change; fields as above. Pure. parent is shown by its number. */
void place_compare(
    const struct place_row *before, const struct place_row *after, struct changes *changes);

/* Sets row->place_id. RC_CONFLICT with db_is_duplicate(): the name was taken meanwhile. */
enum rc place_insert(struct db *db, struct place_row *row, const struct operator_actor *by);

/* RC_CONFLICT when row->revision is not the stored one (or the name was taken meanwhile: then
 * db_is_duplicate()), RC_NOT_FOUND when it is gone. A row that changes nothing writes nothing.
 * row->revision is then the new one. */
enum rc place_update(struct db *db, struct place_row *row, const struct operator_actor *by);

/* RC_CONFLICT by the revision, RC_INVALID when something is still in it (place_uses says what). */
enum rc place_remove(struct db *db, const struct place_row *row, const char *reason,
    const struct operator_actor *by);

struct place_uses {
	int64_t places, meters, past_meters, gateways; /* past: removed, or that moved away */
	int64_t scopes; /* operators whose rights are limited to it */
};
bool place_is_used(const struct place_uses *uses);
enum rc place_count_uses(struct db *db, int64_t place_id, struct place_uses *uses);

/* "Site / Building / Floor / Room"; "-" for 0. */
#define PLACE_PATH_MAX (4 * (PLACE_NAME_MAX * 4 + 3) + 1)
enum rc place_path(struct db *db, int64_t place_id, char *path, size_t size);

/* Gives a change of that field, which holds ids of places, their names: the audit speaks as people
 * do.
 */
enum rc place_name_change(
    struct db *db, struct changes *changes, const char *field, int64_t before, int64_t after);

/* RC_NOT_FOUND when there is none. */
enum rc place_load(struct db *db, int64_t place_id, struct place_row *row);
/* The same, and nobody else changes it before the transaction ends. */
enum rc place_load_locked(struct db *db, int64_t place_id, struct place_row *row);

/* Puts a place before (-1) or behind (1) its neighbour; at an end nothing happens. place_order.c */
enum rc place_shift(
    struct db *db, int64_t place_id, int direction, const struct operator_actor *by);

/* What scope.h asks about: the building a place stands in (itself if it is one), else its site; 0:
 * neither. */
int64_t place_building(const struct world *world, int64_t place_id);

#endif
