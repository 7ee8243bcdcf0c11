/* Files with gateways, found by their name. */
#include "base/text.h"
#include "model/import_private.h"

enum { NAME, SITE, BUILDING, FLOOR, ROOM, NOTE };

static const struct import_field FIELDS[] = {
	[NAME] = { "name", IMPORT_TEXT, .is_key = true, .is_required = true,
	    .words = "name|gateway|网关|网关名称|名称|管理机|通讯管理机|通信管理机|串口服务器名称",
	    .examples = { "GW-01 一至四层", "GW-02 配电室" } },
	[SITE] = { "site", IMPORT_TEXT, .is_clearable = true, .words = "site|园区|项目|站点|小区",
	    .examples = { "云汇电商总部", "云汇电商总部" } },
	[BUILDING] = { "building", IMPORT_TEXT, .words = "building|楼栋|楼|建筑|楼号|楼宇|栋",
	    .examples = { "1号楼", "1号楼" } },
	[FLOOR] = { "floor", IMPORT_TEXT, .words = "floor|楼层|层", .examples = { "3层", "" } },
	[ROOM] = { "room", IMPORT_TEXT, .words = "room|房间|房号|位置", .examples = { "", "" } },
	[NOTE] = { "note", IMPORT_TEXT, .is_clearable = true, .words = "note|remark|备注|说明",
	    .examples = { "弱电井", "" } },
};

static enum rc
store(struct import_line *line, struct gateway_row *row)
{
	bool is_new = line->outcome == IMPORT_NEW;
	enum rc rc = RC_OK;

	if (line->is_applying)
		rc = is_new ? gateway_insert(line->run->db, row, &line->run->by)
			    : gateway_update(line->run->db, row, &line->run->by);
	else if (is_new)
		row->gateway_id = world_new_id(line->world);
	if (rc == RC_OK)
		world_put_gateway(line->world, row);
	line->object_id = row->gateway_id;
	line->revision = row->revision;
	return rc;
}

static enum rc
gateway_line(struct import_line *line)
{
	struct gateway_row row = { 0 }, old = { 0 };
	int64_t before = 0;

	line->label = cell_text(line, NAME);
	line_require(line);
	if (take_name(line, NAME, GATEWAY_NAME_MAX, row.name, sizeof(row.name)))
		before = world_gateway(line->world, row.name);
	if (before != 0 && world_gateway_row(line->world, before, &row))
		old = row;
	if (before != 0 && !world_sees_gateway(line->world, before))
		line_fault(line, NAME, "OutOfScope", "");
	line_place(line, SITE, &row.place_id);
	if (fault_find(&line->faults, "site") == NULL &&
	    !world_sees_place(line->world, row.place_id))
		line_fault(line, SITE, "OutOfScope", "");
	take_name(line, NOTE, GATEWAY_NOTE_MAX, row.note, sizeof(row.note));
	const struct import_rename names[] = { { "place", "site" } };
	gateway_validate(&row, world_lookups(line->world), &line->faults);
	line_rename(line, names, COUNT(names));
	line_once(line, NAME, 0, row.name);
	gateway_compare(&old, &row, &line->changes);
	reword_place(line, "place", old.place_id, row.place_id);
	line->object_id = before;
	line_judge(line, before);
	if (line->outcome != IMPORT_NEW && line->outcome != IMPORT_CHANGED)
		return RC_OK;
	return store(line, &row);
}

static void
show(const struct import_world *world, struct arena *arena, int64_t id,
    const char *cells[IMPORT_FIELDS_MAX])
{
	struct gateway_row row;

	if (!world_gateway_row(world, id, &row))
		return;
	cells[NAME] = arena_strdup(arena, row.name);
	show_place(world, arena, row.place_id, &cells[SITE]);
	cells[NOTE] = arena_strdup(arena, row.note);
}

static int64_t
stored_at(const struct import_world *world, size_t n)
{
	int64_t id = world_gateway_at(world, n);

	return world_sees_gateway(world, id) ? id : 0;
}

static enum rc
erase(
    struct db *db, const struct import_past *past, bool is_touched, const struct operator_actor *by)
{
	struct gateway_row row;
	enum rc rc = gateway_load(db, past->object_id, &row);

	if (rc == RC_OK && !is_touched && row.revision != past->revision)
		rc = RC_CONFLICT;
	return rc == RC_OK ? gateway_remove(db, &row, NULL, by) : rc;
}

static bool
revision(const struct import_world *world, int64_t id, int64_t *out)
{
	struct gateway_row row;

	if (!world_gateway_row(world, id, &row))
		return false;
	*out = row.revision;
	return true;
}

const struct import_kind_table import_gateways = {
	.name = "gateways",
	.fields = FIELDS,
	.count = COUNT(FIELDS),
	.parts = WORLD_PLACES | WORLD_GATEWAYS,
	.line = gateway_line,
	.show = show,
	.count_stored = world_gateway_count,
	.stored_at = stored_at,
	.erase = erase,
	.revision = revision,
};
