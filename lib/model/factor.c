#include "model/factor.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "model/session_private.h"

#define PURGE_MAX  100
#define CODE_TYPED 64

enum {
	LOAD,
	USE_STEP,
	USE_RECOVERY,
	TURN_ON,
	FORGET,
	REMEMBER,
	STATE,
	STEP_PURGE,
	STEP_BEGIN,
	STEP_FIND,
	STEP_END,
};
static const struct query Q[] QUERIES = {
	[LOAD] = { .sql = "SELECT totp_secret, totp_step FROM operator WHERE operator_id = ?"
			  " AND totp_secret IS NOT NULL",
	    .bounded = "primary key" },
	[USE_STEP] = { .sql = "UPDATE operator SET totp_step = ?"
			      " WHERE operator_id = ? AND totp_step < ?" },
	[USE_RECOVERY] = { .sql = "UPDATE operator_recovery SET used_at = ?"
				  " WHERE operator_id = ? AND code_hash = ? AND used_at IS NULL" },
	[TURN_ON] = { .sql = "UPDATE operator SET totp_secret = ?, totp_since = ?, totp_step = ?,"
			     " revision = revision + 1 WHERE operator_id = ?" },
	[FORGET] = { .sql = "DELETE FROM operator_recovery WHERE operator_id = ?" },
	[REMEMBER] = { .sql = "INSERT INTO operator_recovery (operator_id, code_hash)"
			      " VALUES (?, ?)" },
	[STATE] = { .sql = "SELECT o.totp_since, (SELECT COUNT(*) FROM operator_recovery r"
			   " WHERE r.operator_id = o.operator_id AND r.used_at IS NULL)"
			   " FROM operator o WHERE o.operator_id = ?",
	    .bounded = "primary key" },
	[STEP_PURGE] = { .sql = "DELETE FROM sign_in_step WHERE expires_at < ? LIMIT ?" },
	[STEP_BEGIN] = { .sql = "INSERT INTO sign_in_step (step_id, operator_id, expires_at)"
				" VALUES (?, ?, ?)" },
	[STEP_FIND] = { .sql = "SELECT o.username FROM sign_in_step s"
			       " JOIN operator o USING (operator_id)"
			       " WHERE s.step_id = ? AND s.expires_at > ?",
	    .bounded = "primary key" },
	[STEP_END] = { .sql = "DELETE FROM sign_in_step WHERE step_id = ?" },
};

enum rc
factor_key(const struct conf *conf, unsigned char key[SECRET_KEY])
{
	char path[CONF_TEXT_MAX + 16];

	(void)snprintf(path, sizeof(path), "%s/totp_key", conf->database_credentials);
	enum rc rc = secret_key_read(path, key);
	if (rc == RC_OK)
		return RC_OK;
	log_error("second factor", "%s is missing or not 64 hex digits", path);
	return RC_UNAVAILABLE;
}

void
factor_new(const unsigned char key[SECRET_KEY], unsigned char sealed[FACTOR_SEALED])
{
	unsigned char secret[TOTP_SECRET];

	totp_secret(secret);
	secret_seal(key, secret, sizeof(secret), sealed);
}

/* RC_NOT_FOUND: no second factor. */
static enum rc
load(struct db *db, const struct conf *conf, int64_t operator_id, unsigned char secret[TOTP_SECRET],
    int64_t *used_step)
{
	unsigned char key[SECRET_KEY];
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LOAD], ARGS(I(operator_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK && (rc = factor_key(conf, key)) == RC_OK) {
		*used_step = rows_int(rows, 1);
		if (rows_length(rows, 0) != FACTOR_SEALED ||
		    secret_unseal(key, (const unsigned char *)rows_text(rows, 0), FACTOR_SEALED,
			secret) != RC_OK) {
			log_error("second factor", "the secret of operator %lld is not of this key",
			    (long long)operator_id);
			rc = RC_UNAVAILABLE;
		}
	}
	rows_end(rows);
	return rc;
}

static enum rc
check_app(struct db *db, const struct conf *conf, const char *code, const struct operator_actor *by)
{
	unsigned char secret[TOTP_SECRET];
	int64_t used_step, step;
	enum rc rc = load(db, conf, by->operator_id, secret, &used_step);

	if (rc == RC_NOT_FOUND)
		return RC_DENIED;
	if (rc != RC_OK || (rc = totp_check(secret, code, by->now, used_step, &step)) != RC_OK)
		return rc;
	rc = db_exec(db, &Q[USE_STEP], ARGS(I(step), I(by->operator_id), I(step)));
	/* Somebody used the same code in this moment. */
	return rc == RC_OK && db_affected(db) == 0 ? RC_DENIED : rc;
}

/* What was typed without blanks and hyphens, in small letters. False when it is no code. */
static bool
squeeze(const char *typed, char code[CODE_TYPED])
{
	size_t length = 0;

	for (; *typed != '\0'; typed++) {
		if (*typed == ' ' || *typed == '-')
			continue;
		if (length == CODE_TYPED - 1 || !isalnum((unsigned char)*typed))
			return false;
		code[length++] = (char)tolower((unsigned char)*typed);
	}
	code[length] = '\0';
	return true;
}

struct recovery {
	const struct operator_actor *by;
	unsigned char digest[SECRET_DIGEST];
};

static enum rc
use_recovery(struct db *db, void *context)
{
	const struct recovery *recovery = context;
	const struct operator_actor *by = recovery->by;
	enum rc rc = db_exec(db, &Q[USE_RECOVERY],
	    ARGS(T(by->now), I(by->operator_id), B(recovery->digest, SECRET_DIGEST)));

	if (rc != RC_OK)
		return rc;
	if (db_affected(db) == 0)
		return RC_DENIED;
	return operator_audit(db, by, "totp.recovery", by->operator_id, "");
}

enum rc
factor_check(
    struct db *db, const struct conf *conf, const char *typed, const struct operator_actor *by)
{
	struct recovery recovery = { .by = by };
	char code[CODE_TYPED];

	if (!squeeze(typed, code))
		return RC_DENIED;
	if (strlen(code) == TOTP_CODE - 1)
		return check_app(db, conf, code, by);
	secret_digest(code, strlen(code), recovery.digest);
	return db_transact(db, use_recovery, &recovery);
}

struct enrolment {
	const unsigned char *sealed; /* NULL: only new recovery codes */
	int64_t step;
	const struct operator_actor *by;
	char (*codes)[FACTOR_RECOVERY];
};

/* 10 of 31 letters and digits that are not mistaken for each other: 49 bits. */
static void
make_code(char code[FACTOR_RECOVERY])
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
	unsigned char random;

	for (int i = 0; i < FACTOR_RECOVERY - 1; i++) {
		code[i] = '-';
		if (i == 5)
			continue;
		do
			secret_random(&random, 1);
		while (random >= 256 / (sizeof(letters) - 1) * (sizeof(letters) - 1));
		code[i] = letters[random % (sizeof(letters) - 1)];
	}
	code[FACTOR_RECOVERY - 1] = '\0';
}

static enum rc
store_codes(struct db *db, const struct enrolment *enrolment)
{
	int64_t operator_id = enrolment->by->operator_id;
	unsigned char digest[SECRET_DIGEST];
	char code[CODE_TYPED];
	enum rc rc = db_exec(db, &Q[FORGET], ARGS(I(operator_id)));

	for (int i = 0; rc == RC_OK && i < FACTOR_CODES; i++) {
		make_code(enrolment->codes[i]);
		(void)squeeze(enrolment->codes[i], code);
		secret_digest(code, strlen(code), digest);
		rc = db_exec(db, &Q[REMEMBER], ARGS(I(operator_id), B(digest, sizeof(digest))));
	}
	return rc;
}

static enum rc
enrol(struct db *db, void *context)
{
	const struct enrolment *enrolment = context;
	const struct operator_actor *by = enrolment->by;
	enum rc rc = RC_OK;

	if (enrolment->sealed != NULL)
		rc = db_exec(db, &Q[TURN_ON],
		    ARGS(B(enrolment->sealed, FACTOR_SEALED), T(by->now), I(enrolment->step),
			I(by->operator_id)));
	if (rc == RC_OK)
		rc = store_codes(db, enrolment);
	if (rc != RC_OK)
		return rc;
	return operator_audit(
	    db, by, enrolment->sealed != NULL ? "totp.enrol" : "totp.codes", by->operator_id, "");
}

enum rc
factor_enrol(struct db *db, const unsigned char key[SECRET_KEY],
    const unsigned char sealed[FACTOR_SEALED], const char *code, const struct operator_actor *by,
    char codes[FACTOR_CODES][FACTOR_RECOVERY])
{
	struct enrolment enrolment = { .sealed = sealed, .by = by, .codes = codes };
	unsigned char secret[TOTP_SECRET];
	char squeezed[CODE_TYPED];

	if (secret_unseal(key, sealed, FACTOR_SEALED, secret) != RC_OK)
		return RC_INVALID;
	if (!squeeze(code, squeezed) ||
	    totp_check(secret, squeezed, by->now, 0, &enrolment.step) != RC_OK)
		return RC_DENIED;
	return db_transact(db, enrol, &enrolment);
}

enum rc
factor_renew(
    struct db *db, const struct operator_actor *by, char codes[FACTOR_CODES][FACTOR_RECOVERY])
{
	struct enrolment enrolment = { .by = by, .codes = codes };

	return db_transact(db, enrol, &enrolment);
}

enum rc
factor_state(struct db *db, int64_t operator_id, int64_t *left, int64_t *since)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[STATE], ARGS(I(operator_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		*since = rows_int(rows, 0);
		*left = rows_int(rows, 1);
	}
	rows_end(rows);
	return rc;
}

enum rc
factor_step_begin(struct db *db, int64_t operator_id, int64_t now, char token[SESSION_TOKEN])
{
	unsigned char id[SECRET_DIGEST];
	enum rc rc = db_exec(db, &Q[STEP_PURGE], ARGS(T(now), I(PURGE_MAX)));

	session_token(token);
	if (rc == RC_OK)
		rc = session_id(token, id);
	if (rc != RC_OK)
		return rc;
	return db_exec(
	    db, &Q[STEP_BEGIN], ARGS(B(id, sizeof(id)), I(operator_id), T(now + FACTOR_STEP_LIFE)));
}

enum rc
factor_step_find(struct db *db, const char *token, int64_t now, char *username, size_t size)
{
	unsigned char id[SECRET_DIGEST];
	struct rows *rows;

	if (session_id(token, id) != RC_OK)
		return RC_NOT_FOUND;
	enum rc rc = db_query(db, &Q[STEP_FIND], ARGS(B(id, sizeof(id)), T(now)), &rows);
	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		text_copy(username, size, rows_text(rows, 0));
	rows_end(rows);
	return rc;
}

enum rc
factor_step_end(struct db *db, const char *token)
{
	unsigned char id[SECRET_DIGEST];

	if (session_id(token, id) != RC_OK)
		return RC_NOT_FOUND;
	enum rc rc = db_exec(db, &Q[STEP_END], ARGS(B(id, sizeof(id))));
	return rc == RC_OK && db_affected(db) == 0 ? RC_NOT_FOUND : rc;
}
