/*
 * throttle.h - slows down guessing without locking anyone out for ever.
 *
 * Three counters: the account, the address, and the pair of both. The account-wide counter stops a
 * guess from many addresses; it does not bind an address from which that account signed in lately,
 * so nobody outside can lock an administrator out. Names that do not exist are counted like others.
 *
 * An attempt is counted as a failure before the password is looked at and taken back by a success,
 * so that many attempts at once cannot slip through between looking and counting.
 */
#ifndef VOLTILL_THROTTLE_H
#define VOLTILL_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/rc.h"

#define THROTTLE_FORGET	 (24 * CLOCK_HOUR) /* failures are forgotten after a day of quiet */
#define THROTTLE_LONG	 (15 * CLOCK_MINUTE)
#define THROTTLE_NETWORK 64

enum throttle_kind { THROTTLE_ACCOUNT, THROTTLE_ADDRESS, THROTTLE_PAIR, THROTTLE_KINDS };

struct throttle_counter {
	int64_t failures, last_at, blocked_until;
};

/* Pure: how long the next attempt waits after so many failures. An address is shared by an office,
 * so it may fail four times as often as an account. */
int64_t throttle_delay_ms(enum throttle_kind kind, int64_t failures);
/* Pure: the counter after one more failure at now. */
void throttle_fail(enum throttle_kind kind, struct throttle_counter *counter, int64_t now);
/* What an installation may ask for besides (settings password.lock_failures, password.lock_min). */
struct throttle_rules {
	int64_t lock_failures; /* 0: no lock, delays only grow */
	int64_t lock_ms;
};
/* Pure: locks the account for a while after so many failures. An address is no account: it is
 * never locked, only slowed down. */
void throttle_lock(enum throttle_kind kind, const struct throttle_rules *rules,
    struct throttle_counter *counter, int64_t now);
/* Pure: how long an attempt at now has to wait yet. */
int64_t throttle_wait_ms(const struct throttle_counter counters[THROTTLE_KINDS],
    bool is_known_address, const struct throttle_rules *rules, int64_t now);

/* Pure: what one counter sees as one address: an IPv4 address, or the /64 of an IPv6 address,
 * because whoever has one of its addresses has them all. network has THROTTLE_NETWORK bytes. */
void throttle_network(const char *address, char *network);

/* Counts an attempt. RC_DENIED when it comes too early: *wait_ms says how long to wait, and the
 * attempt is not counted. account must be a canonical user name. */
enum rc throttle_begin(struct db *db, const char *account, const char *address,
    bool is_known_address, int64_t now, int64_t *wait_ms);
/* Forgives the failures of this account from this address, in every counter: they were made by the
 * one who now knew the password. Inside the caller's transaction. */
enum rc throttle_forgive(struct db *db, const char *account, const char *address);
/* Removes what a day of quiet has forgotten. */
enum rc throttle_purge(struct db *db, int64_t now);

#endif
