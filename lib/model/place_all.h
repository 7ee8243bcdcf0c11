/*
 * place_all.h - the whole tree of places that a reader may see: for the tree, for exports and for
 * choosing a place.
 */
#ifndef VOLTILL_PLACE_ALL_H
#define VOLTILL_PLACE_ALL_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "model/place_edit.h"
#include "model/scope.h"

struct place_item {
	struct place_row row;
	const char *path;  /* "Site / Building / Floor / Room" */
	int64_t scope_id;  /* building, else site, else 0 */
	int64_t meters;	   /* living ones that hang right here */
	int64_t meters_in; /* with all below */
	int64_t children;  /* visible places right below */
	int64_t depth;	   /* below the topmost visible place */
	bool is_in_scope;  /* false: shown as the way to what is in it */
};

struct place_list {
	struct place_item *list; /* depth first, in the order of the tree */
	size_t count;
};

/* Places outside the scope are left out, but for the site around a building of it. */
enum rc place_all(
    struct db *db, struct arena *arena, const struct scope *scope, struct place_list *places);

/* NULL: there is none, or not for this reader. */
const struct place_item *place_all_find(const struct place_list *places, int64_t place_id);

/* What a person typed: a path, or the end of one ("305", "3F / 305"), without regard to case, width
 * and spaces around the slashes. RC_NOT_FOUND; RC_CONFLICT when several fit: the first two are in
 * *place and *other. Places shown only as the way to others never fit. */
enum rc place_all_match(const struct place_list *places, const char *typed,
    const struct place_item **place, const struct place_item **other);

/* The place after the last child, so that a new one stands at the end. */
int64_t place_all_next_order(const struct place_list *places, int64_t parent_id);

#endif
