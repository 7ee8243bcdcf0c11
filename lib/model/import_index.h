/*
 * import_index.h - from a name below something to its number: a hash table that only grows.
 */
#ifndef VOLTILL_IMPORT_INDEX_H
#define VOLTILL_IMPORT_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct index {
	struct arena *arena;
	struct index_slot *slots;
	size_t room, count;
	uint64_t seed; /* names come from outside: nobody shall choose their places */
};

void index_begin(struct index *index, struct arena *arena);
/* The value kept under (scope, name); 0 without one. */
int64_t index_find(const struct index *index, int64_t scope, const char *name);
/* Keeps value (not 0) there, in place of what was kept before; 0 forgets it. name is copied. */
void index_put(struct index *index, int64_t scope, const char *name, int64_t value);

#endif
