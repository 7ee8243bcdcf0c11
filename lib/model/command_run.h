/*
 * command_run.h - how the collector takes commands and settles them. See command.h.
 *
 * Whatever writes here is called in a transaction that has called command_hold for the bus: the
 * lease cannot change hands before that transaction ends, and a collector that lost the bus writes
 * nothing.
 */
#ifndef VOLTILL_COMMAND_RUN_H
#define VOLTILL_COMMAND_RUN_H

#include "model/command.h"
#include "model/delivery.h"

/* One to be carried out. */
struct command {
	int64_t command_id;
	enum command_kind kind; /* COMMAND_KINDS: an older program, a newer database */
	uint32_t bus_id, meter_id;
	uint16_t attempt; /* 1 for the first */
	bool is_payload_wrong;
	struct config wanted;	   /* of a kind that writes */
	struct command_scan scan;  /* of COMMAND_SCAN_BUS */
	struct delivery_job money; /* of a kind that moves money, see command_take */
};

/* What came of an attempt. */
struct command_end {
	int64_t command_id;
	uint64_t epoch;
	enum command_state state; /* confirmed, failed, cancelled; queued: to be tried again */
	int64_t began_at, ended_at, retry_at; /* retry_at: of queued */
	uint16_t attempt, step;
	const char *result; /* a code and its values, words under T.Order.Result */
};

/* What a scan found at one address. */
struct command_found {
	int64_t command_id;
	uint64_t epoch;
	uint16_t unit, step;
	const char *outcome; /* answered, refused, silent, damaged */
	const char *model_code, *number;
	int64_t answer_ms; /* -1: no answer */
};

/* The buses leased to this collector for which something is queued. At most room. */
enum rc command_list_buses(
    struct db *db, uint32_t collector_id, uint32_t *bus_ids, size_t room, size_t *count);
/* What is due on a bus at `now`, in order, one for each meter, orders to the bus itself and those
 * of money first: for these somebody waits. Money may overtake what else is queued for its meter,
 * and none goes to a meter of which a delivery is held. At most room. A command whose last attempt
 * found its meter silent is due again at its time, or once the meter was read since. */
enum rc command_list_due(struct db *db, uint32_t bus_id, int64_t now, struct command *commands,
    size_t room, size_t *count);
/* Commands on the buses of this collector that run and shall stop; at most room. */
enum rc command_list_cancelled(struct db *db, uint32_t collector_id, int64_t *command_ids,
    uint32_t *bus_ids, size_t room, size_t *count);

/* Holds the lease of the bus for this transaction; RC_NOT_FOUND when it is not ours any more. */
enum rc command_hold(struct db *db, uint32_t collector_id, uint32_t bus_id, uint64_t epoch);
/* queued -> taken; RC_NOT_FOUND when it is not queued any more. Of a kind that moves money it loads
 * what has to be done; is_payload_wrong: there is no such thing (its epoch has ended). */
enum rc command_take(struct db *db, struct command *command, uint64_t epoch, int64_t now);
/* taken -> queued, of one that was taken under this epoch and never handed over. */
enum rc command_give_back(struct db *db, int64_t command_id, uint64_t epoch);
/* Takes it to its end, or back to the queue, with a row of the attempt. What was not taken under
 * this epoch stays as it is. */
enum rc command_settle(struct db *db, const struct command_end *end);
enum rc command_progress(struct db *db, int64_t command_id, uint64_t epoch, unsigned step);
enum rc command_store_found(struct db *db, const struct command_found *found);
/* What was read back from a meter. by_command: the command that wrote it, 0 when it was only read;
 * a part that a person had written is kept right by the server from then on. */
enum rc command_store_config(
    struct db *db, uint32_t meter_id, const struct config *config, int64_t at, int64_t by_command);

/* The meter was moved: an order that is still queued goes to the bus where it hangs now. */
enum rc command_follow_meter(struct db *db, int64_t command_id);

/* A bus begins to be carried out here: what another, or an earlier run, had taken goes back to the
 * queue. A kind that may not be repeated fails ("interrupted"), but for money: that is resolved by
 * what the meter shows, because its intent is loaded with it. */
enum rc command_put_back(struct db *db, uint32_t bus_id);
/* Whether the same order to the same meter failed, or was cancelled, since then. */
enum rc command_has_failed(struct db *db, int64_t meter_id, enum command_kind kind,
    const char *payload, int64_t since, bool *has_failed);
/* Ends what waited too long, on the buses of this collector. */
enum rc command_expire(struct db *db, uint32_t collector_id, int64_t now);

#endif
