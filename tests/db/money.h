/*
 * money.h - what the tests of the money model share: a building with shops, and the server.
 *
 * tests/db/run.sh started the server; other tests leave rows behind, so names carry a number that
 * is new for each run of a test. Connections are opened under the programs' own accounts, so that
 * the grants are tested along.
 */
#ifndef VOLTILL_TEST_MONEY_H
#define VOLTILL_TEST_MONEY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/log.h"
#include "base/secret.h"
#include "model/ledger.h"
#include "model/operator.h"

#define PRICE_UYUAN 800000 /* 0.80 per kWh */

enum {
	MONEY_PLACE,
	MONEY_GATEWAY,
	MONEY_BUS,
	MONEY_COLLECTOR,
	MONEY_LEASE,
	MONEY_MODEL,
	MONEY_METER,
	MONEY_STATE,
	MONEY_ACCOUNT,
	MONEY_SERVE,
	MONEY_ROLE,
	MONEY_OPERATOR,
	MONEY_SHIFT,
	MONEY_SHOW,
	MONEY_SALE_STATE,
	MONEY_DELIVERY,
	MONEY_DELIVERY_STATE,
	MONEY_COMMAND_STATE,
	MONEY_SUM,
	MONEY_UNBALANCED,
	MONEY_OFF,
	MONEY_GAPS,
	MONEY_SALES,
	MONEY_JOURNALS,
	MONEY_SETTING,
	MONEY_END_ALARMS,
	MONEY_ALARMS,
};
static const struct query MONEY[] QUERIES = {
	[MONEY_PLACE] = { .sql = "INSERT INTO place (parent_id, kind, name) VALUES (?, ?, ?)" },
	[MONEY_GATEWAY] = { .sql = "INSERT INTO gateway (name) VALUES (?)" },
	[MONEY_BUS] = { .sql = "INSERT INTO bus (gateway_id, name, transport, host, port)"
			       " VALUES (?, ?, 'tcp', '127.0.0.1', 1)" },
	[MONEY_COLLECTOR] = { .sql = "INSERT INTO collector (name) VALUES (?)" },
	[MONEY_LEASE] = { .sql = "INSERT INTO bus_lease (bus_id, collector_id, epoch, expires_at)"
				 " VALUES (?, ?, 1, UTC_TIMESTAMP(3) + INTERVAL 1 DAY)" },
	[MONEY_MODEL] = { .sql = "SELECT meter_model_id FROM meter_model WHERE code = 'ddsy1352'",
	    .bounded = "unique key" },
	[MONEY_METER] = { .sql = "INSERT INTO meter (number, meter_model_id, bus_id, unit,"
				 " place_id, credit_mode) VALUES (?, ?, ?, ?, ?, ?)" },
	[MONEY_STATE] = { .sql = "INSERT INTO meter_state (meter_id, read_at, energy_wh,"
				 " credit_fen, purchase_count, relay_closed)"
				 " VALUES (?, ?, ?, ?, ?, 1)" },
	[MONEY_ACCOUNT] = { .sql = "INSERT INTO account (number, name, initials, phone, opened_at)"
				   " VALUES (?, ?, 'XTCY', ?, UTC_TIMESTAMP(3))" },
	[MONEY_SERVE] = { .sql = "INSERT INTO account_meter (meter_id, began_at, account_id)"
				 " VALUES (?, ?, ?)" },
	[MONEY_ROLE] = { .sql = "SELECT role_id FROM role WHERE code = ?",
	    .bounded = "unique key" },
	[MONEY_OPERATOR] = { .sql = "INSERT INTO operator (username, display_name, role_id)"
				    " VALUES (?, ?, ?)" },
	[MONEY_SHIFT] = { .sql = "INSERT INTO shift (operator_id, opened_at, biz_day, float_fen)"
				 " VALUES (?, ?, ?, ?)" },
	[MONEY_SHOW] = { .sql = "UPDATE meter_state SET read_at = ?, energy_wh = ?,"
				" credit_fen = ?, purchase_count = ? WHERE meter_id = ?" },
	[MONEY_SALE_STATE] = { .sql = "SELECT state FROM sale WHERE sale_id = ?",
	    .bounded = "primary key" },
	[MONEY_DELIVERY] = { .sql = "SELECT command_id FROM delivery WHERE sale_id = ?"
				    " ORDER BY command_id DESC LIMIT 1" },
	[MONEY_DELIVERY_STATE] = { .sql = "SELECT state FROM delivery WHERE command_id = ?",
	    .bounded = "primary key" },
	[MONEY_COMMAND_STATE] = { .sql = "SELECT state FROM command WHERE command_id = ?",
	    .bounded = "primary key" },
	[MONEY_SUM] = { .sql = "SELECT CAST(COALESCE(SUM(amount_fen), 0) AS SIGNED) FROM posting"
			       " WHERE ledger = ? AND account_id = ?",
	    .bounded = "one row" },
	[MONEY_UNBALANCED] = { .sql = "SELECT COUNT(*) FROM (SELECT j.journal_id FROM journal j"
				      " LEFT JOIN posting p USING (journal_id)"
				      " GROUP BY j.journal_id"
				      " HAVING COALESCE(SUM(p.amount_fen), 1) <> 0"
				      " OR COUNT(p.line) < 2) AS bad",
	    .bounded = "one row" },
	[MONEY_OFF] = { .sql =
			    "SELECT COUNT(*) FROM (SELECT b.account_id, b.meter_id FROM"
			    " ledger_balance b LEFT JOIN posting p ON p.account_id = b.account_id"
			    " AND p.meter_id = b.meter_id"
			    " AND p.ledger IN ('transit', 'credit', 'payable')"
			    " GROUP BY b.account_id, b.meter_id HAVING"
			    " MAX(b.transit_fen) <> -COALESCE(SUM(IF(p.ledger = 'transit',"
			    " p.amount_fen, 0)), 0)"
			    " OR MAX(b.credit_fen) <> -COALESCE(SUM(IF(p.ledger = 'credit',"
			    " p.amount_fen, 0)), 0)"
			    " OR MAX(b.payable_fen) <> -COALESCE(SUM(IF(p.ledger = 'payable',"
			    " p.amount_fen, 0)), 0)) AS bad",
	    .bounded = "one row" },
	[MONEY_GAPS] = { .sql = "SELECT COUNT(*) FROM (SELECT c.series FROM receipt_counter c"
				" LEFT JOIN sale s USING (series, operator_id, biz_day)"
				" WHERE s.sale_id IS NOT NULL"
				" GROUP BY c.series, c.operator_id, c.biz_day"
				" HAVING COUNT(s.sale_id) <> MAX(c.last_seq)"
				" OR MAX(s.receipt_seq) <> MAX(c.last_seq)) AS bad",
	    .bounded = "one row" },
	[MONEY_SALES] = { .sql = "SELECT COUNT(*) FROM sale WHERE account_id = ?",
	    .bounded = "one row" },
	[MONEY_JOURNALS] = { .sql = "SELECT COUNT(*) FROM journal WHERE account_id = ?",
	    .bounded = "one row" },
	[MONEY_SETTING] = { .sql = "INSERT INTO setting (name, value) VALUES (?, ?)"
				   " ON DUPLICATE KEY UPDATE value = VALUES(value)" },
	[MONEY_END_ALARMS] = { .sql = "UPDATE alarm SET ended_at = UTC_TIMESTAMP(3)"
				      " WHERE meter_id = ? AND ended_at IS NULL" },
	[MONEY_ALARMS] = { .sql = "SELECT COUNT(*) FROM alarm WHERE meter_id = ? AND kind = ?"
				  " AND ended_at IS NULL",
	    .bounded = "one row" },
};

static struct conf conf;
static struct db *admin; /* of voltill_admin */

static struct {
	int64_t tag, site_id, building_id, room_id, bus_id, collector_id, model_id, unit;
} building;

struct shop {
	int64_t meter_id, account_id;
};

static struct db *
open_as(const char *account)
{
	struct db *db = NULL;

	assert_int_equal(db_open(&conf, account, &db), RC_OK);
	return db;
}

static int64_t
insert_row(enum rc rc)
{
	assert_int_equal(rc, RC_OK);
	return db_last_id(admin);
}

static int64_t
number_by(const struct query *query, struct args args)
{
	int64_t number = -1;

	assert_int_equal(db_int(admin, query, args, &number), RC_OK);
	return number;
}

/* Borrowed until the next call. */
static const char *
text_by(const struct query *query, struct args args)
{
	static char text[256];
	struct arena *arena = arena_new();
	const char *found = "";

	assert_int_equal(db_text(admin, query, args, arena, &found), RC_OK);
	(void)snprintf(text, sizeof(text), "%s", found);
	arena_free(arena);
	return text;
}

static const char *
named(const char *what, int64_t number)
{
	static char texts[8][64];
	static size_t at;

	at = (at + 1) % 8;
	(void)snprintf(
	    texts[at], sizeof(texts[at]), "%s%" PRId64 ".%" PRId64, what, building.tag, number);
	return texts[at];
}

static int
open_building(void **state)
{
	(void)state;
	conf_default(&conf);
	if (conf_load(&conf, getenv("VOLTILL_TEST_CONF")) != RC_OK ||
	    clock_set_zone("Asia/Shanghai") != RC_OK ||
	    db_open(&conf, "voltill_admin", &admin) != RC_OK)
		return -1;
	secret_random(&building.tag, sizeof(building.tag));
	building.tag = (building.tag & 0xffffff) + 1000000;
	building.site_id = insert_row(
	    db_exec(admin, &MONEY[MONEY_PLACE], ARGS(NIL, S("site"), S(named("site", 0)))));
	building.building_id = insert_row(
	    db_exec(admin, &MONEY[MONEY_PLACE], ARGS(I(building.site_id), S("building"), S("A"))));
	building.room_id = insert_row(db_exec(
	    admin, &MONEY[MONEY_PLACE], ARGS(I(building.building_id), S("room"), S("101"))));
	int64_t gateway =
	    insert_row(db_exec(admin, &MONEY[MONEY_GATEWAY], ARGS(S(named("gateway", 0)))));
	building.bus_id =
	    insert_row(db_exec(admin, &MONEY[MONEY_BUS], ARGS(I(gateway), S(named("bus", 0)))));
	building.collector_id =
	    insert_row(db_exec(admin, &MONEY[MONEY_COLLECTOR], ARGS(S(named("collector", 0)))));
	assert_int_equal(
	    db_exec(admin, &MONEY[MONEY_LEASE], ARGS(I(building.bus_id), I(building.collector_id))),
	    RC_OK);
	building.model_id = number_by(&MONEY[MONEY_MODEL], NO_ARGS);
	return 0;
}

static int
close_building(void **state)
{
	(void)state;
	db_close(admin);
	return 0;
}

/* A meter that was just read, of nobody. mode: meter, server, monitor. */
static int64_t
make_meter(const char *mode, int64_t count, int64_t credit_fen, int64_t energy_wh)
{
	char number[48];
	bool counts = strcmp(mode, "meter") == 0;

	building.unit++;
	(void)snprintf(
	    number, sizeof(number), "%" PRId64 "%03" PRId64, building.tag, building.unit);
	int64_t meter_id = insert_row(db_exec(admin, &MONEY[MONEY_METER],
	    ARGS(S(number), I(building.model_id), I(building.bus_id), I(building.unit),
		I(building.room_id), S(mode))));
	assert_int_equal(db_exec(admin, &MONEY[MONEY_STATE],
			     ARGS(I(meter_id), T(clock_now()), I(energy_wh),
				 counts ? I(credit_fen) : NIL, counts ? I(count) : NIL)),
	    RC_OK);
	return meter_id;
}

static struct shop
make_shop_of(const char *mode, int64_t count, int64_t credit_fen)
{
	struct shop shop = { .meter_id = make_meter(mode, count, credit_fen, 100000) };
	char number[48];

	(void)snprintf(number, sizeof(number), "%" PRId64 "-%" PRId64, building.tag, shop.meter_id);
	shop.account_id = insert_row(db_exec(
	    admin, &MONEY[MONEY_ACCOUNT], ARGS(S(number), S("星塔餐饮"), S("13800001234"))));
	assert_int_equal(
	    db_exec(admin, &MONEY[MONEY_SERVE],
		ARGS(I(shop.meter_id), T(clock_now() - CLOCK_HOUR), I(shop.account_id))),
	    RC_OK);
	return shop;
}

static struct shop
make_shop(int64_t count, int64_t credit_fen)
{
	return make_shop_of("meter", count, credit_fen);
}

/* What the meter showed at the newest answer. */
static void
show(int64_t meter_id, int64_t count, int64_t credit_fen, int64_t energy_wh)
{
	assert_int_equal(
	    db_exec(admin, &MONEY[MONEY_SHOW],
		ARGS(T(clock_now()), I(energy_wh), I(credit_fen), I(count), I(meter_id))),
	    RC_OK);
}

static int64_t
make_operator(const char *role)
{
	static int64_t count;
	int64_t role_id = number_by(&MONEY[MONEY_ROLE], ARGS(S(role)));
	char username[48];

	(void)snprintf(username, sizeof(username), "p%" PRId64 ".%" PRId64, building.tag, ++count);
	return insert_row(
	    db_exec(admin, &MONEY[MONEY_OPERATOR], ARGS(S(username), S("张三"), I(role_id))));
}

/* With an open shift. */
static int64_t
make_cashier(const char *role)
{
	int64_t operator_id = make_operator(role), now = clock_now();

	assert_int_equal(db_exec(admin, &MONEY[MONEY_SHIFT],
			     ARGS(I(operator_id), T(now), D(clock_day(now)), I(0))),
	    RC_OK);
	return operator_id;
}

static struct operator_actor
actor(int64_t operator_id)
{
	return (struct operator_actor){ .operator_id = operator_id,
		.actor = "test",
		.address = "127.0.0.1",
		.now = clock_now() };
}

static void
set_setting(const char *name, const char *value)
{
	assert_int_equal(db_exec(admin, &MONEY[MONEY_SETTING], ARGS(S(name), S(value))), RC_OK);
}

/* What a ledger holds for an account, with the sign turned: what we owe. */
static int64_t
owed(const char *ledger, int64_t account_id)
{
	return -number_by(&MONEY[MONEY_SUM], ARGS(S(ledger), I(account_id)));
}

static void
assert_balance(
    const struct shop *shop, int64_t transit_fen, int64_t credit_fen, int64_t payable_fen)
{
	struct ledger_balance balance;

	assert_int_equal(ledger_balance(admin, shop->account_id, shop->meter_id, &balance), RC_OK);
	assert_int_equal(balance.transit_fen, transit_fen);
	assert_int_equal(balance.credit_fen, credit_fen);
	assert_int_equal(balance.payable_fen, payable_fen);
}

/* What holds for all books at any moment. */
static void
assert_books(void)
{
	assert_int_equal(number_by(&MONEY[MONEY_UNBALANCED], NO_ARGS), 0);
	assert_int_equal(number_by(&MONEY[MONEY_OFF], NO_ARGS), 0);
	assert_int_equal(number_by(&MONEY[MONEY_GAPS], NO_ARGS), 0);
}

#endif
