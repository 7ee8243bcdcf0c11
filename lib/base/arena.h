/*
 * arena.h - memory that is freed all at once.
 *
 * A request owns an arena; rows, strings and clean-up hooks hang on it, and handlers free nothing.
 * Allocation never returns NULL: when the machine has no memory the program ends with a log line.
 */
#ifndef VOLTILL_ARENA_H
#define VOLTILL_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);  /* runs the hooks, newest first; NULL is allowed */
void arena_reset(struct arena *arena); /* the same, but keeps one block for the next use */

/* Zeroed, aligned for any type, alive until reset or free. */
void *arena_alloc(struct arena *arena, size_t size);
char *arena_strdup(struct arena *arena, const char *text); /* NULL gives NULL */
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Calls hook(subject) when the arena is reset or freed. */
void arena_on_free(struct arena *arena, void (*hook)(void *), void *subject);

#endif
