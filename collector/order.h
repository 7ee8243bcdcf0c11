/*
 * order.h - orders of a bus: carried out between two polls, one transaction at a time.
 *
 * The dispatcher has claimed them, so they are ours until they are told to have ended. order.c
 * holds them and decides whose turn it is; order_config.c reads and writes parts of a meter's
 * configuration, order_money.c moves credit, order_control.c forces relays, order_guard.c tests
 * what a meter does with purchase counts, order_scan.c searches a bus. Nothing here is allocated
 * after the start.
 */
#ifndef VOLTILL_ORDER_H
#define VOLTILL_ORDER_H

#include "bus_private.h"
#include "config_frame.h"
#include "deliver.h"
#include "model/command_run.h"

#define ORDERS_MAX 16 /* of one bus at a time; the rest waits in the database */

enum order_phase { ORDER_READ, ORDER_WRITE, ORDER_VERIFY };
enum desk_answer { DESK_NONE, DESK_AWAITED, DESK_YES, DESK_NO };

/* order_guard.c */
struct guard_test {
	uint8_t stage;
	bool has_first, is_back_due;
	enum delivery_guard found;
	const char *why;			   /* nothing was found */
	uint32_t first_count, before_count, count; /* of the last read; at the start; now */
	int64_t first_fen, before_fen, credit_fen, back_fen;
	uint32_t moved[4]; /* the count, by each frame */
	int64_t shown_fen[4];
};

struct order {
	struct command command;
	int64_t began_at;   /* UTC */
	int64_t not_before; /* monotonic */
	bool is_cancelled;
	uint16_t step;
	int tries;		      /* of the transaction that is due */
	int looks;		      /* at what a meter shows, order_control.c and order_guard.c */
	enum desk_answer desk_answer; /* of money_desk.h */

	/* order_config.c */
	size_t frame; /* the next */
	enum order_phase phase;
	int writes; /* of this frame */
	bool was_looked_at_twice;
	bool is_part_refused;
	uint16_t found_frames, parts_told; /* in found; told */
	enum zone_order zone_order;
	bool is_zone_order_sure;
	struct config found;
	uint16_t held[FRAME_REGISTERS_MAX];

	/* order_money.c */
	bool has_begun;
	struct deliver deliver;
	struct reading shown; /* the last read */

	struct guard_test guard;

	/* order_scan.c */
	uint16_t unit, answers, asked;
	uint8_t stage;
	const char *model_code;
	int32_t answer_ms;
	enum trouble last_trouble;
};

struct orders *orders_new(void);
void orders_free(struct orders *orders); /* NULL is allowed */

/* The next transaction of an order, if it is its turn: orders go before polls, but polls that are
 * due get one turn in five, and every other one of a scan. False: there was nothing to do;
 * *wake_at then says when there may be (monotonic; INT64_MAX: not before there is mail). */
bool orders_turn(struct bus *bus, bool is_poll_due, int64_t now, int64_t wall, int64_t *wake_at);
/* What the dispatcher handed over; under the lock of the bus. */
void orders_take_mail(struct bus *bus);
/* The thread ends: all go back to the queue. */
void orders_put_back(struct bus *bus);

/* ---- for order_*.c ---- */

/* The order is over, and its slot free. result: a code and its values. */
void order_end(struct bus *bus, struct order *order, enum command_state state, const char *result);
/* Back to the queue: tried again later, or when the meter answers. What may not be repeated fails.
 */
void order_retry(struct bus *bus, struct order *order, const char *why);
void order_step(struct bus *bus, struct order *order); /* one more is done */
/* What a transaction with the line itself came to; true when the order was put back for it. */
bool order_note_line(struct bus *bus, struct order *order, enum trouble trouble);

void order_drop(struct bus *bus, struct order *order); /* its slot is free, nothing is told */
int64_t order_pause_ms(const struct order *order);     /* until it is tried again */

/* order_read.c: the meter of the order in the definition that is in force; the count of meters: it
 * is gone. */
size_t order_meter(const struct bus *bus, const struct order *order);
/* Reads what a poll reads, without its last `shorter` registers, as far as they may be left out.
 * NULL: reading is there; else why not, a word for the result. */
const char *order_read(struct bus *bus, size_t i, int shorter, struct reading *reading);
void order_tell_reading(struct bus *bus, size_t i, const struct reading *reading);

/* order_money.c: its end, by way of the desk. */
void order_money_end(
    struct bus *bus, struct order *order, enum delivery_state state, const char *outcome);
/* Sends a request if the bus is surely ours. exception: of ANSWER_REFUSED. */
enum deliver_answer order_send(struct bus *bus, const struct meter_definition *meter,
    const struct money_request *request, int *exception);
/* So long may something be on its way to a meter. */
int64_t order_quiet_ms(const struct bus *bus, const struct meter_definition *meter);

void order_config_turn(struct bus *bus, struct order *order);
void order_money_turn(struct bus *bus, struct order *order);
void order_control_turn(struct bus *bus, struct order *order);
void order_guard_turn(struct bus *bus, struct order *order);
void order_scan_turn(struct bus *bus, struct order *order);
void order_test_turn(struct bus *bus, struct order *order);
/* The line could not be opened at all. */
void order_test_fail(struct bus *bus, struct order *order);

#endif
