/*
 * demo_building.h - the building of the demonstration: an e-commerce headquarters of seven floors.
 *
 * One list serves the database (demo.c) and the simulator's configuration (demo_sim.c), so both
 * always describe the same meters. The list is the same at every start.
 */
#ifndef VOLTILL_DEMO_BUILDING_H
#define VOLTILL_DEMO_BUILDING_H

#include <stdbool.h>
#include <stddef.h>

#define DEMO_FLOORS   7
#define DEMO_METERS   252 /* 230 users of 7 boxes, 7 main meters, 15 of the car park */
#define DEMO_CAR_PARK 0	  /* number of the floor that is the car park */

enum demo_line { DEMO_LINE_A, DEMO_LINE_B, DEMO_LINE_MAIN, DEMO_LINE_PARK, DEMO_LINES };

struct demo_line_definition {
	const char *name; /* of the line in the simulator and of the bus */
	const char *gateway;
	const char *transport; /* bus.transport */
};
extern const struct demo_line_definition demo_lines[DEMO_LINES];

enum demo_credit { DEMO_CREDIT_GOOD, DEMO_CREDIT_LOW, DEMO_CREDIT_VERY_LOW, DEMO_CREDIT_ARREARS };

struct demo_meter {
	enum demo_line line;
	int unit;
	int phases;
	int box_position; /* 0: not in a box */
	int floor;	  /* 1…7, DEMO_CAR_PARK */
	char room[24];	  /* "" for a main meter */
	char name[64];	  /* meters that serve no room */
	char number[24];
	const char *model;
	const char *tenant_kind; /* of the simulator: office, shop … */
	int scale_percent;	 /* size of the tenant against the usual one of its kind */
	char tenant[64];	 /* "" for an empty room */
	char phone[20];
	enum demo_credit credit;
	bool is_silent;		   /* does not answer: the lost meter of the demonstration */
	bool is_protected;	   /* lift, fire pump */
	int first_unit, last_unit; /* of a main meter: loops it sums up, on sum_line */
	enum demo_line sum_line;
};

/* Fills the list of DEMO_METERS. */
void demo_building(struct demo_meter meters[DEMO_METERS]);

/* Three-phase users of a floor's box; they come first and take three addresses each. */
int demo_three_phase(int floor);

#endif
