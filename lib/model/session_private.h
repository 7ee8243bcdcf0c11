/*
 * session_private.h - what session.c (asked at every request, by every program) and session_begin.c
 * (sign-in, ending, lists: the login program and voltillctl) share. Two files, because a program
 * links and --check-sql prepares whole files, and the other programs may not begin a session.
 */
#ifndef VOLTILL_SESSION_PRIVATE_H
#define VOLTILL_SESSION_PRIVATE_H

#include "base/secret.h"
#include "model/session.h"

/* What the database knows a token by. RC_INVALID when it is not 64 hex digits. */
enum rc session_id(const char *token, unsigned char id[SECRET_DIGEST]);

/* The value of session.end_reason. */
const char *session_reason(enum session_end end);

#endif
