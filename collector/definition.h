/*
 * definition.h - what the database says about buses and meters, checked.
 */
#ifndef VOLTILL_DEFINITION_H
#define VOLTILL_DEFINITION_H

#include <stddef.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"
#include "identity.h"
#include "link.h"
#include "model/reading.h"
#include "plan.h"
#include "profile.h"

struct meter_definition {
	uint32_t meter_id;
	uint8_t unit;
	uint8_t phases;
	uint8_t addresses; /* it takes from unit on: a three-phase user of a box has three */
	const struct profile *profile;
	int64_t ct_ratio, pt_ratio, rated_power_w;
	char identity[IDENTITY_ROOM]; /* the digits it should show; "": cannot be compared */
	bool was_other_meter;	      /* its newest state says so */
	bool is_protected;	      /* never to be tripped */
	struct reading_last
	    last; /* from the database, so that a restart judges the first reading too */
};

/* One bus with its meters. Immutable once made; handed to a bus thread, which frees it. */
struct bus_definition {
	uint32_t bus_id, gateway_id;
	char name[128]; /* "gateway / bus", for logs */
	struct link_config link;
	struct plan_timing timing;
	size_t meter_count;
	struct meter_definition meters[];
};

#define DEFINITION_TROUBLE_MAX 200

/* Loads one bus. A wrong value (no profile for the model, unit out of range, empty address, no such
 * baud rate) is RC_INVALID with a log line that names bus or meter and reason, and the reason in
 * trouble as a code and its values ("definition_unit 12 300": meter 12 has unit 300); *definition
 * is then untouched and the running bus goes on as it was. RC_NOT_FOUND when the bus is gone or
 * disabled. A bus without meters is a definition without meters. */
enum rc definition_load(struct db *db, uint32_t bus_id, struct bus_definition **definition,
    char trouble[DEFINITION_TROUBLE_MAX]);
void definition_free(struct bus_definition *definition); /* NULL is allowed */

#endif
