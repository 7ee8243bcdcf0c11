#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"

#define BLOCK_BYTES (16 * 1024) /* a page with its rows fits into a few */
#define ALIGNMENT   alignof(max_align_t)

struct block {
	struct block *next;
	size_t size, used;
	alignas(max_align_t) unsigned char bytes[];
};

struct hook {
	struct hook *next;
	void (*call)(void *);
	void *subject;
};

struct arena {
	struct block *blocks; /* newest first; the oldest has BLOCK_BYTES and survives a reset */
	struct hook *hooks;   /* newest first; they live in the blocks */
};

static struct block *
block_new(size_t size, struct block *next)
{
	struct block *block = malloc(sizeof(*block) + size);

	if (block == NULL)
		log_fatal("memory", "no room for %zu bytes", size);
	*block = (struct block){ .next = next, .size = size };
	return block;
}

struct arena *
arena_new(void)
{
	struct arena *arena = malloc(sizeof(*arena));

	if (arena == NULL)
		log_fatal("memory", "no room for an arena");
	*arena = (struct arena){ .blocks = block_new(BLOCK_BYTES, NULL) };
	return arena;
}

void
arena_reset(struct arena *arena)
{
	while (arena->hooks != NULL) {
		struct hook *hook = arena->hooks;
		arena->hooks = hook->next;
		hook->call(hook->subject);
	}
	while (arena->blocks->next != NULL) {
		struct block *block = arena->blocks;
		arena->blocks = block->next;
		free(block);
	}
	arena->blocks->used = 0;
}

void
arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	arena_reset(arena);
	free(arena->blocks);
	free(arena);
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	struct block *block = arena->blocks;

	if (size > SIZE_MAX / 2)
		log_fatal("memory", "no room for %zu bytes", size);
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (size > block->size - block->used) {
		block = block_new(size > BLOCK_BYTES ? size : BLOCK_BYTES, block);
		arena->blocks = block;
	}
	void *memory = block->bytes + block->used;
	block->used += size;
	return memset(memory, 0, size);
}

char *
arena_strndup(struct arena *arena, const char *text, size_t length)
{
	char *copy = arena_alloc(arena, length + 1);

	memcpy(copy, text, length);
	return copy;
}

char *
arena_strdup(struct arena *arena, const char *text)
{
	return text == NULL ? NULL : arena_strndup(arena, text, strlen(text));
}

char *
arena_printf(struct arena *arena, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	int length = vsnprintf(NULL, 0, format, list);
	va_end(list);
	if (length < 0)
		log_fatal("memory", "cannot format \"%s\"", format);
	char *text = arena_alloc(arena, (size_t)length + 1);
	va_start(list, format);
	(void)vsnprintf(text, (size_t)length + 1, format, list);
	va_end(list);
	return text;
}

void
arena_on_free(struct arena *arena, void (*call)(void *), void *subject)
{
	struct hook *hook = arena_alloc(arena, sizeof(*hook));

	*hook = (struct hook){ .next = arena->hooks, .call = call, .subject = subject };
	arena->hooks = hook;
}
