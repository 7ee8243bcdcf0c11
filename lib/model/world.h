/*
 * world.h - what stands around a row that is validated: its neighbours, by small look-ups.
 *
 * Validation never asks SQL itself. A form uses world_of_database, which asks the server for each
 * look-up; an import keeps everything in memory, with the rows of the file in front of it laid over
 * what is stored, and answers 20,000 rows in seconds. Look-ups find living things only: a removed
 * meter does not count. Names are compared as the database does: without regard to case and width
 * (text_fold of both).
 */
#ifndef VOLTILL_WORLD_H
#define VOLTILL_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"

struct place_row;
struct bus_row;
struct meter_model; /* model/meter_model.h */

/* A meter of the same bus, as far as addresses are concerned. */
struct meter_neighbour {
	int64_t meter_id;
	int64_t unit, box_position; /* box_position 0: none */
	int64_t phases, ct_ratio;
	int64_t addresses; /* it takes from unit on */
	bool is_box;	   /* a loop of a box */
	char number[17];
	char place[257]; /* room or name, for the message; "" if it has neither */
};

/* Each answers false (0, an empty list) when there is no such thing. id 0 is never asked. */
struct world {
	void *context;
	bool (*place)(void *context, int64_t place_id, struct place_row *place);
	int64_t (*place_named)(void *context, int64_t parent_id, const char *name);
	bool (*gateway_exists)(void *context, int64_t gateway_id);
	int64_t (*gateway_named)(void *context, const char *name);
	bool (*bus)(void *context, int64_t bus_id, struct bus_row *bus);
	int64_t (*bus_named)(void *context, int64_t gateway_id, const char *name);
	/* A bus that is not disabled and has that end point: host and port, or device with host ""
	 * and port 0. */
	int64_t (*bus_at)(void *context, const char *host, int64_t port, const char *device);
	const struct meter_model *(*model)(void *context, int64_t meter_model_id);
	int64_t (*meter_numbered)(void *context, const char *number);
	/* All living meters of a bus, in any order; valid until the next call. */
	const struct meter_neighbour *(*meters_of_bus)(
	    void *context, int64_t bus_id, size_t *count);
};

/* Answers from the database, inside the caller's transaction if there is one. After validation ask
 * world_failed: a look-up that could not be made answered "no such thing". */
struct world *world_of_database(struct db *db, struct arena *arena);
enum rc world_failed(const struct world *world);

#endif
