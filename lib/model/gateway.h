/*
 * gateway.h - gateways and buses as people see them: do they answer, how well, and who reads them.
 */
#ifndef VOLTILL_GATEWAY_H
#define VOLTILL_GATEWAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/scope.h"

#define GATEWAY_HOURS 24

enum bus_status {
	BUS_OK,
	BUS_PARTLY,    /* it answers, some of its meters are lost */
	BUS_LOST,      /* nothing on it answers, or it cannot be opened */
	BUS_UNWATCHED, /* no collector holds it */
	BUS_EMPTY,     /* no meters hang on it */
	BUS_DISABLED,
	BUS_STATUSES
};
const char *bus_status_name(enum bus_status status); /* "ok" … under T.Accounts.BusStatus */

/* How asking went; summed over hours. */
struct poll_sum {
	int64_t asked, answered, timeouts, damaged, refused, answer_ms;
};
/* Per mille of the asked that answered, rounded down so that 1000 means all; -1: never asked. */
int poll_success(const struct poll_sum *poll);
int64_t poll_answer_ms(const struct poll_sum *poll); /* mean; -1: none */

struct bus_view {
	int64_t gateway_id, bus_id; /* bus_id 0: a gateway without buses */
	const char *gateway, *place, *bus, *transport, *host, *device, *parity, *trouble,
	    *collector;
	int64_t port, baud, stop_bits;
	bool is_disabled, has_state;
	int64_t meters, meters_lost;
	int64_t seen_at, round_ms, round_at, lost_since; /* 0: unknown; round_ms -1 */
	struct poll_sum poll;				 /* the last 24 hours */
	enum bus_status status;
};

/* gateway_id 0: all, in the order of their names. A gateway is in the scope of its building; one
 * without a place in that of the meters it carries. Whatever is counted are meters of the scope. */
enum rc gateway_buses(struct db *db, struct arena *arena, const struct scope *scope,
    int64_t gateway_id, int64_t now, struct bus_view **buses, size_t *count);
/* Rows for export_answer; columns are listed in cgi-bin/accounts/gateways.c. */
enum rc gateway_export(struct db *db, const struct scope *scope, int64_t now, struct rows **rows);

/* A meter of a bus hour by hour. hours[23] is the running hour. */
struct meter_poll {
	int64_t meter_id, unit;
	const char *room, *name, *tenant, *number;
	int64_t lost_since;
	struct poll_sum total, hours[GATEWAY_HOURS];
};
/* First instant of the first of the 24 hours. */
int64_t gateway_first_hour(int64_t now);
/* Only those of the scope. */
enum rc gateway_meters(struct db *db, struct arena *arena, const struct scope *scope,
    int64_t bus_id, int64_t now, struct meter_poll **meters, size_t *count);
enum rc gateway_meter_hours(struct db *db, int64_t meter_id, int64_t now, struct meter_poll *meter);

#endif
