/*
 * deliver.h - how one money command reaches a meter exactly once. Pure: no clock, no line, no
 * database.
 *
 * The caller asks deliver_next what is to be done, does it, and says what came of it. The machine
 * never writes before two reads of different length agreed, before the intent is stored, and never
 * believes an answer to a write: only the count and the credit that the meter shows decide
 * (reliability.md §3.1, §3.1a). What may have been written earlier, by whoever, is decided the same
 * way: the job says so (has_intent).
 *
 * A frame that was sent and not executed may still wait in a gateway, so nothing counts as lost
 * before the quiet time is over. Whether it may then be sent again depends on what the meter does
 * with the count it is told (enum delivery_guard).
 */
#ifndef VOLTILL_DELIVER_H
#define VOLTILL_DELIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "model/delivery.h"

#define DELIVER_OUTCOME_MAX 64
#define DELIVER_SHORTER_MAX 3 /* registers that a read leaves out at most */

struct deliver_policy {
	int64_t quiet_ms;     /* twice the longest a gateway keeps a frame, and the time-out */
	int64_t step_wh;      /* one step of the energy register */
	int64_t range_wh;     /* the energy register returns to zero here; 0: never */
	uint32_t count_range; /* the purchase count returns to zero here */
	int64_t clock_ahead;  /* of `now` was the meter's clock when it was read last; 0: unknown */
	int tries;	      /* to get an answer */
	int attempt;	      /* 1 for the first */
};

/* What a meter shows. clock_at: its own clock, any epoch, in ms; 0: it shows none. */
struct deliver_seen {
	uint32_t count;
	int64_t credit_fen, energy_wh, clock_at;
};

enum deliver_action {
	DELIVER_IDENTIFY, /* ask for its number: deliver_identified or deliver_silent */
	DELIVER_READ,	/* read without the last `shorter` registers: deliver_saw, deliver_silent */
	DELIVER_INTEND, /* store `intent`: deliver_stored */
	DELIVER_WRITE,	/* send want_count and amount, or target: deliver_wrote */
	DELIVER_WAIT,	/* nothing before `until` */
	DELIVER_END,	/* over: state, outcome, amount_fen, after */
};

enum deliver_identity {
	IDENTITY_FITS,
	IDENTITY_OTHER,
	IDENTITY_NONE, /* it shows none, or there is nothing to compare it with */
};

enum deliver_answer {
	ANSWER_TAKEN, /* it says so; only the read-back counts */
	ANSWER_REFUSED,
	ANSWER_LOST,	/* none, or one that cannot be read */
	ANSWER_NOT_SENT /* not a byte went out */
};

struct deliver {
	/* For the caller, as deliver_next left them. */
	int shorter;
	int64_t until;
	struct deliver_intent {
		uint32_t want_count;
		int64_t before_fen, before_wh, target_fen;
		uint8_t sends;
	} intent;
	enum delivery_state state;
	char outcome[DELIVER_OUTCOME_MAX];
	int64_t amount_fen;
	bool has_seen; /* after is there */
	struct deliver_seen after;
	/* What this run wrote may come once more: the next money command of this meter waits until
	 * quiet_until, or until written_until if it sets the credit. Who begins to work on a bus
	 * knows of nothing, and waits for the quiet time. */
	int64_t written_until;
	int64_t quiet_until;

	/* Its own. */
	struct delivery_job job;
	struct deliver_policy policy;
	enum deliver_phase {
		PHASE_IDENTIFY,
		PHASE_FIRST,
		PHASE_SECOND,
		PHASE_INTEND,
		PHASE_WRITE,
		PHASE_WAIT,
		PHASE_END
	} phase;
	int64_t now;	  /* as the caller said it last */
	bool is_unsent;	  /* the intent is stored, and surely not a byte of it went out */
	bool has_written; /* in this run */
	int refusal;	  /* exception of the newest write; 0: none */
	int silences;	  /* in a row */
	int doubts;	  /* pairs of reads that did not agree */
	int misfits;	  /* looks that did not fit */
	int holdups;	  /* writes that could not be sent */
	unsigned reads;
	int64_t lost_at;   /* what was sent and is not there by then is lost */
	int64_t looked_at; /* when the newest pair of reads began */
	struct deliver_seen first;
	bool was_unchanged;  /* seen so since the newest write */
	int64_t clock_ahead; /* of ours is the meter's, at most */
};

/* now: any clock that only goes forward, ms; all functions of one machine take the same. */
void deliver_begin(struct deliver *deliver, const struct delivery_job *job,
    const struct deliver_policy *policy, int64_t now);
enum deliver_action deliver_next(struct deliver *deliver, int64_t now);

void deliver_identified(struct deliver *deliver, enum deliver_identity identity, int64_t now);
void deliver_saw(struct deliver *deliver, const struct deliver_seen *seen, int64_t now);
/* A question was not answered. why: a word for the outcome, should it go back to the queue. */
void deliver_silent(struct deliver *deliver, const char *why, int64_t now);
/* False: somebody else decided, or it is unknown whether it is stored. Nothing may be written. */
void deliver_stored(struct deliver *deliver, bool is_stored, int64_t now);
/* exception: of ANSWER_REFUSED. */
void deliver_wrote(struct deliver *deliver, enum deliver_answer answer, int exception, int64_t now);

/* It sets the credit to a figure instead of adding to it. */
bool deliver_is_set(enum delivery_kind kind);
/* What may have been used while the energy register climbed so far, in fen, at no more than this
 * price: bounds what a credit may have fallen. price_uyuan 0: it is not known. */
int64_t deliver_use_bound(int64_t climbed_wh, int64_t step_wh, int64_t price_uyuan);
/* How far an energy register climbed, through its end if need be; -1: it fell. */
int64_t deliver_climbed(int64_t from_wh, int64_t to_wh, int64_t range_wh);

#endif
