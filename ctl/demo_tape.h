/*
 * demo_tape.h - many rows of one statement, sent by array binding.
 */
#ifndef VOLTILL_DEMO_TAPE_H
#define VOLTILL_DEMO_TAPE_H

#include "base/arena.h"
#include "base/db.h"

#define TAPE_COLUMNS 32
#define TAPE_ROWS    1000

struct tape {
	struct db *db;
	const struct query *query;
	struct arena *arena; /* of the texts */
	size_t columns, rows;
	enum value_kind kinds[TAPE_COLUMNS];
	int64_t numbers[TAPE_COLUMNS][TAPE_ROWS];
	const char *texts[TAPE_COLUMNS][TAPE_ROWS];
	char nulls[TAPE_COLUMNS][TAPE_ROWS];
};

struct tape *tape_new(struct db *db, struct arena *arena, const struct query *query);
/* Sends what has gathered when there is enough. Texts are copied; bytes are not for tapes. */
enum rc tape_put(struct tape *tape, struct args row);
enum rc tape_end(struct tape *tape);

#endif
