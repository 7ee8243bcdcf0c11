/*
 * place.h - the tree of places beside a board, counted from a snapshot of the meters.
 */
#ifndef VOLTILL_PLACE_H
#define VOLTILL_PLACE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/meter.h"

enum place_level { PLACE_SITE, PLACE_BUILDING, PLACE_FLOOR, PLACE_LEVELS };

/* A place that holds meters. */
struct place {
	enum place_level level;
	int64_t place_id;
	int64_t building_id, site_id; /* of a floor and a building; 0: none */
	const char *name;
	int64_t meters;	 /* all */
	int64_t matches; /* those of the filter, whatever its place is */
};

struct place_tree {
	struct place *list; /* depth first, in the order of the places */
	size_t count;
	size_t levels[PLACE_LEVELS]; /* how many of each */
	int64_t meters, matches;     /* everywhere, also of meters without a place */
};

/* Names are borrowed from the snapshot. */
void place_tree(const struct meter_snapshot *snapshot, const struct meter_filter *filter,
    struct arena *arena, struct place_tree *tree);

#endif
