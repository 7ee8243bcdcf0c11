/* Live values of a meter, and why its switch stands as it does. */
#include <string.h>

#include "base/money.h"
#include "meter_page.h"
#include "model/relay.h"

#define DRIFT_BAD_S 300 /* QUALITY_CLOCK begins here */

/* One line of the value table: T.Accounts.Meter.<key> or T.Word.<key>, value, unit. */
static struct node *
add_value(struct req *r, const char *key, const char *value, const char *unit)
{
	struct node *node = node_add(r->view, view_node(r->view, "Values"));

	node_set(r->view, node, "Label", view_word(r->view, key));
	node_set(r->view, node, "Value", value);
	node_set(r->view, node, "Unit", unit != NULL ? view_word(r->view, unit) : "");
	return node;
}

static void
add_energy(struct req *r, const char *key, int64_t energy_wh)
{
	char text[MONEY_TEXT_MAX];

	if (energy_wh < 0)
		return;
	energy_format(energy_wh, 2, text, sizeof(text));
	add_value(r, key, arena_strdup(r->arena, text), "Unit.Kwh");
}

static void
add_credit(struct req *r, const struct meter_detail *detail)
{
	char text[MONEY_TEXT_MAX];

	if (detail->meter.credit_fen == METER_NO_CREDIT)
		return;
	money_format(detail->meter.credit_fen, text, sizeof(text));
	struct node *node = add_value(r, "Word.Balance", arena_strdup(r->arena, text), "Unit.Yuan");
	node_bool(r->view, node, "IsNegative", detail->meter.credit_fen < 0);
	if (detail->purchase_count >= 0)
		add_value(
		    r, "Word.PurchaseCount", number_text(r, detail->purchase_count), "Unit.Times");
	if (detail->overload_count >= 0)
		add_value(r, "Accounts.Meter.Overloads",
		    arena_printf(r->arena, "%lld / %lld", (long long)detail->overload_count,
			(long long)detail->overload_max),
		    "Unit.Times");
}

/* The meter's clock against ours at the moment it was read. */
static void
add_clock(struct req *r, const struct meter_detail *detail)
{
	int64_t drift_s = (detail->clock_at - detail->meter.read_at) / CLOCK_SECOND;
	char text[24];

	if (detail->clock_at == 0)
		return;
	bool is_today =
	    clock_day(detail->clock_at).number == clock_day(detail->meter.read_at).number;
	clock_format(detail->clock_at, text, sizeof(text));
	const char *const values[] = { arena_printf(
	    r->arena, "%s%lld", drift_s > 0 ? "+" : "", (long long)drift_s) };
	struct node *node = add_value(
	    r, "Accounts.Meter.Clock", arena_strdup(r->arena, is_today ? text + 11 : text), NULL);
	node_set(r->view, node, "Note", view_phrase(r->view, "Accounts.Meter.Drift", values, 1));
	node_bool(r->view, node, "IsBad", drift_s > DRIFT_BAD_S || drift_s < -DRIFT_BAD_S);
}

static void
add_values(struct req *r, const struct meter_detail *detail)
{
	static const char *const PERIOD_KEYS[PERIODS] = { "Tou.sharp", "Tou.peak", "Tou.flat",
		"Tou.valley" };

	add_credit(r, detail);
	add_energy(r, "Accounts.Meter.EnergyTotal", detail->energy_wh);
	for (int p = 0; p < PERIODS; p++)
		add_energy(r, PERIOD_KEYS[p], detail->period_wh[p]);
	if (detail->base_wh > 0)
		add_energy(r, "Accounts.Meter.Base", detail->base_wh);
	if (detail->demand_w >= 0)
		add_value(r, "Word.Demand", power_text(r, detail->demand_w), "Unit.Kw");
	add_clock(r, detail);
}

static void
show_phases(struct req *r, const struct meter_detail *detail)
{
	static const char *const NAMES[] = { "A", "B", "C" };
	struct node *rows = view_node(r->view, "Phases");
	size_t count = detail->meter.phases == 3 ? 3 : 1;

	view_bool(r->view, "IsThreePhase", count == 3);
	for (size_t p = 0; p < count; p++) {
		struct node *node = node_add(r->view, rows);
		node_set(r->view, node, "Name", NAMES[p]);
		if (detail->voltage_dv[p] >= 0)
			node_set(
			    r->view, node, "Voltage", decimal_text(r, detail->voltage_dv[p], 1));
		if (detail->has_current)
			node_set(
			    r->view, node, "Current", decimal_text(r, detail->current_ma[p], 3));
		if (detail->has_phase_power)
			node_set(r->view, node, "Power", power_text(r, detail->phase_power_w[p]));
	}
	if (detail->meter.power_w != METER_NO_VALUE)
		view_set(r->view, "Sum.Power", power_text(r, detail->meter.power_w));
	if (detail->has_reactive)
		view_set(r->view, "Sum.Reactive", power_text(r, detail->reactive_var));
	if (detail->has_factor)
		view_set(r->view, "Sum.Factor", decimal_text(r, detail->power_factor, 3));
}

static void
show_sources(struct req *r, const struct relay_view *relay)
{
	struct node *list = view_node(r->view, "Sources");

	for (enum relay_source i = 0; i < SOURCES; i++) {
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Key", relay_source_name(i));
		node_set(r->view, node, "State", source_state_name(relay->source[i]));
		node_bool(r->view, node, "IsOpening",
		    relay->source[i] == SOURCE_OPEN || relay->source[i] == SOURCE_PARTIAL);
	}
}

/* Other sources that want it open, in words. */
static const char *
also_text(struct req *r, uint32_t also)
{
	const char *names = "";

	for (enum relay_source i = 0; i < SOURCES; i++)
		if ((also & 1u << i) != 0)
			names = arena_printf(r->arena, "%s%s%s", names, *names != '\0' ? ", " : "",
			    view_word(r->view, arena_printf(r->arena, "Accounts.Source.%s",
						   relay_source_name(i))));
	if (*names == '\0')
		return NULL;
	const char *const values[] = { names };
	return view_phrase(r->view, "Accounts.Why.Also", values, 1);
}

static void
show_relay(struct req *r, const struct meter_detail *detail)
{
	static const char *const NAMES[] = { "L1", "L2", "L3" };
	struct node *phases = view_node(r->view, "Relay.Phases");
	char credit[MONEY_TEXT_MAX] = "";
	struct relay_view relay;

	relay_explain(&detail->meter.control, detail->meter.phases, detail->meter.credit_fen,
	    detail->overload_count, detail->overload_max, &relay);
	if (detail->meter.credit_fen != METER_NO_CREDIT)
		money_format(detail->meter.credit_fen, credit, sizeof(credit));
	const char *const values[] = { credit, number_text(r, detail->overload_count),
		number_text(r, detail->overload_max) };
	view_set(r->view, "Relay.State", relay_state_name(relay.state));
	view_set(r->view, "Relay.Reason", relay_reason_name(relay.reason));
	view_set(r->view, "Relay.Why",
	    view_phrase(r->view,
		arena_printf(r->arena, "Accounts.Why.%s", relay_reason_name(relay.reason)), values,
		COUNT(values)));
	view_set(r->view, "Relay.Also", also_text(r, relay.also));
	view_bool(r->view, "Relay.IsBad",
	    relay.reason == REASON_AGAINST || relay.reason == REASON_UNEXPLAINED ||
		relay.reason == REASON_FAULT || relay.reason == REASON_PARTIAL);
	if (relay.state != RELAY_UNKNOWN)
		show_sources(r, &relay);
	for (int p = 0; detail->meter.phases == 3 && relay.state != RELAY_UNKNOWN && p < 3; p++) {
		struct node *node = node_add(r->view, phases);
		node_set(r->view, node, "Name", NAMES[p]);
		node_set(r->view, node, "State", relay_state_name(relay.phase[p]));
	}
}

void
live_show(struct req *r, const struct meter_detail *detail)
{
	if (!detail->meter.has_state)
		return;
	view_bool(r->view, "HasState", true);
	view_set(r->view, "Doubt", quality_text(r, detail->quality & (uint16_t)~QUALITY_DEMO));
	show_phases(r, detail);
	add_values(r, detail);
	show_relay(r, detail);
}
