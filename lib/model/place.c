#include "model/place.h"

#include <stdbool.h>

/* The innermost place of each level that is being filled; the snapshot is in the order of the tree.
 */
struct path {
	struct place *at[PLACE_LEVELS];
};

static bool
matches(const struct meter *meter, const struct meter_filter *filter)
{
	return (filter->status_mask & 1u << meter_status(meter)) != 0 &&
	       meter_matches_search(meter, filter->search);
}

static struct place *
enter(struct place_tree *tree, struct path *path, enum place_level level, int64_t place_id,
    const char *name)
{
	if (place_id == 0) {
		path->at[level] = NULL;
		return NULL;
	}
	if (path->at[level] != NULL && path->at[level]->place_id == place_id)
		return path->at[level];
	for (enum place_level below = level; below < PLACE_LEVELS; below++)
		path->at[below] = NULL;
	path->at[level] = &tree->list[tree->count++];
	*path->at[level] = (struct place){ .level = level, .place_id = place_id, .name = name };
	tree->levels[level]++;
	return path->at[level];
}

static void
enter_all(struct place_tree *tree, struct path *path, const struct meter *meter)
{
	struct place *place;

	(void)enter(tree, path, PLACE_SITE, meter->site_id, meter->site);
	place = enter(tree, path, PLACE_BUILDING, meter->building_id, meter->building);
	if (place != NULL)
		place->site_id = meter->site_id;
	place = enter(tree, path, PLACE_FLOOR, meter->floor_id, meter->floor);
	if (place != NULL) {
		place->site_id = meter->site_id;
		place->building_id = meter->building_id;
	}
}

void
place_tree(const struct meter_snapshot *snapshot, const struct meter_filter *filter,
    struct arena *arena, struct place_tree *tree)
{
	struct path path = { { NULL } };

	*tree = (struct place_tree){ .meters = (int64_t)snapshot->count };
	tree->list = arena_alloc(arena, (3 * snapshot->count + 1) * sizeof(*tree->list));
	for (size_t i = 0; i < snapshot->count; i++) {
		const struct meter *meter = &snapshot->list[i];
		int64_t match = matches(meter, filter);

		tree->matches += match;
		enter_all(tree, &path, meter);
		for (int level = 0; level < PLACE_LEVELS; level++) {
			if (path.at[level] == NULL)
				continue;
			path.at[level]->meters++;
			path.at[level]->matches += match;
		}
	}
}
