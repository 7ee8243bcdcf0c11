/*
 * import_store.h - imports as they are kept: file, head, state, what each line does.
 */
#ifndef VOLTILL_IMPORT_STORE_H
#define VOLTILL_IMPORT_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/import.h"
#include "model/operator.h"

enum import_state {
	IMPORT_UPLOADED, /* the columns are not said yet */
	IMPORT_CHECKING,
	IMPORT_CHECKED, /* what it would change can be looked at */
	IMPORT_APPLYING,
	IMPORT_APPLIED,
	IMPORT_UNDOING,
	IMPORT_UNDONE,
	IMPORT_FAILED,
	IMPORT_STATES
};
const char *import_state_name(enum import_state state); /* "uploaded" … */

#define IMPORT_FILE_NAME_MAX 128
#define IMPORT_SAMPLES	     6 /* header and five lines */
#define IMPORT_RESULT_MAX    400

struct import_record {
	int64_t import_id;
	enum import_kind kind;
	enum import_state state;
	enum import_mode mode; /* of the last step */
	char file_name[IMPORT_FILE_NAME_MAX * 4 + 1];
	int64_t file_bytes, sheet;
	int64_t created_by, created_at, ended_at;
	char creator[OPERATOR_NAME_MAX * 4 + 1], step_actor[65];
	struct import_map map;
	struct import_counts counts;
	int64_t rows_done; /* of the step that runs */
	bool has_plan;	   /* plan_digest says what was shown */
	unsigned char plan[SECRET_DIGEST];
	char result[IMPORT_RESULT_MAX + 1]; /* key and values of a message, with tabs; "" none */
	struct scope scope;
	struct operator_actor by; /* of the last step; texts lie below */
	char by_actor[65], by_address[47];
};

/* The beginning of a file: names of its sheets, its header and first lines. */
struct import_head {
	size_t sheet_count, row_count;
	const char *sheets[SHEET_SHEETS_MAX];
	struct sheet_row rows[IMPORT_SAMPLES]; /* the first is the header */
};

/* Reads the head of a file. RC_INVALID: fault. */
enum rc import_head_read(const char *path, size_t sheet, struct arena *arena,
    struct import_head *head, size_t *number, struct sheet_fault *fault);

/* Keeps a file: state uploaded, the columns as the header suggests, with its audit row. The
 * transaction is its own. */
struct import_upload {
	enum import_kind kind;
	const char *path, *file_name;
	size_t sheet;
	const struct import_head *head;
	const struct scope *scope;
};
enum rc import_keep(struct db *db, const struct import_upload *upload,
    const struct operator_actor *by, int64_t *import_id);
/* Another sheet of the same file. RC_CONFLICT: it is past that. */
enum rc import_choose_sheet(struct db *db, int64_t import_id, size_t sheet,
    const struct import_head *head, enum import_kind kind);

/* RC_NOT_FOUND also when operator_id is not 0 and it is not his: who is limited to buildings sees
 * only what he brought himself. */
enum rc import_load(
    struct db *db, int64_t import_id, int64_t operator_id, struct import_record *record);
enum rc import_load_head(
    struct db *db, int64_t import_id, struct arena *arena, struct import_head *head);
/* Writes the file to path, which must not exist. */
enum rc import_fetch(struct db *db, int64_t import_id, const char *path);

/* Asks for a step: state moves from `from` to `to`, and a worker will find it. RC_CONFLICT: it is
 * in another state (pressed twice). map NULL: as it is. The step works within scope. */
enum rc import_ask(struct db *db, int64_t import_id, enum import_state from, enum import_state to,
    enum import_mode mode, const struct import_map *map, const struct scope *scope,
    const struct operator_actor *by);

/* Imports, newest first: Id, Kind, FileName, State, Creator, CreatedAt, EndedAt, New, Changed,
 * Same, Wrong. operator_id as above. */
enum rc import_list(
    struct db *db, int64_t operator_id, int64_t limit, int64_t offset, struct rows **rows);
enum rc import_count(struct db *db, int64_t operator_id, int64_t *count);

/* ---- lines ---- */

/* Writes results in blocks; inside a transaction. */
struct import_writer;
enum rc import_writer_begin(
    struct db *db, struct arena *arena, int64_t import_id, struct import_writer **writer);
enum rc import_writer_add(struct import_writer *writer, const struct import_result *result);
enum rc import_writer_end(struct import_writer *writer);

/* row, part, outcome, label, faults, changes, cells, obstacle of the lines of an outcome (OUTCOMES:
 * all; with obstacle: only those), that hold search (folded, "" all). */
struct import_filter {
	int64_t import_id;
	enum import_outcome outcome;
	bool has_obstacle;
	const char *search;
};
enum {
	IMPORT_COLUMN_ROW,
	IMPORT_COLUMN_PART,
	IMPORT_COLUMN_OUTCOME,
	IMPORT_COLUMN_LABEL,
	IMPORT_COLUMN_FAULTS,
	IMPORT_COLUMN_CHANGES,
	IMPORT_COLUMN_CELLS,
	IMPORT_COLUMN_OBSTACLE,
};
enum rc import_line_list(struct db *db, const struct import_filter *filter, int64_t limit,
    int64_t offset, struct rows **rows);
enum rc import_line_stream(struct db *db, const struct import_filter *filter, struct rows **rows);
enum rc import_line_count(struct db *db, const struct import_filter *filter, int64_t *count);

/* Stored texts parted: fields of a list, in arena memory. */
#define IMPORT_PART  '\x1f'
#define IMPORT_ENTRY '\x1e'
size_t import_split(
    struct arena *arena, const char *text, char separator, const char **parts, size_t max);

#endif
