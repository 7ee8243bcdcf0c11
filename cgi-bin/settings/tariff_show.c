/* Tariffs in the reader's words: names of days, bars of 24 hours, prices. */
#include "tariff.h"

#include <string.h>

#include "base/money.h"
#include "model/tariff_check.h"
#include "model/tariff_load.h"
#include "model/tariff_text.h"

#define MINUTES_OF_DAY (24 * 60)

const char *
price_words(struct req *r, int64_t price_uyuan)
{
	char *text = arena_alloc(r->arena, TARIFF_TEXT_MAX);

	tariff_price_format(price_uyuan, text);
	return text;
}

const char *
day_words(struct req *r, struct day day)
{
	char *text = arena_alloc(r->arena, 16);

	clock_format_day(day, text, 16);
	return text;
}

const char *
amount_words(struct req *r, int64_t amount_fen)
{
	char *text = arena_alloc(r->arena, MONEY_TEXT_MAX);

	money_format(amount_fen, text, MONEY_TEXT_MAX);
	return text;
}

static const char *
time_words(struct req *r, int minute)
{
	char *text = arena_alloc(r->arena, TARIFF_TEXT_MAX);

	tariff_time_format(minute, text);
	return text;
}

static const char *
energy_words(struct req *r, int64_t energy_wh)
{
	char *text = arena_alloc(r->arena, MONEY_TEXT_MAX);

	energy_format_plain(energy_wh, 3, text, MONEY_TEXT_MAX);
	size_t length = strlen(text);
	while (text[length - 1] == '0')
		text[--length] = '\0';
	if (text[length - 1] == '.')
		text[--length] = '\0';
	return text;
}

static const char *
date_words(struct req *r, int month, int day)
{
	const char *const values[] = { number_text(r, month), number_text(r, day) };

	return view_phrase(r->view, "Settings.Tariff.Date", values, 2);
}

void
table_show(struct req *r, struct node *node, const struct tariff_table *table)
{
	struct node *bar = node_child(r->view, node, "Bar");
	struct node *slots = node_child(r->view, node, "Slots");

	for (size_t i = 0; i < table->count; i++) {
		int from = table->slots[i].start_min;
		int to = i + 1 < table->count ? table->slots[i + 1].start_min : MINUTES_OF_DAY;
		const char *period = tariff_period_name((enum tariff_period)table->slots[i].period);
		struct node *piece = node_add(r->view, bar), *slot = node_add(r->view, slots);
		node_int(r->view, piece, "X", from);
		node_int(r->view, piece, "Width", to - from);
		node_set(r->view, piece, "Period", period);
		node_set(r->view, slot, "From", time_words(r, from));
		node_set(r->view, slot, "To", time_words(r, to));
		node_set(r->view, slot, "Period", period);
	}
}

/* The day before a season begins. */
static const char *
last_day_words(struct req *r, const struct tariff_season *next)
{
	struct civil civil = { .year = 2024, .month = next->from_month, .day = next->from_day };
	struct civil last = clock_utc(clock_from_utc(&civil) - 24 * CLOCK_HOUR);

	return date_words(r, last.month, last.day);
}

static bool
is_daily(const struct tariff_season *season)
{
	return season->table[TARIFF_WEEKEND] == season->table[TARIFF_WORKDAY] &&
	       season->table[TARIFF_HOLIDAY] == season->table[TARIFF_WORKDAY];
}

static void
season_show(struct req *r, struct node *node, const struct tariff_version *version, size_t index)
{
	const struct tariff_season *season = &version->seasons[index];
	const struct tariff_season *next = &version->seasons[(index + 1) % version->season_count];
	struct node *days = node_child(r->view, node, "Days");

	node_set(r->view, node, "Name", season->name);
	node_set(r->view, node, "From", date_words(r, season->from_month, season->from_day));
	node_set(r->view, node, "Until", last_day_words(r, next));
	node_bool(r->view, node, "IsDaily", is_daily(season));
	node_bool(r->view, node, "IsWhole", version->season_count == 1);
	for (size_t kind = 0; kind < TARIFF_DAY_KINDS; kind++) {
		struct node *day = node_add(r->view, days);
		bool is_same = kind > 0 && season->table[kind] == season->table[TARIFF_WORKDAY];
		node_set(r->view, day, "Kind", tariff_day_kind_name((enum tariff_day_kind)kind));
		node_bool(r->view, day, "IsSame", is_same);
		if (!is_same)
			table_show(r, day, &version->tables[season->table[kind]]);
	}
}

static void
prices_show(struct req *r, struct node *node, const struct tariff_version *version,
    const int64_t *price_uyuan)
{
	struct node *list = node_child(r->view, node, "Price");

	for (size_t period = 0; period < TARIFF_PERIODS; period++) {
		if (!tariff_uses(version, (enum tariff_period)period))
			continue;
		struct node *price = node_add(r->view, list);
		node_set(r->view, price, "Key", tariff_period_name((enum tariff_period)period));
		node_set(r->view, price, "Value", price_words(r, price_uyuan[period]));
	}
}

static void
tiers_show(struct req *r, const struct tariff_version *version)
{
	struct node *list = view_node(r->view, "Tiers");

	view_set(r->view, "Version.Cycle", tariff_cycle_name(version->cycle));
	view_set(r->view, "Version.TierKind", tariff_tier_kind_name(version->tier_kind));
	view_set(
	    r->view, "Version.YearFrom", date_words(r, version->year_month, version->year_day));
	for (size_t i = 0; version->tier_count > 0 && i <= version->tier_count; i++) {
		struct node *node = node_add(r->view, list);
		node_int(r->view, node, "Number", (int64_t)i + 1);
		node_set(r->view, node, "From",
		    energy_words(r, i > 0 ? version->tiers[i - 1].from_wh : 0));
		if (i < version->tier_count)
			node_set(r->view, node, "To", energy_words(r, version->tiers[i].from_wh));
		if (i > 0)
			prices_show(r, node, version, version->tiers[i - 1].price_uyuan);
		struct node *whole = node_child(r->view, node, "Whole");
		prices_show(r, whole, version, version->total_uyuan[i]);
	}
}

void
totals_show(struct req *r, struct node *list, const struct tariff_version *version)
{
	for (size_t period = 0; period < TARIFF_PERIODS; period++) {
		if (!tariff_uses(version, (enum tariff_period)period))
			continue;
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Key", tariff_period_name((enum tariff_period)period));
		node_set(r->view, node, "Price", price_words(r, version->total_uyuan[0][period]));
	}
}

void
version_show(struct req *r, const struct tariff_page *opened)
{
	const struct tariff_version *version = &opened->version;
	struct node *seasons = view_node(r->view, "Seasons");
	struct node *components = view_node(r->view, "Components");

	view_int(r->view, "Version.Id", version->version_id);
	view_int(r->view, "Version.Revision", opened->row.revision);
	view_set(r->view, "Version.Status", version_status_name(opened->status));
	view_set(r->view, "Version.Note", opened->row.note);
	if (opened->row.state != TARIFF_DRAFT)
		view_set(r->view, "Version.From", day_words(r, opened->row.valid_from));
	for (size_t i = 0; i < version->season_count; i++)
		season_show(r, node_add(r->view, seasons), version, i);
	for (size_t i = 0; i < version->component_count; i++) {
		struct node *node = node_add(r->view, components);
		node_set(r->view, node, "Name", version->components[i].name);
		prices_show(r, node, version, version->components[i].price_uyuan);
	}
	totals_show(r, view_node(r->view, "Periods"), version);
	tiers_show(r, version);
}

void
warnings_show(struct req *r, const struct tariff_version *version)
{
	struct node *list = view_node(r->view, "Warnings");
	struct faults warnings = { 0 };

	tariff_warn(version, &tariff_meter_limits, &warnings);
	for (size_t i = 0; i < warnings.count; i++) {
		const char *values[FAULT_VALUES_MAX];
		size_t count =
		    fault_values(&warnings.list[i], arena_alloc(r->arena, FAULT_VALUE_MAX), values);
		const char *key = arena_printf(r->arena, "Error.%s", warnings.list[i].key);
		node_set(r->view, node_add(r->view, list), "Text",
		    view_phrase(r->view, key, values, count));
	}
}

void
limits_show(struct req *r)
{
	view_int(r->view, "Limits.Slots", TARIFF_SLOTS_MAX);
	view_int(r->view, "Limits.Seasons", TARIFF_SEASONS_MAX);
	view_int(r->view, "Limits.Components", TARIFF_COMPONENTS_MAX);
	view_int(r->view, "Limits.Tiers", TARIFF_TIERS_MAX);
}
