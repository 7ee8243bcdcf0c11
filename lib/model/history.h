/*
 * history.h - who changed a thing, and what, as the audit tells it.
 *
 * A save writes one audit row of its object; its detail has a line "field: before -> after" for
 * each changed field.
 */
#ifndef VOLTILL_HISTORY_H
#define VOLTILL_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"

#define HISTORY_MAX 10 /* saves a page tells of */

struct history {
	int64_t at;
	const char *by; /* display name, or the name of a program */
	const char *action, *detail;
};

/* The newest deeds done to an object, newest first, at most max ≤ HISTORY_MAX. Texts live in the
 * arena. */
enum rc history_read(struct db *db, const char *object_kind, int64_t object_id, size_t max,
    struct arena *arena, struct history *saves, size_t *count);

struct history_change {
	const char *field, *before, *after; /* "" for empty; a line of another form is all field */
};

/* Pure: the next line of *detail, which then points behind it. False after the last one. */
bool history_change(struct arena *arena, const char **detail, struct history_change *change);

#endif
