/* Files with buses, found by their gateway and name. */
#include "base/text.h"
#include "model/import_private.h"

enum {
	GATEWAY,
	NAME,
	TRANSPORT,
	HOST,
	PORT,
	DEVICE,
	BAUD,
	PARITY,
	STOP_BITS,
	TIMEOUT,
	GAP,
	STATUS_PERIOD,
	READING_PERIOD,
};

/* In the order of enum bus_transport. */
static const struct import_choice TRANSPORTS[] = {
	{ "rtu", "串口|本机串口|serial|serial port|modbus rtu|rs485|rs-485" },
	{ "tcp", "modbus tcp|modbustcp|网口" },
	{ "rtu_tcp", "串口服务器|透传|rtu over tcp|serial server|rtuovertcp|透明传输" },
	{ NULL, NULL },
};

static const struct import_choice PARITIES[] = {
	{ "N", "none|无|无校验" },
	{ "E", "even|偶|偶校验" },
	{ "O", "odd|奇|奇校验" },
	{ NULL, NULL },
};

static const struct import_field FIELDS[] = {
	[GATEWAY] = { "gateway", IMPORT_TEXT, .is_key = true, .is_required = true,
	    .words = "gateway|网关|网关名称|管理机|通讯管理机|通信管理机",
	    .examples = { "GW-01 一至四层", "GW-02 配电室" } },
	[NAME] = { "name", IMPORT_TEXT, .is_key = true, .is_required = true,
	    .words = "name|bus|总线|总线名称|名称|线路", .examples = { "总线1", "总线1" } },
	[TRANSPORT] = { "transport", IMPORT_CHOICE, .is_required = true,
	    .words = "transport|connection|连接方式|通讯方式|接入方式|协议", .choices = TRANSPORTS,
	    .examples = { "rtu_tcp", "tcp" } },
	[HOST] = { "host", IMPORT_CODE, .words = "host|ip|ip address|address|ip地址|地址|网关ip",
	    .examples = { "192.168.1.201", "192.168.1.202" } },
	[PORT] = { "port", IMPORT_WHOLE, .words = "port|tcp port|端口|端口号",
	    .examples = { "4001", "502" } },
	[DEVICE] = { "device", IMPORT_CODE, .words = "device|serial device|串口|串口设备|设备",
	    .examples = { "", "" } },
	[BAUD] = { "baud", IMPORT_WHOLE, .words = "baud|baud rate|波特率",
	    .examples = { "9600", "" } },
	[PARITY] = { "parity", IMPORT_CHOICE, .words = "parity|校验|校验位|奇偶校验",
	    .choices = PARITIES, .examples = { "N", "" } },
	[STOP_BITS] = { "stop_bits", IMPORT_WHOLE, .words = "stop bits|停止位",
	    .examples = { "1", "" } },
	[TIMEOUT] = { "response_timeout_ms", IMPORT_WHOLE,
	    .words = "response timeout|timeout|timeout ms|响应超时|超时|应答超时|应答等待",
	    .examples = { "", "" } },
	[GAP] = { "gap_ms", IMPORT_WHOLE, .words = "gap|pause|gap ms|间隔|帧间隔|请求间隔",
	    .examples = { "", "" } },
	[STATUS_PERIOD] = { "status_period_s", IMPORT_WHOLE,
	    .words = "status period|状态周期|状态轮询周期|巡检周期|刷新周期",
	    .examples = { "", "" } },
	[READING_PERIOD] = { "reading_period_s", IMPORT_WHOLE,
	    .words = "reading period|读数周期|抄表周期|冻结周期", .examples = { "", "" } },
};

static int64_t
find_gateway(struct import_line *line)
{
	char name[GATEWAY_NAME_MAX * 4 + 1];
	struct near near;

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
take_values(struct import_line *line, struct bus_row *row)
{
	int64_t choice;

	if (take_choice(line, TRANSPORT, &choice))
		row->transport = (enum bus_transport)choice;
	take_code(line, HOST, row->host, sizeof(row->host));
	take_whole(line, PORT, 0, &row->port);
	take_code(line, DEVICE, row->device, sizeof(row->device));
	take_whole(line, BAUD, 0, &row->baud);
	if (take_choice(line, PARITY, &choice))
		text_copy(row->parity, sizeof(row->parity), PARITIES[choice].code);
	take_whole(line, STOP_BITS, 0, &row->stop_bits);
	take_whole(line, TIMEOUT, 0, &row->response_timeout_ms);
	take_whole(line, GAP, 0, &row->gap_ms);
	take_whole(line, STATUS_PERIOD, 0, &row->status_period_s);
	take_whole(line, READING_PERIOD, 0, &row->reading_period_s);
	/* What the transport does not use is not stored. */
	if (row->transport == BUS_RTU) {
		row->host[0] = '\0';
		row->port = 0;
	} else
		row->device[0] = '\0';
}

static void
reword(struct import_line *line, const struct bus_row *old, const struct bus_row *row)
{
	struct gateway_row before = { 0 }, after = { 0 };

	world_gateway_row(line->world, old->gateway_id, &before);
	world_gateway_row(line->world, row->gateway_id, &after);
	change_reword(&line->changes, "gateway", before.name, after.name);
}

static enum rc
store(struct import_line *line, struct bus_row *row)
{
	bool is_new = line->outcome == IMPORT_NEW;
	enum rc rc = RC_OK;

	if (line->is_applying)
		rc = is_new ? bus_insert(line->run->db, row, &line->run->by)
			    : bus_update(line->run->db, row, &line->run->by);
	else if (is_new)
		row->bus_id = world_new_id(line->world);
	if (rc == RC_OK)
		world_put_bus(line->world, row);
	line->object_id = row->bus_id;
	line->revision = row->revision;
	return rc;
}

static enum rc
bus_line(struct import_line *line)
{
	struct bus_row row = bus_default(), old = { 0 };
	char name[BUS_NAME_MAX * 4 + 1] = "";
	int64_t gateway_id = find_gateway(line), before = 0;

	line->label =
	    arena_printf(line->arena, "%s / %s", cell_text(line, GATEWAY), cell_text(line, NAME));
	if (take_name(line, NAME, BUS_NAME_MAX, name, sizeof(name)) && gateway_id != 0)
		before = world_bus(line->world, gateway_id, name);
	if (before != 0 && world_bus_row(line->world, before, &row))
		old = row;
	else {
		line_require(line);
		row.gateway_id = gateway_id;
		text_copy(row.name, sizeof(row.name), name);
	}
	take_values(line, &row);
	bus_validate(&row, world_lookups(line->world), &line->faults);
	if (gateway_id != 0)
		line_once(line, NAME, gateway_id, name);
	bus_compare(&old, &row, &line->changes);
	reword(line, &old, &row);
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
	struct gateway_row gateway = { 0 };
	struct bus_row row;

	if (!world_bus_row(world, id, &row))
		return;
	world_gateway_row(world, row.gateway_id, &gateway);
	cells[GATEWAY] = arena_strdup(arena, gateway.name);
	cells[NAME] = arena_strdup(arena, row.name);
	cells[TRANSPORT] = bus_transport_name(row.transport);
	cells[HOST] = arena_strdup(arena, row.host);
	cells[PORT] = show_whole_or(arena, 0, row.port);
	cells[DEVICE] = arena_strdup(arena, row.device);
	cells[BAUD] = show_whole(arena, row.baud);
	cells[PARITY] = arena_strdup(arena, row.parity);
	cells[STOP_BITS] = show_whole(arena, row.stop_bits);
	cells[TIMEOUT] = show_whole(arena, row.response_timeout_ms);
	cells[GAP] = show_whole(arena, row.gap_ms);
	cells[STATUS_PERIOD] = show_whole(arena, row.status_period_s);
	cells[READING_PERIOD] = show_whole(arena, row.reading_period_s);
}

static int64_t
stored_at(const struct import_world *world, size_t n)
{
	struct bus_row row;
	int64_t id = world_bus_at(world, n);

	return world_bus_row(world, id, &row) && world_sees_gateway(world, row.gateway_id) ? id : 0;
}

static enum rc
erase(
    struct db *db, const struct import_past *past, bool is_touched, const struct operator_actor *by)
{
	struct bus_row row;
	enum rc rc = bus_load(db, past->object_id, &row);

	if (rc == RC_OK && !is_touched && row.revision != past->revision)
		rc = RC_CONFLICT;
	return rc == RC_OK ? bus_remove(db, &row, NULL, by) : rc;
}

static bool
revision(const struct import_world *world, int64_t id, int64_t *out)
{
	struct bus_row row;

	if (!world_bus_row(world, id, &row))
		return false;
	*out = row.revision;
	return true;
}

const struct import_kind_table import_buses = {
	.name = "buses",
	.fields = FIELDS,
	.count = COUNT(FIELDS),
	.parts = WORLD_PLACES | WORLD_GATEWAYS | WORLD_BUSES,
	.line = bus_line,
	.show = show,
	.count_stored = world_bus_count,
	.stored_at = stored_at,
	.erase = erase,
	.revision = revision,
};
