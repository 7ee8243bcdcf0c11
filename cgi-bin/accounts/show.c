/* What several pages show in the same way. */
#include "accounts.h"

#include <stdio.h>
#include <string.h>

#include "base/money.h"
#include "base/text.h"
#include "model/reading.h"
#include "model/relay.h"
#include "trouble.h"

const char *
decimal_text(struct req *r, int64_t value, int decimals)
{
	int64_t whole = value < 0 ? -value : value, unit = 1;

	for (int i = 0; i < decimals; i++)
		unit *= 10;
	return arena_printf(r->arena, "%s%lld.%0*lld", value < 0 ? "-" : "",
	    (long long)(whole / unit), decimals, (long long)(whole % unit));
}

const char *
power_text(struct req *r, int64_t power_w)
{
	char text[MONEY_TEXT_MAX];

	energy_format(power_w, 3, text, sizeof(text));
	return arena_strdup(r->arena, text);
}

const char *
percent_text(struct req *r, int permille)
{
	return permille == 1000 ? "100" : decimal_text(r, permille, 1);
}

const char *
meter_place(struct req *r, const struct meter *meter)
{
	const char *inner = *meter->room != '\0' ? meter->room : "";
	const char *outer = *meter->floor != '\0' ? meter->floor : meter->building;

	if (*inner == '\0')
		return outer;
	return *outer != '\0' ? arena_printf(r->arena, "%s %s", outer, inner) : inner;
}

const char *
meter_title(struct req *r, const struct meter *meter)
{
	const char *place = meter_place(r, meter);
	const char *name = *meter->tenant != '\0' ? meter->tenant
			   : *meter->name != '\0' ? meter->name
						  : meter->number;

	return *place != '\0' ? arena_printf(r->arena, "%s · %s", place, name) : name;
}

/* How the relay stands, and why in a word or two where that is worth saying: what stands as usual
 * needs none. */
static void
show_relay_word(struct req *r, struct node *node, const struct meter *meter)
{
	struct relay_view relay;

	relay_explain(&meter->control, meter->phases, meter->credit_fen, -1, -1, &relay);
	node_set(r->view, node, "Switch", relay_state_name(relay.state));
	if (relay.reason == REASON_NORMAL ||
	    (meter->account_id == 0 && relay.reason == REASON_UNCONTROLLED))
		return;
	const char *why = view_word(r->view,
	    arena_printf(r->arena, "Accounts.WhyShort.%s", relay_reason_name(relay.reason)));
	node_set(r->view, node, "Why", *why != '\0' ? why : NULL);
}

/* "kept on until 12-03 18:00": the year goes without saying for what lasts a month at most. */
static const char *
kept_text(struct req *r, int64_t until_at)
{
	char text[24];

	clock_format_minute(until_at, text, sizeof(text));
	const char *const values[] = { arena_strdup(r->arena, text + strlen("2026-")) };
	return view_phrase(r->view, "Control.KeptUntil", values, 1);
}

/* What tiles, too, say of a meter. */
static void
show_common(struct req *r, struct node *node, const struct meter *meter)
{
	enum meter_status status = meter_status(meter);
	int64_t days = meter_days_left(meter);
	struct view *view = r->view;

	node_int(view, node, "Id", meter->meter_id);
	node_set(view, node, "Room", *meter->room != '\0' ? meter->room : meter->name);
	if (*meter->tenant != '\0' || *meter->room != '\0')
		node_set(view, node, "Name", *meter->tenant != '\0' ? meter->tenant : meter->name);
	node_set(view, node, "Status", meter_status_name(status));
	if (status == STATUS_LOST && meter->has_state)
		node_set(view, node, "Before", meter_status_name(meter_status_before(meter)));
	if (meter->has_state && meter->control.relay_closed >= 0)
		show_relay_word(r, node, meter);
	if (meter->kept_until > r->now)
		node_set(view, node, "Kept", kept_text(r, meter->kept_until));
	if (days >= 0) {
		const char *const values[] = { number_text(r, days) };
		node_set(view, node, "Lasts",
		    meter->credit_fen <= 0 ? view_word(view, "Accounts.Board.DaysNone")
		    : days == 0		   ? view_word(view, "Accounts.Board.DaysLess")
					   : view_phrase(view, "Accounts.Board.Days", values, 1));
	}
	node_bool(view, node, "IsNegative",
	    meter->credit_fen < 0 && meter->credit_fen != METER_NO_CREDIT);
	node_time(view, node, "Seen", meter->read_at, r->now, meter_old_after(meter));
}

void
meter_show(struct req *r, struct node *node, const struct meter *meter)
{
	show_common(r, node, meter);
	if (meter->credit_fen != METER_NO_CREDIT)
		node_money(r->view, node, "Credit", meter->credit_fen);
	if (meter->today_wh >= 0)
		node_energy(r->view, node, "Today", meter->today_wh);
	if (meter->power_w != METER_NO_VALUE)
		node_set(r->view, node, "Power", power_text(r, meter->power_w));
}

void
tile_show(
    struct req *r, struct node *node, const struct meter *meter, const struct tile_words *words)
{
	char today[MONEY_TEXT_MAX], power[MONEY_TEXT_MAX];
	bool has_today = meter->today_wh >= 0, has_power = meter->power_w != METER_NO_VALUE;

	show_common(r, node, meter);
	if (meter->credit_fen != METER_NO_CREDIT)
		node_set(r->view, node, "Money", money_text(r, meter->credit_fen));
	else if (meter->credit_mode == CREDIT_MONITOR)
		node_set(r->view, node, "Note", words->monitor);
	if (has_today)
		energy_format(meter->today_wh, 2, today, sizeof(today));
	if (has_power)
		energy_format(meter->power_w, 3, power, sizeof(power));
	if (has_today || has_power)
		node_set(r->view, node, "Use",
		    arena_printf(r->arena, "%s%s%s%s%s%s%s", has_today ? today : "",
			has_today ? " " : "", has_today ? words->kwh : "",
			has_today && has_power ? " · " : "", has_power ? power : "",
			has_power ? " " : "", has_power ? words->kw : ""));
}

static const char *
heat_level(int permille)
{
	if (permille < 0)
		return "none";
	if (permille == 0)
		return "0";
	if (permille == 1000)
		return "4";
	return permille >= 990 ? "3" : permille >= 900 ? "2" : "1";
}

void
heat_show(struct req *r, struct node *node, const struct poll_sum *hours, int64_t first_at)
{
	for (int i = 0; i < GATEWAY_HOURS; i++) {
		struct civil civil = clock_civil(first_at + i * CLOCK_HOUR);
		struct node *cell = node_add(r->view, node);
		int permille = poll_success(&hours[i]);
		const char *const values[] = {
			arena_printf(r->arena, "%02d:00", civil.hour),
			permille < 0 ? ""
				     : arena_printf(r->arena, "%s %%", percent_text(r, permille)),
		};
		node_set(r->view, cell, "Level", heat_level(permille));
		node_set(r->view, cell, "Text",
		    permille < 0 ? arena_printf(r->arena, "%s %s", values[0],
				       view_word(r->view, "Heat.None"))
				 : view_phrase(r->view, "Heat.Cell", values, 2));
	}
}

/* "jump 123450": what an implausible register would have said, in watt-hours. */
static const char *
implausible_text(struct req *r, const char *code, const char *value)
{
	char energy[MONEY_TEXT_MAX] = "";
	int64_t energy_wh;

	if (text_parse_uint(value, INT64_MAX, &energy_wh) == RC_OK)
		energy_format(energy_wh, 2, energy, sizeof(energy));
	const char *const values[] = { energy };
	return view_phrase(
	    r->view, arena_printf(r->arena, "Accounts.Implausible.%s", code), values, 1);
}

const char *
trouble_text(struct req *r, const char *trouble)
{
	const char *words = trouble_words(r, trouble);
	char *code = arena_strdup(r->arena, trouble), *value = strchr(code, ' ');

	if (*words == '\0' && value != NULL) {
		*value++ = '\0';
		words = implausible_text(r, code, value);
	}
	return *words != '\0' ? words : trouble;
}

const char *
quality_text(struct req *r, uint16_t quality)
{
	static const struct {
		uint16_t bit;
		const char *key;
	} doubts[] = {
		{ QUALITY_OTHER_METER, "Quality.OtherMeter" },
		{ QUALITY_ROLLOVER, "Quality.Rollover" },
		{ QUALITY_DECREASED, "Quality.Decreased" },
		{ QUALITY_JUMP, "Quality.Jump" },
		{ QUALITY_EMPTY, "Quality.Empty" },
		{ QUALITY_CLOCK, "Quality.Clock" },
		{ QUALITY_AFTER_GAP, "Quality.AfterGap" },
		{ QUALITY_DEMO, "Quality.Demo" },
	};
	const char *text = "";

	for (size_t i = 0; i < COUNT(doubts); i++)
		if ((quality & doubts[i].bit) != 0)
			text = arena_printf(r->arena, "%s%s%s", text, *text != '\0' ? " · " : "",
			    view_word(r->view, doubts[i].key));
	return text;
}
