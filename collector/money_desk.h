/*
 * money_desk.h - the thread that commits what buses do with money: intents before a write, and
 * results. It has a connection of its own, so that no batch of readings is in front.
 *
 * An intent is answered through bus_money_answer, once it is known whether it is committed; a bus
 * that has ended is not touched. Results are kept until the database takes them. Each is one
 * transaction that holds the lease of the bus.
 */
#ifndef VOLTILL_MONEY_DESK_H
#define VOLTILL_MONEY_DESK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/conf.h"
#include "lease.h"
#include "model/delivery.h"

struct bus;
struct money_desk;

/* Starts the thread. conf must outlive it. */
struct money_desk *money_desk_start(const struct conf *conf, const struct lease_owner *owner);
/* Makes fd (an eventfd of the dispatcher) readable when a result was stored: of the same meter the
 * next order is due. */
void money_desk_tell_ends(struct money_desk *desk, int fd);
/* Commits what waits, for a moment; then ends and frees. True: nothing is left. Buses have ended.
 */
bool money_desk_stop(struct money_desk *desk);

/* The longest time that a gateway keeps a request, as configured. */
int64_t money_desk_gateway_delay_ms(const struct money_desk *desk);

/* A bus begins and ends; after the latter it is not answered any more. */
void money_desk_enter(struct money_desk *desk, uint32_t bus_id, uint64_t epoch, struct bus *bus);
void money_desk_leave(struct money_desk *desk, const struct bus *bus);

/* From the bus threads. is_gone: the meter hangs on another bus now, and its order follows. */
void money_desk_intend(
    struct money_desk *desk, uint32_t bus_id, const struct delivery_intent *intent);
void money_desk_settle(
    struct money_desk *desk, uint32_t bus_id, const struct delivery_end *end, bool is_gone);
/* Whether nobody owns this meter and its credit: then its purchase count may be tested. Answered as
 * an intent. */
void money_desk_may_test(struct money_desk *desk, uint32_t bus_id, uint64_t epoch,
    int64_t command_id, uint32_t meter_id);

#endif
