/*
 * tariff - how fast intervals are priced, beside a bare loop that only multiplies and adds.
 *
 * A building's month: meters in turn, for each its half hours in order, a tariff with four periods,
 * two seasons, holidays, three components and three steps. The reference adds energy × price with
 * the price of a table, and knows neither time nor steps.
 *
 * tariff SECONDS
 * prints: engine=N reference=N (intervals a second) check=N
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "model/tariff.h"

#define HALF_HOURS 1440
#define METERS	   64

static int64_t energies[METERS][HALF_HOURS];

static double
seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct tariff_version
make_version(void)
{
	static const int64_t PRICES[TARIFF_PERIODS] = { 1265000, 1054000, 685000, 342000, 210000 };
	struct tariff_version version = {
		.season_count = 2,
		.table_count = 2,
		.component_count = 3,
		.tier_count = 3,
		.cycle = TARIFF_MONTH,
		.year_month = 1,
		.year_day = 1,
		.seasons = { { "", 7, 1, { 0, 0, 1 } }, { "", 10, 1, { 1, 1, 1 } } },
		.tables[0] = { 8,
		    { { 0, TARIFF_VALLEY }, { 360, TARIFF_FLAT }, { 480, TARIFF_PEAK },
			{ 720, TARIFF_SHARP }, { 840, TARIFF_PEAK }, { 1080, TARIFF_PEAK },
			{ 1260, TARIFF_FLAT }, { 1320, TARIFF_VALLEY } } },
		.tables[1] = { 3,
		    { { 0, TARIFF_VALLEY }, { 365, TARIFF_FLAT }, { 1315, TARIFF_VALLEY } } },
	};

	for (size_t period = 0; period < TARIFF_PERIODS; period++) {
		version.components[0].price_uyuan[period] = PRICES[period];
		version.components[1].price_uyuan[period] = 31000;
		version.components[2].price_uyuan[period] = 50000;
		for (size_t tier = 0; tier < 3; tier++)
			version.tiers[tier].price_uyuan[period] = 50000 * (int64_t)(tier + 1);
	}
	for (size_t tier = 0; tier < 3; tier++)
		version.tiers[tier].from_wh = 200000 * (int64_t)(tier + 1);
	tariff_ready(&version);
	return version;
}

static double
run_engine(double limit_s, int64_t *check)
{
	struct tariff_version version = make_version();
	struct tariff_span span = { INT64_MIN, &version };
	static const struct tariff_date dates[] = { { 20660, false }, { 20661, false } };
	const struct tariff_calendar calendar = { dates, 2 };
	static struct tariff_charge charge;
	struct tariff_plan plan;
	int64_t first_at = clock_day_start((struct day){ 20635 }), count = 0;
	double began = seconds(), spent;

	tariff_plan(&plan, &span, 1, &calendar);
	do {
		for (size_t meter = 0; meter < METERS; meter++) {
			struct tariff_steps steps = { 0 };
			struct tariff_interval interval = { .to_at = first_at };
			for (size_t i = 0; i < HALF_HOURS; i++) {
				interval.from_at = interval.to_at;
				interval.to_at += 30 * CLOCK_MINUTE;
				interval.energy_wh = energies[meter][i];
				charge.count = 0;
				if (tariff_price(&plan, &interval, &steps, &charge) != RC_OK)
					abort();
				for (size_t part = 0; part < charge.count; part++)
					*check += charge.parts[part].amount_nano;
			}
			count += HALF_HOURS;
		}
		spent = seconds() - began;
	} while (spent < limit_s);
	return (double)count / spent;
}

static double
run_reference(double limit_s, int64_t *check)
{
	struct tariff_version version = make_version();
	int64_t count = 0;
	double began = seconds(), spent;

	do {
		for (size_t meter = 0; meter < METERS; meter++)
			for (size_t i = 0; i < HALF_HOURS; i++)
				*check += energies[meter][i] * version.total_uyuan[0][i & 3];
		count += (int64_t)METERS * HALF_HOURS;
		spent = seconds() - began;
		__asm__ volatile("" ::: "memory");
	} while (spent < limit_s);
	return (double)count / spent;
}

int
main(int argc, char **argv)
{
	double limit_s = argc > 1 ? atof(argv[1]) : 1;
	int64_t check = 0;
	uint32_t random = 1;

	for (size_t meter = 0; meter < METERS; meter++)
		for (size_t i = 0; i < HALF_HOURS; i++)
			energies[meter][i] = (random = random * 1664525 + 1013904223) >> 22;
	double engine = run_engine(limit_s, &check);
	double reference = run_reference(limit_s, &check);
	printf("engine=%.0f reference=%.0f check=%" PRId64 "\n", engine, reference, check);
	return 0;
}
