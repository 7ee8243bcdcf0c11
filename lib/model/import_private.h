/*
 * import_private.h - between import.c, its cells and its kinds.
 */
#ifndef VOLTILL_IMPORT_PRIVATE_H
#define VOLTILL_IMPORT_PRIVATE_H

#include "model/import.h"
#include "model/import_index.h"
#include "model/import_world.h"

/* A line while it is worked on. */
struct import_line {
	struct import_run *run;
	struct import_world *world;
	struct arena *arena; /* of this line */
	struct index *seen;  /* keys of the file so far, with their rows */
	bool is_applying;
	int64_t row;
	const char *cells[IMPORT_FIELDS_MAX]; /* by field, as in the file; "" */
	const struct sheet_row *sheet_row;
	struct faults faults;
	struct changes changes;
	enum import_outcome outcome;
	const char *label;
	int64_t object_id, revision;
	const char *old_cells[IMPORT_FIELDS_MAX];
};

struct import_kind_table {
	const char *name;
	const struct import_field *fields;
	size_t count;
	unsigned parts; /* of the world */
	/* Fills the line and, when it is applying, writes. RC_OK also for a wrong line. */
	enum rc (*line)(struct import_line *line);
	/* The fields of something stored, as a template writes them. */
	void (*show)(const struct import_world *world, struct arena *arena, int64_t id,
	    const char *cells[IMPORT_FIELDS_MAX]);
	/* The same for what stored_at names, where that is something else; NULL: it is not. */
	void (*show_stored)(const struct import_world *world, struct arena *arena, int64_t id,
	    const char *cells[IMPORT_FIELDS_MAX]);
	/* Everything stored, in the order of a template; 0: not for this reader. */
	size_t (*count_stored)(const struct import_world *world);
	int64_t (*stored_at)(const struct import_world *world, size_t n);
	/* Removes what a line made. RC_NOT_FOUND: it is gone. RC_CONFLICT: edited since.
	 * RC_INVALID: used. */
	enum rc (*erase)(struct db *db, const struct import_past *past, bool is_touched,
	    const struct operator_actor *by);
	/* What a changed line did beside its row; NULL: nothing. As erase. */
	enum rc (*restore)(
	    struct db *db, const struct import_past *past, const struct operator_actor *by);
	/* The revision it has now; false when it is gone. */
	bool (*revision)(const struct import_world *world, int64_t id, int64_t *revision);
};

extern const struct import_kind_table import_places, import_gateways, import_buses, import_meters,
    import_accounts, import_tariffs;
const struct import_kind_table *import_table(enum import_kind kind);

/* Passes a result on that is not the line's own: a place on its way that was missing. */
enum rc import_emit(struct import_line *line, int64_t part, const struct import_result *result);

/* ---- cells: false when there is nothing to take (empty, or a fault was added) ---- */

/* The cell without outer white space and without the ' that exports put before formulas. */
const char *cell_text(struct import_line *line, size_t field);
bool cell_is_empty(struct import_line *line, size_t field);
bool take_name(struct import_line *line, size_t field, size_t max, char *out, size_t size);
bool take_code(struct import_line *line, size_t field, char *out, size_t size);
bool take_whole(struct import_line *line, size_t field, int64_t none, int64_t *out);
bool take_yuan(struct import_line *line, size_t field, int64_t none, int64_t *out_fen);
bool take_flag(struct import_line *line, size_t field, bool *out);
bool take_choice(struct import_line *line, size_t field, int64_t *out); /* index in choices */
bool take_day(struct import_line *line, size_t field, struct day *out);

/* ---- what kinds share ---- */

void line_fault(struct import_line *line, size_t field, const char *key, const char *value);
/* "not found", with the nearest name if one is near. */
void line_not_found(
    struct import_line *line, size_t field, const char *typed, const struct near *near);
/* Adds a fault for a required field of something new that is empty. */
void line_require(struct import_line *line);
/* The key stands in an earlier row: a fault. Otherwise it is remembered. */
void line_once(struct import_line *line, size_t field, int64_t scope, const char *key);
/* Faults of a validation are about its fields; some columns are called otherwise. */
struct import_rename {
	const char *from, *to;
};
void line_rename(struct import_line *line, const struct import_rename *names, size_t count);
/* Forgets the fault of a field that only follows from another. */
void line_drop(struct import_line *line, const char *field);
/* Outcome from faults and changes; old_cells from before. before 0: it is new. */
void line_judge(struct import_line *line, int64_t before);

/* The place named by four columns from first on (site, building, floor, room). False: the cells are
 * empty, or a fault was added. */
bool line_place(struct import_line *line, size_t first, int64_t *place_id);
/* Where a path without a site begins: the only site, if there is one. */
int64_t import_only_site(const struct import_world *world, const char *building);

/* Names instead of numbers. */
void reword_place(struct import_line *line, const char *field, int64_t before, int64_t after);
void show_place(const struct import_world *world, struct arena *arena, int64_t place_id,
    const char **cells); /* four */
const char *show_whole(struct arena *arena, int64_t value);
const char *show_whole_or(struct arena *arena, int64_t none, int64_t value); /* "" for none */
const char *show_yuan_or(struct arena *arena, int64_t none, int64_t fen);

#endif
