/*
 * command.h - orders to meters and buses.
 *
 * The web writes a batch of commands in one transaction and rings the doorbell; it never speaks to
 * a meter. The collector that holds the lease of the bus claims a command (state taken, with the
 * epoch of the lease, committed) before the first byte goes out, carries it out between two polls
 * and settles it (command_run.h) in one transaction under the same lease. A command that could not
 * reach its meter goes back to queued and is tried again until it expires. Of one meter one command
 * is in flight at a time, in the order of their numbers.
 *
 * Most kinds are idempotent (is_repeatable): they read first and write only what differs, so
 * whoever takes over a bus puts what was taken back into the queue and carries it out again. So
 * does a kind that moves money, because its intent says what may have been written: the meter's own
 * count and credit resolve that first (delivery.h).
 */
#ifndef VOLTILL_COMMAND_H
#define VOLTILL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"
#include "model/meter_config.h"

enum command_kind {
	COMMAND_WRITE_PRICES,	/* payload: struct config_prices */
	COMMAND_WRITE_TOU,	/* struct config_tou: two day tables and the season zones */
	COMMAND_WRITE_ALARMS,	/* struct config_alarms */
	COMMAND_WRITE_OVERLOAD, /* struct config_overload */
	COMMAND_WRITE_CLOCK,	/* none: the site's time at the moment of writing */
	COMMAND_READ_CONFIG,	/* none: all parts that the model has */
	COMMAND_SCAN_BUS,	/* struct command_scan; of a bus */
	COMMAND_TEST_BUS,	/* none; of a bus */
	COMMAND_CREDIT,		/* money: delivery.h; none */
	COMMAND_DEDUCT,		/* the same */
	COMMAND_CLEAR,		/* the same */
	COMMAND_GUARD_TEST,	/* none: finds out what the model does with a purchase count */
	COMMAND_TRIP,		/* none: forced open */
	COMMAND_KEEP_ON,	/* none: forced closed, whatever the credit is */
	COMMAND_PREPAID,	/* none: the force ends, the credit decides again */
	COMMAND_READ_NOW,	/* none: what a poll reads, at once */
	COMMAND_KINDS
};

enum command_state {
	COMMAND_QUEUED,
	COMMAND_TAKEN,
	COMMAND_CONFIRMED,
	COMMAND_FAILED,
	COMMAND_CANCELLED,
	COMMAND_HELD, /* money: two persons have to look at the meter */
	COMMAND_STATES
};

struct command_trait {
	const char *name;      /* in the database, and under T.Order.Kind */
	enum config_part part; /* what it writes; CONFIG_PARTS: nothing */
	bool is_of_bus;	       /* meter_id is NULL */
	bool is_repeatable;    /* may be carried out again without asking the meter first */
	bool is_control;       /* forces the relay, or ends that */
	bool is_money;	       /* has a row in delivery, see delivery.h */
	int64_t valid_ms;      /* after that it is not sent any more; 0: it waits for ever */
};
const struct command_trait *command_trait(enum command_kind kind);
enum command_kind command_kind_find(const char *name);	       /* COMMAND_KINDS if unknown */
enum command_kind command_kind_of_part(enum config_part part); /* the one that writes it */
const char *command_state_name(enum command_state state);

#define COMMAND_PAYLOAD_MAX CONFIG_TEXT_MAX
#define COMMAND_RESULT_MAX  200
#define COMMAND_KEY	    16
#define COMMAND_BATCH_MAX   5000	   /* commands in one batch */
#define BATCH_MIXED	    "write_config" /* kind of a batch with several kinds */
#define BATCH_RESTORE	    "restore" /* the same, when all of them force a relay or end that */

struct command_scan {
	int64_t from, to; /* units, 1…247 */
};
/* "from=1 to=247"; strict. */
enum rc command_scan_parse(const char *text, struct command_scan *scan);
void command_scan_format(const struct command_scan *scan, char *text, size_t size);

/* One command to be written. */
struct command_order {
	enum command_kind kind;
	int64_t bus_id, meter_id; /* meter_id 0: an order to the bus */
	const char *payload;
	int64_t steps; /* at least 1 */
	/* Of kinds that force a relay. until_at: when a keep-on ends by itself (meter_keep.h), 0:
	 * never. has_before: force_before and until_before say what was in force when it was
	 * ordered, so that it can be restored. */
	int64_t until_at;
	bool has_before;
	int64_t force_before, until_before;
};

struct command_batch {
	unsigned char request_key[COMMAND_KEY];
	int64_t operator_id;	     /* 0: the system itself */
	const char *actor, *address; /* for the audit row */
	const char *reason;
	int64_t at, not_before; /* not_before 0: at once */
};

/* Writes the batch with its audit row ("order.send") in one transaction. The same request key again
 * gives the batch that exists (RC_OK, *is_old true). RC_INVALID: no orders, or too many. */
enum rc command_send(struct db *db, const struct command_batch *batch,
    const struct command_order *orders, size_t count, int64_t *batch_id, bool *is_old);
/* The same inside a transaction of the caller, without the audit row: RC_CONFLICT when the key is
 * used. */
enum rc command_insert(struct db *db, const struct command_batch *batch,
    const struct command_order *orders, size_t count, int64_t *batch_id);

/* Cancels what is still queued of the batch, and asks what runs on a bus to stop. *cancelled: how
 * many were. */
enum rc command_cancel(
    struct db *db, int64_t batch_id, const struct command_batch *who, int64_t *cancelled);
/* A new batch of those that failed or were cancelled, with the same payloads. RC_NOT_FOUND when
 * there are none. */
enum rc command_retry(struct db *db, int64_t old_batch_id, const struct command_batch *batch,
    int64_t *batch_id, bool *is_old);

#endif
