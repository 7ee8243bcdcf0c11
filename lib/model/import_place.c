/* Files with places: one line a place, named by its path. What is missing on the way is made. */
#include <string.h>

#include "base/pinyin.h"
#include "base/text.h"
#include "model/import_private.h"

enum { SITE, BUILDING, FLOOR, ROOM, INITIALS, ORDER };

static const struct import_field FIELDS[] = {
	[SITE] = { "site", IMPORT_TEXT, .is_key = true,
	    .words = "site|园区|项目|站点|小区|项目名称",
	    .examples = { "云汇电商总部", "云汇电商总部" } },
	[BUILDING] = { "building", IMPORT_TEXT, .is_key = true,
	    .words = "building|楼栋|楼|建筑|楼号|楼宇|栋", .examples = { "1号楼", "1号楼" } },
	[FLOOR] = { "floor", IMPORT_TEXT, .is_key = true, .words = "floor|楼层|层",
	    .examples = { "3层", "3层" } },
	[ROOM] = { "room", IMPORT_TEXT, .is_key = true,
	    .words = "room|房间|房号|房间号|室|铺位|单元|shop|unit no",
	    .examples = { "301", "302" } },
	[INITIALS] = { "initials", IMPORT_TEXT, .is_clearable = true,
	    .words = "initials|拼音首字母|首字母|简拼|拼音", .examples = { "", "" } },
	[ORDER] = { "sort_order", IMPORT_WHOLE, .words = "sort order|order|排序|顺序|序号",
	    .examples = { "", "" } },
};

/* ---- one place ---- */

static void
choose_initials(struct place_row *row)
{
	char initials[PLACE_INITIALS_MAX + 1];

	pinyin_initials(row->name, initials, sizeof(initials));
	text_copy(row->initials, sizeof(row->initials), initials);
}

/* Writes the row, or gives it a number as if; then it is part of the world. */
static enum rc
store(struct import_line *line, struct place_row *row, bool is_new)
{
	enum rc rc = RC_OK;

	if (line->is_applying)
		rc = is_new ? place_insert(line->run->db, row, &line->run->by)
			    : place_update(line->run->db, row, &line->run->by);
	else if (is_new)
		row->place_id = world_new_id(line->world);
	if (rc == RC_OK)
		world_put_place(line->world, row);
	return rc;
}

static const char *
path_of(struct import_line *line, int64_t parent_id, const char *name)
{
	char path[PLACE_PATH_MAX];

	world_path(line->world, parent_id, path, sizeof(path));
	return arena_printf(line->arena, "%s%s%s", path, *path != '\0' ? " / " : "", name);
}

/* A name that differs from a stored one by a space is a slip, not a second place. */
static bool
is_slip(struct import_line *line, size_t field, const struct place_row *row)
{
	struct near near;

	near_begin(&near, row->name);
	near.max = 0;
	near.distance = 1;
	world_near_place(line->world, row->parent_id, &near);
	if (*near_name(&near) == '\0')
		return false;
	line_fault(line, field, "PlaceSlip",
	    arena_printf(line->arena, "%s\t%s", row->name, near_name(&near)));
	return true;
}

static bool
may_make(struct import_line *line, size_t field, const struct place_row *row)
{
	if (world_sees_place(line->world, row->parent_id))
		return !is_slip(line, field, row);
	line_fault(line, field, "OutOfScope", "");
	return false;
}

/* ---- the way to it ---- */

/* A place on the way that is not there yet. */
struct missing {
	struct place_row row;
	size_t field;
};

static void
validate(struct import_line *line, size_t field, const struct place_row *row)
{
	const struct import_rename names[] = { { "name", FIELDS[field].name },
		{ "parent", FIELDS[field].name }, { "kind", FIELDS[field].name } };

	place_validate(row, world_lookups(line->world), &line->faults);
	line_rename(line, names, COUNT(names));
}

static enum rc
make_missing(struct import_line *line, size_t field, int64_t *parent_id, const char *name)
{
	struct place_row row = {
		.parent_id = *parent_id, .kind = (enum place_kind)field, .sort_order = line->row
	};
	struct faults none = { 0 };
	struct changes *changes = arena_alloc(line->arena, sizeof(*changes));

	text_copy(row.name, sizeof(row.name), name);
	choose_initials(&row);
	if (!may_make(line, field, &row))
		return RC_OK;
	validate(line, field, &row);
	if (line->faults.count > 0)
		return RC_OK;
	place_compare(&(struct place_row){ 0 }, &row, changes);
	change_reword(changes, "parent", "", path_of(line, row.parent_id, ""));
	enum rc rc = store(line, &row, true);
	if (rc != RC_OK)
		return rc;
	struct import_result result = { .row = line->row,
		.outcome = IMPORT_NEW,
		.label = path_of(line, row.parent_id, row.name),
		.object_id = row.place_id,
		.faults = &none,
		.changes = changes };
	*parent_id = row.place_id;
	return import_emit(line, (int64_t)field + 1, &result);
}

/* Walks to the parent of the place in column last. */
static enum rc
walk(struct import_line *line, size_t last, int64_t *parent_id)
{
	char name[PLACE_NAME_MAX * 4 + 1];
	enum rc rc = RC_OK;

	*parent_id = 0;
	for (size_t field = SITE; field < last && rc == RC_OK && line->faults.count == 0; field++) {
		if (!take_name(line, field, PLACE_NAME_MAX, name, sizeof(name)))
			continue;
		if (*parent_id == 0 && field == BUILDING)
			*parent_id = import_only_site(line->world, name);
		int64_t id = world_place(line->world, *parent_id, name);
		if (id != 0)
			*parent_id = id;
		else
			rc = make_missing(line, field, parent_id, name);
	}
	return rc;
}

/* Nothing is made on the way to a place that is wrong itself. */
static bool
is_right(struct import_line *line, size_t last)
{
	char name[PLACE_NAME_MAX * 4 + 1];
	int64_t order;

	if (last > BUILDING && cell_is_empty(line, BUILDING))
		line_fault(line, BUILDING, "Required", "");
	for (size_t field = SITE; field <= last; field++)
		take_name(line, field, PLACE_NAME_MAX, name, sizeof(name));
	take_name(line, INITIALS, PLACE_INITIALS_MAX, name, sizeof(name));
	take_whole(line, ORDER, 0, &order);
	return line->faults.count == 0;
}

static enum rc
finish(struct import_line *line, size_t last, struct place_row *row, int64_t before)
{
	struct place_row old = { .kind = row->kind };

	if (before != 0)
		world_place_row(line->world, before, &old);
	if (before == 0 && cell_is_empty(line, INITIALS))
		choose_initials(row);
	if (before == 0 && cell_is_empty(line, ORDER))
		row->sort_order = line->row;
	take_name(line, INITIALS, PLACE_INITIALS_MAX, row->initials, sizeof(row->initials));
	take_whole(line, ORDER, 0, &row->sort_order);
	validate(line, last, row);
	line_once(line, last, row->parent_id, row->name);
	place_compare(&old, row, &line->changes);
	reword_place(line, "parent", old.parent_id, row->parent_id);
	line_judge(line, before);
	if (line->outcome != IMPORT_NEW && line->outcome != IMPORT_CHANGED)
		return RC_OK;
	enum rc rc = store(line, row, line->outcome == IMPORT_NEW);
	line->object_id = row->place_id;
	line->revision = row->revision;
	return rc;
}

static enum rc
place_line(struct import_line *line)
{
	struct place_row row = { 0 };
	size_t last = ROOM;

	line->outcome = IMPORT_WRONG;
	while (last > SITE && cell_is_empty(line, last))
		last--;
	if (cell_is_empty(line, last)) {
		line_fault(line, SITE, "Required", "");
		return RC_OK;
	}
	line->label = cell_text(line, last);
	if (!is_right(line, last))
		return RC_OK;
	int64_t parent_id;
	enum rc rc = walk(line, last, &parent_id);
	if (rc != RC_OK || line->faults.count > 0)
		return rc;
	take_name(line, last, PLACE_NAME_MAX, row.name, sizeof(row.name));
	if (last == BUILDING && parent_id == 0)
		parent_id = import_only_site(line->world, row.name);
	line->label = path_of(line, parent_id, row.name);
	int64_t before = world_place(line->world, parent_id, row.name);
	row.parent_id = parent_id;
	row.kind = (enum place_kind)last;
	if (before != 0 && world_place_row(line->world, before, &row))
		row.kind = (enum place_kind)last;
	if (before == 0 && !may_make(line, last, &row))
		return RC_OK;
	if (before != 0 && !world_sees_place(line->world, before)) {
		line_fault(line, last, "OutOfScope", "");
		return RC_OK;
	}
	line->object_id = before;
	return finish(line, last, &row, before);
}

/* ---- templates and the way back ---- */

static void
show(const struct import_world *world, struct arena *arena, int64_t id,
    const char *cells[IMPORT_FIELDS_MAX])
{
	struct place_row row;

	show_place(world, arena, id, cells);
	if (!world_place_row(world, id, &row))
		return;
	cells[INITIALS] = arena_strdup(arena, row.initials);
	cells[ORDER] = show_whole(arena, row.sort_order);
}

static int64_t
stored_at(const struct import_world *world, size_t n)
{
	int64_t id = world_place_at(world, n);

	return world_sees_place(world, id) ? id : 0;
}

static enum rc
erase(
    struct db *db, const struct import_past *past, bool is_touched, const struct operator_actor *by)
{
	struct place_row row;
	enum rc rc = place_load(db, past->object_id, &row);

	if (rc == RC_OK && !is_touched && row.revision != past->revision)
		rc = RC_CONFLICT;
	return rc == RC_OK ? place_remove(db, &row, NULL, by) : rc;
}

static bool
revision(const struct import_world *world, int64_t id, int64_t *out)
{
	struct place_row row;

	if (!world_place_row(world, id, &row))
		return false;
	*out = row.revision;
	return true;
}

const struct import_kind_table import_places = {
	.name = "places",
	.fields = FIELDS,
	.count = COUNT(FIELDS),
	.parts = WORLD_PLACES,
	.line = place_line,
	.show = show,
	.count_stored = world_place_count,
	.stored_at = stored_at,
	.erase = erase,
	.revision = revision,
};
