/*
 * world.h - a meter, the line to it and the database, as one seeded model. Time is a number that
 * only world_pass moves.
 *
 * The line loses requests and answers, executes late, executes twice, answers with what was true
 * before, and with flipped bits that no checksum shows. The database goes away, and commits without
 * saying so. What the meter really executed is counted: that is the truth of a run.
 */
#ifndef VOLTILL_TEST_WORLD_H
#define VOLTILL_TEST_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "deliver.h"

#define ORDERS	     3
#define DELAY_MAX_MS 6000 /* a gateway keeps no frame longer */
#define TIMEOUT_MS   600
#define QUIET_MS     (2 * DELAY_MAX_MS + TIMEOUT_MS)
#define FRAMES_MAX   64

/* Chances in 10,000. */
struct faults {
	int request_lost, answer_lost, late, twice, stale, flipped, other_meter;
	int kill, second_collector, away, unsaid;
};

struct order_row {
	enum delivery_kind kind;
	int64_t amount_fen, booked_fen;
	enum delivery_state state;
	bool has_intent;
	uint32_t want_count;
	int64_t before_fen, before_wh, target_fen;
	uint8_t sends;
	int attempts;
	int executed;			  /* by the meter */
	int64_t used_first, used_between; /* until the intent; from there to the last time */
};

struct frame {
	int64_t at; /* when the meter gets it */
	int order;
	uint32_t count;
	int64_t target_fen; /* of a frame that sets */
};

struct world {
	uint64_t random;
	bool traces;
	struct faults faults;
	int64_t now;

	/* The meter. */
	enum delivery_guard meter_guard;
	uint32_t count;
	int64_t credit_fen, energy_wh, used_fen;
	int64_t load_ms; /* so long does a step of the energy register take */
	int64_t load_at;

	/* The line. */
	struct frame frames[FRAMES_MAX];
	int frame_count;
	struct deliver_seen snapshots[DELIVER_SHORTER_MAX + 1];
	bool has_snapshot[DELIVER_SHORTER_MAX + 1];

	/* The database. */
	struct order_row orders[ORDERS];
	int64_t lease;
	uint32_t last_count;
	int64_t last_fen, last_wh;
	int64_t opening_fen;
};

#define PRICE_UYUAN 1000000 /* a step of 10 Wh costs a fen */
#define STEP_WH	    10
#define RANGE_WH    1000000000LL
#define COUNT_RANGE 65536

void world_begin(
    struct world *world, uint64_t seed, enum delivery_guard guard, const struct faults *faults);
uint64_t world_random(struct world *world, uint64_t below);
bool world_chance(struct world *world, int in_10000);
void world_trace(const struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Time goes on: energy is used, frames arrive. */
void world_pass(struct world *world, int64_t ms);
/* Everything on its way arrives. */
void world_settle_down(struct world *world);

/* False: no answer. */
bool world_read(struct world *world, int shorter, struct deliver_seen *seen);
enum deliver_answer world_write(
    struct world *world, int order, const struct deliver_intent *intent, int *exception);

enum db_answer { DB_DONE, DB_REFUSED, DB_AWAY, DB_UNSAID /* done, and nobody was told */ };
enum db_answer world_intend(
    struct world *world, int64_t lease, int order, const struct deliver_intent *intent);
enum db_answer world_settle(
    struct world *world, int64_t lease, int order, const struct deliver *deliver);

#endif
