/*
 * import.h - files with places, gateways, buses, meters and accounts: what their columns are, and
 * what a file would change or changes.
 *
 * The rules are those of the pages: every row goes through the same validate, insert and update. A
 * cell that is empty leaves the field as it is (of something new: the default); "-" means none, or
 * the default again. A row is found by its key (the path of a place, the number of a meter), so a
 * key cannot be changed by a file.
 */
#ifndef VOLTILL_IMPORT_H
#define VOLTILL_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "base/secret.h"
#include "base/sheet.h"
#include "model/change.h"
#include "model/fault.h"
#include "model/operator.h"
#include "model/scope.h"

enum import_kind {
	IMPORT_PLACES,
	IMPORT_GATEWAYS,
	IMPORT_BUSES,
	IMPORT_METERS,
	IMPORT_ACCOUNTS,
	IMPORT_TARIFFS,
	IMPORT_KINDS
};
const char *import_kind_name(enum import_kind kind); /* "places" */
enum import_kind import_kind_find(const char *name); /* IMPORT_KINDS: none */

/* ---- columns ---- */

#define IMPORT_FIELDS_MAX 24

enum import_type {
	IMPORT_TEXT,
	IMPORT_CODE, /* digits and letters that are no amount: a meter's number, an address */
	IMPORT_WHOLE,
	IMPORT_YUAN,
	IMPORT_FLAG,
	IMPORT_CHOICE,
	IMPORT_DAY,
};

struct import_choice {
	const char *code;  /* as a template writes it */
	const char *words; /* what else is understood, with '|' between */
};

struct import_field {
	const char *name; /* of the column in a file made for programs; word under T.Field */
	enum import_type type;
	bool is_key, is_required;	     /* required: of something new */
	bool is_clearable;		     /* "-" is understood */
	const char *words;		     /* headers that are understood, with '|' between */
	const struct import_choice *choices; /* ends with code NULL */
	const char *examples[2];	     /* two lines of a template */
};

const struct import_field *import_fields(enum import_kind kind, size_t *count);

/* The column of the file for each field, from 1; 0: none. */
struct import_map {
	size_t columns[IMPORT_FIELDS_MAX];
};
#define IMPORT_MAP_TEXT 1000
/* By the words of the header. */
void import_map_header(
    enum import_kind kind, const struct sheet_row *header, struct import_map *map);
/* The first field that a file must have and has no column, NULL if none. */
const char *import_map_missing(enum import_kind kind, const struct import_map *map);
/* "number=3 name=1 …" and back; what is not understood counts as no column. */
void import_map_text(
    enum import_kind kind, const struct import_map *map, char text[IMPORT_MAP_TEXT]);
void import_map_parse(enum import_kind kind, const char *text, struct import_map *map);

/* ---- rows ---- */

enum import_outcome { IMPORT_NEW, IMPORT_CHANGED, IMPORT_SAME, IMPORT_WRONG, IMPORT_OUTCOMES };
const char *import_outcome_name(enum import_outcome outcome); /* "new" "changed" "same" "wrong" */

/* What one line of the file is, or does. A line that names a place whose building is missing has
 * the building in front of it, with the same row and a smaller part. */
#define IMPORT_PART_LINE 9
struct import_result {
	int64_t row, part;
	enum import_outcome outcome;
	const char *label;
	int64_t object_id, revision; /* after it was applied */
	const struct faults *faults;
	const struct changes *changes;
	const char *const *old_cells;  /* one a field, NULL: not changed */
	const struct sheet_row *cells; /* as in the file */
};

struct import_counts {
	int64_t total; /* lines of the file */
	int64_t by[IMPORT_OUTCOMES];
};

enum import_mode { IMPORT_CHECK, IMPORT_APPLY_ALL, IMPORT_APPLY_VALID };

struct import_run {
	struct db *db;
	enum import_kind kind;
	const struct import_map *map;
	const struct scope *scope;
	struct operator_actor by;
	enum import_mode mode;
	/* Each result in the order of the file, and now and then how many lines are done; what is
	 * not RC_OK ends the run. Both may be NULL. */
	enum rc (*each)(void *context, const struct import_result *result);
	enum rc (*progress)(void *context, int64_t lines);
	void *context;
	struct import_counts counts;	     /* out */
	unsigned char digest[SECRET_DIGEST]; /* out: of all that would be changed */
};

/* Works through the lines after the header. In a check nothing is written; otherwise the caller
 * holds the transaction, and ends it. RC_INVALID: the file cannot be read on (sheet_why), or
 * IMPORT_APPLY_ALL met a wrong line. RC_CONFLICT: somebody changed something in between. */
enum rc import_rows(struct import_run *run, struct sheet *sheet);

/* ---- the way back ---- */

/* One line of what was applied; old_cells as in the result, cells by field. */
struct import_past {
	int64_t object_id, revision;
	enum import_outcome outcome;
	const char *cells[IMPORT_FIELDS_MAX];
	const char *old_cells[IMPORT_FIELDS_MAX];
	int64_t meter_id; /* filled by import_undo_line: the meter an account was given */
};

struct import_undo;
/* Inside the caller's transaction; lines come last first. */
enum rc import_undo_begin(struct db *db, struct arena *arena, enum import_kind kind,
    const struct operator_actor *by, struct import_undo **undo);
/* RC_OK: undone, or gone already. RC_CONFLICT with an obstacle (a fault): it was edited or is used
 * since; the run may go on to find the others, but must be rolled back. */
enum rc import_undo_line(
    struct import_undo *undo, struct import_past *past, struct faults *obstacle);

/* ---- templates ---- */

/* What is stored now, line by line in the fields' order, for a template with data. */
enum rc import_stored(struct db *db, enum import_kind kind, const struct scope *scope,
    enum rc (*each)(void *context, const char *const *cells), void *context);

#endif
