/*
 * price - the pricing engine behind a pipe, for tests/tariff/engine.test.mjs.
 *
 * Words on standard input, one order a line:
 *   zone NAME
 *   calendar N {DAY IS_WORKDAY}…
 *   version N_SEASONS {MONTH DAY T T T}… N_TABLES {N_SLOTS {MIN PERIOD}…}… N_COMPONENTS {P P P P
 * P}… CYCLE TIER_KIND YEAR_MONTH YEAR_DAY N_TIERS {FROM_WH P P P P P}… spans N {FROM_AT VERSION}…
 * versions in the order they came, -1: no price meter                          begins with nothing
 * used use FROM_AT TO_AT ENERGY_WH HAS_PERIODS P P P P P end                            forgets the
 * versions Answers "use" only, with a line: rc, carried fen and remainder, what is used of month
 * and year, and for each part version:period:tier:energy and for each of its lines price:amount.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/tariff.h"

#define VERSIONS_MAX 8
#define SPANS_MAX    16
#define DATES_MAX    400

static struct tariff_version versions[VERSIONS_MAX];
static struct tariff_span spans[SPANS_MAX];
static struct tariff_date dates[DATES_MAX];
static size_t version_count, span_count;
static struct tariff_calendar calendar = { dates, 0 };
static struct tariff_plan plan;
static struct tariff_steps steps;
static int64_t carry_nano;

static int64_t
number(void)
{
	int64_t value;

	if (scanf("%" SCNd64, &value) != 1)
		abort();
	return value;
}

static size_t
count(size_t max)
{
	int64_t value = number();

	assert(value >= 0 && (size_t)value <= max);
	return (size_t)value;
}

static void
read_prices(int64_t *price_uyuan)
{
	for (size_t period = 0; period < TARIFF_PERIODS; period++)
		price_uyuan[period] = number();
}

static void
read_seasons(struct tariff_version *version)
{
	version->season_count = count(TARIFF_SEASONS_MAX);
	for (size_t i = 0; i < version->season_count; i++) {
		version->seasons[i].from_month = (uint8_t)number();
		version->seasons[i].from_day = (uint8_t)number();
		for (size_t kind = 0; kind < TARIFF_DAY_KINDS; kind++)
			version->seasons[i].table[kind] = (uint8_t)number();
	}
	version->table_count = count(TARIFF_TABLES_MAX);
	for (size_t i = 0; i < version->table_count; i++) {
		version->tables[i].count = count(TARIFF_SLOTS_MAX);
		for (size_t slot = 0; slot < version->tables[i].count; slot++) {
			version->tables[i].slots[slot].start_min = (int16_t)number();
			version->tables[i].slots[slot].period = (uint8_t)number();
		}
	}
}

static void
read_version(void)
{
	assert(version_count < VERSIONS_MAX);
	struct tariff_version *version = &versions[version_count++];

	memset(version, 0, sizeof(*version));
	read_seasons(version);
	version->component_count = count(TARIFF_COMPONENTS_MAX);
	for (size_t i = 0; i < version->component_count; i++)
		read_prices(version->components[i].price_uyuan);
	version->cycle = (enum tariff_cycle)number();
	version->tier_kind = (enum tariff_tier_kind)number();
	version->year_month = (uint8_t)number();
	version->year_day = (uint8_t)number();
	version->tier_count = count(TARIFF_TIERS_MAX);
	for (size_t i = 0; i < version->tier_count; i++) {
		version->tiers[i].from_wh = number();
		read_prices(version->tiers[i].price_uyuan);
	}
	tariff_ready(version);
}

static void
read_spans(void)
{
	span_count = count(SPANS_MAX);
	for (size_t i = 0; i < span_count; i++) {
		spans[i].from_at = number();
		int64_t version = number();
		spans[i].version = version < 0 ? NULL : &versions[version];
	}
	tariff_plan(&plan, spans, span_count, &calendar);
}

static void
print_charge(const struct tariff_charge *charge)
{
	int64_t energy_wh, amount_nano, fen;

	if (tariff_charge_total(charge, &energy_wh, &amount_nano) != RC_OK ||
	    tariff_settle(amount_nano, &carry_nano, &fen) != RC_OK)
		abort();
	printf("0 %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64, fen, carry_nano, steps.month_wh,
	    steps.year_wh);
	for (size_t i = 0; i < charge->count; i++) {
		const struct tariff_part *part = &charge->parts[i];
		int64_t sum_nano = 0;
		printf(" %d:%d:%d:%" PRId64, (int)(part->version - versions), part->period,
		    part->tier, part->energy_wh);
		for (size_t k = 0; k < tariff_line_count(part); k++) {
			struct tariff_line line = tariff_line(part, k);
			sum_nano += line.amount_nano;
			printf(":%" PRId64 ":%" PRId64, line.price_uyuan, line.amount_nano);
		}
		assert(sum_nano == part->amount_nano);
	}
	putchar('\n');
}

static void
answer_use(void)
{
	static struct tariff_charge charge;
	struct tariff_interval interval = { .from_at = number(), 0 };

	interval.to_at = number();
	interval.energy_wh = number();
	interval.has_periods = number() != 0;
	read_prices(interval.period_wh);
	charge.count = 0;
	enum rc rc = tariff_price(&plan, &interval, &steps, &charge);
	if (rc == RC_OK)
		print_charge(&charge);
	else
		printf("%d\n", (int)rc);
}

static void
read_calendar(void)
{
	calendar.count = count(DATES_MAX);
	for (size_t i = 0; i < calendar.count; i++) {
		dates[i].day = (int32_t)number();
		dates[i].is_workday = number() != 0;
	}
}

int
main(void)
{
	char word[64];

	while (scanf("%63s", word) == 1) {
		if (strcmp(word, "zone") == 0) {
			if (scanf("%63s", word) != 1 || clock_set_zone(word) != RC_OK)
				return 1;
		} else if (strcmp(word, "calendar") == 0) {
			read_calendar();
		} else if (strcmp(word, "version") == 0) {
			read_version();
		} else if (strcmp(word, "spans") == 0) {
			read_spans();
		} else if (strcmp(word, "meter") == 0) {
			steps = (struct tariff_steps){ 0 };
			carry_nano = 0;
		} else if (strcmp(word, "use") == 0) {
			answer_use();
		} else if (strcmp(word, "end") == 0) {
			version_count = 0;
		} else {
			return 1;
		}
	}
	return 0;
}
