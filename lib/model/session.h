/*
 * session.h - who is signed in.
 *
 * The cookie holds a token of 32 random bytes in hex; the database holds its SHA-256 only. Every
 * request asks again, so that a disabled operator, a changed role or an ended session counts at
 * once. Idle and absolute expiry are settings (session.idle_min, session.absolute_h).
 */
#ifndef VOLTILL_SESSION_H
#define VOLTILL_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"
#include "model/limit.h"
#include "model/operator.h"
#include "model/permission.h"
#include "model/scope.h"

#define SESSION_TOKEN	65		       /* bytes of a token in hex with its NUL */
#define SESSION_REFRESH CLOCK_MINUTE	       /* seen_at is written at most this often */
#define SESSION_KNOWN	(30 * 24 * CLOCK_HOUR) /* an address is remembered this long */
#define SESSION_ADDRESS 46

/* Why a token opens nothing (any more). */
enum session_end {
	SESSION_LIVE,
	SESSION_UNKNOWN,    /* never ours, malformed, or forgotten */
	SESSION_SIGNED_OUT, /* by its user */
	SESSION_ENDED,	    /* by its user or an administrator, from another session */
	SESSION_REPLACED,   /* too many at once: a newer one took its place */
	SESSION_PASSWORD,   /* the password was changed elsewhere */
	SESSION_EXPIRED,    /* idle or absolute */
	SESSION_DISABLED,   /* the operator may not sign in any more */
};

struct session {
	enum session_end end;
	int64_t public_id; /* names it in forms; opens nothing */
	int64_t operator_id;
	char username[OPERATOR_USERNAME_MAX + 1];
	char display_name[OPERATOR_NAME_MAX * 4 + 1];
	char role[OPERATOR_ROLE_MAX + 1];
	char role_name[OPERATOR_NAME_MAX * 4 + 1]; /* "" for the roles every installation has */
	char language[OPERATOR_LANGUAGE_MAX + 1];  /* "" when the operator chose none */
	char theme[OPERATOR_THEME_MAX + 1];	   /* "auto", "light", "dark" */
	char csrf[SESSION_TOKEN];
	permission_set permissions; /* while viewing: only what both roles hold */
	struct scope scope;
	struct limits limits;
	bool must_change;
	bool is_expired; /* it must, because the password is too old */
	bool must_enrol; /* the role asks for a second factor and there is none yet */
	bool has_totp, needs_totp;
	int64_t created_at, seen_at, expires_at;
	int64_t confirmed_at;  /* when the password was last given */
	int64_t confirm_until; /* until then dangerous actions do not ask for it again */
	/* Looks at the pages as another role sees them; changes nothing meanwhile. */
	bool is_viewing;
	char view_role[OPERATOR_ROLE_MAX + 1];
	char view_role_name[OPERATOR_NAME_MAX * 4 + 1];
	int64_t view_until;
};

/* Finds the live session of a cookie value and notes that it was seen. RC_NOT_FOUND when there is
 * none: session->end says why, and a session that ran out is recorded as ended. Any other failure
 * means nobody is signed in (fail closed). Ask outside a transaction. */
enum rc session_find(struct db *db, const char *token, int64_t now, struct session *session);

/* The dictionary key under T.Flash for an end that its user should be told (such as
 * "SessionReplaced"), or
 * NULL when there is nothing to tell (unknown, signed out). */
const char *session_end_word(enum session_end end);

/* The form token that belongs to a cookie value, of a session or of a signed-out visitor.
 * RC_INVALID when token is not 64 hex digits. Whoever has the one cannot find the other. */
enum rc session_csrf(const char *token, char csrf[SESSION_TOKEN]);
/* A fresh random token, also for the form cookie of a signed-out visitor. */
void session_token(char token[SESSION_TOKEN]);

struct session_client {
	const char *address, *user_agent; /* any bytes; stored clean and cut */
	int64_t now;
};

/* Begins a session after the password was verified: ends the oldest ones so that at most
 * session.parallel_max live, forgives failed attempts and writes the audit row, all or nothing.
 * RC_DENIED when the operator was disabled meanwhile. token receives the cookie
 * value and *expires_at its absolute end. */
enum rc session_begin(struct db *db, const struct operator_row *op,
    const struct session_client *client, char token[SESSION_TOKEN], int64_t *expires_at);

/* Notes that the person of this session just gave the password (and the code) again, with the audit
 * row. */
enum rc session_confirm(
    struct db *db, const struct session *session, const struct session_client *client);
/* Ends looking through another role; with the audit row. */
enum rc session_view_end(
    struct db *db, const struct session *session, const struct session_client *client);

/* Signs out, with its audit row. RC_OK also when the session was over already. */
enum rc session_end(
    struct db *db, const struct session *session, const struct session_client *client);

/* Ends another live session of the same operator by its public id, or all others (public_id 0),
 * with the audit row. RC_NOT_FOUND when there is none to end. */
enum rc session_end_public(struct db *db, int64_t public_id, const struct session *by,
    const struct session_client *client);

/* Ends every live session of the operator but the one with public id keep (0: all). For use inside
 * the caller's transaction, which writes the audit row. */
enum rc session_end_all(
    struct db *db, int64_t operator_id, int64_t keep, enum session_end why, int64_t now);

/* The operator's live sessions, last seen first: Id, Address, UserAgent, CreatedAt, SeenAt. The
 * caller ends rows. */
enum rc session_list(struct db *db, int64_t operator_id, int64_t now, struct rows **rows);

/* True when that operator signed in from that network (see throttle_network) in the last 30 days.
 */
enum rc session_is_known_address(
    struct db *db, int64_t operator_id, const char *address, int64_t now, bool *is_known);

/* The operator's last sign-in before an instant: when and from where. RC_NOT_FOUND without one. */
enum rc session_previous(
    struct db *db, int64_t operator_id, int64_t before, int64_t *at, char address[SESSION_ADDRESS]);

#endif
