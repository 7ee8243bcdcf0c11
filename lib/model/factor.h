/*
 * factor.h - the second factor of an operator: an authenticator app, and codes for who lost it.
 *
 * The secret is stored encrypted; the key is the file totp_key in the folder of the credentials (64
 * hex digits), which only the sign-in program reads. A code works once. Recovery codes are stored
 * as digests only: they are random enough that nobody can try them out.
 */
#ifndef VOLTILL_FACTOR_H
#define VOLTILL_FACTOR_H

#include "base/conf.h"
#include "base/db.h"
#include "base/rc.h"
#include "base/secret.h"
#include "base/totp.h"
#include "model/operator.h"
#include "model/session.h"

#define FACTOR_SEALED	 (TOTP_SECRET + SECRET_SEAL)
#define FACTOR_RECOVERY	 12 /* a recovery code "abcde-fghij", with NUL */
#define FACTOR_CODES	 10
#define FACTOR_STEP_LIFE (5 * CLOCK_MINUTE)

/* RC_UNAVAILABLE, with a log line that says what is missing, without the key. */
enum rc factor_key(const struct conf *conf, unsigned char key[SECRET_KEY]);

/* A fresh secret, sealed as it will be stored. */
void factor_new(const unsigned char key[SECRET_KEY], unsigned char sealed[FACTOR_SEALED]);

/* Checks what was typed, a code of the app or a recovery code, and uses it up. RC_DENIED when it is
 * wrong, used or there is no second factor. */
enum rc factor_check(
    struct db *db, const struct conf *conf, const char *typed, const struct operator_actor *by);

/* Turns the second factor on with a code that proves the app has the secret; codes receives fresh
 * recovery codes, to be shown once. RC_DENIED: wrong code. */
enum rc factor_enrol(struct db *db, const unsigned char key[SECRET_KEY],
    const unsigned char sealed[FACTOR_SEALED], const char *code, const struct operator_actor *by,
    char codes[FACTOR_CODES][FACTOR_RECOVERY]);
/* Fresh recovery codes; the old ones are worth nothing any more. */
enum rc factor_renew(
    struct db *db, const struct operator_actor *by, char codes[FACTOR_CODES][FACTOR_RECOVERY]);
/* How many recovery codes are left, and since when there is a second factor (0: none). */
enum rc factor_state(struct db *db, int64_t operator_id, int64_t *left, int64_t *since);

/* Turns it off, of oneself or by an administrator: factor_reset.c. */
enum rc factor_reset(struct db *db, int64_t operator_id, const struct operator_actor *by);

/* Between password and code. token receives the cookie value. */
enum rc factor_step_begin(
    struct db *db, int64_t operator_id, int64_t now, char token[SESSION_TOKEN]);
/* Whose password it was. RC_NOT_FOUND: no such step, or too late. */
enum rc factor_step_find(
    struct db *db, const char *token, int64_t now, char *username, size_t size);
/* RC_NOT_FOUND when it ended already: it opens one session only. */
enum rc factor_step_end(struct db *db, const char *token);

#endif
