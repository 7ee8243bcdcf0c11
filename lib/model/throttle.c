#include "model/throttle.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/setting.h"

#define FIRST_DELAY (5 * CLOCK_SECOND)
#define SHORT_MAX   (5 * CLOCK_MINUTE)
#define SUBJECT	    97	 /* login_attempt.subject with its NUL */
#define PURGE_MAX   5000 /* rows; a day of attacks is removed by a few sign-ins */

enum { TOUCH, LOOK, COUNT_ONE, TAKE_BACK, CLEAR, PURGE };
static const struct query Q[] QUERIES = {
	[TOUCH] = { .sql = "INSERT INTO login_attempt (kind, subject, failures, last_at)"
			   " VALUES (?, ?, 0, ?) ON DUPLICATE KEY UPDATE failures = failures" },
	[LOOK] = { .sql = "SELECT failures, last_at, blocked_until FROM login_attempt"
			  " WHERE kind = ? AND subject = ? FOR UPDATE",
	    .bounded = "primary key" },
	[COUNT_ONE] = { .sql = "UPDATE login_attempt"
			       " SET failures = ?, last_at = ?, blocked_until = ?"
			       " WHERE kind = ? AND subject = ?" },
	/* Assignments run from left to right: the second reads the new number. */
	[TAKE_BACK] = { .sql = "UPDATE login_attempt"
			       " SET failures = IF(failures > ?, failures - ?, 0),"
			       " blocked_until = IF(failures < ?, NULL, blocked_until)"
			       " WHERE kind = ? AND subject = ?" },
	[CLEAR] = { .sql = "DELETE FROM login_attempt WHERE kind = ? AND subject = ?" },
	[PURGE] = { .sql = "DELETE FROM login_attempt WHERE last_at < ? ORDER BY last_at LIMIT ?" },
};

static const char *const KINDS[THROTTLE_KINDS] = {
	[THROTTLE_ACCOUNT] = "account",
	[THROTTLE_ADDRESS] = "address",
	[THROTTLE_PAIR] = "pair",
};

struct attempt {
	char subjects[THROTTLE_KINDS][SUBJECT];
	bool is_known_address;
	int64_t now, wait_ms;
	struct throttle_rules rules;
};

static int64_t
free_tries(enum throttle_kind kind)
{
	return kind == THROTTLE_ADDRESS ? 20 : 5;
}

int64_t
throttle_delay_ms(enum throttle_kind kind, int64_t failures)
{
	if (failures < free_tries(kind))
		return 0;
	if (failures >= 4 * free_tries(kind))
		return THROTTLE_LONG;

	int64_t delay_ms = FIRST_DELAY;
	for (int64_t n = free_tries(kind); n < failures && delay_ms < SHORT_MAX; n++)
		delay_ms *= 2;
	return delay_ms < SHORT_MAX ? delay_ms : SHORT_MAX;
}

void
throttle_fail(enum throttle_kind kind, struct throttle_counter *counter, int64_t now)
{
	if (counter->last_at < now - THROTTLE_FORGET)
		counter->failures = 0;
	counter->failures++;
	counter->last_at = now;
	int64_t delay_ms = throttle_delay_ms(kind, counter->failures);
	counter->blocked_until = delay_ms > 0 ? now + delay_ms : 0;
}

void
throttle_lock(enum throttle_kind kind, const struct throttle_rules *rules,
    struct throttle_counter *counter, int64_t now)
{
	if (kind == THROTTLE_ADDRESS || rules->lock_failures == 0 ||
	    counter->failures < rules->lock_failures)
		return;
	if (counter->blocked_until < now + rules->lock_ms)
		counter->blocked_until = now + rules->lock_ms;
}

int64_t
throttle_wait_ms(const struct throttle_counter counters[THROTTLE_KINDS], bool is_known_address,
    const struct throttle_rules *rules, int64_t now)
{
	int64_t wait_ms = 0;
	int64_t longest_ms = rules->lock_failures > 0 && rules->lock_ms > THROTTLE_LONG
				 ? rules->lock_ms
				 : THROTTLE_LONG;
	for (int kind = 0; kind < THROTTLE_KINDS; kind++) {
		if (kind == THROTTLE_ACCOUNT && is_known_address)
			continue;
		if (counters[kind].blocked_until - now > wait_ms)
			wait_ms = counters[kind].blocked_until - now;
	}
	/* A clock that was set back must not stretch a delay. */
	return wait_ms < longest_ms ? wait_ms : longest_ms;
}

void
throttle_network(const char *address, char *network)
{
	struct in6_addr six;
	if (inet_pton(AF_INET6, address, &six) != 1) {
		text_copy(network, THROTTLE_NETWORK, address);
		return;
	}
	char text[INET6_ADDRSTRLEN];
	if (IN6_IS_ADDR_V4MAPPED(&six)) {
		inet_ntop(AF_INET, &six.s6_addr[12], network, THROTTLE_NETWORK);
		return;
	}
	memset(&six.s6_addr[8], 0, 8);
	inet_ntop(AF_INET6, &six, text, sizeof(text));
	snprintf(network, THROTTLE_NETWORK, "%s/64", text);
}

static void
name_subjects(struct attempt *attempt, const char *account, const char *address)
{
	char network[THROTTLE_NETWORK];
	throttle_network(address, network);
	text_copy(attempt->subjects[THROTTLE_ACCOUNT], SUBJECT, account);
	text_copy(attempt->subjects[THROTTLE_ADDRESS], SUBJECT, network);
	snprintf(attempt->subjects[THROTTLE_PAIR], SUBJECT, "%.32s %s", account, network);
}

static enum rc
look(struct db *db, const char *kind, const char *subject, struct throttle_counter *counter)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LOOK], ARGS(S(kind), S(subject)), &rows);
	if (rc != RC_OK)
		return rc;
	*counter = (struct throttle_counter){ 0 };
	if ((rc = rows_next(rows)) == RC_OK)
		*counter = (struct throttle_counter){ .failures = rows_int(rows, 0),
			.last_at = rows_int(rows, 1),
			.blocked_until = rows_int(rows, 2) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Makes the rows first and so takes their locks, always in the same order: two attempts at once
 * queue here instead of both seeing a free counter. */
static enum rc
count_attempt(struct db *db, void *context)
{
	struct attempt *attempt = context;
	struct throttle_counter counters[THROTTLE_KINDS];
	enum rc rc;

	for (int kind = 0; kind < THROTTLE_KINDS; kind++) {
		const char *subject = attempt->subjects[kind];
		if ((rc = db_exec(db, &Q[TOUCH],
			 ARGS(S(KINDS[kind]), S(subject), T(attempt->now)))) != RC_OK)
			return rc;
		if ((rc = look(db, KINDS[kind], subject, &counters[kind])) != RC_OK)
			return rc;
	}
	attempt->wait_ms =
	    throttle_wait_ms(counters, attempt->is_known_address, &attempt->rules, attempt->now);
	if (attempt->wait_ms > 0)
		return RC_DENIED;
	for (int kind = 0; kind < THROTTLE_KINDS; kind++) {
		struct throttle_counter *counter = &counters[kind];
		throttle_fail((enum throttle_kind)kind, counter, attempt->now);
		throttle_lock((enum throttle_kind)kind, &attempt->rules, counter, attempt->now);
		rc = db_exec(db, &Q[COUNT_ONE],
		    ARGS(I(counter->failures), T(counter->last_at),
			counter->blocked_until != 0 ? T(counter->blocked_until) : NIL,
			S(KINDS[kind]), S(attempt->subjects[kind])));
		if (rc != RC_OK)
			return rc;
	}
	return RC_OK;
}

static enum rc
read_rules(struct db *db, struct throttle_rules *rules)
{
	int64_t minutes;
	enum rc rc = setting_int(db, "password.lock_failures", 0, &rules->lock_failures);

	if (rc == RC_OK)
		rc = setting_int(db, "password.lock_min", 30, &minutes);
	if (rc == RC_OK)
		rules->lock_ms = (minutes < 24 * 60 ? minutes : 24 * 60) * CLOCK_MINUTE;
	return rc;
}

enum rc
throttle_begin(struct db *db, const char *account, const char *address, bool is_known_address,
    int64_t now, int64_t *wait_ms)
{
	struct attempt attempt = { .is_known_address = is_known_address, .now = now };
	name_subjects(&attempt, account, address);
	enum rc rc = read_rules(db, &attempt.rules);
	if (rc != RC_OK)
		return rc;
	rc = db_transact(db, count_attempt, &attempt);
	*wait_ms = attempt.wait_ms;
	/* Denied by the server is a fault of the installation and must not pass for a wrong
	 * password. */
	return rc == RC_DENIED && attempt.wait_ms == 0 ? RC_UNAVAILABLE : rc;
}

enum rc
throttle_forgive(struct db *db, const char *account, const char *address)
{
	struct attempt attempt = { 0 };
	struct throttle_counter counters[THROTTLE_KINDS];
	enum rc rc;
	name_subjects(&attempt, account, address);
	for (int kind = 0; kind < THROTTLE_KINDS; kind++) /* the locks in count_attempt's order */
		if ((rc = look(db, KINDS[kind], attempt.subjects[kind], &counters[kind])) != RC_OK)
			return rc;
	int64_t forgiven = counters[THROTTLE_PAIR].failures;
	for (int kind = 0; kind < THROTTLE_PAIR; kind++) {
		rc = db_exec(db, &Q[TAKE_BACK],
		    ARGS(I(forgiven), I(forgiven), I(free_tries((enum throttle_kind)kind)),
			S(KINDS[kind]), S(attempt.subjects[kind])));
		if (rc != RC_OK)
			return rc;
	}
	return db_exec(
	    db, &Q[CLEAR], ARGS(S(KINDS[THROTTLE_PAIR]), S(attempt.subjects[THROTTLE_PAIR])));
}

enum rc
throttle_purge(struct db *db, int64_t now)
{
	return db_exec(db, &Q[PURGE], ARGS(T(now - THROTTLE_FORGET), I(PURGE_MAX)));
}
