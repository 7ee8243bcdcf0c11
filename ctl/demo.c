/*
 * voltillctl demo load --port N --dir DIR: places, gateways, buses, meters and tenants of the
 * building, once; the ports of the simulator and its configuration, every time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pinyin.h"
#include "base/text.h"
#include "demo.h"

enum {
	IS_LOADED,
	PLACE,
	GATEWAY,
	BUS,
	BUS_ADDRESS,
	METER,
	ACCOUNT,
	ACCOUNT_METER,
	SETTING,
};

static const struct query Q[] QUERIES = {
	[IS_LOADED] = { .sql = "SELECT COUNT(*) FROM gateway", .bounded = "one row" },
	[PLACE] = { .sql = "INSERT INTO place (parent_id, kind, name, initials, sort_order) VALUES "
			   "(?, ?, ?, ?, ?)" },
	[GATEWAY] = { .sql = "INSERT INTO gateway (name, place_id, note) VALUES (?, ?, ?)" },
	[BUS] = { .sql = "INSERT INTO bus (gateway_id, name, transport, response_timeout_ms) "
			 "VALUES (?, ?, ?, 500)" },
	[BUS_ADDRESS] = { .sql = "UPDATE bus SET host = ?, port = ?, device = ? WHERE name = ?" },
	[METER] = { .sql = "INSERT INTO meter (number, name, meter_model_id, bus_id, unit, "
			   "box_position, phases, place_id,"
			   " rated_power_w, credit_mode, is_protected, installed_at)"
			   " SELECT ?, ?, meter_model_id, ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3) "
			   "- INTERVAL 400 DAY"
			   " FROM meter_model WHERE code = ?" },
	[ACCOUNT] = { .sql = "INSERT INTO account (number, name, initials, phone, opened_at)"
			     " VALUES (?, ?, ?, ?, UTC_TIMESTAMP(3) - INTERVAL 390 DAY)" },
	[ACCOUNT_METER] = { .sql = "INSERT INTO account_meter (meter_id, account_id, began_at)"
				   " VALUES (?, ?, UTC_TIMESTAMP(3) - INTERVAL 390 DAY)" },
	[SETTING] = { .sql = "INSERT INTO setting (name, value) VALUES (?, ?) ON DUPLICATE KEY "
			     "UPDATE value = VALUES(value)" },
};

struct loading {
	int64_t building_id;
	int64_t floor_id[DEMO_FLOORS + 1];
	int64_t bus_id[DEMO_LINES];
	int accounts;
};

static enum rc
add_place(struct db *db, int64_t parent_id, const char *kind, const char *name, int order,
    int64_t *place_id)
{
	char initials[64];
	enum rc rc;

	pinyin_initials(name, initials, sizeof initials);
	rc = db_exec(db, &Q[PLACE],
	    ARGS(parent_id != 0 ? I(parent_id) : NIL, S(kind), S(name), S(initials), I(order)));
	if (rc == RC_OK)
		*place_id = db_last_id(db);
	return rc;
}

static enum rc
add_places(struct db *db, struct loading *l)
{
	int64_t site_id;
	char name[32];
	enum rc rc = add_place(db, 0, "site", "云汇电商总部", 0, &site_id);

	if (rc == RC_OK)
		rc = add_place(db, site_id, "building", "1号楼", 1, &l->building_id);
	for (int floor = DEMO_FLOORS; rc == RC_OK && floor >= 1; floor--) {
		snprintf(name, sizeof name, "%d层", floor);
		rc = add_place(
		    db, l->building_id, "floor", name, DEMO_FLOORS - floor, &l->floor_id[floor]);
	}
	if (rc == RC_OK)
		rc = add_place(db, l->building_id, "floor", "地下车库", DEMO_FLOORS,
		    &l->floor_id[DEMO_CAR_PARK]);
	return rc;
}

static enum rc
add_buses(struct db *db, struct loading *l)
{
	static const struct {
		const char *name, *note;
		enum demo_line first, last;
	} gateways[] = {
		{ "GW-01 串口服务器", "双口 RS-485，弱电间", DEMO_LINE_A, DEMO_LINE_B },
		{ "GW-02 配电室", "Modbus TCP 网关", DEMO_LINE_MAIN, DEMO_LINE_MAIN },
		{ "采集机串口", "地下车库", DEMO_LINE_PARK, DEMO_LINE_PARK },
	};
	enum rc rc = RC_OK;

	for (size_t g = 0; rc == RC_OK && g < COUNT(gateways); g++) {
		int64_t gateway_id;

		rc = db_exec(db, &Q[GATEWAY],
		    ARGS(S(gateways[g].name), I(l->building_id), S(gateways[g].note)));
		gateway_id = db_last_id(db);
		for (enum demo_line line = gateways[g].first;
		     rc == RC_OK && line <= gateways[g].last; line++) {
			rc = db_exec(db, &Q[BUS],
			    ARGS(I(gateway_id), S(demo_lines[line].name),
				S(demo_lines[line].transport)));
			l->bus_id[line] = db_last_id(db);
		}
	}
	return rc;
}

static enum rc
add_tenant(struct db *db, struct loading *l, const struct demo_meter *m, int64_t meter_id)
{
	char initials[64], number[20];
	enum rc rc;

	pinyin_initials(m->tenant, initials, sizeof initials);
	snprintf(number, sizeof number, "A%05d", ++l->accounts);
	rc = db_exec(db, &Q[ACCOUNT], ARGS(S(number), S(m->tenant), S(initials), S(m->phone)));
	return rc == RC_OK ? db_exec(db, &Q[ACCOUNT_METER], ARGS(I(meter_id), I(db_last_id(db))))
			   : rc;
}

static enum rc
add_meter(struct db *db, struct loading *l, const struct demo_meter *m, int order)
{
	int64_t place_id = l->floor_id[m->floor], meter_id;
	const char *mode = m->line == DEMO_LINE_MAIN ? "monitor" : "meter";
	int64_t rated_w = m->line == DEMO_LINE_MAIN ? 500000 : m->phases == 3 ? 66000 : 17600;
	enum rc rc = RC_OK;

	if (m->room[0] != '\0')
		rc = add_place(db, l->floor_id[m->floor], "room", m->room, order, &place_id);
	if (rc == RC_OK) {
		rc = db_exec(db, &Q[METER],
		    ARGS(S(m->number), S(m->name), I(l->bus_id[m->line]), I(m->unit),
			m->box_position != 0 ? I(m->box_position) : NIL, I(m->phases), I(place_id),
			I(rated_w), S(mode), I(m->is_protected), S(m->model)));
	}
	meter_id = db_last_id(db);
	if (rc == RC_OK && m->tenant[0] != '\0')
		rc = add_tenant(db, l, m, meter_id);
	return rc;
}

static enum rc
load_building(struct db *db, void *context)
{
	static struct demo_meter meters[DEMO_METERS];
	struct loading l = { 0 };
	enum rc rc = add_places(db, &l);

	(void)context;
	if (rc == RC_OK)
		rc = add_buses(db, &l);
	demo_building(meters);
	for (int i = 0; rc == RC_OK && i < DEMO_METERS; i++)
		rc = add_meter(db, &l, &meters[i], i);
	if (rc == RC_OK)
		rc = db_exec(db, &Q[SETTING], ARGS(S("site.name"), S("云汇电商总部")));
	/* Several people look at a demonstration under one name. */
	if (rc == RC_OK)
		rc = db_exec(db, &Q[SETTING], ARGS(S("session.parallel_max"), S("50")));
	return rc;
}

static enum rc
set_addresses(struct db *db, const char *dir, int first_port)
{
	char device[128];
	enum rc rc = RC_OK;

	for (int line = DEMO_LINE_A; rc == RC_OK && line <= DEMO_LINE_MAIN; line++) {
		rc = db_exec(db, &Q[BUS_ADDRESS],
		    ARGS(S("127.0.0.1"), I(first_port + line), S(""), S(demo_lines[line].name)));
	}
	snprintf(device, sizeof device, "%s/park", dir);
	return rc == RC_OK ? db_exec(db, &Q[BUS_ADDRESS],
				 ARGS(S(""), I(0), S(device), S(demo_lines[DEMO_LINE_PARK].name)))
			   : rc;
}

static enum rc
demo_load(struct db *db, const char *dir, int first_port)
{
	char path[256];
	int64_t gateways;
	enum rc rc = db_int(db, &Q[IS_LOADED], NO_ARGS, &gateways);

	if (rc == RC_OK && gateways == 0)
		rc = db_transact(db, load_building, NULL);
	if (rc == RC_OK)
		rc = demo_tariff(db);
	if (rc == RC_OK)
		rc = set_addresses(db, dir, first_port);
	snprintf(path, sizeof path, "%s/sim.conf", dir);
	return rc == RC_OK ? demo_sim_write(path, dir, first_port) : rc;
}

enum rc
ctl_demo(struct ctl *ctl, int argc, char **argv)
{
	int64_t port;

	if (argc == 2 && strcmp(argv[1], "history") == 0)
		return demo_history_load(ctl->db);
	if (argc == 2 && strcmp(argv[1], "money") == 0)
		return demo_money(ctl->db);
	if (argc == 4 && strcmp(argv[1], "load") == 0 &&
	    text_parse_uint(argv[3], 65000, &port) == RC_OK)
		return demo_load(ctl->db, argv[2], (int)port);
	fprintf(stderr,
	    "usage: voltillctl demo load DIR FIRST_PORT\n       voltillctl demo history < TSV\n"
	    "       voltillctl demo money\n");
	return RC_INVALID;
}
