/*
 * curve.c - day curves of tenants.
 *
 * The wish for power is known at every half hour of the building's clock, a pure function of meter
 * and time, and runs straight in between: its integral is exact however time is cut into steps.
 */
#include <math.h>

#include "meter.h"

struct tenant {
	double base_w;
	int power_factor;
	double season;		    /* how much of the load follows the weather */
	double spread;		    /* of the noise */
	uint8_t work[24], rest[24]; /* percent of base_w by hour */
};

const char *const TENANT_WORDS[] = { "office", "shop", "restaurant", "salon", "server", "storage",
	"parking", "empty", "main", NULL };

static const struct tenant TENANTS[] = {
	{ 3000, 930, 0.35, 0.30,
	    { 8, 8, 7, 7, 7, 8, 10, 22, 62, 88, 95, 96, 78, 86, 97, 98, 95, 90, 66, 42, 28, 18, 12,
		9 },
	    { 8, 7, 7, 7, 7, 7, 8, 9, 12, 18, 22, 22, 20, 20, 21, 20, 17, 14, 11, 10, 9, 9, 8,
		8 } },
	{ 4200, 950, 0.30, 0.20,
	    { 7, 6, 6, 6, 6, 6, 7, 9, 16, 55, 82, 86, 88, 86, 85, 85, 87, 92, 97, 98, 92, 70, 22,
		9 },
	    { 8, 6, 6, 6, 6, 6, 7, 9, 18, 62, 90, 96, 98, 97, 97, 98, 99, 100, 100, 99, 95, 78, 30,
		10 } },
	{ 9000, 900, 0.20, 0.35,
	    { 9, 8, 8, 8, 8, 10, 14, 20, 26, 36, 68, 97, 98, 62, 28, 24, 38, 78, 99, 96, 66, 36, 18,
		11 },
	    { 10, 8, 8, 8, 8, 9, 12, 16, 24, 40, 76, 99, 100, 78, 42, 36, 52, 90, 100, 100, 80, 46,
		22, 12 } },
	{ 3800, 960, 0.25, 0.45,
	    { 5, 5, 5, 5, 5, 5, 5, 6, 10, 30, 56, 60, 58, 64, 68, 70, 72, 78, 88, 92, 84, 48, 14,
		6 },
	    { 5, 5, 5, 5, 5, 5, 5, 6, 14, 48, 82, 90, 92, 95, 98, 98, 96, 96, 96, 94, 84, 50, 16,
		6 } },
	{ 5200, 980, 0.10, 0.06,
	    { 86, 86, 85, 85, 85, 85, 86, 87, 90, 94, 96, 97, 97, 97, 98, 98, 97, 95, 92, 90, 89,
		88, 87, 86 },
	    { 85, 85, 85, 85, 85, 85, 85, 86, 87, 88, 89, 90, 90, 90, 90, 90, 89, 88, 88, 87, 87,
		86, 86, 85 } },
	{ 700, 880, 0.10, 0.60,
	    { 12, 12, 12, 12, 12, 12, 14, 30, 70, 80, 78, 70, 46, 64, 82, 85, 76, 60, 26, 16, 14,
		13, 12, 12 },
	    { 12, 12, 12, 12, 12, 12, 12, 13, 18, 26, 24, 22, 16, 18, 22, 20, 16, 14, 13, 12, 12,
		12, 12, 12 } },
	{ 1500, 900, 0.05, 0.20,
	    { 34, 32, 32, 32, 32, 34, 42, 70, 96, 90, 74, 72, 76, 74, 72, 74, 80, 98, 100, 92, 74,
		60, 48, 38 },
	    { 36, 33, 32, 32, 32, 32, 36, 42, 52, 64, 74, 80, 82, 80, 80, 82, 84, 88, 92, 88, 78,
		64, 52, 42 } },
	{ 9, 700, 0.00, 0.50,
	    { 50, 50, 50, 50, 50, 50, 50, 50, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 55, 50, 50,
		50, 50, 50 },
	    { 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50,
		50, 50, 50 } },
	{ 60000, 940, 0.30, 0.10,
	    { 14, 13, 13, 13, 13, 14, 18, 30, 60, 84, 92, 95, 88, 88, 94, 95, 94, 92, 84, 72, 56,
		38, 22, 16 },
	    { 14, 13, 13, 13, 13, 13, 15, 18, 26, 40, 52, 56, 56, 54, 54, 54, 54, 56, 56, 52, 44,
		32, 20, 15 } },
};

uint64_t
hash_mix(uint64_t a, uint64_t b)
{
	uint64_t x = a + 0x9E3779B97F4A7C15u * (b + 1);
	x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
	x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
	return x ^ (x >> 31);
}

double
hash_unit(uint64_t a, uint64_t b)
{
	return (double)(hash_mix(a, b) >> 11) * 0x1p-53;
}

int
curve_power_factor(int64_t tenant)
{
	return TENANTS[tenant].power_factor;
}

/* High in the last days of July, a smaller hill in January, low in between. */
static double
weather(int64_t day)
{
	static int64_t known_day = INT64_MIN;
	static double known;
	if (day != known_day) {
		double turn = 2 * M_PI * fmod((double)day - 205, 365.2425) / 365.2425;
		known = (cos(turn) + 0.6 * cos(2 * turn)) / 1.6;
		known_day = day;
	}
	return known;
}

double
curve_knot_w(const struct meter *meter, int64_t knot)
{
	const struct tenant *tenant = &TENANTS[meter->tenant];
	int64_t habit =
	    (int64_t)(hash_mix(meter->identity, 1) % 3) - 1; /* opens earlier or later */
	int64_t shifted = knot + habit;
	int64_t day = shifted / 48;
	size_t slot = (size_t)(shifted % 48), hour = slot / 2;
	int64_t weekday = (day + 4) % 7;
	const uint8_t *table = weekday == 0 || weekday == 6 ? tenant->rest : tenant->work;
	double percent = table[hour];
	if (slot % 2 == 1)
		percent = (percent + table[(hour + 1) % 24]) / 2;

	double noise = 1 + tenant->spread * (hash_unit(meter->identity, (uint64_t)shifted) - 0.5);
	double day_noise = 0.9 + 0.2 * hash_unit(meter->identity ^ 0xDA1, (uint64_t)day);
	return meter->scale * tenant->base_w * percent / 100 * noise * day_noise *
	       (1 + tenant->season * weather(day));
}
