#include "model/import_store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "model/audit.h"

#define FILE_PART (512 * 1024)
#define HEAD_CELL 120 /* characters of a sample that are kept */

enum {
	INSERT,
	INSERT_PART,
	CHOOSE,
	LOAD,
	HEAD,
	PARTS,
	ASK,
	ASK_JOB,
	LIST,
	COUNT_ALL,
};

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[INSERT] = { .sql =
			 "INSERT INTO import (kind, file_name, file_digest, file_bytes, sheet, head, mapping,"
			 " state, scope, created_by, created_at)"
			 " VALUES (?, ?, ?, ?, ?, ?, ?, 'uploaded', ?, ?, ?)" },
	[INSERT_PART] = { .sql =
			      "INSERT INTO import_file (import_id, part_no, bytes) VALUES (?, ?, ?)" },
	[CHOOSE] = { .sql = "UPDATE import SET sheet = ?, head = ?, mapping = ?, result = ''"
			    " WHERE import_id = ? AND state = 'uploaded'" },
	[LOAD] = { .sql =
		       "SELECT i.kind, i.state + 0, i.mode + 0, i.file_name, i.file_bytes, i.sheet,"
		       " COALESCE(i.created_by, 0), i.created_at, i.ended_at,"
		       " COALESCE(o.display_name, i.step_actor), i.step_actor, i.mapping, i.rows_total, i.rows_new,"
		       " i.rows_changed, i.rows_same, i.rows_wrong, COALESCE(j.rows_done, 0), i.plan_digest,"
		       " i.result, i.scope, COALESCE(i.step_by, 0), i.step_address"
		       " FROM import i LEFT JOIN operator o ON o.operator_id = i.created_by"
		       " LEFT JOIN import_job j ON j.import_id = i.import_id"
		       " WHERE i.import_id = ? AND (? = 0 OR i.created_by = ?)",
	    .bounded = "primary key" },
	[HEAD] = { .sql = "SELECT head FROM import WHERE import_id = ?", .bounded = "primary key" },
	[PARTS] = { .sql =
			"SELECT bytes FROM import_file WHERE import_id = ? ORDER BY part_no LIMIT 64" },
	[ASK] = { .sql =
		      "UPDATE import SET state = ?, mode = ?, mapping = IF(? = '', mapping, ?), scope = ?, step_by = ?,"
		      " step_actor = ?, step_address = ?, result = '' WHERE import_id = ? AND state = ?" },
	[ASK_JOB] = { .sql = "INSERT INTO import_job (import_id, beat_at) VALUES (?, ?)" },
	[LIST] = { .sql =
		       "SELECT i.import_id AS Id, i.kind AS Kind, i.file_name AS FileName, i.state AS State,"
		       " COALESCE(o.display_name, i.step_actor) AS Creator, i.created_at AS CreatedAt,"
		       " i.ended_at AS EndedAt, i.rows_new AS New, i.rows_changed AS Changed,"
		       " i.rows_same AS Same, i.rows_wrong AS Wrong"
		       " FROM import i LEFT JOIN operator o ON o.operator_id = i.created_by"
		       " WHERE (? = 0 OR i.created_by = ?) ORDER BY i.created_at DESC, i.import_id DESC"
		       " LIMIT ? OFFSET ?" },
	[COUNT_ALL] = { .sql = "SELECT COUNT(*) FROM import WHERE (? = 0 OR created_by = ?)",
	    .bounded = "one row" },
};
/* clang-format on */

const char *
import_state_name(enum import_state state)
{
	static const char *const names[IMPORT_STATES] = { "uploaded", "checking", "checked",
		"applying", "applied", "undoing", "undone", "failed" };

	return (size_t)state < IMPORT_STATES ? names[state] : "";
}

static const char *
mode_name(enum import_mode mode)
{
	return mode == IMPORT_APPLY_VALID ? "valid" : "all";
}

size_t
import_split(struct arena *arena, const char *text, char separator, const char **parts, size_t max)
{
	char *copy = arena_strdup(arena, text), *end;
	size_t count = 0;

	if (*copy == '\0')
		return 0;
	while (count < max) {
		parts[count++] = copy;
		if ((end = strchr(copy, separator)) == NULL)
			break;
		*end = '\0';
		copy = end + 1;
	}
	return count;
}

/* ---- the head ---- */

static const char *
short_cell(struct arena *arena, const char *cell)
{
	char text[HEAD_CELL * 4 + 1];
	size_t at = 0, characters = 0;

	for (; cell[at] != '\0' && at + 1 < sizeof(text); at++) {
		if (((unsigned char)cell[at] & 0xc0) != 0x80 && ++characters > HEAD_CELL)
			break;
		text[at] = cell[at];
	}
	text[at] = '\0';
	return arena_strdup(arena, text);
}

static void
keep_row(struct arena *arena, const struct sheet_row *row, struct import_head *head)
{
	struct sheet_row *kept = &head->rows[head->row_count++];

	*kept = (struct sheet_row){ .number = row->number, .count = row->count };
	for (size_t i = 0; i < row->count; i++)
		kept->cells[i] = short_cell(arena, row->cells[i]);
}

enum rc
import_head_read(const char *path, size_t number, struct arena *arena, struct import_head *head,
    size_t *opened, struct sheet_fault *fault)
{
	const struct sheet_row *row;
	struct sheet *sheet;
	enum rc rc = sheet_open(path, number, &sheet, fault);

	*head = (struct import_head){ 0 };
	if (rc != RC_OK)
		return rc;
	*opened = sheet_number(sheet);
	for (size_t i = 1; i <= sheet_count(sheet); i++)
		head->sheets[head->sheet_count++] = arena_strdup(arena, sheet_name(sheet, i));
	while (head->row_count < IMPORT_SAMPLES && (rc = sheet_next(sheet, &row)) == RC_OK)
		keep_row(arena, row, head);
	if (rc == RC_INVALID)
		*fault = *sheet_why(sheet);
	sheet_close(sheet);
	if (rc == RC_NOT_FOUND)
		rc = RC_OK;
	if (rc == RC_OK && head->row_count < 2) {
		*fault = (struct sheet_fault){
			.key = head->row_count == 0 ? "SheetEmpty" : "SheetNoLines",
		};
		rc = RC_INVALID;
	}
	return rc;
}

static const char *
head_text(struct arena *arena, const struct import_head *head)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		log_fatal("memory", "no room for the head of a file");
	for (size_t i = 0; i < head->sheet_count; i++)
		fprintf(out, "%s%s", i > 0 ? "\x1f" : "", head->sheets[i]);
	for (size_t i = 0; i < head->row_count; i++) {
		fprintf(out, "\x1e%" PRId64, head->rows[i].number);
		for (size_t n = 0; n < head->rows[i].count; n++)
			fprintf(out, "\x1f%s", head->rows[i].cells[n]);
	}
	fclose(out);
	const char *kept = arena_strdup(arena, text);
	free(text);
	return kept;
}

enum rc
import_load_head(struct db *db, int64_t import_id, struct arena *arena, struct import_head *head)
{
	const char *text, *rows[IMPORT_SAMPLES + 1], *cells[SHEET_COLUMNS_MAX + 1];
	enum rc rc = db_text(db, &Q[HEAD], ARGS(I(import_id)), arena, &text);

	*head = (struct import_head){ 0 };
	if (rc != RC_OK)
		return rc;
	size_t count = import_split(arena, text, IMPORT_ENTRY, rows, COUNT(rows));
	if (count == 0)
		return RC_OK;
	head->sheet_count =
	    import_split(arena, rows[0], IMPORT_PART, head->sheets, SHEET_SHEETS_MAX);
	for (size_t i = 1; i < count; i++) {
		struct sheet_row *row = &head->rows[head->row_count++];
		size_t n = import_split(arena, rows[i], IMPORT_PART, cells, COUNT(cells));
		row->count = n > 0 ? n - 1 : 0;
		row->number = n > 0 ? strtoll(cells[0], NULL, 10) : 0;
		for (size_t c = 0; c + 1 < n; c++)
			row->cells[c] = cells[c + 1];
	}
	return RC_OK;
}

/* ---- keeping a file ---- */

static enum rc
audit(struct db *db, const struct operator_actor *by, const char *action, int64_t import_id,
    const char *detail)
{
	struct audit row = {
		.at = by->now,
		.operator_id = by->operator_id,
		.actor = by->actor,
		.address = by->address,
		.action = action,
		.object_kind = "import",
		.object_id = import_id,
		.detail = detail,
	};

	return audit_write(db, &row);
}

struct keeping {
	const struct import_upload *upload;
	const struct operator_actor *by;
	struct arena *arena;
	int64_t import_id, bytes;
	unsigned char digest[SECRET_DIGEST];
};

/* The whole file in memory once: it has at most SHEET_FILE_MAX bytes. */
static enum rc
keep_bytes(struct db *db, struct keeping *keeping, const char *bytes, size_t length)
{
	enum rc rc = RC_OK;

	for (size_t at = 0, part = 0; at < length && rc == RC_OK; at += FILE_PART, part++) {
		size_t size = length - at < FILE_PART ? length - at : FILE_PART;
		rc = db_exec(
		    db, &Q[INSERT_PART], ARGS(I(keeping->import_id), I(part), B(bytes + at, size)));
	}
	return rc;
}

static enum rc
read_file(const char *path, char **bytes, size_t *length)
{
	FILE *file = fopen(path, "re");

	*bytes = malloc(SHEET_FILE_MAX + 1);
	if (*bytes == NULL)
		log_fatal("memory", "no room for a file");
	*length = file == NULL ? 0 : fread(*bytes, 1, SHEET_FILE_MAX + 1, file);
	bool failed = file == NULL || ferror(file) != 0 || *length > SHEET_FILE_MAX;
	if (failed)
		log_error("import", "%s: %s", path, strerror(errno));
	if (file != NULL)
		fclose(file);
	return failed ? RC_UNAVAILABLE : RC_OK;
}

static enum rc
insert(struct db *db, struct keeping *keeping)
{
	const struct import_upload *upload = keeping->upload;
	struct import_map map;
	char mapping[IMPORT_MAP_TEXT];

	import_map_header(upload->kind, &upload->head->rows[0], &map);
	import_map_text(upload->kind, &map, mapping);
	enum rc rc = db_exec(db, &Q[INSERT],
	    ARGS(S(import_kind_name(upload->kind)), S(upload->file_name),
		B(keeping->digest, SECRET_DIGEST), I(keeping->bytes), I(upload->sheet),
		S(head_text(keeping->arena, upload->head)), S(mapping),
		S(scope_text(upload->scope)),
		keeping->by->operator_id != 0 ? I(keeping->by->operator_id) : NIL,
		T(keeping->by->now)));
	keeping->import_id = db_last_id(db);
	return rc;
}

enum rc
import_keep(struct db *db, const struct import_upload *upload, const struct operator_actor *by,
    int64_t *import_id)
{
	struct keeping keeping = { .upload = upload, .by = by, .arena = arena_new() };
	char *bytes;
	size_t length;
	enum rc rc = read_file(upload->path, &bytes, &length);

	if (rc == RC_OK) {
		secret_digest(bytes, length, keeping.digest);
		keeping.bytes = (int64_t)length;
		rc = db_begin(db);
	}
	if (rc == RC_OK) {
		rc = insert(db, &keeping);
		if (rc == RC_OK)
			rc = keep_bytes(db, &keeping, bytes, length);
		if (rc == RC_OK)
			rc = audit(db, by, "import.upload", keeping.import_id, upload->file_name);
		rc = db_end(db, rc);
	}
	free(bytes);
	arena_free(keeping.arena);
	*import_id = keeping.import_id;
	return rc;
}

enum rc
import_choose_sheet(struct db *db, int64_t import_id, size_t sheet, const struct import_head *head,
    enum import_kind kind)
{
	struct arena *arena = arena_new();
	struct import_map map;
	char mapping[IMPORT_MAP_TEXT];

	import_map_header(kind, &head->rows[0], &map);
	import_map_text(kind, &map, mapping);
	enum rc rc = db_exec(
	    db, &Q[CHOOSE], ARGS(I(sheet), S(head_text(arena, head)), S(mapping), I(import_id)));
	arena_free(arena);
	return rc == RC_OK && db_affected(db) == 0 ? RC_CONFLICT : rc;
}

static enum rc
write_parts(struct rows *rows, int fd)
{
	enum rc rc;

	while ((rc = rows_next(rows)) == RC_OK) {
		const char *bytes = rows_text(rows, 0);
		size_t length = rows_length(rows, 0);
		for (size_t at = 0; at < length;) {
			ssize_t n = write(fd, bytes + at, length - at);
			if (n < 0 && errno != EINTR)
				return RC_UNAVAILABLE;
			at += n > 0 ? (size_t)n : 0;
		}
	}
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
import_fetch(struct db *db, int64_t import_id, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct rows *rows;

	if (fd < 0) {
		log_error("import", "%s: %s", path, strerror(errno));
		return RC_UNAVAILABLE;
	}
	enum rc rc = db_stream(db, &Q[PARTS], ARGS(I(import_id)), &rows);
	if (rc == RC_OK) {
		rc = write_parts(rows, fd);
		rows_end(rows);
	}
	if (close(fd) != 0 && rc == RC_OK)
		rc = RC_UNAVAILABLE;
	if (rc == RC_UNAVAILABLE)
		log_error("import", "%s: %s", path, strerror(errno));
	return rc;
}

/* ---- imports ---- */

static void
fill(const struct rows *rows, struct import_record *record)
{
	record->kind = import_kind_find(rows_text(rows, 0));
	record->state = (enum import_state)(rows_int(rows, 1) - 1);
	record->mode = rows_int(rows, 2) == 2 ? IMPORT_APPLY_VALID : IMPORT_APPLY_ALL;
	text_copy(record->file_name, sizeof(record->file_name), rows_text(rows, 3));
	record->file_bytes = rows_int(rows, 4);
	record->sheet = rows_int(rows, 5);
	record->created_by = rows_int(rows, 6);
	record->created_at = rows_int(rows, 7);
	record->ended_at = rows_int(rows, 8);
	text_copy(record->creator, sizeof(record->creator), rows_text(rows, 9));
	text_copy(record->by_actor, sizeof(record->by_actor), rows_text(rows, 10));
	if (record->kind < IMPORT_KINDS)
		import_map_parse(record->kind, rows_text(rows, 11), &record->map);
	record->counts.total = rows_int(rows, 12);
	for (int i = 0; i < IMPORT_OUTCOMES; i++)
		record->counts.by[i] = rows_int(rows, (size_t)(13 + i));
	record->rows_done = rows_int(rows, 17);
	record->has_plan = !rows_is_null(rows, 18);
	if (record->has_plan)
		memcpy(record->plan, rows_text(rows, 18), SECRET_DIGEST);
	text_copy(record->result, sizeof(record->result), rows_text(rows, 19));
	scope_set(&record->scope, rows_text(rows, 20));
	record->by.operator_id = rows_int(rows, 21);
	text_copy(record->by_address, sizeof(record->by_address), rows_text(rows, 22));
}

enum rc
import_load(struct db *db, int64_t import_id, int64_t operator_id, struct import_record *record)
{
	struct rows *rows;
	enum rc rc =
	    db_query(db, &Q[LOAD], ARGS(I(import_id), I(operator_id), I(operator_id)), &rows);

	*record = (struct import_record){ .import_id = import_id };
	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		fill(rows, record);
	rows_end(rows);
	record->by.actor = record->by_actor;
	record->by.address = record->by_address;
	/* A kind of a newer program is none of ours. */
	return rc == RC_OK && record->kind == IMPORT_KINDS ? RC_NOT_FOUND : rc;
}

struct asking {
	int64_t import_id;
	enum import_state from, to;
	enum import_mode mode;
	const char *mapping;
	const struct scope *scope;
	const struct operator_actor *by;
};

static enum rc
ask(struct db *db, void *context)
{
	const struct asking *asking = context;
	const struct operator_actor *by = asking->by;
	enum rc rc = db_exec(db, &Q[ASK],
	    ARGS(S(import_state_name(asking->to)), S(mode_name(asking->mode)), S(asking->mapping),
		S(asking->mapping), S(scope_text(asking->scope)),
		by->operator_id != 0 ? I(by->operator_id) : NIL, S(by->actor), S(by->address),
		I(asking->import_id), S(import_state_name(asking->from))));

	if (rc == RC_OK && db_affected(db) == 0)
		return RC_CONFLICT;
	return rc == RC_OK ? db_exec(db, &Q[ASK_JOB], ARGS(I(asking->import_id), T(by->now))) : rc;
}

enum rc
import_ask(struct db *db, int64_t import_id, enum import_state from, enum import_state to,
    enum import_mode mode, const struct import_map *map, const struct scope *scope,
    const struct operator_actor *by)
{
	char mapping[IMPORT_MAP_TEXT] = "";
	struct import_record record;
	struct asking asking = { import_id, from, to, mode, mapping, scope, by };

	if (map != NULL) {
		enum rc rc = import_load(db, import_id, 0, &record);
		if (rc != RC_OK)
			return rc;
		import_map_text(record.kind, map, mapping);
	}
	return db_transact(db, ask, &asking);
}

enum rc
import_list(struct db *db, int64_t operator_id, int64_t limit, int64_t offset, struct rows **rows)
{
	return db_query(
	    db, &Q[LIST], ARGS(I(operator_id), I(operator_id), I(limit), I(offset)), rows);
}

enum rc
import_count(struct db *db, int64_t operator_id, int64_t *count)
{
	return db_int(db, &Q[COUNT_ALL], ARGS(I(operator_id), I(operator_id)), count);
}
