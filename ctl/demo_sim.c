/*
 * The simulator's configuration for the building. Its language is described in tests/sim/README.md.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "demo.h"

/* What the meter holds now; the simulator's history leads up to it. */
static void
write_credit(FILE *out, const struct demo_meter *m)
{
	int spread = m->unit * 37 % 100;

	fprintf(out, " alarm1_fen=5000 alarm2_fen=2000 prepay=1");
	switch (m->credit) {
	case DEMO_CREDIT_LOW:
		fprintf(out, " topup=low credit_fen=%d", 2400 + 24 * spread);
		break;
	case DEMO_CREDIT_VERY_LOW:
		fprintf(out, " topup=low credit_fen=%d", 600 + 12 * spread);
		break;
	case DEMO_CREDIT_ARREARS:
		/* Some have an overdraft and are still supplied. */
		if (m->unit % 3 == 0)
			fprintf(
			    out, " topup=low overdraft_fen=30000 credit_fen=%d", -300 - 7 * spread);
		else
			fprintf(out, " topup=arrears");
		break;
	case DEMO_CREDIT_GOOD:
		fprintf(out, " topup=auto");
		break;
	}
}

/* The tables and prices of demo_tariff.c, as the meters hold them: rate, minute, hour; table, day,
 * month. */
#define SUMMER		"04000003000602000801000c02000e03000f040016"
#define USUAL		"04000003000602000803000b020012040016"
#define TWO_RATES	"040000020006"
#define REST(used)	(2 * DAY_TABLE_BYTES - (int)strlen(used)), ZEROS
#define DAY_TABLE_BYTES 42
static const char ZEROS[2 * DAY_TABLE_BYTES + 1] =
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000";

static void
write_prices(FILE *out, const struct demo_meter *m, size_t index)
{
	if (m->line == DEMO_LINE_PARK) {
		fprintf(out, " price_uyuan=734000");
	} else if (index == DEMO_FIXED_PRICE || m->line == DEMO_LINE_MAIN) {
		fprintf(out, " price_uyuan=850000");
	} else if (m->floor == DEMO_FLOORS) {
		fprintf(out,
		    " price_uyuan=617000 price_valley_uyuan=307000 day_table1=%s%.*s"
		    " day_table2=%s%.*s",
		    TWO_RATES, REST(TWO_RATES), TWO_RATES, REST(TWO_RATES));
	} else {
		fprintf(out,
		    " price_sharp_uyuan=1193400 price_peak_uyuan=959400 price_flat_uyuan=682400"
		    " price_valley_uyuan=351400 day_table1=%s%.*s day_table2=%s%.*s"
		    " zones=01010702010a000000000000",
		    SUMMER, REST(SUMMER), USUAL, REST(USUAL));
	}
}

static void
write_lines(FILE *out, const char *dir, int first_port)
{
	fprintf(out, "seed 42\nzone +8\n");
	fprintf(out, "line a rtutcp=127.0.0.1:%d baud=9600 delay_ms=20 pace=1\n", first_port);
	fprintf(out, "line b rtutcp=127.0.0.1:%d baud=9600 delay_ms=20 pace=1\n", first_port + 1);
	fprintf(out, "line main tcp=127.0.0.1:%d baud=9600 delay_ms=20 pace=1\n", first_port + 2);
	fprintf(out, "line park pty=%s/park baud=9600 delay_ms=20 pace=1\n", dir);
	for (int floor = 1; floor <= DEMO_FLOORS; floor++) {
		fprintf(out, "box %s base=%d size=36 three=%d\n", floor <= 4 ? "a" : "b",
		    1 + 36 * (floor <= 4 ? floor - 1 : floor - 5), demo_three_phase(floor));
	}
}

static void
write_meter(FILE *out, const struct demo_meter *m, size_t index)
{
	fprintf(out, "meter %s unit=%d model=%s phases=%d number=%s tenant=%s scale=%d.%02d",
	    demo_lines[m->line].name, m->unit, m->model, m->phases, m->number, m->tenant_kind,
	    m->scale_percent / 100, m->scale_percent % 100);
	write_prices(out, m, index);
	if (m->line == DEMO_LINE_MAIN)
		fprintf(out, " sum=%s:%d-%d prepay=0 topup=never", demo_lines[m->sum_line].name,
		    m->first_unit, m->last_unit);
	else if (strcmp(m->tenant_kind, "empty") == 0)
		fprintf(out, " credit_fen=0 count=0 prepay=0 topup=never");
	else
		write_credit(out, m);
	fprintf(out, "%s\n", m->is_silent ? " silent=1" : "");
}

enum rc
demo_sim_write(const char *path, const char *dir, int first_port)
{
	static struct demo_meter meters[DEMO_METERS];
	FILE *out = fopen(path, "w");

	if (out == NULL) {
		log_error("demo", "cannot write %s", path);
		return RC_UNAVAILABLE;
	}
	demo_building(meters);
	write_lines(out, dir, first_port);
	/* Sums need their parts first: the list has the main meters after the boxes. */
	for (size_t i = 0; i < DEMO_METERS; i++)
		write_meter(out, &meters[i], i);
	if (fclose(out) != 0) {
		log_error("demo", "cannot write %s", path);
		return RC_UNAVAILABLE;
	}
	return RC_OK;
}
