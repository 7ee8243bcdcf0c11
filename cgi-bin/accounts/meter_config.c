/* /accounts/meters/{id}/config: what the meter shall hold and what it holds, side by side. */
#include <stdlib.h>

#include "base/money.h"
#include "base/secret.h"
#include "base/text.h"
#include "meter_page.h"
#include "model/config_want.h"
#include "model/tariff_load.h"

#define REFRESH_S 2
#define OLD_MS	  (7 * 24 * CLOCK_HOUR)
#define UYUAN	  1000000

/* One line of a value: a label and what it is. */
static void
line(struct req *r, struct node *lines, const char *label, const char *value)
{
	struct node *node = node_add(r->view, lines);

	node_set(r->view, node, "Label", label);
	node_set(r->view, node, "Value", value);
}

static const char *
word(struct req *r, const char *key)
{
	return view_word(r->view, arena_printf(r->arena, "Accounts.Config.%s", key));
}

static void
show_prices(struct req *r, struct node *lines, const struct config_prices *prices)
{
	for (size_t i = 0; i < CONFIG_PERIODS; i++) {
		int64_t uyuan = prices->price_uyuan[i];
		const char *name = tariff_period_name((enum tariff_period)i);
		if (uyuan == CONFIG_NONE)
			continue;
		line(r, lines, view_word(r->view, arena_printf(r->arena, "Tou.%s", name)),
		    arena_printf(r->arena, "%s%lld.%04lld/kWh", currency_sign(r),
			(long long)(uyuan / UYUAN), (long long)(uyuan % UYUAN / 100)));
	}
}

/* "00:00 valley, 06:00 flat" */
static const char *
table_text(struct req *r, const struct config_table *table)
{
	const char *text = "";

	if (table->count == 0)
		return word(r, "NotSet");
	for (size_t i = 0; i < table->count; i++) {
		const struct config_slot *slot = &table->slots[i];
		const char *name = tariff_period_name((enum tariff_period)slot->period);
		text = arena_printf(r->arena, "%s%s%02u:%02u %s", text, i > 0 ? ", " : "",
		    slot->start_min / 60u, slot->start_min % 60u,
		    view_word(r->view, arena_printf(r->arena, "Tou.%s", name)));
	}
	return text;
}

static void
show_tou(struct req *r, struct node *lines, const struct config_tou *tou)
{
	const char *zones = tou->zone_count == 0 ? word(r, "NotSet") : "";

	for (size_t i = 0; i < CONFIG_TABLES; i++) {
		const char *const number[] = { i == 0 ? "1" : "2" };
		line(r, lines, view_phrase(r->view, "Accounts.Config.Table", number, 1),
		    table_text(r, &tou->tables[i]));
	}
	for (size_t i = 0; i < tou->zone_count; i++) {
		const struct config_zone *zone = &tou->zones[i];
		const char *const number[] = { zone->table == 1 ? "1" : "2" };
		zones = arena_printf(r->arena, "%s%s%02u-%02u %s %s", zones, i > 0 ? ", " : "",
		    zone->month, zone->day, word(r, "From"),
		    view_phrase(r->view, "Accounts.Config.Table", number, 1));
	}
	line(r, lines, word(r, "Zones"), zones);
}

static const char *
money(struct req *r, int64_t fen)
{
	char text[MONEY_TEXT_MAX];

	if (fen == CONFIG_NONE)
		return word(r, "NotHeld");
	money_format(fen, text, sizeof(text));
	return arena_printf(r->arena, "%s%s", currency_sign(r), text);
}

static void
show_alarms(struct req *r, struct node *lines, const struct config_alarms *alarms)
{
	line(r, lines, word(r, "Alarm1"), money(r, alarms->alarm1_fen));
	line(r, lines, word(r, "Alarm2"), money(r, alarms->alarm2_fen));
	line(r, lines, word(r, "Overdraft"), money(r, alarms->overdraft_fen));
}

void
config_value_show(struct req *r, struct node *lines, const struct config *config)
{
	const char *const offset[] = { arena_printf(
	    r->arena, "%lld", (long long)config->u.clock.offset_s) };

	switch (config->part) {
	case CONFIG_PRICES:
		show_prices(r, lines, &config->u.prices);
		break;
	case CONFIG_TOU:
		show_tou(r, lines, &config->u.tou);
		break;
	case CONFIG_ALARMS:
		show_alarms(r, lines, &config->u.alarms);
		break;
	case CONFIG_OVERLOAD:
		line(r, lines, word(r, "Limit"),
		    config->u.overload.limit_w == 0
			? word(r, "NoLimit")
			: arena_printf(r->arena, "%lld.%03lld kW",
			      (long long)(config->u.overload.limit_w / 1000),
			      (long long)(config->u.overload.limit_w % 1000)));
		break;
	case CONFIG_CLOCK:
		line(r, lines, "", view_phrase(r->view, "Accounts.Config.Offset", offset, 1));
		break;
	case CONFIG_PARTS:
		break;
	}
}

static const char *
state_of(const struct config_side *side)
{
	if (side->is_open)
		return "Open";
	if (side->why != WHY_NONE)
		return "NotNeeded";
	if (!side->is_held)
		return "NeverRead";
	return side->is_same ? "Same" : "Differs";
}

static void
show_part(struct req *r, struct node *node, enum config_part part, const struct config_side *side)
{
	struct node *wanted = node_child(r->view, node, "Wanted");
	struct node *held = node_child(r->view, node, "Held");

	node_set(r->view, node, "Name", config_part_name(part));
	node_set(r->view, node, "State", state_of(side));
	if (side->why == WHY_NONE && part == CONFIG_CLOCK)
		line(r, wanted, "", word(r, "Now"));
	else if (side->why == WHY_NONE)
		config_value_show(r, wanted, &side->wanted);
	else
		node_set(r->view, node, "Why", config_why_name(side->why));
	if (side->is_held)
		config_value_show(r, held, &side->held);
	node_time(r->view, node, "ReadAt", side->read_at, r->now, OLD_MS);
	node_bool(r->view, node, "MayWrite",
	    side->why == WHY_NONE && !side->is_open && may(r, PERM_METER_WRITE));
}

static void
show_key(struct req *r)
{
	unsigned char key[16];
	char text[33];

	secret_random(key, sizeof(key));
	text_hex(key, sizeof(key), text);
	view_set(r->view, "Order.Key", text);
}

enum rc
meter_config(struct req *r)
{
	struct meter_page state = { .tab = TABS, .day = clock_day(r->now) };
	struct config_want *wants;
	size_t count;
	bool is_open = false;
	enum rc rc;

	if (r->id == 0)
		return RC_NOT_FOUND;
	rc = meter_find(r->db, r->arena, r->scope, r->id, clock_day(r->now), &state.detail);
	if (rc == RC_OK)
		rc = config_want(r->db, r->arena, r->id, r->now, &wants, &count);
	if (rc != RC_OK || count == 0)
		return rc == RC_OK ? RC_NOT_FOUND : rc;
	struct node *parts = view_node(r->view, "Parts");
	for (size_t part = 0; part < CONFIG_PARTS; part++) {
		const struct config_side *side = &wants->parts[part];
		show_part(r, node_add(r->view, parts), (enum config_part)part, side);
		is_open |= side->is_open;
	}
	meter_head_show(r, &state.detail);
	meter_tabs_show(r, &state);
	view_time(r->view, "Until", wants->price_until, r->now, 0);
	view_bool(r->view, "IsWaiting", is_open);
	view_bool(r->view, "MayRead", wants->model != NULL && may(r, PERM_METER_WRITE));
	if (is_open)
		view_int(r->view, "Page.Refresh", REFRESH_S);
	show_key(r);
	return page(r, "accounts/meter_config.cs");
}
