#include "model/import.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "model/import_private.h"

#define PROGRESS_EACH 100 /* lines between two words of progress */

static const struct import_kind_table *const TABLES[IMPORT_KINDS] = {
	[IMPORT_PLACES] = &import_places,
	[IMPORT_GATEWAYS] = &import_gateways,
	[IMPORT_BUSES] = &import_buses,
	[IMPORT_METERS] = &import_meters,
	[IMPORT_ACCOUNTS] = &import_accounts,
	[IMPORT_TARIFFS] = &import_tariffs,
};

const struct import_kind_table *
import_table(enum import_kind kind)
{
	return TABLES[kind];
}

const char *
import_kind_name(enum import_kind kind)
{
	return (size_t)kind < IMPORT_KINDS ? TABLES[kind]->name : "";
}

enum import_kind
import_kind_find(const char *name)
{
	for (size_t i = 0; i < IMPORT_KINDS; i++)
		if (strcmp(TABLES[i]->name, name) == 0)
			return (enum import_kind)i;
	return IMPORT_KINDS;
}

const char *
import_outcome_name(enum import_outcome outcome)
{
	static const char *const names[IMPORT_OUTCOMES] = { "new", "changed", "same", "wrong" };

	return (size_t)outcome < IMPORT_OUTCOMES ? names[outcome] : "";
}

/* ---- columns ---- */

const struct import_field *
import_fields(enum import_kind kind, size_t *count)
{
	*count = TABLES[kind]->count;
	return TABLES[kind]->fields;
}

static bool
is_taken(const struct import_map *map, size_t count, size_t column)
{
	for (size_t i = 0; i < count; i++)
		if (map->columns[i] == column)
			return true;
	return false;
}

/* The first column with one of the words of the field. The order of the fields decides who gets a
 * column that two could have. */
static size_t
find_column(const struct import_field *field, const struct sheet_row *header,
    const struct import_map *map, size_t count)
{
	for (size_t i = 0; i < header->count; i++)
		if (!is_taken(map, count, i + 1) && (match_word(field->name, header->cells[i]) ||
							match_word(field->words, header->cells[i])))
			return i + 1;
	return 0;
}

void
import_map_header(enum import_kind kind, const struct sheet_row *header, struct import_map *map)
{
	const struct import_kind_table *table = TABLES[kind];

	*map = (struct import_map){ 0 };
	for (size_t i = 0; i < table->count; i++)
		map->columns[i] = find_column(&table->fields[i], header, map, table->count);
}

const char *
import_map_missing(enum import_kind kind, const struct import_map *map)
{
	const struct import_kind_table *table = TABLES[kind];
	bool has_key = false;

	for (size_t i = 0; i < table->count; i++) {
		const struct import_field *field = &table->fields[i];
		has_key = has_key || (field->is_key && map->columns[i] != 0);
		if (field->is_key && field->is_required && map->columns[i] == 0)
			return field->name;
	}
	return has_key ? NULL : table->fields[0].name;
}

void
import_map_text(enum import_kind kind, const struct import_map *map, char text[IMPORT_MAP_TEXT])
{
	const struct import_kind_table *table = TABLES[kind];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < table->count; i++) {
		if (map->columns[i] == 0)
			continue;
		int n = snprintf(text + used, IMPORT_MAP_TEXT - used, "%s%s=%zu",
		    used > 0 ? " " : "", table->fields[i].name, map->columns[i]);
		used += n > 0 ? (size_t)n : 0;
	}
}

void
import_map_parse(enum import_kind kind, const char *text, struct import_map *map)
{
	const struct import_kind_table *table = TABLES[kind];
	char one[64];
	int64_t column;

	*map = (struct import_map){ 0 };
	while (*text != '\0') {
		size_t length = strcspn(text, " ");
		const char *equals = memchr(text, '=', length);
		size_t name = equals == NULL ? 0 : (size_t)(equals - text);
		if (equals != NULL && length < sizeof(one)) {
			memcpy(one, text, length);
			one[length] = '\0';
			for (size_t i = 0; i < table->count; i++)
				if (strlen(table->fields[i].name) == name &&
				    memcmp(table->fields[i].name, text, name) == 0 &&
				    text_parse_uint(one + name + 1, SHEET_COLUMNS_MAX, &column) ==
					RC_OK)
					map->columns[i] = (size_t)column;
		}
		text += length + (text[length] == ' ');
	}
}

/* ---- a run ---- */

/* Everything a result would change goes into the digest, so that what is applied can be compared
 * with what was shown. */
static void
add_digest(struct import_run *run, struct arena *arena, const struct import_result *result)
{
	char detail[CHANGE_DETAIL_MAX];
	char *text;

	changes_detail(result->changes, detail, sizeof(detail));
	text = arena_printf(arena, "%*s%" PRId64 " %" PRId64 " %d %s\n%s", SECRET_DIGEST, "",
	    result->row, result->part, (int)result->outcome, result->label,
	    result->outcome == IMPORT_WRONG ? "" : detail);
	memcpy(text, run->digest, SECRET_DIGEST);
	secret_digest(text, SECRET_DIGEST + strlen(text + SECRET_DIGEST), run->digest);
}

static enum rc
pass_on(struct import_line *line, const struct import_result *result)
{
	struct import_run *run = line->run;

	run->counts.by[result->outcome]++;
	add_digest(run, line->arena, result);
	return run->each != NULL ? run->each(run->context, result) : RC_OK;
}

enum rc
import_emit(struct import_line *line, int64_t part, const struct import_result *result)
{
	struct import_result own = *result;

	own.part = part;
	own.cells = line->sheet_row;
	return pass_on(line, &own);
}

static enum rc
emit_line(struct import_line *line)
{
	struct import_result result = {
		.row = line->row,
		.part = IMPORT_PART_LINE,
		.outcome = line->outcome,
		.label = line->label,
		.object_id = line->object_id,
		.revision = line->revision,
		.faults = &line->faults,
		.changes = &line->changes,
		.old_cells = line->old_cells,
		.cells = line->sheet_row,
	};

	return pass_on(line, &result);
}

static void
take_cells(struct import_line *line, const struct sheet_row *row, const struct import_map *map,
    size_t count)
{
	for (size_t i = 0; i < IMPORT_FIELDS_MAX; i++) {
		size_t column = i < count ? map->columns[i] : 0;
		line->cells[i] = column > 0 && column <= row->count ? row->cells[column - 1] : "";
		line->old_cells[i] = NULL;
	}
	line->row = row->number;
	line->sheet_row = row;
	line->faults = (struct faults){ 0 };
	line->changes.count = line->changes.used = 0;
	line->changes.is_cut = false;
	line->outcome = IMPORT_WRONG;
	line->label = "";
	line->object_id = line->revision = 0;
}

/* Only cells that no field asked for: an empty line to us. */
static bool
is_blank(struct import_line *line, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!cell_is_empty(line, i))
			return false;
	return true;
}

static enum rc
work_on(struct import_line *line, const struct sheet_row *row)
{
	struct import_run *run = line->run;
	const struct import_kind_table *table = TABLES[run->kind];

	take_cells(line, row, run->map, table->count);
	if (is_blank(line, table->count))
		return RC_OK;
	enum rc rc = table->line(line);
	if (rc == RC_OK)
		rc = emit_line(line);
	run->counts.total++;
	if (rc == RC_OK && line->outcome == IMPORT_WRONG && run->mode == IMPORT_APPLY_ALL)
		rc = RC_INVALID;
	if (rc == RC_OK && run->progress != NULL && run->counts.total % PROGRESS_EACH == 0)
		rc = run->progress(run->context, run->counts.total);
	return rc == RC_NOT_FOUND ? RC_CONFLICT : rc; /* what was to be changed is gone */
}

static enum rc
run_lines(struct import_line *line, struct sheet *sheet)
{
	const struct sheet_row *row;
	enum rc rc = sheet_next(sheet, &row); /* the header */

	while (rc == RC_OK && (rc = sheet_next(sheet, &row)) == RC_OK) {
		rc = work_on(line, row);
		arena_reset(line->arena);
	}
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
import_rows(struct import_run *run, struct sheet *sheet)
{
	struct arena *arena = arena_new();
	struct index seen;
	struct import_line *line = arena_alloc(arena, sizeof(*line));

	run->counts = (struct import_counts){ 0 };
	memset(run->digest, 0, sizeof(run->digest));
	index_begin(&seen, arena);
	*line = (struct import_line){ .run = run, .seen = &seen };
	line->is_applying = run->mode != IMPORT_CHECK;
	line->arena = arena_new();
	enum rc rc =
	    import_world_open(run->db, arena, run->scope, TABLES[run->kind]->parts, &line->world);
	if (rc == RC_OK)
		rc = run_lines(line, sheet);
	arena_free(line->arena);
	arena_free(arena);
	return rc;
}

/* ---- the way back ---- */

struct import_undo {
	struct import_run run;
	struct import_world *world;
	struct index touched;
	struct import_line *line;
	const struct import_kind_table *table;
};

static void
free_arena(void *arena)
{
	arena_free(arena);
}

enum rc
import_undo_begin(struct db *db, struct arena *arena, enum import_kind kind,
    const struct operator_actor *by, struct import_undo **out)
{
	struct import_undo *undo = arena_alloc(arena, sizeof(*undo));

	undo->run = (struct import_run){ .db = db, .kind = kind, .scope = &scope_everything };
	undo->run.by = *by;
	undo->run.mode = IMPORT_APPLY_ALL;
	undo->table = TABLES[kind];
	undo->line = arena_alloc(arena, sizeof(*undo->line));
	undo->line->run = &undo->run;
	undo->line->is_applying = true;
	undo->line->arena = arena_new();
	arena_on_free(arena, free_arena, undo->line->arena);
	index_begin(&undo->touched, arena);
	enum rc rc =
	    import_world_open(db, arena, undo->run.scope, undo->table->parts, &undo->world);
	undo->line->world = undo->world;
	*out = undo;
	return rc;
}

static enum rc
block(struct faults *obstacle, const char *key)
{
	fault_add(obstacle, "", key, "%s", "");
	return RC_CONFLICT;
}

static bool
is_path(const char *field)
{
	static const char *const path[] = { "site", "building", "floor", "room" };

	for (size_t i = 0; i < COUNT(path); i++)
		if (strcmp(field, path[i]) == 0)
			return true;
	return false;
}

/* The cells that make it again what it was: what was empty is cleared with "-". Of a path only the
 * first part can say so, and only for the whole. */
static void
old_cells(
    struct import_line *line, const struct import_kind_table *table, const struct import_past *past)
{
	bool has_place = false;

	for (size_t i = 0; i < table->count; i++)
		has_place =
		    has_place || (is_path(table->fields[i].name) && past->old_cells[i] != NULL &&
				     *past->old_cells[i] != '\0');
	for (size_t i = 0; i < table->count; i++) {
		const struct import_field *field = &table->fields[i];
		const char *cell = past->old_cells[i];
		bool is_cleared = cell != NULL && *cell == '\0' && field->is_clearable &&
				  !(is_path(field->name) && has_place);
		line->cells[i] = cell == NULL ? "" : is_cleared ? "-" : cell;
		if (field->is_key)
			line->cells[i] = past->cells[i];
	}
}

static enum rc
restore(struct import_undo *undo, const struct import_past *past)
{
	static const struct sheet_row none;
	struct import_line *line = undo->line;
	enum rc rc = undo->table->restore == NULL
			 ? RC_OK
			 : undo->table->restore(undo->run.db, past, &undo->run.by);

	if (rc != RC_OK)
		return rc;
	take_cells(line, &none, &(struct import_map){ 0 }, 0);
	old_cells(line, undo->table, past);
	line->seen = NULL;
	rc = undo->table->line(line);
	return rc == RC_OK && line->outcome == IMPORT_WRONG ? RC_INVALID : rc;
}

enum rc
import_undo_line(struct import_undo *undo, struct import_past *past, struct faults *obstacle)
{
	bool is_touched = index_find(&undo->touched, past->object_id, "") != 0;
	int64_t revision;
	enum rc rc;

	for (size_t i = 0; i < undo->table->count; i++)
		if (strcmp(undo->table->fields[i].name, "meter") == 0)
			past->meter_id = world_meter(undo->world, past->cells[i]);
	if (past->outcome == IMPORT_NEW)
		rc = undo->table->erase(undo->run.db, past, is_touched, &undo->run.by);
	else if (!undo->table->revision(undo->world, past->object_id, &revision))
		return block(obstacle, "UndoGone");
	else if (!is_touched && revision != past->revision)
		rc = RC_CONFLICT;
	else
		rc = restore(undo, past);
	index_put(&undo->touched, past->object_id, "", 1);
	arena_reset(undo->line->arena);
	if (rc == RC_CONFLICT)
		return block(obstacle, "UndoEdited");
	if (rc == RC_INVALID)
		return block(obstacle, past->outcome == IMPORT_NEW ? "UndoUsed" : "UndoWrong");
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- templates ---- */

enum rc
import_stored(struct db *db, enum import_kind kind, const struct scope *scope,
    enum rc (*each)(void *context, const char *const *cells), void *context)
{
	const struct import_kind_table *table = TABLES[kind];
	struct arena *arena = arena_new(), *row_arena = arena_new();
	struct import_world *world;
	enum rc rc = import_world_open(db, arena, scope, table->parts, &world);

	for (size_t i = 0; rc == RC_OK && i < table->count_stored(world); i++) {
		const char *cells[IMPORT_FIELDS_MAX];
		int64_t id = table->stored_at(world, i);
		if (id == 0)
			continue;
		for (size_t field = 0; field < IMPORT_FIELDS_MAX; field++)
			cells[field] = "";
		(table->show_stored != NULL ? table->show_stored : table->show)(
		    world, row_arena, id, cells);
		rc = each(context, cells);
		arena_reset(row_arena);
	}
	arena_free(row_arena);
	arena_free(arena);
	return rc;
}
