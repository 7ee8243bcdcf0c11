/*
 * bus_edit.h - buses as people change them. See place_edit.h for what the verbs promise.
 */
#ifndef VOLTILL_BUS_EDIT_H
#define VOLTILL_BUS_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"
#include "model/bus_rule.h"
#include "model/change.h"
#include "model/fault.h"
#include "model/operator.h"
#include "model/world.h"

#define BUS_NAME_MAX   64
#define BUS_HOST_MAX   64
#define BUS_DEVICE_MAX 128

struct bus_row {
	int64_t bus_id; /* 0: not stored yet */
	int64_t gateway_id;
	char name[BUS_NAME_MAX * 4 + 1];
	enum bus_transport transport;
	char host[BUS_HOST_MAX + 1];	 /* numeric; "" for a serial port */
	int64_t port;			 /* 0 for a serial port */
	char device[BUS_DEVICE_MAX + 1]; /* "" but for a serial port */
	int64_t baud;
	char parity[2]; /* "N" "E" "O" */
	int64_t stop_bits;
	int64_t response_timeout_ms, gap_ms;
	int64_t status_period_s, reading_period_s;
	int64_t disabled_at; /* 0: it is read */
	int64_t revision;
};

/* What a new bus has where nobody said otherwise. */
struct bus_row bus_default(void);

/* Faults of fields gateway, name, transport, host, port, device, baud, parity, stop_bits,
 * response_timeout_ms, gap_ms, status_period_s, reading_period_s. What the transport does not use
 * is not looked at. */
void bus_validate(const struct bus_row *row, const struct world *world, struct faults *faults);
void bus_compare(
    const struct bus_row *before, const struct bus_row *after, struct changes *changes);

/* Fields the transport does not use are stored empty. */
enum rc bus_insert(struct db *db, struct bus_row *row, const struct operator_actor *by);
enum rc bus_update(struct db *db, struct bus_row *row, const struct operator_actor *by);
/* What holds it: meters (also removed ones) and orders that were given to it. */
enum rc bus_count_uses(struct db *db, int64_t bus_id, int64_t *meters, int64_t *orders);
/* RC_INVALID while one of these names it: disable it instead. */
enum rc bus_remove(
    struct db *db, const struct bus_row *row, const char *reason, const struct operator_actor *by);
enum rc bus_load(struct db *db, int64_t bus_id, struct bus_row *row);
/* The same, and nobody else changes it before the transaction ends. */
enum rc bus_load_locked(struct db *db, int64_t bus_id, struct bus_row *row);

#endif
