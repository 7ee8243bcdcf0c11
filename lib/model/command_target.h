/*
 * command_target.h - meters that an order may go to: what a form chooses from and shows before it
 * sends. Reads only.
 */
#ifndef VOLTILL_COMMAND_TARGET_H
#define VOLTILL_COMMAND_TARGET_H

#include "base/arena.h"
#include "base/db.h"
#include "model/scope.h"

#define TARGETS_MAX 5000

struct target_row {
	int64_t meter_id, bus_id, phases;
	const char *building, *place, *number, *tenant;
	int64_t lost_since; /* 0: it answers */
	bool is_bus_disabled;
	bool was_chosen; /* for the caller */
};

/* Which: all of a place (also below it), all of a tariff today, or one meter; 0 leaves out. */
struct target_filter {
	int64_t place_id, tariff_id, meter_id;
	int64_t now;
};
enum rc command_targets(struct db *db, struct arena *arena, const struct scope *scope,
    const struct target_filter *filter, struct target_row **targets, size_t *count);

/* Tariffs to choose from: id, name. */
enum rc command_target_tariffs(struct db *db, struct rows **rows);

/* A bus for an order to it; RC_NOT_FOUND when it is outside the scope. */
struct target_bus {
	int64_t bus_id, gateway_id;
	const char *name, *gateway, *transport, *host, *device;
	int64_t port;
	bool is_disabled;
	const char *collector; /* who reads it now; "": nobody */
};
enum rc command_target_bus(struct db *db, struct arena *arena, const struct scope *scope,
    int64_t bus_id, int64_t now, struct target_bus *bus);

/* The newest order of a kind to a bus; RC_NOT_FOUND: none yet. */
struct bus_order_row {
	int64_t command_id, batch_id, created_at, taken_at, ended_at, step, steps;
	const char *state, *result, *payload;
	bool is_cancelling;
};
enum rc command_last_of_bus(struct db *db, struct arena *arena, int64_t bus_id, const char *kind,
    struct bus_order_row *order);

/* What a scan or a test found, with the meter that is defined there. */
struct found_row {
	int64_t unit, answer_ms; /* -1: none */
	const char *outcome, *model_code, *number;
	int64_t meter_id; /* 0: nobody is defined there */
	const char *meter_number, *meter_model, *meter_place;
};
enum rc command_list_found(struct db *db, struct arena *arena, int64_t command_id, int64_t bus_id,
    struct found_row **found, size_t *count);

#endif
