/*
 * demo.h - the demonstration: rows, the simulator's configuration, generated history.
 */
#ifndef VOLTILL_DEMO_H
#define VOLTILL_DEMO_H

#include "ctl.h"
#include "demo_building.h"

/* How long the silent meter of the demonstration has been lost when it starts. */
#define DEMO_SILENT_FOR (2 * CLOCK_HOUR)

/* Which meter of the list has a price of its own. */
#define DEMO_FIXED_PRICE 3

/* Writes the simulator's configuration: lines on 127.0.0.1 from first_port, the pty as dir/park. */
enum rc demo_sim_write(const char *path, const char *dir, int first_port);

/* Loads what `metersim --history` prints from stdin: readings, daily roll-ups, states. */
enum rc demo_history_load(struct db *db);

/* The business behind the history: documents, ledger, shifts; once. Operators cashier, manager and
 * finance must exist. */
enum rc demo_money(struct db *db);

/* Tariffs, who has which, and the holiday calendar; once. */
enum rc demo_tariff(struct db *db);

#endif
