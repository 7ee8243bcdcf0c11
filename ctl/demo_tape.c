#include "demo_tape.h"

#include <assert.h>

struct tape *
tape_new(struct db *db, struct arena *arena, const struct query *query)
{
	struct tape *tape = arena_alloc(arena, sizeof(*tape));

	tape->db = db;
	tape->query = query;
	tape->arena = arena;
	return tape;
}

enum rc
tape_end(struct tape *tape)
{
	struct column columns[TAPE_COLUMNS];
	size_t rows = tape->rows;

	for (size_t i = 0; i < tape->columns; i++)
		columns[i] = (struct column){ .kind = tape->kinds[i] == VALUE_NULL ? VALUE_INT
										   : tape->kinds[i],
			.numbers = tape->numbers[i],
			.texts = tape->texts[i],
			.nulls = tape->nulls[i] };
	tape->rows = 0;
	return rows > 0 ? db_bulk(tape->db, tape->query, columns, tape->columns, rows) : RC_OK;
}

enum rc
tape_put(struct tape *tape, struct args row)
{
	assert(row.count <= TAPE_COLUMNS && (tape->columns == 0 || tape->columns == row.count));
	tape->columns = row.count;
	for (size_t i = 0; i < row.count; i++) {
		const struct value *value = &row.values[i];
		tape->nulls[i][tape->rows] = value->kind == VALUE_NULL;
		tape->numbers[i][tape->rows] = value->number;
		tape->texts[i][tape->rows] =
		    value->kind == VALUE_TEXT
			? arena_strndup(tape->arena, value->text, value->length)
			: NULL;
		if (value->kind != VALUE_NULL)
			tape->kinds[i] = value->kind;
	}
	return ++tape->rows == TAPE_ROWS ? tape_end(tape) : RC_OK;
}
