/*
 * rc.h - the one result type.
 *
 * The attribute sits on the enum, so the compiler refuses every ignored result. The layer that
 * discovers a failure logs it once, with its subject; everyone above only passes the code on.
 * RC_NOT_FOUND is an answer, not an error, and is not logged.
 */
#ifndef VOLTILL_RC_H
#define VOLTILL_RC_H

enum [[nodiscard]] rc{
	RC_OK, RC_NOT_FOUND, /* there is no such thing, or not for this reader */
	RC_INVALID,	     /* the input is wrong; the person is told which field and why */
	RC_DENIED,	     /* not allowed */
	RC_CONFLICT,	     /* the state does not permit it (already done, changed meanwhile) */
	RC_TIMEOUT,	     /* no answer in time */
	RC_UNAVAILABLE,	     /* database, link or disk is away; trying later may help */
	RC_BUG,		     /* our own mistake */
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The name for a log line, such as "unavailable". Never NULL. */
const char *rc_name(enum rc rc);

#endif
