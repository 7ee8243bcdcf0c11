/* What the kinds of import share: keys, outcomes, places by their path, names for numbers. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/money.h"
#include "base/text.h"
#include "model/import_private.h"

void
line_once(struct import_line *line, size_t field, int64_t scope, const char *key)
{
	char row[24];

	if (line->seen == NULL)
		return; /* the way back may pass a thing twice */
	int64_t earlier = index_find(line->seen, scope, key);

	if (earlier != 0) {
		snprintf(row, sizeof(row), "%" PRId64, earlier);
		line_fault(line, field, "TwiceInFile", row);
	} else
		index_put(line->seen, scope, key, line->row);
}

void
line_rename(struct import_line *line, const struct import_rename *names, size_t count)
{
	for (size_t i = 0; i < line->faults.count; i++)
		for (size_t n = 0; n < count; n++)
			if (strcmp(line->faults.list[i].field, names[n].from) == 0)
				text_copy(line->faults.list[i].field,
				    sizeof(line->faults.list[i].field), names[n].to);
}

void
line_drop(struct import_line *line, const char *field)
{
	struct faults *faults = &line->faults;

	for (size_t i = 0; i < faults->count; i++)
		if (strcmp(faults->list[i].field, field) == 0) {
			faults->list[i] = faults->list[--faults->count];
			return;
		}
}

static bool
is_changed(const struct changes *changes, const char *field)
{
	for (size_t i = 0; i < changes->count; i++)
		if (strcmp(changes->list[i].field, field) == 0)
			return true;
	return false;
}

/* A change of "place" is one of the four columns that name it. */
static bool
is_affected(const struct import_line *line, const struct import_field *field)
{
	static const char *const path[] = { "site", "building", "floor", "room" };

	if (is_changed(&line->changes, field->name))
		return true;
	for (size_t i = 0; i < COUNT(path); i++)
		if (strcmp(field->name, path[i]) == 0)
			return is_changed(&line->changes, "place");
	return strcmp(field->name, "gateway") == 0 && is_changed(&line->changes, "bus");
}

void
line_judge(struct import_line *line, int64_t before)
{
	const struct import_kind_table *table = import_table(line->run->kind);
	const char *cells[IMPORT_FIELDS_MAX] = { NULL };

	if (line->faults.count > 0)
		line->outcome = IMPORT_WRONG;
	else if (before == 0)
		line->outcome = IMPORT_NEW;
	else
		line->outcome = line->changes.count > 0 ? IMPORT_CHANGED : IMPORT_SAME;
	if (line->outcome != IMPORT_CHANGED)
		return;
	table->show(line->world, line->arena, before, cells);
	for (size_t i = 0; i < table->count; i++)
		if (!table->fields[i].is_key && is_affected(line, &table->fields[i]))
			line->old_cells[i] = cells[i];
}

/* ---- places by their path ---- */

int64_t
import_only_site(const struct import_world *world, const char *building)
{
	int64_t site = 0;

	if (world_place(world, 0, building) != 0)
		return 0;
	for (size_t i = 0; i < world_place_count(world); i++) {
		struct place_row row;
		int64_t id = world_place_at(world, i);
		if (!world_place_row(world, id, &row) || row.kind != KIND_SITE)
			continue;
		if (site != 0)
			return 0;
		site = id;
	}
	return site;
}

static bool
step_down(struct import_line *line, size_t field, int64_t *place_id)
{
	char name[PLACE_NAME_MAX * 4 + 1];
	struct near near;

	if (!take_name(line, field, PLACE_NAME_MAX, name, sizeof(name)))
		return false;
	int64_t id = world_place(line->world, *place_id, name);
	if (id == 0) {
		near_begin(&near, name);
		world_near_place(line->world, *place_id, &near);
		line_not_found(line, field, name, &near);
		return false;
	}
	*place_id = id;
	return true;
}

bool
line_place(struct import_line *line, size_t first, int64_t *place_id)
{
	int64_t id = 0;
	bool is_given = false;

	if (strcmp(cell_text(line, first), "-") == 0) {
		*place_id = 0;
		return true;
	}
	for (size_t field = first; field < first + PLACE_KINDS; field++) {
		if (cell_is_empty(line, field))
			continue;
		if (id == 0 && field != first)
			id = import_only_site(line->world, cell_text(line, field));
		if (!step_down(line, field, &id))
			return false;
		is_given = true;
	}
	if (!is_given)
		return false;
	if (!world_sees_place(line->world, id)) {
		line_fault(line, first, "OutOfScope", "");
		return false;
	}
	*place_id = id;
	return true;
}

void
reword_place(struct import_line *line, const char *field, int64_t before, int64_t after)
{
	char old[PLACE_PATH_MAX], new[PLACE_PATH_MAX];

	world_path(line->world, before, old, sizeof(old));
	world_path(line->world, after, new, sizeof(new));
	change_reword(&line->changes, field, old, new);
}

void
show_place(
    const struct import_world *world, struct arena *arena, int64_t place_id, const char **cells)
{
	struct place_row row;

	for (size_t i = 0; i < PLACE_KINDS; i++)
		cells[i] = "";
	while (place_id != 0 && world_place_row(world, place_id, &row)) {
		cells[row.kind] = arena_strdup(arena, row.name);
		place_id = row.parent_id;
	}
}

/* ---- texts of a template ---- */

const char *
show_whole(struct arena *arena, int64_t value)
{
	return arena_printf(arena, "%" PRId64, value);
}

const char *
show_whole_or(struct arena *arena, int64_t none, int64_t value)
{
	return value == none ? "" : show_whole(arena, value);
}

const char *
show_yuan_or(struct arena *arena, int64_t none, int64_t fen)
{
	char text[MONEY_TEXT_MAX];

	if (fen == none)
		return "";
	money_format_plain(fen, text, sizeof(text));
	return arena_strdup(arena, text);
}
