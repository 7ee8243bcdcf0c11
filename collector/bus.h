/*
 * bus.h - one thread per bus: plan → link → profile → outbox, plain blocking code.
 *
 * The thread shares its inbox and the outbox, nothing else. The loop allocates nothing.
 */
#ifndef VOLTILL_BUS_H
#define VOLTILL_BUS_H

#include <stdint.h>

#include "base/rc.h"
#include "definition.h"
#include "model/command_run.h"
#include "outbox.h"

struct bus;
struct money_desk;

/* Starts the thread. Takes over definition. epoch is written into every item. NULL, with a log
 * line, when the system has no more threads or descriptors; definition is then freed.
 *
 * desk commits what is done with money; NULL: no such order will come.
 *
 * The first answer of each meter gives ITEM_METER_BACK and the first of the bus ITEM_BUS_BACK,
 * because the database may still hold them as lost. */
struct bus *bus_start(struct bus_definition *definition, uint64_t epoch, struct outbox *outbox,
    struct money_desk *desk);

/* Hands over a new definition; it takes effect between two transactions and keeps what is known of
 * meters that stay (last reading, back-off), so that a reload loses no reading. Takes it over. */
void bus_redefine(struct bus *bus, struct bus_definition *definition);

/* Orders, from the dispatcher: how many more it takes now, one to be carried out (there is room),
 * and one that shall stop. What is under way at the end of the thread goes back to the queue. */
size_t bus_order_room(const struct bus *bus);
void bus_order(struct bus *bus, const struct command *command);
void bus_cancel(struct bus *bus, int64_t command_id);
/* From the money desk, what it was asked for this command. */
void bus_money_answer(struct bus *bus, int64_t command_id, bool is_yes);

/* Asks the thread to end: a wait or a transaction under way is given up. bus_join waits for it,
 * after which all its items are in the outbox, and frees bus. */
void bus_stop(struct bus *bus);
void bus_join(struct bus *bus);

#endif
