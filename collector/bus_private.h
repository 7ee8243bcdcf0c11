/*
 * bus_private.h - shared by bus.c, which asks, bus_identity.c, which asks who answers, and
 * bus_tell.c, which tells what came of it.
 */
#ifndef VOLTILL_BUS_PRIVATE_H
#define VOLTILL_BUS_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "bus.h"

#define POLLS_PERIOD_MS 60000
#define ROUND_PERIOD_MS 5000

/* What the thread knows of one meter. */
struct station {
	const struct meter_definition *definition;
	struct reading_last last;
	struct item_polls polls; /* since they were told last */
	int64_t missed_since;	 /* UTC of the first question without an answer, 0: it answers */
	int busy_tries;
	bool is_short; /* leave the spare register out: a late answer then has another length */
	bool is_mismatched; /* told once */

	int64_t identity_at; /* its number is not asked before, monotonic; 0: at once */
	int identity_failures;
	bool was_itself;     /* it has shown the number of its definition */
	bool is_other_meter; /* it shows another meter's, and that is told */
	bool is_implausible; /* the last reading was */

	/* Monotonic: what order_money.c wrote may come until then once more, see deliver.h. */
	int64_t quiet_until, written_until;
	int64_t clock_ahead; /* of the monotonic clock is the meter's, as read last; 0: unknown */
};

enum news { NEWS_NONE, NEWS_LOST, NEWS_BACK };

struct bus {
	pthread_t thread;
	struct outbox *outbox;
	uint64_t epoch;
	int inbox_fd, stop_fd; /* eventfd: there is mail; the thread shall end */
	atomic_bool is_stopping, has_mail;
	pthread_mutex_t lock; /* of mail */
	struct bus_definition *mail;
	struct orders *orders; /* order.h */
	struct money_desk *desk;
	int64_t began_at; /* monotonic */

	/* The thread's own. */
	struct bus_definition *definition;
	struct station *stations;
	struct plan *plan;
	struct link *link;
	enum news told;
	bool is_answered; /* something came back since the line was opened */
	int reopenings;	  /* in a row without an answer */
	int64_t open_at;  /* not opened before, monotonic */
	int64_t opened_at;
	int64_t missed_since; /* UTC, first trouble since the last answer; 0: none */
	int64_t round_told_at, polls_told_at; /* monotonic */
	int64_t hour_at;		      /* UTC hour the counters belong to */
};

/* bus.c: what a request to a meter of this profile may take; opens the line, unless it is too early
 * to try again; the line is closed, or could not be opened. */
uint32_t bus_timeout_ms(const struct bus *bus, const struct profile *profile);
/* What registers say about a meter, as its profile decodes it; RC_INVALID: it is another model. */
enum rc bus_decode(const struct bus *bus, size_t i,
    const uint16_t (*registers)[PROFILE_REGISTERS_MAX], int64_t wall, struct reading *reading);
void bus_ring(struct bus *bus); /* there is mail */
bool bus_open_line(struct bus *bus, int64_t now, int64_t wall);
void bus_note_closed(struct bus *bus, enum trouble trouble, int64_t now, int64_t wall);

/* bus_identity.c: a definition begins to be in force. before is what was known of this meter under
 * the last one, NULL if it is new. */
void identity_redefine(struct station *station, const struct station *before);
/* Asks a meter for its own number if that is due, after its values, and before they are believed:
 * at the start, when it comes back, when its values stopped following, and once a day. Marks
 * reading when another meter's number is shown. */
void identity_check(struct bus *bus, size_t i, struct reading *reading);
/* Asks now; TROUBLE_NONE: is_other_meter of the station says what the answer means. Only where its
 * definition has a number to compare. */
enum trouble identity_ask(struct bus *bus, size_t i);

/* An empty item of this bus. */
struct item item_of(const struct bus *bus, enum item_kind kind);

void tell_other_meter(struct bus *bus, uint32_t meter_id, int64_t at, const char *number);
void tell_event(
    struct bus *bus, enum item_kind kind, uint32_t meter_id, int64_t at, enum trouble trouble);
/* Both tell a change only. */
void tell_bus_lost(struct bus *bus, enum trouble trouble, int64_t wall);
void tell_bus_back(struct bus *bus, int64_t wall);
void tell_change(struct bus *bus, struct station *station, enum plan_change change, int64_t wall,
    enum trouble trouble);

/* The counters of all meters since the last time; in_time: when a minute or the hour is over. */
void tell_polls(struct bus *bus);
void tell_polls_in_time(struct bus *bus, int64_t now, int64_t wall);
/* When a round ended, at most one in ROUND_PERIOD_MS. */
void tell_round(struct bus *bus, int64_t now, int64_t wall);

#endif
