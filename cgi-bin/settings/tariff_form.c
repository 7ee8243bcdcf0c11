/* The form of a draft: what was typed stays text until it is read, so that nothing is lost. */
#include "tariff.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/money.h"
#include "base/text.h"
#include "model/tariff_check.h"
#include "model/tariff_load.h"
#include "model/tariff_text.h"

#define BLANK_ROWS 2 /* to add something without script */

struct typed_slot {
	const char *time, *period;
};
struct typed_season {
	const char *name, *month, *day;
	struct typed_day {
		bool is_same;
		struct typed_slot slots[TARIFF_SLOTS_MAX];
	} days[TARIFF_DAY_KINDS];
};
struct typed_prices {
	const char *name; /* of a step: from how many kWh on */
	const char *price[TARIFF_PERIODS];
};
struct typed_tariff {
	const char *note, *cycle, *tier_kind, *year_month, *year_day;
	size_t season_count;
	struct typed_season seasons[TARIFF_SEASONS_MAX];
	struct typed_prices components[TARIFF_COMPONENTS_MAX], tiers[TARIFF_TIERS_MAX];
};

/* ---- from a version ---- */

static const char *
keep(struct req *r, const char *text)
{
	return arena_strdup(r->arena, text);
}

static void
type_day(struct req *r, const struct tariff_table *table, struct typed_day *day)
{
	char time[TARIFF_TEXT_MAX];

	for (size_t i = 0; i < table->count; i++) {
		tariff_time_format(table->slots[i].start_min, time);
		day->slots[i] = (struct typed_slot){ keep(r, time),
			tariff_period_name((enum tariff_period)table->slots[i].period) };
	}
}

static void
type_season(
    struct req *r, const struct tariff_version *version, size_t index, struct typed_season *typed)
{
	const struct tariff_season *season = &version->seasons[index];

	typed->name = keep(r, season->name);
	typed->month = number_text(r, season->from_month);
	typed->day = number_text(r, season->from_day);
	for (size_t kind = 0; kind < TARIFF_DAY_KINDS; kind++) {
		typed->days[kind].is_same =
		    kind > 0 && season->table[kind] == season->table[TARIFF_WORKDAY];
		type_day(r, &version->tables[season->table[kind]], &typed->days[kind]);
	}
}

static void
type_prices(struct req *r, const char *name, const int64_t *price_uyuan, struct typed_prices *typed)
{
	typed->name = name;
	for (size_t period = 0; period < TARIFF_PERIODS; period++)
		typed->price[period] = price_words(r, price_uyuan[period]);
}

/* Prices of periods that no table uses are not shown, unless somebody typed one. */
static void
hide_unused(const struct tariff_version *version, struct typed_tariff *typed)
{
	for (size_t period = 0; period < TARIFF_PERIODS; period++) {
		if (tariff_uses(version, (enum tariff_period)period))
			continue;
		for (size_t i = 0; i < version->component_count; i++)
			if (version->components[i].price_uyuan[period] == 0)
				typed->components[i].price[period] = "";
		for (size_t i = 0; i < version->tier_count; i++)
			if (version->tiers[i].price_uyuan[period] == 0)
				typed->tiers[i].price[period] = "";
	}
}

struct typed_tariff *
typed_of_version(struct req *r, const struct tariff_version *version, const char *note)
{
	struct typed_tariff *typed = arena_alloc(r->arena, sizeof(*typed));
	char energy[MONEY_TEXT_MAX];

	typed->note = note;
	typed->cycle = tariff_cycle_name(version->cycle);
	typed->tier_kind = tariff_tier_kind_name(version->tier_kind);
	typed->year_month = number_text(r, version->year_month);
	typed->year_day = number_text(r, version->year_day);
	typed->season_count = version->season_count;
	for (size_t i = 0; i < version->season_count; i++)
		type_season(r, version, i, &typed->seasons[i]);
	for (size_t i = 0; i < version->component_count; i++)
		type_prices(r, version->components[i].name, version->components[i].price_uyuan,
		    &typed->components[i]);
	for (size_t i = 0; i < version->tier_count; i++) {
		int64_t from_wh = version->tiers[i].from_wh;
		energy_format_plain(from_wh, from_wh % 1000 == 0 ? 0 : 3, energy, sizeof(energy));
		type_prices(r, keep(r, energy), version->tiers[i].price_uyuan, &typed->tiers[i]);
	}
	hide_unused(version, typed);
	return typed;
}

/* ---- from the body ---- */

__attribute__((format(printf, 2, 3))) static const char *
body(struct req *r, const char *format, ...)
{
	char name[48], clean[512];
	va_list list;

	va_start(list, format);
	(void)vsnprintf(name, sizeof(name), format, list);
	va_end(list);
	const char *typed = param_get(&r->body, name);
	return text_clean_name(typed, 100, clean, sizeof(clean)) == RC_OK ? keep(r, clean) : typed;
}

static int
day_of_year(const struct typed_season *season)
{
	int64_t month = 0, day = 0;

	(void)!(text_parse_uint(season->month, 12, &month) == RC_OK &&
		text_parse_uint(season->day, 31, &day) == RC_OK);
	return (int)(month * 100 + day);
}

/* Seasons in the order of the year, so that nobody has to move them. */
static void
sort_seasons(struct typed_tariff *typed)
{
	for (size_t i = 1; i < typed->season_count; i++)
		for (size_t k = i;
		     k > 0 && day_of_year(&typed->seasons[k - 1]) > day_of_year(&typed->seasons[k]);
		     k--) {
			struct typed_season swap = typed->seasons[k];
			typed->seasons[k] = typed->seasons[k - 1];
			typed->seasons[k - 1] = swap;
		}
}

static void
read_season(struct req *r, size_t s, struct typed_season *season)
{
	season->name = body(r, "s%zu_name", s);
	season->month = body(r, "s%zu_month", s);
	season->day = body(r, "s%zu_day", s);
	for (size_t k = 0; k < TARIFF_DAY_KINDS; k++) {
		season->days[k].is_same = k > 0 && *body(r, "s%zu_k%zu_same", s, k) != '\0';
		for (size_t i = 0; i < TARIFF_SLOTS_MAX; i++) {
			season->days[k].slots[i].time = body(r, "s%zu_k%zu_t%zu", s, k, i);
			season->days[k].slots[i].period = body(r, "s%zu_k%zu_p%zu", s, k, i);
		}
	}
}

/* Without script: one more season like the last, or one less. */
static void
change_seasons(struct req *r, struct typed_tariff *typed)
{
	const char *deed = param_get(&r->body, "do");
	int64_t index;

	if (strcmp(deed, "add_season") == 0 && typed->season_count < TARIFF_SEASONS_MAX) {
		struct typed_season *last = &typed->seasons[typed->season_count - 1];
		int day = day_of_year(last);
		const char *const number[] = { number_text(r, (int64_t)typed->season_count + 1) };
		last[1] = *last;
		last[1].name = view_phrase(r->view, "Settings.Tariff.SeasonName", number, 1);
		if (day / 100 < 12) {
			last[1].month = number_text(r, day / 100 + 1);
			last[1].day = "1";
		} else {
			last[1].day = number_text(r, day % 100 + 1);
		}
		if (*last->name == '\0')
			last->name = view_phrase(
			    r->view, "Settings.Tariff.SeasonName", (const char *const[]){ "1" }, 1);
		typed->season_count++;
	} else if (strncmp(deed, "drop_", 5) == 0 && typed->season_count > 1 &&
		   text_parse_uint(deed + 5, (int64_t)typed->season_count - 1, &index) == RC_OK) {
		for (size_t i = (size_t)index; i + 1 < typed->season_count; i++)
			typed->seasons[i] = typed->seasons[i + 1];
		typed->season_count--;
	}
}

struct typed_tariff *
typed_of_body(struct req *r)
{
	struct typed_tariff *typed = arena_alloc(r->arena, sizeof(*typed));
	int64_t seasons = 1;

	typed->note = param_get(&r->body, "note");
	typed->cycle = body(r, "tier_cycle");
	typed->tier_kind = body(r, "tier_kind");
	typed->year_month = body(r, "tier_month");
	typed->year_day = body(r, "tier_day");
	if (text_parse_uint(body(r, "seasons"), TARIFF_SEASONS_MAX, &seasons) != RC_OK)
		seasons = 1;
	typed->season_count = seasons > 0 ? (size_t)seasons : 1;
	for (size_t s = 0; s < typed->season_count; s++)
		read_season(r, s, &typed->seasons[s]);
	change_seasons(r, typed);
	sort_seasons(typed);
	for (size_t i = 0; i < TARIFF_COMPONENTS_MAX; i++) {
		typed->components[i].name = body(r, "c%zu_name", i);
		for (size_t p = 0; p < TARIFF_PERIODS; p++)
			typed->components[i].price[p] = body(r, "c%zu_p%zu", i, p);
	}
	for (size_t i = 0; i < TARIFF_TIERS_MAX; i++) {
		typed->tiers[i].name = body(r, "g%zu_from", i);
		for (size_t p = 0; p < TARIFF_PERIODS; p++)
			typed->tiers[i].price[p] = body(r, "g%zu_p%zu", i, p);
	}
	return typed;
}

/* ---- reading ---- */

static bool
is_blank(const struct typed_prices *typed)
{
	if (typed->name != NULL && *typed->name != '\0')
		return false;
	for (size_t p = 0; p < TARIFF_PERIODS; p++)
		if (typed->price[p] != NULL && *typed->price[p] != '\0')
			return false;
	return true;
}

/* Rows may be typed in any order. */
static void
sort_slots(struct tariff_table *table)
{
	for (size_t i = 1; i < table->count; i++)
		for (size_t k = i;
		     k > 0 && table->slots[k - 1].start_min > table->slots[k].start_min; k--) {
			struct tariff_slot swap = table->slots[k];
			table->slots[k] = table->slots[k - 1];
			table->slots[k - 1] = swap;
		}
}

/* Neighbours of one period are one slot: the meter has room for few. */
static void
join_slots(struct tariff_table *table)
{
	size_t kept = 0;

	for (size_t i = 0; i < table->count; i++)
		if (i == 0 || table->slots[i].period != table->slots[kept - 1].period ||
		    table->slots[i].start_min == table->slots[i - 1].start_min)
			table->slots[kept++] = table->slots[i];
	table->count = kept;
}

static void
parse_day(const struct typed_day *typed, const char *field, struct tariff_table *table,
    struct faults *faults)
{
	*table = (struct tariff_table){ 0 };
	for (size_t i = 0; i < TARIFF_SLOTS_MAX; i++) {
		const struct typed_slot *slot = &typed->slots[i];
		struct tariff_slot read = { 0 };
		if (slot->time == NULL || *slot->time == '\0')
			continue;
		read.period = (uint8_t)tariff_period_find(slot->period);
		if (tariff_time_parse(slot->time, &read.start_min) != RC_OK ||
		    read.period == TARIFF_PERIODS)
			fault_add_text(faults, field, "TariffTime", slot->time);
		else
			table->slots[table->count++] = read;
	}
	sort_slots(table);
	join_slots(table);
}

static void
parse_season(const struct typed_season *typed, size_t s, struct tariff_version *version,
    struct faults *faults)
{
	struct tariff_season *season = &version->seasons[s];
	int64_t month = 0, day = 0;
	char field[32];

	(void)snprintf(field, sizeof(field), "season_%zu", s);
	(void)text_copy(season->name, sizeof(season->name), typed->name);
	if (text_parse_uint(typed->month, 12, &month) != RC_OK ||
	    text_parse_uint(typed->day, 31, &day) != RC_OK)
		fault_add(faults, field, "TariffDate", "%s", "");
	season->from_month = (uint8_t)month;
	season->from_day = (uint8_t)day;
	for (size_t kind = 0; kind < TARIFF_DAY_KINDS; kind++) {
		(void)snprintf(field, sizeof(field), "table_%zu_%zu", s, kind);
		season->table[kind] = season->table[TARIFF_WORKDAY];
		if (kind > 0 && typed->days[kind].is_same)
			continue;
		season->table[kind] = (uint8_t)version->table_count;
		parse_day(
		    &typed->days[kind], field, &version->tables[version->table_count++], faults);
	}
}

/* An empty price is 0, or in a step what its first price is. */
static void
parse_prices(const struct typed_prices *typed, const char *field, bool is_tier,
    int64_t *price_uyuan, struct faults *faults)
{
	int64_t first_uyuan = 0;
	bool has_first = false;

	for (size_t p = 0; p < TARIFF_PERIODS; p++) {
		const char *text = typed->price[p] != NULL ? typed->price[p] : "";
		price_uyuan[p] = -1;
		if (*text == '\0')
			continue;
		if (tariff_price_parse(text, &price_uyuan[p]) != RC_OK)
			fault_add_text(faults, field, "TariffPrice", text);
		else if (!has_first)
			first_uyuan = price_uyuan[p];
		has_first = true;
	}
	for (size_t p = 0; p < TARIFF_PERIODS; p++)
		if (price_uyuan[p] < 0)
			price_uyuan[p] = is_tier ? first_uyuan : 0;
	if (is_tier && !has_first)
		fault_add(faults, field, "Required", "%s", "");
}

static void
parse_components(
    const struct typed_tariff *typed, struct tariff_version *version, struct faults *faults)
{
	char field[32];

	for (size_t i = 0; i < TARIFF_COMPONENTS_MAX; i++) {
		if (is_blank(&typed->components[i]))
			continue;
		struct tariff_component *component = &version->components[version->component_count];
		(void)snprintf(field, sizeof(field), "component_%zu", version->component_count++);
		(void)text_copy(
		    component->name, sizeof(component->name), typed->components[i].name);
		parse_prices(&typed->components[i], field, false, component->price_uyuan, faults);
	}
}

static void
parse_tiers(const struct typed_tariff *typed, struct tariff_version *version, struct faults *faults)
{
	char field[32];

	for (size_t i = 0; i < TARIFF_TIERS_MAX; i++) {
		if (is_blank(&typed->tiers[i]))
			continue;
		struct tariff_tier *tier = &version->tiers[version->tier_count];
		(void)snprintf(field, sizeof(field), "tier_%zu", version->tier_count++);
		if (tariff_energy_parse(typed->tiers[i].name, &tier->from_wh) != RC_OK)
			fault_add_text(faults, field, "TariffEnergy", typed->tiers[i].name);
		parse_prices(&typed->tiers[i], field, true, tier->price_uyuan, faults);
	}
}

void
typed_parse(const struct typed_tariff *typed, struct tariff_version *version, char *note,
    struct faults *faults)
{
	int64_t month = 1, day = 1;

	*version = (struct tariff_version){ .season_count = typed->season_count };
	for (size_t s = 0; s < typed->season_count; s++)
		parse_season(&typed->seasons[s], s, version, faults);
	parse_components(typed, version, faults);
	version->cycle = tariff_cycle_find(typed->cycle);
	if (version->cycle == TARIFF_CYCLES)
		version->cycle = TARIFF_NO_CYCLE;
	version->tier_kind =
	    strcmp(typed->tier_kind, "price") == 0 ? TARIFF_OWN_PRICE : TARIFF_ADDITION;
	if (version->cycle == TARIFF_YEAR &&
	    (text_parse_uint(typed->year_month, 12, &month) != RC_OK ||
		text_parse_uint(typed->year_day, 31, &day) != RC_OK))
		fault_add(faults, "tier_from", "TariffDate", "%s", "");
	version->year_month = (uint8_t)month;
	version->year_day = (uint8_t)day;
	parse_tiers(typed, version, faults);
	if (text_clean_name(typed->note, TARIFF_NOTE_MAX, note, TARIFF_NOTE_MAX * 4 + 1) != RC_OK)
		fault_add(faults, "note", "BadText", "%s", "");
	tariff_check(version, faults);
	tariff_ready(version);
}

/* ---- showing ---- */

static void
show_options(struct req *r, struct node *node, const char *selected)
{
	struct node *list = node_child(r->view, node, "Option");

	for (size_t p = 0; p < TARIFF_PERIODS; p++) {
		struct node *option = node_add(r->view, list);
		const char *name = tariff_period_name((enum tariff_period)p);
		node_set(r->view, option, "Value", name);
		node_bool(
		    r->view, option, "Selected", selected != NULL && strcmp(name, selected) == 0);
	}
}

static void
show_day(struct req *r, struct node *node, const struct typed_day *typed, size_t s, size_t kind)
{
	struct node *rows = node_child(r->view, node, "Rows");
	size_t used = 0, shown = 0;

	for (size_t i = 0; i < TARIFF_SLOTS_MAX; i++)
		if (typed->slots[i].time != NULL && *typed->slots[i].time != '\0')
			used = i + 1;
	node_set(r->view, node, "Kind", tariff_day_kind_name((enum tariff_day_kind)kind));
	node_set(r->view, node, "Field", arena_printf(r->arena, "table_%zu_%zu", s, kind));
	node_set(r->view, node, "Name", arena_printf(r->arena, "s%zu_k%zu", s, kind));
	node_bool(r->view, node, "MayBeSame", kind > 0);
	node_bool(r->view, node, "IsSame", typed->is_same);
	for (size_t i = 0; i < TARIFF_SLOTS_MAX && shown < used + BLANK_ROWS; i++, shown++) {
		struct node *row = node_add(r->view, rows);
		node_int(r->view, row, "Index", (int64_t)i);
		node_set(r->view, row, "Time", typed->slots[i].time);
		show_options(r, row, typed->slots[i].period);
	}
}

static void
show_prices(struct req *r, struct node *node, const struct typed_prices *typed, const char *prefix,
    const char *field, size_t i)
{
	struct node *list = node_child(r->view, node, "Price");

	node_set(r->view, node, "Name", typed->name);
	node_set(r->view, node, "Prefix", arena_printf(r->arena, "%s%zu", prefix, i));
	node_set(r->view, node, "Field", arena_printf(r->arena, "%s_%zu", field, i));
	for (size_t p = 0; p < TARIFF_PERIODS; p++) {
		struct node *price = node_add(r->view, list);
		node_set(r->view, price, "Key", tariff_period_name((enum tariff_period)p));
		node_int(r->view, price, "Index", (int64_t)p);
		node_set(r->view, price, "Value", typed->price[p]);
	}
}

static void
show_rows(struct req *r, const char *name, const struct typed_prices *list, size_t max,
    const char *prefix, const char *field)
{
	struct node *rows = view_node(r->view, name);
	size_t used = 0;

	for (size_t i = 0; i < max; i++)
		if (!is_blank(&list[i]))
			used = i + 1;
	for (size_t i = 0; i < max && i < used + BLANK_ROWS; i++)
		show_prices(r, node_add(r->view, rows), &list[i], prefix, field, i);
}

static void
show_choice(struct req *r, const char *field, const char *const *values, const char *selected)
{
	struct node *list = view_node(r->view, arena_printf(r->arena, "Form.%s.Choice", field));

	for (; *values != NULL; values++) {
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Value", *values);
		node_bool(r->view, node, "Selected", strcmp(*values, selected) == 0);
	}
}

void
typed_show(struct req *r, const struct typed_tariff *typed)
{
	static const char *const CYCLES[] = { "none", "month", "year", NULL };
	static const char *const KINDS[] = { "addition", "price", NULL };
	struct node *seasons = view_node(r->view, "Edit.Seasons");

	for (size_t s = 0; s < typed->season_count; s++) {
		const struct typed_season *season = &typed->seasons[s];
		struct node *node = node_add(r->view, seasons);
		struct node *days = node_child(r->view, node, "Days");
		node_int(r->view, node, "Index", (int64_t)s);
		node_int(r->view, node, "Number", (int64_t)s + 1);
		node_set(r->view, node, "Field", arena_printf(r->arena, "season_%zu", s));
		node_set(r->view, node, "Name", season->name);
		node_set(r->view, node, "Month", season->month);
		node_set(r->view, node, "Day", season->day);
		for (size_t kind = 0; kind < TARIFF_DAY_KINDS; kind++)
			show_day(r, node_add(r->view, days), &season->days[kind], s, kind);
	}
	view_int(r->view, "Edit.SeasonCount", (int64_t)typed->season_count);
	view_bool(r->view, "Edit.MayAddSeason", typed->season_count < TARIFF_SEASONS_MAX);
	view_bool(r->view, "Edit.MayDropSeason", typed->season_count > 1);
	show_rows(r, "Edit.Components", typed->components, TARIFF_COMPONENTS_MAX, "c", "component");
	show_rows(r, "Edit.Tiers", typed->tiers, TARIFF_TIERS_MAX, "g", "tier");
	show_choice(r, "tier_cycle", CYCLES, typed->cycle);
	show_choice(r, "tier_kind", KINDS, typed->tier_kind);
	view_set(r->view, "Form.tier_month.Value", typed->year_month);
	view_set(r->view, "Form.tier_day.Value", typed->year_day);
	view_set(r->view, "Form.note.Value", typed->note);
	limits_show(r);
}
