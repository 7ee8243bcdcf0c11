#include "model/tariff_check.h"

#include <stdio.h>
#include <string.h>

#include "model/edit.h"
#include "model/tariff_text.h"

const struct tariff_limits tariff_meter_limits = {
	.slots = TARIFF_SLOTS_MAX, .tables = 2, .seasons = 4, .has_deep = false
};

static const char *
field(char *room, const char *name, size_t a)
{
	(void)snprintf(room, 32, "%s_%zu", name, a);
	return room;
}

/* ---- faults ---- */

static int
day_of_year(const struct tariff_season *season)
{
	return season->from_month * 100 + season->from_day;
}

static void
check_seasons(const struct tariff_version *version, struct faults *faults)
{
	char name[32];

	if (version->season_count < 1 || version->season_count > TARIFF_SEASONS_MAX)
		fault_add(faults, "season_0", "TariffSeasons", "%d", TARIFF_SEASONS_MAX);
	for (size_t i = 0; i < version->season_count && i < TARIFF_SEASONS_MAX; i++) {
		const struct tariff_season *season = &version->seasons[i];
		if (version->season_count > 1)
			edit_check_text(
			    faults, field(name, "season", i), season->name, TARIFF_NAME_MAX, true);
		if (!tariff_is_day(season->from_month, season->from_day))
			fault_add(faults, field(name, "season", i), "TariffDate", "%s", "");
		else if (i > 0 && day_of_year(season) <= day_of_year(season - 1))
			fault_add(faults, field(name, "season", i), "TariffSeasonTwice", "%s", "");
	}
}

static void
check_table(const struct tariff_table *table, const char *name, struct faults *faults)
{
	if (table->count < 1)
		fault_add(faults, name, "TariffEmpty", "%s", "");
	else if (table->count > TARIFF_SLOTS_MAX)
		fault_add(faults, name, "TariffSlots", "%d", TARIFF_SLOTS_MAX);
	else if (table->slots[0].start_min != 0)
		fault_add(faults, name, "TariffStart", "%s", "");
	for (size_t i = 0; i < table->count && i < TARIFF_SLOTS_MAX; i++) {
		const struct tariff_slot *slot = &table->slots[i];
		if (slot->period >= TARIFF_PERIODS || slot->start_min < 0 ||
		    slot->start_min >= 24 * 60)
			fault_add(faults, name, "TariffTime", "%s", "");
		else if (i > 0 && slot->start_min <= slot[-1].start_min)
			fault_add(faults, name, "TariffOverlap", "%02d:%02d", slot->start_min / 60,
			    slot->start_min % 60);
	}
}

static void
check_tables(const struct tariff_version *version, struct faults *faults)
{
	char name[32];

	for (size_t s = 0; s < version->season_count && s < TARIFF_SEASONS_MAX; s++)
		for (size_t kind = 0; kind < TARIFF_DAY_KINDS; kind++) {
			(void)snprintf(name, sizeof(name), "table_%zu_%zu", s, kind);
			if (version->seasons[s].table[kind] >= version->table_count)
				fault_add(faults, name, "TariffEmpty", "%s", "");
			else
				check_table(&version->tables[version->seasons[s].table[kind]], name,
				    faults);
		}
}

static bool
is_price(int64_t price_uyuan)
{
	return price_uyuan >= 0 && price_uyuan <= TARIFF_PRICE_MAX;
}

static void
check_components(const struct tariff_version *version, struct faults *faults)
{
	char name[32];

	if (version->component_count < 1 || version->component_count > TARIFF_COMPONENTS_MAX)
		fault_add(faults, "component_0", "TariffComponents", "%d", TARIFF_COMPONENTS_MAX);
	for (size_t i = 0; i < version->component_count && i < TARIFF_COMPONENTS_MAX; i++) {
		const struct tariff_component *component = &version->components[i];
		field(name, "component", i);
		edit_check_text(faults, name, component->name, TARIFF_NAME_MAX, true);
		for (size_t k = 0; k < i; k++)
			if (strcmp(version->components[k].name, component->name) == 0)
				fault_add(faults, name, "TariffNameTwice", "%s", "");
		for (size_t period = 0; period < TARIFF_PERIODS; period++)
			if (!is_price(component->price_uyuan[period]))
				fault_add(faults, name, "TariffPrice", "%s", "");
	}
}

static void
check_tiers(const struct tariff_version *version, struct faults *faults)
{
	char name[32];

	if (version->cycle != TARIFF_NO_CYCLE && version->tier_count == 0)
		fault_add(faults, "tier_0", "TariffNoTier", "%s", "");
	if (version->cycle == TARIFF_NO_CYCLE && version->tier_count > 0)
		fault_add(faults, "tier_cycle", "TariffNoCycle", "%s", "");
	if (version->cycle == TARIFF_YEAR && !tariff_is_day(version->year_month, version->year_day))
		fault_add(faults, "tier_from", "TariffDate", "%s", "");
	for (size_t i = 0; i < version->tier_count && i < TARIFF_TIERS_MAX; i++) {
		const struct tariff_tier *tier = &version->tiers[i];
		field(name, "tier", i);
		if (tier->from_wh <= (i > 0 ? tier[-1].from_wh : 0))
			fault_add(faults, name, "TariffTierOrder", "%s", "");
		for (size_t period = 0; period < TARIFF_PERIODS; period++)
			if (!is_price(tier->price_uyuan[period]))
				fault_add(faults, name, "TariffPrice", "%s", "");
	}
}

/* The engine's range: no total above TARIFF_PRICE_MAX. */
static void
check_totals(const struct tariff_version *version, struct faults *faults)
{
	struct tariff_version copy = *version;

	if (faults->count > 0)
		return;
	tariff_ready(&copy);
	for (size_t tier = 0; tier <= version->tier_count; tier++)
		for (size_t period = 0; period < TARIFF_PERIODS; period++)
			if (!is_price(copy.total_uyuan[tier][period]))
				fault_add(faults, "component_0", "TariffPrice", "%s", "");
}

void
tariff_check(const struct tariff_version *version, struct faults *faults)
{
	check_seasons(version, faults);
	check_tables(version, faults);
	check_components(version, faults);
	check_tiers(version, faults);
	check_totals(version, faults);
}

/* ---- warnings ---- */

bool
tariff_uses(const struct tariff_version *version, enum tariff_period period)
{
	for (size_t t = 0; t < version->table_count; t++)
		for (size_t i = 0; i < version->tables[t].count; i++)
			if (version->tables[t].slots[i].period == period)
				return true;
	return false;
}

static bool
has_day_kinds(const struct tariff_version *version)
{
	for (size_t s = 0; s < version->season_count; s++)
		for (size_t kind = 1; kind < TARIFF_DAY_KINDS; kind++)
			if (version->seasons[s].table[kind] != version->seasons[s].table[0])
				return true;
	return false;
}

static size_t
count_workday_tables(const struct tariff_version *version)
{
	uint32_t seen = 0;

	for (size_t s = 0; s < version->season_count; s++)
		seen |= 1u << version->seasons[s].table[TARIFF_WORKDAY];
	return (size_t)__builtin_popcount(seen);
}

static void
warn_prices(const struct tariff_version *version, struct faults *warnings)
{
	for (size_t period = 0; period < TARIFF_PERIODS; period++)
		if (tariff_uses(version, (enum tariff_period)period) &&
		    version->total_uyuan[0][period] == 0)
			fault_add(warnings, "component_0", "TariffFree", "%s", "");
}

void
tariff_warn(const struct tariff_version *version, const struct tariff_limits *limits,
    struct faults *warnings)
{
	size_t tables = count_workday_tables(version);

	warn_prices(version, warnings);
	if (version->season_count > limits->seasons)
		fault_add(warnings, "", "TariffManySeasons", "%zu\t%zu", version->season_count,
		    limits->seasons);
	if (tables > limits->tables)
		fault_add(warnings, "", "TariffManyTables", "%zu\t%zu", tables, limits->tables);
	if (has_day_kinds(version))
		fault_add(warnings, "", "TariffDayKinds", "%s", "");
	if (!limits->has_deep && tariff_uses(version, TARIFF_DEEP))
		fault_add(warnings, "", "TariffDeep", "%s", "");
	if (version->tier_count > 0)
		fault_add(warnings, "", "TariffSteps", "%s", "");
}
