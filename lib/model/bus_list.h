/*
 * bus_list.h - gateways and buses as they are set up: for an export, and the load of a bus.
 */
#ifndef VOLTILL_BUS_LIST_H
#define VOLTILL_BUS_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"
#include "model/bus_estimate.h"
#include "model/scope.h"

/* Columns of cgi-bin/settings/gateways.c. search is folded, "" for all. */
enum rc bus_export(
    struct db *db, const struct scope *scope, const char *search, struct rows **rows);

#define BUS_LOADS_MAX 32
/* The living meters of a bus by model. */
enum rc bus_loads(
    struct db *db, int64_t bus_id, struct bus_load loads[BUS_LOADS_MAX], size_t *count);

/* What the collector says of a bus: its last trouble as a code and its values, "" for none. */
struct bus_report {
	char trouble[201];
	int64_t seen_at, lost_since, round_ms, round_at; /* 0: unknown */
};
enum rc bus_report(struct db *db, int64_t bus_id, struct bus_report *report);

#endif
