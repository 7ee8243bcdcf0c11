/* Files with meters, found by the maker's number on the plate. */
#include <string.h>

#include "base/text.h"
#include "model/import_private.h"
#include "model/meter_model.h"

enum {
	NUMBER,
	NAME,
	MODEL,
	GATEWAY,
	BUS,
	UNIT,
	BOX,
	PHASES,
	SITE,
	BUILDING,
	FLOOR,
	ROOM,
	CT,
	PT,
	RATED,
	MODE,
	PROTECTED,
	ALARM1,
	ALARM2,
	OVERLOAD,
	OVERDRAFT,
	HOLD,
	NOTE,
};

static const struct import_choice PHASE_CHOICES[] = {
	{ "1", "单相|single|single phase|1p|1相" },
	{ "3", "三相|three|three phase|3p|3相|三相四线" },
	{ NULL, NULL },
};

/* In the order of enum credit_mode. */
static const struct import_choice MODES[] = {
	{ "meter", "表计扣费|电表扣费|表内扣费|本地预付费|预付费|credit in the meter|prepaid" },
	{ "server", "系统扣费|服务器扣费|后台扣费|远程预付费|credit on the server" },
	{ "monitor", "只计量|仅计量|计量|监测|measured only|none" },
	{ NULL, NULL },
};

/* In the order of enum hold_mode. */
static const struct import_choice HOLDS[] = {
	{ "default", "默认|按系统设置|like the settings" },
	{ "never", "不保电|从不|no" },
	{ "always", "总是|始终保电|yes" },
	{ NULL, NULL },
};

static const struct import_field FIELDS[] = {
	[NUMBER] = { "number", IMPORT_CODE, .is_key = true, .is_required = true,
	    .words =
		"number|meter number|meter no|meter|meter id|表号|电表编号|电表号|表计编号|仪表编号|资产编号",
	    .examples = { "202303000367", "202303000370" } },
	[NAME] = { "name", IMPORT_TEXT, .is_clearable = true,
	    .words = "name|meter name|名称|电表名称|表名|用途", .examples = { "", "" } },
	[MODEL] = { "model", IMPORT_CODE, .is_required = true,
	    .words = "model|meter model|type|型号|电表型号|表型号|仪表型号",
	    .examples = { "adf300", "adf300" } },
	[GATEWAY] = { "gateway", IMPORT_TEXT, .is_required = true,
	    .words = "gateway|网关|网关名称|管理机|通讯管理机|通信管理机",
	    .examples = { "GW-01 一至四层", "GW-01 一至四层" } },
	[BUS] = { "bus", IMPORT_TEXT, .is_required = true,
	    .words = "bus|bus name|总线|总线名称|线路|通道", .examples = { "总线1", "总线1" } },
	[UNIT] = { "unit", IMPORT_WHOLE, .is_required = true,
	    .words =
		"unit|unit id|modbus address|address|地址|通讯地址|表地址|modbus地址|从站地址|通信地址",
	    .examples = { "73", "74" } },
	[BOX] = { "box_position", IMPORT_WHOLE, .is_clearable = true,
	    .words =
		"box position|loop|loop in the box|position|回路|回路号|箱内位置|表位|表箱位置",
	    .examples = { "1", "2" } },
	[PHASES] = { "phases", IMPORT_CHOICE, .words = "phases|phase|相数|相|单三相",
	    .choices = PHASE_CHOICES, .examples = { "1", "1" } },
	[SITE] = { "site", IMPORT_TEXT, .is_clearable = true, .words = "site|园区|项目|站点|小区",
	    .examples = { "云汇电商总部", "云汇电商总部" } },
	[BUILDING] = { "building", IMPORT_TEXT, .words = "building|楼栋|楼|建筑|楼号|楼宇|栋",
	    .examples = { "1号楼", "1号楼" } },
	[FLOOR] = { "floor", IMPORT_TEXT, .words = "floor|楼层|层", .examples = { "3层", "3层" } },
	[ROOM] = { "room", IMPORT_TEXT, .words = "room|房间|房号|房间号|室|铺位|单元",
	    .examples = { "301", "302" } },
	[CT] = { "ct_ratio", IMPORT_WHOLE,
	    .words = "ct ratio|ct|ct变比|电流变比|倍率|电流互感器变比|变比",
	    .examples = { "1", "1" } },
	[PT] = { "pt_ratio", IMPORT_WHOLE, .words = "pt ratio|pt|pt变比|电压变比|电压互感器变比",
	    .examples = { "1", "1" } },
	[RATED] = { "rated_power_w", IMPORT_WHOLE,
	    .words = "rated power|rated power w|额定功率|最大功率|容量", .examples = { "", "" } },
	[MODE] = { "credit_mode", IMPORT_CHOICE,
	    .words = "credit mode|mode|扣费方式|计费方式|付费方式|计费模式", .choices = MODES,
	    .examples = { "meter", "meter" } },
	[PROTECTED] = { "is_protected", IMPORT_FLAG,
	    .words = "protected|protected circuit|is protected|保电|保电回路|重要回路|不拉闸",
	    .examples = { "no", "no" } },
	[ALARM1] = { "alarm1", IMPORT_YUAN, .is_clearable = true,
	    .words =
		"alarm1|alarm 1|alarm amount 1|low credit 1|报警1|报警金额1|一级报警金额|报警一|一级报警",
	    .examples = { "", "" } },
	[ALARM2] = { "alarm2", IMPORT_YUAN, .is_clearable = true,
	    .words =
		"alarm2|alarm 2|alarm amount 2|low credit 2|报警2|报警金额2|二级报警金额|报警二|二级报警",
	    .examples = { "", "" } },
	[OVERLOAD] = { "overload_w", IMPORT_WHOLE, .is_clearable = true,
	    .words =
		"overload|overload limit|load limit|过载|过载门限|过载功率|负荷限值|功率限值|限功率|过载限值",
	    .examples = { "", "" } },
	[OVERDRAFT] = { "overdraft", IMPORT_YUAN, .is_clearable = true,
	    .words = "overdraft|透支|透支金额|可透支金额|透支限额|允许透支",
	    .examples = { "", "" } },
	[HOLD] = { "hold_mode", IMPORT_CHOICE,
	    .words = "hold mode|hold windows|hold|保电时段|不拉闸时段", .choices = HOLDS,
	    .examples = { "", "" } },
	[NOTE] = { "note", IMPORT_TEXT, .is_clearable = true, .words = "note|remark|备注|说明",
	    .examples = { "", "" } },
};

/* ---- what it hangs on ---- */

static void
find_model(struct import_line *line, struct meter_row *row)
{
	const char *typed = cell_text(line, MODEL);
	struct near near;

	if (*typed == '\0')
		return;
	int64_t id = world_model(line->world, typed);
	if (id != 0) {
		row->meter_model_id = id;
		return;
	}
	near_begin(&near, typed);
	world_near_model(line->world, &near);
	line_not_found(line, MODEL, typed, &near);
}

/* The gateway of the line, or of the bus the meter hangs on. */
static int64_t
find_gateway(struct import_line *line, const struct meter_row *row)
{
	struct bus_row bus = { 0 };
	char name[GATEWAY_NAME_MAX * 4 + 1];
	struct near near;

	if (cell_is_empty(line, GATEWAY)) {
		world_bus_row(line->world, row->bus_id, &bus);
		return bus.gateway_id;
	}
	if (!take_name(line, GATEWAY, GATEWAY_NAME_MAX, name, sizeof(name)))
		return 0;
	int64_t id = world_gateway(line->world, name);
	if (id != 0 && world_sees_gateway(line->world, id))
		return id;
	near_begin(&near, name);
	world_near_gateway(line->world, &near);
	line_not_found(line, GATEWAY, name, &near);
	return 0;
}

static void
find_bus(struct import_line *line, struct meter_row *row)
{
	char name[BUS_NAME_MAX * 4 + 1];
	struct near near;

	if (cell_is_empty(line, BUS)) {
		if (!cell_is_empty(line, GATEWAY) && row->bus_id != 0)
			line_fault(line, BUS, "Required", "");
		return;
	}
	int64_t gateway_id = find_gateway(line, row);
	if (gateway_id == 0 || !take_name(line, BUS, BUS_NAME_MAX, name, sizeof(name)))
		return;
	int64_t id = world_bus(line->world, gateway_id, name);
	if (id != 0) {
		row->bus_id = id;
		return;
	}
	near_begin(&near, name);
	world_near_bus(line->world, gateway_id, &near);
	line_not_found(line, BUS, name, &near);
}

/* ---- the row ---- */

static void
take_settings(struct import_line *line, struct meter_row *row)
{
	int64_t choice;

	take_whole(line, CT, 1, &row->ct_ratio);
	take_whole(line, PT, 1, &row->pt_ratio);
	take_whole(line, RATED, 0, &row->rated_power_w);
	if (take_choice(line, MODE, &choice))
		row->credit_mode = (enum credit_mode)choice;
	take_flag(line, PROTECTED, &row->is_protected);
	take_yuan(line, ALARM1, METER_DEFAULT, &row->alarm1_fen);
	take_yuan(line, ALARM2, METER_DEFAULT, &row->alarm2_fen);
	take_whole(line, OVERLOAD, METER_DEFAULT, &row->overload_w);
	take_yuan(line, OVERDRAFT, METER_DEFAULT, &row->overdraft_fen);
	if (take_choice(line, HOLD, &choice))
		row->hold_mode = (enum hold_mode)choice;
	take_name(line, NOTE, METER_NOTE_MAX, row->note, sizeof(row->note));
}

static void
take_values(struct import_line *line, struct meter_row *row)
{
	int64_t choice;

	take_name(line, NAME, METER_NAME_MAX, row->name, sizeof(row->name));
	find_model(line, row);
	find_bus(line, row);
	take_whole(line, UNIT, 0, &row->unit);
	take_whole(line, BOX, 0, &row->box_position);
	if (take_choice(line, PHASES, &choice))
		row->phases = choice == 0 ? 1 : 3;
	line_place(line, SITE, &row->place_id);
	if (fault_find(&line->faults, "site") == NULL &&
	    !world_sees_place(line->world, row->place_id))
		line_fault(line, SITE, "OutOfScope", "");
	take_settings(line, row);
}

/* A model that keeps no credit is measured only, unless the line says otherwise. */
static void
choose_mode(struct import_line *line, struct meter_row *row)
{
	const struct world *world = world_lookups(line->world);
	const struct meter_model *model =
	    row->meter_model_id == 0 ? NULL : world->model(world->context, row->meter_model_id);

	if (cell_is_empty(line, MODE) && model != NULL && !model->has_credit)
		row->credit_mode = CREDIT_MONITOR;
}

static const char *
bus_path(struct import_line *line, int64_t bus_id)
{
	struct gateway_row gateway = { 0 };
	struct bus_row bus;

	if (bus_id == 0 || !world_bus_row(line->world, bus_id, &bus))
		return "";
	world_gateway_row(line->world, bus.gateway_id, &gateway);
	return arena_printf(line->arena, "%s / %s", gateway.name, bus.name);
}

static void
reword(struct import_line *line, const struct meter_row *old, const struct meter_row *row)
{
	reword_place(line, "place", old->place_id, row->place_id);
	change_reword(
	    &line->changes, "bus", bus_path(line, old->bus_id), bus_path(line, row->bus_id));
	change_reword(&line->changes, "model", world_model_code(line->world, old->meter_model_id),
	    world_model_code(line->world, row->meter_model_id));
}

static enum rc
store(struct import_line *line, struct meter_row *row)
{
	bool is_new = line->outcome == IMPORT_NEW;
	enum rc rc = RC_OK;

	if (line->is_applying)
		rc = is_new ? meter_insert_named(line->run->db, row, &line->changes, &line->run->by)
			    : meter_update(line->run->db, row, &line->run->by);
	else if (is_new)
		row->meter_id = world_new_id(line->world);
	if (rc == RC_OK)
		world_put_meter(line->world, row);
	line->object_id = row->meter_id;
	line->revision = row->revision;
	return rc;
}

static enum rc
meter_line(struct import_line *line)
{
	static const struct import_rename names[] = { { "place", "site" } };
	struct meter_row row = meter_default(), old = { 0 };
	char number[METER_NUMBER_MAX + 1] = "";
	int64_t before = 0;

	line->label = cell_text(line, NUMBER);
	if (take_code(line, NUMBER, number, sizeof(number)))
		before = world_meter(line->world, number);
	if (before != 0 && world_meter_row(line->world, before, &row)) {
		old = row;
		if (!world_sees_place(line->world, row.place_id))
			line_fault(line, NUMBER, "OutOfScope", "");
	} else {
		line_require(line);
		text_copy(row.number, sizeof(row.number), number);
	}
	take_values(line, &row);
	if (before == 0)
		choose_mode(line, &row);
	meter_validate(&row, world_lookups(line->world), &line->faults);
	line_rename(line, names, COUNT(names));
	if (fault_find(&line->faults, "gateway") != NULL)
		line_drop(line, "bus");
	if (*number != '\0')
		line_once(line, NUMBER, 0, number);
	meter_compare(&old, &row, &line->changes);
	reword(line, &old, &row);
	line->object_id = before;
	line_judge(line, before);
	if (line->outcome != IMPORT_NEW && line->outcome != IMPORT_CHANGED)
		return RC_OK;
	return store(line, &row);
}

/* ---- templates and the way back ---- */

static void
show(const struct import_world *world, struct arena *arena, int64_t id,
    const char *cells[IMPORT_FIELDS_MAX])
{
	struct gateway_row gateway = { 0 };
	struct bus_row bus = { 0 };
	struct meter_row row;

	if (!world_meter_row(world, id, &row))
		return;
	world_bus_row(world, row.bus_id, &bus);
	world_gateway_row(world, bus.gateway_id, &gateway);
	cells[NUMBER] = arena_strdup(arena, row.number);
	cells[NAME] = arena_strdup(arena, row.name);
	cells[MODEL] = world_model_code(world, row.meter_model_id);
	cells[GATEWAY] = arena_strdup(arena, gateway.name);
	cells[BUS] = arena_strdup(arena, bus.name);
	cells[UNIT] = show_whole(arena, row.unit);
	cells[BOX] = show_whole_or(arena, 0, row.box_position);
	cells[PHASES] = row.phases == 3 ? "3" : "1";
	show_place(world, arena, row.place_id, &cells[SITE]);
	cells[CT] = show_whole(arena, row.ct_ratio);
	cells[PT] = show_whole(arena, row.pt_ratio);
	cells[RATED] = show_whole(arena, row.rated_power_w);
	cells[MODE] = credit_mode_name(row.credit_mode);
	cells[PROTECTED] = row.is_protected ? "yes" : "no";
	cells[ALARM1] = show_yuan_or(arena, METER_DEFAULT, row.alarm1_fen);
	cells[ALARM2] = show_yuan_or(arena, METER_DEFAULT, row.alarm2_fen);
	cells[OVERLOAD] = show_whole_or(arena, METER_DEFAULT, row.overload_w);
	cells[OVERDRAFT] = show_yuan_or(arena, METER_DEFAULT, row.overdraft_fen);
	cells[HOLD] = hold_mode_name(row.hold_mode);
	cells[NOTE] = arena_strdup(arena, row.note);
}

static int64_t
stored_at(const struct import_world *world, size_t n)
{
	struct meter_row row;
	int64_t id = world_meter_at(world, n);

	return world_meter_row(world, id, &row) && world_sees_place(world, row.place_id) ? id : 0;
}

static enum rc
erase(
    struct db *db, const struct import_past *past, bool is_touched, const struct operator_actor *by)
{
	struct meter_row row;
	enum rc rc = meter_load_row(db, past->object_id, &row);

	if (rc == RC_OK && !is_touched && row.revision != past->revision)
		rc = RC_CONFLICT;
	return rc == RC_OK ? meter_erase(db, &row, by) : rc;
}

static bool
revision(const struct import_world *world, int64_t id, int64_t *out)
{
	struct meter_row row;

	if (!world_meter_row(world, id, &row))
		return false;
	*out = row.revision;
	return true;
}

const struct import_kind_table import_meters = {
	.name = "meters",
	.fields = FIELDS,
	.count = COUNT(FIELDS),
	.parts = WORLD_PLACES | WORLD_GATEWAYS | WORLD_BUSES | WORLD_METERS,
	.line = meter_line,
	.show = show,
	.count_stored = world_meter_count,
	.stored_at = stored_at,
	.erase = erase,
	.revision = revision,
};
