#include "model/import_index.h"

#include <string.h>

#include "base/secret.h"

#define FIRST_ROOM 1024

struct index_slot {
	uint64_t hash;
	int64_t scope, value;
	const char *name; /* NULL: the slot is free */
};

/* FNV-1a over the seed, the scope and the name. */
static uint64_t
hash_of(const struct index *index, int64_t scope, const char *name)
{
	uint64_t hash = 14695981039346656037ULL ^ index->seed;

	for (int i = 0; i < 64; i += 8)
		hash = (hash ^ ((uint64_t)scope >> i & 0xff)) * 1099511628211ULL;
	for (; *name != '\0'; name++)
		hash = (hash ^ (unsigned char)*name) * 1099511628211ULL;
	return hash ^ hash >> 29;
}

void
index_begin(struct index *index, struct arena *arena)
{
	*index = (struct index){ .arena = arena, .room = FIRST_ROOM };
	index->slots = arena_alloc(arena, FIRST_ROOM * sizeof(*index->slots));
	secret_random(&index->seed, sizeof(index->seed));
}

/* The slot of that key, or the free one where it belongs. */
static struct index_slot *
slot_of(const struct index *index, uint64_t hash, int64_t scope, const char *name)
{
	size_t at = hash & (index->room - 1);

	for (;; at = (at + 1) & (index->room - 1)) {
		struct index_slot *slot = &index->slots[at];
		if (slot->name == NULL ||
		    (slot->hash == hash && slot->scope == scope && strcmp(slot->name, name) == 0))
			return slot;
	}
}

/* Twice the room; what it had is given up to the arena. */
static void
grow(struct index *index)
{
	struct index_slot *old = index->slots;
	size_t count = index->room;

	index->room *= 2;
	index->slots = arena_alloc(index->arena, index->room * sizeof(*index->slots));
	for (size_t i = 0; i < count; i++)
		if (old[i].name != NULL)
			*slot_of(index, old[i].hash, old[i].scope, old[i].name) = old[i];
}

int64_t
index_find(const struct index *index, int64_t scope, const char *name)
{
	const struct index_slot *slot = slot_of(index, hash_of(index, scope, name), scope, name);

	return slot->name == NULL ? 0 : slot->value;
}

void
index_put(struct index *index, int64_t scope, const char *name, int64_t value)
{
	uint64_t hash = hash_of(index, scope, name);
	struct index_slot *slot = slot_of(index, hash, scope, name);

	if (slot->name == NULL) {
		*slot = (struct index_slot){ hash, scope, 0, arena_strdup(index->arena, name) };
		index->count++;
	}
	slot->value = value;
	if (2 * index->count > index->room)
		grow(index);
}
